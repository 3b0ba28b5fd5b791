//! Funds: money that members divide among causes by their votes, at the end of each period.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::hir::{CharityId, EventId, Fund, FundId, FundPool};
use crate::value::{ArithmeticError, Exact, Instant, Value, split};

use super::fault::Fault;
use super::fold::{Fold, View};
use super::house::House;
use super::limits::MOST_AT_ONCE;
use super::outcome::{Account, Cause, Giver, What};
use super::redeem::Answer;
use super::version::Version;
use super::words;

/// What a fund knows of its running period, and what it has still to pay out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundPot {
    /// The end of the period.
    pub end: Instant,
    /// Votes by cause.
    #[serde(with = "super::pairs")]
    pub votes: BTreeMap<CharityId, i64>,
    /// What was sold, net, in minor units, where the pool is a share of it.
    pub sales: Exact,
    /// Shares that wait to be paid out: when, and how much.
    pub unpaid: Vec<(Instant, CharityId, i64)>,
}

impl FundPot {
    /// An empty pot for the period of a moment.
    fn opened(version: &Version, fund: &Fund, at: Instant) -> Self {
        let calendar = &version.calendar;
        let period = calendar.period_of(fund.period, calendar.zone.day_of(at), None);
        let end = calendar.bounds(period).1;
        Self { end, votes: BTreeMap::new(), sales: Exact::ZERO, unpaid: Vec::new() }
    }
}

impl Fold<'_> {
    /// Funds begin with the first event of the program.
    pub fn open_funds(&mut self) {
        for (id, fund) in self.program.funds.pairs() {
            let (version, now) = (self.version, self.at.now);
            self.pots.funds.entry(id).or_insert_with(|| FundPot::opened(version, fund, now));
        }
    }

    /// Judges a `vote` event.
    pub fn vote(&mut self) -> Result<Answer, Fault> {
        let program = self.program;
        let id = match self.text("fund") {
            Some(name) => match program.funds.find(|fund| fund.name == name) {
                Some(id) => id,
                None => return Err(words::unknown(&name, "a fund", program.funds.iter().map(|fund| &*fund.name))),
            },
            None => match program.funds.ids().next() {
                Some(id) if program.funds.len() == 1 => id,
                _ => return Ok(Err("the event does not say which fund".into())),
            },
        };
        let fund = program.funds.at(id);
        let name = self.text("cause").unwrap_or_default();
        let known = |charity: &CharityId| program.charities.at(*charity).name == name;
        let Some(charity) = fund.among.iter().copied().find(known) else {
            let names = fund.among.iter().map(|charity| &*program.charities.at(*charity).name);
            return Err(words::unknown(&name, "a cause of this fund", names));
        };
        let votes = if let Value::Exact(votes) = self.field("amount") { votes.to_i64() } else { Some(1) };
        let Some(votes) = votes.filter(|votes| (1..=MOST_AT_ONCE).contains(votes)) else {
            return Ok(Err(format!("the number of votes is not between 1 and {MOST_AT_ONCE}")));
        };
        let cause = Cause::Fund(id);
        if !self.open(cause, &fund.gates, View::default())? {
            return Ok(Err(format!("`{}` is not open for this member now", fund.name)));
        }
        let cost = fund.cost.map(|(unit, each)| Some((unit, each.checked_mul(votes)?)));
        let cost = cost.map(|cost| cost.ok_or(ArithmeticError::Overflow)).transpose()?;
        if let Some(reason) = cost.and_then(|(unit, all)| self.too_little(unit, all)) {
            return Ok(Err(reason));
        }
        let Some(uses) = self.fit_each(cause, &fund.limits, votes, 1)? else {
            return Ok(Err(format!("the limit of `{}` is reached", fund.name)));
        };
        for claims in uses {
            self.claim(claims, 1)?;
        }
        if let Some((unit, all)) = cost {
            self.spend(cause, unit, all, &Account::Redeemed)?;
        }
        if let Some(pot) = self.pots.funds.get_mut(&id) {
            let all = pot.votes.entry(charity).or_insert(0);
            *all = all.checked_add(votes).ok_or(ArithmeticError::Overflow)?;
        }
        Ok(Ok(()))
    }

    /// Counts what was sold, or came back, for funds that are a share of it.
    pub fn count_sales(&mut self, kind: EventId, before: &[Value], after: &[Value]) -> Result<(), Fault> {
        for (id, fund) in self.program.funds.pairs() {
            let FundPool::Share(event, field, _) = fund.pool else { continue };
            if event != kind {
                continue;
            }
            let amount = |fields: &[Value]| match fields.get(field.0 as usize) {
                Some(Value::Exact(amount)) => *amount,
                _ => Exact::ZERO,
            };
            let change = amount(after).sub(amount(before))?;
            if let Some(pot) = self.pots.funds.get_mut(&id) {
                pot.sales = pot.sales.add(change)?;
            }
        }
        Ok(())
    }
}

impl House<'_> {
    /// When a fund is next divided.
    pub fn fund_ends(&self) -> Option<(Instant, FundId)> {
        self.pots.funds.iter().map(|(id, pot)| (pot.end, *id)).min()
    }

    /// When a fund next pays out.
    pub fn fund_pays(&self) -> Option<(Instant, FundId)> {
        let due =
            |(id, pot): (&FundId, &super::fund::FundPot)| Some((pot.unpaid.iter().map(|(at, ..)| *at).min()?, *id));
        self.pots.funds.iter().filter_map(due).min()
    }

    /// Divides a fund at the end of its period, and opens the next.
    pub fn divide_fund(&mut self, at: Instant, id: FundId) -> Result<(), Fault> {
        let version = self.version;
        let Some(fund) = version.program.funds.get(id) else {
            self.pots.funds.remove(&id);
            return Ok(());
        };
        let mut next = FundPot::opened(version, fund, at);
        let pot = self.pots.funds.remove(&id).unwrap_or_else(|| next.clone());
        next.unpaid.clone_from(&pot.unpaid);
        self.pots.funds.insert(id, next.clone());
        let pool = match fund.pool {
            FundPool::Fixed(pool) => pool,
            FundPool::Share(_, _, share) => {
                pot.sales.mul(share)?.floor().to_i64().ok_or(ArithmeticError::Overflow)?.max(0)
            }
        };
        let votes: Vec<i64> = fund.among.iter().map(|id| pot.votes.get(id).copied().unwrap_or(0)).collect();
        let shares = divide(pool, &votes, fund.floor)?;
        let due = match fund.paid {
            Some(span) => span.after(at, &version.calendar.zone).ok_or(Fault::Calendar)?,
            None => at,
        };
        for ((charity, votes), amount) in fund.among.iter().zip(votes).zip(shares) {
            self.emit(at, self.pots.version, Cause::Fund(id), What::Divided { charity: *charity, votes, amount });
            next.unpaid.push((due, *charity, amount));
        }
        self.pots.funds.insert(id, next);
        Ok(())
    }

    /// Pays out what is due of a fund.
    pub fn pay_fund(&mut self, at: Instant, id: FundId) {
        let Some(pot) = self.pots.funds.get_mut(&id) else { return };
        let (due, rest) = pot.unpaid.iter().partition(|(due, ..)| *due <= at);
        pot.unpaid = rest;
        let due: Vec<(Instant, CharityId, i64)> = due;
        for (_, charity, amount) in due.into_iter().filter(|(.., amount)| *amount > 0) {
            let what = What::Donated { charity, amount, matched: 0, giver: Giver::Fund, receipt: None };
            self.emit(at, self.pots.version, Cause::Fund(id), what);
        }
    }
}

/// Shares by votes, each at least the floor; what that takes, the others give up in proportion. Without votes all are equal. The shares
/// add up to the pool (S9); where it does not cover the floors, all are equal too.
fn divide(pool: i64, votes: &[i64], floor: i64) -> Result<Vec<i64>, Fault> {
    let equal = vec![Exact::ONE; votes.len()];
    let floors = i64::try_from(votes.len()).ok().and_then(|count| count.checked_mul(floor));
    if votes.iter().all(|votes| *votes == 0) || floors.is_none_or(|floors| floors > pool) {
        return Ok(split(pool, &equal)?);
    }
    let mut raised = vec![false; votes.len()];
    loop {
        let free = |raised: &[bool]| -> Vec<Exact> {
            let vote = |(votes, raised): (&i64, &bool)| if *raised { Exact::ZERO } else { Exact::from(*votes) };
            votes.iter().zip(raised).map(vote).collect()
        };
        let fixed = i64::try_from(raised.iter().filter(|raised| **raised).count()).unwrap_or(0);
        let rest = pool - fixed * floor;
        let weights = free(&raised);
        let all = weights.iter().try_fold(Exact::ZERO, |sum, weight| sum.add(*weight))?;
        let mut changed = false;
        for (raised, weight) in raised.iter_mut().zip(&weights) {
            let below = weight.mul(Exact::from(rest))? < Exact::from(floor).mul(all)?;
            changed |= below && !*raised;
            *raised |= below;
        }
        if !changed {
            let shares = split(rest, &weights)?;
            let share = |(raised, share): (bool, i64)| if raised { floor } else { share };
            return Ok(raised.into_iter().zip(shares).map(share).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s09_shares_add_up_and_none_is_below_the_floor() {
        let of = |pool, votes: &[i64], floor| divide(pool, votes, floor).unwrap();
        assert_eq!(of(500_000, &[50, 30, 20], 0), [250_000, 150_000, 100_000]);
        assert_eq!(of(100, &[1, 1, 1], 0), [34, 33, 33]);
        assert_eq!(of(500_000, &[98, 1, 1], 50_000), [400_000, 50_000, 50_000]);
        assert_eq!(of(500_000, &[0, 0, 7], 50_000), [50_000, 50_000, 400_000]);
        // Raising one share lowers another below the floor, which is raised in turn.
        assert_eq!(of(1_000, &[60, 31, 9], 300), [400, 300, 300]);
        assert_eq!(of(100, &[0, 0, 0], 10), [34, 33, 33]);
        assert_eq!(of(10, &[9, 1, 0], 10), [4, 3, 3]);
        assert_eq!(of(0, &[9, 1], 0), [0, 0]);
    }
}
