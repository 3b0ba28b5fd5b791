//! What paid for a returned order comes back: points to their lots, vouchers to the member (S21).

use std::sync::Arc;

use crate::hir::{EventKind, ReturnOrder, Reversal};
use crate::value::{Exact, Value};

use super::fact::{Fact, Payment};
use super::fault::Fault;
use super::fold::Fold;
use super::mail::Content;
use super::outcome::{Cause, Side, What};

impl Fold<'_> {
    /// Points and vouchers that paid for a returned order come back (S21).
    pub fn return_tender(&mut self, order: &Arc<str>, original: &Fact, reversal: &Reversal) -> Result<(), Fault> {
        let (was, is) = self.extent(original, reversal)?;
        if was.is_zero() && !original.gone {
            return Ok(());
        }
        let is = if original.gone { Exact::ZERO } else { is };
        // Vouchers are open again before those are cancelled that were had for points which come back.
        if original.gone {
            let paid = self.state.vouchers.iter().filter(|voucher| voucher.has_paid(order));
            let paid: Vec<u32> = paid.map(|voucher| voucher.number).collect();
            paid.into_iter().for_each(|voucher| self.give_voucher_back(voucher, order));
        }
        if self.state.orders > 0 {
            for position in 0..self.state.facts.len() {
                self.return_payment(position, order, was, is)?;
            }
            self.tell_pools(order, was, is);
        }
        Ok(())
    }

    /// Of an order so much is left that an account of this member's group has paid for.
    fn tell_pools(&mut self, order: &Arc<str>, was: Exact, is: Exact) {
        let redeem = EventKind::Redeem.id();
        let order_at = redeem.and_then(|kind| self.program.events.at(kind).fields.find(|f| &*f.name == "order"));
        let names = |fact: &Fact| match order_at.and_then(|at| fact.event.fields.get(at.0 as usize)) {
            Some(Value::Text(paid)) => paid == order,
            _ => false,
        };
        let asked = self.state.facts.iter().filter(|fact| Some(fact.event.kind) == redeem && !fact.gone && names(fact));
        let accounts: Vec<Arc<str>> = asked.flat_map(|fact| &fact.sent).map(|sent| sent.to.clone()).collect();
        for account in accounts {
            self.send(account, Content::Returned(order.clone(), was, is));
        }
    }

    /// An account is told that so much is left of an order that it has paid for.
    pub fn returned_to_pool(&mut self, order: &Arc<str>, was: Exact, is: Exact) -> Result<(), Fault> {
        for position in 0..self.state.facts.len() {
            self.return_payment(position, order, was, is)?;
        }
        self.settle()
    }

    /// Points that paid for an order come back, as far as it did. A reward goes with all of it, and not with a part.
    fn return_payment(&mut self, position: usize, order: &Arc<str>, was: Exact, is: Exact) -> Result<(), Fault> {
        let paid = |fact: &&Fact| fact.payment.as_ref().is_some_and(|payment| payment.order.as_ref() == Some(order));
        let Some(fact) = self.state.facts.get(position).filter(paid) else { return Ok(()) };
        if Some(fact.event.kind) != EventKind::Redeem.id() || fact.gone {
            return Ok(());
        }
        let mut fact = fact.clone();
        if is.is_zero() {
            let gone = self.return_price(&mut fact)?;
            self.set_payment(position, fact.payment);
            // What was had for them goes with them; what is no longer there is only told.
            return self.cancel_gifts(&gone);
        }
        let Some(mut payment) = fact.payment.filter(|payment| matches!(payment.cause, Cause::Redeem(_))) else {
            return Ok(());
        };
        let rest = self.points_due(&payment, was, is)? - payment.returned;
        if rest > 0 {
            self.return_points(&mut payment, rest)?;
            self.set_payment(position, Some(payment));
        }
        Ok(())
    }

    fn set_payment(&mut self, position: usize, payment: Option<Box<Payment>>) {
        if let Some(fact) = self.state.facts.get_mut(position) {
            fact.payment = payment;
        }
    }

    /// How many of the points that paid for an order are due back while part of it is kept.
    fn points_due(&self, payment: &Payment, was: Exact, is: Exact) -> Result<i64, Fault> {
        if was.is_zero() {
            return Ok(0);
        }
        let spent = payment.spent();
        let back = was.sub(is)?;
        let paid = Exact::from(payment.value);
        let (part, of) = match self.program.units.at(payment.unit).return_order {
            _ if payment.value == 0 => (back, was),
            ReturnOrder::ProRata => (back, was),
            ReturnOrder::PointsFirst => (back.min(paid), paid),
            ReturnOrder::MoneyFirst => (back.sub(was.sub(paid)?)?.max(Exact::ZERO), paid),
        };
        let due = part.mul(Exact::from(spent))?.div(of)?;
        Ok(due.floor().to_i64().ok_or(crate::value::ArithmeticError::Overflow)?.min(spent))
    }

    /// Gives `amount` steps of a payment back, with what they had used of limits.
    pub fn return_points(&mut self, payment: &mut Payment, amount: i64) -> Result<(), Fault> {
        let before = payment.returned;
        self.points_back(payment, amount)?;
        let mut uses = std::mem::take(&mut payment.uses);
        self.unclaim(&mut uses, payment.spent(), before, payment.returned - before)?;
        payment.uses = uses;
        Ok(())
    }

    /// Gives `amount` steps of a payment back to the lots that it came from, the last spent first. The money that they took off the bill goes.
    pub fn points_back(&mut self, payment: &mut Payment, amount: i64) -> Result<(), Fault> {
        let mut skip = payment.returned;
        let mut rest = amount;
        let mut lots = Vec::new();
        for (number, spent) in payment.lots.iter().rev() {
            let passed = skip.min(*spent);
            skip -= passed;
            let part = rest.min(spent - passed);
            rest -= part;
            lots.push((*number, part));
        }
        let (off, back) = (payment.off(), amount - rest);
        payment.returned += back;
        if let Some((partner, price)) = payment.partner.clone() {
            self.settled(payment.cause, &partner, payment.unit, Side::Returned, back, price)?;
        }
        self.give_back(payment.cause, payment.unit, &lots)?;
        if let Cause::Redeem(redeem) = payment.cause
            && back > 0
        {
            self.emit(payment.cause, What::Paid { redeem, amount: -back, value: payment.off() - off });
        }
        Ok(())
    }
}
