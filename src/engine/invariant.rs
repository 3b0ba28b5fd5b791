//! What a program promises of its members, looked at as they stand.

use crate::hir::Invariant;
use crate::value::Value;

use super::driver::Engine;
use super::pots::Pots;
use super::state::State;
use super::words;

/// An invariant that does not hold for a member.
#[derive(Debug, Clone)]
pub struct Broken<'p> {
    /// Which.
    pub invariant: &'p Invariant,
    /// What it mentions, with values, in words; or why it cannot be computed.
    pub because: String,
}

impl Engine {
    /// The invariants of the newest version that do not hold for a member now, in order of declaration.
    pub fn broken(&self, state: &State, pots: &Pots) -> Vec<Broken<'_>> {
        self.broken_of(state, pots, |_| true)
    }

    /// The same of those that somebody still asks for.
    pub fn broken_of(&self, state: &State, pots: &Pots, asked: impl Fn(&Invariant) -> bool) -> Vec<Broken<'_>> {
        let Some(newest) = self.newest().filter(|newest| !newest.program.invariants.is_empty()) else {
            return Vec::new();
        };
        let state = self.in_newest(state);
        let look = newest.program.invariants.iter().filter(|invariant| asked(invariant)).filter_map(|invariant| {
            let because = match self.evaluate(&state, pots, &invariant.condition) {
                Ok(Value::Bool(true)) => return None,
                Ok(_) => self.look(&state, |cx| Ok(words::values(&invariant.condition, cx))).unwrap_or_default(),
                Err(fault) => fault.to_string(),
            };
            Some(Broken { invariant, because })
        });
        look.collect()
    }
}
