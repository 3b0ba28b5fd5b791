//! What hangs on a threshold or a rise, to be taken back with its ground.

use serde::{Deserialize, Serialize};

use crate::hir::RuleId;
use crate::value::{Exact, Instant};

use super::fact::{Award, Donation, Gifted, Sent, Uses};
use super::few::Few;
use super::many::Many;
use super::sorted::Sorted;

/// What a rule has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firings {
    /// For crossings: the start of the period (or the first instant; for what slides and for streaks, the moment) and the highest multiple fired
    /// in it.
    pub crossed: Sorted<Instant, i64>,
    /// Awards of crossings, to be judged again when the measure shrinks: period, multiple, the place of the fact that holds them.
    pub hanging: Many<Hanging>,
    /// Crossings that a refund took, of which something stayed: they are not paid again.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub stayed: Few<Hanging>,
    /// For absences: the anchor for which it fired.
    pub fired_for: Option<Instant>,
}

impl Firings {
    /// What was crossed can be crossed again, and nothing hangs on it any more.
    pub fn begin_again(&mut self) {
        (self.crossed, self.hanging, self.stayed) = Default::default();
    }
}

/// An award that hangs on a threshold (S22).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hanging {
    /// The start of the period.
    pub period: Instant,
    /// The moment at which to look at the measure again: the last of its period, or far in the future.
    pub until: Instant,
    /// The multiple; 1 for plain thresholds.
    pub multiple: i64,
    /// The threshold that was crossed.
    pub threshold: Exact,
    /// What that brought.
    pub brought: Brought,
}

/// What a crossing or a rise brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// Awards.
    pub awards: Vec<Award>,
    /// Other gifts.
    pub gifts: Vec<Gifted>,
    /// Turns that rules took of their limits.
    pub turns: Uses,
    /// Gifts of the program to causes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub donations: Vec<Donation>,
    /// Letters that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<Sent>,
}

/// A rise to a tier, or a fall from one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risen {
    /// The tier.
    pub tier: u32,
    /// When it was qualified for.
    pub since: Instant,
    /// The rule that this was the first time for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<RuleId>,
    /// When the member fell from it, where that is what brought this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fell: Option<Instant>,
    /// What that brought.
    pub brought: Brought,
}
