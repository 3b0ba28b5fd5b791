//! Looks ahead: asks memory for what the next few events will need before any of them is judged. Nothing waits for what comes, so that memory
//! brings all of it at once; when an event is judged, it is at hand.

use std::cell::Cell;

use prefetch_index::prefetch_index;

use crate::arena::Id as _;
use crate::hir::EventId;

use super::chunks::LINE;
use super::clock::Back;
use super::lane::Lane;
use super::layout::{ABSENT, DUE, HEAD, TURN};
use super::measure::place;
use super::order::looked_at;
use super::plan::{EventPlan, How, MeasurePlan, Plan};
use super::queues::{EMPTY, first, last};
use super::store::Pools;
use super::trails::{Pool, Trails};

/// How many rows before one is looked at what it needs is asked for.
pub const SOON: usize = 24;

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
    /// What leaves where a tier may have fallen by itself since.
    turning: Vec<Leaving>,
    /// Whether lots and facts are asked for from the first on.
    takes: bool,
}

/// What is asked for before which events.
pub struct Ahead {
    /// By type of event, and at last where only time passes.
    looks: Vec<Looks>,
    trails: Trails,
}

impl Ahead {
    /// What leads elsewhere in a plan.
    pub fn new(plan: &Plan) -> Self {
        let all = Looks::all(plan);
        let mut looks: Vec<Looks> = plan.events.iter().map(|event| all.of(plan, event)).collect();
        looks.push(all.of_time());
        // As many for each: nobody could guess how many the next event needs.
        let most = looks.iter().map(|looks| looks.cells.len()).max().unwrap_or(0);
        looks.iter_mut().for_each(|looks| looks.cells.resize(most, 0));
        Self { looks, trails: Trails::default() }
    }

    /// What is asked for before an event of some type, or where only time passes.
    #[inline(always)]
    fn looks(&self, event: Option<EventId>) -> Option<&Looks> {
        self.looks.get(event.map_or(self.looks.len().wrapping_sub(1), EventId::index))
    }

    /// Asks for the cells of a member that an event of some type looks at; none where only time passes.
    #[inline(always)]
    pub fn bring(&self, event: Option<EventId>, member: &[Cell<i64>]) {
        let cells = self.looks(event).map(|looks| looks.cells.as_slice());
        cells.unwrap_or_default().iter().for_each(|at| prefetch_index(member, *at));
    }

    /// Asks for what these cells lead to, of the members of events of each type.
    pub fn follow<'l, 'm: 'l>(&mut self, turn: impl Iterator<Item = (Option<EventId>, &'l [Lane<'m>])>, pools: &Pools) {
        let mut trails = std::mem::take(&mut self.trails);
        for (event, lanes) in turn.filter(|(_, lanes)| !lanes.is_empty()) {
            self.looks(event).into_iter().for_each(|looks| looks.follow(lanes, pools, &mut trails));
        }
        trails.follow(pools);
        self.trails = trails;
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
        let leaving = |measure: &MeasurePlan| {
            let age = match measure.back {
                Back::Exactly(length) => length,
                Back::Days(_, length) => i64::from(length.days) * 86_400_000,
                Back::Ever | Back::Period(_) => i64::MAX,
            };
            let of = if measure.facts.is_some() { place } else { first };
            Leaving { first: measure.cells.first, age, cell: measure.cells.entries, place: of, facts: measure.facts }
        };
        let mut windows: Vec<Leaving> = sums.iter().map(|measure| leaving(measure)).collect();
        let sliding = plan.sliding.iter().flat_map(|ladder| &plan.ladders.at(*ladder).measures);
        let sliding = sliding.filter_map(|measure| plan.measures.at(*measure).as_ref());
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
            turning: sliding.filter(|measure| measure.cells.entries != ABSENT).map(leaving).collect(),
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
        own.turning.retain(|window| !looked.contains(&window.cell));
        Self { cells: one_of_each_line(&looked), takes: event.reversal.is_some() || event.redeem.is_some(), ..own }
    }

    /// Of all these, those that are looked at where only time passes.
    fn of_time(&self) -> Self {
        let (lapsing, turning) = (self.lapsing.clone(), self.turning.clone());
        let leaving = turning.iter().flat_map(|window| [window.first, window.cell]);
        let mut looked: Vec<usize> = (0..HEAD).chain(lapsing.iter().copied()).chain(leaving).collect();
        looked.sort_unstable();
        Self { cells: one_of_each_line(&looked), lapsing, turning, ..Self::default() }
    }

    /// Asks for what the cells of some events lead to.
    fn follow(&self, lanes: &[Lane<'_>], pools: &Pools, trails: &mut Trails) {
        let lots = self.lots.iter().map(|queue| (Pool::Lots, *queue));
        let facts = self.facts.iter().map(|(event, queue)| (Pool::Facts(*event), *queue));
        for (pool, queue) in lots.chain(facts) {
            // A row that comes in is linked to the last.
            pool.queues(pools).bring(lanes.iter().map(|lane| last(lane.get(queue))));
            if self.takes {
                let all = lanes.iter().map(|lane| lane.get(queue));
                trails.begin(pool, pools, all.map(|queue| (queue != EMPTY, first(queue), i64::MAX)));
            }
        }
        for queue in &self.entries {
            pools.entries.bring(lanes.iter().map(|lane| last(lane.get(*queue))));
        }
        for queue in &self.values {
            let all = lanes.iter().map(|lane| lane.get(*queue));
            trails.begin(Pool::Entries, pools, all.map(|queue| (queue != EMPTY, first(queue), i64::MAX)));
        }
        self.windows.iter().for_each(|window| window.follow(lanes, pools, trails));
        if !self.turning.is_empty() {
            // Few are due, and their cells may not be at hand.
            let due: Vec<Lane<'_>> = lanes.iter().filter(|lane| lane.get(TURN) <= lane.now).copied().collect();
            for window in &self.turning {
                due.iter().for_each(|lane| prefetch_index(lane.member, window.first));
            }
            self.turning.iter().for_each(|window| window.follow(&due, pools, trails));
        }
        for queue in &self.lapsing {
            let lots = lanes.iter().map(|lane| (lane.get(DUE) <= lane.now, first(lane.get(*queue)), lane.now));
            trails.begin(Pool::Lots, pools, lots);
        }
    }
}

impl Leaving {
    /// Asks for what leaves.
    fn follow(&self, lanes: &[Lane<'_>], pools: &Pools, trails: &mut Trails) {
        let leaving = lanes.iter().map(|lane| {
            let by = lane.now.saturating_sub(self.age);
            (lane.get(self.first) <= by, (self.place)(lane.get(self.cell)), by)
        });
        trails.begin(self.facts.map_or(Pool::Entries, Pool::Facts), pools, leaving);
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
