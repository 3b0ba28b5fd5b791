//! Amounts of money in records, in the program's currency or one that it accepts.

use std::borrow::Cow;
use std::sync::Arc;

use crate::hir::{NoValue, Program};
use crate::value::{AmountError, Currency, Exact, Instant, Zone, parse_minor};

use super::currency;
use super::fields::Fields as _;
use super::node::{View, clip};
use super::notation::Notation;
use super::scalar::unusual;

/// What a record says beside the amount itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The identity of the event.
    pub(crate) id: &'a Arc<str>,
    /// When the event happened; rates are those of that local day.
    pub(crate) time: Instant,
    /// The currency of amounts that name none, where the record has one.
    pub(crate) currency: Option<&'a str>,
    /// How texts write numbers.
    pub(crate) notation: Notation,
    /// The zone of times that name none, where a map says one.
    pub(crate) zone: Option<&'a Zone>,
}

/// An amount as it was read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amount {
    /// Minor units of the program's currency.
    pub(crate) value: Exact,
    /// Minor units of the currency that the record names, where that is not the program's.
    pub(crate) foreign: Option<(Currency, i64)>,
}

/// Reads an amount that is written plainly; one in an object is written as the context says.
pub(crate) fn money(program: &Program, value: View<'_>, context: Context<'_>) -> Result<Amount, String> {
    match value {
        View::Object(_) | View::Json(_) => {
            let entries = value.entries().map_err(|_| format!("an amount of money is needed, not {value}"))?;
            let amount = entries.iter().find(|(name, _)| name == "amount").map(|(_, node)| node.view());
            let amount = amount.ok_or("an amount of money has `amount` and `currency`, but `amount` is missing")?;
            let named = currency::position(&*entries, program.settings.currency);
            let named = named.map_err(|doubt| format!("{}: say `currency` in it", doubt.reason))?;
            let code = match named.map(|at| entries.as_ref().view(at)) {
                Some(View::Text(code) | View::Cell(code)) => Some(code),
                None => context.currency,
                Some(other) => return Err(format!("a currency is a code such as `EUR`, not {other}")),
            };
            match amount {
                View::Object(_) | View::Json(_) | View::List(_) => {
                    Err(format!("an amount of money is needed, not {amount}"))
                }
                _ => {
                    let context = Context { currency: code, ..context };
                    context.notation.read(amount, |amount| money(program, amount, context))
                }
            }
        }
        View::Exact(number) => {
            let currency = chosen(program, context.currency)?;
            let minor = scaled(number, i32::from(currency.exponent()))?;
            match minor.to_i64() {
                Some(minor) => convert(program, minor, currency, context.time),
                None if minor.is_integer() => Err(format!("`{number}` is too large for an amount")),
                None => Err(format!("`{number}` has a fraction of the smallest coin: say in the map how to round it")),
            }
        }
        View::Number(text) | View::Text(text) | View::Cell(text) => {
            let text = text.trim();
            let (digits, code) = split(program, text)?;
            let currency = match code {
                Some(currency) => match context.currency {
                    Some(other) if other != currency.code() => {
                        return Err(format!(
                            "`{}` and the record's currency `{}` contradict each other",
                            clip(text, 40),
                            clip(other, 10)
                        ));
                    }
                    _ => currency,
                },
                None => chosen(program, context.currency)?,
            };
            let minor = parse_minor(&digits, currency).map_err(|error| explain(error, text))?;
            convert(program, minor, currency, context.time)
        }
        other => Err(format!("an amount of money is needed, not {other}")),
    }
}

/// The digits of an amount, and the currency that it names itself, before or behind.
fn split<'t>(program: &Program, text: &'t str) -> Result<(Cow<'t, str>, Option<Currency>), String> {
    let alone = Ok((Cow::Borrowed(text), None));
    if text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')) {
        return alone;
    }
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let start = rest.find(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    let end = rest.rfind(|c: char| c.is_ascii_digit() || c == '.').map(|at| at + 1);
    let (Some(start), Some(end)) = (start, end) else { return alone };
    let part = |range: std::ops::Range<usize>| rest.get(range).unwrap_or_default().trim();
    let (before, digits, behind) = (part(0..start), part(start..end), part(end..rest.len()));
    if !digits.bytes().any(|byte| byte.is_ascii_digit()) {
        return alone;
    }
    let name = match (before, behind) {
        ("", "") => return alone,
        (name, "") | ("", name) => name,
        (before, behind) => {
            let both = named(program, before).and(named(program, behind));
            return match both {
                Some(_) => Err(format!("`{}` names its currency twice", clip(text, 60))),
                None => alone,
            };
        }
    };
    if let Some(currency) = named(program, name) {
        return Ok((Cow::Owned(format!("{sign}{digits}")), Some(currency)));
    }
    if name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err(format!("`{name}` is not a currency"));
    }
    if name.contains(|c: char| matches!(c, '¢'..='¥' | '\u{20a0}'..='\u{20cf}')) {
        return Err(format!("`{}` is no sign of one currency alone: write the code, such as `5 JPY`", clip(name, 10)));
    }
    alone
}

/// The digits of an amount in whatever currency it names; `None` where a text is something else.
pub(crate) fn digits_of<'t>(program: &Program, text: &'t str) -> Option<Cow<'t, str>> {
    split(program, text).ok().filter(|(_, code)| code.is_some()).map(|(digits, _)| digits)
}

/// The digits of an amount that names no currency but the program's own.
///
/// # Errors
/// In words, where it names another.
pub(crate) fn own_digits<'t>(program: &Program, text: &'t str) -> Result<Cow<'t, str>, String> {
    let own = program.settings.currency;
    match split(program, text)? {
        (_, Some(other)) if other != own => {
            Err(format!("`{}` is in {other}: a map computes with amounts in {own} only", clip(text, 40)))
        }
        (digits, _) => Ok(digits),
    }
}

/// The currency of a sign or code.
fn named(program: &Program, name: &str) -> Option<Currency> {
    Currency::from_symbol(name, program.settings.currency).or_else(|| parse_code(name).ok())
}

fn parse_code(code: &str) -> Result<Currency, String> {
    Currency::parse(code)
        .or_else(|| Currency::parse(&code.to_ascii_uppercase()))
        .ok_or_else(|| format!("`{}` is not a currency", clip(code, 20)))
}

/// The currency of a code; the program's own without.
pub(crate) fn chosen(program: &Program, code: Option<&str>) -> Result<Currency, String> {
    let settings = &program.settings;
    let Some(code) = code else { return Ok(settings.currency) };
    let mut known = std::iter::once(settings.currency).chain(settings.accepts.iter().map(|(accepted, ..)| *accepted));
    known.find(|currency| currency.code() == code).map_or_else(|| parse_code(code), Ok)
}

fn explain(error: AmountError, text: &str) -> String {
    match (&error, unusual(text)) {
        (AmountError::NotANumber(_), Some(what)) => format!("`{}` {what}", clip(text, 60)),
        _ => error.to_string(),
    }
}

/// `number` times ten to the power of `places`.
pub(crate) fn scaled(number: Exact, places: i32) -> Result<Exact, String> {
    number.scaled(places).map_err(|error| error.to_string())
}

/// An amount in the program's currency, at the rate of the day.
fn convert(program: &Program, minor: i64, currency: Currency, time: Instant) -> Result<Amount, String> {
    let value = program.convert(minor, currency, time).map_err(|error| match error {
        NoValue::NotAccepted => {
            let settings = &program.settings;
            let all: Vec<&str> = settings.accepts.iter().map(|(currency, _, _)| currency.code()).collect();
            let also = if all.is_empty() { String::new() } else { format!(" and accepts {}", all.join(", ")) };
            format!("the amount is in {currency}, but the program counts in {}{also}", settings.currency)
        }
        NoValue::NoRate(day) => format!("the program has no rate for {currency} on {day}"),
        NoValue::Number(error) => error.to_string(),
    })?;
    let foreign = (currency != program.settings.currency).then_some((currency, minor));
    Ok(Amount { value, foreign })
}
