//! A history as it is judged for a comparison or a report.

use super::error::CliError;
use super::progress::Progress;
use super::seeds;
use crate::compile::compile;
use crate::engine::lottery::Seed;
use crate::engine::{Arrival, Event, Outcome, World};
use crate::events::{EventStream, Inputs, Map, Reject};
use crate::hir::Program;
use crate::value::Instant;

/// How many events are judged at once.
const BATCH: usize = 1 << 18;

/// What sees a history.
pub(super) trait Watcher {
    /// An event was read.
    fn read(&mut self, _event: &Event) {}
    /// What became of an event that was read.
    fn arrived(&mut self, _arrival: &Arrival) {}
    /// A record was no event, or was turned away.
    fn reject(&mut self, _reject: &Reject) {}
    /// Something happened.
    fn outcome(&mut self, outcome: &Outcome);
}

/// Records and what is needed to judge them.
pub(super) struct History<'h> {
    pub inputs: &'h Inputs,
    pub seeds: &'h [Seed],
    pub until: Option<Instant>,
}

impl History<'_> {
    /// Judges everything, and lets what is due happen; returns where members stand then.
    pub fn judge(
        &self,
        versions: &[std::sync::Arc<Program>],
        map: Option<&Map>,
        mut progress: Progress,
        watcher: &mut impl Watcher,
    ) -> Result<World, CliError> {
        let mut world = World::new(seeds::give(compile(versions), self.seeds)?);
        let Some(program) = versions.last() else { return Ok(world) };
        let mut stream = EventStream::new(program, self.inputs, map, 0)?;
        let (mut batch, mut places) = (Vec::new(), Vec::new());
        loop {
            let record = stream.next();
            let done = record.is_none();
            match record {
                Some(Ok(event)) => {
                    progress.tick();
                    watcher.read(&event);
                    places.push((stream.place().clone(), event.id.clone(), event.member.clone()));
                    batch.push(event);
                }
                Some(Err(reject)) => watcher.reject(&reject),
                None => {}
            }
            if done || batch.len() == BATCH {
                let arrivals = world.submit(std::mem::take(&mut batch), &mut |outcome| watcher.outcome(&outcome));
                for ((place, id, member), arrival) in std::mem::take(&mut places).into_iter().zip(arrivals) {
                    watcher.arrived(&arrival);
                    if let Arrival::Refused(reason) = arrival {
                        watcher.reject(&Reject::of_event(place, &id, &member, reason));
                    }
                }
            }
            if done {
                break;
            }
        }
        world.advance(self.until, &mut |outcome| watcher.outcome(&outcome));
        Ok(world)
    }
}
