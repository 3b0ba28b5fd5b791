//! Recognises records that are written like earlier ones: the same keys in the same order, with the same blanks. Most sources write all of
//! their records in a few ways, and then only the values need a look.
//!
//! What stands between values is learned from records that were taken apart carefully. A record that is the same between its values is
//! well formed where they are.

use super::MAX_LIST;
use super::scan::{blanks, byte, eight, number_length, plain_length};
use super::tape::{Kind, Part, Range, range};

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
    /// What may come next at each point.
    points: Vec<Vec<Step>>,
    /// The keys of each way, in order.
    patterns: Vec<Vec<Key>>,
}

/// Bytes that must stand somewhere, and what comes behind them.
#[derive(Debug)]
struct Step {
    literal: Literal,
    then: Then,
}

/// What comes behind a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// A text up to its quote, and the point behind it.
    Text(usize),
    /// A number or a word, and the point behind it.
    Bare(usize),
    /// Objects up to a bracket: the point at which each begins, and the point behind all.
    List(usize, usize),
    /// Nothing: the pattern that this was.
    End(usize),
}

/// Bytes, eight at once. Masks say which of the eight belong to them: all but perhaps those of the last.
#[derive(Debug, PartialEq, Eq)]
struct Literal {
    /// The first sixteen bytes, which tell most of them apart.
    first: [(u64, u64); 2],
    rest: Vec<(u64, u64)>,
    length: usize,
}

impl Literal {
    fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let part = |at: usize| {
            let mask = match bytes.len().saturating_sub(at) {
                count @ 0..8 => (1 << (8 * count)) - 1,
                _ => u64::MAX,
            };
            (eight(bytes, at), mask)
        };
        let rest = (16..bytes.len()).step_by(8).map(part).collect();
        Self { first: [part(0), part(8)], rest, length: bytes.len() }
    }

    /// Whether the first sixteen bytes at a place are the first of these.
    #[inline(always)]
    fn begins(&self, first: [u64; 2]) -> bool {
        let [(a, a_mask), (b, b_mask)] = self.first;
        ((first[0] ^ a) & a_mask) | ((first[1] ^ b) & b_mask) == 0
    }

    /// Whether the others stand at a place too.
    #[inline(always)]
    fn goes_on(&self, bytes: &[u8], mut at: usize) -> bool {
        for (part, mask) in &self.rest {
            if (eight(bytes, at) ^ part) & mask != 0 {
                return false;
            }
            at += 8;
        }
        true
    }
}

/// The values of one record, as places in its text.
#[derive(Debug, Default)]
pub(crate) struct Values {
    /// Values of the record in order; of a list, where its lines begin in `inside`, and how many there are.
    pub(crate) top: Vec<Range>,
    /// For each line its pattern, then its values.
    pub(crate) inside: Vec<Range>,
}

impl Patterns {
    /// The pattern of a record that is written like one before, with its values; `None` where it is written in another way.
    pub(crate) fn split(&mut self, text: &str, values: &mut Values) -> Option<usize> {
        let Values { top, inside } = values;
        top.clear();
        inside.clear();
        let (end, pattern) = self.object(text.as_bytes(), 0, 0, top, Some(inside))?;
        (end == text.len()).then_some(pattern)
    }

    /// The keys of a pattern.
    pub(crate) fn keys(&self, pattern: usize) -> &[Key] {
        self.patterns.get(pattern).map_or(&[], Vec::as_slice)
    }

    /// The step that is taken at a point, and where it ends. Those that are taken often come to stand before others.
    #[inline(always)]
    fn step(&mut self, bytes: &[u8], at: usize, point: usize) -> Option<(Then, usize)> {
        let first = [eight(bytes, at), eight(bytes, at + 8)];
        let steps = self.points.get_mut(point)?;
        let fits = |step: &Step| {
            step.literal.begins(first)
                && step.literal.goes_on(bytes, at + 16)
                && match step.then {
                    Then::Bare(_) => !matches!(byte(bytes, at + step.literal.length), b'"' | b'[' | b'{'),
                    _ => true,
                }
        };
        let found = steps.iter().position(fits)?;
        let step = steps.get(found)?;
        let taken = (step.then, at + step.literal.length);
        if found > 0 {
            steps.swap(found - 1, found);
        }
        Some(taken)
    }

    fn object(
        &mut self,
        bytes: &[u8],
        mut at: usize,
        mut point: usize,
        values: &mut Vec<Range>,
        mut inside: Option<&mut Vec<Range>>,
    ) -> Option<(usize, usize)> {
        loop {
            let (then, start) = self.step(bytes, at, point)?;
            match then {
                Then::Text(next) => {
                    at = start + plain_length(bytes.get(start..)?);
                    // A text with an escape does not stand as it is.
                    if byte(bytes, at) != b'"' {
                        return None;
                    }
                    point = next;
                }
                Then::Bare(next) => {
                    at = start + bare_length(bytes.get(start..)?)?;
                    point = next;
                }
                Then::List(line, next) => {
                    let (first, count);
                    (first, count, at) = self.lines(bytes, start, line, inside.as_deref_mut()?)?;
                    values.push(range(first, count));
                    point = next;
                    continue;
                }
                Then::End(pattern) => return Some((start, pattern)),
            }
            values.push(range(start, at));
        }
    }

    /// Lines up to the bracket that ends them.
    fn lines(
        &mut self,
        bytes: &[u8],
        start: usize,
        line: usize,
        values: &mut Vec<Range>,
    ) -> Option<(usize, usize, usize)> {
        let (first, mut count) = (values.len(), 0);
        let mut at = blanks(bytes, start);
        if byte(bytes, at) == b']' {
            return Some((first, 0, at + 1));
        }
        loop {
            let head = values.len();
            values.push((0, 0));
            let (end, pattern) = self.object(bytes, at, line, values, None)?;
            *values.get_mut(head)? = range(pattern, 0);
            count += 1;
            at = blanks(bytes, end);
            match byte(bytes, at) {
                b',' if count < MAX_LIST => at = blanks(bytes, at + 1),
                b']' => return Some((first, count, at + 1)),
                _ => return None,
            }
        }
    }

    /// Learns how a record is written. The values of keys that are `fixed` belong to the pattern.
    pub(crate) fn learn(&mut self, text: &str, record: Part<'_, '_>, fixed: &dyn Fn(&str) -> bool) {
        if self.points.is_empty() {
            self.points.push(Vec::new());
        }
        // What cannot be learned leaves steps that lead nowhere, which harm nobody.
        let _ = self.learn_object(text, (0, text.len()), 0, record, fixed);
    }

    fn learn_object(
        &mut self,
        text: &str,
        (start, end): (usize, usize),
        mut point: usize,
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
                fixed: is_fixed.then(|| text.get(start..end)).flatten().map(Into::into),
            });
            if is_fixed {
                continue;
            }
            point = match kind {
                Kind::Text => self.add(point, text.get(from..start)?, Then::Text(0))?,
                Kind::Number | Kind::True | Kind::False | Kind::Null => {
                    self.add(point, text.get(from..start)?, Then::Bare(0))?
                }
                Kind::List => {
                    let Some(Then::List(line, next)) = self.take(point, text.get(from..start + 1)?, Then::List(0, 0))
                    else {
                        return None;
                    };
                    let list = object.inside(at, Kind::List)?;
                    for at in list.positions() {
                        let (_, _, within) = list.written(at)?;
                        let within = (within.0 as usize, within.1 as usize);
                        self.learn_object(text, within, line, list.inside(at, Kind::Object)?, &|_| false)?;
                    }
                    next
                }
                Kind::Escaped | Kind::Object => return None,
            };
            from = end;
        }
        let literal = text.get(from..end)?;
        let pattern = self.patterns.len();
        if let Then::End(known) = self.take(point, literal, Then::End(pattern))?
            && known == pattern
        {
            self.patterns.push(keys);
        }
        Some(())
    }

    /// The point behind a step with one point behind it.
    fn add(&mut self, point: usize, literal: &str, then: Then) -> Option<usize> {
        match self.take(point, literal, then)? {
            Then::Text(next) | Then::Bare(next) => Some(next),
            Then::List(..) | Then::End(_) => None,
        }
    }

    /// What comes behind a literal at a point: as it is known, else with points of its own.
    fn take(&mut self, point: usize, literal: &str, then: Then) -> Option<Then> {
        let literal = Literal::new(literal);
        let alike = |known: &&Step| {
            known.literal == literal && std::mem::discriminant(&known.then) == std::mem::discriminant(&then)
        };
        if let Some(known) = self.points.get(point)?.iter().find(alike) {
            return Some(known.then);
        }
        let first = self.points.len();
        let (then, more) = match then {
            Then::Text(_) => (Then::Text(first), 1),
            Then::Bare(_) => (Then::Bare(first), 1),
            Then::List(..) => (Then::List(first, first + 1), 2),
            Then::End(pattern) => (Then::End(pattern), 0),
        };
        if self.is_full() {
            return None;
        }
        self.points.resize_with(first + more, Vec::new);
        self.points.get_mut(point)?.push(Step { literal, then });
        Some(then)
    }

    /// Whether nothing more is learned.
    pub(crate) fn is_full(&self) -> bool {
        self.points.len() > MOST_STEPS
    }
}

/// How long the number or word is that bytes begin with.
#[inline(always)]
fn bare_length(bytes: &[u8]) -> Option<usize> {
    let word = |word: &[u8]| bytes.starts_with(word).then_some(word.len());
    match bytes.first()? {
        b't' => word(b"true"),
        b'f' => word(b"false"),
        b'n' => word(b"null"),
        _ => number_length(bytes),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::events::tape::{Plain, Tape};

    fn learned(text: &str, patterns: &mut Patterns) -> bool {
        let mut tape = Tape::default();
        let known = tape.object(text).map(|record| patterns.learn(text, record, &|key| key == "type"));
        known.is_some() && patterns.split(text, &mut Values::default()).is_some()
    }

    /// Names and values of a record as a pattern has them, those of lines behind the number of lines.
    fn split(text: &str, patterns: &mut Patterns) -> Option<Vec<String>> {
        let mut values = Values::default();
        let pattern = patterns.split(text, &mut values)?;
        let said = |(start, end): (u32, u32)| format!("{:?}", Plain::between(text, start as usize, end as usize));
        let (mut out, mut top, mut inside) = (Vec::new(), values.top.iter(), values.inside.iter());
        for key in patterns.keys(pattern) {
            out.push(key.name.to_string());
            if let Some(fixed) = &key.fixed {
                out.push(format!("{:?}", Some(Plain::Text(fixed))));
                continue;
            }
            let value = *top.next()?;
            if !key.name.starts_with("list") {
                out.push(said(value));
                continue;
            }
            out.push(value.1.to_string());
            for _ in 0..value.1 {
                let (line, _) = *inside.next()?;
                for key in patterns.keys(line as usize) {
                    out.extend([key.name.to_string(), said(*inside.next()?)]);
                }
            }
        }
        Some(out)
    }

    /// The same as it is read carefully.
    fn carefully(text: &str) -> Option<Vec<String>> {
        let mut tape = Tape::default();
        let record = tape.object(text)?;
        let mut out = Vec::new();
        for at in record.positions() {
            let (name, kind, _) = record.written(at)?;
            out.push(name.to_owned());
            if kind != Kind::List {
                out.push(format!("{:?}", record.plain(at)));
                continue;
            }
            let list = record.listed(at)?;
            out.push(list.len().to_string());
            for line in list.insides() {
                let line = line?;
                for at in line.positions() {
                    out.extend([line.written(at)?.0.to_owned(), format!("{:?}", line.plain(at))]);
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
            assert_eq!(patterns.split(text, &mut Values::default()), None);
            assert!(learned(text, &mut patterns), "{text}");
        }
        for text in RECORDS {
            assert_eq!(split(text, &mut patterns), carefully(text));
        }
        let other =
            RECORDS[0].replace("12.50", "7").replace("\"yy\"", "\"another and a long one\"").replace("true", "false");
        assert_eq!(split(&other, &mut patterns), carefully(&other));
        assert!(!learned(r#"{"id":"\u0061"}"#, &mut patterns) && !learned(r#"{"id":{"a":1}}"#, &mut patterns));
    }

    #[test]
    fn what_has_no_end_is_not_learned_for_ever() {
        let mut patterns = Patterns::default();
        for i in 0..3 * MOST_STEPS {
            learned(&format!(r#"{{"key{i}":1}}"#), &mut patterns);
        }
        assert!(patterns.is_full() && patterns.points.len() < MOST_STEPS + 8);
        assert!(patterns.split(r#"{"key0":2}"#, &mut Values::default()).is_some());
    }

    proptest! {
        #[test]
        fn what_is_recognised_is_well_formed(
            record in 0..RECORDS.len(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3_u8, prop::sample::select(
                b"\"{}[],: \t01-.eatfn\\x\x7f\r".to_vec(),
            )), 1..4),
        ) {
            let mut patterns = Patterns::default();
            RECORDS.iter().for_each(|text| assert!(learned(text, &mut patterns)));
            let mut bytes = RECORDS[record].as_bytes().to_vec();
            for (at, how, byte) in edits {
                let at = at.index(bytes.len());
                match how {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    _ => drop(bytes.remove(at)),
                }
            }
            let text = String::from_utf8(bytes).unwrap();
            if let Some(found) = split(&text, &mut patterns) {
                prop_assert_eq!(Some(found), carefully(&text));
            }
        }
    }
}
