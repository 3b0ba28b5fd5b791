//! Vouchers that are used. The money of a gift card is used in parts, until nothing is left.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hir::GiftKind;
use crate::value::Exact;

use super::fault::Fault;
use super::fold::{Fold, View};
use super::outcome::{Cause, VoucherChange, What};
use super::redeem::Answer;
use super::state::Voucher;
use super::words;

/// A part of a gift card that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPart {
    /// The order that it has paid, where one was named.
    pub order: Option<Arc<str>>,
    /// How much, in minor units.
    pub amount: i64,
}

impl Voucher {
    /// What is left of its value, in minor units.
    pub fn left(&self) -> Option<i64> {
        self.value.map(|value| value - self.used())
    }

    /// What of it was used in parts, in minor units.
    fn used(&self) -> i64 {
        self.parts.iter().map(|part| part.amount).sum()
    }

    /// Whether what is stored of it can be: of its value no more was used than there is.
    pub fn is_sound(&self) -> bool {
        let add = |sum: i64, part: &CardPart| sum.checked_add(part.amount).filter(|_| part.amount >= 0);
        let used = self.parts.iter().try_fold(0, add);
        self.parts.is_empty() || used.zip(self.value).is_some_and(|(used, value)| used <= value)
    }

    /// Whether it has paid an order, or a part of it.
    pub fn has_paid(&self, order: &Arc<str>) -> bool {
        let whole = self.closed == Some(VoucherChange::Used) && self.order.as_ref() == Some(order);
        whole || self.parts.iter().any(|part| part.order.as_ref() == Some(order))
    }
}

impl Fold<'_> {
    /// Judges a `use` event.
    pub fn use_voucher(&mut self) -> Result<Answer, Fault> {
        let name = self.text("reward").unwrap_or_default();
        let number = match self.open_voucher(&name)? {
            Ok(number) => number,
            Err(reason) => return Ok(Err(reason)),
        };
        if let Some(reason) = self.bars_use(number)? {
            return Ok(Err(reason));
        }
        Ok(self.asked_of_card(number).map(|asked| self.use_up(number, asked, self.text("order"))))
    }

    /// Why a voucher cannot be used with the event at hand.
    fn bars_use(&mut self, number: u32) -> Result<Option<String>, Fault> {
        let Some(id) = self.state.vouchers.get(number).map(|voucher| voucher.reward) else { return Ok(None) };
        let reward = self.program.rewards.at(id);
        if !self.open(Cause::Reward(id), &reward.usable, View::default())? {
            return Ok(Some(format!("a voucher of `{}` cannot be used with this event", reward.name)));
        }
        // Who redeems a reward has shown the bill before.
        self.small_basket(reward.minimum_basket.as_ref().filter(|_| reward.cost.is_none()))
    }

    /// How much of a gift card the event at hand asks for, in minor units; nothing where it does not say, or the voucher is none.
    fn asked_of_card(&self, number: u32) -> Result<Option<i64>, String> {
        let Some((_, left)) = self.card(number) else { return Ok(None) };
        let Some(asked) = self.number("amount") else { return Ok(None) };
        let money = |amount| words::money(self.program, amount);
        if asked <= Exact::ZERO {
            return Err("the amount is not above zero".into());
        }
        if asked > Exact::from(left) {
            return Err(format!(
                "not enough: {} asked, {} left on the gift card",
                money(asked),
                money(Exact::from(left))
            ));
        }
        Ok(asked.floor().to_i64())
    }

    /// The value of a voucher that is a gift card, and what is left of it.
    fn card(&self, number: u32) -> Option<(i64, i64)> {
        let voucher = self.state.vouchers.get(number)?;
        let card = self.program.rewards.at(voucher.reward).gives.kind == GiftKind::GiftCard;
        voucher.value.zip(voucher.left()).filter(|_| card)
    }

    /// Uses a voucher for an order; of a gift card so much, or all that is left.
    pub fn use_up(&mut self, number: u32, asked: Option<i64>, order: Option<Arc<str>>) {
        let Some((value, left)) = self.card(number) else { return self.close_voucher(number, order) };
        let amount = asked.unwrap_or(left);
        if let Some(voucher) = self.state.vouchers.get_mut(number) {
            voucher.parts.push(CardPart { order: order.clone(), amount });
        }
        self.tell_part(number, value, amount);
        if amount == left {
            self.close_voucher(number, order);
        }
    }

    /// What a voucher has paid of an order comes back to it.
    pub fn give_voucher_back(&mut self, number: u32, order: &Arc<str>) {
        let Some(voucher) = self.state.vouchers.get_mut(number) else { return };
        let before = voucher.used();
        voucher.parts.retain(|part| part.order.as_ref() != Some(order));
        let back = voucher.used() - before;
        let (reward, value) = (voucher.reward, voucher.value.unwrap_or_default());
        if voucher.closed == Some(VoucherChange::Used) {
            (voucher.closed, voucher.order) = (None, None);
            let change = VoucherChange::Returned;
            self.emit(Cause::Reward(reward), What::Voucher { reward, voucher: number, change });
        }
        self.tell_part(number, value, back);
    }

    /// What is left of a gift card that was used in part is cancelled; returns that something of it stays.
    pub fn cancel_rest(&mut self, number: u32) -> bool {
        let Some(voucher) = self.state.vouchers.get_mut(number) else { return false };
        voucher.closed = Some(VoucherChange::Cancelled);
        let (reward, used) = (voucher.reward, voucher.used());
        let change = VoucherChange::Cancelled;
        self.emit(Cause::Reward(reward), What::Voucher { reward, voucher: number, change });
        let (used, name) = (words::money(self.program, Exact::from(used)), &self.program.rewards.at(reward).name);
        self.emit(
            Cause::Reward(reward),
            What::Irreversible(format!("{used} of voucher {number} of `{name}` was used")),
        );
        true
    }

    /// Tells that a part of a gift card was used, or comes back; of all of it at once the voucher tells.
    fn tell_part(&mut self, number: u32, value: i64, amount: i64) {
        let Some(voucher) = self.state.vouchers.get(number) else { return };
        if let Some(left) = voucher.left().filter(|_| amount != 0 && amount.abs() != value) {
            let reward = voucher.reward;
            self.emit(Cause::Reward(reward), What::CardUsed { reward, voucher: number, amount, left });
        }
    }

    fn close_voucher(&mut self, number: u32, order: Option<Arc<str>>) {
        if let Some(voucher) = self.state.vouchers.get_mut(number) {
            voucher.closed = Some(VoucherChange::Used);
            voucher.order = order;
            let reward = voucher.reward;
            self.emit(Cause::Reward(reward), What::Voucher { reward, voucher: number, change: VoucherChange::Used });
        }
    }
}
