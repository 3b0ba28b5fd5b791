//! Rewards and ways to pay with points.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Day, Exact, TimeOfDay, Weekday};

use super::{DrawId, End, Expr, Gates, Guarded, Label, LimitId, PartnerId, UnitId, Was};

/// Something to have for points, or to be given by rules.
#[derive(Debug, Clone)]
pub struct Reward {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// Unit and cost in steps; none where only rules issue it.
    pub cost: Option<(UnitId, Expr)>,
    /// What it gives.
    pub gives: Gift,
    /// When and for whom it is open.
    pub gates: Gates,
    /// How many there are for all members.
    pub stock: Option<Stock>,
    /// How often a member may have it.
    pub limits: Vec<LimitId>,
    /// The least bill, in minor units: of who redeems it, or, where only rules issue it, of who uses it.
    pub minimum_basket: Option<Expr>,
    /// When a voucher of it may be used; looks at the `use` event.
    pub usable: Gates,
    /// Redeemed by itself whenever the balance covers the cost.
    pub automatic: bool,
    /// Where it is redeemed.
    pub partner: Option<PartnerId>,
}

/// What a reward gives.
#[derive(Debug, Clone)]
pub struct Gift {
    /// Its kind.
    pub kind: GiftKind,
    /// What it is, in words.
    pub text: Option<Arc<str>>,
    /// Its value in minor units, or for a discount in percent its share.
    pub value: Option<Expr>,
    /// The unit it is paid out in (`gives credit $5 as store_credit`), amount in steps in `value`.
    pub unit: Option<UnitId>,
    /// How long it is good for; for ever where nothing applies.
    pub valid: Guarded<Validity>,
    /// The draw that it is an entry of.
    pub draw: Option<DrawId>,
}

/// Kinds of gifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
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

/// How long a voucher is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// So long from issue.
    Until(End),
    /// In a window of local days, both included.
    Between(Day, Day),
}

/// Stock of a reward.
#[derive(Debug, Clone)]
pub struct Stock {
    /// How many at each release, or in all.
    pub count: u64,
    /// Weekdays and local time of releases in the program's zone; empty: all at once. What is left of a release is not added to the next.
    pub released: Vec<Weekday>,
    /// The time of day of releases.
    pub at: TimeOfDay,
}

/// A way to pay with points.
#[derive(Debug, Clone)]
pub struct Redeem {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// The unit.
    pub unit: UnitId,
    /// What points are worth.
    pub form: RedeemForm,
    /// When and for whom it is open.
    pub gates: Gates,
    /// The least bill, in minor units.
    pub minimum_basket: Option<Expr>,
    /// The most money off one order, in minor units.
    pub at_most: Option<Expr>,
    /// The most of the bill, as a share.
    pub at_most_share: Option<Exact>,
    /// The least amount, in steps.
    pub minimum: Option<Expr>,
    /// Amounts must be multiples of this, in steps.
    pub steps: Option<Expr>,
    /// An amount beyond balance or bill is reduced instead of refused.
    pub clamp: bool,
    /// How often and how much.
    pub limits: Vec<LimitId>,
    /// Where points are paid with.
    pub partner: Option<PartnerId>,
}

/// What points are worth.
#[derive(Debug, Clone)]
pub enum RedeemForm {
    /// So many steps are so much money (minor units).
    Rate(Expr, Expr),
    /// Steps (amount in steps of the unit, money in minor units), largest first; taken greedily.
    Ladder(Vec<(i64, i64)>),
}
