//! Runs that only ask for sums: judged by the kernel where the program is plain enough.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use super::error::CliError;
use super::progress::Progress;
use super::summary::Summary;
use crate::engine::{Arrival, Engine};
use crate::events::{EventStream, Inputs, Map, Place, Reject, Taken};
use crate::kernel::{Block, Filler, Members, Odd, Plan, Scanner};
use crate::value::Instant;

/// How many events are judged at once.
const BLOCK: usize = 4_096;

/// How many blocks are on their way between two threads.
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
    let scanner = Scanner::new(&version.program, Filler::new(&plan));
    let mut pass = Pass { members: Members::new(Arc::new(plan)), summary };
    let stream = EventStream::new(&version.program, inputs, map, 0)?;
    let mut reading = Reading { stream, scanner };
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

/// Events that were read.
#[derive(Default)]
struct Read {
    block: Block,
    /// Where each was.
    places: Vec<Place>,
    /// Records that were no events.
    rejects: Vec<Reject>,
}

/// Events on their way in.
struct Reading<'p> {
    stream: EventStream<'p>,
    scanner: Scanner<'p>,
}

impl Reading<'_> {
    /// Reads a block; `false` at the end.
    fn fill(&mut self, read: &mut Read) -> Result<bool, Odd> {
        let Read { block, places, rejects } = read;
        block.clear();
        places.clear();
        rejects.clear();
        while places.len() + rejects.len() < BLOCK {
            let Self { stream, scanner } = self;
            match stream.next_or(&mut |text, part| scanner.record(text, part, block).is_some()) {
                Some(Ok(taken)) => {
                    if let Taken::Event(event) = taken {
                        scanner.event(&event, block).ok_or(Odd("a value that no cell holds"))?;
                    }
                    places.push(stream.place());
                }
                Some(Err(reject)) => rejects.push(reject),
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// One pass over the events.
struct Pass<'p> {
    members: Members,
    summary: Summary<'p>,
}

impl Pass<'_> {
    /// Reads and judges in turn.
    fn all(&mut self, reading: &mut Reading<'_>, progress: &mut Progress) -> Result<(), Odd> {
        let mut read = Read::default();
        while {
            let more = reading.fill(&mut read)?;
            self.judge(&mut read, progress)?;
            more
        } {}
        Ok(())
    }

    /// Judges beside a thread that reads. Blocks go back and forth, so that none is made twice.
    fn beside(&mut self, mut reading: Reading<'_>, progress: &mut Progress) -> Result<(), Odd> {
        std::thread::scope(|scope| {
            let (to_judge, full) = sync_channel::<Result<Read, Odd>>(AHEAD);
            let (to_read, empty) = sync_channel::<Read>(AHEAD);
            scope.spawn(move || {
                loop {
                    let mut read = empty.try_recv().unwrap_or_default();
                    let more = reading.fill(&mut read);
                    let last = more != Ok(true);
                    if to_judge.send(more.map(|_| read)).is_err() || last {
                        return;
                    }
                }
            });
            for read in full {
                let mut read = read?;
                self.judge(&mut read, progress)?;
                // Whoever reads may have come to the end.
                to_read.try_send(read).ok();
            }
            Ok(())
        })
    }

    fn judge(&mut self, read: &mut Read, progress: &mut Progress) -> Result<(), Odd> {
        let Self { members, summary } = self;
        let Read { block, places, rejects } = read;
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
