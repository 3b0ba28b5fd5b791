//! `table`.

use super::{block_statements, event, expr, literal};
use crate::syntax::ast::{Key, Row, RowKey, Table, TableBody, TableShape};
use crate::syntax::errors;
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Reader, Statement};

/// `table x by a, b { … }`.
pub(super) fn table<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Table> {
    let keys = head.ident_list();
    let shape = if head.has(Rule::kw_marginal) {
        TableShape::MarginalBands
    } else if head.has(Rule::kw_bands) {
        TableShape::Bands
    } else {
        TableShape::Keys
    };
    let body = match head.get(Rule::text) {
        Some(file) => TableBody::File(literal::text(r, &file)?),
        None => {
            let mut rows = Vec::new();
            block_statements(r, block, Rule::table_lines, None, |r, s| {
                rows.push(row(r, s, shape, keys.len())?);
                Some(())
            });
            TableBody::Rows(rows)
        }
    };
    Some(Table { name: head.ident()?, keys, shape, body, at: head.at() })
}

fn row<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>, shape: TableShape, width: usize) -> Option<Row> {
    let n = &s.node;
    let key = match n.rule() {
        Rule::else_row => RowKey::Else,
        Rule::above_row => RowKey::Above,
        Rule::up_to_row => RowKey::UpTo(bound(r, n)?),
        Rule::below_row => RowKey::Below(bound(r, n)?),
        _ => RowKey::Keys(n.all(Rule::key).map(|k| key(r, &k)).collect::<Option<_>>()?),
    };
    let banded = shape != TableShape::Keys;
    match &key {
        RowKey::Keys(keys) if !banded && keys.len() != width => {
            r.report(errors::row_width(s.at.0, keys.len(), width));
            return None;
        }
        RowKey::Keys(_) if banded => {
            r.report(errors::row_in_bands(s.at.0));
            return None;
        }
        RowKey::UpTo(_) | RowKey::Below(_) | RowKey::Above if !banded => {
            r.report(errors::band_in_table(s.at.0));
            return None;
        }
        _ => {}
    }
    Some(Row { key, value: expr::the_cases(r, n)?, at: s.at })
}

fn bound<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<crate::syntax::ast::Expr> {
    literal::literal(r, &n.get(Rule::bound)?.first()?)
}

fn key<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Key> {
    if n.has(Rule::any_key) {
        return Some(Key::Any(n.at()));
    }
    if let Some(up_to) = n.get(Rule::up_to_key) {
        return Some(Key::UpTo(bound(r, &up_to)?));
    }
    if let Some(below) = n.get(Rule::below_key) {
        return Some(Key::Below(bound(r, &below)?));
    }
    if let Some(above) = n.get(Rule::above_key) {
        return Some(Key::Above(bound(r, &above)?));
    }
    Some(Key::Value(event::signed(r, n)?))
}
