//! Guesses a map from the names of columns and a sample of records.

mod columns;
mod times;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::hir::{EventDef, EventKind, FieldType, Program};

use super::super::nearest;
use super::super::notation::Notation;
use super::sample::{Column, Sample};
use columns::{filled, identifies, is_of_item, unique};
use times::{Written, halves, is_record, reads, swapped, time_column, written};

/// The best word first.
const KIND: [&str; 9] =
    ["type", "event", "kind", "action", "activity", "eventtype", "transactiontype", "recordtype", "status"];
const BACK: [&str; 7] = ["return", "refund", "credit", "cancel", "void", "chargeback", "reversal"];
const SALE: [&str; 7] = ["sale", "purchase", "order", "buy", "bought", "payment", "invoice"];

const TWICE: &str = "no column tells rows apart: a row that was exported twice counts twice";

/// Guesses how the records of a file become events of a program. The guess is a map as text, ready to be saved and corrected.
///
/// # Errors
/// Where the file cannot be read, or has no records.
pub fn guess(program: &Program, path: &Path) -> io::Result<String> {
    let sample = Sample::of(path)?;
    if sample.columns.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "there is no record to guess from"));
    }
    let names: Vec<&str> = sample.columns.iter().map(|column| column.name.as_str()).collect();
    if is_record(&names) {
        let reason = "the first line looks like a record: write the names of the columns above it, or save a map that says them, as in `columns: [order, customer, date, total]`";
        return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
    }
    Ok(write(program, &sample))
}

/// How numbers are written, where not as programs write them: with commas for decimals, or between groups of digits.
fn notation(columns: &[Column]) -> Option<&'static str> {
    let score = |notation: Notation| -> usize {
        let of = |column: &Column| {
            let read: Vec<&str> = filled(column).filter(|value| notation.plain(value).is_ok()).collect();
            let commas = read.iter().filter(|value| value.contains(',')).count();
            if read.len() * 2 > filled(column).count() { commas } else { 0 }
        };
        columns.iter().map(of).sum()
    };
    let (comma, point) = (score(Notation::Comma), score(Notation::Point));
    // `1,234` alone can be both; nobody has three decimals in an amount.
    match comma.cmp(&point) {
        Ordering::Greater => Some("comma"),
        _ if point > 0 => Some("point"),
        _ => None,
    }
}

/// A text of YAML. JSON leaves some characters as they are that YAML may only have escaped.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap_or_default();
    let plain = |c: char| !c.is_control() && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    json.chars().map(|c| if plain(c) { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) }).collect()
}

fn write(program: &Program, sample: &Sample) -> String {
    let columns = &*sample.columns;
    let mut out = String::from(
        "# A guess from the names of the columns and a sample: check every line, then save it as a map.\n",
    );
    let member = columns::member(columns);
    let mut taken: Vec<&str> = member.iter().map(|column| column.name.as_str()).collect();
    let time = time_column(columns, &taken);
    let halves = time.and_then(|time| halves(time, columns));
    let time = halves.map(|(day, ..)| day).or(time);
    taken.extend(time.map(|column| column.name.as_str()));
    taken.extend(halves.map(|(_, clock, _)| clock.name.as_str()));
    let order = columns::order(columns, &taken);
    let _ = writeln!(out, "zone: {}", quoted(program.settings.zone.name()));
    if sample.western {
        out.push_str("encoding: windows-1252   # the bytes are not UTF-8: look at words with accents\n");
    }
    if let Some(line) = sample.header {
        let _ = writeln!(out, "header: {line}   # what stands above is passed over");
    }
    if let Some(decimal) = notation(columns) {
        let _ = writeln!(out, "decimal: {decimal}");
    }
    let nobody = member.filter(|column| column.values.iter().any(String::is_empty));
    if nobody.is_some() || !sample.totals.is_empty() {
        out.push_str("skip:\n");
    }
    for total in &sample.totals {
        let _ =
            writeln!(out, "  - when: {{row starts with: {}}}\n    because: \"a total of other rows\"", quoted(total));
    }
    if let Some(column) = nobody {
        let (name, because) = (quoted(&column.name), quoted(&format!("no {}", column.name.to_lowercase())));
        let _ = writeln!(out, "  - when: {{column: {name}, is: empty}}\n    because: {because}");
    }
    out.push_str("events:\n");
    let declared = || program.events.iter().filter(|event| event.kind == EventKind::Declared);
    let identity = |out: &mut String| {
        let unique = unique(columns, &taken, order);
        let _ = match (unique, order) {
            (Some(column), _) => writeln!(out, "    id: {}", quoted(&column.name)),
            (None, Some(order)) if identifies(order, columns) => writeln!(out, "    id: {}", quoted(&order.name)),
            (None, Some(order)) => {
                writeln!(out, "    id: {}   # {TWICE}", quoted(&format!("{{{}}}-{{line}}", order.name)))
            }
            (None, None) => writeln!(out, "    id: \"{{file}}-{{line}}\"   # {TWICE}"),
        };
        let _ = match member {
            Some(column) => writeln!(out, "    member: {}", quoted(&column.name)),
            None => writeln!(out, "    member: \"\"   # no column looks like a member"),
        };
        let Some(column) = time else {
            out.push_str("    time: \"\"   # no column looks like a time\n");
            return;
        };
        let from = match halves {
            Some((day, clock, _)) => format!("text: {}", quoted(&format!("{{{}}} {{{}}}", day.name, clock.name))),
            None => format!("column: {}", quoted(&column.name)),
        };
        let whole = |format: &str| match halves {
            Some((.., clock)) => quoted(&format!("{format} {clock}")),
            None => quoted(format),
        };
        let formats = match written(column) {
            None => {
                let _ = writeln!(out, "    time: {{{from}}}   # nobody knows how it is written: say its `format`");
                return;
            }
            Some(Written::Since(unit)) => {
                let _ = writeln!(out, "    time: {{{from}, unit: {unit}}}");
                return;
            }
            Some(Written::Days) => {
                let _ = writeln!(out, "    time: {}", days_of_excel(&column.name));
                return;
            }
            Some(Written::Ways(formats)) => formats,
        };
        let _ = match formats.as_slice() {
            [] => writeln!(out, "    time: {{{from}}}"),
            [format] => {
                let _ = write!(out, "    time: {{{from}, format: {}}}", whole(format));
                let other = swapped(format).filter(|other| filled(column).all(|value| reads(other, value)));
                let doubt =
                    other.map(|other| format!("   # or is it {other}? every value fits both")).unwrap_or_default();
                writeln!(out, "{doubt}")
            }
            formats => {
                let all: Vec<String> = formats.iter().map(|format| whole(format)).collect();
                writeln!(out, "    time: {{{from}, format: [{}]}}", all.join(", "))
            }
        };
    };
    let sale =
        declared().filter(|event| event.reversal.is_none()).max_by_key(|event| matches(event, columns, &taken, order));
    let back = sale.and_then(|sale| {
        program.events.iter().find(|event| {
            let of = event.reversal.as_ref().and_then(|reversal| program.events.get(reversal.of));
            of.is_some_and(|of| of.name == sale.name)
        })
    });
    let sign = signed(columns, &taken).zip(back);
    let kinds = kinds(program, columns, sale, back)
        .filter(|(_, kinds)| sign.is_none() || kinds.iter().any(|(_, kind)| kind.is_some()));
    match kinds {
        Some((column, kinds)) => {
            let nobody = kinds.iter().all(|(_, kind)| kind.is_none());
            if nobody {
                let _ = writeln!(
                    out,
                    "  # Nobody knows which event is which: write the words of {} into each `in`. If it says something else, keep one event without its `when`.",
                    quoted(&column.name)
                );
            }
            let possible = |event: &EventDef| [sale, back].into_iter().flatten().any(|other| other.name == event.name);
            for event in program.events.iter() {
                let words: Vec<String> =
                    kinds.iter().filter(|(_, kind)| *kind == Some(&event.name)).map(|(word, _)| quoted(word)).collect();
                if words.is_empty() && !(nobody && possible(event)) {
                    continue;
                }
                let test = match words.as_slice() {
                    [word] => format!("equals: {word}"),
                    words => format!("in: [{}]", words.join(", ")),
                };
                let _ = writeln!(
                    out,
                    "  - event: {}\n    when: {{column: {}, {test}}}",
                    quoted(&event.name),
                    quoted(&column.name)
                );
                identity(&mut out);
                let negative = event.reversal.is_some() && signed(columns, &taken).is_some();
                fields(&mut out, event, columns, &taken, order, negative);
            }
            for (word, _) in kinds.iter().filter(|(_, kind)| kind.is_none()) {
                let _ = writeln!(out, "  # which event is {}? Add it to a `when` above, or to `skip`", quoted(word));
            }
        }
        None => {
            if let Some((sign, back)) = sign {
                let (event, column) = (quoted(&back.name), quoted(&sign.name));
                let _ = writeln!(out, "  - event: {event}\n    when: {{column: {column}, below: 0}}");
                identity(&mut out);
                fields(&mut out, back, columns, &taken, order, true);
            }
            if let Some(sale) = sale {
                let _ = writeln!(out, "  - event: {}", quoted(&sale.name));
                identity(&mut out);
                fields(&mut out, sale, columns, &taken, order, false);
            }
        }
    }
    out
}

/// The column of counts or amounts that has negative ones.
fn signed<'c>(columns: &'c [Column], taken: &[&'c str]) -> Option<&'c Column> {
    let column = columns::count(columns, taken).or_else(|| columns::money(columns, taken));
    column.filter(|column| filled(column).any(|value| value.starts_with('-')))
}

/// The words of a column that names events, each with the name of the event that it may mean.
type Kinds<'w> = Vec<(&'w str, Option<&'w Arc<str>>)>;

/// The column that says which event a record is: it has names of events, or it is called like that and its words are like some, or are
/// several.
fn kinds<'c>(
    program: &'c Program,
    columns: &'c [Column],
    sale: Option<&'c EventDef>,
    back: Option<&'c EventDef>,
) -> Option<(&'c Column, Kinds<'c>)> {
    const MOST: usize = 30;
    let named = |word: &str| program.events.iter().find(|event| *event.name == *word);
    let means = |word: &str| {
        let plain = word.to_lowercase();
        let like = |words: &[&str]| words.iter().any(|word| plain.contains(word));
        let names = program.events.iter().filter(|event| event.kind == EventKind::Declared);
        named(word)
            .or_else(|| nearest(word, names.map(|event| event.name.as_ref())).and_then(named))
            .or_else(|| back.filter(|_| like(&BACK)))
            .or_else(|| sale.filter(|_| like(&SALE)))
            .map(|event| &event.name)
    };
    let column = columns
        .iter()
        .find(|column| filled(column).any(|value| named(value).is_some()))
        .or_else(|| KIND.iter().find_map(|kind| columns.iter().find(|column| column.plain == *kind)))?;
    let words: BTreeSet<&str> = filled(column).collect();
    let kinds: Kinds<'_> = words.iter().take(MOST).map(|word| (*word, means(word))).collect();
    let told = words.len() > 1 || kinds.iter().any(|(_, kind)| kind.is_some());
    (words.len() <= MOST && told).then_some((column, kinds))
}

fn matches(event: &EventDef, columns: &[Column], taken: &[&str], order: Option<&Column>) -> usize {
    event.fields.iter().filter(|def| value(&def.name, &def.ty, columns, taken, order, false).is_some()).count()
}

fn fields(
    out: &mut String,
    event: &EventDef,
    columns: &[Column],
    taken: &[&str],
    order: Option<&Column>,
    negative: bool,
) {
    let mut lines = String::new();
    for def in event.fields.iter() {
        let _ = match value(&def.name, &def.ty, columns, taken, order, negative) {
            Some(value) => writeln!(lines, "      {}: {value}", def.name),
            None if def.optional || def.default.is_some() => Ok(()),
            None => writeln!(lines, "      # {}: no column looks like it", def.name),
        };
    }
    if lines.lines().any(|line| !line.trim_start().starts_with('#')) {
        let _ = write!(out, "    fields:\n{lines}");
    } else {
        out.push_str(&lines);
    }
}

/// A time in a column with days as Excel counts them.
fn days_of_excel(column: &str) -> String {
    format!("{{start: 1899-12-30, days: {}}}", quoted(column))
}

/// What a field may be made of.
fn value(
    name: &str,
    ty: &FieldType,
    columns: &[Column],
    taken: &[&str],
    order: Option<&Column>,
    negative: bool,
) -> Option<String> {
    let named = nearest(name, columns.iter().map(|column| column.name.as_str()));
    let signed = |column: &str| if negative { format!("{{absolute: {}}}", quoted(column)) } else { quoted(column) };
    match ty {
        FieldType::Money => {
            let money = columns
                .iter()
                .find(|column| Some(column.name.as_str()) == named)
                .or_else(|| columns::money(columns, taken))?;
            let count = columns::count(columns, taken);
            match count {
                Some(count) if money.plain.contains("price") => {
                    Some(format!("{{multiply: [{}, {}], round: nearest}}", signed(&count.name), quoted(&money.name)))
                }
                _ if ["cent", "pence", "minor"].iter().any(|word| money.plain.contains(word)) => {
                    let form = if negative { "absolute" } else { "column" };
                    Some(format!("{{{form}: {}, unit: minor}}", quoted(&money.name)))
                }
                _ => Some(signed(&money.name)),
            }
        }
        FieldType::Number => named.map(signed),
        FieldType::Count => {
            named.or_else(|| columns::count(columns, taken).map(|column| column.name.as_str())).map(signed)
        }
        FieldType::Id => {
            let found = if is_of_item(name) { columns::item(columns, taken) } else { order };
            named.or_else(|| found.map(|column| column.name.as_str())).map(quoted)
        }
        FieldType::Date | FieldType::Moment => {
            let column = columns.iter().find(|column| Some(column.name.as_str()) == named)?;
            let name = quoted(&column.name);
            let formats: Vec<String> = match written(column)? {
                Written::Since(unit) => return Some(format!("{{column: {name}, unit: {unit}}}")),
                Written::Days => return Some(days_of_excel(&column.name)),
                Written::Ways(formats) => formats.into_iter().map(quoted).collect(),
            };
            Some(match formats.as_slice() {
                [] => name,
                [format] => format!("{{column: {name}, format: {format}}}"),
                formats => format!("{{column: {name}, format: [{}]}}", formats.join(", ")),
            })
        }
        _ => named.map(quoted),
    }
}
