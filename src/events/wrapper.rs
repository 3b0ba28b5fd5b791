//! The list of records inside an object around it, as services answer: `{"has_more": false, "data": [{…}, {…}]}`.

use std::io;

use super::bytes::Bytes;
use super::did_you_mean;
use super::json::{list, object};
use super::node::{Entry, Node};

/// Longest key that is told, in bytes.
const MAX_KEY: usize = 200;

/// How many objects may be around a list.
const MOST_AROUND: usize = 4;

/// An object around a list, or several, one after another.
#[derive(Debug, Clone)]
pub(crate) struct Wrapper {
    /// The keys that lead to the list.
    path: Vec<String>,
    /// How many objects around the list at hand are still open.
    open: usize,
}

/// How the search for the next list ended.
pub(super) enum Entered {
    /// It begins at this line and column, and its bracket was read.
    List((u64, u64)),
    /// Something is wrong there.
    Bad(u64, u64, String),
    End,
}

impl Wrapper {
    /// What is around the list that keys lead to, with points between them.
    pub(crate) fn new(path: &str) -> Self {
        Self { path: path.split('.').map(|key| key.trim().to_owned()).collect(), open: 0 }
    }

    /// Goes past what is around the list before, and into the next.
    pub(super) fn enter(&mut self, bytes: &mut Bytes) -> io::Result<Entered> {
        if !pass(bytes, std::mem::take(&mut self.open))? {
            let place = bytes.place();
            let reason =
                "the object around the records is not closed, as if the file was cut off; every record in it was read";
            return Ok(Entered::Bad(place.0, place.1, reason.to_owned()));
        }
        let start = loop {
            match blanks(bytes)? {
                None => return Ok(Entered::End),
                Some(b',') => bytes.skip(b','),
                Some(_) => break bytes.place(),
            }
        };
        let whole = self.path.join(".");
        for (depth, key) in self.path.iter().enumerate() {
            let place = bytes.place();
            match blanks(bytes)? {
                Some(b'{') => bytes.skip(b'{'),
                Some(b'[') if depth == 0 => {
                    self.end(bytes);
                    let reason = "the records are a list without anything around it: leave `records` out of the map";
                    return Ok(Entered::Bad(place.0, place.1, reason.to_owned()));
                }
                _ => {
                    self.end(bytes);
                    let reason = format!("`records: {whole}` leads through an object, and here is none");
                    return Ok(Entered::Bad(place.0, place.1, reason));
                }
            }
            self.open += 1;
            if let Some(others) = find(bytes, key)? {
                // What is still open is passed over before the next object.
                self.open -= 1;
                let mut hint = did_you_mean(key, others.iter().map(String::as_str));
                if hint.is_empty() {
                    let others: Vec<String> = others.iter().map(|other| format!("`{other}`")).collect();
                    hint = if others.is_empty() { String::new() } else { format!(": it has {}", others.join(", ")) };
                }
                let reason =
                    format!("the object that begins here has no `{key}`, where `records: {whole}` leads{hint}");
                return Ok(Entered::Bad(start.0, start.1, reason));
            }
        }
        blanks(bytes)?;
        let place = bytes.place();
        if blanks(bytes)? == Some(b'[') {
            bytes.skip(b'[');
            return Ok(Entered::List(place));
        }
        let reason = format!("`records: {whole}` leads to something that is no list");
        Ok(Entered::Bad(place.0, place.1, reason))
    }

    /// Reads no more.
    fn end(&mut self, bytes: &mut Bytes) {
        self.open = 0;
        bytes.end();
    }
}

/// The next byte that is not blank.
fn blanks(bytes: &mut Bytes) -> io::Result<Option<u8>> {
    loop {
        match bytes.peek()? {
            Some(byte) if byte.is_ascii_whitespace() => bytes.skip(byte),
            other => return Ok(other),
        }
    }
}

/// Goes to the value of a key of an object that is open; where it has none, goes past its end and says which keys it has.
fn find(bytes: &mut Bytes, key: &str) -> io::Result<Option<Vec<String>>> {
    let mut others = Vec::new();
    loop {
        match blanks(bytes)? {
            Some(b',') => bytes.skip(b','),
            Some(b'"') => {
                let name = text(bytes)?;
                if blanks(bytes)? == Some(b':') {
                    bytes.skip(b':');
                }
                if name == key {
                    return Ok(None);
                }
                others.push(name);
                value(bytes)?;
            }
            Some(b'}') => {
                bytes.skip(b'}');
                return Ok(Some(others));
            }
            Some(b']') => bytes.skip(b']'),
            Some(_) => value(bytes)?,
            None => return Ok(Some(others)),
        }
    }
}

/// Reads a text in quotes.
fn text(bytes: &mut Bytes) -> io::Result<String> {
    let mut written = vec![b'"'];
    bytes.skip(b'"');
    let mut escaped = false;
    while let Some(byte) = bytes.peek()? {
        bytes.skip(byte);
        if written.len() < MAX_KEY {
            written.push(byte);
        }
        if byte == b'"' && !escaped {
            break;
        }
        escaped = byte == b'\\' && !escaped;
    }
    let plain = || String::from_utf8_lossy(&written).trim_matches('"').to_owned();
    Ok(serde_json::from_slice(&written).unwrap_or_else(|_| plain()))
}

/// Goes past a value.
fn value(bytes: &mut Bytes) -> io::Result<()> {
    match blanks(bytes)? {
        Some(b'"') => text(bytes).map(drop),
        Some(open @ (b'{' | b'[')) => {
            bytes.skip(open);
            pass(bytes, 1).map(drop)
        }
        _ => {
            while let Some(byte) = bytes.peek()?.filter(|byte| !matches!(byte, b',' | b'}' | b']' | b'"')) {
                bytes.skip(byte);
            }
            Ok(())
        }
    }
}

/// Goes past the ends of so many lists and objects that are open; whether they have all ended.
fn pass(bytes: &mut Bytes, mut open: usize) -> io::Result<bool> {
    while open > 0 {
        match bytes.peek()? {
            None => return Ok(false),
            Some(b'"') => {
                text(bytes)?;
                continue;
            }
            Some(byte) => {
                match byte {
                    b'{' | b'[' => open += 1,
                    b'}' | b']' => open -= 1,
                    _ => {}
                }
                bytes.skip(byte);
            }
        }
    }
    Ok(true)
}

/// The way to a list of objects that JSON has among its entries, if it has one.
pub(super) fn list_within(entries: &[Entry<'_>]) -> Option<String> {
    let within = |(name, node): &Entry<'_>| path(node, MOST_AROUND).map(|path| format!("{name}{path}"));
    entries.iter().find_map(within)
}

fn path(node: &Node<'_>, around: usize) -> Option<String> {
    let Node::Json(text) = node else { return None };
    if let Ok(items) = list(text) {
        let is_object = |node: &Node<'_>| matches!(node, Node::Json(text) if text.starts_with('{'));
        return items.first().is_some_and(is_object).then(String::new);
    }
    let entries = object(text).ok().filter(|_| around > 1)?;
    entries.iter().find_map(|(name, node)| path(node, around - 1).map(|path| format!(".{name}{path}")))
}
