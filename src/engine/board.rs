//! Leaderboards: what members have brought in a period stands in shared pots; at its end the first get what their places bring.

use std::sync::Arc;

use imbl::OrdMap;

use crate::hir::{LeaderboardId, Read};
use crate::value::{Exact, Instant, Value};

use super::context::Cx;
use super::fault::Fault;
use super::fold::{Fold, View};
use super::house::House;
use super::mail::Content;
use super::outcome::{Cause, What};

/// Which leaderboard, and when its period ends.
pub type BoardKey = (LeaderboardId, Instant);

/// What each member has who can have a place.
pub type Scores = OrdMap<Arc<str>, Exact>;

/// In which order members came to what they have.
pub type Arrivals = OrdMap<Arc<str>, u64>;

/// Members in the order of their places, with these: who has as much as another has the same place, and the next ones are left free; or who
/// had it first comes first.
fn ranked<'s>(scores: &'s Scores, arrivals: Option<&Arrivals>) -> Vec<(u32, &'s Arc<str>, Exact)> {
    let arrived = |member: &Arc<str>| arrivals.and_then(|arrivals| arrivals.get(member)).copied();
    let mut members: Vec<(&Arc<str>, &Exact)> = scores.iter().collect();
    members.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| arrived(a).cmp(&arrived(b))).then_with(|| a.cmp(b)));
    let (mut place, mut above) = (0, None);
    let places = (1_u32..).zip(members).map(|(position, (member, score))| {
        if arrivals.is_some() || above != Some(score) {
            (place, above) = (position, Some(score));
        }
        (place, member, *score)
    });
    places.collect()
}

/// The place of a member on a leaderboard in the period at hand.
pub fn place(id: LeaderboardId, cx: &Cx<'_>) -> Option<Exact> {
    let pots = cx.pots?;
    let (key, scores) = pots.boards.iter().find(|((board, end), _)| *board == id && *end > cx.at.now)?;
    let (place, ..) =
        *ranked(scores, pots.arrivals.get(key)).iter().find(|(_, member, _)| **member == cx.state.member)?;
    Some(Exact::from(i64::from(place)))
}

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
                let before = self.pots.boards.entry(key).or_default().insert(self.state.member.clone(), score);
                if board.first_to_reach && before != Some(score) {
                    let arrivals = self.pots.arrivals.entry(key).or_default();
                    let last = arrivals.values().max().copied().unwrap_or(0);
                    arrivals.insert(self.state.member.clone(), last + 1);
                }
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

    /// Gives places.
    pub fn give_places(&mut self, at: Instant, id: LeaderboardId) {
        let Some(scores) = self.pots.boards.remove(&(id, at)) else { return };
        let arrivals = self.pots.arrivals.remove(&(id, at));
        let Some(board) = self.version.program.leaderboards.get(id) else { return };
        let last = board.places.last().map_or(0, |place| place.last);
        let about = format!("{}-{}", board.name, at.millis());
        for (place, member, score) in ranked(&scores, arrivals.as_ref()) {
            if place > last {
                break;
            }
            self.send(&about, at, member.clone(), Content::Place(id, place, score, scores.len() as u64));
        }
    }
}
