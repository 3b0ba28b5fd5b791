//! Tables in CSV files: the header names the keys and `value`.

use std::sync::Arc;

use crate::hir::{Cell, Compare, Expr, Type};
use crate::source::Span;
use crate::syntax::ast::{self, At};
use crate::value::{Currency, Day, Value};

use super::context::Checker;
use super::errors;
use super::literal::{constant, exact};
use super::manner::Manner;
use super::table::ordered;

/// One row of a file.
pub(super) struct CsvRow {
    /// What each key matches.
    pub keys: Vec<Cell>,
    /// Its value.
    pub value: Expr,
}

impl Checker<'_> {
    /// The rows of a table's file. Places are those of the file's name in the program.
    pub fn csv_rows(&mut self, item: &ast::Table, file: &ast::Text, keys: &[Type]) -> Option<Vec<CsvRow>> {
        let span = file.at.0;
        let from = self.sources.file(span.file).name.clone();
        let text = match (self.load)(&from, &file.value) {
            Ok(text) => text,
            Err(reason) => return self.fail(errors::tables::unreadable(span, &file.value, &reason)),
        };
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => return self.fail(errors::tables::unreadable(span, &file.value, &error.to_string())),
        };
        let mut columns = Vec::with_capacity(item.keys.len() + 1);
        for name in item.keys.iter().map(|key| &*key.text).chain(["value"]) {
            match header.iter().position(|column| column == name) {
                Some(column) => columns.push(column),
                None => {
                    let found: Vec<_> = header.iter().collect();
                    return self.fail(errors::tables::column_missing(span, &file.value, name, &found.join(", ")));
                }
            }
        }
        let value_column = columns.pop()?;
        let mut rows = Vec::new();
        for (at, record) in reader.records().enumerate() {
            // The header is line 1.
            let line = at + 2;
            let record = match record {
                Ok(record) => record,
                Err(error) => return self.fail(errors::tables::unreadable(span, &file.value, &error.to_string())),
            };
            let mut cells = Vec::with_capacity(keys.len());
            for (column, ty) in columns.iter().zip(keys) {
                let cell = record.get(*column).unwrap_or_default();
                match self.key_cell(cell, *ty, span) {
                    Some(value) => cells.push(value),
                    None => {
                        let expected = self.spoken(*ty);
                        return self.fail(errors::tables::bad_cell(span, &file.value, line, cell, &expected));
                    }
                }
            }
            let cell = record.get(value_column).unwrap_or_default();
            let Some(value) = self.value_cell(cell, span) else {
                return self.fail(errors::tables::bad_cell(span, &file.value, line, cell, "a value"));
            };
            if value.ty == Type::Number {
                self.written_as(span, if cell.ends_with('%') { Manner::Percent } else { Manner::Bare });
            }
            rows.push(CsvRow { keys: cells, value });
        }
        if rows.is_empty() {
            return self.fail(errors::tables::empty(span));
        }
        Some(rows)
    }
    fn key_cell(&mut self, cell: &str, ty: Type, span: Span) -> Option<Cell> {
        if cell == "_" {
            return Some(None);
        }
        let bands = [("up to ", Compare::AtMost), ("below ", Compare::Less), ("above ", Compare::More)];
        let band = bands.iter().find_map(|(word, how)| Some((*how, cell.strip_prefix(word)?)));
        match band {
            Some((how, end)) if ordered(ty) => Some(Some((how, self.key_value(end.trim(), ty, span)?))),
            _ => Some(Some((Compare::Is, self.key_value(cell, ty, span)?))),
        }
    }
    fn key_value(&mut self, cell: &str, ty: Type, span: Span) -> Option<Value> {
        Some(match ty {
            Type::Text => Value::Text(Arc::from(cell)),
            Type::Enum(_) | Type::Tier(_) => Value::Ordinal(self.word(cell, ty)?),
            Type::Date => Value::Day(Day::parse(cell)?),
            Type::Bool => Value::Bool(flag(cell)?),
            Type::Number | Type::Money | Type::Quantity(_) => match self.value_cell(cell, span)? {
                Expr { kind: crate::hir::Kind::Const(value), ty: found, .. } if found == ty => value,
                Expr { ty: Type::Number, .. } => {
                    let number = number(cell, span)?;
                    match self.cell_number(&number, ty, span)?.kind {
                        crate::hir::Kind::Const(value) => value,
                        _ => return None,
                    }
                }
                _ => return None,
            },
            Type::Moment | Type::Time | Type::Duration => return None,
        })
    }
    /// `500`, `20%`, `$5`, `5 USD`, `5 points`, `yes`, or text.
    fn value_cell(&mut self, cell: &str, span: Span) -> Option<Expr> {
        if let Some(written) = number(cell, span) {
            return Some(exact(self.number(&written)?, Type::Number, span));
        }
        if let Some(percent) = cell.strip_suffix('%').and_then(|percent| number(percent.trim(), span)) {
            return Some(exact(self.percent(&percent)?, Type::Number, span));
        }
        if let Some(flag) = flag(cell) {
            return Some(constant(Value::Bool(flag), Type::Bool, span));
        }
        let digits = |c: char| c.is_ascii_digit();
        if let Some(start) = cell.find(digits)
            && start > 0
        {
            let (sign, amount) = cell.split_at(start);
            if let Some(amount) = number(amount, span) {
                let currency = ident(sign.trim(), span);
                return Some(exact(self.money(&amount, &currency, span)?, Type::Money, span));
            }
        }
        if let Some((amount, name)) = cell.split_once(' ')
            && let Some(amount) = number(amount, span)
        {
            let name = ident(name.trim(), span);
            if Currency::parse(&name.text).is_some() {
                return Some(exact(self.money(&amount, &name, span)?, Type::Money, span));
            }
            let unit = self.unit(&name)?;
            return Some(exact(self.quantity(&amount, unit, span)?, Type::Quantity(unit), span));
        }
        (!cell.is_empty()).then(|| constant(Value::Text(Arc::from(cell)), Type::Text, span))
    }
}

fn number(text: &str, span: Span) -> Option<ast::Number> {
    let plain = text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '_'));
    plain.then(|| ast::Number { text: Arc::from(text.replace('_', "")), at: At(span) })
}

fn ident(text: &str, span: Span) -> ast::Ident {
    ast::Ident { text: Arc::from(text), at: At(span) }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}
