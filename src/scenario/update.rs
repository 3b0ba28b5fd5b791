//! What would make a failing expectation true: the value in it that has to change, and nothing else.

use crate::engine::words;
use crate::hir::{Compare, Expr, Kind, Program, Type, UnitId};
use crate::source::Span;
use crate::syntax::outline;
use crate::value::Value;

use super::spelling;

/// A part of a scenario, and what is to stand in its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rewrite {
    /// The part.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// What happened, where an amount was expected.
#[derive(Debug, Clone, Copy)]
pub(super) enum Actual {
    /// Steps of a unit.
    Unit(UnitId, i64),
    /// Minor units of money.
    Money(i64),
    /// How often; said with `times` where no number is written.
    Times(i64),
}

/// Writes an amount in place of the one that an expectation names.
pub(super) fn amount(program: &Program, span: Span, actual: Actual) -> Vec<Rewrite> {
    let text = program.sources.text(span);
    let phrases = outline(text);
    let Some(phrase) = phrases.first() else { return Vec::new() };
    let word = |at: usize| phrase.words.get(at).map_or("", String::as_str);
    let start = span.start as usize;
    let within = |from: usize, to: usize| Span::new(span.file, start + from, start + to);
    let (steps, decimals) = match actual {
        Actual::Unit(unit, steps) if program.units.at(unit).money => (steps, program.settings.currency.exponent()),
        Actual::Unit(unit, steps) => (steps, program.units.at(unit).decimals),
        Actual::Money(minor) => (minor, program.settings.currency.exponent()),
        Actual::Times(times) => (times, 0),
    };
    let Some(at) = phrase.words.iter().position(|word| word.starts_with(|c: char| c.is_ascii_digit())) else {
        let end = Span { start: span.end, ..span };
        return match actual {
            Actual::Times(times) => vec![Rewrite { span: end, text: format!(" {times} times") }],
            _ => Vec::new(),
        };
    };
    let Some(number) = phrase.places.get(at) else { return Vec::new() };
    let before = |back: usize| at.checked_sub(back).map_or("", word);
    let sign = before(1).chars().all(|c| !c.is_alphanumeric() && c != '-' && c != '_') && !before(1).is_empty();
    let (sign, dash) = if sign { (before(1), 2) } else { ("", 1) };
    let first = if before(dash) == "-" { at - dash } else { at - (dash - 1) };
    let from = phrase.places.get(first).map_or(number.start, |place| place.start);
    let minus = if steps < 0 { "-" } else { "" };
    let digits = spelling::digits(steps, decimals);
    let digits = match (text.get(number.clone()).is_some_and(|old| old.contains('_')), digits.split_once('.')) {
        (false, _) => digits,
        (true, None) => spelling::grouped(&digits),
        (true, Some((whole, fraction))) => format!("{}.{fraction}", spelling::grouped(whole)),
    };
    let amount = format!("{minus}{sign}{digits}");
    let mut rewrites = vec![Rewrite { span: within(from, number.end), text: amount }];
    if let (Actual::Unit(unit, steps), Some(place)) = (actual, phrase.places.get(at + 1)) {
        let def = program.units.at(unit);
        let one = def.also.as_ref().filter(|_| steps.abs() == def.steps());
        let name = one.unwrap_or(&def.name);
        let named = word(at + 1) == &*def.name || def.also.as_deref() == Some(word(at + 1));
        if named && word(at + 1) != &**name {
            rewrites.push(Rewrite { span: within(place.start, place.end), text: name.to_string() });
        }
    }
    rewrites
}

/// Writes a text in place of the one that an expectation names.
pub(super) fn text(program: &Program, span: Span, said: &str) -> Vec<Rewrite> {
    let whole = program.sources.text(span);
    let quote = whole.find('"').map(|at| span.start as usize + at);
    let rewrite =
        |from: usize| Rewrite { span: Span::new(span.file, from, span.end as usize), text: spelling::quoted(said) };
    quote.map(rewrite).into_iter().collect()
}

/// Writes values in place of those that a condition compares with; none where the condition says more than that something is so much.
pub(super) fn condition(
    program: &Program,
    expr: &Expr,
    evaluate: &mut dyn FnMut(&Expr) -> Option<Value>,
) -> Option<Vec<Rewrite>> {
    if evaluate(expr)? == Value::Bool(true) {
        return Some(Vec::new());
    }
    match &expr.kind {
        Kind::And(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(|part| condition(program, part, evaluate)).collect();
            Some(parts?.into_iter().flatten().collect())
        }
        Kind::Compare(Compare::Is, left, right) if is_literal(right) => {
            let actual = evaluate(left)?;
            let whole = |text: String| vec![Rewrite { span: right.span, text }];
            let rewrites = match (left.ty, &actual) {
                (Type::Quantity(unit), Value::Exact(steps)) => {
                    amount(program, right.span, Actual::Unit(unit, steps.to_i64()?))
                }
                (Type::Money, Value::Exact(minor)) => amount(program, right.span, Actual::Money(minor.to_i64()?)),
                (Type::Number, Value::Exact(number)) => whole(number.to_i64()?.to_string()),
                (Type::Tier(_) | Type::Enum(_), Value::Ordinal(_)) => {
                    whole(spelling::word(&words::value(program, left.ty, &actual)))
                }
                (Type::Text, Value::Text(text)) => whole(spelling::quoted(text)),
                (Type::Date, Value::Day(day)) => whole(day.to_string()),
                (Type::Bool, Value::Bool(flag)) => whole(if *flag { "yes" } else { "no" }.to_owned()),
                _ => return None,
            };
            Some(rewrites).filter(|rewrites| !rewrites.is_empty())
        }
        _ => None,
    }
}

fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Const(_) => true,
        Kind::Scale(inner, _) | Kind::Negate(inner) => is_literal(inner),
        _ => false,
    }
}
