//! Values and conditions.

use std::sync::Arc;

use super::{At, Date, Duration, Ident, Path, Text, Time, TimeUnit};
use crate::source::Span;

/// A value or a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// Where.
    pub at: At,
}

impl Expr {
    /// Where it is written.
    pub fn span(&self) -> Span {
        self.at.0
    }
}

/// A number as it is written, without `_`: digits, and at most one `.` between digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The digits.
    pub text: Arc<str>,
    /// Where.
    pub at: At,
}

/// The kinds of [`Expr`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind {
    /// `1_000`.
    Number(Number),
    /// `$5`, `5 USD`.
    Money {
        /// How much.
        amount: Number,
        /// The sign (`$`, `R$`) or the ISO code as written.
        currency: Ident,
    },
    /// `20%`: the 20.
    Percent(Number),
    /// `1.25x`: the 1.25.
    Factor(Number),
    /// `5 points`.
    Quantity {
        /// How many.
        number: Number,
        /// The name after it.
        unit: Ident,
    },
    /// `30 days`.
    Duration(Duration),
    /// `2026-06-01`.
    Date(Date),
    /// `09:00`.
    Time(Time),
    /// `"skincare"`.
    Text(Text),
    /// `yes`, `no`.
    Flag(bool),
    /// `subtotal`, `member.birthday`, `status`, an enum value.
    Path(Path),
    /// `bonus[zone, cabin]`.
    Index {
        /// The table.
        table: Ident,
        /// One per key.
        keys: Vec<Expr>,
    },
    /// `min(a, b)`.
    Call {
        /// The function.
        name: Ident,
        /// At least one.
        args: Vec<Expr>,
    },
    /// `not a`, `-a`.
    Unary {
        /// Which.
        op: UnaryOp,
        /// Of what.
        value: Box<Expr>,
    },
    /// `a + b`.
    Binary {
        /// Which.
        op: BinaryOp,
        /// Where the operator is.
        op_at: At,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// `a in (b, c)`.
    In {
        /// What is sought.
        value: Box<Expr>,
        /// At least one.
        list: Vec<Expr>,
        /// `not in`.
        negated: bool,
    },
    /// `a in 1 to 5`, both inclusive.
    InRange {
        /// What is compared.
        value: Box<Expr>,
        /// Smallest.
        low: Box<Expr>,
        /// Largest.
        high: Box<Expr>,
        /// `not in`.
        negated: bool,
    },
    /// `a is missing`.
    IsMissing {
        /// What may be missing.
        value: Box<Expr>,
        /// `is not missing`.
        negated: bool,
    },
    /// `20% of subtotal`.
    PercentOf {
        /// The 20.
        percent: Number,
        /// Of what.
        of: Box<Expr>,
    },
    /// `value of points.balance`: what an amount is worth in money.
    ValueOf(Box<Expr>),
    /// `x as points`.
    As {
        /// What.
        value: Box<Expr>,
        /// Into which unit.
        unit: Ident,
    },
    /// `1 point per $1 of subtotal`, `10 points for every full $50 of subtotal, within $2`.
    Rate {
        /// What is given for each step.
        quantity: Box<Expr>,
        /// The step.
        per: Box<Expr>,
        /// What is measured in steps.
        of: Box<Expr>,
        /// Whether only full steps count.
        full: bool,
        /// A remainder that misses the next step by at most this counts as full.
        within: Option<Box<Expr>>,
    },
    /// `sum of items.price where …`.
    Aggregate(Aggregate),
    /// `days since purchase`, `years since member.birthday`.
    Since {
        /// Counted in.
        unit: TimeUnit,
        /// Whether it says `last`: an event then, also where a date has the same name.
        last: bool,
        /// An event's name, or a date.
        since: Box<Expr>,
    },
    /// `has explorer`.
    Has(Ident),
    /// `points.expiring by 2026-07-01`.
    By {
        /// What.
        value: Path,
        /// Until when, inclusive.
        date: Date,
    },
}

/// One value of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate {
    /// How.
    pub op: AggregateOp,
    /// Where the word is.
    pub op_at: At,
    /// `(price * qty) over`: what is computed of each event or line.
    pub each: Option<Box<Expr>>,
    /// Of what: an event, its list, a field, or postings (`points.earned`).
    pub of: Path,
    /// `where …`.
    pub filter: Option<Box<Expr>>,
}

/// How many values become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word of the language")]
pub enum AggregateOp {
    Sum,
    Count,
    Distinct,
    Largest,
    Smallest,
    Average,
    First,
    Last,
    Streak,
    Any,
    All,
}

/// An operator before a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `not`.
    Not,
    /// `-`.
    Negate,
}

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "plain words")]
pub enum BinaryOp {
    Or,
    And,
    Is,
    IsNot,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// Alternatives of a value; the first that applies counts. Never empty; one arm without conditions is a plain value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cases<T = Expr> {
    /// In order, at least one.
    pub arms: Vec<Case<T>>,
    /// Where.
    pub at: At,
}

impl<T> Cases<T> {
    /// The value, where it is one without conditions.
    pub fn plain(&self) -> Option<&T> {
        match self.arms.as_slice() {
            [only] if only.is_plain() => Some(&only.value),
            _ => None,
        }
    }
    /// The single alternative, where its days and its condition say whether there is anything at all.
    pub fn own_case(&self) -> Option<&Case<T>> {
        match self.arms.as_slice() {
            [only] if !only.is_plain() && only.otherwise.is_none() && only.after.is_none() => Some(only),
            _ => None,
        }
    }
}

/// One alternative. It applies where all that is written holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case<T = Expr> {
    /// The value.
    pub value: T,
    /// `from D`: that day and later.
    pub from: Option<Expr>,
    /// `until D`: that day and earlier.
    pub until: Option<Expr>,
    /// `after`: later than the `until` of the arm before; where it stands last it applies to the rest.
    pub after: Option<At>,
    /// `when …`.
    pub when: Option<Expr>,
    /// `otherwise`.
    pub otherwise: Option<At>,
    /// Where.
    pub at: At,
}

impl<T> Case<T> {
    /// Whether nothing is said about when it applies.
    pub fn is_plain(&self) -> bool {
        self.from.is_none()
            && self.until.is_none()
            && self.after.is_none()
            && self.when.is_none()
            && self.otherwise.is_none()
    }
}
