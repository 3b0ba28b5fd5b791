//! What was redeemed goes back with its order, each piece with its price; what was used on something else stays, and so does what it cost (S21).

use super::fact::{Fact, Gifted, Payment};
use super::fault::Fault;
use super::fold::Fold;
use super::outcome::{Cause, VoucherChange};

/// What a redemption brought, by what becomes of it now that its order is gone.
#[derive(Default)]
struct Pieces {
    /// How many there were.
    all: i64,
    /// Those that go.
    back: i64,
    /// Whether one stays.
    stays: bool,
    /// Gifts that go, or of which is told that they do not.
    gifts: Vec<Gifted>,
}

impl Fold<'_> {
    /// Gives back what was paid with an event, all that is left of it: of a reward the price of each piece that goes. Returns the gifts that go
    /// with it.
    pub fn return_price(&mut self, fact: &mut Fact) -> Result<Vec<Gifted>, Fault> {
        let Some(mut payment) = fact.payment.take() else { return Ok(Vec::new()) };
        let rest = payment.spent() - payment.returned;
        let pieces = self.pieces(fact, &payment);
        let gone = if pieces.all == 0 {
            self.return_points(&mut payment, rest)?;
            let vouchers = &self.state.vouchers;
            let open = |gift: &Gifted| matches!(gift, Gifted::Voucher(number) if vouchers.is_open(*number));
            fact.gifts.iter().copied().filter(|gift| rest > 0 || open(gift)).collect()
        } else {
            let each = payment.spent() / pieces.all;
            self.points_back(&mut payment, rest.min(each * pieces.back))?;
            self.free_pieces(&mut payment, &pieces)?;
            pieces.gifts
        };
        fact.payment = Some(payment);
        Ok(gone)
    }

    /// Sorts out what a redemption brought; nothing where it paid for something at a rate.
    fn pieces(&self, fact: &Fact, payment: &Payment) -> Pieces {
        let Cause::Reward(id) = payment.cause else { return Pieces::default() };
        let draw = self.program.rewards.at(id).gives.draw;
        let own = |number: &u32| self.state.vouchers.get(*number).is_some_and(|voucher| voucher.reward == id);
        let vouchers = fact.gifts.iter().filter_map(|gift| if let Gifted::Voucher(n) = gift { Some(*n) } else { None });
        // Rules that listen to the redemption come after it, so its own are the first.
        let bought: Vec<u32> = vouchers.filter(own).take(fact.quantity(self.program)).collect();
        let drawn = |number: &u32| self.state.entries.numbered(*number).is_some_and(|entry| Some(entry.draw) == draw);
        let entries = fact.gifts.iter().filter_map(|gift| if let Gifted::Entry(n) = gift { Some(*n) } else { None });
        let mut entries = entries.filter(drawn);
        let mut pieces = Pieces { all: i64::try_from(bought.len()).unwrap_or(i64::MAX), ..Pieces::default() };
        for voucher in &bought {
            let entry = entries.next();
            let closed = self.state.vouchers.get(*voucher).and_then(|voucher| voucher.closed);
            if closed.is_none() && self.is_voucher_used(*voucher) {
                // What is left of a gift card stays with its price.
                pieces.stays = true;
                continue;
            }
            if closed == Some(VoucherChange::Cancelled) {
                continue;
            }
            if closed == Some(VoucherChange::Used) || entry.is_some_and(|entry| self.entry_stays(entry)) {
                pieces.stays = true;
            } else {
                pieces.back += 1;
            }
            let going = [Some(Gifted::Voucher(*voucher)), entry.map(Gifted::Entry)];
            pieces.gifts.extend(going.into_iter().flatten());
        }
        if pieces.back > 0 && !pieces.stays {
            let with_it = fact.gifts.iter().copied();
            pieces.gifts = with_it.filter(|gift| self.is_there(*gift)).collect();
        }
        pieces
    }

    /// Whether a gift was not taken back already.
    fn is_there(&self, gift: Gifted) -> bool {
        let Gifted::Voucher(number) = gift else { return true };
        self.state.vouchers.get(number).is_some_and(|voucher| voucher.closed != Some(VoucherChange::Cancelled))
    }

    /// Gives back what the pieces that go have used of limits: each has used as much, one after the other.
    fn free_pieces(&mut self, payment: &mut Payment, pieces: &Pieces) -> Result<(), Fault> {
        let mut uses = std::mem::take(&mut payment.uses);
        let each = uses.len() / usize::try_from(pieces.all).unwrap_or(usize::MAX);
        let going = each * usize::try_from(pieces.back).unwrap_or(0);
        let first = uses.iter().position(|(.., used)| *used != 0).unwrap_or(uses.len());
        if let Some(uses) = uses.get_mut(first..(first + going)) {
            self.unclaim(uses, 0, 0, i64::MAX)?;
        }
        payment.uses = uses;
        Ok(())
    }
}
