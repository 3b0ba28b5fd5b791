//! Partners, exchanges, causes and funds. A cause is a `Charity` here: `Cause` is what brings an outcome about.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Exact, PeriodKind, TimeSpan};

use super::{CharityId, EventId, Expr, FieldId, Gates, Label, LimitId, PartnerId, UnitId, Was};

/// Who pays for points, or takes them.
#[derive(Debug, Clone)]
pub struct Partner {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// The period of its statements.
    pub settles: PeriodKind,
    /// What it pays for points that it funds: so many steps of a unit are so many minor units of money.
    pub issued: Vec<Price>,
    /// What it is paid for points that it takes.
    pub redeemed: Vec<Price>,
    /// The share of what it pays that is held back.
    pub reserve: Exact,
}

/// So many steps of a unit are so much money, in minor units.
#[derive(Debug, Clone)]
pub struct Price {
    /// The unit.
    pub unit: UnitId,
    /// How many steps of it.
    pub steps: Expr,
    /// The money.
    pub money: Expr,
}

/// A way to turn one unit into another.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// What is taken.
    pub from: UnitId,
    /// What is given.
    pub to: UnitId,
    /// Who takes the one and gives the other; none where the program does so itself.
    pub partner: Option<PartnerId>,
    /// One step, in steps of `from`.
    pub takes: Expr,
    /// What it gives, in steps of `to`.
    pub gives: Expr,
    /// What it gives beside.
    pub bonuses: Vec<Bonus>,
    /// When and for whom it is open.
    pub gates: Gates,
    /// The least amount, in steps of `from`.
    pub minimum: Option<Expr>,
    /// The largest amount, in steps of `from`.
    pub at_most: Option<Expr>,
    /// What is paid beside, in steps of `from`.
    pub fee: Option<Expr>,
    /// An amount beyond the balance, or between two steps, is reduced instead of refused.
    pub clamp: bool,
    /// How often and how much.
    pub limits: Vec<LimitId>,
}

/// What an exchange gives beside its rate.
#[derive(Debug, Clone)]
pub struct Bonus {
    /// When; `None` for always.
    pub when: Option<Expr>,
    /// For every so many steps of what is taken …
    pub every: Expr,
    /// … so many steps of what is given.
    pub gives: Expr,
    /// How often and how much.
    pub limits: Vec<LimitId>,
}

/// A cause that is given to.
#[derive(Debug, Clone)]
pub struct Charity {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// What units are worth to it.
    pub rates: Vec<Price>,
    /// The share of its value that a voucher is worth to it; `None` where it takes none.
    pub vouchers: Option<Exact>,
    /// The least amount: of a unit in steps, or of money in minor units.
    pub minimum: Option<Expr>,
    /// Amounts of its unit must be multiples of this.
    pub steps: Option<Expr>,
    /// What the program adds to what members give.
    pub matching: Option<Match>,
    /// When and for whom it is open.
    pub gates: Gates,
    /// How often and how much.
    pub limits: Vec<LimitId>,
}

/// What the program adds to what members give.
#[derive(Debug, Clone)]
pub struct Match {
    /// The share of a gift that is added.
    pub share: Exact,
    /// The most for all members together, in minor units.
    pub most: Option<i64>,
    /// Over which time; `None` for ever.
    pub window: Option<PeriodKind>,
}

/// Money that members divide among causes by their votes.
#[derive(Debug, Clone)]
pub struct Fund {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// How much there is to divide.
    pub pool: FundPool,
    /// In which period.
    pub period: PeriodKind,
    /// What a vote costs, in steps; nothing where `None`.
    pub cost: Option<(UnitId, i64)>,
    /// Who it is divided among.
    pub among: Vec<CharityId>,
    /// The least share, in minor units.
    pub floor: i64,
    /// How long after the period it is paid out.
    pub paid: Option<TimeSpan>,
    /// When and for whom votes are open.
    pub gates: Gates,
    /// How often a member votes.
    pub limits: Vec<LimitId>,
}

/// How much a fund has to divide.
#[derive(Debug, Clone)]
pub enum FundPool {
    /// So many minor units each period.
    Fixed(i64),
    /// A share of a field of an event, summed over all members, net of what came back.
    Share(EventId, FieldId, Exact),
}
