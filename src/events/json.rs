//! JSON Lines, and JSON files that hold a list or objects one after another.
//!
//! Records are cut out of the text first and decoded one by one, so a damaged one costs nothing but itself. `serde_json` checks each and
//! hands out values as the text they were written as: no number ever passes through a float.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::lines::{Line, Lines, failure, too_long, utf8};
use super::node::{Entry, Node, Place, Raw, too_deep};
use super::quick;
use super::reject::Reject;
use super::stream::Reader;
use super::{MAX_DEPTH, MAX_KEYS, MAX_LINE_BYTES, MAX_LIST};

/// One record on each line.
pub(crate) struct JsonLines {
    file: Arc<str>,
    lines: Lines,
    buffer: Vec<u8>,
}

impl JsonLines {
    /// Records of `lines`.
    pub(crate) fn new(file: Arc<str>, lines: Lines) -> Self {
        Self { file, lines, buffer: Vec::new() }
    }
}

impl Reader for JsonLines {
    fn next(&mut self) -> Option<Result<Raw<'_>, Reject>> {
        loop {
            self.buffer.clear();
            let found = self.lines.append(&mut self.buffer);
            let place = || Place { file: Arc::clone(&self.file), line: self.lines.number(), column: 1 };
            match found {
                Line::End => return None,
                Line::Failed(error) => return Some(Err(Reject::new(place(), failure(&error), ""))),
                Line::TooLong => {
                    let start = String::from_utf8_lossy(self.buffer.get(..1_000).unwrap_or_default());
                    return Some(Err(Reject::new(place(), too_long(), &start)));
                }
                Line::Text if self.buffer.iter().all(u8::is_ascii_whitespace) => {}
                Line::Text => break,
            }
        }
        let place = Place { file: Arc::clone(&self.file), line: self.lines.number(), column: 1 };
        Some(record(&self.buffer, place))
    }
}

/// Objects that may span lines, in one list or one after another.
pub(crate) struct JsonDocuments {
    file: Arc<str>,
    lines: Lines,
    /// What of the current line was not yet used.
    line: Vec<u8>,
    at: usize,
    buffer: Vec<u8>,
}

/// How the search for the next record ended.
enum Cut {
    /// The buffer holds a record that begins at this line and column.
    Record(u64, u64),
    /// Something is wrong there.
    Bad(u64, u64, String),
    End,
}

impl JsonDocuments {
    /// Records of `lines`.
    pub(crate) fn new(file: Arc<str>, lines: Lines) -> Self {
        Self { file, lines, line: Vec::new(), at: 0, buffer: Vec::new() }
    }

    /// Copies the next object, or whatever stands in its place, into the buffer.
    fn cut(&mut self) -> Cut {
        self.buffer.clear();
        let (mut line, mut column) = (1, 1);
        let (mut depth, mut quoted, mut escaped, mut overlong) = (0usize, false, false, false);
        loop {
            if self.at >= self.line.len() {
                self.line.clear();
                self.at = 0;
                match self.lines.append(&mut self.line) {
                    Line::Text => self.line.push(b'\n'),
                    Line::End if self.buffer.is_empty() => return Cut::End,
                    Line::End => return Cut::Bad(line, column, "the file ends inside this record".to_owned()),
                    Line::Failed(error) => return Cut::Bad(self.lines.number(), 1, failure(&error)),
                    Line::TooLong => return Cut::Bad(self.lines.number(), 1, too_long()),
                }
            }
            while let Some(&byte) = self.line.get(self.at) {
                let begun = !self.buffer.is_empty();
                // Between records stand only blanks, commas and the brackets of the list.
                if !begun && (byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']')) {
                    self.at += 1;
                    continue;
                }
                if !begun {
                    line = self.lines.number();
                    let before = String::from_utf8_lossy(self.line.get(..self.at).unwrap_or_default());
                    column = u64::try_from(before.chars().count()).unwrap_or(u64::MAX).saturating_add(1);
                }
                if begun && depth == 0 && !quoted && (byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'{'))
                {
                    return if overlong { Cut::Bad(line, column, too_long()) } else { Cut::Record(line, column) };
                }
                self.at += 1;
                if self.buffer.len() >= MAX_LINE_BYTES {
                    overlong = true;
                } else {
                    self.buffer.push(byte);
                }
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if quoted => escaped = true,
                    b'"' => quoted = !quoted,
                    b'{' | b'[' if !quoted => depth += 1,
                    b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
                    // No text of JSON goes on on the next line: a quote is missing, and what follows is better read without it.
                    b'\n' if quoted => quoted = false,
                    _ => {}
                }
                if depth == 0 && !quoted && byte == b'}' {
                    return if overlong { Cut::Bad(line, column, too_long()) } else { Cut::Record(line, column) };
                }
            }
        }
    }
}

impl Reader for JsonDocuments {
    fn next(&mut self) -> Option<Result<Raw<'_>, Reject>> {
        match self.cut() {
            Cut::End => None,
            Cut::Record(line, column) => {
                Some(record(&self.buffer, Place { file: Arc::clone(&self.file), line, column }))
            }
            Cut::Bad(line, column, reason) => {
                let place = Place { file: Arc::clone(&self.file), line, column };
                let text = String::from_utf8_lossy(&self.buffer).into_owned();
                self.buffer.clear();
                Some(Err(Reject::new(place, reason, &text)))
            }
        }
    }
}

/// Decodes one record.
fn record(bytes: &[u8], place: Place) -> Result<Raw<'_>, Reject> {
    let text = match utf8(bytes) {
        Ok(text) => text,
        Err((reason, column)) => {
            let place = Place { column: place.column + column - 1, ..place };
            return Err(Reject::new(place, reason, &String::from_utf8_lossy(bytes)));
        }
    };
    if let Some(fields) = quick::object(text) {
        return Ok(Raw { place, fields, text });
    }
    if too_deep(bytes) {
        return Err(Reject::new(place, format!("lists and objects nest deeper than {MAX_DEPTH}"), text));
    }
    let fields = match serde_json::from_str::<Object<'_>>(text) {
        Ok(Object(fields)) => fields,
        Err(error) => {
            let at = if error.line() <= 1 {
                place.column + column(text, error.column()).saturating_sub(1)
            } else {
                column(text.lines().nth(error.line() - 1).unwrap_or_default(), error.column())
            };
            let line = place.line + u64::try_from(error.line().saturating_sub(1)).unwrap_or(0);
            return Err(Reject::new(Place { line, column: at, ..place }, reason(&error, text), text));
        }
    };
    Ok(Raw { place, fields, text })
}

/// The column in characters, from 1, of a byte column from 1.
fn column(line: &str, byte: usize) -> u64 {
    let before = line.bytes().take(byte.saturating_sub(1)).filter(|byte| byte & 0xc0 != 0x80).count();
    u64::try_from(before).unwrap_or(u64::MAX).saturating_add(1)
}

/// What is wrong with a record, in plain words.
fn reason(error: &serde_json::Error, text: &str) -> String {
    if error.is_data() && !text.trim_start().starts_with('{') {
        return "a record is an object such as `{\"id\": …, \"type\": …, \"member\": …, \"time\": …}`".to_owned();
    }
    if error.is_syntax() && text.trim_start().trim_start_matches('{').trim_start().starts_with('\'') {
        return "this is not JSON: keys and texts stand in double quotes".to_owned();
    }
    plainly(error)
}

/// What is wrong with a value, in plain words.
fn plainly(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or(&words);
    if error.is_eof() {
        return "the record ends too early: a closing quote, bracket or brace is missing".to_owned();
    }
    if error.is_data() {
        return words.to_owned();
    }
    let plain = match words {
        "expected ident" | "expected value" => "a value is missing, or a text is not in double quotes",
        "key must be a string" => "a key is not in double quotes",
        "trailing characters" => "something follows the record on its line",
        "trailing comma" => "a comma stands before the closing bracket",
        words if words.starts_with("control character") => {
            "a text is not closed on its line, or holds a control character"
        }
        words => words,
    };
    format!("this is not JSON: {plain}")
}

/// Names and values of an object that is known to be well formed.
pub(crate) fn object(text: &str) -> Result<Vec<Entry<'_>>, String> {
    if let Some(fields) = quick::object(text) {
        return Ok(fields);
    }
    serde_json::from_str::<Object<'_>>(text).map(|Object(fields)| fields).map_err(|error| plainly(&error))
}

/// Values of a list that is known to be well formed.
pub(crate) fn list(text: &str) -> Result<Vec<Node<'_>>, String> {
    if !text.starts_with('[') {
        return Err("a list is needed".to_owned());
    }
    if let Some(items) = quick::list(text, MAX_LIST) {
        return Ok(items);
    }
    serde_json::from_str::<List<'_>>(text).map(|List(items)| items).map_err(|error| plainly(&error))
}

/// A value from its text.
fn value(text: &str) -> Result<Node<'_>, serde_json::Error> {
    Ok(match text.as_bytes().first() {
        Some(b'"') if !text.contains('\\') => {
            Node::Text(Cow::Borrowed(text.get(1..text.len().saturating_sub(1)).unwrap_or_default()))
        }
        Some(b'"') => Node::Text(Cow::Owned(serde_json::from_str(text)?)),
        Some(b'{' | b'[') => Node::Json(text),
        Some(b't') => Node::Bool(true),
        Some(b'f') => Node::Bool(false),
        Some(b'n') => Node::Null,
        _ => Node::Number(Cow::Borrowed(text)),
    })
}

struct Object<'a>(Vec<Entry<'a>>);
struct List<'a>(Vec<Node<'a>>);
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                use serde::de::Error;
                let mut fields: Vec<Entry<'de>> = Vec::with_capacity(8);
                while let Some(Key(key)) = map.next_key()? {
                    if fields.len() == MAX_KEYS {
                        return Err(A::Error::custom(format_args!("the record has more than {MAX_KEYS} keys")));
                    }
                    if fields.iter().any(|(other, _)| *other == key) {
                        return Err(A::Error::custom(format_args!("the key `{key}` stands twice in one object")));
                    }
                    let raw: &'de RawValue = map.next_value()?;
                    fields.push((
                        key,
                        value(raw.get())
                            .map_err(|_| A::Error::custom("a text has an escape that stands for no character"))?,
                    ));
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

impl<'de> Deserialize<'de> for List<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items;
        impl<'de> Visitor<'de> for Items {
            type Value = List<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                use serde::de::Error;
                let mut items = Vec::new();
                while let Some(raw) = seq.next_element::<&'de RawValue>()? {
                    if items.len() == MAX_LIST {
                        return Err(A::Error::custom(format_args!("a list has more than {MAX_LIST} values")));
                    }
                    items.push(
                        value(raw.get())
                            .map_err(|_| A::Error::custom("a text has an escape that stands for no character"))?,
                    );
                }
                Ok(List(items))
            }
        }
        deserializer.deserialize_seq(Items)
    }
}

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key in quotes")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Name)
    }
}
