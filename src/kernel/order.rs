//! In which order the cells of a row lie: what an event looks at lies together, so that memory brings little for it.

use std::cmp::Reverse;

use crate::hir::{EventKind, MeasureId, RuleId, UnitId};

use super::layout::{ABSENT, FEW, HEAD, MeasureCells};
use super::plan::{EffectPlan, EventPlan, FactPlan, LimitPlan, Plan};

/// For each cell of a plan's rows the place that it would better have. What the type of event with the most cells looks at comes first; of
/// that, and of the rest, what the next type looks at, and so on.
pub fn order(plan: &Plan) -> Vec<usize> {
    let mut types: Vec<(bool, Vec<usize>)> =
        plan.events.iter().map(|event| (event.kind == EventKind::Declared, looked_at(plan, event))).collect();
    // What the program declares comes far more often than what the engine knows by itself.
    types.sort_by_key(|(declared, cells)| Reverse((*declared, cells.len())));
    let mut cells: Vec<(Vec<bool>, usize)> = (0..plan.layout.fresh.len())
        .map(|cell| (types.iter().map(|(_, cells)| cells.contains(&cell)).collect(), cell))
        .collect();
    // Every type looks at the head of a row, which stays where it is.
    cells.sort_by(|(a, _), (b, _)| b.cmp(a));
    let mut places = vec![0; cells.len()];
    for (place, (_, cell)) in cells.iter().enumerate() {
        if let Some(slot) = places.get_mut(*cell) {
            *slot = place;
        }
    }
    places
}

/// The cells that an event of some type looks at.
pub fn looked_at(plan: &Plan, event: &EventPlan) -> Vec<usize> {
    let unit = |id: UnitId| {
        let cells = plan.units.at(id).cells;
        [cells.available, cells.lots, cells.debt, cells.idle]
    };
    let measure = |id: &MeasureId| {
        let cells = plan.measures.at(*id).as_ref().map(|measure| measure.cells);
        cells.into_iter().flat_map(|cells| {
            let MeasureCells { value, entries, first, few, period, restart, length, .. } = cells;
            let few = (few..).take(if few == ABSENT { 0 } else { 2 * FEW });
            few.chain([value, entries, first, period, restart, length])
        })
    };
    let limit = |limit: &LimitPlan| limit.cells.into_iter().flat_map(|cells| [cells.period, cells.used]);
    let rule = |id: RuleId| {
        let rule = plan.rules.at(id);
        let crossing = rule.crossing.iter().flat_map(|crossing| [crossing.cells.period, crossing.cells.multiple]);
        crossing.chain(rule.effects.iter().flat_map(move |(_, effect)| match effect {
            EffectPlan::Give { unit: id, .. } => unit(*id).to_vec(),
            EffectPlan::Badge(at) => vec![*at],
            EffectPlan::Restart(_) | EffectPlan::Issue(_) => Vec::new(),
        }))
    };
    let fact = |fact: &FactPlan| [fact.queue, fact.count, fact.first];
    let mut all: Vec<usize> = (0..HEAD).chain([plan.layout.judged, plan.layout.next_lot]).collect();
    all.extend(
        event.earns.iter().flat_map(|earn| unit(earn.unit).into_iter().chain(earn.limits.iter().flat_map(limit))),
    );
    all.extend(event.reads.iter().chain(&event.counts).flat_map(measure));
    all.extend(event.rules.iter().chain(&event.waits).copied().flat_map(rule));
    for ladder in event.ladders.iter().map(|ladder| plan.ladders.at(*ladder)) {
        all.extend([ladder.cells.tier, ladder.cells.highest]);
        all.extend(ladder.rules.iter().map(|hearer| hearer.anew));
        all.extend(ladder.rules.iter().map(|hearer| hearer.rule).flat_map(rule));
        let held = ladder.held.iter();
        all.extend(held.flat_map(|held| held.standing.iter().map(|standing| standing.seen).chain([held.holds])));
    }
    all.extend(event.last);
    all.extend(event.fact.iter().flat_map(fact));
    all.extend(event.reversal.iter().filter_map(|reversal| plan.events.at(reversal.of).fact.as_ref()).flat_map(fact));
    let redeems = event.redeem.iter().flat_map(|redeem| &redeem.ways);
    all.extend(redeems.flat_map(|(_, way)| unit(way.unit)));
    all.retain(|at| *at < ABSENT);
    all.sort_unstable();
    all.dedup();
    all
}
