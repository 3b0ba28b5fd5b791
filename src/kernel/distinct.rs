//! Different values of a measure: a few lie in the row of the member, the others in a queue.

use super::code::{MISSING, cell, set, sooner};
use super::judge::Judge;
use super::lane::Lane;
use super::layout::{FEW, MeasureCells};
use super::plan::MeasurePlan;
use super::queues::EMPTY;
use super::store::entry::{AMOUNT, AT};

/// No value, in the place of one.
const NONE: [i64; 2] = [MISSING; 2];

/// The values that lie in a row, each with its newest moment.
fn few<'r>(member: &'r mut [i64], cells: &MeasureCells) -> &'r mut [[i64; 2]] {
    member.get_mut(cells.few..cells.few + 2 * FEW).unwrap_or_default().as_chunks_mut().0
}

impl Judge<'_, '_> {
    /// Counts a value, however often it comes.
    pub fn meet(&mut self, lane: &Lane, measure: &MeasurePlan, value: i64, at: i64) {
        let cells = &measure.cells;
        let member = self.members.at_mut(lane.member);
        let mut queue = cell(member, cells.entries);
        let few = few(member, cells);
        if let Some([newest, _]) = few.iter_mut().find(|[_, known]| *known == value) {
            *newest = at;
            return;
        }
        if queue != EMPTY
            && let Some(known) = self.pools.entries.find_mut(queue, |entry| cell(entry, AMOUNT) == value)
        {
            return set(known, AT, at);
        }
        match few.iter_mut().find(|place| **place == NONE) {
            Some(place) => *place = [at, value],
            None => {
                self.pools.entries.push(&mut queue, &[at, value], lane.number);
                set(member, cells.entries, queue);
            }
        }
        let different = cell(member, cells.value);
        set(member, cells.value, different + 1);
        sooner(member, cells.first, at);
    }

    /// Lets the values leave that came before a moment and not since.
    pub fn forget_values(&mut self, lane: &Lane, measure: &MeasurePlan, start: i64) {
        let cells = &measure.cells;
        let member = self.members.at_mut(lane.member);
        let mut queue = cell(member, cells.entries);
        let (mut count, mut first) = (0, i64::MAX);
        for place in few(member, cells).iter_mut().filter(|place| **place != NONE) {
            match place {
                [at, _] if *at < start => *place = NONE,
                [at, _] => (count, first) = (count + 1, first.min(*at)),
            }
        }
        if queue != EMPTY {
            count += self.pools.entries.retain(&mut queue, |entry| cell(entry, AT) >= start);
            first = self.pools.entries.iter(queue).map(|(_, entry)| cell(entry, AT)).fold(first, i64::min);
            set(member, cells.entries, queue);
        }
        set(member, cells.value, i64::try_from(count).unwrap_or(i64::MAX));
        set(member, cells.first, first);
    }

    /// Lets all values leave that lie in the row.
    pub fn forget_few(&mut self, lane: &Lane, measure: &MeasurePlan) {
        few(self.members.at_mut(lane.member), &measure.cells).fill(NONE);
    }
}
