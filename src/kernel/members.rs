//! Members of a plan, and one clock.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::arena::Id as _;
use crate::engine::Arrival;
use crate::hir::EventId;
use crate::value::Instant;

use super::ahead::{Ahead, Coming};
use super::chunks::Rows;
use super::clock::Days;
use super::code::{MISSING, cell, set};
use super::judge::{Judge, Odd, Scratch, TOO_LARGE};
use super::lane::Lane;
use super::layout::{JOINED, LAST_TURN, NEWEST};
use super::plan::Plan;
use super::rows::{Block, Known, Row, of_one_moment};
use super::store::{Pools, Told};
use super::turns::Turns;

/// How many rows are judged side by side: their members' cells fit the processor's own memory.
const AT_ONCE: usize = 384;

/// Some of the members of a plan, and one clock. They judge events as a [`crate::engine::World`] does, as long as these come in order.
pub struct Members {
    plan: Arc<Plan>,
    share: Share,
    /// Their cells, by number.
    cells: Rows,
    pools: Pools,
    ahead: Ahead,
    /// What comes next, in order.
    coming: Vec<Coming>,
    /// What came of it all.
    pub told: Told,
    days: Days,
    scratch: Scratch,
    turns: Turns,
    /// Identities of events that were too old.
    refused: FxHashSet<u64>,
    /// The newest moment; [`MISSING`] before any event.
    newest: i64,
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
        Self {
            share,
            cells: Rows::new(plan.layout.fresh.len()),
            pools: Pools::new(&plan),
            ahead: Ahead::new(&plan),
            coming: Vec::new(),
            told: Told::new(plan.units.len(), plan.rewards),
            days: plan.clock.days(),
            scratch: Scratch::default(),
            turns: Turns::new(plan.events.len()),
            refused: FxHashSet::default(),
            newest: MISSING,
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
            let new = self.cells.add();
            let cells = self.cells.row_mut(new).unwrap_or_default();
            cells.iter_mut().zip(&self.plan.layout.fresh).for_each(|(cell, fresh)| *cell = *fresh);
        }
        let mut slots = Cow::Borrowed(block.slots.as_slice());
        let mut away = Vec::new();
        for start in (0..block.rows.len()).step_by(AT_ONCE) {
            let rows = block.rows.get(start..).unwrap_or_default();
            self.take_in(block, start, rows.get(..AT_ONCE).unwrap_or(rows), &mut away)?;
            // What has few beside it may wait for more.
            self.judge_turn(&mut slots, &block.lines)?;
            while self.turns.waiting > AT_ONCE {
                self.judge_turn(&mut slots, &block.lines)?;
            }
        }
        while self.turns.waiting > 0 {
            self.judge_turn(&mut slots, &block.lines)?;
        }
        self.note_last(block);
        Ok(away)
    }

    /// Judges the events whose turn it is.
    fn judge_turn(&mut self, slots: &mut Cow<'_, [i64]>, lines: &[i64]) -> Result<(), Odd> {
        let mut turn = self.turns.take();
        for (event, lanes) in turn.iter_mut().enumerate().filter(|(_, lanes)| !lanes.is_empty()) {
            self.judging(slots, lines).judge(EventId::new(event), lanes)?;
            lanes.clear();
        }
        self.turns.give(turn);
        Ok(())
    }

    /// Takes in events that are accepted, each in a turn behind that of the one before it of its member.
    fn take_in(
        &mut self,
        block: &Block,
        start: usize,
        rows: &[Row],
        away: &mut Vec<(u32, Arrival)>,
    ) -> Result<(), Odd> {
        let (share, mut coming) = (self.share, std::mem::take(&mut self.coming));
        coming.clear();
        coming.reserve(rows.len());
        for (place, row) in rows.iter().enumerate() {
            let Some(number) = share.place(row.member) else { continue };
            let member = self.cells.spot(number as usize).ok_or(TOO_LARGE)?;
            let place = u32::try_from(place).map_err(|_| TOO_LARGE)?;
            coming.push(Coming { member, number, place, time: row.time, event: Some(row.event) });
        }
        self.ahead.look(&coming, &self.plan, &self.cells, &self.pools);
        for Coming { member: spot, number, place, .. } in &coming {
            let Some(row) = rows.get(*place as usize) else { continue };
            let newest = self.cells.get(*spot, NEWEST);
            // Nearly always it is the newest, and was never seen.
            if row.time <= newest || row.known != Known::New {
                let before = block.rows.get(..start + *place as usize).unwrap_or_default();
                let follows = newest != row.time || self.follows(row, block.id(row), before);
                match self.arrive(row, newest, follows)? {
                    Arrival::Accepted => {}
                    other => {
                        away.push((row.source, other));
                        continue;
                    }
                }
            }
            self.newest = self.newest.max(row.time);
            let member = self.cells.at_mut(*spot);
            let turn = self.turns.now.max(cell(member, LAST_TURN) + 1);
            set(member, NEWEST, row.time);
            set(member, LAST_TURN, turn);
            let day = self.plan.clock.day(&mut self.days, row.time).ok_or(Odd("a moment outside the calendar"))?;
            let (number, member) = (*number, *spot);
            let lane = Lane { now: row.time, day, index: 0, number, member, slots: row.slots, line: 0 };
            self.turns.add(turn, row.event, lane);
        }
        self.coming = coming;
        Ok(())
    }

    /// What judges members, with the fields of a block and of its lines.
    fn judging<'a, 'b: 'a>(&'a mut self, slots: &'a mut Cow<'b, [i64]>, lines: &'a [i64]) -> Judge<'a, 'b> {
        Judge {
            plan: &self.plan,
            members: &mut self.cells,
            pools: &mut self.pools,
            told: &mut self.told,
            days: &mut self.days,
            slots,
            lines,
            scratch: &mut self.scratch,
        }
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

    /// Whether an event comes behind all of its member and moment: those before it in its block, which are in order, and those that the
    /// block before had.
    fn follows(&self, row: &Row, id: &str, before: &[Row]) -> bool {
        let mut same = before.iter().rev().take_while(|other| other.time == row.time);
        if same.any(|other| other.member == row.member) {
            return true;
        }
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
        Some(self.newest).filter(|newest| *newest != MISSING)
    }

    /// Moves the clock of these members to a moment.
    ///
    /// # Errors
    /// [`Odd`] as [`Members::judge`].
    pub fn advance(&mut self, to: i64) -> Result<(), Odd> {
        for number in 0..self.cells.len() {
            if number % AT_ONCE == 0 {
                let spots = (number..number + AT_ONCE).filter_map(|place| self.cells.spot(place));
                self.coming.clear();
                self.coming.extend(spots.map(|member| Coming { member, number: 0, place: 0, time: to, event: None }));
                self.ahead.look(&self.coming, &self.plan, &self.cells, &self.pools);
            }
            let member = self.cells.spot(number).ok_or(TOO_LARGE)?;
            let number = u32::try_from(number).map_err(|_| TOO_LARGE)?;
            let lane = Lane { now: to, day: 0, index: 0, number, member, slots: 0, line: 0 };
            self.judging(&mut Cow::Borrowed(&[]), &[]).advance(&lane)?;
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
