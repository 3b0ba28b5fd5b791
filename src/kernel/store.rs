//! What all members have: rows of cells, and pools of what does not fit in a row.

use rustc_hash::FxHashMap;

use crate::arena::Arena;
use crate::engine::Flows;
use crate::hir::EventId;

use super::chunks::Rows;
use super::plan::Plan;
use super::pool::Pool;

/// Points that were earned together.
#[derive(Debug, Clone, Copy)]
pub struct Lot {
    /// What is left.
    pub left: i64,
    /// When it lapses.
    pub expires: i64,
    /// Its number among the member's.
    pub number: i64,
}

/// What counts in a window: an amount at a moment, or the newest moment of a value.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// When.
    pub at: i64,
    /// How much, or which.
    pub amount: i64,
}

/// Facts of one type of event: their times in queues, their cells beside them.
#[derive(Debug)]
pub struct Facts {
    /// Times.
    pub times: Pool<i64>,
    cells: Rows<i64>,
    /// Where the one fact of a member and key lies; `None` where there are several.
    by_key: FxHashMap<FactKey, Option<usize>>,
}

/// A member and the fingerprint of a key.
pub type FactKey = (u32, [i64; 2]);

impl Facts {
    fn new(size: usize) -> Self {
        Self { times: Pool::new(), cells: Rows::new(size), by_key: FxHashMap::default() }
    }

    /// Keeps a fact.
    pub fn push(&mut self, queue: &mut i64, time: i64, key: FactKey, cells: &[i64]) {
        let place = self.times.push(queue, time);
        self.by_key.entry(key).and_modify(|known| *known = None).or_insert(Some(place));
        if place == self.cells.len() {
            return self.cells.push(cells, 0);
        }
        self.at(place).iter_mut().zip(cells).for_each(|(slot, cell)| *slot = *cell);
    }

    /// The one fact of a key, if there is any; `Some(None)` where there are several, or there were.
    pub fn of_key(&self, key: FactKey) -> Option<Option<usize>> {
        self.by_key.get(&key).copied()
    }

    /// Lets the first fact go.
    pub fn pop(&mut self, queue: &mut i64, key: impl FnOnce(&[i64]) -> FactKey) {
        let Some((place, _)) = self.times.iter(*queue).next() else { return };
        let key = key(self.look(place));
        if self.by_key.get(&key) == Some(&Some(place)) {
            self.by_key.remove(&key);
        }
        self.times.pop(queue);
    }

    /// The time of a fact.
    pub fn time(&self, place: usize) -> Option<i64> {
        self.times.at(place).copied()
    }

    /// The cells of a fact.
    pub fn at(&mut self, place: usize) -> &mut [i64] {
        self.cells.row_mut(place).unwrap_or_default()
    }

    /// The cells of a fact, to be read.
    pub fn look(&self, place: usize) -> &[i64] {
        self.cells.row(place).unwrap_or_default()
    }
}

/// Pools of all members.
#[derive(Debug)]
pub struct Pools {
    /// Lots.
    pub lots: Pool<Lot>,
    /// What counts in windows.
    pub entries: Pool<Entry>,
    /// Facts by type of event.
    pub facts: Arena<EventId, Facts>,
}

impl Pools {
    /// Pools with nothing in them.
    pub fn new(plan: &Plan) -> Self {
        let size = |id: EventId| plan.events.at(id).fact.as_ref().map_or(0, |fact| fact.size);
        let facts = plan.events.ids().map(|id| Facts::new(size(id))).collect();
        Self { lots: Pool::new(), entries: Pool::new(), facts }
    }
}

/// What was told: the sums of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Everything that happened.
    pub outcomes: u64,
    /// Movements of value.
    pub postings: u64,
    /// Changes of tiers.
    pub moves: u64,
    /// Events that asked for what they cannot have.
    pub refused: u64,
    /// Events that could not be judged.
    pub failed: u64,
    /// By unit: awarded, taken back, spent, lapsed.
    pub units: Vec<Flows>,
    /// Vouchers issued, by reward.
    pub issued: Vec<u64>,
}

impl Told {
    /// Nothing yet.
    pub fn new(units: usize, rewards: usize) -> Self {
        Self { units: vec![Flows::default(); units], issued: vec![0; rewards], ..Self::default() }
    }
}
