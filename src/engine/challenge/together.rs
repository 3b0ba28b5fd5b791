//! Goals that members reach together: what each brings in, who is rewarded, and what all lose where it no longer suffices.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::arena::Arena;
use crate::hir::{Challenge, ChallengeId, ChallengeStage, FieldId, Progress, SharedBy};
use crate::value::{Exact, Instant, Value};

use super::common::Prize;
use super::{CommonKey, Instance};
use crate::engine::context::Cx;
use crate::engine::fault::Fault;
use crate::engine::fold::{Fold, View};
use crate::engine::mail::Content;
use crate::engine::pots::Pots;
use crate::engine::walk;

/// What a member has brought in, and all together, in one time of a challenge.
struct Share {
    key: CommonKey,
    /// By all.
    sum: Exact,
}

impl Fold<'_> {
    /// Community and team goals: what all have brought in together.
    pub(super) fn judge_shared(
        &mut self,
        id: ChallengeId,
        challenge: &Challenge,
        instance: &Instance,
    ) -> Result<bool, Fault> {
        let Some(share) = self.brought_in(id, challenge, instance)? else { return Ok(false) };
        self.note_peak(id, challenge, instance)?;
        let (number, opened, sum) = (instance.number, instance.opened, share.sum);
        let mut changed = false;
        for (which, _) in (0_u32..).zip(&challenge.milestones) {
            if self.milestone_at(challenge, instance, which)?.is_none_or(|at| sum < at) {
                continue;
            }
            for who in self.newly(&share, Some(which)) {
                if who == self.state.member {
                    changed |= self.reach_milestone(id, number, which, sum)?;
                } else {
                    self.send(who, Content::Milestone(id, opened, which, sum));
                }
            }
        }
        if sum < instance.targets.first().copied().unwrap_or_default() {
            return Ok(changed);
        }
        for who in self.newly(&share, None) {
            if who == self.state.member {
                self.complete_challenge(id, challenge, number, sum)?;
                changed = true;
            } else {
                self.send(who, Content::Complete(id, opened, sum));
            }
        }
        Ok(changed)
    }

    /// Writes down what this member has brought in, and says how much that makes.
    fn brought_in(
        &mut self,
        id: ChallengeId,
        challenge: &Challenge,
        instance: &Instance,
    ) -> Result<Option<Share>, Fault> {
        let (Some(shared), Some(goal)) = (&challenge.shared, challenge.goals.first()) else { return Ok(None) };
        let cx = self.cx(View::default());
        let Some(group) = group_of(shared.by, &cx, self.pots) else { return Ok(None) };
        let own = cx.progress(goal, instance)?;
        let least = shared.least.as_ref().map_or(Ok(Exact::ZERO), |least| self.judge.exact(least, &cx))?;
        let key = (id, instance.opened, group);
        let sum = self.pots.common.entry(key.clone()).or_default().bring(&self.state.member, own, least)?;
        Ok(Some(Share { key, sum }))
    }

    /// Writes down the most that this member has brought in, where that may become less by itself.
    fn note_peak(&mut self, id: ChallengeId, challenge: &Challenge, instance: &Instance) -> Result<(), Fault> {
        let Some(goal) = challenge.goals.first().filter(|goal| matches!(goal.of, Progress::Measured(_))) else {
            return Ok(());
        };
        let part = self.cx(View::default()).progress(goal, instance)?;
        if instance.peak.is_none_or(|(_, most)| most < part) {
            let now = self.at.now;
            if let Some(slot) = self.instance_mut(id, instance.number) {
                slot.peak = Some((now, part));
            }
        }
        Ok(())
    }

    /// Whether a reversal has left the most that this member has brought in as it was. Then nobody loses anything, though it may be less by now.
    fn keeps_peak(&self, challenge: &Challenge, instance: &Instance) -> Result<bool, Fault> {
        let (Some(goal), Some((then, most))) = (challenge.goals.first(), instance.peak) else { return Ok(false) };
        let view = View { at: Some(self.moment(then)), ..View::default() };
        Ok(self.cx(view).progress(goal, instance)? >= most)
    }

    /// Who has brought in enough, and was not yet given what a milestone brings, or the goal.
    fn newly(&mut self, share: &Share, prize: Prize) -> BTreeSet<Arc<str>> {
        self.pots.common.get_mut(&share.key).map(|common| common.newly(prize)).unwrap_or_default()
    }

    /// Who no longer has what a milestone or the goal brought: all, where together they have too little; or this member, who has.
    fn no_longer(&mut self, share: &Share, prize: Prize, missed: bool) -> BTreeSet<Arc<str>> {
        let member = &self.state.member;
        let Some(common) = self.pots.common.get_mut(&share.key) else { return BTreeSet::new() };
        if missed {
            return common.lost_by_all(prize);
        }
        let own = !common.has_enough(member) && common.lost_by(member, prize);
        own.then(|| member.clone()).into_iter().collect()
    }

    /// What others have brought in reaches a milestone for this member too.
    pub fn milestone_together(
        &mut self,
        id: ChallengeId,
        opened: Instant,
        which: u32,
        sum: Exact,
    ) -> Result<(), Fault> {
        let open = self.state.challenges.at(id).open.iter().find(|instance| instance.opened == opened);
        open.map(|instance| instance.number)
            .map_or(Ok(()), |number| self.reach_milestone(id, number, which, sum).map(drop))
    }

    /// What others have brought in completes a challenge for this member too.
    pub fn completed_together(&mut self, id: ChallengeId, opened: Instant, sum: Exact) -> Result<(), Fault> {
        let challenge = self.program.challenges.at(id);
        let running = self.state.challenges.at(id);
        let open = running.open.iter().find(|instance| instance.opened == opened && instance.completed.is_none());
        match open.map(|instance| instance.number) {
            Some(number) => self.complete_challenge(id, challenge, number, sum),
            None => Ok(()),
        }
    }

    /// After a reversal: where all together no longer reach the goal or a milestone, all lose what it brought; where this member no longer
    /// has a part in it, this member does.
    pub(super) fn undo_shared(&mut self, id: ChallengeId, challenge: &Challenge) -> Result<(), Fault> {
        let running = self.state.challenges.at(id);
        for instance in running.open.iter().chain(&running.past).cloned().collect::<Vec<_>>() {
            let Some(share) = self.brought_in(id, challenge, &instance)? else { continue };
            if self.keeps_peak(challenge, &instance)? {
                continue;
            }
            let (opened, sum) = (instance.opened, share.sum);
            let running = self.state.challenges.at_mut(id);
            for slot in running.open.iter_mut().chain(&mut running.past) {
                slot.peak = slot.peak.filter(|_| slot.number != instance.number);
            }
            for (which, _) in (0_u32..).zip(&challenge.milestones) {
                let missed = self.milestone_at(challenge, &instance, which)?.is_some_and(|at| sum < at);
                for who in self.no_longer(&share, Some(which), missed) {
                    if who == self.state.member {
                        self.leave_milestone(id, opened, which)?;
                    } else {
                        self.send(who, Content::Below(id, opened, which));
                    }
                }
            }
            let missed = sum < instance.targets.first().copied().unwrap_or_default();
            for who in self.no_longer(&share, None, missed) {
                if who == self.state.member {
                    self.undo_together(id, opened, sum)?;
                } else {
                    self.send(who, Content::Uncomplete(id, opened, sum));
                }
            }
        }
        Ok(())
    }

    /// Takes back what a milestone brought that lies above what all together have.
    pub fn leave_milestone(&mut self, id: ChallengeId, opened: Instant, which: u32) -> Result<(), Fault> {
        let challenge = self.program.challenges.at(id);
        let running = self.state.challenges.at(id);
        let mut all = running.open.iter().chain(&running.past);
        let Some(instance) = all.find(|instance| instance.opened == opened) else { return Ok(()) };
        let reached = instance.milestones.iter().find(|(reached, _)| *reached == which);
        let Some((_, mut brought)) = reached.cloned().filter(|(_, brought)| self.may_take_back(challenge, brought))
        else {
            return Ok(());
        };
        let running = self.state.challenges.at_mut(id);
        for instance in running.open.iter_mut().chain(&mut running.past).filter(|instance| instance.opened == opened) {
            instance.milestones.retain(|(reached, _)| *reached != which);
        }
        running.past.retain(Instance::has_brought);
        self.revoke(&mut brought)
    }

    /// What others have taken back undoes a challenge for this member too.
    pub fn undo_together(&mut self, id: ChallengeId, opened: Instant, sum: Exact) -> Result<(), Fault> {
        let challenge = self.program.challenges.at(id);
        let running = self.state.challenges.at_mut(id);
        let mut all = running.open.iter_mut().chain(&mut running.past);
        let Some(instance) = all.find(|instance| instance.opened == opened && instance.completed.is_some()) else {
            return Ok(());
        };
        let mut brought = std::mem::take(&mut instance.brought);
        let (number, target) = (instance.number, instance.targets.first().copied());
        (instance.completed, instance.claimable) = (None, None);
        running.completed -= 1;
        running.past.retain(Instance::has_brought);
        if self.may_take_back(challenge, &brought) {
            self.revoke(&mut brought)?;
        }
        self.tell(id, number, ChallengeStage::Undone, sum, target);
        Ok(())
    }
}

/// The group of a member that reaches a goal together with it; `None` where it belongs to none.
fn group_of(by: SharedBy, cx: &Cx<'_>, pots: &Pots) -> Option<Arc<str>> {
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
