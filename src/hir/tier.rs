//! Ladders of tiers.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Day, PeriodKind, TimeSpan};

use super::{End, Expr, Label, MeasureId, RewardId, Was};

/// A ladder. Tiers are in rising order; the first is everybody's.
#[derive(Debug, Clone)]
pub struct Ladder {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// The measure that thresholds are about.
    pub by: Option<MeasureId>,
    /// The tiers, lowest first.
    pub tiers: Vec<Tier>,
    /// When a member rises.
    pub rises: Rise,
    /// How long a tier is held.
    pub holds: Hold,
    /// What follows when it is not held any longer.
    pub falls: Fall,
    /// Time between the end of holding and the fall.
    pub grace: Option<TimeSpan>,
    /// What reversals do.
    pub refunds: LadderRefund,
    /// The measure of which that counts in its next period what exceeds the threshold of the tier reached.
    pub rollover: Option<MeasureId>,
    /// Whether a tier has the perks of those below too.
    pub perks_stack: bool,
}

impl Ladder {
    /// What a tier of this ladder brings: its own perks, and those of the tiers below where perks stack upward.
    pub fn perks(&self, tier: u32) -> impl Iterator<Item = &Arc<str>> {
        let from = if self.perks_stack { 0 } else { tier as usize };
        self.tiers.iter().take(tier as usize + 1).skip(from).flat_map(|tier| &tier.perks)
    }
}

/// A tier.
#[derive(Debug, Clone)]
pub struct Tier {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// The threshold of the ladder's measure, where one is given (dated values allowed).
    pub threshold: Option<Expr>,
    /// What of the measure that rolls over is above it, is surplus.
    pub surplus: Option<Expr>,
    /// When it is reached: a condition over measures, attributes, balances. `None` for the first tier and for tiers that are only granted.
    pub reach: Option<Expr>,
    /// When it is kept; the same as `reach` where nothing was declared.
    pub keep: Option<Expr>,
    /// What members of it enjoy.
    pub perks: Vec<Arc<str>>,
    /// What is issued on reaching it.
    pub issues: Vec<RewardId>,
}

impl Tier {
    /// Whether something else is asked to keep it than to reach it.
    pub fn keeps_otherwise(&self) -> bool {
        let reach = self.reach.as_ref().map(|reach| reach.span);
        self.keep.as_ref().is_some_and(|keep| Some(keep.span) != reach)
    }
}

/// When a member rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rise {
    /// With the event that fulfils the condition.
    AtOnce,
    /// At the end of the measure's period (calendar year where the ladder has no measure with a period).
    AtPeriodEnd(PeriodKind),
    /// This long after the condition was first fulfilled.
    After(TimeSpan),
}

/// How long a tier is held from the moment at which its condition holds; every later moment at which `keep` holds prolongs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// So long.
    Until(End),
    /// Until the end of a day.
    UntilDay(Day),
    /// Only while the condition holds.
    Rolling,
    /// For ever.
    ForEver,
}

/// What follows when a tier is not held any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fall {
    /// The highest tier whose holding has not ended.
    ToEarned,
    /// The tier below, held anew.
    ByOne,
}

/// What a reversal does to a tier that it takes the ground from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LadderRefund {
    /// The tier is lost at the end of the period in which it was reached.
    AtPeriodEnd,
    /// At once.
    AtOnce,
    /// Never.
    Never,
}
