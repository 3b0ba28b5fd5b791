//! Walking over typed expressions.

use crate::arena::Id as _;
use crate::hir::{Expr, Kind, Read, Rows, Source};
use crate::value::{Exact, Value};

use super::context::{Checker, Slot};
use super::scope::{Present, Scope};

/// The direct parts of an expression.
pub(super) fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        Kind::Const(_)
        | Kind::Field(_)
        | Kind::Line(_)
        | Kind::Opened(_)
        | Kind::Read(_)
        | Kind::Builtin(_)
        | Kind::Let(_)
        | Kind::Segment(_) => Vec::new(),
        Kind::And(all) | Kind::Or(all) | Kind::Call(_, all) | Kind::Lookup(_, all) => all.iter().collect(),
        Kind::Not(one) | Kind::Missing(one) | Kind::Negate(one) | Kind::Scale(one, _) | Kind::Since(_, one) => {
            vec![one]
        }
        Kind::Compare(_, left, right)
        | Kind::Arithmetic(_, left, right)
        | Kind::Shift(left, right, _)
        | Kind::Times(left, right) => {
            vec![left, right]
        }
        Kind::In(value, list) => std::iter::once(&**value).chain(list).collect(),
        Kind::Between(value, low, high) => vec![value, low, high],
        Kind::Rate { quantity, per, value, .. } => vec![quantity, per, value],
        Kind::Fold { value, filter, .. } => value.iter().chain(filter).map(|part| &**part).collect(),
        Kind::Cases(cases) => {
            cases.iter().flat_map(|case| case.guard.when.as_deref().into_iter().chain(Some(&case.value))).collect()
        }
    }
}

/// Calls `seen` for the expression and everything in it, not through names.
pub(super) fn walk<'e>(expr: &'e Expr, seen: &mut dyn FnMut(&'e Expr)) {
    seen(expr);
    for part in parts(expr) {
        walk(part, seen);
    }
}

/// Something whose value may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Absent(pub Present);

impl Checker<'_> {
    /// Calls `seen` for the expression and everything in it, through lets, segments and tables.
    pub fn deep(&self, expr: &Expr, seen: &mut dyn FnMut(&Expr)) {
        walk(expr, &mut |part| {
            seen(part);
            match &part.kind {
                Kind::Let(id) => {
                    if let Some(named) = self.named(*id) {
                        self.deep(&named.value, seen);
                    }
                }
                Kind::Segment(id) => {
                    if let Some(segment) = self.segments.get(id.index()).and_then(Slot::done) {
                        self.deep(&segment.condition, seen);
                    }
                }
                Kind::Lookup(id, _) => {
                    if let Some(table) = self.tables.get(id.index()).and_then(Slot::done) {
                        match &table.rows {
                            Rows::Exact { rows, otherwise } => {
                                rows.iter()
                                    .map(|(_, value)| value)
                                    .chain(otherwise)
                                    .for_each(|value| self.deep(value, seen));
                            }
                            Rows::Bands { bands, .. } => bands.iter().for_each(|band| self.deep(&band.value, seen)),
                        }
                    }
                }
                _ => {}
            }
        });
    }
    /// What the expression reads of the member, through names, without what measures read in turn.
    pub fn reads(&self, expr: &Expr) -> Vec<Read> {
        let mut reads = Vec::new();
        self.deep(expr, &mut |part| {
            if let Kind::Read(read) = part.kind
                && !reads.contains(&read)
            {
                reads.push(read);
            }
        });
        reads
    }
    /// The constant that an expression is, through lets.
    pub fn constant_of(&self, expr: &Expr) -> Option<Value> {
        match &expr.kind {
            Kind::Const(value) => Some(value.clone()),
            Kind::Let(id) => self.named(*id).and_then(|named| self.constant_of(&named.value)),
            _ => None,
        }
    }
    /// The constant number that an expression is, through lets.
    pub fn exact_of(&self, expr: &Expr) -> Option<Exact> {
        match self.constant_of(expr) {
            Some(Value::Exact(value)) => Some(value),
            _ => None,
        }
    }
    /// What may be missing, so that the expression has no value.
    pub fn absent(&self, expr: &Expr, scope: &Scope) -> Option<Absent> {
        let candidate =
            |present: Present, optional: bool| (optional && !scope.knows(present)).then_some(Absent(present));
        match &expr.kind {
            Kind::Field(id) => {
                let field =
                    scope.event.and_then(|event| self.events.get(event)).and_then(|event| event.fields.get(*id))?;
                candidate(Present::Field(*id), field.optional && field.default.is_none())
            }
            Kind::Line(id) => {
                let field = self.line_fields(scope.event?, scope.line?)?.get(*id)?;
                candidate(Present::Line(*id), field.optional && field.default.is_none())
            }
            Kind::Read(Read::Attribute(id)) => {
                let field = self.attributes.get(*id)?;
                candidate(Present::Attribute(*id), field.optional && field.default.is_none())
            }
            Kind::Read(Read::Last(event)) => candidate(Present::Last(*event), true),
            Kind::Read(Read::Place(board)) => candidate(Present::Place(*board), true),
            Kind::Read(Read::Measure(id)) => match self.measure(*id).map(|measure| &measure.source) {
                Some(Source::Formula(formula)) => self.absent(formula, scope),
                _ => None,
            },
            Kind::Let(id) => self.named(*id).and_then(|named| self.absent(&named.value, scope)),
            Kind::Cases(cases) => cases.iter().find_map(|case| match &case.guard.when {
                Some(when) => self.absent(&case.value, &scope.given(when)),
                None => self.absent(&case.value, scope),
            }),
            Kind::Since(_, value) | Kind::Shift(value, _, _) => self.absent(value, scope),
            Kind::Call(_, all) => all.iter().find_map(|part| self.absent(part, scope)),
            _ => None,
        }
    }
    /// The name and the place of declaration of what may be missing, as far as there is one.
    pub fn absent_name(&self, Absent(present): Absent, scope: &Scope) -> Option<(String, Option<crate::source::Span>)> {
        let event = scope.event.and_then(|event| self.events.get(event));
        Some(match present {
            Present::Field(id) => event?.fields.get(id).map(|field| (field.name.to_string(), Some(field.span)))?,
            Present::Line(id) => {
                let field = self.line_fields(scope.event?, scope.line?)?.get(id)?;
                (field.name.to_string(), Some(field.span))
            }
            Present::Attribute(id) => {
                let field = self.attributes.get(id)?;
                (format!("member.{}", field.name), Some(field.span))
            }
            Present::Last(id) => (format!("last {}", self.events.get(id)?.name), None),
            Present::Place(id) => (format!("{}.place", self.items.leaderboards.get(id.index())?.name.text), None),
        })
    }
}
