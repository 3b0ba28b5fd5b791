//! Earns, boosts, stacking groups, limits and rules.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Day, Exact, PeriodKind, Rounding, TimeOfDay, TimeSpan, Value, Weekday};

use super::{
    BadgeId, BoostId, ChallengeId, CharityId, ChoiceId, DrawId, Drawn, EarnId, EventId, ExchangeId, ExpiryRule, Expr,
    FieldId, Guarded, Hold, Kind, Label, LadderId, LimitId, MeasureId, Operator, Pending, RewardId, RoundScope,
    StackId, UnitId, Was,
};

/// Conditions that an earn, boost, rule, reward or redeem shares.
#[derive(Debug, Clone, Default)]
pub struct Gates {
    /// Times at which it is open; each entry is one `during` statement, all must hold.
    pub during: Vec<Vec<During>>,
    /// Conditions on the event and the member; all must hold.
    pub when: Vec<Expr>,
    /// Conditions on each line; all must hold.
    pub filter: Vec<Expr>,
}

impl Gates {
    /// Whether it is always open.
    pub fn is_open(&self) -> bool {
        self.during.is_empty() && self.when.is_empty() && self.filter.is_empty()
    }
}

/// One alternative of a `during` statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum During {
    /// Local days, both included; an open end where `None`.
    Days(Option<Day>, Option<Day>),
    /// A weekday.
    Weekday(Weekday),
    /// Local times of day, half-open; over midnight where the second is not later.
    Times(TimeOfDay, TimeOfDay),
    /// A month of every year, 1 to 12.
    Month(u8),
}

/// An earn.
#[derive(Debug, Clone)]
pub struct Earn {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// The type of event.
    pub event: EventId,
    /// The list of it, where every line earns.
    pub list: Option<FieldId>,
    /// When it is open.
    pub gates: Gates,
    /// The unit.
    pub unit: UnitId,
    /// The base amount, in steps: of each line where there is a list.
    pub give: Expr,
    /// Boosts of its own block and from outside, in order of declaration.
    pub boosts: Vec<BoostId>,
    /// How its boosts combine.
    pub combine: Combine,
    /// The tier that conditions see.
    pub tier: TierAt,
    /// A date field: rates, dated values and tier are those of that day.
    pub as_of: Option<Expr>,
    /// Own limits, then shared ones and budgets, in order of declaration.
    pub limits: Vec<LimitId>,
    /// Least time between two awards.
    pub cooldown: Option<TimeSpan>,
    /// Whether the member must activate it first.
    pub activation: Option<Activation>,
    /// Not where one of these earned by the same event.
    pub unless_earned: Vec<EarnId>,
    /// Who pays for it.
    pub funding: Vec<Funding>,
    /// Its stacking group.
    pub stack: Option<StackId>,
    /// Own rounding.
    pub round: Option<(Rounding, RoundScope)>,
    /// Own pending time.
    pub pending: Option<Guarded<Pending>>,
    /// Own expiry; empty for the unit's.
    pub expiry: Vec<ExpiryRule>,
    /// What a partial reversal does; decided by the checker where nothing was declared: re-judge where the amount or a condition hangs on
    /// a threshold of a reversible field, in proportion otherwise.
    pub on_refund: OnRefund,
    /// Reversals of whose fields it does not hang on any: they take a part in proportion, though others have it judged again.
    pub apart: Vec<EventId>,
}

/// A boost.
#[derive(Debug, Clone)]
pub struct Boost {
    /// Its name; that of the earn where it stands in an earn's block.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// When it is open; `filter` is about the line of an earn per line.
    pub gates: Gates,
    /// What it does.
    pub amount: BoostAmount,
    /// Its limits.
    pub limits: Vec<LimitId>,
    /// Whether the member must activate it first.
    pub activation: Option<Activation>,
    /// Who pays for it.
    pub funding: Vec<Funding>,
    /// Its stacking group.
    pub stack: Option<StackId>,
}

/// What a boost does.
#[derive(Debug, Clone)]
pub enum BoostAmount {
    /// Multiplies the base: 2 doubles it.
    Factor(Expr),
    /// Adds a part of the base: a fifth makes 1.2 of it.
    Share(Expr),
    /// Adds an amount of the earn's unit, in steps.
    Add(Expr),
}

impl BoostAmount {
    /// What is computed for it.
    pub fn value(&self) -> &Expr {
        match self {
            Self::Factor(value) | Self::Share(value) | Self::Add(value) => value,
        }
    }
    /// The factor that adds a part: 1.2 for a fifth.
    pub fn factor_of(share: Expr) -> Expr {
        let (ty, span) = (share.ty, share.span);
        let number = |number| Kind::Const(Value::Exact(number));
        let sum = if let Kind::Const(Value::Exact(share)) = share.kind { share.add(Exact::ONE).ok() } else { None };
        let kind = match sum {
            Some(sum) => number(sum),
            None => {
                let one = Expr { kind: number(Exact::ONE), ty, span };
                Kind::Arithmetic(Operator::Add, Box::new(one), Box::new(share))
            }
        };
        Expr { kind, ty, span }
    }
}

/// How boosts of one earn combine (S14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    /// Bonus parts add: 2x and 3x make 4x.
    Add,
    /// Factors multiply, then additions are added.
    Multiply,
    /// The one that gives most.
    Best,
}

/// The tier that an earn sees (S28).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TierAt {
    /// That held when the event arrived.
    Before,
    /// That held after it.
    After,
    /// Each part of the amount at the tier it was made in.
    Split(LadderId),
}

/// What a partial reversal does to an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum OnRefund {
    /// Takes back the share of value that was reversed, cumulatively.
    Proportion,
    /// Judges the recorded conditions and rates again on what is left.
    Rejudge,
    /// Leaves it.
    Keep,
}

/// A need to opt in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activation {
    /// How long an activation is good for.
    pub within: Option<TimeSpan>,
    /// Whether each use consumes it.
    pub each_time: bool,
}

/// Who pays for a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funding {
    /// The part, between 0 and 1.
    pub share: Exact,
    /// The partner.
    pub partner: Arc<str>,
}

/// A stacking group.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// How its members meet.
    pub mode: StackMode,
}

/// How members of a stacking group meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StackMode {
    /// All count (boosts: bonus parts add).
    Add,
    /// Factors multiply (boosts only).
    Multiply,
    /// The one that gives most, by worth where units differ; ties by order of declaration.
    Best,
    /// The first that gives anything.
    First,
    /// The best alone: earns outside the group that share its event give nothing.
    Exclusive,
}

/// A limit on awards, or a budget for all members together.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Its name, where it is shared.
    pub name: Option<Arc<str>>,
    /// Where it is declared.
    pub span: Span,
    /// What it bounds.
    pub kind: LimitKind,
    /// Over which time; `None` for a single event.
    pub window: Option<super::Window>,
    /// Event or line fields that have a limit each: resolved per earn that uses it.
    pub per: Vec<Expr>,
    /// Whether it bounds all members together.
    pub budget: Option<Budget>,
    /// What happens to an award that does not fit.
    pub excess: Excess,
}

impl Limit {
    /// Whether it bounds how often rather than how much.
    pub fn is_times(&self) -> bool {
        matches!(self.kind, LimitKind::Times(_))
    }
}

/// Marks a limit for all members together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget;

/// What a limit bounds.
#[derive(Debug, Clone)]
pub enum LimitKind {
    /// How often.
    Times(Expr),
    /// How much, in steps of the unit.
    Amount(UnitId, Expr),
    /// How much money of the program, in minor units.
    Money(Expr),
}

/// What happens to an award that does not fit (S13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// The part that fits is awarded.
    Partial,
    /// Nothing is.
    Reject,
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What sets it off.
    pub trigger: Trigger,
    /// When it is open.
    pub gates: Gates,
    /// What it does, in order, each where its own condition holds.
    pub effects: Vec<(Option<Expr>, Effect)>,
    /// Its limits; amounts bound its `give` effects, times its firing.
    pub limits: Vec<LimitId>,
    /// Least time between two firings.
    pub cooldown: Option<TimeSpan>,
    /// Whether the member must activate it first.
    pub activation: Option<Activation>,
    /// Who pays for it.
    pub funding: Vec<Funding>,
    /// Its stacking group, where an event sets it off.
    pub stack: Option<StackId>,
    /// What a reversal does to awards that hung on a threshold (S22).
    pub on_refund: OnRefund,
    /// Reversals of whose fields it does not hang on any: they take a part in proportion, though others have it judged again.
    pub apart: Vec<EventId>,
    /// When it is decided what it brings; at once without it.
    pub decided: Option<Decided>,
}

/// When it is decided what a rule brings, for all members together.
#[derive(Debug, Clone, Copy)]
pub enum Decided {
    /// At a moment, or in a rhythm.
    When(Drawn),
    /// When the window of the challenge that sets it off is over.
    End,
}

/// What sets a rule off.
#[derive(Debug, Clone)]
pub enum Trigger {
    /// An event, or every line of one.
    Event(EventId, Option<FieldId>),
    /// A measure crosses a value upwards; once per period of the measure.
    Reaches(MeasureId, Expr),
    /// A measure crosses a multiple of a step upwards, counted from `from` on.
    Another {
        /// The measure.
        measure: MeasureId,
        /// The step.
        step: Expr,
        /// The first value that counts.
        from: Option<Expr>,
    },
    /// A tier changes.
    Tier {
        /// The ladder.
        ladder: LadderId,
        /// Up, down or either.
        direction: Direction,
        /// The tier that must be reached (rising: also when passed through).
        to: Option<u32>,
        /// Only above the highest tier ever held.
        first: bool,
    },
    /// Something of a unit expires.
    Expires(UnitId),
    /// The calendar.
    Every(Rhythm),
    /// A time passed since the last event of a type (`None`: since joining), and none of `unless` came since.
    After {
        /// How long.
        span: TimeSpan,
        /// The event type; `None` for joining.
        event: Option<EventId>,
        /// The event type that prevents it.
        unless: Option<EventId>,
    },
    /// Another item of the program, by its keyword: its effects are a rule that only it sets off.
    Called(&'static str),
}

/// Up, down or either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Up.
    Rises,
    /// Down.
    Falls,
    /// Either.
    Changes,
}

/// A calendar rhythm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// The period.
    pub period: PeriodKind,
    /// The day of it.
    pub day: RhythmDay,
    /// The local time of that day.
    pub time: TimeOfDay,
}

/// A day of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RhythmDay {
    /// The n-th day, from 1; the last where the period is shorter.
    Nth(u16),
    /// The last.
    Last,
    /// A weekday of a week.
    Weekday(Weekday),
    /// A day of a year: month and day of the month.
    Date(u8, u8),
}

/// What a rule does.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Awards an amount, in steps.
    Give(UnitId, Expr),
    /// Awards an amount, in steps, to the member that the second expression names.
    GiveTo(UnitId, Expr, Expr),
    /// Takes what is there of an amount, in steps.
    Take(UnitId, Expr),
    /// Turns whole steps of one unit into another.
    Convert {
        /// From.
        from: UnitId,
        /// To.
        to: UnitId,
        /// One step, in steps of `from`.
        price: Expr,
        /// What it gives, in steps of `to`.
        gives: Expr,
        /// The least available amount, in steps of `from`.
        minimum: Option<Expr>,
        /// The most that is turned, in steps of `from`.
        maximum: Option<Expr>,
    },
    /// Issues a reward as a voucher.
    Issue(RewardId),
    /// Gives a badge.
    Badge(BadgeId),
    /// Grants a tier for a time.
    Grant(LadderId, u32, Hold),
    /// Moves the expiry of all lots.
    Extend(UnitId, TimeSpan),
    /// Activates an offer for a time; for as long as its activation holds where none is given.
    Activate(Arc<str>, Option<TimeSpan>),
    /// Opens a challenge whose window begins with its activation.
    Open(ChallengeId),
    /// Lets a measure start empty.
    Restart(MeasureId),
    /// Tells the member something: channel, and text parts by language.
    Message(Arc<str>, Label, Vec<(Arc<str>, Expr)>),
    /// Gives to a cause: money of the program in minor units, or what is there of an amount of a unit in steps.
    Donate(CharityId, Expr),
    /// Turns whole steps of what is there into another unit.
    Exchange(ExchangeId),
    /// Offers a choice.
    Offer(ChoiceId),
    /// Makes entries of a draw: so many, one where nothing is written.
    Enter(DrawId, Option<Expr>),
}
