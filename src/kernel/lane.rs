//! Events that are judged together: what each step of judging does, it does for all of them before the next step begins.

use std::cell::{Cell, RefCell};

use super::clock::{Days, Today};
use super::code::{cell, shared};

/// An event of one member among others of its type, each of another member.
#[derive(Debug, Clone, Copy)]
pub struct Lane<'m> {
    /// When, in milliseconds.
    pub now: i64,
    /// The local day, by its place among days.
    pub day: u32,
    /// Its place among those that are judged with it.
    pub index: u32,
    /// The member's number.
    pub number: u32,
    /// The member's cells. Events side by side are of different members, and whoever judges one changes them where they lie.
    pub member: &'m [Cell<i64>],
    /// Where the event's slots begin.
    pub slots: u32,
    /// Where the slots of the line at hand begin.
    pub line: u32,
}

impl<'m> Lane<'m> {
    /// An event of a member, of which nothing else is known yet.
    pub fn of(number: u32, member: &'m [Cell<i64>]) -> Self {
        Self { now: 0, day: 0, index: 0, number, member, slots: 0, line: 0 }
    }

    /// Its place in columns.
    #[inline]
    pub fn place(&self) -> usize {
        self.index as usize
    }

    /// A cell of the member; missing where there is none.
    #[inline(always)]
    pub fn get(&self, at: usize) -> i64 {
        shared(self.member, at)
    }

    /// Fills a cell of the member, where there is one.
    #[inline(always)]
    pub fn set(&self, at: usize, value: i64) {
        if let Some(cell) = self.member.get(at) {
            cell.set(value);
        }
    }

    /// Brings the moment in a cell forward to another that is sooner, where there is one.
    #[inline(always)]
    pub fn sooner(&self, at: usize, moment: i64) {
        if let Some(cell) = self.member.get(at) {
            cell.set(cell.get().min(moment));
        }
    }
}

/// Makes sure that there are so many columns; those that were there stay as they are.
pub fn at_least(count: usize, columns: &mut Vec<Vec<i64>>) {
    if columns.len() < count {
        columns.resize_with(count, Vec::new);
    }
}

/// Memory for a lane, without one: whose cells it once led to is forgotten.
type Blank = [u64; size_of::<Lane<'static>>() / size_of::<u64>()];

/// Columns and lists of lanes that are used again and again.
#[derive(Debug, Default)]
pub struct Room {
    columns: RefCell<Vec<Vec<i64>>>,
    lanes: RefCell<Vec<Vec<Blank>>>,
}

impl Room {
    /// A column of a length, with whatever is in it; it is to be given back.
    #[inline]
    pub fn take(&self, length: usize) -> Vec<i64> {
        let mut column = self.columns.borrow_mut().pop().unwrap_or_default();
        column.resize(length, 0);
        column
    }

    /// Takes a column back.
    #[inline]
    pub fn give(&self, column: Vec<i64>) {
        self.columns.borrow_mut().push(column);
    }

    /// Lends a column, with whatever is in it.
    #[inline]
    pub fn column<R>(&self, length: usize, with: impl FnOnce(&mut [i64]) -> R) -> R {
        let mut column = self.take(length);
        let result = with(&mut column);
        self.give(column);
        result
    }

    /// An empty list of lanes; it is to be given back.
    #[inline]
    pub fn take_lanes<'m>(&self) -> Vec<Lane<'m>> {
        emptied(self.lanes.borrow_mut().pop().unwrap_or_default())
    }

    /// Takes a list of lanes back.
    #[inline]
    pub fn give_lanes(&self, lanes: Vec<Lane<'_>>) {
        self.lanes.borrow_mut().push(emptied(lanes));
    }

    /// Lends an empty list of lanes.
    #[inline]
    pub fn lanes<'m, R>(&self, with: impl FnOnce(&mut Vec<Lane<'m>>) -> R) -> R {
        let mut lanes = self.take_lanes();
        let result = with(&mut lanes);
        self.give_lanes(lanes);
        result
    }
}

/// A list of nothing that lies where another did.
fn emptied<T, U>(mut list: Vec<T>) -> Vec<U> {
    list.clear();
    list.into_iter().map_while(|_| None).collect()
}

/// What expressions look at.
#[derive(Clone, Copy)]
pub struct Cx<'a> {
    /// For which events they are computed.
    pub lanes: &'a [Lane<'a>],
    /// Fields of events.
    pub slots: &'a [i64],
    /// Fields of lines.
    pub lines: &'a [i64],
    /// Named values that were computed before, each a column.
    pub lets: &'a [Vec<i64>],
    /// Local days.
    pub days: &'a Days,
    /// Room.
    pub room: &'a Room,
    /// Whether something did not fit, so that only the fold can tell what it comes to.
    pub odd: &'a Cell<bool>,
}

impl<'a> Cx<'a> {
    /// A field of an event.
    #[inline]
    pub fn slot(&self, lane: &Lane<'_>, at: usize) -> i64 {
        cell(self.slots, lane.slots as usize + at)
    }

    /// A field of the line at hand.
    #[inline]
    pub fn line(&self, lane: &Lane<'_>, at: usize) -> i64 {
        cell(self.lines, lane.line as usize + at)
    }

    /// A cell of a member.
    #[inline]
    pub fn member(&self, lane: &Lane<'_>, at: usize) -> i64 {
        lane.get(at)
    }

    /// The column of a named value.
    #[inline]
    pub fn named(&self, at: usize) -> &'a [i64] {
        self.lets.get(at).map(Vec::as_slice).unwrap_or_default()
    }

    /// The local day.
    #[inline]
    pub fn day(&self, lane: &Lane<'_>) -> &'a Today {
        self.days.at(lane.day)
    }

    /// Notes that something does not fit.
    #[cold]
    pub fn odd(&self) -> i64 {
        self.odd.set(true);
        0
    }

    /// A sum.
    #[inline]
    pub fn add(&self, a: i64, b: i64) -> i64 {
        a.checked_add(b).unwrap_or_else(|| self.odd())
    }

    /// A difference.
    #[inline]
    pub fn sub(&self, a: i64, b: i64) -> i64 {
        a.checked_sub(b).unwrap_or_else(|| self.odd())
    }

    /// A product.
    #[inline]
    pub fn mul(&self, a: i64, b: i64) -> i64 {
        a.checked_mul(b).unwrap_or_else(|| self.odd())
    }
}
