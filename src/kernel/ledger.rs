//! Moves value of a member: awards, spending, lapsing, taking back.

use crate::engine::Flows;
use crate::hir::UnitId;

use super::code::cell;
use super::judge::Judge;
use super::layout::ABSENT;
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
    pub fn grant(&mut self, id: UnitId, amount: i64) -> i64 {
        if amount <= 0 {
            return 0;
        }
        let plan = self.plan;
        let unit = plan.units.at(id);
        let cells = unit.cells;
        let next_lot = plan.layout.next_lot;
        let number = self.get(next_lot);
        self.set(next_lot, number + 1);
        self.told_of(id, |sums| sums.issued += i128::from(amount));
        let mut left = amount;
        let debt = self.get(cells.debt);
        if debt > 0 {
            let repaid = debt.min(left);
            left -= repaid;
            self.set(cells.debt, debt - repaid);
            // Below zero, the account itself was negative, and the award has just filled it.
            if unit.floor.is_none() {
                self.told_of(id, |sums| sums.reversed += i128::from(repaid));
            }
        }
        if left == 0 {
            return amount;
        }
        let expires = match unit.expiry {
            LotEnd::Never => i64::MAX,
            LotEnd::After(length) => self.moment.now.saturating_add(length),
            LotEnd::OfDay(place) => self.moment.today.ends.get(place).copied().unwrap_or(i64::MAX),
        };
        self.add(cells.available, left);
        if cells.lots == ABSENT {
            return amount;
        }
        let mut queue = self.get(cells.lots);
        let lot = [left, expires, number];
        let lot = lot.get(..self.plan.size_of_lot).unwrap_or(&lot);
        self.pools.lots.push(&mut queue, lot, self.number);
        self.set(cells.lots, queue);
        self.due(expires);
        amount
    }

    /// Takes available lots in their order, as far as they go, and tells of each part. Returns what is missing.
    fn take(&mut self, id: UnitId, amount: i64, mut tell: impl FnMut(&mut Flows, i128)) -> i64 {
        let cells = self.plan.units.at(id).cells;
        let mut queue = self.get(cells.lots);
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
        self.set(cells.lots, queue);
        self.add(cells.available, rest - amount);
        rest
    }

    /// Spends an amount that is there.
    pub fn spend(&mut self, id: UnitId, amount: i64) {
        self.take(id, amount, |sums, part| sums.spent += part);
    }

    /// Lets lots lapse that are due by a moment.
    pub fn lapse(&mut self, id: UnitId, by: i64) {
        let cells = self.plan.units.at(id).cells;
        let mut queue = self.get(cells.lots);
        let mut lapsed = 0_i64;
        let is_over = |lot: &[i64]| cell(lot, EXPIRES) <= by || cell(lot, LEFT) == 0;
        while let Some(lot) = self.pools.lots.pop_if(&mut queue, is_over) {
            let (left, number) = (cell(lot, LEFT), cell(lot, NUMBER));
            if left == 0 {
                continue;
            }
            lapsed = lapsed.saturating_add(left);
            self.told_of(id, |sums| sums.expired += i128::from(left));
            if cells.lapsed != ABSENT {
                let mut all = self.get(cells.lapsed);
                self.pools.entries.push(&mut all, &[number, left], self.number);
                self.set(cells.lapsed, all);
            }
        }
        self.set(cells.lots, queue);
        self.add(cells.available, -lapsed);
    }

    /// Takes back a part of an award: where the unit says so from its own lot first, and from what lapsed of that; then from what would be
    /// spent next, and at last as the unit's floor says. Returns what was taken.
    pub fn take_back(&mut self, id: UnitId, amount: i64, lot: i64) -> i64 {
        let unit = self.plan.units.at(id);
        let cells = unit.cells;
        let own = if cells.lapsed == ABSENT { 0 } else { self.take_own(id, amount, lot) };
        let mut rest = self.take(id, amount - own, |sums, part| sums.reversed += part);
        let debt = self.get(cells.debt);
        let owed = unit.floor.map_or(rest, |floor| rest.min(floor.saturating_sub(debt).max(0)));
        if owed > 0 {
            self.add(cells.debt, owed);
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
    fn take_own(&mut self, id: UnitId, amount: i64, number: i64) -> i64 {
        let cells = self.plan.units.at(id).cells;
        let (lots, lapsed) = (self.get(cells.lots), self.get(cells.lapsed));
        if let Some([left, ..]) = self.pools.lots.find_mut(lots, |lot| cell(lot, NUMBER) == number) {
            let part = amount.min(*left);
            *left -= part;
            self.add(cells.available, -part);
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
    pub fn spendable(&self, id: UnitId) -> i64 {
        let cells = self.plan.units.at(id).cells;
        self.get(cells.available).saturating_sub(self.get(cells.debt).max(0)).max(0)
    }
}
