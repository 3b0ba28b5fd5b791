//! Guesses a map from the names of columns and a sample of records.

mod columns;
mod fields;
mod kinds;
mod rows;
mod states;
mod status;
mod times;

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use crate::hir::{EventDef, EventKind, Program};

use super::super::currency::{CURRENCY, Sense, sense};
use super::super::notation::Notation;
use super::sample::{Column, Sample};
use columns::{filled, identifies, unique, unique_values};
use fields::{COINS, Sight};
use kinds::{Kinds, Meaning};
use rows::Together;
use states::{Other, others};
use times::{Written, halves, is_record, named_zone, reads, swapped, time_column, written};

const TWICE: &str = "no column tells rows apart: a row that was exported twice counts twice";

/// A guess of how the records of a file become events.
pub struct Guess {
    /// The map, ready to be saved and corrected.
    pub map: String,
    /// What of it may count wrong, or leaves records out, in plain words.
    pub doubts: Vec<String>,
}

/// Guesses how the records of a file become events of a program.
///
/// # Errors
/// Where the file cannot be read, or has no records.
pub fn guess(program: &Program, path: &Path) -> io::Result<Guess> {
    let mut sample = Sample::of(path, None)?;
    let seen = Seen::of(&sample);
    if seen.member.is_none()
        && seen.time.is_none()
        && let Some(list) = sample.list.clone()
    {
        sample = Sample { list: Some(list.clone()), ..Sample::of(path, Some(&list))? };
    } else {
        sample.list = None;
    }
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

/// What is seen of a file.
struct Seen<'s> {
    sample: &'s Sample,
    columns: &'s [Column],
    member: Option<&'s Column>,
    time: Option<&'s Column>,
    /// Where a day and a time of day stand in two columns: those, and how the second is written.
    halves: Option<(&'s Column, &'s Column, &'static str)>,
    /// Columns that say whose event it is, and when.
    taken: Vec<&'s str>,
    order: Option<&'s Column>,
    /// That of what came back of what a row is about.
    returned: Option<&'s Column>,
}

impl<'s> Seen<'s> {
    fn of(sample: &'s Sample) -> Self {
        let columns = &*sample.columns;
        let member = columns::member(columns);
        let mut taken: Vec<&str> = member.iter().map(|column| column.name.as_str()).collect();
        let time = time_column(columns, &taken);
        let halves = time.and_then(|time| halves(time, columns));
        let time = halves.map(|(day, ..)| day).or(time);
        taken.extend(time.map(|column| column.name.as_str()));
        taken.extend(halves.map(|(_, clock, _)| clock.name.as_str()));
        let order = columns::order(columns, &taken);
        let is_time = |column: &&Column| matches!(written(column), Some(Written::Ways(_)));
        let returned = columns::returned(columns, &taken).filter(|column| !is_time(column));
        Self { sample, columns, member, time, halves, taken, order, returned }
    }

    fn sight(&self) -> Sight<'_> {
        Sight {
            columns: self.columns,
            taken: &self.taken,
            order: self.order,
            negative: false,
            returned: None,
            own: None,
            together: None,
        }
    }

    /// The column of counts or amounts that has negative ones.
    fn signed(&self) -> Option<&'s Column> {
        let column = columns::count(self.columns, &self.taken).or_else(|| columns::money(self.columns, &self.taken));
        let is_below = |value: &str| value.starts_with('-') || value.ends_with('-');
        column.filter(|column| filled(column).any(is_below))
    }

    /// Sales of several rows: those of one order that agree in whose they are and when.
    fn together(&self, kinds: Option<&Kinds<'_>>, sale: &EventDef) -> Option<Together<'s>> {
        let order = self.order.filter(|order| !unique_values(order) && !identifies(order, self.columns))?;
        let clock = self.halves.map(|(_, clock, _)| clock);
        let agree: Vec<&Column> = self.member.into_iter().chain(self.time).chain(clock).collect();
        let signed = self.signed();
        let is_sale = |at: usize| {
            let of = |column: &'s Column| column.values.get(at).map_or("", String::as_str);
            let back = signed.is_some_and(|column| of(column).starts_with('-'));
            let word = kinds.map(|kinds| kinds.meaning(kinds.column.values.get(at).map_or("", String::as_str)));
            let nobody = self.member.is_some_and(|member| of(member).is_empty());
            !back && !nobody && word.is_none_or(|word| word == Meaning::Event(&sale.name))
        };
        Together::of(order, self.columns, &agree, is_sale)
    }

    /// Whether each row that is somebody's, and an event by its word, has a number of its own in a column.
    fn is_apart(&self, order: &Column, kinds: Option<&Kinds<'_>>) -> bool {
        let of = |column: &'s Column, at: usize| column.values.get(at).map_or("", String::as_str);
        let somebody = |at: usize| self.member.is_none_or(|member| !of(member, at).is_empty());
        let is_event = |kinds: &Kinds<'_>, at: usize| {
            let word = kinds.column.values.get(at).map_or("", String::as_str);
            kinds.is_unknown() || matches!(kinds.meaning(word), Meaning::Event(_))
        };
        let counts = |at: usize| somebody(at) && kinds.is_none_or(|kinds| is_event(kinds, at));
        let mut numbers: Vec<&String> =
            order.values.iter().enumerate().filter(|(at, _)| counts(*at)).map(|(_, number)| number).collect();
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        all > 1 && numbers.len() == all && numbers.iter().all(|number| !number.is_empty())
    }

    /// What tells a record of an event apart, whose it is, and when.
    fn identity(&self, out: &mut String, together: Option<&Together<'_>>, kinds: Option<&Kinds<'_>>) {
        let _ = match (together, unique(self.columns, &self.taken, self.order), self.order) {
            (Some(together), ..) => {
                let order = quoted(&together.order.name);
                writeln!(out, "    group by: {order}   # its rows are one event\n    id: {order}")
            }
            (None, Some(column), _) => writeln!(out, "    id: {}", quoted(&column.name)),
            (None, None, Some(order)) if identifies(order, self.columns) || self.is_apart(order, kinds) => {
                writeln!(out, "    id: {}", quoted(&order.name))
            }
            (None, None, Some(order)) => {
                writeln!(out, "    id: {}   # {TWICE}", quoted(&format!("{{{}}}-{{line}}", order.name)))
            }
            (None, None, None) => writeln!(out, "    id: \"{{file}}-{{line}}\"   # {TWICE}"),
        };
        let _ = match self.member {
            Some(column) => writeln!(out, "    member: {}", quoted(&column.name)),
            None => writeln!(out, "    member: \"\"   # no column looks like a member"),
        };
        self.currency(out);
        self.moment(out);
    }

    /// What says the currency of amounts, where it is called otherwise than that.
    fn currency(&self, out: &mut String) {
        let of = |wanted: Sense| self.columns.iter().filter(move |column| sense(&column.name) == Some(wanted));
        let some = |column: &&Column| filled(column).next().is_some();
        let found = of(Sense::Own).chain(of(Sense::Other)).find(some);
        let _ = match found {
            Some(column) if column.name == CURRENCY => Ok(()),
            Some(column) => writeln!(out, "    currency: {}", quoted(&column.name)),
            None => of(Sense::Perhaps).filter(some).try_for_each(|column| {
                let name = quoted(&column.name);
                writeln!(out, "    # are the amounts in what {name} says? Then write `currency: {name}` here")
            }),
        };
    }

    /// When something was.
    fn moment(&self, out: &mut String) {
        let Some(column) = self.time else {
            out.push_str("    time: \"\"   # no column looks like a time\n");
            return;
        };
        let from = match self.halves {
            Some((day, clock, _)) => format!("text: {}", quoted(&format!("{{{}}} {{{}}}", day.name, clock.name))),
            None => format!("column: {}", quoted(&column.name)),
        };
        let from = from + &in_zone(column);
        let whole = |format: &str| match self.halves {
            Some((.., clock)) => quoted(&format!("{format} {clock}")),
            None => quoted(format),
        };
        let time = match written(column) {
            None => format!("{{{from}}}   # nobody knows how it is written: say its `format`"),
            Some(Written::Since(unit)) => format!("{{{from}, unit: {unit}}}"),
            Some(Written::Days) => days_of_excel(&column.name),
            Some(Written::Ways(formats)) => match formats.as_slice() {
                [] => format!("{{{from}}}"),
                [format] => {
                    let other = swapped(format).filter(|other| filled(column).all(|value| reads(other, value)));
                    let doubt =
                        other.map(|other| format!("   # or is it {other}? every value fits both")).unwrap_or_default();
                    format!("{{{from}, format: {}}}{doubt}", whole(format))
                }
                formats => {
                    let all: Vec<String> = formats.iter().map(|format| whole(format)).collect();
                    format!("{{{from}, format: [{}]}}", all.join(", "))
                }
            },
        };
        let _ = writeln!(out, "    time: {time}");
    }

    /// How the file is to be read, and what of it is left out.
    fn head(&self, out: &mut String, program: &Program, kinds: Option<&Kinds<'_>>, others: &[Other<'_>]) {
        let sample = self.sample;
        let said = self.zone().map(|(column, zone)| format!("   # but {} says {}", quoted(&column.name), quoted(zone)));
        let _ = writeln!(out, "zone: {}{}", quoted(program.settings.zone.name()), said.unwrap_or_default());
        if let Some(list) = &sample.list {
            let _ = writeln!(out, "records: {}   # the list in the object around it", quoted(list));
        }
        if sample.western {
            out.push_str("encoding: windows-1252   # the bytes are not UTF-8: look at words with accents\n");
        }
        if let Some(line) = sample.header {
            let _ = writeln!(out, "header: {line}   # what stands above is passed over");
        }
        if let Some(decimal) = notation(self.columns) {
            let _ = writeln!(out, "decimal: {decimal}");
        }
        let mut skip = String::new();
        for total in &sample.totals {
            let total = quoted(total);
            let _ = writeln!(skip, "  - when: {{row starts with: {total}}}\n    because: \"a total of other rows\"");
        }
        if let Some(column) = self.member.filter(|column| column.values.iter().any(String::is_empty)) {
            let (name, because) = (quoted(&column.name), quoted(&format!("no {}", column.name.to_lowercase())));
            let _ = writeln!(skip, "  - when: {{column: {name}, is: empty}}\n    because: {because}");
        }
        if let Some(column) = self.nobody() {
            let name = quoted(&column.name);
            let _ = writeln!(skip, "  - when: {{column: {name}, equals: \"0\"}}\n    because: \"a guest\"");
        }
        for (kinds, (why, words)) in
            kinds.into_iter().flat_map(|kinds| kinds.left_out().into_iter().map(move |out| (kinds, out)))
        {
            let name = quoted(&kinds.column.name);
            let _ = writeln!(skip, "  - when: {{column: {name}, {}}}\n    because: {}", test(&words), quoted(why));
        }
        if let Some((kinds, money)) = kinds.zip(self.further()).filter(|(kinds, money)| kinds.has_further(money)) {
            let (column, money) = (quoted(&kinds.column.name), quoted(&money.name));
            let _ = writeln!(
                skip,
                "  - when: [{{column: {column}, is: empty}}, {{column: {money}, is: empty}}]\n    because: \"a further line of an order\""
            );
        }
        for out in others.iter().flat_map(|other| &other.skips) {
            let _ = writeln!(skip, "  - when: {}\n    because: {}", out.when, quoted(out.why));
        }
        if !skip.is_empty() {
            let _ = write!(out, "skip:\n{skip}");
        }
    }

    /// The column of amounts, where some rows have none.
    fn further(&self) -> Option<&'s Column> {
        columns::money(self.columns, &self.taken).filter(|money| money.values.iter().any(String::is_empty))
    }

    /// The column of members, where it says 0 for nobody.
    fn nobody(&self) -> Option<&'s Column> {
        let others = |column: &&Column| filled(column).any(|value| value != "0");
        self.member.filter(|column| filled(column).any(|value| value == "0")).filter(others)
    }

    /// A column that says the zone of times, where they do not, and what it says first.
    fn zone(&self) -> Option<(&'s Column, &'s str)> {
        const ZONE: [&str; 4] = ["timezone", "zeitzone", "tz", "fuseauhoraire"];
        let column = self.columns.iter().find(|column| ZONE.contains(&column.plain.as_str()))?;
        Some((column, filled(column).next()?))
    }
}

/// The zone in which the times of a column are by its name, for what a map says of them.
fn in_zone(column: &Column) -> String {
    named_zone(column).map_or_else(String::new, |zone| format!(", zone: {zone}"))
}

/// Some words in a sentence.
fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// A test for one of some words.
fn test(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    match quoted.as_slice() {
        [word] => format!("equals: {word}"),
        words => format!("in: [{}]", words.join(", ")),
    }
}

fn write(program: &Program, sample: &Sample) -> Guess {
    let seen = Seen::of(sample);
    let sight = seen.sight();
    let declared = || program.events.iter().filter(|event| event.kind == EventKind::Declared);
    // The first of equals.
    let sale = declared().filter(|event| event.reversal.is_none()).rev().max_by_key(|event| sight.matches(event));
    let back = sale.and_then(|sale| {
        program.events.iter().find(|event| {
            let of = event.reversal.as_ref().and_then(|reversal| program.events.get(reversal.of));
            of.is_some_and(|of| of.name == sale.name)
        })
    });
    let sign = seen.signed().zip(back);
    let kinds = Kinds::of(program, seen.columns, (sale, back), seen.order, seen.returned)
        .filter(|kinds| sign.is_none() || !kinds.is_unknown());
    // What came back has records of its own.
    let has_own = sign.is_some()
        || back.is_some_and(|back| {
            kinds.as_ref().is_some_and(|kinds| !kinds.words_of(Meaning::Event(&back.name)).is_empty())
        });
    let kind = kinds.iter().map(|kinds| kinds.column.name.as_str());
    let others = others(seen.columns, &kind.chain(seen.taken.iter().copied()).collect::<Vec<_>>(), has_own);
    let returned = seen.returned.filter(|_| !has_own);
    let own = unique(seen.columns, &seen.taken, seen.order);
    let together = sale.and_then(|sale| seen.together(kinds.as_ref(), sale));
    let mut out = String::from(
        "# A guess from the names of the columns and a sample: check every line, then save it as a map.\n",
    );
    seen.head(&mut out, program, kinds.as_ref(), &others);
    out.push_str("events:\n");
    let event = |out: &mut String, event: &EventDef, when: &str, negative: bool| {
        let together = together.as_ref().filter(|_| sale.is_some_and(|sale| sale.name == event.name));
        let _ = writeln!(out, "  - event: {}", quoted(&event.name));
        if !when.is_empty() {
            let _ = writeln!(out, "    when: {{{when}}}");
        }
        seen.identity(out, together, kinds.as_ref());
        let is_sale = event.reversal.is_none();
        let (returned, own) = (returned.filter(|_| is_sale), own.filter(|_| is_sale));
        Sight { negative, returned, own, together, ..sight }.fields(out, event);
    };
    let below_zero = |sign: &Column| format!("column: {}, below: 0", quoted(&sign.name));
    match &kinds {
        Some(kinds) if kinds.is_status => {
            if let Some((sign, back)) = sign {
                event(&mut out, back, &below_zero(sign), true);
            }
            for of in [sale, back].into_iter().flatten() {
                let mut words = kinds.words_of(Meaning::Event(&of.name));
                let is_sale = sale.is_some_and(|sale| sale.name == of.name);
                if words.is_empty() && is_sale {
                    let column = quoted(&kinds.column.name);
                    let _ = writeln!(out, "  # Nobody knows which words of {column} are sales: write them here.");
                    words.push(&of.name);
                }
                if !words.is_empty() {
                    event(&mut out, of, &format!("column: {}, {}", quoted(&kinds.column.name), test(&words)), false);
                }
            }
        }
        Some(kinds) => {
            let nobody = kinds.is_unknown();
            let column = quoted(&kinds.column.name);
            if nobody {
                let _ = writeln!(
                    out,
                    "  # Nobody knows which event is which: write the words of {column} into each `in`. If it says something else, keep one event without its `when`.",
                );
            }
            let possible = |event: &EventDef| [sale, back].into_iter().flatten().any(|other| other.name == event.name);
            for of in program.events.iter() {
                let words = kinds.words_of(Meaning::Event(&of.name));
                if !words.is_empty() || nobody && possible(of) {
                    let negative = of.reversal.is_some() && sign.is_some();
                    event(&mut out, of, &format!("column: {column}, {}", test(&words)), negative);
                }
            }
        }
        None => {
            if let Some((sign, back)) = sign {
                event(&mut out, back, &below_zero(sign), true);
            }
            if let Some(sale) = sale {
                event(&mut out, sale, "", false);
            }
        }
    }
    for word in kinds.iter().flat_map(|kinds| kinds.words_of(Meaning::Unknown)) {
        let _ = writeln!(out, "  # which event is {}? Add it to a `when` above, or to `skip`", quoted(word));
    }
    for other in others.iter().filter(|other| !other.unknown.is_empty()) {
        let _ =
            writeln!(out, "  # {} is not looked at where it is {}", quoted(&other.column.name), listed(&other.unknown));
    }
    let mut doubts = doubts(sale, kinds.as_ref(), together.as_ref(), &out);
    doubts.extend(seen.doubts(&others, returned));
    Guess { map: out, doubts }
}

impl Seen<'_> {
    /// What of a guess leaves records out, or may count wrong, by other columns.
    fn doubts(&self, others: &[Other<'_>], returned: Option<&Column>) -> Vec<String> {
        let mut doubts = Vec::new();
        for other in others {
            let said = other.skips.iter().filter_map(|out| Some((out.said.as_ref()?, out.why)));
            doubts.extend(said.map(|(rows, why)| format!("the guess leaves out rows {rows}, as {why}")));
            if !other.unknown.is_empty() {
                let (column, words) = (&other.column.name, listed(&other.unknown));
                doubts.push(format!("the guess does not look at `{column}` where it is {words}"));
            }
        }
        if let Some(column) = returned {
            let name = &column.name;
            doubts.push(format!(
                "the guess takes `{name}` off each sale: what comes back after this export is not in it"
            ));
        }
        if let Some(column) = self.nobody() {
            doubts.push(format!("the guess leaves out rows whose `{}` is `0`, as guests", column.name));
        }
        if let Some((column, zone)) = self.zone() {
            doubts.push(format!(
                "`{}` says `{zone}`: name that zone as `zone` in the map, if times are in it",
                column.name
            ));
        }
        doubts
    }
}

/// What of a guess may count wrong, or leaves records out.
fn doubts(
    sale: Option<&EventDef>,
    kinds: Option<&Kinds<'_>>,
    together: Option<&Together<'_>>,
    map: &str,
) -> Vec<String> {
    let mut doubts = Vec::new();
    if let Some((together, sale)) = together.zip(sale) {
        let (order, name) = (&together.order.name, &sale.name);
        doubts.push(format!("the guess takes rows with the same `{order}` for one `{name}`: look at what it adds up, and what it takes once"));
    }
    if map.contains(COINS) {
        doubts.push("some amounts have only whole numbers: if they are cents, the map must say `unit: minor`, or each is a hundred times too much".to_owned());
    }
    if map.contains(TWICE) {
        doubts.push(format!("the guess takes each row for an event of its own, as {TWICE}"));
    }
    if let Some(kinds) = kinds {
        let column = &kinds.column.name;
        for (why, words) in kinds.left_out() {
            doubts.push(format!("the guess leaves out rows whose `{column}` is {}, as {why}", listed(&words)));
        }
        let unknown = kinds.words_of(Meaning::Unknown);
        if !unknown.is_empty() {
            doubts.push(format!(
                "nobody knows what {} in `{column}` {}: such rows are taken for nothing until the map says so",
                listed(&unknown),
                if unknown.len() == 1 { "means" } else { "mean" }
            ));
        }
    }
    doubts
}

/// A time in a column with days as Excel counts them.
fn days_of_excel(column: &str) -> String {
    format!("{{start: 1899-12-30, days: {}}}", quoted(column))
}
