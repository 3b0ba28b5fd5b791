//! Causes: what members give of theirs, what the program gives, and what it adds.

use crate::hir::{Charity, CharityId, Expr, LimitId, LimitKind, OnRefund, Reversal, Rule, Type, UnitId};
use crate::value::{ArithmeticError, Exact, Instant};

use super::fact::{Donation, Fact};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::left::{Left, Part};
use super::outcome::{Account, Cause, Giver, Stage, What};
use super::redeem::Answer;
use super::state::Voucher;
use super::words;

impl Fold<'_> {
    /// Judges a `donate` event.
    pub fn donate(&mut self) -> Result<Answer, Fault> {
        let program = self.program;
        let id = match self.text("cause") {
            Some(name) => match program.charities.find(|charity| charity.name == name) {
                Some(id) => id,
                None => {
                    return Err(words::unknown(&name, "a cause", program.charities.iter().map(|known| &*known.name)));
                }
            },
            None => match program.charities.ids().next() {
                Some(id) if program.charities.len() == 1 => id,
                _ => return Ok(Err("the event does not say which cause".into())),
            },
        };
        let charity = program.charities.at(id);
        if !self.open(Cause::Charity(id), &charity.gates, View::default())? {
            return Ok(Err(format!("`{}` is not open for this member now", charity.name)));
        }
        if let Some(reward) = self.text("reward") {
            return self.donate_voucher(id, charity, &reward);
        }
        let named = self.text("unit");
        let rated = |unit: UnitId| {
            let unit = program.units.at(unit);
            named.as_ref().is_none_or(|name| unit.name == *name || unit.also.as_ref() == Some(name))
        };
        let mut units = charity.rates.iter().map(|rate| rate.unit).filter(|unit| rated(*unit));
        let (unit, other) = (units.next(), units.next());
        match (unit, other) {
            (Some(unit), None) => self.donate_units(id, charity, unit),
            (Some(_), Some(_)) => Ok(Err("the event does not say what is given".into())),
            (None, _) => Ok(Err(match named {
                Some(name) => format!("`{}` does not take `{name}`", charity.name),
                None => format!("`{}` takes nothing from members", charity.name),
            })),
        }
    }

    fn donate_units(&mut self, id: CharityId, charity: &Charity, unit: UnitId) -> Result<Answer, Fault> {
        let Some(asked) = self.asked(unit)? else {
            return Ok(Err("the amount is not a positive number of whole steps".into()));
        };
        let say = |amount: Exact| words::quantity(self.program, unit, amount);
        if let Some(steps) = charity.steps.as_ref().filter(|steps| steps.ty == Type::Quantity(unit)) {
            let step = self.judge.exact(steps, &self.cx(View::default()))?;
            if !step.is_zero() && !Exact::from(asked).div(step)?.is_integer() {
                return Ok(Err(format!("{} is not a multiple of {}", say(Exact::from(asked)), say(step))));
            }
        }
        let value = self.worth_to(charity, unit, asked)?;
        if let Some(reason) = self.too_small(charity, Some((unit, asked)), value)?.or(self.too_little(unit, asked)) {
            return Ok(Err(reason));
        }
        if let Some(reason) = self.claim_gift(id, charity, Some((unit, asked)))? {
            return Ok(Err(reason));
        }
        self.give_units(id, Cause::Charity(id), unit, asked, value)?;
        Ok(Ok(()))
    }

    /// The open voucher of a reward that ends soonest goes to a cause.
    fn donate_voucher(&mut self, id: CharityId, charity: &Charity, reward: &str) -> Result<Answer, Fault> {
        let Some(share) = charity.vouchers else {
            return Ok(Err(format!("`{}` takes no vouchers", charity.name)));
        };
        let number = match self.open_voucher(reward)? {
            Ok(number) => number,
            Err(reason) => return Ok(Err(reason)),
        };
        let worth = self.state.vouchers.get(number).and_then(Voucher::left);
        let Some(worth) = worth else {
            return Ok(Err(format!("a voucher of `{reward}` is not worth an amount of money")));
        };
        let value = Exact::from(worth).mul(share)?.floor().to_i64().ok_or(ArithmeticError::Overflow)?;
        if let Some(reason) = self.too_small(charity, None, value)? {
            return Ok(Err(reason));
        }
        if let Some(reason) = self.claim_gift(id, charity, None)? {
            return Ok(Err(reason));
        }
        self.use_up(number, None, None);
        self.gave_to(id, Cause::Charity(id), value, Giver::Member)?;
        Ok(Ok(()))
    }

    /// Why a gift is too small; `None` where it is not.
    fn too_small(&self, charity: &Charity, units: Option<(UnitId, i64)>, value: i64) -> Result<Option<String>, Fault> {
        let money = |minor: i64| words::money(self.program, Exact::from(minor));
        if value <= 0 {
            return Ok(Some(format!("that is worth less than {}", money(1))));
        }
        let Some(least) = &charity.minimum else { return Ok(None) };
        let exact = self.judge.exact(least, &self.cx(View::default()))?;
        Ok(match (least.ty, units) {
            (Type::Money, _) if Exact::from(value) < exact => {
                Some(format!("{} is below the minimum of {}", money(value), words::money(self.program, exact)))
            }
            (Type::Quantity(of), Some((unit, asked))) if of == unit && Exact::from(asked) < exact => {
                let say = |amount| words::quantity(self.program, unit, amount);
                Some(format!("{} is below the minimum of {}", say(Exact::from(asked)), say(exact)))
            }
            _ => None,
        })
    }

    /// Uses the limits of a cause; a reason where one is reached.
    fn claim_gift(
        &mut self,
        id: CharityId,
        charity: &Charity,
        units: Option<(UnitId, i64)>,
    ) -> Result<Option<String>, Fault> {
        let counts = |limit: &LimitId| match self.program.limits.at(*limit).kind {
            LimitKind::Times(_) => true,
            LimitKind::Amount(of, _) => units.is_some_and(|(unit, _)| unit == of),
            LimitKind::Money(_) => false,
        };
        let own: Vec<LimitId> = charity.limits.iter().copied().filter(counts).collect();
        let amount = units.map_or(1, |(_, amount)| amount);
        let fitted = self.fit_rule(Cause::Charity(id), &own, Exact::from(amount), View::default())?;
        if fitted.amount < Exact::from(amount) {
            return Ok(Some(format!("the limit of `{}` is reached", charity.name)));
        }
        self.claim(fitted.claims, amount)?;
        Ok(None)
    }

    /// What an amount of a unit is worth to a cause, in whole minor units.
    fn worth_to(&self, charity: &Charity, unit: UnitId, amount: i64) -> Result<i64, Fault> {
        let value = self.price_in(&charity.rates, unit)?.mul(Exact::from(amount))?;
        Ok(value.floor().to_i64().ok_or(ArithmeticError::Overflow)?)
    }

    fn give_units(&mut self, id: CharityId, cause: Cause, unit: UnitId, amount: i64, value: i64) -> Result<(), Fault> {
        let account = Account::Cause(self.program.charities.at(id).name.clone());
        self.spend(cause, unit, amount, &account)?;
        self.gave_to(id, cause, value, Giver::Member)
    }

    /// Notes a gift; those of members have receipts, and the program adds to them.
    fn gave_to(&mut self, charity: CharityId, cause: Cause, amount: i64, giver: Giver) -> Result<(), Fault> {
        let (mut matched, mut receipt) = (0, None);
        if giver == Giver::Member {
            matched = self.matched(charity, amount)?;
            self.state.receipts += 1;
            receipt = Some(self.state.receipts);
        }
        self.emit(cause, What::Donated { charity, amount, matched, giver, receipt });
        Ok(())
    }

    /// What the program adds to a gift, as far as its cap for all members together goes.
    fn matched(&mut self, id: CharityId, amount: i64) -> Result<i64, Fault> {
        let Some(matching) = &self.program.charities.at(id).matching else { return Ok(0) };
        let wanted = Exact::from(amount).mul(matching.share)?.floor().to_i64().ok_or(ArithmeticError::Overflow)?;
        let Some(most) = matching.most else { return Ok(wanted) };
        let calendar = &self.version.calendar;
        let bucket = matching.window.map_or(Instant::FIRST, |kind| {
            calendar.bounds(calendar.period_of(kind, calendar.zone.day_of(self.at.now), None)).0
        });
        let used = self.pots.matched.entry(id).or_default().entry(bucket).or_insert(0);
        let added = wanted.min((most - *used).max(0));
        *used += added;
        Ok(added)
    }

    /// `donate` of a rule: money of the program, or what is there of an amount of the member's.
    pub fn donate_by_rule(
        &mut self,
        cause: Cause,
        rule: &Rule,
        limits: &[LimitId],
        charity: CharityId,
        (effect, amount): (u32, &Expr),
        view: View<'_>,
    ) -> Result<(), Fault> {
        let exact = self.judge.exact(amount, &self.cx(view))?;
        let asked = exact.floor().to_i64().ok_or(ArithmeticError::Overflow)?;
        if let Type::Quantity(unit) = amount.ty {
            let there = asked.min(self.spendable(unit));
            let value = self.worth_to(self.program.charities.at(charity), unit, there)?;
            return if there > 0 && value > 0 { self.give_units(charity, cause, unit, there, value) } else { Ok(()) };
        }
        let of_money = |limit: &LimitId| matches!(self.program.limits.at(*limit).kind, LimitKind::Money(_));
        let own: Vec<LimitId> = limits.iter().copied().filter(of_money).collect();
        let fitted = self.fit_rule(cause, &own, Exact::from(asked.max(0)), view)?;
        let asked = fitted.amount.floor().to_i64().ok_or(ArithmeticError::Overflow)?;
        if asked <= 0 {
            return Ok(());
        }
        let uses = self.claim(fitted.claims, asked)?;
        if self.tracing() {
            let words = words::money(self.program, Exact::from(asked));
            let name = self.program.charities.at(charity).name.clone();
            self.explain(cause, amount.span, Stage::Post, view.number, true, || format!("{words} to {name}"));
        }
        self.gave_to(charity, cause, asked, Giver::Program)?;
        let donation = Donation {
            charity,
            cause,
            effect,
            line: view.number,
            amount: asked,
            taken: 0,
            uses,
            on_refund: rule.on_refund,
            seen: view.seen_for(rule.on_refund),
        };
        match &mut self.collecting {
            Some(brought) => brought.donations.push(donation),
            None => {
                if let Some(fact) = self.own_fact() {
                    fact.donations.push(donation);
                }
            }
        }
        Ok(())
    }

    /// Takes back what the program gave for an event, as far as a reversal has taken the event back.
    pub fn return_gifts(&mut self, fact: &mut Fact, reversal: Option<&Reversal>) -> Result<(), Fault> {
        let (left, bought) = (fact.left.clone(), fact.event.time);
        self.return_gifts_by(fact, reversal, &Left { fields: &left, asked: Some(bought), at: bought })
    }

    /// [`Fold::return_gifts`], where what is to be judged again is looked at otherwise.
    pub fn return_gifts_by(
        &mut self,
        fact: &mut Fact,
        reversal: Option<&Reversal>,
        left: &Left<'_>,
    ) -> Result<(), Fault> {
        let mut donations = std::mem::take(&mut fact.donations);
        for donation in &mut donations {
            let mode = reversal.map(|by| self.on_parts(donation.cause, donation.on_refund, fact, by));
            let target = match (mode.unwrap_or(donation.on_refund), reversal) {
                (OnRefund::Keep, _) => 0,
                (_, None) => donation.amount,
                _ if fact.gone => donation.amount,
                (OnRefund::Rejudge, Some(by)) => {
                    let now = self.given_now(donation, left)?;
                    donation.amount - self.after_parts(now, (donation.cause, donation.line), fact, by)?
                }
                (OnRefund::Proportion, Some(by)) => match self.kept(donation.cause, donation.line, fact, by)? {
                    Some(kept) => {
                        let back = Exact::ONE.sub(kept)?.mul(Exact::from(donation.amount))?;
                        back.floor().to_i64().unwrap_or(0)
                    }
                    None => donation.taken,
                },
            };
            self.return_gift(donation, target)?;
        }
        fact.donations = donations;
        Ok(())
    }

    /// Takes back a gift of the program until so much of it, in all, is taken back.
    pub fn return_gift(&mut self, donation: &mut Donation, target: i64) -> Result<(), Fault> {
        let rest = target - donation.taken;
        if rest > 0 {
            self.unclaim(&mut donation.uses, donation.amount, donation.taken, rest)?;
            donation.taken += rest;
            let (charity, amount) = (donation.charity, -rest);
            let what = What::Donated { charity, amount, matched: 0, giver: Giver::Program, receipt: None };
            self.emit(donation.cause, what);
        }
        Ok(())
    }

    /// What a rule would have given for what is left of an event, with what was read of the member then.
    fn given_now(&mut self, donation: &Donation, left: &Left<'_>) -> Result<i64, Fault> {
        let Donation { cause, effect, line, .. } = *donation;
        let given = match self.part_of_left(&Part { cause, effect, line, seen: &donation.seen }, left)? {
            Some(amount) => amount.floor().to_i64().ok_or(ArithmeticError::Overflow)?,
            None => donation.amount,
        };
        Ok(given.clamp(0, donation.amount))
    }
}
