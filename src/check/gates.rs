//! Conditions that earns, boosts, rules, rewards and redemptions share.

use crate::hir::{Activation, Builtin, Compare, During, Expr, Funding, Gates, Guard, Kind, StackId, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Season};
use crate::value::{Day, Exact, TimeSpan, Value};

use super::context::Checker;
use super::errors;
use super::literal::{constant, time, weekday};
use super::scope::Scope;

/// The amount of a `give` with the statement's own condition.
pub(super) struct Amount {
    pub value: Expr,
    pub when: Option<Expr>,
    pub span: Span,
}

impl Checker<'_> {
    /// The conditions of an item, and what may be named where they hold.
    pub fn gates(&mut self, gate: &ast::Gate, scope: &Scope) -> Option<(Gates, Scope)> {
        let mut gates = Gates::default();
        let mut inner = scope.clone();
        let mut ok = true;
        for during in &gate.during {
            match self.during(during) {
                Some(any) => gates.during.push(any),
                None => ok = false,
            }
        }
        // Conditions with `when` are about the event as a whole, so they see no line.
        let mut outer = Scope { line: None, ..scope.clone() };
        for when in &gate.when {
            match self.condition(when, &outer) {
                Some(when) => {
                    outer.learn(&when);
                    inner.learn(&when);
                    gates.when.push(when);
                }
                None => ok = false,
            }
        }
        for filter in &gate.filter {
            if scope.line.is_none() {
                self.report(errors::earns::where_without_lines(filter.span()));
                ok = false;
                continue;
            }
            match self.condition(filter, &inner) {
                Some(filter) => {
                    inner.learn(&filter);
                    gates.filter.push(filter);
                }
                None => ok = false,
            }
        }
        ok.then_some((gates, inner))
    }
    fn during(&mut self, during: &ast::During) -> Option<Vec<During>> {
        let all: Vec<_> = during.any.iter().map(|season| self.season(season)).collect();
        all.into_iter().collect()
    }
    fn season(&mut self, season: &Season) -> Option<During> {
        Some(match season {
            Season::Dates { from, to } => {
                let whole = from.span().to(to.span());
                if let Some(meant) = super::habits::season(self.sources.text(whole)) {
                    return self.fail(errors::cases::other_season(whole, &meant));
                }
                let (first, last) = (self.fixed_day(from), self.fixed_day(to));
                let (first, last) = (first?, last?);
                if first > last {
                    return self.fail(errors::cases::backwards(whole));
                }
                During::Days(Some(first), Some(last))
            }
            Season::Times { from, to } => During::Times(time(*from), time(*to)),
            Season::Weekday(day) => During::Weekday(weekday(*day)),
            Season::Month(month) => During::Month(*month),
        })
    }
    /// A `give` or `take`: the amount, and the condition of a statement with a single case.
    pub fn amount(&mut self, amount: &ast::Amount, scope: &Scope) -> Option<Amount> {
        let span = amount.at.0;
        let Some(arm) = amount.value.own_case() else {
            let value =
                self.cases_with(&amount.value, scope, &mut |checker, value, scope| checker.give(value, scope))?;
            return Some(Amount { value, when: None, span });
        };
        let (guard, inner) = self.guards(&amount.value, scope)?.pop()?;
        let value = self.give(&arm.value, &inner)?;
        Some(Amount { value, when: condition_of(guard, arm.at.0), span })
    }
    /// One amount of a unit.
    fn give(&mut self, value: &ast::Expr, scope: &Scope) -> Option<Expr> {
        let lowered = self.expr(value, scope, None)?;
        if matches!(lowered.ty, Type::Quantity(_)) {
            return self.solid(lowered, scope);
        }
        let found = self.spoken(lowered.ty);
        let text = self.sources.text(lowered.span).to_owned();
        let literal = matches!(lowered.kind, Kind::Const(_)) && lowered.ty == Type::Number;
        let right = self.units.iter().zip(&self.items.units).next().map(|(unit, item)| {
            let sum = text.contains([' ', '+', '-']);
            let whole = if sum { format!("({text})") } else { text.clone() };
            match lowered.ty {
                Type::Number if literal => format!("{text} {}", unit.name),
                Type::Money if item.worth.is_none() && !unit.money => {
                    let one = unit.also.as_ref().unwrap_or(&unit.name);
                    format!("1 {one} per {} of {whole}", super::spoken::money(self.currency, "1"))
                }
                _ => format!("{whole} as {}", unit.name),
            }
        });
        self.fail(errors::earns::no_unit(lowered.span, &found, right.as_deref()))
    }
    /// `needs activation`.
    pub fn activation(&mut self, needs: Option<&ast::Needs>) -> Option<Option<Activation>> {
        let Some(needs) = needs else { return Some(None) };
        let within = match &needs.within {
            Some(within) => Some(self.duration(within)?),
            None => None,
        };
        Some(Some(Activation { within, each_time: needs.each_time }))
    }
    /// `cooldown 24 hours`.
    pub fn cooldown(&mut self, cooldown: Option<&ast::Duration>) -> Option<Option<TimeSpan>> {
        match cooldown {
            Some(cooldown) => self.duration(cooldown).map(Some),
            None => Some(None),
        }
    }
    /// Who pays; together no more than all.
    pub fn funding(&mut self, funded: &[ast::Funding]) -> Option<Vec<Funding>> {
        let mut all = Vec::with_capacity(funded.len());
        let mut sum = Exact::ZERO;
        for funding in funded {
            let share = self.share(&funding.percent)?;
            sum = sum.add(share).unwrap_or(sum);
            if sum > Exact::ONE {
                return self.fail(errors::earns::funded_beyond_whole(funding.at.0));
            }
            self.partner(&funding.by)?;
            all.push(Funding { share, partner: funding.by.text.clone() });
        }
        Some(all)
    }
    /// The stacking group of a name, or its message.
    pub fn stack(&mut self, name: Option<&ast::Ident>) -> Option<Option<StackId>> {
        let Some(name) = name else { return Some(None) };
        match self.names.stacks.get(&name.text) {
            Some(stack) => Some(Some(stack)),
            None => {
                let near = self.names.stacks.nearest(&name.text);
                self.fail(errors::names::unknown_stack(name.span(), &name.text, near))
            }
        }
    }
}

/// The days and the condition of a single case, as a condition of what it belongs to.
pub(super) fn condition_of(guard: Guard, span: Span) -> Option<Expr> {
    let mut parts: Vec<Expr> = Vec::new();
    parts.extend(guard.from.map(|from| today(Compare::AtLeast, from, span)));
    parts.extend(guard.until.map(|until| today(Compare::AtMost, until, span)));
    parts.extend(guard.when.map(|when| *when));
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(Expr { kind: Kind::And(parts), ty: Type::Bool, span }),
    }
}

fn today(compare: Compare, day: Day, span: Span) -> Expr {
    let today = Expr { kind: Kind::Builtin(Builtin::Today), ty: Type::Date, span };
    let day = constant(Value::Day(day), Type::Date, span);
    Expr { kind: Kind::Compare(compare, Box::new(today), Box::new(day)), ty: Type::Bool, span }
}
