//! YAML: documents one after another, or one list.
//!
//! Records are cut out by their lines and decoded one by one. Each is decoded twice where it has decimals: YAML hands them out as floats
//! unless text is asked for, and only the first pass tells which values are numbers.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::lines::{Line, Lines, failure, too_long, utf8};
use super::node::{Node, Place, Raw};
use super::reject::Reject;
use super::stream::Reader;
use super::{MAX_DEPTH, MAX_KEYS, MAX_LINE_BYTES, MAX_LIST, MAX_UNFOLDED};

type Entries = Vec<(Cow<'static, str>, Node<'static>)>;

/// Records of a YAML file.
pub(crate) struct Yaml {
    file: Arc<str>,
    lines: Lines,
    /// The first line of the next record: its number, its text, and whether it was too long.
    next: Option<(u64, Vec<u8>, bool)>,
    /// Records of a list that was written on one line.
    ready: VecDeque<Result<(Place, Entries), Reject>>,
    text: Vec<u8>,
    ended: bool,
}

impl Yaml {
    /// Records of `lines`.
    pub(crate) fn new(file: Arc<str>, lines: Lines) -> Self {
        Self { file, lines, next: None, ready: VecDeque::new(), text: Vec::new(), ended: false }
    }

    /// Reads the lines of the next record and decodes them.
    fn fill(&mut self) {
        self.text.clear();
        let mut first = self.lines.number() + 1;
        let mut overlong = false;
        if let Some((number, line, long)) = self.next.take() {
            (first, overlong) = (number, long);
            self.text = line;
            self.text.push(b'\n');
        }
        let mut line = Vec::new();
        let mut trouble = None;
        loop {
            line.clear();
            match self.lines.append(&mut line) {
                Line::End => {
                    self.ended = true;
                    break;
                }
                Line::Failed(error) => {
                    self.ended = true;
                    let place = Place { file: Arc::clone(&self.file), line: self.lines.number(), column: 1 };
                    trouble = Some(Reject::new(place, failure(&error), &String::from_utf8_lossy(&line)));
                    // A record that was still being written is none; one that another follows is whole.
                    if !begins(&line) {
                        self.text.clear();
                    }
                    break;
                }
                found @ (Line::Text | Line::TooLong) => {
                    let long = matches!(found, Line::TooLong);
                    let begins = begins(&line);
                    if is_mark(&line) || line == b"..." {
                        // What follows the mark on its line belongs to the next document.
                        line.iter_mut().take(3).for_each(|byte| *byte = b' ');
                    }
                    if begins && !blank(&self.text) {
                        self.next = Some((self.lines.number(), std::mem::take(&mut line), long));
                        break;
                    }
                    if blank(&self.text) {
                        self.text.clear();
                        first = self.lines.number();
                        if line.starts_with(b"%") {
                            continue;
                        }
                    }
                    overlong |= long || self.text.len() + line.len() > MAX_LINE_BYTES;
                    if !overlong || self.text.is_empty() {
                        self.text.extend_from_slice(&line);
                        self.text.push(b'\n');
                    }
                }
            }
        }
        let place = Place { file: Arc::clone(&self.file), line: first, column: 1 };
        if overlong {
            let start = String::from_utf8_lossy(self.text.get(..1_000).unwrap_or(&self.text)).into_owned();
            self.ready.push_back(Err(Reject::new(place, too_long(), &start)));
        } else if !blank(&self.text) {
            self.decode(place);
        }
        self.ready.extend(trouble.map(Err));
    }

    fn decode(&mut self, place: Place) {
        let text = match utf8(&self.text) {
            Ok(text) => text,
            Err((reason, below, column)) => {
                let place = place.below(below, column);
                self.ready.push_back(Err(Reject::new(place, reason, &String::from_utf8_lossy(&self.text))));
                return;
            }
        };
        match parse(text) {
            Err((reason, line, column)) => {
                let place = Place { line: place.line + line.saturating_sub(1), column, ..place };
                self.ready.push_back(Err(Reject::new(place, reason, text)));
            }
            Ok(Node::Null) => {}
            Ok(Node::List(items)) => self.ready.extend(items.into_iter().map(|item| one(item, place.clone(), text))),
            Ok(other) => self.ready.push_back(one(other, place, text)),
        }
    }
}

fn one(node: Node<'static>, place: Place, text: &str) -> Result<(Place, Entries), Reject> {
    match node {
        Node::Object(fields) => Ok((place, fields)),
        other => Err(Reject::new(place, format!("a record is names and values such as `id: …`, not {other}"), text)),
    }
}

/// Whether a line is the mark between documents.
fn is_mark(line: &[u8]) -> bool {
    matches!(line, [b'-', b'-', b'-'] | [b'-', b'-', b'-', b' ', ..])
}

/// Whether a line begins a record.
fn begins(line: &[u8]) -> bool {
    is_mark(line) || line == b"-" || line.starts_with(b"- ")
}

/// Whether there is nothing but blanks and comments.
fn blank(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').all(|line| {
        let start = line.iter().position(|byte| !byte.is_ascii_whitespace());
        start.is_none_or(|start| line.get(start) == Some(&b'#'))
    })
}

impl Reader for Yaml {
    fn next(&mut self) -> Option<Result<Raw<'_>, Reject>> {
        while self.ready.is_empty() && !self.ended {
            self.fill();
        }
        match self.ready.pop_front()? {
            Ok((place, fields)) => Some(Ok(Raw { place, fields, text: "" })),
            Err(reject) => Some(Err(reject)),
        }
    }
}

/// Begins reasons that are not those of the library.
const OWN: char = '\u{1}';

/// Reads one document; numbers stay text. The error is a reason with line and column.
pub(crate) fn parse(text: &str) -> Result<Node<'static>, (String, u64, u64)> {
    let said = |error: serde_yaml::Error| {
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or(&words);
        // The way to the value comes first where there is one, such as `.[0].member: `.
        let words =
            if words.starts_with('.') { words.split_once(": ").map_or(words, |(_, words)| words) } else { words };
        let at = error.location().map_or((1, 1), |place| (place.line(), place.column()));
        let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let reason = match words.strip_prefix(OWN) {
            Some(own) => own.to_owned(),
            None if words.starts_with("recursion limit") => format!("lists and objects nest deeper than {MAX_DEPTH}"),
            None if words.starts_with("repetition limit") => "aliases repeat too much".to_owned(),
            None if words.starts_with("control characters") => {
                "this is not YAML: it holds a control character".to_owned()
            }
            None if words.ends_with("expected a string") => "this is not YAML: a key is not a word or text".to_owned(),
            None => format!("this is not YAML: {words}"),
        };
        (reason, number(at.0), number(at.1))
    };
    let shape = Shape(&Cell::new(0));
    let mut node = shape.deserialize(serde_yaml::Deserializer::from_str(text)).map_err(said)?;
    if depth(&node) > MAX_DEPTH {
        return Err((format!("lists and objects nest deeper than {MAX_DEPTH}"), 1, 1));
    }
    if has_decimals(&node) {
        Fill(&mut node).deserialize(serde_yaml::Deserializer::from_str(text)).map_err(said)?;
    }
    Ok(node)
}

fn depth(node: &Node<'_>) -> usize {
    match node {
        Node::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Node::Object(entries) => 1 + entries.iter().map(|(_, node)| depth(node)).max().unwrap_or(0),
        _ => 0,
    }
}

/// The first pass leaves the text of decimals empty.
fn has_decimals(node: &Node<'_>) -> bool {
    match node {
        Node::Number(text) => text.is_empty(),
        Node::List(items) => items.iter().any(has_decimals),
        Node::Object(entries) => entries.iter().any(|(_, node)| has_decimals(node)),
        _ => false,
    }
}

/// What a value counts for beside its text.
const OF_VALUE: usize = 16;

/// The first pass, with how many bytes it has unfolded.
#[derive(Clone, Copy)]
struct Shape<'c>(&'c Cell<usize>);

impl Shape<'_> {
    fn count<E: Error>(self, bytes: usize) -> Result<(), E> {
        self.0.set(self.0.get().saturating_add(bytes));
        match self.0.get() > MAX_UNFOLDED {
            true => Err(E::custom(format_args!(
                "{OWN}with what its aliases repeat, the record has more than {MAX_UNFOLDED} bytes"
            ))),
            false => Ok(()),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Shape<'_> {
    type Value = Node<'static>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.count(OF_VALUE)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shape<'_> {
    type Value = Node<'static>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Node::Null)
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Node::Bool(flag))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Node::Number(Cow::Owned(number.to_string())))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Node::Number(Cow::Owned(number.to_string())))
    }
    fn visit_i128<E>(self, number: i128) -> Result<Self::Value, E> {
        Ok(Node::Number(Cow::Owned(number.to_string())))
    }
    fn visit_u128<E>(self, number: u128) -> Result<Self::Value, E> {
        Ok(Node::Number(Cow::Owned(number.to_string())))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Node::Number(Cow::Borrowed("")))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        self.count(text.len())?;
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }
    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        Err(A::Error::custom(format_args!("{OWN}tags such as `!name` have no meaning here")))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self)? {
            if items.len() == MAX_LIST {
                return Err(A::Error::custom(format_args!("{OWN}a list has more than {MAX_LIST} values")));
            }
            items.push(item);
        }
        Ok(Node::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries: Entries = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            self.count(key.len())?;
            if entries.len() == MAX_KEYS {
                return Err(A::Error::custom(format_args!("{OWN}the record has more than {MAX_KEYS} keys")));
            }
            if entries.iter().any(|(other, _)| *other == key) {
                return Err(A::Error::custom(format_args!("{OWN}the key `{key}` stands twice")));
            }
            let value = map.next_value_seed(self)?;
            entries.push((Cow::Owned(key), value));
        }
        Ok(Node::Object(entries))
    }
}

/// The second pass: gives decimals their text.
struct Fill<'n>(&'n mut Node<'static>);

impl<'de> DeserializeSeed<'de> for Fill<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0 {
            Node::Number(text) if text.is_empty() => {
                *text = Cow::Owned(String::deserialize(deserializer)?);
                Ok(())
            }
            Node::List(items) => deserializer.deserialize_seq(Items(items)),
            Node::Object(entries) => deserializer.deserialize_map(Values(entries)),
            _ => IgnoredAny::deserialize(deserializer).map(|_| ()),
        }
    }
}

struct Items<'n>(&'n mut Vec<Node<'static>>);

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        for item in self.0 {
            seq.next_element_seed(Fill(item))?;
        }
        Ok(())
    }
}

struct Values<'n>(&'n mut Entries);

impl<'de> Visitor<'de> for Values<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names and values")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        for (_, value) in self.0 {
            map.next_key::<IgnoredAny>()?;
            map.next_value_seed(Fill(value))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_stay_the_text_that_they_are() {
        let node = parse("amount: 12.3456789012345678901\nlist: [1, 2.50, {x: 0.1}]\nid: 007\nflag: true\n").unwrap();
        let text = format!("{node:?}");
        for part in
            ["Number(\"12.3456789012345678901\")", "Number(\"2.50\")", "Number(\"0.1\")", "Text(\"007\")", "Bool(true)"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
