//! From records straight to rows. What is not as plain as nearly all records are is left to the decoder, which says what is the matter with it.

use std::hash::BuildHasher as _;

use rustc_hash::FxHashMap;

use crate::arena::Arena;
use crate::engine::Event;
use crate::events::{
    FIRST_YEAR, LAST_YEAR, MAX_ID, MAX_LIST, MAX_TEXT, Part, Plain, TIME_KEYS, Values, plausible_instant,
};
use crate::hir::{EventId, FieldDef, FieldId, FieldType, Program};
use crate::value::{Currency, Day, Exact, Rounding, parse_instant};

use super::code::MISSING;
use super::find::{Find, Molds, Named, has_another_time};
use super::rows::{Block, Filler, Known, Row, place};
use super::slots::{Form, PLACES, Printer, Shape, Shapes, Words, held, lines};

/// The most cells of a line that is read here.
const MOST_CELLS: usize = 16;

/// Fills rows from records of one program.
pub(super) struct Scanner<'p> {
    program: &'p Program,
    filler: Filler,
    types: FxHashMap<&'p str, EventId>,
    molds: Molds,
    /// Room for the values of a record.
    values: Values,
}

/// What every event says.
struct Head<'r> {
    event: EventId,
    id: Plain<'r>,
    member: Plain<'r>,
    time: Plain<'r>,
}

impl<'p> Scanner<'p> {
    /// A scanner for rows of one shape.
    pub fn new(program: &'p Program, filler: Filler) -> Self {
        let sent = program.events.pairs().filter(|(_, event)| !event.kind.is_made());
        let types = sent.map(|(id, event)| (&*event.name, id)).collect();
        Self { program, filler, types, molds: Molds::default(), values: Values::default() }
    }

    /// Adds an event as [`Filler::event`].
    pub fn event(&mut self, event: &Event, block: &mut Block) -> Option<()> {
        self.filler.event(event, block)
    }

    /// Finds the members of all rows of a block.
    pub fn number(&mut self, block: &mut Block) {
        self.filler.number(block);
    }

    /// Adds a record as a row if it is written like one before; `None` where it is not, or is better looked at again.
    pub fn recognised(&mut self, text: &str, block: &mut Block) -> Option<()> {
        let Self { program, filler, molds, values, .. } = self;
        let (head, found) = molds.recognise(text, values)?;
        let (id, member, time) = (found.plain(head.id)?, found.plain(head.member)?, found.plain(head.time)?);
        add(program, filler, text, Head { event: head.event, id, member, time }, found, block)
    }

    /// Adds a record as a row; `None` where it is left to the decoder, and the block is as before.
    pub fn record(&mut self, text: &str, record: Part<'_, '_>, block: &mut Block) -> Option<()> {
        let mut find = Named::new(record);
        let (id, member) = (find.get("id")?, find.get("member")?);
        let (name, time) = TIME_KEYS.iter().find_map(|name| Some((*name, find.said(name)?)))?;
        let time = find.plain(time)?;
        let event = *self.types.get(word(find.get("type")?)?)?;
        // Other names than the first are taken only where no field has them.
        if has_another_time(self.program, event, name) || find.has("sequence") {
            return None;
        }
        add(self.program, &mut self.filler, text, Head { event, id, member, time }, Named::new(record), block)?;
        self.molds.learn(self.program, text, record, event);
        Some(())
    }
}

/// Adds a row; `None` where a value is not plain, and the block is as before.
fn add<'r>(
    program: &Program,
    filler: &mut Filler,
    text: &str,
    head: Head<'r>,
    find: impl Find<'r>,
    block: &mut Block,
) -> Option<()> {
    let (slots, first_line) = (block.slots.len(), block.lines.len());
    let Some((id, member, row)) = row(program, filler, text, head, find, block) else {
        block.slots.truncate(slots);
        block.lines.truncate(first_line);
        return None;
    };
    let text = block.name(id, member);
    block.rows.push(Row { text, ..row });
    Some(())
}

fn row<'r>(
    program: &Program,
    filler: &mut Filler,
    text: &str,
    head: Head<'r>,
    find: impl Find<'r>,
    block: &mut Block,
) -> Option<(&'r str, &'r str, Row)> {
    let (id, member, event) = (identity(head.id)?, identity(head.member)?, head.event);
    let time = parse_instant(word(head.time)?, None).ok()?;
    plausible_instant(time).ok()?;
    let time = time.millis();
    let Filler { shapes: Shapes { events, words }, printer, .. } = filler;
    let shape = events.get(event)?;
    let slots = block.slots.len();
    block.slots.resize(slots + shape.size, MISSING);
    let mut fields = Fields { program, words, printer, lines: &mut block.lines };
    fields.fill(find, &program.events.at(event).fields, shape, None, block.slots.get_mut(slots..)?)?;
    let content = rustc_hash::FxBuildHasher.hash_one(text);
    let (print, source) = (printer.hash(id), place(block.rows.len()));
    let (slots, text, known) = (place(slots), [0; 3], Known::New);
    Some((id, member, Row { event, member: 0, time, sequence: 0, slots, text, print, content, source, known }))
}

fn word(plain: Plain<'_>) -> Option<&str> {
    if let Plain::Text(text) = plain { Some(text) } else { None }
}

/// An identifier that needs no second look.
fn identity(plain: Plain<'_>) -> Option<&str> {
    word(plain)
        .filter(|text| !text.is_empty() && text.len() <= MAX_ID && text.bytes().all(|byte| byte.is_ascii_graphic()))
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
    fn fill<'r>(
        &mut self,
        mut find: impl Find<'r>,
        defs: &Arena<FieldId, FieldDef>,
        shape: &Shape,
        outer: Option<Currency>,
        slots: &mut [i64],
    ) -> Option<()> {
        // A line without a currency of its own has that of its record.
        let currency = match defs.iter().any(|def| matches!(def.ty, FieldType::Money | FieldType::List(_))) {
            true => self.currency(&find)?.or(outer),
            false => None,
        };
        for ((id, def), place) in defs.pairs().zip(&shape.fields) {
            let at = find.field(id, def);
            let value = match (at, &def.ty) {
                (None, _) => match (&def.default, place) {
                    (Some(_), Some((Form::Print, _))) => return None,
                    (Some(default), Some((form, _))) => held(default, form, self.words)?,
                    (Some(_), None) => MISSING,
                    (None, _) if def.optional => MISSING,
                    (None, _) => return None,
                },
                (Some(at), FieldType::List(defs)) => self.list(find.lines(at, id)?, defs, place.as_ref(), currency)?,
                (Some(at), FieldType::Money) => self.money(find.plain(at)?, currency)?,
                (Some(at), FieldType::Id | FieldType::Text) if matches!(place, Some((Form::Print, _))) => {
                    let plain = find.plain(at)?;
                    let text = if matches!(def.ty, FieldType::Id) { identity(plain)? } else { short(plain)? };
                    let [first, second] = self.printer.print(text);
                    let at = place.as_ref().map_or(0, |(_, at)| *at);
                    *slots.get_mut(at + 1)? = second;
                    first
                }
                (Some(at), _) => self.value(find.plain(at)?, def, place.is_some())?,
            };
            if let Some((_, at)) = place {
                *slots.get_mut(*at)? = value;
            }
        }
        Some(())
    }

    fn value(&mut self, plain: Plain<'_>, def: &FieldDef, read: bool) -> Option<i64> {
        Some(match &def.ty {
            FieldType::Number => decimal(plain, PLACES)?,
            FieldType::Count => decimal(plain, 0)?,
            FieldType::Text => {
                let text = short(plain)?;
                if read { self.words.number(text) } else { MISSING }
            }
            FieldType::Id | FieldType::Member => {
                let text = identity(plain)?;
                if read { self.words.number(text) } else { MISSING }
            }
            FieldType::Flag => match plain {
                Plain::Bool(yes) => i64::from(yes),
                _ => return None,
            },
            FieldType::OneOf(set) => {
                let found = word(plain)?;
                let place = self.program.enums.at(*set).words.iter().position(|word| **word == *found)?;
                i64::try_from(place).ok()?
            }
            FieldType::Date => {
                let day = Day::parse(word(plain)?).filter(|day| (FIRST_YEAR..=LAST_YEAR).contains(&day.year()))?;
                i64::from(day.epoch_days())
            }
            FieldType::Money | FieldType::Moment | FieldType::Duration | FieldType::List(_) => return None,
        })
    }

    /// The currency that a record names for its amounts, if it does.
    fn currency<'r>(&self, find: &impl Find<'r>) -> Option<Option<Currency>> {
        let Some(at) = find.currency() else { return Some(None) };
        let code = word(find.plain(at)?)?;
        let settings = &self.program.settings;
        let mut known =
            std::iter::once(settings.currency).chain(settings.accepts.iter().map(|(accepted, ..)| *accepted));
        known.find(|currency| currency.code() == code).map(Some)
    }

    fn money(&self, plain: Plain<'_>, currency: Option<Currency>) -> Option<i64> {
        let settings = &self.program.settings;
        let currency = currency.unwrap_or(settings.currency);
        let minor = decimal(plain, currency.exponent())?;
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

    fn list<'r>(
        &mut self,
        list: impl Iterator<Item = Option<impl Find<'r>>>,
        defs: &Arena<FieldId, FieldDef>,
        place: Option<&(Form, usize)>,
        outer: Option<Currency>,
    ) -> Option<i64> {
        let unread;
        let shape = match place {
            Some((Form::Lines(shape), _)) => shape,
            _ => {
                unread = Shape { fields: vec![None; defs.len()], size: 0 };
                &unread
            }
        };
        let (first, mut count) = (self.lines.len(), 0);
        for line in list {
            count += 1;
            // A line has few cells: they are filled apart from all others.
            let mut cells = [MISSING; MOST_CELLS];
            let cells = cells.get_mut(..shape.size)?;
            self.fill(line?, defs, shape, outer, cells)?;
            self.lines.extend_from_slice(cells);
        }
        (count <= MAX_LIST).then(|| lines(first, count))
    }
}

/// A text that is not too long.
fn short(plain: Plain<'_>) -> Option<&str> {
    word(plain).filter(|text| text.len() <= MAX_TEXT)
}

/// A number of plain digits in so many decimal places; `None` where it is anything else, or has more of them.
fn decimal(plain: Plain<'_>, places: u8) -> Option<i64> {
    let Plain::Number(text) = plain else { return None };
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
        let read = |text: &str, places| decimal(Plain::Number(text), places);
        assert_eq!(read("12.5", 2), Some(1_250));
        assert_eq!(read("-0.25", 2), Some(-25));
        assert_eq!(read("7", 6), Some(7_000_000));
        assert_eq!(read("1.005", 2), None);
        assert_eq!(read("1e3", 2), None);
        assert_eq!(read("9999999999999999999", 0), None);
        assert_eq!(read("999999999999999999", 2), None);
        assert_eq!(decimal(Plain::Text("5"), 0), None);
    }
}
