//! Pays with points.

use super::code::{MISSING, cell};
use super::judge::{Judge, Odd};
use super::plan::{RedeemPlan, WayPlan};
use super::slots::PARTS;

impl Judge<'_> {
    /// Judges a redemption; returns whether it was granted. What is refused changes nothing.
    ///
    /// # Errors
    /// [`Odd`] where a reward is meant, a pool pays, or an order that may come back.
    pub fn redeem(&mut self, redeem: &RedeemPlan) -> Result<bool, Odd> {
        let field = |slot: usize| Some(cell(self.slots, slot)).filter(|value| *value != MISSING);
        if redeem.pool.and_then(field).is_some() || (redeem.orders_return && field(redeem.order).is_some()) {
            return Err(Odd);
        }
        let way = match field(redeem.reward) {
            Some(name) if redeem.rewards.contains(&name) => return Err(Odd),
            Some(name) => redeem.ways.iter().find(|(known, _)| *known == name).ok_or(Odd)?,
            None => match redeem.ways.as_slice() {
                [way] => way,
                _ => return Ok(false),
            },
        };
        let (way, amount, bill) = (&way.1, field(redeem.amount), field(redeem.bill));
        if !self.all(&way.gates) {
            return Ok(false);
        }
        let Some(amount) = self.price(way, amount, bill)? else { return Ok(false) };
        if amount == 0 || amount < way.minimum || self.spendable(way.unit) < amount {
            return Ok(false);
        }
        self.spend(way.unit, amount);
        // That it was paid with.
        self.told.outcomes += 1;
        Ok(true)
    }

    /// How many steps are spent; none where that is refused.
    fn price(&self, way: &WayPlan, asked: Option<i64>, bill: Option<i64>) -> Result<Option<i64>, Odd> {
        let steps = self.plan.units.at(way.unit).steps;
        let asked = match asked {
            None if bill.is_none() => return Ok(None),
            None => None,
            Some(parts) => match i128::from(parts) * i128::from(steps) {
                steps if steps <= 0 || steps % i128::from(PARTS) != 0 => return Ok(None),
                steps => Some(i64::try_from(steps / i128::from(PARTS)).map_err(|_| Odd)?),
            },
        };
        let balance = self.spendable(way.unit);
        let limit = match asked {
            Some(asked) if way.clamps => asked.min(balance),
            Some(asked) => asked,
            None => balance,
        };
        let mut amount = limit - limit % way.multiple;
        if let Some(bill) = bill {
            let fits = (i128::from(bill) * i128::from(way.points)).div_euclid(i128::from(way.money));
            let fits = i64::try_from(fits).map_err(|_| Odd)?;
            amount = amount.min(fits - fits % way.multiple);
        }
        Ok(match asked {
            Some(asked) if amount != asked && !way.clamps => None,
            _ => Some(amount),
        })
    }
}
