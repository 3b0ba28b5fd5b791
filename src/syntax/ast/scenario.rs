//! Scenarios: tests beside the rules.

use super::{At, Expr, Ident, Moment, Number, Text};

/// `scenario "…" { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// What it shows.
    pub name: Text,
    /// `only`, `skip` or neither.
    pub mode: ScenarioMode,
    /// In order.
    pub steps: Vec<ScenarioStep>,
    /// The header.
    pub at: At,
}

/// Whether a scenario is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScenarioMode {
    /// As usual.
    Run,
    /// `only scenario`: the others are not run.
    Only,
    /// `skip scenario`.
    Skip,
}

/// One line of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioStep {
    /// What happens.
    pub kind: StepKind,
    /// What must be true of it.
    pub expects: Vec<Expectation>,
    /// The statement.
    pub at: At,
}

/// What happens in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepKind {
    /// `ann purchase 2026-02-01 { … }`.
    Event {
        /// Who.
        member: Ident,
        /// The event's name; the verb `joins` is written `join` here, `leaves` `leave`, and so on for built-in events.
        event: Ident,
        /// When.
        moment: Moment,
        /// The record.
        fields: Vec<RecordField>,
        /// Whether it may lie before the step above it.
        late: bool,
    },
    /// `advance to 2026-12-31`.
    Advance(Moment),
    /// `expect …` on its own.
    Expect,
}

/// A field of a record and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordField {
    /// Its name.
    pub name: Ident,
    /// Its value.
    pub value: RecordValue,
}

/// A value in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordValue {
    /// A literal; a bare word is a path of one name; a negative number is a [`super::UnaryOp::Negate`].
    Value(Expr),
    /// `[ … ]`.
    List(Vec<RecordValue>, At),
    /// `{ … }`.
    Record(Vec<RecordField>, At),
}

/// What must be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// `ann`: of that member only (for amounts and `has`).
    pub who: Option<Ident>,
    /// What.
    pub kind: ExpectKind,
    /// Where.
    pub at: At,
}

/// The kinds of [`Expectation`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectKind {
    /// `349 points`, `-50 points`, `5 points expired`, `$5 store_credit`, `$14 off`.
    Amount {
        /// Whether a minus stands before it.
        negative: bool,
        /// A quantity or money.
        amount: Expr,
        /// The unit behind an amount of money.
        unit: Option<Ident>,
        /// What became of the amount (`expired`, `off`); none: the net change.
        posting: Option<Ident>,
    },
    /// `$2.50 to oxfam`.
    Gift {
        /// Whether a minus stands before it.
        negative: bool,
        /// Money.
        amount: Expr,
        /// The cause.
        to: Ident,
    },
    /// `nothing`.
    Nothing,
    /// `withheld`, `withheld "email"`.
    Withheld(Option<Text>),
    /// `refused`, `refused "not enough"`.
    Refused(Option<Text>),
    /// `error`, `error "…"`.
    Error(Option<Text>),
    /// `message "Welcome"`: part of a message.
    Message(Text),
    /// `badge explorer`.
    Badge(Ident),
    /// `league place 2`.
    Place(Ident, Number),
    /// `sprint completed`, `sprint completed 2 times`.
    Challenge(Ident, ChallengeStage, Option<Number>),
    /// `trial_size`: a reward that is issued.
    Issued(Ident),
    /// `ann.status is vib`, `status is vib`.
    Condition(Expr),
    /// `treat offered`, `treat chosen cake`.
    Offer {
        /// The choice.
        choice: Ident,
        /// What became of an offer.
        state: OfferState,
    },
    /// `raffle entered 3 times`, `wheel won mug`, `wheel lost`.
    Draw {
        /// The draw.
        draw: Ident,
        /// What became of entries.
        state: EntryState,
    },
}

/// What became of entries of a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryState {
    /// They were made; so many, where that is written.
    Entered(Option<super::Number>),
    /// One won nothing.
    Lost,
    /// One won this reward.
    Won(Ident),
}

/// What became of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferState {
    /// It was made.
    Offered,
    /// It was cancelled with what made it.
    Cancelled,
    /// Its time ended.
    Expired,
    /// One of its options was chosen, by the member or by default.
    Chosen(Ident),
}

/// What may become of a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word of the language")]
pub enum ChallengeStage {
    Opened,
    Milestone,
    Completed,
    Claimed,
    Forfeited,
    Ended,
    Undone,
}
