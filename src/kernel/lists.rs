//! Lists of JSON in cells of a column.

use crate::events::{Sample, Slice, Sliced, Tape, Values, WINDOW};
use crate::hir::{EventId, FieldId, Program};

use super::find::{Molded, Molds};

/// The lists that are the values of a field, one in a cell, and room for one of them. They are recognised by the way in which they are written,
/// mostly with each quote twice, as if each was what a record says of that field.
pub(super) struct CellList {
    event: EventId,
    /// Where they stand.
    pub(super) column: usize,
    /// What comes before them in such a record, and the same with each quote twice.
    before: [String; 2],
    record: Vec<u8>,
    molds: Molds,
    values: Values,
    tape: Tape,
}

/// Reads those lists that a row has; `None` where one is better decoded.
pub(super) fn read_all(lists: &mut [CellList], program: &Program, row: Sliced<'_>) -> Option<()> {
    let mut said = lists.iter_mut().filter(|list| row.says(list.column));
    said.try_for_each(|list| list.read(program, row.bytes, row.trimmed(list.column)?))
}

/// The lines of the list in a column that was read last.
pub(super) fn lines_in(
    lists: &[CellList],
    column: usize,
    field: FieldId,
) -> Option<impl Iterator<Item = Option<Molded<'_>>>> {
    lists.iter().find(|list| list.column == column)?.lines(field)
}

impl CellList {
    /// Lists of a field with a name.
    pub(super) fn new(event: EventId, column: usize, name: &str) -> Self {
        Self {
            event,
            column,
            before: [format!("{{\"{name}\":"), format!("{{\"\"{name}\"\":")],
            record: Vec::new(),
            molds: Molds::default(),
            values: Values::default(),
            tape: Tape::default(),
        }
    }

    /// Reads the list in a cell; `None` where it is better decoded.
    fn read(&mut self, program: &Program, row: &[u8], cell: Slice) -> Option<()> {
        let Self { before: [once, twice], record, molds, values, tape, .. } = self;
        record.clear();
        record.extend_from_slice(if cell.is_doubled() { twice.as_bytes() } else { once.as_bytes() });
        record.extend_from_slice(cell.written(row));
        record.push(b'}');
        let length = record.len();
        record.resize(length + WINDOW, b'\n');
        let is_all = |known: Option<usize>| known.filter(|known| *known == length).map(drop);
        is_all(molds.split(record, values)).or_else(|| {
            let mut text = once.clone().into_bytes();
            cell.append(row, &mut text);
            text.push(b'}');
            let text = str::from_utf8(&text).ok()?;
            let sample = Sample { text, written: record.get(..length)? };
            molds.learn_lists(program, sample, tape.object(text)?, self.event);
            is_all(molds.split(record, values))
        })
    }

    /// The lines of the list that was read last.
    fn lines(&self, field: FieldId) -> Option<impl Iterator<Item = Option<Molded<'_>>>> {
        self.molds.molded(&self.record, &self.values)?.lines_of(0, field)
    }
}
