//! Looks ahead: touches what the next few events will need before any of them is judged. Nothing waits for what is found, so that memory
//! brings all of it at once; when an event is judged, it is at hand.

use std::hint::black_box;

use crate::arena::Id as _;
use crate::hir::EventId;

use super::chunks::Rows;
use super::clock::Back;
use super::code::cell;
use super::layout::{ABSENT, DUE};
use super::measure::place;
use super::plan::{EventPlan, How, Plan, TIME};
use super::queues::{Queues, first, last};
use super::store::{Pools, entry, lot};

/// How many cells memory brings at once.
const LINE: usize = 8;

/// How far a queue is followed whose first rows will leave it, or all of whose rows are looked at.
const FURTHER: usize = 8;

/// An event that will be judged.
#[derive(Debug, Clone, Copy)]
pub struct Coming {
    /// Where the cells of its member are.
    pub place: u32,
    /// When it is.
    pub time: i64,
    /// Its type; none where only time passes.
    pub event: Option<EventId>,
}

/// Which cells lead to what, and room for those that do.
pub struct Ahead {
    /// Cells of lots.
    lots: Vec<usize>,
    /// Cells of facts, by type of event.
    facts: Vec<(EventId, usize)>,
    /// Cells of what counts in windows, and whether all of it is looked at.
    entries: Vec<(usize, bool)>,
    /// Cells of the first facts in a window, with its length.
    windows: Vec<(EventId, usize, i64)>,
    /// By type of event: whether it asks for more than lots.
    asks: Vec<bool>,
    all: Vec<Coming>,
    asking: Vec<Coming>,
    leaving: Vec<(u32, i64)>,
}

impl Ahead {
    /// What leads elsewhere in a plan.
    pub fn new(plan: &Plan) -> Self {
        let facts = plan.events.pairs().filter_map(|(id, event)| Some((id, event.fact.as_ref()?.queue)));
        let kept = plan.measures.iter().flatten().filter(|measure| measure.cells.entries != ABSENT);
        let windows = kept.clone().filter_map(|measure| {
            let length = match measure.back {
                Back::Exactly(length) => length,
                Back::Days(_, length) => i64::from(length.days) * 86_400_000,
                Back::Ever | Back::Period(_) => i64::MAX,
            };
            Some((measure.facts?, measure.cells.entries, length))
        });
        let asks = |event: &EventPlan| {
            let windowed = |id| plan.measures.at(id).as_ref().is_some_and(|measure| measure.cells.entries != ABSENT);
            event.fact.is_some()
                || event.reversal.is_some()
                || event.redeem.is_some()
                || event.reads.iter().any(|id| windowed(*id))
        };
        Self {
            lots: plan.units.iter().map(|unit| unit.cells.lots).filter(|lots| *lots != ABSENT).collect(),
            facts: facts.collect(),
            entries: kept
                .filter(|measure| measure.facts.is_none())
                .map(|measure| (measure.cells.entries, measure.how == How::Distinct))
                .collect(),
            windows: windows.collect(),
            asks: plan.events.iter().map(asks).collect(),
            all: Vec::new(),
            asking: Vec::new(),
            leaving: Vec::new(),
        }
    }

    /// Touches what belongs to members: their cells first, then what these lead to.
    pub fn look(&mut self, coming: impl Iterator<Item = Coming>, plan: &Plan, cells: &Rows<i64>, pools: &Pools) {
        let Self { lots, facts, entries, windows, asks, all, asking, leaving } = self;
        all.clear();
        all.extend(coming);
        let member = |one: &Coming| cells.row(one.place as usize).unwrap_or_default();
        black_box(all.iter().flat_map(|one| member(one).iter().step_by(LINE)).fold(0, |sum, cell| sum ^ cell));
        asking.clear();
        asking.extend(all.iter().filter(|one| one.event.is_none_or(|event| asks.get(event.index()) == Some(&true))));
        // A lot that comes in is linked to the last; from the first on they are only spent.
        for queue in lots {
            touch(&pools.lots, all.iter().map(|one| last(cell(member(one), *queue))));
            touch(&pools.lots, asking.iter().map(|one| first(cell(member(one), *queue))));
        }
        for (event, queue) in facts {
            ends(&pools.facts.at(*event).queues, asking.iter().map(|one| cell(member(one), *queue)));
        }
        for (queue, whole) in entries {
            let queues = asking.iter().map(|one| cell(member(one), *queue));
            if *whole {
                leaving.clear();
                leaving.extend(queues.map(|queue| (first(queue), i64::MAX)));
                follow(&pools.entries, entry::AT, leaving);
            } else {
                ends(&pools.entries, queues);
            }
        }
        for (event, at, length) in windows {
            let queues = &pools.facts.at(*event).queues;
            leaving.clear();
            leaving.extend(asking.iter().map(|one| (place(cell(member(one), *at)), one.time.saturating_sub(*length))));
            follow(queues, TIME, leaving);
        }
        let due = || all.iter().filter(|one| cell(member(one), DUE) <= one.time);
        for unit in &plan.lapsing {
            let queue = plan.units.at(*unit).cells.lots;
            leaving.clear();
            leaving.extend(due().map(|one| (first(cell(member(one), queue)), one.time)));
            follow(&pools.lots, lot::EXPIRES, leaving);
        }
    }
}

/// Touches the ends of queues.
fn ends(queues: &Queues, of: impl Iterator<Item = i64>) {
    touch(queues, of.flat_map(|queue| [first(queue), last(queue)]));
}

/// Touches rows of queues.
fn touch(queues: &Queues, places: impl Iterator<Item = u32>) {
    let cell = |place: u32| queues.at(place).and_then(<[i64]>::first).copied().unwrap_or(0);
    black_box(places.fold(0, |sum, place| sum ^ cell(place)));
}

/// Touches what comes behind rows that will have left by a moment of their own, which one cell of each tells.
fn follow(queues: &Queues, tells: usize, leaving: &mut Vec<(u32, i64)>) {
    for _ in 0..FURTHER {
        black_box(leaving.iter().fold(0, |sum, (at, _)| sum ^ queues.at(*at).map_or(0, |row| cell(row, tells))));
        leaving.retain_mut(|(at, by)| match queues.at(*at) {
            Some(row) if cell(row, tells) <= *by => {
                *at = queues.after(row);
                true
            }
            _ => false,
        });
        if leaving.is_empty() {
            return;
        }
    }
}
