//! What all members have that does not fit in a row: queues of lots, of what counts in windows, and of facts.

use hashbrown::HashTable;

use crate::arena::Arena;
use crate::engine::Flows;
use crate::hir::EventId;

use super::code::cell;
use super::plan::{KEY, Plan, TIME};
use super::queues::{NOWHERE, Queues, first};

/// Cells of a lot: what is left of it, when it lapses, and its number among the member's where anybody asks.
pub mod lot {
    pub const LEFT: usize = 0;
    pub const EXPIRES: usize = 1;
    pub const NUMBER: usize = 2;
}

/// Cells of what counts in a window: an amount at a moment, or the newest moment of a value.
pub mod entry {
    pub const AT: usize = 0;
    pub const AMOUNT: usize = 1;
}

/// Cells of what holds a tier: which, since when, until when, and when it is lost as what it stood on came back.
pub mod hold {
    use super::cell;

    pub const TIER: usize = 0;
    pub const SINCE: usize = 1;
    pub const UNTIL: usize = 2;
    pub const LOST: usize = 3;
    pub const WIDTH: usize = 4;

    /// When what holds a tier is lost that has lost nothing.
    pub const NOT_LOST: i64 = i64::MAX;
    /// The same of one that is to be let go.
    pub const GONE: i64 = i64::MIN;

    /// Whether a member holds a tier at a moment because of it, so that it need only be kept then.
    pub fn carries(hold: &[i64], tier: i64, at: i64) -> bool {
        cell(hold, TIER) == tier && (cell(hold, SINCE)..cell(hold, UNTIL)).contains(&at)
    }
}

/// Cells of what a crossing or a rise brought: of which period and multiple, or to which tier and since when that is held; the unit, how much of
/// it, and its lot; and the cell of [`super::plan::TierRule::anew`], if there is one.
pub mod hanging {
    pub const PERIOD: usize = 0;
    pub const MULTIPLE: usize = 1;
    pub const TIER: usize = 0;
    pub const SINCE: usize = 1;
}

/// Members with more facts than these find theirs by key; all others look through them.
const FEW: i64 = 32;

/// Facts of one type of event, in queues, and by their key. The count of a member's facts is below zero where these can be found by key.
#[derive(Debug)]
pub struct Facts {
    /// Their cells, as [`super::plan::FactPlan`] says.
    pub queues: Queues,
    by_key: HashTable<u32>,
}

/// The hash of a key: it is a fingerprint already.
fn hash(key: i64) -> u64 {
    key.cast_unsigned()
}

impl Facts {
    fn new(size: usize) -> Self {
        Self { queues: Queues::new(size), by_key: HashTable::new() }
    }

    fn key(&self, place: u32) -> Option<i64> {
        Some(cell(self.queues.at(place)?, KEY))
    }

    /// Keeps a fact of a member, whose cells are its queue and its count, and fills it; returns where.
    pub fn push(&mut self, queue: &mut i64, count: &mut i64, member: u32, fill: impl FnOnce(&mut [i64])) -> u32 {
        let place = self.queues.push_with(queue, member, fill);
        if *count < 0 {
            *count -= 1;
            self.index(place);
        } else if *count < FEW {
            *count += 1;
        } else {
            *count = -*count - 1;
            let mut at = first(*queue);
            while at != NOWHERE {
                self.index(at);
                at = self.queues.behind(at);
            }
        }
        place
    }

    fn index(&mut self, place: u32) {
        let Self { queues, by_key } = self;
        let of = |place: &u32| hash(queues.at(*place).map_or(0, |cells| cell(cells, KEY)));
        by_key.insert_unique(of(&place), place, of);
    }

    /// Finds the facts of a member and key, in order; `false` where its queue is to be looked through.
    pub fn of_key(&self, member: u32, count: i64, key: i64, found: &mut Vec<u32>) -> bool {
        if count >= 0 {
            return false;
        }
        let own = |place: &u32| self.key(*place) == Some(key) && self.queues.owner(*place) == Some(member);
        found.extend(self.by_key.iter_hash(hash(key)).copied().filter(own));
        let time = |place: &u32| self.queues.at(*place).map(|cells| cell(cells, TIME));
        found.sort_unstable_by_key(time);
        // Which of two of one moment came first, only the queue tells.
        let tied = found.windows(2).any(|pair| matches!(pair, [a, b] if time(a) == time(b)));
        if tied {
            found.clear();
        }
        !tied
    }

    /// Lets the first fact go.
    pub fn pop(&mut self, queue: &mut i64, count: &mut i64) {
        let place = first(*queue);
        if *count < 0
            && let Some(key) = self.key(place)
            && let Ok(known) = self.by_key.find_entry(hash(key), |known| *known == place)
        {
            known.remove();
        }
        self.queues.pop(queue);
        *count -= count.signum();
    }
}

/// Pools of all members.
#[derive(Debug)]
pub struct Pools {
    /// Lots.
    pub lots: Queues,
    /// What counts in windows.
    pub entries: Queues,
    /// What holds tiers.
    pub holds: Queues,
    /// What crossings and rises brought.
    pub hanging: Queues,
    /// Facts by type of event.
    pub facts: Arena<EventId, Facts>,
}

impl Pools {
    /// Pools with nothing in them.
    pub fn new(plan: &Plan) -> Self {
        let size = |id: EventId| plan.events.at(id).fact.as_ref().map_or(0, |fact| fact.size);
        let facts = plan.events.ids().map(|id| Facts::new(size(id))).collect();
        Self {
            lots: Queues::new(plan.size_of_lot),
            entries: Queues::new(2),
            holds: Queues::new(hold::WIDTH),
            hanging: Queues::new(6),
            facts,
        }
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

    /// Adds what others were told.
    pub fn add(&mut self, other: &Self) {
        self.outcomes += other.outcomes;
        self.postings += other.postings;
        self.moves += other.moves;
        self.refused += other.refused;
        self.failed += other.failed;
        self.units.iter_mut().zip(&other.units).for_each(|(sums, more)| sums.add(*more));
        self.issued.iter_mut().zip(&other.issued).for_each(|(count, more)| *count += more);
    }
}
