//! Scripts as scenarios that can be pasted.

use std::sync::Arc;

use crate::hir::{EventKind, FieldDef, FieldType, Program, UnitId};
use crate::syntax;
use crate::value::{Exact, Value, format_minor};

use super::property::Claim;
use super::script::{Deed, Move, Script, Sent, When};

/// A scenario with a name, laid out as the formatter does it. A text that the formatter cannot read stays as it is.
pub(super) fn scenario(program: &Program, name: &str, script: &Script, claim: &Claim) -> String {
    let mut text = format!("scenario {} {{\n", quoted(name));
    let last = script.moves.len().saturating_sub(1);
    for (place, moved) in script.moves.iter().enumerate() {
        let expected = match claim {
            Claim::OfStep(expected) if place == last => format!(" expect {expected}"),
            _ => String::new(),
        };
        let late = if script.is_late(place) { "late " } else { "" };
        text.push_str(&format!("  {late}{}{expected}\n", step(program, moved)));
    }
    if let Claim::After(expected) = claim {
        text.push_str(&format!("  expect {expected}\n"));
    }
    text.push_str("}\n");
    syntax::format(&text).unwrap_or(text)
}

fn step(program: &Program, moved: &Move) -> String {
    let when = moment(moved.when);
    match &moved.deed {
        Deed::Wait => format!("advance to {when}"),
        Deed::Send(sent) => format!("{} {} {when}{}", sent.member, verb(program, sent), record(program, sent)),
    }
}

fn moment(when: When) -> String {
    if when.is_noon() { when.day.to_string() } else { format!("{} at {}", when.day, when.time()) }
}

/// The event as a verb, where it is built in.
fn verb(program: &Program, sent: &Sent) -> String {
    let def = sent.def(program);
    match def.kind {
        EventKind::Declared | EventKind::Erase => def.name.to_string(),
        _ => format!("{}s", def.name),
    }
}

fn record(program: &Program, sent: &Sent) -> String {
    let id = sent.id.iter().map(|id| format!("id {}", word(id)));
    let own = written(program, sent.pairs(program));
    let fields: Vec<String> = id.chain(own).collect();
    if fields.is_empty() { String::new() } else { format!(" {{ {} }}", fields.join(", ")) }
}

/// Fields that must be written: what is missing or usual needs no word.
fn written<'s>(
    program: &'s Program,
    fields: impl Iterator<Item = (&'s FieldDef, &'s Value)> + 's,
) -> impl Iterator<Item = String> + 's {
    fields
        .filter(|(field, value)| **value != Value::Missing && field.default.as_ref() != Some(value))
        .filter_map(|(field, given)| Some(format!("{} {}", field.name, value(program, &field.ty, given)?)))
}

fn value(program: &Program, ty: &FieldType, given: &Value) -> Option<String> {
    Some(match (ty, given) {
        (FieldType::Money, Value::Exact(minor)) => money(program, minor.to_i64()?),
        (_, Value::Exact(number)) => number.to_string(),
        (_, Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
        (FieldType::OneOf(words), Value::Ordinal(position)) => {
            word(program.enums.at(*words).words.get(*position as usize)?)
        }
        (FieldType::Text, Value::Text(text)) => quoted_unless_name(program, text),
        (_, Value::Text(text)) => word(text),
        (_, Value::Day(day)) => day.to_string(),
        (_, Value::Moment(at)) => program.settings.zone.day_of(*at).to_string(),
        (FieldType::List(fields), Value::List(lines)) => {
            let line = |line: &[Value]| {
                let written: Vec<String> = written(program, fields.iter().zip(line)).collect();
                format!("{{ {} }}", written.join(", "))
            };
            let lines: Vec<String> = lines.iter().map(|fields| line(fields)).collect();
            format!("[ {} ]", lines.join(", "))
        }
        _ => return None,
    })
}

/// Whether a value can be written in a scenario as it is.
pub(super) fn can_be_written(program: &Program, ty: &FieldType, given: &Value) -> bool {
    *given == Value::Missing || value(program, ty, given).is_some()
}

/// An amount of money: `$12.50`, `5 CAD`.
pub(super) fn money(program: &Program, minor: i64) -> String {
    let currency = program.settings.currency;
    let sign = if minor < 0 { "-" } else { "" };
    let whole = 10_i64.saturating_pow(u32::from(currency.exponent()));
    let size = minor.saturating_abs();
    let amount = if size % whole == 0 { (size / whole).to_string() } else { format_minor(size, currency.exponent()) };
    match currency.code() {
        "USD" => format!("{sign}${amount}"),
        "EUR" => format!("{sign}€{amount}"),
        "GBP" => format!("{sign}£{amount}"),
        code => format!("{sign}{amount} {code}"),
    }
}

/// An amount of a unit: `5 points`; of a unit of money as money.
pub(super) fn quantity(program: &Program, unit: UnitId, steps: i64) -> String {
    let def = program.units.at(unit);
    if def.money { money(program, steps) } else { crate::engine::words::quantity(program, unit, Exact::from(steps)) }
}

/// A text as a bare word where it can be one.
fn word(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    let bare = first && letters.all(|c| c.is_alphanumeric() || c == '_') && !syntax::RESERVED.contains(&text);
    if bare { text.to_owned() } else { quoted(text) }
}

/// Names of the program stand as words; other texts in quotes.
fn quoted_unless_name(program: &Program, text: &Arc<str>) -> String {
    let rewards = program.rewards.iter().map(|item| &item.name).chain(program.redeems.iter().map(|item| &item.name));
    let names = rewards
        .chain(program.units.iter().map(|item| &item.name))
        .chain(program.exchanges.iter().map(|item| &item.name))
        .chain(program.transfers.iter().map(|item| &item.name));
    if names.into_iter().any(|name| name == text) { word(text) } else { quoted(text) }
}

fn quoted(text: &str) -> String {
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
