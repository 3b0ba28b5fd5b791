//! Opens challenges, and closes those whose opening is gone.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::hir::{Challenge, ChallengeId, ChallengeStage, EventKind, Frame, RewardRefunds};
use crate::value::{Exact, Instant, Value};

use super::Instance;
use crate::engine::brought::Brought;
use crate::engine::event::Event;
use crate::engine::fact::Fact;
use crate::engine::fault::Fault;
use crate::engine::fold::{Fold, View};
use crate::engine::outcome::{Cause, What};

impl Fold<'_> {
    /// Challenges that the event at hand opens.
    pub fn open_challenges(&mut self, event: &Arc<Event>) -> Result<(), Fault> {
        for (id, challenge) in self.program.challenges.pairs() {
            let Frame::From { event: opening, filter, .. } = &challenge.frame else { continue };
            let opens = match opening {
                Some(kind) => *kind == event.kind,
                None => {
                    Some(event.kind) == EventKind::Activate.id() && self.text("offer").as_ref() == Some(&challenge.name)
                }
            };
            if !opens
                || !filter.as_ref().map_or(Ok(true), |filter| self.judge.truth(filter, &self.cx(View::default())))?
            {
                continue;
            }
            let place = self.state.judged.saturating_sub(1);
            let by = Some((event.id.clone(), place));
            let fields = if opening.is_some() { event.fields.clone() } else { Arc::from([]) };
            self.open_challenge(id, challenge, self.at.now, by, fields)?;
        }
        Ok(())
    }

    /// A rule opens a challenge for the member, as an activation would.
    pub fn open_by_rule(&mut self, cause: Cause, id: ChallengeId) -> Result<(), Fault> {
        if let Some(reason) = self.bars_activation(id)? {
            self.emit(cause, What::Unreached(reason));
            return Ok(());
        }
        let place = self.state.judged.saturating_sub(1);
        let by = self.event.as_ref().map(|event| (event.id.clone(), place));
        self.open_challenge(id, self.program.challenges.at(id), self.at.now, by, Arc::from([]))
    }

    fn open_challenge(
        &mut self,
        id: ChallengeId,
        challenge: &Challenge,
        opened: Instant,
        by: Option<(Arc<str>, u64)>,
        fields: Arc<[Value]>,
    ) -> Result<(), Fault> {
        let view = View { opened: Some(&fields), since: Some(opened), ..View::default() };
        for condition in &challenge.only {
            if !self.judge.truth(condition, &self.cx(view))? {
                return Ok(());
            }
        }
        let until = self.challenge_end(challenge, view)?;
        let targets = challenge.goals.iter().map(|goal| self.judge.exact(&goal.threshold, &self.cx(view)));
        let targets = targets.collect::<Result<Vec<_>, _>>()?;
        let running = self.state.challenges.at_mut(id);
        running.opened += 1;
        let number = running.opened;
        let instance = Instance {
            number,
            opened,
            until,
            hangs_on: None,
            team: None,
            by,
            fields,
            targets,
            milestones: Vec::new(),
            reached: BTreeMap::new(),
            completed: None,
            claimable: None,
            brought: Brought::default(),
        };
        running.open.push(instance);
        if matches!(challenge.frame, Frame::From { .. }) || challenge.activation {
            self.tell(id, number, ChallengeStage::Opened, Exact::ZERO, None);
        }
        Ok(())
    }

    /// Until before when events count that is opened now.
    fn challenge_end(&self, challenge: &Challenge, view: View<'_>) -> Result<Instant, Fault> {
        let zone = &self.calendar.zone;
        Ok(match &challenge.frame {
            Frame::Ever => Instant::LAST,
            Frame::Days(_, last) => zone.start_of(last.plus_days(1).ok_or(Fault::Calendar)?),
            Frame::Each(kind) => zone.start_of(self.this_period(*kind).end),
            Frame::From { length, inclusive, .. } => {
                let Value::Span(span) = self.judge.value(length, &self.cx(view))? else { return Err(Fault::Type) };
                let end = span.after(self.at.now, zone).ok_or(Fault::Calendar)?;
                if *inclusive { end.plus_millis(1).ok_or(Fault::Calendar)? } else { end }
            }
        })
    }

    /// A challenge of a calendar begins with the first thing that happens in its time, but for what only takes back.
    pub(super) fn open_periodic(&mut self, id: ChallengeId, challenge: &Challenge) -> Result<bool, Fault> {
        let zone = &self.calendar.zone;
        let start = match &challenge.frame {
            Frame::Ever => Instant::FIRST,
            Frame::Days(first, last) if (*first..=*last).contains(&self.at.today) => zone.start_of(*first),
            Frame::Each(kind) => zone.start_of(self.this_period(*kind).start),
            _ => return Ok(false),
        };
        if self.state.joined.is_none() || self.state.left || self.takes_back(challenge) {
            return Ok(false);
        }
        let start = match challenge.activation.then(|| self.state.activations.get(&challenge.name)) {
            Some(Some(activated)) => start.max(*activated),
            Some(None) => return Ok(false),
            None => start,
        };
        // Times of a calendar do not overlap: what runs is of this one, whenever it was begun.
        if self.state.challenges.at(id).open.iter().any(|instance| instance.until > self.at.now) {
            return Ok(false);
        }
        self.open_challenge(id, challenge, start, None, Arc::from([]))?;
        if !challenge.only.is_empty()
            && let Some(event) = self.event.as_ref().map(|event| event.id.clone())
            && let Some(newest) =
                self.state.challenges.at_mut(id).open.last_mut().filter(|newest| newest.opened == start)
        {
            newest.hangs_on = Some(event);
        }
        Ok(self.state.challenges.at(id).open.iter().any(|instance| instance.until > self.at.now))
    }

    /// Whether the event at hand only takes back what others brought: a reversal that nobody counts, or a letter that recalls another.
    fn takes_back(&self, challenge: &Challenge) -> bool {
        let reverses = |event: &Arc<Event>| {
            self.program.events.at(event.kind).reversal.is_some() && !challenge.listens.contains(&event.kind)
        };
        self.event.as_ref().is_some_and(|event| self.fact.is_none() || reverses(event))
    }

    /// Challenges that an event opened which is gone are over; what they brought is taken back unless it is kept.
    pub fn close_opened_by(&mut self, event: &Arc<str>) -> Result<(), Fault> {
        for (id, challenge) in self.program.challenges.pairs() {
            let opened = |instance: &mut Instance| instance.by.as_ref().is_some_and(|(by, _)| by == event);
            let running = self.state.challenges.at_mut(id);
            let mut closed: Vec<Instance> = running.open.extract_if(.., opened).collect();
            closed.extend(running.past.extract_if(.., opened));
            for instance in &mut closed {
                self.revoke_instance(id, challenge, instance)?;
            }
        }
        Ok(())
    }

    /// Challenges of the calendar that were open to the member with an event which is gone, and would not be without it, are over too.
    pub fn close_unfounded(&mut self) -> Result<(), Fault> {
        for (id, challenge) in self.program.challenges.pairs().filter(|(_, challenge)| !challenge.only.is_empty()) {
            let running = self.state.challenges.at(id);
            let hanging = running.open.iter().chain(&running.past).filter(|instance| instance.hangs_on.is_some());
            for instance in hanging.cloned().collect::<Vec<_>>() {
                let gone = |fact: &&Fact| fact.gone && Some(&fact.event.id) == instance.hangs_on.as_ref();
                let Some(place) = self.state.facts.iter().rev().find(gone).map(|fact| fact.place) else { continue };
                let later = self.opened_later(challenge, &instance, place)?;
                // What was kept is not to come a second time.
                let kept = challenge.refunds == RewardRefunds::Keep && instance.has_brought();
                if kept || later.is_some() {
                    let running = self.state.challenges.at_mut(id);
                    let mut all = running.open.iter_mut().chain(&mut running.past);
                    if let Some(slot) = all.find(|other| other.number == instance.number) {
                        slot.hangs_on = later;
                    }
                    continue;
                }
                let one = |other: &mut Instance| other.number == instance.number;
                let running = self.state.challenges.at_mut(id);
                let mut closed: Vec<Instance> = running.open.extract_if(.., one).collect();
                closed.extend(running.past.extract_if(.., one));
                for instance in &mut closed {
                    self.leave_shared(id, challenge, instance)?;
                    self.revoke_instance(id, challenge, instance)?;
                }
            }
        }
        Ok(())
    }

    /// The first event after a place in the member's history at which a challenge was open to the member too, by what counts for it now.
    fn opened_later(&self, challenge: &Challenge, instance: &Instance, place: u64) -> Result<Option<Arc<str>>, Fault> {
        for fact in self.state.facts_from(instance.opened).filter(|fact| fact.place > place && !fact.gone) {
            if !instance.runs(fact.event.time) || self.program.events.at(fact.event.kind).reversal.is_some() {
                continue;
            }
            let cx = self.cx(View { at: Some(self.moment(fact.event.time)), ..View::default() });
            let mut only = challenge.only.iter().map(|condition| self.judge.truth(condition, &cx));
            if only.try_fold(true, |open, holds| Ok::<_, Fault>(open && holds?))? {
                return Ok(Some(fact.event.id.clone()));
            }
        }
        Ok(None)
    }

    /// Takes back what an instance brought whose opening is gone, milestones included.
    fn revoke_instance(
        &mut self,
        id: ChallengeId,
        challenge: &Challenge,
        instance: &mut Instance,
    ) -> Result<(), Fault> {
        if challenge.refunds == RewardRefunds::Keep {
            return Ok(());
        }
        for (_, brought) in &mut instance.milestones {
            if self.may_take_back(challenge, brought) {
                self.revoke(brought)?;
            }
        }
        if instance.completed.is_some() && self.may_take_back(challenge, &instance.brought) {
            self.revoke(&mut instance.brought)?;
            self.state.challenges.at_mut(id).completed -= 1;
            self.tell(id, instance.number, ChallengeStage::Undone, Exact::ZERO, instance.targets.first().copied());
        }
        Ok(())
    }

    /// Why a member cannot begin a challenge by activating it.
    pub fn bars_activation(&self, challenge: ChallengeId) -> Result<Option<String>, Fault> {
        let (running, now) = (self.state.challenges.at(challenge), self.at.now);
        let challenge = self.program.challenges.at(challenge);
        let calendar = !matches!(challenge.frame, Frame::From { .. });
        let runs = |instance: &Instance| instance.until > now && (calendar || instance.completed.is_none());
        if running.open.iter().any(runs) {
            return Ok(Some(format!("`{}` runs already", challenge.name)));
        }
        for condition in &challenge.only {
            if !self.judge.truth(condition, &self.cx(View::default()))? {
                return Ok(Some(format!("`{}` is not open for this member now", challenge.name)));
            }
        }
        Ok(None)
    }
}
