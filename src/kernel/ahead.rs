//! Looks ahead: touches what the next few events will need before any of them is judged. Nothing waits for what is found, so that memory
//! brings all of it at once; when an event is judged, it is at hand.

use std::hint::black_box;

use crate::arena::Id as _;
use crate::hir::{EventId, MeasureId, RuleId, UnitId};

use super::chunks::{Rows, Spot};
use super::clock::Back;
use super::code::cell;
use super::layout::{ABSENT, DUE, HEAD};
use super::measure::place;
use super::plan::{EffectPlan, EventPlan, How, LimitPlan, Plan, TIME};
use super::queues::{NOWHERE, Queues, first, last};
use super::store::{Pools, entry, lot};

/// How many cells memory brings at once.
const LINE: usize = 8;

/// How far a queue is followed whose first rows will leave it, or all of whose rows are looked at.
const FURTHER: usize = 8;

/// An event that will be judged.
#[derive(Debug, Clone, Copy)]
pub struct Coming {
    /// Where the cells of its member are.
    pub member: Spot,
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
    /// By type of event: cells in all lines of memory that it looks at.
    looks: Vec<Vec<usize>>,
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
            looks: plan.events.iter().map(|event| looked_at(plan, event)).collect(),
            all: Vec::new(),
            asking: Vec::new(),
            leaving: Vec::new(),
        }
    }

    /// Touches what belongs to members: their cells first, then what these lead to.
    pub fn look(&mut self, coming: impl Iterator<Item = Coming>, plan: &Plan, cells: &Rows, pools: &Pools) {
        let Self { lots, facts, entries, windows, asks, looks, all, asking, leaving } = self;
        all.clear();
        all.extend(coming);
        let at = |one: &Coming, at: usize| cells.get(one.member, at);
        let looks =
            |one: &Coming| one.event.and_then(|event| looks.get(event.index())).map(Vec::as_slice).unwrap_or(&[0]);
        let cells_of = |one: &Coming| looks(one).iter().fold(0, |sum, cell| sum ^ at(one, *cell));
        black_box(all.iter().fold(0, |sum, one| sum ^ cells_of(one)));
        asking.clear();
        asking.extend(all.iter().filter(|one| one.event.is_none_or(|event| asks.get(event.index()) == Some(&true))));
        // A lot that comes in is linked to the last; from the first on they are only spent.
        for queue in lots {
            touch(&pools.lots, all.iter().map(|one| last(at(one, *queue))));
            touch(&pools.lots, asking.iter().map(|one| first(at(one, *queue))));
        }
        for (event, queue) in facts {
            ends(&pools.facts.at(*event).queues, asking.iter().map(|one| at(one, *queue)));
        }
        for (queue, whole) in entries {
            let queues = asking.iter().map(|one| at(one, *queue));
            if *whole {
                leaving.clear();
                leaving.extend(queues.map(|queue| (first(queue), i64::MAX)));
                follow(&pools.entries, entry::AT, leaving);
            } else {
                ends(&pools.entries, queues);
            }
        }
        for (event, first, length) in windows {
            let queues = &pools.facts.at(*event).queues;
            leaving.clear();
            leaving.extend(asking.iter().map(|one| (place(at(one, *first)), one.time.saturating_sub(*length))));
            follow(queues, TIME, leaving);
        }
        let due = || all.iter().filter(|one| at(one, DUE) <= one.time);
        for unit in &plan.lapsing {
            let queue = plan.units.at(*unit).cells.lots;
            leaving.clear();
            leaving.extend(due().map(|one| (first(at(one, queue)), one.time)));
            follow(&pools.lots, lot::EXPIRES, leaving);
        }
    }
}

/// Some cells of a member, so that every line of memory with a cell that an event of some type looks at has one of them.
fn looked_at(plan: &Plan, event: &EventPlan) -> Vec<usize> {
    let unit = |id: UnitId| {
        let cells = plan.units.at(id).cells;
        [cells.available, cells.lots, cells.debt, cells.idle]
    };
    let measure = |id: &MeasureId| {
        let cells = plan.measures.at(*id).as_ref().map(|measure| measure.cells);
        cells.into_iter().flat_map(|cells| [cells.value, cells.entries, cells.period, cells.restart, cells.length])
    };
    let limit = |limit: &LimitPlan| limit.cells.into_iter().flat_map(|cells| [cells.period, cells.used]);
    let rule = |id: &RuleId| {
        let rule = plan.rules.at(*id);
        let crossing = rule.crossing.iter().flat_map(|crossing| [crossing.cells.period, crossing.cells.multiple]);
        crossing.chain(rule.effects.iter().flat_map(move |(_, effect)| match effect {
            EffectPlan::Give { unit: id, .. } => unit(*id).to_vec(),
            EffectPlan::Badge(at) => vec![*at],
            EffectPlan::Restart(_) | EffectPlan::Issue(_) => Vec::new(),
        }))
    };
    let mut all: Vec<usize> = (0..HEAD).collect();
    all.extend(
        event.earns.iter().flat_map(|earn| unit(earn.unit).into_iter().chain(earn.limits.iter().flat_map(limit))),
    );
    all.extend(event.reads.iter().chain(&event.counts).flat_map(measure));
    all.extend(event.rules.iter().chain(&event.waits).flat_map(rule));
    for ladder in event.ladders.iter().map(|ladder| plan.ladders.at(*ladder)) {
        all.extend([ladder.cells.tier, ladder.cells.highest]);
        let held = ladder.held.iter();
        all.extend(held.flat_map(|held| held.standing.iter().map(|standing| standing.seen).chain([held.holds])));
    }
    all.extend(event.last);
    all.extend(event.fact.iter().flat_map(|fact| [fact.queue, fact.count]));
    let redeems = event.redeem.iter().flat_map(|redeem| &redeem.ways);
    all.extend(redeems.flat_map(|(_, way)| unit(way.unit)));
    all.retain(|at| *at < ABSENT);
    all.sort_unstable();
    let mut known = None;
    // Where lines begin in a row differs from member to member.
    all.retain(|at| known.is_none_or(|known| *at >= known + LINE / 2) && known.replace(*at) != Some(*at));
    all
}

/// Touches the ends of queues.
fn ends(queues: &Queues, of: impl Iterator<Item = i64>) {
    touch(queues, of.flat_map(|queue| [first(queue), last(queue)]));
}

/// Touches rows of queues.
fn touch(queues: &Queues, places: impl Iterator<Item = u32>) {
    black_box(places.fold(0, |sum, place| sum ^ queues.touch(place)));
}

/// Touches what comes behind rows that will have left by a moment of their own, which one cell of each tells.
fn follow(queues: &Queues, tells: usize, leaving: &mut Vec<(u32, i64)>) {
    leaving.retain(|(at, _)| *at != NOWHERE);
    for _ in 0..FURTHER {
        touch(queues, leaving.iter().map(|(at, _)| *at));
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
