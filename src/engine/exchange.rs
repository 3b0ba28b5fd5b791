//! Exchanges: whole steps of one unit become another.

use crate::hir::{Exchange, ExchangeId, Expr, Funding, UnitId};
use crate::value::{ArithmeticError, Exact, Value};

use super::fact::{Award, Payment};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::ledger::{Grant, Whose};
use super::limit::Claim;
use super::outcome::{Account, Cause};
use super::redeem::Answer;
use super::words;

impl Fold<'_> {
    /// Judges an `exchange` event.
    pub fn exchange(&mut self) -> Result<Answer, Fault> {
        let program = self.program;
        let id = match self.text("exchange") {
            Some(name) => match program.exchanges.find(|exchange| exchange.name == name) {
                Some(id) => id,
                None => {
                    let names = program.exchanges.iter().map(|exchange| &*exchange.name);
                    return Err(words::unknown(&name, "an exchange", names));
                }
            },
            None => match program.exchanges.ids().next() {
                Some(id) if program.exchanges.len() == 1 => id,
                _ => return Ok(Err("the event does not say which exchange".into())),
            },
        };
        match self.asked(program.exchanges.at(id).from)? {
            Some(asked) => self.swap(id, Some(asked)),
            None => Ok(Err("the amount is not a positive number of whole steps".into())),
        }
    }

    /// The amount of the event at hand, in steps of a unit, where it is a positive whole number of them.
    pub fn asked(&self, unit: UnitId) -> Result<Option<i64>, Fault> {
        let Value::Exact(amount) = self.field("amount") else { return Ok(None) };
        let steps = amount.mul(Exact::from(self.program.units.at(unit).steps()))?;
        Ok(steps.to_i64().filter(|amount| *amount > 0))
    }

    /// A declared amount, in whole steps.
    fn steps(&self, amount: &Expr) -> Result<i64, Fault> {
        Ok(self.judge.exact(amount, &self.cx(View::default()))?.floor().to_i64().ok_or(ArithmeticError::Overflow)?)
    }

    /// Exchanges what is asked, or as many whole steps as there are.
    pub fn swap(&mut self, id: ExchangeId, asked: Option<i64>) -> Result<Answer, Fault> {
        let exchange = self.program.exchanges.at(id);
        let cause = Cause::Exchange(id);
        if !self.open(cause, &exchange.gates, View::default())? {
            return Ok(Err(format!("`{}` is not open for this member now", exchange.name)));
        }
        let (amount, fee) = match self.exchanged(exchange, asked)? {
            Ok(amounts) => amounts,
            Err(reason) => return Ok(Err(reason)),
        };
        let fitted = self.fit_rule(cause, &exchange.limits, Exact::from(amount), View::default())?;
        if fitted.amount < Exact::from(amount) {
            return Ok(Err(format!("the limit of `{}` is reached", exchange.name)));
        }
        let bonuses = self.bonuses(cause, exchange, amount)?;
        let plain = (amount / self.steps(&exchange.takes)?)
            .checked_mul(self.steps(&exchange.gives)?)
            .ok_or(ArithmeticError::Overflow)?;
        let all = bonuses.iter().try_fold(plain, |sum, (bonus, _)| sum.checked_add(*bonus));
        let all = all.ok_or(ArithmeticError::Overflow)?;
        if all > self.room(exchange.to)? {
            let name = &self.program.units.at(exchange.to).name;
            return Ok(Err(format!("the balance of `{name}` has no room for so much")));
        }
        let mut uses = self.claim(fitted.claims, amount)?;
        for (bonus, claims) in bonuses {
            uses.extend(self.claim(claims, bonus)?);
        }
        let lots = self.spend(cause, exchange.from, amount, &Account::Redeemed)?;
        if fee > 0 {
            self.spend(cause, exchange.from, fee, &Account::Issuer)?;
        }
        let partner = self.spent_at(cause, exchange.partner, exchange.from, amount)?;
        let funding: Vec<Funding> =
            partner.iter().map(|(name, _)| Funding { share: Exact::ONE, partner: name.clone() }).collect();
        self.keep_payment(Payment {
            unit: exchange.from,
            lots,
            returned: 0,
            value: 0,
            order: None,
            cause,
            uses,
            partner,
        });
        let granted = self.grant(&Grant {
            cause,
            unit: exchange.to,
            line: None,
            amount: all,
            pending: None,
            expiry: &[],
            funding: &funding,
            whose: Whose::Own,
        })?;
        let award = self.award(cause, exchange.to, granted.amount);
        self.keep(Award { lot: granted.lot, funded: granted.funded, prices: granted.prices, ..award });
        Ok(Ok(()))
    }

    /// How much is taken, and what it costs beside, in steps; or why not.
    fn exchanged(&self, exchange: &Exchange, asked: Option<i64>) -> Result<Result<(i64, i64), String>, Fault> {
        let step = self.steps(&exchange.takes)?.max(1);
        let declared = |amount: &Option<Expr>| amount.as_ref().map(|amount| self.steps(amount)).transpose();
        let fee = declared(&exchange.fee)?.unwrap_or(0).max(0);
        let most = declared(&exchange.at_most)?.unwrap_or(i64::MAX);
        let least = declared(&exchange.minimum)?.unwrap_or(0).max(step);
        let say = |amount| words::quantity(self.program, exchange.from, Exact::from(amount));
        let amount = match asked {
            Some(asked) if !exchange.clamp => {
                if asked < least {
                    return Ok(Err(format!("{} is below the minimum of {}", say(asked), say(least))));
                }
                if asked % step != 0 {
                    let below = say(asked - asked % step);
                    return Ok(Err(format!(
                        "{} is not a multiple of {}; the nearest below is {below}",
                        say(asked),
                        say(step)
                    )));
                }
                if asked > most {
                    return Ok(Err(format!("{} is more than {}", say(asked), say(most))));
                }
                asked
            }
            _ => {
                let have = (self.spendable(exchange.from) - fee).max(0);
                let amount = asked.unwrap_or(i64::MAX).min(have).min(most);
                amount - amount % step
            }
        };
        if amount < least {
            return Ok(Err(format!("{} is below the minimum of {}", say(amount), say(least))));
        }
        let all = amount.checked_add(fee).ok_or(ArithmeticError::Overflow)?;
        match self.too_little(exchange.from, all) {
            Some(reason) => Ok(Err(reason)),
            None => Ok(Ok((amount, fee))),
        }
    }

    /// What comes beside the rate, each with what it uses of its limits.
    fn bonuses(&mut self, cause: Cause, exchange: &Exchange, amount: i64) -> Result<Vec<(i64, Vec<Claim>)>, Fault> {
        let mut all = Vec::new();
        for bonus in &exchange.bonuses {
            let open = bonus.when.as_ref().map(|when| self.judge.truth(when, &self.cx(View::default()))).transpose()?;
            let times = amount / self.steps(&bonus.every)?.max(1);
            let asked = times.checked_mul(self.steps(&bonus.gives)?).ok_or(ArithmeticError::Overflow)?;
            if open == Some(false) || asked == 0 {
                continue;
            }
            let fitted = self.fit_rule(cause, &bonus.limits, Exact::from(asked), View::default())?;
            all.push((fitted.amount.floor().to_i64().unwrap_or(0), fitted.claims));
        }
        Ok(all)
    }
}
