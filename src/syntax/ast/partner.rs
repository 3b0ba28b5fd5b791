//! Partners, exchanges, causes and funds.

use super::{At, Cases, Duration, Expr, Gate, Ident, Label, Limit, Number, Spanned, Step, Trigger, Window};

/// `partner acme { … }`: who pays for points, or takes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// `label`.
    pub label: Option<Label>,
    /// `settles each calendar month`.
    pub settles: Option<Window>,
    /// `issued 100 points = $1`: what it pays for points that it funds.
    pub issued: Vec<Cases<Step>>,
    /// `redeemed 100 points = $0.80`: what it is paid for points that it takes.
    pub redeemed: Vec<Cases<Step>>,
    /// `reserve 10%`.
    pub reserve: Option<Number>,
    /// The header.
    pub at: At,
}

/// `exchange to_miles of points to miles with acme { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// What is taken.
    pub from: Ident,
    /// What is given.
    pub to: Ident,
    /// `with acme`.
    pub with: Option<Ident>,
    /// `label`.
    pub label: Option<Label>,
    /// `rate 400 points -> 250 miles`.
    pub rate: Option<Cases<Step>>,
    /// `bonus 500 miles for every full 1_600 points`.
    pub bonuses: Vec<Bonus>,
    /// When and how often; `only` is in `when`.
    pub gate: Gate,
    /// `minimum 400 points`.
    pub minimum: Option<Cases>,
    /// `at most 5_000 points`.
    pub most: Option<Cases>,
    /// `fee 10 points`.
    pub fee: Option<Cases>,
    /// `clamp`: reduce what is too much instead of refusing it.
    pub clamp: Option<At>,
    /// `every calendar week on monday`: by itself.
    pub every: Option<Spanned<Trigger>>,
    /// The header.
    pub at: At,
}

/// `bonus 500 miles for every full 1_600 points until 2026-09-30, 1 time ever`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bonus {
    /// What is exchanged, and what that gives beside the rate; a single arm.
    pub step: Cases<Step>,
    /// How often.
    pub limit: Option<Limit>,
    /// The statement.
    pub at: At,
}

/// `cause oxfam { … }`: who is given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseItem {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// `label`.
    pub label: Option<Label>,
    /// `rate 500 points = $2.50`, one for each unit.
    pub rates: Vec<Cases<Step>>,
    /// `vouchers at 100%`.
    pub vouchers: Option<Number>,
    /// `minimum 500 points`, `minimum $5`.
    pub minimum: Option<Cases>,
    /// `steps of 100 points`.
    pub steps: Option<Cases>,
    /// `match …`.
    pub matching: Option<Match>,
    /// When and how often; `only` is in `when`.
    pub gate: Gate,
    /// The header.
    pub at: At,
}

/// `match 100% up to $250_000 each calendar year`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// How much is added to what members give.
    pub percent: Number,
    /// The most that is added for all members together, and over which time.
    pub most: Option<(Expr, Option<Window>)>,
    /// The statement.
    pub at: At,
}

/// `fund circle { … }`: money that members divide by their votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fund {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// `label`.
    pub label: Option<Label>,
    /// `pool $5_000 each calendar quarter`.
    pub pool: Option<(Expr, Window)>,
    /// `votes cost 1 star`.
    pub cost: Option<Expr>,
    /// `among oxfam, unicef`.
    pub among: Vec<Ident>,
    /// `floor $500`.
    pub floor: Option<Expr>,
    /// `paid 60 days after`.
    pub paid: Option<Duration>,
    /// When and how often votes are cast; `only` is in `when`.
    pub gate: Gate,
    /// The header.
    pub at: At,
}
