//! Lowers expressions: every number gets a scale of its own, so that what is exact stays exact in whole numbers.

use crate::arena::Arena;
use crate::hir::{
    Builtin, Case, Compare, EventId, Expr, FieldDef, FieldId, FieldType, Function, Kind, LetId, Level, Operator,
    Program, Read, RefundFloor, Standing, Type,
};
use crate::source::Span;
use crate::value::{Exact, Value};

use super::cases::ALWAYS;
use super::code::{MISSING, Num};
use super::lane::Cx;
use super::layout::{ABSENT, Layout};
use super::slots::{Shapes, held, in_line};
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
        (num, by) => num.map(move |cx, value| cx.mul(value, by)),
    }
}

fn plain(num: Num) -> Term {
    Term { num, scale: 1, optional: false }
}

/// A number of which a missing one is zero.
pub fn present(term: Term) -> (Num, i64) {
    let Term { num, scale, optional } = term;
    if !optional {
        return (num, scale);
    }
    (num.map(|_, value| if value == MISSING { 0 } else { value }), scale)
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
                Ok(plain(Num::all(all)))
            }
            Kind::Or(any) => {
                let any = self.all(any)?;
                Ok(plain(Num::any(any)))
            }
            Kind::Not(inner) => {
                let inner = self.term(inner)?.num;
                Ok(plain(inner.map(|_, truth| i64::from(truth != 1))))
            }
            Kind::Compare(how, a, b) => self.compare(*how, a, b),
            Kind::In(one, of) => {
                if let Some(plain) = self.among(one, of)? {
                    return Ok(plain);
                }
                let any = of.iter().map(|other| Ok(self.compare(Compare::Is, one, other)?.num));
                let any = any.collect::<Fit<Vec<_>>>()?;
                Ok(plain(Num::any(any)))
            }
            Kind::Between(one, low, high) => {
                let low = self.compare(Compare::AtLeast, one, low)?.num;
                let high = self.compare(Compare::AtMost, one, high)?.num;
                Ok(plain(Num::all(vec![low, high])))
            }
            Kind::Missing(inner) => {
                let inner = self.term(inner)?.num;
                Ok(plain(inner.map(|_, value| i64::from(value == MISSING))))
            }
            Kind::Arithmetic(operator, a, b) => self.arithmetic(*operator, a, b),
            Kind::Negate(inner) => {
                let (num, scale) = self.number(inner)?;
                Ok(Term { num: num.map(|cx, value| cx.sub(0, value)), scale, optional: false })
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

    pub fn lines(&self, list: FieldId) -> Option<&'p Arena<FieldId, FieldDef>> {
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
                        Num::each(move |cx, lane| {
                            let net = cx.member(lane, purse.available) - cx.member(lane, purse.debt).max(0);
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
            Builtin::Today => Num::each(|cx, lane| cx.day(lane).number),
            Builtin::Now => Num::each(|_, lane| lane.now),
            Builtin::Weekday => Num::each(|cx, lane| cx.day(lane).weekday),
            Builtin::Month => Num::each(|cx, lane| cx.day(lane).month),
            Builtin::DayOfMonth => Num::each(|cx, lane| cx.day(lane).date),
            Builtin::Year => Num::each(|cx, lane| cx.day(lane).year),
            Builtin::Time => {
                let zone = self.program.settings.zone.clone();
                Num::each(move |cx, lane| {
                    let now = crate::value::Instant::from_millis(lane.now);
                    now.map_or_else(|| cx.odd(), |now| i64::from(zone.time_of(now).millis()))
                })
            }
        }))
    }

    /// Whether something is one of some that are always the same, in its own scale; `None` where they are not as plain as that.
    fn among(&mut self, one: &Expr, of: &[Expr]) -> Fit<Option<Term>> {
        let Term { num, scale, .. } = self.term(one)?;
        let mut known = Vec::new();
        for other in of {
            match self.term(other)? {
                Term { num: Num::Const(value), scale: own, optional: false } if own == scale => known.push(value),
                _ => return Ok(None),
            }
        }
        Ok(Some(plain(num.map(move |_, value| i64::from(known.contains(&value))))))
    }

    fn compare(&mut self, how: Compare, a: &Expr, b: &Expr) -> Fit<Term> {
        if a.ty == Type::Text && !matches!(how, Compare::Is | Compare::IsNot) {
            return unfit("texts in order", a.span);
        }
        let (left, right) = (self.term(a)?, self.term(b)?);
        let (optional, scale) = (left.optional || right.optional, common(left.scale, right.scale, a.span)?);
        if optional {
            let (x, y) = (scale / left.scale, scale / right.scale);
            return Ok(plain(left.num.zip(right.num, move |cx, a, b| {
                if a == MISSING || b == MISSING {
                    return i64::from(how == Compare::IsNot);
                }
                i64::from(how.holds(cx.mul(a, x).cmp(&cx.mul(b, y))))
            })));
        }
        let (a, b) = (finer(left.num, left.scale, scale), finer(right.num, right.scale, scale));
        if let (Compare::AtLeast, Num::Member(at), Num::Const(bound)) = (how, &a, &b) {
            return Ok(plain(Num::Reaches(*at, *bound)));
        }
        Ok(plain(match how {
            Compare::Is => a.zip(b, |_, a, b| i64::from(a == b)),
            Compare::AtLeast => a.zip(b, |_, a, b| i64::from(a >= b)),
            how => a.zip(b, move |_, a, b| i64::from(how.holds(a.cmp(&b)))),
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
            return Ok(Term { num: a.zip(b, |cx, a, b| cx.mul(a, b)), scale, optional: false });
        }
        let ((a, x), (b, y)) = (self.number(a)?, self.number(b)?);
        let scale = common(x, y, span)?;
        let (a, b) = (finer(a, x, scale), finer(b, y, scale));
        let num = match operator {
            Operator::Add => a.zip(b, |cx, a, b| cx.add(a, b)),
            _ => a.zip(b, |cx, a, b| cx.sub(a, b)),
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
        let num = if by == 1 { num } else { num.map(move |cx, value| cx.mul(value, by)) };
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
                        one.zip(rest, |_, one, rest| one.min(rest))
                    } else {
                        one.zip(rest, |_, one, rest| one.max(rest))
                    };
                }
                Ok(Term { num, scale, optional: false })
            }
            Function::Abs => {
                let (num, scale) = self.number(first)?;
                Ok(Term {
                    num: num.map(|cx, value| value.checked_abs().unwrap_or_else(|| cx.odd())),
                    scale,
                    optional: false,
                })
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
                    num.map(whole)
                } else {
                    num.map(move |cx, value| cx.mul(whole(cx, cx.mul(value, parts)), step))
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
            return Ok(Term {
                num: steps.num.zip(quantity, |cx, steps, quantity| cx.mul(steps, quantity)),
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
        let code = move |cx: &Cx<'_>, value: i64, quantity: i64| {
            let extra = within > 0 && value % size >= size - within;
            cx.mul(value / size + i64::from(extra), quantity)
        };
        Ok(Term { num: num.zip(quantity, code), scale, optional: false })
    }

    fn cases(&mut self, cases: &[Case], span: Span) -> Fit<Term> {
        let mut all = Vec::new();
        for case in cases {
            let guard = &case.guard;
            let day = |day: Option<crate::value::Day>| day.map(|day| i64::from(day.epoch_days()));
            let when = guard.when.as_deref().map(|when| Ok(self.term(when)?.num)).transpose()?;
            let days = (day(guard.from).unwrap_or(ALWAYS.0), day(guard.until).unwrap_or(ALWAYS.1));
            all.push((days, when, self.term(&case.value)?));
        }
        let scale = all.iter().try_fold(1, |scale, (_, _, term)| common(scale, term.scale, span))?;
        let optional = all.iter().any(|(_, _, term)| term.optional);
        if optional && scale > 1 {
            return unfit("cases that may be missing", span);
        }
        let mut all: Vec<_> =
            all.into_iter().map(|(days, when, term)| (days, when, finer(term.num, term.scale, scale))).collect();
        let num = match all.pop() {
            Some((ALWAYS, None, otherwise)) => Num::choice(all, otherwise),
            last => Num::first_open(all.into_iter().chain(last).collect()),
        };
        Ok(Term { num, scale, optional })
    }
}

fn may_miss(def: &FieldDef) -> bool {
    def.optional && def.default.is_none()
}
