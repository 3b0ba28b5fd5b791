//! Members of a plan, and one clock.

use std::cell::Cell;
use std::sync::Arc;

use crate::engine::Arrival;

use super::chunks::Rows;
use super::code::{MISSING, shared};
use super::court::Court;
use super::judge::Odd;
use super::layout::JOINED;
use super::plan::Plan;
use super::rows::Block;
use super::store::Told;

/// Some of the members of a plan, and one clock. They judge events as a [`crate::engine::World`] does, as long as these come in order.
pub struct Members {
    plan: Arc<Plan>,
    share: Share,
    /// Their cells, by number.
    cells: Rows<Cell<i64>>,
    court: Court,
}

/// Members whose numbers leave so much when they are divided by that.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// What is left.
    pub own: u32,
    /// How many shares there are.
    pub of: u32,
}

impl Share {
    /// Where the cells of a member are, if it is one of these.
    #[inline]
    pub fn place(self, member: u32) -> Option<u32> {
        // To divide takes time.
        if self.of == 1 {
            return Some(member);
        }
        (member % self.of == self.own).then_some(member / self.of)
    }
}

/// Where members stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many there are.
    pub members: u64,
    /// By unit: what they own, less what they owe.
    pub outstanding: Vec<i128>,
    /// By ladder and tier: how many hold it.
    pub tiers: Vec<Vec<u64>>,
}

/// Where one member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberStanding<'c> {
    /// Its name.
    pub member: &'c str,
    /// By unit: what people are shown, in smallest steps.
    pub balances: &'c [i64],
    /// By ladder: the place of the tier that is held.
    pub tiers: &'c [u32],
}

impl Members {
    /// Nobody yet, of a share of the members.
    pub fn new(plan: Arc<Plan>, share: Share) -> Self {
        Self { share, cells: Rows::new(plan.layout.fresh.len()), court: Court::new(plan.clone()), plan }
    }

    /// Judges those events of a block that are of these members. Returns what became of those that were not accepted, by their place in
    /// the source.
    ///
    /// # Errors
    /// [`Odd`] where only the fold can tell; nothing of what is here holds then.
    pub fn judge(&mut self, block: &Block) -> Result<Vec<(u32, Arrival)>, Odd> {
        let last = block.rows.iter().filter_map(|row| self.share.place(row.member)).max();
        while last.is_some_and(|last| self.cells.len() <= last as usize) {
            let new = self.cells.add();
            let cells = self.cells.row(new).unwrap_or_default();
            cells.iter().zip(&self.plan.layout.fresh).for_each(|(cell, fresh)| cell.set(*fresh));
        }
        self.court.judge(block, self.share, &self.cells)
    }

    /// What came of it all.
    pub fn told(&self) -> &Told {
        self.court.told()
    }

    /// The newest moment of all events.
    pub fn newest(&self) -> Option<i64> {
        self.court.newest()
    }

    /// Moves the clock of these members to a moment.
    ///
    /// # Errors
    /// [`Odd`] as [`Members::judge`].
    pub fn advance(&mut self, to: i64) -> Result<(), Odd> {
        self.court.advance(&self.cells, to)
    }

    /// Balances and tiers of the member with a number, as [`MemberStanding`] has them; `false` where that is none of these.
    pub fn stand_of(&self, number: u32, balances: &mut Vec<i64>, tiers: &mut Vec<u32>) -> bool {
        let Some(member) = self.share.place(number).and_then(|place| self.cells.row(place as usize)) else {
            return false;
        };
        let cell = |at: usize| shared(member, at);
        balances.clear();
        balances.extend(self.plan.units.iter().map(|unit| {
            let net = cell(unit.cells.available).saturating_sub(cell(unit.cells.debt).max(0));
            if unit.floor.is_some() { net } else { net.max(0) }
        }));
        tiers.clear();
        tiers.extend(self.plan.ladders.iter().map(|ladder| u32::try_from(cell(ladder.cells.tier)).unwrap_or(0)));
        cell(JOINED) != MISSING
    }

    /// Adds where these members stand.
    pub fn stand(&self, standing: &mut Standing) {
        let plan = &self.plan;
        for member in self.cells.iter() {
            let cell = |at: usize| shared(member, at);
            if cell(JOINED) == MISSING {
                continue;
            }
            standing.members += 1;
            for (sum, unit) in standing.outstanding.iter_mut().zip(plan.units.iter()) {
                let (available, debt) = (cell(unit.cells.available), cell(unit.cells.debt).max(0));
                *sum += i128::from(available) - i128::from(debt);
            }
            for (counts, ladder) in standing.tiers.iter_mut().zip(plan.ladders.iter()) {
                let tier = usize::try_from(cell(ladder.cells.tier)).unwrap_or(0);
                if let Some(count) = counts.get_mut(tier) {
                    *count += 1;
                }
            }
        }
    }
}
