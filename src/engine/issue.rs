//! Issuing rewards: a voucher each, out of stock where there is one.

use crate::hir::{RewardId, Validity};
use crate::value::{Exact, Instant};

use super::fact::{Award, Uses};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::ledger::{Grant, Whose};
use super::outcome::{Cause, Stage, What};
use super::state::{Voucher, number_after};

impl Fold<'_> {
    /// Issues a reward where it may be had now, and returns the number of the voucher; explains why not where it may not. Nobody asked: its conditions
    /// see no `redeem` event, and nothing is paid.
    pub fn issue_open(&mut self, cause: Cause, id: RewardId) -> Result<Option<u32>, Fault> {
        let reward = self.program.rewards.at(id);
        let view = View { fields: Some(&[]), ..View::default() };
        if let Err(reason) = self.may_have(id, 1, view)? {
            self.explain(cause, reward.span, Stage::Condition, None, false, || reason);
            return Ok(None);
        }
        let turns = reward.limits.iter().copied();
        let turns: Vec<_> = turns.filter(|limit| self.program.limits.at(*limit).is_times()).collect();
        let fitted = self.fit_rule(Cause::Reward(id), &turns, Exact::ONE, view)?;
        if fitted.amount.is_zero() {
            return Ok(None);
        }
        let uses = self.claim(fitted.claims, 1)?;
        let number = self.issue(cause, id)?;
        if let Some(voucher) = self.state.vouchers.get_mut(number) {
            voucher.uses = uses;
        }
        Ok(Some(number))
    }

    /// Issues a reward as a voucher and returns its number.
    pub fn issue(&mut self, cause: Cause, id: RewardId) -> Result<u32, Fault> {
        let reward = self.program.rewards.at(id);
        let value = match &reward.gives.value {
            Some(value) => self.judge.exact(value, &self.cx(View::default()))?.floor().to_i64(),
            None => None,
        };
        let now = self.at.now;
        let zone = &self.calendar.zone;
        let (from, expires) = match self.cx(View::default()).choose(&reward.gives.valid)? {
            None => (now, None),
            Some(Validity::Until(end)) => (now, Some(self.end_from(now, *end)?)),
            Some(Validity::Between(from, to)) => {
                (zone.start_of(*from).max(now), Some(self.cx(View::default()).end_of_day(*to)?))
            }
        };
        let number = number_after(self.state.vouchers.last().map(|last| last.number))?;
        let mut credit = None;
        if let (Some(unit), Some(amount)) = (reward.gives.unit, value) {
            let granted = self.grant(&Grant {
                cause,
                unit,
                line: None,
                amount,
                pending: None,
                expiry: &[],
                funding: &[],
                whose: Whose::Own,
            })?;
            let award = Award { lot: granted.lot, ..self.award(cause, unit, granted.amount) };
            credit = (award.granted > 0).then(|| Box::new(award));
        }
        let release = self.take_stock(id);
        self.state.vouchers.add(Voucher {
            number,
            reward: id,
            value,
            issued: now,
            from,
            expires,
            closed: None,
            order: None,
            parts: Vec::new(),
            credit,
            release,
            uses: Uses::default(),
        });
        self.emit(cause, What::Issued { reward: id, voucher: number, value, expires });
        if let Some(draw) = reward.gives.draw {
            self.enter(draw, 1)?;
        }
        Ok(number)
    }

    /// Takes a piece of a reward from its stock. Returns from which release; none where it has no stock.
    fn take_stock(&mut self, id: RewardId) -> Option<Instant> {
        self.program.rewards.at(id).stock.as_ref()?;
        let release = self.release_of(id);
        *self.pots.taken.entry(id).or_default().entry(release).or_insert(0) += 1;
        Some(release)
    }

    /// Puts a piece of a reward back into the release that it was taken from.
    pub fn put_back(&mut self, id: RewardId, release: Instant) {
        if let Some(count) = self.pots.taken.get_mut(&id).and_then(|by| by.get_mut(&release)) {
            *count = count.saturating_sub(1);
        }
    }
}
