//! The invariants of a program.

use crate::engine::World;
use crate::hir::EventKind;

use super::property::{Breach, Case, Claim};
use super::script::{Move, Script};
use super::trial::{Fate, Target, Trial};

/// The first move after which the invariant of this position does not hold for somebody. What the staff gives by hand is left out: it can
/// break any promise.
pub(super) fn broken(case: &mut Case<'_>, position: usize) -> Option<Breach> {
    let script = by_members(case.target, case.script);
    let (last, because) = first(case.target, &script, position)?;
    Some(Breach { script: script.cut(last + 1), claim: Claim::Itself, because })
}

/// A script without adjustments by hand.
pub(super) fn by_members(target: &Target, script: &Script) -> Script {
    let by_hand = |moved: &Move| moved.event().is_some_and(|sent| sent.is(&target.program, EventKind::Adjust));
    Script { moves: script.moves.iter().filter(|moved| !by_hand(moved)).cloned().collect() }
}

fn first(target: &Target, script: &Script, position: usize) -> Option<(usize, String)> {
    let mut found = None;
    Trial::watched(target, script, |_| Fate::Happens, &mut |place, trial| {
        if found.is_none() {
            found = look(target, &trial.world, position).map(|because| (place, because));
        }
    });
    found
}

fn look(target: &Target, world: &World, position: usize) -> Option<String> {
    let invariant = target.program.invariants.get(position)?;
    world.members().into_iter().find_map(|state| {
        let broken = target.engine.broken(state, &world.pots(&state.member));
        let own = broken.into_iter().find(|broken| broken.invariant.name == invariant.name)?;
        Some(format!("{}: {}", state.member, own.because))
    })
}
