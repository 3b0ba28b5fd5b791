//! Moves from one tier to another, as they are told: how many there were on a day, and where each member stood at any moment. A member's own
//! state knows only what its refunds have left of that.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::hir::{LadderId, Program, Tier};
use crate::value::{Day, Instant};

use super::scope::Window;

/// A move from one tier of a ladder to another.
pub type Move = (LadderId, u32, u32);

/// Moves on one ladder by their moment, each from a tier to another.
type Told = BTreeMap<Instant, Vec<[u32; 2]>>;

/// All moves of a history, in terms of the newest version.
#[derive(Debug, Clone, Default)]
pub struct Moves {
    days: BTreeMap<Move, BTreeMap<Day, i64>>,
    /// Moves of each member on each ladder, by their moment.
    members: BTreeMap<Arc<str>, BTreeMap<LadderId, Told>>,
}

impl Moves {
    /// A member moved, or it turns out that it never did (`holds`): that takes the move back on its own day.
    pub fn add(&mut self, member: &Arc<str>, (at, day): (Instant, Day), moved: Move, holds: bool) {
        *self.days.entry(moved).or_default().entry(day).or_default() += if holds { 1 } else { -1 };
        let (ladder, from, to) = moved;
        let ladders = self.members.entry(member.clone()).or_default();
        let told = ladders.entry(ladder).or_default().entry(at).or_default();
        if holds {
            told.push([from, to]);
        } else if let Some(place) = told.iter().position(|other| *other == [from, to]) {
            told.remove(place);
        }
    }

    /// The tiers of a member on each of some ladders: since when.
    pub fn of(&self, member: &str, ladders: impl Iterator<Item = LadderId>) -> Vec<Vec<(Instant, u32)>> {
        let own = self.members.get(member);
        ladders.map(|ladder| own.and_then(|own| own.get(&ladder)).map_or_else(Vec::new, history)).collect()
    }

    /// The last day is over: what the clock did at the midnight that ends it, belongs to it.
    pub fn close(&mut self, last: Day) {
        self.days.values_mut().for_each(|days| super::watch::close(days, last, |sum, more| *sum += more));
    }

    /// How often members went from one tier to another in a time.
    pub fn within(&self, window: Window) -> BTreeMap<Move, i64> {
        let sum = |days: &BTreeMap<Day, i64>| days.range(window.from..=window.to).map(|(_, sum)| sum).sum();
        self.days.iter().map(|(moved, days)| (*moved, sum(days))).collect()
    }
}

/// Where a member came to stand with each moment. Corrections tell moves of one moment in any order: it stands where more of them lead to than from.
fn history(moves: &Told) -> Vec<(Instant, u32)> {
    let end = |told: &Vec<[u32; 2]>| {
        let balance = |tier: u32| {
            let to = told.iter().filter(|moved| moved[1] == tier).count();
            let from = told.iter().filter(|moved| moved[0] == tier).count();
            to > from
        };
        told.iter().map(|moved| moved[1]).find(|to| balance(*to))
    };
    moves.iter().filter_map(|(at, told)| Some((*at, end(told)?))).collect()
}

/// A move of an older version in terms of the newest, through all in between. What was in a tier that is no more is in the nearest below, as
/// members are who hold it; `None` where no move is left of it.
pub fn in_newest(versions: &[Arc<Program>], version: usize, moved: Move) -> Option<Move> {
    let mut now = moved;
    for pair in versions.get(version..)?.windows(2) {
        let [old, new] = pair else { continue };
        let (ladder, from, to) = now;
        let was = old.ladders.get(ladder)?;
        let id = new.ladders.find(|new| new.name == was.name || new.was.as_ref() == Some(&was.name))?;
        let tiers = &new.ladders.get(id)?.tiers;
        let place = |tier: u32| nearest(&was.tiers, tiers, tier);
        now = (id, place(from), place(to));
    }
    (now.1 != now.2).then_some(now)
}

fn nearest(old: &[Tier], new: &[Tier], tier: u32) -> u32 {
    let same = |old: &Tier| new.iter().position(|new| new.name == old.name || new.was.as_ref() == Some(&old.name));
    let mut below = old.iter().take(tier as usize + 1).rev();
    below.find_map(same).and_then(|place| u32::try_from(place).ok()).unwrap_or(0)
}
