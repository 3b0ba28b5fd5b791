//! Looks ahead: touches what the next few events will need before any of them is judged. Nothing waits for what is found, so that memory
//! brings all of it at once; when an event is judged, it is at hand.

use std::hint::black_box;

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

/// How far a queue is followed whose first rows will leave it, or all of whose rows are looked at.
const FURTHER: usize = 8;

/// An event that will be judged.
#[derive(Debug, Clone, Copy)]
pub struct Coming<'m> {
    /// What will be judged.
    pub lane: Lane<'m>,
    /// Its place among those that come.
    pub place: u32,
    /// Its type; none where only time passes.
    pub event: Option<EventId>,
}

/// What leaves a queue when it is older than so much.
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

/// What a type of event asks for.
#[derive(Debug, Clone, Copy, Default)]
struct Asks {
    /// What counts in windows, and facts.
    windows: bool,
    /// Lots and facts from the first on.
    takes: bool,
}

/// Which cells lead to what, and room for those that do.
pub struct Ahead {
    /// Cells of lots.
    lots: Vec<usize>,
    /// Cells of facts, by type of event.
    facts: Vec<(EventId, usize)>,
    /// Cells of what counts in windows, to which something is added.
    entries: Vec<usize>,
    /// Cells of different values, all of which are looked at.
    values: Vec<usize>,
    windows: Vec<Leaving>,
    /// By type of event.
    asks: Vec<Asks>,
    /// By type of event: cells in all lines of memory that it looks at.
    looks: Vec<Vec<usize>>,
    leaving: Vec<(u32, i64)>,
}

impl Ahead {
    /// What leads elsewhere in a plan.
    pub fn new(plan: &Plan) -> Self {
        let facts = || plan.events.pairs().filter_map(|(id, event)| Some((id, event.fact.as_ref()?)));
        let (values, sums): (Vec<_>, Vec<_>) = plan
            .measures
            .iter()
            .flatten()
            .filter(|measure| measure.cells.entries != ABSENT)
            .partition(|measure| measure.how == How::Distinct);
        let windows = sums.iter().map(|measure| {
            let age = match measure.back {
                Back::Exactly(length) => length,
                Back::Days(_, length) => i64::from(length.days) * 86_400_000,
                Back::Ever | Back::Period(_) => i64::MAX,
            };
            let of = if measure.facts.is_some() { place } else { first };
            Leaving { first: measure.cells.first, age, cell: measure.cells.entries, place: of, facts: measure.facts }
        });
        let kept = facts().filter_map(|(id, fact)| {
            Some(Leaving { first: fact.first, age: fact.kept?, cell: fact.queue, place: first, facts: Some(id) })
        });
        let asks = |event: &EventPlan| {
            let windowed = |id| plan.measures.at(id).as_ref().is_some_and(|measure| measure.cells.entries != ABSENT);
            let takes = event.reversal.is_some() || event.redeem.is_some();
            Asks { windows: takes || event.fact.is_some() || event.reads.iter().any(|id| windowed(*id)), takes }
        };
        Self {
            lots: plan.units.iter().map(|unit| unit.cells.lots).filter(|lots| *lots != ABSENT).collect(),
            facts: facts().map(|(id, fact)| (id, fact.queue)).collect(),
            windows: windows.chain(kept).collect(),
            entries: sums.iter().filter(|sum| sum.facts.is_none()).map(|sum| sum.cells.entries).collect(),
            values: values.iter().map(|measure| measure.cells.entries).collect(),
            asks: plan.events.iter().map(asks).collect(),
            looks: plan.events.iter().map(|event| one_of_each_line(&looked_at(plan, event))).collect(),
            leaving: Vec::new(),
        }
    }

    /// Touches what belongs to the members of all that comes: their cells first, then what these lead to.
    pub fn look(&mut self, all: &[Coming<'_>], plan: &Plan, pools: &Pools) {
        let Self { lots, facts, entries, values, windows, asks, looks, leaving } = self;
        let looks =
            |one: &Coming<'_>| one.event.and_then(|event| looks.get(event.index())).map(Vec::as_slice).unwrap_or(&[0]);
        let cells_of = |one: &Coming<'_>| looks(one).iter().fold(0, |sum, at| sum ^ one.lane.get(*at));
        black_box(all.iter().fold(0, |sum, one| sum ^ cells_of(one)));
        let asks = |one: &Coming<'_>| match one.event {
            Some(event) => asks.get(event.index()).copied().unwrap_or_default(),
            None => Asks { windows: true, takes: false },
        };
        let mut asking: Vec<_> = all.iter().filter(|one| asks(one).windows).collect();
        // A row that comes in is linked to the last.
        for queue in &*lots {
            touch(&pools.lots, all.iter().map(|one| last(one.lane.get(*queue))));
        }
        for (event, queue) in &*facts {
            touch(&pools.facts.at(*event).queues, asking.iter().map(|one| last(one.lane.get(*queue))));
        }
        for queue in entries {
            touch(&pools.entries, asking.iter().map(|one| last(one.lane.get(*queue))));
        }
        for queue in values {
            leaving.clear();
            let queues = asking.iter().map(|one| one.lane.get(*queue)).filter(|queue| *queue != EMPTY);
            leaving.extend(queues.map(|queue| (first(queue), i64::MAX)));
            follow(&pools.entries, entry::AT, leaving);
        }
        for window in windows {
            let by = |one: &Coming<'_>| one.lane.now.saturating_sub(window.age);
            let leaves = asking.iter().filter(|one| one.lane.get(window.first) <= by(one));
            leaving.clear();
            leaving.extend(leaves.map(|one| ((window.place)(one.lane.get(window.cell)), by(one))));
            match window.facts {
                Some(event) => follow(&pools.facts.at(event).queues, TIME, leaving),
                None => follow(&pools.entries, entry::AT, leaving),
            }
        }
        asking.retain(|one| asks(one).takes);
        for queue in &*lots {
            touch(&pools.lots, asking.iter().map(|one| first(one.lane.get(*queue))));
        }
        for (event, queue) in &*facts {
            touch(&pools.facts.at(*event).queues, asking.iter().map(|one| first(one.lane.get(*queue))));
        }
        let due = || all.iter().filter(|one| one.lane.get(DUE) <= one.lane.now);
        for unit in &plan.lapsing {
            let queue = plan.units.at(*unit).cells.lots;
            leaving.clear();
            leaving.extend(due().map(|one| (first(one.lane.get(queue)), one.lane.now)));
            follow(&pools.lots, lot::EXPIRES, leaving);
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

/// Touches rows of queues.
fn touch(queues: &Queues, places: impl Iterator<Item = u32>) {
    black_box(places.fold(0, |sum, place| sum ^ queues.touch(place)));
}

/// Touches what comes behind rows that will have left by a moment of their own, which one cell of each tells.
fn follow(queues: &Queues, tells: usize, leaving: &mut Vec<(u32, i64)>) {
    for _ in 0..FURTHER {
        touch(queues, leaving.iter().map(|(at, _)| *at));
        leaving.retain_mut(|(at, by)| match queues.at(*at) {
            Some(row) if cell(row, tells) <= *by => {
                *at = queues.after(row);
                *at != NOWHERE
            }
            _ => false,
        });
        if leaving.is_empty() {
            return;
        }
    }
}
