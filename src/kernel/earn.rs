//! What an event brings its member: earns with their limits and rounding, and rules.

use crate::hir::{RewardId, RoundScope, RuleId, UnitId};
use crate::value::{Exact, Rounding, allocate};

use super::code::{Num, cell, set};
use super::judge::{Judge, Odd, TOO_LARGE};
use super::lane::{Lane, at_least};
use super::plan::{EarnPlan, EffectPlan, EventPlan, LimitPlan};

/// What an earn gives, on its way.
#[derive(Debug, Clone, Copy)]
struct Share {
    /// Which earn of the event.
    earn: usize,
    /// How much, in parts of a step.
    amount: i64,
}

impl Judge<'_, '_> {
    /// Judges all earns of some events: first what all of them give, then what limits leave of it, and then it is awarded.
    pub fn earn(&mut self, event: &EventPlan, lanes: &[Lane<'_>], length: usize) -> Result<(), Odd> {
        let mut amounts = std::mem::take(&mut self.scratch.amounts);
        at_least(event.earns.len(), &mut amounts);
        for (earn, column) in event.earns.iter().zip(&mut amounts) {
            column.clear();
            column.resize(length, 0);
            self.open(&earn.gates, lanes, |judge, lanes| {
                judge.name(&earn.lets, lanes, length);
                let given = judge.column(&earn.give, lanes);
                judge.scratch.room.give(spread(lanes, given, column));
            });
        }
        for (earn, column) in event.earns.iter().zip(&mut amounts).filter(|(earn, _)| !earn.limits.is_empty()) {
            for lane in lanes {
                if let Some(amount @ 1..) = column.get_mut(lane.place()) {
                    *amount = self.fit(lane, earn, *amount);
                }
            }
        }
        self.round(event, lanes, &mut amounts)?;
        for (earn, column) in event.earns.iter().zip(&mut amounts) {
            for lane in lanes.iter().filter(|_| !earn.limits.is_empty()) {
                if let Some(amount @ 1..) = column.get_mut(lane.place()) {
                    *amount = self.use_up(lane, earn, *amount);
                }
            }
            self.grant(earn.unit, earn.award, lanes.iter().map(|lane| (lane, cell(column, lane.place()))));
        }
        self.scratch.amounts = amounts;
        Ok(())
    }

    /// Computes named values in turn.
    fn name(&mut self, values: &[Num], lanes: &[Lane<'_>], length: usize) {
        at_least(values.len(), &mut self.scratch.lets);
        for (place, value) in values.iter().enumerate() {
            let mut column = self.column(value, lanes);
            if let Some(named) = self.scratch.lets.get_mut(place) {
                named.resize(length, 0);
                column = spread(lanes, column, named);
            }
            self.scratch.room.give(column);
        }
    }

    /// Cuts an amount to what all limits of an earn leave.
    fn fit(&mut self, lane: &Lane<'_>, earn: &EarnPlan, amount: i64) -> i64 {
        let mut amount = amount;
        for limit in &earn.limits {
            if amount == 0 {
                return 0;
            }
            let asked = amount;
            let left = self.left(lane, limit).max(0);
            let most = left.min(asked / earn.scale + 1);
            let parts = most.checked_mul(earn.scale).unwrap_or_else(|| self.cx(&[]).odd());
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
    fn left(&self, lane: &Lane<'_>, limit: &LimitPlan) -> i64 {
        self.value(&limit.most, lane).checked_sub(self.used(lane, limit)).unwrap_or_else(|| self.cx(&[]).odd())
    }

    fn used(&self, lane: &Lane<'_>, limit: &LimitPlan) -> i64 {
        let Some(cells) = limit.cells else { return 0 };
        if lane.get(cells.period) == self.bucket(lane, limit) { lane.get(cells.used) } else { 0 }
    }

    fn bucket(&self, lane: &Lane<'_>, limit: &LimitPlan) -> i64 {
        limit.period.map_or(0, |period| self.today(lane).period(period).start)
    }

    /// Makes whole steps of parts of a step, as they are rounded together.
    fn round(&self, event: &EventPlan, lanes: &[Lane<'_>], amounts: &mut [Vec<i64>]) -> Result<(), Odd> {
        if event.earns.iter().all(|earn| earn.scale == 1) {
            return Ok(());
        }
        let scale = |share: &Share| event.earns.get(share.earn).map_or(1, |earn| earn.scale);
        let mut shares: Vec<Share> = Vec::new();
        for lane in lanes {
            let given = |column: &Vec<i64>| column.get(lane.place()).copied().filter(|amount| *amount > 0);
            shares.clear();
            let all = amounts.iter().take(event.earns.len()).enumerate();
            shares.extend(all.filter_map(|(earn, column)| Some(Share { earn, amount: given(column)? })));
            if shares.iter().all(|share| share.amount % scale(share) == 0) {
                shares.iter_mut().for_each(|share| share.amount /= scale(share));
            } else if let [share] = shares.as_mut_slice() {
                let rounding = event.earns.get(share.earn).map_or(Rounding::Down, |earn| earn.rounding);
                share.amount = whole(share.amount, scale(share), rounding)?;
            } else {
                let whole = rounded(event, &shares).ok_or(TOO_LARGE)?;
                shares.iter_mut().zip(whole).for_each(|(share, whole)| share.amount = whole);
            }
            for share in &shares {
                let column = amounts.get_mut(share.earn).map(Vec::as_mut_slice).unwrap_or_default();
                set(column, lane.place(), share.amount);
            }
        }
        Ok(())
    }

    /// Uses up what limits of an earn leave of an amount; returns how much that is.
    fn use_up(&self, lane: &Lane<'_>, earn: &EarnPlan, amount: i64) -> i64 {
        // Rounding takes no award beyond its limits.
        let room = earn.limits.iter().filter(|limit| !limit.times).map(|limit| self.left(lane, limit).max(0));
        let amount = room.fold(amount, i64::min);
        if amount == 0 {
            return 0;
        }
        for limit in &earn.limits {
            let Some(cells) = limit.cells else { continue };
            let used = self.used(lane, limit) + if limit.times { 1 } else { amount };
            lane.set(cells.period, self.bucket(lane, limit));
            lane.set(cells.used, used);
        }
        amount
    }

    /// Fires a rule for those for which it is open.
    pub fn fire(&mut self, id: RuleId, lanes: &[Lane<'_>]) -> Result<(), Odd> {
        let rule = self.plan.rules.at(id);
        self.open(&rule.gates, lanes, |judge, lanes| {
            lanes.iter().for_each(|lane| judge.change(lane));
            for (condition, effect) in &rule.effects {
                let conditions = condition.as_slice();
                judge.open(conditions, lanes, |judge, lanes| judge.effect(effect, lanes))?;
            }
            Ok(())
        })
    }

    fn effect(&mut self, effect: &EffectPlan, lanes: &[Lane<'_>]) -> Result<(), Odd> {
        match effect {
            EffectPlan::Give { unit, amount, scale, award } => {
                let rounding = self.plan.units.at(*unit).rounding;
                let mut amounts = self.column(amount, lanes);
                for amount in &mut amounts {
                    *amount = whole(*amount, *scale, rounding)?;
                }
                self.grant(*unit, *award, lanes.iter().zip(amounts.iter().copied()));
                self.scratch.room.give(amounts);
            }
            EffectPlan::Issue(reward) => self.issue(*reward, lanes.len()),
            EffectPlan::Badge(cell) => {
                for lane in lanes {
                    if lane.get(*cell) == super::layout::NEVER {
                        lane.set(*cell, lane.now);
                        self.told.outcomes += 1;
                    }
                }
            }
            EffectPlan::Restart(measure) => lanes.iter().for_each(|lane| self.restart(lane, *measure)),
        }
        Ok(())
    }

    /// Issues a reward so many times.
    pub fn issue(&mut self, id: RewardId, times: usize) {
        self.told.outcomes += times as u64;
        if let Some(issued) = self.told.issued.get_mut(id.0 as usize) {
            *issued += times as u64;
        }
    }
}

/// An amount in whole steps.
fn whole(amount: i64, scale: i64, rounding: Rounding) -> Result<i64, Odd> {
    if scale == 1 {
        return Ok(amount);
    }
    if amount % scale == 0 || rounding == Rounding::Down {
        return Ok(amount / scale);
    }
    let exact = Exact::new(amount.into(), scale.into()).ok_or(TOO_LARGE)?;
    rounding.round(exact).map_err(|_| TOO_LARGE)
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

/// Puts what a column has for each of some events where these have their place in another; returns what is no longer needed.
fn spread(lanes: &[Lane<'_>], mut from: Vec<i64>, to: &mut Vec<i64>) -> Vec<i64> {
    if lanes.len() == to.len() {
        // Each of them is one of these.
        std::mem::swap(&mut from, to);
    } else {
        lanes.iter().zip(&from).for_each(|(lane, value)| set(to, lane.place(), *value));
    }
    from
}
