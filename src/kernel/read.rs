//! Reads blocks of rows.

use std::sync::Arc;

use crate::events::{EventStream, Part, Place, Reject, Ruled, Taken, Taker};
use crate::hir::Program;

use super::crew::Repeats;
use super::judge::Odd;
use super::plan::Plan;
use super::rows::{Block, Filler};
use super::scan::Scanner;

/// How many records a block has.
const RECORDS: usize = 3_072;

/// Records that were read.
#[derive(Default)]
pub struct Batch {
    /// Those that are events.
    pub block: Block,
    /// Where each of them was, by [`super::Row::source`].
    pub places: Places,
    /// Those that are none.
    pub rejects: Vec<Reject>,
}

/// Where records were, in order.
#[derive(Default)]
pub struct Places {
    /// The first of them that was in each file.
    files: Vec<(usize, Arc<str>)>,
    /// Lines and columns.
    at: Vec<(u64, u64)>,
}

impl Places {
    fn clear(&mut self) {
        self.files.clear();
        self.at.clear();
    }

    /// Adds those of so many records, one on each line, of which the last is at `place`.
    fn push(&mut self, place: &Place, records: u64) {
        if self.files.last().is_none_or(|(_, file)| !Arc::ptr_eq(file, &place.file)) {
            self.files.push((self.at.len(), Arc::clone(&place.file)));
        }
        let lines = place.line.saturating_sub(records - 1)..=place.line;
        self.at.extend(lines.map(|line| (line, place.column)));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// One of them.
    pub fn get(&self, at: usize) -> Option<Place> {
        let (line, column) = *self.at.get(at)?;
        let (_, file) = self.files.iter().rev().find(|(first, _)| *first <= at)?;
        Some(Place { file: Arc::clone(file), line, column })
    }
}

/// Events on their way in.
pub struct Reading<'p> {
    stream: EventStream<'p>,
    scanner: Scanner<'p>,
}

impl<'p> Reading<'p> {
    /// Reads the events of a stream for a plan of the same program.
    pub fn new(program: &'p Program, plan: &Plan, stream: EventStream<'p>, repeats: Repeats) -> Self {
        Self { stream, scanner: Scanner::new(program, Filler::new(plan, repeats)) }
    }

    /// Reads a batch; `false` at the end, when there is nothing behind it.
    ///
    /// # Errors
    /// [`Odd`] where a value fits no cell.
    pub fn fill(&mut self, batch: &mut Batch) -> Result<bool, Odd> {
        let Self { stream, scanner } = self;
        let Batch { block, places, rejects } = batch;
        block.clear();
        places.clear();
        rejects.clear();
        while places.len() + rejects.len() < RECORDS {
            let room = RECORDS - places.len() - rejects.len();
            match stream.next_or(&mut Into { scanner, block, room }) {
                Some(Ok(taken)) => {
                    let records = match taken {
                        Taken::AsTheyAre(records) => records,
                        Taken::Event(event) => {
                            scanner.event(&event, block).ok_or(Odd("a value that fits no cell"))?;
                            1
                        }
                    };
                    places.push(stream.place(), records);
                }
                Some(Err(reject)) => rejects.push(reject),
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// A scanner, the block that it fills, and how many records have room.
struct Into<'i, 'p> {
    scanner: &'i mut Scanner<'p>,
    block: &'i mut Block,
    room: usize,
}

impl Taker for Into<'_, '_> {
    fn recognise(&mut self, bytes: &[u8]) -> (usize, u64) {
        self.scanner.recognised(bytes, self.room, self.block)
    }

    fn take(&mut self, text: &str, record: Part<'_, '_>) -> bool {
        self.scanner.record(text, record, self.block).is_some()
    }

    fn rows(&mut self, ruled: &Ruled<'_>, bytes: &[u8]) -> (usize, u64) {
        self.scanner.rows(ruled, bytes, self.room, self.block)
    }
}
