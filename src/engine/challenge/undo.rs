//! What a reversal undoes of challenges: what was reached, and no longer is.

use std::collections::{BTreeMap, BTreeSet};

use crate::hir::{Challenge, ChallengeId, ChallengeStage, Progress, RewardRefunds, Source};
use crate::value::{Exact, Instant};

use super::Instance;
use super::common::Prize;
use super::run::is_done;
use crate::engine::brought::Brought;
use crate::engine::context::Moment;
use crate::engine::fact::Gifted;
use crate::engine::fault::Fault;
use crate::engine::fold::{Fold, View};

/// A milestone or the goal, of which challenge, in which of its times.
type Place = (ChallengeId, u32, Prize);

/// What was reached of what may become less by itself, as it was before a reversal: only what that has taken from it is lost.
pub struct Stood {
    /// From when on what comes back had happened: what was over by then stands.
    since: Instant,
    /// What was reached, or what the member had brought in enough for.
    pub(super) held: BTreeSet<Place>,
    /// What the member had brought in when all together reached something, by what counts for that moment.
    pub(super) parts: BTreeMap<Place, Exact>,
}

/// Whether what is reached may become less by itself: as time goes by, or with a sale below zero.
pub(super) fn moves(challenge: &Challenge) -> bool {
    challenge.goals.iter().any(|goal| match &goal.of {
        Progress::Measured(_) => true,
        Progress::Counted(measure) => {
            matches!(measure.source, Source::Events { aggregate, .. } if !aggregate.only_rises())
        }
        Progress::Collected { .. } | Progress::Steps(_) | Progress::Streak { .. } => false,
    })
}

impl Fold<'_> {
    /// Before a reversal of what happened from a moment on: what holds of what challenges have brought.
    pub fn stood(&self, since: Instant) -> Result<Stood, Fault> {
        let mut stood = Stood { since, held: BTreeSet::new(), parts: BTreeMap::new() };
        let lost = |challenge: &Challenge| self.may_lose(challenge) && moves(challenge);
        for (id, challenge) in self.program.challenges.pairs().filter(|(_, challenge)| lost(challenge)) {
            let running = self.state.challenges.at(id);
            for instance in running.open.iter().chain(&running.past) {
                if challenge.shared.is_some() {
                    self.stood_together(id, challenge, instance, &mut stood)?;
                    continue;
                }
                if instance.until <= since {
                    continue;
                }
                let goal = instance.completed.map(|_| None);
                for prize in instance.milestones.iter().map(|(which, _)| Some(*which)).chain(goal) {
                    if self.held_since(challenge, instance, prize)?.is_some() {
                        stood.held.insert((id, instance.number, prize));
                    }
                }
            }
        }
        Ok(stood)
    }

    /// After a reversal: what no longer holds is taken back where the challenge says so.
    pub fn undo_challenges(&mut self, before: &Stood) -> Result<(), Fault> {
        for (id, challenge) in self.program.challenges.pairs() {
            if !self.may_lose(challenge) {
                continue;
            }
            if challenge.shared.is_some() {
                self.undo_shared(id, challenge, before)?;
                continue;
            }
            let running = self.state.challenges.at_mut(id);
            let (mut open, mut past) = (std::mem::take(&mut running.open), std::mem::take(&mut running.past));
            for instance in open.iter_mut().chain(&mut past).filter(|instance| instance.until > before.since) {
                self.undo_milestones(id, challenge, instance, before)?;
                if self.may_go(challenge, &instance.brought) {
                    self.undo_goal(id, challenge, instance, before)?;
                }
            }
            past.retain(Instance::has_brought);
            let running = self.state.challenges.at_mut(id);
            (running.open, running.past) = (open, past);
        }
        Ok(())
    }

    /// Whether a reversal may take what a challenge has brought: what is to be decided later was not brought yet.
    pub(super) fn may_lose(&self, challenge: &Challenge) -> bool {
        let mut rewards = challenge.milestones.iter().map(|milestone| milestone.reward).chain([challenge.reward]);
        let waits = rewards.any(|reward| self.program.rules.at(reward).decided.is_some());
        challenge.refunds != RewardRefunds::Keep || waits
    }

    /// Whether a reversal may take this of what a challenge has brought.
    pub(super) fn may_go(&self, challenge: &Challenge, brought: &Brought) -> bool {
        challenge.refunds != RewardRefunds::Keep || self.is_undecided(brought)
    }

    /// Whether it is not decided yet what something brings.
    pub(super) fn is_undecided(&self, brought: &Brought) -> bool {
        let mut waiting = self.pots.undecided.values().flatten();
        !brought.sent.is_empty() && waiting.any(|letter| brought.sent.iter().any(|sent| sent.id == letter.id))
    }

    /// Since when something that was reached is, by what counts now: since it was, or by what came since in its time; `None` where it is no
    /// longer.
    fn held_since(&self, challenge: &Challenge, instance: &Instance, prize: Prize) -> Result<Option<Instant>, Fault> {
        let then = match prize {
            Some(which) => instance.reached.get(&which).copied(),
            None => instance.completed,
        };
        let last = instance.last(self.at.now);
        let Some(then) = then.filter(|_| moves(challenge)) else {
            return Ok(self.holds_at(challenge, instance, prize, self.moment(last))?.then_some(last));
        };
        for at in self.moments_between(then, last) {
            if self.holds_at(challenge, instance, prize, at)? {
                return Ok(Some(at.now));
            }
        }
        Ok(None)
    }

    /// The moments from one to another at which something may be reached: these, and after each event, also where another follows at once.
    fn moments_between(&self, first: Instant, last: Instant) -> impl Iterator<Item = Moment> {
        let facts = move || self.state.facts_from(first).take_while(move |fact| fact.event.time <= last);
        let after = facts().zip(facts().skip(1)).map(|(fact, next)| {
            let before = Some(next.place).filter(|_| next.event.time == fact.event.time);
            Moment { before, ..self.moment(fact.event.time) }
        });
        [first].into_iter().map(|at| self.moment(at)).chain(after).chain([self.moment(last)])
    }

    /// Whether a milestone or the goal was reached at a moment, by what counts for that moment now.
    fn holds_at(&self, challenge: &Challenge, instance: &Instance, prize: Prize, then: Moment) -> Result<bool, Fault> {
        let cx = self.cx(View { at: Some(then), ..View::default() });
        let mut reached = challenge.goals.iter().map(|goal| cx.progress(goal, instance));
        let Some(which) = prize else {
            return Ok(is_done(challenge, &reached.collect::<Result<Vec<_>, _>>()?, &instance.targets));
        };
        let first = reached.next().transpose()?.unwrap_or_default();
        Ok(self.milestone_at(challenge, instance, which)?.is_none_or(|at| first >= at))
    }

    /// Whether a reversal takes something that was reached.
    fn loses(
        &self,
        (challenge, instance): (&Challenge, &mut Instance),
        place: Place,
        before: &Stood,
    ) -> Result<bool, Fault> {
        let Some(since) = self.held_since(challenge, instance, place.2)? else {
            return Ok(!moves(challenge) || before.held.contains(&place));
        };
        match place.2.map(|which| instance.reached.get_mut(&which)) {
            Some(Some(reached)) => *reached = since,
            Some(None) => {}
            None => instance.completed = Some(since),
        }
        Ok(false)
    }

    /// Takes back what milestones brought that lie above what is reached.
    fn undo_milestones(
        &mut self,
        id: ChallengeId,
        challenge: &Challenge,
        instance: &mut Instance,
        before: &Stood,
    ) -> Result<(), Fault> {
        let mut kept = Vec::new();
        for (which, mut brought) in std::mem::take(&mut instance.milestones) {
            let place = (id, instance.number, Some(which));
            if self.may_go(challenge, &brought)
                && self.loses((challenge, instance), place, before)?
                && self.may_take_back(challenge, &brought)
            {
                self.revoke(&mut brought)?;
            } else {
                kept.push((which, brought));
            }
        }
        instance.milestones = kept;
        Ok(())
    }

    fn undo_goal(
        &mut self,
        id: ChallengeId,
        challenge: &Challenge,
        instance: &mut Instance,
        before: &Stood,
    ) -> Result<(), Fault> {
        let place = (id, instance.number, None);
        if instance.completed.is_none()
            || !self.loses((challenge, instance), place, before)?
            || !self.may_take_back(challenge, &instance.brought)
        {
            return Ok(());
        }
        self.revoke(&mut instance.brought)?;
        instance.brought = Brought::default();
        (instance.completed, instance.claimable) = (None, None);
        self.state.challenges.at_mut(id).completed -= 1;
        let goal = challenge.goals.first();
        let view = View { at: Some(self.moment(instance.last(self.at.now))), ..View::default() };
        let left = goal.map(|goal| self.cx(view).progress(goal, instance)).transpose()?.unwrap_or_default();
        self.tell(id, instance.number, ChallengeStage::Undone, left, instance.targets.first().copied());
        Ok(())
    }

    /// Whether what a challenge brought may be taken back: all of it, or where nothing of it was used.
    pub(super) fn may_take_back(&self, challenge: &Challenge, brought: &Brought) -> bool {
        let used = |gift: &Gifted| matches!(gift, Gifted::Voucher(number) if self.is_voucher_used(*number));
        let decided = brought.sent.iter().filter_map(|sent| self.state.facts.get(self.letter_fact(&sent.id)?));
        let (awards, gifts): (Vec<_>, Vec<_>) = decided.map(|fact| (&fact.awards, &fact.gifts)).unzip();
        let mut awards = awards.into_iter().flatten().chain(&brought.awards);
        let mut gifts = gifts.into_iter().flatten().chain(&brought.gifts);
        challenge.refunds == RewardRefunds::ReJudge || !(awards.any(|award| self.is_spent(award)) || gifts.any(used))
    }
}
