//! Judges and ends challenges.

use crate::hir::{Challenge, ChallengeId, ChallengeStage, EventKind, Frame, Progress, RewardRefunds, RuleId};
use crate::value::{Exact, Instant, Value};

use super::Instance;
use crate::engine::fault::Fault;
use crate::engine::fold::{Fold, View};
use crate::engine::outcome::{Cause, What};
use crate::engine::redeem::Answer;
use crate::engine::words;

impl Fold<'_> {
    /// Judges all challenges; returns whether any came further.
    pub fn challenges(&mut self) -> Result<bool, Fault> {
        let mut changed = false;
        for (id, challenge) in self.program.challenges.pairs() {
            // What was there before may complete at once what begins only now.
            let begins = self.open_periodic(id, challenge)?;
            if !begins && !self.concerns(challenge) {
                continue;
            }
            let numbers: Vec<u32> = self.state.challenges.at(id).open.iter().map(|instance| instance.number).collect();
            for number in numbers {
                changed |= self.judge_challenge(id, challenge, number)?;
            }
        }
        Ok(changed)
    }

    /// Whether what is judged now can have brought a challenge further.
    fn concerns(&self, challenge: &Challenge) -> bool {
        let measured = challenge.goals.iter().any(|goal| matches!(goal.of, Progress::Measured(_)));
        match &self.event {
            Some(event) => {
                let event_def = self.program.events.at(event.kind);
                measured
                    || challenge.listens.contains(&event.kind)
                    || event_def.reversal.is_some()
                    // Whoever has come into a team brings in what there is.
                    || challenge.shared.is_some() && event_def.kind != EventKind::Declared
            }
            None => measured,
        }
    }

    fn instance(&self, id: ChallengeId, number: u32) -> Option<&Instance> {
        self.state.challenges.at(id).open.iter().find(|instance| instance.number == number)
    }

    pub(super) fn instance_mut(&mut self, id: ChallengeId, number: u32) -> Option<&mut Instance> {
        self.state.challenges.at_mut(id).open.iter_mut().find(|instance| instance.number == number)
    }

    fn judge_challenge(&mut self, id: ChallengeId, challenge: &Challenge, number: u32) -> Result<bool, Fault> {
        let Some(mut instance) = self.instance(id, number).cloned() else { return Ok(false) };
        // What is brought in after all together have reached a goal counts for what is left of it.
        if instance.completed.is_some() && challenge.shared.is_none() || !instance.runs(self.at.now) {
            return Ok(false);
        }
        if instance.targets.len() != challenge.goals.len() {
            let view = View { opened: Some(&instance.fields), since: Some(instance.opened), ..View::default() };
            let targets = challenge.goals.iter().map(|goal| self.judge.exact(&goal.threshold, &self.cx(view)));
            instance.targets = targets.collect::<Result<_, _>>()?;
            if let Some(slot) = self.instance_mut(id, number) {
                slot.targets.clone_from(&instance.targets);
            }
        }
        if challenge.shared.is_some() {
            return self.judge_shared(id, challenge, &instance);
        }
        let mut reached = Vec::new();
        for goal in &challenge.goals {
            reached.push(self.cx(View::default()).progress(goal, &instance)?);
        }
        let first = reached.first().copied().unwrap_or_default();
        let changed = self.milestones(id, challenge, &instance, first)?;
        let done = is_done(challenge, &reached, &instance.targets);
        if done {
            self.complete_challenge(id, challenge, number, first)?;
        }
        Ok(changed || done)
    }

    fn milestones(
        &mut self,
        id: ChallengeId,
        challenge: &Challenge,
        instance: &Instance,
        progress: Exact,
    ) -> Result<bool, Fault> {
        let mut changed = false;
        for (which, _) in (0_u32..).zip(&challenge.milestones) {
            if self.milestone_at(challenge, instance, which)?.is_some_and(|at| progress >= at) {
                changed |= self.reach_milestone(id, instance.number, which, progress)?;
            }
        }
        Ok(changed)
    }

    /// What a milestone brings, once for each time of a challenge; returns whether it was reached only now.
    pub(super) fn reach_milestone(
        &mut self,
        id: ChallengeId,
        number: u32,
        which: u32,
        progress: Exact,
    ) -> Result<bool, Fault> {
        let Some(milestone) = self.program.challenges.at(id).milestones.get(which as usize) else { return Ok(false) };
        let Some(instance) = self.instance(id, number) else { return Ok(false) };
        if instance.milestones.iter().any(|(done, _)| *done == which) {
            return Ok(false);
        }
        let (fields, ends, target) = (instance.fields.clone(), instance.until, instance.targets.first().copied());
        self.tell(id, number, ChallengeStage::Milestone, progress, target);
        let view = View { opened: Some(&fields), ends: Some(ends), ..View::default() };
        let (_, brought) = self.collect(|fold| fold.fire(milestone.reward, view))?;
        let now = self.at.now;
        if let Some(slot) = self.instance_mut(id, number) {
            slot.milestones.push((which, brought));
            slot.reached.insert(which, now);
        }
        Ok(true)
    }

    pub(super) fn complete_challenge(
        &mut self,
        id: ChallengeId,
        challenge: &Challenge,
        number: u32,
        progress: Exact,
    ) -> Result<(), Fault> {
        let claimable = match challenge.claim {
            Some(within) => Some(self.end_after(self.at.now, within, None)?),
            None => None,
        };
        let now = self.at.now;
        self.state.challenges.at_mut(id).completed += 1;
        let Some(instance) = self.instance_mut(id, number) else { return Ok(()) };
        instance.completed = Some(now);
        instance.claimable = claimable;
        let target = instance.targets.first().copied();
        self.tell(id, number, ChallengeStage::Completed, progress, target);
        if claimable.is_none() {
            self.reward_challenge(id, challenge, number)?;
        }
        Ok(())
    }

    fn reward_challenge(&mut self, id: ChallengeId, challenge: &Challenge, number: u32) -> Result<(), Fault> {
        let Some(instance) = self.instance(id, number) else { return Ok(()) };
        let (fields, ends) = (instance.fields.clone(), Some(instance.until));
        let over = matches!(challenge.frame, Frame::From { .. });
        let view = View { opened: Some(&fields), ends, ..View::default() };
        let (_, brought) = self.collect(|fold| fold.fire(challenge.reward, view))?;
        let running = self.state.challenges.at_mut(id);
        if let Some(instance) = running.open.iter_mut().find(|instance| instance.number == number) {
            instance.claimable = None;
            instance.brought = brought;
        }
        // What cannot open again by itself need not be remembered.
        let keeps =
            challenge.refunds == RewardRefunds::Keep && self.program.rules.at(challenge.reward).decided.is_none();
        if over && keeps {
            running.open.retain(|instance| instance.number != number);
        }
        Ok(())
    }

    /// Judges a `claim` event.
    pub fn claim_challenge(&mut self) -> Result<Answer, Fault> {
        let name = self.text("offer").unwrap_or_default();
        let Some(id) = self.program.challenges.find(|challenge| challenge.name == name) else {
            let names = self.program.challenges.iter().map(|challenge| &*challenge.name);
            return Err(words::unknown(&name, "a challenge", names));
        };
        let now = self.at.now;
        let open = self.state.challenges.at(id).open.iter().filter(|i| i.claimable.is_some_and(|end| now < end));
        let Some((number, target)) = open.map(|i| (i.number, i.targets.first().copied())).next() else {
            return Ok(Err(format!("nothing of `{name}` waits to be claimed")));
        };
        self.tell(id, number, ChallengeStage::Claimed, target.unwrap_or_default(), target);
        self.reward_challenge(id, self.program.challenges.at(id), number)?;
        Ok(Ok(()))
    }

    /// When a challenge next ends or begins by itself.
    pub fn challenge_due(&self, id: ChallengeId) -> Option<Instant> {
        let running = self.state.challenges.get(id)?;
        let ends = running.open.iter().map(|instance| instance.claimable.unwrap_or(instance.until));
        let begins = match &self.program.challenges.at(id).frame {
            _ if self.state.joined.is_none() || self.state.left => None,
            Frame::Days(first, _) => Some(self.calendar.zone.start_of(*first)),
            Frame::Each(kind) => {
                let today = self.calendar.zone.day_of(self.state.clock);
                Some(self.calendar.zone.start_of(self.period(*kind, today).end))
            }
            Frame::Ever | Frame::From { .. } => None,
        };
        // What began with an event of its first moment is not to begin again.
        let begins = begins.filter(|at| *at > self.state.clock);
        ends.chain(begins).min().filter(|at| *at < Instant::LAST)
    }

    /// Lets times of a challenge end that are over.
    pub fn end_challenges(&mut self, id: ChallengeId) {
        let now = self.at.now;
        let keeps = self.program.challenges.at(id).refunds == RewardRefunds::Keep;
        let running = self.state.challenges.at_mut(id);
        let (over, open) = std::mem::take(&mut running.open)
            .into_iter()
            .partition(|instance| instance.claimable.unwrap_or(instance.until) <= now);
        running.open = open;
        let over: Vec<Instance> = over;
        for mut instance in over {
            let (number, target) = (instance.number, instance.targets.first().copied());
            if instance.claimable.take().is_some() {
                self.tell(id, number, ChallengeStage::Forfeited, target.unwrap_or_default(), target);
                // It was completed all the same: until its time is over no other begins, and then it can still be taken back.
                let running = self.state.challenges.at_mut(id);
                if instance.until > now {
                    running.open.push(instance);
                } else if !keeps {
                    running.past.push(instance);
                }
            } else if instance.completed.is_none() {
                let view = View { at: Some(self.moment(instance.last(now))), ..View::default() };
                let cx = self.cx(view);
                let challenge = self.program.challenges.at(id);
                let progress = challenge.goals.first().and_then(|goal| cx.progress(goal, &instance).ok());
                let progress = progress.unwrap_or_default();
                // Of a month in which nothing was done nothing is to be told.
                if progress > Exact::ZERO || instance.by.is_some() || challenge.activation {
                    self.tell(id, number, ChallengeStage::Ended, progress, target);
                }
                // What milestones have brought may still be taken back, and so may what all have reached with it.
                let challenge = self.program.challenges.at(id);
                if !keeps && (instance.has_brought() || self.has_part(id, challenge, &instance)) {
                    self.state.challenges.at_mut(id).past.push(instance);
                }
            } else if !keeps {
                self.state.challenges.at_mut(id).past.push(instance);
            }
        }
    }

    /// Where a milestone of an instance lies; none where the challenge no longer has it.
    pub(super) fn milestone_at(
        &self,
        challenge: &Challenge,
        instance: &Instance,
        which: u32,
    ) -> Result<Option<Exact>, Fault> {
        let Some(milestone) = challenge.milestones.get(which as usize) else { return Ok(None) };
        let view = View { opened: Some(&instance.fields), ..View::default() };
        let at = self.judge.exact(&milestone.at, &self.cx(view))?;
        let target = instance.targets.first().copied().unwrap_or_default();
        Ok(Some(if milestone.share { at.mul(target)? } else { at }))
    }

    /// Notes what became of a challenge.
    pub(super) fn tell(
        &mut self,
        id: ChallengeId,
        number: u32,
        stage: ChallengeStage,
        progress: Exact,
        target: Option<Exact>,
    ) {
        let challenge = self.program.challenges.at(id);
        let ty = challenge.goals.first().map_or(crate::hir::Type::Number, |goal| goal.threshold.ty);
        let say = |amount: Exact| words::value(self.program, ty, &Value::Exact(amount));
        let (progress, target) = (say(progress), target.map(say));
        let cause: RuleId = challenge.reward;
        self.emit(Cause::Rule(cause), What::Challenge { challenge: id, number, stage, progress, target });
    }
}

/// Whether the goals that a challenge asks for are reached: all of them, or one.
pub(super) fn is_done(challenge: &Challenge, reached: &[Exact], targets: &[Exact]) -> bool {
    let mut met = reached.iter().zip(targets).map(|(reached, target)| reached >= target);
    if challenge.any { met.any(|met| met) } else { met.all(|met| met) }
}
