//! Customers and events for any program, made up from what the program says: the same for the same seed, on every machine.
//!
//! Most members come seldom and a few come often; amounts lie around the thresholds of the program, so that both sides of each are met.
//! Some orders come back, vouchers are used, offers are taken, points are spent when there are enough. What members ask for is judged on the
//! way, so that they ask for what they may have.

mod clues;
mod dice;
mod fields;
mod forms;
mod story;
mod wishes;

pub(crate) use clues::Clues;
pub(crate) use dice::Dice;
pub(crate) use fields::Maker;
pub(crate) use forms::{asked, released_by, usual_events};
pub(crate) use wishes::wishes;

use std::sync::Arc;

use crate::engine::Event;
use crate::hir::Program;
use crate::value::Day;

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// How many members.
    pub members: u32,
    /// What fixes everything that is left to chance.
    pub seed: u64,
    /// The first day; chosen from the dates that the program mentions where none is given.
    pub from: Option<Day>,
    /// How many days.
    pub days: u32,
}

/// Events in the order in which they happen, for the versions of a program in order.
pub fn sample(versions: &[Arc<Program>], wanted: &Wanted) -> Vec<Event> {
    let Some(program) = versions.last() else { return Vec::new() };
    story::Story::new(versions, program, wanted).map_or_else(Vec::new, story::Story::tell)
}
