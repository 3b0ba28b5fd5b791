//! Runs that only ask for sums: judged by the kernel where the program is plain enough.

use std::sync::Arc;

use super::error::CliError;
use super::progress::Progress;
use super::summary::Summary;
use crate::engine::{Arrival, Engine};
use crate::events::{EventStream, Inputs, Map, Reject};
use crate::kernel::{Away, Batch, Crew, Plan, Reading};
use crate::value::Instant;

/// Judges all events of inputs that can be read again; `None` where only the fold can do it, which then reads them again.
///
/// # Errors
/// [`CliError`] where the inputs cannot be read.
pub(super) fn judge<'p>(
    engine: &'p Engine,
    summary: Summary<'p>,
    inputs: &Inputs,
    map: Option<&Map>,
    until: Option<Instant>,
    threads: usize,
    progress: &mut Progress,
) -> Result<Option<Summary<'p>>, CliError> {
    let [version] = engine.versions() else { return Ok(None) };
    if inputs.paths().iter().any(|path| !path.is_file()) {
        return Ok(None);
    }
    let Ok(plan) = Plan::of(version) else { return Ok(None) };
    let stream = EventStream::new(&version.program, inputs, map, 0)?;
    let reading = Reading::new(&version.program, &plan, stream);
    let (mut summary, mut crew) = (summary, Crew::new(&Arc::new(plan), threads));
    let done = crew.run(reading, &mut |batch, away| tell(&mut summary, batch, away, progress));
    let done = done.and_then(|()| crew.advance(until.map(Instant::millis)));
    Ok(done.is_ok().then(|| {
        summary.tight(&crew.told(), &crew.standing());
        // The process ends with the run: to take all members apart would only take time.
        std::mem::forget(crew);
        summary
    }))
}

/// Adds what became of a batch.
fn tell(summary: &mut Summary<'_>, batch: &mut Batch, away: &Away, progress: &mut Progress) {
    batch.rejects.drain(..).for_each(|reject| summary.reject(&reject));
    for _ in 0..batch.places.len() {
        progress.tick();
        summary.event();
    }
    let Batch { block, places, .. } = batch;
    for (source, arrival) in away {
        let row = block.rows.iter().find(|row| row.source == *source);
        match (arrival, row, places.get(*source as usize)) {
            (Arrival::Duplicate, ..) => summary.duplicate(),
            (Arrival::Refused(reason), Some(row), Some(place)) => {
                summary.reject(&Reject::of_event(place, block.id(row), block.member(row), reason.clone()));
            }
            _ => {}
        }
    }
}
