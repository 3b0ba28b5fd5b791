//! Recognises records that are written like earlier ones: the same keys in the same order, with the same blanks. Most sources write all of
//! their records in a few ways, and then only the values need a look.
//!
//! What stands between values is learned from records that were taken apart carefully. A record that is the same between its values is
//! well formed where they are.

use std::borrow::Cow;

use wide::u8x16;

use super::MAX_LIST;
use super::decimal::{Decimal, number};
use super::scan::{blanks, byte, plain_length, short_text_length};
use super::tape::{Kind, Part, range};

/// No more steps than these are learned: a source that writes each record in another way would have no end of them.
const MOST_STEPS: usize = 2_048;

/// A key of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// Its name.
    pub(crate) name: Box<str>,
    /// The text that it always has, where that belongs to the pattern. Else it has a value of its own in each record.
    pub(crate) fixed: Option<Box<str>>,
}

/// Ways to write a record, as a tree: what ways begin with in common is looked at once.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    /// The first of those that may come at a point is the point itself.
    steps: Vec<Step>,
    /// The keys of each way, in order.
    patterns: Vec<Vec<Key>>,
    /// How often the first step of a point was not the one that was taken.
    missed: usize,
}

/// How many bytes a step looks at, also where a record ends before.
pub(crate) const WINDOW: usize = 16;

/// These bytes.
type Window = [u8; WINDOW];

/// Bytes of nothing but 0.
const ZERO: u8x16 = u8x16::new([0; WINDOW]);

/// Where a step is.
type Place = u32;

/// No step.
const NONE: Place = Place::MAX;

/// Bytes that must stand somewhere, and what comes behind them.
#[derive(Debug, Clone)]
struct Step {
    /// The bytes; 0 behind them.
    literal: u8x16,
    /// All bits of each byte that belongs to them.
    mask: u8x16,
    length: u32,
    /// What else may stand there. Numbers and words stand behind all others: what comes before them may also come before a quote.
    other: Place,
    then: Then,
}

/// What comes behind a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// More of it, at a point.
    More(Place),
    /// A text up to its quote, and the point behind it.
    Text(Place),
    /// A number or a word, and the point behind it.
    Bare(Place),
    /// Objects up to a bracket: the point at which each begins, and the point behind all.
    List(Place, Place),
    /// Nothing: the pattern that this was.
    End(u32),
}

impl Step {
    /// What is not known yet: no bytes are like that.
    const NEVER: Self =
        Self { literal: u8x16::new([u8::MAX; WINDOW]), mask: ZERO, length: 0, other: NONE, then: Then::End(0) };

    fn new(bytes: &[u8], then: Then) -> Option<Self> {
        let (mut literal, mut mask) = ([0; WINDOW], [0; WINDOW]);
        literal.get_mut(..bytes.len())?.copy_from_slice(bytes);
        mask.get_mut(..bytes.len())?.fill(u8::MAX);
        let length = u32::try_from(bytes.len()).ok()?;
        Some(Self { literal: u8x16::new(literal), mask: u8x16::new(mask), length, other: NONE, then })
    }

    /// Whether these bytes stand in a window.
    #[inline(always)]
    fn stands(&self, window: &Window) -> bool {
        (u8x16::new(*window) & self.mask).simd_eq(self.literal).to_bitmask() == u32::from(u16::MAX)
    }

    fn is_never(&self) -> bool {
        self.literal == Self::NEVER.literal
    }

    fn is_bare(&self) -> bool {
        matches!(self.then, Then::Bare(_))
    }
}

/// A value of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number that is as plain as most are.
    Number(Decimal),
    /// Any other number.
    Odd,
    /// What stands between two places, in quotes and without escapes.
    Text(u32, u32),
    /// Lines: where their values begin, and how many lines there are.
    List(u32, u32),
    /// A line of such a pattern, whose values come next.
    Line(u32),
}

/// A record from which is learned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample<'s> {
    /// Its text.
    pub(crate) text: &'s str,
    /// The same as it is written: in cells of tables with each quote twice. What is between quotes has none then.
    pub(crate) written: &'s [u8],
}

impl<'s> Sample<'s> {
    /// What stands from one place of the text to another, as it is written.
    fn literal(self, from: usize, to: usize) -> Option<Cow<'s, str>> {
        let (text, is_doubled) = (self.text.get(from..to)?, self.written.len() > self.text.len());
        Some(if is_doubled { text.replace('"', "\"\"").into() } else { text.into() })
    }
}

/// The values of one record.
#[derive(Debug, Default)]
pub(crate) struct Values {
    /// Values of the record in order.
    pub(crate) top: Vec<Value>,
    /// For each line of its lists the line, then its values.
    pub(crate) inside: Vec<Value>,
}

impl Patterns {
    /// The pattern of the record that bytes begin with, and how long it is, where it is written like one before; with its values. All of
    /// it is UTF-8. [`WINDOW`] bytes must come behind it, whatever they are.
    pub(crate) fn split(&mut self, bytes: &[u8], values: &mut Values) -> Option<(u32, usize)> {
        values.top.clear();
        values.inside.clear();
        // Places are short numbers.
        let bytes = bytes.get(..u32::MAX as usize).unwrap_or(bytes);
        self.object::<false>(bytes, 0, 0, values)
    }

    /// The keys of a pattern.
    pub(crate) fn keys(&self, pattern: u32) -> &[Key] {
        self.patterns.get(pattern as usize).map_or(&[], Vec::as_slice)
    }

    /// What comes behind the step that is taken at a point, and where.
    #[inline(always)]
    fn step(&mut self, bytes: &[u8], at: usize, point: Place) -> Option<(Then, usize)> {
        let window = bytes.get(at..)?.first_chunk()?;
        let step = self.steps.get(point as usize)?;
        let step = if step.stands(window) { step } else { self.other(window, point)? };
        Some((step.then, at + step.length as usize))
    }

    /// One of the others that may come at a point. Those that are taken often come to stand before others.
    #[inline(never)]
    fn other(&mut self, window: &Window, point: Place) -> Option<&Step> {
        let (mut before, mut place) = (point, self.steps.get(point as usize)?.other);
        loop {
            let step = self.steps.get(place as usize)?;
            if step.stands(window) {
                break;
            }
            (before, place) = (place, step.other);
        }
        self.missed += 1;
        if self.missed.is_multiple_of(16)
            && let Ok([first, second]) = self.steps.get_disjoint_mut([before as usize, place as usize])
            && first.is_bare() == second.is_bare()
        {
            std::mem::swap(first, second);
            std::mem::swap(&mut first.other, &mut second.other);
            place = before;
        }
        self.steps.get(place as usize)
    }

    /// The pattern of an object, and where it ends. Its values go where those of records are kept, or where those of lines are.
    #[inline]
    fn object<const LINE: bool>(
        &mut self,
        bytes: &[u8],
        mut at: usize,
        mut point: Place,
        values: &mut Values,
    ) -> Option<(u32, usize)> {
        loop {
            let (then, start) = self.step(bytes, at, point)?;
            let mut add = |value: Value| if LINE { values.inside.push(value) } else { values.top.push(value) };
            (at, point) = match then {
                Then::More(next) => (start, next),
                Then::Text(next) => {
                    let rest = bytes.get(start..)?;
                    let end = start + rest.first_chunk().and_then(short_text_length).or_else(|| text_length(rest))?;
                    let (from, to) = range(start, end);
                    add(Value::Text(from, to));
                    (end, next)
                }
                Then::Bare(next) => {
                    let (length, value) = bare(bytes.get(start..)?)?;
                    add(value);
                    (start + length, next)
                }
                // There are no lists in lines.
                Then::List(..) if LINE => return None,
                Then::List(line, next) => {
                    let (value, end) = self.lines(bytes, start, line, values)?;
                    values.top.push(value);
                    (end, next)
                }
                Then::End(pattern) => return Some((pattern, start)),
            };
        }
    }

    /// Lines up to the bracket that ends them, and where that is.
    fn lines(&mut self, bytes: &[u8], start: usize, line: Place, values: &mut Values) -> Option<(Value, usize)> {
        let (first, mut count) = (values.inside.len(), 0);
        let mut at = blanks(bytes, start);
        let end = loop {
            match byte(bytes, at) {
                b']' if count == 0 => break at + 1,
                _ if count == MAX_LIST => return None,
                _ => {}
            }
            let head = values.inside.len();
            values.inside.push(Value::Null);
            let (pattern, end) = self.object::<true>(bytes, at, line, values)?;
            *values.inside.get_mut(head)? = Value::Line(pattern);
            count += 1;
            at = blanks(bytes, end);
            match byte(bytes, at) {
                b',' => at = blanks(bytes, at + 1),
                b']' => break at + 1,
                _ => return None,
            }
        };
        let (first, count) = range(first, count);
        Some((Value::List(first, count), end))
    }

    /// Learns how a record is written. The values of keys that are `fixed` belong to the pattern.
    pub(crate) fn learn(&mut self, sample: Sample<'_>, record: Part<'_, '_>, fixed: &dyn Fn(&str) -> bool) {
        if self.steps.is_empty() {
            self.steps.push(Step::NEVER);
        }
        // What cannot be learned leaves steps that lead nowhere, which harm nobody.
        let _ = self.learn_object(sample, (0, sample.text.len()), 0, record, fixed);
    }

    fn learn_object(
        &mut self,
        sample: Sample<'_>,
        (start, end): (usize, usize),
        mut point: Place,
        object: Part<'_, '_>,
        fixed: &dyn Fn(&str) -> bool,
    ) -> Option<()> {
        let (mut from, mut keys) = (start, Vec::new());
        for at in object.positions() {
            let (name, kind, value) = object.written(at)?;
            let (start, end) = (value.0 as usize, value.1 as usize);
            let is_fixed = kind == Kind::Text && fixed(name);
            keys.push(Key {
                name: name.into(),
                fixed: is_fixed.then(|| sample.text.get(start..end)).flatten().map(Into::into),
            });
            if is_fixed {
                continue;
            }
            point = match kind {
                Kind::Text => self.add(point, &sample.literal(from, start)?, Then::Text(0))?,
                Kind::Number | Kind::True | Kind::False | Kind::Null => {
                    self.add(point, &sample.literal(from, start)?, Then::Bare(0))?
                }
                Kind::List => {
                    let before = sample.literal(from, start + 1)?;
                    let Some(Then::List(line, next)) = self.take(point, &before, Then::List(0, 0)) else {
                        return None;
                    };
                    let list = object.inside(at, Kind::List)?;
                    for at in list.positions() {
                        let (_, _, within) = list.written(at)?;
                        let within = (within.0 as usize, within.1 as usize);
                        self.learn_object(sample, within, line, list.inside(at, Kind::Object)?, &|_| false)?;
                    }
                    next
                }
                Kind::Escaped | Kind::Object => return None,
            };
            from = end;
        }
        let literal = sample.literal(from, end)?;
        let pattern = u32::try_from(self.patterns.len()).ok()?;
        if let Then::End(known) = self.take(point, &literal, Then::End(pattern))?
            && known == pattern
        {
            self.patterns.push(keys);
        }
        Some(())
    }

    /// The point behind a step with one point behind it.
    fn add(&mut self, point: Place, literal: &str, then: Then) -> Option<Place> {
        match self.take(point, literal, then)? {
            Then::More(next) | Then::Text(next) | Then::Bare(next) => Some(next),
            Then::List(..) | Then::End(_) => None,
        }
    }

    /// What comes behind a literal at a point: as it is known, else with points of its own.
    fn take(&mut self, mut point: Place, literal: &str, then: Then) -> Option<Then> {
        let mut rest = literal.as_bytes();
        while let Some((part, more)) = rest.split_at_checked(WINDOW).filter(|(_, more)| !more.is_empty()) {
            let Then::More(next) = self.take_part(point, part, Then::More(0))? else { return None };
            (point, rest) = (next, more);
        }
        self.take_part(point, rest, then)
    }

    /// The same for bytes that one step looks at.
    fn take_part(&mut self, point: Place, bytes: &[u8], then: Then) -> Option<Then> {
        let mut new = Step::new(bytes, then)?;
        let alike = |known: &Step| {
            known.literal == new.literal && std::mem::discriminant(&known.then) == std::mem::discriminant(&then)
        };
        let places = self.chain(point);
        let mut steps = places.iter().filter_map(|place| self.steps.get(*place as usize));
        if let Some(known) = steps.find(|known| alike(known)) {
            return Some(known.then);
        }
        if self.is_full() {
            return None;
        }
        let mut point_behind = || {
            self.steps.push(Step::NEVER);
            u32::try_from(self.steps.len() - 1).ok()
        };
        new.then = match then {
            Then::More(_) => Then::More(point_behind()?),
            Then::Text(_) => Then::Text(point_behind()?),
            Then::Bare(_) => Then::Bare(point_behind()?),
            Then::List(..) => Then::List(point_behind()?, point_behind()?),
            Then::End(pattern) => Then::End(pattern),
        };
        let then = new.then;
        self.insert(places, new)?;
        Some(then)
    }

    /// The places of what may come at a point.
    fn chain(&self, point: Place) -> Vec<Place> {
        let step = |place: Place| self.steps.get(place as usize);
        let other = |place: &Place| step(*place).map(|step| step.other).filter(|other| step(*other).is_some());
        std::iter::successors(Some(point), other).collect()
    }

    /// Lets a step come at a point: behind all others, but before numbers and words unless it is one.
    fn insert(&mut self, mut places: Vec<Place>, new: Step) -> Option<()> {
        let known = places.iter().filter_map(|place| self.steps.get(*place as usize)).filter(|step| !step.is_never());
        let mut steps: Vec<Step> = known.cloned().collect();
        let before = if new.is_bare() { steps.len() } else { steps.partition_point(|step| !step.is_bare()) };
        steps.insert(before, new);
        if places.len() < steps.len() {
            places.push(u32::try_from(self.steps.len()).ok()?);
            self.steps.push(Step::NEVER);
        }
        let others = places.iter().skip(1).copied().chain([NONE]);
        for ((step, place), other) in steps.into_iter().zip(&places).zip(others) {
            *self.steps.get_mut(*place as usize)? = Step { other, ..step };
        }
        Some(())
    }

    /// Whether nothing more is learned.
    pub(crate) fn is_full(&self) -> bool {
        self.steps.len() > MOST_STEPS
    }
}

/// How long any text is that ends in a quote, if it has no escapes: with one it does not stand as it is.
fn text_length(bytes: &[u8]) -> Option<usize> {
    let length = plain_length(bytes);
    str::from_utf8(bytes.get(..length)?).ok()?;
    (byte(bytes, length) == b'"').then_some(length)
}

/// The number or word that bytes begin with, and how long it is.
#[inline(always)]
fn bare(bytes: &[u8]) -> Option<(usize, Value)> {
    let word = |word: &[u8], value| bytes.starts_with(word).then_some((word.len(), value));
    match bytes.first()? {
        b't' => word(b"true", Value::Bool(true)),
        b'f' => word(b"false", Value::Bool(false)),
        b'n' => word(b"null", Value::Null),
        _ => number(bytes).map(|(length, number)| (length, number.map_or(Value::Odd, Value::Number))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::events::tape::{Plain, Tape};

    fn learned(text: &str, patterns: &mut Patterns) -> bool {
        learned_as(text, text, patterns) && split(text, patterns).is_some()
    }

    fn learned_as(text: &str, written: &str, patterns: &mut Patterns) -> bool {
        let (mut tape, sample) = (Tape::default(), Sample { text, written: written.as_bytes() });
        tape.object(text).map(|record| patterns.learn(sample, record, &|key| key == "type")).is_some()
    }

    /// The same with each quote twice.
    fn doubled(text: &str) -> String {
        text.replace('"', "\"\"")
    }

    /// Names and values of a record as a pattern has them, those of lines behind the number of lines.
    fn split(text: &str, patterns: &mut Patterns) -> Option<Vec<String>> {
        let mut values = Values::default();
        let with_room = format!("{text}\n{:WINDOW$}", "");
        let (pattern, length) = patterns.split(with_room.as_bytes(), &mut values)?;
        if length != text.len() {
            return None;
        }
        let said = |value: &Value| match value {
            Value::Text(start, end) => text.get(*start as usize..*end as usize).map(|text| format!("\"{text}\"")),
            value => Some(format!("{value:?}")),
        };
        let (mut out, mut top, mut inside) = (Vec::new(), values.top.iter(), values.inside.iter());
        for key in patterns.keys(pattern) {
            out.push(key.name.to_string());
            if let Some(fixed) = &key.fixed {
                out.push(format!("\"{fixed}\""));
                continue;
            }
            let value = top.next()?;
            let Value::List(_, count) = *value else {
                out.push(said(value)?);
                continue;
            };
            out.push(count.to_string());
            for _ in 0..count {
                let Value::Line(line) = inside.next()? else { return None };
                for key in patterns.keys(*line) {
                    out.extend([key.name.to_string(), said(inside.next()?)?]);
                }
            }
        }
        Some(out)
    }

    /// The same as it is read carefully.
    fn carefully(text: &str) -> Option<Vec<String>> {
        let said = |part: Part<'_, '_>, at: usize| match part.plain(at) {
            Some(Plain::Text(text)) => format!("\"{text}\""),
            Some(Plain::Number(digits)) => {
                format!("{:?}", Decimal::read(digits.as_bytes()).map_or(Value::Odd, Value::Number))
            }
            Some(Plain::Bool(yes)) => format!("{:?}", Value::Bool(yes)),
            None => format!("{:?}", Value::Null),
        };
        let mut tape = Tape::default();
        let record = tape.object(text)?;
        let mut out = Vec::new();
        for at in record.positions() {
            let (name, kind, _) = record.written(at)?;
            out.push(name.to_owned());
            if kind != Kind::List {
                out.push(said(record, at));
                continue;
            }
            let list = record.listed(at)?;
            out.push(list.len().to_string());
            for line in list.insides() {
                let line = line?;
                for at in line.positions() {
                    out.extend([line.written(at)?.0.to_owned(), said(line, at)]);
                }
            }
        }
        Some(out)
    }

    const RECORDS: [&str; 6] = [
        r#"{"id":"a","type":"buy","amount":12.50,"gift":true,"list":[{"sku":"x","qty":1},{"sku":"yy","qty":-2}]}"#,
        r#"{"id":"b","type":"call"}"#,
        r#"{ "id" : "c", "type" : "buy", "amount" : 0, "note" : null, "list" : [ { "qty" : 3 } , { "sku" : "" } ] }"#,
        r#"{"list":[],"amount":1e3,"type":"buy"}"#,
        r#"{"type":"visit","id":"d","amount":-0.5,"gift":false}"#,
        r#"{"id":"e","amount":"7","type":"buy"}"#,
    ];

    #[test]
    fn what_was_learned_is_recognised() {
        let mut patterns = Patterns::default();
        for text in RECORDS {
            assert_eq!(split(text, &mut patterns), None);
            assert!(learned(text, &mut patterns), "{text}");
        }
        for text in RECORDS {
            assert_eq!(split(text, &mut patterns), carefully(text));
        }
        let other =
            RECORDS[0].replace("12.50", "7").replace("\"yy\"", "\"another and a long one\"").replace("true", "false");
        assert_eq!(split(&other, &mut patterns), carefully(&other));
        for text in RECORDS {
            assert!(split(&doubled(text), &mut patterns).is_none() && learned_as(text, &doubled(text), &mut patterns));
            assert_eq!(split(&doubled(text), &mut patterns), carefully(text));
        }
        assert!(!learned(r#"{"id":"\u0061"}"#, &mut patterns) && !learned(r#"{"id":{"a":1}}"#, &mut patterns));
    }

    #[test]
    fn what_has_no_end_is_not_learned_for_ever() {
        let mut patterns = Patterns::default();
        for i in 0..3 * MOST_STEPS {
            learned(&format!(r#"{{"key{i}":1}}"#), &mut patterns);
        }
        assert!(patterns.is_full() && patterns.steps.len() < MOST_STEPS + 8);
        assert!(split(r#"{"key0":2}"#, &mut patterns).is_some());
    }

    proptest! {
        #[test]
        fn what_is_recognised_is_well_formed(
            record in 0..RECORDS.len(),
            twice in any::<bool>(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3_u8, prop::sample::select(
                b"\"{}[],: \t01-.eatfn\\x\x7f\r".to_vec(),
            )), 1..4),
        ) {
            let mut patterns = Patterns::default();
            RECORDS.iter().for_each(|text| assert!(learned(text, &mut patterns) && learned_as(text, &doubled(text), &mut patterns)));
            let mut bytes = if twice { doubled(RECORDS[record]) } else { RECORDS[record].to_owned() }.into_bytes();
            for (at, how, byte) in edits {
                let at = at.index(bytes.len());
                match how {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    _ => drop(bytes.remove(at)),
                }
            }
            let text = String::from_utf8(bytes).unwrap();
            let found = split(&text, &mut patterns);
            // In a cell, quotes come in pairs.
            let once = text.replace("\"\"", "\0").replace('"', "").replace('\0', "\"");
            let is_cell = doubled(&once) == text;
            if let Some(found) = found
                && (is_cell || !twice)
            {
                prop_assert!(Some(&found) == carefully(&text).as_ref() || is_cell && Some(&found) == carefully(&once).as_ref());
            }
        }
    }
}
