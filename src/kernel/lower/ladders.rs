//! Ladders whose tiers are held as long as their condition holds, or for ever.

use crate::hir::{
    Compare, Direction, Expr, Fall, Hold, Kind, Ladder, LadderId, LadderRefund, MeasureId, Net, Read, Rise, Trigger,
    Window,
};

use super::super::plan::{LadderPlan, TierRule};
use super::super::term::{Lowering, constant};
use super::super::unfit::{Fit, unfit, without};

impl Lowering<'_> {
    pub(super) fn ladder(&mut self, id: LadderId, ladder: &Ladder) -> Fit<LadderPlan> {
        let span = ladder.span;
        without(ladder.rises != Rise::AtOnce, "tiers that are not reached at once", span)?;
        without(ladder.grace.is_some(), "grace before a fall", span)?;
        without(ladder.rollover.is_some(), "surplus that rolls over", span)?;
        without(ladder.falls == Fall::ByOne, "falls by one tier", span)?;
        let reversals = self.has_reversals();
        let for_ever = match ladder.holds {
            Hold::Rolling => false,
            Hold::ForEver if !reversals || ladder.refunds == LadderRefund::Never => true,
            _ => return unfit("tiers that are held for a time", span),
        };
        let issues: Vec<_> = ladder.tiers.iter().map(|tier| tier.issues.clone()).collect();
        let issued = issues.iter().any(|issues| !issues.is_empty());
        without(issued && reversals, "rewards of tiers that can be taken back", span)?;
        self.measures.clear();
        self.balances = false;
        let mut reach = Vec::new();
        for tier in ladder.tiers.iter().skip(1) {
            let condition = tier.reach.as_ref();
            let other = tier.keep.as_ref().is_some_and(|keep| condition.is_none_or(|reach| keep.span != reach.span));
            without(other && !for_ever, "other conditions to keep a tier", tier.span)?;
            without(condition.is_some_and(|reach| !rises_only(reach)), "conditions of this kind for tiers", tier.span)?;
            reach.push(condition.map(|reach| Ok(self.term(reach)?.num)).transpose()?);
        }
        // Points that lapse would move the tier, at moments that only the fold looks at.
        without(self.balances, "tiers on balances", span)?;
        let sinks = |id: &MeasureId| {
            let measure = self.program.measures.at(*id);
            measure.net == Net::WhenReversed && measure.window != Window::Ever
        };
        // What was taken back leaves a window too, and lifts what it had lowered: at moments that only the fold looks at.
        without(self.measures.iter().any(sinks), "tiers on what reversals lower at their own time", span)?;
        let rules = self.program.rules.pairs().filter_map(|(rule, def)| match def.trigger {
            Trigger::Tier { ladder, direction, to, first } if ladder == id => Some(TierRule {
                rule,
                rises: direction != Direction::Falls,
                falls: direction != Direction::Rises,
                to,
                first,
            }),
            _ => None,
        });
        let measures = std::mem::take(&mut self.measures);
        Ok(LadderPlan { cells: *self.layout.ladders.at(id), reach, measures, for_ever, rules: rules.collect(), issues })
    }
}

/// Whether a condition can only come to hold by a measure that rises, and only cease to by one that falls.
fn rises_only(condition: &Expr) -> bool {
    match &condition.kind {
        Kind::And(all) | Kind::Or(all) => all.iter().all(rises_only),
        Kind::Compare(Compare::AtLeast | Compare::More, measure, bound) => {
            matches!(measure.kind, Kind::Read(Read::Measure(_))) && constant(bound).is_some()
        }
        _ => false,
    }
}
