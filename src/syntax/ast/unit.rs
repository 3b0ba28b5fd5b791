//! Units: what members hold.

use super::{At, Cases, Duration, EndOf, Expr, Ident, Label, MonthDay, Number, Path, Spanned, TimeUnit};

/// `unit points also point { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// Further names (`point`).
    pub also: Vec<Ident>,
    /// `label`.
    pub label: Option<Label>,
    /// `decimals 2`.
    pub decimals: Option<Number>,
    /// `money USD`: a unit of money; the ISO code.
    pub money: Option<Ident>,
    /// `round …`.
    pub round: Option<Round>,
    /// `pending …`.
    pub pending: Option<Cases<Pending>>,
    /// `expires …` and `also expires …`, in order.
    pub expires: Vec<Expiry>,
    /// `keeps while …`.
    pub keeps: Vec<Expr>,
    /// `spends …`.
    pub spends: Option<Spanned<SpendOrder>>,
    /// `balance at most …`.
    pub balance_at_most: Option<Cases>,
    /// `refunds …`.
    pub refunds: Option<Spanned<RefundFloor>>,
    /// `refunds …, in spending order`.
    pub refunds_in_order: Option<At>,
    /// `returns forfeit | grace 14 days | fresh lot`.
    pub returned_lots: Option<Spanned<ReturnedLot>>,
    /// `returns points first | money first | pro rata`.
    pub returned_tender: Option<Spanned<ReturnedTender>>,
    /// `worth $0.01`.
    pub worth: Option<Cases>,
    /// `not transferable`.
    pub not_transferable: Option<At>,
    /// `buckets monthly`: weekly, monthly, quarterly, yearly.
    pub buckets: Option<Spanned<TimeUnit>>,
    /// The header.
    pub at: At,
}

/// `round down per event`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// How.
    pub mode: RoundMode,
    /// On what: default per event.
    pub scope: Option<RoundScope>,
    /// The statement.
    pub at: At,
}

/// How a fraction becomes whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word of the language")]
pub enum RoundMode {
    Down,
    Up,
    Nearest,
    HalfEven,
}

/// What is rounded as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word of the language")]
pub enum RoundScope {
    Item,
    Event,
    Rule,
}

/// When what was earned becomes available.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pending {
    /// `pending 15 days`.
    For(Duration),
    /// `pending until delivered by order`.
    Until {
        /// The event.
        event: Ident,
        /// The field that joins the two.
        by: Option<Path>,
    },
}

/// One `expires` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiry {
    /// `also expires`: a second clock.
    pub also: bool,
    /// When; conditions are judged when the lot is earned.
    pub cases: Cases<ExpiryKind>,
    /// The statement.
    pub at: At,
}

/// When a lot expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpiryKind {
    /// `never`.
    Never,
    /// `12 months after earning at end of month`.
    AfterEarning {
        /// How long.
        duration: Duration,
        /// `at end of month|quarter|year`.
        at_end: Option<EndOf>,
        /// `from earning`, though the lot was pending.
        from_earning: Option<At>,
    },
    /// `18 months after last purchase or redeem`: the whole balance slides.
    AfterLast {
        /// How long.
        duration: Duration,
        /// Any of these events.
        events: Vec<Ident>,
        /// `at end of month|quarter|year`.
        at_end: Option<EndOf>,
    },
    /// `on 30 september [after 36 months]`.
    On {
        /// The day.
        day: MonthDay,
        /// The first such day at least this much later.
        after: Option<Duration>,
    },
    /// `at end of next calendar year`.
    AtEnd(EndOf),
    /// `on 2026-12-31`.
    OnDate(Expr),
}

/// Which lots are spent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendOrder {
    /// `soonest expiry first`.
    SoonestExpiry,
    /// `oldest first`.
    Oldest,
}

/// How far a reversal may take a balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundFloor {
    /// `refunds may go below zero [to -500]`.
    BelowZero {
        /// The floor, a positive number of units below zero.
        floor: Option<Number>,
    },
    /// `refunds stop at zero`.
    StopAtZero,
    /// `refunds only from pending`.
    OnlyPending,
}

/// What becomes of spent units whose lot expired before the order came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnedLot {
    /// `returns forfeit`.
    Forfeit,
    /// `returns grace 14 days`.
    Grace(Duration),
    /// `returns fresh lot`.
    FreshLot,
}

/// What a partial refund of a split tender gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnedTender {
    /// `returns points first`.
    PointsFirst,
    /// `returns money first`.
    MoneyFirst,
    /// `returns pro rata`.
    ProRata,
}
