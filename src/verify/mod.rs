//! Attacks a program: makes up what members could do, looks for what must not be possible, and makes it small.
//!
//! A run is a script that a seed and a number fix; scripts do not depend on each other. For each script every property is looked at: those
//! that every program should have, and the invariants that this one declares. Many compare two worlds: one in which something happened,
//! such as an order that came back, and one in which it did not; whoever has more in the first, and less of nothing, has found a hole.

mod books;
mod gain;
mod invariant;
mod invent;
mod maximise;
mod moving;
mod orders;
mod persons;
mod property;
mod refunds;
mod script;
mod shrink;
mod stage;
mod telling;
mod trial;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compile::compile;
use crate::hir::Program;

pub use maximise::{Climb, Height, Summit, goal};
pub use property::{Property, properties};
pub use trial::Target;

use property::{Breach, Case, Kind};

impl Target {
    /// The versions of a program, in order.
    pub fn new(versions: &[Arc<Program>]) -> Option<Self> {
        let program = versions.last()?.clone();
        Some(Self { program, engine: compile(versions).with_test_seed() })
    }

    /// The newest version.
    pub fn program(&self) -> &Program {
        &self.program
    }
}

/// An attack on a program.
pub struct Attack<'t> {
    /// What is attacked.
    pub target: &'t Target,
    /// What is looked at.
    pub properties: Vec<Property>,
    /// What fixes all scripts.
    pub seed: u64,
}

/// A script that breaks a property, as it was made up.
pub struct Hit {
    /// The position of the property.
    pub property: usize,
    /// The number of the run.
    pub run: u64,
    breach: Breach,
}

/// A hole.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The position of the property.
    pub property: usize,
    /// The number of the run.
    pub run: u64,
    /// How many moves the script had that found it.
    pub found_with: usize,
    /// How many are left.
    pub moves: usize,
    /// What is the case, in words.
    pub because: String,
    /// A scenario that fails as long as the hole is there.
    pub scenario: String,
}

impl Attack<'_> {
    /// Makes up the script of a number and looks at the properties that are still open.
    pub fn run(&self, number: u64, open: impl Fn(usize) -> bool) -> Vec<Hit> {
        let script = invent::invent(self.target, self.seed, number);
        let mut case = Case::new(self.target, &script);
        let (mut hits, mut promises) = (Vec::new(), BTreeMap::new());
        for (position, property) in self.properties.iter().enumerate().filter(|(position, _)| open(*position)) {
            if let Kind::Invariant(invariant) = property.kind {
                promises.insert(invariant, position);
            } else if let Some(breach) = property.broken_by(&mut case) {
                hits.push(Hit { property: position, run: number, breach });
            }
        }
        let invariants: Vec<usize> = promises.keys().copied().collect();
        for (invariant, breach) in invariant::broken(self.target, &script, &invariants) {
            hits.extend(promises.get(&invariant).map(|position| Hit { property: *position, run: number, breach }));
        }
        hits
    }

    /// The smallest script that breaks the same property, as a scenario.
    pub fn shrink(&self, hit: Hit) -> Option<Finding> {
        let property = self.properties.get(hit.property)?;
        let found_with = hit.breach.script.moves.len();
        let breach = shrink::shrink(self.target, property, hit.breach);
        let name =
            if property.own { format!("the invariant {} holds", property.name) } else { property.sentence.to_string() };
        Some(Finding {
            property: hit.property,
            run: hit.run,
            found_with,
            moves: breach.script.moves.len(),
            because: breach.because,
            scenario: telling::scenario(&self.target.program, &name, &breach.script, &breach.claim),
        })
    }
}
