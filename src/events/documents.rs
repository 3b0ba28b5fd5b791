//! JSON files that hold a list, or objects one after another, however they are broken into lines.
//!
//! Records are cut out of the bytes first and decoded one by one, so a damaged one costs nothing but itself.

use std::io::{self, BufRead};
use std::sync::Arc;

use super::MAX_LINE_BYTES;
use super::bytes::Bytes;
use super::json::record;
use super::lines::{failure, too_long};
use super::node::{Place, Raw};
use super::reject::Reject;
use super::stream::Reader;
use super::wrapper::{Entered, Wrapper};

/// Records of a JSON file.
pub(crate) struct JsonDocuments {
    file: Arc<str>,
    bytes: Bytes,
    /// The record at hand.
    buffer: Vec<u8>,
    /// Where the list began that was not closed yet.
    list: Option<(u64, u64)>,
    /// What is around the list, where a map says it.
    wrapper: Option<Wrapper>,
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
    /// Records of `input`; where there is a wrapper, those of its list.
    pub(crate) fn new(file: Arc<str>, input: Box<dyn BufRead + Send>, wrapper: Option<Wrapper>) -> Self {
        Self { file, bytes: Bytes::new(input), buffer: Vec::new(), list: None, wrapper }
    }

    /// Copies the next record, or whatever stands in its place, into the buffer.
    fn cut(&mut self) -> Cut {
        self.buffer.clear();
        // Between records stand only blanks, commas and the brackets of the list.
        let (line, column) = loop {
            if let (None, Some(wrapper)) = (self.list, &mut self.wrapper) {
                match wrapper.enter(&mut self.bytes) {
                    Ok(Entered::List(place)) => self.list = Some(place),
                    Ok(Entered::End) => return Cut::End,
                    Ok(Entered::Bad(line, column, reason)) => return Cut::Bad(line, column, reason),
                    Err(error) => return self.failed(&error),
                }
            }
            let place = self.bytes.place();
            let byte = match self.bytes.peek() {
                Ok(Some(byte)) => byte,
                Ok(None) => {
                    let Some((line, column)) = self.list.take() else { return Cut::End };
                    self.wrapper = None;
                    let reason = "the list that begins here is not closed, as if the file was cut off";
                    return Cut::Bad(line, column, format!("{reason}; every record in it was read"));
                }
                Err(error) => return self.failed(&error),
            };
            match byte {
                b'[' if self.list.is_none() => self.list = Some(place),
                b']' if self.list.is_some() => self.list = None,
                b']' => {
                    self.bytes.skip(byte);
                    return Cut::Bad(place.0, place.1, "a bracket closes a list that nothing opened".to_owned());
                }
                b',' => {}
                _ if byte.is_ascii_whitespace() => {}
                _ => break place,
            }
            self.bytes.skip(byte);
        };
        let (mut depth, mut quoted, mut escaped, mut overlong) = (0usize, false, false, false);
        // What is neither object, list nor text goes on to the end of its line, so that it is one reject.
        let mut junk = false;
        loop {
            let byte = match self.bytes.peek() {
                Ok(Some(byte)) => byte,
                Ok(None) => {
                    self.list = None;
                    return Cut::Bad(line, column, "the file ends inside the record that begins here".to_owned());
                }
                Err(error) => return self.failed(&error),
            };
            let ends = depth == 0 && !quoted && !self.buffer.is_empty();
            if ends && (matches!(byte, b'\n' | b',' | b']' | b'{') || !junk && byte.is_ascii_whitespace()) {
                break;
            }
            junk |= self.buffer.is_empty() && !matches!(byte, b'{' | b'[' | b'"');
            self.bytes.skip(byte);
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
                break;
            }
        }
        if overlong { Cut::Bad(line, column, too_long()) } else { Cut::Record(line, column) }
    }

    /// The source failed; nothing comes after it.
    fn failed(&mut self, error: &io::Error) -> Cut {
        self.list = None;
        let (line, column) = self.bytes.place();
        Cut::Bad(line, column, failure(error))
    }
}

impl Reader for JsonDocuments {
    fn next(&mut self) -> Option<Result<Raw<'_>, Reject>> {
        match self.cut() {
            Cut::End => None,
            Cut::Record(line, column) => {
                let file = Arc::clone(&self.file);
                Some(record(&self.buffer, Place { file, line, column }))
            }
            Cut::Bad(line, column, reason) => {
                let file = Arc::clone(&self.file);
                let text = String::from_utf8_lossy(&self.buffer);
                Some(Err(Reject::new(Place { file, line, column }, reason, &text)))
            }
        }
    }
}
