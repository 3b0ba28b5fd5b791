//! Lists of JSON in cells of a column.

use crate::events::{Slice, Tape, Values, WINDOW};
use crate::hir::{EventId, FieldId, Program};

use super::find::{Molded, Molds};

/// The lists that are the values of a field, one in a cell, and room for one of them. They are recognised by the way in which they are written,
/// as if each was what a record says of that field.
pub(super) struct CellList {
    event: EventId,
    /// Where they stand.
    pub(super) column: usize,
    /// What comes before them in such a record.
    before: String,
    record: Vec<u8>,
    molds: Molds,
    values: Values,
    tape: Tape,
}

impl CellList {
    /// Lists of a field with a name.
    pub(super) fn new(event: EventId, column: usize, name: &str) -> Self {
        Self {
            event,
            column,
            before: format!("{{\"{name}\":"),
            record: Vec::new(),
            molds: Molds::default(),
            values: Values::default(),
            tape: Tape::default(),
        }
    }

    /// Reads the list in a cell; `None` where it is better decoded.
    pub(super) fn read(&mut self, program: &Program, row: &[u8], cell: Slice) -> Option<()> {
        let Self { record, molds, values, tape, .. } = self;
        record.clear();
        record.extend_from_slice(self.before.as_bytes());
        cell.append(row, record);
        record.push(b'}');
        let length = record.len();
        record.resize(length + WINDOW, b'\n');
        let is_all = |known: Option<usize>| known.filter(|known| *known == length).map(drop);
        is_all(molds.split(record, values)).or_else(|| {
            let text = str::from_utf8(record.get(..length)?).ok()?;
            molds.learn_lists(program, text, tape.object(text)?, self.event);
            is_all(molds.split(record, values))
        })
    }

    /// The lines of the list that was read last.
    pub(super) fn lines(&self, field: FieldId) -> Option<impl Iterator<Item = Option<Molded<'_>>>> {
        self.molds.molded(&self.record, &self.values)?.lines_of(0, field)
    }
}
