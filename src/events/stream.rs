//! All events of all inputs, one after another.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::Event;
use crate::hir::Program;

use super::decode::Decoder;
use super::input::{Aside, Inputs, Known, Opened, open, shown};
use super::lines::damage;
use super::map::{Map, MapError, Mapped, Mapper};
use super::node::{Place, Raw};
use super::reject::Reject;
use super::slices::Ruled;
use super::tape::Part;

/// Hands out records one by one.
pub(crate) trait Reader {
    /// The next record or reject; `None` at the end, for ever.
    fn next(&mut self) -> Option<Result<Raw<'_>, Reject>>;
}

impl Opened {
    /// The columns of a table whose header could be read.
    fn columns(&self) -> Option<&[String]> {
        if let Self::Table(table) = self { table.columns() } else { None }
    }
}

impl Reader for Opened {
    fn next(&mut self) -> Option<Result<Raw<'_>, Reject>> {
        match self {
            Self::Table(table) => table.next(),
            Self::Lines(lines) => lines.next(),
            Self::Records(reader) => reader.next(),
        }
    }
}

/// Events and rejects in the order of the inputs. Only one record is held at a time, and with a map that groups rows, the groups at hand.
pub struct EventStream<'p> {
    decoder: Decoder<'p>,
    waiting: VecDeque<PathBuf>,
    aside: Option<Aside>,
    open: Option<Opened>,
    mapper: Option<Mapper>,
    records: u64,
    /// How many rows came before this stream.
    first: u64,
    place: Place,
    /// Why the first file cannot be read, to be told first.
    unreadable: Option<Reject>,
}

impl<'p> EventStream<'p> {
    /// Events of `inputs` for `program`, as they are, or through `map`. Rows of a map are numbered from `first` on: their order decides between
    /// events of one moment. Other events say their order themselves, with `sequence`.
    ///
    /// # Errors
    /// [`MapError`] where the map does not fit the program, or the columns of the first table.
    pub fn new(program: &'p Program, inputs: &Inputs, map: Option<&Map>, first: u64) -> Result<Self, MapError> {
        let decoder = Decoder::new(program);
        let mapper = map.map(|map| map.bind(&decoder)).transpose()?;
        let mut stream = Self {
            decoder,
            waiting: inputs.paths().iter().cloned().collect(),
            aside: inputs.aside(),
            open: None,
            mapper,
            records: 0,
            first,
            place: Place { file: "-".into(), line: 1, column: 1 },
            unreadable: None,
        };
        // Columns that a map names and the first table has not are better told before anything is judged.
        if let (Some(mapper), Some(path)) = (&stream.mapper, stream.waiting.front().cloned()) {
            stream.waiting.pop_front();
            match open(&path, mapper.known(), stream.aside) {
                Ok(opened) => {
                    if let Some(columns) = opened.columns() {
                        mapper.check_columns(columns, &shown(&path))?;
                    }
                    stream.open = Some(opened);
                }
                Err(error) => stream.unreadable = Some(unreadable(&path, &error)),
            }
        }
        Ok(stream)
    }

    /// How many records were read so far, rejects included.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Where the record of the last event begins; with a map that groups rows, the first row of its group.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What a map has kept back until its turn.
    fn mapped(&mut self, (place, event): Mapped) -> Result<Taken, Reject> {
        self.place = place;
        event.map(Taken::Event)
    }

    fn open_next(&mut self, path: &std::path::Path) -> Option<Reject> {
        let unknown = Known::default();
        match open(path, self.mapper.as_ref().map_or(&unknown, Mapper::known), self.aside) {
            Ok(opened) => {
                if let (Some(mapper), Some(columns)) = (&self.mapper, opened.columns())
                    && let Err(error) = mapper.check_columns(columns, &shown(path))
                {
                    let place = Place { file: shown(path), line: 1, column: 1 };
                    return Some(Reject::new(place, format!("the map does not fit this file: {error}"), ""));
                }
                self.open = Some(opened);
                None
            }
            Err(error) => Some(unreadable(path, &error)),
        }
    }
}

fn unreadable(path: &std::path::Path, error: &std::io::Error) -> Reject {
    let place = Place { file: shown(path), line: 1, column: 1 };
    Reject::new(place, damage(error), "")
}

/// Takes records before they are decoded.
pub(crate) trait Taker {
    /// Takes records of JSON Lines that bytes begin with, as long as they are written like ones before, with their ends of line; returns how
    /// many bytes they have, and how many they are. Nothing is known of the bytes.
    fn recognise(&mut self, bytes: &[u8]) -> (usize, u64);

    /// Takes a record that is well formed and was taken apart, unless it is better decoded.
    fn take(&mut self, text: &str, record: Part<'_, '_>) -> bool;

    /// Takes rows of a table that bytes begin with, as long as they are not better decoded, as [`Taker::recognise`].
    fn rows(&mut self, ruled: &Ruled<'_>, bytes: &[u8]) -> (usize, u64);
}

/// Nobody takes anything: all records are decoded.
impl Taker for () {
    fn recognise(&mut self, _: &[u8]) -> (usize, u64) {
        (0, 0)
    }

    fn take(&mut self, _: &str, _: Part<'_, '_>) -> bool {
        false
    }

    fn rows(&mut self, _: &Ruled<'_>, _: &[u8]) -> (usize, u64) {
        (0, 0)
    }
}

/// What became of records.
pub(crate) enum Taken {
    /// Whoever was asked first took so many.
    AsTheyAre(u64),
    /// It is an event.
    Event(Event),
}

impl EventStream<'_> {
    /// The next record, or more of them where they were taken at once. One of JSON Lines that no map reads, or of a table, is shown to `taker`, and decoded where that does not take it.
    pub(crate) fn next_or<T: Taker>(&mut self, taker: &mut T) -> Option<Result<Taken, Reject>> {
        if let Some(reject) = self.unreadable.take() {
            return Some(Err(reject));
        }
        loop {
            if let Some(mapped) = self.mapper.as_mut().and_then(|mapper| mapper.ready(&self.decoder)) {
                return Some(self.mapped(mapped));
            }
            let Some(reader) = &mut self.open else {
                match self.waiting.pop_front() {
                    Some(path) => {
                        if let Some(reject) = self.open_next(&path) {
                            return Some(Err(reject));
                        }
                        continue;
                    }
                    None => {
                        let mapper = self.mapper.as_mut()?;
                        if let Some(mapped) = mapper.flush(&self.decoder) {
                            return Some(self.mapped(mapped));
                        }
                        let place = Place { line: 1, column: 1, ..self.place.clone() };
                        return mapper.told().map(|reason| Err(Reject::new(place, reason, "")));
                    }
                }
            };
            if let (Opened::Lines(lines), None) = (&mut *reader, &self.mapper) {
                let Some(event) = lines.event_or(&self.decoder, taker) else {
                    self.open = None;
                    continue;
                };
                self.records += if let Ok(Taken::AsTheyAre(records)) = event { records } else { 1 };
                lines.tell_place(&mut self.place);
                return Some(event);
            }
            if let Opened::Table(table) = &mut *reader {
                let sequence = if self.mapper.is_some() { self.first + self.records } else { 0 };
                let rows = table.take_rows(self.mapper.as_ref(), sequence, |ruled, bytes| taker.rows(ruled, bytes));
                if rows > 0 {
                    self.records += rows;
                    table.tell_place(&mut self.place);
                    return Some(Ok(Taken::AsTheyAre(rows)));
                }
            }
            match reader.next() {
                None => self.open = None,
                Some(Err(reject)) => {
                    self.records += 1;
                    let mapper = self.mapper.as_ref();
                    return Some(Err(mapper.map_or(reject.clone(), |mapper| mapper.unless_left_out(reject))));
                }
                Some(Ok(raw)) => {
                    let sequence = self.first + self.records;
                    self.records += 1;
                    self.place.move_to(&raw.place.file, raw.place.line, raw.place.column);
                    match &mut self.mapper {
                        None => return Some(self.decoder.decode(&raw, 0).map(Taken::Event)),
                        Some(mapper) => {
                            if let Some(done) = mapper.take(&self.decoder, &raw, sequence) {
                                return Some(done.map(Taken::Event));
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Iterator for EventStream<'_> {
    type Item = Result<Event, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.next_or(&mut ())? {
                Ok(Taken::Event(event)) => return Some(Ok(event)),
                Ok(Taken::AsTheyAre(_)) => {}
                Err(reject) => return Some(Err(reject)),
            }
        }
    }
}

/// The name of a file as places carry it.
pub(crate) type FileName = Arc<str>;
