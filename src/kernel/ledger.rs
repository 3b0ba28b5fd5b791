//! Moves value of a member: awards, spending, lapsing, taking back.

use crate::engine::Flows;
use crate::hir::UnitId;

use super::code::{cell, set};
use super::judge::Judge;
use super::lane::Lane;
use super::layout::{ABSENT, DUE, NEVER};
use super::plan::{LotEnd, UnitPlan};
use super::queues::{first, last};
use super::store::entry::AT;
use super::store::lot::{EXPIRES, LEFT, NUMBER};

/// The number of a lot that has left its queue.
const GONE: i64 = 0;
/// The lower half of a cell.
const LOW: i64 = u32::MAX as i64;

impl Judge<'_, '_> {
    fn told_of(&mut self, unit: UnitId, add: impl FnOnce(&mut Flows)) {
        self.told.postings += 1;
        self.told.outcomes += 1;
        if let Some(sums) = self.told.units.get_mut(unit.0 as usize) {
            add(sums);
        }
    }

    /// Awards an amount to each of some members, where it is more than nothing: a new lot, less what is owed.
    pub fn grant<'l, 'm: 'l>(
        &mut self,
        id: UnitId,
        award: Option<usize>,
        amounts: impl Iterator<Item = (&'l Lane<'m>, i64)>,
    ) {
        let plan = self.plan;
        let unit = plan.units.at(id);
        let (cells, expiry, next_lot) = (unit.cells, unit.expiry, plan.layout.next_lot);
        let (mut count, mut sum) = (0, 0);
        for (lane, amount) in amounts.filter(|(_, amount)| *amount > 0) {
            count += 1;
            sum += i128::from(amount);
            let expires = match expiry {
                LotEnd::Never => i64::MAX,
                LotEnd::After(length) => lane.now.saturating_add(length),
                LotEnd::OfDay(place) => self.today(lane).end(place),
                LotEnd::Idle(_) => lane.now,
            };
            let due = if let LotEnd::Idle(_) = expiry { self.end_of_lot(lane, unit, expires) } else { expires };
            let number = lane.get(next_lot);
            lane.set(next_lot, number.wrapping_add(1));
            let repaid = lane.get(cells.debt).max(0).min(amount);
            let left = amount - repaid;
            if left > 0 {
                self.add(lane, cells.available, left);
                if let Some(lots) = lane.member.get(cells.lots) {
                    let mut queue = lots.get();
                    self.pools.lots.push_with(&mut queue, lane.number, |lot| {
                        set(lot, LEFT, left);
                        set(lot, EXPIRES, expires);
                        // Where anybody asks for it.
                        set(lot, NUMBER, number);
                    });
                    lots.set(queue);
                    lane.sooner(DUE, due);
                }
            }
            if repaid > 0 {
                self.add(lane, cells.debt, -repaid);
                // Below zero, the account itself was negative, and the award has just filled it.
                if unit.floor.is_none() {
                    self.told_of(id, |sums| sums.reversed += i128::from(repaid));
                }
            }
            self.remember(lane, id, award, amount);
        }
        self.told.postings += count;
        self.told.outcomes += count;
        if let Some(sums) = self.told.units.get_mut(id.0 as usize) {
            sums.issued += sum;
        }
    }

    /// Notes what has been awarded just now, and its lot, for the fact whose award it is, and where it hangs on something.
    #[inline]
    fn remember(&mut self, lane: &Lane<'_>, unit: UnitId, award: Option<usize>, granted: i64) {
        if award.is_none() && !self.scratch.collecting {
            return;
        }
        let lot = self.newest_lot(lane, unit);
        if self.scratch.collecting {
            self.scratch.brought.push([unit.0.into(), granted, lot]);
        }
        let Some(award) = award else { return };
        let each = self.scratch.awards_each;
        if let Some(slot) = self.scratch.awards.get_mut(lane.place() * each + award) {
            *slot = (granted, lot);
        }
    }

    /// Takes available lots in their order, as far as they go, and tells of each part. Returns what is missing.
    fn take(&mut self, lane: &Lane<'_>, id: UnitId, amount: i64, mut tell: impl FnMut(&mut Flows, i128)) -> i64 {
        let cells = self.plan.units.at(id).cells;
        let mut queue = lane.get(cells.lots);
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
        lane.set(cells.lots, queue);
        self.add(lane, cells.available, rest - amount);
        rest
    }

    /// Spends an amount that is there.
    pub fn spend(&mut self, lane: &Lane<'_>, id: UnitId, amount: i64) {
        self.take(lane, id, amount, |sums, part| sums.spent += part);
    }

    /// When a lot lapses, by what its cell says of that.
    pub fn end_of_lot(&mut self, lane: &Lane<'_>, unit: &UnitPlan, expires: i64) -> i64 {
        let LotEnd::Idle(place) = unit.expiry else { return expires };
        // It says when it was earned: what came since keeps it longer, unless it had lapsed by then.
        let idle = lane.get(unit.cells.idle);
        if idle > expires { idle } else { self.end_from(expires, place) }
    }

    /// The end of what begins at a moment.
    fn end_from(&mut self, then: i64, place: usize) -> i64 {
        self.plan.clock.day(self.days, then).map_or(i64::MAX, |day| self.days.at(day).end(place))
    }

    /// Lots of some units lapse later, as an event came.
    pub fn renew(&mut self, lane: &Lane<'_>, units: &[UnitId]) {
        for id in units {
            let unit = self.plan.units.at(*id);
            if let LotEnd::Idle(place) = unit.expiry {
                lane.set(unit.cells.idle, self.today(lane).end(place));
            }
        }
    }

    /// Lots of some units lapse as if the last event had never come.
    pub fn renew_before(&mut self, lane: &Lane<'_>, units: &[UnitId]) {
        for id in units {
            let unit = self.plan.units.at(*id);
            let LotEnd::Idle(place) = unit.expiry else { continue };
            let last = unit.lasts.iter().map(|last| lane.get(*last)).max().unwrap_or(NEVER);
            let end = if last == NEVER { NEVER } else { self.end_from(last, place) };
            lane.set(unit.cells.idle, end);
            self.due_of(lane, unit);
        }
    }

    /// The first lot of a unit is due when it lapses.
    pub fn due_of(&mut self, lane: &Lane<'_>, unit: &UnitPlan) {
        let lots = lane.get(unit.cells.lots);
        if let Some(lot) = self.pools.lots.front(lots) {
            let expires = cell(lot, EXPIRES);
            let end = self.end_of_lot(lane, unit, expires);
            lane.sooner(DUE, end);
        }
    }

    /// Lets lots lapse that are due by a moment.
    pub fn lapse(&mut self, lane: &Lane<'_>, id: UnitId, by: i64) {
        let unit = self.plan.units.at(id);
        let cells = unit.cells;
        let mut queue = lane.get(cells.lots);
        let (mut lapsed, mut lots) = (0_i64, 0);
        while let Some(lot) = self.pools.lots.front(queue) {
            let (left, expires, number) = (cell(lot, LEFT), cell(lot, EXPIRES), cell(lot, NUMBER));
            if left != 0 && self.end_of_lot(lane, unit, expires) > by {
                break;
            }
            let place = first(queue);
            self.pools.lots.pop(&mut queue);
            if left == 0 {
                continue;
            }
            lapsed = lapsed.saturating_add(left);
            lots += 1;
            if cells.lapsed != ABSENT {
                // Who asks for it by its place shall look among what lapsed.
                self.pools.lots.at_mut(place).into_iter().for_each(|lot| set(lot, NUMBER, GONE));
                let mut all = lane.get(cells.lapsed);
                self.pools.entries.push(&mut all, &[number, left], lane.number);
                lane.set(cells.lapsed, all);
            }
        }
        self.told.postings += lots;
        self.told.outcomes += lots;
        if let Some(sums) = self.told.units.get_mut(id.0 as usize) {
            sums.expired += i128::from(lapsed);
        }
        lane.set(cells.lots, queue);
        self.add(lane, cells.available, -lapsed);
    }

    /// Takes back a part of an award: where the unit says so from its own lot first, and from what lapsed of that; then from what would be
    /// spent next, and at last as the unit's floor says. Returns what was taken.
    pub fn take_back(&mut self, lane: &Lane<'_>, id: UnitId, amount: i64, lot: i64) -> i64 {
        let unit = self.plan.units.at(id);
        let cells = unit.cells;
        let own = if cells.lapsed == ABSENT { 0 } else { self.take_own(lane, id, amount, lot) };
        let mut rest = self.take(lane, id, amount - own, |sums, part| sums.reversed += part);
        let debt = lane.get(cells.debt);
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

    /// Where the newest lot of a member lies, and its number, as facts keep them.
    pub fn newest_lot(&self, lane: &Lane<'_>, id: UnitId) -> i64 {
        let number = lane.get(self.plan.layout.next_lot).saturating_sub(1);
        i64::from(last(lane.get(self.plan.units.at(id).cells.lots))) << 32 | number & LOW
    }

    /// Takes back from a lot, or from what lapsed of it; returns how much.
    fn take_own(&mut self, lane: &Lane<'_>, id: UnitId, amount: i64, lot: i64) -> i64 {
        let cells = self.plan.units.at(id).cells;
        let (place, number) = (super::measure::place(lot >> 32 & LOW), lot & LOW);
        let lots = &mut self.pools.lots;
        let is_own = lots.owner(place) == Some(lane.number);
        let own = lots.at_mut(place).filter(|row| is_own && cell(row, NUMBER) == number);
        if let Some([left, ..]) = own {
            let part = amount.min(*left);
            *left -= part;
            self.add(lane, cells.available, -part);
            if part > 0 {
                self.told_of(id, |sums| sums.reversed += i128::from(part));
            }
            return part;
        }
        let lapsed = lane.get(cells.lapsed);
        let Some([_, left, ..]) = self.pools.entries.find_mut(lapsed, |entry| cell(entry, AT) == number) else {
            return 0;
        };
        let part = amount.min(*left);
        *left -= part;
        if part > 0 {
            self.told_of(id, |sums| {
                sums.expired -= i128::from(part);
                sums.reversed += i128::from(part);
            });
        }
        part
    }

    /// What may be spent at once.
    pub fn spendable(&self, lane: &Lane<'_>, id: UnitId) -> i64 {
        let cells = self.plan.units.at(id).cells;
        lane.get(cells.available).saturating_sub(lane.get(cells.debt).max(0)).max(0)
    }
}
