//! Aggregates over the lines of a list of the event at hand.

use crate::hir::{Aggregate, EventId, Expr, FieldId, FieldType, Kind, Type};
use crate::source::Span;
use crate::syntax::ast::{self, AggregateOp};

use super::context::{Checker, field_type};
use super::errors;
use super::expr::is_numeric;
use super::names::nearest;
use super::scope::Scope;

/// How lines or events become one; `None` for streaks.
pub(super) fn aggregate(op: AggregateOp) -> Option<Aggregate> {
    Some(match op {
        AggregateOp::Sum => Aggregate::Sum,
        AggregateOp::Count => Aggregate::Count,
        AggregateOp::Distinct => Aggregate::Distinct,
        AggregateOp::Largest => Aggregate::Largest,
        AggregateOp::Smallest => Aggregate::Smallest,
        AggregateOp::Average => Aggregate::Average,
        AggregateOp::First => Aggregate::First,
        AggregateOp::Last => Aggregate::Last,
        AggregateOp::Any => Aggregate::Any,
        AggregateOp::All => Aggregate::All,
        AggregateOp::Streak => return None,
    })
}

impl Checker<'_> {
    /// `sum of items.price where …`.
    pub fn fold(&mut self, fold: &ast::Aggregate, span: Span, scope: &Scope) -> Option<Expr> {
        let (first, rest) = fold.of.parts.split_first()?;
        let (first, rest) = match (&*first.text, rest.split_first()) {
            ("event", Some((second, rest))) => (second, rest),
            _ => (first, rest),
        };
        let list = scope.event.and_then(|event| {
            let fields = &self.events.get(event)?.fields;
            let list = fields.find(|field| field.name == first.text && matches!(field.ty, FieldType::List(_)))?;
            Some((event, list))
        });
        let Some((event, list)) = list else {
            return self.no_list(fold, first, span, scope);
        };
        let Some(aggregate) = aggregate(fold.op) else {
            return self.fail(errors::measures::streak_of_lines(fold.op_at.0));
        };
        let inner = scope.within(list);
        let filter = match &fold.filter {
            Some(filter) => Some(self.condition(filter, &inner)?),
            None => None,
        };
        let inner = filter.as_ref().map_or(inner.clone(), |filter| inner.given(filter));
        let value = match (&fold.each, rest.split_first()) {
            (Some(_), Some(_)) => return self.fail(errors::measures::each_of_field(fold.of.at.0)),
            (Some(each), None) => Some(self.expr(each, &inner, None)?),
            (None, Some((name, more))) => Some(self.line_value(event, list, &first.text, name, more)?),
            (None, None) => None,
        };
        let (value, ty) = match (aggregate, value) {
            (Aggregate::Any | Aggregate::All, None) if filter.is_none() => {
                return self.fail(errors::measures::needs_where(span));
            }
            (Aggregate::Any | Aggregate::All, None) => (None, Type::Bool),
            (Aggregate::Any | Aggregate::All, Some(value)) => {
                return self.fail(errors::measures::no_field_wanted(value.span, "any of and all of"));
            }
            (Aggregate::Count, _) => (None, Type::Number),
            (_, None) => return self.fail(errors::measures::field_wanted(fold.of.at.0, &first.text)),
            (Aggregate::Distinct, Some(value)) => (Some(value), Type::Number),
            (_, Some(value)) if is_numeric(value.ty) => {
                let value = self.solid_where(value, &inner)?;
                let ty = value.ty;
                (Some(value), ty)
            }
            (_, Some(value)) => {
                let found = self.spoken(value.ty);
                return self.fail(errors::types::not_a_number(value.span, &found));
            }
        };
        let kind = Kind::Fold { aggregate, list, value: value.map(Box::new), filter: filter.map(Box::new) };
        Some(Expr { kind, ty, span })
    }
    /// The field of a line that an aggregate or a measure speaks of.
    pub fn line_value(
        &mut self,
        event: EventId,
        list: FieldId,
        list_name: &str,
        name: &ast::Ident,
        more: &[ast::Ident],
    ) -> Option<Expr> {
        let fields = self.line_fields(event, list)?;
        let span = name.span();
        match fields.find(|field| field.name == name.text) {
            Some(id) => match (field_type(&fields.at(id).ty), more.first()) {
                (Some(ty), None) => Some(Expr { kind: Kind::Line(id), ty, span }),
                (_, Some(other)) => self.fail(errors::names::no_parts(other.span(), &other.text, &name.text)),
                (None, None) => self.fail(errors::types::bare_list(span, &name.text)),
            },
            None => {
                let near = nearest(&name.text, fields.iter().map(|field| &*field.name));
                self.fail(errors::names::unknown_field(span, &name.text, list_name, near))
            }
        }
    }
    /// The message for an aggregate over something that is no list of the event at hand.
    fn no_list(&mut self, fold: &ast::Aggregate, first: &ast::Ident, span: Span, scope: &Scope) -> Option<Expr> {
        let text = self.sources.text(span).to_owned();
        if self.names.events.get(&first.text).is_some() || self.unit_named(&first.text) {
            let taken = |name: &str| {
                let fields = self.events.iter().any(|event| event.fields.iter().any(|field| &*field.name == name));
                fields
                    || self.names.values.get(name).is_some()
                    || self.attributes.iter().any(|field| &*field.name == name)
            };
            let name = ["total", "so_far", "total_so_far"].into_iter().find(|name| !taken(name)).unwrap_or("my_total");
            let lines = match fold.of.parts.as_slice() {
                [event, list, field] => Some((format!("{}.{}", event.text, list.text), &*field.text)),
                _ => None,
            };
            return self.fail(errors::measures::history_in_expression(span, &text, name, lines));
        }
        let Some(event) = scope.event.and_then(|event| self.events.get(event)) else {
            let error = self.no_event(first);
            return self.fail(error);
        };
        let lists = event.fields.iter().filter(|field| matches!(field.ty, FieldType::List(_)));
        let near = nearest(&first.text, lists.map(|field| &*field.name));
        let known = event.fields.iter().any(|field| field.name == first.text);
        let error = errors::measures::not_a_list(fold.of.at.0, &first.text, &event.name, known, near);
        self.fail(error)
    }
    /// Whether a name is a unit's.
    pub fn unit_named(&self, name: &str) -> bool {
        matches!(self.names.values.get(name), Some(super::names::Symbol::Unit(_)))
    }
}
