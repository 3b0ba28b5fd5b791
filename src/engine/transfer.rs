//! Giving away: parts of lots go from one member to another.

use crate::hir::{Transfer, TransferId, Type, UnitId};
use crate::value::{Exact, Value};

use super::fact::TallyKind;
use super::fault::Fault;
use super::fold::{Fold, View};
use super::mail::{Content, Passed};
use super::outcome::{Account, Cause, What};
use super::purse::{Lot, Ready};
use super::redeem::Answer;
use super::words;

/// What a transfer costs: steps of a unit, or minor units of money where there is none.
type Fee = (Option<UnitId>, i64);

impl Fold<'_> {
    /// Judges a `transfer` event.
    pub fn transfer(&mut self) -> Result<Answer, Fault> {
        let program = self.program;
        let id = match self.text("transfer") {
            Some(name) => match program.transfers.find(|transfer| transfer.name == name) {
                Some(id) => id,
                None => {
                    return Err(words::unknown(&name, "a transfer", program.transfers.iter().map(|t| &*t.name)));
                }
            },
            None => match program.transfers.ids().next() {
                Some(id) if program.transfers.len() == 1 => id,
                Some(_) => return Ok(Err("the event does not say which transfer".into())),
                None => return Ok(Err("members of this program cannot give to each other".into())),
            },
        };
        let transfer = program.transfers.at(id);
        let name = self.text("receiver").unwrap_or_default();
        let Some(to) = self.pots.reach(&name) else { return Ok(Err(format!("`{name}` is not a member"))) };
        if to == self.state.member {
            return Ok(Err("nobody can give to themselves".into()));
        }
        let cause = Cause::Transfer(id);
        if !self.open(cause, &transfer.gates, View::default())? {
            return Ok(Err(format!("`{}` is not open for this member now", transfer.name)));
        }
        let (amount, fee) = match self.given(transfer)? {
            Ok(given) => given,
            Err(reason) => return Ok(Err(reason)),
        };
        let fitted = self.fit_rule(cause, &transfer.limits, Exact::from(amount), View::default())?;
        if fitted.amount < Exact::from(amount) {
            return Ok(Err(format!("the limit of `{}` is reached", transfer.name)));
        }
        self.claim(fitted.claims, amount)?;
        self.hand_over(id, transfer, amount, to)?;
        match fee {
            Some((Some(unit), fee)) if fee > 0 => self.spend(cause, unit, fee, &Account::Issuer).map(drop)?,
            Some((None, fee)) if fee > 0 => self.emit(cause, What::Charged(fee)),
            _ => {}
        }
        Ok(Ok(()))
    }

    /// How much is given, in steps, and what it costs; or why not.
    fn given(&self, transfer: &Transfer) -> Result<Result<(i64, Option<Fee>), String>, Fault> {
        let unit = self.program.units.at(transfer.unit);
        let value = |expr: &Option<crate::hir::Expr>| -> Result<Option<i64>, Fault> {
            let exact = expr.as_ref().map(|expr| self.judge.exact(expr, &self.cx(View::default()))).transpose()?;
            exact
                .map(|exact| exact.floor().to_i64().ok_or(Fault::from(crate::value::ArithmeticError::Overflow)))
                .transpose()
        };
        let asked = match self.field("amount") {
            Value::Exact(amount) => amount.mul(Exact::from(unit.steps()))?.to_i64().filter(|amount| *amount > 0),
            _ => None,
        };
        let Some(asked) = asked else {
            return Ok(Err("the amount is not a positive number of whole steps".into()));
        };
        let say = |amount| words::quantity(self.program, transfer.unit, Exact::from(amount));
        if let Some(least) = value(&transfer.minimum)?.filter(|least| asked < *least) {
            return Ok(Err(format!("{} is below the minimum of {}", say(asked), say(least))));
        }
        if let Some(most) = value(&transfer.at_most)?.filter(|most| asked > *most) {
            return Ok(Err(format!("{} is more than {}", say(asked), say(most))));
        }
        if let Some(step) = value(&transfer.steps)?.filter(|step| *step > 0 && asked % step != 0) {
            return Ok(Err(format!("{} is not a multiple of {}", say(asked), say(step))));
        }
        let of = transfer.fee.as_ref().map(|fee| if let Type::Quantity(unit) = fee.ty { Some(unit) } else { None });
        let fee = of.zip(value(&transfer.fee)?.map(|fee| fee.max(0)));
        let mut all = vec![(transfer.unit, asked)];
        match fee {
            Some((Some(unit), fee)) if unit == transfer.unit => {
                let sum = asked.checked_add(fee).ok_or(crate::value::ArithmeticError::Overflow)?;
                all = vec![(unit, sum)];
            }
            Some((Some(unit), fee)) if fee > 0 => all.push((unit, fee)),
            _ => {}
        }
        match all.into_iter().find_map(|(unit, amount)| self.too_little(unit, amount)) {
            Some(reason) => Ok(Err(reason)),
            None => Ok(Ok((asked, fee))),
        }
    }

    /// Parts of lots leave in the order of spending, and go by mail.
    fn hand_over(
        &mut self,
        id: TransferId,
        transfer: &Transfer,
        amount: i64,
        to: std::sync::Arc<str>,
    ) -> Result<(), Fault> {
        let (cause, unit) = (Cause::Transfer(id), transfer.unit);
        let mut rest = amount;
        let mut parts = Vec::new();
        for number in self.spending_order(unit, amount) {
            let purse = self.state.units.at_mut(unit);
            let Some(lot) = purse.lot(number).cloned() else { continue };
            let part = purse.take(number, rest, false);
            rest -= part;
            self.post(cause, unit, Account::Available, Account::Transfer, part, Some(number), None);
            let expires = (!transfer.fresh).then_some(lot.expires);
            parts.push(Passed { amount: part, earned: lot.earned, expires });
            if rest == 0 {
                break;
            }
        }
        self.tally(unit, TallyKind::Given, amount - rest, self.at.now)?;
        self.send(to, Content::Lots(cause, unit, parts));
        Ok(())
    }

    /// Takes in a part of a lot that another member gave.
    pub fn take_lot(&mut self, cause: Cause, unit: UnitId, part: &Passed) -> Result<(), Fault> {
        let now = self.at.now;
        let number = self.state.next_lot;
        self.state.next_lot += 1;
        let (earned, expires) = match &part.expires {
            Some(kept) => (part.earned, kept.clone()),
            None => (now, self.lot_expiry(&self.program.units.at(unit).expiry, now, Some(now), View::default())?),
        };
        self.tally(unit, TallyKind::Received, part.amount, now)?;
        self.post(cause, unit, Account::Transfer, Account::Available, part.amount, Some(number), None);
        let left = part.amount;
        let lot = Lot { number, left, earned, ready: Ready::Now, expires, spent: 0, expired: 0, cause };
        self.state.units.at_mut(unit).add(lot);
        self.repay(unit, number, cause)?;
        Ok(())
    }
}
