//! Spending: rewards, paying with points, vouchers, and manual adjustments. A request that cannot be granted is refused with its
//! reason, and nothing changes (S15).

use std::sync::Arc;

use crate::hir::{Redeem, RedeemForm, RedeemId, RefundFloor, RewardId, UnitId};
use crate::value::{Exact, Instant, TimeSpan, Value};

use super::event::Event;
use super::fact::{Award, Payment, Uses};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::ledger::{Grant, Whose};
use super::limits::MOST_AT_ONCE;
use super::outcome::{Account, Cause, What};
use super::words;

/// Granted, or refused with a reason in plain words.
pub type Answer = Result<(), String>;

impl Fold<'_> {
    /// A field of the event at hand, by name.
    pub fn field(&self, name: &str) -> Value {
        let Some(event) = &self.event else { return Value::Missing };
        let id = self.program.events.at(event.kind).fields.find(|field| &*field.name == name);
        id.and_then(|id| event.fields.get(id.0 as usize)).cloned().unwrap_or_default()
    }

    /// A text of the event at hand, by name.
    pub fn text(&self, name: &str) -> Option<Arc<str>> {
        if let Value::Text(text) = self.field(name) { Some(text) } else { None }
    }

    /// A number of the event at hand, by name; money in minor units.
    pub fn number(&self, name: &str) -> Option<Exact> {
        if let Value::Exact(number) = self.field(name) { Some(number) } else { None }
    }

    /// Judges a `redeem` event; on success the payment is kept with the event.
    pub fn redeem(&mut self) -> Result<Answer, Fault> {
        if let Some(pool) = self.text("pool") {
            return self.redeem_together(&pool);
        }
        let program = self.program;
        match self.text("reward") {
            Some(name) => {
                if let Some(id) = program.rewards.find(|reward| reward.name == name) {
                    return self.redeem_reward(id);
                }
                match program.redeems.find(|redeem| redeem.name == name) {
                    Some(id) => self.pay_with(id),
                    None => {
                        let names =
                            program.rewards.iter().map(|r| &*r.name).chain(program.redeems.iter().map(|r| &*r.name));
                        Err(words::unknown(&name, "a reward", names))
                    }
                }
            }
            None => match program.redeems.ids().next() {
                Some(id) if program.redeems.len() == 1 => self.pay_with(id),
                _ => Ok(Err("the event does not say which reward".into())),
            },
        }
    }

    fn redeem_reward(&mut self, id: RewardId) -> Result<Answer, Fault> {
        let reward = self.program.rewards.at(id);
        let Some((unit, cost)) = &reward.cost else {
            return Ok(Err(format!("`{}` has no cost: only rules issue it", reward.name)));
        };
        let quantity = self.number("quantity").and_then(Exact::to_i64).unwrap_or(1);
        if quantity < 1 {
            return Ok(Err("the quantity is below one".into()));
        }
        if quantity > MOST_AT_ONCE {
            return Ok(Err(format!("the quantity is above {MOST_AT_ONCE}")));
        }
        let each = self
            .judge
            .exact(cost, &self.cx(View::default()))?
            .floor()
            .to_i64()
            .ok_or(crate::value::ArithmeticError::Overflow)?;
        let total = each.checked_mul(quantity).ok_or(crate::value::ArithmeticError::Overflow)?;
        if let Err(reason) = self.may_have(id, quantity, View::default())? {
            return Ok(Err(reason));
        }
        if let Some(reason) = self.small_basket(reward.minimum_basket.as_ref())? {
            return Ok(Err(reason));
        }
        if let Some(reason) = self.too_little(*unit, total) {
            return Ok(Err(reason));
        }
        let Some(uses) = self.fit_each(Cause::Reward(id), &reward.limits, quantity, each.max(1))? else {
            return Ok(Err(format!("the limit of `{}` is reached", reward.name)));
        };
        let mut used = Uses::default();
        for claims in uses {
            used.extend(self.claim(claims, each)?);
        }
        let lots = self.spend(Cause::Reward(id), *unit, total, &Account::Redeemed)?;
        let partner = self.spent_at(Cause::Reward(id), reward.partner, *unit, total)?;
        self.say_spent(*unit, total)?;
        let payment = Payment {
            unit: *unit,
            lots,
            returned: 0,
            value: 0,
            order: self.text("order"),
            cause: Cause::Reward(id),
            uses: used,
            partner,
        };
        self.keep_payment(payment);
        for _ in 0..quantity {
            let number = self.issue(Cause::Reward(id), id)?;
            if let Some(fact) = self.own_fact() {
                fact.gifts.push(super::fact::Gifted::Voucher(number));
            }
        }
        Ok(Ok(()))
    }

    /// Gates and stock of a reward.
    pub fn may_have(&mut self, id: RewardId, quantity: i64, view: View<'_>) -> Result<Answer, Fault> {
        let reward = self.program.rewards.at(id);
        if !self.open(Cause::Reward(id), &reward.gates, view)? {
            return Ok(Err(format!("`{}` is not open for this member now", reward.name)));
        }
        if let Some(draw) = reward.gives.draw
            && let Err(reason) = self.may_enter(draw)?
        {
            return Ok(Err(reason));
        }
        if let Some(stock) = &reward.stock {
            let release = self.release_of(id);
            let taken = self.pots.taken.get(&id).and_then(|by| by.get(&release)).copied().unwrap_or(0);
            if taken.saturating_add(u64::try_from(quantity).unwrap_or(0)) > stock.count
                || release == Instant::FIRST && !stock.released.is_empty()
            {
                return Ok(Err(format!("`{}` is out of stock", reward.name)));
            }
        }
        Ok(Ok(()))
    }

    /// The last release of a reward's stock; the first instant where all of it was there at once, or nothing was released yet.
    pub fn release_of(&self, id: RewardId) -> Instant {
        let Some(stock) = self.program.rewards.at(id).stock.as_ref().filter(|stock| !stock.released.is_empty()) else {
            return Instant::FIRST;
        };
        let zone = &self.program.settings.zone;
        let today = zone.day_of(self.at.now);
        (0..8)
            .filter_map(|back| today.plus_days(-back))
            .filter(|day| stock.released.contains(&day.weekday()))
            .map(|day| zone.at(day, stock.at))
            .find(|at| *at <= self.at.now)
            .unwrap_or(Instant::FIRST)
    }

    /// Why the member cannot spend so much; `None` where that is possible.
    pub fn too_little(&self, unit: UnitId, asked: i64) -> Option<String> {
        let have = self.spendable(unit);
        let say = |amount| words::quantity(self.program, unit, Exact::from(amount));
        (have < asked).then(|| format!("not enough: {} asked, {} available", say(asked), say(have)))
    }

    /// Why the bill of the event at hand is too small; `None` where it is not.
    pub fn small_basket(&self, minimum: Option<&crate::hir::Expr>) -> Result<Option<String>, Fault> {
        let Some(minimum) = minimum else { return Ok(None) };
        let least = self.judge.exact(minimum, &self.cx(View::default()))?;
        let bill = self.number("bill").unwrap_or_default();
        let say = |amount| words::money(self.program, amount);
        Ok((bill < least).then(|| format!("the basket of {} is below the minimum of {}", say(bill), say(least))))
    }

    /// Keeps with the event at hand what was paid.
    pub fn keep_payment(&mut self, payment: Payment) {
        if let Some(fact) = self.own_fact() {
            fact.payment = Some(Box::new(payment));
        }
    }

    /// What was spent is the `amount` that everything sees which follows, however much was asked for.
    fn say_spent(&mut self, unit: UnitId, spent: i64) -> Result<(), Fault> {
        let Some(event) = &self.event else { return Ok(()) };
        let amount = Exact::from(spent).div(Exact::from(self.program.units.at(unit).steps()))?;
        let named = self.program.events.at(event.kind).fields.iter().map(|field| &*field.name == "amount");
        let fields = named.zip(event.fields.iter());
        let fields = fields.map(|(named, value)| if named { Value::Exact(amount) } else { value.clone() }).collect();
        let event = Arc::new(Event { fields, ..(**event).clone() });
        if let Some(fact) = &mut self.draft {
            fact.left = event.fields.clone();
            fact.event = event.clone();
        }
        self.event = Some(event);
        Ok(())
    }

    fn pay_with(&mut self, id: RedeemId) -> Result<Answer, Fault> {
        let redeem = self.program.redeems.at(id);
        let cause = Cause::Redeem(id);
        if !self.open(cause, &redeem.gates, View::default())? {
            return Ok(Err(format!("`{}` is not open for this member now", redeem.name)));
        }
        if let Some(reason) = self.small_basket(redeem.minimum_basket.as_ref())? {
            return Ok(Err(reason));
        }
        let (mut amount, mut value) = match self.price(redeem, cause, i64::MAX)? {
            Ok(price) => price,
            Err(reason) => return Ok(Err(reason)),
        };
        let least = redeem
            .minimum
            .as_ref()
            .map_or(Ok(Exact::ZERO), |least| self.judge.exact(least, &self.cx(View::default())))?;
        if Exact::from(amount) < least || amount == 0 {
            let say = |amount| words::quantity(self.program, redeem.unit, amount);
            return Ok(Err(format!(
                "{} is below the minimum of {}",
                say(Exact::from(amount)),
                say(least.max(Exact::ONE))
            )));
        }
        if let Some(reason) = self.too_little(redeem.unit, amount) {
            return Ok(Err(reason));
        }
        if self.number("amount").is_none() {
            // As many as fit are asked for, and so the limits are asked how many.
            let room = self.headroom(cause, &redeem.limits, Exact::from(amount))?.floor().to_i64().unwrap_or(i64::MAX);
            if let Ok((fits, worth)) = self.price(redeem, cause, room)?
                && fits > 0
                && Exact::from(fits) >= least
            {
                (amount, value) = (fits, worth);
            }
        }
        let fitted = self.fit_rule(cause, &redeem.limits, Exact::from(amount), View::default())?;
        if fitted.amount < Exact::from(amount) {
            return Ok(Err(format!("the limit of `{}` is reached", redeem.name)));
        }
        let uses = self.claim(fitted.claims, amount)?;
        let lots = self.spend(cause, redeem.unit, amount, &Account::Redeemed)?;
        let partner = self.spent_at(cause, redeem.partner, redeem.unit, amount)?;
        self.say_spent(redeem.unit, amount)?;
        self.emit(cause, What::Paid { redeem: id, amount, value });
        self.keep_payment(Payment {
            unit: redeem.unit,
            lots,
            returned: 0,
            value,
            order: self.text("order"),
            cause,
            uses,
            partner,
        });
        Ok(Ok(()))
    }

    /// How many steps are spent, and the money off in minor units; where the event does not say how many, at most so many.
    fn price(&self, redeem: &Redeem, cause: Cause, room: i64) -> Result<Result<(i64, i64), String>, Fault> {
        let unit = self.program.units.at(redeem.unit);
        let bill = self.number("bill");
        let mut most = bill;
        if let Some(share) = redeem.at_most_share {
            most = bill.map(|bill| bill.mul(share)).transpose()?;
        }
        if let Some(cap) = &redeem.at_most {
            let cap = self.judge.exact(cap, &self.cx(View::default()))?.sub(self.taken_off(cause)?)?.max(Exact::ZERO);
            most = Some(most.map_or(cap, |most| most.min(cap)));
        }
        let balance = self.spendable(redeem.unit);
        let asked = match self.number("amount") {
            None => None,
            Some(amount) => match amount.mul(Exact::from(unit.steps()))?.to_i64() {
                Some(amount) if amount > 0 => Some(amount),
                _ => return Ok(Err("the amount is not a positive number of whole steps".into())),
            },
        };
        if asked.is_none() && most.is_none() {
            return Ok(Err("the event says neither an amount nor a bill".into()));
        }
        let step =
            redeem.steps.as_ref().map_or(Ok(Exact::ONE), |steps| self.judge.exact(steps, &self.cx(View::default())))?;
        let step = step.floor().to_i64().filter(|step| *step > 0).unwrap_or(1);
        let limit = match asked {
            Some(asked) if redeem.clamp => asked.min(balance),
            Some(asked) => asked,
            None => balance.min(room),
        };
        let limit = limit - limit % step;
        let (amount, value) = match &redeem.form {
            RedeemForm::Ladder(rungs) => climb(rungs, limit, most)?,
            RedeemForm::Rate(points, money) => {
                let points = self.judge.exact(points, &self.cx(View::default()))?;
                let money = self.judge.exact(money, &self.cx(View::default()))?;
                let mut amount = limit;
                if let Some(most) = most
                    && !money.is_zero()
                {
                    let fits = most.mul(points)?.div(money)?.floor().to_i64().unwrap_or(i64::MAX);
                    amount = amount.min(fits - fits % step);
                }
                let value = Exact::from(amount).mul(money)?.div(points)?;
                (amount, value.floor().to_i64().ok_or(crate::value::ArithmeticError::Overflow)?)
            }
        };
        match asked {
            Some(asked) if amount != asked && !redeem.clamp => {
                let say = |amount| words::quantity(self.program, redeem.unit, Exact::from(amount));
                Ok(Err(match most {
                    _ if asked % step != 0 => format!("{} is not a multiple of {}", say(asked), say(step)),
                    Some(most) if asked <= balance => {
                        format!(
                            "{} is more than fits: at most {} off this order, {}",
                            say(asked),
                            words::money(self.program, most),
                            say(amount)
                        )
                    }
                    _ if asked > balance => format!("not enough: {} asked, {} available", say(asked), say(balance)),
                    _ => format!(
                        "{} cannot be paid in the steps of `{}`; the nearest below is {}",
                        say(asked),
                        redeem.name,
                        say(amount)
                    ),
                }))
            }
            _ => Ok(Ok((amount, value))),
        }
    }

    /// The money that one way to pay took off the order of the event at hand before, less what came back since.
    fn taken_off(&self, cause: Cause) -> Result<Exact, Fault> {
        let Some(order) = self.text("order") else { return Ok(Exact::ZERO) };
        let payments = self.state.facts.iter().filter_map(|fact| fact.payment.as_ref());
        payments
            .filter(|payment| payment.cause == cause && payment.order.as_ref() == Some(&order))
            .try_fold(Exact::ZERO, |sum, payment| Ok(sum.add(Exact::from(payment.off()))?))
    }

    /// The open voucher of a reward that ends soonest.
    pub fn open_voucher(&self, name: &str) -> Result<Result<u32, String>, Fault> {
        let Some(id) = self.program.rewards.find(|reward| *reward.name == *name) else {
            return Err(words::unknown(name, "a reward", self.program.rewards.iter().map(|r| &*r.name)));
        };
        let now = self.at.now;
        let open = self.state.vouchers.iter().filter(|voucher| voucher.reward == id && voucher.usable(now));
        let soonest = open.min_by_key(|voucher| (voucher.expires.unwrap_or(Instant::LAST), voucher.number));
        Ok(match soonest {
            Some(voucher) => Ok(voucher.number),
            None => Err(format!("the member has no open voucher of `{name}`")),
        })
    }

    /// Judges an `adjust` event: a signed amount with a reason.
    pub fn adjust(&mut self) -> Result<Answer, Fault> {
        let name = self.text("unit").unwrap_or_default();
        let named = |unit: &crate::hir::Unit| {
            unit.name == name || unit.also.as_ref() == Some(&name) || unit.was.as_ref() == Some(&name)
        };
        let Some(id) = self.program.units.find(named) else {
            return Err(words::unknown(&name, "a unit", self.program.units.iter().map(|u| &*u.name)));
        };
        let unit = self.program.units.at(id);
        let amount = self.number("amount").unwrap_or_default().mul(Exact::from(unit.steps()))?;
        let Some(amount) = amount.to_i64() else {
            return Ok(Err(format!("the amount has more decimals than `{}`", unit.name)));
        };
        if amount >= 0 {
            let granted = self.grant(&Grant {
                cause: Cause::Event,
                unit: id,
                line: None,
                amount,
                pending: Some(&Vec::new()),
                expiry: &[],
                funding: &[],
                whose: Whose::Own,
            })?;
            self.keep(Award { lot: granted.lot, ..self.award(Cause::Event, id, granted.amount) });
            return Ok(Ok(()));
        }
        let asked = amount.checked_neg().ok_or(crate::value::ArithmeticError::Overflow)?;
        let have = self.spendable(id);
        if asked > have && !matches!(unit.refunds, RefundFloor::BelowZero(_)) {
            return Ok(Err(self.too_little(id, asked).unwrap_or_default()));
        }
        self.spend(Cause::Event, id, asked.min(have), &Account::Redeemed)?;
        if asked > have {
            let purse = self.state.units.at_mut(id);
            purse.debt = purse.debt.checked_add(asked - have).ok_or(crate::value::ArithmeticError::Overflow)?;
            purse.most().ok_or(crate::value::ArithmeticError::Overflow)?;
            self.post(Cause::Event, id, Account::Available, Account::Redeemed, asked - have, None, None);
        }
        Ok(Ok(()))
    }

    /// Activates an offer by a rule: for a time, which a later activation makes longer and never shorter.
    pub fn activate_offer(&mut self, offer: &Arc<str>, time: Option<TimeSpan>) -> Result<(), Fault> {
        let Some(time) = time else {
            self.state.activations.insert(offer.clone(), self.at.now);
            return Ok(());
        };
        let until = self.end_after(self.at.now, time, None)?;
        let slot = self.state.activated.entry(offer.clone()).or_insert(until);
        *slot = until.max(*slot);
        Ok(())
    }

    /// Judges an `activate` event.
    pub fn activate(&mut self) -> Result<Answer, Fault> {
        let name = self.text("offer").unwrap_or_default();
        let program = self.program;
        let earns = program.earns.iter().filter(|e| e.activation.is_some()).map(|e| &*e.name);
        let boosts = program.boosts.iter().filter(|b| b.activation.is_some()).map(|b| &*b.name);
        let rules = program.rules.iter().filter(|r| r.activation.is_some()).map(|r| &*r.name);
        let challenges = program.challenges.iter().filter(|c| c.activation).map(|c| &*c.name);
        let offers: Vec<&str> = earns.chain(boosts).chain(rules).chain(challenges).collect();
        if !offers.contains(&&*name) {
            return Err(words::unknown(&name, "an offer that can be activated", offers.into_iter()));
        }
        if let Some(challenge) = program.challenges.find(|challenge| challenge.name == name)
            && let Some(reason) = self.bars_activation(challenge)?
        {
            return Ok(Err(reason));
        }
        self.state.activations.insert(name, self.at.now);
        Ok(Ok(()))
    }
}

/// The greedy way down a ladder: as many of the largest step as fit both the amount and the money, then the next.
fn climb(rungs: &[(i64, i64)], amount: i64, most: Option<Exact>) -> Result<(i64, i64), Fault> {
    let mut money_left =
        most.map_or(Ok(i64::MAX), |most| most.floor().to_i64().ok_or(crate::value::ArithmeticError::Overflow))?;
    let (mut used, mut value) = (0_i64, 0_i64);
    for &(points, money) in rungs {
        if points <= 0 || money <= 0 {
            continue;
        }
        let times = ((amount - used) / points).min(money_left / money);
        used += times * points;
        value += times * money;
        money_left -= times * money;
    }
    Ok((used, value))
}
