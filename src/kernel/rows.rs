//! Events as rows: blocks of slots that are filled again and again.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::arena::Id as _;
use crate::engine::{Event, Foreign};
use crate::hir::{EventId, Program};
use crate::value::{Instant, Value};

use super::ahead::SOON;
use super::code::MISSING;
use super::crew::Repeats;
use super::names::{NamePrint, Names};
use super::plan::Plan;
use super::slots::{Form, Shapes, abroad, held, lines};
use super::texts::{Printer, ROOM, Text, both};

/// An event: what everybody asks of it, and where its fields are.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its type.
    pub event: EventId,
    /// Its member, by number, which whoever judges gives.
    pub member: u32,
    /// Tells the name of its member from others.
    pub name: NamePrint,
    /// When, in milliseconds.
    pub time: i64,
    /// Its position in its source.
    pub sequence: u64,
    /// Where its slots begin.
    pub slots: u32,
    /// Its identity.
    pub id: Span,
    /// The name of its member.
    pub named: Span,
    /// Tells its identity from others.
    pub print: u64,
    /// Tells its content from that of others.
    pub content: u64,
    /// Its place in the block as it was read.
    pub source: u32,
    /// Whether its identity came before.
    pub known: Known,
}

/// A part of the text of a block, from one place to another, as one number.
#[derive(Debug, Clone, Copy)]
pub struct Span(u64);

impl Span {
    #[inline(always)]
    fn new(from: u32, length: u32) -> Self {
        Self(u64::from(from) | u64::from(from.wrapping_add(length)) << 32)
    }

    fn of(self, all: &[u8]) -> &str {
        let (from, to) = (self.0 as u32 as usize, (self.0 >> 32) as usize);
        all.get(from..to).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// What every event says, and what tells its content from that of others.
pub(super) struct Head<'r> {
    pub(super) event: EventId,
    pub(super) id: Text<'r>,
    pub(super) member: Text<'r>,
    pub(super) time: Instant,
    pub(super) sequence: u64,
    pub(super) content: u64,
}

/// Whether the identity of an event came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It did not.
    New,
    /// It came with the same content.
    Same,
    /// It came with other content, or the same in other words.
    Other,
}

/// A place in a block.
pub(super) fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Rows with what belongs to them.
#[derive(Debug, Default)]
pub struct Block {
    /// Rows.
    pub rows: Vec<Row>,
    /// Slots of all rows.
    pub slots: Vec<i64>,
    /// Slots of all lines.
    pub lines: Vec<i64>,
    /// Identities and names of all rows.
    pub text: Vec<u8>,
}

impl Block {
    /// Makes room for other rows.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.slots.clear();
        self.lines.clear();
        self.text.clear();
    }

    /// The identity of a row.
    pub fn id(&self, row: &Row) -> &str {
        row.id.of(&self.text)
    }

    /// The name of the member of a row.
    pub fn member(&self, row: &Row) -> &str {
        row.named.of(&self.text)
    }

    /// The row of an event whose slots begin at a place; it is to be added.
    #[inline(always)]
    pub(super) fn row(&mut self, head: &Head<'_>, slots: usize, printer: &Printer) -> Row {
        let [id, named] = self.name(head.id, head.member);
        Row {
            event: head.event,
            member: 0,
            name: NamePrint::new(printer.print(head.member)),
            time: head.time.millis(),
            sequence: head.sequence,
            slots: place(slots),
            id,
            named,
            print: printer.hash(head.id),
            content: head.content,
            source: place(self.rows.len()),
            known: Known::New,
        }
    }

    /// Adds an identity and a name.
    #[inline(always)]
    fn name(&mut self, id: Text<'_>, member: Text<'_>) -> [Span; 2] {
        let start = place(self.text.len());
        if let Some((bytes, [id, member])) = both(id, member) {
            self.text.extend_from_slice(&bytes);
            return [Span::new(start, id), Span::new(start.wrapping_add(ROOM as u32), member)];
        }
        self.text.extend_from_slice(id.bytes);
        self.text.extend_from_slice(member.bytes);
        let [id, member] = [id, member].map(|text| place(text.bytes.len()));
        [Span::new(start, id), Span::new(start.wrapping_add(id), member)]
    }

    /// The slots of a row.
    pub fn slots(&self, row: &Row, shapes: &Shapes) -> &[i64] {
        let from = row.slots as usize;
        self.slots.get(from..from + shapes.events.at(row.event).size).unwrap_or_default()
    }

    /// Finds the members of all rows.
    pub(super) fn number(&mut self, names: &mut Names) {
        for at in 0..self.rows.len() {
            if let Some(soon) = self.rows.get(at + SOON) {
                names.bring(soon.name);
            }
            if let Some(row) = self.rows.get_mut(at) {
                row.member = names.number(row.name);
            }
        }
    }

    /// Puts events of one moment in order (S2), where they follow each other.
    pub fn order(&mut self) {
        let tied = |a: &Row, b: &Row| a.time == b.time;
        if !self.rows.windows(2).any(|pair| matches!(pair, [a, b] if tied(a, b))) {
            return;
        }
        let Self { rows, text: all, .. } = self;
        let id = |row: &Row| row.id.of(all);
        for run in rows.chunk_by_mut(tied).filter(|run| run.len() > 1) {
            run.sort_by(|a, b| of_one_moment((a.sequence, id(a)), (b.sequence, id(b))));
        }
    }
}

/// The order of events of one moment, by their positions in the source and their identities (S2).
pub(super) fn of_one_moment(a: (u64, &str), b: (u64, &str)) -> Ordering {
    a.0.cmp(&b.0).then_with(|| crate::engine::natural(a.1, b.1))
}

/// Fills rows.
pub struct Filler {
    /// Which currencies are worth what.
    program: Arc<Program>,
    /// Which fields are read, and where they go; texts by number.
    pub(super) shapes: Shapes,
    /// Tells texts apart.
    pub(super) printer: Printer,
    /// Whether anybody asks what tells contents apart.
    pub(super) contents: bool,
}

impl Filler {
    /// Fills rows for a plan. Where no event is expected to come again, nobody asks whether it says the same.
    pub fn new(plan: &Plan, repeats: Repeats) -> Self {
        let contents = repeats == Repeats::Expected;
        let (shapes, printer) = (plan.shapes.clone(), plan.printer.clone());
        Self { program: plan.program.clone(), shapes, printer, contents }
    }

    /// What tells contents apart.
    pub(super) fn content(&self, content: impl std::hash::Hash) -> u64 {
        use std::hash::BuildHasher as _;
        if self.contents { rustc_hash::FxBuildHasher.hash_one(content) } else { 0 }
    }

    /// Adds an event as a row; `None` where a value does not fit a slot, and the block is as before.
    pub fn event(&mut self, event: &Event, block: &mut Block) -> Option<()> {
        let (slots, first_line) = (block.slots.len(), block.lines.len());
        let filled = self.fill(event, block);
        if filled.is_none() {
            block.slots.truncate(slots);
            block.lines.truncate(first_line);
            return None;
        }
        let content = self.content((&event.member, event.kind, event.time, &event.fields));
        let [id, member] = [&event.id, &event.member].map(|name| Text::new(name.as_bytes()));
        let head = Head { event: event.kind, id, member, time: event.time, sequence: event.sequence, content };
        let row = block.row(&head, slots, &self.printer);
        block.rows.push(row);
        Some(())
    }

    fn fill(&mut self, event: &Event, block: &mut Block) -> Option<()> {
        let Self { program, shapes, printer, .. } = self;
        let Shapes { events, words } = shapes;
        let shape = events.get(event.kind)?;
        // What was paid in a currency that is not worth the same every day is worth what it was worth then: the fold knows.
        if shape.takes_back && event.foreign.iter().any(|foreign| program.has_rate_by_day(foreign.currency)) {
            return None;
        }
        let start = block.slots.len();
        block.slots.resize(start + shape.size, MISSING);
        for (value, place) in event.fields.iter().zip(&shape.fields) {
            let Some((form, at)) = place else { continue };
            let at = start + at;
            match (form, value) {
                (Form::Lines(shape), Value::List(list)) => {
                    let first = block.lines.len();
                    for line in list.iter() {
                        let from = block.lines.len();
                        block.lines.resize(from + shape.size, MISSING);
                        for (value, place) in line.iter().zip(&shape.fields) {
                            let Some((form, at)) = place else { continue };
                            *block.lines.get_mut(from + at)? = held(value, form, words)?;
                        }
                    }
                    *block.slots.get_mut(at)? = lines(first, list.len());
                }
                _ => *block.slots.get_mut(at)? = held(value, form, words)?,
            }
        }
        for (field, at) in &shape.abroad {
            let paid = event.foreign.iter().find(|paid| (paid.field, paid.of_line) == (*field, None));
            let Some(Foreign { currency, minor, .. }) = paid else { continue };
            let accepted = program.settings.accepts.iter().position(|(accepted, ..)| accepted == currency)?;
            *block.slots.get_mut(start + at)? = abroad(accepted, *minor)?;
        }
        for (field, at) in &shape.prints {
            if let Some(Value::Text(text)) = event.fields.get(field.index()) {
                let print = printer.print(Text::new(text.as_bytes()));
                block.slots.get_mut(start + at..start + at + 2)?.copy_from_slice(&print);
            }
        }
        Some(())
    }
}
