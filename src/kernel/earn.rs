//! What an event brings its member: earns with their limits and rounding, and rules.

use crate::engine::MOST_AT_ONCE;
use crate::hir::{RewardId, RoundScope, RuleId, UnitId};
use crate::value::{Exact, Rounding, allocate};

use super::judge::{Judge, Odd, Share, TOO_LARGE};
use super::plan::{CrossingPlan, EarnPlan, EffectPlan, EventPlan, LimitPlan, Once};

impl Judge<'_> {
    /// Judges all earns of the event at hand.
    pub fn earn(&mut self, event: &EventPlan) -> Result<(), Odd> {
        let mut shares = std::mem::take(&mut self.scratch.shares);
        shares.clear();
        for (place, earn) in event.earns.iter().enumerate() {
            if !self.all(&earn.gates) {
                continue;
            }
            let amount = if earn.lets.is_empty() { self.value(&earn.give) } else { self.named_value(earn) };
            if amount > 0 {
                shares.push(Share { earn: place, amount });
            }
        }
        for share in &mut shares {
            if let Some(earn) = event.earns.get(share.earn) {
                share.amount = self.fit(earn, share.amount);
            }
        }
        shares.retain(|share| share.amount > 0);
        let done = self.pay(event, &shares);
        self.scratch.shares = shares;
        done
    }

    /// What an earn gives that computes named values first.
    fn named_value(&self, earn: &EarnPlan) -> i64 {
        let cx = self.cx();
        for (named, value) in cx.lets.iter().zip(&earn.lets) {
            named.set(value.get(&cx));
        }
        earn.give.get(&cx)
    }

    /// Cuts an amount to what all limits of an earn leave.
    fn fit(&mut self, earn: &EarnPlan, amount: i64) -> i64 {
        let mut amount = amount;
        for limit in &earn.limits {
            if amount == 0 {
                return 0;
            }
            let asked = amount;
            let left = self.left(limit).max(0);
            let most = left.min(asked / earn.scale + 1);
            let parts = most.checked_mul(earn.scale).unwrap_or_else(|| self.cx().odd());
            amount = match (limit.times, limit.rejects) {
                (true, _) if left >= 1 => asked,
                (true, _) => 0,
                (false, true) if parts < asked => 0,
                (false, _) => asked.min(parts),
            };
            if amount != asked {
                self.told.outcomes += 1;
            }
        }
        amount
    }

    /// What a limit leaves, in steps or times.
    fn left(&self, limit: &LimitPlan) -> i64 {
        self.value(&limit.most).checked_sub(self.used(limit)).unwrap_or_else(|| self.cx().odd())
    }

    fn used(&self, limit: &LimitPlan) -> i64 {
        let Some(cells) = limit.cells else { return 0 };
        if self.get(cells.period) == self.bucket(limit) { self.get(cells.used) } else { 0 }
    }

    fn bucket(&self, limit: &LimitPlan) -> i64 {
        limit.period.and_then(|period| self.moment.today.periods.get(period)).map_or(0, |around| around.start)
    }

    /// Rounds what is left of all shares and awards it.
    fn pay(&mut self, event: &EventPlan, shares: &[Share]) -> Result<(), Odd> {
        let plain = |share: &Share| event.earns.get(share.earn).is_none_or(|earn| share.amount % earn.scale == 0);
        if shares.iter().all(plain) {
            for share in shares {
                if let Some(earn) = event.earns.get(share.earn) {
                    self.award(earn, share.amount / earn.scale);
                }
            }
            return Ok(());
        }
        for (share, amount) in shares.iter().zip(rounded(event, shares).ok_or(TOO_LARGE)?) {
            if let Some(earn) = event.earns.get(share.earn) {
                self.award(earn, amount);
            }
        }
        Ok(())
    }

    fn award(&mut self, earn: &EarnPlan, amount: i64) {
        // Rounding takes no award beyond its limits.
        let room = earn.limits.iter().filter(|limit| !limit.times).map(|limit| self.left(limit).max(0));
        let amount = room.fold(amount, i64::min);
        let granted = self.grant(earn.unit, amount);
        if granted == 0 {
            return;
        }
        for limit in &earn.limits {
            let Some(cells) = limit.cells else { continue };
            let used = self.used(limit) + if limit.times { 1 } else { granted };
            self.set(cells.period, self.bucket(limit));
            self.set(cells.used, used);
        }
        self.remember(earn.award, granted);
    }

    fn remember(&mut self, award: Option<usize>, granted: i64) {
        let lot = self.get(self.plan.layout.next_lot).saturating_sub(1);
        if let Some(slot) = award.filter(|_| granted > 0).and_then(|place| self.scratch.awards.get_mut(place)) {
            *slot = (granted, lot);
        }
    }

    /// Fires rules whose measure has crossed what they wait for; returns whether any did.
    pub fn crossings(&mut self, waits: &[RuleId]) -> Result<bool, Odd> {
        let plan = self.plan;
        let mut fired = false;
        for (place, id) in waits.iter().enumerate() {
            let Some(crossing) = &plan.rules.at(*id).crossing else { continue };
            let now = self.value(&crossing.value);
            let before = self.scratch.prior.get(place).copied().unwrap_or(now);
            if let Some(prior) = self.scratch.prior.get_mut(place) {
                *prior = now;
            }
            if now > before {
                fired |= self.cross(*id, crossing, before, now)?;
            }
        }
        Ok(fired)
    }

    fn cross(&mut self, id: RuleId, crossing: &CrossingPlan, before: i64, now: i64) -> Result<bool, Odd> {
        let cells = crossing.cells;
        let key = match crossing.once {
            Once::Ever => 0,
            Once::Period(period) => self.moment.today.periods.get(period).map_or(0, |around| around.start),
            Once::Moment => self.moment.now,
        };
        let same = crossing.once == Once::Ever || self.get(cells.period) == key;
        let done = if same { self.get(cells.multiple) } else { 0 };
        let multiples = |value: i64| match crossing.repeats {
            None => i64::from(value >= crossing.step),
            Some(_) => value.div_euclid(crossing.step).max(0),
        };
        let first = (multiples(before).max(done) + 1).max(crossing.repeats.unwrap_or(1));
        let last = multiples(now);
        if last.saturating_sub(first) >= MOST_AT_ONCE {
            return Err(Odd("more crossings at once than are fired"));
        }
        let mut fired = false;
        for multiple in first..=last {
            self.set(cells.period, key);
            self.set(cells.multiple, multiple);
            fired |= self.fires(id)?;
            if self.get(cells.multiple) != multiple {
                // The rule has restarted its measure: further multiples are to be reached again.
                break;
            }
        }
        Ok(fired)
    }

    /// Fires a rule if it is open.
    pub fn fire(&mut self, id: RuleId) -> Result<(), Odd> {
        self.fires(id).map(drop)
    }

    fn fires(&mut self, id: RuleId) -> Result<bool, Odd> {
        let plan = self.plan;
        let rule = plan.rules.at(id);
        if !self.all(&rule.gates) {
            return Ok(false);
        }
        for (condition, effect) in &rule.effects {
            if condition.as_ref().is_some_and(|condition| !condition.holds(&self.cx())) {
                continue;
            }
            match effect {
                EffectPlan::Give { unit, amount, scale, award } => {
                    let amount = self.whole(*unit, self.value(amount), *scale)?;
                    let granted = self.grant(*unit, amount);
                    self.remember(*award, granted);
                }
                EffectPlan::Issue(reward) => self.issue(*reward),
                EffectPlan::Badge(cell) => {
                    if self.get(*cell) == super::layout::NEVER {
                        self.set(*cell, self.moment.now);
                        self.told.outcomes += 1;
                    }
                }
                EffectPlan::Restart(measure) => self.restart(*measure),
            }
        }
        Ok(true)
    }

    /// An amount in whole steps, as its unit rounds.
    fn whole(&self, unit: UnitId, amount: i64, scale: i64) -> Result<i64, Odd> {
        if amount % scale == 0 {
            return Ok(amount / scale);
        }
        let exact = Exact::new(amount.into(), scale.into()).ok_or(TOO_LARGE)?;
        self.plan.units.at(unit).rounding.round(exact).map_err(|_| TOO_LARGE)
    }

    /// Issues a reward.
    pub fn issue(&mut self, id: RewardId) {
        self.told.outcomes += 1;
        if let Some(issued) = self.told.issued.get_mut(id.0 as usize) {
            *issued += 1;
        }
    }
}

/// Whole steps for all shares: each declared scope is rounded at once, and what that comes to handed out by largest remainder. `None` where
/// numbers do not fit.
fn rounded(event: &EventPlan, shares: &[Share]) -> Option<Vec<i64>> {
    type Key = (UnitId, Rounding, Option<usize>);
    let mut groups: Vec<(Key, Vec<usize>)> = Vec::new();
    for (place, share) in shares.iter().enumerate() {
        let earn = event.earns.get(share.earn)?;
        let apart = if earn.scope == RoundScope::Event { None } else { Some(share.earn) };
        let key = (earn.unit, earn.rounding, apart);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, members)) => members.push(place),
            None => groups.push((key, vec![place])),
        }
    }
    let mut rounded = vec![0; shares.len()];
    for ((_, rounding, _), members) in groups {
        let exact = |place: &usize| {
            let share = shares.get(*place)?;
            Exact::new(share.amount.into(), event.earns.get(share.earn)?.scale.into())
        };
        let parts: Vec<Exact> = members.iter().map(exact).collect::<Option<_>>()?;
        let sum = parts.iter().try_fold(Exact::ZERO, |sum, part| sum.add(*part)).ok()?;
        let whole = rounding.round(sum).ok()?;
        for (place, part) in members.iter().zip(allocate(&parts, whole).ok()?) {
            *rounded.get_mut(*place)? = part;
        }
    }
    Some(rounded)
}
