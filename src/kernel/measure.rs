//! Measures of a member: what counts now, and what no longer does.

use std::cell::Cell;
use std::slice::from_ref;

use crate::hir::{EventId, MeasureId, Net};
use crate::value::Instant;

use super::clock::Back;
use super::code::{MISSING, Num, cell, set};
use super::inside::{lines_in, starts_in};
use super::judge::Judge;
use super::lane::{Cx, Lane};
use super::layout::{ABSENT, NEVER};
use super::plan::{FactPlan, HEAD, How, MeasurePlan, REST, TIME};
use super::queues::{EMPTY, NOWHERE};
use super::store::entry::{AMOUNT, AT};

impl Judge<'_, '_> {
    /// Brings a measure of some members to now: what its window has left behind no longer counts.
    pub fn slide(&mut self, id: MeasureId, lanes: &[Lane<'_>]) {
        let plan = self.plan;
        let Some(measure) = plan.measures.at(id) else { return };
        let cells = &measure.cells;
        if let How::Streak(period) = measure.how {
            for lane in lanes {
                let around = self.today(lane).period(period);
                let last = lane.get(cells.period);
                let runs = last == around.start || last == around.before;
                lane.set(cells.value, if runs { lane.get(cells.length) } else { 0 });
            }
            return;
        }
        match measure.back {
            Back::Ever => {}
            Back::Period(period) => {
                for lane in lanes {
                    let start = self.today(lane).period(period).start;
                    if lane.get(cells.period) != start {
                        self.keep_past(lane, id);
                        lane.set(cells.period, start);
                        self.empty(lane, measure);
                    }
                }
            }
            Back::Days(window, _) => {
                for lane in lanes {
                    self.slide_to(lane, measure, cell(&self.today(lane).windows, window));
                }
            }
            Back::Exactly(length) => {
                for lane in lanes {
                    self.slide_to(lane, measure, lane.now - length + 1);
                }
            }
        }
    }

    /// Lets what is from before a moment leave a window. Mostly there is nothing.
    #[inline(always)]
    fn slide_to(&mut self, lane: &Lane<'_>, measure: &MeasurePlan, start: i64) {
        if lane.get(measure.cells.first) < start {
            self.leave(lane, measure, start);
        }
    }

    fn leave(&mut self, lane: &Lane<'_>, measure: &MeasurePlan, start: i64) {
        match measure.facts {
            Some(event) => self.slide_facts(lane, measure, event, start),
            None if measure.how == How::Distinct => self.forget_values(lane, measure, start),
            None => self.slide_entries(lane, measure, start),
        }
    }

    /// Lets the entries leave that are from before a moment.
    fn slide_entries(&mut self, lane: &Lane<'_>, measure: &MeasurePlan, start: i64) {
        let cells = &measure.cells;
        let mut queue = lane.get(cells.entries);
        while let Some(entry) = self.pools.entries.pop_if(&mut queue, |entry| cell(entry, AT) < start) {
            let gone = cell(entry, AMOUNT);
            self.add(lane, cells.value, -gone);
        }
        let first = self.pools.entries.front(queue).map_or(i64::MAX, |entry| cell(entry, AT));
        lane.set(cells.entries, queue);
        lane.set(cells.first, first);
    }

    /// Lets the facts leave that are from before a moment.
    fn slide_facts(&mut self, lane: &Lane<'_>, measure: &MeasurePlan, event: EventId, start: i64) {
        let Some(fact) = &self.plan.events.at(event).fact else { return };
        let queues = &self.pools.facts.at(event).queues;
        let (mut at, mut gone, cx) = (place(lane.get(measure.cells.entries)), 0, self.cx(from_ref(lane)));
        let first = loop {
            let Some(cells) = queues.at(at) else { break i64::MAX };
            if cell(cells, TIME) >= start {
                break cell(cells, TIME);
            }
            gone = cx.add(gone, self.worth(lane, measure, event, fact, cells));
            at = queues.after(cells);
        };
        self.add(lane, measure.cells.value, -gone);
        lane.set(measure.cells.entries, if at == NOWHERE { EMPTY } else { at.into() });
        lane.set(measure.cells.first, first);
    }

    /// What a fact counts for in a measure as it is left.
    pub fn worth(&self, lane: &Lane<'_>, measure: &MeasurePlan, event: EventId, fact: &FactPlan, cells: &[i64]) -> i64 {
        let rest = cell(cells, REST);
        if rest == MISSING {
            return 0;
        }
        if let (Num::Slot(slot), None) = (&measure.value, &measure.filter)
            && Some(*slot) == fact.principal
        {
            return rest;
        }
        let kept = fact.slots.iter().zip(cells.iter().skip(HEAD)).map(|(slot, value)| (*slot, *value));
        self.count_as_if(lane, measure, event, kept.chain(fact.principal.map(|slot| (slot, rest))))
    }

    /// What an event with these slots, and no others, counts for in a measure.
    pub fn count_as_if(
        &self,
        lane: &Lane<'_>,
        measure: &MeasurePlan,
        event: EventId,
        slots: impl Iterator<Item = (usize, i64)>,
    ) -> i64 {
        self.scratch.room.column(self.plan.shapes.events.at(event).size, |row| {
            row.fill(MISSING);
            slots.for_each(|(slot, value)| set(row, slot, value));
            let lane = Lane { slots: 0, ..*lane };
            measure.of_one(&Cx { slots: row, ..self.cx(from_ref(&lane)) })
        })
    }

    fn empty(&mut self, lane: &Lane<'_>, measure: &MeasurePlan) {
        let mut queue = lane.get(measure.cells.entries);
        if queue != MISSING {
            if measure.facts.is_none() {
                self.pools.entries.clear(&mut queue);
            }
            lane.set(measure.cells.entries, EMPTY);
            lane.set(measure.cells.first, i64::MAX);
        }
        if measure.how == How::Distinct {
            self.forget_few(lane, measure);
        }
        lane.set(measure.cells.value, 0);
    }

    /// Lets a measure start empty.
    pub fn restart(&mut self, lane: &Lane<'_>, id: MeasureId) {
        let plan = self.plan;
        let Some(measure) = plan.measures.at(id) else { return };
        self.empty(lane, measure);
        match measure.how {
            // A streak begins again with the next period.
            How::Streak(period) => {
                lane.set(measure.cells.restart, self.today(lane).period(period).end);
                lane.set(measure.cells.period, NEVER);
                lane.set(measure.cells.length, 0);
            }
            _ => lane.set(measure.cells.restart, lane.get(plan.layout.judged)),
        }
        for rule in plan.rules.iter() {
            if let Some(crossing) = rule.crossing.as_ref().filter(|crossing| crossing.measure == id) {
                lane.set(crossing.cells.period, NEVER);
                lane.set(crossing.cells.multiple, 0);
            }
        }
    }

    /// Counts some events.
    pub fn count(&mut self, id: MeasureId, lanes: &[Lane<'_>]) {
        let Some(measure) = self.plan.measures.at(id) else { return };
        if measure.fell == ABSENT {
            return self.count_all(measure, lanes);
        }
        let mut before = self.scratch.room.take(lanes.len());
        lanes.iter().zip(&mut before).for_each(|(lane, before)| *before = lane.get(measure.cells.value));
        self.count_all(measure, lanes);
        for (lane, before) in lanes.iter().zip(&before) {
            if lane.get(measure.cells.value) < *before {
                lane.set(measure.fell, 1);
            }
        }
        self.scratch.room.give(before);
    }

    fn count_all(&mut self, measure: &MeasurePlan, lanes: &[Lane<'_>]) {
        let Some((slot, size)) = measure.list else { return self.count_each(measure, lanes) };
        if let (Num::Line(at), None) = (&measure.value, &measure.filter) {
            // A field of each line needs no lines side by side.
            for lane in lanes {
                let stamp = self.stamp(lane, measure);
                for start in starts_in(self.slot(lane, slot), size) {
                    self.contribute_at(lane, measure, cell(self.lines, start + at), stamp);
                }
            }
            return;
        }
        let mut lines = self.scratch.room.take_lanes();
        let cx = self.cx(lanes);
        lanes.iter().for_each(|lane| lines.extend(lines_in(cx.slot(lane, slot), size, lane)));
        self.count_each(measure, &lines);
        self.scratch.room.give_lanes(lines);
    }

    /// Counts events or lines, as far as they pass.
    fn count_each(&mut self, measure: &MeasurePlan, lanes: &[Lane<'_>]) {
        let sums = measure.how == How::Sum && !measure.keeps_entries();
        self.open(measure.filter.as_slice(), lanes, |judge, lanes| {
            if sums {
                judge.each(&measure.value, lanes, |judge, lane, value| judge.add(lane, measure.cells.value, value));
            } else {
                judge.each(&measure.value, lanes, |judge, lane, value| judge.contribute(lane, measure, value));
            }
        });
    }

    /// Counts a value now.
    pub fn contribute(&mut self, lane: &Lane<'_>, measure: &MeasurePlan, value: i64) {
        self.contribute_at(lane, measure, value, self.stamp(lane, measure));
    }

    /// Counts a value now, which its window keeps under a moment.
    #[inline(always)]
    fn contribute_at(&mut self, lane: &Lane<'_>, measure: &MeasurePlan, value: i64, stamp: i64) {
        let cells = &measure.cells;
        match measure.how {
            How::Streak(period) => {
                let around = self.today(lane).period(period);
                let (last, restart) = (lane.get(cells.period), lane.get(cells.restart));
                if around.start < restart || last == around.start {
                    return;
                }
                let length = if last == around.before { lane.get(cells.length) + 1 } else { 1 };
                lane.set(cells.period, around.start);
                lane.set(cells.length, length);
                lane.set(cells.value, length);
            }
            How::Sum => {
                self.add(lane, cells.value, value);
                if measure.keeps_entries() {
                    self.enter(lane, measure, stamp, value);
                }
            }
            How::Distinct if value == MISSING => {}
            How::Distinct => self.meet(lane, measure, value, stamp),
        }
    }

    /// The moment under which a window keeps what counts now.
    fn stamp(&self, lane: &Lane<'_>, measure: &MeasurePlan) -> i64 {
        if matches!(measure.back, Back::Days(..)) { self.today(lane).around.start } else { lane.now }
    }

    /// Adds to the newest entry of the same moment, or behind it.
    fn enter(&mut self, lane: &Lane<'_>, measure: &MeasurePlan, at: i64, amount: i64) {
        if amount == 0 {
            return;
        }
        let mut queue = lane.get(measure.cells.entries);
        match self.pools.entries.back_mut(queue).filter(|last| cell(last, AT) == at) {
            Some(last) => add(last, amount, &self.scratch.odd),
            None => {
                self.pools.entries.push(&mut queue, &[at, amount], lane.number);
                lane.set(measure.cells.entries, queue);
                lane.sooner(measure.cells.first, at);
            }
        }
    }

    /// Counts what a reversal makes of an original: by so much less, or more, at its time or at its own.
    pub fn recount(&mut self, lane: &Lane<'_>, measure: &MeasurePlan, change: i64, original: i64) {
        if measure.net == Net::WhenReversed {
            return self.contribute(lane, measure, change);
        }
        let start = match measure.back {
            Back::Ever => return self.add(lane, measure.cells.value, change),
            Back::Period(period) => {
                if original >= self.today(lane).period(period).start {
                    self.add(lane, measure.cells.value, change);
                } else {
                    self.recount_past(lane, measure.cells.past, period, change, original);
                }
                return;
            }
            Back::Days(window, _) => cell(&self.today(lane).windows, window),
            Back::Exactly(length) => lane.now - length + 1,
        };
        if measure.facts.is_some() {
            if original >= start {
                self.add(lane, measure.cells.value, change);
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
        self.add(lane, measure.cells.value, change);
        let mut queue = lane.get(measure.cells.entries);
        match self.pools.entries.find_mut(queue, |entry| cell(entry, AT) == at) {
            Some(entry) => add(entry, change, &self.scratch.odd),
            None => {
                // It did not count before, and has its place among those that did.
                self.pools.entries.insert(&mut queue, &[at, change], lane.number, |entry| cell(entry, AT) < at);
                lane.set(measure.cells.entries, queue);
                lane.sooner(measure.cells.first, at);
            }
        }
    }
}

/// A place that a cell holds.
pub fn place(cell: i64) -> u32 {
    u32::try_from(cell).unwrap_or(NOWHERE)
}

/// Adds to the amount of an entry.
pub fn add(entry: &mut [i64], amount: i64, odd: &Cell<bool>) {
    let Some(slot) = entry.get_mut(AMOUNT) else { return };
    match slot.checked_add(amount) {
        Some(sum) => *slot = sum,
        None => odd.set(true),
    }
}
