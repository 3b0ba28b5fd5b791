//! What hung on what is no more: awards, gifts and turns are taken back, clocks stand as before (S22, S26).

use std::collections::BTreeSet;
use std::slice::from_ref;

use crate::hir::{MeasureId, Read, RuleId, Source, Trigger, Window};
use crate::value::{Exact, Instant, Value};

use super::brought::{Brought, Hanging};
use super::challenge::Stood;
use super::context::Moment;
use super::fact::{Award, Fact, Gifted};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::ground::Grounds;
use super::mail::Content;
use super::many::Many;
use super::outcome::{Cause, Stage, VoucherChange, What};
use super::rollover::Surpluses;
use super::state::Voucher;
use super::undone::{Firing, activated_by};
use super::{reads, words};

/// A crossing for which a rule has fired: in which period, and which multiple.
pub(super) type Crossing = (RuleId, Instant, i64);

/// What stands on what was counted: only what a reversal takes away from that is lost with it.
pub struct Ground {
    crossings: BTreeSet<Crossing>,
    challenges: Stood,
    tiers: Vec<Grounds>,
    surpluses: Surpluses,
}

impl Fold<'_> {
    /// Takes back all that was brought, with the turns that rules took of their limits. Returns whether something stays, and then the turns do;
    /// what stays is left in `brought`.
    pub fn revoke(&mut self, brought: &mut Brought) -> Result<bool, Fault> {
        for award in &mut brought.awards {
            let (before, rest) = (award.taken, award.granted - award.taken);
            let taken = self.take_back(award.cause, award, rest)?;
            let mut uses = std::mem::take(&mut award.uses);
            self.unclaim(&mut uses, award.granted, before, taken)?;
        }
        for donation in &mut brought.donations {
            self.return_gift(donation, donation.amount)?;
        }
        let mut stay = Vec::new();
        for gift in std::mem::take(&mut brought.gifts) {
            if self.cancel_gift(gift)? {
                stay.push(gift);
            }
        }
        brought.gifts = stay;
        for sent in brought.sent.drain(..) {
            self.send(sent.to, Content::Recall(sent.id));
        }
        let stays = !brought.gifts.is_empty() || brought.awards.iter().any(|award| award.taken < award.granted);
        if !stays {
            self.unclaim(&mut brought.turns, 0, 0, 0)?;
        }
        Ok(stays)
    }

    /// Lets clocks of absence, cooldowns and activations stand as if an event that is gone had never been (S26).
    /// What lasts of it has given, and goes on to rest.
    pub(super) fn forget(&mut self, gone: &Fact, lasting: &BTreeSet<Firing>) {
        let time = gone.event.time;
        if *self.state.last.at(gone.event.kind) == Some(time) {
            *self.state.last.at_mut(gone.event.kind) = self.latest(|fact| fact.event.kind == gone.event.kind);
            // Lots may have been due in between.
            self.state.units.iter_mut().for_each(|purse| purse.checked = None);
        }
        let lasts = |cause: &Cause| lasting.iter().any(|(lasting, _)| lasting == cause);
        gone.gave.iter().filter(|cause| !lasts(cause)).for_each(|cause| self.forget_gave(*cause, time));
        let program = self.program;
        let used: BTreeSet<&str> = lasting.iter().flat_map(|(cause, _)| activated_by(program, *cause)).collect();
        for (name, since) in gone.used_up.iter().filter(|(name, _)| !used.contains(&**name)) {
            self.state.activations.entry(name.clone()).or_insert(*since);
        }
    }

    /// Lets something that gave at a moment, for an event for which nothing of that is left, have given when it did before.
    pub(super) fn forget_gave(&mut self, cause: Cause, time: Instant) {
        if self.state.gave.get(&cause) != Some(&time) {
            return;
        }
        match self.latest(|fact| fact.gave.contains(&cause)) {
            Some(before) => self.state.gave.insert(cause, before),
            None => self.state.gave.remove(&cause),
        };
    }

    /// When the last event came, of those that are still there, of which something holds.
    fn latest(&self, which: impl Fn(&Fact) -> bool) -> Option<Instant> {
        let mut facts = self.state.facts.iter().rev().filter(|fact| !fact.gone && !fact.negative);
        facts.find(|fact| which(fact)).map(|fact| fact.event.time)
    }

    /// Takes gifts back that are still there, and tells of the others.
    pub fn cancel_gifts(&mut self, gifts: &[Gifted]) -> Result<(), Fault> {
        gifts.iter().try_for_each(|gift| self.cancel_gift(*gift).map(drop))
    }

    /// Takes a gift back if it is still there, and tells of it if not. Returns whether it stays.
    pub fn cancel_gift(&mut self, gift: Gifted) -> Result<bool, Fault> {
        match gift {
            Gifted::Badge(badge) => {
                *self.state.badges.at_mut(badge) = None;
                self.emit(Cause::Event, What::Badge { badge, given: false });
                Ok(false)
            }
            Gifted::Voucher(number) => self.cancel_voucher(number),
            Gifted::Entry(number) => self.cancel_entry(number),
            Gifted::Offer(number) => self.cancel_offer(number),
        }
    }

    /// Whether something of an award was spent, or all of it has lapsed.
    pub fn is_spent(&self, award: &Award) -> bool {
        award.lot.is_some_and(|lot| {
            let purse = self.state.units.at(award.unit);
            purse.closed(lot).is_some() || purse.lot(lot).is_some_and(|open| open.spent > 0)
        })
    }

    /// Whether a voucher is no longer open, a part of it was used, or something of the credit was spent that came with it.
    pub fn is_voucher_used(&self, number: u32) -> bool {
        let spent = |award: &Award| self.is_spent(award);
        let used = |voucher: &Voucher| {
            voucher.closed.is_some() || !voucher.parts.is_empty() || voucher.credit.as_deref().is_some_and(spent)
        };
        self.state.vouchers.get(number).is_none_or(used)
    }

    fn cancel_voucher(&mut self, number: u32) -> Result<bool, Fault> {
        let Some(voucher) = self.state.vouchers.get_mut(number) else { return Ok(false) };
        let (reward, closed, credit) = (voucher.reward, voucher.closed, voucher.credit.take());
        if closed.is_none() && !voucher.parts.is_empty() {
            return Ok(self.cancel_rest(number));
        }
        if closed.is_none() {
            voucher.closed = Some(VoucherChange::Cancelled);
            let (release, mut uses) = (voucher.release, std::mem::take(&mut voucher.uses));
            if let Some(release) = release {
                self.put_back(reward, release);
            }
            self.unclaim(&mut uses, 0, 0, 0)?;
            let change = VoucherChange::Cancelled;
            self.emit(Cause::Reward(reward), What::Voucher { reward, voucher: number, change });
        } else if credit.is_none() {
            let name = &self.program.rewards.at(reward).name;
            let words = format!("voucher {number} of `{name}` is no longer open");
            self.emit(Cause::Reward(reward), What::Irreversible(words));
        }
        let Some(mut credit) = credit else {
            return Ok(matches!(closed, Some(VoucherChange::Used | VoucherChange::Expired)));
        };
        let granted = credit.granted;
        Ok(self.take_back(credit.cause, &mut credit, granted)? < granted)
    }

    /// Before a reversal of what happened from a moment on: what stands on what was counted.
    pub fn standing_ground(&self, since: Instant) -> Result<Ground, Fault> {
        let mut crossings = BTreeSet::new();
        for (id, rule) in self.program.rules.pairs() {
            let all = &self.state.firings.at(id).hanging;
            for hanging in all.iter().filter(|hanging| self.may_shake(&rule.trigger, hanging, since)) {
                if self.still_crossed(&rule.trigger, hanging, again(all, hanging))? {
                    crossings.insert((id, hanging.period, hanging.multiple));
                }
            }
        }
        Ok(Ground { crossings, challenges: self.stood(since)?, tiers: self.grounds()?, surpluses: self.surpluses()? })
    }

    /// Whether what comes back of what happened from a moment on may take a threshold away: what was crossed in a time that was over by then
    /// stands, unless what came later in a sliding window holds it.
    fn may_shake(&self, trigger: &Trigger, hanging: &Hanging, since: Instant) -> bool {
        let (Trigger::Reaches(measure, _) | Trigger::Another { measure, .. }) = trigger else { return true };
        match reads::window(self.program, *measure) {
            None | Some(Window::LastDays(_) | Window::LastExactly(_)) => true,
            Some(_) => hanging.until >= since,
        }
    }

    /// After a reversal: what stood on what was counted is taken back where it does no longer. What did not stand on it before, as a measure was
    /// restarted or the member's days are others now, is not lost with it.
    pub fn rejudge(&mut self, before: Ground) -> Result<(), Fault> {
        self.roll_again(&before.surpluses)?;
        self.rejudge_hanging(&before.crossings)?;
        self.undo_challenges(&before.challenges)?;
        self.lose_ground(before.tiers)?;
        self.close_unfounded()
    }

    /// Whether a measure has what a rule has fired for, or had it once in that time, by what counts now. What slides or shrinks as time goes by
    /// may also reach it by what came since, up to where the rule fired for that again.
    fn still_crossed(&self, trigger: &Trigger, hanging: &Hanging, again: Instant) -> Result<bool, Fault> {
        let (Trigger::Reaches(measure, _) | Trigger::Another { measure, .. }) = trigger else { return Ok(true) };
        let reaches = |at| self.reaches_at(*measure, hanging.threshold, at);
        let slides =
            matches!(reads::window(self.program, *measure), None | Some(Window::LastDays(_) | Window::LastExactly(_)));
        let (first, last) = (if slides { hanging.until } else { hanging.period }, hanging.until.min(self.at.now));
        let formula = matches!(self.program.measures.at(*measure).source, Source::Formula(_));
        if self.held_once((!formula).then_some(from_ref(measure)), first, last, reaches)? {
            return Ok(true);
        }
        let since = if slides { self.moments(hanging.until, again) } else { Vec::new() };
        for time in since {
            if reaches(self.moment(time))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The moments of the member's events after one and before another.
    pub(super) fn moments(&self, after: Instant, before: Instant) -> Vec<Instant> {
        let since = self.state.facts.iter().rev().map(|fact| fact.event.time).take_while(|time| *time > after);
        let mut since: Vec<Instant> = since.filter(|time| *time < before).collect();
        since.reverse();
        since.dedup();
        since
    }

    /// Whether a measure was as high at a moment, by what counts for that now.
    fn reaches_at(&self, measure: MeasureId, threshold: Exact, at: Moment) -> Result<bool, Fault> {
        let view = View { at: Some(at), ..View::default() };
        Ok(match self.cx(view).read(Read::Measure(measure))? {
            Value::Exact(value) => value >= threshold,
            _ => threshold <= Exact::ZERO,
        })
    }

    /// Awards that hung on a threshold which the measure no longer reaches are taken back, and may be earned again (S22).
    pub(super) fn rejudge_hanging(&mut self, before: &BTreeSet<Crossing>) -> Result<(), Fault> {
        for (id, rule) in self.program.rules.pairs() {
            let all = std::mem::take(&mut self.state.firings.at_mut(id).hanging);
            let mut gone = Vec::new();
            for (place, hanging) in all.iter().enumerate() {
                let held = before.contains(&(id, hanging.period, hanging.multiple));
                if !held || self.still_crossed(&rule.trigger, hanging, again(&all, hanging))? {
                    continue;
                }
                gone.push(place);
                let crossed = &mut self.state.firings.at_mut(id).crossed;
                let done = crossed.get(&hanging.period).map(|done| *done.min(&(hanging.multiple - 1)));
                match done {
                    Some(done @ 1..) => crossed.insert(hanging.period, done),
                    _ => crossed.remove(&hanging.period),
                };
                self.explain_uncrossed(id, hanging)?;
                let mut hanging = hanging.clone();
                if self.revoke(&mut hanging.brought)? {
                    self.state.firings.at_mut(id).stayed.push(hanging);
                }
            }
            let mut kept = all;
            gone.into_iter().rev().for_each(|place| drop(kept.remove(place)));
            self.state.firings.at_mut(id).hanging = kept;
        }
        Ok(())
    }

    /// Says which threshold a measure no longer reaches, so that what a rule brought for it goes.
    fn explain_uncrossed(&mut self, id: RuleId, hanging: &Hanging) -> Result<(), Fault> {
        let rule = self.program.rules.at(id);
        let (Trigger::Reaches(measure, _) | Trigger::Another { measure, .. }) = rule.trigger else { return Ok(()) };
        if !self.tracing() {
            return Ok(());
        }
        let def = self.program.measures.at(measure);
        let view = View { at: Some(self.moment(hanging.until.min(self.at.now))), ..View::default() };
        let value = self.cx(view).read(Read::Measure(measure))?;
        let said = |value: &Value| words::value(self.program, def.ty, value);
        let (threshold, value) = (said(&Value::Exact(hanging.threshold)), said(&value));
        let words = format!(
            "what it brought: {} is {value} without what came back, and no longer reaches {threshold}",
            def.name
        );
        self.explain(Cause::Rule(id), rule.span, Stage::Reverse, None, true, || words);
        Ok(())
    }
}

/// When a rule next fired for the same, after a crossing.
fn again(all: &Many<Hanging>, one: &Hanging) -> Instant {
    let later = all.iter().filter(|other| other.multiple == one.multiple && other.until > one.until);
    later.map(|other| other.until).min().unwrap_or(Instant::LAST)
}
