//! Columns of times, and how they are written.

use std::sync::LazyLock;

use jiff::fmt::strtime::BrokenDownTime;

use crate::value::{Zone, parse_instant};

use super::super::super::{FIRST_YEAR, LAST_YEAR};
use super::super::sample::Column;
use super::super::time::{counted, is_day_of_excel};
use super::columns::{beside, filled, is_like, pick};

/// Ways to write days, the surest first; day before month, as most of the world writes.
const DAYS: [&str; 18] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%Y.%m.%d",
    "%Y%m%d",
];

/// What may stand behind a day.
const CLOCKS: [&str; 13] = [
    " %H:%M:%S",
    "T%H:%M:%S",
    " %H:%M",
    "T%H:%M",
    " %I:%M:%S %p",
    " %I:%M %p",
    ", %H:%M:%S",
    ", %H:%M",
    ", %I:%M:%S %p",
    ", %I:%M %p",
    " %H:%M:%S UTC",
    " %H:%M:%S %z",
    "",
];

/// How times of day are written in a column of their own.
const ALONE: [&str; 4] = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p"];

/// Ways to write times.
static FORMATS: LazyLock<Vec<String>> =
    LazyLock::new(|| DAYS.iter().flat_map(|day| CLOCKS.iter().map(move |clock| format!("{day}{clock}"))).collect());

const TIME: [&str; 12] =
    ["timestamp", "time", "date", "day", "when", "created", "ordered", "datum", "zeit", "fecha", "日期", "时间"];

/// Times of something that comes before or after what a record is about.
const OTHER: [&str; 14] = [
    "ship", "deliver", "due", "expir", "update", "modif", "valid", "estimat", "approv", "return", "refund", "liefer",
    "versand", "fällig",
];

/// Days of people's lives, which no event happens at.
const LIFE: [&str; 6] = ["birth", "dob", "geburt", "naissance", "nacimiento", "生日"];

/// How a column says times.
pub(super) enum Written {
    /// In these ways, the commonest first; none where they can be read as they are.
    Ways(Vec<&'static str>),
    /// As so many of something since 1970.
    Since(&'static str),
    /// As days that Excel counts.
    Days,
}

/// The zone that the name of a column says, as in `Created (UTC)`.
pub(super) fn named_zone(column: &Column) -> Option<&'static str> {
    let name = column.name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|word| matches!(word, "utc" | "gmt")).then_some("UTC")
}

/// The column that says when things happened.
pub(super) fn time_column<'c>(columns: &'c [Column], taken: &[&'c str]) -> Option<&'c Column> {
    let lives = beside(columns, taken, |column| is_like(column, &LIFE));
    let unread = beside(columns, &lives, |column| ways(column).is_none());
    let unknown = beside(columns, &lives, |column| written(column).is_none());
    let others = |taken: &[&'c str]| beside(columns, taken, |column| is_like(column, &OTHER));
    let named = |taken: &[&str]| pick(columns, &TIME, taken);
    let first = |taken: &[&str]| columns.iter().find(|column| !taken.contains(&column.name.as_str()));
    // A number is taken for a time only where its column is called so.
    let best = |unread: &[&str], unknown: &[&str]| named(unread).or_else(|| named(unknown)).or_else(|| first(unread));
    // A column that is called so is shown also where nobody knows how it is written.
    best(&others(&unread), &others(&unknown)).or_else(|| best(&unread, &unknown)).or_else(|| named(&lives))
}

/// How the times of a column are written; `None` where most are no times that are known.
pub(super) fn written(column: &Column) -> Option<Written> {
    let days = || {
        let count = filled(column).filter(|value| is_day_of_excel(&value.replace(',', "."))).count();
        (count * 2 > filled(column).count()).then_some(Written::Days)
    };
    ways(column).map(Written::Ways).or_else(|| unit(column).map(Written::Since)).or_else(days)
}

/// The ways in which the times of a column are written, the commonest first; none where they can be read as they are. `None` where most are
/// no times that are known.
fn ways(column: &Column) -> Option<Vec<&'static str>> {
    let all: Vec<&str> = filled(column).collect();
    let mut rest = all.clone();
    let mut found: Vec<&'static str> = Vec::new();
    loop {
        let count = |format: &&str| rest.iter().filter(|value| reads(format, value)).count();
        let fits = |format: &&str| found.iter().all(|other| !contradict(format, other));
        let best = FORMATS.iter().map(String::as_str).filter(fits).map(|format| (count(&format), format));
        let Some((most, best)) = best.rev().max_by_key(|(count, _)| *count) else { break };
        // A few broken dates are no way of writing.
        if most == 0 || most * 50 < all.len() {
            break;
        }
        rest.retain(|value| !reads(best, value));
        found.push(best);
    }
    if rest.len() * 2 < all.len() {
        return Some(found);
    }
    let utc = Zone::utc();
    let plain = all.iter().filter(|value| parse_instant(value, Some(&utc)).is_ok()).count();
    (plain * 2 > all.len()).then(Vec::new)
}

/// What a column of numbers counts since 1970.
fn unit(column: &Column) -> Option<&'static str> {
    let unit = counted(filled(column).next()?)?;
    filled(column).all(|value| counted(value) == Some(unit)).then_some(unit)
}

/// Whether texts in a first line are values and no names: one is a time, or most are numbers.
pub(super) fn is_record(texts: &[&str]) -> bool {
    let is_time = |text: &&str| FORMATS.iter().any(|format| reads(format, text)) || parse_instant(text, None).is_ok();
    let is_number = |text: &&&str| text.bytes().all(|byte| byte.is_ascii_digit() || b".,- ".contains(&byte));
    texts.iter().any(is_time) || texts.iter().filter(is_number).count() * 2 > texts.len()
}

/// A column of days and one of times of day, where the time stands in two; the way in which the second is written.
pub(super) fn halves<'c>(time: &'c Column, columns: &'c [Column]) -> Option<(&'c Column, &'c Column, &'static str)> {
    let clock = |column: &Column| {
        let is_read = |format: &&str, value: &str| {
            BrokenDownTime::parse(format, value).is_ok_and(|parts| parts.to_time().is_ok())
        };
        let all =
            |format: &&&str| filled(column).all(|value| is_read(format, value)) && filled(column).next().is_some();
        ALONE.iter().find(all).copied()
    };
    let is_day = |column: &&Column| {
        ways(column).is_some_and(|ways| !ways.is_empty() && ways.iter().all(|format| !format.contains("%M")))
    };
    match clock(time) {
        Some(format) => columns.iter().find(is_day).map(|day| (day, time, format)),
        None if is_day(&time) => columns.iter().find_map(|column| Some((time, column, clock(column)?))),
        None => None,
    }
}

/// Whether a format reads a value as a day that can be meant.
pub(super) fn reads(format: &str, value: &str) -> bool {
    let date = BrokenDownTime::parse(format, value).and_then(|parts| parts.to_date());
    date.is_ok_and(|date| (FIRST_YEAR..=LAST_YEAR).contains(&i32::from(date.year())))
}

/// Whether one format has the day first and the other the month, with the same sign between them.
fn contradict(one: &str, other: &str) -> bool {
    swapped(one).is_some_and(|swapped| swapped.get(..5) == other.get(..5))
}

/// A format with day and month in the other order, where both are numbers.
pub(super) fn swapped(format: &str) -> Option<String> {
    let first = format.starts_with("%d") || format.starts_with("%m");
    let both = format.contains("%d") && format.contains("%m");
    (first && both).then(|| format.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m"))
}
