//! What crossings brought: it goes back with what they stand on (S22).

use std::slice::from_ref;

use crate::hir::{RuleId, UnitId};

use super::code::{cell, set};
use super::judge::{Judge, Odd};
use super::lane::Lane;
use super::layout::ABSENT;
use super::plan::{CrossingPlan, Once};
use super::store::hanging::{MULTIPLE, PERIOD};

/// The period of what is to be let go.
const GONE: i64 = i64::MAX;

impl Judge<'_, '_> {
    /// Fires a rule for a crossing of a multiple in a period; what that brings may hang on its measure. Returns whether it was open.
    pub fn fire_crossing(
        &mut self,
        lane: &Lane,
        id: RuleId,
        crossing: &CrossingPlan,
        (period, multiple): (i64, i64),
    ) -> Result<bool, Odd> {
        let at = crossing.cells.hanging;
        if at == ABSENT {
            return self.fire(id, from_ref(lane));
        }
        self.scratch.brought.clear();
        self.scratch.collecting = true;
        let fired = self.fire(id, from_ref(lane));
        self.scratch.collecting = false;
        // It hangs there also where it brought nothing: it may fire again then.
        if self.scratch.brought.is_empty() {
            self.scratch.brought.push([0; 3]);
        }
        let mut queue = self.get(lane, at);
        for [unit, granted, lot] in &self.scratch.brought {
            self.pools.hanging.push(&mut queue, &[period, multiple, *unit, *granted, *lot], lane.number);
        }
        self.set(lane, at, queue);
        fired
    }

    /// Which crossings have what they stand on, by rule and in order.
    pub fn crossed(&mut self, lane: &Lane) -> Vec<bool> {
        let plan = self.plan;
        let mut all = Vec::new();
        for crossing in plan.hanging.iter().filter_map(|id| plan.rules.at(*id).crossing.as_ref()) {
            self.slide(crossing.measure, from_ref(lane));
            let hanging = self.pools.hanging.iter(self.get(lane, crossing.cells.hanging));
            all.extend(hanging.map(|(_, row)| self.stands(lane, crossing, row)));
        }
        all
    }

    /// Takes back what hung on crossings that had what they stand on and no longer have it: they may come again.
    pub fn lose_crossings(&mut self, lane: &Lane, before: &[bool]) {
        let (plan, mut before) = (self.plan, before.iter());
        for crossing in plan.hanging.iter().filter_map(|id| plan.rules.at(*id).crossing.as_ref()) {
            let cells = crossing.cells;
            let mut queue = self.get(lane, cells.hanging);
            let hanging = self.pools.hanging.iter(queue);
            let lost = |(at, row): (u32, &[i64])| {
                let had = before.next() == Some(&true);
                (had && !self.stands(lane, crossing, row)).then(|| (at, row.first_chunk().copied().unwrap_or_default()))
            };
            let lost: Vec<(u32, [i64; 5])> = hanging.filter_map(lost).collect();
            for (at, [period, multiple, unit, granted, lot]) in lost {
                if crossing.once == Once::Ever || self.get(lane, cells.period) == period {
                    let done = self.get(lane, cells.multiple);
                    self.set(lane, cells.multiple, done.min(multiple - 1));
                }
                if granted > 0 {
                    self.take_back(lane, UnitId(u32::try_from(unit).unwrap_or(0)), granted, lot);
                }
                self.pools.hanging.at_mut(at).into_iter().for_each(|row| set(row, PERIOD, GONE));
            }
            self.pools.hanging.retain(&mut queue, |row| cell(row, PERIOD) != GONE);
            self.set(lane, cells.hanging, queue);
        }
    }

    /// Whether a measure has what a rule has fired for, by what counts for that period now.
    fn stands(&self, lane: &Lane, crossing: &CrossingPlan, hanging: &[i64]) -> bool {
        let value = match crossing.once {
            Once::Period(_) => self.value_then(lane, crossing.measure, cell(hanging, PERIOD)),
            Once::Ever | Once::Moment => self.value(&crossing.value, lane),
        };
        value >= cell(hanging, MULTIPLE).saturating_mul(crossing.step)
    }
}
