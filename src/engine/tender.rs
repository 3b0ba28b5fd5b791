//! What paid for a returned order comes back: points to their lots, vouchers to the member (S21).

use std::sync::Arc;

use crate::hir::{EventKind, ReturnOrder, Reversal};
use crate::value::Exact;

use super::fault::Fault;
use super::fold::Fold;
use super::outcome::{Cause, Side, VoucherChange, What};
use super::state::{Fact, Payment};

impl Fold<'_> {
    /// Points and vouchers that paid for a returned order come back (S21).
    pub fn return_tender(&mut self, order: &Arc<str>, original: &Fact, reversal: &Reversal) -> Result<(), Fault> {
        let redeem = EventKind::Redeem.id();
        let positions: Vec<usize> = (0..self.state.facts.len()).collect();
        for position in positions {
            let Some(fact) = self.state.facts.get(position) else { continue };
            let pays = fact.payment.as_ref().is_some_and(|payment| payment.order.as_ref() == Some(order));
            if Some(fact.event.kind) != redeem || fact.gone || !pays {
                continue;
            }
            let Some(mut payment) = fact.payment.clone() else { continue };
            let spent: i64 = payment.lots.iter().map(|(_, amount)| amount).sum();
            let owed = if original.gone { spent } else { self.points_due(&payment, spent, original, reversal)? };
            let rest = owed - payment.returned;
            if rest > 0 {
                self.return_points(&mut payment, rest)?;
            }
            if let Some(fact) = self.state.facts.get_mut(position) {
                fact.payment = Some(payment);
            }
        }
        if original.gone {
            let mut back = Vec::new();
            for voucher in self.state.vouchers.iter_mut() {
                if voucher.order.as_ref() == Some(order) && voucher.closed == Some(VoucherChange::Used) {
                    voucher.closed = None;
                    voucher.order = None;
                    back.push((voucher.reward, voucher.number));
                }
            }
            for (reward, voucher) in back {
                self.emit(Cause::Reward(reward), What::Voucher { reward, voucher, change: VoucherChange::Returned });
            }
        }
        Ok(())
    }

    /// How many of the points that paid for an order are due back while part of it is kept.
    fn points_due(&self, payment: &Payment, spent: i64, original: &Fact, reversal: &Reversal) -> Result<i64, Fault> {
        let (was, is) = self.extent(payment.cause, None, original, reversal)?;
        if was.is_zero() {
            return Ok(0);
        }
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

    /// Gives `amount` steps of a payment back to the lots that it came from, the last spent first.
    pub fn return_points(&mut self, payment: &mut Payment, amount: i64) -> Result<(), Fault> {
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
        payment.returned += amount - rest;
        if let Some((partner, price)) = payment.partner.clone() {
            self.settled(payment.cause, &partner, payment.unit, Side::Returned, amount - rest, price)?;
        }
        self.give_back(payment.cause, payment.unit, &lots)?;
        let mut uses = std::mem::take(&mut payment.uses);
        let spent: i64 = payment.lots.iter().map(|(_, amount)| amount).sum();
        self.unclaim(&mut uses, spent, payment.returned - (amount - rest), amount - rest);
        payment.uses = uses;
        Ok(())
    }
}
