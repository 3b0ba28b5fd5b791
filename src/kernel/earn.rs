//! What an event brings its member: earns with their limits and rounding, and rules.

use crate::engine::MOST_AT_ONCE;
use crate::hir::{RewardId, RoundScope, RuleId, UnitId};
use crate::value::{Exact, Rounding, allocate};

use super::code::{Num, set};
use super::judge::{Judge, Odd, TOO_LARGE};
use super::lane::{Lane, at_least};
use super::plan::{CrossingPlan, EarnPlan, EffectPlan, EventPlan, LimitPlan, Once};

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
        for (earn, column) in event.earns.iter().zip(&amounts) {
            for lane in lanes {
                if let Some(amount @ 1..) = column.get(lane.place()) {
                    self.award(lane, earn, *amount);
                }
            }
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

    fn award(&mut self, lane: &Lane<'_>, earn: &EarnPlan, amount: i64) {
        if earn.limits.is_empty() {
            let granted = self.grant(lane, earn.unit, amount);
            return self.remember(lane, earn.unit, earn.award, granted);
        }
        // Rounding takes no award beyond its limits.
        let room = earn.limits.iter().filter(|limit| !limit.times).map(|limit| self.left(lane, limit).max(0));
        let amount = room.fold(amount, i64::min);
        let granted = self.grant(lane, earn.unit, amount);
        if granted == 0 {
            return;
        }
        for limit in &earn.limits {
            let Some(cells) = limit.cells else { continue };
            let used = self.used(lane, limit) + if limit.times { 1 } else { granted };
            lane.set(cells.period, self.bucket(lane, limit));
            lane.set(cells.used, used);
        }
        self.remember(lane, earn.unit, earn.award, granted);
    }

    /// Notes what an award has granted just now, and its lot.
    fn remember(&mut self, lane: &Lane<'_>, unit: UnitId, award: Option<usize>, granted: i64) {
        let collecting = self.scratch.collecting;
        if granted <= 0 || (award.is_none() && !collecting) {
            return;
        }
        let lot = self.newest_lot(lane, unit);
        if collecting {
            self.scratch.brought.push([unit.0.into(), granted, lot]);
        }
        let Some(award) = award else { return };
        let each = self.scratch.awards_each;
        if let Some(slot) = self.scratch.awards.get_mut(lane.place() * each + award) {
            *slot = (granted, lot);
        }
    }

    /// Fires rules whose measure has crossed what they wait for.
    pub fn crossings(&mut self, waits: &[RuleId], lanes: &[Lane<'_>]) -> Result<(), Odd> {
        for (place, id) in waits.iter().enumerate() {
            let Some(crossing) = &self.plan.rules.at(*id).crossing else { continue };
            let values = self.column(&crossing.value, lanes);
            let mut prior = self.scratch.prior.get_mut(place).map(std::mem::take).unwrap_or_default();
            for (lane, now) in lanes.iter().zip(&values) {
                let before = prior.get_mut(lane.place()).map_or(*now, |prior| std::mem::replace(prior, *now));
                if *now > before && self.cross(lane, *id, crossing, before, *now)? {
                    self.change(lane);
                }
            }
            self.scratch.room.give(values);
            if let Some(column) = self.scratch.prior.get_mut(place) {
                *column = prior;
            }
        }
        Ok(())
    }

    fn cross(
        &mut self,
        lane: &Lane<'_>,
        id: RuleId,
        crossing: &CrossingPlan,
        before: i64,
        now: i64,
    ) -> Result<bool, Odd> {
        let cells = crossing.cells;
        if crossing.repeats.is_none() && (now < crossing.step || before >= crossing.step) {
            return Ok(false);
        }
        let key = match crossing.once {
            Once::Ever => 0,
            Once::Period(period) => self.today(lane).period(period).start,
            Once::Moment => lane.now,
        };
        let same = crossing.once == Once::Ever || lane.get(cells.period) == key;
        let done = if same { lane.get(cells.multiple) } else { 0 };
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
            self.rises()?;
            lane.set(cells.period, key);
            lane.set(cells.multiple, multiple);
            fired |= self.fire_crossing(lane, id, crossing, (key, multiple))?;
            if lane.get(cells.multiple) != multiple {
                // The rule has restarted its measure: further multiples are to be reached again.
                break;
            }
        }
        Ok(fired)
    }

    /// Fires a rule for those for which it is open; returns whether there are any.
    pub fn fire(&mut self, id: RuleId, lanes: &[Lane<'_>]) -> Result<bool, Odd> {
        let rule = self.plan.rules.at(id);
        self.open(&rule.gates, lanes, |judge, lanes| {
            for (condition, effect) in &rule.effects {
                let conditions = condition.as_slice();
                judge.open(conditions, lanes, |judge, lanes| judge.effect(effect, lanes))?;
            }
            Ok(!lanes.is_empty())
        })
    }

    fn effect(&mut self, effect: &EffectPlan, lanes: &[Lane<'_>]) -> Result<(), Odd> {
        match effect {
            EffectPlan::Give { unit, amount, scale, award } => {
                let mut done = Ok(());
                let rounding = self.plan.units.at(*unit).rounding;
                self.each(amount, lanes, |judge, lane, amount| match whole(amount, *scale, rounding) {
                    Ok(amount) => {
                        let granted = judge.grant(lane, *unit, amount);
                        judge.remember(lane, *unit, *award, granted);
                    }
                    Err(odd) => done = Err(odd),
                });
                done?;
            }
            EffectPlan::Issue(reward) => lanes.iter().for_each(|_| self.issue(*reward)),
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

    /// Issues a reward.
    pub fn issue(&mut self, id: RewardId) {
        self.told.outcomes += 1;
        if let Some(issued) = self.told.issued.get_mut(id.0 as usize) {
            *issued += 1;
        }
    }
}

/// An amount in whole steps.
fn whole(amount: i64, scale: i64, rounding: Rounding) -> Result<i64, Odd> {
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
