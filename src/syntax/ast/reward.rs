//! Rewards and redemption.

use super::{At, Cases, Date, Duration, EndOf, Expr, Gate, Ident, Label, Number, Spanned, Text, Time, Weekday};

/// `reward trial_size { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reward {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// `label`.
    pub label: Option<Label>,
    /// `cost 100 points`; none: only issued by rules.
    pub cost: Option<Cases>,
    /// `gives …`.
    pub gives: Vec<Gift>,
    /// When and how often; `only` is in `when`.
    pub gate: Gate,
    /// `stock …`.
    pub stock: Option<Stock>,
    /// `minimum basket $50`.
    pub minimum_basket: Option<Cases>,
    /// `usable when …`; each must hold.
    pub usable: Vec<Expr>,
    /// `automatic`.
    pub automatic: Option<At>,
    /// `at partner acme`.
    pub partner: Option<Ident>,
    /// The header.
    pub at: At,
}

/// `gives voucher $100 valid 90 days`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gift {
    /// What kind.
    pub kind: Spanned<GiftKind>,
    /// `"trial size"`.
    pub what: Option<Text>,
    /// `$100`, `20%`.
    pub amount: Option<Cases>,
    /// `as store_credit`.
    pub unit: Option<Ident>,
    /// `worth $5`.
    pub worth: Option<Expr>,
    /// `valid …`.
    pub valid: Option<Cases<Valid>>,
    /// The statement.
    pub at: At,
}

/// The kinds of gift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word of the language")]
pub enum GiftKind {
    Product,
    Discount,
    Voucher,
    GiftCard,
    Credit,
    Experience,
    Shipping,
    Entry,
    Donation,
}

/// How long a gift may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Valid {
    /// `valid 90 days`.
    For(Duration),
    /// `valid until end of month after 24 months`.
    UntilEnd(EndOf),
    /// `valid from 2026-07-01 to 2026-07-15`: inclusive.
    Dates {
        /// First day; default: from issue.
        from: Option<Date>,
        /// Last day.
        to: Date,
    },
}

/// `redeem cash_off { … }`: paying with units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redeem {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// `label`.
    pub label: Option<Label>,
    /// `rate 100 points = $5`.
    pub rate: Option<Cases<Step>>,
    /// `ladder 100 points -> $3, 250 points -> $8`.
    pub ladder: Vec<Step>,
    /// When and how often; `only` is in `when`.
    pub gate: Gate,
    /// `minimum basket $65`.
    pub minimum_basket: Option<Cases>,
    /// `minimum 500 points`.
    pub minimum: Option<Cases>,
    /// `at most $25 per order`.
    pub most_per_order: Option<Cases>,
    /// `at most 50% of bill`.
    pub most_of_bill: Option<Cases>,
    /// `steps of 100 points`.
    pub steps: Option<Cases>,
    /// `clamp`: reduce what is too much instead of refusing it.
    pub clamp: Option<At>,
    /// `at partner acme`.
    pub partner: Option<Ident>,
    /// The header.
    pub at: At,
}

/// So many units for so much money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is paid.
    pub units: Expr,
    /// What it buys.
    pub money: Expr,
    /// Where.
    pub at: At,
}

/// `stock 500 released tuesday, thursday at 09:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    /// How many, in all or at each release.
    pub count: Number,
    /// On which days of the week; empty: every day, where `time` is written.
    pub days: Vec<Weekday>,
    /// Time of day of a release; `None`: no releases, the stock is for ever.
    pub time: Option<Time>,
    /// The statement.
    pub at: At,
}
