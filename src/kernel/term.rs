//! Lowers expressions: every number gets a scale of its own, so that what is exact stays exact in whole numbers.

use crate::arena::Arena;
use crate::hir::{
    Aggregate, Builtin, Case, Compare, EventId, Expr, FieldDef, FieldId, FieldType, Function, Kind, LetId, Level,
    Operator, Program, Read, RefundFloor, Standing, Type,
};
use crate::source::Span;
use crate::value::{Exact, Value};

use super::code::{Cx, MISSING, Num, cell};
use super::layout::{ABSENT, Layout};
use super::slots::{Shapes, held, in_line, lines_of};
use super::unfit::{Fit, unfit};

/// The largest scale: what is finer does not leave enough room for amounts.
const FINEST: i64 = 1_000_000_000_000;

/// A lowered expression: `num / scale`.
pub struct Term {
    /// The number.
    pub num: Num,
    /// The parts of one in which it counts.
    pub scale: i64,
    /// Whether it may be missing.
    pub optional: bool,
}

/// Lowers expressions of one program.
pub struct Lowering<'p> {
    /// The program.
    pub program: &'p Program,
    /// Which fields are read.
    pub shapes: Shapes,
    /// Where members keep what.
    pub layout: Layout,
    /// The type of event whose fields are meant.
    pub event: EventId,
    /// The list whose lines are meant.
    pub list: Option<FieldId>,
    /// Named values that are computed once for an event, each with its place and scale; `None` where they are computed wherever they stand.
    pub lets: Option<Vec<(LetId, Term)>>,
    /// Slots of fields that were read.
    pub slots: Vec<usize>,
    /// Measures that were read.
    pub measures: Vec<crate::hir::MeasureId>,
    /// Whether a balance was read.
    pub balances: bool,
    /// Whether more than the event itself was read.
    pub beyond: bool,
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The smallest scale in which both count whole.
pub fn common(a: i64, b: i64, span: Span) -> Fit<i64> {
    match (a / gcd(a, b)).checked_mul(b) {
        Some(scale) if scale <= FINEST => Ok(scale),
        _ => unfit("numbers this fine", span),
    }
}

/// A number in a finer scale.
pub fn finer(num: Num, from: i64, to: i64) -> Num {
    match (num, to / from) {
        (num, 1) => num,
        (Num::Const(value), by) if value.checked_mul(by).is_some() => Num::Const(value * by),
        (num, by) => Num::code(move |cx| cx.mul(num.get(cx), by)),
    }
}

fn plain(num: Num) -> Term {
    Term { num, scale: 1, optional: false }
}

fn present(term: Term) -> (Num, i64) {
    let Term { num, scale, optional } = term;
    if !optional {
        return (num, scale);
    }
    // A missing number is zero to arithmetic.
    let code = move |cx: &Cx<'_>| Some(num.get(cx)).filter(|value| *value != MISSING).unwrap_or(0);
    (Num::code(code), scale)
}

/// A constant number as a fraction.
pub fn constant(expr: &Expr) -> Option<Exact> {
    match &expr.kind {
        Kind::Const(Value::Exact(number)) => Some(*number),
        Kind::Negate(inner) => constant(inner)?.neg().ok(),
        Kind::Scale(inner, factor) => constant(inner)?.mul(*factor).ok(),
        Kind::Arithmetic(operator, a, b) => {
            let (a, b) = (constant(a)?, constant(b)?);
            match operator {
                Operator::Add => a.add(b),
                Operator::Subtract => a.sub(b),
                Operator::Multiply => a.mul(b),
                Operator::Divide => a.div(b),
            }
            .ok()
        }
        _ => None,
    }
}

impl<'p> Lowering<'p> {
    /// A fraction as numerator and scale.
    pub fn fraction(&self, number: Exact, span: Span) -> Fit<(i64, i64)> {
        match (i64::try_from(number.numerator()), i64::try_from(number.denominator())) {
            (Ok(numerator), Ok(scale)) if scale <= FINEST => Ok((numerator, scale)),
            _ => unfit("numbers this large or fine", span),
        }
    }

    /// A number; a missing one is zero.
    pub fn number(&mut self, expr: &Expr) -> Fit<(Num, i64)> {
        Ok(present(self.term(expr)?))
    }

    /// A number in a scale that it must fit.
    pub fn number_in(&mut self, expr: &Expr, scale: i64) -> Fit<Num> {
        let (num, own) = self.number(expr)?;
        if scale % own != 0 {
            return unfit("numbers this fine", expr.span);
        }
        Ok(finer(num, own, scale))
    }

    /// All of some conditions.
    pub fn all<'e>(&mut self, conditions: impl IntoIterator<Item = &'e Expr>) -> Fit<Vec<Num>> {
        conditions.into_iter().map(|condition| Ok(self.term(condition)?.num)).collect()
    }

    /// Anything.
    pub fn term(&mut self, expr: &Expr) -> Fit<Term> {
        if let Some(number) = constant(expr) {
            let (value, scale) = self.fraction(number, expr.span)?;
            return Ok(Term { num: Num::Const(value), scale, optional: false });
        }
        match &expr.kind {
            Kind::Const(value) => match held(value, &super::slots::Form::Plain, &mut self.shapes.words) {
                Some(held) => Ok(Term { optional: held == MISSING, ..plain(Num::Const(held)) }),
                None => unfit("durations", expr.span),
            },
            Kind::Field(id) => self.field(*id, expr.span),
            Kind::Line(id) => self.line_field(*id, expr.span),
            Kind::Read(read) => self.read(*read, expr.span),
            Kind::Builtin(builtin) => self.builtin(*builtin),
            Kind::Let(id) => self.named(*id),
            Kind::Segment(id) => self.term(&self.program.segments.at(*id).condition),
            Kind::And(all) => {
                let all = self.all(all)?;
                Ok(plain(Num::code(move |cx| i64::from(all.iter().all(|one| one.holds(cx))))))
            }
            Kind::Or(any) => {
                let any = self.all(any)?;
                Ok(plain(Num::code(move |cx| i64::from(any.iter().any(|one| one.holds(cx))))))
            }
            Kind::Not(inner) => {
                let inner = self.term(inner)?.num;
                Ok(plain(Num::code(move |cx| i64::from(!inner.holds(cx)))))
            }
            Kind::Compare(how, a, b) => self.compare(*how, a, b),
            Kind::In(one, of) => {
                let any = of.iter().map(|other| Ok(self.compare(Compare::Is, one, other)?.num));
                let any = any.collect::<Fit<Vec<_>>>()?;
                Ok(plain(Num::code(move |cx| i64::from(any.iter().any(|one| one.holds(cx))))))
            }
            Kind::Between(one, low, high) => {
                let low = self.compare(Compare::AtLeast, one, low)?.num;
                let high = self.compare(Compare::AtMost, one, high)?.num;
                Ok(plain(Num::code(move |cx| i64::from(low.holds(cx) && high.holds(cx)))))
            }
            Kind::Missing(inner) => {
                let inner = self.term(inner)?.num;
                Ok(plain(Num::code(move |cx| i64::from(inner.get(cx) == MISSING))))
            }
            Kind::Arithmetic(operator, a, b) => self.arithmetic(*operator, a, b),
            Kind::Negate(inner) => {
                let (num, scale) = self.number(inner)?;
                Ok(Term { num: Num::code(move |cx| cx.sub(0, num.get(cx))), scale, optional: false })
            }
            Kind::Call(function, args) => self.call(*function, args, expr.span),
            Kind::Rate { quantity, per, value, full, within } => self.rate(quantity, per, value, *full, *within),
            Kind::Scale(inner, factor) => {
                let (num, scale) = self.number(inner)?;
                self.times(num, scale, *factor, expr.span)
            }
            Kind::Lookup(table, keys) => self.lookup(*table, keys, expr.span),
            Kind::Fold { aggregate, list, value, filter } => {
                self.fold(*aggregate, *list, value.as_deref(), filter.as_deref(), expr.span)
            }
            Kind::Cases(cases) => self.cases(cases, expr.span),
            Kind::Opened(_) => unfit("challenges", expr.span),
            Kind::Shift(..) | Kind::Times(..) | Kind::Since(..) => unfit("sums with dates and durations", expr.span),
        }
    }

    fn field(&mut self, id: FieldId, span: Span) -> Fit<Term> {
        let def = self.program.events.at(self.event).fields.at(id);
        match self.shapes.slot(self.event, id, def) {
            Some((slot, scale)) => {
                self.slots.push(slot);
                Ok(Term { num: Num::Slot(slot), scale, optional: may_miss(def) })
            }
            None => unfit("fields of this type", span),
        }
    }

    fn line_field(&mut self, id: FieldId, span: Span) -> Fit<Term> {
        let Some(def) = self.list.and_then(|list| self.lines(list)?.get(id)) else {
            return unfit("lines of this kind", span);
        };
        match in_line(id, def) {
            Some((slot, scale)) => Ok(Term { num: Num::Line(slot), scale, optional: may_miss(def) }),
            None => unfit("fields of this type", span),
        }
    }

    fn lines(&self, list: FieldId) -> Option<&'p Arena<FieldId, FieldDef>> {
        match &self.program.events.at(self.event).fields.get(list)?.ty {
            FieldType::List(defs) => Some(defs),
            _ => None,
        }
    }

    /// A named value: computed once for the event where that is possible.
    fn named(&mut self, id: LetId) -> Fit<Term> {
        let value = &self.program.lets.at(id).value;
        let Some(lets) = self.lets.as_ref().filter(|_| self.list.is_none()) else { return self.term(value) };
        if let Some((place, (_, term))) = lets.iter().enumerate().find(|(_, (known, _))| *known == id) {
            return Ok(Term { num: Num::Let(place), scale: term.scale, optional: term.optional });
        }
        let term = self.term(value)?;
        let (scale, optional) = (term.scale, term.optional);
        let lets = self.lets.get_or_insert_default();
        lets.push((id, term));
        Ok(Term { num: Num::Let(lets.len() - 1), scale, optional })
    }

    fn read(&mut self, read: Read, span: Span) -> Fit<Term> {
        self.beyond = true;
        match read {
            Read::Measure(id) => {
                if !self.measures.contains(&id) {
                    self.measures.push(id);
                }
                if let crate::hir::Source::Formula(formula) = &self.program.measures.at(id).source {
                    return self.term(formula);
                }
                let measure = self.layout.measures.at(id);
                Ok(Term { num: Num::Member(measure.value), scale: measure.scale, optional: false })
            }
            Read::Tier(ladder, Standing::Current) => Ok(plain(Num::Member(self.layout.ladders.at(ladder).tier))),
            Read::Tier(ladder, Standing::Highest) => Ok(plain(Num::Member(self.layout.ladders.at(ladder).highest))),
            Read::Balance(unit, level) => {
                self.balances = true;
                let (purse, floor) = (*self.layout.units.at(unit), self.program.units.at(unit).refunds);
                let stops = !matches!(floor, RefundFloor::BelowZero(_));
                Ok(plain(match level {
                    Level::Pending => Num::Const(0),
                    Level::Debt if purse.debt == ABSENT => Num::Const(0),
                    Level::Debt => Num::Member(purse.debt),
                    Level::Balance | Level::Available => {
                        let stops = stops || level == Level::Available;
                        Num::code(move |cx| {
                            let net = cell(cx.member, purse.available) - cell(cx.member, purse.debt).max(0);
                            if stops { net.max(0) } else { net }
                        })
                    }
                }))
            }
            _ => unfit("what this asks of the member", span),
        }
    }

    fn builtin(&mut self, builtin: Builtin) -> Fit<Term> {
        self.beyond = true;
        Ok(plain(match builtin {
            Builtin::Today => Num::code(|cx| cx.moment.today.number),
            Builtin::Now => Num::code(|cx| cx.moment.now),
            Builtin::Weekday => Num::code(|cx| cx.moment.today.weekday),
            Builtin::Month => Num::code(|cx| cx.moment.today.month),
            Builtin::DayOfMonth => Num::code(|cx| cx.moment.today.date),
            Builtin::Year => Num::code(|cx| cx.moment.today.year),
            Builtin::Time => {
                let zone = self.program.settings.zone.clone();
                Num::code(move |cx| {
                    let now = crate::value::Instant::from_millis(cx.moment.now);
                    now.map_or_else(|| cx.odd(), |now| i64::from(zone.time_of(now).millis()))
                })
            }
        }))
    }

    fn compare(&mut self, how: Compare, a: &Expr, b: &Expr) -> Fit<Term> {
        if a.ty == Type::Text && !matches!(how, Compare::Is | Compare::IsNot) {
            return unfit("texts in order", a.span);
        }
        let (left, right) = (self.term(a)?, self.term(b)?);
        let (optional, scale) = (left.optional || right.optional, common(left.scale, right.scale, a.span)?);
        if optional {
            let (x, y) = (scale / left.scale, scale / right.scale);
            let (a, b) = (left.num, right.num);
            return Ok(plain(Num::code(move |cx| {
                let (a, b) = (a.get(cx), b.get(cx));
                if a == MISSING || b == MISSING {
                    return i64::from(how == Compare::IsNot);
                }
                i64::from(how.holds(cx.mul(a, x).cmp(&cx.mul(b, y))))
            })));
        }
        let (a, b) = (finer(left.num, left.scale, scale), finer(right.num, right.scale, scale));
        Ok(plain(match (how, b) {
            (Compare::Is, Num::Const(b)) => Num::code(move |cx| i64::from(a.get(cx) == b)),
            (Compare::AtLeast, Num::Const(b)) => Num::code(move |cx| i64::from(a.get(cx) >= b)),
            (_, b) => Num::code(move |cx| i64::from(how.holds(a.get(cx).cmp(&b.get(cx))))),
        }))
    }

    fn arithmetic(&mut self, operator: Operator, a: &Expr, b: &Expr) -> Fit<Term> {
        let span = a.span;
        if operator == Operator::Divide {
            let Some(by) = constant(b).filter(|by| !by.is_zero()) else {
                return unfit("a division by what may change", b.span);
            };
            let (num, scale) = self.number(a)?;
            let Ok(factor) = Exact::ONE.div(by) else { return unfit("numbers this fine", b.span) };
            return self.times(num, scale, factor, span);
        }
        if operator == Operator::Multiply {
            for (one, other) in [(a, b), (b, a)] {
                if let Some(factor) = constant(other) {
                    let (num, scale) = self.number(one)?;
                    return self.times(num, scale, factor, span);
                }
            }
            let ((a, x), (b, y)) = (self.number(a)?, self.number(b)?);
            let scale = x.checked_mul(y).filter(|scale| *scale <= FINEST);
            let Some(scale) = scale else { return unfit("numbers this fine", span) };
            return Ok(Term { num: Num::code(move |cx| cx.mul(a.get(cx), b.get(cx))), scale, optional: false });
        }
        let ((a, x), (b, y)) = (self.number(a)?, self.number(b)?);
        let scale = common(x, y, span)?;
        let (a, b) = (finer(a, x, scale), finer(b, y, scale));
        let num = match (operator, b) {
            (Operator::Add, Num::Const(b)) => Num::code(move |cx| cx.add(a.get(cx), b)),
            (Operator::Add, b) => Num::code(move |cx| cx.add(a.get(cx), b.get(cx))),
            (_, b) => Num::code(move |cx| cx.sub(a.get(cx), b.get(cx))),
        };
        Ok(Term { num, scale, optional: false })
    }

    /// A number times a fraction.
    fn times(&self, num: Num, scale: i64, factor: Exact, span: Span) -> Fit<Term> {
        let (by, parts) = self.fraction(factor, span)?;
        // What the scale already divides need not be multiplied first.
        let shared = gcd(by.abs(), scale).max(1);
        let (by, scale) = (by / shared, scale / shared);
        let Some(scale) = scale.checked_mul(parts).filter(|scale| *scale <= FINEST) else {
            return unfit("numbers this fine", span);
        };
        let num = if by == 1 { num } else { Num::code(move |cx| cx.mul(num.get(cx), by)) };
        Ok(Term { num, scale, optional: false })
    }

    fn call(&mut self, function: Function, args: &[Expr], span: Span) -> Fit<Term> {
        let Some(first) = args.first() else { return unfit("a call without a value", span) };
        match function {
            Function::Min | Function::Max => {
                let mut all = args.iter().map(|arg| self.number(arg)).collect::<Fit<Vec<_>>>()?;
                let scale = all.iter().try_fold(1, |scale, (_, own)| common(scale, *own, span))?;
                let Some((last, own)) = all.pop() else { return unfit("a call without a value", span) };
                let mut num = finer(last, own, scale);
                while let Some((one, own)) = all.pop() {
                    let (one, rest) = (finer(one, own, scale), num);
                    num = if function == Function::Min {
                        Num::code(move |cx| one.get(cx).min(rest.get(cx)))
                    } else {
                        Num::code(move |cx| one.get(cx).max(rest.get(cx)))
                    };
                }
                Ok(Term { num, scale, optional: false })
            }
            Function::Abs => {
                let (num, scale) = self.number(first)?;
                Ok(Term { num: Num::code(move |cx| num.get(cx).abs()), scale, optional: false })
            }
            Function::Floor | Function::Ceil | Function::Round => {
                let step = args.get(1).map_or(Some(Exact::ONE), constant).filter(|step| *step > Exact::ZERO);
                let Some(step) = step else { return unfit("rounding to a step that may change", span) };
                let ((step, parts), (num, scale)) = (self.fraction(step, span)?, self.number(first)?);
                let Some(of) = scale.checked_mul(step).filter(|of| *of <= FINEST) else {
                    return unfit("numbers this fine", span);
                };
                let whole = move |cx: &Cx<'_>, value: i64| match function {
                    Function::Floor => value.div_euclid(of),
                    Function::Ceil => cx.sub(0, cx.sub(0, value).div_euclid(of)),
                    _ => cx.add(cx.mul(value.abs(), 2), of) / (of * 2) * value.signum(),
                };
                let num = if parts == 1 && step == 1 {
                    Num::code(move |cx| whole(cx, num.get(cx)))
                } else {
                    Num::code(move |cx| cx.mul(whole(cx, cx.mul(num.get(cx), parts)), step))
                };
                Ok(Term { num, scale: parts, optional: false })
            }
            _ => unfit("parts of dates", span),
        }
    }

    fn rate(&mut self, quantity: &Expr, per: &Expr, value: &Expr, full: bool, within: Exact) -> Fit<Term> {
        let Some(size) = constant(per).filter(|per| *per > Exact::ZERO) else {
            return unfit("a rate per what may change", per.span);
        };
        let Ok(each) = Exact::ONE.div(size) else { return unfit("numbers this fine", per.span) };
        let (num, scale) = self.number(value)?;
        if !full {
            let steps = self.times(num, scale, each, per.span)?;
            if let Some(quantity) = constant(quantity) {
                return self.times(steps.num, steps.scale, quantity, value.span);
            }
            let (quantity, parts) = self.number(quantity)?;
            let Some(scale) = steps.scale.checked_mul(parts).filter(|scale| *scale <= FINEST) else {
                return unfit("numbers this fine", per.span);
            };
            let steps = steps.num;
            return Ok(Term {
                num: Num::code(move |cx| cx.mul(steps.get(cx), quantity.get(cx))),
                scale,
                optional: false,
            });
        }
        let parts = common(scale, self.fraction(size, per.span)?.1, per.span)?;
        let parts = common(parts, self.fraction(within, per.span)?.1, per.span)?;
        let whole = |number: Exact| number.mul(Exact::from(parts)).ok().and_then(Exact::to_i64);
        let (Some(size), Some(within)) = (whole(size), whole(within)) else {
            return unfit("numbers this large or fine", per.span);
        };
        let (num, (quantity, scale)) = (finer(num, scale, parts), self.number(quantity)?);
        let code = move |cx: &Cx<'_>| {
            let value = num.get(cx);
            let extra = within > 0 && value % size >= size - within;
            cx.mul(value / size + i64::from(extra), quantity.get(cx))
        };
        Ok(Term { num: Num::code(code), scale, optional: false })
    }

    fn cases(&mut self, cases: &[Case], span: Span) -> Fit<Term> {
        let mut all = Vec::new();
        for case in cases {
            let guard = &case.guard;
            let day = |day: Option<crate::value::Day>| day.map(|day| i64::from(day.epoch_days()));
            let when = guard.when.as_deref().map(|when| Ok(self.term(when)?.num)).transpose()?;
            let days = (day(guard.from).unwrap_or(i64::MIN), day(guard.until).unwrap_or(i64::MAX));
            all.push((days, when, self.term(&case.value)?));
        }
        let scale = all.iter().try_fold(1, |scale, (_, _, term)| common(scale, term.scale, span))?;
        let optional = all.iter().any(|(_, _, term)| term.optional);
        if optional && scale > 1 {
            return unfit("cases that may be missing", span);
        }
        let all: Vec<_> =
            all.into_iter().map(|(days, when, term)| (days, when, finer(term.num, term.scale, scale))).collect();
        let code = move |cx: &Cx<'_>| {
            let today = cx.moment.today.number;
            let open = |((from, until), when, _): &&((i64, i64), Option<Num>, Num)| {
                *from <= today && today <= *until && when.as_ref().is_none_or(|when| when.holds(cx))
            };
            all.iter().find(open).map_or_else(|| cx.odd(), |(_, _, value)| value.get(cx))
        };
        Ok(Term { num: Num::code(code), scale, optional })
    }

    fn fold(
        &mut self,
        how: Aggregate,
        list: FieldId,
        value: Option<&Expr>,
        filter: Option<&Expr>,
        span: Span,
    ) -> Fit<Term> {
        let Some(defs) = self.lines(list) else { return unfit("lists inside lists", span) };
        let slot = self.shapes.list(self.event, list, defs);
        let outer = self.list.replace(list);
        let filter = filter.map(|filter| Ok(self.term(filter)?.num)).transpose();
        let value = value.map(|value| self.term(value)).transpose();
        self.list = outer;
        let (filter, value) = (filter?, value?);
        let size = defs.len();
        let (value, scale) = match value {
            // Missing ones do not take part.
            Some(value) if how == Aggregate::Sum => present(value),
            Some(value) => (value.num, value.scale),
            None => (Num::Const(1), 1),
        };
        let passes = move |cx: &Cx<'_>| filter.as_ref().is_none_or(|filter| filter.holds(cx));
        let num = match how {
            Aggregate::Sum => Num::code(move |cx| {
                over(cx, slot, size, 0, |cx, sum| if passes(cx) { cx.add(sum, value.get(cx)) } else { sum })
            }),
            Aggregate::Count => Num::code(move |cx| {
                over(cx, slot, size, 0, |cx, sum| sum + i64::from(passes(cx) && value.get(cx) != MISSING))
            }),
            Aggregate::Any => Num::code(move |cx| over(cx, slot, size, 0, |cx, any| any | i64::from(passes(cx)))),
            Aggregate::All => Num::code(move |cx| over(cx, slot, size, 1, |cx, all| all & i64::from(passes(cx)))),
            _ => return unfit("this aggregate of lines", span),
        };
        let scale = if how == Aggregate::Sum { scale } else { 1 };
        Ok(Term { num, scale, optional: false })
    }
}

fn may_miss(def: &FieldDef) -> bool {
    def.optional && def.default.is_none()
}

/// Takes the lines of a list in turn.
pub fn over(cx: &Cx<'_>, slot: usize, size: usize, first: i64, take: impl Fn(&Cx<'_>, i64) -> i64) -> i64 {
    let (start, count) = match cell(cx.slots, slot) {
        MISSING => (0, 0),
        lines => lines_of(lines),
    };
    (0..count).fold(first, |so_far, number| {
        let at = start + number * size;
        let line = cx.lines.get(at..at + size).unwrap_or_default();
        let cx = Cx { line, ..*cx };
        take(&cx, so_far)
    })
}
