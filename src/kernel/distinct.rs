//! Different values of a measure: a few lie in the row of the member, the others in a queue.

use std::cell::Cell;

use super::code::{MISSING, cell, set};
use super::judge::Judge;
use super::lane::Lane;
use super::layout::{FEW, MeasureCells};
use super::plan::MeasurePlan;
use super::queues::EMPTY;
use super::store::entry::{AMOUNT, AT};

/// The values that lie in a row, each with its newest moment.
fn few<'m>(lane: &Lane<'m>, cells: &MeasureCells) -> &'m [[Cell<i64>; 2]] {
    lane.member.get(cells.few..cells.few + 2 * FEW).unwrap_or_default().as_chunks().0
}

/// Whether there is a value in its place.
fn is_value([_, value]: &&[Cell<i64>; 2]) -> bool {
    value.get() != MISSING
}

impl Judge<'_, '_> {
    /// Counts a value, however often it comes.
    #[inline]
    pub fn meet(&mut self, lane: &Lane<'_>, measure: &MeasurePlan, value: i64, at: i64) {
        let (cells, few) = (&measure.cells, few(lane, &measure.cells));
        // Where it is, or else where there is room. Whether it was there takes no branch: nobody could guess it.
        let find = |sought: i64| {
            few.iter()
                .zip(0..)
                .fold(FEW, |found, ([_, known], place)| if known.get() == sought { place } else { found })
        };
        let known = find(value);
        let place = if known < FEW { known } else { find(MISSING) };
        match few.get(place) {
            Some([newest, held]) if lane.get(cells.entries) == EMPTY => {
                newest.set(at);
                held.set(value);
                lane.set(cells.value, lane.get(cells.value) + i64::from(known == FEW));
                lane.sooner(cells.first, at);
            }
            _ => self.meet_among_many(lane, measure, value, at),
        }
    }

    /// The same for a member who has more values than lie in the row.
    #[cold]
    fn meet_among_many(&mut self, lane: &Lane<'_>, measure: &MeasurePlan, value: i64, at: i64) {
        let cells = &measure.cells;
        let mut queue = lane.get(cells.entries);
        let few = few(lane, cells);
        if let Some([newest, _]) = few.iter().find(|[_, known]| known.get() == value) {
            return newest.set(at);
        }
        if let Some(known) = self.pools.entries.find_mut(queue, |entry| cell(entry, AMOUNT) == value) {
            return set(known, AT, at);
        }
        match few.iter().find(|place| !is_value(place)) {
            Some([newest, known]) => {
                newest.set(at);
                known.set(value);
            }
            None => {
                self.pools.entries.push(&mut queue, &[at, value], lane.number);
                lane.set(cells.entries, queue);
            }
        }
        lane.set(cells.value, lane.get(cells.value) + 1);
        lane.sooner(cells.first, at);
    }

    /// Lets the values leave that came before a moment and not since.
    pub fn forget_values(&mut self, lane: &Lane<'_>, measure: &MeasurePlan, start: i64) {
        let cells = &measure.cells;
        let mut queue = lane.get(cells.entries);
        let (mut count, mut first) = (0, i64::MAX);
        for [newest, value] in few(lane, cells).iter().filter(is_value) {
            if newest.get() < start {
                value.set(MISSING);
            } else {
                (count, first) = (count + 1, first.min(newest.get()));
            }
        }
        if queue != EMPTY {
            count += self.pools.entries.retain(&mut queue, |entry| cell(entry, AT) >= start);
            first = self.pools.entries.iter(queue).map(|(_, entry)| cell(entry, AT)).fold(first, i64::min);
            lane.set(cells.entries, queue);
        }
        lane.set(cells.value, i64::try_from(count).unwrap_or(i64::MAX));
        lane.set(cells.first, first);
    }

    /// Lets all values leave that lie in the row.
    pub fn forget_few(&mut self, lane: &Lane<'_>, measure: &MeasurePlan) {
        few(lane, &measure.cells).iter().for_each(|[_, value]| value.set(MISSING));
    }
}
