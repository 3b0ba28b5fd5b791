//! Redemptions: ways to pay with points.

use crate::hir::{Expr, Redeem, RedeemForm};
use crate::value::Exact;

use super::super::clock::Clock;
use super::super::plan::{RedeemPlan, WayPlan};
use super::super::queues::EMPTY;
use super::super::term::{Lowering, constant};
use super::super::texts::Text;
use super::super::unfit::{Fit, unfit, without};

impl Lowering<'_> {
    /// What a redemption says, and the ways that there are.
    pub(super) fn redeem(&mut self, clock: &mut Clock) -> Fit<RedeemPlan> {
        let (program, event) = (self.program, self.event);
        let def = program.events.at(event);
        let mut slot = |name: &str| {
            let id = def.fields.find(|field| &*field.name == name)?;
            Some(self.shapes.slot(event, id, def.fields.at(id))?.0)
        };
        let (Some(amount), Some(bill), Some(reward)) = (slot("amount"), slot("bill"), slot("reward")) else {
            return unfit("redemptions of this kind", def.span);
        };
        let pool = slot("pool");
        let order = def.fields.find(|field| &*field.name == "order");
        let Some(order) = order.map(|order| self.shapes.print(event, order)) else {
            return unfit("redemptions of this kind", def.span);
        };
        let mut ways = Vec::new();
        for redeem in program.redeems.iter() {
            let name = self.shapes.words.number(Text::new(redeem.name.as_bytes()));
            ways.push((name, self.way(redeem, clock)?));
        }
        let named = program
            .rewards
            .iter()
            .map(|reward| (self.shapes.words.number(Text::new(reward.name.as_bytes())), reward.cost.is_some()));
        let rewards = named.collect();
        let paid = self.has_reversals().then(|| self.layout.cell(EMPTY));
        Ok(RedeemPlan { amount, bill, reward, order, pool, ways, rewards, paid })
    }

    fn way(&mut self, redeem: &Redeem, clock: &mut Clock) -> Fit<WayPlan> {
        let span = redeem.span;
        without(redeem.minimum_basket.is_some(), "payments with a least basket", span)?;
        without(redeem.at_most.is_some(), "payments up to an amount", span)?;
        without(!redeem.limits.is_empty(), "payments with limits", span)?;
        let RedeemForm::Rate(points, money) = &redeem.form else {
            return unfit("payments in fixed steps", span);
        };
        let fixed = |expr: &Expr| match constant(expr).filter(|number| *number > Exact::ZERO) {
            Some(number) => Ok(number),
            None => unfit("rates that may change", expr.span),
        };
        // Of a share of the bill as many points are worth as of the whole bill where they are worth so much more.
        let share = redeem.at_most_share.unwrap_or(Exact::ONE);
        without(share <= Exact::ZERO, "payments of no part of a bill", span)?;
        let Ok(points) = fixed(points)?.mul(share) else { return unfit("rates this fine", span) };
        let money = fixed(money)?;
        let parts = Exact::from(i64::try_from(points.denominator().max(money.denominator())).unwrap_or(i64::MAX));
        let whole = |number: Exact| number.mul(parts).ok().and_then(Exact::to_i64);
        let (Some(points), Some(money)) = (whole(points), whole(money)) else {
            return unfit("rates this fine", span);
        };
        let minimum = redeem.minimum.as_ref().map_or(Ok(Exact::ZERO), fixed)?.ceil().to_i64();
        let multiple = redeem.steps.as_ref().map_or(Ok(Exact::ONE), fixed)?.floor().to_i64();
        let (Some(minimum), Some(multiple)) = (minimum, multiple) else { return unfit("amounts this large", span) };
        let gates = self.gates(&redeem.gates, clock)?;
        Ok(WayPlan {
            unit: redeem.unit,
            gates,
            points,
            money,
            minimum,
            multiple: multiple.max(1),
            clamps: redeem.clamp,
        })
    }
}
