//! Facts by the key under which reversals name them, where a member has many.

use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use crate::hir::{EventId, Reversal};
use crate::value::Value;

use super::fact::Fact;
use super::many::Many;

/// So few facts are looked through.
const FEW: usize = 64;

/// By type of reversal: the facts that it may name.
#[derive(Debug, Default)]
pub struct Named(Vec<(EventId, Table)>);

impl Clone for Named {
    /// A copy of a member finds its facts anew, once it is asked for them: most copies never are.
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Positions of facts, by the hash of their key.
#[derive(Debug, Default)]
struct Table {
    positions: HashTable<u32>,
    /// How many facts were looked at.
    seen: usize,
}

/// The hash of the values that a key consists of.
fn hash<'v>(values: impl Iterator<Item = Option<&'v Value>>) -> u64 {
    let mut hasher = FxBuildHasher.build_hasher();
    values.for_each(|value| value.hash(&mut hasher));
    hasher.finish()
}

fn of_fact(fact: &Fact, reversal: &Reversal) -> u64 {
    hash(reversal.key.iter().map(|(_, theirs)| fact.event.fields.get(theirs.0 as usize)))
}

impl Table {
    /// Takes in the facts that came since it was last asked.
    fn catch_up(&mut self, facts: &Many<Fact>, reversal: &Reversal) {
        let seen = self.seen;
        for (position, fact) in (seen..).zip(facts.iter_from(seen)) {
            let Ok(position) = u32::try_from(position) else { return };
            self.seen += 1;
            if fact.event.kind == reversal.of {
                let of = |at: &u32| facts.get(*at as usize).map_or(0, |fact| of_fact(fact, reversal));
                self.positions.insert_unique(of(&position), position, of);
            }
        }
    }
}

impl Named {
    /// Positions, from one on and in order, of all facts that an event may mean that reverses, and perhaps of some others.
    pub fn candidates(
        &mut self,
        facts: &Many<Fact>,
        first: usize,
        (event, fields): (EventId, &[Value]),
        reversal: &Reversal,
    ) -> Vec<usize> {
        if facts.len() - first.min(facts.len()) <= FEW {
            return (first..facts.len()).collect();
        }
        let place = self.0.iter().position(|(known, _)| *known == event).unwrap_or_else(|| {
            self.0.push((event, Table::default()));
            self.0.len() - 1
        });
        let Some((_, table)) = self.0.get_mut(place) else { return Vec::new() };
        table.catch_up(facts, reversal);
        let wanted = hash(reversal.key.iter().map(|(own, _)| fields.get(own.0 as usize)));
        let found = table.positions.iter_hash(wanted).map(|position| *position as usize);
        let mut found: Vec<usize> = found.filter(|position| *position >= first).collect();
        found.sort_unstable();
        found
    }
}
