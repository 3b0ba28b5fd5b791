//! Members that meet: transfers, referrals, pools.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Exact, TimeSpan};

use super::{EventId, Expr, FieldId, Gates, Label, LimitId, RuleId, UnitId, Was};

/// A way to give to another member.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// What is given.
    pub unit: UnitId,
    /// When and for whom it is open.
    pub gates: Gates,
    /// The least amount, in steps.
    pub minimum: Option<Expr>,
    /// The largest amount, in steps.
    pub at_most: Option<Expr>,
    /// Amounts must be multiples of this, in steps.
    pub steps: Option<Expr>,
    /// What is paid beside the amount, in steps.
    pub fee: Option<Expr>,
    /// Whether what arrives counts as earned on arrival; else it keeps its expiry.
    pub fresh: bool,
    /// How often and how much.
    pub limits: Vec<LimitId>,
}

/// Members that bring friends.
#[derive(Debug, Clone)]
pub struct Referral {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// The attribute of the friend that holds the referrer.
    pub by: FieldId,
    /// What the friend must do.
    pub event: EventId,
    /// How long after joining.
    pub within: Option<TimeSpan>,
    /// What the friend gets, under the conditions of the referral.
    pub friend: RuleId,
    /// What the referrer gets.
    pub referrer: Option<RuleId>,
}

/// Members that collect and spend together.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// How many belong to one group at most.
    pub most: Option<u64>,
    /// The share of each award that goes to the group, by unit.
    pub collects: Vec<(UnitId, Exact)>,
    /// Whether only who founded a group may spend what it has.
    pub founder_spends: bool,
}
