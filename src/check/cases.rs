//! Values with cases: by date, by condition.

use crate::hir::{Case, Expr, Guard, Guarded, Kind, Type};
use crate::source::Span;
use crate::syntax::ast;
use crate::value::{Day, Value};

use super::context::Checker;
use super::errors;
use super::scope::Scope;

impl Checker<'_> {
    /// The guards of cases in order, and what each case may name. Dates must be in order, and every case reachable.
    pub fn guards<T>(&mut self, cases: &ast::Cases<T>, scope: &Scope) -> Option<Vec<(Guard, Scope)>> {
        let mut guards = Vec::with_capacity(cases.arms.len());
        let mut ok = true;
        // The last day of the case before and where it is written, where only dates decide between the two.
        let mut before: Option<(Day, Span)> = None;
        let mut always: Option<Span> = None;
        for arm in &cases.arms {
            let span = arm.at.0;
            if let Some(first) = always {
                self.report(errors::cases::unreachable(span, first));
                return None;
            }
            let (from, until) = (self.case_day(arm.from.as_ref()), self.case_day(arm.until.as_ref()));
            let when = arm.when.as_ref().map(|when| self.condition(when, scope));
            ok &= from.is_some() && until.is_some() && when.as_ref().is_none_or(Option::is_some);
            let (from, until) = (from.flatten(), until.flatten());
            let mut guard = Guard { from: from.map(|(day, _)| day), until: until.map(|(day, _)| day), when: None };
            if let (Some((first, at)), Some((last, to))) = (from, until)
                && first > last
            {
                self.report(errors::cases::backwards(at.to(to)));
                ok = false;
            }
            if let Some((last, place)) = before {
                for (day, at) in [from, until].into_iter().flatten() {
                    if day <= last {
                        self.report(errors::cases::out_of_order(at, day, place, last));
                        ok = false;
                        break;
                    }
                }
            }
            if let Some(after) = arm.after {
                match before {
                    Some((last, _)) => guard.from = last.plus_days(1),
                    None => {
                        self.report(errors::cases::after_nothing(after.0));
                        ok = false;
                    }
                }
            }
            before = until.or(before);
            let inner = match when.flatten() {
                Some(when) => {
                    let inner = scope.given(&when);
                    guard.when = Some(Box::new(when));
                    inner
                }
                None => scope.clone(),
            };
            if guard.from.is_none() && guard.until.is_none() && arm.when.is_none() {
                always = Some(span);
            }
            guards.push((guard, inner));
        }
        ok.then_some(guards)
    }
    /// Alternatives of anything, each with its guard. The last must hold where no other does, so that one always does; `example` says it.
    pub fn guarded<T, U>(
        &mut self,
        cases: &ast::Cases<T>,
        scope: &Scope,
        example: &str,
        lower: &mut dyn FnMut(&mut Self, &T) -> Option<U>,
    ) -> Option<Guarded<U>> {
        let guarded = self.partly_guarded(cases, scope, lower)?;
        if !covers(cases) {
            return self.fail(errors::cases::nothing_otherwise(cases.at.0, example));
        }
        Some(guarded)
    }
    /// The same where none of the alternatives need hold.
    pub fn partly_guarded<T, U>(
        &mut self,
        cases: &ast::Cases<T>,
        scope: &Scope,
        lower: &mut dyn FnMut(&mut Self, &T) -> Option<U>,
    ) -> Option<Guarded<U>> {
        let guards = self.guards(cases, scope);
        let values: Vec<_> = cases.arms.iter().map(|arm| lower(self, &arm.value)).collect();
        let values = values.into_iter().collect::<Option<Vec<_>>>()?;
        Some(guards?.into_iter().map(|(guard, _)| guard).zip(values).collect())
    }
    /// `Some(None)`: no day is written; `None`: an error was reported.
    fn case_day(&mut self, expr: Option<&ast::Expr>) -> Option<Option<(Day, Span)>> {
        match expr {
            None => Some(None),
            Some(expr) => self.fixed_day(expr).map(|day| Some((day, expr.span()))),
        }
    }
    /// A day that does not depend on anything.
    pub fn fixed_day(&mut self, expr: &ast::Expr) -> Option<Day> {
        let lowered = self.typed(expr, &Scope::member(), Type::Date)?;
        match self.constant_of(&lowered) {
            Some(Value::Day(day)) => Some(day),
            _ => self.fail(errors::types::not_constant(lowered.span, "a date")),
        }
    }
    /// Lowers every case by `lower` and joins them; all must have one type.
    pub fn cases_with<T>(
        &mut self,
        cases: &ast::Cases<T>,
        scope: &Scope,
        lower: &mut dyn FnMut(&mut Self, &T, &Scope) -> Option<Expr>,
    ) -> Option<Expr> {
        if let Some(plain) = cases.plain() {
            return lower(self, plain, scope);
        }
        let guards = self.guards(cases, scope);
        let scopes: Vec<Scope> = match &guards {
            Some(guards) => guards.iter().map(|(_, scope)| scope.clone()).collect(),
            None => vec![scope.clone(); cases.arms.len()],
        };
        let values: Vec<_> =
            cases.arms.iter().zip(&scopes).map(|(arm, scope)| lower(self, &arm.value, scope)).collect();
        let values = values.into_iter().collect::<Option<Vec<_>>>()?;
        let ty = values.iter().map(|value| value.ty).find(|ty| *ty != Type::Number).unwrap_or(Type::Number);
        let mut joined = Vec::with_capacity(values.len());
        for (value, (guard, _)) in values.into_iter().zip(guards?) {
            match self.fit(value, ty) {
                Ok(value) => joined.push(Case { guard, value }),
                Err(value) => {
                    let (expected, found) = (self.spoken(ty), self.spoken(value.ty));
                    let example = self.example(&value, ty);
                    return self.fail(errors::types::mixed_cases(value.span, &found, &expected, example));
                }
            }
        }
        Some(Expr { kind: Kind::Cases(joined), ty, span: cases.at.0 })
    }
    /// A value with cases, of any one type.
    pub fn cases(&mut self, cases: &ast::Cases, scope: &Scope, hint: Option<Type>) -> Option<Expr> {
        self.cases_with(cases, scope, &mut |checker, value, scope| checker.expr(value, scope, hint))
    }
    /// A value with cases, of this type and always there.
    pub fn cases_of(&mut self, cases: &ast::Cases, scope: &Scope, want: Type) -> Option<Expr> {
        self.cases_with(cases, scope, &mut |checker, value, scope| {
            let value = checker.typed(value, scope, want)?;
            checker.solid(value, scope)
        })
    }
    /// A threshold: as [`Checker::cases_of`], and a plain number counts the unit that is measured.
    pub fn threshold(&mut self, cases: &ast::Cases, scope: &Scope, want: Type) -> Option<Expr> {
        self.cases_with(cases, scope, &mut |checker, value, scope| checker.threshold_of(value, scope, want))
    }
    /// One value of a threshold.
    pub fn threshold_of(&mut self, value: &ast::Expr, scope: &Scope, want: Type) -> Option<Expr> {
        let value = self.expr(value, scope, Some(want))?;
        let value = match value.ty {
            Type::Number => self.counted(value, want)?,
            _ => value,
        };
        let value = match self.fit(value, want) {
            Ok(value) | Err(value) => self.of_type(value, want)?,
        };
        self.solid(value, scope)
    }
}

/// Whether one of the cases always holds: the last one, or the one that follows on days without a gap.
pub(super) fn covers<T>(cases: &ast::Cases<T>) -> bool {
    let Some((last, before)) = cases.arms.split_last() else { return false };
    let open = last.from.is_none() && last.until.is_none() && last.when.is_none();
    let until = before.iter().rfind(|arm| arm.until.is_some());
    open && (last.after.is_none() || until.is_some_and(|arm| arm.from.is_none() && arm.when.is_none()))
}
