//! Members of a plan, and one clock.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::engine::Arrival;
use crate::value::Instant;

use super::ahead::{Ahead, Coming};
use super::chunks::Rows;
use super::clock::Moment;
use super::code::{MISSING, cell};
use super::judge::{Judge, Odd, Scratch, TOO_LARGE};
use super::layout::{JOINED, NEWEST};
use super::plan::Plan;
use super::rows::{Block, Known, Row, of_one_moment};
use super::store::{Pools, Told};

/// How many rows are looked at before they are judged: their members' cells fit the processor's own memory.
const AT_ONCE: usize = 128;

/// Some of the members of a plan, and one clock. They judge events as a [`crate::engine::World`] does, as long as these come in order.
pub struct Members {
    plan: Arc<Plan>,
    share: Share,
    /// Their cells, by number.
    cells: Rows<i64>,
    pools: Pools,
    ahead: Ahead,
    /// What came of it all.
    pub told: Told,
    moment: Moment,
    scratch: Scratch,
    /// Identities of events that were too old.
    refused: FxHashSet<u64>,
    /// The newest moment.
    newest: Option<i64>,
    /// The last moment of the block before, with the members, positions and identities of its events.
    before: (i64, Vec<(u32, u64, String)>),
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
    fn place(self, member: u32) -> Option<u32> {
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

impl Members {
    /// Nobody yet, of a share of the members.
    pub fn new(plan: Arc<Plan>, share: Share) -> Self {
        let scratch = Scratch { lets: vec![MISSING.into(); plan.lets], ..Scratch::default() };
        Self {
            share,
            cells: Rows::new(plan.layout.fresh.len()),
            pools: Pools::new(&plan),
            ahead: Ahead::new(&plan),
            told: Told::new(plan.units.len(), plan.rewards),
            moment: plan.clock.first(),
            scratch,
            refused: FxHashSet::default(),
            newest: None,
            before: (MISSING, Vec::new()),
            plan,
        }
    }

    /// Judges those events of a block that are of these members. Returns what became of those that were not accepted, by their place in
    /// the source.
    ///
    /// # Errors
    /// [`Odd`] where only the fold can tell; nothing of what is here holds then.
    pub fn judge(&mut self, block: &Block) -> Result<Vec<(u32, Arrival)>, Odd> {
        let share = self.share;
        let last = block.rows.iter().filter_map(|row| share.place(row.member)).max();
        while last.is_some_and(|last| self.cells.len() <= last as usize) {
            self.cells.push(&self.plan.layout.fresh, MISSING);
        }
        let (mut run, mut away) = (0, Vec::new());
        for (place, row) in block.rows.iter().enumerate() {
            if place % AT_ONCE == 0 {
                let rows = block.rows.iter().skip(place).take(AT_ONCE);
                let own = rows.filter_map(|row| {
                    Some(Coming { place: share.place(row.member)?, time: row.time, event: Some(row.event) })
                });
                self.ahead.look(own, &self.plan, &self.cells, &self.pools);
            }
            if block.rows.get(run).is_none_or(|first| first.time != row.time) {
                run = place;
            }
            let Some(number) = share.place(row.member) else { continue };
            // Events of one moment of one member have an order, and here it is that in which they come.
            let follows = || {
                let mut same = block.rows.get(run..place).unwrap_or_default().iter();
                same.any(|other| other.member == row.member) || self.follows(row, block.id(row))
            };
            let newest = self.cells.row(number as usize).map_or(MISSING, |cells| cell(cells, NEWEST));
            let follows = newest != row.time || follows();
            match self.arrive(row, newest, follows)? {
                Arrival::Accepted => {}
                other => {
                    away.push((row.source, other));
                    continue;
                }
            }
            let mut slots = std::mem::take(&mut self.scratch.slots);
            slots.clear();
            slots.extend_from_slice(block.slots(row, &self.plan.shapes));
            self.newest = self.newest.max(Some(row.time));
            let mut judge = self.judge_of(number, &mut slots, &block.lines)?;
            judge.set(NEWEST, row.time);
            judge.judge(row.event, row.time)?;
            self.scratch.slots = slots;
        }
        self.note_last(block);
        Ok(away)
    }

    /// What judges a member, with the fields of an event and the lines of its block.
    fn judge_of<'a>(&'a mut self, number: u32, slots: &'a mut [i64], lines: &'a [i64]) -> Result<Judge<'a>, Odd> {
        Ok(Judge {
            plan: &self.plan,
            number,
            member: self.cells.row_mut(number as usize).ok_or(TOO_LARGE)?,
            pools: &mut self.pools,
            told: &mut self.told,
            moment: &mut self.moment,
            slots,
            lines,
            scratch: &mut self.scratch,
        })
    }

    fn note_last(&mut self, block: &Block) {
        let Some(last) = block.rows.last() else { return };
        let (time, events) = &mut self.before;
        if *time != last.time {
            events.clear();
        }
        *time = last.time;
        let run = block.rows.iter().rev().take_while(|row| row.time == last.time);
        events.extend(run.map(|row| (row.member, row.sequence, block.id(row).to_owned())));
    }

    /// Whether an event comes behind all of its member and moment that the block before had.
    fn follows(&self, row: &Row, id: &str) -> bool {
        let (time, events) = &self.before;
        let mut own = events.iter().filter(|(member, ..)| *member == row.member).peekable();
        let behind =
            |(_, sequence, other): &(u32, u64, String)| of_one_moment((*sequence, other), (row.sequence, id)).is_lt();
        *time == row.time && own.peek().is_some() && own.all(behind)
    }

    fn arrive(&mut self, row: &Row, newest: i64, follows: bool) -> Result<Arrival, Odd> {
        // What was too old when it came is so when it comes again.
        let refused = row.known != Known::New && self.refused.contains(&row.print);
        match row.known {
            Known::Same if !refused => return Ok(Arrival::Duplicate),
            Known::New | Known::Same => {}
            // Whether another spelling says the same, only values can tell.
            Known::Other => return Err(Odd("an identity that came before in another spelling or with other content")),
        }
        if row.time < newest {
            let newest = Instant::from_millis(newest);
            let late =
                self.plan.late.zip(newest).and_then(|(late, newest)| late.before(newest, self.plan.clock.zone()));
            let horizon = late.ok_or(LATE)?;
            if row.time >= horizon.millis() {
                return Err(LATE);
            }
            self.refused.insert(row.print);
            return Ok(Arrival::too_old());
        }
        if follows { Ok(Arrival::Accepted) } else { Err(LATE) }
    }

    /// The newest moment of all events.
    pub fn newest(&self) -> Option<i64> {
        self.newest
    }

    /// Moves the clock of these members to a moment.
    ///
    /// # Errors
    /// [`Odd`] as [`Members::judge`].
    pub fn advance(&mut self, to: i64) -> Result<(), Odd> {
        for number in 0..self.cells.len() {
            if number % AT_ONCE == 0 {
                let places = (number..number + AT_ONCE).filter_map(|place| u32::try_from(place).ok());
                let own = places.map(|place| Coming { place, time: to, event: None });
                self.ahead.look(own, &self.plan, &self.cells, &self.pools);
            }
            let number = u32::try_from(number).map_err(|_| TOO_LARGE)?;
            self.judge_of(number, &mut [], &[])?.advance(to)?;
        }
        Ok(())
    }

    /// Adds where these members stand.
    pub fn stand(&self, standing: &mut Standing) {
        let plan = &self.plan;
        for member in self.cells.iter() {
            if cell(member, JOINED) == MISSING {
                continue;
            }
            standing.members += 1;
            for (sum, unit) in standing.outstanding.iter_mut().zip(plan.units.iter()) {
                let (available, debt) = (cell(member, unit.cells.available), cell(member, unit.cells.debt).max(0));
                *sum += i128::from(available) - i128::from(debt);
            }
            for (counts, ladder) in standing.tiers.iter_mut().zip(plan.ladders.iter()) {
                let tier = usize::try_from(cell(member, ladder.cells.tier)).unwrap_or(0);
                if let Some(count) = counts.get_mut(tier) {
                    *count += 1;
                }
            }
        }
    }
}

/// An event that changes what came before it.
const LATE: Odd = Odd("a late event");
