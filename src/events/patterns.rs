//! Recognises records that are written like earlier ones: the same keys in the same order, with the same blanks. Most sources write all of
//! their records in a few ways, and then only the values need a look.
//!
//! What stands between values is learned from records that were taken apart carefully. A record that is the same between its values is
//! well formed where they are.

use super::MAX_LIST;
use super::scan::{eight, number_length, plain_length};
use super::tape::{Kind, Part, Range};

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

/// Bytes that must stand somewhere, eight at once; of the last eight only those that the mask has.
#[derive(Debug, PartialEq, Eq)]
struct Literal {
    eights: Vec<u64>,
    mask: u64,
    length: usize,
}

impl Literal {
    fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let eights = (0..bytes.len().max(1)).step_by(8).map(|at| eight(bytes, at)).collect();
        let rest = bytes.len() - bytes.len().saturating_sub(1) / 8 * 8;
        let mask = if rest >= 8 { u64::MAX } else { (1 << (8 * rest)) - 1 };
        Self { eights, mask, length: bytes.len() }
    }

    #[inline(always)]
    fn stands(&self, bytes: &[u8], mut at: usize) -> bool {
        let Some((last, whole)) = self.eights.split_last() else { return true };
        for expected in whole {
            if eight(bytes, at) != *expected {
                return false;
            }
            at += 8;
        }
        eight(bytes, at) & self.mask == *last
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
    pub(crate) fn split(&self, text: &str, values: &mut Values) -> Option<usize> {
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

    /// The step that is taken at a point, and where it ends.
    #[inline(always)]
    fn step(&self, bytes: &[u8], at: usize, point: usize) -> Option<(Then, usize)> {
        let fits = |step: &&Step| {
            step.literal.stands(bytes, at)
                && (!matches!(step.then, Then::Bare(_)) || !matches!(byte(bytes, at + step.literal.length), b'"' | b'[' | b'{'))
        };
        let step = self.points.get(point)?.iter().find(fits)?;
        Some((step.then, at + step.literal.length))
    }

    fn object(
        &self,
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
    fn lines(&self, bytes: &[u8], start: usize, line: usize, values: &mut Vec<Range>) -> Option<(usize, usize, usize)> {
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
            keys.push(Key { name: name.into(), fixed: is_fixed.then(|| text.get(start..end)).flatten().map(Into::into) });
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

/// The byte at a place; 0, which is none of JSON, at the end.
#[inline(always)]
fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

#[inline(always)]
fn blanks(bytes: &[u8], mut at: usize) -> usize {
    while matches!(byte(bytes, at), b' ' | b'\t') {
        at += 1;
    }
    at
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "lines and lists are much shorter, as their limits say")]
fn range(start: usize, end: usize) -> Range {
    (start as u32, end as u32)
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
