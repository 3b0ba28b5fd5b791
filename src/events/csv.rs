//! Tables of text: CSV with any delimiter, and columns separated by blanks.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use super::lines::{Line, Lines, failure, too_long, utf8};
use super::node::{Node, Place, Raw};
use super::reject::Reject;
use super::stream::Reader;
use super::{MAX_KEYS, MAX_LINE_BYTES};

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// One such byte; cells may be quoted.
    Byte(u8),
    /// Any number of blanks; no quotes.
    Blanks,
}

/// What is known of a table before it is read.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// What separates cells; found out from the first line where `None`.
    pub separator: Option<Separator>,
    /// The names of the columns; those of the first line where `None`.
    pub columns: Option<Vec<String>>,
    /// Whether the first line is a header although columns are named.
    pub skip_header: bool,
}

/// Rows of a table.
pub(crate) struct Table {
    file: Arc<str>,
    lines: Lines,
    separator: Separator,
    columns: Vec<String>,
    buffer: Vec<u8>,
    /// Lines after a quote that nobody closed, to be read again on their own: number and text.
    again: VecDeque<(u64, Vec<u8>)>,
    /// The lines of the row in the buffer after the first: number, and where each starts.
    starts: Vec<(u64, usize)>,
    /// What is wrong with the header, to be told first.
    trouble: Option<Reject>,
}

/// Most lines of one row, whose cells may hold line breaks.
const MAX_ROW_LINES: usize = 500;

const UNCLOSED: &str = "a quote opens a cell and nothing closes it";

/// How the search for the next row ended.
enum Found {
    Row(u64),
    Bad(u64, String),
    End,
}

impl Table {
    /// Reads the header of a table.
    pub(crate) fn open(file: Arc<str>, lines: Lines, layout: &Layout) -> Self {
        let mut table = Self {
            file,
            lines,
            separator: layout.separator.unwrap_or(Separator::Byte(b',')),
            columns: layout.columns.clone().unwrap_or_default(),
            buffer: Vec::new(),
            again: VecDeque::new(),
            starts: Vec::new(),
            trouble: None,
        };
        if layout.columns.is_none() || layout.skip_header {
            table.read_header(layout);
        }
        table
    }

    /// The names of the columns.
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    fn read_header(&mut self, layout: &Layout) {
        let found = loop {
            match self.find() {
                Found::Row(_) if self.buffer.iter().all(u8::is_ascii_whitespace) => {}
                found => break found,
            }
        };
        let (line, reason) = match found {
            Found::End => return,
            Found::Bad(line, reason) => (line, reason),
            Found::Row(line) => match utf8(&self.buffer) {
                Err((reason, _)) => (line, reason),
                Ok(text) => {
                    if layout.separator.is_none() {
                        self.separator = Separator::Byte(sniff(text));
                    }
                    let names: Vec<String> =
                        cells(text, self.separator).iter().map(|cell| cell.trim().to_owned()).collect();
                    if layout.columns.is_some() {
                        return;
                    }
                    let twice =
                        names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|other| other == *name));
                    match twice {
                        _ if names.len() > MAX_KEYS => (line, format!("the header has more than {MAX_KEYS} columns")),
                        Some((_, name)) => (line, format!("the header names the column `{name}` twice")),
                        None => {
                            self.columns = names;
                            return;
                        }
                    }
                }
            },
        };
        let place = Place { file: Arc::clone(&self.file), line, column: 1 };
        self.trouble = Some(Reject::new(place, reason, &String::from_utf8_lossy(&self.buffer)));
    }

    /// Appends a line to the buffer and returns its number.
    fn line(&mut self) -> (u64, Line) {
        match self.again.pop_front() {
            Some((number, text)) => {
                self.buffer.extend_from_slice(&text);
                (number, Line::Text)
            }
            None => {
                let found = self.lines.append(&mut self.buffer);
                (self.lines.number(), found)
            }
        }
    }

    /// Reads the lines of one row into the buffer.
    fn find(&mut self) -> Found {
        self.buffer.clear();
        let (first, found) = self.line();
        match found {
            Line::End => return Found::End,
            Line::Failed(error) => return Found::Bad(first, failure(&error)),
            Line::TooLong => return Found::Bad(first, too_long()),
            Line::Text => {}
        }
        let Separator::Byte(delimiter) = self.separator else { return Found::Row(first) };
        self.starts.clear();
        if !self.buffer.contains(&b'"') || !open_quote(&self.buffer, delimiter, false) {
            return Found::Row(first);
        }
        // A quoted cell goes on on the next lines. If nothing closes it, only the first line is to blame.
        let reason = loop {
            self.buffer.push(b'\n');
            let start = self.buffer.len();
            let (number, found) = self.line();
            match found {
                Line::Text => {
                    self.starts.push((number, start));
                    if !open_quote(self.buffer.get(start..).unwrap_or_default(), delimiter, true) {
                        let cells = utf8(&self.buffer).map_or(0, |text| count_cells(text, self.separator));
                        // A quote that closes on a later line and leaves no whole row was hardly meant so.
                        if self.columns.is_empty() || cells == self.columns.len() {
                            return Found::Row(first);
                        }
                        break UNCLOSED.to_owned();
                    }
                    if self.starts.len() == MAX_ROW_LINES || self.buffer.len() > MAX_LINE_BYTES {
                        break UNCLOSED.to_owned();
                    }
                }
                Line::End => break UNCLOSED.to_owned(),
                Line::TooLong => break too_long(),
                Line::Failed(error) => break failure(&error),
            }
        };
        self.give_back();
        Found::Bad(first, reason)
    }

    /// Leaves the first line of a row in the buffer; the others are read again as rows of their own.
    fn give_back(&mut self) {
        let mut end = self.buffer.len();
        while let Some((number, start)) = self.starts.pop() {
            let line = self.buffer.get(start..end).unwrap_or_default();
            self.again.push_front((number, line.strip_suffix(b"\n").unwrap_or(line).to_vec()));
            end = start;
        }
        self.buffer.truncate(end);
        if self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
        }
    }
}

impl Reader for Table {
    fn next(&mut self) -> Option<Result<Raw<'_>, Reject>> {
        if let Some(reject) = self.trouble.take() {
            return Some(Err(reject));
        }
        if self.columns.is_empty() {
            return None;
        }
        let line = loop {
            match self.find() {
                Found::End => return None,
                Found::Row(_) if self.buffer.iter().all(u8::is_ascii_whitespace) => {}
                Found::Row(line) => break line,
                Found::Bad(line, reason) => {
                    let place = Place { file: Arc::clone(&self.file), line, column: 1 };
                    let start = String::from_utf8_lossy(&self.buffer);
                    return Some(Err(Reject::new(place, reason, &start)));
                }
            }
        };
        let place = Place { file: Arc::clone(&self.file), line, column: 1 };
        let text = match utf8(&self.buffer) {
            Ok(text) => text,
            Err((reason, column)) => {
                return Some(Err(Reject::new(
                    Place { column, ..place },
                    reason,
                    &String::from_utf8_lossy(&self.buffer),
                )));
            }
        };
        let count = count_cells(text, self.separator);
        if count != self.columns.len() {
            let cells = if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") };
            let reason = format!("the row has {cells}, but there are {} columns", self.columns.len());
            return Some(Err(Reject::new(place, reason, text)));
        }
        let mut fields = Vec::with_capacity(count);
        let mut names = self.columns.iter();
        each_cell(text, self.separator, |cell| {
            if let Some(name) = names.next() {
                fields.push((Cow::Borrowed(name.as_str()), Node::Cell(cell)));
            }
        });
        Some(Ok(Raw { place, fields, text }))
    }
}

/// The delimiter that a header uses most.
fn sniff(header: &str) -> u8 {
    let count = |delimiter: u8| header.bytes().filter(|byte| *byte == delimiter).count();
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// Whether a quoted cell is still open at the end of a text, which begins inside one where `quoted` says so.
fn open_quote(text: &[u8], delimiter: u8, mut quoted: bool) -> bool {
    let mut start = true;
    let mut bytes = text.iter().peekable();
    while let Some(&byte) = bytes.next() {
        if quoted {
            if byte == b'"' {
                if bytes.peek() == Some(&&b'"') {
                    bytes.next();
                } else {
                    quoted = false;
                }
            }
        } else if byte == b'"' && start {
            quoted = true;
        }
        start = !quoted && (byte == delimiter || byte == b'\n');
    }
    quoted
}

/// How many cells a row has.
fn count_cells(text: &str, separator: Separator) -> usize {
    match separator {
        Separator::Byte(delimiter) if !text.contains('"') => text.bytes().filter(|byte| *byte == delimiter).count() + 1,
        _ => cells(text, separator).len(),
    }
}

fn cells(text: &str, separator: Separator) -> Vec<Cow<'_, str>> {
    let mut cells = Vec::new();
    each_cell(text, separator, |cell| cells.push(cell));
    cells
}

/// Hands out the cells of a row in order.
fn each_cell<'a>(text: &'a str, separator: Separator, mut take: impl FnMut(Cow<'a, str>)) {
    match separator {
        Separator::Blanks => text.split_whitespace().for_each(|cell| take(Cow::Borrowed(cell))),
        Separator::Byte(delimiter) if !text.contains('"') => {
            text.split(char::from(delimiter)).for_each(|cell| take(Cow::Borrowed(cell)));
        }
        Separator::Byte(delimiter) => {
            let mut reader = ::csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter)
                .buffer_capacity(text.len().max(1))
                .from_reader(text.as_bytes());
            let mut row = ::csv::StringRecord::new();
            if matches!(reader.read_record(&mut row), Ok(true)) {
                row.iter().for_each(|cell| take(Cow::Owned(cell.to_owned())));
            }
        }
    }
}
