//! From records straight to rows. What is not as plain as nearly all records are is left to the decoder, which says what is the matter with it.

use rustc_hash::FxHashMap;

use crate::arena::Arena;
use crate::engine::Event;
use crate::events::{Entry, FIRST_YEAR, LAST_YEAR, MAX_ID, MAX_LIST, MAX_TEXT, Node, Raw};
use crate::hir::{EventId, FieldDef, FieldId, FieldType, Program};
use crate::value::{Currency, Day, Exact, Rounding};

use super::code::MISSING;
use super::rows::{Block, Filler, Row};
use super::slots::{Form, PLACES, Printer, Shape, Shapes, Words, held, lines};

/// Names that the time may have, the best first.
const TIMES: [&str; 5] = ["time", "ts", "timestamp", "at", "date"];

/// Fills rows from records of one program.
pub struct Scanner<'p> {
    program: &'p Program,
    filler: Filler,
    types: FxHashMap<&'p str, EventId>,
    /// The last day that was read, as it was written, and its first moment.
    day: ([u8; 10], i64),
}

impl<'p> Scanner<'p> {
    /// A scanner for rows of one shape.
    pub fn new(program: &'p Program, filler: Filler) -> Self {
        let sent = program.events.pairs().filter(|(_, event)| !event.kind.is_made());
        let types = sent.map(|(id, event)| (&*event.name, id)).collect();
        Self { program, filler, types, day: ([0; 10], 0) }
    }

    /// Adds an event as [`Filler::event`].
    pub fn event(&mut self, event: &Event, block: &mut Block) -> Option<()> {
        self.filler.event(event, block)
    }

    /// Adds a record as a row; `None` where it is left to the decoder, and the block is as before.
    pub fn record(&mut self, raw: &Raw<'_>, block: &mut Block) -> Option<()> {
        let (slots, first_line) = (block.slots.len(), block.lines.len());
        let row = self.row(raw, block);
        let Some((id, member, row)) = row else {
            block.slots.truncate(slots);
            block.lines.truncate(first_line);
            return None;
        };
        let text = block.name(id, member);
        block.rows.push(Row { text, member: self.filler.names.number(member), ..row });
        Some(())
    }

    fn row<'r>(&mut self, raw: &'r Raw<'_>, block: &mut Block) -> Option<(&'r str, &'r str, Row)> {
        let mut find = Finder { entries: &raw.fields, next: 0 };
        let (id, member) = (identity(find.get("id")?)?, identity(find.get("member")?)?);
        let event = *self.types.get(text(find.get("type")?)?)?;
        let def = self.program.events.at(event);
        let time = TIMES.iter().find_map(|name| Some((name, find.get(name)?)));
        let (_, time) = time.filter(|(name, _)| **name == "time" || !is_field(&def.fields, name))?;
        let time = self.moment(text(time)?)?;
        if raw.fields.iter().any(|(key, _)| key == "sequence") {
            return None;
        }
        let Filler { shapes: Shapes { events, words }, printer, .. } = &mut self.filler;
        let shape = events.get(event)?;
        let slots = block.slots.len();
        block.slots.resize(slots + shape.size, MISSING);
        let mut fields = Fields { program: self.program, words, printer, lines: &mut block.lines };
        fields.fill(&raw.fields, &def.fields, shape, block.slots.get_mut(slots..)?)?;
        let content = {
            use std::hash::BuildHasher as _;
            rustc_hash::FxBuildHasher.hash_one(raw.text)
        };
        Some((id, member, Row { event, member: 0, time, sequence: 0, slots, text: [0; 3], content, source: block.rows.len() }))
    }

    /// A moment in UTC as most machines write it.
    fn moment(&mut self, text: &str) -> Option<i64> {
        let (day, rest) = text.as_bytes().split_first_chunk::<10>()?;
        let two = |a: u8, b: u8| (a.is_ascii_digit() && b.is_ascii_digit()).then(|| i64::from(a - b'0') * 10 + i64::from(b - b'0'));
        let &[b'T', a, b, b':', c, d, b':', e, f, ref fraction @ ..] = rest else { return None };
        let (hour, minute, second) = (two(a, b)?, two(c, d)?, two(e, f)?);
        let millis = match *fraction {
            [b'Z'] => 0,
            [b'.', a, b, c, b'Z'] if c.is_ascii_digit() => two(a, b)? * 10 + i64::from(c - b'0'),
            _ => return None,
        };
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        if self.day.0 != *day {
            let date = Day::parse(std::str::from_utf8(day).ok()?)?;
            if !(FIRST_YEAR..=LAST_YEAR).contains(&date.year()) {
                return None;
            }
            self.day = (*day, i64::from(date.epoch_days()) * 86_400_000);
        }
        Some(self.day.1 + ((hour * 60 + minute) * 60 + second) * 1_000 + millis)
    }
}

/// Finds entries, which mostly stand in the same order.
struct Finder<'r, 'a> {
    entries: &'r [Entry<'a>],
    next: usize,
}

impl<'r, 'a> Finder<'r, 'a> {
    fn get(&mut self, name: &str) -> Option<&'r Node<'a>> {
        let found = match self.entries.get(self.next) {
            Some((key, _)) if key == name => self.next,
            _ => self.entries.iter().position(|(key, _)| key == name)?,
        };
        self.next = found + 1;
        self.entries.get(found).map(|(_, node)| node).filter(|node| !node.is_nothing())
    }
}

fn is_field(defs: &Arena<FieldId, FieldDef>, name: &str) -> bool {
    defs.iter().any(|def| *def.name == *name)
}

/// A text of JSON; cells of tables are left to the decoder.
fn text<'r>(node: &'r Node<'_>) -> Option<&'r str> {
    if let Node::Text(text) = node { Some(text) } else { None }
}

/// An identifier that needs no second look.
fn identity<'r>(node: &'r Node<'_>) -> Option<&'r str> {
    text(node).filter(|text| {
        !text.is_empty() && text.len() <= MAX_ID && text.bytes().all(|byte| byte.is_ascii_graphic())
    })
}

/// Fills slots.
struct Fields<'f> {
    program: &'f Program,
    words: &'f mut Words,
    printer: &'f Printer,
    lines: &'f mut Vec<i64>,
}

impl Fields<'_> {
    /// Types all fields, also those that nobody reads: a record with a fault in one of them is none.
    fn fill(
        &mut self,
        entries: &[Entry<'_>],
        defs: &Arena<FieldId, FieldDef>,
        shape: &Shape,
        slots: &mut [i64],
    ) -> Option<()> {
        let mut find = Finder { entries, next: 0 };
        let mut currency = None;
        for (def, place) in defs.iter().zip(&shape.fields) {
            let Some(node) = find.get(&def.name) else {
                let value = match &def.default {
                    Some(default) => place.as_ref().map_or(Some(MISSING), |(form, _)| held(default, form, self.words))?,
                    None if def.optional => MISSING,
                    None => return None,
                };
                if let Some((_, at)) = place {
                    *slots.get_mut(*at)? = value;
                }
                continue;
            };
            match (&def.ty, place) {
                (FieldType::List(defs), place) => {
                    let value = self.list(node, defs, place.as_ref())?;
                    if let Some((_, at)) = place {
                        *slots.get_mut(*at)? = value;
                    }
                }
                (FieldType::Id, Some((Form::Print, at))) | (FieldType::Text, Some((Form::Print, at))) => {
                    let text = if matches!(def.ty, FieldType::Id) { identity(node) } else { text(node) }?;
                    slots.get_mut(*at..at + 2)?.copy_from_slice(&self.printer.print(text));
                }
                (FieldType::Money, place) => {
                    let currency = match currency {
                        Some(currency) => currency,
                        None => *currency.insert(self.currency(entries)?),
                    };
                    let value = self.money(node, currency)?;
                    if let Some((_, at)) = place {
                        *slots.get_mut(*at)? = value;
                    }
                }
                (_, place) => {
                    let value = self.value(node, def, place.is_some())?;
                    if let Some((_, at)) = place {
                        *slots.get_mut(*at)? = value;
                    }
                }
            }
        }
        Some(())
    }

    fn value(&mut self, node: &Node<'_>, def: &FieldDef, read: bool) -> Option<i64> {
        Some(match &def.ty {
            FieldType::Number => decimal(node, PLACES)?,
            FieldType::Count => decimal(node, 0)?,
            FieldType::Text => {
                let text = text(node).filter(|text| text.len() <= MAX_TEXT)?;
                if read { self.words.number(text) } else { MISSING }
            }
            FieldType::Id | FieldType::Member => {
                let text = identity(node)?;
                if read { self.words.number(text) } else { MISSING }
            }
            FieldType::Flag => match node {
                Node::Bool(yes) => i64::from(*yes),
                _ => return None,
            },
            FieldType::OneOf(set) => {
                let found = text(node)?;
                let place = self.program.enums.at(*set).words.iter().position(|word| **word == *found)?;
                i64::try_from(place).ok()?
            }
            FieldType::Date => {
                let day = Day::parse(text(node)?).filter(|day| (FIRST_YEAR..=LAST_YEAR).contains(&day.year()))?;
                i64::from(day.epoch_days())
            }
            FieldType::Money | FieldType::Moment | FieldType::Duration | FieldType::List(_) => return None,
        })
    }

    /// The currency that a record names for its amounts, with its rate where it is not the program's.
    fn currency(&self, entries: &[Entry<'_>]) -> Option<Option<Currency>> {
        let Some((_, node)) = entries.iter().find(|(key, _)| key == "currency") else { return Some(None) };
        if node.is_nothing() {
            return Some(None);
        }
        let code = text(node)?;
        let settings = &self.program.settings;
        let mut known = std::iter::once(settings.currency).chain(settings.accepts.iter().map(|(accepted, ..)| *accepted));
        known.find(|currency| currency.code() == code).map(Some)
    }

    fn money(&self, node: &Node<'_>, currency: Option<Currency>) -> Option<i64> {
        let settings = &self.program.settings;
        let currency = currency.unwrap_or(settings.currency);
        let minor = decimal(node, currency.exponent())?;
        if currency == settings.currency {
            return Some(minor);
        }
        let (_, rate, rounding) = settings.accepts.iter().find(|(accepted, ..)| *accepted == currency)?;
        let rate = super::term::constant(rate).filter(|_| currency.exponent() == settings.currency.exponent())?;
        if *rounding == Rounding::Down && minor >= 0 {
            return i64::try_from(i128::from(minor).checked_mul(rate.numerator())? / rate.denominator()).ok();
        }
        rounding.round(Exact::from(minor).mul(rate).ok()?).ok()
    }

    fn list(&mut self, node: &Node<'_>, defs: &Arena<FieldId, FieldDef>, place: Option<&(Form, usize)>) -> Option<i64> {
        let Node::Json(text) = node else { return None };
        let unread = Shape { fields: vec![None; if place.is_none() { defs.len() } else { 0 }], size: 0 };
        let shape = match place {
            Some((Form::Lines(shape), _)) => shape,
            _ => &unread,
        };
        let (first, mut count) = (self.lines.len(), 0);
        crate::events::objects(text, |entries| {
            count += 1;
            // A line has few cells: they are filled apart from all others.
            let mut cells = [MISSING; 16];
            let cells = cells.get_mut(..shape.size)?;
            self.fill(entries, defs, shape, cells)?;
            self.lines.extend_from_slice(cells);
            (count <= MAX_LIST).then_some(())
        })?;
        Some(lines(first, count))
    }
}

/// A number of plain digits in so many decimal places; `None` where it is anything else, or has more of them.
fn decimal(node: &Node<'_>, places: u8) -> Option<i64> {
    let Node::Number(text) = node else { return None };
    let (negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        digits => (false, digits),
    };
    if digits.len() > 18 {
        return None;
    }
    let (mut number, mut behind) = (0_i64, None::<u8>);
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                number = number * 10 + i64::from(byte - b'0');
                behind = behind.map(|count| count + 1);
            }
            b'.' if behind.is_none() => behind = Some(0),
            _ => return None,
        }
    }
    let missing = places.checked_sub(behind.unwrap_or(0))?;
    let number = number.checked_mul(10_i64.checked_pow(missing.into())?)?;
    Some(if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_read_and_all_others_left() {
        let read = |text: &str, places| decimal(&Node::Number(text.into()), places);
        assert_eq!(read("12.5", 2), Some(1_250));
        assert_eq!(read("-0.25", 2), Some(-25));
        assert_eq!(read("7", 6), Some(7_000_000));
        assert_eq!(read("1.005", 2), None);
        assert_eq!(read("1e3", 2), None);
        assert_eq!(read("9999999999999999999", 0), None);
        assert_eq!(read("999999999999999999", 2), None);
        assert_eq!(decimal(&Node::Text("5".into()), 0), None);
    }
}
