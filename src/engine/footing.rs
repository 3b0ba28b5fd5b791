//! What the boosts of an award stood on when it was made, so that it can be judged again on what is left (S20), and limits of boosts get
//! back what they let through (S13).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hir::{Earn, OnRefund};
use crate::value::{Exact, Rounding};

use super::boost::Limited;
use super::fact::Uses;
use super::fault::Fault;
use super::few::Few;
use super::fold::Fold;
use super::split::Part;

/// What the boosts of an award stood on when it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footing {
    /// Boosts that were activated, of those that must be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub active: Vec<Arc<str>>,
    /// The parts that were made at different tiers; empty where it was not split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// What boosts with limits of their own brought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bonuses: Vec<Bonus>,
}

/// What a boost with limits of its own brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bonus {
    /// The place of the boost among those of its earn.
    pub boost: u32,
    /// What it added, in steps, without what of it came back since.
    pub adds: Exact,
    /// What that used of which limits.
    pub uses: Uses,
}

impl Footing {
    /// What is left of the bonus of a boost.
    pub fn bonus(&self, boost: u32) -> Exact {
        self.bonuses.iter().find(|bonus| bonus.boost == boost).map_or(Exact::ZERO, |bonus| bonus.adds)
    }

    /// Bonuses are as they were judged again; what is not among them is gone.
    pub fn judged_again(&mut self, now: &[Limited]) {
        for bonus in &mut self.bonuses {
            bonus.adds = now.iter().find(|limited| limited.boost == bonus.boost).map_or(Exact::ZERO, |now| now.adds);
        }
    }

    /// Bonuses shrink as the award does, from so many steps to so many.
    pub fn shrink(&mut self, from: i64, to: i64) -> Result<(), Fault> {
        for bonus in &mut self.bonuses {
            bonus.adds = bonus.adds.mul(Exact::from(to))?.div(Exact::from(from))?;
        }
        Ok(())
    }
}

impl Fold<'_> {
    /// Boosts of an earn that are activated, of those that must be; none where nothing of it is judged again.
    pub fn activated(&self, earn: &Earn) -> Result<Vec<Arc<str>>, Fault> {
        let mut active = Vec::new();
        for boost in earn.boosts.iter().filter(|_| earn.on_refund == OnRefund::Rejudge) {
            let boost = self.program.boosts.at(*boost);
            if boost.activation.is_some() && self.active(&boost.name, boost.activation)? {
                active.push(boost.name.clone());
            }
        }
        Ok(active)
    }

    /// What is to be recorded of an award that is made now, with what boosts with limits brought of it in whole steps; none where nothing of it is
    /// ever asked for.
    pub fn footing<'b>(
        &mut self,
        earn: &Earn,
        active: Vec<Arc<str>>,
        parts: Vec<Part>,
        limited: impl Iterator<Item = (Limited, &'b i64)>,
    ) -> Result<Option<Box<Footing>>, Fault> {
        let mut bonuses = Vec::new();
        for (Limited { boost, adds, given, claims }, steps) in limited.filter(|(limited, _)| !limited.claims.is_empty())
        {
            let uses = if given.is_zero() { Few::default() } else { self.claim(claims, *steps)? };
            bonuses.push(Bonus { boost, adds, uses });
        }
        if earn.on_refund != OnRefund::Rejudge {
            return Ok((!bonuses.is_empty()).then(|| Box::new(Footing { bonuses, ..Footing::default() })));
        }
        let mut boosts = earn.boosts.iter().map(|boost| self.program.boosts.at(*boost));
        let depends = !parts.is_empty() || boosts.any(|boost| boost.activation.is_some() || !boost.limits.is_empty());
        Ok(depends.then(|| Box::new(Footing { active, parts, bonuses })))
    }

    /// Gives headroom of boosts back beyond what is left of their bonuses, of which a share is `kept`; at most so much of each, where less than that
    /// was taken back.
    pub fn unclaim_bonuses(&mut self, footing: &mut Footing, kept: Exact, most: i64) -> Result<(), Fault> {
        for Bonus { adds, uses, .. } in &mut footing.bonuses {
            let left = Rounding::Up.round(adds.mul(kept)?)?;
            for (key, bucket, used) in uses.iter_mut() {
                let times = self.program.limits.at(key.limit).is_times();
                let back = match times {
                    true if left > 0 => 0,
                    true => (*used).max(0),
                    false => used.saturating_sub(left).min(most).max(0),
                };
                *used -= back;
                self.add_use(key, *bucket, -back)?;
            }
        }
        Ok(())
    }
}
