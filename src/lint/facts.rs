//! What conditions say together of one thing: which values are left.

use std::collections::BTreeMap;

use crate::engine::words;
use crate::hir::{Builtin, Compare, During, Expr, FieldType, Kind, Program, Type};
use crate::source::Span;
use crate::value::{Exact, Value};

/// Two conditions that cannot hold together, or one that can never hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Conflict {
    pub span: Span,
    /// The other one; none where the thing itself has no such value.
    pub other: Option<Span>,
}

/// An end of what is left: the value, whether it belongs to it, and who says so.
type End = (Value, bool, Option<Span>);

#[derive(Debug, Clone, Default)]
struct Range {
    low: Option<End>,
    high: Option<End>,
    /// The only values left, and who says so.
    only: Option<(Vec<Value>, Option<Span>)>,
    /// Values that are not left.
    not: Vec<(Value, Span)>,
}

/// What is known of each thing that conditions ask of.
#[derive(Clone)]
pub(super) struct Facts<'p> {
    program: &'p Program,
    known: BTreeMap<String, Range>,
}

impl<'p> Facts<'p> {
    pub fn new(program: &'p Program) -> Self {
        Self { program, known: BTreeMap::new() }
    }

    /// Assumes that a condition holds.
    pub fn assume(&mut self, expr: &'p Expr) -> Result<(), Conflict> {
        match &expr.kind {
            Kind::And(parts) => parts.iter().try_for_each(|part| self.assume(part)),
            Kind::Or(parts) => {
                let mut first = None;
                for part in parts {
                    match self.clone().assume(part) {
                        Ok(()) => return Ok(()),
                        Err(conflict) => {
                            first.get_or_insert(conflict);
                        }
                    }
                }
                first.map_or(Ok(()), |first| Err(Conflict { span: expr.span, ..first }))
            }
            Kind::Segment(id) => {
                let inside = self.assume(&self.program.segments.at(*id).condition);
                inside.map_err(|conflict| Conflict { span: expr.span, other: conflict.other })
            }
            Kind::Const(Value::Bool(false)) => Err(Conflict { span: expr.span, other: None }),
            Kind::Not(inner) => self.deny(inner, expr.span),
            Kind::Compare(how, left, right) => self.compare(*how, left, right, expr.span),
            Kind::Between(item, low, high) => {
                self.compare(Compare::AtLeast, item, low, expr.span)?;
                self.compare(Compare::AtMost, item, high, expr.span)
            }
            Kind::In(item, list) => {
                let values: Option<Vec<Value>> = list.iter().map(|value| self.constant(value)).collect();
                let Some(values) = values else { return Ok(()) };
                self.with(item, expr.span, |range| range.keep(values, expr.span))
            }
            Kind::Field(_) | Kind::Line(_) | Kind::Read(_) if expr.ty == Type::Bool => {
                self.with(expr, expr.span, |range| range.keep(vec![Value::Bool(true)], expr.span))
            }
            _ => Ok(()),
        }
    }

    /// Assumes that a condition does not hold, as `span` says.
    pub fn deny(&mut self, expr: &'p Expr, span: Span) -> Result<(), Conflict> {
        match &expr.kind {
            Kind::Compare(how, left, right) => self.compare(contrary(*how), left, right, span),
            Kind::Or(parts) => parts.iter().try_for_each(|part| self.deny(part, span)),
            Kind::In(item, list) => list.iter().try_for_each(|value| self.compare(Compare::IsNot, item, value, span)),
            Kind::Field(_) | Kind::Line(_) | Kind::Read(_) if expr.ty == Type::Bool => {
                self.with(expr, span, |range| range.keep(vec![Value::Bool(false)], span))
            }
            _ => Ok(()),
        }
    }

    /// Assumes that it is one of these times, where they are all days.
    pub fn during(&mut self, alternatives: &[During], span: Span) -> Result<(), Conflict> {
        let [During::Days(from, to)] = alternatives else { return Ok(()) };
        let range = self.known.entry("today".to_owned()).or_default();
        if let Some(from) = from {
            range.from((Value::Day(*from), true, Some(span)))?;
        }
        to.map_or(Ok(()), |to| range.to((Value::Day(to), true, Some(span))))
    }

    fn compare(&mut self, how: Compare, left: &Expr, right: &Expr, span: Span) -> Result<(), Conflict> {
        let (item, how, value) = match (self.constant(left), self.constant(right)) {
            (None, Some(value)) => (left, how, value),
            (Some(value), None) => (right, mirrored(how), value),
            (Some(left), Some(right)) => {
                return if how.holds(left.cmp(&right)) { Ok(()) } else { Err(Conflict { span, other: None }) };
            }
            (None, None) => return Ok(()),
        };
        self.with(item, span, |range| match how {
            Compare::Is => range.keep(vec![value], span),
            Compare::IsNot => range.leave(value, span),
            Compare::Less => range.to((value, false, Some(span))),
            Compare::AtMost => range.to((value, true, Some(span))),
            Compare::More => range.from((value, false, Some(span))),
            Compare::AtLeast => range.from((value, true, Some(span))),
        })
    }

    fn with(
        &mut self,
        item: &Expr,
        span: Span,
        narrow: impl FnOnce(&mut Range) -> Result<(), Conflict>,
    ) -> Result<(), Conflict> {
        let key = match &item.kind {
            Kind::Builtin(Builtin::Today) => "today".to_owned(),
            Kind::Field(_) | Kind::Line(_) | Kind::Opened(_) | Kind::Read(_) | Kind::Builtin(_) => {
                format!("{:?}", item.kind)
            }
            _ => return Ok(()),
        };
        let words = match item.ty {
            Type::Enum(id) => self.program.enums.at(id).words.len(),
            Type::Tier(id) => self.program.ladders.at(id).tiers.len(),
            _ => 0,
        };
        let all = (0..words).filter_map(|word| u32::try_from(word).ok()).map(Value::Ordinal).collect::<Vec<_>>();
        let range = self.known.entry(key).or_default();
        if range.only.is_none() && words > 0 {
            range.only = Some((all, None));
        }
        narrow(range).map_err(|conflict| Conflict { span, ..conflict })
    }

    /// The value of an expression that never changes.
    pub fn constant(&self, expr: &Expr) -> Option<Value> {
        constant(self.program, expr)
    }
}

/// The value of an expression that never changes.
pub(super) fn constant(program: &Program, expr: &Expr) -> Option<Value> {
    let number = |expr: &Expr| match constant(program, expr)? {
        Value::Exact(number) => Some(number),
        _ => None,
    };
    match &expr.kind {
        Kind::Const(value) => Some(value.clone()),
        Kind::Let(id) => constant(program, &program.lets.at(*id).value),
        Kind::Negate(inner) => number(inner)?.neg().ok().map(Value::Exact),
        Kind::Scale(inner, factor) => number(inner)?.mul(*factor).ok().map(Value::Exact),
        _ => None,
    }
}

/// A number that never changes.
pub(super) fn number(program: &Program, expr: &Expr) -> Option<Exact> {
    match constant(program, expr)? {
        Value::Exact(number) => Some(number),
        _ => None,
    }
}

/// Whether a field of an event is something that can be bought or measured.
pub(super) fn is_amount(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Money | FieldType::Number | FieldType::Count)
}

/// An amount in plain words.
pub(super) fn said(program: &Program, ty: Type, value: Exact) -> String {
    words::value(program, ty, &Value::Exact(value))
}

fn contrary(how: Compare) -> Compare {
    match how {
        Compare::Is => Compare::IsNot,
        Compare::IsNot => Compare::Is,
        Compare::Less => Compare::AtLeast,
        Compare::AtMost => Compare::More,
        Compare::More => Compare::AtMost,
        Compare::AtLeast => Compare::Less,
    }
}

fn mirrored(how: Compare) -> Compare {
    match how {
        Compare::Less => Compare::More,
        Compare::AtMost => Compare::AtLeast,
        Compare::More => Compare::Less,
        Compare::AtLeast => Compare::AtMost,
        same => same,
    }
}

impl Range {
    fn from(&mut self, end: End) -> Result<(), Conflict> {
        if self.low.as_ref().is_none_or(|low| (&low.0, !low.1) < (&end.0, !end.1)) {
            self.low = Some(end.clone());
        }
        self.check(end.2)
    }

    fn to(&mut self, end: End) -> Result<(), Conflict> {
        if self.high.as_ref().is_none_or(|high| (&end.0, end.1) < (&high.0, high.1)) {
            self.high = Some(end.clone());
        }
        self.check(end.2)
    }

    fn keep(&mut self, values: Vec<Value>, span: Span) -> Result<(), Conflict> {
        let other = self.only.as_ref().and_then(|(_, span)| *span);
        let kept: Vec<Value> = match &self.only {
            Some((known, _)) => values.into_iter().filter(|value| known.contains(value)).collect(),
            None => values,
        };
        if kept.is_empty() {
            return Err(Conflict { span, other });
        }
        self.only = Some((kept, Some(span)));
        self.check(Some(span))
    }

    fn leave(&mut self, value: Value, span: Span) -> Result<(), Conflict> {
        self.not.push((value, span));
        self.check(Some(span))
    }

    /// Whether anything is left; `by` is who spoke last.
    fn check(&self, by: Option<Span>) -> Result<(), Conflict> {
        let Some(span) = by else { return Ok(()) };
        let others = [
            self.low.as_ref().and_then(|low| low.2),
            self.high.as_ref().and_then(|high| high.2),
            self.only.as_ref().and_then(|only| only.1),
        ];
        let excluded = self.not.iter().map(|(_, by)| Some(*by));
        let other = others.into_iter().chain(excluded).flatten().find(|other| *other != span);
        let conflict = Err(Conflict { span, other });
        if let (Some((low, at_low, _)), Some((high, at_high, _))) = (&self.low, &self.high)
            && (low > high || (low == high && !(*at_low && *at_high)))
        {
            return conflict;
        }
        let fits = |value: &Value| {
            let low = self.low.as_ref().is_none_or(|(low, at, _)| value > low || (*at && value == low));
            let high = self.high.as_ref().is_none_or(|(high, at, _)| value < high || (*at && value == high));
            low && high && !self.not.iter().any(|(not, _)| not == value)
        };
        match &self.only {
            Some((values, _)) if !values.iter().any(fits) => conflict,
            _ => Ok(()),
        }
    }
}
