//! A script as the engine judges it, and what members have in the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::purse::Ready;
use crate::engine::{Arrival, Engine, Outcome, State, What, World};
use crate::hir::{EventId, EventKind, Program, UnitId};
use crate::value::{Instant, Value};

use super::script::Script;

/// What is attacked: the newest version of a program, with all of them behind it.
pub struct Target {
    pub(super) program: Arc<Program>,
    pub(super) engine: Engine,
}

/// What one move brought.
#[derive(Debug, Clone, Default)]
pub(super) struct Step {
    pub outcomes: Vec<Outcome>,
    /// Whether it was an event that was taken and had its effect.
    pub accepted: bool,
}

/// What becomes of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It happens.
    Happens,
    /// Its member does nothing worth mentioning instead, and is a member all the same.
    Idle,
    /// It does not happen.
    Never,
}

/// A script that was played.
pub(super) struct Trial<'t> {
    target: &'t Target,
    pub world: World,
    pub steps: Vec<Step>,
    /// What fell due when somebody looked.
    pub due: Vec<Outcome>,
}

/// What one member has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Own {
    /// By unit, in steps: spendable, less what is owed.
    pub balance: Vec<i64>,
    /// Not yet available.
    pub pending: Vec<i64>,
    pub spent: Vec<i64>,
    pub lapsed: Vec<i64>,
    /// Open vouchers by reward.
    pub vouchers: Vec<i64>,
    pub badges: Vec<bool>,
    /// Tiers by ladder.
    pub tiers: Vec<u32>,
}

pub(super) type Holdings = BTreeMap<Arc<str>, Own>;

impl<'t> Trial<'t> {
    /// Plays a whole script.
    pub fn new(target: &'t Target, script: &Script) -> Self {
        Self::changed(target, script, |_| Fate::Happens)
    }

    /// Plays a script of which some moves do not happen; the others keep their identities.
    pub fn changed(target: &'t Target, script: &Script, fate: impl Fn(usize) -> Fate) -> Self {
        Self::watched(target, script, fate, &mut |_, _| {})
    }

    /// The same, with a look at the world after each move.
    pub fn watched(
        target: &'t Target,
        script: &Script,
        fate: impl Fn(usize) -> Fate,
        look: &mut dyn FnMut(usize, &mut Trial<'t>),
    ) -> Self {
        let world = World::new(target.engine.clone());
        let mut trial = Self { target, world, steps: Vec::with_capacity(script.moves.len()), due: Vec::new() };
        let events = script.events(&target.program);
        for (place, (moved, event)) in script.moves.iter().zip(events).enumerate() {
            let mut step = Step::default();
            match (fate(place), event) {
                (Fate::Never, _) => {}
                (_, None) => {
                    let to = moved.when.instant(&target.program);
                    trial.world.advance(Some(to), &mut |outcome| step.outcomes.push(outcome));
                }
                (fate, Some(mut event)) => {
                    if fate == Fate::Idle
                        && let Some(update) = EventKind::Update.id()
                    {
                        event.fields = attributes(&target.program, event.kind, &event.fields, update);
                        event.kind = update;
                    }
                    let arrival = trial.world.submit(vec![event], &mut |outcome| step.outcomes.push(outcome)).pop();
                    let stopped = |outcome: &Outcome| matches!(outcome.what, What::Refused(_) | What::Failed(_));
                    step.accepted = arrival == Some(Arrival::Accepted) && !step.outcomes.iter().any(stopped);
                }
            }
            trial.steps.push(step);
            look(place, &mut trial);
        }
        trial
    }

    /// Whether the event at a place was taken and had its effect.
    pub fn accepted(&self, place: usize) -> bool {
        self.steps.get(place).is_some_and(|step| step.accepted)
    }

    /// What everybody has, with everything that is due.
    pub fn holdings(&mut self) -> Holdings {
        self.advance(None);
        self.states().into_iter().map(|state| (state.member.clone(), own(&self.target.program, &state))).collect()
    }

    /// Moves the clock of everybody: to a moment, or to the newest event.
    pub fn advance(&mut self, to: Option<Instant>) {
        let due = &mut self.due;
        self.world.advance(to, &mut |outcome| due.push(outcome));
    }

    /// Members as the newest version sees them, up to the moment to which each has come.
    pub fn states(&self) -> Vec<State> {
        self.world.members().into_iter().map(|state| self.target.engine.in_newest(state)).collect()
    }
}

fn own(program: &Program, state: &State) -> Own {
    let mut own = Own {
        vouchers: vec![0; program.rewards.len()],
        badges: state.badges.iter().map(Option::is_some).collect(),
        tiers: state.ladders.iter().map(|held| held.tier).collect(),
        ..Own::default()
    };
    for purse in state.units.iter() {
        let sum =
            |now: bool| purse.lots.iter().filter(|lot| (lot.ready == Ready::Now) == now).map(|lot| lot.left).sum();
        let available: i64 = sum(true);
        own.balance.push(available - purse.debt);
        own.pending.push(sum(false));
        own.spent.push(purse.totals.spent);
        own.lapsed.push(purse.totals.expired);
    }
    for voucher in state.vouchers.open() {
        if let Some(count) = own.vouchers.get_mut(voucher.reward.0 as usize) {
            *count += 1;
        }
    }
    own
}

impl Own {
    /// What is there of a unit, in steps.
    pub fn of(&self, unit: UnitId) -> i64 {
        let at = unit.0 as usize;
        let get = |amounts: &[i64]| amounts.get(at).copied().unwrap_or(0);
        get(&self.balance).saturating_add(get(&self.pending))
    }
}

/// The fields of an `update` that leaves attributes as they are, or sets those that a `join` sets.
fn attributes(program: &Program, kind: EventId, fields: &[Value], update: EventId) -> Arc<[Value]> {
    let of = program.events.at(kind);
    let given = |name: &Arc<str>| {
        let place = of.fields.iter().position(|field| field.name == *name)?;
        fields.get(place).filter(|_| of.kind == EventKind::Join).cloned()
    };
    program.events.at(update).fields.iter().map(|field| given(&field.name).unwrap_or_default()).collect()
}

/// What an event brought its member of each unit by earns and rules, in steps.
pub(super) fn brought(program: &Program, step: &Step, event: &str, member: &Arc<str>) -> Vec<i64> {
    let mut amounts = vec![0_i64; program.units.len()];
    for outcome in step.outcomes.iter().filter(|outcome| outcome.comes_of(event) && outcome.member == *member) {
        if let What::Posted { unit, from, to, amount, .. } = &outcome.what
            && let Some(sum) = amounts.get_mut(unit.0 as usize)
        {
            *sum += match (from.is_own(), to.is_own()) {
                (false, true) => *amount,
                (true, false) => -*amount,
                _ => 0,
            };
        }
    }
    amounts
}
