//! Judges one event of one member.

use std::sync::Arc;

use crate::hir::{EventKind, Pending, Program};
use crate::value::Value;

use super::event::Event;
use super::fact::Fact;
use super::fault::Fault;
use super::fold::Fold;
use super::limit::Claims;
use super::outcome::{Cause, What};
use super::redeem::Answer;
use super::reversal::Undoing;

/// What became of an event.
enum Verdict {
    /// It took effect.
    Done,
    /// It asked for what it cannot have.
    Refused(String),
    /// It could not be judged, and that was known before anything changed.
    Failed(Fault),
}

impl Fold<'_> {
    /// Judges an event at the moment up to which everything has happened: its own effects, then what follows from them.
    pub fn judge(&mut self, event: &Arc<Event>) -> Result<(), Fault> {
        if let Some(fault) = self.attempt(|fold| fold.judge_now(event))? {
            self.go_to(event.time);
            self.event = Some(event.clone());
            self.emit(Cause::Event, What::Failed(fault.to_string()));
            self.event = None;
        }
        Ok(())
    }

    /// Judges an event where what cannot be judged is the caller's to report.
    pub fn judge_now(&mut self, event: &Arc<Event>) -> Result<(), Fault> {
        let event = &self.naming_as_known(event);
        self.go_to(event.time);
        self.letters = 0;
        self.open_funds();
        self.event = Some(event.clone());
        self.within = Claims::default();
        self.before = self.tiers();
        let kind = self.program.events.at(event.kind).kind;
        let joined = self.state.joined;
        let verdict = match self.admit(kind) {
            Ok(()) => self.take_in(kind, event)?,
            Err(reason) => Verdict::Refused(reason),
        };
        self.draft = None;
        if !matches!(verdict, Verdict::Done) {
            self.state.joined = joined;
            if joined.is_none() {
                self.list(false);
            }
        }
        match verdict {
            Verdict::Done => {}
            Verdict::Refused(reason) => self.emit(Cause::Event, What::Refused(reason)),
            Verdict::Failed(fault) => self.emit(Cause::Event, What::Failed(fault.to_string())),
        }
        self.event = None;
        Ok(())
    }

    /// Lists the member among those who can be written to, or no longer.
    fn list(&mut self, listed: bool) {
        if listed && self.program.meets {
            self.pots.members.insert(self.state.member.clone());
        } else {
            self.pots.members.remove(&self.state.member);
        }
    }

    /// The member is there from now on.
    pub fn join(&mut self) {
        self.state.joined = Some(self.at.now);
        self.list(true);
    }

    /// Whether the member may have events of this kind at all.
    fn admit(&mut self, kind: EventKind) -> Answer {
        if self.state.joined.is_none() && kind != EventKind::Join {
            if self.program.settings.join_required {
                return Err("the member has not joined".into());
            }
            self.join();
        }
        if self.state.left && !matches!(kind, EventKind::Join | EventKind::Erase) {
            return Err("the member has left".into());
        }
        Ok(())
    }

    fn take_in(&mut self, kind: EventKind, event: &Arc<Event>) -> Result<Verdict, Fault> {
        let program = self.program;
        let def = program.events.at(event.kind);
        self.note_prior(None)?;
        match kind {
            EventKind::Join => {
                self.state.joined = self.state.joined.or(Some(self.at.now));
                self.state.left = false;
                self.list(true);
                self.set_attributes(event);
            }
            EventKind::Update => self.set_attributes(event),
            EventKind::Leave => {
                self.state.left = true;
                self.leave_groups();
                self.leave_draws()?;
                self.list(false);
            }
            EventKind::Activate => return self.granted(event, Self::activate),
            EventKind::Adjust => return self.granted(event, Self::adjust),
            EventKind::Redeem => return self.granted(event, Self::redeem),
            EventKind::Use => return self.granted(event, Self::use_voucher),
            EventKind::Choose => return self.granted(event, Self::choose),
            EventKind::Birthday | EventKind::Anniversary | EventKind::Receive | EventKind::Referral => {
                return Ok(Verdict::Refused("this event cannot be sent".into()));
            }
            EventKind::Claim => return self.granted(event, Self::claim_challenge),
            EventKind::Transfer => return self.granted(event, Self::transfer),
            EventKind::Enroll => return self.granted(event, Self::enroll),
            EventKind::Withdraw => return self.granted(event, Self::withdraw),
            EventKind::Erase => {
                self.state.left = true;
                self.leave_groups();
                self.list(false);
                self.state.forget_person(self.program, self.pots);
            }
            EventKind::Exchange => return self.granted(event, Self::exchange),
            EventKind::Donate => return self.granted(event, Self::donate),
            EventKind::Vote => return self.granted(event, Self::vote),
            EventKind::Merge | EventKind::Unmerge | EventKind::Declared => {}
        }
        let undoing = match def.reversal.as_ref().map(|reversal| self.undoing(reversal, event)).transpose() {
            Ok(undoing) => undoing,
            Err(fault) => return Ok(Verdict::Failed(fault)),
        };
        if let Some(fields) = undoing.as_ref().and_then(|undoing| undoing.cut.clone()) {
            // What takes effect is what everything that follows sees.
            self.event = Some(Arc::new(Event { fields, ..(**event).clone() }));
        }
        self.record(undoing, |_| Ok(()))?;
        Ok(Verdict::Done)
    }

    /// Judges what the member asks for first; only what is granted is recorded.
    fn granted(&mut self, event: &Arc<Event>, ask: fn(&mut Self) -> Result<Answer, Fault>) -> Result<Verdict, Fault> {
        self.draft = Some(Fact::new(event.clone(), self.state.judged));
        match ask(self) {
            Ok(Ok(())) => {
                self.record(None, |_| Ok(()))?;
                Ok(Verdict::Done)
            }
            Ok(Err(reason)) => Ok(Verdict::Refused(reason)),
            Err(fault @ Fault::Unknown { .. }) => Ok(Verdict::Failed(fault)),
            Err(fault) => Err(fault),
        }
    }

    fn set_attributes(&mut self, event: &Event) {
        let zone = self.program.settings.zone_of_member;
        let before = zone.and_then(|id| self.state.attributes.get(id)).cloned();
        let def = self.program.events.at(event.kind);
        for (id, attribute) in self.program.attributes.pairs() {
            let field = def.fields.find(|field| field.name == attribute.name);
            let value = field.and_then(|field| event.fields.get(field.0 as usize));
            if let Some(value) = value.filter(|value| **value != Value::Missing && id != Program::MEMBER_ID)
                && self.may_name(id, value)
            {
                *self.state.attributes.at_mut(id) = value.clone();
            }
        }
        if zone.and_then(|id| self.state.attributes.get(id)).cloned() != before {
            self.calendar = self.version.calendar_of(self.state);
            self.go_to(event.time);
            self.state.distrust_gauges();
        }
    }

    /// Judges an event of the clock, which nobody can refuse.
    pub fn judge_recorded(&mut self) -> Result<(), Fault> {
        self.before = self.tiers();
        self.note_prior(None)?;
        self.record(None, |_| Ok(()))
    }

    /// Records the event at hand, so that measures see it, and lets everything follow: reversal, what it brings by itself, earns, rules,
    /// tiers.
    pub fn record(
        &mut self,
        undoing: Option<Undoing>,
        bring: impl FnOnce(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let Some(event) = self.event.clone() else { return Ok(()) };
        let place = self.state.judged;
        let fact = self.draft.take().unwrap_or_else(|| Fact::new(event.clone(), place));
        self.fact = Some(self.state.facts.len());
        self.state.facts.push(fact);
        self.state.judged += 1;
        if self.program.events.at(event.kind).kind == EventKind::Redeem && self.text("order").is_some() {
            self.state.orders = self.state.orders.saturating_add(1);
        }
        self.note_last_fact()?;
        self.count_sales(event.kind, &[], &event.fields)?;
        if let (Some(undoing), Some(reversal)) = (undoing, &self.program.events.at(event.kind).reversal) {
            self.undo(undoing, reversal, &event)?;
        }
        bring(self)?;
        let met = self.earn()?;
        self.event_rules(&met)?;
        self.referrals()?;
        self.open_challenges(&event)?;
        self.release_awaited(&event)?;
        self.settle()?;
        *self.state.last.at_mut(event.kind) = Some(event.time);
        self.fact = None;
        Ok(())
    }

    /// Lots that wait for such an event become available.
    fn release_awaited(&mut self, event: &Event) -> Result<(), Fault> {
        if !self.version.listeners.awaited.contains(&event.kind) {
            return Ok(());
        }
        let program = self.program;
        let units = program.units.pairs().flat_map(|(id, unit)| unit.pending.iter().map(move |case| (id, &case.1)));
        let earns = program.earns.iter().filter_map(|earn| earn.pending.as_ref().map(|pending| (earn.unit, pending)));
        let earns = earns.flat_map(|(unit, cases)| cases.iter().map(move |case| (unit, &case.1)));
        for (unit, pending) in units.chain(earns) {
            if let Pending::Until { event: kind, key } = pending
                && *kind == event.kind
            {
                let value = |id: &crate::hir::FieldId| event.fields.get(id.0 as usize).cloned().unwrap_or_default();
                let name = Value::Text(program.events.at(event.kind).name.clone());
                let values: Vec<Value> = std::iter::once(name).chain(key.iter().map(value)).collect();
                self.release(unit, Some(&values))?;
            }
        }
        Ok(())
    }
}
