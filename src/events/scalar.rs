//! Values of one field from what a record says.

use std::sync::Arc;

use crate::unseen::is_invisible;
use crate::value::{Day, Exact, Instant, TimeOfDay, TimeSpan, Zone, parse_instant};

use super::node::{View, clip};
use super::scan::is_graphic;
use super::{FIRST_YEAR, LAST_YEAR, MAX_ID, MAX_TEXT};

/// The word that a text or cell is.
pub(super) fn word(node: View<'_>) -> Option<&str> {
    match node {
        View::Text(text) => Some(text),
        View::Cell(text) => Some(text.trim()),
        _ => None,
    }
}

/// The text of an identifier; whole numbers are taken as their digits.
pub(super) fn identifier(node: View<'_>) -> Result<Arc<str>, String> {
    let text = match node {
        View::Text(text) => text,
        View::Cell(text) => in_cell(text)?,
        View::Number(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits,
        View::Number(digits) => {
            return Err(format!("`{}` is no identifier: put it in quotes if it is meant as text", clip(digits, 60)));
        }
        other => return Err(format!("an identifier is needed, not {other}")),
    };
    if is_printed(text.as_bytes()) {
        return Ok(Arc::from(text));
    }
    if text.trim().is_empty() {
        return Err("an identifier is needed, not empty text".to_owned());
    }
    if text.len() > MAX_ID {
        return Err(format!("an identifier of {} bytes is too long: at most {MAX_ID} are read", text.len()));
    }
    if text.chars().any(char::is_control) {
        return Err("an identifier has no line breaks or control characters".to_owned());
    }
    if let Some(unseen) = text.chars().find(|c| is_invisible(*c)) {
        return Err(format!(
            "the character U+{:04X} stands in the identifier, which nobody can see",
            u32::from(unseen)
        ));
    }
    Ok(Arc::from(text))
}

/// Whether a text is an identifier that needs no second look, unless it is a number that was shortened.
#[inline]
pub(crate) fn is_plain_identifier(text: &[u8]) -> bool {
    is_printed(text) && !matches!(text.first(), Some(b'=' | b'\'')) && !is_no_value(text)
}

fn is_printed(text: &[u8]) -> bool {
    !text.is_empty() && text.len() <= MAX_ID && is_graphic(text)
}

/// What spreadsheets and databases write where there is no value.
fn is_no_value(text: &[u8]) -> bool {
    matches!(text, b"NULL" | b"#N/A" | b"#REF!" | b"#VALUE!" | b"#NAME?" | b"#DIV/0!" | b"#NUM!" | b"#NULL!")
}

/// An identifier in a cell, or a part of one, without what spreadsheets put around it, so that digits stay digits: `="000123"`, `'000123`.
pub(crate) fn in_cell(text: &str) -> Result<&str, String> {
    let text = text.trim();
    if is_no_value(text.as_bytes()) {
        return Err(format!("`{text}` stands where there is no identifier"));
    }
    let formula = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let marked = text.strip_prefix('\'').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let text = formula.or(marked).unwrap_or(text);
    if is_shortened(text) {
        return Err(format!(
            "`{}` is a number that a spreadsheet has shortened, and digits are lost: make the column text and export again",
            clip(text, 60)
        ));
    }
    Ok(text)
}

/// Whether a text looks like `1.23457E+12`, as spreadsheets show long numbers.
fn is_shortened(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('+').and_then(|(number, power)| Some((number.strip_suffix('E')?, power))).is_some_and(
        |(number, power)| {
            digits(power)
                && number.split_once(['.', ',']).map_or(digits(number), |(whole, part)| digits(whole) && digits(part))
        },
    )
}

/// A text; numbers that were computed are written out.
pub(super) fn text(node: View<'_>) -> Result<Arc<str>, String> {
    let text = match node {
        View::Text(text) | View::Cell(text) => text,
        View::Exact(number) => return Ok(Arc::from(number.to_string())),
        other => return Err(format!("text is needed, not {other}: put it in quotes")),
    };
    if text.len() > MAX_TEXT {
        return Err(format!("a text of {} bytes is too long: at most {MAX_TEXT} are read", text.len()));
    }
    Ok(Arc::from(text))
}

/// What keeps a text from being a number that most people would read, if anything does.
pub(super) fn unusual(text: &str) -> Option<&'static str> {
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    if text.chars().any(|c| c.is_numeric() && !c.is_ascii_digit()) {
        Some("has digits other than 0 to 9")
    } else if text.contains(['\u{2010}', '\u{2011}', '\u{2012}', '–', '—', '−', '－']) {
        Some("has a dash where a minus `-` is needed")
    } else if digits && text.contains(',') {
        Some(
            "has a comma: write numbers with a point and without separators, such as `1234.50`, or say `decimal` in a map",
        )
    } else if digits && text.starts_with('(') && text.ends_with(')') {
        Some("stands in brackets: write a minus before it")
    } else if digits && text.contains('_') {
        Some("has a `_`: write numbers without separators")
    } else if digits
        && text.trim().chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '.' | '-' | '\''))
        && text.contains(|c: char| c.is_whitespace() || c == '\'')
    {
        Some("has separators: write numbers without them, such as `1234.50`, or say `decimal` in a map")
    } else if digits && text.ends_with('-') {
        Some("has its minus behind: write it before the number, or say `decimal` in a map")
    } else {
        None
    }
}

/// An exact number; text is taken where it is written as digits, which is how exact amounts often travel.
pub(super) fn number(node: View<'_>) -> Result<Exact, String> {
    match node {
        View::Exact(number) => Ok(number),
        View::Number(text) | View::Text(text) | View::Cell(text) => {
            let digits = text.trim();
            let parsed = if digits.contains('_') { None } else { Exact::parse_decimal(digits) };
            parsed.ok_or_else(|| match unusual(digits) {
                Some(what) => format!("`{}` {what}", clip(digits, 60)),
                None if digits.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                    && digits.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b))
                    && digits.ends_with(|c: char| c.is_ascii_digit())
                    && !digits.starts_with("--") =>
                {
                    format!("`{}` is too large or too long for a number", clip(digits, 60))
                }
                None => format!("a number is needed, not {node}"),
            })
        }
        other => Err(format!("a number is needed, not {other}")),
    }
}

/// A whole number.
pub(super) fn whole(node: View<'_>) -> Result<i64, String> {
    if let View::Text(_) = node {
        return Err(format!("a whole number is needed, not {node}: write it without quotes"));
    }
    let number = number(node).map_err(|_| format!("a whole number is needed, not {node}"))?;
    number.to_i64().ok_or_else(|| match number.is_integer() {
        true => format!("`{number}` is too large for a whole number"),
        false => format!("a whole number is needed, not `{number}`"),
    })
}

/// Yes or no.
pub(super) fn flag(node: View<'_>) -> Result<bool, String> {
    match node {
        View::Bool(flag) => Ok(flag),
        View::Text(text) | View::Cell(text) => match (text.trim(), node) {
            ("yes" | "true", _) => Ok(true),
            ("no" | "false", _) => Ok(false),
            ("Yes" | "YES" | "True" | "TRUE" | "Y" | "y" | "1", View::Cell(_)) => Ok(true),
            ("No" | "NO" | "False" | "FALSE" | "N" | "n" | "0", View::Cell(_)) => Ok(false),
            _ => Err(format!("yes or no is needed, not {node}")),
        },
        other => Err(format!("yes or no is needed, not {other}")),
    }
}

/// A calendar day.
pub(super) fn day(node: View<'_>) -> Result<Day, String> {
    let text = word(node).ok_or_else(|| format!("a date such as `2026-02-01` is needed, not {node}"))?;
    let day = Day::parse(text).ok_or_else(|| format!("`{}` is not a date such as `2026-02-01`", clip(text, 60)))?;
    plausible(day)?;
    Ok(day)
}

/// A reason where a day is out of all proportion.
pub(crate) fn plausible(day: Day) -> Result<(), String> {
    if (FIRST_YEAR..=LAST_YEAR).contains(&day.year()) {
        return Ok(());
    }
    Err(format!("the year {} cannot be right: years from {FIRST_YEAR} to {LAST_YEAR} are read", day.year()))
}

/// A moment, with its zone, or on the clocks of one where a map says it.
pub(super) fn moment(node: View<'_>, zone: Option<&Zone>) -> Result<Instant, String> {
    let text = match node {
        View::Text(text) => text,
        View::Cell(text) => text.trim(),
        View::Number(digits) => {
            return Err(format!(
                "the number `{}` is not a time: write it like `2026-02-01T10:00:00Z`, or say in a map what it counts",
                clip(digits, 40)
            ));
        }
        other => return Err(format!("a time such as `2026-02-01T10:00:00Z` is needed, not {other}")),
    };
    let instant = on_clocks(text, zone, TimeOfDay::NOON)?;
    plausible_instant(instant)?;
    Ok(instant)
}

/// The moment that a text says as machines write it; one that names no zone is on the clocks of one, where there is one, and at a time of day
/// where it is a day alone.
pub(crate) fn on_clocks(text: &str, zone: Option<&Zone>, at: TimeOfDay) -> Result<Instant, String> {
    match (zone, Day::parse(text)) {
        (Some(zone), Some(day)) => Ok(zone.at(day, at)),
        _ => parse_instant(text, zone).map_err(|error| error.to_string()),
    }
}

/// A reason where an instant is out of all proportion.
pub(crate) fn plausible_instant(instant: Instant) -> Result<(), String> {
    const DAY: i64 = 86_400_000;
    const FIRST: i64 = Day::first_of(FIRST_YEAR).epoch_days() as i64 * DAY;
    const END: i64 = Day::first_of(LAST_YEAR + 1).epoch_days() as i64 * DAY;
    if (FIRST..END).contains(&instant.millis()) {
        return Ok(());
    }
    // The year of a message is that of UTC.
    let days = i32::try_from(instant.millis().div_euclid(DAY)).ok().and_then(Day::from_epoch_days);
    days.map_or_else(|| Err("the time is outside the calendar".to_owned()), plausible)
}

/// A duration.
pub(super) fn span(node: View<'_>) -> Result<TimeSpan, String> {
    let needed = || format!("a duration such as `5 days` is needed, not {node}");
    let text = word(node).ok_or_else(needed)?;
    let (count, unit) = text.split_once(' ').ok_or_else(needed)?;
    count.parse().ok().and_then(|count| TimeSpan::from_words(count, unit.trim())).ok_or_else(needed)
}
