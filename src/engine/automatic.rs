//! Automatic rewards: redeemed by themselves as soon as a balance covers them, and given back where a return shows that it did not.

use serde::{Deserialize, Serialize};

use crate::hir::RefundFloor;
use crate::value::Exact;

use super::brought::Brought;
use super::fact::{Gifted, Payment};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::limits::MOST_AT_ONCE;
use super::outcome::{Account, Cause};
use super::state::State;

/// An automatic reward that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Its voucher.
    pub voucher: u32,
    /// How many events were judged by then: it was taken after all of these.
    pub judged: u64,
    /// What it cost.
    pub payment: Payment,
    /// What it brought beside the voucher.
    pub brought: Brought,
}

impl Fold<'_> {
    /// Redeems automatic rewards as often as balances cover them; returns whether any was.
    pub fn automatic_rewards(&mut self) -> Result<bool, Fault> {
        let mut any = false;
        for (id, reward) in self.program.rewards.pairs().filter(|(_, reward)| reward.automatic) {
            let Some((unit, cost)) = &reward.cost else { continue };
            let cause = Cause::Reward(id);
            for times in 0.. {
                // Nobody asked: the event at hand is no `redeem`, and its fields mean nothing here.
                let view = View { fields: Some(&[]), ..View::default() };
                let cost = self.judge.exact(cost, &self.cx(view))?.floor().to_i64().unwrap_or(i64::MAX);
                if cost <= 0 || self.spendable(*unit) < cost {
                    break;
                }
                if self.may_have(id, 1, view)?.is_err() || self.small_basket(reward.minimum_basket.as_ref())?.is_some()
                {
                    break;
                }
                let fitted = self.fit_rule(cause, &reward.limits, Exact::from(cost), view)?;
                if fitted.amount < Exact::from(cost) {
                    break;
                }
                if times >= MOST_AT_ONCE {
                    return Err(Fault::TooOften);
                }
                let uses = self.claim(fitted.claims, cost)?;
                let lots = self.spend(cause, *unit, cost, &Account::Redeemed)?;
                let partner = self.spent_at(cause, reward.partner, *unit, cost)?;
                let (voucher, brought) = self.collect(|fold| fold.issue(cause, id))?;
                let payment = Payment { unit: *unit, lots, returned: 0, value: 0, order: None, cause, uses, partner };
                let taken = Taken { voucher, judged: self.state.judged, payment, brought };
                self.state.automatic.push(taken);
                any = true;
            }
        }
        if any {
            // Of what is no longer open nothing can be given back.
            let State { automatic, vouchers, .. } = &mut *self.state;
            automatic.retain(|taken| vouchers.is_open(taken.voucher));
        }
        Ok(any)
    }

    /// What is owed of each unit.
    pub fn debts(&self) -> Vec<i64> {
        self.state.units.iter().map(|purse| purse.debt).collect()
    }

    /// Gives automatic rewards back, the last first, that were taken since an event which came back, as long as more is owed than before it
    /// did: without the event nobody would have taken them. What was used stays used, and what it cost stays owed. Where a balance may go
    /// below zero, it does so instead.
    pub fn return_automatic(&mut self, since: u64, before: &[i64]) -> Result<(), Fault> {
        let mut kept = Vec::new();
        while let Some(mut taken) = self.state.automatic.pop() {
            let unit = taken.payment.unit;
            let owed = !matches!(self.program.units.at(unit).refunds, RefundFloor::BelowZero(_))
                && self.state.units.at(unit).debt > before.get(unit.0 as usize).copied().unwrap_or(0);
            if !owed || taken.judged <= since || self.is_voucher_used(taken.voucher) {
                kept.push(taken);
                continue;
            }
            let cost = taken.payment.spent();
            self.return_points(&mut taken.payment, cost)?;
            self.cancel_gifts(&[Gifted::Voucher(taken.voucher)])?;
            self.revoke(&mut taken.brought)?;
        }
        kept.reverse();
        self.state.automatic = kept;
        Ok(())
    }
}
