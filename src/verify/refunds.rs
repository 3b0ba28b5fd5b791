//! What is left of orders that came back whole.

use std::sync::Arc;

use crate::engine::{Outcome, What as Event};
use crate::hir::{Effect, EventKind, LadderRefund};
use crate::sample::released_by;
use crate::value::Value;

use super::gain::{What, at_most, gain};
use super::property::{Breach, Case, Claim};
use super::script::Sent;
use super::trial::{Fate, Own, Trial};

/// Whether a move is about orders that came back, by place; `None` unless all that can come back did.
fn returned(case: &Case<'_>) -> Option<Vec<bool>> {
    let program = &case.target.program;
    let released = released_by(program);
    let states = case.trial.states();
    let gone =
        |id: &Arc<str>| states.iter().flat_map(|state| &state.facts).any(|fact| fact.event.id == *id && fact.gone);
    let events = case.script.events(program);
    let sent = || case.script.moves.iter().map(|moved| moved.event());
    // What the clock gives meanwhile to who has an order is no hole: a better birthday, a prize that is drawn.
    let sent_ids: Vec<&Arc<str>> = events.iter().flatten().map(|event| &event.id).collect();
    let by_clock = |outcome: &Outcome| match &outcome.what {
        Event::Posted { from, to, .. } => !from.is_own() && to.is_own(),
        Event::Issued { .. } | Event::Badge { given: true, .. } => true,
        _ => false,
    } && !sent_ids.iter().any(|id| outcome.comes_of(id));
    if case.trial.steps.iter().flat_map(|step| &step.outcomes).chain(&case.trial.due).any(by_clock) {
        return None;
    }
    let is_order = |sent: &Sent| sent.is_original(program) && !released.contains(&sent.kind);
    let mut numbers = Vec::new();
    for (sent, event) in sent().zip(&events) {
        if let (Some(sent), Some(event)) = (sent.filter(|sent| is_order(sent)), event) {
            if !gone(&event.id) {
                return None;
            }
            numbers.push(sent.number(program));
        }
    }
    // Points that were spent on an order come back with it.
    let paid = |sent: &Sent| match sent.field(program, "order") {
        Some(Value::Text(order)) => !sent.is_original(program) && numbers.contains(&Some(order)),
        _ => false,
    };
    let about = |sent: &Sent| is_order(sent) || sent.def(program).reversal.is_some() || paid(sent);
    (!numbers.is_empty()).then(|| sent().map(|sent| sent.is_some_and(about)).collect())
}

/// The same members without those orders.
fn without<'t>(case: &Case<'t>, about: &[bool]) -> Trial<'t> {
    let fate = |place: usize| if about.get(place) == Some(&true) { Fate::Idle } else { Fate::Happens };
    Trial::changed(case.target, case.script, fate)
}

fn kept(case: &mut Case<'_>, what: What) -> Option<Breach> {
    let about = returned(case)?;
    let with = case.trial.holdings();
    let without = without(case, &about).holdings();
    let program = &case.target.program;
    let gain = gain(program, &with, &without, what)?;
    let units = matches!(gain.thing, super::gain::Thing::Unit(_));
    if units != (what == What::Units) {
        return None;
    }
    let claimed = gain.claim(program, &with, &without)?;
    Some(case.breach_at_end(claimed))
}

pub(super) fn units(case: &mut Case<'_>) -> Option<Breach> {
    kept(case, What::Units).or_else(|| spent(case))
}

/// Points that were spent before their order came back must be owed, where they were spent on nothing that is points itself.
fn spent(case: &mut Case<'_>) -> Option<Breach> {
    let program = case.target.program.clone();
    let (mut asked, mut turned) = (false, false);
    for sent in case.script.moves.iter().filter_map(|moved| moved.event()) {
        let kind = sent.def(&program).kind;
        asked |= kind == EventKind::Redeem;
        turned |= matches!(kind, EventKind::Exchange | EventKind::Transfer | EventKind::Donate | EventKind::Vote);
    }
    let converts = program.rules.iter().flat_map(|rule| &rule.effects).any(|(_, effect)| {
        matches!(effect, Effect::Convert { .. } | Effect::Exchange(_) | Effect::Take(..) | Effect::GiveTo(..))
    });
    let credits = program.rewards.iter().any(|reward| reward.gives.unit.is_some());
    if !asked || turned || converts || credits {
        return None;
    }
    let about = returned(case)?;
    let with = case.trial.holdings();
    let without = without(case, &about).holdings();
    for (member, own) in &with {
        for unit in program.units.ids() {
            let at = |amounts: &[i64]| amounts.get(unit.0 as usize).copied().unwrap_or(0);
            let issued = |own: &Own| own.of(unit).saturating_add(at(&own.spent));
            // What lapses without the orders, and was spent before it could with them, is the member's own.
            let saved = |other: &Own| at(&other.lapsed).saturating_sub(at(&own.lapsed)).max(0);
            let right = without.get(member).map_or(0, |other| issued(other).saturating_add(saved(other)));
            if issued(own) > right {
                let owed = right - (issued(own) - own.of(unit));
                let claimed = at_most(&program, &with, member, unit, owed);
                return Some(case.breach_at_end(claimed));
            }
        }
    }
    None
}

pub(super) fn gifts(case: &mut Case<'_>) -> Option<Breach> {
    kept(case, What::All)
}

/// A tier that is higher than without the orders, and is held for a reason that no refund takes away.
pub(super) fn tiers(case: &mut Case<'_>) -> Option<Breach> {
    let program = case.target.program.clone();
    if !program.ladders.iter().any(|ladder| ladder.refunds == LadderRefund::Never) {
        return None;
    }
    let about = returned(case)?;
    case.trial.holdings();
    let without = without(case, &about).holdings();
    for state in case.trial.states() {
        for (id, ladder) in program.ladders.pairs() {
            let held = state.ladders.get(id)?;
            let right = without.get(&state.member).and_then(|own| own.tiers.get(id.0 as usize)).copied().unwrap_or(0);
            let firm = held.holds.iter().any(|hold| hold.tier == held.tier && hold.lost_at.is_none());
            if held.tier > right && firm {
                let name = |tier: u32| ladder.tiers.get(tier as usize).map_or("", |tier| &tier.name);
                let (got, right) = (name(held.tier), name(right));
                let claim = Claim::After(format!("{}.{} is {right}", state.member, ladder.name));
                let because = format!("{} is {got} instead of {right}", state.member);
                return Some(case.breach_at_end((claim, because)));
            }
        }
    }
    None
}
