//! Records before anybody knows their types: names and values as text.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::value::Exact;

use super::{MAX_DEPTH, MAX_LIST, json};

/// A name and its value.
pub type Entry<'a> = (Cow<'a, str>, Node<'a>);

/// Where a record begins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file as it was named; `-` for the standard input.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u64,
    /// The column in characters, from 1.
    pub column: u64,
}

impl Place {
    /// Becomes another place, in most cases of the same file.
    pub(crate) fn move_to(&mut self, file: &Arc<str>, line: u64, column: u64) {
        if !Arc::ptr_eq(&self.file, file) {
            self.file = Arc::clone(file);
        }
        (self.line, self.column) = (line, column);
    }

    /// The place so many lines below, at a column; on the same line the column counts from here.
    pub(crate) fn below(mut self, lines: u64, column: u64) -> Self {
        self.column = if lines == 0 { self.column + column - 1 } else { column };
        self.line += lines;
        self
    }
}

/// How many lines below the beginning of a text its byte `at` stands, and at which column in characters, from 1. What is not UTF-8 is
/// counted as well as it can be.
pub(crate) fn offset(text: &[u8], at: usize) -> (u64, u64) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let column = String::from_utf8_lossy(before.get(line..).unwrap_or_default()).chars().count() + 1;
    (u64::try_from(lines).unwrap_or(u64::MAX), u64::try_from(column).unwrap_or(u64::MAX))
}

/// A record: keys and values in the order of the source.
#[derive(Debug, Clone)]
pub struct Raw<'a> {
    /// Where it begins.
    pub place: Place,
    /// What it says.
    pub fields: Vec<Entry<'a>>,
    /// The record as it is written; empty where its format keeps none.
    pub text: &'a str,
}

/// A value of a record. Numbers stay the text that they were written as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node<'a> {
    /// Nothing: `null`, or an empty cell.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number as written.
    Number(Cow<'a, str>),
    /// Text in quotes.
    Text(Cow<'a, str>),
    /// A cell of a table: a number, a flag or text, whatever is asked.
    Cell(Cow<'a, str>),
    /// A computed number.
    Exact(Exact),
    /// A list.
    List(Vec<Node<'a>>),
    /// Names and values.
    Object(Vec<Entry<'a>>),
    /// A list or object of JSON that nobody has looked into yet; it is well formed.
    Json(&'a str),
}

/// A value of a record as it is looked at, whoever holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum View<'n> {
    Null,
    Bool(bool),
    Number(&'n str),
    Text(&'n str),
    Cell(&'n str),
    Exact(Exact),
    List(&'n [Node<'n>]),
    Object(&'n [Entry<'n>]),
    Json(&'n str),
}

impl<'a> Raw<'a> {
    /// The first value of a key.
    pub fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entry(key).map(|(_, node)| node)
    }

    /// The first entry of a key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry<'a>> {
        self.fields.iter().find(|(name, _)| name == key)
    }

    /// Where a part of [`Raw::text`] stands.
    fn place_within(&self, part: &str) -> Option<Place> {
        let start = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let (lines, column) = offset(self.text.get(..start)?.as_bytes(), start);
        Some(self.place.clone().below(lines, column))
    }

    /// Where a value stands: exactly where the format keeps its text, else where its key stands, else where the record begins.
    pub(crate) fn place_of(&self, key: &str, value: View<'_>) -> Place {
        let value = value.written().and_then(|part| self.place_within(part));
        value.or_else(|| self.place_within(key)).unwrap_or_else(|| self.place.clone())
    }
}

impl<'n> View<'n> {
    /// The text that the value was written as, without quotes.
    fn written(self) -> Option<&'n str> {
        match self {
            Self::Number(text) | Self::Text(text) | Self::Cell(text) | Self::Json(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it says nothing.
    pub(crate) fn is_nothing(self) -> bool {
        match self {
            Self::Null => true,
            // Most cells begin with what can be seen.
            Self::Cell(text) => !text.starts_with(|c: char| c.is_ascii_graphic()) && text.trim().is_empty(),
            _ => false,
        }
    }

    /// The values of a list; a reason where it is none, is damaged or too long.
    pub(crate) fn items(self) -> Result<Cow<'n, [Node<'n>]>, String> {
        let items = match self {
            Self::List(items) => Cow::Borrowed(items),
            Self::Json(text) if text.starts_with('[') => Cow::Owned(json::list(text)?),
            other => return Err(format!("a list is needed, not {other}")),
        };
        if items.len() > MAX_LIST {
            return Err(format!("a list of {} values is too long: at most {MAX_LIST} are read", items.len()));
        }
        Ok(items)
    }

    /// The names and values of an object; a reason where it is none or damaged.
    pub(crate) fn entries(self) -> Result<Cow<'n, [Entry<'n>]>, String> {
        match self {
            Self::Object(entries) => Ok(Cow::Borrowed(entries)),
            Self::Json(text) if text.starts_with('{') => Ok(Cow::Owned(json::object(text)?)),
            other => Err(format!("names and values are needed, not {other}")),
        }
    }
}

impl<'a> Node<'a> {
    /// The value, to be looked at.
    pub(crate) fn view(&self) -> View<'_> {
        match self {
            Self::Null => View::Null,
            Self::Bool(flag) => View::Bool(*flag),
            Self::Number(text) => View::Number(text),
            Self::Text(text) => View::Text(text),
            Self::Cell(text) => View::Cell(text),
            Self::Exact(number) => View::Exact(*number),
            Self::List(items) => View::List(items),
            Self::Object(entries) => View::Object(entries),
            Self::Json(text) => View::Json(text),
        }
    }

    /// Whether it says nothing.
    pub fn is_nothing(&self) -> bool {
        self.view().is_nothing()
    }

    /// Whether there is nothing in it: a text without letters, a list without values.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Number(text) | Self::Text(text) => text.is_empty(),
            Self::Cell(text) => text.trim().is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Object(entries) => entries.is_empty(),
            Self::Json(text) => text.get(1..text.len().saturating_sub(1)).is_none_or(|inside| inside.trim().is_empty()),
            Self::Bool(_) | Self::Exact(_) => false,
        }
    }

    /// The same without anything borrowed.
    pub(crate) fn into_owned(self) -> Node<'static> {
        match self {
            Self::Null => Node::Null,
            Self::Bool(flag) => Node::Bool(flag),
            Self::Number(text) => Node::Number(Cow::Owned(text.into_owned())),
            Self::Text(text) => Node::Text(Cow::Owned(text.into_owned())),
            Self::Cell(text) => Node::Cell(Cow::Owned(text.into_owned())),
            Self::Exact(number) => Node::Exact(number),
            Self::List(items) => Node::List(items.into_iter().map(Node::into_owned).collect()),
            Self::Object(entries) => Node::Object(owned_entries(entries)),
            Self::Json(text) => match (json::list(text), json::object(text)) {
                (Ok(items), _) => Node::List(items.into_iter().map(Node::into_owned).collect()),
                (_, Ok(entries)) => Node::Object(owned_entries(entries)),
                _ => Node::Null,
            },
        }
    }
}

/// The same entries without anything borrowed.
pub(crate) fn owned_entries(entries: Vec<Entry<'_>>) -> Vec<Entry<'static>> {
    entries.into_iter().map(|(key, node)| (Cow::Owned(key.into_owned()), node.into_owned())).collect()
}

/// How many characters of a value a message repeats.
const SHOWN: usize = 60;

/// The beginning of a text, with a mark where it was cut.
pub(crate) fn clip(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

impl fmt::Display for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("nothing"),
            Self::Bool(true) => f.write_str("`true`"),
            Self::Bool(false) => f.write_str("`false`"),
            Self::Number(text) => write!(f, "the number `{}`", clip(text, SHOWN)),
            Self::Exact(number) => write!(f, "the number `{number}`"),
            Self::Text(text) => write!(f, "the text `{}`", clip(text, SHOWN)),
            Self::Cell(text) => write!(f, "`{}`", clip(text, SHOWN)),
            Self::List(_) => f.write_str("a list"),
            Self::Object(_) => f.write_str("an object"),
            Self::Json(text) if text.starts_with('[') => f.write_str("a list"),
            Self::Json(_) => f.write_str("an object"),
        }
    }
}

impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

/// Whether brackets of JSON nest deeper than [`MAX_DEPTH`].
pub(crate) fn too_deep(text: &[u8]) -> bool {
    // Most records have fewer brackets than the limit in all, which is quick to see.
    if text.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() <= MAX_DEPTH {
        return false;
    }
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return true;
                }
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}
