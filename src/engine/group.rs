//! Members that are judged together: one, or all where the program has budgets or stock. A group keeps its events within the late
//! window, so that a late one can be judged at its own time and only the differences are posted (S3).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::value::Instant;

use super::driver::Engine;
use super::event::Event;
use super::naming::Aliases;
use super::outcome::{Outcome, TraceStep, What};
use super::pots::Pots;
use super::snapshot::Snapshot;
use super::state::State;

/// How many events are let go at least at once: it costs a copy of the members.
const ENOUGH_TO_SEAL: usize = 64;

/// Where outcomes go.
pub type Sink<'s> = &'s mut dyn FnMut(Outcome);

/// An event judged once more, with every step.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The member before the event.
    pub before: State,
    /// The event.
    pub event: Arc<Event>,
    /// What it brought.
    pub outcomes: Vec<Outcome>,
    /// The steps on the way, in order.
    pub steps: Vec<TraceStep>,
    /// Why it could not be judged, if so.
    pub fault: Option<String>,
}

/// A group of members with their recent events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Before the first event of the log.
    base: Snapshot,
    /// Events since, in the order in which they are judged.
    log: Vec<Arc<Event>>,
    /// After the last event of the log, and after the clock.
    pub now: Snapshot,
    /// Up to when the clock has moved.
    clock: Option<Instant>,
    /// Events that another text of the program has judged: kept so that they are recognised when they come again (S1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    past: Vec<Arc<Event>>,
}

impl Group {
    /// Judges events that are in order among themselves.
    /// Nothing will come before `horizon`, if there is one: returns events that were let go.
    pub fn submit(
        &mut self,
        engine: &Engine,
        events: Vec<Arc<Event>>,
        horizon: Option<Instant>,
        together: bool,
        out: &mut Vec<Outcome>,
    ) -> Vec<Arc<str>> {
        let mut let_go = Vec::new();
        let Some(first) = events.first() else { return let_go };
        let behind_log = self.log.last().is_none_or(|last| last.order(first).is_lt());
        if behind_log && self.clock.is_none_or(|clock| clock <= first.time) {
            for event in events {
                if horizon.is_some_and(|horizon| horizon <= event.time && self.is_behind(horizon)) {
                    let_go = self.rest_here();
                }
                self.log.push(event.clone());
                self.judge(engine, &event, together, out);
            }
            self.now.catch_up();
            return let_go;
        }
        self.correct(engine, events, together, out);
        let_go
    }

    /// Whether the whole log lies before a moment, and is long enough to be let go.
    fn is_behind(&self, horizon: Instant) -> bool {
        self.log.len() >= ENOUGH_TO_SEAL && self.log.last().is_some_and(|last| last.time < horizon)
    }

    /// Begins a new log here: nothing before this is judged again. Returns the events of the old one.
    fn rest_here(&mut self) -> Vec<Arc<str>> {
        self.base = self.now.clone();
        self.log.drain(..).map(|event| event.id.clone()).collect()
    }

    fn judge(&mut self, engine: &Engine, event: &Arc<Event>, together: bool, out: &mut Vec<Outcome>) {
        let begun = out.len();
        if self.now.judge(engine, event, together, out, None).is_err() {
            out.truncate(begun);
            self.take_care(engine, self.log.len() - 1, self.clock, together);
            let judged = self.now.judge(engine, event, together, out, None);
            debug_assert!(judged.is_ok(), "a careful snapshot reports what it cannot judge");
        }
    }

    /// Folds the first events of the log again, and from now on each step on its own: what cannot be judged leaves no trace but its report.
    fn take_care(&mut self, engine: &Engine, events: usize, clock: Option<Instant>, together: bool) {
        self.base.careful = true;
        let log = self.log.get(..events).unwrap_or(&self.log);
        self.now = fold(engine, &self.base, log, clock, together, &mut Vec::new());
    }

    /// Judges late events at their own time and posts the differences.
    fn correct(&mut self, engine: &Engine, events: Vec<Arc<Event>>, together: bool, out: &mut Vec<Outcome>) {
        let Some(late) = events.first().cloned() else { return };
        let keep = self.log.iter().take_while(|event| event.order(&late).is_lt()).count();
        let old: Vec<_> = self.log.split_off(keep);
        let start = fold(engine, &self.base, &self.log, None, together, &mut Vec::new());
        let mut before = Vec::new();
        fold(engine, &start, &old, self.clock, together, &mut before);
        let new: BTreeSet<Arc<str>> = events.iter().map(|event| event.id.clone()).collect();
        let mut merged: Vec<_> = old.into_iter().chain(events).collect();
        merged.sort_by(|a, b| a.order(b));
        let mut after = Vec::new();
        self.now = fold(engine, &start, &merged, self.clock, together, &mut after);
        self.log.extend(merged);
        out.extend(differences(before, after, &new, &late.id));
    }

    /// Moves the clock of all members.
    pub fn advance(&mut self, engine: &Engine, to: Instant, together: bool, out: &mut Vec<Outcome>) {
        if self.clock.is_some_and(|clock| clock >= to) {
            return;
        }
        let begun = out.len();
        if self.now.advance(engine, to, together, out).is_err() {
            out.truncate(begun);
            self.take_care(engine, self.log.len(), self.clock, together);
            let moved = self.now.advance(engine, to, together, out);
            debug_assert!(moved.is_ok(), "a careful snapshot reports what it cannot judge");
        }
        self.now.catch_up();
        self.clock = Some(to);
    }

    /// Lets events older than a moment go: nothing can come before them any more. Returns which, once there are enough to be worth it.
    pub fn seal(&mut self, engine: &Engine, before: Instant, together: bool) -> Vec<Arc<str>> {
        let sealed = self.log.iter().take_while(|event| event.time < before).count();
        if sealed * 2 < self.log.len() || sealed < ENOUGH_TO_SEAL {
            return Vec::new();
        }
        let rest = self.log.split_off(sealed);
        let log = std::mem::replace(&mut self.log, rest);
        self.base = fold(engine, &self.base, &log, None, together, &mut Vec::new());
        log.iter().map(|event| event.id.clone()).collect()
    }

    /// Judges an event of the log once more, with every step explained.
    pub fn explain(&self, engine: &Engine, event: &str, together: bool) -> Option<Explained> {
        let position = self.log.iter().position(|other| &*other.id == event)?;
        let event = self.log.get(position)?.clone();
        let mut at = fold(engine, &self.base, self.log.get(..position)?, None, together, &mut Vec::new());
        at.careful = true;
        at.advance_to_event(engine, &event, together, &mut Vec::new()).ok()?;
        at.catch_up();
        let before = at
            .members
            .get(&event.member)
            .map_or_else(|| engine.state(event.member.clone(), event.time), |state| State::clone(state));
        let mut explained =
            Explained { before, event: event.clone(), outcomes: Vec::new(), steps: Vec::new(), fault: None };
        at.judge(engine, &event, together, &mut explained.outcomes, Some(&mut explained.steps)).ok()?;
        explained.fault = explained.outcomes.iter().find_map(|outcome| match &outcome.what {
            What::Failed(reason) if outcome.event.as_ref() == Some(&event.id) => Some(reason.clone()),
            _ => None,
        });
        Some(explained)
    }

    /// Whether all that a member did can be judged again.
    pub fn is_open(&self, member: &str) -> bool {
        self.past.is_empty() && !self.base.members.contains_key(member)
    }

    /// Up to when the clock was moved.
    pub fn clock(&self) -> Option<Instant> {
        self.clock
    }

    /// Everything that was told of the events that can still be judged again.
    pub fn told(&self, engine: &Engine, together: bool) -> Vec<Outcome> {
        let mut told = Vec::new();
        fold(engine, &self.base, &self.log, self.clock, together, &mut told);
        told
    }

    /// A group of events in their order.
    pub fn of_log(
        engine: &Engine,
        log: Vec<Arc<Event>>,
        aliases: &Arc<Aliases>,
        clock: Option<Instant>,
        together: bool,
        out: &mut Vec<Outcome>,
    ) -> Self {
        let mut base = Snapshot::default();
        base.pots.aliases.clone_from(aliases);
        let now = fold(engine, &base, &log, clock, together, out);
        Self { base, log, now, clock, past: Vec::new() }
    }

    /// Lets who is known by which name be as it is now. What was judged stays, so nobody may be named in it who has become another.
    pub fn know(&mut self, aliases: &Arc<Aliases>) {
        if !Arc::ptr_eq(&self.now.pots.aliases, aliases) {
            self.base.pots.aliases.clone_from(aliases);
            self.now.pots.aliases.clone_from(aliases);
        }
    }

    /// Judges all events once more that can be judged again.
    pub fn judge_again(&mut self, engine: &Engine, together: bool, out: &mut Vec<Outcome>) {
        self.now = fold(engine, &self.base, &self.log, self.clock, together, out);
    }

    /// All events that are recognised when they come again.
    pub fn known(&self) -> impl Iterator<Item = &Arc<Event>> {
        self.past.iter().chain(&self.log)
    }

    /// The same without what is to be forgotten in events, and in members before the first of them.
    pub fn forgetting(&self, event: impl Fn(&Arc<Event>) -> Arc<Event>, state: impl Fn(&mut State, &mut Pots)) -> Self {
        let events = |events: &[Arc<Event>]| events.iter().map(&event).collect();
        let mut group = Self { log: events(&self.log), past: events(&self.past), ..self.clone() };
        let Snapshot { members, pots, .. } = &mut group.base;
        members.values_mut().for_each(|member| state(member, pots));
        group
    }

    /// The members before the log, and now.
    pub fn snapshots(&self) -> [&Snapshot; 2] {
        [&self.base, &self.now]
    }

    /// Events that can still be judged again.
    pub fn log(&self) -> &[Arc<Event>] {
        &self.log
    }

    /// Carries the members to another program; what came before can then no longer be judged again, only recognised.
    pub fn carry(
        &mut self,
        to: impl Fn(&State) -> State,
        pots: impl Fn(&Pots) -> Pots,
        recast: impl Fn(&Event) -> Option<Event>,
    ) {
        let known = self.past.iter().chain(&self.log);
        self.past = known.filter_map(|event| recast(event)).map(Arc::new).collect();
        for state in self.now.members.values_mut() {
            **state = to(state);
        }
        self.now.pots = pots(&self.now.pots);
        self.base = self.now.clone();
        self.log.clear();
    }

    /// Works out again when members are next due; for groups of many.
    pub fn reschedule(&mut self, engine: &Engine) {
        self.now.reschedule_all(engine);
        self.base = self.now.clone();
    }
}

/// Folds events over a snapshot, then moves the clock. Each step on its own where not all of them can be judged.
fn fold(
    engine: &Engine,
    from: &Snapshot,
    log: &[Arc<Event>],
    clock: Option<Instant>,
    together: bool,
    out: &mut Vec<Outcome>,
) -> Snapshot {
    let begun = out.len();
    let run = |at: &mut Snapshot, out: &mut Vec<Outcome>| {
        log.iter().try_for_each(|event| at.judge(engine, event, together, out, None))?;
        clock.map_or(Ok(()), |clock| at.advance(engine, clock, together, out))
    };
    let mut at = from.clone();
    if run(&mut at, out).is_err() {
        out.truncate(begun);
        at.clone_from(from);
        at.careful = true;
        let judged = run(&mut at, out);
        debug_assert!(judged.is_ok(), "a careful snapshot reports what it cannot judge");
    }
    at.catch_up();
    at
}

/// What differs between two histories: what no longer holds is reversed or withdrawn, what is new is posted; both name the late event.
pub(super) fn differences(
    before: Vec<Outcome>,
    after: Vec<Outcome>,
    new: &BTreeSet<Arc<str>>,
    late: &Arc<str>,
) -> Vec<Outcome> {
    let plain = |outcome: &Outcome| {
        let mut outcome = outcome.clone();
        if let What::Posted { lot, .. } = &mut outcome.what {
            *lot = None;
        }
        outcome
    };
    let mut remaining: Vec<Option<Outcome>> = after.into_iter().map(Some).collect();
    let mut index: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, outcome) in remaining.iter().flatten().enumerate() {
        index.entry(format!("{:?}", plain(outcome))).or_default().push(i);
    }
    let mut corrections = Vec::new();
    for outcome in before {
        let same = index.get_mut(&format!("{:?}", plain(&outcome))).filter(|found| !found.is_empty());
        if let Some(found) = same {
            let i = found.remove(0);
            if let Some(slot) = remaining.get_mut(i) {
                *slot = None;
            }
            continue;
        }
        let what = match outcome.what {
            What::Posted { unit, from, to, amount, lot, line } => {
                What::Posted { unit, from: to, to: from, amount, lot, line }
            }
            other => What::Withdrawn(Box::new(other)),
        };
        corrections.push(Outcome { what, corrects: Some(late.clone()), ..outcome });
    }
    for outcome in remaining.into_iter().flatten() {
        let own = outcome.event.as_ref().is_some_and(|event| new.contains(event));
        corrections.push(Outcome { corrects: if own { None } else { Some(late.clone()) }, ..outcome });
    }
    corrections
}
