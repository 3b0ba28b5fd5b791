//! Which currency the amounts of a row are in.

use std::borrow::Cow;

use crate::hir::{EventDef, FieldType};

use super::super::currency::{CURRENCY, Doubt, position};
use super::super::decode::Fault;
use super::super::node::Node;
use super::Rule;
use super::form::{Form, Row, scalar};
use super::mapper::{Bound, fault};

/// Objects around the amounts that a rule reads, which may say their currency.
pub(super) fn around(rule: &Rule, event: &EventDef) -> Vec<String> {
    let is_money = |name: &str| event.fields.iter().any(|def| *def.name == *name && matches!(def.ty, FieldType::Money));
    let amounts = rule.fields.iter().filter(|(name, _)| is_money(name)).flat_map(|(_, form)| form.named());
    amounts.filter_map(|name| Some(name.rsplit_once('.')?.0.to_owned())).collect()
}

/// What says the currency of the amounts of a row; nothing where nobody does.
pub(super) fn currency<'a>(rule: &Rule, bound: &Bound, row: &Row<'_, 'a>) -> Result<Node<'a>, Fault> {
    let of = |form: &Form| row.value(form).map_err(|reason| fault(row, form, format!("`{CURRENCY}`: {reason}")));
    // A field of this name says it first.
    if let Some((_, form)) = rule.fields.iter().find(|(name, _)| name == CURRENCY) {
        return of(form);
    }
    let column = row.column(CURRENCY);
    let is_field = bound.same.iter().any(|(name, _)| name == CURRENCY) && !column.is_nothing();
    if let Some(form) = &rule.currency {
        return if is_field { Ok(column.into_owned()) } else { of(form) };
    }
    if !bound.has_money {
        return Ok(Node::Null);
    }
    let own = row.program.settings.currency;
    let doubt = |name: &str, reason: String| {
        let place = if is_field { "among the fields" } else { "beside `member`" };
        let mend = format!(
            "say in the map, {place}, which one the amounts are in, as in `currency: {name}` or `currency: {{constant: {own}}}`"
        );
        Err(fault(row, &Form::Column(name.to_owned()), format!("{reason}: {mend}")))
    };
    // What stands beside an amount in an object is closer to it than what the record says.
    let mut known: Option<(String, String)> = None;
    for object in &bound.around {
        let node = row.column(object);
        let entries = node.view().entries().unwrap_or_default();
        let name = |at: usize| format!("{object}.{}", entries.get(at).map_or("", |(name, _)| name));
        let at = match position(&*entries, own) {
            Ok(None) => continue,
            Ok(Some(at)) => at,
            Err(Doubt { at, reason }) => return doubt(&name(at), reason),
        };
        let code = entries.get(at).map(|(_, node)| scalar(node).into_owned()).unwrap_or_default();
        match &known {
            Some((other, theirs)) if !theirs.eq_ignore_ascii_case(&code) => {
                let reason = format!("`{other}` names {theirs} and `{}` names {code}", name(at));
                return doubt(&name(at), reason);
            }
            _ => known = Some((name(at), code)),
        }
    }
    if let Some((name, code)) = known {
        let said = scalar(&column);
        if is_field && !said.eq_ignore_ascii_case(&code) {
            return doubt(&name, format!("`{name}` names {code} and `{CURRENCY}` names {said}"));
        }
        return Ok(Node::Text(Cow::Owned(code)));
    }
    let entries = row.raw.fields.as_slice();
    match position(entries, own) {
        Ok(at) => Ok(at.and_then(|at| entries.get(at)).map_or(Node::Null, |(_, node)| node.clone())),
        Err(Doubt { at, reason }) => doubt(entries.get(at).map_or("", |(name, _)| name), reason),
    }
}
