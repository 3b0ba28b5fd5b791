//! Literals.

use std::sync::Arc;

use crate::syntax::ast::{At, Date, Duration, Expr, ExprKind, Ident, Number, Part, Template, Text, Time, TimeUnit};
use crate::syntax::errors;
use crate::syntax::grammar::Rule;
use crate::syntax::node::Node;
use crate::syntax::reader::Reader;

/// A literal of any kind, or a bare word.
pub(super) fn literal<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Expr> {
    let at = n.at();
    let kind = match n.rule() {
        Rule::date => ExprKind::Date(date(r, n)?),
        Rule::time => ExprKind::Time(time(r, n)?),
        Rule::money => money(n)?,
        Rule::percent => ExprKind::Percent(n.as_number()?),
        Rule::factor => ExprKind::Factor(n.as_number()?),
        Rule::number => ExprKind::Number(n.as_number()?),
        Rule::quantity | Rule::line_quantity => quantity(n)?,
        Rule::coded => amount(n.number()?, n.get(Rule::iso_code)?.as_ident()),
        Rule::duration => ExprKind::Duration(duration(n)?),
        Rule::text => ExprKind::Text(text(r, n)?),
        Rule::flag => ExprKind::Flag(n.has(Rule::kw_yes)),
        Rule::ident | Rule::enum_value => ExprKind::Path(crate::syntax::ast::Path { parts: vec![n.as_ident()], at }),
        _ => return None,
    };
    Some(Expr { kind, at })
}

fn money(n: &Node<'_>) -> Option<ExprKind> {
    Some(ExprKind::Money { amount: n.get(Rule::decimal)?.as_number()?, currency: n.get(Rule::money_sign)?.as_ident() })
}

fn quantity(n: &Node<'_>) -> Option<ExprKind> {
    let number = n.number()?;
    let Some(unit) = n.get(Rule::unit_name) else { return Some(ExprKind::Number(number)) };
    if let Some(unit) = time_unit_of(unit.text()) {
        return Some(ExprKind::Duration(Duration { count: number, unit, at: n.at() }));
    }
    Some(amount(number, unit.as_ident()))
}

/// A number with a name: money where the name is the code of a currency.
fn amount(number: Number, unit: Ident) -> ExprKind {
    if is_currency(&unit) {
        ExprKind::Money { amount: number, currency: unit }
    } else {
        ExprKind::Quantity { number, unit }
    }
}

fn is_currency(unit: &Ident) -> bool {
    unit.text.len() == 3
        && unit.text.chars().all(|c| c.is_ascii_uppercase())
        && iso_currency::Currency::from_code(&unit.text).is_some()
}

/// A day that exists.
pub(super) fn date(r: &mut Reader<'_>, n: &Node<'_>) -> Option<Date> {
    let at = n.at();
    let mut parts = n.text().split('-');
    let date = Date {
        year: parts.next()?.parse().ok()?,
        month: parts.next()?.parse().ok()?,
        day: parts.next()?.parse().ok()?,
        at,
    };
    if date.year == 0 || date.day == 0 || date.day > days_in(date.month, date.year) {
        r.report(errors::no_such_date(at.0, n.text()));
        return None;
    }
    Some(date)
}

/// How many days a month has; 0 where there is no such month.
pub(super) fn days_in(month: u8, year: i16) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

/// A time of day that exists.
pub(super) fn time(r: &mut Reader<'_>, n: &Node<'_>) -> Option<Time> {
    let at = n.at();
    let (hour, minute) = n.text().split_once(':')?;
    let time = Time { hour: hour.parse().ok()?, minute: minute.parse().ok()?, at };
    if time.hour > 23 || time.minute > 59 {
        r.report(errors::no_such_time(at.0, n.text()));
        return None;
    }
    Some(time)
}

/// `30 days`.
pub(super) fn duration(n: &Node<'_>) -> Option<Duration> {
    let unit = time_unit_of(n.get(Rule::time_unit)?.text())?;
    Some(Duration { count: n.number()?, unit, at: n.at() })
}

/// The unit of time that a word means.
pub(super) fn time_unit_of(word: &str) -> Option<TimeUnit> {
    Some(match word {
        "second" | "seconds" => TimeUnit::Second,
        "minute" | "minutes" => TimeUnit::Minute,
        "hour" | "hours" => TimeUnit::Hour,
        "day" | "days" => TimeUnit::Day,
        "week" | "weeks" => TimeUnit::Week,
        "month" | "months" => TimeUnit::Month,
        "quarter" | "quarters" => TimeUnit::Quarter,
        "year" | "years" => TimeUnit::Year,
        _ => return None,
    })
}

/// A text, escapes resolved.
pub(super) fn text(r: &mut Reader<'_>, n: &Node<'_>) -> Option<Text> {
    let at = n.at();
    let value = unescape(r, at, inside(n.text()), at.0.start as usize + 1)?;
    Some(Text { value: value.into(), at })
}

fn inside(quoted: &str) -> &str {
    quoted.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(quoted)
}

/// Resolves escapes in `raw`, which begins at byte `start` of the file.
fn unescape(r: &mut Reader<'_>, at: At, raw: &str, start: usize) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.char_indices();
    while let Some((offset, c)) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let Some((_, next)) = chars.next() else { break };
        match next {
            '"' | '\\' | '{' | '}' => out.push(next),
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'u' => {
                let rest = raw.get(offset + 2..).unwrap_or("");
                let digits = rest.strip_prefix('{').and_then(|t| t.split_once('}')).map(|(digits, _)| digits);
                let value = digits.and_then(|d| u32::from_str_radix(d, 16).ok()).and_then(char::from_u32);
                let (Some(digits), Some(value)) = (digits, value) else {
                    r.report(errors::bad_escape(r.span(start + offset, start + offset + 2), "\\u", at.0));
                    return None;
                };
                out.push(value);
                chars.by_ref().take(digits.chars().count() + 2).for_each(drop);
            }
            other => {
                let end = start + offset + 1 + other.len_utf8();
                r.report(errors::bad_escape(r.span(start + offset, end), &format!("\\{other}"), at.0));
                return None;
            }
        }
    }
    Some(out)
}

/// A text with `{expressions}`.
pub(super) fn template<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Template> {
    let at = n.at();
    let raw = inside(n.text());
    let mut start = at.0.start as usize + 1;
    let mut rest = raw;
    let mut parts = Vec::new();
    loop {
        let open = find_brace(rest);
        let (before, after) = rest.split_at(open.unwrap_or(rest.len()));
        if !before.is_empty() {
            parts.push(Part::Text(Arc::from(unescape(r, at, before, start)?)));
        }
        start += before.len();
        let Some(inner) = after.strip_prefix('{') else { break };
        let Some((code, behind)) = inner.split_once('}') else {
            r.report(errors::open_interpolation(r.span(start, start + 1)));
            return None;
        };
        parts.push(Part::Value(super::expr::interpolated(r, code, start + 1)?));
        start += code.len() + 2;
        rest = behind;
    }
    Some(Template { parts, at })
}

/// Where the first brace that is not escaped opens.
fn find_brace(raw: &str) -> Option<usize> {
    let mut escaped = false;
    let mut braces_of_escape = false;
    for (offset, c) in raw.char_indices() {
        match c {
            _ if escaped => (escaped, braces_of_escape) = (false, c == 'u'),
            '\\' => escaped = true,
            '{' if !braces_of_escape => return Some(offset),
            _ => braces_of_escape = false,
        }
    }
    None
}

/// The `number` and `unit_name` parts of a node as one value.
pub(super) fn unit_amount(n: &Node<'_>) -> Option<Expr> {
    let at = At(n.get(Rule::number)?.at().0.to(n.get(Rule::unit_name)?.at().0));
    Some(Expr { kind: quantity(n)?, at })
}
