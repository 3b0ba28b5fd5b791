//! Takes events back: finds the original, lowers what counted it, takes back its awards in proportion.

use crate::hir::EventId;
use crate::value::Instant;

use super::code::{Cx, MISSING, cell};
use super::judge::{Judge, Odd, TOO_LARGE};
use super::layout::JUDGED;
use super::lower::{AWARD, FACT_HEAD};
use super::plan::{FactPlan, ReversalPlan};

/// What a reversal leaves of one original.
#[derive(Debug, Clone, Copy)]
pub struct Undoing {
    /// Where the original lies.
    place: usize,
    /// When it was.
    time: i64,
    /// What is left of its principal; [`MISSING`] where nothing is left at all.
    left: i64,
    /// Whether anything changes.
    changes: bool,
}

/// Cells of a fact.
const PLACE: usize = 0;
const KEY: usize = 1;
const WAS: usize = 3;
const LEFT: usize = 4;

impl Judge<'_> {
    /// Works out what a reversal reverses; `None` where it cannot, and then nothing has changed.
    ///
    /// # Errors
    /// [`Odd`] where the whole of several originals comes back.
    pub fn original(&mut self, reversal: &ReversalPlan) -> Result<Option<Undoing>, Odd> {
        let asked = reversal.amount.map_or(MISSING, |slot| cell(self.slots, slot));
        if asked < 0 && asked != MISSING {
            return Ok(None);
        }
        let Some((place, time, alone)) = self.find(reversal) else { return Ok(None) };
        let facts = self.pools.facts.at(reversal.of).look(place);
        let there = cell(facts, LEFT);
        if asked == MISSING {
            let whole = Undoing { place, time, left: MISSING, changes: true };
            return if alone { Ok(Some(whole)) } else { Err(Odd("a reversal of several originals")) };
        }
        let part = there.min(asked);
        if part < asked {
            if !reversal.drops_excess {
                return Ok(None);
            }
            if let Some(slot) = reversal.amount.and_then(|slot| self.slots.get_mut(slot)) {
                *slot = part;
            }
        }
        let left = if there == part { MISSING } else { there - part };
        Ok(Some(Undoing { place, time, left, changes: left == MISSING || part != 0 }))
    }

    /// The original that a reversal means: where it lies, when it was, and whether there is no other.
    fn find(&self, reversal: &ReversalPlan) -> Option<(usize, i64, bool)> {
        let plan = self.plan;
        let fact = plan.events.at(reversal.of).fact.as_ref()?;
        let wanted = (cell(self.slots, reversal.key), cell(self.slots, reversal.key + 1));
        if wanted.0 == MISSING {
            return None;
        }
        let oldest = match reversal.within {
            Some(within) => {
                let now = Instant::from_millis(self.moment.now)?;
                within.before(now, plan.clock.zone()).map_or(i64::MIN, Instant::millis)
            }
            None => i64::MIN,
        };
        let facts = self.pools.facts.at(reversal.of);
        let fits = |(place, time): &(usize, &i64)| {
            let cells = facts.look(*place);
            **time > oldest && cell(cells, LEFT) != MISSING && (cell(cells, KEY), cell(cells, KEY + 1)) == wanted
        };
        if let Some(place) = facts.of_key((self.number, [wanted.0, wanted.1]))? {
            let time = facts.time(place)?;
            return fits(&(place, &time)).then_some((place, time, true));
        }
        let mut found = facts.times.iter(self.get(fact.queue)).filter(fits).map(|(place, time)| (place, *time));
        let first = found.next()?;
        let last = found.last();
        let (place, time) = if reversal.latest_first { last.unwrap_or(first) } else { first };
        Some((place, time, last.is_none()))
    }

    /// Carries out what was worked out.
    pub fn undo(&mut self, reversal: &ReversalPlan, undoing: Undoing) -> Result<(), Odd> {
        let plan = self.plan;
        let Some(fact) = plan.events.at(reversal.of).fact.as_ref().filter(|_| undoing.changes) else { return Ok(()) };
        if let Some(paid) = plan.paid {
            let key = (cell(self.slots, reversal.key), cell(self.slots, reversal.key + 1));
            if self.pools.entries.iter(self.get(paid)).any(|(_, order)| (order.at, order.amount) == key) {
                // Points come back with the order that they paid.
                return Err(Odd("an order that was paid with points"));
            }
        }
        self.recount_all(reversal.of, fact, undoing);
        for (number, unit) in fact.awards.iter().enumerate() {
            let at = FACT_HEAD + fact.slots.len() + AWARD * number;
            let cells = self.pools.facts.at(reversal.of).look(undoing.place);
            let (granted, taken, was) = (cell(cells, at), cell(cells, at + 1), cell(cells, WAS));
            let lot = cell(cells, at + 2);
            let target = match undoing.left {
                MISSING => granted,
                _ if was == 0 => taken,
                left => {
                    let share = (i128::from(was) - i128::from(left)) * i128::from(granted) * i128::from(was.signum());
                    i64::try_from(share.div_euclid(i128::from(was).abs())).map_err(|_| TOO_LARGE)?
                }
            };
            if target > taken {
                let back = self.take_back(*unit, target - taken, lot);
                if let Some(slot) = self.pools.facts.at_mut(reversal.of).at(undoing.place).get_mut(at + 1) {
                    *slot += back;
                }
            }
        }
        if let Some(slot) = self.pools.facts.at_mut(reversal.of).at(undoing.place).get_mut(LEFT) {
            *slot = undoing.left;
        }
        Ok(())
    }

    /// Lets measures count what is left instead of what there was.
    fn recount_all(&mut self, event: EventId, fact: &FactPlan, undoing: Undoing) {
        let plan = self.plan;
        if fact.measures.is_empty() {
            return;
        }
        let mut original = std::mem::take(&mut self.scratch.original);
        original.clear();
        original.resize(plan.shapes.events.at(event).size, MISSING);
        let cells = self.pools.facts.at(event).look(undoing.place);
        let (place, there) = (cell(cells, PLACE), cell(cells, LEFT));
        for (number, slot) in fact.slots.iter().enumerate() {
            if let Some(to) = original.get_mut(*slot) {
                *to = cell(cells, FACT_HEAD + number);
            }
        }
        for id in &fact.measures {
            let Some(measure) = plan.measures.at(*id) else { continue };
            let restart = self.get(measure.cells.restart);
            if restart != MISSING && place < restart {
                continue;
            }
            let mut value = |principal: i64, this: &Self| {
                if let Some(to) = fact.principal.and_then(|slot| original.get_mut(slot)) {
                    *to = principal;
                }
                let cx = Cx { slots: &original, ..this.cx() };
                let passes = measure.filter.as_ref().is_none_or(|filter| filter.holds(&cx));
                if passes { measure.value.get(&cx) } else { 0 }
            };
            let before = value(there, self);
            let after = if undoing.left == MISSING { 0 } else { value(undoing.left, self) };
            self.slide(*id);
            self.recount(measure, after.saturating_sub(before), undoing.time);
        }
        self.scratch.original = original;
    }

    /// Keeps the event at hand as a fact that can be taken back, and lets go of those that no longer can.
    pub fn keep(&mut self, fact: &FactPlan, event: EventId) {
        let mut cells = std::mem::take(&mut self.scratch.fact);
        cells.clear();
        let principal = fact.principal.map_or(1, |slot| cell(self.slots, slot).max(MISSING + 1));
        let key = [cell(self.slots, fact.key), cell(self.slots, fact.key + 1)];
        cells.extend([self.get(JUDGED) - 1, key[0], key[1], principal, principal]);
        cells.extend(fact.slots.iter().map(|slot| cell(self.slots, *slot)));
        cells.extend(self.scratch.awards.iter().flat_map(|(granted, lot)| [*granted, 0, *lot]));
        let mut queue = self.get(fact.queue);
        let number = self.number;
        let facts = self.pools.facts.at_mut(event);
        if let Some(kept) = fact.kept {
            let oldest = self.moment.now - kept;
            while facts.times.front(queue).is_some_and(|time| *time < oldest) {
                facts.pop(&mut queue, |cells| (number, [cell(cells, KEY), cell(cells, KEY + 1)]));
            }
        }
        facts.push(&mut queue, self.moment.now, (number, key), &cells);
        self.set(fact.queue, queue);
        self.scratch.fact = cells;
    }
}
