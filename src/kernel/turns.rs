//! Whose turn it is: events that are judged side by side are of one type, and each of another member.

use std::collections::VecDeque;

use crate::arena::Id as _;
use crate::hir::EventId;

use super::lane::{Lane, Room};

/// What is judged in one turn, by type of event.
type Turn<'m> = Vec<Vec<Lane<'m>>>;

/// Events that wait to be judged, in turns: those of a member in its order.
pub struct Turns<'m> {
    /// The number of the next turn.
    pub now: i64,
    /// How many events wait.
    pub waiting: usize,
    /// The next turn and those behind it.
    turns: VecDeque<Turn<'m>>,
    types: usize,
}

impl<'m> Turns<'m> {
    /// Nothing waits, of so many types of events; the next turn has a number.
    pub fn new(types: usize, now: i64) -> Self {
        Self { now, waiting: 0, turns: VecDeque::new(), types }
    }

    /// Lets an event wait for a turn, which is not over.
    #[inline]
    pub fn add(&mut self, turn: i64, event: EventId, lane: Lane<'m>, room: &Room) {
        let ahead = usize::try_from(turn - self.now).unwrap_or(0);
        while self.turns.len() <= ahead {
            self.turns.push_back(self.empty(room));
        }
        if let Some(lanes) = self.turns.get_mut(ahead).and_then(|turn| turn.get_mut(event.index())) {
            let index = u32::try_from(lanes.len()).unwrap_or(u32::MAX);
            lanes.push(Lane { index, ..lane });
            self.waiting += 1;
        }
    }

    /// The next turn, whose lists are to be given back.
    pub fn take(&mut self, room: &Room) -> Turn<'m> {
        let turn = self.turns.pop_front().unwrap_or_else(|| self.empty(room));
        self.now += 1;
        self.waiting -= turn.iter().map(Vec::len).sum::<usize>();
        turn
    }

    fn empty(&self, room: &Room) -> Turn<'m> {
        (0..self.types).map(|_| room.take_lanes()).collect()
    }
}
