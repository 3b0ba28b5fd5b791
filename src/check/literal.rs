//! Literals as exact values in the smallest step of their dimension.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::hir::{Expr, Kind, Label, Type, UnitId};
use crate::source::Span;
use crate::syntax::ast;
use crate::value::{Currency, Day, Exact, Month, PeriodKind, TimeOfDay, TimeSpan, TimeUnit, Value, Weekday};

use super::context::{Checker, UnitHead, power_of_ten};
use super::errors;

/// A constant expression.
pub(super) fn constant(value: Value, ty: Type, span: Span) -> Expr {
    Expr { kind: Kind::Const(value), ty, span }
}

/// A constant number, amount of money or quantity.
pub(super) fn exact(value: Exact, ty: Type, span: Span) -> Expr {
    constant(Value::Exact(value), ty, span)
}

/// A day of the calendar.
pub(super) fn day(date: ast::Date) -> Day {
    Day::from_ymd(i32::from(date.year), date.month, date.day).unwrap_or(Day::FIRST)
}

/// A time of day.
pub(super) fn time(time: ast::Time) -> TimeOfDay {
    TimeOfDay::from_hms(u32::from(time.hour), u32::from(time.minute), 0).unwrap_or(TimeOfDay::MIDNIGHT)
}

/// A weekday.
pub(super) fn weekday(day: ast::Weekday) -> Weekday {
    match day {
        ast::Weekday::Monday => Weekday::Monday,
        ast::Weekday::Tuesday => Weekday::Tuesday,
        ast::Weekday::Wednesday => Weekday::Wednesday,
        ast::Weekday::Thursday => Weekday::Thursday,
        ast::Weekday::Friday => Weekday::Friday,
        ast::Weekday::Saturday => Weekday::Saturday,
        ast::Weekday::Sunday => Weekday::Sunday,
    }
}

/// A unit of time.
pub(super) fn time_unit(unit: ast::TimeUnit) -> TimeUnit {
    match unit {
        ast::TimeUnit::Second => TimeUnit::Second,
        ast::TimeUnit::Minute => TimeUnit::Minute,
        ast::TimeUnit::Hour => TimeUnit::Hour,
        ast::TimeUnit::Day => TimeUnit::Day,
        ast::TimeUnit::Week => TimeUnit::Week,
        ast::TimeUnit::Month => TimeUnit::Month,
        ast::TimeUnit::Quarter => TimeUnit::Quarter,
        ast::TimeUnit::Year => TimeUnit::Year,
    }
}

/// The calendar period of a unit of time; none for seconds, minutes and hours.
pub(super) fn period(unit: ast::TimeUnit) -> Option<PeriodKind> {
    Some(match unit {
        ast::TimeUnit::Second | ast::TimeUnit::Minute | ast::TimeUnit::Hour => return None,
        ast::TimeUnit::Day => PeriodKind::Day,
        ast::TimeUnit::Week => PeriodKind::Week,
        ast::TimeUnit::Month => PeriodKind::Month,
        ast::TimeUnit::Quarter => PeriodKind::Quarter,
        ast::TimeUnit::Year => PeriodKind::Year,
    })
}

/// A text for people.
pub(super) fn label(label: &ast::Label) -> Label {
    Label {
        text: Arc::clone(&label.text.value),
        translations: label
            .translations
            .iter()
            .map(|(tag, text)| (Arc::clone(&tag.text), Arc::clone(&text.value)))
            .collect(),
    }
}

impl Checker<'_> {
    /// A number as written.
    pub fn number(&mut self, number: &ast::Number) -> Option<Exact> {
        match Exact::parse_decimal(&number.text) {
            Some(value) => Some(value),
            None => self.fail(errors::literals::too_large(number.at.0)),
        }
    }
    /// `1.000` is one to a computer, and a thousand to half of Europe: in an amount that has no such decimals nobody means the first.
    pub fn no_thousands_point(&mut self, number: &ast::Number, decimals: u8) -> Option<()> {
        if decimals < 3 && number.text.ends_with(".000") {
            return self.fail(errors::literals::thousands_point(number.at.0, &number.text));
        }
        Some(())
    }
    /// A whole number as written, from `least` on.
    pub fn whole(&mut self, number: &ast::Number, least: i64) -> Option<i64> {
        let value = self.number(number)?;
        match value.to_i64().filter(|value| *value >= least) {
            Some(value) => Some(value),
            None => self.fail(errors::literals::not_whole(number.at.0, &number.text, least)),
        }
    }
    /// A percentage as a share, 20 % as 1/5.
    pub fn percent(&mut self, number: &ast::Number) -> Option<Exact> {
        let value = self.number(number)?;
        match value.div(Exact::from(100)) {
            Ok(share) => Some(share),
            Err(_) => self.fail(errors::literals::too_large(number.at.0)),
        }
    }
    /// A percentage of a whole as a share between 0 and 1.
    pub fn share(&mut self, number: &ast::Number) -> Option<Exact> {
        let share = self.percent(number)?;
        if share > Exact::ONE {
            return self.fail(errors::literals::beyond_whole(number.at.0, &number.text));
        }
        Some(share)
    }
    /// A duration.
    pub fn duration(&mut self, duration: &ast::Duration) -> Option<TimeSpan> {
        let count = self.number(&duration.count)?;
        match count.to_i64().filter(|count| *count > 0).and_then(|count| TimeSpan::new(count, time_unit(duration.unit)))
        {
            Some(span) => Some(span),
            None => self.fail(errors::literals::bad_duration(duration.at.0)),
        }
    }
    /// An amount of money in minor units. Money of another currency than the program's is an error.
    pub fn money(&mut self, amount: &ast::Number, currency: &ast::Ident, span: Span) -> Option<Exact> {
        self.no_thousands_point(amount, self.currency.exponent())?;
        let minor = self.fine_money(amount, currency, span)?;
        if minor.is_integer() {
            return Some(minor);
        }
        let own = self.currency;
        self.fail(errors::literals::too_fine(span, &own.to_string(), own.exponent()))
    }
    /// The same, which may be finer than the smallest coin.
    pub fn fine_money(&mut self, amount: &ast::Number, currency: &ast::Ident, span: Span) -> Option<Exact> {
        let own = self.currency;
        let meant = Currency::parse(&currency.text).or_else(|| Currency::from_symbol(&currency.text, own));
        match meant {
            Some(meant) if meant == own || !self.currency_known => {}
            Some(meant) => return self.fail(errors::literals::foreign_money(span, meant, own)),
            None => {
                return self.fail(errors::literals::unknown_currency(
                    currency.span(),
                    &currency.text,
                    super::habits::currency_named(&currency.text),
                ));
            }
        }
        self.scaled(amount, self.minor_units())
    }
    /// An amount of a unit in its steps.
    pub fn quantity(&mut self, number: &ast::Number, unit: UnitId, span: Span) -> Option<Exact> {
        self.no_thousands_point(number, self.units.at(unit).decimals)?;
        let steps = self.scaled(number, self.steps_of(unit))?;
        if steps.is_integer() {
            return Some(steps);
        }
        let head = &self.units.at(unit);
        let error = errors::literals::too_fine(span, &head.name, head.decimals);
        self.fail(error)
    }
    /// A number times a scale.
    pub fn scaled(&mut self, number: &ast::Number, scale: Exact) -> Option<Exact> {
        let value = self.number(number)?;
        self.times(value, scale, number.at.0)
    }
    /// A product of constants.
    pub fn times(&mut self, value: Exact, scale: Exact, span: Span) -> Option<Exact> {
        match value.mul(scale) {
            Ok(value) => Some(value),
            Err(_) => self.fail(errors::literals::too_large(span)),
        }
    }
    /// The unit of a name, or its message.
    pub fn unit(&mut self, name: &ast::Ident) -> Option<UnitId> {
        match self.names.values.get(&name.text) {
            Some(super::names::Symbol::Unit(unit)) => Some(unit),
            _ => {
                let error = self.no_unit(name);
                self.fail(error)
            }
        }
    }
    fn no_unit(&self, name: &ast::Ident) -> Diagnostic {
        let (span, text) = (name.span(), &*name.text);
        if let Some(code) = super::habits::currency_named(text).filter(|code| *code == self.currency.code()) {
            return errors::names::unknown_unit(span, text, Some(code.to_owned()), &[]);
        }
        if Month::named(text).is_some() {
            return errors::names::month_as_unit(span, text);
        }
        let singular = |one: &str, many: &str| many.strip_suffix('s') == Some(one);
        let other =
            |head: &&UnitHead| head.also.is_none() && (singular(text, &head.name) || singular(&head.name, text));
        if let Some(head) = self.units.iter().find(other) {
            return errors::names::other_number(span, text, &head.name, head.span);
        }
        let units = self.units.iter().flat_map(|unit| [Some(&unit.name), unit.also.as_ref()]).flatten();
        let near = super::names::nearest(text, units.map(|name| &**name));
        let declared: Vec<_> = self.units.iter().map(|unit| Arc::clone(&unit.name)).collect();
        errors::names::unknown_unit(span, text, near, &declared)
    }
    /// 10 to the power of a currency's or unit's decimals that an amount of this dimension is counted in.
    pub fn scale_of(&self, ty: Type) -> Exact {
        match ty {
            Type::Money => self.minor_units(),
            Type::Quantity(unit) => self.steps_of(unit),
            _ => power_of_ten(0),
        }
    }
}
