//! Tests beside the rules.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Instant, Value};

use super::{
    BadgeId, ChallengeId, ChallengeStage, CharityId, ChoiceId, DrawId, EventId, Expr, FieldId, LeaderboardId, RewardId,
    UnitId,
};

/// A scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// `only` or `skip`.
    pub flag: ScenarioFlag,
    /// What happens and what is expected, in order.
    pub steps: Vec<Step>,
}

/// Whether a scenario runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScenarioFlag {
    /// It runs.
    Plain,
    /// Only such ones run.
    Only,
    /// It does not.
    Skip,
}

/// One step.
#[derive(Debug, Clone)]
pub enum Step {
    /// An event, and what its postings and outcomes must be.
    Event(Given, Vec<Expectation>),
    /// The clock moves.
    Advance(Instant, Span, Vec<Expectation>),
    /// A condition on a member must hold now.
    Expect {
        /// The member.
        member: Arc<str>,
        /// The condition.
        condition: Expr,
        /// Where it stands.
        span: Span,
    },
    /// What of a unit expires up to the end of a day must be an amount, in steps.
    Expiring {
        /// The member.
        member: Arc<str>,
        /// The unit.
        unit: UnitId,
        /// The day.
        by: crate::value::Day,
        /// The amount.
        amount: i64,
        /// Where it stands.
        span: Span,
    },
}

/// An event of a scenario.
#[derive(Debug, Clone)]
pub struct Given {
    /// Who.
    pub member: Arc<str>,
    /// The type.
    pub event: EventId,
    /// Its identifier; made from its position where none is written.
    pub id: Arc<str>,
    /// When.
    pub time: Instant,
    /// Values by field; those not written are missing (or default). An amount in another currency that the program accepts is a text, as
    /// records write it: `10.00 EUR`.
    pub fields: Vec<(FieldId, Value)>,
    /// Where it stands.
    pub span: Span,
}

/// What an event or a time jump must bring.
#[derive(Debug, Clone)]
pub enum Expectation {
    /// The balance (available and pending) of a unit changes by so many steps.
    Change(UnitId, i64, Span),
    /// So many steps expire.
    Expired(UnitId, i64, Span),
    /// So much money, in minor units, is paid with points.
    Off(i64, Span),
    /// So much money, in minor units, is to be paid.
    Charged(i64, Span),
    /// So much money, in minor units, goes to a cause, what is added to it not counted.
    Gift(CharityId, i64, Span),
    /// So much money, in minor units, is added to gifts of members.
    Matched(i64, Span),
    /// No posting at all.
    Nothing(Span),
    /// A refusal whose reason contains the text.
    Refused(Option<Arc<str>>, Span),
    /// A message is not sent for want of consent, on a channel whose name contains the text.
    Withheld(Option<Arc<str>>, Span),
    /// An error whose reason contains the text.
    Error(Option<Arc<str>>, Span),
    /// A message whose text contains this.
    Message(Arc<str>, Span),
    /// A badge.
    Badge(BadgeId, Span),
    /// What becomes of a challenge, so many times.
    Challenge(ChallengeId, ChallengeStage, i64, Span),
    /// A voucher.
    Issued(RewardId, Span),
    /// The member has this place on a leaderboard when its period is over.
    Place(LeaderboardId, u32, Span),
    /// An offer of a choice, or what became of one; for a taken option, which.
    Offer(ChoiceId, OfferState, Span),
    /// Entries of a draw, or what became of one.
    Draw(DrawId, EntryState, Span),
    /// A condition on the event's member afterwards.
    Holds(Expr, Span),
    /// The same for another member than the event's, or for one member of a time jump.
    Of(Arc<str>, Box<Expectation>),
}

impl Expectation {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Change(_, _, span)
            | Self::Expired(_, _, span)
            | Self::Off(_, span)
            | Self::Charged(_, span)
            | Self::Gift(_, _, span)
            | Self::Matched(_, span)
            | Self::Nothing(span)
            | Self::Withheld(_, span)
            | Self::Refused(_, span)
            | Self::Error(_, span)
            | Self::Message(_, span)
            | Self::Badge(_, span)
            | Self::Place(_, _, span)
            | Self::Issued(_, span)
            | Self::Challenge(_, _, _, span)
            | Self::Offer(_, _, span)
            | Self::Draw(_, _, span)
            | Self::Holds(_, span) => *span,
            Self::Of(_, inner) => inner.span(),
        }
    }
}

/// What became of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferState {
    /// It was made.
    Offered,
    /// It was cancelled with what made it.
    Cancelled,
    /// Its time ended.
    Expired,
    /// This option was taken.
    Chosen(u32),
}

/// What became of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryState {
    /// They were made; so many, where that is said.
    Entered(Option<i64>),
    /// One won nothing.
    Lost,
    /// One won this.
    Won(RewardId),
    /// One was taken out with what made it.
    Cancelled,
}
