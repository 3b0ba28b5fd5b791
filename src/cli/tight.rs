//! Runs that only ask for sums: judged by the kernel where the program is plain enough.

use std::sync::Arc;

use super::error::CliError;
use super::progress::Progress;
use super::summary::Summary;
use crate::engine::{Arrival, Engine};
use crate::events::{EventStream, Inputs, Place, Reject, Taken};
use crate::kernel::{Block, Filler, Members, Odd, Plan, Scanner};
use crate::value::Instant;

/// How many events are judged at once.
const BLOCK: usize = 4_096;

/// Judges all events of inputs that can be read again; `None` where only the fold can do it, which then reads them again.
///
/// # Errors
/// [`CliError`] where the inputs cannot be read.
pub(super) fn judge<'p>(
    engine: &'p Engine,
    summary: Summary<'p>,
    inputs: &Inputs,
    until: Option<Instant>,
    progress: &mut Progress,
) -> Result<Option<Summary<'p>>, CliError> {
    let [version] = engine.versions() else { return Ok(None) };
    if inputs.paths().iter().any(|path| !path.is_file()) {
        return Ok(None);
    }
    let Ok(plan) = Plan::of(version) else { return Ok(None) };
    let plan = Arc::new(plan);
    let filler = Filler { shapes: plan.shapes.clone(), printer: plan.printer.clone() };
    let scanner = Scanner::new(&version.program, filler);
    let mut stream = EventStream::new(&version.program, inputs, None, 0)?;
    let mut pass = Pass { members: Members::new(plan), scanner, block: Block::default(), places: Vec::new(), summary };
    Ok(match pass.all(&mut stream, until, progress) {
        Ok(()) => {
            let Pass { members, mut summary, .. } = pass;
            summary.tight(&members.told, &members.standing());
            Some(summary)
        }
        Err(Odd) => None,
    })
}

/// One pass over the events.
struct Pass<'p> {
    members: Members,
    scanner: Scanner<'p>,
    block: Block,
    /// Where each row was read.
    places: Vec<Place>,
    summary: Summary<'p>,
}

impl Pass<'_> {
    fn all(
        &mut self,
        stream: &mut EventStream<'_>,
        until: Option<Instant>,
        progress: &mut Progress,
    ) -> Result<(), Odd> {
        loop {
            let Self { members, scanner, block, .. } = self;
            let mut number = |name: &str| members.number(name);
            let Some(record) = stream.next_or(&mut |raw| scanner.record(raw, &mut number, block).is_some()) else { break };
            progress.tick();
            match record {
                Ok(taken) => {
                    if let Taken::Event(event) = taken {
                        scanner.filler().event(&event, number(&event.member), block).ok_or(Odd)?;
                    }
                    self.summary.event();
                    self.places.push(stream.place());
                    if block.rows.len() > BLOCK {
                        self.judge()?;
                    }
                }
                Err(reject) => self.summary.reject(&reject),
            }
        }
        self.judge()?;
        self.members.advance(until.map(Instant::millis))
    }

    fn judge(&mut self) -> Result<(), Odd> {
        let Self { members, block, places, summary, .. } = self;
        let mut refused = Vec::new();
        members.judge(block, &mut |row, arrival| match arrival {
            Arrival::Accepted => {}
            Arrival::Duplicate => summary.duplicate(),
            Arrival::Refused(reason) => refused.push((*row, reason)),
        })?;
        refused.sort_by_key(|(row, _)| row.source);
        for (row, reason) in refused {
            if let Some(place) = places.get(row.source) {
                let member = members.name(row.member);
                summary.reject(&Reject::of_event(place.clone(), block.id(&row), member, reason));
            }
        }
        block.clear();
        places.clear();
        Ok(())
    }
}
