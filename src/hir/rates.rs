//! What money of other currencies is worth.

use crate::value::{ArithmeticError, Currency, Day, Exact, Instant, Rounding, Value};

use super::{EventId, Expr, Kind, Program};

/// Why an amount has no value in the program's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoValue {
    /// The program does not accept its currency.
    NotAccepted,
    /// The day has no rate.
    NoRate(Day),
    /// The number is out of range.
    Number(ArithmeticError),
}

impl Program {
    /// Whether what comes back of events of a type in the currency in which they were paid adds up to them: where what is too much is
    /// `dropped`, each part is worth what it is by itself.
    pub fn parts_add_up(&self, kind: EventId) -> bool {
        let mut reversals = self.events.iter().filter_map(|def| def.reversal.as_ref());
        reversals.any(|reversal| reversal.of == kind && !reversal.excess_dropped)
    }

    /// An amount in minor units of a currency, as minor units of the program's, at the rate of the local day of a moment.
    ///
    /// # Errors
    /// [`NoValue`].
    pub fn convert(&self, minor: i64, currency: Currency, time: Instant) -> Result<Exact, NoValue> {
        self.convert_by(None, minor, currency, time)
    }

    /// As [`Program::convert`], rounded in another way than the program declares where one is named.
    ///
    /// # Errors
    /// [`NoValue`].
    pub fn convert_by(
        &self,
        rounding: Option<Rounding>,
        minor: i64,
        currency: Currency,
        time: Instant,
    ) -> Result<Exact, NoValue> {
        let settings = &self.settings;
        if currency == settings.currency {
            return Ok(Exact::from(minor));
        }
        let accepted = settings.accepts.iter().find(|(accepted, ..)| *accepted == currency);
        let (_, rate, declared) = accepted.ok_or(NoValue::NotAccepted)?;
        let day = || settings.zone.day_of(time);
        let rate = self.rate_on(rate, &day).ok_or_else(|| NoValue::NoRate(day()))?;
        let places = i32::from(settings.currency.exponent()) - i32::from(currency.exponent());
        let exact = Exact::from(minor).mul(rate).and_then(|exact| exact.scaled(places));
        let whole = exact.and_then(|exact| rounding.unwrap_or(*declared).round(exact));
        whole.map(Exact::from).map_err(NoValue::Number)
    }

    /// Whether a currency is not worth the same every day.
    pub fn has_rate_by_day(&self, currency: Currency) -> bool {
        let accepted = self.settings.accepts.iter().find(|(accepted, ..)| *accepted == currency);
        accepted.is_some_and(|(_, rate, _)| self.is_by_day(rate))
    }

    fn is_by_day(&self, rate: &Expr) -> bool {
        match &rate.kind {
            Kind::Let(id) => self.lets.get(*id).is_some_and(|named| self.is_by_day(&named.value)),
            kind => matches!(kind, Kind::Cases(_)),
        }
    }

    /// The rate of a day, where the expression is a number or cases by date.
    fn rate_on(&self, rate: &Expr, day: &dyn Fn() -> Day) -> Option<Exact> {
        match &rate.kind {
            Kind::Const(Value::Exact(number)) => Some(*number),
            Kind::Let(id) => self.rate_on(&self.lets.get(*id)?.value, day),
            Kind::Cases(cases) => cases
                .iter()
                .find(|case| {
                    let guard = &case.guard;
                    guard.when.is_none()
                        && guard.from.is_none_or(|from| from <= day())
                        && guard.until.is_none_or(|until| day() <= until)
                })
                .and_then(|case| self.rate_on(&case.value, day)),
            _ => None,
        }
    }
}
