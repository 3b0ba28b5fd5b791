//! Values and events as scenarios write them.

use std::sync::Arc;

use crate::engine::words;
use crate::hir::{EventKind, FieldDef, FieldType, Program, UnitId};
use crate::syntax;
use crate::value::{Exact, Instant, TimeOfDay, Value, format_minor};

/// An amount of money: `$12.50`, `5 CAD`.
pub fn money(program: &Program, minor: i64) -> String {
    let currency = program.settings.currency;
    let sign = if minor < 0 { "-" } else { "" };
    let amount = digits(minor, currency.exponent());
    match currency.code() {
        "USD" => format!("{sign}${amount}"),
        "EUR" => format!("{sign}€{amount}"),
        "GBP" => format!("{sign}£{amount}"),
        code => format!("{sign}{amount} {code}"),
    }
}

/// An amount without its sign, decimals only where they say something.
pub(super) fn digits(steps: i64, decimals: u8) -> String {
    let size = steps.saturating_abs();
    let one = 10_i64.saturating_pow(u32::from(decimals));
    if size % one == 0 { (size / one).to_string() } else { format_minor(size, decimals) }
}

/// Digits in groups of three.
pub(super) fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// An amount of a unit: `5 points`, `$5 store_credit`, `5 CAD store_credit`.
pub fn quantity(program: &Program, unit: UnitId, steps: i64) -> String {
    let def = program.units.at(unit);
    if !def.money {
        let minus = if steps < 0 { "-" } else { "" };
        return format!("{minus}{}", words::quantity(program, unit, Exact::from(steps.saturating_abs())));
    }
    format!("{} {}", money(program, steps), def.name)
}

/// An amount of a unit as conditions compare with it: `5 points`, `$5`.
pub fn compared(program: &Program, unit: UnitId, steps: i64) -> String {
    if program.units.at(unit).money { money(program, steps) } else { quantity(program, unit, steps) }
}

/// A text as a bare word where it can be one.
pub fn word(text: &str) -> String {
    if is_word(text) { text.to_owned() } else { quoted(text) }
}

/// Whether a text can be a name.
pub fn is_word(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    first && letters.all(|c| c.is_alphanumeric() || c == '_') && !syntax::RESERVED.contains(&text)
}

/// A text in quotes.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' | '{' | '}' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A moment to the minute; noon needs no word.
pub fn moment(program: &Program, at: Instant) -> String {
    let zone = &program.settings.zone;
    let (day, time) = (zone.day_of(at), zone.time_of(at));
    if time == TimeOfDay::NOON { day.to_string() } else { format!("{day} at {time}") }
}

/// A type of event, as a verb where it is built in.
pub fn verb(name: &str, kind: EventKind) -> String {
    match kind {
        EventKind::Declared | EventKind::Erase => name.to_owned(),
        _ => format!("{name}s"),
    }
}

/// The fields of an event or line in braces; empty where none needs to be written.
pub fn record<'r>(
    program: &Program,
    fields: impl Iterator<Item = (&'r FieldDef, &'r Value)>,
    name: &dyn Fn(&Arc<str>) -> String,
) -> String {
    let written: Vec<String> = fields
        .filter(|(field, given)| **given != Value::Missing && field.default.as_ref() != Some(given))
        .filter_map(|(field, given)| Some(format!("{} {}", field.name, value(program, &field.ty, given, name)?)))
        .collect();
    if written.is_empty() { String::new() } else { format!("{{ {} }}", written.join(", ")) }
}

/// The value of a field; none where the language has no word for it. Members are called by `name`.
pub fn value(program: &Program, ty: &FieldType, given: &Value, name: &dyn Fn(&Arc<str>) -> String) -> Option<String> {
    Some(match (ty, given) {
        (FieldType::Money, Value::Exact(minor)) => money(program, minor.to_i64()?),
        (_, Value::Exact(number)) => number.to_string(),
        (_, Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
        (FieldType::OneOf(words), Value::Ordinal(position)) => {
            word(program.enums.at(*words).words.get(*position as usize)?)
        }
        (FieldType::Member, Value::Text(member)) => name(member),
        (_, Value::Text(text)) => word(text),
        (_, Value::Day(day)) => day.to_string(),
        (_, Value::Time(time)) => time.to_string(),
        (_, Value::Moment(at)) => program.settings.zone.day_of(*at).to_string(),
        (_, Value::Span(span)) => span.to_string(),
        (FieldType::List(fields), Value::List(lines)) => {
            let line = |line: &[Value]| match record(program, fields.iter().zip(line), name) {
                empty if empty.is_empty() => "{ }".to_owned(),
                written => written,
            };
            format!("[ {} ]", lines.iter().map(|fields| line(fields)).collect::<Vec<_>>().join(", "))
        }
        _ => return None,
    })
}
