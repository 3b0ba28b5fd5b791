//! Guesses a map from the names of columns and a sample of records.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::hir::{EventDef, EventKind, FieldType, Program};

use super::super::nearest;
use super::super::notation::Notation;
use super::super::{FIRST_YEAR, LAST_YEAR};
use super::sample::{Column, Sample};

/// Ways to write times, the surest first; day before month, as most of the world writes.
const FORMATS: [&str; 25] = [
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
    "%d/%m/%Y %I:%M %p",
    "%m/%d/%Y %I:%M %p",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%Y-%m-%d %H:%M:%S UTC",
    "%Y-%m-%d",
    "%Y%m%d",
];

/// How times of day are written in a column of their own.
const CLOCKS: [&str; 3] = ["%H:%M", "%H:%M:%S", "%I:%M %p"];

const MEMBER: [&str; 14] = [
    "member", "customer", "user", "client", "person", "shopper", "account", "card", "kunde", "karte", "mitglied",
    "会员", "客户", "顾客",
];
const TIME: [&str; 10] = ["timestamp", "time", "date", "day", "when", "datum", "zeit", "fecha", "日期", "时间"];
const ORDER: [&str; 13] = [
    "invoice",
    "order",
    "receipt",
    "basket",
    "transaction",
    "booking",
    "beleg",
    "bestell",
    "rechnung",
    "commande",
    "facture",
    "pedido",
    "订单",
];
const MONEY: [&str; 15] = [
    "subtotal", "total", "amount", "revenue", "spend", "sales", "value", "dollars", "price", "paid", "betrag",
    "umsatz", "montant", "importe", "金额",
];
const COUNT: [&str; 11] =
    ["quantity", "qty", "count", "units", "pieces", "number", "menge", "anzahl", "quantit", "cantidad", "数量"];
const KIND: [&str; 8] = ["type", "event", "kind", "action", "activity", "eventtype", "transactiontype", "recordtype"];
const BACK: [&str; 7] = ["return", "refund", "credit", "cancel", "void", "chargeback", "reversal"];
const SALE: [&str; 7] = ["sale", "purchase", "order", "buy", "bought", "payment", "invoice"];
const ITEM: [&str; 5] = ["sku", "stock", "product", "item", "article"];

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
    Ok(write(program, &sample))
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

/// The ways in which the times of a column are written, the commonest first; none where most are written in no known way.
fn time_formats(column: &Column) -> Vec<&'static str> {
    let all: Vec<&str> = filled(column).collect();
    let mut rest = all.clone();
    let mut found: Vec<&'static str> = Vec::new();
    loop {
        let count = |format: &&str| rest.iter().filter(|value| reads(format, value)).count();
        let fits = |format: &&str| found.iter().all(|other| !contradict(format, other));
        let best = FORMATS.into_iter().filter(fits).rev().max_by_key(count);
        // A few broken dates are no way of writing.
        let Some(best) = best.filter(|best| count(best) > 0 && count(best) * 50 >= all.len()) else { break };
        rest.retain(|value| !reads(best, value));
        found.push(best);
    }
    if rest.len() * 2 < all.len() { found } else { Vec::new() }
}

/// A column of days and one of times of day, where the time stands in two; the way in which the second is written.
fn halves<'c>(time: &'c Column, columns: &'c [Column]) -> Option<(&'c Column, &'c Column, &'static str)> {
    let clock = |column: &Column| {
        let is_read = |format: &&str, value: &str| {
            jiff::fmt::strtime::BrokenDownTime::parse(format, value).is_ok_and(|parts| parts.to_time().is_ok())
        };
        let all =
            |format: &&&str| filled(column).all(|value| is_read(format, value)) && filled(column).next().is_some();
        CLOCKS.iter().find(all).copied()
    };
    let is_day = |column: &&Column| {
        let formats = time_formats(column);
        !formats.is_empty() && formats.iter().all(|format| !format.contains("%M"))
    };
    match clock(time) {
        Some(format) => columns.iter().find(is_day).map(|day| (day, time, format)),
        None if is_day(&time) => columns.iter().find_map(|column| Some((time, column, clock(column)?))),
        None => None,
    }
}

/// Whether a format reads a value as a day that can be meant.
fn reads(format: &str, value: &str) -> bool {
    let date = jiff::fmt::strtime::BrokenDownTime::parse(format, value).and_then(|parts| parts.to_date());
    date.is_ok_and(|date| (FIRST_YEAR..=LAST_YEAR).contains(&i32::from(date.year())))
}

/// Whether one format has the day first and the other the month, with the same sign between them.
fn contradict(one: &str, other: &str) -> bool {
    swapped(one).is_some_and(|swapped| swapped.get(..5) == other.get(..5))
}

/// A format with day and month in the other order.
fn swapped(format: &str) -> Option<String> {
    let (day, month) = (format.starts_with("%d"), format.starts_with("%m"));
    (day || month).then(|| format.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m"))
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

/// Whether a column tells rows apart: rows with the same value are the same row, exported twice.
fn identifies(column: &Column, columns: &[Column]) -> bool {
    let row = |at: usize| columns.iter().map(|column| column.values.get(at)).collect::<Vec<_>>();
    let mut first: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    column.values.iter().enumerate().all(|(at, value)| {
        let known = *first.entry(value).or_insert(at);
        !value.is_empty() && row(known) == row(at)
    })
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
    let member = pick(columns, &MEMBER, &[]);
    let mut taken: Vec<&str> = member.iter().map(|column| column.name.as_str()).collect();
    let is_time = |column: &&Column| !taken.contains(&column.name.as_str()) && !time_formats(column).is_empty();
    let time = pick(columns, &TIME, &taken).or_else(|| columns.iter().find(is_time));
    let halves = time.and_then(|time| halves(time, columns));
    let time = halves.map(|(day, ..)| day).or(time);
    taken.extend(time.map(|column| column.name.as_str()));
    taken.extend(halves.map(|(_, clock, _)| clock.name.as_str()));
    let order = pick(columns, &ORDER, &taken);
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
        let formats = time_formats(column);
        let from = match halves {
            Some((day, clock, _)) => format!("text: {}", quoted(&format!("{{{}}} {{{}}}", day.name, clock.name))),
            None => format!("column: {}", quoted(&column.name)),
        };
        let whole = |format: &str| match halves {
            Some((.., clock)) => quoted(&format!("{format} {clock}")),
            None => quoted(format),
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
    match kinds(program, columns, sale, back) {
        Some((column, kinds)) => {
            for event in program.events.iter() {
                let words: Vec<String> =
                    kinds.iter().filter(|(_, kind)| *kind == Some(&event.name)).map(|(word, _)| quoted(word)).collect();
                if words.is_empty() {
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
            if let (Some(sign), Some(back)) = (signed(columns, &taken), back) {
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
fn signed<'c>(columns: &'c [Column], taken: &[&str]) -> Option<&'c Column> {
    let column = pick(columns, &COUNT, taken).or_else(|| pick(columns, &MONEY, taken));
    column.filter(|column| filled(column).any(|value| value.starts_with('-')))
}

/// The words of a column that names events, each with the name of the event that it may mean.
type Kinds<'w> = Vec<(&'w str, Option<&'w Arc<str>>)>;

/// The column that says which event a record is: it has names of events, or it is called like that and its words are like some.
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
        .or_else(|| columns.iter().find(|column| KIND.contains(&column.plain.as_str())))?;
    let words: BTreeSet<&str> = filled(column).collect();
    let kinds: Kinds<'_> = words.iter().take(MOST).map(|word| (*word, means(word))).collect();
    (words.len() <= MOST && kinds.iter().any(|(_, kind)| kind.is_some())).then_some((column, kinds))
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
