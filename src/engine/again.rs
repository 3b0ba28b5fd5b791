//! Awards that hung on a threshold are judged again on what is left of their event, with what was recorded when they were made (S20, S22).

use crate::hir::{Earn, EarnId, OnRefund, Read, Reversal, Standing, TierAt};
use crate::value::{Exact, Value, allocate};

use super::boost::{Basis, Boosted};
use super::earn::funding;
use super::fact::{Award, Fact};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::footing::Footing;
use super::left::{Left, view_of_left};
use super::outcome::Cause;
use super::partner::Kept;
use super::split::{Part, Portion};

/// What an award comes to for what is left of its event.
pub struct Judged {
    /// How much, in steps.
    pub amount: i64,
    /// Who pays for that, where partners have a part in it.
    pub kept: Option<Kept>,
}

impl Fold<'_> {
    /// Judges the recorded awards of an event that are to be judged again, on what a reversal has left of it, with the rates and tiers
    /// recorded then. What was rounded together is so again. Gives what each award comes to, `None` where it is not to be judged.
    pub fn rejudged(&mut self, awards: &mut [Award], fact: &Fact, by: &Reversal) -> Result<Vec<Option<Judged>>, Fault> {
        let mut judged: Vec<Option<Judged>> = awards.iter().map(|_| None).collect();
        let mut parts = Vec::new();
        for (award, slot) in awards.iter_mut().zip(&mut judged) {
            if self.on_parts(award.cause, award.on_refund, fact, by) != OnRefund::Rejudge {
                continue;
            }
            match award.cause {
                Cause::Earn(id) => {
                    let boosted = self.rejudged_exactly(id, award, fact, by)?;
                    parts.push((id, &*award, boosted, slot));
                }
                _ => {
                    let at = fact.event.time;
                    let amount = self.award_of_left(award, &Left { fields: &fact.left, asked: Some(at), at })?;
                    let amount = self.after_parts(amount, (award.cause, award.line), fact, by)?;
                    *slot = Some(Judged { amount, kept: None });
                }
            }
        }
        for ((_, rounding), members) in self.rounded_together(parts.iter().map(|(id, award, ..)| (*id, award.line))) {
            let amounts: Vec<Exact> =
                members.iter().filter_map(|&i| parts.get(i)).map(|(.., boosted, _)| boosted.amount).collect();
            let sum = amounts.iter().try_fold(Exact::ZERO, |sum, amount| sum.add(*amount))?;
            for (i, amount) in members.into_iter().zip(allocate(&amounts, rounding.round(sum)?)?) {
                if let Some((id, award, boosted, slot)) = parts.get_mut(i) {
                    let amount = amount.min(award.granted);
                    let amount = self.after_parts(amount, (award.cause, award.line), fact, by)?;
                    let kept = self.paid_for(self.program.earns.at(*id), award, boosted, amount)?;
                    **slot = Some(Judged { amount, kept });
                }
            }
        }
        Ok(judged)
    }

    /// Who pays for what an award comes to; none where no partner does, and where another member has a part of it.
    fn paid_for(&self, earn: &Earn, award: &Award, boosted: &Boosted, amount: i64) -> Result<Option<Kept>, Fault> {
        if award.funded.is_empty() || award.shared > 0 || boosted.amount.is_zero() {
            return Ok(None);
        }
        let partners = self.funded(&funding(earn, boosted)?, amount)?;
        let issuer = amount - partners.iter().map(|(_, part)| part).sum::<i64>();
        Ok(Some(Kept { partners, issuer }))
    }

    /// What an earn gives for what is left of an event, before rounding; and notes what is left of its bonuses.
    fn rejudged_exactly(
        &mut self,
        id: EarnId,
        award: &mut Award,
        fact: &Fact,
        by: &Reversal,
    ) -> Result<Boosted, Fault> {
        let mut footing = award.footing.take();
        let boosted = self.boosted_again(self.program.earns.at(id), award, footing.as_deref(), fact, by)?;
        if let Some(footing) = &mut footing {
            footing.judged_again(&boosted.limited);
        }
        award.footing = footing;
        Ok(boosted)
    }

    fn boosted_again(
        &mut self,
        earn: &Earn,
        award: &Award,
        footing: Option<&Footing>,
        fact: &Fact,
        by: &Reversal,
    ) -> Result<Boosted, Fault> {
        let at = self.moment(fact.event.time);
        let Some(view) = view_of_left(earn.list, award.line, &award.seen, &fact.left, at) else {
            return Ok(Boosted::default());
        };
        let view = View { at: self.as_of(earn, view)?.or(view.at), ..view };
        if !self.open(award.cause, &earn.gates, view)?
            || !self.passes(award.cause, &earn.gates, view, award.line.unwrap_or(0))?
        {
            return Ok(Boosted::default());
        }
        let parts = match footing {
            Some(footing) if !footing.parts.is_empty() => {
                left_of(&footing.parts, self.kept(award.cause, award.line, fact, by)?)?
            }
            _ => Vec::new(),
        };
        // Each part sees the tier in which it was made, and all else as it was.
        let seen: Vec<Vec<(Read, Value)>> =
            parts.iter().map(|(tier, _)| at_tier(&award.seen, earn.tier, *tier)).collect();
        let parts = parts.iter().zip(&seen).map(|(part, replay)| (*part, View { replay, ..view }));
        self.boosted(award.cause, earn, &Portion::all(view, parts), award.line, Basis::Then(footing))
    }
}

/// The parts of what is left, by what share that is: what was made last has come back first.
fn left_of(parts: &[Part], kept: Option<Exact>) -> Result<Vec<Part>, Fault> {
    let Some(kept) = kept else { return Ok(parts.to_vec()) };
    let (mut left, mut rest) = (Vec::new(), kept);
    for &(tier, share) in parts {
        let share = share.min(rest);
        rest = rest.sub(share)?;
        if !share.is_zero() {
            left.push((tier, share.div(kept)?));
        }
    }
    if left.is_empty() {
        // Nothing is left of what it is measured by: all else is as the first part.
        left.extend(parts.first().map(|(tier, _)| (*tier, Exact::ONE)));
    }
    Ok(left)
}

/// What was read of a member, with another tier in the ladder by which an earn is split.
fn at_tier(seen: &[(Read, Value)], at: TierAt, tier: u32) -> Vec<(Read, Value)> {
    let mut seen = seen.to_vec();
    if let TierAt::Split(ladder) = at {
        let read = Read::Tier(ladder, Standing::Current);
        seen.retain(|(key, _)| *key != read);
        seen.push((read, Value::Ordinal(tier)));
    }
    seen
}
