//! Values in the records of scenarios.

use std::sync::Arc;

use crate::hir::{FieldType, Kind, Type};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, RecordValue, UnaryOp};
use crate::value::{Currency, TimeOfDay, Value};

use super::context::{Checker, field_type, power_of_ten};
use super::errors;
use super::literal::day;
use super::scope::Scope;

impl Checker<'_> {
    /// The value of a field. Bare words are text, identifiers or enum values by the field's type.
    pub fn record_value(&mut self, value: &RecordValue, ty: &FieldType, name: &str) -> Option<Value> {
        match (value, ty) {
            (RecordValue::List(lines, at), FieldType::List(fields)) => {
                let mut all: Vec<Box<[Value]>> = Vec::with_capacity(lines.len());
                let before = self.errors.len();
                for line in lines {
                    match line {
                        RecordValue::Record(values, at) => all.extend(self.line(values, fields, name, at.0)),
                        other => self.report(errors::scenario::line_expected(place(other, at.0), name)),
                    }
                }
                (self.errors.len() == before).then(|| Value::List(all.into()))
            }
            (RecordValue::Value(expr), FieldType::List(_)) => {
                self.fail(errors::scenario::list_expected(expr.span(), name))
            }
            (RecordValue::Record(_, at), FieldType::List(_)) => self.fail(errors::scenario::list_expected(at.0, name)),
            (RecordValue::List(_, at) | RecordValue::Record(_, at), _) => {
                self.fail(errors::scenario::one_value_expected(at.0, name))
            }
            (RecordValue::Value(expr), _) => self.field_value(expr, ty, name),
        }
    }
    fn line(
        &mut self,
        values: &[ast::RecordField],
        fields: &crate::arena::Arena<crate::hir::FieldId, crate::hir::FieldDef>,
        list: &str,
        span: Span,
    ) -> Option<Box<[Value]>> {
        let mut line: Vec<Value> = vec![Value::Missing; fields.len()];
        let before = self.errors.len();
        for field in values {
            let position = fields.iter().position(|known| known.name == field.name.text);
            let Some((slot, known)) = position.and_then(|at| line.get_mut(at).zip(fields.iter().nth(at))) else {
                let near = super::names::nearest(&field.name.text, fields.iter().map(|field| &*field.name));
                self.report(errors::names::unknown_field(field.name.span(), &field.name.text, list, near));
                continue;
            };
            if *slot != Value::Missing {
                self.report(errors::names::duplicate(field.name.span(), &field.name.text, None));
                continue;
            }
            *slot = self.record_value(&field.value, &known.ty, &known.name).unwrap_or_default();
        }
        if self.errors.len() > before {
            return None;
        }
        for (slot, known) in line.iter_mut().zip(fields.iter()) {
            if *slot == Value::Missing {
                match &known.default {
                    Some(default) => *slot = default.clone(),
                    None if known.optional => {}
                    None => {
                        self.report(errors::scenario::missing_field(span, list, &known.name, known.span));
                        return None;
                    }
                }
            }
        }
        Some(line.into())
    }
    fn field_value(&mut self, expr: &ast::Expr, ty: &FieldType, name: &str) -> Option<Value> {
        let want = field_type(ty)?;
        if want == Type::Text {
            return match self.bare(expr) {
                Some(text) => Some(Value::Text(text)),
                None => self.fail(errors::scenario::not_of_type(expr.span(), name, "text")),
            };
        }
        if let (ExprKind::Date(date), Type::Moment) = (&expr.kind, want) {
            return Some(Value::Moment(self.zone.at(day(*date), TimeOfDay::NOON)));
        }
        if want == Type::Money
            && let Some(foreign) = self.accepted_money(expr)
        {
            return foreign;
        }
        let lowered = self.expr(expr, &Scope::member(), Some(want))?;
        let fits = lowered.ty == want;
        match (lowered.kind, ty) {
            (Kind::Const(Value::Exact(number)), FieldType::Count) if fits && !number.is_integer() => {
                self.fail(errors::events::fraction_of_count(expr.span()))
            }
            (Kind::Const(value), _) if fits => Some(value),
            _ => {
                let wanted = self.spoken(want);
                self.fail(errors::scenario::not_of_type(expr.span(), name, &wanted))
            }
        }
    }
    /// An amount in another currency that the program accepts, as a record writes it; the inner `None`: an error was reported.
    fn accepted_money(&mut self, expr: &ast::Expr) -> Option<Option<Value>> {
        let (sign, amount, currency) = match &expr.kind {
            ExprKind::Money { amount, currency } => ("", amount, currency),
            ExprKind::Unary { op: UnaryOp::Negate, value } => match &value.kind {
                ExprKind::Money { amount, currency } => ("-", amount, currency),
                _ => return None,
            },
            _ => return None,
        };
        let code = &currency.text;
        let meant = Currency::parse(code).or_else(|| Currency::from_symbol(code, self.currency))?;
        if !self.accepted.contains(&meant) {
            return None;
        }
        let decimals = meant.exponent();
        let text = || Value::Text(format!("{sign}{} {meant}", amount.text.replace('_', "")).into());
        let whole =
            self.no_thousands_point(amount, decimals).and_then(|()| self.scaled(amount, power_of_ten(decimals)));
        Some(whole.and_then(|minor| match minor.is_integer() {
            true => Some(text()),
            false => self.fail(errors::literals::too_fine(expr.span(), &meant.to_string(), decimals)),
        }))
    }
    /// The identifier of a record.
    pub fn identifier(&mut self, value: &RecordValue) -> Option<Arc<str>> {
        let text = match value {
            RecordValue::Value(expr) => self.bare(expr),
            RecordValue::List(..) | RecordValue::Record(..) => None,
        };
        if text.is_none() {
            let span = match value {
                RecordValue::Value(expr) => expr.span(),
                RecordValue::List(_, at) | RecordValue::Record(_, at) => at.0,
            };
            self.report(errors::scenario::not_of_type(span, "id", "text"));
        }
        text
    }
    /// A bare word, a text or a number as text.
    fn bare(&self, expr: &ast::Expr) -> Option<Arc<str>> {
        match &expr.kind {
            ExprKind::Text(text) => Some(Arc::clone(&text.value)),
            ExprKind::Path(path) => path.single().map(|word| Arc::clone(&word.text)),
            ExprKind::Number(_) | ExprKind::Date(_) | ExprKind::Quantity { .. } => {
                Some(Arc::from(self.sources.text(expr.span())))
            }
            _ => None,
        }
    }
}

fn place(value: &RecordValue, around: Span) -> Span {
    match value {
        RecordValue::Value(expr) => expr.span(),
        RecordValue::List(_, at) | RecordValue::Record(_, at) => {
            if at.0.end > 0 {
                at.0
            } else {
                around
            }
        }
    }
}
