//! Members and what they share at one moment, and the order in which things happen to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::value::Instant;

use super::driver::{At, Engine};
use super::event::Event;
use super::fault::Fault;
use super::house::House;
use super::outcome::{Outcome, TraceStep};
use super::pots::Pots;
use super::schedule::Schedule;
use super::state::State;

/// Members and shared pots at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Members by identifier.
    pub members: BTreeMap<Arc<str>, Box<State>>,
    /// Shared pots.
    pub pots: Pots,
    /// When something is next due for each; kept for groups of many.
    #[serde(rename = "due_of")]
    due: Schedule,
    /// Up to when the clock has moved for those to whom nothing has happened since; none where all know. For groups of many, so that an
    /// event costs the same however many there are.
    #[serde(skip)]
    moved: Option<Instant>,
    /// Whether something could not be judged once, so that each step is now tried on its own.
    #[serde(skip)]
    pub careful: bool,
}

impl Snapshot {
    /// Judges an event and what it sends to others. A fault means that this snapshot is to be discarded; never where it is careful.
    pub fn judge(
        &mut self,
        engine: &Engine,
        event: &Arc<Event>,
        together: bool,
        out: &mut Vec<Outcome>,
        trace: Option<&mut Vec<TraceStep>>,
    ) -> Result<(), Fault> {
        if together {
            self.advance(engine, event.time, together, out)?;
        }
        self.at(engine, &event.member, event.time, out, |at| engine.judge(at, event, trace))?;
        if together {
            self.reschedule(engine, &event.member);
            self.deliver(engine, out)?;
        }
        Ok(())
    }

    /// Does something with a member, who is made where there is none yet.
    fn at(
        &mut self,
        engine: &Engine,
        member: &Arc<str>,
        time: Instant,
        out: &mut Vec<Outcome>,
        act: impl FnOnce(&mut At<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let state = self.members.entry(member.clone()).or_insert_with(|| Box::new(engine.state(member.clone(), time)));
        state.clock = self.moved.map_or(state.clock, |moved| state.clock.max(moved));
        act(&mut At { state, pots: &mut self.pots, out, careful: self.careful })
    }

    /// Delivers letters in the order in which they were sent, those that they cause behind them.
    fn deliver(&mut self, engine: &Engine, out: &mut Vec<Outcome>) -> Result<(), Fault> {
        while let Some(letter) = self.pots.mail.pop_front() {
            self.at(engine, &letter.to, letter.at, out, |at| engine.deliver(at, &letter))?;
            self.reschedule(engine, &letter.to);
        }
        Ok(())
    }

    /// Moves the clock of all members; where they meet, in the order of what is due.
    pub fn advance(
        &mut self,
        engine: &Engine,
        to: Instant,
        together: bool,
        out: &mut Vec<Outcome>,
    ) -> Result<(), Fault> {
        if !together {
            let (pots, careful) = (&mut self.pots, self.careful);
            return self
                .members
                .values_mut()
                .try_for_each(|state| engine.advance(&mut At { state, pots, out, careful }, to));
        }
        loop {
            let member = self.due.first().cloned().filter(|(at, _)| *at <= to);
            let house = self.house(engine, out).and_then(|house| house.next_due()).filter(|(at, _)| *at <= to);
            match (member, house) {
                // What is due for the program as a whole comes after what is due for its members.
                (Some((at, member)), house) if house.is_none_or(|(house, _)| at <= house) => {
                    self.at(engine, &member, at, out, |of| engine.advance(of, at))?;
                    self.reschedule_after(engine, &member, at);
                }
                (_, Some((at, due))) => {
                    if let Some(mut house) = self.house(engine, out) {
                        house.perform(at, due);
                    }
                }
                _ => break,
            }
            self.deliver(engine, out)?;
        }
        self.moved = self.moved.max(Some(to));
        Ok(())
    }

    /// Lets all members know up to when the clock has moved.
    pub fn catch_up(&mut self) {
        if let Some(to) = self.moved.take() {
            self.members.values_mut().for_each(|state| state.clock = state.clock.max(to));
        }
    }

    fn house<'h>(&'h mut self, engine: &'h Engine, out: &'h mut Vec<Outcome>) -> Option<House<'h>> {
        let version = engine.version(self.pots.version)?;
        Some(House { version, pots: &mut self.pots, out })
    }

    /// Moves the clock of those whom an event concerns.
    pub fn advance_to_event(
        &mut self,
        engine: &Engine,
        event: &Event,
        together: bool,
        out: &mut Vec<Outcome>,
    ) -> Result<(), Fault> {
        if together {
            return self.advance(engine, event.time, together, out);
        }
        self.at(engine, &event.member, event.time, out, |at| engine.advance(at, event.time))
    }

    /// Works out again when everybody is next due; for groups of many.
    pub fn reschedule_all(&mut self, engine: &Engine) {
        self.due.clear();
        let members: Vec<Arc<str>> = self.members.keys().cloned().collect();
        members.iter().for_each(|member| self.reschedule(engine, member));
    }

    fn reschedule(&mut self, engine: &Engine, member: &Arc<str>) {
        self.reschedule_after(engine, member, Instant::FIRST);
    }

    fn reschedule_after(&mut self, engine: &Engine, member: &Arc<str>, after: Instant) {
        let pots = &mut self.pots;
        let at = self.members.get_mut(member).and_then(|state| engine.due(state, pots)).filter(|at| *at > after);
        self.due.set(member, at);
    }
}
