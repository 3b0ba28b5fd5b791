//! Earns that give way to others (`unless earned`, S8).

use std::collections::BTreeSet;

use crate::hir::EarnId;

use super::earn::Share;
use super::fault::Fault;
use super::fold::Fold;
use super::limit::Claims;
use super::outcome::{Cause, Stage};
use super::stack::Met;

impl Fold<'_> {
    /// Takes out earns that another one excludes by bringing something. What brings something is known only behind stacks and limits, so
    /// those are tried first that wait for nobody. Earns that wait for each other give nothing.
    pub fn exclude(&mut self, shares: &mut Vec<Share>, met: &[Met], claims: &Claims) -> Result<(), Fault> {
        let program = self.program;
        if shares.iter().all(|share| program.earns.at(share.earn).unless_earned.is_empty()) {
            return Ok(());
        }
        let there: BTreeSet<EarnId> = shares.iter().map(|share| share.earn).collect();
        let named = |id: EarnId| program.earns.at(id).unless_earned.iter().filter(|other| there.contains(other));
        let mut waiting: BTreeSet<EarnId> = there.iter().copied().filter(|id| named(*id).next().is_some()).collect();
        let mut out: BTreeSet<EarnId> = BTreeSet::new();
        loop {
            let next: Vec<EarnId> =
                waiting.iter().copied().filter(|id| named(*id).all(|other| !waiting.contains(other))).collect();
            if next.is_empty() {
                break;
            }
            let tried = shares.iter().filter(|share| !waiting.contains(&share.earn) && !out.contains(&share.earn));
            let brings = self.brings(tried.cloned().collect(), met.to_vec(), claims)?;
            for id in next {
                waiting.remove(&id);
                if named(id).any(|other| brings.contains(other)) {
                    out.insert(id);
                }
            }
        }
        out.extend(waiting);
        shares.retain(|share| !out.contains(&share.earn));
        for id in out {
            self.explain(Cause::Earn(id), program.earns.at(id).span, Stage::Group, None, false, || {
                "another earn of this event excludes it".into()
            });
        }
        Ok(())
    }

    /// Which of these earns stacks and limits leave something. Nothing of the trial stays.
    fn brings(&mut self, mut tried: Vec<Share>, mut met: Vec<Met>, claims: &Claims) -> Result<BTreeSet<EarnId>, Fault> {
        let (outcomes, trace) = (self.out.len(), self.trace.take());
        let settled = self.stack(&mut tried, &mut met).and_then(|()| self.limit(&mut tried, &claims.clone()));
        self.out.truncate(outcomes);
        self.trace = trace;
        settled?;
        Ok(tried.iter().filter(|share| !share.amount.is_zero()).map(|share| share.earn).collect())
    }
}
