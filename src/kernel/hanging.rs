//! What crossings and rises brought: it goes back with what they stand on (S22).

use std::slice::from_ref;

use crate::hir::{LadderId, RuleId, UnitId};

use super::code::{MISSING, cell, set};
use super::judge::{Judge, Odd};
use super::lane::Lane;
use super::layout::ABSENT;
use super::plan::{CrossingPlan, Once, TierRule};
use super::store::hanging::{MULTIPLE, PERIOD};
use super::store::hold;

/// The period of what is to be let go.
const GONE: i64 = i64::MAX;

impl Judge<'_, '_> {
    /// Fires a rule for a crossing of a multiple in a period; what that brings may hang on its measure.
    pub fn fire_crossing(
        &mut self,
        lane: &Lane<'_>,
        id: RuleId,
        crossing: &CrossingPlan,
        (period, multiple): (i64, i64),
    ) -> Result<(), Odd> {
        let at = crossing.cells.hanging;
        if at == ABSENT {
            return self.fire(id, from_ref(lane));
        }
        self.collect(lane, id)?;
        // It hangs there also where it brought nothing: it may fire again then.
        if self.scratch.brought.is_empty() {
            self.scratch.brought.push([0; 3]);
        }
        self.hang(lane, at, period, multiple, ABSENT);
        Ok(())
    }

    /// Fires a rule for a rise to a tier; what that brings may hang on the reason for which the tier is held.
    pub fn fire_rise(&mut self, lane: &Lane<'_>, id: LadderId, rule: &TierRule, tier: i64) -> Result<(), Odd> {
        let ladder = self.plan.ladders.at(id);
        let (true, Some(held)) = (rule.hangs, &ladder.held) else {
            return self.fire(rule.rule, from_ref(lane));
        };
        self.collect(lane, rule.rule)?;
        if self.scratch.brought.is_empty() {
            return Ok(());
        }
        let reasons = self.pools.holds.iter(lane.get(held.holds)).filter(|(_, hold)| cell(hold, hold::TIER) == tier);
        let since = reasons.map(|(_, reason)| cell(reason, hold::SINCE)).max();
        let since = since.ok_or(Odd("a rise to a tier that nothing holds"))?;
        if ladder.cells.rises != ABSENT {
            self.hang(lane, ladder.cells.rises, tier, since, rule.anew);
        }
        Ok(())
    }

    /// Fires a rule, and keeps apart what it brings.
    fn collect(&mut self, lane: &Lane<'_>, id: RuleId) -> Result<(), Odd> {
        self.scratch.brought.clear();
        self.scratch.collecting = true;
        let fired = self.fire(id, from_ref(lane));
        self.scratch.collecting = false;
        fired
    }

    /// Lets what was kept apart hang in a queue; `anew` as in [`TierRule`].
    fn hang(&mut self, lane: &Lane<'_>, queue: usize, of: i64, at: i64, anew: usize) {
        let anew = if anew == ABSENT { MISSING } else { i64::try_from(anew).unwrap_or(MISSING) };
        let mut hanging = lane.get(queue);
        for [unit, granted, lot] in &self.scratch.brought {
            self.pools.hanging.push(&mut hanging, &[of, at, *unit, *granted, *lot, anew], lane.number);
        }
        lane.set(queue, hanging);
    }

    /// Takes back what hangs at a place, which is then to be let go.
    pub fn revoke(&mut self, lane: &Lane<'_>, at: u32) {
        let row = self.pools.hanging.at(at).and_then(|row| row.first_chunk().copied());
        let Some([of, _, unit, granted, lot, anew]) = row else { return };
        if granted > 0 {
            self.take_back(lane, UnitId(u32::try_from(unit).unwrap_or(0)), granted, lot);
        }
        if let Ok(anew) = usize::try_from(anew) {
            lane.set(anew, lane.get(anew) | 1 << of);
        }
        self.pools.hanging.at_mut(at).into_iter().for_each(|row| set(row, PERIOD, GONE));
    }

    /// Lets go what was taken back.
    pub fn let_revoked_go(&mut self, lane: &Lane<'_>, queue: usize) {
        let mut hanging = lane.get(queue);
        self.pools.hanging.retain(&mut hanging, |row| cell(row, PERIOD) != GONE);
        lane.set(queue, hanging);
    }

    /// Which crossings have what they stand on, by rule and in order.
    pub fn crossed(&mut self, lane: &Lane<'_>) -> Vec<bool> {
        let plan = self.plan;
        let mut all = Vec::new();
        for crossing in plan.hanging.iter().filter_map(|id| plan.rules.at(*id).crossing.as_ref()) {
            self.slide(crossing.measure, from_ref(lane));
            let hanging = self.pools.hanging.iter(lane.get(crossing.cells.hanging));
            all.extend(hanging.map(|(_, row)| self.stands(lane, crossing, row)));
        }
        all
    }

    /// Takes back what hung on crossings that had what they stand on and no longer have it: they may come again.
    pub fn lose_crossings(&mut self, lane: &Lane<'_>, before: &[bool]) {
        let (plan, mut before) = (self.plan, before.iter());
        for crossing in plan.hanging.iter().filter_map(|id| plan.rules.at(*id).crossing.as_ref()) {
            let cells = crossing.cells;
            let hanging = self.pools.hanging.iter(lane.get(cells.hanging));
            let lost = |(at, row): (u32, &[i64])| {
                let had = before.next() == Some(&true);
                (had && !self.stands(lane, crossing, row)).then(|| (at, cell(row, PERIOD), cell(row, MULTIPLE)))
            };
            let lost: Vec<_> = hanging.filter_map(lost).collect();
            for (at, period, multiple) in lost {
                if crossing.once == Once::Ever || lane.get(cells.period) == period {
                    let done = lane.get(cells.multiple);
                    lane.set(cells.multiple, done.min(multiple - 1));
                }
                self.revoke(lane, at);
            }
            self.let_revoked_go(lane, cells.hanging);
        }
    }

    /// Whether a measure has what a rule has fired for, by what counts for that period now.
    fn stands(&self, lane: &Lane<'_>, crossing: &CrossingPlan, hanging: &[i64]) -> bool {
        let value = match crossing.once {
            Once::Period(_) => self.value_then(lane, crossing.measure, cell(hanging, PERIOD)),
            Once::Ever | Once::Moment => self.value(&crossing.value, lane),
        };
        value >= cell(hanging, MULTIPLE).saturating_mul(crossing.step)
    }
}
