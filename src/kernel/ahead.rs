//! Looks ahead: asks memory for what the next few events will need before any of them is judged. Nothing waits for what comes, so that memory
//! brings all of it at once; when an event is judged, it is at hand.

use std::cell::Cell;

use prefetch_index::prefetch_index;

use crate::arena::Id as _;
use crate::hir::EventId;

use super::clock::Back;
use super::code::cell;
use super::lane::Lane;
use super::layout::{ABSENT, DUE};
use super::measure::place;
use super::order::looked_at;
use super::plan::{EventPlan, How, Plan, TIME};
use super::queues::{EMPTY, NOWHERE, Queues, first, last};
use super::store::{Pools, entry, lot};

/// How many cells memory brings at once.
const LINE: usize = 8;

/// How many rows before one is looked at what it needs is asked for.
pub const SOON: usize = 24;

/// How far a queue is followed whose first rows will leave it, or all of whose rows are looked at.
const FURTHER: usize = 8;

/// What leaves a queue when it is older than so much.
#[derive(Debug, Clone, Copy)]
struct Leaving {
    /// The cell before whose moment none does.
    first: usize,
    /// How old, in milliseconds.
    age: i64,
    /// The cell that leads to the first row.
    cell: usize,
    /// Which place that tells.
    place: fn(i64) -> u32,
    /// Facts of that type; else what counts in windows.
    facts: Option<EventId>,
}

/// What is asked for before events of one type are judged: what they look at, and what that leads to.
#[derive(Debug, Clone, Default)]
struct Looks {
    /// A cell in each line of memory.
    cells: Vec<usize>,
    /// Cells of lots.
    lots: Vec<usize>,
    /// Cells of lots that may lapse.
    lapsing: Vec<usize>,
    /// Cells of facts, by type of event.
    facts: Vec<(EventId, usize)>,
    /// Cells of what counts in windows, to which something is added.
    entries: Vec<usize>,
    /// Cells of different values, all of which are looked at.
    values: Vec<usize>,
    /// What leaves.
    windows: Vec<Leaving>,
    /// Whether lots and facts are asked for from the first on.
    takes: bool,
}

/// What is asked for before which events.
pub struct Ahead {
    /// By type of event, and at last where only time passes.
    looks: Vec<Looks>,
    /// Room for what leaves queues.
    room: Vec<(u32, i64)>,
}

impl Ahead {
    /// What leads elsewhere in a plan.
    pub fn new(plan: &Plan) -> Self {
        let all = Looks::all(plan);
        let mut looks: Vec<Looks> = plan.events.iter().map(|event| all.of(plan, event)).collect();
        let (windows, lapsing) = (all.windows, all.lapsing);
        looks.push(Looks { cells: vec![0], windows, lapsing, ..Looks::default() });
        // As many for each: nobody could guess how many the next event needs.
        let most = looks.iter().map(|looks| looks.cells.len()).max().unwrap_or(0);
        looks.iter_mut().for_each(|looks| looks.cells.resize(most, 0));
        Self { looks, room: Vec::new() }
    }

    /// Asks for the cells of a member that an event of some type looks at; none where only time passes.
    #[inline(always)]
    pub fn bring(&self, event: Option<EventId>, member: &[Cell<i64>]) {
        let time = self.looks.len().wrapping_sub(1);
        let cells = self.looks.get(event.map_or(time, EventId::index)).map(|looks| looks.cells.as_slice());
        cells.unwrap_or_default().iter().for_each(|at| prefetch_index(member, *at));
    }

    /// Asks for what these cells lead to, of the members of events of one type.
    pub fn follow(&mut self, event: Option<EventId>, lanes: &[Lane<'_>], pools: &Pools) {
        let Self { looks, room } = self;
        let time = looks.len().wrapping_sub(1);
        if let Some(looks) = looks.get(event.map_or(time, EventId::index)) {
            looks.follow(lanes, pools, room);
        }
    }
}

impl Looks {
    /// All of a plan.
    fn all(plan: &Plan) -> Self {
        let facts = || plan.events.pairs().filter_map(|(id, event)| Some((id, event.fact.as_ref()?)));
        let (values, sums): (Vec<_>, Vec<_>) = plan
            .measures
            .iter()
            .flatten()
            .filter(|measure| measure.cells.entries != ABSENT)
            .partition(|measure| measure.how == How::Distinct);
        let windowed = sums.iter().map(|measure| {
            let age = match measure.back {
                Back::Exactly(length) => length,
                Back::Days(_, length) => i64::from(length.days) * 86_400_000,
                Back::Ever | Back::Period(_) => i64::MAX,
            };
            let of = if measure.facts.is_some() { place } else { first };
            Leaving { first: measure.cells.first, age, cell: measure.cells.entries, place: of, facts: measure.facts }
        });
        let mut windows: Vec<Leaving> = windowed.collect();
        let kept = facts().filter_map(|(id, fact)| {
            Some(Leaving { first: fact.first, age: fact.kept?, cell: fact.queue, place: first, facts: Some(id) })
        });
        for kept in kept {
            // What a window of the same length has let go is let go.
            let same = |window: &Leaving| (window.facts, window.age) == (kept.facts, kept.age);
            if !windows.iter().any(same) {
                windows.push(kept);
            }
        }
        Self {
            cells: Vec::new(),
            lots: plan.units.iter().map(|unit| unit.cells.lots).filter(|lots| *lots != ABSENT).collect(),
            lapsing: plan.lapsing.iter().map(|unit| plan.units.at(*unit).cells.lots).collect(),
            facts: facts().map(|(id, fact)| (id, fact.queue)).collect(),
            entries: sums.iter().filter(|sum| sum.facts.is_none()).map(|sum| sum.cells.entries).collect(),
            values: values.iter().map(|measure| measure.cells.entries).collect(),
            windows,
            takes: false,
        }
    }

    /// Of all these, those of a type of event.
    fn of(&self, plan: &Plan, event: &EventPlan) -> Self {
        let looked = looked_at(plan, event);
        let mut own = self.clone();
        for cells in [&mut own.lots, &mut own.entries, &mut own.values] {
            cells.retain(|cell| looked.contains(cell));
        }
        own.facts.retain(|(_, queue)| looked.contains(queue));
        own.windows.retain(|window| looked.contains(&window.cell));
        Self { cells: one_of_each_line(&looked), takes: event.reversal.is_some() || event.redeem.is_some(), ..own }
    }

    /// Asks for what the cells of some events lead to.
    fn follow(&self, lanes: &[Lane<'_>], pools: &Pools, room: &mut Vec<(u32, i64)>) {
        let ends = |queues: &Queues, queue: usize| {
            // A row that comes in is linked to the last.
            queues.bring(lanes.iter().map(|lane| last(lane.get(queue))));
            if self.takes {
                queues.bring(lanes.iter().map(|lane| first(lane.get(queue))));
            }
        };
        self.lots.iter().for_each(|queue| ends(&pools.lots, *queue));
        self.facts.iter().for_each(|(event, queue)| ends(&pools.facts.at(*event).queues, *queue));
        for queue in &self.entries {
            pools.entries.bring(lanes.iter().map(|lane| last(lane.get(*queue))));
        }
        for queue in &self.values {
            let all = lanes.iter().map(|lane| lane.get(*queue));
            follow(&pools.entries, entry::AT, sift(all.map(|queue| (queue != EMPTY, first(queue), i64::MAX)), room));
        }
        for window in &self.windows {
            let leaving = lanes.iter().map(|lane| {
                let by = lane.now.saturating_sub(window.age);
                (lane.get(window.first) <= by, (window.place)(lane.get(window.cell)), by)
            });
            let leaving = sift(leaving, room);
            match window.facts {
                Some(event) => follow(&pools.facts.at(event).queues, TIME, leaving),
                None => follow(&pools.entries, entry::AT, leaving),
            }
        }
        for queue in &self.lapsing {
            let lots = lanes.iter().map(|lane| (lane.get(DUE) <= lane.now, first(lane.get(*queue)), lane.now));
            follow(&pools.lots, lot::EXPIRES, sift(lots, room));
        }
    }
}

/// Some cells of a member, so that every line of memory with a cell that an event of some type looks at has one of them, wherever lines
/// begin in its row.
fn one_of_each_line(all: &[usize]) -> Vec<usize> {
    let mut touched: Vec<usize> = Vec::new();
    for (place, at) in all.iter().enumerate() {
        let near = |next: &usize| touched.last().is_some_and(|last| *next <= last + LINE);
        // Between two that are no farther apart than a line, every line has one of both.
        if !near(at) || !all.get(place + 1).is_some_and(near) {
            touched.push(*at);
        }
    }
    touched
}

/// Those rows that leave, each with the moment by which it does. There is no branch for each: nobody could guess which do.
fn sift(all: impl ExactSizeIterator<Item = (bool, u32, i64)>, room: &mut Vec<(u32, i64)>) -> &mut [(u32, i64)] {
    if room.len() < all.len() {
        room.resize(all.len(), (NOWHERE, 0));
    }
    let mut count = 0;
    for (leaves, place, by) in all {
        if let Some(slot) = room.get_mut(count) {
            *slot = (place, by);
        }
        count += usize::from(leaves);
    }
    room.get_mut(..count).unwrap_or_default()
}

/// Asks for what comes behind rows that will have left by a moment of their own, which one cell of each tells.
fn follow(queues: &Queues, tells: usize, leaving: &mut [(u32, i64)]) {
    let all = Cell::from_mut(leaving).as_slice_of_cells();
    let mut count = all.len();
    for _ in 0..FURTHER {
        let rows = || all.iter().take(count).map(Cell::get);
        queues.bring(rows().map(|(at, _)| at));
        let mut left = 0;
        for (at, by) in rows() {
            let row = queues.at(at).unwrap_or_default();
            let next = queues.after(row);
            if let Some(slot) = all.get(left) {
                slot.set((next, by));
            }
            left += usize::from((cell(row, tells) <= by) & (next != NOWHERE));
        }
        count = left;
        if count == 0 {
            return;
        }
    }
}
