//! Dates, durations, periods.

use super::{At, Expr, Ident, Number};

/// A day of the calendar; exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// 1 to 9999.
    pub year: i16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// Where.
    pub at: At,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// Where.
    pub at: At,
}

/// `2026-06-01 at 09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub date: Date,
    /// The time of day, where one is written.
    pub time: Option<Time>,
}

/// A day that comes every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// Where.
    pub at: At,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "plain words")]
pub enum TimeUnit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "plain words")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// `18 months`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duration {
    /// How many.
    pub count: Number,
    /// Of what.
    pub unit: TimeUnit,
    /// Where.
    pub at: At,
}

/// A stretch of time over which a measure or a limit counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Which.
    pub kind: WindowKind,
    /// Where.
    pub at: At,
}

/// The kinds of [`Window`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowKind {
    /// `per event`.
    PerEvent,
    /// `each calendar month`: day, week, month, quarter or year.
    Calendar(TimeUnit),
    /// `each membership year`.
    MembershipYear,
    /// `last 30 days`, `last 720 hours`, `last exactly 365 days`.
    Last {
        /// How long.
        duration: Duration,
        /// `exactly`: multiples of 24 hours instead of calendar days.
        exact: bool,
    },
    /// `in any 30 days`.
    InAny(Duration),
    /// `since status rose`.
    Since {
        /// The tiers.
        tiers: Ident,
        /// Which change.
        change: TierChange,
    },
    /// `ever`.
    Ever,
}

/// A change of a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TierChange {
    /// `rises`, `rose`.
    Rises,
    /// `falls`, `fell`.
    Falls,
    /// `changes`, `changed`.
    Changes,
}

/// `end of next calendar year`, `end of february`, `end of month after 24 months`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndOf {
    /// The end of what.
    pub period: EndPeriod,
    /// `next`: of the period after the current one.
    pub next: bool,
    /// `after 24 months`: counted from that much later.
    pub after: Option<Duration>,
    /// Where.
    pub at: At,
}

/// What a period's end belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndPeriod {
    /// `[calendar] month|quarter|year|week|day`.
    Calendar(TimeUnit),
    /// `membership year`.
    MembershipYear,
    /// A month by name, 1 to 12.
    Month(u8),
}

/// How long a tier or a voucher lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// `until end of …`.
    UntilEnd(EndOf),
    /// `until 2026-12-31`: inclusive.
    UntilDate(Date),
    /// `for 12 months`.
    For(Duration),
    /// `rolling`: as long as the condition holds.
    Rolling,
    /// `for ever`.
    ForEver,
}

/// One `during` line: it applies where any of its alternatives does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct During {
    /// At least one.
    pub any: Vec<Season>,
    /// The statement.
    pub at: At,
}

/// One alternative of [`During`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Season {
    /// `2026-06-01 to 2026-06-07`, inclusive; a single date is both.
    Dates {
        /// First day.
        from: Expr,
        /// Last day.
        to: Expr,
    },
    /// `17:00 to 19:00`, the end excluded.
    Times {
        /// First minute.
        from: Time,
        /// End.
        to: Time,
    },
    /// `saturday`.
    Weekday(Weekday),
    /// `december`: 1 to 12.
    Month(u8),
}
