//! Partners: what they owe for points that they fund, and are owed for points that they take.

use std::sync::Arc;

use crate::hir::{PartnerId, Price, UnitId};
use crate::value::{Exact, split};

use super::fault::Fault;
use super::fold::{Fold, View};
use super::outcome::{Account, Cause, Side, What};

impl Fold<'_> {
    /// The money, in minor units, that one step of a unit is worth; nothing where no price is declared.
    pub fn price_in(&self, prices: &[Price], unit: UnitId) -> Result<Exact, Fault> {
        let Some(price) = prices.iter().find(|price| price.unit == unit) else { return Ok(Exact::ZERO) };
        let cx = self.cx(View::default());
        Ok(self.judge.exact(&price.money, &cx)?.div(self.judge.exact(&price.steps, &cx)?)?)
    }

    /// What a partner owes for one step of a unit that it funds today.
    pub fn price_issued(&self, partner: &Arc<str>, unit: UnitId) -> Result<Exact, Fault> {
        match self.program.partners.iter().find(|known| known.name == *partner) {
            Some(partner) => self.price_in(&partner.issued, unit),
            None => Ok(Exact::ZERO),
        }
    }

    /// Notes that points were spent at a partner; returns who that is and what one step was worth.
    pub fn spent_at(
        &mut self,
        cause: Cause,
        partner: Option<PartnerId>,
        unit: UnitId,
        amount: i64,
    ) -> Result<Option<(Arc<str>, Exact)>, Fault> {
        let Some(id) = partner else { return Ok(None) };
        let partner = self.program.partners.at(id);
        let price = self.price_in(&partner.redeemed, unit)?;
        self.settled(cause, &partner.name, unit, Side::Redeemed, amount, price)?;
        Ok(Some((partner.name.clone(), price)))
    }

    /// Notes what moves between the program and a partner, for its statement.
    pub fn settled(
        &mut self,
        cause: Cause,
        partner: &Arc<str>,
        unit: UnitId,
        side: Side,
        amount: i64,
        price: Exact,
    ) -> Result<(), Fault> {
        let known = self.program.partners.find(|known| known.name == *partner);
        if let Some(partner) = known.filter(|_| amount > 0) {
            let value = price.mul(Exact::from(amount))?;
            self.emit(cause, What::Settled { partner, unit, side, amount, value });
        }
        Ok(())
    }

    /// What each of those who pay pays of an amount; the rest is the issuer's.
    pub fn funded(&self, funding: &[crate::hir::Funding], amount: i64) -> Result<Vec<(Arc<str>, i64)>, Fault> {
        if funding.is_empty() {
            return Ok(Vec::new());
        }
        let mut weights: Vec<_> = funding.iter().map(|part| part.share).collect();
        let partners = weights.iter().try_fold(Exact::ZERO, |sum, share| sum.add(*share))?;
        weights.push(Exact::ONE.sub(partners)?);
        let parts = split(amount, &weights)?;
        Ok(funding.iter().map(|f| f.partner.clone()).zip(parts).filter(|(_, part)| *part != 0).collect())
    }

    /// Notes what is owed to a partner, at a price for each step; what is paid is forgotten.
    pub fn owe_partner(&mut self, unit: UnitId, partner: &Arc<str>, amount: i64, price: Exact) -> Result<(), Fault> {
        let purse = self.state.units.at_mut(unit);
        let left = purse.owed.get(partner).copied().unwrap_or(0) + amount;
        let worth = purse.owed_worth.get(partner).copied().unwrap_or_default().add(price.mul(Exact::from(amount))?)?;
        if left == 0 {
            purse.owed.remove(partner);
        } else {
            purse.owed.insert(partner.clone(), left);
        }
        if left == 0 || worth.is_zero() {
            purse.owed_worth.remove(partner);
        } else {
            purse.owed_worth.insert(partner.clone(), worth);
        }
        Ok(())
    }

    /// Posts value out of a lot back to whoever paid for the award: each has a share of what is left of it, so that parts which add up to
    /// the award give everybody back what it paid (S9).
    pub fn hand_back(
        &mut self,
        cause: Cause,
        award: &mut super::fact::Award,
        lot: Option<u32>,
        amount: i64,
        from: Account,
    ) -> Result<i64, Fault> {
        let (unit, line) = (award.unit, award.line);
        let mut rest = amount;
        for (partner, share) in relinquish(award, amount)? {
            rest -= share;
            let price = award.price_for(&partner);
            self.settled(cause, &partner, unit, Side::TakenBack, share, price)?;
            self.post(cause, unit, from.clone(), Account::Partner(partner), share, lot, line);
        }
        self.post(cause, unit, from, Account::Issuer, rest, lot, line);
        Ok(amount)
    }
}

impl super::fact::Award {
    /// What one step of it was worth to a partner who paid for a part of it.
    pub fn price_for(&self, partner: &Arc<str>) -> Exact {
        let price = self.prices.iter().find(|(known, _)| known == partner);
        price.map_or(Exact::ZERO, |(_, price)| *price)
    }
}

/// Takes an amount off what is left of an award, and off what each partner has in it; returns the partners' shares of the amount.
pub fn relinquish(award: &mut super::fact::Award, amount: i64) -> Result<Vec<(Arc<str>, i64)>, Fault> {
    let partners: i64 = award.funded.iter().map(|(_, part)| part).sum();
    let issuer = award.granted - award.taken - partners;
    award.taken += amount;
    if amount == 0 || award.funded.is_empty() {
        return Ok(Vec::new());
    }
    let weights: Vec<_> = award.funded.iter().map(|(_, part)| *part).chain([issuer]).map(Exact::from).collect();
    let shares = split(amount, &weights)?;
    for ((_, part), share) in award.funded.iter_mut().zip(&shares) {
        *part -= share;
    }
    Ok(award.funded.iter().map(|(partner, _)| partner.clone()).zip(shares).collect())
}
