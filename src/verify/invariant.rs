//! The invariants of a program.

use std::collections::BTreeMap;

use crate::hir::EventKind;

use super::property::{Breach, Claim};
use super::script::{Move, Script};
use super::trial::{Fate, Target, Trial};

/// Which invariants of these positions do not hold for somebody, each with the script up to the first move after which it does not: one play
/// for all of them. What the staff gives by hand is left out: it can break any promise.
pub(super) fn broken(target: &Target, script: &Script, positions: &[usize]) -> Vec<(usize, Breach)> {
    let invariant = |position: &usize| Some((&*target.program.invariants.get(*position)?.name, *position));
    let mut open: BTreeMap<&str, usize> = positions.iter().filter_map(invariant).collect();
    let mut found = Vec::new();
    if open.is_empty() {
        return found;
    }
    let script = by_members(target, script);
    Trial::watched(target, &script, |_| Fate::Happens, &mut |place, trial| {
        for state in trial.world.members() {
            let pots = trial.world.pots(&state.member);
            for broken in target.engine.broken_of(state, &pots, |invariant| open.contains_key(&*invariant.name)) {
                if let Some(position) = open.remove(&*broken.invariant.name) {
                    let because = format!("{}: {}", state.member, broken.because);
                    found.push((position, Breach { script: script.cut(place + 1), claim: Claim::Itself, because }));
                }
            }
        }
    });
    found
}

/// A script without adjustments by hand.
pub(super) fn by_members(target: &Target, script: &Script) -> Script {
    let by_hand = |moved: &Move| moved.event().is_some_and(|sent| sent.is(&target.program, EventKind::Adjust));
    Script { moves: script.moves.iter().filter(|moved| !by_hand(moved)).cloned().collect() }
}
