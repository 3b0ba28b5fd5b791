//! Leaderboards: members ranked against each other.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Exact, PeriodKind};

use super::{Label, MeasureId, RuleId, Was};

/// Who is first in each period.
#[derive(Debug, Clone)]
pub struct Leaderboard {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// What members are ranked by: the most first.
    pub by: MeasureId,
    /// The period of the measure, at whose end places are given.
    pub period: PeriodKind,
    /// What a member must have at least to have a place; more than nothing in any case.
    pub least: Option<Exact>,
    /// Whether, of members who have equally much, who had it first comes first; else they share the place.
    pub first_to_reach: bool,
    /// Places that bring something, in order; no place is in two of them.
    pub places: Vec<Place>,
}

/// Places that bring the same.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The first of them, from 1.
    pub first: u32,
    /// The last of them.
    pub last: u32,
    /// What each brings.
    pub rule: RuleId,
}
