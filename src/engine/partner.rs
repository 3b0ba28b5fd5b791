//! Partners: what they owe for points that they fund, and are owed for points that they take.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::hir::{PartnerId, Price, UnitId};
use crate::value::{Exact, split};

use super::fact::Award;
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
        award: &mut Award,
        lot: Option<u32>,
        amount: i64,
        from: Account,
        kept: Option<&Kept>,
    ) -> Result<i64, Fault> {
        let (unit, line) = (award.unit, award.line);
        let mut rest = amount;
        for (partner, share) in relinquish(award, amount, kept)? {
            rest -= share;
            let price = award.price_for(&partner);
            self.settled(cause, &partner, unit, Side::TakenBack, share, price)?;
            self.post(cause, unit, from.clone(), Account::Partner(partner), share, lot, line);
        }
        self.post(cause, unit, from, Account::Issuer, rest, lot, line);
        Ok(amount)
    }
}

impl Award {
    /// What one step of it was worth to a partner who paid for a part of it.
    pub fn price_for(&self, partner: &Arc<str>) -> Exact {
        let price = self.prices.iter().find(|(known, _)| known == partner);
        price.map_or(Exact::ZERO, |(_, price)| *price)
    }
}

/// Who pays for what stays of an award that was judged again.
pub struct Kept {
    /// What partners pay for.
    pub partners: Vec<(Arc<str>, i64)>,
    /// What the issuer pays for.
    pub issuer: i64,
}

/// Takes an amount off what is left of an award, and off what each partner has in it; returns the partners' shares of the amount. Where it was
/// judged again, whoever pays for what stays loses nothing of that: a boost that falls away was its own partner's. Else all lose alike.
pub fn relinquish(award: &mut Award, amount: i64, kept: Option<&Kept>) -> Result<Vec<(Arc<str>, i64)>, Fault> {
    let losing = losing(award, kept);
    award.taken += amount;
    if amount == 0 || award.funded.is_empty() {
        return Ok(Vec::new());
    }
    let weights: Vec<_> = losing.into_iter().map(Exact::from).collect();
    let shares = split(amount, &weights)?;
    for ((_, part), share) in award.funded.iter_mut().zip(&shares) {
        *part -= share;
    }
    Ok(award.funded.iter().map(|(partner, _)| partner.clone()).zip(shares).collect())
}

/// What each partner may lose of an award, and the issuer after them.
fn losing(award: &Award, kept: Option<&Kept>) -> Vec<i64> {
    let mut keeps: BTreeMap<&Arc<str>, i64> = BTreeMap::new();
    for (partner, part) in kept.iter().flat_map(|kept| &kept.partners) {
        *keeps.entry(partner).or_default() += part;
    }
    let partners: i64 = award.funded.iter().map(|(_, part)| part).sum();
    let mut losing = Vec::with_capacity(award.funded.len() + 1);
    for (partner, part) in &award.funded {
        let keeps = keeps.entry(partner).or_default();
        let kept = *part.min(keeps);
        *keeps -= kept;
        losing.push(part - kept);
    }
    let issuer = award.granted - award.taken - partners;
    losing.push((issuer - kept.map_or(0, |kept| kept.issuer)).max(0));
    losing
}
