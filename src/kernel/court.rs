//! Takes in events, each behind the one before it of its member, and lets them be judged in turns.

use std::borrow::Cow;
use std::cell::Cell;
use std::iter::once;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::arena::Id as _;
use crate::engine::Arrival;
use crate::hir::EventId;
use crate::value::Instant;

use super::ahead::{Ahead, SOON};
use super::chunks::Rows;
use super::clock::Days;
use super::code::MISSING;
use super::judge::{Judge, Odd, Scratch, TOO_LARGE};
use super::lane::Lane;
use super::layout::{LAST_TURN, NEWEST};
use super::members::Share;
use super::plan::Plan;
use super::rows::{Block, Known, Row, of_one_moment};
use super::store::{Pools, Told};
use super::turns::Turns;

/// How many rows are judged side by side: their members' cells fit the processor's own memory.
const AT_ONCE: usize = 384;

/// An event that changes what came before it.
const LATE: Odd = Odd("a late event");

/// Everything about members but their cells, and one clock.
pub struct Court {
    plan: Arc<Plan>,
    pools: Pools,
    ahead: Ahead,
    told: Told,
    days: Days,
    scratch: Scratch,
    /// The number of the next turn.
    turn: i64,
    /// Identities of events that were too old.
    refused: FxHashSet<u64>,
    /// The newest moment; [`MISSING`] before any event.
    newest: i64,
    /// The last moment of the block before, with the members, positions and identities of its events.
    before: (i64, Vec<(u32, u64, String)>),
}

impl Court {
    /// Nothing has come.
    pub fn new(plan: Arc<Plan>) -> Self {
        Self {
            pools: Pools::new(&plan),
            ahead: Ahead::new(&plan),
            told: Told::new(plan.units.len(), plan.rewards),
            days: plan.clock.days(),
            scratch: Scratch::default(),
            turn: 1,
            refused: FxHashSet::default(),
            newest: MISSING,
            before: (MISSING, Vec::new()),
            plan,
        }
    }

    /// What came of it all.
    pub fn told(&self) -> &Told {
        &self.told
    }

    /// The newest moment of all events.
    pub fn newest(&self) -> Option<i64> {
        Some(self.newest).filter(|newest| *newest != MISSING)
    }

    /// Judges those events of a block that are of a share of the members, whose cells are there. Returns what became of those that were
    /// not accepted, by their place in the source.
    ///
    /// # Errors
    /// [`Odd`] where only the fold can tell; nothing of what is here holds then.
    pub fn judge(&mut self, block: &Block, share: Share, cells: &Rows<Cell<i64>>) -> Result<Vec<(u32, Arrival)>, Odd> {
        let mut turns = Turns::new(self.plan.events.len(), self.turn);
        let mut away = Vec::new();
        let (mut slots, lines) = (Cow::Borrowed(block.slots.as_slice()), &block.lines);
        let bring = |ahead: &Ahead, row: &Row| {
            let member = share.place(row.member).and_then(|number| cells.row(number as usize));
            member.into_iter().for_each(|member| ahead.bring(Some(row.event), member));
        };
        block.rows.iter().take(SOON).for_each(|row| bring(&self.ahead, row));
        for start in (0..block.rows.len()).step_by(AT_ONCE) {
            for at in start..block.rows.len().min(start + AT_ONCE) {
                block.rows.get(at + SOON).into_iter().for_each(|row| bring(&self.ahead, row));
                self.take_in(block, at, share, cells, &mut turns, &mut away)?;
            }
            // What has few beside it may wait for more.
            self.judge_turn(&mut turns, &mut slots, lines)?;
            while turns.waiting > AT_ONCE {
                self.judge_turn(&mut turns, &mut slots, lines)?;
            }
        }
        while turns.waiting > 0 {
            self.judge_turn(&mut turns, &mut slots, lines)?;
        }
        self.turn = turns.now;
        self.note_last(block);
        Ok(away)
    }

    /// Takes in an event, in a turn behind that of the one before it of its member, unless it is not accepted or of another share.
    #[inline(always)]
    fn take_in<'m>(
        &mut self,
        block: &Block,
        at: usize,
        share: Share,
        cells: &'m Rows<Cell<i64>>,
        turns: &mut Turns<'m>,
        away: &mut Vec<(u32, Arrival)>,
    ) -> Result<(), Odd> {
        let Some(row) = block.rows.get(at) else { return Ok(()) };
        let Some(number) = share.place(row.member) else { return Ok(()) };
        let member = cells.row(number as usize).ok_or(TOO_LARGE)?;
        let lane = Lane { now: row.time, slots: row.slots, ..Lane::of(number, member) };
        let newest = lane.get(NEWEST);
        // Nearly always it is the newest, and was never seen.
        if (lane.now <= newest || row.known != Known::New) && !self.accept(block, at, newest, away)? {
            return Ok(());
        }
        self.newest = self.newest.max(lane.now);
        let turn = turns.now.max(lane.get(LAST_TURN) + 1);
        lane.set(NEWEST, lane.now);
        lane.set(LAST_TURN, turn);
        let day = self.plan.clock.day(&mut self.days, lane.now).ok_or(Odd("a moment outside the calendar"))?;
        turns.add(turn, row.event, Lane { day, ..lane }, &self.scratch.room);
        Ok(())
    }

    /// Whether an event is accepted that may be late or was seen; says what became of it if it is not.
    #[cold]
    fn accept(&mut self, block: &Block, at: usize, newest: i64, away: &mut Vec<(u32, Arrival)>) -> Result<bool, Odd> {
        let Some((before, [row, ..])) = block.rows.split_at_checked(at) else { return Ok(false) };
        let follows = newest != row.time || self.follows(row, block.id(row), before);
        match self.arrive(row, newest, follows)? {
            Arrival::Accepted => Ok(true),
            other => {
                away.push((row.source, other));
                Ok(false)
            }
        }
    }

    /// Judges the events whose turn it is.
    #[inline(never)]
    fn judge_turn<'b>(
        &mut self,
        turns: &mut Turns<'_>,
        slots: &mut Cow<'b, [i64]>,
        lines: &'b [i64],
    ) -> Result<(), Odd> {
        let turn = turns.take(&self.scratch.room);
        let each = turn.iter().enumerate().map(|(event, lanes)| (Some(EventId::new(event)), lanes.as_slice()));
        self.ahead.follow(each, &self.pools);
        let mut judge = self.judging(slots, lines);
        for (event, mut lanes) in turn.into_iter().enumerate() {
            if !lanes.is_empty() {
                judge.judge(EventId::new(event), &mut lanes)?;
            }
            judge.scratch.room.give_lanes(lanes);
        }
        Ok(())
    }

    /// Moves the clock of all members to a moment.
    ///
    /// # Errors
    /// [`Odd`] as [`Court::judge`].
    pub fn advance(&mut self, cells: &Rows<Cell<i64>>, to: i64) -> Result<(), Odd> {
        let mut lanes = Vec::with_capacity(AT_ONCE);
        for start in (0..cells.len()).step_by(AT_ONCE) {
            lanes.clear();
            for number in start..cells.len().min(start + AT_ONCE) {
                let member = cells.row(number).ok_or(TOO_LARGE)?;
                let number = u32::try_from(number).map_err(|_| TOO_LARGE)?;
                self.ahead.bring(None, member);
                lanes.push(Lane { now: to, ..Lane::of(number, member) });
            }
            self.ahead.follow(once((None, lanes.as_slice())), &self.pools);
            for lane in &lanes {
                self.judging(&mut Cow::Borrowed(&[]), &[]).advance(lane)?;
            }
        }
        Ok(())
    }

    /// What judges members, with the fields of a block and of its lines.
    fn judging<'a, 'b: 'a>(&'a mut self, slots: &'a mut Cow<'b, [i64]>, lines: &'a [i64]) -> Judge<'a, 'b> {
        Judge {
            plan: &self.plan,
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
}
