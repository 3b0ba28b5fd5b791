//! Moves value of a member: awards, spending, lapsing, taking back.

use crate::engine::Flows;
use crate::hir::UnitId;

use super::code::{cell, set};
use super::judge::Judge;
use super::lane::Lane;
use super::layout::{ABSENT, DUE};
use super::plan::LotEnd;
use super::queues::first;
use super::store::entry::AT;
use super::store::lot::{EXPIRES, LEFT, NUMBER};

impl Judge<'_> {
    fn told_of(&mut self, unit: UnitId, add: impl FnOnce(&mut Flows)) {
        self.told.postings += 1;
        self.told.outcomes += 1;
        if let Some(sums) = self.told.units.get_mut(unit.0 as usize) {
            add(sums);
        }
    }

    /// Awards an amount: a new lot, less what is owed. Returns what was awarded.
    pub fn grant(&mut self, lane: &Lane, id: UnitId, amount: i64) -> i64 {
        if amount <= 0 {
            return 0;
        }
        let plan = self.plan;
        let unit = plan.units.at(id);
        let cells = unit.cells;
        let expires = match unit.expiry {
            LotEnd::Never => i64::MAX,
            LotEnd::After(length) => lane.now.saturating_add(length),
            LotEnd::OfDay(place) => self.today(lane).ends.get(place).copied().unwrap_or(i64::MAX),
        };
        self.told_of(id, |sums| sums.issued += i128::from(amount));
        let member = self.members.at_mut(lane.member);
        let number = cell(member, plan.layout.next_lot);
        set(member, plan.layout.next_lot, number.wrapping_add(1));
        let debt = cell(member, cells.debt).max(0);
        let repaid = debt.min(amount);
        let left = amount - repaid;
        if left > 0 {
            match cell(member, cells.available).checked_add(left) {
                Some(available) => set(member, cells.available, available),
                None => self.scratch.odd.set(true),
            }
            if let Some(queue) = member.get_mut(cells.lots) {
                let lot = [left, expires, number];
                self.pools.lots.push(queue, lot.get(..plan.size_of_lot).unwrap_or(&lot), lane.number);
                let due = cell(member, DUE);
                set(member, DUE, due.min(expires));
            }
        }
        if repaid > 0 {
            set(member, cells.debt, debt - repaid);
            // Below zero, the account itself was negative, and the award has just filled it.
            if unit.floor.is_none() {
                self.told_of(id, |sums| sums.reversed += i128::from(repaid));
            }
        }
        amount
    }

    /// Takes available lots in their order, as far as they go, and tells of each part. Returns what is missing.
    fn take(&mut self, lane: &Lane, id: UnitId, amount: i64, mut tell: impl FnMut(&mut Flows, i128)) -> i64 {
        let cells = self.plan.units.at(id).cells;
        let mut queue = self.get(lane, cells.lots);
        let mut rest = amount;
        while rest > 0
            && let Some([left, ..]) = self.pools.lots.at_mut(first(queue))
        {
            let part = rest.min(*left);
            *left -= part;
            rest -= part;
            if *left == 0 {
                self.pools.lots.pop(&mut queue);
            }
            // A lot that its own award has emptied is only let go.
            if part > 0 {
                self.told_of(id, |sums| tell(sums, i128::from(part)));
            }
        }
        self.set(lane, cells.lots, queue);
        self.add(lane, cells.available, rest - amount);
        rest
    }

    /// Spends an amount that is there.
    pub fn spend(&mut self, lane: &Lane, id: UnitId, amount: i64) {
        self.take(lane, id, amount, |sums, part| sums.spent += part);
    }

    /// Lets lots lapse that are due by a moment.
    pub fn lapse(&mut self, lane: &Lane, id: UnitId, by: i64) {
        let cells = self.plan.units.at(id).cells;
        let mut queue = self.get(lane, cells.lots);
        let (mut lapsed, mut lots) = (0_i64, 0);
        let is_over = |lot: &[i64]| cell(lot, EXPIRES) <= by || cell(lot, LEFT) == 0;
        while let Some(lot) = self.pools.lots.pop_if(&mut queue, is_over) {
            let (left, number) = (cell(lot, LEFT), cell(lot, NUMBER));
            if left == 0 {
                continue;
            }
            lapsed = lapsed.saturating_add(left);
            lots += 1;
            if cells.lapsed != ABSENT {
                let mut all = self.get(lane, cells.lapsed);
                self.pools.entries.push(&mut all, &[number, left], lane.number);
                self.set(lane, cells.lapsed, all);
            }
        }
        self.told.postings += lots;
        self.told.outcomes += lots;
        if let Some(sums) = self.told.units.get_mut(id.0 as usize) {
            sums.expired += i128::from(lapsed);
        }
        self.set(lane, cells.lots, queue);
        self.add(lane, cells.available, -lapsed);
    }

    /// Takes back a part of an award: where the unit says so from its own lot first, and from what lapsed of that; then from what would be
    /// spent next, and at last as the unit's floor says. Returns what was taken.
    pub fn take_back(&mut self, lane: &Lane, id: UnitId, amount: i64, lot: i64) -> i64 {
        let unit = self.plan.units.at(id);
        let cells = unit.cells;
        let own = if cells.lapsed == ABSENT { 0 } else { self.take_own(lane, id, amount, lot) };
        let mut rest = self.take(lane, id, amount - own, |sums, part| sums.reversed += part);
        let debt = self.get(lane, cells.debt);
        let owed = unit.floor.map_or(rest, |floor| rest.min(floor.saturating_sub(debt).max(0)));
        if owed > 0 {
            self.add(lane, cells.debt, owed);
            if unit.floor.is_some() {
                self.told_of(id, |sums| sums.reversed += i128::from(owed));
            } else {
                self.told.outcomes += 1;
            }
            rest -= owed;
        }
        amount - rest
    }

    /// Takes back from a lot, or from what lapsed of it; returns how much.
    fn take_own(&mut self, lane: &Lane, id: UnitId, amount: i64, number: i64) -> i64 {
        let cells = self.plan.units.at(id).cells;
        let (lots, lapsed) = (self.get(lane, cells.lots), self.get(lane, cells.lapsed));
        if let Some([left, ..]) = self.pools.lots.find_mut(lots, |lot| cell(lot, NUMBER) == number) {
            let part = amount.min(*left);
            *left -= part;
            self.add(lane, cells.available, -part);
            if part > 0 {
                self.told_of(id, |sums| sums.reversed += i128::from(part));
            }
            return part;
        }
        let Some([_, left, ..]) = self.pools.entries.find_mut(lapsed, |entry| cell(entry, AT) == number) else {
            return 0;
        };
        let part = amount.min(*left);
        *left -= part;
        if part > 0 {
            self.told_of(id, |sums| sums.expired -= i128::from(part));
        }
        part
    }

    /// What may be spent at once.
    pub fn spendable(&self, lane: &Lane, id: UnitId) -> i64 {
        let cells = self.plan.units.at(id).cells;
        self.get(lane, cells.available).saturating_sub(self.get(lane, cells.debt).max(0)).max(0)
    }
}
