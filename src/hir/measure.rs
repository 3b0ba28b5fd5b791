//! Measures: sums, counts and streaks over a member's history.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Exact, PeriodKind, TimeSpan};

use super::{Aggregate, EventId, Expr, FieldId, LadderId, Type, UnitId, Was};

/// A measure.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// The type of its value.
    pub ty: Type,
    /// What it counts.
    pub source: Source,
    /// Over which time.
    pub window: Window,
    /// How reversals count.
    pub net: Net,
    /// A part that may make up only a share of the whole.
    pub share: Option<ShareCap>,
}

/// What a measure counts.
#[derive(Debug, Clone)]
pub enum Source {
    /// Events, or lines of events.
    Events {
        /// How they become one value.
        aggregate: Aggregate,
        /// The type of event.
        event: EventId,
        /// The list whose lines are counted.
        list: Option<FieldId>,
        /// The value of an event or line; `None` for counts of events.
        value: Option<Expr>,
        /// Which events or lines; fields only.
        filter: Option<Expr>,
    },
    /// Consecutive periods with at least one event, up to now or to the period before.
    Streak {
        /// The type of event.
        event: EventId,
        /// Which events; fields only.
        filter: Option<Expr>,
        /// The period.
        period: PeriodKind,
        /// What a period needs, and what keeps a row that has missed one.
        shield: Shield,
    },
    /// Events in a row that meet a condition: one that does not ends the row.
    Run {
        /// The type of event.
        event: EventId,
        /// The condition; fields only.
        filter: Expr,
        /// How far the first may lie before the last.
        within: Option<TimeSpan>,
    },
    /// Amounts posted, in steps.
    Postings {
        /// The unit.
        unit: UnitId,
        /// Which postings.
        tally: Tally,
    },
    /// A formula over other measures, attributes and constants.
    Formula(Expr),
}

/// What a period of a streak needs, and what keeps a row that has missed one.
#[derive(Debug, Clone, Default)]
pub struct Shield {
    /// What is counted in each period, and what it has to reach.
    pub enough: Option<Box<(Measure, Exact)>>,
    /// So many missed periods in any such time are mended, and count.
    pub repairs: Option<(u32, TimeSpan)>,
    /// One of this unit is spent for a missed period; and whether that period counts.
    pub frozen: Option<(UnitId, bool)>,
}

impl Measure {
    /// Whether something can be spent to keep it from breaking.
    pub fn is_frozen(&self) -> bool {
        matches!(&self.source, Source::Streak { shield: Shield { frozen: Some(_), .. }, .. })
    }
}

/// Which postings a measure sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tally {
    /// Awards, less what was taken back of them.
    Earned,
    /// Redemptions and conversions, less returns.
    Spent,
    /// Lapsed.
    Expired,
    /// Taken back by reversals.
    Reversed,
    /// From other members.
    Received,
    /// To other members.
    Given,
}

/// The time over which a measure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// All of it.
    Ever,
    /// The calendar (or membership) period at hand.
    Period(PeriodKind),
    /// Calendar days up to and including today; months and weeks by the calendar.
    LastDays(TimeSpan),
    /// An exact time up to now: what is exactly that old is out.
    LastExactly(TimeSpan),
    /// Since the member last rose on a ladder.
    SinceRise(LadderId),
}

/// How reversals count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Net {
    /// They lower the measure at the time of the original.
    OfOriginal,
    /// They lower the measure at their own time.
    WhenReversed,
    /// They do not count.
    Gross,
}

/// A part that may make up only a share of the whole.
#[derive(Debug, Clone)]
pub struct ShareCap {
    /// The share, between 0 and 1.
    pub share: Exact,
    /// Which events or lines are capped.
    pub filter: Expr,
}
