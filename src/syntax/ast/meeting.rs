//! Members that meet: transfers, referrals, pools.

use super::{At, Cases, Duration, Effect, Gate, Ident, Label, Number, Path, Spanned};

/// `transfer gift of points { … }`: members may give to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// What is given.
    pub unit: Ident,
    /// `label`.
    pub label: Option<Label>,
    /// When and how often; `only` is in `when`.
    pub gate: Gate,
    /// `minimum 100 points`.
    pub minimum: Option<Cases>,
    /// `at most 5_000 points`.
    pub most: Option<Cases>,
    /// `steps of 100 points`.
    pub steps: Option<Cases>,
    /// `fee 10% of amount`.
    pub fee: Option<Cases>,
    /// `fresh lots`: what arrives is as if earned now.
    pub fresh: Option<At>,
    /// The header.
    pub at: At,
}

/// `referral friends by invited_by on purchase { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// The attribute that says who referred the friend.
    pub by: Ident,
    /// What the friend must do.
    pub on: Path,
    /// `label`.
    pub label: Option<Label>,
    /// `when` and `during`.
    pub gate: Gate,
    /// `within 30 days` of joining.
    pub within: Option<Duration>,
    /// What the friend gets.
    pub friend: Option<Side>,
    /// What the referrer gets.
    pub referrer: Option<Side>,
    /// The header.
    pub at: At,
}

/// One side of a referral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// When and how often.
    pub gate: Gate,
    /// What it brings.
    pub effects: Vec<Spanned<Effect>>,
    /// `friend` or `referrer`.
    pub at: At,
}

/// `pool family { … }`: members that collect and spend together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// `label`.
    pub label: Option<Label>,
    /// `members at most 6`.
    pub most: Option<Number>,
    /// `collects 50% of points`.
    pub collects: Vec<Collected>,
    /// `spends everyone | founder`.
    pub spends: Option<Spanned<Spenders>>,
    /// The header.
    pub at: At,
}

/// `collects 50% of points`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// The share of each award.
    pub percent: Number,
    /// The unit.
    pub unit: Ident,
    /// The statement.
    pub at: At,
}

/// Who may spend what a group has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spenders {
    /// All of the group.
    Everyone,
    /// Who was there first.
    Founder,
}
