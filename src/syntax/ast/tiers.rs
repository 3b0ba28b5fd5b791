//! Tiers and their levels.

use super::{At, Cases, Duration, Expr, Hold, Ident, Label, Path, Spanned, Text};

/// `tiers status by yearly_spend { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tiers {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// The measure that thresholds speak of.
    pub by: Option<Path>,
    /// From the lowest, which is everybody's.
    pub levels: Vec<Level>,
    /// `label`.
    pub label: Option<Label>,
    /// `rises …`.
    pub rises: Option<Spanned<Rises>>,
    /// `holds …`.
    pub holds: Option<Spanned<Hold>>,
    /// `falls …`.
    pub falls: Option<Spanned<Falls>>,
    /// `grace 30 days`.
    pub grace: Option<Duration>,
    /// `refunds …`.
    pub refunds: Option<Spanned<TierRefunds>>,
    /// `surplus rolls over`, `surplus of nights rolls over`.
    pub surplus: Option<Surplus>,
    /// `perks stack upward` (true) or `perks do not stack` (false).
    pub perks_stack: Option<Spanned<bool>>,
    /// The header.
    pub at: At,
}

/// One level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// `at $350`: the measure's threshold to reach it.
    pub threshold: Option<Cases>,
    /// `keep $300` beside `at`: the measure's threshold to keep it.
    pub keep_threshold: Option<Cases>,
    /// `reach …` in the block.
    pub reach: Option<Expr>,
    /// `keep …` in the block.
    pub keep: Option<Expr>,
    /// `always …`: added to both.
    pub always: Vec<Expr>,
    /// `label`.
    pub label: Option<Label>,
    /// `perk "…"`.
    pub perks: Vec<Text>,
    /// `issue rouge_card`: rewards issued on reaching.
    pub issues: Vec<Ident>,
    /// The header.
    pub at: At,
}

/// When a member rises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rises {
    /// `at once`.
    AtOnce,
    /// `at period end`.
    AtPeriodEnd,
    /// `after 3 days`.
    After(Duration),
}

/// Where a member falls to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Falls {
    /// `to the tier earned`.
    ToEarned,
    /// `by one level`.
    OneLevel,
}

/// When a refund lowers a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TierRefunds {
    /// `lower at period end`.
    LowerAtPeriodEnd,
    /// `lower at once`.
    LowerAtOnce,
    /// `never lower`.
    NeverLower,
}

/// `surplus of nights rolls over`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surplus {
    /// The measure; that of the tiers where none is named.
    pub of: Option<Ident>,
    /// The statement.
    pub at: At,
}
