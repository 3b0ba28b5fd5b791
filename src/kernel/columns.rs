//! Rows of tables: which column has what is worked out once for a file.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use crate::arena::{Arena, Id as _};
use crate::events::{Decimal, Entry, Fields as _, Node, Part, Raw, TIME_KEYS, Tape, is_plain_identifier};
use crate::hir::{EventId, FieldDef, FieldId, FieldType, Program};

use super::find::{Find, Named};

/// Which column has what, in one file.
pub(super) struct Columns {
    file: Arc<str>,
    /// Tells these columns from others.
    print: u64,
    places: Places,
    /// By type of event and field.
    fields: Arena<EventId, Vec<Option<usize>>>,
    /// Columns of lists, each with room for what is in one of its cells.
    lists: Vec<(usize, Tape)>,
}

/// Columns of what every event says.
struct Places {
    id: Option<usize>,
    member: Option<usize>,
    kind: Option<usize>,
    sequence: Option<usize>,
    currency: Option<usize>,
    times: Vec<(&'static str, usize)>,
}

impl Columns {
    /// Those of the table that a row belongs to.
    pub(super) fn of(program: &Program, raw: &Raw<'_>) -> Self {
        let column = |name: &str| raw.fields.iter().position(|(known, _)| known == name);
        let fields: Arena<EventId, Vec<_>> =
            program.events.iter().map(|event| event.fields.iter().map(|def| column(&def.name)).collect()).collect();
        let mut lists: Vec<usize> = Vec::new();
        for (event, places) in program.events.iter().zip(fields.iter()) {
            let of_lists = event.fields.iter().zip(places).filter(|(def, _)| matches!(def.ty, FieldType::List(_)));
            lists.extend(of_lists.filter_map(|(_, place)| *place));
        }
        lists.sort_unstable();
        lists.dedup();
        let names: Vec<&str> = raw.fields.iter().map(|(name, _)| name.as_ref()).collect();
        Self {
            file: Arc::clone(&raw.place.file),
            print: rustc_hash::FxBuildHasher.hash_one(names),
            places: Places {
                id: column("id"),
                member: column("member"),
                kind: column("type"),
                sequence: column("sequence"),
                currency: column("currency"),
                times: TIME_KEYS.iter().filter_map(|key| Some((*key, column(key)?))).collect(),
            },
            fields,
            lists: lists.into_iter().map(|at| (at, Tape::default())).collect(),
        }
    }

    /// Whether a row is of the same file: then it has the same columns.
    pub(super) fn are_of(&self, raw: &Raw<'_>) -> bool {
        Arc::ptr_eq(&self.file, &raw.place.file)
    }

    /// What a row says as every event does, and room for its lists; `None` where it is better decoded.
    pub(super) fn head<'r>(&'r mut self, raw: &'r Raw<'_>) -> Option<(TableHead<'r>, &'r mut [(usize, Tape)])> {
        let Self { places, fields, lists, print, .. } = self;
        let cells = &*raw.fields;
        let identity = |at: Option<usize>| identity(cells, at?);
        if places.sequence.is_some_and(|at| !cells.is_nothing(at)) {
            return None;
        }
        let mut times = places.times.iter().filter(|(_, at)| !cells.is_nothing(*at));
        let (time_key, time) = *times.next()?;
        let head = TableHead {
            columns: *print,
            id: identity(places.id)?,
            member: identity(places.member)?,
            kind: cell(cells, places.kind?)?,
            time_key,
            time: cell(cells, time)?,
            currency: places.currency.filter(|at| !cells.is_nothing(*at)),
            cells,
            fields,
        };
        Some((head, lists))
    }
}

/// What a row says as every event does.
pub(super) struct TableHead<'r> {
    /// Tells its columns from others.
    pub(super) columns: u64,
    pub(super) id: &'r str,
    pub(super) member: &'r str,
    pub(super) kind: &'r str,
    pub(super) time_key: &'static str,
    pub(super) time: &'r str,
    currency: Option<usize>,
    cells: &'r [Entry<'r>],
    fields: &'r Arena<EventId, Vec<Option<usize>>>,
}

impl<'r> TableHead<'r> {
    /// What is in its cells of lists; `None` where that is no list of JSON.
    pub(super) fn lists<'t>(&self, tapes: &'t mut [(usize, Tape)]) -> Option<Vec<(usize, Part<'r, 't>)>> {
        let said = tapes.iter_mut().filter(|(at, _)| !self.cells.is_nothing(*at));
        said.map(|(at, tape)| Some((*at, tape.list(cell(self.cells, *at)?)?))).collect()
    }

    /// The row as an event of a type.
    pub(super) fn of<'t>(&'t self, event: EventId, lists: &'t [(usize, Part<'r, 't>)]) -> Option<Celled<'r, 't>> {
        let fields = self.fields.get(event)?;
        Some(Celled { cells: self.cells, currency: self.currency, fields, lists })
    }
}

/// Values of a row of a table.
pub(super) struct Celled<'r, 't> {
    cells: &'r [Entry<'r>],
    currency: Option<usize>,
    /// By field.
    fields: &'t [Option<usize>],
    lists: &'t [(usize, Part<'r, 't>)],
}

/// Whether there are no blanks around a text.
fn is_trimmed(text: &str) -> bool {
    let visible = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    visible(text.as_bytes().first()) && visible(text.as_bytes().last()) || text.trim().len() == text.len()
}

/// The text of a cell, where it needs no trimming.
fn cell<'r>(cells: &'r [Entry<'r>], at: usize) -> Option<&'r str> {
    match cells.get(at)? {
        (_, Node::Cell(text)) if is_trimmed(text) => Some(text),
        _ => None,
    }
}

/// An identifier. With `+` in it, it may be a number that a spreadsheet has shortened.
fn identity<'r>(cells: &'r [Entry<'r>], at: usize) -> Option<&'r str> {
    cell(cells, at).filter(|text| is_plain_identifier(text.as_bytes()) && !text.contains('+'))
}

impl<'r, 't> Find<'r> for Celled<'r, 't> {
    type Line = Named<'r, 't>;

    fn field(&mut self, field: FieldId, _: &FieldDef) -> Option<usize> {
        let at = self.fields.get(field.index()).copied()??;
        (!self.cells.is_nothing(at)).then_some(at)
    }

    fn currency(&self) -> Option<usize> {
        self.currency
    }

    fn text(&self, at: usize) -> Option<&'r [u8]> {
        cell(self.cells, at).map(str::as_bytes)
    }

    fn number(&self, at: usize) -> Option<Decimal> {
        Decimal::read(cell(self.cells, at)?)
    }

    fn truth(&self, _: usize) -> Option<bool> {
        None
    }

    fn identity(&self, at: usize) -> Option<&'r [u8]> {
        identity(self.cells, at).map(str::as_bytes)
    }

    fn lines(&self, at: usize, _: FieldId) -> Option<impl Iterator<Item = Option<Self::Line>>> {
        let (_, list) = self.lists.iter().find(|(column, _)| *column == at)?;
        Some(list.insides().map(|line| line.map(Named::new)))
    }
}
