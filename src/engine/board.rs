//! Leaderboards: what members have brought in a period stands in shared pots; at its end the first get what their places bring.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::hir::{LeaderboardId, Read};
use crate::value::{Exact, Instant, Value};

use super::fault::Fault;
use super::fold::{Fold, View};
use super::house::House;
use super::mail::Content;
use super::outcome::{Cause, What};

/// Which leaderboard, and when its period ends.
pub type BoardKey = (LeaderboardId, Instant);

/// What each member has who can have a place.
pub type Scores = BTreeMap<Arc<str>, Exact>;

impl Fold<'_> {
    /// Notes what the member has now on each leaderboard.
    pub fn rank(&mut self) -> Result<(), Fault> {
        for (id, board) in self.program.leaderboards.pairs() {
            // The days are the member's, the end is one for all members: that of the program's own zone.
            let end = self.version.calendar.zone.start_of(self.this_period(board.period).end);
            if end <= self.at.now {
                continue;
            }
            let key = (id, end);
            let score = match self.cx(View::default()).read(Read::Measure(board.by))? {
                Value::Exact(score) => score,
                _ => Exact::ZERO,
            };
            let enough = score > Exact::ZERO && board.least.is_none_or(|least| score >= least);
            if enough && !self.state.left {
                self.pots.boards.entry(key).or_default().insert(self.state.member.clone(), score);
            } else if let Some(scores) = self.pots.boards.get_mut(&key) {
                scores.remove(&self.state.member);
            }
        }
        Ok(())
    }

    /// The member has a place that brings something.
    pub fn placed(&mut self, id: LeaderboardId, place: u32, score: Exact, of: u64) -> Result<(), Fault> {
        let Some(board) = self.program.leaderboards.get(id) else { return Ok(()) };
        let Some(prize) = board.places.iter().find(|prize| (prize.first..=prize.last).contains(&place)) else {
            return Ok(());
        };
        let ty = self.program.measures.at(board.by).ty;
        let score = super::words::value(self.program, ty, &Value::Exact(score));
        self.emit(Cause::Rule(prize.rule), What::Ranked { board: id, place, of, score });
        self.fire(prize.rule, View::default()).map(drop)
    }
}

impl House<'_> {
    /// When a leaderboard next ends.
    pub fn board_ends(&self) -> Option<(Instant, LeaderboardId)> {
        self.pots.boards.keys().map(|(id, end)| (*end, *id)).min()
    }

    /// Gives places: who has as much as another has the same place, and the next ones are left free.
    pub fn give_places(&mut self, at: Instant, id: LeaderboardId) {
        let Some(scores) = self.pots.boards.remove(&(id, at)) else { return };
        let Some(board) = self.version.program.leaderboards.get(id) else { return };
        let last = board.places.last().map_or(0, |place| place.last);
        let mut ranked: Vec<(&Arc<str>, &Exact)> = scores.iter().collect();
        ranked.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
        let about = format!("{}-{}", board.name, at.millis());
        let (mut place, mut above) = (0, None);
        for (position, (member, score)) in (1_u32..).zip(ranked) {
            if above != Some(score) {
                (place, above) = (position, Some(score));
            }
            if place > last {
                break;
            }
            self.send(&about, at, member.clone(), Content::Place(id, place, *score, scores.len() as u64));
        }
    }
}
