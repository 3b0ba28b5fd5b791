//! Value that changes its form or its owner.

use std::collections::BTreeSet;

use crate::engine::State;
use crate::hir::{EventKind, Program, UnitId};
use crate::scenario::spelling;
use crate::value::{Day, Exact, Instant, Value};

use super::gain::{Thing, What, amount, at_most, gain};
use super::property::{Breach, Case, Claim};
use super::trial::{Fate, Holdings, Target, Trial};

/// Whether the event at a place only turns one unit into another: an exchange, a transfer, a reward that is credit.
fn only_moves(case: &Case<'_>, place: usize) -> bool {
    let program = &case.target.program;
    let Some(sent) = case.script.moves.get(place).and_then(|moved| moved.event()) else { return false };
    match sent.def(program).kind {
        EventKind::Exchange | EventKind::Transfer => true,
        EventKind::Redeem => match sent.field(program, "reward") {
            Some(Value::Text(name)) => {
                program.rewards.iter().any(|reward| reward.name == *name && reward.gives.unit.is_some())
            }
            _ => false,
        },
        _ => false,
    }
}

/// Exchanges and the like of one day after which members together have more of something and less of nothing.
pub(super) fn circles(case: &mut Case<'_>) -> Option<Breach> {
    let program = case.target.program.clone();
    if !(0..case.script.moves.len()).any(|place| only_moves(case, place)) {
        return None;
    }
    // What there was just before each move, with all that was due by then, and after the last.
    let mut stands: Vec<Holdings> = vec![Holdings::new()];
    let next = |place: usize| case.script.moves.get(place + 1).map(|moved| moved.when.instant(&program));
    Trial::watched(case.target, case.script, |_| Fate::Happens, &mut |place, trial| {
        trial.advance(next(place));
        stands.push(trial.holdings());
    });
    for last in 0..case.script.moves.len() {
        let day = case.script.moves.get(last)?.when.day;
        for first in (0..=last).rev() {
            let same = case.script.moves.get(first).is_some_and(|moved| moved.when.day == day);
            if !same || !only_moves(case, first) {
                break;
            }
            // Nothing but these moves happened between: not even time.
            let (Some(before), Some(after)) = (stands.get(first), stands.get(last + 1)) else { continue };
            let Some(found) = gain(&program, after, before, What::Units) else { continue };
            let Thing::Unit(unit) = found.thing else { continue };
            let right = amount(before, &found.member, found.thing);
            let (claim, because) = at_most(&program, after, &found.member, unit, right);
            return Some(case.breach(last, claim, because));
        }
    }
    None
}

/// What of a unit lapses by a moment, with everybody's own clock.
fn lapsing(target: &Target, state: Option<&State>, unit: UnitId, by: Instant) -> i64 {
    let lots = state.and_then(|state| state.units.get(unit)).into_iter().flat_map(|purse| &purse.lots);
    let due = |lot: &&crate::engine::purse::Lot| {
        state.and_then(|state| target.engine.lapses(state, lot)).is_some_and(|at| at <= by)
    };
    lots.filter(due).map(|lot| lot.left).sum()
}

/// The last day that is over at a moment, or on which it falls: `expiring by` that day counts what lapses then.
fn last_day(program: &Program, at: Instant) -> Option<Day> {
    let zone = &program.settings.zone;
    let day = zone.day_of(at);
    if zone.start_of(day) == at { day.plus_days(-1) } else { Some(day) }
}

/// What is passed on must arrive with the time that it has left.
pub(super) fn transfers(case: &mut Case<'_>) -> Option<Breach> {
    let target = case.target;
    let program = target.program.clone();
    for place in 0..case.script.moves.len() {
        let Some(sent) = case.script.moves.get(place).and_then(|moved| moved.event()) else { continue };
        let Some(Value::Text(to)) = sent.field(&program, "receiver") else { continue };
        if !sent.is(&program, EventKind::Transfer) || !case.trial.accepted(place) {
            continue;
        }
        let until = |moves: usize| {
            let mut trial = Trial::new(target, &case.script.cut(moves));
            trial.advance(Some(case.script.moves.get(place)?.when.instant(&program)));
            let states = trial.states();
            let find = |name: &str| states.iter().find(|state| &*state.member == name).cloned();
            Some((find(&sent.member), find(to)))
        };
        let ((giver, taker), (left, got)) = (until(place)?, until(place + 1)?);
        for unit in program.transfers.iter().map(|transfer| transfer.unit) {
            let held = |state: &Option<State>| {
                state.as_ref().and_then(|state| state.units.get(unit)).cloned().unwrap_or_default()
            };
            if held(&taker).debt > 0 || held(&giver) == held(&left) {
                continue;
            }
            let Value::Exact(asked) = sent.field(&program, "amount")? else { continue };
            let moved = asked.mul(Exact::from(program.units.at(unit).steps())).ok().and_then(Exact::to_i64)?;
            let given = held(&giver).lots;
            // What lapses when its owner does nothing lives by the new owner's clock.
            let fixed = given.iter().filter(|lot| lot.expires.idle.is_empty());
            let lapses = |lot| giver.as_ref().and_then(|state| target.engine.lapses(state, lot));
            let ends: BTreeSet<Instant> = fixed.filter_map(lapses).collect();
            for end in ends {
                let by = |state: &Option<State>| lapsing(target, state.as_ref(), unit, end);
                // What the fee takes may be any part of it.
                let gone = by(&giver) - by(&left);
                let fee = given.iter().map(|lot| lot.left).sum::<i64>()
                    - held(&left).lots.iter().map(|lot| lot.left).sum::<i64>()
                    - moved;
                let right = by(&taker) + gone - fee.max(0);
                let day = last_day(&program, end)?;
                if by(&got) < right {
                    let name = &program.units.at(unit).name;
                    let claim =
                        format!("{to}.{name}.expiring by {day} is {}", spelling::compared(&program, unit, right));
                    let say = |steps| spelling::quantity(&program, unit, steps);
                    let because =
                        format!("of what {to} has, {} expire by {day} instead of {}", say(by(&got)), say(right));
                    return Some(case.breach(place, Claim::After(claim), because));
                }
            }
        }
    }
    None
}
