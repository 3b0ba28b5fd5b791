//! Rows that become one event, or are rejected together.

use std::sync::Arc;

use crate::value::{Currency, Instant};

use super::super::MAX_LIST;
use super::super::currency::CURRENCY;
use super::super::decode::{Fault, shown};
use super::super::node::{Entry, Node, Place, Raw};
use super::super::reject::Reject;
use super::super::scalar::identifier;
use super::Rule;
use super::currency::currency;
use super::form::{Form, Row, named_currency};
use super::mapper::{Bound, fault, summand};

/// Rows of one event, as far as they have come.
pub(super) struct Group {
    pub rule: usize,
    pub sequence: u64,
    /// Identity, member and time, from the first row.
    pub head: Result<(Arc<str>, Arc<str>, Instant), Fault>,
    /// That of its amounts, from the first row.
    pub currency: Currency,
    pub fields: Vec<Entry<'static>>,
    pub rows: Rows,
}

/// Where rows stand, and how they are written: all of them are rejected where one is.
pub(super) struct Rows {
    first: (Place, String),
    others: Vec<(Place, String)>,
}

impl Rows {
    /// The first row of a group.
    pub fn new(first: &Raw<'_>) -> Self {
        Self { first: (first.place.clone(), shown(first)), others: Vec::new() }
    }

    /// Where the first row begins.
    pub fn place(&self) -> &Place {
        &self.first.0
    }

    /// The first row, whose values are gone.
    pub fn raw(&self) -> Raw<'_> {
        Raw { place: self.first.0.clone(), fields: Vec::new(), text: &self.first.1 }
    }

    /// The rejects that a fault makes of all rows: that of the row at fault, and the others.
    pub fn rejects(self, fault: Fault) -> (Reject, Vec<Reject>) {
        let place = fault.place.unwrap_or_else(|| self.first.0.clone());
        let mut rows = self.others;
        rows.insert(0, self.first);
        // A row may go on over several lines.
        let begins = |(row, _): &(Place, String)| row.file == place.file && row.line <= place.line;
        let (_, text) = rows.remove(rows.iter().rposition(begins).unwrap_or(0));
        let reason = format!("line {} belongs to the same event: {}", place.line, fault.reason);
        let others = rows.into_iter().map(|(row, text)| Reject::new(row, reason.clone(), &text)).collect();
        (Reject::new(place, fault.reason, &text), others)
    }
}

impl Group {
    /// Adds a row to the sums and lists.
    pub fn add(&mut self, rule: &Rule, bound: &Bound, row: &Row<'_, '_>) {
        self.rows.others.push((row.raw.place.clone(), shown(row.raw)));
        let Ok((_, own, _)) = &self.head else { return };
        let other = row.value(&rule.member).ok().filter(|node| !node.is_nothing());
        if let Some(Ok(other)) = other.map(|node| identifier(node.view()))
            && other != *own
        {
            let reason = format!("rows of one event name two members, `{own}` and `{other}`: `group by` both columns");
            self.head = Err(fault(row, &rule.member, format!("`member`: {reason}")));
            return;
        }
        if let Err(fault) = self.same_currency(rule, bound, row) {
            self.head = Err(fault);
            return;
        }
        let row = &Row { decimals: self.currency.exponent(), ..*row };
        for (name, form) in &rule.fields {
            let added = match form {
                Form::Lines(fields) => row.line(fields).and_then(|line| match self.field(name) {
                    Some(Node::List(lines)) if lines.len() < MAX_LIST => {
                        lines.push(line.into_owned());
                        Ok(())
                    }
                    _ => Err(format!("more than {MAX_LIST} rows belong to one event")),
                }),
                form if form.has_sum() => summand(form, row).and_then(|more| match self.field(name) {
                    Some(Node::Exact(sum)) => {
                        *sum = sum.add(more).map_err(|error| error.to_string())?;
                        Ok(())
                    }
                    _ => Err("the sum has no beginning".to_owned()),
                }),
                _ => Ok(()),
            };
            if let Err(reason) = added {
                self.head = Err(fault(row, form, format!("`{name}`: {reason}")));
                return;
            }
        }
    }

    /// An error where a row names another currency than the first.
    fn same_currency(&self, rule: &Rule, bound: &Bound, row: &Row<'_, '_>) -> Result<(), Fault> {
        let reason = match named_currency(row.program, &currency(rule, bound, row)?) {
            None => return Ok(()),
            Some(Ok(other)) if other == self.currency => return Ok(()),
            Some(Ok(other)) => {
                format!(
                    "rows of one event name two currencies, `{}` and `{other}`: `group by` both columns",
                    self.currency
                )
            }
            Some(Err(reason)) => reason,
        };
        let column = Form::Column(CURRENCY.to_owned());
        Err(fault(row, rule.currency.as_ref().unwrap_or(&column), format!("`{CURRENCY}`: {reason}")))
    }

    fn field(&mut self, name: &str) -> Option<&mut Node<'static>> {
        self.fields.iter_mut().find(|(key, _)| key == name).map(|(_, node)| node)
    }
}
