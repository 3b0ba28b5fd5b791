//! A program in force, with how its expressions are computed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::hir::{DrawId, Program};
use crate::value::{Calendar, Instant, Value, Zone};

use super::judge::Judge;
use super::listeners::Listeners;
use super::lottery::Seed;
use super::outline::Outline;
use super::state::State;

/// One version of a program, ready to judge.
#[derive(Clone)]
pub struct Version {
    /// The program.
    pub program: Arc<Program>,
    /// How its expressions are computed.
    pub judge: Arc<dyn Judge>,
    /// Its names.
    pub outline: Arc<Outline>,
    /// What of it listens to what.
    pub listeners: Arc<Listeners>,
    /// Its calendar.
    pub calendar: Calendar,
    /// From when on it is in force.
    pub from: Instant,
    /// The secret seeds of its draws, as far as they were given.
    pub seeds: Arc<BTreeMap<DrawId, Seed>>,
}

impl Version {
    /// A program with a way to compute its expressions.
    pub fn new(program: Arc<Program>, judge: Arc<dyn Judge>) -> Self {
        let zone = program.settings.zone.clone();
        let from = program.settings.effective_from.map_or(Instant::FIRST, |day| zone.start_of(day));
        let calendar = Calendar { zone, starts: program.settings.starts };
        let (outline, listeners) = (Arc::new(Outline::of(&program)), Arc::new(Listeners::of(&program)));
        Self { outline, listeners, program, judge, calendar, from, seeds: Arc::default() }
    }

    /// The calendar of a member: in the member's own zone where the program says so and the zone is known.
    pub fn calendar_of(&self, state: &State) -> Calendar {
        let own = self.program.settings.zone_of_member.and_then(|id| state.attributes.get(id));
        match own {
            Some(Value::Text(name)) => match Zone::find(name) {
                Some(zone) => Calendar { zone, starts: self.calendar.starts },
                None => self.calendar.clone(),
            },
            _ => self.calendar.clone(),
        }
    }
}
