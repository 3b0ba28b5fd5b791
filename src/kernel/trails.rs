//! Follows queues whose first rows will leave them: asks memory for one row after the other, of many queues side by side.

use std::cell::Cell;

use crate::hir::EventId;

use super::code::cell;
use super::plan::TIME;
use super::queues::{NOWHERE, Queues};
use super::store::{Pools, entry, lot};

/// How far a queue is followed.
const FURTHER: usize = 8;

/// Queues that are followed beyond their first rows.
#[derive(Default)]
pub struct Trails {
    all: Vec<Trail>,
    /// How many are in use.
    used: usize,
}

/// Rows of queues of one pool, each with the moment by which those leave that are older.
struct Trail {
    pool: Pool,
    rows: Vec<(u32, i64)>,
    count: usize,
}

/// A pool of queues, whose rows leave by the moment that one of their cells tells.
#[derive(Debug, Clone, Copy)]
pub enum Pool {
    Lots,
    Entries,
    Facts(EventId),
}

impl Pool {
    /// Its queues.
    #[inline(always)]
    pub fn queues(self, pools: &Pools) -> &Queues {
        match self {
            Self::Lots => &pools.lots,
            Self::Entries => &pools.entries,
            Self::Facts(event) => &pools.facts.at(event).queues,
        }
    }

    /// The cell of a row that tells when it leaves.
    fn tells(self) -> usize {
        match self {
            Self::Lots => lot::EXPIRES,
            Self::Entries => entry::AT,
            Self::Facts(_) => TIME,
        }
    }
}

impl Trails {
    /// Asks for the first rows of those queues that lose rows, and keeps them to go on from there. There is no branch for each: nobody
    /// could guess which do.
    #[inline(always)]
    pub fn begin(&mut self, pool: Pool, pools: &Pools, all: impl ExactSizeIterator<Item = (bool, u32, i64)>) {
        if self.all.len() == self.used {
            self.all.push(Trail { pool, rows: Vec::new(), count: 0 });
        }
        let Some(trail) = self.all.get_mut(self.used) else { return };
        self.used += 1;
        trail.pool = pool;
        if trail.rows.len() < all.len() {
            trail.rows.resize(all.len(), (NOWHERE, 0));
        }
        let mut count = 0;
        for (leaves, place, by) in all {
            if let Some(slot) = trail.rows.get_mut(count) {
                *slot = (place, by);
            }
            count += usize::from(leaves);
        }
        trail.count = count;
        pool.queues(pools).bring(trail.rows.iter().take(count).map(|(place, _)| *place));
    }

    /// Asks for what comes behind rows that will have left, of all queues in turn, so that memory has time for each.
    pub fn follow(&mut self, pools: &Pools) {
        let used = std::mem::take(&mut self.used);
        for _ in 0..FURTHER {
            let all = self.all.iter_mut().take(used).filter(|trail| trail.count > 0);
            if all.map(|trail| trail.step(pools)).count() == 0 {
                return;
            }
        }
    }
}

impl Trail {
    /// One row further, where that is the next to leave.
    fn step(&mut self, pools: &Pools) {
        let (queues, tells) = (self.pool.queues(pools), self.pool.tells());
        let rows = Cell::from_mut(self.rows.as_mut_slice()).as_slice_of_cells();
        let mut left = 0;
        for (at, by) in rows.iter().take(self.count).map(Cell::get) {
            let row = queues.at(at).unwrap_or_default();
            let next = queues.after(row);
            if let Some(slot) = rows.get(left) {
                slot.set((next, by));
            }
            left += usize::from((cell(row, tells) <= by) & (next != NOWHERE));
        }
        self.count = left;
        queues.bring(rows.iter().take(left).map(|row| row.get().0));
    }
}
