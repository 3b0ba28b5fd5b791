//! Measures of a member: what counts now, and what no longer does.

use crate::hir::{MeasureId, Net};
use crate::value::Instant;

use super::clock::Back;
use super::code::{Cx, MISSING, cell};
use super::judge::Judge;
use super::layout::{JUDGED, NEVER};
use super::plan::{How, MeasurePlan};
use super::slots::lines_of;
use super::store::Entry;

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
        let mut queue = self.get(cells.entries);
        if measure.how == How::Distinct {
            self.pools.entries.retain(&mut queue, |entry| entry.at >= start);
            let left = self.pools.entries.iter(queue).count();
            self.set(cells.value, i64::try_from(left).unwrap_or(i64::MAX));
        } else {
            while self.pools.entries.front(queue).is_some_and(|entry| entry.at < start) {
                let gone = self.pools.entries.pop(&mut queue).map_or(0, |entry| entry.amount);
                self.add(cells.value, -gone);
            }
        }
        self.set(cells.entries, queue);
    }

    fn around(&self, period: usize) -> super::clock::Around {
        self.moment.today.periods.get(period).copied().unwrap_or_default()
    }

    fn empty(&mut self, measure: &MeasurePlan) {
        let mut queue = self.get(measure.cells.entries);
        if queue != MISSING {
            self.pools.entries.clear(&mut queue);
            self.set(measure.cells.entries, queue);
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
            _ => self.set(measure.cells.restart, self.get(JUDGED)),
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
        let passes = |cx: &Cx<'_>| measure.filter.as_ref().is_none_or(|filter| filter.holds(cx));
        let Some((slot, size)) = measure.list else {
            let cx = self.cx();
            if passes(&cx) {
                let value = measure.value.get(&cx);
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
            let lines = self.lines;
            let cx = Cx { line: lines.get(at..at + size).unwrap_or_default(), ..self.cx() };
            if passes(&cx) {
                let value = measure.value.get(&cx);
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
                let at = match measure.back {
                    Back::Ever | Back::Period(_) => return,
                    Back::Days(..) => self.moment.today.around.start,
                    Back::Exactly(_) => self.moment.now,
                };
                self.enter(measure, Entry { at, amount: value });
            }
            How::Distinct if value == MISSING => {}
            How::Distinct => {
                let at = if matches!(measure.back, Back::Days(..)) {
                    self.moment.today.around.start
                } else {
                    self.moment.now
                };
                let mut queue = self.get(cells.entries);
                match self.pools.entries.find_mut(queue, |entry| entry.amount == value) {
                    Some(known) => known.at = at,
                    None => {
                        self.pools.entries.push(&mut queue, Entry { at, amount: value });
                        self.set(cells.entries, queue);
                        self.add(cells.value, 1);
                    }
                }
            }
        }
    }

    /// Adds to the newest entry of the same moment, or behind it.
    fn enter(&mut self, measure: &MeasurePlan, entry: Entry) {
        if entry.amount == 0 {
            return;
        }
        let mut queue = self.get(measure.cells.entries);
        match self.pools.entries.back_mut(queue).filter(|last| last.at == entry.at) {
            Some(last) => match last.amount.checked_add(entry.amount) {
                Some(sum) => last.amount = sum,
                None => self.scratch.odd.set(true),
            },
            None => {
                self.pools.entries.push(&mut queue, entry);
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
        if let Some(entry) = self.pools.entries.find_mut(queue, |entry| entry.at == at) {
            match entry.amount.checked_add(change) {
                Some(sum) => entry.amount = sum,
                None => self.scratch.odd.set(true),
            }
            return;
        }
        // It did not count before, and has its place among those that did.
        let mut all = super::pool::EMPTY;
        let mut new = Some(Entry { at, amount: change });
        while let Some(entry) = self.pools.entries.pop(&mut queue) {
            if let Some(new) = new.take_if(|new| new.at < entry.at) {
                self.pools.entries.push(&mut all, new);
            }
            self.pools.entries.push(&mut all, entry);
        }
        if let Some(new) = new {
            self.pools.entries.push(&mut all, new);
        }
        self.set(measure.cells.entries, all);
    }
}
