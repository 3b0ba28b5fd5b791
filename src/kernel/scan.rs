//! From records straight to rows. What is not as plain as nearly all records are is left to the decoder, which says what is the matter with it.

use rustc_hash::FxHashMap;

use crate::arena::Arena;
use crate::engine::Event;
use crate::events::{Part, Ruled, Slice, Sliced, TIME_KEYS, Values, is_ascii, plausible_instant, slice};
use crate::hir::{EventId, Program};
use crate::value::InstantReader;

use super::code::MISSING;
use super::columns::{Columns, TableHead, identity};
use super::fill::{Currencies, Filling, Tools};
use super::find::{Find, Molds, Named, has_another_time};
use super::mapped::{self, Mapped};
use super::rows::{Block, Filler, Head, Row};

/// Fills rows from records of one program.
pub(super) struct Scanner<'p> {
    program: &'p Program,
    types: FxHashMap<&'p [u8], EventId>,
    molds: Molds,
    /// Those of the table at hand.
    columns: Option<Columns>,
    /// The same where a map reads it.
    mapped: Option<Mapped>,
    /// Room for an identity.
    id: Vec<u8>,
    /// Room for the cells of a row.
    cells: Vec<Slice>,
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

impl<'p> Scanner<'p> {
    /// A scanner for rows of one shape.
    pub fn new(program: &'p Program, mut filler: Filler) -> Self {
        let sent = program.events.pairs().filter(|(_, event)| !event.kind.is_made());
        let types = sent.map(|(id, event)| (event.name.as_bytes(), id)).collect();
        let shapes = &mut filler.shapes;
        let (shapes, words) = (&shapes.events, &mut shapes.words);
        let fillings = program.events.iter().zip(shapes.iter());
        let fillings = fillings.map(|(event, shape)| Filling::new(program, &event.fields, shape, words)).collect();
        let rows = Rows { filler, fillings, currencies: Currencies::new(program), instants: InstantReader::default() };
        Self {
            program,
            types,
            molds: Molds::default(),
            columns: None,
            mapped: None,
            id: Vec::new(),
            cells: Vec::new(),
            values: Values::default(),
            rows,
        }
    }

    /// Adds an event as [`Filler::event`].
    pub fn event(&mut self, event: &Event, block: &mut Block) -> Option<()> {
        self.rows.filler.event(event, block)
    }

    /// Adds the records that bytes begin with as rows, as long as they are written like ones before, `most` at most; returns how many bytes
    /// they have with their ends of line, and how many they are.
    pub fn recognised(&mut self, bytes: &[u8], most: usize, block: &mut Block) -> (usize, u64) {
        let (mut at, mut records) = (0, 0);
        for _ in 0..most {
            let Some(length) = bytes.get(at..).and_then(|bytes| self.recognise(bytes, block)) else { break };
            at += length;
            records += 1;
        }
        (at, records)
    }

    fn recognise(&mut self, bytes: &[u8], block: &mut Block) -> Option<usize> {
        let Self { molds, values, rows, .. } = self;
        let (head, found, length) = molds.recognise(bytes, values)?;
        let (record, rest) = bytes.split_at_checked(length)?;
        let end = match rest {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return None,
        };
        let (id, member) = (found.identity(head.id)?, found.identity(head.member)?);
        let (time, content) = (rows.instants.read(found.text(head.time)?.bytes)?, rows.filler.content(record));
        rows.add(Head { event: head.event, id, member, time, sequence: 0, content }, found, block)?;
        Some(length + end)
    }

    /// Adds a record as a row; `None` where it is left to the decoder, and the block is as before.
    pub fn record(&mut self, record_text: &str, record: Part<'_, '_>, block: &mut Block) -> Option<()> {
        let mut find = Named::new(record);
        let (id, member) = (find.said("id")?, find.said("member")?);
        let (id, member) = (find.identity(id)?, find.identity(member)?);
        let (name, time) = TIME_KEYS.iter().find_map(|name| Some((*name, find.said(name)?)))?;
        let time = self.rows.instants.read(find.text(time)?.bytes)?;
        let kind = find.said("type")?;
        let event = *self.types.get(find.text(kind)?.bytes)?;
        // Other names than the first are taken only where no field has them.
        if has_another_time(self.program, event, name) || find.has("sequence") {
            return None;
        }
        let content = self.rows.filler.content(record_text.as_bytes());
        let head = Head { event, id, member, time, sequence: 0, content };
        self.rows.add(head, Named::new(record), block)?;
        self.molds.learn(self.program, record_text, record, event);
        Some(())
    }

    /// Adds the rows of a table that bytes begin with, as long as they are as plain as most are, `most` at most; returns how many bytes they
    /// have with their ends of line, and how many they are.
    pub fn rows(&mut self, ruled: &Ruled<'_>, bytes: &[u8], most: usize, block: &mut Block) -> (usize, u64) {
        if ruled.mapper.is_some() {
            if !self.mapped.as_ref().is_some_and(|mapped| mapped.is_of(ruled)) {
                self.mapped = Some(Mapped::of(self.program, ruled));
            }
        } else if !self.columns.as_ref().is_some_and(|columns| columns.are_of(ruled)) {
            self.columns = Columns::of(self.program, ruled);
        }
        let (mut at, mut rows) = (0, 0);
        for _ in 0..most {
            let Some(length) = bytes.get(at..).and_then(|bytes| self.row(ruled, rows, bytes, block)) else { break };
            at += length;
            rows += 1;
        }
        (at, rows)
    }

    /// Adds the row that bytes begin with, before which so many others lie.
    fn row(&mut self, ruled: &Ruled<'_>, nth: u64, bytes: &[u8], block: &mut Block) -> Option<usize> {
        let Self { program, types, columns, mapped, id, cells, rows, .. } = self;
        let (length, whole) = slice(bytes, ruled, cells)?;
        let bytes = bytes.get(..length)?;
        if !is_ascii(bytes) {
            str::from_utf8(bytes).ok()?;
        }
        let row = Sliced { bytes, cells };
        if ruled.mapper.is_some() {
            let mapped = mapped.as_mut()?;
            let print = mapped.print;
            let found = mapped.as_event(program, row)?;
            let rule = found.rule;
            let id = mapped::id(rule, row, ruled.line + nth, id)?;
            let (member, time) = (identity(row, rule.member)?, rule.time(row)?);
            let (sequence, content) = (ruled.sequence + nth, rows.filler.content((print, row.bytes)));
            let head = Head { event: rule.kind, id, member, time, sequence, content };
            rows.add(head, found, block)?;
            return Some(whole);
        }
        let columns = columns.as_mut()?;
        let TableHead { id, member, kind, time_key, time } = columns.head(row)?;
        let event = *types.get(kind)?;
        if has_another_time(program, event, time_key) {
            return None;
        }
        let (time, content) = (rows.instants.read(time)?, rows.filler.content((columns.print, row.bytes)));
        let head = Head { event, id, member, time, sequence: 0, content };
        rows.add(head, columns.as_event(program, event, row)?, block)?;
        Some(whole)
    }
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
        plausible_instant(head.time).ok()?;
        let filling = self.fillings.get(head.event)?;
        let slots = block.slots.len();
        block.slots.resize(slots + filling.size, MISSING);
        let (currencies, printer) = (&self.currencies, &self.filler.printer);
        let mut tools = Tools { currencies, words: &mut self.filler.shapes.words, printer, lines: &mut block.lines };
        tools.fill(filling, find, 0, block.slots.get_mut(slots..)?)?;
        Some(block.row(&head, slots, printer))
    }
}
