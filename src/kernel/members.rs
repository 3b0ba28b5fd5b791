//! All members of a plan, and one clock.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::engine::Arrival;
use crate::value::Instant;

use super::chunks::Rows;
use super::clock::Moment;
use super::code::{MISSING, cell};
use super::judge::{Judge, Odd, Scratch, TOO_LARGE};
use super::layout::{JOINED, NEWEST};
use super::plan::Plan;
use super::rows::{Block, Row};
use super::store::{Pools, Told};

/// How many rows are looked at before they are judged: their members' cells fit the processor's own memory.
const AT_ONCE: usize = 128;

/// How many cells memory brings at once.
const CELLS_OF_A_LINE: usize = 8;

/// All members of a plan. It judges events as a [`crate::engine::World`] does, as long as they come in order.
pub struct Members {
    plan: Arc<Plan>,
    /// Their cells, by number.
    cells: Rows<i64>,
    pools: Pools,
    /// What came of it all.
    pub told: Told,
    moment: Moment,
    scratch: Scratch,
    /// What events said that came, by what tells their identities apart.
    seen: FxHashMap<u64, u64>,
    /// The newest moment.
    newest: Option<i64>,
    /// The last moment of the block before, with the members, positions and identities of its events.
    before: (i64, Vec<(u32, u64, String)>),
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
    /// Nobody yet.
    pub fn new(plan: Arc<Plan>) -> Self {
        let scratch = Scratch { lets: vec![MISSING.into(); plan.lets], ..Scratch::default() };
        Self {
            cells: Rows::new(plan.layout.fresh.len()),
            pools: Pools::new(&plan),
            told: Told::new(plan.units.len(), plan.rewards),
            moment: plan.clock.first(),
            scratch,
            seen: FxHashMap::default(),
            newest: None,
            before: (MISSING, Vec::new()),
            plan,
        }
    }

    /// Judges a block of events and says what became of those that were not accepted.
    ///
    /// # Errors
    /// [`Odd`] where only the fold can tell; nothing of what is here holds then.
    pub fn judge(&mut self, block: &mut Block, tell: &mut dyn FnMut(&Row, Arrival)) -> Result<(), Odd> {
        in_order(block);
        let members = block.rows.iter().map(|row| row.member as usize + 1).max().unwrap_or(0);
        while self.cells.len() < members {
            self.cells.push(&self.plan.layout.fresh, MISSING);
        }
        let mut run = 0;
        for place in 0..block.rows.len() {
            if place % AT_ONCE == 0 {
                self.look(block.rows.get(place..).unwrap_or_default());
            }
            let Some(row) = block.rows.get(place).copied() else { break };
            if block.rows.get(run).is_none_or(|first| first.time != row.time) {
                run = place;
            }
            // Events of one moment of one member have an order, and here it is that in which they come.
            let follows = || {
                let mut same = block.rows.get(run..place).unwrap_or_default().iter();
                same.any(|other| other.member == row.member) || self.follows(&row, block.id(&row))
            };
            let follows = self.newest_of(&row) != row.time || follows();
            match self.arrive(&row, block.id(&row), follows)? {
                Arrival::Accepted => {}
                other => {
                    tell(&row, other);
                    continue;
                }
            }
            let size = self.plan.shapes.events.at(row.event).size;
            let Some(slots) = block.slots.get_mut(row.slots..row.slots + size) else { return Err(TOO_LARGE) };
            let Some(member) = self.cells.row_mut(row.member as usize) else { return Err(TOO_LARGE) };
            if let Some(newest) = member.get_mut(NEWEST) {
                *newest = row.time;
            }
            self.newest = self.newest.max(Some(row.time));
            let mut judge = Judge {
                plan: &self.plan,
                number: row.member,
                member,
                pools: &mut self.pools,
                told: &mut self.told,
                moment: &mut self.moment,
                slots,
                lines: &block.lines,
                scratch: &mut self.scratch,
            };
            judge.judge(row.event, row.time)?;
        }
        self.note_last(block);
        Ok(())
    }

    /// Looks at the cells of the next few members. Nothing waits for what is found, so that memory brings all of it at once; when each is
    /// judged, its cells are at hand.
    fn look(&self, rows: &[Row]) {
        let cells = rows.iter().take(AT_ONCE).filter_map(|row| self.cells.row(row.member as usize));
        let found = cells.flat_map(|cells| cells.iter().step_by(CELLS_OF_A_LINE)).fold(0, |all, cell| all ^ cell);
        std::hint::black_box(found);
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
        let behind = |(_, sequence, other): &(u32, u64, String)| {
            sequence.cmp(&row.sequence).then_with(|| crate::engine::natural(other, id)).is_lt()
        };
        *time == row.time && own.peek().is_some() && own.all(behind)
    }

    fn newest_of(&self, row: &Row) -> i64 {
        self.cells.row(row.member as usize).map_or(MISSING, |cells| cell(cells, NEWEST))
    }

    fn arrive(&mut self, row: &Row, id: &str, follows: bool) -> Result<Arrival, Odd> {
        let print = self.plan.printer.hash(id);
        if let Some(content) = self.seen.get(&print) {
            // Whether another spelling says the same, only values can tell.
            return if *content == row.content {
                Ok(Arrival::Duplicate)
            } else {
                Err(Odd("an identity that came before in another spelling or with other content"))
            };
        }
        let newest = self.newest_of(row);
        if row.time < newest {
            let newest = Instant::from_millis(newest);
            let late =
                self.plan.late.zip(newest).and_then(|(late, newest)| late.before(newest, self.plan.clock.zone()));
            let horizon = late.ok_or(LATE)?;
            return if row.time < horizon.millis() { Ok(Arrival::too_old()) } else { Err(LATE) };
        }
        if !follows {
            return Err(LATE);
        }
        self.seen.insert(print, row.content);
        Ok(Arrival::Accepted)
    }

    /// Moves the clock of all members: to a moment, or to the newest event where that is later.
    ///
    /// # Errors
    /// [`Odd`] as [`Members::judge`].
    pub fn advance(&mut self, to: Option<i64>) -> Result<(), Odd> {
        let Some(to) = to.max(self.newest) else { return Ok(()) };
        for (number, member) in (0_u32..).zip(self.cells.iter_mut()) {
            let mut judge = Judge {
                plan: &self.plan,
                number,
                member,
                pools: &mut self.pools,
                told: &mut self.told,
                moment: &mut self.moment,
                slots: &mut [],
                lines: &[],
                scratch: &mut self.scratch,
            };
            judge.advance(to)?;
        }
        Ok(())
    }

    /// Where members stand.
    pub fn standing(&self) -> Standing {
        let plan = &self.plan;
        let tiers = plan.ladders.iter().map(|ladder| vec![0; ladder.reach.len() + 1]).collect();
        let mut standing = Standing { members: 0, outstanding: vec![0; plan.units.len()], tiers };
        for member in self.cells.iter() {
            if cell(member, JOINED) == MISSING {
                continue;
            }
            standing.members += 1;
            for (sum, unit) in standing.outstanding.iter_mut().zip(plan.units.iter()) {
                *sum += i128::from(cell(member, unit.cells.available)) - i128::from(cell(member, unit.cells.debt));
            }
            for (counts, ladder) in standing.tiers.iter_mut().zip(plan.ladders.iter()) {
                let tier = usize::try_from(cell(member, ladder.cells.tier)).unwrap_or(0);
                if let Some(count) = counts.get_mut(tier) {
                    *count += 1;
                }
            }
        }
        standing
    }
}

/// An event that changes what came before it.
const LATE: Odd = Odd("a late event");

/// Puts events of one moment in order (S2), where they follow each other.
fn in_order(block: &mut Block) {
    let tied = |a: &Row, b: &Row| a.time == b.time;
    if !block.rows.windows(2).any(|pair| matches!(pair, [a, b] if tied(a, b))) {
        return;
    }
    let Block { rows, text, .. } = block;
    let id = |row: &Row| text.get(row.text[0]..row.text[1]).unwrap_or_default();
    for run in rows.chunk_by_mut(tied).filter(|run| run.len() > 1) {
        run.sort_by(|a, b| a.sequence.cmp(&b.sequence).then_with(|| crate::engine::natural(id(a), id(b))));
    }
}
