//! Units of value.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Day, PeriodKind, Rounding, TimeSpan};

use super::{End, EventId, Expr, FieldId, Guarded, Label, Was};

/// A unit: points, stamps, miles, store credit.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its name (plural).
    pub name: Arc<str>,
    /// Its other name (singular).
    pub also: Option<Arc<str>>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// Whether amounts are money of the program's currency.
    pub money: bool,
    /// Decimals of the smallest step; for money, those of the currency.
    pub decimals: u8,
    /// How fractions of a step are rounded.
    pub rounding: Rounding,
    /// What is rounded at once.
    pub scope: RoundScope,
    /// When awards become available; at once where nothing applies.
    pub pending: Guarded<Pending>,
    /// When lots expire. The first rule whose condition holds at earning, and every `also` one: the earliest wins. None: never.
    pub expiry: Vec<ExpiryRule>,
    /// Nothing expires while this holds.
    pub keeps_while: Option<Expr>,
    /// Which lots are spent first.
    pub spends: SpendOrder,
    /// Awards beyond this balance (available and pending, in steps) are cut.
    pub at_most: Option<Expr>,
    /// What happens when an award that is taken back was spent.
    pub refunds: RefundFloor,
    /// Whether that is taken from the lots that would be spent next, instead of first from the lot of the award.
    pub refunds_in_order: bool,
    /// What happens to spent points of a returned order whose lot expired meanwhile.
    pub returned: Returned,
    /// Which tender comes back first on a partial return.
    pub return_order: ReturnOrder,
    /// Money (minor units) that one smallest step is worth, for liability and best-of.
    pub worth: Option<Expr>,
    /// Whether members may give it away.
    pub transferable: bool,
    /// Lots that were earned in different periods of this kind cannot be spent in one redemption.
    pub buckets: Option<PeriodKind>,
}

impl Unit {
    /// Smallest steps in one whole unit: 10 to the power of `decimals`.
    pub fn steps(&self) -> i64 {
        10_i64.saturating_pow(u32::from(self.decimals))
    }
}

/// What is rounded at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundScope {
    /// Each line.
    Item,
    /// All awards of one event together; the rounded sum is split by largest remainder.
    Event,
    /// All lines of one rule together.
    Rule,
}

/// When awards become available.
#[derive(Debug, Clone)]
pub enum Pending {
    /// At once.
    No,
    /// After a time.
    For(TimeSpan),
    /// When an event of this type has the same key: pairs of (its field, the earning event's field name resolved per earning event).
    Until {
        /// The releasing event.
        event: EventId,
        /// The field of the releasing event; the field of the same name in the earning event must be equal.
        key: Vec<FieldId>,
    },
}

/// One clock of a lot.
#[derive(Debug, Clone)]
pub struct ExpiryRule {
    /// The rule, by what holds when the lot is earned.
    pub cases: Guarded<ExpiryCase>,
    /// Runs beside the others; the earliest wins.
    pub also: bool,
    /// Where it is declared.
    pub span: Span,
}

/// One alternative of a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiryCase {
    /// The rule.
    pub expiry: Expiry,
    /// Counts from earning also where the lot was pending.
    pub from_earning: bool,
}

/// When a lot expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expiry {
    /// Never.
    Never,
    /// So long after availability, or after earning.
    At(End),
    /// At the end of a day; for lots that are earned by then.
    On(Day),
    /// A time after the last event of any of these types (`earning` of the lot itself where none came): the whole balance slides.
    Idle {
        /// How long.
        span: TimeSpan,
        /// At the end of the period in which that falls.
        end_of: Option<PeriodKind>,
        /// The types that restart the clock.
        events: Vec<EventId>,
    },
}

/// Which lots are spent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendOrder {
    /// Soonest expiry, then oldest, then number.
    SoonestExpiry,
    /// Oldest, then number.
    Oldest,
}

/// What happens when an award that is taken back was spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundFloor {
    /// The balance goes below zero, to this many steps at most.
    BelowZero(Option<i64>),
    /// The balance stops at zero; the shortfall is recorded and repaid by the next earnings.
    StopAtZero,
    /// Only what is still pending is taken back.
    OnlyPending,
}

/// What happens to points that come back to a lot that expired meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// They expire again at once.
    Forfeit,
    /// They live on this long.
    Grace(TimeSpan),
    /// They become a lot earned now.
    FreshLot,
}

/// Which tender comes back first on a partial return of an order paid with points and money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnOrder {
    /// Points, then money.
    PointsFirst,
    /// Money, then points.
    MoneyFirst,
    /// In proportion.
    ProRata,
}
