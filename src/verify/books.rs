//! What the books say, whoever keeps them: accounts, limits, arrivals.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::{Account, What};
use crate::hir::{EventKind, Kind, LimitId, LimitKind, RefundFloor, Window};
use crate::scenario::spelling;
use crate::value::{Calendar, Day, Exact, Value};

use super::gain::{Thing, amount};
use super::property::{Breach, Case, Claim};
use super::script::Script;
use super::trial::Trial;

/// Whether members are made one: their books are united then.
fn unites(case: &Case<'_>) -> bool {
    let program = &case.target.program;
    let kinds = [EventKind::Merge, EventKind::Unmerge];
    case.script.moves.iter().filter_map(|moved| moved.event()).any(|sent| kinds.contains(&sent.def(program).kind))
}

pub(super) fn accounts(case: &mut Case<'_>) -> Option<Breach> {
    if unites(case) || case.target.engine.versions().len() > 1 {
        return None;
    }
    let program = case.target.program.clone();
    let mut sums: BTreeMap<(Arc<str>, u32), i128> = BTreeMap::new();
    for outcome in case.trial.steps.iter().flat_map(|step| &step.outcomes).chain(&case.trial.due) {
        if let What::Posted { unit, from, to, amount, .. } = &outcome.what {
            let own = |account: &Account| i128::from(account.is_own());
            let sum = sums.entry((outcome.member.clone(), unit.0)).or_default();
            *sum += (own(to) - own(from)) * i128::from(*amount);
        }
    }
    for state in case.trial.states() {
        for (id, unit) in program.units.pairs() {
            let purse = state.units.get(id)?;
            let debt = if matches!(unit.refunds, RefundFloor::BelowZero(_)) { purse.debt } else { 0 };
            let posted = sums.get(&(state.member.clone(), id.0)).copied().unwrap_or(0);
            let held = i128::from(purse.available()) + i128::from(purse.pending()) - i128::from(debt);
            if posted != held {
                let posted = i64::try_from(posted).ok()?;
                let right = spelling::compared(&program, id, posted);
                let claim = format!("{m}.{u}.balance + {m}.{u}.pending is {right}", m = state.member, u = unit.name);
                let right = spelling::quantity(&program, id, posted);
                let because = format!("{right} were posted to {}, who has another amount", state.member);
                return Some(case.breach_at_end((Claim::After(claim), because)));
            }
        }
    }
    None
}

/// An event that is there twice, word by word: the second has no outcome.
pub(super) fn same_id(case: &mut Case<'_>) -> Option<Breach> {
    let place = (0..case.script.moves.len()).find(|place| {
        let sent = case.script.moves.get(*place);
        let again = sent.and_then(|moved| moved.event()).is_some_and(|sent| sent.id.is_some())
            && case.script.moves.iter().take(*place).any(|earlier| Some(earlier) == sent);
        again && case.trial.steps.get(*place).is_some_and(|step| !step.outcomes.is_empty())
    })?;
    Some(case.breach(place, Claim::OfStep("nothing".into()), "the same event has an effect twice".into()))
}

/// The same events, the last one first, where late ones are accepted at any time.
pub(super) fn any_order(case: &mut Case<'_>) -> Option<Breach> {
    let program = case.target.program.clone();
    let closes = case.target.engine.versions().iter().any(|version| version.program.settings.late.is_some());
    let plain = case.script.moves.iter().all(|moved| moved.event().is_some_and(|sent| sent.id.is_none()));
    if closes || !plain || case.script.moves.len() < 2 {
        return None;
    }
    // Identities and the order of one moment come from the place: there may be no two events of one moment.
    let mut times: Vec<_> = case.script.moves.iter().map(|moved| moved.when).collect();
    times.sort_unstable();
    times.dedup();
    if times.len() < case.script.moves.len() {
        return None;
    }
    let named = |(place, moved): (usize, &super::script::Move)| {
        let mut moved = moved.clone();
        if let Some(sent) = moved.event_mut() {
            sent.id = Some(format!("e{}", place + 1).into());
        }
        moved
    };
    let orderly = Script { moves: case.script.moves.iter().enumerate().map(named).collect() };
    let mut mixed = orderly.clone();
    mixed.moves.reverse();
    let (one, other) = (Trial::new(case.target, &orderly).holdings(), Trial::new(case.target, &mixed).holdings());
    let (member, unit) = one.keys().find_map(|member| {
        let differs = |unit: &crate::hir::UnitId| {
            amount(&one, member, Thing::Unit(*unit)) != amount(&other, member, Thing::Unit(*unit))
        };
        program.units.ids().find(differs).map(|unit| (member, unit))
    })?;
    let [one, other] = [&one, &other].map(|of| amount(of, member, Thing::Unit(unit)));
    let (right, name) = (spelling::compared(&program, unit, one), &program.units.at(unit).name);
    let claim = format!("{member}.{name}.balance + {member}.{name}.pending is {right}");
    let say = |amount| spelling::quantity(&program, unit, amount);
    let because = format!("{member} has {} where the events come in order, and {} so", say(one), say(other));
    Some(Breach { script: mixed, claim: Claim::After(claim), because })
}

/// A limit of an earn that is a plain number, in calendar periods of the program.
struct Bound {
    limit: LimitId,
    most: Exact,
    times: bool,
    window: Window,
}

fn bounds(case: &Case<'_>) -> Vec<Bound> {
    let program = &case.target.program;
    let constant = |kind: &Kind| if let Kind::Const(Value::Exact(most)) = kind { Some(*most) } else { None };
    let bound = |(id, limit): (LimitId, &crate::hir::Limit)| {
        if limit.budget.is_some() || !limit.per.is_empty() || program.settings.zone_of_member.is_some() {
            return None;
        }
        let window = limit.window.filter(|window| matches!(window, Window::Ever | Window::Period(_)))?;
        let (most, times) = match &limit.kind {
            LimitKind::Times(most) => (constant(&most.kind)?, true),
            LimitKind::Amount(_, most) => (constant(&most.kind)?, false),
            LimitKind::Money(_) => return None,
        };
        Some(Bound { limit: id, most, times, window })
    };
    program.limits.pairs().filter_map(bound).collect()
}

pub(super) fn limits(case: &mut Case<'_>) -> Option<Breach> {
    let program = case.target.program.clone();
    if case.target.engine.versions().len() > 1 {
        return None;
    }
    let bounds = bounds(case);
    if bounds.is_empty() {
        return None;
    }
    let calendar = Calendar { zone: program.settings.zone.clone(), starts: program.settings.starts };
    for state in case.trial.states() {
        let joined = state.joined_day(&calendar.zone);
        for bound in &bounds {
            let earns = program.earns.pairs().filter(|(_, earn)| earn.limits.contains(&bound.limit));
            let earns: Vec<_> = earns.map(|(id, _)| crate::engine::Cause::Earn(id)).collect();
            let mut used: BTreeMap<Option<Day>, (i64, Option<crate::hir::UnitId>)> = BTreeMap::new();
            for award in state.facts.iter().flat_map(|fact| &fact.awards).filter(|award| earns.contains(&award.cause)) {
                let period = match bound.window {
                    Window::Period(kind) => {
                        Some(calendar.period_of(kind, calendar.zone.day_of(award.at), joined).start)
                    }
                    _ => None,
                };
                let left = award.granted.saturating_sub(award.taken);
                let sum = used.entry(period).or_default();
                sum.0 += if bound.times { i64::from(left > 0) } else { left };
                sum.1 = Some(award.unit);
            }
            let over = used.values().find(|(sum, _)| Exact::from(*sum) > bound.most.ceil());
            if let Some((sum, Some(unit))) = over {
                let said = program.sources.text(program.limits.at(bound.limit).span).trim();
                let got = if bound.times { format!("{sum} times") } else { spelling::quantity(&program, *unit, *sum) };
                let most = bound.most.floor().to_i64()?;
                let name = &program.units.at(*unit).name;
                let claim = Claim::After(if bound.times {
                    format!("{}.{name}.balance is 0", state.member)
                } else {
                    format!("{}.{name}.balance <= {}", state.member, spelling::compared(&program, *unit, most))
                });
                return Some(case.breach_at_end((claim, format!("{} has {got} within `{said}`", state.member))));
            }
        }
    }
    None
}
