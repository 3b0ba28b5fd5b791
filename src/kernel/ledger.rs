//! Moves value of a member: awards, spending, lapsing, taking back.

use crate::engine::Flows;
use crate::hir::UnitId;

use super::judge::Judge;
use super::plan::LotEnd;
use super::store::Lot;

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
        self.add(cells.earned, amount);
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
        let mut queue = self.get(cells.lots);
        self.pools.lots.push(&mut queue, Lot { left, expires });
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
            && let Some(lot) = self.pools.lots.front_mut(queue)
        {
            let part = rest.min(lot.left);
            lot.left -= part;
            rest -= part;
            if lot.left == 0 {
                self.pools.lots.pop(&mut queue);
            }
            self.told_of(id, |sums| tell(sums, i128::from(part)));
        }
        self.set(cells.lots, queue);
        self.add(cells.available, rest - amount);
        rest
    }

    /// Spends an amount that is there.
    pub fn spend(&mut self, id: UnitId, amount: i64) {
        let rest = self.take(id, amount, |sums, part| sums.spent += part);
        self.add(self.plan.units.at(id).cells.spent, amount - rest);
    }

    /// Lets lots lapse that are due.
    pub fn lapse(&mut self, id: UnitId) {
        let cells = self.plan.units.at(id).cells;
        let now = self.moment.now;
        let lots = self.pools.lots.iter(self.get(cells.lots)).take_while(|(_, lot)| lot.expires <= now);
        let due = lots.map(|(_, lot)| lot.left).sum();
        if due == 0 {
            return;
        }
        self.take(id, due, |sums, part| sums.expired += part);
        self.add(cells.expired, due);
    }

    /// Takes back a part of an award from what would be spent next, then as the unit's floor says. Returns what was taken.
    pub fn take_back(&mut self, id: UnitId, amount: i64) -> i64 {
        let unit = self.plan.units.at(id);
        let mut rest = self.take(id, amount, |sums, part| sums.reversed += part);
        let debt = self.get(unit.cells.debt);
        let owed = unit.floor.map_or(rest, |floor| rest.min(floor.saturating_sub(debt).max(0)));
        if owed > 0 {
            self.add(unit.cells.debt, owed);
            if unit.floor.is_some() {
                self.told_of(id, |sums| sums.reversed += i128::from(owed));
            } else {
                self.told.outcomes += 1;
            }
            rest -= owed;
        }
        let taken = amount - rest;
        self.add(unit.cells.earned, -taken);
        self.add(unit.cells.reversed, taken);
        taken
    }

    /// What may be spent at once.
    pub fn spendable(&self, id: UnitId) -> i64 {
        let cells = self.plan.units.at(id).cells;
        self.get(cells.available).saturating_sub(self.get(cells.debt)).max(0)
    }
}
