//! Leaderboards.

use super::{At, Effect, Expr, Gate, Ident, Label, Number, Spanned};

/// `leaderboard league { … }`: members ranked against each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaderboard {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// `label`.
    pub label: Option<Label>,
    /// `by monthly_distance`: the measure.
    pub by: Option<Ident>,
    /// `at least 10`: what a member needs to have a place.
    pub least: Option<Expr>,
    /// `ties go to the first`.
    pub ties: Option<Spanned<Ties>>,
    /// `place 1 { … }`, in order.
    pub places: Vec<Place>,
    /// The header.
    pub at: At,
}

/// `place 2 to 10 { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The first place.
    pub first: Number,
    /// The last one, where there are several.
    pub last: Option<Number>,
    /// When they bring something, and how often.
    pub gate: Gate,
    /// What each brings.
    pub effects: Vec<Spanned<Effect>>,
    /// The line.
    pub at: At,
}

/// What becomes of members who have equally much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ties {
    /// They have the same place.
    Share,
    /// Who had it first comes first.
    First,
}
