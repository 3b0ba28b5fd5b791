//! Tables of text: CSV with any delimiter, and columns separated by blanks.

use std::collections::VecDeque;
use std::sync::Arc;

use memchr::memchr;

use super::cells::{Cells, Separator, named, open_quote, sniff};
use super::head::lacking;
use super::lines::{Line, Lines, failure, too_long, utf8};
use super::map::Mapper;
use super::node::{Node, Place, Raw, offset};
use super::reject::Reject;
use super::slices::Ruled;
use super::stream::Reader;
use super::suggest::nearest;
use super::{MAX_KEYS, MAX_LINE_BYTES, MAX_ROW_LINES};
use crate::unseen::is_invisible;

/// What is known of a table before it is read.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// What separates cells; found out from the first line where `None`.
    pub separator: Option<Separator>,
    /// The names of the columns; those of the first line where `None`.
    pub columns: Option<Vec<String>>,
    /// Whether the first line is a header although columns are named.
    pub skip_header: bool,
    /// The line of the header, from 1, where something else stands above it.
    pub header: Option<u64>,
    /// Whether a map reads the rows, so that columns may have any name.
    pub mapped: bool,
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

const UNCLOSED: &str = "a quote opens a cell and nothing closes it";
const LINE_ENDS: &str = "the line has a line end of old computers in it (a carriage return), where others end in another way: save the file with one kind of line ends";
const MISQUOTED: &str =
    "a quote ends the cell before this, but the cell goes on: a quote inside a quoted cell is written twice";

/// How the search for the next row ended.
enum Found {
    Row(u64),
    /// Something is wrong at this line and column.
    Bad(u64, u64, String),
    End,
}

impl Table {
    /// Reads the beginning of a table.
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
        if let Err((line, column, reason)) = table.read_start(layout) {
            let place = Place { file: Arc::clone(&table.file), line, column };
            table.trouble = Some(Reject::new(place, reason, &String::from_utf8_lossy(&table.buffer)));
        }
        table
    }

    /// Hands the rows at hand to `take`, which says how many bytes of them it took and how many rows these are, where they are separated by
    /// a byte and all columns have names; returns how many. So many records came before the first, which `mapper` reads.
    pub(crate) fn take_rows(
        &mut self,
        mapper: Option<&Mapper>,
        sequence: u64,
        take: impl FnOnce(&Ruled<'_>, &[u8]) -> (usize, u64),
    ) -> u64 {
        let Self { file, lines, columns, again, trouble, .. } = self;
        match self.separator {
            Separator::Byte(delimiter)
                if trouble.is_none() && again.is_empty() && columns.iter().all(|name| !name.is_empty()) =>
            {
                let ruled = Ruled { file, columns, delimiter, line: lines.number() + 1, sequence, mapper };
                lines.at_hand(|bytes| take(&ruled, bytes))
            }
            _ => 0,
        }
    }

    /// Moves a place to where the last row of those begins.
    pub(crate) fn tell_place(&self, place: &mut Place) {
        place.move_to(&self.file, self.lines.number(), 1);
    }

    /// The names of the columns; nothing where there is no header, or none that can be read.
    pub(crate) fn columns(&self) -> Option<&[String]> {
        (!self.columns.is_empty()).then_some(&self.columns)
    }

    /// Passes over what stands above the header.
    fn pass_titles(&mut self, header: u64) -> Result<(), (u64, u64, String)> {
        while self.lines.number() + 1 < header {
            self.buffer.clear();
            match self.line() {
                (number, Line::Failed(error)) => return Err((number, 1, failure(&error))),
                (_, Line::Text | Line::TooLong) => {
                    let named = named(&self.buffer).map(Separator::Byte);
                    self.separator = named.unwrap_or(self.separator);
                }
                (number, Line::End) => {
                    let lines = number.saturating_sub(1);
                    let reason =
                        format!("the map says that the header is line {header}, but the file has {lines} lines");
                    return Err((lines.max(1), 1, reason));
                }
            }
        }
        Ok(())
    }

    /// Finds out what separates cells, and reads the header where there is one.
    fn read_start(&mut self, layout: &Layout) -> Result<(), (u64, u64, String)> {
        layout.header.map_or(Ok(()), |header| self.pass_titles(header))?;
        let first = loop {
            self.buffer.clear();
            let (number, found) = self.line();
            match found {
                Line::End => return Ok(()),
                Line::Failed(error) => return Err((number, 1, failure(&error))),
                Line::TooLong => return Err((number, 1, too_long())),
                Line::Text if self.buffer.iter().all(u8::is_ascii_whitespace) => {}
                Line::Text => break number,
            }
        };
        let text = utf8(&self.buffer).map_err(|(reason, _, column)| (first, column, reason))?;
        match (named(text.as_bytes()), layout.separator) {
            (Some(delimiter), None) => self.separator = Separator::Byte(delimiter),
            (Some(_), Some(_)) => {}
            (None, known) => {
                if known.is_none() {
                    self.separator = Separator::Byte(sniff(text, layout.columns.as_ref().map(Vec::len)));
                }
                self.again.push_front((first, self.buffer.clone()));
            }
        }
        if layout.columns.is_none() || layout.skip_header { self.read_header(layout) } else { Ok(()) }
    }

    fn read_header(&mut self, layout: &Layout) -> Result<(), (u64, u64, String)> {
        let line = match self.find() {
            Found::End => return Ok(()),
            Found::Bad(line, column, reason) => return Err((line, column, reason)),
            Found::Row(line) => line,
        };
        if layout.columns.is_some() {
            return Ok(());
        }
        let text = utf8(&self.buffer).map_err(|(reason, below, column)| (line + below, column, reason))?;
        if let Some(at) = text.trim_end().find('\r') {
            let (below, column) = offset(text.as_bytes(), at);
            return Err((line + below, column, LINE_ENDS.to_owned()));
        }
        let mut names = Vec::new();
        for cell in Cells::new(text, self.separator) {
            let cell = cell.map_err(|rest| {
                let (below, column) = offset(text.as_bytes(), text.len() - rest.len());
                (line + below, column, MISQUOTED.to_owned())
            })?;
            names.push(cell.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)).to_owned());
        }
        // Spreadsheets export empty columns at the right as columns without a name.
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        let twice = |at: usize, name: &String| !name.is_empty() && names.iter().take(at).any(|other| other == name);
        if names.len() > MAX_KEYS {
            return Err((line, 1, format!("the header has more than {MAX_KEYS} columns")));
        }
        if let Some((_, name)) = names.iter().enumerate().find(|(at, name)| twice(*at, name)) {
            let mend = "rename one, or give all names as `columns` in a map, with `header: true`";
            return Err((line, 1, format!("the header names the column `{name}` twice: {mend}")));
        }
        if names.is_empty() {
            return Err((line, 1, "the header has no names of columns".to_owned()));
        }
        if !layout.mapped {
            told(&names).map_or(Ok(()), |reason| Err((line, 1, reason)))?;
        }
        self.columns = names;
        Ok(())
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
            Line::Failed(error) => return Found::Bad(first, 1, failure(&error)),
            Line::TooLong => return Found::Bad(first, 1, too_long()),
            Line::Text => {}
        }
        let Separator::Byte(delimiter) = self.separator else { return Found::Row(first) };
        self.starts.clear();
        let open = if memchr(b'"', &self.buffer).is_some() { open_quote(&self.buffer, delimiter, false) } else { None };
        let Some(open) = open else { return Found::Row(first) };
        // A quoted cell goes on on the next lines. If nothing closes it, only the first line is to blame.
        let reason = loop {
            self.buffer.push(b'\n');
            let start = self.buffer.len();
            let (number, found) = self.line();
            match found {
                Line::Text => {
                    self.starts.push((number, start));
                    if open_quote(self.buffer.get(start..).unwrap_or_default(), delimiter, true).is_none() {
                        // A quote that closes on a later line and leaves no whole row was hardly meant so.
                        if self.is_whole() {
                            return Found::Row(first);
                        }
                        break UNCLOSED.to_owned();
                    }
                    if self.starts.len() >= MAX_ROW_LINES || self.buffer.len() > MAX_LINE_BYTES {
                        break format!("{UNCLOSED} within {MAX_ROW_LINES} lines and {MAX_LINE_BYTES} bytes");
                    }
                }
                Line::End => break UNCLOSED.to_owned(),
                Line::TooLong => break too_long(),
                Line::Failed(error) => break failure(&error),
            }
        };
        self.give_back();
        Found::Bad(first, offset(&self.buffer, open).1, reason)
    }

    /// Whether the buffer holds as many cells as there are columns; any number before the header was read.
    fn is_whole(&self) -> bool {
        let Ok(text) = utf8(&self.buffer) else { return false };
        let cells: Result<Vec<_>, _> = Cells::new(text, self.separator).collect();
        cells.is_ok_and(|cells| self.columns.is_empty() || self.fits(cells.iter().map(AsRef::as_ref)))
    }

    /// Whether there is a cell for every column, and beyond them nothing but empty cells.
    fn fits<'c>(&self, cells: impl Iterator<Item = &'c str>) -> bool {
        let mut count = 0;
        let beyond = cells.inspect(|_| count += 1).skip(self.columns.len()).any(|cell| !cell.trim().is_empty());
        !beyond && count >= self.columns.len()
    }

    /// Whether the buffer holds nothing but blanks and delimiters.
    fn is_blank(&self) -> bool {
        let delimiter = if let Separator::Byte(delimiter) = self.separator { delimiter } else { b' ' };
        self.buffer.iter().all(|byte| byte.is_ascii_whitespace() || *byte == delimiter)
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

/// Whether a cell begins with blanks and a quote.
fn quote_behind_blank(row: &str, delimiter: char) -> bool {
    row.split(delimiter).any(|cell| cell.starts_with(' ') && cell.trim_start().starts_with('"'))
}

/// Why rows below such a header can be no events, if they cannot.
fn told(names: &[String]) -> Option<String> {
    let lacking = lacking(names.iter().map(String::as_str));
    let like = |key: &&str| nearest(key, names.iter().map(String::as_str));
    let like: Vec<String> = lacking.iter().filter_map(like).map(|name| format!("`{name}`")).collect();
    let like = if like.is_empty() { String::new() } else { format!(", only {}", like.join(", ")) };
    let (last, others) = lacking.split_last()?;
    let others: String = others.iter().map(|key| format!("`{key}`, ")).collect();
    Some(format!(
        "the first line names no column {others}`{last}`{like}; without `id`, `type`, `member` and `time` no row is an event: \
         name them there, or let `--map auto` guess which columns are meant"
    ))
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
                Found::Row(_) if self.is_blank() => {}
                Found::Row(line) => break line,
                Found::Bad(line, column, reason) => {
                    let place = Place { file: Arc::clone(&self.file), line, column };
                    let start = String::from_utf8_lossy(&self.buffer);
                    return Some(Err(Reject::new(place, reason, &start)));
                }
            }
        };
        let place = Place { file: Arc::clone(&self.file), line, column: 1 };
        let text = match utf8(&self.buffer) {
            Ok(text) => text,
            Err((reason, below, column)) => {
                let record = String::from_utf8_lossy(&self.buffer);
                return Some(Err(Reject::new(place.below(below, column), reason, &record)));
            }
        };
        let mut fields = Vec::with_capacity(self.columns.len());
        let mut names = self.columns.iter();
        let (mut count, mut beyond) = (0, false);
        for cell in Cells::new(text, self.separator) {
            count += 1;
            match (cell, names.next()) {
                (Err(rest), _) => {
                    let (below, column) = offset(text.as_bytes(), text.len() - rest.len());
                    return Some(Err(Reject::new(place.below(below, column), MISQUOTED, text)));
                }
                (Ok(cell), Some(name)) if !name.is_empty() => fields.push((name.as_str().into(), Node::Cell(cell))),
                (Ok(cell), None) => beyond |= !cell.trim().is_empty(),
                (Ok(_), Some(_)) => {}
            }
        }
        if beyond || count < self.columns.len() {
            if let Some(at) = text.trim_end().find('\r') {
                let (below, column) = offset(text.as_bytes(), at);
                return Some(Err(Reject::new(place.below(below, column), LINE_ENDS, text)));
            }
            let cells = if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") };
            let quotes = match self.separator {
                Separator::Byte(delimiter) if beyond && quote_behind_blank(text, char::from(delimiter)) => {
                    "; a double quote holds a cell together only where no blank stands before it".to_owned()
                }
                Separator::Byte(delimiter) if beyond => {
                    format!("; a cell with `{}` in it stands in double quotes", char::from(delimiter).escape_default())
                }
                _ => String::new(),
            };
            let reason = format!("the row has {cells}, but there are {} columns{quotes}", self.columns.len());
            return Some(Err(Reject::new(place, reason, text)));
        }
        Some(Ok(Raw { place, fields, text }))
    }
}
