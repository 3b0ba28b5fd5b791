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
    /// What it had done before a rise from which its measure counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<Self>>,
}

impl Firings {
    /// What was crossed can be crossed again, and nothing hangs on it any more.
    pub fn begin_again(&mut self) {
        *self = Self { fired_for: self.fired_for, ..Self::default() };
    }

    /// The same with a rise: once that is undone, what was done before it stands again.
    pub fn put_aside(&mut self) {
        *self = Self { fired_for: self.fired_for, before: Some(Box::new(std::mem::take(self))), ..Self::default() };
    }

    /// What was done before a rise stands again, as that is undone; returns what hangs on the measure since the rise. What was crossed in the
    /// period that began with it was crossed in the one before.
    pub fn take_up(&mut self, since: Instant, before: Instant) -> Many<Hanging> {
        let Some(earlier) = self.before.take() else { return Many::default() };
        let later = std::mem::replace(self, *earlier);
        let crossed = [later.crossed.get(&since), self.crossed.get(&before)].into_iter().flatten().max().copied();
        crossed.into_iter().for_each(|multiple| self.crossed.insert(before, multiple));
        self.stayed.extend(later.stayed);
        later.hanging
    }

    /// The highest multiple that is noted, whatever its sign and what was put aside included.
    pub fn highest(&self) -> u64 {
        let multiples = self.crossed.values().copied().chain(self.hanging.iter().map(|hanging| hanging.multiple));
        let before = self.before.as_deref().map(Self::highest);
        multiples.map(i64::unsigned_abs).chain(before).max().unwrap_or(0)
    }

    /// All that hangs on something or stayed, what was put aside included.
    pub fn each_hanging(&mut self, act: &mut dyn FnMut(&mut Hanging)) {
        self.hanging.iter_mut().chain(&mut self.stayed).for_each(&mut *act);
        self.before.iter_mut().for_each(|before| before.each_hanging(act));
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
