//! From records straight to rows. What is not as plain as nearly all records are is left to the decoder, which says what is the matter with it.

use std::hash::BuildHasher as _;

use rustc_hash::FxHashMap;

use crate::arena::Arena;
use crate::engine::Event;
use crate::events::{Part, Raw, TIME_KEYS, Values, plausible_instant};
use crate::hir::{EventId, Program};
use crate::value::InstantReader;

use super::code::MISSING;
use super::columns::Columns;
use super::fill::{Currencies, Filling, Tools};
use super::find::{Find, Molds, Named, has_another_time, text};
use super::names::NamePrint;
use super::rows::{Block, Filler, Known, Row, place};

/// Fills rows from records of one program.
pub(super) struct Scanner<'p> {
    program: &'p Program,
    types: FxHashMap<&'p str, EventId>,
    molds: Molds,
    /// Those of the table at hand.
    columns: Option<Columns>,
    /// Room for the values of a record.
    values: Values,
    rows: Rows<'p>,
}

/// Adds rows.
struct Rows<'p> {
    filler: Filler,
    fillings: Arena<EventId, Filling<'p>>,
    currencies: Currencies,
    instants: InstantReader,
}

/// What every event says, and what tells its record from others.
struct Head<'r> {
    event: EventId,
    id: &'r str,
    member: &'r str,
    time: &'r str,
    content: u64,
}

impl<'p> Scanner<'p> {
    /// A scanner for rows of one shape.
    pub fn new(program: &'p Program, mut filler: Filler) -> Self {
        let sent = program.events.pairs().filter(|(_, event)| !event.kind.is_made());
        let types = sent.map(|(id, event)| (&*event.name, id)).collect();
        let shapes = &mut filler.shapes;
        let (shapes, words) = (&shapes.events, &mut shapes.words);
        let fillings = program.events.iter().zip(shapes.iter());
        let fillings = fillings.map(|(event, shape)| Filling::new(program, &event.fields, shape, words)).collect();
        let rows = Rows { filler, fillings, currencies: Currencies::new(program), instants: InstantReader::default() };
        Self { program, types, molds: Molds::default(), columns: None, values: Values::default(), rows }
    }

    /// Adds an event as [`Filler::event`].
    pub fn event(&mut self, event: &Event, block: &mut Block) -> Option<()> {
        self.rows.filler.event(event, block)
    }

    /// Adds a record as a row if it is written like one before; `None` where it is not, or is better looked at again.
    pub fn recognised(&mut self, record: &str, block: &mut Block) -> Option<()> {
        let Self { molds, values, rows, .. } = self;
        let (head, found) = molds.recognise(record, values)?;
        let (id, member) = (found.identity(head.id)?, found.identity(head.member)?);
        let (time, content) = (text(found.plain(head.time)?)?, content(record));
        rows.add(Head { event: head.event, id, member, time, content }, found, block)
    }

    /// Adds a record as a row; `None` where it is left to the decoder, and the block is as before.
    pub fn record(&mut self, record_text: &str, record: Part<'_, '_>, block: &mut Block) -> Option<()> {
        let mut find = Named::new(record);
        let (id, member) = (find.said("id")?, find.said("member")?);
        let (id, member) = (find.identity(id)?, find.identity(member)?);
        let (name, time) = TIME_KEYS.iter().find_map(|name| Some((*name, find.said(name)?)))?;
        let time = text(find.plain(time)?)?;
        let event = *self.types.get(text(find.get("type")?)?)?;
        // Other names than the first are taken only where no field has them.
        if has_another_time(self.program, event, name) || find.has("sequence") {
            return None;
        }
        let head = Head { event, id, member, time, content: content(record_text) };
        self.rows.add(head, Named::new(record), block)?;
        self.molds.learn(self.program, record_text, record, event);
        Some(())
    }

    /// Adds a row of a table as a row; `None` where it is left to the decoder, and the block is as before.
    pub fn row(&mut self, raw: &Raw<'_>, block: &mut Block) -> Option<()> {
        let Self { program, types, columns, rows, .. } = self;
        let columns = match columns {
            Some(columns) if columns.are_of(raw) => columns,
            _ => columns.insert(Columns::of(program, raw)),
        };
        let (head, tapes) = columns.head(raw)?;
        let event = *types.get(head.kind)?;
        if has_another_time(program, event, head.time_key) {
            return None;
        }
        let (id, member, time) = (head.id, head.member, head.time);
        let content = rustc_hash::FxBuildHasher.hash_one((head.columns, raw.text));
        let lists = head.lists(tapes)?;
        rows.add(Head { event, id, member, time, content }, head.of(event, &lists)?, block)
    }
}

/// Tells what a record says from what others say.
fn content(record: &str) -> u64 {
    rustc_hash::FxBuildHasher.hash_one(record)
}

impl Rows<'_> {
    /// Adds a row; `None` where a value is not plain, and the block is as before.
    fn add<'r>(&mut self, head: Head<'r>, find: impl Find<'r>, block: &mut Block) -> Option<()> {
        let (slots, first_line) = (block.slots.len(), block.lines.len());
        let row = self.row(head, find, block);
        if row.is_none() {
            block.slots.truncate(slots);
            block.lines.truncate(first_line);
        }
        block.rows.push(row?);
        Some(())
    }

    fn row<'r>(&mut self, head: Head<'r>, find: impl Find<'r>, block: &mut Block) -> Option<Row> {
        let Head { event, id, member, content, .. } = head;
        let time = self.instants.read(head.time).ok()?;
        plausible_instant(time).ok()?;
        let filling = self.fillings.get(event)?;
        let slots = block.slots.len();
        block.slots.resize(slots + filling.size, MISSING);
        let (currencies, printer) = (&self.currencies, &self.filler.printer);
        let mut tools = Tools { currencies, words: &mut self.filler.shapes.words, printer, lines: &mut block.lines };
        tools.fill(filling, find, 0, block.slots.get_mut(slots..)?)?;
        Some(Row {
            event,
            member: 0,
            name: NamePrint::new(printer.print(member)),
            time: time.millis(),
            sequence: 0,
            slots: place(slots),
            text: block.name(id, member),
            print: printer.hash(id),
            content,
            source: place(block.rows.len()),
            known: Known::New,
        })
    }
}
