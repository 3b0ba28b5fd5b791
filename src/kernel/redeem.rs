//! Pays with points.

use super::code::{MISSING, cell, set};
use super::judge::{Judge, Odd, TOO_LARGE};
use super::lane::Lane;
use super::plan::{RedeemPlan, WayPlan};
use super::slots::PARTS;

/// What became of a redemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It was paid.
    Granted,
    /// It asked for what cannot be had.
    Refused,
    /// It named what is not there.
    Failed,
}

impl Judge<'_, '_> {
    /// Judges a redemption. What is not granted changes nothing.
    ///
    /// # Errors
    /// [`Odd`] where a reward is meant that costs points, or a pool pays.
    pub fn redeem(&mut self, lane: &Lane<'_>, redeem: &RedeemPlan) -> Result<Answer, Odd> {
        let slots = self.slots.get(lane.slots as usize..).unwrap_or_default();
        let field = |slot: usize| Some(cell(slots, slot)).filter(|value| *value != MISSING);
        if redeem.pool.and_then(field).is_some() {
            return Err(Odd("points of a pool"));
        }
        let way = match field(redeem.reward) {
            Some(name) => match redeem.rewards.iter().find(|(known, _)| *known == name) {
                Some((_, true)) => return Err(Odd("a reward for points")),
                Some((_, false)) => return Ok(Answer::Refused),
                None => match redeem.ways.iter().find(|(known, _)| *known == name) {
                    Some(way) => way,
                    None => return Ok(Answer::Failed),
                },
            },
            None => match redeem.ways.as_slice() {
                [way] => way,
                _ => return Ok(Answer::Refused),
            },
        };
        let (way, amount, bill) = (&way.1, field(redeem.amount), field(redeem.bill));
        let order = field(redeem.order).map(|first| [first, cell(slots, redeem.order + 1)]);
        if !self.open(&way.gates, std::slice::from_ref(lane), |_, open| !open.is_empty()) {
            return Ok(Answer::Refused);
        }
        let Some(amount) = self.price(lane, way, amount, bill)? else { return Ok(Answer::Refused) };
        if amount == 0 || amount < way.minimum || self.spendable(lane, way.unit) < amount {
            return Ok(Answer::Refused);
        }
        self.spend(lane, way.unit, amount);
        // What was spent is the amount that everything sees which follows.
        let (parts, steps) = (i128::from(amount) * i128::from(PARTS), i128::from(self.plan.units.at(way.unit).steps));
        if parts % steps != 0 {
            return Err(Odd("an amount this fine"));
        }
        let spent = i64::try_from(parts / steps).map_err(|_| TOO_LARGE)?;
        set(self.slots.to_mut(), lane.slots as usize + redeem.amount, spent);
        // That it was paid with.
        self.told.outcomes += 1;
        if let (Some(paid), Some(order)) = (redeem.paid, order) {
            let mut queue = lane.get(paid);
            self.pools.entries.push(&mut queue, &order, lane.number);
            lane.set(paid, queue);
        }
        Ok(Answer::Granted)
    }

    /// How many steps are spent; none where that is refused.
    fn price(&self, lane: &Lane<'_>, way: &WayPlan, asked: Option<i64>, bill: Option<i64>) -> Result<Option<i64>, Odd> {
        let steps = self.plan.units.at(way.unit).steps;
        let asked = match asked {
            None if bill.is_none() => return Ok(None),
            None => None,
            Some(parts) => match i128::from(parts) * i128::from(steps) {
                steps if steps <= 0 || steps % i128::from(PARTS) != 0 => return Ok(None),
                steps => Some(i64::try_from(steps / i128::from(PARTS)).map_err(|_| TOO_LARGE)?),
            },
        };
        let balance = self.spendable(lane, way.unit);
        let limit = match asked {
            Some(asked) if way.clamps => asked.min(balance),
            Some(asked) => asked,
            None => balance,
        };
        let mut amount = limit - limit % way.multiple;
        if let Some(bill) = bill {
            let fits = (i128::from(bill) * i128::from(way.points)).div_euclid(i128::from(way.money));
            let fits = i64::try_from(fits).map_err(|_| TOO_LARGE)?;
            amount = amount.min(fits - fits % way.multiple);
        }
        Ok(match asked {
            Some(asked) if amount != asked && !way.clamps => None,
            _ => Some(amount),
        })
    }
}
