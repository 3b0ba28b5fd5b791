//! Goals that members reach together: what each brings in, who is rewarded, and what all lose where it no longer suffices.

use std::sync::Arc;

use crate::arena::Arena;
use crate::hir::{Challenge, ChallengeId, ChallengeStage, FieldId, Frame, RewardRefunds, SharedBy};
use crate::value::{Exact, Instant, Value};

use super::common::{Common, Part, Prize, is_enough};
use super::undo::{Stood, moves};
use super::{CommonKey, Instance};
use crate::engine::brought::Brought;
use crate::engine::context::Cx;
use crate::engine::fault::Fault;
use crate::engine::fold::{Fold, View};
use crate::engine::mail::Content;
use crate::engine::pots::Pots;
use crate::engine::walk;

impl Fold<'_> {
    /// Community and team goals: what all have brought in together.
    pub(super) fn judge_shared(
        &mut self,
        id: ChallengeId,
        challenge: &Challenge,
        instance: &Instance,
    ) -> Result<bool, Fault> {
        let Some(key) = self.brought_in(id, challenge, instance)? else { return Ok(false) };
        let (number, opened) = (instance.number, key.1);
        let mut changed = false;
        for (prize, at) in self.prizes(challenge, instance)? {
            let Some(common) = self.pots.common.get_mut(&key) else { continue };
            let sum = common.most();
            for who in common.newly(prize, at) {
                match (who == self.state.member, prize) {
                    (true, Some(which)) => changed |= self.reach_milestone(id, number, which, sum)?,
                    (true, None) => {
                        self.complete_challenge(id, challenge, number, sum)?;
                        changed = true;
                    }
                    (false, Some(which)) => drop(self.send(who, Content::Milestone(id, opened, which, sum))),
                    (false, None) => drop(self.send(who, Content::Complete(id, opened, sum))),
                }
            }
        }
        Ok(changed)
    }

    /// What is reached together in a time of a challenge, and where it lies: milestones, then the goal.
    fn prizes(&self, challenge: &Challenge, instance: &Instance) -> Result<Vec<(Prize, Exact)>, Fault> {
        let mut prizes = Vec::new();
        for (which, _) in (0_u32..).zip(&challenge.milestones) {
            prizes.extend(self.milestone_at(challenge, instance, which)?.map(|at| (Some(which), at)));
        }
        prizes.push((None, instance.targets.first().copied().unwrap_or_default()));
        Ok(prizes)
    }

    /// Where it is kept what this member and others bring in; nowhere where the member belongs to no team. Who has brought in something stays
    /// with its team until the time is over.
    fn common_key(&self, id: ChallengeId, challenge: &Challenge, instance: &Instance) -> Option<CommonKey> {
        let by = challenge.shared.as_ref()?.by;
        let team = instance.team.clone().or_else(|| team_of(by, &self.cx(View::default()), self.pots))?;
        Some((id, self.time_of_all(challenge, instance), team))
    }

    /// When the time of a challenge begins for all members, whatever the zone of each and since when it counts for this one.
    fn time_of_all(&self, challenge: &Challenge, instance: &Instance) -> Instant {
        let opened = self.calendar.zone.day_of(instance.opened);
        let first = match &challenge.frame {
            Frame::Ever => return Instant::FIRST,
            Frame::Days(first, _) => *first,
            Frame::Each(kind) => self.period(*kind, opened).start,
            Frame::From { .. } => opened,
        };
        self.program.settings.zone.start_of(first)
    }

    /// How much each has to bring in to be given something.
    fn least(&self, challenge: &Challenge) -> Result<Exact, Fault> {
        let least = challenge.shared.as_ref().and_then(|shared| shared.least.as_ref());
        least.map_or(Ok(Exact::ZERO), |least| self.judge.exact(least, &self.cx(View::default())))
    }

    /// What this member had brought in at a moment, by what counts for it now.
    fn part(&self, challenge: &Challenge, instance: &Instance, then: Instant) -> Result<Exact, Fault> {
        let Some(goal) = challenge.goals.first() else { return Ok(Exact::ZERO) };
        self.cx(View { at: Some(self.moment(then)), ..View::default() }).progress(goal, instance)
    }

    /// Writes down what this member has brought in, by now or by the end of that time, and says where.
    fn brought_in(
        &mut self,
        id: ChallengeId,
        challenge: &Challenge,
        instance: &Instance,
    ) -> Result<Option<CommonKey>, Fault> {
        let Some(key) = self.common_key(id, challenge, instance) else { return Ok(None) };
        let last = instance.last(self.at.now);
        let part = Part { amount: self.part(challenge, instance, last)?, at: moves(challenge).then_some(last) };
        let has_part = |common: &Common| common.has_part(&self.state.member);
        if part.amount.is_zero() && !self.pots.common.get(&key).is_some_and(has_part) {
            return Ok(Some(key));
        }
        let least = self.least(challenge)?;
        self.pots.common.entry(key.clone()).or_default().bring(&self.state.member, part, least)?;
        self.set_team(id, instance, Some(&key.2));
        Ok(Some(key))
    }

    /// Notes for which team this member brings in something, where there are teams.
    fn set_team(&mut self, id: ChallengeId, instance: &Instance, team: Option<&Arc<str>>) {
        let team = team.filter(|team| !team.is_empty());
        if instance.team.as_ref() == team {
            return;
        }
        let running = self.state.challenges.at_mut(id);
        let mut all = running.open.iter_mut().chain(&mut running.past);
        if let Some(slot) = all.find(|slot| slot.number == instance.number) {
            slot.team = team.cloned();
        }
    }

    /// Who has brought in nothing has no part in anything, and may be in another team from now on.
    fn leave_without_part(&mut self, id: ChallengeId, instance: &Instance, key: &CommonKey) -> Result<(), Fault> {
        let Some(common) = self.pots.common.get_mut(key) else { return Ok(()) };
        if common.has_part(&self.state.member) {
            return Ok(());
        }
        common.leave(&self.state.member)?;
        if common.is_empty() {
            self.pots.common.remove(key);
        }
        self.set_team(id, instance, None);
        Ok(())
    }

    /// Before a reversal: what this member had for what was reached together.
    pub(super) fn stood_together(
        &self,
        id: ChallengeId,
        challenge: &Challenge,
        instance: &Instance,
        stood: &mut Stood,
    ) -> Result<(), Fault> {
        let key = self.common_key(id, challenge, instance);
        let Some(common) = key.and_then(|key| self.pots.common.get(&key)) else { return Ok(()) };
        let least = self.least(challenge)?;
        for (prize, _) in self.prizes(challenge, instance)? {
            let place = (id, instance.number, prize);
            if let Some(then) = common.then(&self.state.member, prize) {
                stood.parts.insert(place, self.part(challenge, instance, then)?);
            }
            let given = common.given(&self.state.member, prize).unwrap_or(instance.last(self.at.now));
            if is_enough(self.part(challenge, instance, given)?, least) {
                stood.held.insert(place);
            }
        }
        Ok(())
    }

    /// After a reversal: where all together no longer reach the goal or a milestone, all lose what it brought; where this member no longer
    /// has a part in it, this member does.
    pub(super) fn undo_shared(&mut self, id: ChallengeId, challenge: &Challenge, before: &Stood) -> Result<(), Fault> {
        let running = self.state.challenges.at(id);
        // What is kept is lost only as long as it is not decided, and so not after its time.
        let stands = |instance: &&Instance| challenge.refunds == RewardRefunds::Keep && instance.until <= self.at.now;
        let all = running.open.iter().chain(&running.past).filter(|instance| !stands(instance));
        for instance in all.cloned().collect::<Vec<_>>() {
            let Some(key) = self.brought_in(id, challenge, &instance)? else { continue };
            let member = self.state.member.clone();
            let prizes = self.prizes(challenge, &instance)?;
            for (prize, _) in &prizes {
                let place = (id, instance.number, *prize);
                let then = self.pots.common.get(&key).and_then(|common| common.then(&member, *prize));
                let Some((was, then)) = before.parts.get(&place).zip(then) else { continue };
                let is = self.part(challenge, &instance, then)?;
                if let Some(common) = self.pots.common.get_mut(&key) {
                    common.came_back(&member, *prize, (*was, is))?;
                }
            }
            for (prize, at) in prizes {
                let had_enough = !moves(challenge) || before.held.contains(&(id, instance.number, prize));
                let loses = had_enough && !self.had_enough(challenge, &instance, &key, prize)?;
                let Some(common) = self.pots.common.get_mut(&key) else { continue };
                let mut losers = common.missed(prize, at);
                if loses && common.lost_by(&member, prize) {
                    losers.insert(member.clone());
                }
                let sum = common.most();
                self.take_from(losers, (id, key.1, prize), sum)?;
            }
            self.leave_without_part(id, &instance, &key)?;
        }
        Ok(())
    }

    /// Whether this member has brought in enough for something that was given: by now, or by then.
    fn had_enough(
        &mut self,
        challenge: &Challenge,
        instance: &Instance,
        key: &CommonKey,
        prize: Prize,
    ) -> Result<bool, Fault> {
        let member = self.state.member.clone();
        let given = self.pots.common.get(key).and_then(|common| common.given(&member, prize));
        if let Some(given) = given
            && is_enough(self.part(challenge, instance, given)?, self.least(challenge)?)
        {
            return Ok(true);
        }
        let Some(common) = self.pots.common.get_mut(key) else { return Ok(false) };
        let now = common.has_enough(&member);
        if now {
            common.given_now(&member, prize);
        }
        Ok(now)
    }

    /// Members no longer have what a milestone or the goal brought.
    fn take_from(
        &mut self,
        losers: impl IntoIterator<Item = Arc<str>>,
        (id, opened, prize): (ChallengeId, Instant, Prize),
        sum: Exact,
    ) -> Result<(), Fault> {
        for who in losers {
            match (who == self.state.member, prize) {
                (true, Some(which)) => self.leave_milestone(id, opened, which)?,
                (true, None) => self.undo_together(id, opened, sum)?,
                (false, Some(which)) => drop(self.send(who, Content::Below(id, opened, which))),
                (false, None) => drop(self.send(who, Content::Uncomplete(id, opened, sum))),
            }
        }
        Ok(())
    }

    /// Whether something was reached with what this member has brought in, so that it is lost where that comes back.
    pub(super) fn has_part(&self, id: ChallengeId, challenge: &Challenge, instance: &Instance) -> bool {
        let common = self.common_key(id, challenge, instance).and_then(|key| self.pots.common.get(&key));
        common.is_some_and(|common| common.has_reached() && common.has_part(&self.state.member))
    }

    /// A time of a challenge is no longer open to this member: what was brought in goes out of it, and others may lose what they had.
    pub(super) fn leave_shared(
        &mut self,
        id: ChallengeId,
        challenge: &Challenge,
        instance: &Instance,
    ) -> Result<(), Fault> {
        let Some(key) = self.common_key(id, challenge, instance) else { return Ok(()) };
        let (prizes, may_lose) = (self.prizes(challenge, instance)?, self.may_lose(challenge));
        let Some(common) = self.pots.common.get_mut(&key) else { return Ok(()) };
        common.leave(&self.state.member)?;
        let lost = |common: &mut Common| -> Vec<_> {
            prizes.iter().map(|(prize, at)| (*prize, common.missed(*prize, *at), common.most())).collect()
        };
        let lost = if may_lose { lost(common) } else { Vec::new() };
        if common.is_empty() {
            self.pots.common.remove(&key);
        }
        for (prize, losers, sum) in lost {
            self.take_from(losers, (id, key.1, prize), sum)?;
        }
        Ok(())
    }

    /// What others have brought in reaches a milestone for this member too.
    pub fn milestone_together(
        &mut self,
        id: ChallengeId,
        opened: Instant,
        which: u32,
        sum: Exact,
    ) -> Result<(), Fault> {
        let number = self.number_of(id, opened);
        number.map_or(Ok(()), |number| self.reach_milestone(id, number, which, sum).map(drop))
    }

    /// What others have brought in completes a challenge for this member too.
    pub fn completed_together(&mut self, id: ChallengeId, opened: Instant, sum: Exact) -> Result<(), Fault> {
        let challenge = self.program.challenges.at(id);
        let open = |number: &u32| {
            let open = &self.state.challenges.at(id).open;
            open.iter().any(|instance| instance.number == *number && instance.completed.is_none())
        };
        match self.number_of(id, opened).filter(open) {
            Some(number) => self.complete_challenge(id, challenge, number, sum),
            None => Ok(()),
        }
    }

    /// Which of this member's times of a challenge is the one that begins for all at a moment.
    fn number_of(&self, id: ChallengeId, opened: Instant) -> Option<u32> {
        let (challenge, running) = (self.program.challenges.at(id), self.state.challenges.at(id));
        let mut all = running.open.iter().chain(&running.past);
        all.find(|instance| self.time_of_all(challenge, instance) == opened).map(|instance| instance.number)
    }

    /// Takes back what a milestone brought that lies above what all together have.
    pub fn leave_milestone(&mut self, id: ChallengeId, opened: Instant, which: u32) -> Result<(), Fault> {
        let challenge = self.program.challenges.at(id);
        let number = self.number_of(id, opened);
        let running = self.state.challenges.at(id);
        let mut all = running.open.iter().chain(&running.past);
        let Some(instance) = all.find(|instance| Some(instance.number) == number) else { return Ok(()) };
        let reached = instance.milestones.iter().find(|(reached, _)| *reached == which);
        let goes = |brought: &Brought| self.may_go(challenge, brought) && self.may_take_back(challenge, brought);
        let Some((_, mut brought)) = reached.cloned().filter(|(_, brought)| goes(brought)) else {
            return Ok(());
        };
        let running = self.state.challenges.at_mut(id);
        let mut all = running.open.iter_mut().chain(&mut running.past);
        if let Some(instance) = all.find(|instance| Some(instance.number) == number) {
            instance.milestones.retain(|(reached, _)| *reached != which);
        }
        self.revoke(&mut brought).map(drop)
    }

    /// What others have taken back undoes a challenge for this member too.
    pub fn undo_together(&mut self, id: ChallengeId, opened: Instant, sum: Exact) -> Result<(), Fault> {
        let challenge = self.program.challenges.at(id);
        let number = self.number_of(id, opened);
        let running = self.state.challenges.at(id);
        let mut all = running.open.iter().chain(&running.past);
        let done = |instance: &&Instance| Some(instance.number) == number && instance.completed.is_some();
        if !all.find(done).is_some_and(|instance| self.may_go(challenge, &instance.brought)) {
            return Ok(());
        }
        let running = self.state.challenges.at_mut(id);
        let mut all = running.open.iter_mut().chain(&mut running.past);
        let Some(instance) = all.find(|instance| Some(instance.number) == number) else { return Ok(()) };
        let mut brought = std::mem::take(&mut instance.brought);
        let (number, target) = (instance.number, instance.targets.first().copied());
        (instance.completed, instance.claimable) = (None, None);
        running.completed -= 1;
        if self.may_take_back(challenge, &brought) {
            self.revoke(&mut brought)?;
        }
        self.tell(id, number, ChallengeStage::Undone, sum, target);
        Ok(())
    }
}

/// Those who reach a goal together with a member; `None` where it belongs to no team.
fn team_of(by: SharedBy, cx: &Cx<'_>, pots: &Pots) -> Option<Arc<str>> {
    match by {
        SharedBy::Everyone => Some("".into()),
        SharedBy::Attribute(id) => team(&cx.state.attributes, id),
        SharedBy::Pool(id) => pots.groups.get(&id).and_then(|groups| groups.of.get(&cx.state.member)).cloned(),
    }
}

/// The team of a member by an attribute; none where it is not known.
pub fn team(attributes: &Arena<FieldId, Value>, by: FieldId) -> Option<Arc<str>> {
    match attributes.get(by) {
        None | Some(Value::Missing) => None,
        Some(value) => Some(walk::words(std::slice::from_ref(value)).into()),
    }
}
