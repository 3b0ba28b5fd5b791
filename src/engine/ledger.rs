//! Moves value: awards, spending, release, expiry, and taking back.

use std::sync::Arc;

use crate::hir::{ExpiryRule, Guarded, Pending, RefundFloor, Returned, Unit, UnitId};
use crate::value::{ArithmeticError, Day, Exact, Instant, PeriodKind, Value, split};

use super::fact::{Sent, Tallied, TallyKind};
use super::fault::Fault;
use super::few::Few;
use super::fold::{Fold, View};
use super::judge::Noting;
use super::mail::Content;
use super::outcome::{Account, Cause, Side, What};
use super::partner::{Kept, relinquish};
use super::purse::{Lot, Ready};

/// An amount to be awarded.
pub struct Grant<'g> {
    /// The earn or rule.
    pub cause: Cause,
    /// The unit.
    pub unit: UnitId,
    /// The line of the event.
    pub line: Option<u32>,
    /// How much, in steps.
    pub amount: i64,
    /// Pending time instead of the unit's.
    pub pending: Option<&'g Guarded<Pending>>,
    /// Expiry instead of the unit's.
    pub expiry: &'g [ExpiryRule],
    /// Who pays which part.
    pub funding: &'g [crate::hir::Funding],
    /// Whose it is.
    pub whose: Whose,
}

/// Whose an award is: it is earned once, whoever shares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The member's alone.
    Own,
    /// The member's, whose group has its share of it.
    Shared,
    /// A group's: the member who shares it has earned it, the account of the group has received it.
    Collected,
}

/// What became of a grant.
#[derive(Default)]
pub struct Granted {
    /// How much, in steps: less than asked where the balance is full.
    pub amount: i64,
    /// The lot.
    pub lot: Option<u32>,
    /// What partners paid.
    pub funded: Few<(Arc<str>, i64)>,
    /// What one step is worth to each of them.
    pub prices: Few<(Arc<str>, Exact)>,
    /// How much of it went to the member's group, and with which letter.
    pub shared: Option<(i64, Sent)>,
}

impl Fold<'_> {
    /// Moves value between accounts and writes it down.
    #[expect(clippy::too_many_arguments, reason = "the parts of one posting")]
    pub fn post(
        &mut self,
        cause: Cause,
        unit: UnitId,
        from: Account,
        to: Account,
        amount: i64,
        lot: Option<u32>,
        line: Option<u32>,
    ) {
        if amount > 0 && from != to {
            self.emit(cause, What::Posted { unit, from, to, amount, lot, line });
        }
    }

    /// Counts an amount for measures over postings and for totals.
    pub fn tally(&mut self, unit: UnitId, kind: TallyKind, amount: i64, at: Instant) -> Result<(), Fault> {
        let totals = &mut self.state.units.at_mut(unit).totals;
        let total = match kind {
            TallyKind::Earned => &mut totals.earned,
            TallyKind::Spent => &mut totals.spent,
            TallyKind::Expired => &mut totals.expired,
            TallyKind::Reversed => &mut totals.reversed,
            TallyKind::Received => &mut totals.received,
            TallyKind::Given => &mut totals.given,
        };
        *total = total.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
        self.state.units.at(unit).most().ok_or(ArithmeticError::Overflow)?;
        let noting = Noting { program: self.program, calendar: &self.calendar, now: self.at.now };
        self.judge.tallied(self.state, Tallied { unit, tally: kind, amount, at }, &noting)
    }

    /// Awards an amount: a new lot, less what is owed.
    pub fn grant(&mut self, grant: &Grant<'_>) -> Result<Granted, Fault> {
        let unit = self.program.units.at(grant.unit);
        let amount = grant.amount.min(self.room(grant.unit)?);
        if amount <= 0 {
            return Ok(Granted::default());
        }
        let shared = self.share(grant, amount)?;
        let all = amount;
        let amount = all - shared.as_ref().map_or(0, |(part, _)| *part);
        // First what can fail, so that nothing is half done where the clock is at work.
        let kind = if grant.whose == Whose::Collected { TallyKind::Received } else { TallyKind::Earned };
        self.tally(grant.unit, kind, all, self.at.now)?;
        if amount == 0 {
            return Ok(Granted { amount: all, shared, ..Granted::default() });
        }
        let number = self.state.next_lot;
        self.state.next_lot += 1;
        let event = self.event.clone();
        let line = match (grant.cause, event.as_deref()) {
            (Cause::Earn(earn), Some(event)) => event.line(self.program.earns.at(earn).list, grant.line),
            _ => &[],
        };
        let view = View { line, ..View::default() };
        let ready = self.readiness(grant.pending.unwrap_or(&unit.pending), view)?;
        let to = if ready == Ready::Now { Account::Available } else { Account::Pending };
        let rules = if grant.expiry.is_empty() { &unit.expiry } else { grant.expiry };
        let available = match ready {
            Ready::Now => Some(self.at.now),
            Ready::At(at) => Some(at),
            Ready::On(_) => None,
        };
        let expires = self.lot_expiry(rules, self.at.now, available, view)?;

        let funded = self.funded(grant.funding, amount)?;
        let partners: i64 = funded.iter().map(|(_, part)| part).sum();
        let mut prices = Vec::with_capacity(funded.len());
        for (partner, part) in &funded {
            let price = self.price_issued(partner, grant.unit)?;
            prices.push((partner.clone(), price));
            self.settled(grant.cause, partner, grant.unit, Side::Issued, *part, price)?;
            self.post(
                grant.cause,
                grant.unit,
                Account::Partner(partner.clone()),
                to.clone(),
                *part,
                Some(number),
                grant.line,
            );
        }
        self.post(grant.cause, grant.unit, Account::Issuer, to, amount - partners, Some(number), grant.line);
        let lot =
            Lot { number, left: amount, earned: self.at.now, ready, expires, spent: 0, expired: 0, cause: grant.cause };
        let available = lot.ready == Ready::Now;
        self.state.units.at_mut(grant.unit).add(lot);
        if available {
            self.repay(grant.unit, number, grant.cause)?;
        }
        Ok(Granted { amount: all, lot: Some(number), funded: funded.into(), prices: prices.into(), shared })
    }

    /// How much more of a unit the member may have.
    pub fn room(&self, unit: UnitId) -> Result<i64, Fault> {
        let Some(most) = &self.program.units.at(unit).at_most else { return Ok(i64::MAX) };
        let most = self.judge.exact(most, &self.cx(View::default()))?.floor().to_i64().unwrap_or(i64::MAX);
        let purse = self.state.units.at(unit);
        Ok((most - (purse.available() + purse.pending() - purse.debt)).max(0))
    }

    /// Sends the member's group its share of an award.
    fn share(&mut self, grant: &Grant<'_>, amount: i64) -> Result<Option<(i64, Sent)>, Fault> {
        let Some((account, part)) = self.collected(grant.unit, amount)?.filter(|_| grant.whose == Whose::Shared) else {
            return Ok(None);
        };
        let funding = grant.funding.iter().map(|part| (part.partner.clone(), part.share)).collect();
        let id = self.send(account.clone(), Content::Collected(grant.cause, grant.unit, part, funding));
        Ok(Some((part, Sent { to: account, id, counted: true, rule: None, line: None, seen: Vec::new() })))
    }

    /// Pays what is owed out of a lot that became available.
    pub fn repay(&mut self, unit: UnitId, number: u32, cause: Cause) -> Result<(), Fault> {
        let below_zero = matches!(self.program.units.at(unit).refunds, RefundFloor::BelowZero(_));
        let purse = self.state.units.at_mut(unit);
        if purse.debt == 0 {
            return Ok(());
        }
        let repaid = purse.take_instead(number, purse.debt);
        let debt = purse.debt;
        purse.debt -= repaid;
        // What comes back or is released gives nothing itself: what it repays is less of what had been given.
        let cause = match cause {
            Cause::Reward(_) | Cause::Redeem(_) | Cause::Unit(_) => purse.owed_for.unwrap_or(cause),
            _ => cause,
        };
        purse.owed_for = purse.owed_for.filter(|_| purse.debt > 0);
        // Below zero, the account itself was negative and the award has just filled it; at zero, what was forborne is taken now, and goes
        // to whoever forbore.
        if below_zero || repaid == 0 {
            return Ok(());
        }
        let partners: Vec<(Arc<str>, i64)> =
            purse.owed.iter().map(|(partner, owed)| (partner.clone(), *owed)).collect();
        let issuer = debt - partners.iter().map(|(_, owed)| owed).sum::<i64>();
        let weights: Vec<_> = partners.iter().map(|(_, owed)| *owed).chain([issuer]).map(Exact::from).collect();
        let mut rest = repaid;
        for ((partner, owed), part) in partners.into_iter().zip(split(repaid, &weights)?) {
            rest -= part;
            let worth = self.state.units.at(unit).owed_worth.get(&partner).copied().unwrap_or_default();
            let price = worth.div(Exact::from(owed))?;
            self.settled(cause, &partner, unit, Side::TakenBack, part, price)?;
            self.owe_partner(unit, &partner, -part, price)?;
            self.post(cause, unit, Account::Available, Account::Partner(partner), part, Some(number), None);
        }
        self.post(cause, unit, Account::Available, Account::Issuer, rest, Some(number), None);
        Ok(())
    }

    /// Spends available lots in their order; the caller has checked that they suffice. Returns lots and amounts.
    pub fn spend(&mut self, cause: Cause, unit: UnitId, amount: i64, to: &Account) -> Result<Vec<(u32, i64)>, Fault> {
        let order = self.bucket(unit, amount).unwrap_or_else(|| self.spending_order(unit, amount));
        let mut rest = amount;
        let mut taken = Vec::new();
        for number in order {
            if rest == 0 {
                break;
            }
            let part = self.state.units.at_mut(unit).take(number, rest, true);
            rest -= part;
            self.post(cause, unit, Account::Available, to.clone(), part, Some(number), None);
            taken.push((number, part));
        }
        self.tally(unit, TallyKind::Spent, amount - rest, self.at.now)?;
        Ok(taken)
    }

    /// Available lots in the order in which they are spent, as many as an amount needs at least.
    pub fn spending_order(&self, unit: UnitId, amount: i64) -> Vec<u32> {
        let order = self.program.units.at(unit).spends;
        self.state.units.at(unit).spending_order(amount, order, |lot| self.lapses(lot))
    }

    /// Where lots of different periods cannot be mixed: the lots of the first period that suffices.
    fn bucket(&self, unit: UnitId, amount: i64) -> Option<Vec<u32>> {
        let kind = self.program.units.at(unit).buckets?;
        self.buckets(unit, kind).into_iter().find(|(_, total, _)| *total >= amount).map(|(_, _, lots)| lots)
    }

    fn buckets(&self, unit: UnitId, kind: PeriodKind) -> Vec<(Day, i64, Vec<u32>)> {
        let mut buckets: Vec<(Day, i64, Vec<u32>)> = Vec::new();
        for number in self.spending_order(unit, i64::MAX) {
            let Some(lot) = self.state.units.at(unit).lot(number) else { continue };
            let start = self.period(kind, self.calendar.zone.day_of(lot.earned)).start;
            match buckets.iter_mut().find(|(key, ..)| *key == start) {
                Some((_, total, lots)) => {
                    *total += lot.left;
                    lots.push(number);
                }
                None => buckets.push((start, lot.left, vec![number])),
            }
        }
        buckets
    }

    /// What one redemption may spend of a unit.
    pub fn spendable(&self, unit: UnitId) -> i64 {
        let purse = self.state.units.at(unit);
        if let Some(kind) = self.program.units.at(unit).buckets {
            return self.buckets(unit, kind).into_iter().map(|(_, total, _)| total).max().unwrap_or(0);
        }
        (purse.available() - purse.debt).max(0)
    }

    /// Releases lots that wait for an event with these key values, and lots whose time has come.
    pub fn release(&mut self, unit: UnitId, key: Option<&[Value]>) -> Result<(), Fault> {
        let now = self.at.now;
        let purse = self.state.units.at(unit);
        let numbers = match key {
            None => purse.ready_by(now),
            Some(key) => {
                let waits = |lot: &&Lot| matches!(&lot.ready, Ready::On(values) if values[..] == *key);
                purse.unready().filter(waits).map(|lot| lot.number).collect()
            }
        };
        for number in numbers {
            let cause = Cause::Unit(unit);
            let Some(lot) = self.state.units.at(unit).lot(number) else { continue };
            let amount = lot.left;
            // Only now is it known from when its clocks run (S12).
            let ends = lot.expires.waiting.iter().map(|waiting| self.end_from(now, *waiting));
            let ends = ends.collect::<Result<Vec<_>, _>>()?;
            self.state.units.at_mut(unit).make_ready(number, ends);
            self.post(cause, unit, Account::Pending, Account::Available, amount, Some(number), None);
            self.repay(unit, number, cause)?;
        }
        Ok(())
    }

    /// Lets everything lapse that is due and not kept; returns what lapsed, in steps.
    pub fn expire(&mut self, unit: UnitId) -> Result<i64, Fault> {
        let now = self.at.now;
        self.state.units.at_mut(unit).look_again();
        let purse = self.state.units.at(unit);
        let is_due = |lot: &&Lot| self.lapses(lot).is_some_and(|at| at <= now);
        let due: Vec<u32> = if purse.is_in_order() {
            purse.lots.iter().take_while(is_due).map(|lot| lot.number).collect()
        } else {
            purse.lots.iter().filter(is_due).map(|lot| lot.number).collect()
        };
        if due.is_empty() {
            return Ok(0);
        }
        if let Some(keeps) = &self.program.units.at(unit).keeps_while
            && self.judge.truth(keeps, &self.cx(View::default()))?
        {
            return Ok(0);
        }
        let mut total = 0_i64;
        for number in due {
            let purse = self.state.units.at_mut(unit);
            let Some(lot) = purse.lot(number) else { continue };
            let from = if lot.ready == Ready::Now { Account::Available } else { Account::Pending };
            let amount = lot.left;
            self.tally(unit, TallyKind::Expired, amount, now)?;
            let purse = self.state.units.at_mut(unit);
            purse.take(number, amount, false);
            if let Some(closed) = purse.closed_mut(number) {
                closed.expired += amount;
            }
            self.post(Cause::Unit(unit), unit, from, Account::Expired, amount, Some(number), None);
            total += amount;
        }
        Ok(total)
    }

    /// Takes back a part of an award: from its own lot, then from what lapsed of it, then from what was spent, as the unit's refund
    /// floor says. Returns what was taken.
    pub fn take_back(&mut self, cause: Cause, award: &mut super::fact::Award, amount: i64) -> Result<i64, Fault> {
        self.take_down(cause, award, amount, None)
    }

    /// [`Fold::take_back`], down to what is kept of an award that was judged again.
    pub fn take_down(
        &mut self,
        cause: Cause,
        award: &mut super::fact::Award,
        amount: i64,
        kept: Option<&Kept>,
    ) -> Result<i64, Fault> {
        let elsewhere = self.take_back_elsewhere(award, amount)?;
        let amount = amount - elsewhere;
        if amount == 0 {
            return Ok(elsewhere);
        }
        let unit = award.unit;
        let def = self.program.units.at(unit);
        let only_pending = def.refunds == RefundFloor::OnlyPending;
        let mut rest = amount;
        if let Some(number) = award.lot {
            let lot = self.state.units.at(unit).lot(number);
            let pending = lot.is_some_and(|lot| lot.ready != Ready::Now);
            let own = pending || !(only_pending || def.refunds_in_order);
            if lot.is_some() && own {
                let from = if pending { Account::Pending } else { Account::Available };
                let part = self.state.units.at_mut(unit).take(number, rest, false);
                rest -= self.hand_back(cause, award, Some(number), part, from, kept)?;
            }
            if only_pending {
                let taken = amount - rest;
                return self.untally(award, taken).map(|()| taken + elsewhere);
            }
            if let Some(closed) = self.state.units.at_mut(unit).closed_mut(number).filter(|_| !def.refunds_in_order) {
                let lapsed = closed.expired.min(rest);
                closed.expired -= lapsed;
                rest -= self.hand_back(cause, award, Some(number), lapsed, Account::Expired, kept)?;
                if lapsed > 0 {
                    self.tally(unit, TallyKind::Expired, -lapsed, self.at.now)?;
                }
            }
        }
        if rest > 0 {
            for number in self.spending_order(unit, rest) {
                let part = self.state.units.at_mut(unit).take_instead(number, rest);
                rest -= self.hand_back(cause, award, Some(number), part, Account::Available, kept)?;
                if rest == 0 {
                    break;
                }
            }
        }
        if rest > 0 {
            rest -= self.owe(cause, award, rest, kept)?;
        }
        let taken = amount - rest;
        self.untally(award, taken)?;
        Ok(taken + elsewhere)
    }

    /// Takes back what of an award went to another member, cumulatively; returns how much of `amount` that is.
    fn take_back_elsewhere(&mut self, award: &mut super::fact::Award, amount: i64) -> Result<i64, Fault> {
        let Some(sent) = award.sent.clone() else { return Ok(0) };
        let part = |taken: i64| -> Result<i64, Fault> {
            let part = Exact::from(taken).mul(Exact::from(award.shared))?.div(Exact::from(award.granted))?;
            Ok(part.floor().to_i64().ok_or(ArithmeticError::Overflow)?)
        };
        let (before, after) = (part(award.taken)?, part(award.taken + amount)?);
        if after > before {
            award.taken += after - before;
            if sent.counted {
                self.untally(award, after - before)?;
            }
            self.send(sent.to, Content::TakeBack(sent.id, after));
        }
        Ok(after - before)
    }

    fn untally(&mut self, award: &super::fact::Award, taken: i64) -> Result<(), Fault> {
        if taken == 0 {
            return Ok(());
        }
        if award.collected {
            return self.tally(award.unit, TallyKind::Received, -taken, award.at);
        }
        self.tally(award.unit, TallyKind::Earned, -taken, award.at)?;
        self.tally(award.unit, TallyKind::Reversed, taken, self.at.now)
    }

    fn owe(
        &mut self,
        cause: Cause,
        award: &mut super::fact::Award,
        shortfall: i64,
        kept: Option<&Kept>,
    ) -> Result<i64, Fault> {
        let unit = award.unit;
        let debt = self.state.units.at(unit).debt;
        let owed = match self.program.units.at(unit).refunds {
            RefundFloor::BelowZero(Some(floor)) => shortfall.min((floor.abs() - debt).max(0)),
            RefundFloor::BelowZero(None) | RefundFloor::StopAtZero => shortfall,
            RefundFloor::OnlyPending => 0,
        };
        if owed == 0 {
            return Ok(0);
        }
        let purse = self.state.units.at_mut(unit);
        purse.debt = debt.checked_add(owed).ok_or(ArithmeticError::Overflow)?;
        purse.owed_for = Some(cause);
        if matches!(self.program.units.at(unit).refunds, RefundFloor::BelowZero(_)) {
            return self.hand_back(cause, award, None, owed, Account::Available, kept);
        }
        // Whoever paid forbears, and what is repaid later is theirs.
        for (partner, share) in relinquish(award, owed, kept)? {
            let price = award.price_for(&partner);
            self.owe_partner(unit, &partner, share, price)?;
        }
        self.emit(cause, What::Owed { unit, debt: debt + owed });
        Ok(owed)
    }

    /// Gives spent points back to their lots (S21). Returns what came back to the member.
    pub fn give_back(&mut self, cause: Cause, unit: UnitId, lots: &[(u32, i64)]) -> Result<i64, Fault> {
        let def: &Unit = self.program.units.at(unit);
        let mut back = 0;
        for &(number, amount) in lots {
            if amount == 0 {
                continue;
            }
            let now = self.at.now;
            self.tally(unit, TallyKind::Spent, -amount, now)?;
            let is_open = self.state.units.at_mut(unit).give_back(number, amount);
            if let Some(closed) = self.state.units.at(unit).closed(number).filter(|_| !is_open).cloned() {
                // What of it was left has lapsed, whatever has restarted its clocks since.
                let alive = closed.expired == 0 && self.lapses(&closed).is_none_or(|at| at > now);
                if !alive && def.returned == Returned::Forfeit {
                    self.post(cause, unit, Account::Redeemed, Account::Expired, amount, Some(number), None);
                    self.tally(unit, TallyKind::Expired, amount, now)?;
                    if let Some(closed) = self.state.units.at_mut(unit).closed_mut(number) {
                        closed.spent -= amount;
                        closed.expired += amount;
                    }
                    continue;
                }
                self.reopen(unit, closed, amount, alive)?;
            }
            self.post(cause, unit, Account::Redeemed, Account::Available, amount, Some(number), None);
            back += amount;
            self.repay(unit, number, cause)?;
        }
        Ok(back)
    }

    fn reopen(&mut self, unit: UnitId, mut lot: Lot, amount: i64, alive: bool) -> Result<(), Fault> {
        let def = self.program.units.at(unit);
        let now = self.at.now;
        if !alive {
            match def.returned {
                Returned::Grace(span) => lot.expires.extended = Some(self.end_after(now, span, None)?),
                Returned::FreshLot | Returned::Forfeit => {
                    lot.earned = now;
                    lot.expires = self.lot_expiry(&def.expiry, now, Some(now), View::default())?;
                }
            }
        }
        lot.left = amount;
        lot.spent -= amount;
        lot.ready = Ready::Now;
        self.state.units.at_mut(unit).reopen(lot);
        Ok(())
    }
}
