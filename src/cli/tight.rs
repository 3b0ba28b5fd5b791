//! Runs that only ask for sums: judged by the kernel where the program is plain enough.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use super::error::CliError;
use super::progress::Progress;
use super::summary::Summary;
use crate::engine::{Arrival, Engine};
use crate::events::{EventStream, Inputs, Map, Reject};
use crate::kernel::{Batch, Members, Odd, Plan, Reading};
use crate::value::Instant;

/// How many batches are on their way between two threads.
const AHEAD: usize = 8;

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
    let mut reading = Reading::new(&version.program, &plan, stream);
    let mut pass = Pass { members: Members::new(Arc::new(plan)), summary };
    let done = if threads < 2 { pass.all(&mut reading, progress) } else { pass.beside(reading, progress) };
    let done = done.and_then(|()| pass.members.advance(until.map(Instant::millis)));
    Ok(done.is_ok().then(|| {
        let Pass { members, mut summary } = pass;
        summary.tight(&members.told, &members.standing());
        // The process ends with the run: to take all members apart would only take time.
        std::mem::forget(members);
        summary
    }))
}

/// One pass over the events.
struct Pass<'p> {
    members: Members,
    summary: Summary<'p>,
}

impl Pass<'_> {
    /// Reads and judges in turn.
    fn all(&mut self, reading: &mut Reading<'_>, progress: &mut Progress) -> Result<(), Odd> {
        let mut batch = Batch::default();
        while {
            let more = reading.fill(&mut batch)?;
            self.judge(&mut batch, progress)?;
            more
        } {}
        Ok(())
    }

    /// Judges beside a thread that reads. Batches go back and forth, so that none is made twice.
    fn beside(&mut self, mut reading: Reading<'_>, progress: &mut Progress) -> Result<(), Odd> {
        std::thread::scope(|scope| {
            let (to_judge, full) = sync_channel::<Result<Batch, Odd>>(AHEAD);
            let (to_read, empty) = sync_channel::<Batch>(AHEAD);
            scope.spawn(move || {
                loop {
                    let mut batch = empty.try_recv().unwrap_or_default();
                    let more = reading.fill(&mut batch);
                    let last = more != Ok(true);
                    if to_judge.send(more.map(|_| batch)).is_err() || last {
                        return;
                    }
                }
            });
            for batch in full {
                let mut batch = batch?;
                self.judge(&mut batch, progress)?;
                // Whoever reads may have come to the end.
                to_read.try_send(batch).ok();
            }
            Ok(())
        })
    }

    fn judge(&mut self, batch: &mut Batch, progress: &mut Progress) -> Result<(), Odd> {
        let Self { members, summary } = self;
        let Batch { block, places, rejects } = batch;
        rejects.drain(..).for_each(|reject| summary.reject(&reject));
        places.iter().for_each(|_| {
            progress.tick();
            summary.event();
        });
        let mut refused = Vec::new();
        members.judge(block, &mut |row, arrival| match arrival {
            Arrival::Accepted => {}
            Arrival::Duplicate => summary.duplicate(),
            Arrival::Refused(reason) => refused.push((*row, reason)),
        })?;
        refused.sort_by_key(|(row, _)| row.source);
        for (row, reason) in refused {
            if let Some(place) = places.get(row.source) {
                summary.reject(&Reject::of_event(place.clone(), block.id(&row), block.member(&row), reason));
            }
        }
        Ok(())
    }
}
