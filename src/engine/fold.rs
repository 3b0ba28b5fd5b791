//! The fold over one member's events: what every part of the engine works on while one event is judged or the clock moves.

use std::cell::RefCell;
use std::sync::Arc;

use crate::hir::{MeasureId, OnRefund, Program, Read};
use crate::source::Span;
use crate::value::{Calendar, Exact, Instant, Value};

use super::brought::Brought;
use super::clock::Due;
use super::context::{Cx, Moment, TierView};
use super::event::Event;
use super::fact::Fact;
use super::fault::Fault;
use super::few::Few;
use super::judge::Judge;
use super::limit::Claims;
use super::outcome::{Cause, Outcome, Stage, TraceStep, What};
use super::pots::Pots;
use super::state::State;
use super::version::Version;

/// One member while something is judged.
pub struct Fold<'a> {
    /// The version in force.
    pub version: &'a Version,
    /// Its program.
    pub program: &'a Program,
    /// How expressions are computed.
    pub judge: &'a dyn Judge,
    /// The member's calendar.
    pub calendar: Calendar,
    /// The member.
    pub state: &'a mut State,
    /// What all members share.
    pub pots: &'a mut Pots,
    /// Where outcomes go.
    pub out: &'a mut Vec<Outcome>,
    /// Where steps are explained, if anybody asked.
    pub trace: Option<&'a mut Vec<TraceStep>>,
    /// The event at hand; `None` while the clock moves.
    pub event: Option<Arc<Event>>,
    /// The moment.
    pub at: Moment,
    /// Tiers held when the event arrived, by ladder.
    pub before: Vec<u32>,
    /// What just expired, in steps.
    pub expired: i64,
    /// Measures that somebody waits for, as they were before anything changed.
    pub prior: Vec<(MeasureId, Exact)>,
    /// Where what a crossing or a rise brings is collected.
    pub collecting: Option<Brought>,
    /// The rule that brings something just now.
    pub bringer: Option<Bringer>,
    /// The fact that awards belong to: the position of the event's own.
    pub fact: Option<usize>,
    /// What rules and automatic rewards have used of limits per event.
    pub within: Claims,
    /// The event's own fact while it is not yet certain that the event is granted.
    pub draft: Option<Fact>,
    /// How many letters the event, or the step of the clock, has sent.
    pub letters: u32,
    /// How many entries of draws are at hand, each won by the one before.
    pub won: usize,
    /// The step of the clock at hand.
    pub step: Option<Due>,
    /// Whether what cannot be judged is undone and reported, rather than left to the caller.
    pub careful: bool,
    /// Whether only the bare step of the clock happens, and nothing follows from it.
    pub barely: bool,
}

/// A member before something that may fail.
pub struct Kept {
    state: State,
    pots: Pots,
    outcomes: usize,
    steps: usize,
}

/// A rule that brings something.
#[derive(Clone, Copy)]
pub struct Bringer {
    /// The rule.
    pub cause: Cause,
    /// The line of the event.
    pub line: Option<u32>,
    /// Whether it has turns, rests or uses up activations.
    pub takes_turns: bool,
    /// Whether what it brings stays whatever comes back.
    pub keeps: bool,
}

/// What of the event an expression sees.
#[derive(Clone, Copy, Default)]
pub struct View<'v> {
    /// Fields other than those of the event at hand.
    pub fields: Option<&'v [Value]>,
    /// The line.
    pub line: &'v [Value],
    /// The fields of the event that opened the challenge at hand.
    pub opened: Option<&'v [Value]>,
    /// The number of the line in its list.
    pub number: Option<u32>,
    /// Tiers other than the held ones.
    pub tiers: Option<&'v [u32]>,
    /// Another moment.
    pub at: Option<Moment>,
    /// Where reads are noted.
    pub seen: Option<&'v RefCell<Vec<(Read, Value)>>>,
    /// Reads of before.
    pub replay: &'v [(Read, Value)],
    /// When the window of the challenge at hand opened.
    pub since: Option<Instant>,
    /// When it is over.
    pub ends: Option<Instant>,
}

impl View<'_> {
    /// What was read, where what it led to may be judged again.
    pub fn seen_for(&self, on_refund: OnRefund) -> Few<(Read, Value)> {
        let seen = self.seen.filter(|_| on_refund == OnRefund::Rejudge);
        seen.map_or_else(Few::default, |seen| seen.borrow().clone().into())
    }
}

impl<'a> Fold<'a> {
    /// What an expression can see through `view`.
    pub fn cx<'c>(&'c self, view: View<'c>) -> Cx<'c> {
        let own = self.event.as_deref().map_or(&[] as &[Value], |event| &event.fields);
        Cx {
            program: self.program,
            judge: self.judge,
            state: self.state,
            pots: Some(self.pots),
            calendar: &self.calendar,
            fields: view.fields.unwrap_or(own),
            line: view.line,
            opened: view.opened.unwrap_or(&[]),
            at: view.at.unwrap_or(self.at),
            tiers: TierView { current: view.tiers.unwrap_or(&[]), before: &self.before },
            expired: self.expired,
            seen: view.seen,
            replay: view.replay,
            since: view.since,
            from: None,
            witness: None,
        }
    }

    /// One member at the moment up to which its clock has come.
    pub fn new(version: &'a Version, state: &'a mut State, pots: &'a mut Pots, out: &'a mut Vec<Outcome>) -> Self {
        let calendar = version.calendar_of(state);
        let today = calendar.zone.day_of(state.clock);
        Fold {
            version,
            program: &version.program,
            judge: &*version.judge,
            at: Moment { now: state.clock, today, before: None },
            calendar,
            before: state.ladders.iter().map(|held| held.tier).collect(),
            state,
            pots,
            out,
            trace: None,
            event: None,
            expired: 0,
            prior: Vec::new(),
            collecting: None,
            fact: None,
            within: Claims::default(),
            draft: None,
            letters: 0,
            won: 0,
            step: None,
            careful: false,
            barely: false,
            bringer: None,
        }
    }

    /// Does something as a whole or not at all. Where it cannot be done, a careful fold undoes it and gives the fault for a report; else the
    /// fault is the caller's, who discards the state.
    pub fn attempt(&mut self, act: impl FnOnce(&mut Self) -> Result<(), Fault>) -> Result<Option<Fault>, Fault> {
        let kept = self.careful.then(|| Kept {
            state: self.state.clone(),
            pots: self.pots.clone(),
            outcomes: self.out.len(),
            steps: self.trace.as_ref().map_or(0, |trace| trace.len()),
        });
        match (act(self), kept) {
            (Ok(()), _) => Ok(None),
            (Err(fault), Some(kept)) => {
                self.restore(kept);
                Ok(Some(fault))
            }
            (Err(fault), None) => Err(fault),
        }
    }

    fn restore(&mut self, kept: Kept) {
        *self.state = kept.state;
        *self.pots = kept.pots;
        self.out.truncate(kept.outcomes);
        if let Some(trace) = self.trace.as_deref_mut() {
            trace.truncate(kept.steps);
        }
        self.calendar = self.version.calendar_of(self.state);
        self.event = None;
        self.expired = 0;
        self.prior.clear();
        self.collecting = None;
        self.fact = None;
        self.within = Claims::default();
        self.draft = None;
    }

    /// The fact of the event at hand.
    pub fn own_fact(&mut self) -> Option<&mut Fact> {
        match &mut self.draft {
            Some(draft) => Some(draft),
            None => self.fact.and_then(|i| self.state.facts.get_mut(i)),
        }
    }

    /// Moves to a moment.
    pub fn go_to(&mut self, now: Instant) {
        self.at = self.moment(now);
    }

    /// A moment with its local day.
    pub fn moment(&self, now: Instant) -> Moment {
        Moment { now, today: self.calendar.zone.day_of(now), before: None }
    }

    /// Notes an outcome.
    pub fn emit(&mut self, cause: Cause, what: What) {
        self.out.push(Outcome {
            member: self.state.member.clone(),
            time: self.at.now,
            event: self.event.as_ref().map(|event| event.id.clone()),
            version: self.state.version,
            cause,
            what,
            corrects: None,
        });
    }

    /// Whether somebody wants explanations.
    pub fn tracing(&self) -> bool {
        self.trace.is_some()
    }

    /// Notes a step of the pipeline, if anybody asked.
    pub fn explain(
        &mut self,
        cause: Cause,
        span: Span,
        stage: Stage,
        line: Option<u32>,
        passed: bool,
        result: impl FnOnce() -> String,
    ) {
        if let Some(trace) = self.trace.as_deref_mut() {
            let step = TraceStep { cause, span, stage, line, result: result(), passed };
            // What is judged in rounds is told once; what is given several times is given several times.
            if stage == Stage::Post || !trace.contains(&step) {
                trace.push(step);
            }
        }
    }
}
