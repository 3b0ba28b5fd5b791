//! Operators: logic, comparison, arithmetic and rates.

use crate::hir::{Compare, Expr, Kind, Operator, Type};
use crate::source::Span;
use crate::syntax::ast::{self, BinaryOp, ExprKind};
use crate::value::{Exact, Value};

use super::context::Checker;
use super::errors;
use super::expr::{is_numeric, negate_if};
use super::literal::exact;
use super::scope::Scope;

impl Checker<'_> {
    /// `and`, `or`: operands of one operator in one list. What the left side of an `and` asks, the right side
    /// knows; that of an `or`, that it does not hold.
    pub fn logic(
        &mut self,
        op: BinaryOp,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
        scope: &Scope,
    ) -> Option<Expr> {
        if op == BinaryOp::Or {
            self.no_bare_words(left, right, scope)?;
        }
        let left = self.condition(left, scope);
        let right = match (&left, op) {
            (Some(left), BinaryOp::And) => self.condition(right, &scope.given(left)),
            (Some(left), _) => self.condition(right, &scope.unless(left)),
            (None, _) => self.condition(right, scope),
        };
        let mut parts = Vec::new();
        for side in [left?, right?] {
            match (side.kind, op) {
                (Kind::And(inner), BinaryOp::And) | (Kind::Or(inner), BinaryOp::Or) => parts.extend(inner),
                (kind, _) => parts.push(Expr { kind, ty: side.ty, span: side.span }),
            }
        }
        let kind = if op == BinaryOp::And { Kind::And(parts) } else { Kind::Or(parts) };
        Some(Expr { kind, ty: Type::Bool, span })
    }
    /// `is`, `<` and the rest.
    pub fn compare(
        &mut self,
        op: BinaryOp,
        op_at: Span,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
        scope: &Scope,
    ) -> Option<Expr> {
        let compare = match op {
            BinaryOp::Is => Compare::Is,
            BinaryOp::IsNot => Compare::IsNot,
            BinaryOp::Less => Compare::Less,
            BinaryOp::LessOrEqual => Compare::AtMost,
            BinaryOp::Greater => Compare::More,
            _ => Compare::AtLeast,
        };
        let (left, right) = self.pair(left, right, scope)?;
        let (left, right) = self.alike(left, right)?;
        let ordered = matches!(compare, Compare::Is | Compare::IsNot)
            || !matches!(left.ty, Type::Bool | Type::Text | Type::Enum(_));
        if !ordered {
            let found = self.spoken(left.ty);
            return self.fail(errors::types::no_order(op_at, &found));
        }
        Some(Expr { kind: Kind::Compare(compare, Box::new(left), Box::new(right)), ty: Type::Bool, span })
    }
    /// Two sides, each resolved with the type of the other where it is a bare word.
    fn pair(&mut self, left: &ast::Expr, right: &ast::Expr, scope: &Scope) -> Option<(Expr, Expr)> {
        if self.is_word(left, scope) && !self.is_word(right, scope) {
            let literal = matches!(right.kind, ExprKind::Text(_));
            let right = self.expr(right, scope, None);
            // Beside a text in quotes, a name that nothing has is a misspelt name, not another text.
            let left = self.expr(left, scope, right.as_ref().map(|right| right.ty).filter(|_| !literal));
            return Some((left?, right?));
        }
        // A text may be a word of the enum on the other side.
        if matches!(left.kind, ExprKind::Text(_)) {
            let right = self.expr(right, scope, Some(Type::Text))?;
            let left = self.expr(left, scope, Some(right.ty))?;
            return Some((left, right));
        }
        let left = self.expr(left, scope, None);
        let right = match &left {
            Some(left) => self.expr(right, scope, Some(left.ty)),
            // The other side is still worth its own messages, if it can have any without the type beside it.
            None if self.is_word(right, scope) => None,
            None => self.expr(right, scope, None),
        };
        Some((left?, right?))
    }
    /// Whether it is a bare word that names nothing.
    pub fn is_word(&self, expr: &ast::Expr, scope: &Scope) -> bool {
        matches!(&expr.kind, ExprKind::Path(path) if !self.is_named(path, scope))
    }
    /// Two sides of a comparison in one dimension. A plain number beside an amount of a unit counts that unit.
    pub fn alike(&mut self, left: Expr, right: Expr) -> Option<(Expr, Expr)> {
        let (left, right) = match (left.ty, right.ty) {
            (Type::Quantity(_), Type::Number) => (left.clone(), self.counted(right, left.ty)?),
            (Type::Number, Type::Quantity(_)) => (self.counted(left, right.ty)?, right),
            _ => (left, right),
        };
        let (left_type, right_type) = (left.ty, right.ty);
        let left = match self.fit(left, right_type) {
            Ok(left) => return Some((left, right)),
            Err(left) => left,
        };
        match self.fit(right, left_type) {
            Ok(right) => Some((left, right)),
            Err(right) => {
                let (a, b) = (self.spoken(left.ty), self.spoken(right.ty));
                let example = self.example(&right, left.ty).or_else(|| self.example(&left, right.ty));
                let span = left.span.to(right.span);
                self.fail(errors::types::incomparable(span, (left.span, &a), (right.span, &b), example))
            }
        }
    }
    /// A literal number as an amount of a unit.
    pub fn counted(&mut self, expr: Expr, ty: Type) -> Option<Expr> {
        match (&expr.kind, ty) {
            (Kind::Const(Value::Exact(number)), Type::Quantity(unit)) if expr.ty == Type::Number => {
                let steps = self.steps_of(unit);
                Some(exact(self.times(*number, steps, expr.span)?, ty, expr.span))
            }
            _ => Some(expr),
        }
    }
    /// `a in (b, c)`.
    pub fn in_list(
        &mut self,
        value: &ast::Expr,
        list: &[ast::Expr],
        negated: bool,
        span: Span,
        scope: &Scope,
    ) -> Option<Expr> {
        let value = self.expr(value, scope, None)?;
        let mut all = Vec::with_capacity(list.len());
        for item in list {
            if let Some(item) = self.expr(item, scope, Some(value.ty)) {
                all.extend(self.alike(value.clone(), item).map(|(_, item)| item));
            }
        }
        if all.len() < list.len() {
            return None;
        }
        Some(negate_if(negated, Expr { kind: Kind::In(Box::new(value), all), ty: Type::Bool, span }))
    }
    /// `a in 1 to 5`.
    pub fn in_range(
        &mut self,
        value: &ast::Expr,
        low: &ast::Expr,
        high: &ast::Expr,
        negated: bool,
        span: Span,
        scope: &Scope,
    ) -> Option<Expr> {
        let value = self.expr(value, scope, None)?;
        let (low, high) = (self.expr(low, scope, Some(value.ty)), self.expr(high, scope, Some(value.ty)));
        let (_, low) = self.alike(value.clone(), low?)?;
        let (value, high) = self.alike(value, high?)?;
        if matches!(value.ty, Type::Bool | Type::Text | Type::Enum(_)) {
            let found = self.spoken(value.ty);
            return self.fail(errors::types::no_order(span, &found));
        }
        if let (Some(from), Some(to)) = (self.constant_of(&low), self.constant_of(&high))
            && from > to
        {
            return self.fail(errors::cases::backwards(low.span.to(high.span)));
        }
        let kind = Kind::Between(Box::new(value), Box::new(low), Box::new(high));
        Some(negate_if(negated, Expr { kind, ty: Type::Bool, span }))
    }
    /// `+ - * /`.
    pub fn arithmetic(
        &mut self,
        op: BinaryOp,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
        scope: &Scope,
        hint: Option<Type>,
    ) -> Option<Expr> {
        let (left, right) = (self.expr(left, scope, hint), self.expr(right, scope, hint));
        let (left, right) = (self.solid(left?, scope)?, self.solid(right?, scope)?);
        let additive = matches!(op, BinaryOp::Add | BinaryOp::Subtract);
        if additive && right.ty == Type::Duration && matches!(left.ty, Type::Date | Type::Moment) {
            let ty = left.ty;
            let back = op == BinaryOp::Subtract;
            return Some(Expr { kind: Kind::Shift(Box::new(left), Box::new(right), back), ty, span });
        }
        let (operator, ty) = match op {
            BinaryOp::Add => (Operator::Add, None),
            BinaryOp::Subtract => (Operator::Subtract, None),
            BinaryOp::Multiply if left.ty == Type::Duration && right.ty == Type::Number => {
                return Some(Expr { kind: Kind::Times(Box::new(left), Box::new(right)), ty: Type::Duration, span });
            }
            BinaryOp::Multiply if left.ty == Type::Number && right.ty == Type::Duration => {
                return Some(Expr { kind: Kind::Times(Box::new(right), Box::new(left)), ty: Type::Duration, span });
            }
            BinaryOp::Multiply => (Operator::Multiply, product(left.ty, right.ty)),
            _ => (Operator::Divide, quotient(left.ty, right.ty)),
        };
        let (left, right, ty) = match ty {
            Some(ty) => (left, right, ty),
            None if additive => match self.sum(left, right) {
                (left, right, true) => {
                    let ty = left.ty;
                    (left, right, ty)
                }
                (left, right, false) => return self.mixed(op, &left, &right, span),
            },
            None => return self.mixed(op, &left, &right, span),
        };
        if let (Kind::Const(Value::Exact(a)), Kind::Const(Value::Exact(b))) = (&left.kind, &right.kind) {
            let result = match operator {
                Operator::Add => a.add(*b),
                Operator::Subtract => a.sub(*b),
                Operator::Multiply => a.mul(*b),
                Operator::Divide => a.div(*b),
            };
            return match result {
                Ok(number) => {
                    self.written_as(span, self.manner_of_two(operator, &left, &right));
                    Some(exact(number, ty, span))
                }
                Err(_) if b.is_zero() => self.fail(errors::types::zero_divisor(right.span)),
                Err(_) => self.fail(errors::literals::too_large(span)),
            };
        }
        if operator == Operator::Divide && self.exact_of(&right).is_some_and(Exact::is_zero) {
            return self.fail(errors::types::zero_divisor(right.span));
        }
        Some(Expr { kind: Kind::Arithmetic(operator, Box::new(left), Box::new(right)), ty, span })
    }
    /// Two sides of a sum in one dimension, and whether they could be brought into one.
    fn sum(&self, left: Expr, right: Expr) -> (Expr, Expr, bool) {
        if !is_numeric(left.ty) || !is_numeric(right.ty) {
            return (left, right, false);
        }
        let (left_type, right_type) = (left.ty, right.ty);
        match self.fit(left, right_type) {
            Ok(left) => (left, right, true),
            Err(left) => match self.fit(right, left_type) {
                Ok(right) => (left, right, true),
                Err(right) => (left, right, false),
            },
        }
    }
    fn mixed(&mut self, op: BinaryOp, left: &Expr, right: &Expr, span: Span) -> Option<Expr> {
        let (a, b) = (self.spoken(left.ty), self.spoken(right.ty));
        let text = self.sources.text(span).to_owned();
        let mend = self.mend_of_mixed(op, left, right, span);
        let example = self.example(right, left.ty).or_else(|| self.example(left, right.ty)).filter(|_| mend.is_none());
        let error = errors::types::mixed(span, op, &text, (left.span, &a), (right.span, &b), example);
        let error = mend.into_iter().fold(error, errors::types::mended);
        // What follows `of` ends before the operator.
        let error = match &left.kind {
            Kind::Rate { value, .. } if value.ty == right.ty => {
                let inner = value.span.to(right.span);
                let text = self.sources.text(inner).to_owned();
                errors::types::bracket_after_of(error, inner, &text)
            }
            _ => error,
        };
        self.fail(error)
    }
    /// `1 point per $1 of subtotal`.
    pub fn rate(
        &mut self,
        (quantity, per, of): (&ast::Expr, &ast::Expr, &ast::Expr),
        full: bool,
        within: Option<&ast::Expr>,
        span: Span,
        scope: &Scope,
    ) -> Option<Expr> {
        if !full {
            self.whole_rate(quantity, per)?;
        }
        let quantity = self.numeric(quantity, scope, None);
        let per = self.expr(per, scope, None);
        let value = self.expr(of, scope, per.as_ref().map(|per| per.ty));
        let within = within.map(|within| self.expr(within, scope, per.as_ref().map(|per| per.ty)));
        let (quantity, per, value) = (quantity?, per?, self.solid(value?, scope)?);
        if !is_numeric(per.ty) && per.ty != Type::Duration {
            let found = self.spoken(per.ty);
            return self.fail(errors::types::not_a_number(per.span, &found));
        }
        let per = match (per.ty, value.ty) {
            (Type::Number, Type::Quantity(_)) => self.counted(per, value.ty)?,
            _ => per,
        };
        if per.ty != value.ty {
            let (a, b) = (self.spoken(per.ty), self.spoken(value.ty));
            let example = self.example(&per, value.ty);
            return self.fail(errors::types::rate_dimensions(per.span, &a, value.span, &b, example));
        }
        let per = self.solid(per, scope)?;
        if self.exact_of(&per).is_some_and(|per| per <= Exact::ZERO) {
            return self.fail(errors::types::zero_divisor(per.span));
        }
        let within = match within {
            None => Exact::ZERO,
            Some(within) => {
                let within = self.of_type(within?, per.ty)?;
                match self.exact_of(&within) {
                    Some(number) => number,
                    None => return self.fail(errors::types::not_constant(within.span, "a tolerance")),
                }
            }
        };
        let ty = quantity.ty;
        let kind =
            Kind::Rate { quantity: Box::new(quantity), per: Box::new(per), value: Box::new(value), full, within };
        Some(Expr { kind, ty, span })
    }
}

fn product(left: Type, right: Type) -> Option<Type> {
    match (left, right) {
        (Type::Number, other) | (other, Type::Number) if is_numeric(other) => Some(other),
        _ => None,
    }
}

fn quotient(left: Type, right: Type) -> Option<Type> {
    match (left, right) {
        (value, Type::Number) if is_numeric(value) => Some(value),
        (a, b) if a == b && is_numeric(a) => Some(Type::Number),
        _ => None,
    }
}
