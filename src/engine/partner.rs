//! Partners: what they owe for points that they fund, and are owed for points that they take.

use std::sync::Arc;

use crate::hir::{PartnerId, Price, UnitId};
use crate::value::Exact;

use super::fault::Fault;
use super::fold::{Fold, View};
use super::outcome::{Cause, Side, What};

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
}
