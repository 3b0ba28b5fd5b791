//! Lookup tables: key types follow the first use, values have one type.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::hir::{Band, Cell, Compare, Expr, Kind, Rows, Table, TableId, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Key, RowKey, TableBody, TableShape};
use crate::value::{Exact, Value};

use super::cells::CsvRow;
use super::context::{Checker, Node, Slot};
use super::errors;
use super::expr::is_numeric;
use super::literal::exact;
use super::named::put;
use super::names::Symbol;
use super::scope::Scope;

impl Checker<'_> {
    /// `bonus[zone, cabin]`.
    pub fn lookup(&mut self, name: &ast::Ident, keys: &[ast::Expr], span: Span, scope: &Scope) -> Option<Expr> {
        let Some(Symbol::Table(id)) = self.names.values.get(&name.text) else {
            let near = super::names::nearest(&name.text, self.items.tables.iter().map(|table| &*table.name.text));
            return self.fail(errors::names::unknown_table(name.span(), &name.text, near));
        };
        let item = *self.items.tables.get(id.index())?;
        if keys.len() != item.keys.len() {
            let wanted: Vec<_> = item.keys.iter().map(|key| &*key.text).collect();
            return self.fail(errors::tables::key_count(span, &name.text, &wanted.join(", "), keys.len()));
        }
        let known = self.table_keys.get(&id).cloned();
        let mut lowered = Vec::with_capacity(keys.len());
        for (at, key) in keys.iter().enumerate() {
            let hint = known.as_ref().and_then(|known| known.get(at).copied());
            lowered.push(self.expr(key, scope, hint)?);
        }
        match known {
            None => {
                self.table_keys.insert(id, lowered.iter().map(|key| key.ty).collect());
            }
            Some(known) => {
                for (key, ty) in lowered.iter().zip(known) {
                    if key.ty != ty {
                        let (expected, found) = (self.spoken(ty), self.spoken(key.ty));
                        return self.fail(errors::tables::key_type(key.span, &name.text, &expected, &found));
                    }
                }
            }
        }
        let ty = self.need_table(id, span)?;
        if item.shape != TableShape::Keys {
            lowered = lowered.into_iter().map(|key| self.solid(key, scope)).collect::<Option<Vec<_>>>()?;
        }
        Some(Expr { kind: Kind::Lookup(id, lowered), ty, span })
    }
    /// The type of a table's values, lowered first where that has not been done.
    pub fn need_table(&mut self, id: TableId, span: Span) -> Option<Type> {
        match self.tables.get(id.index())? {
            Slot::Done(table) => {
                let ty = table.value;
                return self.use_of(Node::Table(id), span).map(|()| ty);
            }
            Slot::Failed => return None,
            Slot::Busy => return self.cycle(Node::Table(id), span),
            Slot::Waiting => {}
        }
        let item = *self.items.tables.get(id.index())?;
        let table = self.busily(Node::Table(id), span, |checker| checker.lower_table(item, id));
        let ty = table.as_ref().map(|table| table.value);
        put(&mut self.tables, id.index(), table);
        ty
    }
    fn lower_table(&mut self, item: &ast::Table, id: TableId) -> Option<Table> {
        let keys = match self.table_keys.get(&id) {
            Some(keys) => keys.clone(),
            None => self.guessed_keys(item),
        };
        let bands = item.shape != TableShape::Keys;
        if bands && item.keys.len() != 1 {
            return self.fail(errors::tables::bands_need_one_key(item.name.span()));
        }
        let (rows, value) = match &item.body {
            TableBody::Rows(rows) if bands => self.bands(item, rows, *keys.first()?)?,
            TableBody::Rows(rows) => self.exact_rows(item, rows, &keys)?,
            TableBody::File(file) if bands => return self.fail(errors::tables::bands_from_file(file.at.0)),
            TableBody::File(file) => {
                let rows = self.csv_rows(item, file, &keys)?;
                self.file_rows(rows)?
            }
        };
        Some(Table { name: Arc::clone(&item.name.text), span: item.name.span(), keys, value, rows })
    }
    /// Key types of a table that nothing uses: those of its first literals.
    fn guessed_keys(&mut self, item: &ast::Table) -> Vec<Type> {
        let TableBody::Rows(rows) = &item.body else { return vec![Type::Text; item.keys.len()] };
        let guess = |checker: &mut Self, expr: &ast::Expr| match &expr.kind {
            ast::ExprKind::Path(_) => Type::Text,
            _ => checker.expr(expr, &Scope::member(), None).map_or(Type::Text, |key| key.ty),
        };
        let mut keys = Vec::with_capacity(item.keys.len());
        for at in 0..item.keys.len() {
            let literal = rows.iter().find_map(|row| match &row.key {
                RowKey::Keys(keys) => match keys.get(at) {
                    Some(Key::Value(value) | Key::UpTo(value) | Key::Below(value) | Key::Above(value)) => Some(value),
                    _ => None,
                },
                RowKey::UpTo(value) | RowKey::Below(value) => Some(value),
                RowKey::Else | RowKey::Above => None,
            });
            keys.push(literal.map_or(Type::Text, |literal| guess(self, literal)));
        }
        keys
    }
    fn exact_rows(&mut self, item: &ast::Table, rows: &[ast::Row], keys: &[Type]) -> Option<(Rows, Type)> {
        let mut lowered = Vec::with_capacity(rows.len());
        let mut otherwise: Option<(Expr, Span)> = None;
        let mut ok = true;
        for row in rows {
            if let Some((_, first)) = &otherwise {
                let error = errors::tables::row_after_else(row.at.0, *first);
                return self.fail(error);
            }
            let value = self.cases(&row.value, &Scope::member(), None);
            match &row.key {
                RowKey::Else => {
                    otherwise = value.map(|value| (value, row.at.0)).or_else(|| {
                        ok = false;
                        None
                    })
                }
                RowKey::Keys(cells) if cells.len() == keys.len() => {
                    let cells: Vec<_> = cells.iter().zip(keys).map(|(cell, ty)| self.key(cell, *ty)).collect();
                    match (cells.into_iter().collect::<Option<Vec<_>>>(), value) {
                        (Some(cells), Some(value)) => lowered.push((cells, value)),
                        _ => ok = false,
                    }
                }
                RowKey::Keys(cells) => {
                    self.report(errors::tables::row_width(row.at.0, keys.len(), cells.len()));
                    ok = false;
                }
                RowKey::UpTo(_) | RowKey::Below(_) | RowKey::Above => {
                    self.report(errors::tables::band_in_plain_table(row.at.0, &item.name.text));
                    ok = false;
                }
            }
        }
        if !ok {
            return None;
        }
        let mut values: Vec<Expr> = lowered.iter().map(|(_, value)| value.clone()).collect();
        let last = otherwise.map(|(value, _)| value);
        values.extend(last.clone());
        let (mut values, ty) = self.one_type(values, item.name.span())?;
        let otherwise = last.and_then(|_| values.pop());
        let rows = lowered.into_iter().map(|(cells, _)| cells).zip(values).collect();
        Some((Rows::Exact { rows, otherwise }, ty))
    }
    fn file_rows(&mut self, rows: Vec<CsvRow>) -> Option<(Rows, Type)> {
        let span = rows.first().map(|row| row.value.span)?;
        let (keys, values): (Vec<_>, Vec<_>) = rows.into_iter().map(|row| (row.keys, row.value)).unzip();
        let (values, ty) = self.one_type(values, span)?;
        Some((Rows::Exact { rows: keys.into_iter().zip(values).collect(), otherwise: None }, ty))
    }
    /// The values in one type.
    fn one_type(&mut self, values: Vec<Expr>, span: Span) -> Option<(Vec<Expr>, Type)> {
        let Some(first) = values.first() else { return self.fail(errors::tables::empty(span)) };
        let ty = values.iter().map(|value| value.ty).find(|ty| *ty != Type::Number).unwrap_or(first.ty);
        let mut all = Vec::with_capacity(values.len());
        for value in values {
            match self.fit(value, ty) {
                Ok(value) => all.push(value),
                Err(value) => {
                    let (expected, found) = (self.spoken(ty), self.spoken(value.ty));
                    let example = self.example(&value, ty);
                    return self.fail(errors::types::mixed_cases(value.span, &found, &expected, example));
                }
            }
        }
        Some((all, ty))
    }
    /// What one cell of a row matches.
    fn key(&mut self, cell: &Key, ty: Type) -> Option<Cell> {
        let (how, expr) = match cell {
            Key::Any(_) => return Some(None),
            Key::Value(expr) => (Compare::Is, expr),
            Key::UpTo(expr) => (Compare::AtMost, expr),
            Key::Below(expr) => (Compare::Less, expr),
            Key::Above(expr) => (Compare::More, expr),
        };
        if how != Compare::Is && !ordered(ty) {
            let found = self.spoken(ty);
            return self.fail(errors::types::not_a_number(expr.span(), &found));
        }
        if let (ast::ExprKind::Path(path), Type::Text) = (&expr.kind, ty)
            && let Some(word) = path.single()
        {
            return Some(Some((Compare::Is, Value::Text(Arc::clone(&word.text)))));
        }
        let lowered = self.threshold_of(expr, &Scope::member(), ty)?;
        match self.constant_of(&lowered) {
            Some(value) => Some(Some((how, value))),
            None => self.fail(errors::types::not_constant(lowered.span, "a key")),
        }
    }
    fn bands(&mut self, item: &ast::Table, rows: &[ast::Row], key: Type) -> Option<(Rows, Type)> {
        let marginal = item.shape == TableShape::MarginalBands;
        if !is_numeric(key) {
            let found = self.spoken(key);
            return self.fail(errors::types::not_a_number(item.name.span(), &found));
        }
        let mut bands: Vec<Band> = Vec::with_capacity(rows.len());
        let mut last: Option<(Exact, Span)> = None;
        let mut above: Option<Span> = None;
        for row in rows {
            if let Some(first) = above {
                return self.fail(errors::tables::row_after_else(row.at.0, first));
            }
            let (to, inclusive) = match &row.key {
                RowKey::UpTo(to) => (Some(to), true),
                RowKey::Below(to) => (Some(to), false),
                RowKey::Above | RowKey::Else => (None, false),
                RowKey::Keys(_) => return self.fail(errors::tables::row_without_band(row.at.0)),
            };
            let to = match to {
                Some(to) => {
                    let span = to.span();
                    let lowered = self.threshold_of(to, &Scope::member(), key)?;
                    let Some(to) = self.exact_of(&lowered) else {
                        return self.fail(errors::types::not_constant(span, "the end of a band"));
                    };
                    if let Some((before, place)) = last
                        && to <= before
                    {
                        return self.fail(errors::tables::bands_not_rising(span, place));
                    }
                    last = Some((to, span));
                    Some(to)
                }
                None => {
                    above = Some(row.at.0);
                    None
                }
            };
            let value = self.cases(&row.value, &Scope::member(), None)?;
            if marginal && value.ty != Type::Number {
                let found = self.spoken(value.ty);
                return self.fail(errors::tables::marginal_rate(value.span, &found));
            }
            bands.push(Band { to, inclusive, value });
        }
        let (values, ty) = self.one_type(bands.iter().map(|band| band.value.clone()).collect(), item.name.span())?;
        for (band, value) in bands.iter_mut().zip(values) {
            band.value = value;
        }
        Some((Rows::Bands { bands, marginal }, if marginal { key } else { ty }))
    }
    /// A constant of a number in a dimension, for cells of files.
    pub fn cell_number(&mut self, number: &ast::Number, ty: Type, span: Span) -> Option<Expr> {
        let scale = self.scale_of(ty);
        Some(exact(self.scaled(number, scale)?, ty, span))
    }
}

/// Whether bands of a type can stand in a row.
pub(super) fn ordered(ty: Type) -> bool {
    is_numeric(ty) || ty == Type::Date
}
