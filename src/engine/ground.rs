//! What tiers stand on: reasons to hold them, and what rises and falls brought, go with the ground that a reversal takes (S22, S24).

use crate::hir::{Hold, Ladder, LadderId, LadderRefund, Rise, RuleId, Tier, Window};
use crate::value::Instant;

use super::brought::{Brought, Risen};
use super::context::Moment;
use super::fault::Fault;
use super::fold::{Fold, View};
use super::outcome::{Cause, Stage};
use super::reads;
use super::state::Holding;

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
            let firm = self.firm(id)?;
            let holds = held.holds.iter().map(|hold| !hold.granted && firm.contains(&hold)).collect();
            let mut rises = Vec::new();
            for rise in &held.rises {
                rises.push(self.stands_since(id, rise, &firm)?.is_some());
            }
            all.push(Grounds { holds, rises });
        }
        Ok(all)
    }

    /// The reasons to hold tiers that have their ground, the oldest first, and those that are over before what they led to.
    fn firm(&self, id: LadderId) -> Result<Vec<&Holding>, Fault> {
        let (ladder, held) = (self.program.ladders.at(id), self.state.ladders.at(id));
        let mut all: Vec<&Holding> = held.ended.iter().chain(&held.holds).collect();
        all.sort_by_key(|hold| hold.since);
        let mut firm = Vec::new();
        for hold in all {
            let grounded = match ladder.holds {
                _ if hold.granted => true,
                Hold::Rolling => self.rolls_on(ladder, hold)?,
                _ => self.grounded(id, hold.tier, hold.since, &firm)?,
            };
            if grounded {
                firm.push(hold);
            }
        }
        Ok(firm)
    }

    /// Whether a tier that was qualified for at a moment still is, by what counts for that time now; or is at least kept by that, where the member
    /// had it for one of these reasons.
    fn grounded(&self, id: LadderId, tier: u32, since: Instant, firm: &[&Holding]) -> Result<bool, Fault> {
        let ladder = self.program.ladders.at(id);
        let carried = firm.iter().any(|hold| hold.carries(tier, since));
        let Some(tier) = ladder.tiers.get(tier as usize) else { return Ok(false) };
        let (first, last) = self.ground(ladder, tier, since)?;
        if carried && self.reached_at(tier, true, last)? {
            return Ok(true);
        }
        let Some(reach) = &tier.reach else { return Ok(false) };
        let reached = |at| self.reached(tier, false, View { at: Some(at), ..View::default() });
        self.held_once(reads::rising(self.program, reach).as_deref(), first, last, reached)
    }

    /// Whether a tier that is held as long as its condition holds would be held by now, by what counts now: it is reached, or was since it is
    /// held, and kept from then on.
    fn rolls_on(&self, ladder: &Ladder, hold: &Holding) -> Result<bool, Fault> {
        let Some(tier) = ladder.tiers.get(hold.tier as usize) else { return Ok(false) };
        let view = |at: Moment| View { at: Some(at), ..View::default() };
        let now = self.moment(self.at.now);
        if self.reached(tier, false, view(now))? {
            return Ok(true);
        }
        if !self.reached(tier, true, view(now))? {
            return Ok(false);
        }
        let mut behind = None;
        for fact in self.state.facts_from(hold.since).rev().filter(|fact| !fact.gone && !fact.negative) {
            for before in [behind, Some(fact.place)] {
                let then = view(Moment { before, ..self.moment(fact.event.time) });
                if ladder.rises == Rise::AtOnce && self.reached(tier, false, then)? {
                    return Ok(true);
                }
                if !self.stays(tier, then)? {
                    return Ok(false);
                }
            }
            behind = Some(fact.place);
        }
        self.reached(tier, false, view(Moment { before: behind, ..self.moment(hold.since) }))
    }

    /// Lets those reasons be over, and keeps in mind the ones without which a later reason would not have been one.
    pub(super) fn end_reasons(&mut self, id: LadderId, over: Vec<Holding>) {
        let ladder = self.program.ladders.at(id);
        let held = self.state.ladders.at_mut(id);
        let otherwise = |hold: &Holding| ladder.tiers.get(hold.tier as usize).is_some_and(Tier::keeps_otherwise);
        held.ended.extend(over.into_iter().filter(otherwise));
        let mut led = Vec::new();
        for hold in std::mem::take(&mut held.ended).into_iter().rev() {
            if held.holds.iter().chain(&led).any(|later| hold.carries(later.tier, later.since)) {
                led.push(hold);
            }
        }
        led.reverse();
        held.ended = led;
    }

    /// The time in which to look again at what was qualified for: the shortest period in which something of it is counted, or that very moment
    /// where windows slide. What is reached by
    /// lasting has lasted until that moment, and at the end of a period only what there is then counts.
    fn ground(&self, ladder: &Ladder, tier: &Tier, since: Instant) -> Result<(Instant, Instant), Fault> {
        if self.slides(tier) {
            return Ok((since, since));
        }
        let zone = &self.calendar.zone;
        let counted = self.counted(tier).filter_map(|window| match window {
            Window::Period(kind) => Some(kind),
            _ => None,
        });
        let around = |kind| self.period(kind, zone.day_of(since));
        let shortest = counted.map(around).min_by_key(|period| period.end);
        let period = shortest.unwrap_or_else(|| around(self.ladder_period(ladder)));
        let first = match ladder.rises {
            Rise::AtOnce => zone.start_of(period.start),
            Rise::After(_) => since,
            Rise::AtPeriodEnd(_) => Instant::LAST,
        };
        let last = zone.start_of(period.end).plus_millis(-1).ok_or(Fault::Calendar)?;
        Ok((first, last.min(self.at.now)))
    }

    /// The windows of what the conditions of a tier count.
    fn counted(&self, tier: &Tier) -> impl Iterator<Item = Window> {
        let conditions = tier.reach.iter().chain(&tier.keep);
        let measures = conditions.flat_map(|condition| reads::measures(self.program, condition));
        measures.map(|measure| self.program.measures.at(measure).window)
    }

    /// Whether a tier is for what was counted in a window that slides.
    fn slides(&self, tier: &Tier) -> bool {
        self.counted(tier).any(|window| matches!(window, Window::LastDays(_) | Window::LastExactly(_)))
    }

    /// Since when what a rise or a fall brought stands, by what counts now: since the tier was qualified for, or would have been without what came
    /// back; `None` where the tier goes too.
    fn stands_since(&self, id: LadderId, rise: &Risen, firm: &[&Holding]) -> Result<Option<Instant>, Fault> {
        if self.grounded(id, rise.tier, rise.since, firm)? {
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
        Ok(if end.is_some() { None } else { self.held_on_since(id, rise, firm) })
    }

    /// Since when a tier that was risen to is held for another reason, or by now where it is held as long as its condition holds.
    fn held_on_since(&self, id: LadderId, rise: &Risen, firm: &[&Holding]) -> Option<Instant> {
        let ladder = self.program.ladders.at(id);
        let above = firm.iter().filter(|hold| hold.tier >= rise.tier && self.lasts(ladder, hold) > self.at.now);
        let since = above.map(|hold| match ladder.holds {
            _ if hold.granted => rise.since,
            Hold::Rolling => self.at.now,
            _ => hold.since,
        });
        since.min()
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
            let firm = self.firm(id)?;
            let holds = self.state.ladders.at(id).holds.iter().zip(&before.holds).enumerate();
            let lost = holds.filter(|(_, (hold, had))| **had && !firm.contains(hold)).map(|(i, _)| i);
            let lost: Vec<usize> = lost.collect();
            let end = self.calendar.zone.start_of(self.period(self.ladder_period(ladder), self.at.today).end);
            let held = self.state.ladders.at_mut(id);
            for i in lost.into_iter().rev() {
                // What is held as long as its condition holds is not held any longer.
                if ladder.refunds == LadderRefund::AtOnce || ladder.holds == Hold::Rolling {
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
        let (rises, firm) = (&self.state.ladders.at(id).rises, self.firm(id)?);
        let stand = rises.iter().map(|rise| self.stands_since(id, rise, &firm)).collect::<Result<Vec<_>, _>>()?;
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
