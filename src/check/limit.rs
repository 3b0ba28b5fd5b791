//! Limits and budgets.

use std::sync::Arc;

use crate::hir::{Budget, Excess, Expr, Kind, Limit, LimitId, LimitKind, Type, UnitId, Window};
use crate::syntax::ast;

use super::context::Checker;
use super::errors;
use super::scope::Scope;
use super::window::Stretch;

/// What a limit may bound.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounded {
    /// Units that are given.
    pub units: Vec<UnitId>,
    /// Whether money of the program is given.
    pub money: bool,
}

impl Checker<'_> {
    /// An item's own limits and budgets. Amounts must be of one of `units`.
    pub fn own_limits(&mut self, gate: &ast::Gate, scope: &Scope, units: &[UnitId]) -> Option<Vec<LimitId>> {
        self.limits_of(gate, scope, &Bounded { units: units.to_vec(), money: false })
    }
    /// The limits and budgets of something that gives units, money, or both.
    pub fn limits_of(&mut self, gate: &ast::Gate, scope: &Scope, bounded: &Bounded) -> Option<Vec<LimitId>> {
        let mut ids = Vec::new();
        let mut ok = true;
        for (limit, budget) in both(&gate.limits, &gate.budgets) {
            match self.limit(limit, budget, None, scope, bounded) {
                Some(limit) => ids.push(self.limits.push(limit)),
                None => ok = false,
            }
        }
        ok.then_some(ids)
    }
    /// One limit.
    pub fn limit(
        &mut self,
        limit: &ast::Limit,
        budget: bool,
        name: Option<&ast::Ident>,
        scope: &Scope,
        bounded: &Bounded,
    ) -> Option<Limit> {
        let window = match &limit.window {
            None => Some(Window::Ever),
            Some(window) => match self.stretch(window)? {
                Stretch::Event => None,
                Stretch::Window(window) => Some(window),
            },
        };
        let member = Scope { line: None, ..scope.clone() };
        let kind = if limit.times {
            LimitKind::Times(self.cases_of(&limit.amount, &member, Type::Number)?)
        } else {
            let amount = self.cases_with(&limit.amount, &member, &mut |checker, value, scope| {
                let value = checker.expr(value, scope, None)?;
                checker.limit_amount(value, bounded)
            })?;
            match amount.ty {
                Type::Quantity(unit) => LimitKind::Amount(unit, amount),
                Type::Money if bounded.money => LimitKind::Money(amount),
                other => {
                    let found = self.spoken(other);
                    return self.fail(errors::earns::limit_of_what(amount.span, &found));
                }
            }
        };
        let mut per = Vec::with_capacity(limit.per.len());
        for path in &limit.per {
            let field = self.path(path, scope, None)?;
            if !matches!(field.kind, Kind::Field(_) | Kind::Line(_)) {
                return self.fail(errors::earns::limit_per_field(path.at.0, &path.to_string()));
            }
            per.push(field);
        }
        Some(Limit {
            name: name.map(|name| Arc::clone(&name.text)),
            span: limit.at.0,
            kind,
            window,
            per,
            budget: budget.then_some(Budget),
            excess: if limit.reject.is_some() { Excess::Reject } else { Excess::Partial },
        })
    }
    fn limit_amount(&mut self, value: Expr, bounded: &Bounded) -> Option<Expr> {
        let units = bounded.units.as_slice();
        match (value.ty, units) {
            (Type::Money, _) if bounded.money => Some(value),
            (Type::Quantity(unit), _) if units.contains(&unit) => Some(value),
            (Type::Money, [unit]) => {
                let span = value.span;
                self.convert(value, *unit, span)
            }
            (Type::Money, _) => match units.iter().copied().find(|unit| self.units.at(*unit).money) {
                Some(unit) => Some(Expr { ty: Type::Quantity(unit), ..value }),
                None => self.fail(errors::earns::limit_of_what(value.span, "money")),
            },
            (Type::Quantity(unit), _) => {
                let given: Vec<_> = units.iter().map(|unit| self.units.at(*unit).name.to_string()).collect();
                let found = self.units.at(unit).name.clone();
                self.fail(errors::earns::limit_of_other_unit(value.span, &found, &given.join(", ")))
            }
            (Type::Number, _) => {
                let unit = units.first().map(|unit| self.units.at(*unit).name.to_string());
                let text = self.sources.text(value.span).to_owned();
                self.fail(errors::earns::limit_number(value.span, &text, unit.as_deref()))
            }
            (other, _) => {
                let found = self.spoken(other);
                self.fail(errors::earns::limit_of_what(value.span, &found))
            }
        }
    }
}

/// Limits, then budgets, each with whether it is a budget.
pub(super) fn both<'l>(
    limits: &'l [ast::Limit],
    budgets: &'l [ast::Limit],
) -> impl Iterator<Item = (&'l ast::Limit, bool)> {
    limits.iter().map(|limit| (limit, false)).chain(budgets.iter().map(|budget| (budget, true)))
}

/// Whether two limits count by the same fields, so that one counter serves both.
pub(super) fn same_per(a: &[Expr], b: &[Expr]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| match (&a.kind, &b.kind) {
            (Kind::Field(a), Kind::Field(b)) | (Kind::Line(a), Kind::Line(b)) => a == b,
            _ => false,
        })
}
