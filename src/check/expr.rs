//! Expressions: names resolved, dimensions proven, literals in smallest steps.

use crate::hir::{EventId, EventKind, Expr, Function, Kind, Program, Read, Type};
use crate::source::Span;
use crate::syntax::ast::{self, BinaryOp, ExprKind, UnaryOp};
use crate::value::{Exact, TimeUnit, Value};

use super::context::Checker;
use super::errors;
use super::literal::{constant, day, exact, time, time_unit};
use super::manner::Manner;
use super::names::Symbol;
use super::scope::Scope;

impl Checker<'_> {
    /// Lowers an expression. `hint` is the type beside it, which resolves bare words. `None`: an error was reported.
    pub fn expr(&mut self, expr: &ast::Expr, scope: &Scope, hint: Option<Type>) -> Option<Expr> {
        match expr.kind {
            // What stands for itself takes no step; a table may have a million of them.
            ExprKind::Number(_) | ExprKind::Money { .. } | ExprKind::Quantity { .. } | ExprKind::Percent(_) => {
                self.lower(expr, scope, hint)
            }
            _ => self.deeper(expr.span(), |checker| checker.lower(expr, scope, hint)),
        }
    }
    fn lower(&mut self, expr: &ast::Expr, scope: &Scope, hint: Option<Type>) -> Option<Expr> {
        let span = expr.span();
        match &expr.kind {
            ExprKind::Number(number) => {
                self.no_thousands_point(number, 0)?;
                Some(exact(self.number(number)?, Type::Number, span))
            }
            ExprKind::Factor(number) => {
                self.written_as(span, Manner::Factor);
                Some(exact(self.number(number)?, Type::Number, span))
            }
            ExprKind::Percent(number) => {
                self.written_as(span, Manner::Percent);
                Some(exact(self.percent(number)?, Type::Number, span))
            }
            ExprKind::Money { amount, currency } => {
                let minor = if scope.price {
                    self.fine_money(amount, currency, span)
                } else {
                    self.money(amount, currency, span)
                };
                Some(exact(minor?, Type::Money, span))
            }
            ExprKind::Quantity { number, unit } => {
                if &*unit.text == "x" && !self.unit_named("x") {
                    let error = errors::names::factor_as_unit(number.at.0, unit.span(), &number.text);
                    return self.fail(error);
                }
                if let Some(super::names::Symbol::Measure(_)) = self.names.values.get(&unit.text) {
                    let error = errors::names::measure_as_unit(span, unit.span(), &unit.text, &number.text);
                    return self.fail(error);
                }
                let unit = self.unit(unit)?;
                Some(exact(self.quantity(number, unit, span)?, Type::Quantity(unit), span))
            }
            ExprKind::Duration(duration) => Some(constant(Value::Span(self.duration(duration)?), Type::Duration, span)),
            ExprKind::Date(date) => Some(constant(Value::Day(day(*date)), Type::Date, span)),
            ExprKind::Time(at) => Some(constant(Value::Time(time(*at)), Type::Time, span)),
            ExprKind::Flag(flag) => Some(constant(Value::Bool(*flag), Type::Bool, span)),
            ExprKind::Text(text) => self.text(text, hint),
            ExprKind::Path(path) => self.path(path, scope, hint),
            ExprKind::Index { table, keys } => self.lookup(table, keys, span, scope),
            ExprKind::Call { name, args } => self.call(name, args, span, scope, hint),
            ExprKind::Unary { op: UnaryOp::Not, value } => {
                let value = self.condition(value, scope)?;
                Some(Expr { kind: Kind::Not(Box::new(value)), ty: Type::Bool, span })
            }
            ExprKind::Unary { op: UnaryOp::Negate, value } => {
                let value = self.numeric(value, scope, hint)?;
                let ty = value.ty;
                if let Kind::Const(Value::Exact(number)) = value.kind {
                    return match number.neg() {
                        Ok(number) => {
                            let manner = self.manner(&value);
                            self.written_as(span, manner);
                            Some(exact(number, ty, span))
                        }
                        Err(_) => self.fail(errors::literals::too_large(span)),
                    };
                }
                Some(Expr { kind: Kind::Negate(Box::new(value)), ty, span })
            }
            ExprKind::Binary { op, op_at, left, right } => match op {
                BinaryOp::And | BinaryOp::Or => self.logic(*op, left, right, span, scope),
                BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide => {
                    self.arithmetic(*op, left, right, span, scope, hint)
                }
                _ => self.compare(*op, op_at.0, left, right, span, scope),
            },
            ExprKind::In { value, list, negated } => self.in_list(value, list, *negated, span, scope),
            ExprKind::InRange { value, low, high, negated } => self.in_range(value, low, high, *negated, span, scope),
            ExprKind::IsMissing { value, negated } => {
                let value = self.expr(value, scope, None)?;
                let missing = Expr { kind: Kind::Missing(Box::new(value)), ty: Type::Bool, span };
                Some(negate_if(*negated, missing))
            }
            ExprKind::PercentOf { percent, of } => {
                let share = self.percent(percent)?;
                let of = self.numeric(of, scope, hint)?;
                let ty = of.ty;
                Some(Expr { kind: Kind::Scale(Box::new(of), share), ty, span })
            }
            ExprKind::ValueOf(amount) => {
                let amount = self.numeric(amount, scope, None)?;
                self.value_of(amount, span)
            }
            ExprKind::As { value, unit } => {
                let target = self.unit(unit);
                let value = self.numeric(value, scope, None)?;
                self.convert(value, target?, span)
            }
            ExprKind::Rate { quantity, per, of, full, within } => {
                self.rate((quantity, per, of), *full, within.as_deref(), span, scope)
            }
            ExprKind::Aggregate(aggregate) => self.fold(aggregate, span, scope),
            ExprKind::Since { unit, last, since } => self.since(*unit, *last, since, span, scope),
            ExprKind::Has(name) => self.has(name, span),
            ExprKind::By { .. } => self.fail(errors::scenario::by_outside(span)),
        }
    }
    /// Lowers a condition.
    pub fn condition(&mut self, expr: &ast::Expr, scope: &Scope) -> Option<Expr> {
        let lowered = self.expr(expr, scope, Some(Type::Bool))?;
        if lowered.ty == Type::Bool {
            return Some(lowered);
        }
        let found = self.spoken(lowered.ty);
        self.fail(errors::types::not_a_condition(lowered.span, &found))
    }
    /// Lowers something that counts or measures, and is there.
    pub fn numeric(&mut self, expr: &ast::Expr, scope: &Scope, hint: Option<Type>) -> Option<Expr> {
        let lowered = self.expr(expr, scope, hint)?;
        if !is_numeric(lowered.ty) {
            let found = self.spoken(lowered.ty);
            return self.fail(errors::types::not_a_number(lowered.span, &found));
        }
        self.solid(lowered, scope)
    }
    /// Lowers an expression of exactly this type, and there; plain numbers count as amounts of an expected unit only in
    /// comparisons, so not here.
    pub fn typed(&mut self, expr: &ast::Expr, scope: &Scope, want: Type) -> Option<Expr> {
        let lowered = self.expr(expr, scope, Some(want))?;
        self.of_type(lowered, want)
    }
    /// The expression where it has this type, or its message.
    pub fn of_type(&mut self, lowered: Expr, want: Type) -> Option<Expr> {
        match (want, lowered.ty) {
            _ if want == lowered.ty => Some(lowered),
            (Type::Quantity(unit), Type::Money) if self.units.at(unit).money => Some(Expr { ty: want, ..lowered }),
            _ => {
                let (expected, found) = (self.spoken(want), self.spoken(lowered.ty));
                let example = self.example(&lowered, want);
                self.fail(errors::types::wrong_type(lowered.span, &expected, &found, example))
            }
        }
    }
    /// How a plain number would be written in a dimension.
    pub fn example(&self, found: &Expr, want: Type) -> Option<String> {
        let (Kind::Const(Value::Exact(number)), Type::Number) = (&found.kind, found.ty) else { return None };
        match want {
            Type::Money => Some(super::spoken::money(self.currency, &number.to_string())),
            Type::Quantity(unit) => Some(format!("{number} {}", self.units.at(unit).name)),
            _ => None,
        }
    }
    /// The expression where its value is always there, or its message.
    pub fn solid(&mut self, lowered: Expr, scope: &Scope) -> Option<Expr> {
        self.solid_if(lowered, scope, "when")
    }
    /// The same in an aggregate or a measure, which choose with `where`.
    pub fn solid_where(&mut self, lowered: Expr, scope: &Scope) -> Option<Expr> {
        self.solid_if(lowered, scope, "where")
    }
    fn solid_if(&mut self, lowered: Expr, scope: &Scope, word: &str) -> Option<Expr> {
        let Some(absent) = self.absent(&lowered, scope) else { return Some(lowered) };
        let (name, declared) = self.absent_name(absent, scope).unwrap_or_default();
        let optional = declared.and_then(|declared| self.optionals.get(&declared).copied());
        let zero = super::spoken::zero(self.currency, lowered.ty);
        self.fail(errors::types::may_be_missing(lowered.span, &name, word, declared, optional.zip(zero)))
    }

    fn text(&mut self, text: &ast::Text, hint: Option<Type>) -> Option<Expr> {
        let span = text.at.0;
        if let Some(ty @ (Type::Enum(_) | Type::Tier(_))) = hint {
            if let Some(ordinal) = self.word(&text.value, ty) {
                return Some(constant(Value::Ordinal(ordinal), ty, span));
            }
            let words = match ty {
                Type::Enum(id) => self.enums.at(id).words.clone(),
                Type::Tier(id) => self.ladders.at(id).tiers.clone(),
                _ => Vec::new(),
            };
            let near = super::names::nearest(&text.value, words.iter().map(|word| &**word));
            return self.fail(errors::names::unknown_word(span, &text.value, &super::context::shown(&words), near));
        }
        Some(constant(Value::Text(text.value.clone()), Type::Text, span))
    }

    fn call(
        &mut self,
        name: &ast::Ident,
        args: &[ast::Expr],
        span: Span,
        scope: &Scope,
        hint: Option<Type>,
    ) -> Option<Expr> {
        const NAMES: [(&str, Function); 10] = [
            ("min", Function::Min),
            ("max", Function::Max),
            ("abs", Function::Abs),
            ("floor", Function::Floor),
            ("ceil", Function::Ceil),
            ("round", Function::Round),
            ("year", Function::YearOf),
            ("month", Function::MonthOf),
            ("day", Function::DayOf),
            ("weekday", Function::WeekdayOf),
        ];
        let Some((word, function)) = NAMES.iter().find(|(word, _)| *word == &*name.text).copied() else {
            if let Some(Symbol::Table(_)) = self.names.values.get(&name.text) {
                return self.fail(errors::names::table_as_function(name.span(), &name.text));
            }
            let near = super::names::nearest(&name.text, NAMES.iter().map(|(word, _)| *word));
            return self.fail(errors::names::unknown_function(name.span(), &name.text, near));
        };
        if matches!(function, Function::Min | Function::Max) {
            return self.extreme(function, args, span, scope, hint);
        }
        let [arg] = args else {
            return self.fail(errors::types::argument_count(span, word, args.len()));
        };
        match function {
            Function::Abs => {
                let value = self.numeric(arg, scope, hint)?;
                let ty = value.ty;
                Some(Expr { kind: Kind::Call(function, vec![value]), ty, span })
            }
            Function::Floor | Function::Ceil | Function::Round => {
                let value = self.numeric(arg, scope, hint)?;
                let ty = value.ty;
                let step = exact(self.scale_of(ty), ty, span);
                Some(Expr { kind: Kind::Call(function, vec![value, step]), ty, span })
            }
            _ => {
                let value = self.typed(arg, scope, Type::Date)?;
                let ty = match function {
                    Function::MonthOf => Type::Enum(Program::MONTHS),
                    Function::WeekdayOf => Type::Enum(Program::WEEKDAYS),
                    _ => Type::Number,
                };
                Some(Expr { kind: Kind::Call(function, vec![value]), ty, span })
            }
        }
    }
    /// `min` and `max`: all arguments of one dimension.
    fn extreme(
        &mut self,
        function: Function,
        args: &[ast::Expr],
        span: Span,
        scope: &Scope,
        hint: Option<Type>,
    ) -> Option<Expr> {
        let lowered: Vec<_> = args.iter().map(|arg| self.expr(arg, scope, hint)).collect();
        let lowered = lowered.into_iter().collect::<Option<Vec<_>>>()?;
        let mut all = Vec::with_capacity(lowered.len());
        let first = lowered.iter().find(|arg| arg.ty != Type::Number).or(lowered.first()).cloned();
        let ty = first.as_ref().map_or(Type::Number, |first| first.ty);
        if !is_numeric(ty) && ty != Type::Date {
            let found = self.spoken(ty);
            return self.fail(errors::types::not_a_number(span, &found));
        }
        for arg in lowered {
            let arg = self.fit(arg, ty).map_err(|arg| {
                let (left, right) = (self.spoken(ty), self.spoken(arg.ty));
                let error = errors::types::mixed_arguments(arg.span, &left, &right);
                let mend = first.as_ref().and_then(|first| self.mend_of_extreme(first, &arg));
                mend.into_iter().fold(error, errors::types::mended)
            });
            match arg {
                Ok(arg) => all.push(self.solid(arg, scope)?),
                Err(error) => return self.fail(error),
            }
        }
        Some(Expr { kind: Kind::Call(function, all), ty, span })
    }
    /// The expression in a dimension that it may take without being asked: a zero in any, money in a unit of money.
    pub fn fit(&self, expr: Expr, ty: Type) -> Result<Expr, Expr> {
        match (&expr.kind, expr.ty, ty) {
            _ if expr.ty == ty => Ok(expr),
            (Kind::Const(Value::Exact(number)), Type::Number, _) if number.is_zero() && is_numeric(ty) => {
                Ok(Expr { ty, ..expr })
            }
            (_, Type::Money, Type::Quantity(unit)) if self.units.at(unit).money => Ok(Expr { ty, ..expr }),
            _ => Err(expr),
        }
    }
    /// `X as unit`.
    pub fn convert(&mut self, value: Expr, unit: crate::hir::UnitId, span: Span) -> Option<Expr> {
        let ty = Type::Quantity(unit);
        match value.ty {
            Type::Number => {
                let steps = self.steps_of(unit);
                if let Kind::Const(Value::Exact(number)) = value.kind {
                    return Some(exact(self.times(number, steps, span)?, ty, span));
                }
                Some(Expr { kind: Kind::Scale(Box::new(value), steps), ty, span })
            }
            Type::Money if self.units.at(unit).money => Some(Expr { ty, span, ..value }),
            Type::Money => {
                let Some(worth) = self.need_worth(unit, span)? else {
                    let name = self.units.at(unit).name.clone();
                    return self.fail(errors::units::worth_needed(span, &name, self.units.at(unit).span));
                };
                match self.exact_of(&worth).and_then(|worth| Exact::ONE.div(worth).ok()) {
                    Some(factor) => Some(Expr { kind: Kind::Scale(Box::new(value), factor), ty, span }),
                    None => {
                        let divide = Kind::Arithmetic(crate::hir::Operator::Divide, Box::new(value), Box::new(worth));
                        Some(Expr { kind: divide, ty, span })
                    }
                }
            }
            Type::Quantity(same) if same == unit => Some(value),
            other => {
                let (found, name) = (self.spoken(other), self.units.at(unit).name.clone());
                self.fail(errors::types::no_conversion(span, &found, &name))
            }
        }
    }
    /// `value of X`.
    fn value_of(&mut self, amount: Expr, span: Span) -> Option<Expr> {
        let ty = Type::Money;
        let unit = match amount.ty {
            Type::Quantity(unit) if self.units.at(unit).money => return Some(Expr { ty, span, ..amount }),
            Type::Quantity(unit) => unit,
            other => {
                let found = self.spoken(other);
                return self.fail(errors::types::no_value(span, &found));
            }
        };
        let Some(worth) = self.need_worth(unit, span)? else {
            let name = self.units.at(unit).name.clone();
            return self.fail(errors::units::worth_unknown(span, &name, self.units.at(unit).span));
        };
        let kind = match self.exact_of(&worth) {
            Some(factor) => Kind::Scale(Box::new(amount), factor),
            None => Kind::Arithmetic(crate::hir::Operator::Multiply, Box::new(amount), Box::new(worth)),
        };
        Some(Expr { kind, ty, span })
    }
    /// `days since purchase`, `years since member.birthday`. Of a date and an event with one name the date is meant, unless `last` is said.
    fn since(&mut self, unit: ast::TimeUnit, last: bool, since: &ast::Expr, span: Span, scope: &Scope) -> Option<Expr> {
        let unit = time_unit(unit);
        if !matches!(unit, TimeUnit::Day | TimeUnit::Week | TimeUnit::Month | TimeUnit::Year) {
            return self.fail(errors::types::since_unit(span));
        }
        let name = if let ExprKind::Path(path) = &since.kind { path.single() } else { None };
        let event = name.and_then(|name| Some((name, self.names.events.get(&name.text)?)));
        let day = name.filter(|_| !last).and_then(|name| self.day_of(&name.text, scope));
        if let (Some((name, event)), Some(of)) = (event, day) {
            self.doubt_since((unit, span), name, event, of);
        }
        let event = event.filter(|_| day.is_none());
        let from = match event {
            Some((name, _)) if &*name.text == "join" => {
                Expr { kind: Kind::Read(Read::Joined), ty: Type::Date, span: name.span() }
            }
            Some((name, event)) => Expr { kind: Kind::Read(Read::Last(event)), ty: Type::Moment, span: name.span() },
            None => {
                let from = self.expr(since, scope, None)?;
                if !matches!(from.ty, Type::Date | Type::Moment) {
                    let found = self.spoken(from.ty);
                    return self.fail(errors::types::wrong_type(from.span, "a date or an event", &found, None));
                }
                from
            }
        };
        Some(Expr { kind: Kind::Since(unit, Box::new(from)), ty: Type::Number, span })
    }
    /// A date and an event have one name, and nothing says which is meant. Years since a birthday are an age.
    fn doubt_since(&mut self, (unit, whole): (TimeUnit, Span), name: &ast::Ident, event: EventId, of: &str) {
        let age = unit == TimeUnit::Year && Some(event) == EventKind::Birthday.id();
        if !age && of != "line" {
            let written = self.sources.text(whole);
            self.report(errors::names::date_or_event(name.span(), &name.text, written, of));
        }
    }
    /// `has explorer`: a badge or a voucher.
    fn has(&mut self, name: &ast::Ident, span: Span) -> Option<Expr> {
        if let Some(badge) = self.badges.find(|badge| badge.name == name.text) {
            return Some(Expr { kind: Kind::Read(Read::Badge(badge)), ty: Type::Bool, span });
        }
        if let Some(super::names::Prize::Reward(reward)) = self.names.prizes.get(&name.text) {
            return Some(Expr { kind: Kind::Read(Read::Voucher(reward)), ty: Type::Bool, span });
        }
        let badges = self.badges.iter().map(|badge| &*badge.name);
        let near = super::names::nearest(&name.text, badges.chain(self.names.prizes.iter()));
        self.fail(errors::names::unknown_badge(name.span(), &name.text, near))
    }
}

/// Whether values of this dimension can be computed with.
pub(super) fn is_numeric(ty: Type) -> bool {
    matches!(ty, Type::Number | Type::Money | Type::Quantity(_))
}

/// The contrary where asked.
pub(super) fn negate_if(negated: bool, condition: Expr) -> Expr {
    if !negated {
        return condition;
    }
    let span = condition.span;
    Expr { kind: Kind::Not(Box::new(condition)), ty: Type::Bool, span }
}
