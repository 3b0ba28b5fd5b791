//! Typed expressions.

use std::cmp::Ordering;

use crate::source::Span;
use crate::value::{Day, Exact, TimeUnit, Value};

use super::{
    BadgeId, ChallengeId, ChallengeRead, ChoiceId, DrawId, EnumId, EventId, FieldId, LadderId, LeaderboardId, LetId,
    MeasureId, RewardId, SegmentId, TableId, UnitId,
};

/// The dimension of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// Yes or no.
    Bool,
    /// A plain number.
    Number,
    /// Money of the program's currency, in minor units.
    Money,
    /// An amount of a unit, in its smallest steps.
    Quantity(UnitId),
    /// Text or an identifier.
    Text,
    /// A calendar day.
    Date,
    /// A moment.
    Moment,
    /// A time of day.
    Time,
    /// A duration.
    Duration,
    /// One of a set of words, as its position.
    Enum(EnumId),
    /// A tier of a ladder, as its position.
    Tier(LadderId),
}

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: Kind,
    /// Its dimension.
    pub ty: Type,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is. Operands have the types that the checker has proven; a [`Value::Missing`] operand makes a comparison
/// false (`is not` true), and cannot reach arithmetic.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A value.
    Const(Value),
    /// A field of the event.
    Field(FieldId),
    /// A field of the line at hand.
    Line(FieldId),
    /// A field of the event that opened the challenge at hand.
    Opened(FieldId),
    /// Something the member has or is.
    Read(Read),
    /// Something of the moment.
    Builtin(Builtin),
    /// A named value.
    Let(LetId),
    /// A named condition.
    Segment(SegmentId),
    /// All of them.
    And(Vec<Expr>),
    /// At least one of them.
    Or(Vec<Expr>),
    /// The contrary.
    Not(Box<Expr>),
    /// A comparison of two values of one type.
    Compare(Compare, Box<Expr>, Box<Expr>),
    /// Whether the value is one of the list.
    In(Box<Expr>, Vec<Expr>),
    /// Whether the value lies between two others, both included.
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    /// Whether the value is missing.
    Missing(Box<Expr>),
    /// Arithmetic on exact numbers; types were checked, money and quantities are in smallest steps.
    Arithmetic(Operator, Box<Expr>, Box<Expr>),
    /// A date or moment moved by a duration; `true` moves back.
    Shift(Box<Expr>, Box<Expr>, bool),
    /// A duration a whole number of times.
    Times(Box<Expr>, Box<Expr>),
    /// The negative.
    Negate(Box<Expr>),
    /// A function.
    Call(Function, Vec<Expr>),
    /// `quantity per per of value`: `value / per * quantity`; with `full`, whole steps only, where a remainder of at least
    /// `per - within` counts as a step. `value` and `per` share their dimension; `quantity` is in smallest steps.
    Rate {
        /// What one step gives.
        quantity: Box<Expr>,
        /// The size of one step.
        per: Box<Expr>,
        /// The amount.
        value: Box<Expr>,
        /// Whole steps only.
        full: bool,
        /// The tolerance; zero where none was declared.
        within: Exact,
    },
    /// `value * factor`: a conversion between dimensions whose factor the checker knows.
    Scale(Box<Expr>, Exact),
    /// A row of a table.
    Lookup(TableId, Vec<Expr>),
    /// An aggregate over the lines of a list of this event.
    Fold {
        /// How lines become one value.
        aggregate: Aggregate,
        /// The list.
        list: FieldId,
        /// The value of a line; `None` for counts, any and all.
        value: Option<Box<Expr>>,
        /// Which lines; for any and all, the condition itself.
        filter: Option<Box<Expr>>,
    },
    /// Whole units of time from a moment or date to now; negative before it.
    Since(TimeUnit, Box<Expr>),
    /// The first case that applies; none is an error for the event.
    Cases(Vec<Case>),
}

/// One case of [`Kind::Cases`].
#[derive(Debug, Clone)]
pub struct Case {
    /// When it applies.
    pub guard: Guard,
    /// Its value.
    pub value: Expr,
}

/// Alternatives in order: the first whose guard holds counts.
pub type Guarded<T> = Vec<(Guard, T)>;

/// When a case applies; all that is given must hold.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// From this local day on.
    pub from: Option<Day>,
    /// Up to and including this local day.
    pub until: Option<Day>,
    /// Under this condition.
    pub when: Option<Box<Expr>>,
}

/// What an expression may read of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Read {
    /// The value of a measure, this event included.
    Measure(MeasureId),
    /// The value of a measure just before the window of the challenge at hand opened.
    MeasureBefore(MeasureId),
    /// A tier.
    Tier(LadderId, Standing),
    /// An attribute; missing where it was never given and has no default.
    Attribute(FieldId),
    /// An amount of a unit, in steps.
    Balance(UnitId, Level),
    /// The moment of the last event of a type, this one excluded; missing without one.
    Last(EventId),
    /// The local day of joining.
    Joined,
    /// Whether the member has a badge.
    Badge(BadgeId),
    /// Whether the member has an unused, unexpired voucher of a reward.
    Voucher(RewardId),
    /// The amount that just expired (rules `when UNIT expire`).
    Expired,
    /// Something of a challenge.
    Challenge(ChallengeId, ChallengeRead),
    /// The place on a leaderboard in the period at hand, by what was judged before; missing without one.
    Place(LeaderboardId),
    /// How many offers of a choice are open.
    Offers(ChoiceId),
    /// How many entries of a draw the member has made.
    Entries(DrawId),
    /// How many of them have won.
    Wins(DrawId),
}

/// Which tier of a ladder is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Standing {
    /// The tier held (in earns: as `tier before | after | split` says; in rules: after the event).
    Current,
    /// The tier held when the event arrived.
    Before,
    /// The highest tier ever held.
    Highest,
}

/// Which amount of a unit is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Level {
    /// What the member owns and may spend, less what is owed (may be negative where refunds may go below zero).
    Balance,
    /// Not yet available.
    Pending,
    /// What may be spent now; never negative.
    Available,
    /// What is owed.
    Debt,
}

/// Something of the moment at which an event is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Builtin {
    /// The local day.
    Today,
    /// The moment.
    Now,
    /// The local time of day.
    Time,
    /// The local weekday, as [`super::Program::WEEKDAYS`].
    Weekday,
    /// The local month, as [`super::Program::MONTHS`].
    Month,
    /// The day of the month.
    DayOfMonth,
    /// The year.
    Year,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compare {
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Compare {
    /// Whether it holds of two values that stand in this order.
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Is => order.is_eq(),
            Self::IsNot => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

/// An operator on exact numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// The smallest argument.
    Min,
    /// The largest argument.
    Max,
    /// Without its sign.
    Abs,
    /// Whole number (or whole money unit, or whole unit) below; the second argument is the step, a constant.
    Floor,
    /// Whole step above.
    Ceil,
    /// Nearest whole step, halves away from zero.
    Round,
    /// Year of a date.
    YearOf,
    /// Month of a date.
    MonthOf,
    /// Day of the month of a date.
    DayOf,
    /// Weekday of a date.
    WeekdayOf,
}

/// How values of many lines or events become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// Their sum.
    Sum,
    /// How many.
    Count,
    /// How many different ones.
    Distinct,
    /// The largest; zero without any.
    Largest,
    /// The smallest; zero without any.
    Smallest,
    /// The exact mean; zero without any.
    Average,
    /// The first; zero without any.
    First,
    /// The last; zero without any.
    Last,
    /// Whether any line fulfils the filter.
    Any,
    /// Whether all lines fulfil the filter (true without lines).
    All,
}

impl Aggregate {
    /// Whether one more can only raise it, whatever it is.
    pub fn only_rises(self) -> bool {
        matches!(self, Self::Count | Self::Distinct | Self::Largest)
    }
}
