//! JSON Lines, and the values of JSON.
//!
//! `serde_json` checks each record and hands out values as the text they were written as: no number ever passes through a float.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::decode::Decoder;
use super::lines::{Line, Lines, failure, too_long, utf8};
use super::node::{Entry, Node, Place, Raw, clip, too_deep};
use super::reject::Reject;
use super::stream::{Reader, Taken, Taker};
use super::tape::{Part, Tape};
use super::{MAX_DEPTH, MAX_KEYS, MAX_LIST};

/// One record on each line.
pub(crate) struct JsonLines {
    file: Arc<str>,
    lines: Lines,
    buffer: Vec<u8>,
    tape: Tape,
}

impl JsonLines {
    /// Records of `lines`.
    pub(crate) fn new(file: Arc<str>, lines: Lines) -> Self {
        Self { file, lines, buffer: Vec::new(), tape: Tape::default() }
    }

    /// Moves a place to where the last record begins.
    pub(crate) fn tell_place(&self, place: &mut Place) {
        place.move_to(&self.file, self.lines.number(), 1);
    }

    /// The next record: taken by whoever is asked first, else typed without a record in between.
    pub(crate) fn event_or<T: Taker>(&mut self, decoder: &Decoder<'_>, taker: &mut T) -> Option<Result<Taken, Reject>> {
        let records = self.lines.at_hand(|bytes| taker.recognise(bytes));
        if records > 0 {
            return Some(Ok(Taken::AsTheyAre(records)));
        }
        if let Err(reject) = self.find()? {
            return Some(Err(reject));
        }
        if let Ok(text) = utf8(&self.buffer)
            && let Some(fields) = self.tape.object(text)
        {
            if taker.take(text, fields) {
                return Some(Ok(Taken::AsTheyAre(1)));
            }
            let place = Place { file: Arc::clone(&self.file), line: self.lines.number(), column: 1 };
            let raw = Raw { place, fields: Vec::new(), text };
            return Some(decoder.decode_fields(&raw, &fields, 0).map(Taken::Event));
        }
        Some(record(&self.buffer, self.place()).and_then(|raw| decoder.decode(&raw, 0)).map(Taken::Event))
    }

    fn place(&self) -> Place {
        Place { file: Arc::clone(&self.file), line: self.lines.number(), column: 1 }
    }

    /// Puts the next line that has a record into the buffer.
    fn find(&mut self) -> Option<Result<(), Reject>> {
        loop {
            self.buffer.clear();
            match self.lines.append(&mut self.buffer) {
                Line::End => return None,
                Line::Failed(error) => return Some(Err(Reject::new(self.place(), failure(&error), ""))),
                Line::TooLong => {
                    let start = String::from_utf8_lossy(self.buffer.get(..1_000).unwrap_or_default());
                    return Some(Err(Reject::new(self.place(), too_long(), &start)));
                }
                Line::Text if self.buffer.iter().all(u8::is_ascii_whitespace) => {}
                Line::Text => return Some(Ok(())),
            }
        }
    }
}

impl Reader for JsonLines {
    fn next(&mut self) -> Option<Result<Raw<'_>, Reject>> {
        if let Err(reject) = self.find()? {
            return Some(Err(reject));
        }
        Some(record(&self.buffer, self.place()))
    }
}

/// Decodes one record.
pub(super) fn record(bytes: &[u8], place: Place) -> Result<Raw<'_>, Reject> {
    let text = match utf8(bytes) {
        Ok(text) => text,
        Err((reason, below, column)) => {
            return Err(Reject::new(place.below(below, column), reason, &String::from_utf8_lossy(bytes)));
        }
    };
    if let Some(fields) = Tape::default().object(text).map(Part::entries) {
        return Ok(Raw { place, fields, text });
    }
    if too_deep(bytes) {
        return Err(Reject::new(place, format!("lists and objects nest deeper than {MAX_DEPTH}"), text));
    }
    match serde_json::from_str::<Object<'_>>(text) {
        Ok(Object(fields)) => Ok(Raw { place, fields, text }),
        Err(error) if error.is_data() && !text.trim_start().starts_with('{') => {
            Err(Reject::new(place, NO_OBJECT, text))
        }
        Err(error) => {
            let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
            let at = column(line, error.column());
            let reason = reason(&error, line);
            let below = u64::try_from(error.line().saturating_sub(1)).unwrap_or(0);
            Err(Reject::new(place.below(below, at), reason, text))
        }
    }
}

const NO_OBJECT: &str = "a record is an object such as `{\"id\": …, \"type\": …, \"member\": …, \"time\": …}`";

/// The column in characters, from 1, of a byte column from 1.
fn column(line: &str, byte: usize) -> u64 {
    let before = line.bytes().take(byte.saturating_sub(1)).filter(|byte| byte & 0xc0 != 0x80).count();
    u64::try_from(before).unwrap_or(u64::MAX).saturating_add(1)
}

/// What is wrong with a record, in plain words; `line` is the line of the error.
fn reason(error: &serde_json::Error, line: &str) -> String {
    let plain = plainly(error);
    if !error.is_syntax() || error.is_eof() {
        return plain;
    }
    // The word around the place of the error says more than the grammar does.
    let at = error.column().saturating_sub(1);
    let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ':' | '[' | ']' | '{' | '}' | '"');
    let start = line.get(..at).map_or(0, |before| before.rfind(apart).map_or(0, |at| at + 1));
    let rest = line.get(start..).unwrap_or_default();
    let word = rest.get(..rest.find(apart).unwrap_or(rest.len())).unwrap_or_default();
    match word.chars().next() {
        _ if plain == TWO && line.get(at..).is_some_and(|rest| rest.starts_with(',')) => {
            format!("{TWO}: nothing stands between records, not even a comma")
        }
        _ if plain == TWO && line.get(..at).is_some_and(|record| record.ends_with('\r')) => {
            format!(
                "{TWO}, behind a line end of old computers (a carriage return): save the file with one kind of line ends"
            )
        }
        _ if plain == TWO && line.get(at..).is_some_and(|rest| rest.starts_with('{')) => {
            format!("{TWO}: each record has a line of its own")
        }
        Some('\'' | '‘' | '’' | '“' | '”') => {
            "this is not JSON: keys and texts stand in double quotes".to_owned()
        }
        Some(c) if c.is_control() || c == '\u{feff}' => {
            format!("this is not JSON: the character U+{:04X} stands here, which nobody can see", u32::from(c))
        }
        Some('0'..='9') if plain == NO_KEY => {
            "this is not JSON: numbers are written with a point, not with a comma".to_owned()
        }
        Some('0'..='9' | '+' | '-' | '.') if plain != NO_KEY && plain != TWO => format!(
            "this is not JSON: `{}` is no number; numbers are written like `12`, `-0.5` or `1e3`",
            clip(word, 40)
        ),
        Some('A'..='Z' | 'a'..='z') if plain == NO_VALUE => format!(
            "this is not JSON: `{}` is no value; a text stands in double quotes, other words are `true`, `false` and `null`",
            clip(word, 40)
        ),
        _ => plain,
    }
}

const NO_KEY: &str = "this is not JSON: a key is not in double quotes";
const NO_VALUE: &str = "this is not JSON: a value is missing, or a text is not in double quotes";
const TWO: &str = "this is not JSON: something follows the record on its line";

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
        "expected ident" | "expected value" => return NO_VALUE.to_owned(),
        "key must be a string" => return NO_KEY.to_owned(),
        "trailing characters" => return TWO.to_owned(),
        "trailing comma" => "a comma stands before the closing bracket",
        words if words.starts_with("control character") => {
            "a text is not closed on its line, or holds a control character"
        }
        words if words.contains("escape") || words.contains("surrogate") || words.contains("code point") => {
            return NO_CHARACTER.to_owned();
        }
        words => words,
    };
    format!("this is not JSON: {plain}")
}

const NO_CHARACTER: &str = "a text has an escape that stands for no character";

/// Names and values of an object that is known to be well formed.
pub(crate) fn object(text: &str) -> Result<Vec<Entry<'_>>, String> {
    if let Some(fields) = Tape::default().object(text).map(Part::entries) {
        return Ok(fields);
    }
    serde_json::from_str::<Object<'_>>(text).map(|Object(fields)| fields).map_err(|error| plainly(&error))
}

/// Values of a list that is known to be well formed.
pub(crate) fn list(text: &str) -> Result<Vec<Node<'_>>, String> {
    if !text.starts_with('[') {
        return Err("a list is needed".to_owned());
    }
    if let Some(items) = Tape::default().list(text).filter(|list| list.len() <= MAX_LIST).map(Part::nodes) {
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
                    fields.push((key, value(raw.get()).map_err(|_| A::Error::custom(NO_CHARACTER))?));
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
                    items.push(value(raw.get()).map_err(|_| A::Error::custom(NO_CHARACTER))?);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Values of JSON with blanks and escapes in unusual places.
    fn json() -> impl Strategy<Value = String> {
        let text = prop::collection::vec(
            prop::sample::select(vec![
                "a",
                "type",
                "é",
                "\\u0061",
                "\\ud83d\\ude00",
                "\\n",
                "\\\\",
                "\\\"",
                "{",
                "]",
                "😀",
                "        ",
            ]),
            0..4,
        );
        let text = text.prop_map(|parts| format!("\"{}\"", parts.concat())).boxed();
        let numbers = prop::sample::select(vec!["0", "-1.50", "12e+3", "0.1E-7", "true", "false", "null"]);
        let scalar = prop_oneof![numbers.prop_map(str::to_owned), text.clone()];
        scalar.prop_recursive(4, 24, 4, move |inner| {
            let entry = (text.clone(), inner.clone()).prop_map(|(key, value)| format!("{key} :{value}"));
            let bracketed = |open: &'static str, close: &'static str| {
                move |parts: Vec<String>| format!("{open} {} {close}", parts.join(" ,"))
            };
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(bracketed("[", "]")),
                prop::collection::vec(entry, 0..4).prop_map(bracketed("{", "}")),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_quick_way_reads_what_the_careful_way_reads(text in json(), cut in any::<prop::sample::Index>()) {
            for text in [text.as_str(), text.get(..cut.index(text.len())).unwrap_or_default()] {
                let mut tape = Tape::default();
                if let Some(quick) = tape.object(text).map(Part::entries) {
                    let Ok(Object(careful)) = serde_json::from_str(text) else { panic!("{text} is not JSON") };
                    prop_assert_eq!(quick, careful);
                }
                if let Some(quick) = tape.list(text).map(Part::nodes) {
                    let Ok(List(careful)) = serde_json::from_str(text) else { panic!("{text} is not JSON") };
                    prop_assert_eq!(quick, careful);
                }
            }
        }
    }
}
