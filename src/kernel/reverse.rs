//! Takes events back: lowers what counted them, takes back their awards in proportion. Keeps what can be taken back.

use std::slice::from_ref;

use crate::hir::EventId;

use super::code::{MISSING, cell, set};
use super::judge::{Judge, Odd, TOO_LARGE};
use super::lane::Lane;
use super::layout::NEVER;
use super::originals::Undoing;
use super::plan::{FactPlan, HEAD, KeyPart, MeasurePlan, REST, ReversalPlan, StandIn, TIME, WAS};
use super::queues::{EMPTY, NOWHERE};
use super::store::entry::{AMOUNT, AT};

impl Judge<'_, '_> {
    /// A cell of a fact.
    fn fact(&self, event: EventId, at: u32, which: usize) -> i64 {
        self.pools.facts.at(event).queues.at(at).map_or(MISSING, |cells| cell(cells, which))
    }

    fn set_fact(&mut self, event: EventId, at: u32, which: usize, value: i64) {
        let cells = self.pools.facts.at_mut(event).queues.at_mut(at);
        if let Some(slot) = cells.and_then(|cells| cells.get_mut(which)) {
            *slot = value;
        }
    }

    /// Carries out what was worked out for some reversals of one type.
    pub fn undo(&mut self, lanes: &[Lane<'_>], reversal: &ReversalPlan) -> Result<(), Odd> {
        let undoings = std::mem::take(&mut self.scratch.undoings);
        let (mut all, mut others) = (undoings.all.as_slice(), undoings.others.as_slice());
        for lane in lanes {
            let own = all.iter().take_while(|undoing| undoing.lane == lane.index).count();
            let (own, behind) = all.split_at(own);
            all = behind;
            let (left, behind) = others.split_at(own.len() * reversal.others.len());
            others = behind;
            if !own.is_empty() {
                self.undo_all(lane, reversal, own, left)?;
            }
        }
        self.scratch.undoings = undoings;
        Ok(())
    }

    /// Carries out one reversal.
    fn undo_all(
        &mut self,
        lane: &Lane<'_>,
        reversal: &ReversalPlan,
        undoings: &[Undoing],
        mut others: &[i64],
    ) -> Result<(), Odd> {
        let (plan, event) = (self.plan, reversal.of);
        let Some(fact) = plan.events.at(event).fact.as_ref() else { return Ok(()) };
        if let (Some(paid), Some(KeyPart::Text(order))) = (plan.paid, reversal.key.first()) {
            let order = (self.slot(lane, *order), self.slot(lane, order + 1));
            let mut paid = self.pools.entries.iter(lane.get(paid));
            if paid.any(|(_, entry)| (cell(entry, AT), cell(entry, AMOUNT)) == order) {
                // Points come back with the order that they paid.
                return Err(Odd("an order that was paid with points"));
            }
        }
        if lane.get(plan.fell) == 1 {
            return Err(Odd("what comes back after a measure fell by itself"));
        }
        let (crossed, grounds) = (self.crossed(lane), self.grounds(lane));
        for undoing in undoings {
            let (left, behind) = others.split_at(reversal.others.len());
            others = behind;
            match &reversal.stand_in {
                Some(stand_in) if undoing.at == NOWHERE => {
                    self.count_against(lane, reversal, stand_in, undoing.left, left)
                }
                _ => self.undo_one(lane, event, fact, *undoing, left)?,
            }
        }
        self.lose_crossings(lane, &crossed);
        self.lose_ground(lane, &grounds);
        Ok(())
    }

    fn undo_one(
        &mut self,
        lane: &Lane<'_>,
        event: EventId,
        fact: &FactPlan,
        undoing: Undoing,
        others: &[i64],
    ) -> Result<(), Odd> {
        self.recount_all(lane, event, fact, undoing, others);
        for award in &fact.awards {
            let of = |which: usize| self.fact(event, undoing.at, which);
            let (granted, taken, was) = (of(award.granted), of(award.granted + 1), of(WAS));
            let target = match undoing.left {
                MISSING => granted,
                _ if was == 0 => taken,
                left => {
                    let share = (i128::from(was) - i128::from(left)) * i128::from(granted) * i128::from(was.signum());
                    i64::try_from(share.div_euclid(i128::from(was).abs())).map_err(|_| TOO_LARGE)?
                }
            };
            if target > taken {
                let lot = award.lot.map_or(MISSING, of);
                let back = self.take_back(lane, award.unit, target - taken, lot);
                self.set_fact(event, undoing.at, award.granted + 1, taken + back);
            }
        }
        if undoing.left == MISSING {
            self.forget(lane, event, fact, undoing.at);
        }
        Ok(())
    }

    /// Lets value lapse as if an event that was taken back had never come: what came behind it follows the one before it.
    fn forget(&mut self, lane: &Lane<'_>, event: EventId, fact: &FactPlan, at: u32) {
        let (plan, Some(last), Some(before)) = (self.plan, self.plan.events.at(event).last, fact.before) else {
            return;
        };
        let (time, earlier) = (self.fact(event, at, TIME), self.fact(event, at, before));
        let mut is_last = true;
        let queues = &mut self.pools.facts.at_mut(event).queues;
        let mut next = queues.behind(at);
        while let Some(cells) = queues.at_mut(next) {
            is_last &= cell(cells, REST) == MISSING;
            if cell(cells, before) == time {
                set(cells, before, earlier);
            }
            next = queues.behind(next);
        }
        if is_last {
            lane.set(last, earlier);
            self.renew_before(lane, &plan.events.at(event).renews);
        }
    }

    /// Lets measures count what is left instead of what there was.
    fn recount_all(&mut self, lane: &Lane<'_>, event: EventId, fact: &FactPlan, undoing: Undoing, others: &[i64]) {
        let plan = self.plan;
        let of = |which: usize| self.fact(event, undoing.at, which);
        let (time, place) = (of(TIME), fact.place.map_or(i64::MAX, of));
        let counted = |measure: &&MeasurePlan| {
            let restart = lane.get(measure.cells.restart);
            restart == MISSING || place >= restart
        };
        let worth = |judge: &Self, measure: &MeasurePlan| {
            let cells = judge.pools.facts.at(event).queues.at(undoing.at).unwrap_or_default();
            judge.worth(lane, measure, event, fact, cells)
        };
        let mut worths = self.scratch.room.take(fact.measures.len());
        for (id, before) in fact.measures.iter().zip(&mut worths) {
            if let Some(measure) = plan.measures.at(*id) {
                // What leaves a window leaves it as it counted there.
                self.slide(*id, from_ref(lane));
                *before = worth(self, measure);
            }
        }
        self.set_fact(event, undoing.at, REST, undoing.left);
        fact.abroad.into_iter().for_each(|at| self.set_fact(event, undoing.at, at, undoing.abroad));
        for (at, left) in (HEAD..).zip(others) {
            self.set_fact(event, undoing.at, at, *left);
        }
        for (id, before) in fact.measures.iter().zip(&worths) {
            let Some(measure) = plan.measures.at(*id).as_ref().filter(counted) else {
                continue;
            };
            let after = worth(self, measure);
            self.scratch.lifted |= after > *before;
            self.recount(lane, measure, after.saturating_sub(*before), time);
        }
        self.scratch.room.give(worths);
    }

    /// Counts what found no original against sums, at its own time.
    fn count_against(
        &mut self,
        lane: &Lane<'_>,
        reversal: &ReversalPlan,
        stand_in: &StandIn,
        rest: i64,
        others: &[i64],
    ) {
        let (plan, event) = (self.plan, reversal.of);
        let Some(fact) = &plan.events.at(event).fact else { return };
        for id in &stand_in.measures {
            let Some(measure) = plan.measures.at(*id) else { continue };
            self.slide(*id, from_ref(lane));
            let others = fact.slots.iter().zip(others).map(|(slot, value)| (*slot, *value));
            let said = stand_in.fields.iter().map(|(theirs, own)| (*theirs, self.slot(lane, *own)));
            let slots = fact.principal.map(|slot| (slot, rest)).into_iter().chain(others).chain(said);
            let value = self.count_as_if(lane, measure, event, slots);
            self.scratch.lifted |= value < 0;
            self.contribute(lane, measure, value.saturating_neg());
        }
    }

    /// Keeps events as facts that can be taken back, and lets go of those that no longer can.
    pub fn keep(&mut self, lanes: &[Lane<'_>], fact: &FactPlan, event: EventId) {
        let plan = self.plan;
        let (judged, last) = (plan.layout.judged, plan.events.at(event).last);
        let windows: Vec<_> = fact.windows.iter().filter_map(|id| plan.measures.at(*id).as_ref()).collect();
        for lane in lanes {
            let key = self.key(lane, &fact.key);
            let slots = self.slots.get(lane.slots as usize..).unwrap_or_default();
            let awards = self.scratch.awards(lane);
            let number = lane.get(judged).saturating_sub(1);
            let before = last.map_or(NEVER, |last| lane.get(last));
            let principal = fact.principal.map_or(1, |slot| cell(slots, slot).max(MISSING + 1));
            // Every cell is filled: there may be anything in them.
            let fill = |cells: &mut [i64]| {
                let Some((head, rest)) = cells.split_first_chunk_mut::<HEAD>() else { return };
                *head = [lane.now, key, principal, principal];
                rest.iter_mut().zip(&fact.slots).for_each(|(to, slot)| *to = cell(slots, *slot));
                fact.place.into_iter().for_each(|at| set(cells, at, number));
                fact.before.into_iter().for_each(|at| set(cells, at, before));
                for (award, (granted, lot)) in fact.awards.iter().zip(awards) {
                    set(cells, award.granted, *granted);
                    set(cells, award.granted + 1, 0);
                    award.lot.into_iter().for_each(|at| set(cells, at, *lot));
                }
            };
            let [mut queue, mut count, mut first] = [fact.queue, fact.count, fact.first].map(|at| lane.get(at));
            let facts = self.pools.facts.at_mut(event);
            if let Some(kept) = fact.kept {
                while first < lane.now - kept {
                    facts.pop(&mut queue, &mut count);
                    first = facts.queues.front(queue).map_or(i64::MAX, |cells| cell(cells, TIME));
                }
            }
            let at = facts.push(&mut queue, &mut count, lane.number, fill);
            lane.set(fact.queue, queue);
            lane.set(fact.count, count);
            lane.set(fact.first, first.min(lane.now));
            for MeasurePlan { cells, .. } in &windows {
                let restart = lane.get(cells.restart);
                let counts = restart == MISSING || number >= restart;
                if counts && lane.get(cells.entries) == EMPTY {
                    lane.set(cells.entries, at.into());
                    lane.set(cells.first, lane.now);
                }
            }
        }
    }
}
