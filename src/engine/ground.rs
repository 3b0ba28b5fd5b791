//! What tiers stand on: reasons to hold them, and what rises and falls brought, go with the ground that a reversal takes (S22, S24).

use crate::hir::{Hold, Ladder, LadderId, LadderRefund, Rise, RuleId, Tier, Window};
use crate::value::Instant;

use super::brought::{Brought, Risen};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::outcome::{Cause, Stage};
use super::reads;

/// What has its ground in what was counted: reasons to hold tiers, and rises, in their order.
#[derive(Debug, Default)]
pub struct Grounds {
    holds: Vec<bool>,
    rises: Vec<bool>,
}

impl Fold<'_> {
    /// Lets what a rise brought hang on the reason for it, and what a fall brought on that of the rise before it; what was granted goes with
    /// the event, and so does what an event brought that made the member fall. `first` is the rule that it was the first time for.
    pub(super) fn hang(&mut self, id: LadderId, rung: u32, first: Option<RuleId>, brought: Brought) {
        let held = self.state.ladders.at(id);
        let reasons = held.holds.iter().filter(|hold| hold.tier == rung && !hold.granted).map(|hold| hold.since);
        // Who has fallen from a tier had risen to it: without that there was no fall.
        let fell = match held.last_moves() {
            Some([(since, from), (fell, _)]) if from == rung && held.tier < rung && self.event.is_none() => {
                Some((since, Some(fell)))
            }
            _ => None,
        };
        if brought == Brought::default() {
            return;
        }
        match reasons.max().map(|since| (since, None)).or(fell) {
            Some((since, fell)) => {
                self.state.ladders.at_mut(id).rises.push(Risen { tier: rung, since, first, fell, brought });
            }
            None => self.keep_brought(brought),
        }
    }

    /// Before a reversal: which reasons to hold tiers and which rises have their ground, by ladder.
    pub fn grounds(&self) -> Result<Vec<Grounds>, Fault> {
        let mut all = Vec::new();
        for (id, held) in self.state.ladders.pairs() {
            let mut grounds = Grounds::default();
            // What is held as long as its condition holds needs no other ground.
            let rolling = self.program.ladders.at(id).holds == Hold::Rolling;
            for hold in held.holds.iter().filter(|_| !rolling) {
                grounds.holds.push(!hold.granted && self.grounded(id, hold.tier, hold.since)?);
            }
            for rise in &held.rises {
                grounds.rises.push(self.stands_since(id, rise)?.is_some());
            }
            all.push(grounds);
        }
        Ok(all)
    }

    /// Whether a tier that was qualified for at a moment still is, or would at least be kept, by what counts for that time now.
    fn grounded(&self, id: LadderId, tier: u32, since: Instant) -> Result<bool, Fault> {
        let ladder = self.program.ladders.at(id);
        let Some(tier) = ladder.tiers.get(tier as usize) else { return Ok(false) };
        let (first, last) = self.ground(ladder, tier, since)?;
        if self.reached_at(tier, true, last)? {
            return Ok(true);
        }
        let Some(reach) = &tier.reach else { return Ok(false) };
        let reached = |at| self.reached(tier, false, View { at: Some(at), ..View::default() });
        self.held_once(reads::rising(self.program, reach).as_deref(), first, last, reached)
    }

    /// The time in which to look again at what was qualified for: its period, or that very moment where windows slide. What is reached by
    /// lasting has lasted until that moment, and at the end of a period only what there is then counts.
    fn ground(&self, ladder: &Ladder, tier: &Tier, since: Instant) -> Result<(Instant, Instant), Fault> {
        if self.slides(tier) {
            return Ok((since, since));
        }
        let (period, zone) =
            (self.period(self.ladder_period(ladder), self.calendar.zone.day_of(since)), &self.calendar.zone);
        let first = match ladder.rises {
            Rise::AtOnce => zone.start_of(period.start),
            Rise::After(_) => since,
            Rise::AtPeriodEnd(_) => Instant::LAST,
        };
        let last = zone.start_of(period.end).plus_millis(-1).ok_or(Fault::Calendar)?;
        Ok((first, last.min(self.at.now)))
    }

    /// Whether a tier is for what was counted in a window that slides.
    fn slides(&self, tier: &Tier) -> bool {
        let conditions = tier.reach.iter().chain(&tier.keep);
        let mut measures = conditions.flat_map(|condition| reads::measures(self.program, condition));
        measures.any(|measure| {
            matches!(self.program.measures.at(measure).window, Window::LastDays(_) | Window::LastExactly(_))
        })
    }

    /// Since when what a rise or a fall brought stands, by what counts now: since the tier was qualified for, or would have been without what came
    /// back; `None` where the tier goes too.
    fn stands_since(&self, id: LadderId, rise: &Risen) -> Result<Option<Instant>, Fault> {
        if self.grounded(id, rise.tier, rise.since)? {
            return Ok(Some(rise.since));
        }
        let held = self.state.ladders.at(id);
        let again = held.rises.iter().filter(|other| other.tier == rise.tier && other.since > rise.since);
        let end = again.map(|again| again.since).chain(rise.fell).min();
        let Some(tier) = self.program.ladders.at(id).tiers.get(rise.tier as usize) else { return Ok(None) };
        if self.slides(tier) {
            for time in self.moments(rise.since, end.unwrap_or(Instant::LAST)) {
                if self.reached_at(tier, false, time)? {
                    return Ok(Some(time));
                }
            }
        }
        // What has come since may hold it all the same.
        if end.is_some() { Ok(None) } else { self.held_on_since(id, rise) }
    }

    /// Since when a tier that was risen to is held for another reason, or by now where it is held as long as its condition holds.
    fn held_on_since(&self, id: LadderId, rise: &Risen) -> Result<Option<Instant>, Fault> {
        let (ladder, held) = (self.program.ladders.at(id), self.state.ladders.at(id));
        let mut first: Option<Instant> = None;
        for hold in held.holds.iter().filter(|hold| hold.tier >= rise.tier && self.lasts(ladder, hold) > self.at.now) {
            let since = match ladder.tiers.get(hold.tier as usize) {
                _ if hold.granted => Some(rise.since),
                Some(tier) if ladder.holds == Hold::Rolling => {
                    let now = self.at.now;
                    let view = View { at: Some(self.moment(now)), ..View::default() };
                    self.stays(tier, view)?.then_some(now)
                }
                _ => self.grounded(id, hold.tier, hold.since)?.then_some(hold.since),
            };
            first = first.into_iter().chain(since).min();
        }
        Ok(first)
    }

    /// After a reversal: acts on tiers and rises whose ground it took.
    pub fn lose_ground(&mut self, before: Vec<Grounds>) -> Result<(), Fault> {
        for (id, before) in self.program.ladders.ids().zip(before) {
            let ladder = self.program.ladders.at(id);
            if ladder.refunds == LadderRefund::Never {
                continue;
            }
            self.state.ladders.at_mut(id).settled.0 = false;
            self.lose_rises(id, &before.rises)?;
            if ladder.holds == Hold::Rolling {
                continue;
            }
            let mut lost = Vec::new();
            for (i, hold) in self.state.ladders.at(id).holds.iter().enumerate() {
                if before.holds.get(i) == Some(&true) && !self.grounded(id, hold.tier, hold.since)? {
                    lost.push(i);
                }
            }
            let end = self.calendar.zone.start_of(self.period(self.ladder_period(ladder), self.at.today).end);
            let held = self.state.ladders.at_mut(id);
            for i in lost.into_iter().rev() {
                if ladder.refunds == LadderRefund::AtOnce {
                    held.holds.remove(i);
                } else if let Some(hold) = held.holds.get_mut(i) {
                    hold.lost_at = Some(end);
                }
            }
        }
        Ok(())
    }

    /// Takes back what rises and falls brought that stood before a reversal, and no longer do.
    fn lose_rises(&mut self, id: LadderId, before: &[bool]) -> Result<(), Fault> {
        let rises = &self.state.ladders.at(id).rises;
        let stand = rises.iter().map(|rise| self.stands_since(id, rise)).collect::<Result<Vec<_>, _>>()?;
        let mut kept = Vec::new();
        let rises = std::mem::take(&mut self.state.ladders.at_mut(id).rises);
        for (i, (mut rise, since)) in rises.into_iter().zip(stand).enumerate() {
            if since.is_none() && before.get(i) == Some(&true) {
                let ladder = self.program.ladders.at(id);
                let tier = ladder.tiers.get(rise.tier as usize);
                let (name, span) = tier.map_or(("", ladder.span), |tier| (&*tier.name, tier.span));
                self.explain(Cause::Ladder(id), span, Stage::Reverse, None, true, || {
                    format!("what rising to {name} brought: it is not reached without what came back")
                });
                if !self.revoke(&mut rise.brought)? {
                    let anew = rise.first.map(|rule| (rule, rise.tier));
                    self.state.ladders.at_mut(id).anew.extend(anew);
                }
            } else {
                kept.push(Risen { since: since.unwrap_or(rise.since), ..rise });
            }
        }
        self.state.ladders.at_mut(id).rises = kept;
        Ok(())
    }
}
