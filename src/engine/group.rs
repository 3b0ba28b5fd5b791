//! Members that are judged together: one, or all where the program has budgets or stock. A group keeps its events within the late
//! window, so that a late one can be judged at its own time and only the differences are posted (S3).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::value::Instant;

use super::driver::Engine;
use super::event::Event;
use super::outcome::{Cause, Outcome, TraceStep, What};
use super::pots::Pots;
use super::state::State;

/// How many events are sealed at least at once: each costs one more judgement.
const ENOUGH_TO_SEAL: usize = 64;

/// Where outcomes go.
pub type Sink<'s> = &'s mut dyn FnMut(Outcome);

/// Members and shared pots at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Members by identifier.
    pub members: BTreeMap<Arc<str>, State>,
    /// Shared pots.
    pub pots: Pots,
    /// When something is next due; kept for groups of many.
    due: BTreeSet<(Instant, Arc<str>)>,
    /// The same by member.
    due_of: BTreeMap<Arc<str>, Instant>,
}

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
    /// Events that cannot be judged where they stand: they leave no trace but their failure.
    failed: BTreeSet<Arc<str>>,
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
    pub fn submit(&mut self, engine: &Engine, events: Vec<Arc<Event>>, together: bool, sink: Sink<'_>) {
        let Some(first) = events.first() else { return };
        let behind_log = self.log.last().is_none_or(|last| last.order(first).is_lt());
        if behind_log && self.clock.is_none_or(|clock| clock <= first.time) {
            for event in events {
                self.log.push(event.clone());
                self.judge(engine, &event, together, sink);
            }
            return;
        }
        self.correct(engine, events, together, sink);
    }

    fn judge(&mut self, engine: &Engine, event: &Arc<Event>, together: bool, sink: Sink<'_>) {
        let mut out = Vec::new();
        if let Err(fault) = self.now.judge(engine, event, together, &mut out) {
            // Nothing of it takes effect: what it had begun is undone by folding again without it.
            self.failed.insert(event.id.clone());
            out.clear();
            let log: Vec<_> = self.log.iter().take_while(|other| other.id != event.id).cloned().collect();
            self.now = self.fold(engine, self.base.clone(), &log, together, &mut Vec::new());
            self.now.advance_member(engine, event, together, &mut out);
            out.push(failure(engine, event, &fault));
        }
        out.into_iter().for_each(sink);
    }

    /// Folds events over a snapshot; events that failed only move the clock.
    fn fold(
        &self,
        engine: &Engine,
        from: Snapshot,
        log: &[Arc<Event>],
        together: bool,
        out: &mut Vec<Outcome>,
    ) -> Snapshot {
        let mut at = from;
        for event in log {
            if self.failed.contains(&event.id) {
                at.advance_member(engine, event, together, out);
            } else if at.judge(engine, event, together, out).is_err() {
                // It failed where it stands now: known failures are folded again without it by the caller.
                at.advance_member(engine, event, together, out);
            }
        }
        at
    }

    /// Judges late events at their own time and posts the differences.
    fn correct(&mut self, engine: &Engine, events: Vec<Arc<Event>>, together: bool, sink: Sink<'_>) {
        let Some(late) = events.first().cloned() else { return };
        let keep = self.log.iter().take_while(|event| event.order(&late).is_lt()).count();
        let clock = self.clock;
        let old: Vec<_> = self.log.split_off(keep);
        let start = self.fold(engine, self.base.clone(), &self.log, together, &mut Vec::new());

        let mut before = Vec::new();
        let mut was = start.clone();
        for event in &old {
            if !self.failed.contains(&event.id) {
                was = self.fold(engine, was, std::slice::from_ref(event), together, &mut before);
                continue;
            }
            // It was told that it failed, and why.
            was.advance_member(engine, event, together, &mut before);
            if let Err(fault) = was.clone().judge(engine, event, together, &mut Vec::new()) {
                before.push(failure(engine, event, &fault));
            }
        }
        if let Some(clock) = clock {
            was.advance(engine, clock, together, &mut before);
        }
        let new: BTreeSet<Arc<str>> = events.iter().map(|event| event.id.clone()).collect();
        let mut merged: Vec<_> = old.into_iter().chain(events).collect();
        merged.sort_by(|a, b| a.order(b));
        for event in &merged {
            self.failed.remove(&event.id);
        }

        let mut after = Vec::new();
        self.now = start;
        self.clock = None;
        for event in merged {
            self.log.push(event.clone());
            self.judge(engine, &event, together, &mut |outcome| after.push(outcome));
        }
        if let Some(clock) = clock {
            self.advance(engine, clock, together, &mut |outcome| after.push(outcome));
        }
        for correction in differences(before, after, &new, &late.id) {
            sink(correction);
        }
    }

    /// Moves the clock of all members.
    pub fn advance(&mut self, engine: &Engine, to: Instant, together: bool, sink: Sink<'_>) {
        if self.clock.is_some_and(|clock| clock >= to) {
            return;
        }
        let mut out = Vec::new();
        self.now.advance(engine, to, together, &mut out);
        self.clock = Some(to);
        out.into_iter().for_each(sink);
    }

    /// Lets events older than a moment go: nothing can come before them any more. Returns which, once there are enough to be worth it.
    pub fn seal(&mut self, engine: &Engine, before: Instant, together: bool) -> Vec<Arc<str>> {
        let sealed = self.log.iter().take_while(|event| event.time < before).count();
        if sealed * 2 < self.log.len() || sealed < ENOUGH_TO_SEAL {
            return Vec::new();
        }
        let rest = self.log.split_off(sealed);
        let base = std::mem::take(&mut self.base);
        let log = std::mem::replace(&mut self.log, rest);
        self.base = self.fold(engine, base, &log, together, &mut Vec::new());
        for event in &log {
            self.failed.remove(&event.id);
        }
        log.iter().map(|event| event.id.clone()).collect()
    }

    /// Judges an event of the log once more, with every step explained.
    pub fn explain(&self, engine: &Engine, event: &str, together: bool) -> Option<Explained> {
        let position = self.log.iter().position(|other| &*other.id == event)?;
        let event = self.log.get(position)?.clone();
        let log: Vec<_> = self.log.iter().take(position).cloned().collect();
        let mut at = self.fold(engine, self.base.clone(), &log, together, &mut Vec::new());
        at.advance_member(engine, &event, together, &mut Vec::new());
        let state =
            at.members.entry(event.member.clone()).or_insert_with(|| engine.state(event.member.clone(), event.time));
        let mut explained = Explained {
            before: state.clone(),
            event: event.clone(),
            outcomes: Vec::new(),
            steps: Vec::new(),
            fault: None,
        };
        let judged = engine.judge(state, &mut at.pots, &event, &mut explained.outcomes, Some(&mut explained.steps));
        explained.fault = judged.err().map(|fault| fault.to_string());
        Some(explained)
    }

    /// All events that are recognised when they come again.
    pub fn known(&self) -> impl Iterator<Item = &Arc<Event>> {
        self.past.iter().chain(&self.log)
    }

    /// Events that can still be judged again.
    pub fn log(&self) -> &[Arc<Event>] {
        &self.log
    }

    /// Carries the members to another program; what came before can then no longer be judged again, only recognised.
    pub fn carry(&mut self, to: impl Fn(&State) -> State, recast: impl Fn(&Event) -> Option<Event>) {
        let known = self.past.iter().chain(&self.log);
        self.past = known.filter_map(|event| recast(event)).map(Arc::new).collect();
        for state in self.now.members.values_mut() {
            *state = to(state);
        }
        self.now.due.clear();
        self.now.due_of.clear();
        self.base = self.now.clone();
        self.log.clear();
        self.failed.clear();
    }

    /// Works out again when members are next due; for groups of many.
    pub fn reschedule(&mut self, engine: &Engine) {
        let members: Vec<Arc<str>> = self.now.members.keys().cloned().collect();
        for member in members {
            self.now.reschedule(engine, &member);
        }
    }
}

impl Snapshot {
    fn judge(
        &mut self,
        engine: &Engine,
        event: &Arc<Event>,
        together: bool,
        out: &mut Vec<Outcome>,
    ) -> Result<(), super::fault::Fault> {
        if together {
            self.advance(engine, event.time, together, out);
        }
        let state =
            self.members.entry(event.member.clone()).or_insert_with(|| engine.state(event.member.clone(), event.time));
        engine.judge(state, &mut self.pots, event, out, None)?;
        if together {
            self.reschedule(engine, &event.member);
        }
        Ok(())
    }

    fn advance_member(&mut self, engine: &Engine, event: &Event, together: bool, out: &mut Vec<Outcome>) {
        if together {
            return self.advance(engine, event.time, together, out);
        }
        if let Some(state) = self.members.get_mut(&event.member) {
            advance_or_stop(engine, state, &mut self.pots, event.time, out);
        }
    }

    /// Moves the clock of all members; where they share pots, in the order of what is due.
    pub fn advance(&mut self, engine: &Engine, to: Instant, together: bool, out: &mut Vec<Outcome>) {
        if together {
            while let Some((at, member)) = self.due.first().cloned()
                && at <= to
            {
                if let Some(state) = self.members.get_mut(&member) {
                    advance_or_stop(engine, state, &mut self.pots, at, out);
                }
                self.reschedule_after(engine, &member, at);
            }
        }
        for state in self.members.values_mut() {
            if together {
                state.clock = state.clock.max(to);
            } else {
                advance_or_stop(engine, state, &mut self.pots, to, out);
            }
        }
    }

    fn reschedule(&mut self, engine: &Engine, member: &Arc<str>) {
        self.reschedule_after(engine, member, Instant::FIRST);
    }

    fn reschedule_after(&mut self, engine: &Engine, member: &Arc<str>, after: Instant) {
        if let Some(at) = self.due_of.remove(member) {
            self.due.remove(&(at, member.clone()));
        }
        if let Some(state) = self.members.get_mut(member)
            && let Ok(Some(at)) = engine.due(state, &mut self.pots)
            && at > after
        {
            self.due.insert((at, member.clone()));
            self.due_of.insert(member.clone(), at);
        }
    }
}

/// What is told of an event that could not be judged.
fn failure(engine: &Engine, event: &Event, fault: &super::fault::Fault) -> Outcome {
    Outcome {
        member: event.member.clone(),
        time: event.time,
        event: Some(event.id.clone()),
        version: engine.version_at(event.time),
        cause: Cause::Event,
        what: What::Failed(fault.to_string()),
        corrects: None,
    }
}

/// Moves the clock of a member. What faults on the way (a number beyond all bounds) is reported, and the member stays where it stopped.
fn advance_or_stop(engine: &Engine, state: &mut State, pots: &mut Pots, to: Instant, out: &mut Vec<Outcome>) {
    if let Err(fault) = engine.advance(state, pots, to, out) {
        out.push(Outcome {
            member: state.member.clone(),
            time: to,
            event: None,
            version: state.version,
            cause: Cause::Event,
            what: What::Failed(fault.to_string()),
            corrects: None,
        });
    }
}

/// What differs between two histories: what no longer holds is reversed or withdrawn, what is new is posted; both name the late event.
fn differences(before: Vec<Outcome>, after: Vec<Outcome>, new: &BTreeSet<Arc<str>>, late: &Arc<str>) -> Vec<Outcome> {
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
