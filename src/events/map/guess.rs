//! Guesses a map from the names of columns and a sample of records.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use crate::hir::{EventDef, EventKind, FieldType, Program};

use super::super::csv::Layout;
use super::super::input::open;
use super::super::nearest;
use super::super::stream::Reader;
use super::form::scalar;

/// How many records are looked at.
const SAMPLE: usize = 5_000;

/// Ways to write times, the surest first; day before month, as most of the world writes.
const FORMATS: [&str; 16] = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y-%m-%d",
    "%Y%m%d",
];

const MEMBER: [&str; 8] = ["member", "customer", "user", "client", "person", "shopper", "account", "card"];
const TIME: [&str; 5] = ["timestamp", "time", "date", "day", "when"];
const ORDER: [&str; 6] = ["invoice", "order", "receipt", "basket", "transaction", "booking"];
const MONEY: [&str; 10] =
    ["subtotal", "total", "amount", "revenue", "spend", "sales", "value", "dollars", "price", "paid"];
const COUNT: [&str; 6] = ["quantity", "qty", "count", "units", "pieces", "number"];
const ITEM: [&str; 5] = ["sku", "stock", "product", "item", "article"];

/// A column with the values of the sample.
struct Column {
    name: String,
    plain: String,
    values: Vec<String>,
}

/// Guesses how the records of a file become events of a program. The guess is a map as text, ready to be saved and corrected.
///
/// # Errors
/// Where the file cannot be read, or has no records.
pub fn guess(program: &Program, path: &Path) -> io::Result<String> {
    let columns = sample(path)?;
    if columns.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "there is no record to guess from"));
    }
    Ok(write(program, &columns))
}

fn sample(path: &Path) -> io::Result<Vec<Column>> {
    let mut reader = open(path, None, &Layout::default())?;
    let mut columns: Vec<Column> = Vec::new();
    let mut rows = 0;
    while rows < SAMPLE {
        match reader.next() {
            None => break,
            Some(Err(_)) => rows += 1,
            Some(Ok(raw)) => {
                rows += 1;
                for (name, node) in raw.fields.iter().filter(|(name, _)| nameable(name)) {
                    let value = scalar(node).into_owned();
                    match columns.iter_mut().find(|column| column.name == *name) {
                        Some(column) => column.values.push(value),
                        None => columns.push(Column {
                            name: name.to_string(),
                            plain: name.to_lowercase().replace(['_', '-', ' ', '.'], ""),
                            values: vec![value],
                        }),
                    }
                }
            }
        }
    }
    Ok(columns)
}

/// The column that one of several words fits best, the best word first, unless it is taken.
fn pick<'c>(columns: &'c [Column], words: &[&str], taken: &[&str]) -> Option<&'c Column> {
    let free = || columns.iter().filter(|column| !taken.contains(&column.name.as_str()));
    words.iter().find_map(|word| {
        free().find(|column| column.plain == *word).or_else(|| free().find(|column| column.plain.contains(word)))
    })
}

fn filled(column: &Column) -> impl Iterator<Item = &str> {
    column.values.iter().map(String::as_str).filter(|value| !value.is_empty())
}

fn time_format(column: &Column) -> Option<&'static str> {
    let sample: Vec<&str> = filled(column).collect();
    let reads = |format: &str, value: &str| {
        jiff::fmt::strtime::BrokenDownTime::parse(format, value).is_ok_and(|parts| parts.to_date().is_ok())
    };
    // Single broken dates must not spoil the guess for all others.
    let count = |format: &&str| sample.iter().filter(|value| reads(format, value)).count();
    let best = FORMATS.into_iter().rev().max_by_key(|format| count(format))?;
    (count(&best) * 2 > sample.len()).then_some(best)
}

/// Whether numbers are written `1.234,50`: most values of some column are.
fn comma_decimals(columns: &[Column]) -> bool {
    let comma = |value: &&str| {
        let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.');
        value
            .trim_start_matches('-')
            .split_once(',')
            .is_some_and(|(whole, part)| digits(whole) && digits(part) && !part.contains('.'))
    };
    columns.iter().any(|column| filled(column).filter(comma).count() * 2 > filled(column).count())
}

/// Whether a column tells rows apart: rows with the same value are the same row, exported twice.
fn identifies(column: &Column, columns: &[Column]) -> bool {
    let row = |at: usize| columns.iter().map(|column| column.values.get(at)).collect::<Vec<_>>();
    let mut first: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    column.values.iter().enumerate().all(|(at, value)| {
        let known = *first.entry(value).or_insert(at);
        !value.is_empty() && row(known) == row(at)
    })
}

/// Whether a map can name a column: braces have a meaning there, and YAML has no control characters.
fn nameable(name: &str) -> bool {
    !name.contains(|c: char| matches!(c, '{' | '}' | '\u{feff}') || c.is_control())
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn write(program: &Program, columns: &[Column]) -> String {
    let mut out = String::from(
        "# A guess from the names of the columns and a sample: check every line, then save it as a map.\n",
    );
    let member = pick(columns, &MEMBER, &[]);
    let mut taken: Vec<&str> = member.iter().map(|column| column.name.as_str()).collect();
    let time = pick(columns, &TIME, &taken);
    taken.extend(time.map(|column| column.name.as_str()));
    let order = pick(columns, &ORDER, &taken);
    let _ = writeln!(out, "zone: {}", quoted(program.settings.zone.name()));
    if comma_decimals(columns) {
        out.push_str("decimal: comma\n");
    }
    if let Some(column) = member
        && column.values.iter().any(String::is_empty)
    {
        let _ = writeln!(
            out,
            "skip:\n  - when: {{column: {}, is: empty}}\n    because: {}",
            quoted(&column.name),
            quoted(&format!("no {}", column.name.to_lowercase()))
        );
    }
    let kinds = columns.iter().find(|column| {
        let mut values = filled(column).peekable();
        values.peek().is_some() && filled(column).any(|value| program.events.iter().any(|event| *event.name == *value))
    });
    out.push_str("events:\n");
    let declared = || program.events.iter().filter(|event| event.kind == EventKind::Declared);
    let identity = |out: &mut String| {
        let unique = columns.iter().find(|column| {
            let mut values: Vec<&str> = filled(column).collect();
            let all = values.len();
            values.sort_unstable();
            values.dedup();
            column.plain.ends_with("id")
                && !taken.contains(&column.name.as_str())
                && all > 1
                && all == column.values.len()
                && values.len() == all
        });
        let _ = match (unique, order) {
            (Some(column), _) => writeln!(out, "    id: {}", quoted(&column.name)),
            (None, Some(order)) if identifies(order, columns) => writeln!(out, "    id: {}", quoted(&order.name)),
            (None, Some(order)) => writeln!(out, "    id: {}", quoted(&format!("{{{}}}-{{line}}", order.name))),
            (None, None) => writeln!(out, "    id: \"{{file}}-{{line}}\""),
        };
        let _ = match member {
            Some(column) => writeln!(out, "    member: {}", quoted(&column.name)),
            None => writeln!(out, "    member: \"\"   # no column looks like a member"),
        };
        let Some(column) = time else {
            out.push_str("    time: \"\"   # no column looks like a time\n");
            return;
        };
        let _ = match time_format(column) {
            Some(format) => writeln!(out, "    time: {{column: {}, format: {}}}", quoted(&column.name), quoted(format)),
            None => writeln!(out, "    time: {{column: {}}}", quoted(&column.name)),
        };
    };
    match kinds {
        Some(kinds) => {
            for event in program.events.iter().filter(|event| filled(kinds).any(|value| *event.name == *value)) {
                let name = quoted(&event.name);
                let _ =
                    writeln!(out, "  - event: {name}\n    when: {{column: {}, equals: {name}}}", quoted(&kinds.name));
                identity(&mut out);
                fields(&mut out, event, columns, &taken, order, false);
            }
        }
        None => {
            let sale = declared()
                .filter(|event| event.reversal.is_none())
                .max_by_key(|event| matches(event, columns, &taken, order));
            let count = pick(columns, &COUNT, &taken);
            let sign = count
                .or_else(|| pick(columns, &MONEY, &taken))
                .filter(|column| filled(column).any(|value| value.starts_with('-')));
            if let (Some(sign), Some(sale)) = (sign, sale) {
                let back = program.events.iter().find(|event| {
                    event
                        .reversal
                        .as_ref()
                        .is_some_and(|reversal| program.events.get(reversal.of).is_some_and(|of| of.name == sale.name))
                });
                if let Some(back) = back {
                    let _ = writeln!(
                        out,
                        "  - event: {}\n    when: {{column: {}, below: 0}}",
                        quoted(&back.name),
                        quoted(&sign.name)
                    );
                    identity(&mut out);
                    fields(&mut out, back, columns, &taken, order, true);
                }
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
                .or_else(|| pick(columns, &MONEY, taken))?;
            let count = pick(columns, &COUNT, taken);
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
            named.or_else(|| pick(columns, &COUNT, taken).map(|column| column.name.as_str())).map(signed)
        }
        FieldType::Id => {
            let item = ITEM.iter().any(|word| name.contains(word));
            let found = if item { pick(columns, &ITEM, taken) } else { order };
            named.or_else(|| found.map(|column| column.name.as_str())).map(quoted)
        }
        _ => named.map(quoted),
    }
}
