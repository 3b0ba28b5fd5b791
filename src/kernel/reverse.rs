//! Takes events back: finds the original, lowers what counted it, takes back its awards in proportion.

use crate::hir::EventId;
use crate::value::Instant;

use super::code::{MISSING, cell, set};
use super::judge::{Judge, Odd, TOO_LARGE};
use super::lane::Lane;
use super::layout::NEVER;
use super::measure::place;
use super::plan::{FactPlan, HEAD, KEY, REST, ReversalPlan, TIME, WAS};
use super::queues::NOWHERE;
use super::store::entry::{AMOUNT, AT};

/// What a reversal leaves of one original.
#[derive(Debug, Clone, Copy)]
pub struct Undoing {
    /// Where the original lies.
    at: u32,
    /// What is left of its principal; [`MISSING`] where nothing is left at all.
    left: i64,
    /// Whether anything changes.
    changes: bool,
}

impl Judge<'_, '_> {
    /// A field of an event.
    fn slot(&self, lane: &Lane, at: usize) -> i64 {
        cell(self.slots, lane.slots as usize + at)
    }

    /// The key that two slots hold, as facts keep it.
    fn key(&self, lane: &Lane, at: usize) -> i64 {
        self.slot(lane, at) ^ self.slot(lane, at + 1).rotate_left(32)
    }

    /// Works out what a reversal reverses; `None` where it cannot, and then nothing has changed.
    ///
    /// # Errors
    /// [`Odd`] where the whole of several originals comes back.
    pub fn original(&mut self, lane: &Lane, reversal: &ReversalPlan) -> Result<Option<Undoing>, Odd> {
        let asked = reversal.amount.map_or(MISSING, |slot| self.slot(lane, slot));
        if asked < 0 && asked != MISSING {
            return Ok(None);
        }
        let Some((at, alone)) = self.find(lane, reversal) else { return Ok(None) };
        let there = self.fact(reversal.of, at, REST);
        if asked == MISSING {
            let whole = Undoing { at, left: MISSING, changes: true };
            return if alone { Ok(Some(whole)) } else { Err(Odd("a reversal of several originals")) };
        }
        let part = there.min(asked);
        if part < asked {
            if !reversal.drops_excess {
                return Ok(None);
            }
            if let Some(slot) = reversal.amount {
                set(self.slots.to_mut(), lane.slots as usize + slot, part);
            }
        }
        let left = if there == part { MISSING } else { there - part };
        Ok(Some(Undoing { at, left, changes: left == MISSING || part != 0 }))
    }

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

    /// The original that a reversal means, and whether there is no other.
    fn find(&self, lane: &Lane, reversal: &ReversalPlan) -> Option<(u32, bool)> {
        let plan = self.plan;
        let fact = plan.events.at(reversal.of).fact.as_ref()?;
        if self.slot(lane, reversal.key) == MISSING {
            return None;
        }
        let wanted = self.key(lane, reversal.key);
        let oldest = match reversal.within {
            Some(within) => {
                let now = Instant::from_millis(lane.now)?;
                within.before(now, plan.clock.zone()).map_or(i64::MIN, Instant::millis)
            }
            None => i64::MIN,
        };
        let fits = |(_, cells): &(u32, &[i64])| {
            cell(cells, TIME) > oldest && cell(cells, REST) != MISSING && cell(cells, KEY) == wanted
        };
        let facts = self.pools.facts.at(reversal.of);
        let one = facts.of_key(lane.number, self.get(lane, fact.count), wanted)?;
        if let Some(cells) = facts.queues.at(one) {
            return fits(&(one, cells)).then_some((one, true));
        }
        let mut found = facts.queues.iter(self.get(lane, fact.queue)).filter(fits).map(|(at, _)| at);
        let first = found.next()?;
        let last = found.last();
        Some((if reversal.latest_first { last.unwrap_or(first) } else { first }, last.is_none()))
    }

    /// Carries out what was worked out.
    pub fn undo(&mut self, lane: &Lane, reversal: &ReversalPlan, undoing: Undoing) -> Result<(), Odd> {
        let (plan, event) = (self.plan, reversal.of);
        let Some(fact) = plan.events.at(event).fact.as_ref().filter(|_| undoing.changes) else { return Ok(()) };
        if let Some(paid) = plan.paid {
            let order = (self.slot(lane, reversal.key), self.slot(lane, reversal.key + 1));
            let mut paid = self.pools.entries.iter(self.get(lane, paid));
            if paid.any(|(_, entry)| (cell(entry, AT), cell(entry, AMOUNT)) == order) {
                // Points come back with the order that they paid.
                return Err(Odd("an order that was paid with points"));
            }
        }
        let grounds = self.grounds(lane);
        self.recount_all(lane, event, fact, undoing);
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
        self.set_fact(event, undoing.at, REST, undoing.left);
        if undoing.left == MISSING {
            self.forget(lane, event, fact, undoing.at);
        }
        self.lose_ground(lane, &grounds);
        Ok(())
    }

    /// Lets value lapse as if an event that was taken back had never come: what came behind it follows the one before it.
    fn forget(&mut self, lane: &Lane, event: EventId, fact: &FactPlan, at: u32) {
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
            self.set(lane, last, earlier);
            self.renew_before(lane, &plan.events.at(event).renews);
        }
    }

    /// Lets measures count what is left instead of what there was.
    fn recount_all(&mut self, lane: &Lane, event: EventId, fact: &FactPlan, undoing: Undoing) {
        let plan = self.plan;
        let of = |which: usize| self.fact(event, undoing.at, which);
        let (there, time, place) = (of(REST), of(TIME), fact.place.map_or(i64::MAX, of));
        for id in &fact.measures {
            let Some(measure) = plan.measures.at(*id) else { continue };
            let restart = self.get(lane, measure.cells.restart);
            if restart != MISSING && place < restart {
                continue;
            }
            let worth = |rest: i64| {
                let cells = self.pools.facts.at(event).queues.at(undoing.at).unwrap_or_default();
                self.worth(lane, measure, event, fact, cells, rest)
            };
            let (before, after) = (worth(there), worth(undoing.left));
            self.scratch.lifted |= after > before;
            self.slide(*id, std::slice::from_ref(lane));
            self.recount(lane, measure, after.saturating_sub(before), time);
        }
    }

    /// Keeps the event at hand as a fact that can be taken back, and lets go of those that no longer can.
    pub fn keep(&mut self, lane: &Lane, fact: &FactPlan, event: EventId) {
        let number = self.get(lane, self.plan.layout.judged).saturating_sub(1);
        let last = self.plan.events.at(event).last.map_or(NEVER, |last| self.get(lane, last));
        let principal = fact.principal.map_or(1, |slot| self.slot(lane, slot).max(MISSING + 1));
        let head: [i64; HEAD] = [lane.now, self.key(lane, fact.key), principal, principal];
        let slots = self.slots.get(lane.slots as usize..).unwrap_or_default();
        let awards = self.scratch.awards(lane);
        let fill = |cells: &mut [i64]| {
            let Some((own, rest)) = cells.split_first_chunk_mut() else { return };
            *own = head;
            rest.fill(0);
            rest.iter_mut().zip(&fact.slots).for_each(|(to, slot)| *to = cell(slots, *slot));
            fact.place.into_iter().for_each(|at| set(cells, at, number));
            fact.before.into_iter().for_each(|at| set(cells, at, last));
            for (award, (granted, lot)) in fact.awards.iter().zip(awards) {
                set(cells, award.granted, *granted);
                award.lot.into_iter().for_each(|at| set(cells, at, *lot));
            }
        };
        let member = self.members.at_mut(lane.member);
        let [mut queue, mut count, mut first] = [fact.queue, fact.count, fact.first].map(|at| cell(member, at));
        let facts = self.pools.facts.at_mut(event);
        if let Some(kept) = fact.kept {
            while first < lane.now - kept {
                facts.pop(&mut queue, &mut count);
                first = facts.queues.front(queue).map_or(i64::MAX, |cells| cell(cells, TIME));
            }
        }
        let at = facts.push(&mut queue, &mut count, lane.number, fill);
        set(member, fact.queue, queue);
        set(member, fact.count, count);
        set(member, fact.first, first.min(lane.now));
        for id in &fact.windows {
            let Some(measure) = self.plan.measures.at(*id) else { continue };
            let restart = self.get(lane, measure.cells.restart);
            let counts = restart == MISSING || number >= restart;
            if counts && place(self.get(lane, measure.cells.entries)) == NOWHERE {
                self.set(lane, measure.cells.entries, at.into());
                self.set(lane, measure.cells.first, lane.now);
            }
        }
    }
}
