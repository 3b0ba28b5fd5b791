//! Measures of a member: what counts now, and what no longer does.

use std::cell::Cell;

use crate::hir::{EventId, MeasureId, Net};
use crate::value::Instant;

use super::clock::Back;
use super::code::{Cx, MISSING, Num, cell};
use super::judge::Judge;
use super::layout::NEVER;
use super::plan::{FactPlan, HEAD, How, MeasurePlan, REST, TIME};
use super::queues::{EMPTY, NOWHERE};
use super::slots::lines_of;
use super::store::entry::{AMOUNT, AT};

impl Judge<'_> {
    /// Brings a measure to now: what its window has left behind no longer counts.
    pub fn slide(&mut self, id: MeasureId) {
        let plan = self.plan;
        let Some(measure) = plan.measures.at(id) else { return };
        let cells = &measure.cells;
        if let How::Streak(period) = measure.how {
            let around = self.around(period);
            let last = self.get(cells.period);
            let runs = last == around.start || last == around.before;
            self.set(cells.value, if runs { self.get(cells.length) } else { 0 });
            return;
        }
        let start = match measure.back {
            Back::Ever => return,
            Back::Period(period) => {
                let start = self.around(period).start;
                if self.get(cells.period) != start {
                    self.set(cells.period, start);
                    self.empty(measure);
                }
                return;
            }
            Back::Days(window, _) => cell(&self.moment.today.windows, window),
            Back::Exactly(length) => self.moment.now - length + 1,
        };
        if let Some(event) = measure.facts {
            return self.slide_facts(measure, event, start);
        }
        let mut queue = self.get(cells.entries);
        if measure.how == How::Distinct {
            let left = self.pools.entries.retain(&mut queue, |entry| cell(entry, AT) >= start);
            self.set(cells.value, i64::try_from(left).unwrap_or(i64::MAX));
        } else {
            while let Some(entry) = self.pools.entries.pop_if(&mut queue, |entry| cell(entry, AT) < start) {
                let gone = cell(entry, AMOUNT);
                self.add(cells.value, -gone);
            }
        }
        self.set(cells.entries, queue);
    }

    /// Lets the facts leave that are from before a moment.
    fn slide_facts(&mut self, measure: &MeasurePlan, event: EventId, start: i64) {
        let plan = self.plan;
        let Some(fact) = &plan.events.at(event).fact else { return };
        let first = self.get(measure.cells.entries);
        let mut at = place(first);
        loop {
            let queues = &self.pools.facts.at(event).queues;
            let Some(cells) = queues.at(at).filter(|cells| cell(cells, TIME) < start) else { break };
            let (rest, next) = (cell(cells, REST), queues.after(cells));
            let gone = self.worth(measure, event, fact, at, rest);
            self.add(measure.cells.value, -gone);
            at = next;
        }
        if at != place(first) {
            self.set(measure.cells.entries, if at == NOWHERE { EMPTY } else { at.into() });
        }
    }

    /// What a fact counts for in a measure while so much of its principal is left.
    pub fn worth(&mut self, measure: &MeasurePlan, event: EventId, fact: &FactPlan, at: u32, rest: i64) -> i64 {
        if rest == MISSING {
            return 0;
        }
        if let (Num::Slot(slot), None) = (&measure.value, &measure.filter)
            && Some(*slot) == fact.principal
        {
            return rest;
        }
        let mut original = std::mem::take(&mut self.scratch.original);
        original.clear();
        original.resize(self.plan.shapes.events.at(event).size, MISSING);
        let cells = self.pools.facts.at(event).queues.at(at).unwrap_or_default();
        let kept = fact.slots.iter().zip(cells.get(HEAD..).unwrap_or_default());
        for (slot, value) in kept.chain(fact.principal.iter().zip(&[rest])) {
            if let Some(to) = original.get_mut(*slot) {
                *to = *value;
            }
        }
        let cx = Cx { slots: &original, ..self.cx() };
        let worth = measure.counted(&cx).unwrap_or(0);
        self.scratch.original = original;
        worth
    }

    fn around(&self, period: usize) -> super::clock::Around {
        self.moment.today.periods.get(period).copied().unwrap_or_default()
    }

    fn empty(&mut self, measure: &MeasurePlan) {
        let mut queue = self.get(measure.cells.entries);
        if queue != MISSING {
            if measure.facts.is_none() {
                self.pools.entries.clear(&mut queue);
            }
            self.set(measure.cells.entries, EMPTY);
        }
        self.set(measure.cells.value, 0);
    }

    /// Lets a measure start empty.
    pub fn restart(&mut self, id: MeasureId) {
        let plan = self.plan;
        let Some(measure) = plan.measures.at(id) else { return };
        self.empty(measure);
        match measure.how {
            // A streak begins again with the next period.
            How::Streak(period) => {
                self.set(measure.cells.restart, self.around(period).end);
                self.set(measure.cells.period, NEVER);
                self.set(measure.cells.length, 0);
            }
            _ => self.set(measure.cells.restart, self.get(plan.layout.judged)),
        }
        for rule in plan.rules.iter() {
            if let Some(crossing) = rule.crossing.as_ref().filter(|crossing| crossing.measure == id) {
                self.set(crossing.cells.period, NEVER);
                self.set(crossing.cells.multiple, 0);
            }
        }
    }

    /// Counts the event at hand.
    pub fn count(&mut self, id: MeasureId) {
        let plan = self.plan;
        let Some(measure) = plan.measures.at(id) else { return };
        let Some((slot, size)) = measure.list else {
            let counted = match &measure.filter {
                None => Some(self.value(&measure.value)),
                Some(_) => measure.counted(&self.cx()),
            };
            if let Some(value) = counted {
                self.contribute(measure, value);
            }
            return;
        };
        let (start, count) = match cell(self.slots, slot) {
            MISSING => return,
            lines => lines_of(lines),
        };
        for number in 0..count {
            let at = start + number * size;
            let line = self.lines.get(at..at + size).unwrap_or_default();
            // Mostly nothing but a cell of the line is looked at.
            let counted = match (&measure.value, &measure.filter) {
                (Num::Line(slot), None) => Some(cell(line, *slot)),
                _ => measure.counted(&Cx { line, ..self.cx() }),
            };
            if let Some(value) = counted {
                self.contribute(measure, value);
            }
        }
    }

    /// Counts a value now.
    pub fn contribute(&mut self, measure: &MeasurePlan, value: i64) {
        let cells = &measure.cells;
        match measure.how {
            How::Streak(period) => {
                let around = self.around(period);
                let (last, restart) = (self.get(cells.period), self.get(cells.restart));
                if around.start < restart || last == around.start {
                    return;
                }
                let length = if last == around.before { self.get(cells.length) + 1 } else { 1 };
                self.set(cells.period, around.start);
                self.set(cells.length, length);
                self.set(cells.value, length);
            }
            How::Sum => {
                self.add(cells.value, value);
                if measure.facts.is_some() {
                    return;
                }
                if matches!(measure.back, Back::Days(..) | Back::Exactly(_)) {
                    self.enter(measure, self.stamp(measure), value);
                }
            }
            How::Distinct if value == MISSING => {}
            How::Distinct => {
                let at = self.stamp(measure);
                let mut queue = self.get(cells.entries);
                match self.pools.entries.find_mut(queue, |entry| cell(entry, AMOUNT) == value) {
                    Some(known) => known.iter_mut().take(1).for_each(|cell| *cell = at),
                    None => {
                        self.pools.entries.push(&mut queue, &[at, value], self.number);
                        self.set(cells.entries, queue);
                        self.add(cells.value, 1);
                    }
                }
            }
        }
    }

    /// The moment under which a window keeps what counts now.
    fn stamp(&self, measure: &MeasurePlan) -> i64 {
        if matches!(measure.back, Back::Days(..)) { self.moment.today.around.start } else { self.moment.now }
    }

    /// Adds to the newest entry of the same moment, or behind it.
    fn enter(&mut self, measure: &MeasurePlan, at: i64, amount: i64) {
        if amount == 0 {
            return;
        }
        let mut queue = self.get(measure.cells.entries);
        match self.pools.entries.back_mut(queue).filter(|last| cell(last, AT) == at) {
            Some(last) => add(last, amount, &self.scratch.odd),
            None => {
                self.pools.entries.push(&mut queue, &[at, amount], self.number);
                self.set(measure.cells.entries, queue);
            }
        }
    }

    /// Counts what a reversal makes of an original: by so much less, or more, at its time or at its own.
    pub fn recount(&mut self, measure: &MeasurePlan, change: i64, original: i64) {
        if measure.net == Net::WhenReversed {
            return self.contribute(measure, change);
        }
        let start = match measure.back {
            Back::Ever => return self.add(measure.cells.value, change),
            Back::Period(period) => {
                if original >= self.around(period).start {
                    self.add(measure.cells.value, change);
                }
                return;
            }
            Back::Days(window, _) => cell(&self.moment.today.windows, window),
            Back::Exactly(length) => self.moment.now - length + 1,
        };
        if measure.facts.is_some() {
            if original >= start {
                self.add(measure.cells.value, change);
            }
            return;
        }
        let at = match measure.back {
            Back::Days(..) => {
                let zone = self.plan.clock.zone();
                Instant::from_millis(original).map_or(original, |at| zone.start_of(zone.day_of(at)).millis())
            }
            _ => original,
        };
        if at < start || change == 0 {
            return;
        }
        self.add(measure.cells.value, change);
        let mut queue = self.get(measure.cells.entries);
        match self.pools.entries.find_mut(queue, |entry| cell(entry, AT) == at) {
            Some(entry) => add(entry, change, &self.scratch.odd),
            None => {
                // It did not count before, and has its place among those that did.
                self.pools.entries.insert(&mut queue, &[at, change], self.number, |entry| cell(entry, AT) < at);
                self.set(measure.cells.entries, queue);
            }
        }
    }
}

/// A place that a cell holds.
pub fn place(cell: i64) -> u32 {
    u32::try_from(cell).unwrap_or(NOWHERE)
}

/// Adds to the amount of an entry.
fn add(entry: &mut [i64], amount: i64, odd: &Cell<bool>) {
    let Some(slot) = entry.get_mut(AMOUNT) else { return };
    match slot.checked_add(amount) {
        Some(sum) => *slot = sum,
        None => odd.set(true),
    }
}
