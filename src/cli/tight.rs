//! Runs that only ask for sums: judged by the kernel where the program is plain enough.

use std::sync::Arc;

use super::error::CliError;
use super::progress::Progress;
use super::summary::Summary;
use super::table::Table;
use crate::engine::{Arrival, Engine};
use crate::events::{EventStream, Inputs, Map, Reject};
use crate::hir::Program;
use crate::kernel::{Away, Batch, Crew, Plan, Reading, Repeats};
use crate::value::Instant;

/// What is judged, and how.
pub(super) struct Task<'a> {
    /// Events.
    pub inputs: &'a Inputs,
    /// How they are read.
    pub map: Option<&'a Map>,
    /// Up to when the clock is moved after them.
    pub until: Option<Instant>,
    /// How many threads work.
    pub threads: usize,
}

/// Judges all events of inputs that can be read again; `None` where only the fold can do it, which then reads them again.
///
/// # Errors
/// [`CliError`] where the inputs cannot be read.
pub(super) fn judge<'p>(
    engine: &'p Engine,
    versions: &'p [Arc<Program>],
    task: &Task<'_>,
    mut table: Option<&mut Table>,
    progress: &mut Progress,
) -> Result<Option<Summary<'p>>, CliError> {
    let Task { inputs, map, until, threads } = *task;
    let [version] = engine.versions() else { return Ok(None) };
    if inputs.paths().iter().any(|path| !path.is_file()) {
        return Ok(None);
    }
    let Ok(plan) = Plan::of(version) else { return Ok(None) };
    let plan = Arc::new(plan);
    // Mostly no event comes again. Where one does, or what only the fold can tell may come of that, everything is read again and each is
    // looked up.
    for repeats in [Repeats::Unexpected, Repeats::Expected] {
        let Some(mut summary) = Summary::new(versions, &[]) else { return Ok(None) };
        let stream = EventStream::new(&version.program, inputs, map, 0)?;
        let reading = Reading::new(&version.program, &plan, stream, repeats);
        let mut crew = Crew::new(&plan, threads, repeats);
        if table.is_some() {
            crew = crew.keeping_names();
        }
        let done = crew.run(reading, &mut |batch, away| tell(&mut summary, batch, away, until, progress));
        if done.and_then(|()| crew.advance(until.map(Instant::millis))).is_ok() {
            summary.tight(&crew.told(), &crew.standing());
            if let Some(table) = table.as_deref_mut() {
                table.crew(&version.program, &mut crew)?;
            }
            // The process ends with the run: to take all members apart would only take time.
            std::mem::forget(crew);
            return Ok(Some(summary));
        }
        progress.at(0);
    }
    Ok(None)
}

/// Adds what became of a batch.
fn tell(summary: &mut Summary<'_>, batch: &mut Batch, away: &Away, until: Option<Instant>, progress: &mut Progress) {
    batch.rejects.drain(..).for_each(|reject| summary.reject(&reject));
    for _ in 0..batch.places.len() {
        progress.tick();
        summary.event();
    }
    let Batch { block, places, .. } = batch;
    if let Some(until) = until.map(Instant::millis) {
        summary.beyond(block.rows.iter().map(|row| u64::from(row.time >= until)).sum());
    }
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
