//! Rows of tables that a map reads: which column has what is worked out once for a file.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use crate::arena::Id as _;
use crate::events::{CurrencyAt, Decimal, PlainMap, PlainRule, Ruled, Sliced, Source};
use crate::hir::{FieldDef, FieldId, FieldType, Program};

use super::columns::{identity, is_identity};
use super::find::{Find, Molded};
use super::lists::{CellList, lines_in, read_all};
use super::texts::Text;

/// What a map makes of the columns of one file.
pub(super) struct Mapped {
    file: Arc<str>,
    /// Tells these columns from others.
    pub(super) print: u64,
    /// None where its rows are better decoded.
    map: Option<PlainMap>,
    /// Columns of lists, by rule.
    lists: Vec<Vec<CellList>>,
}

impl Mapped {
    /// That of a table.
    pub(super) fn of(program: &Program, ruled: &Ruled<'_>) -> Self {
        let map = ruled.mapper.and_then(|mapper| mapper.plain(program, ruled.columns));
        let lists = |rule: &PlainRule| {
            let fields = rule.fields.iter().zip(program.events.at(rule.kind).fields.iter());
            let list = |(source, def): (&Option<Source>, &FieldDef)| match (source, &def.ty) {
                (Some(Source::Column(column)), FieldType::List(_)) => {
                    Some(CellList::new(rule.kind, *column, &def.name))
                }
                _ => None,
            };
            fields.filter_map(list).collect()
        };
        Self {
            file: Arc::clone(ruled.file),
            print: rustc_hash::FxBuildHasher.hash_one(ruled.columns),
            lists: map.iter().flat_map(PlainMap::rules).map(lists).collect(),
            map,
        }
    }

    /// A row as an event; `None` where it is none, or better decoded.
    pub(super) fn as_event<'r>(&'r mut self, program: &Program, row: Sliced<'r>) -> Option<MappedRow<'r>> {
        let (place, rule) = self.map.as_ref()?.rule(row)?;
        let lists = self.lists.get_mut(place)?;
        read_all(lists, program, row)?;
        Some(MappedRow { row, rule, lists })
    }

    /// Whether a row is of the same file: then it has the same columns.
    pub(super) fn is_of(&self, ruled: &Ruled<'_>) -> bool {
        Arc::ptr_eq(&self.file, ruled.file)
    }
}

/// The identity of the event in a row at a line, written into room for it; `None` where it is better decoded.
pub(super) fn id<'i>(rule: &PlainRule, row: Sliced<'_>, line: u64, into: &'i mut Vec<u8>) -> Option<Text<'i>> {
    rule.id(row, line, into)?;
    Some(Text::new(into)).filter(is_identity)
}

/// Values of a row. Each has the place of its field, and the currency of amounts the one behind all fields.
#[derive(Clone, Copy)]
pub(super) struct MappedRow<'r> {
    pub(super) row: Sliced<'r>,
    pub(super) rule: &'r PlainRule,
    lists: &'r [CellList],
}

impl<'r> MappedRow<'r> {
    fn source(self, at: usize) -> Option<&'r Source> {
        self.rule.fields.get(at).map_or(self.rule.currency.as_ref(), Option::as_ref)
    }

    /// A place whose value may say something.
    fn said(self, at: usize) -> Option<usize> {
        match self.source(at)? {
            Source::Column(column) => self.row.says(*column).then_some(at),
            Source::Words(words) => Some(at).filter(|_| words.of_row(self.row).is_none_or(|text| !text.is_empty())),
            Source::Said(_) | Source::Number(_) => Some(at),
        }
    }
}

impl<'r> Find<'r> for MappedRow<'r> {
    type Line = Molded<'r>;

    fn field(&mut self, field: FieldId, _: &FieldDef) -> Option<usize> {
        self.said(field.index())
    }

    fn currency(&self) -> CurrencyAt {
        self.said(self.rule.fields.len()).map_or(CurrencyAt::Nowhere, CurrencyAt::Name)
    }

    fn text(&self, at: usize) -> Option<Text<'r>> {
        match self.source(at)? {
            Source::Column(column) => self.row.text(*column).map(Text::new),
            Source::Said(text) => Some(Text::new(text.as_bytes())),
            Source::Words(words) => words.of_row(self.row).map(Text::new),
            Source::Number(_) => None,
        }
    }

    fn number(&self, at: usize) -> Option<Decimal> {
        match self.source(at)? {
            Source::Column(column) => Decimal::read(self.row.text(*column)?),
            Source::Said(_) | Source::Words(_) => None,
            Source::Number(number) => number.of_row(self.row),
        }
    }

    fn truth(&self, _: usize) -> Option<bool> {
        None
    }

    fn identity(&self, at: usize) -> Option<Text<'r>> {
        match self.source(at)? {
            Source::Column(column) => identity(self.row, *column),
            _ => self.text(at).filter(is_identity),
        }
    }

    fn lines(&self, at: usize, field: FieldId) -> Option<impl Iterator<Item = Option<Self::Line>>> {
        let Source::Column(column) = self.source(at)? else { return None };
        lines_in(self.lists, *column, field)
    }
}
