//! Rows of tables: which column has what is worked out once for a file.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use crate::arena::{Arena, Id as _};
use crate::events::{CurrencyAt, Decimal, Ruled, Sliced, TIME_KEYS};
use crate::hir::{EventDef, EventId, FieldDef, FieldId, FieldType, Program};

use super::find::{Find, Molded};
use super::lists::{CellList, lines_in, read_all};
use super::texts::Text;

/// Which column has what, in one file.
pub(super) struct Columns {
    file: Arc<str>,
    /// Tells these columns from others.
    pub(super) print: u64,
    places: Places,
    /// By type of event and field.
    fields: Arena<EventId, Vec<Option<usize>>>,
    /// Columns of lists, by type of event.
    lists: Arena<EventId, Vec<CellList>>,
}

/// Columns of what every event says.
struct Places {
    id: usize,
    member: usize,
    kind: usize,
    sequence: Option<usize>,
    currency: CurrencyAt,
    times: Vec<(&'static str, usize)>,
}

impl Columns {
    /// Those of a table; none where its rows are better decoded.
    pub(super) fn of(program: &Program, ruled: &Ruled<'_>) -> Option<Self> {
        let column = |name: &str| ruled.columns.iter().position(|known| known == name);
        let columns = |(_, event): (_, &EventDef)| event.fields.iter().map(|def| column(&def.name)).collect();
        let lists = |(id, event): (EventId, &EventDef)| {
            let lists = event.fields.pairs().filter(|(_, def)| matches!(def.ty, FieldType::List(_)));
            lists.filter_map(|(_, def)| Some(CellList::new(id, column(&def.name)?, &def.name))).collect()
        };
        Some(Self {
            file: Arc::clone(ruled.file),
            print: rustc_hash::FxBuildHasher.hash_one(ruled.columns),
            places: Places {
                id: column("id")?,
                member: column("member")?,
                kind: column("type")?,
                sequence: column("sequence"),
                currency: CurrencyAt::of(ruled.columns.iter().map(String::as_str)),
                times: TIME_KEYS.iter().filter_map(|key| Some((*key, column(key)?))).collect(),
            },
            fields: program.events.pairs().map(columns).collect(),
            lists: program.events.pairs().map(lists).collect(),
        })
    }

    /// Whether a row is of the same file: then it has the same columns.
    pub(super) fn are_of(&self, ruled: &Ruled<'_>) -> bool {
        Arc::ptr_eq(&self.file, ruled.file)
    }

    /// What a row says as every event does; `None` where it is better decoded.
    pub(super) fn head<'r>(&self, row: Sliced<'r>) -> Option<TableHead<'r>> {
        let places = &self.places;
        if places.sequence.is_some_and(|at| row.says(at)) {
            return None;
        }
        let (time_key, time) = *places.times.iter().find(|(_, at)| row.says(*at))?;
        Some(TableHead {
            id: identity(row, places.id)?,
            member: identity(row, places.member)?,
            kind: row.text(places.kind)?,
            time_key,
            time: row.text(time)?,
        })
    }

    /// A row as an event of a type; `None` where a cell is no list of JSON.
    pub(super) fn as_event<'r>(&'r mut self, program: &Program, event: EventId, row: Sliced<'r>) -> Option<Celled<'r>> {
        let lists = self.lists.at_mut(event);
        read_all(lists, program, row)?;
        let currency = match self.places.currency {
            CurrencyAt::Name(at) if !row.says(at) => CurrencyAt::Nowhere,
            known => known,
        };
        Some(Celled { row, currency, fields: self.fields.get(event)?, lists })
    }
}

/// What a row says as every event does.
pub(super) struct TableHead<'r> {
    pub(super) id: Text<'r>,
    pub(super) member: Text<'r>,
    pub(super) kind: &'r [u8],
    pub(super) time_key: &'static str,
    pub(super) time: &'r [u8],
}

/// An identifier in a cell. With `+` in it, it may be a number that a spreadsheet has shortened.
#[inline]
pub(super) fn identity<'r>(row: Sliced<'r>, at: usize) -> Option<Text<'r>> {
    row.text(at).map(Text::new).filter(is_identity)
}

/// Whether a text of a table is an identifier that needs no second look.
#[inline]
pub(super) fn is_identity(text: &Text<'_>) -> bool {
    text.is_identifier() && text.bytes.iter().all(|byte| *byte != b'+')
}

/// Values of a row of a table.
pub(super) struct Celled<'r> {
    row: Sliced<'r>,
    currency: CurrencyAt,
    /// By field.
    fields: &'r [Option<usize>],
    lists: &'r [CellList],
}

impl<'r> Find<'r> for Celled<'r> {
    type Line = Molded<'r>;

    #[inline]
    fn field(&mut self, field: FieldId, _: &FieldDef) -> Option<usize> {
        let at = self.fields.get(field.index()).copied()??;
        self.row.says(at).then_some(at)
    }

    fn currency(&self) -> CurrencyAt {
        self.currency
    }

    #[inline]
    fn text(&self, at: usize) -> Option<Text<'r>> {
        self.row.text(at).map(Text::new)
    }

    fn number(&self, at: usize) -> Option<Decimal> {
        Decimal::read(self.row.text(at)?)
    }

    fn truth(&self, _: usize) -> Option<bool> {
        None
    }

    fn identity(&self, at: usize) -> Option<Text<'r>> {
        identity(self.row, at)
    }

    fn lines(&self, at: usize, field: FieldId) -> Option<impl Iterator<Item = Option<Self::Line>>> {
        lines_in(self.lists, at, field)
    }
}
