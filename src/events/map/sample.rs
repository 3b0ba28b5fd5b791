//! A sample of the records of a file, as a guess needs it: which line is the header, and which rows are totals and no records.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use super::super::MAX_SAMPLE;
use super::super::cells::{Cells, Separator, open_quote};
use super::super::encoding::Encoding;
use super::super::input::{Known, Opened, first_lines, open};
use super::super::node::Node;
use super::super::stream::Reader;
use super::super::wrapper::{Wrapper, list_within};
use super::condition::begun;
use super::form::scalar;

/// How many lines are searched for a header.
const LINES: usize = 60;

/// How many rows at the end may be totals.
const TOTALS: usize = 4;

/// How deep keys may lie in objects.
const DEEPEST: usize = 3;

/// How rows begin that add others up.
const TOTAL: [&str; 13] = [
    "total",
    "totals",
    "grand total",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "totale",
    "totaal",
    "итого",
    "合计",
    "总计",
    "合計",
];

/// A column with the values of the sample.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) plain: String,
    pub(super) values: Vec<String>,
}

/// What is seen of a file.
#[derive(Default)]
pub(super) struct Sample {
    pub(super) columns: Vec<Column>,
    /// The line of the header, where titles stand above it.
    pub(super) header: Option<u64>,
    /// Whether some of it is not UTF-8, and so probably what spreadsheets of western Europe write.
    pub(super) western: bool,
    /// How the rows at the end begin that are totals.
    pub(super) totals: Vec<String>,
    /// The way to a list of objects that the first record has.
    pub(super) list: Option<String>,
}

/// A row: how it begins, and its values by column; none where it is no record.
struct Row {
    word: String,
    values: Vec<(String, String)>,
}

impl Sample {
    /// The first records of a file; of those in a list of JSON, where a way leads to it.
    pub(super) fn of(path: &Path, records: Option<&str>) -> io::Result<Self> {
        let lines = first_lines(path, MAX_SAMPLE)?;
        let western = lines.iter().any(|line| std::str::from_utf8(line).is_err());
        let mut known = Known::mapped();
        known.wrapper = records.map(Wrapper::new);
        known.encoding = western.then_some(Encoding::Windows1252);
        let mut reader = open(path, &known, None)?;
        let header = if matches!(reader, Opened::Table(_)) { header(&lines) } else { None };
        if header.is_some() {
            known.layout.header = header;
            reader = open(path, &known, None)?;
        }
        let mut sample = Self { header, western, ..Self::default() };
        let mut rows = Vec::new();
        let mut ended = false;
        while rows.len() < MAX_SAMPLE && !ended {
            match reader.next() {
                None => ended = true,
                Some(Err(reject)) => rows.push(Row { word: word(&reject.record), values: Vec::new() }),
                Some(Ok(raw)) => {
                    if rows.is_empty() {
                        sample.list = list_within(&raw.fields);
                    }
                    let mut values = Vec::new();
                    raw.fields.iter().for_each(|(name, node)| add_values(&mut values, name, node, DEEPEST));
                    rows.push(Row { word: word(raw.text), values });
                }
            }
        }
        if ended {
            sample.take_totals(&mut rows);
        }
        let rows: Vec<Row> = rows.into_iter().filter(|row| !row.values.is_empty()).collect();
        let all = rows.len();
        for (at, row) in rows.into_iter().enumerate() {
            row.values.into_iter().for_each(|(name, value)| sample.add(at, name, value));
        }
        sample.columns.iter_mut().for_each(|column| column.values.resize(all, String::new()));
        Ok(sample)
    }

    /// Takes totals off the end of the rows, unless other rows begin in the same way.
    fn take_totals(&mut self, rows: &mut Vec<Row>) {
        let end = rows.len().saturating_sub(TOTALS);
        let (records, last) = rows.split_at(end);
        let is_total = |row: &Row| {
            let word = row.word.trim_end_matches(':').to_lowercase();
            TOTAL.contains(&word.as_str()) && !records.iter().any(|other| other.word.starts_with(&row.word))
        };
        let total: Vec<String> = last.iter().filter(|row| is_total(row)).map(|row| row.word.clone()).collect();
        rows.retain(|row| !total.contains(&row.word));
        self.totals = total;
        self.totals.dedup();
    }

    /// Adds a value of a row; rows before that lack the column have an empty one.
    fn add(&mut self, row: usize, name: String, value: String) {
        let known = self.columns.iter().position(|column| column.name == name).unwrap_or_else(|| {
            let plain = name.to_lowercase().replace(['_', '-', ' ', '.'], "");
            self.columns.push(Column { name, plain, values: Vec::new() });
            self.columns.len() - 1
        });
        if let Some(column) = self.columns.get_mut(known) {
            column.values.resize(row, String::new());
            column.values.push(value);
        }
    }
}

/// Adds the value of a key; of an object those inside, unless it is an amount with its currency.
fn add_values(values: &mut Vec<(String, String)>, name: &str, node: &Node<'_>, deepest: usize) {
    let inside = node.view().entries().unwrap_or_default();
    if deepest == 0 || inside.is_empty() || inside.iter().any(|(key, _)| key == "amount") {
        if nameable(name) {
            values.push((name.to_owned(), scalar(node).into_owned()));
        }
        return;
    }
    inside.iter().for_each(|(key, node)| add_values(values, &format!("{name}.{key}"), node, deepest - 1));
}

/// The first cell of a row that has something in it.
fn word(row: &str) -> String {
    let row = begun(row);
    let end = row.find([',', ';', '\t', '|', '"', '\n']).unwrap_or(row.len());
    row.get(..end).unwrap_or(row).trim().to_owned()
}

/// Whether a map can name a column: braces have a meaning there, and YAML has no control characters.
fn nameable(name: &str) -> bool {
    !name.contains(|c: char| matches!(c, '{' | '}' | '\u{feff}') || c.is_control())
}

/// The line of the header, where the lines above it are titles: they have other cells than the table, or only one that is not empty.
fn header(lines: &[Vec<u8>]) -> Option<u64> {
    let lines: Vec<_> = lines.iter().take(LINES).map(|line| String::from_utf8_lossy(line)).collect();
    let table = [b',', b';', b'\t', b'|'].map(|delimiter| widths(&lines, delimiter));
    // Commas stand in amounts too, but make fewer cells there.
    let (width, _, cells) =
        table.into_iter().filter(|(width, ..)| *width > 1).max_by_key(|(width, count, _)| width * count)?;
    let first = cells.iter().find(|row| row.cells > 0)?;
    let header = cells.iter().find(|row| row.cells == width && row.filled > 1)?;
    (header.line > first.line).then(|| u64::try_from(header.line + 1).unwrap_or(u64::MAX))
}

/// How many cells a row has, and how many of them with something in it.
struct Width {
    /// The line where it begins, from 0.
    line: usize,
    cells: usize,
    filled: usize,
}

/// With a delimiter: how many cells most rows have, how many rows have them, and of each row how many cells it has.
fn widths(lines: &[Cow<'_, str>], delimiter: u8) -> (usize, usize, Vec<Width>) {
    let count = |(line, row): &(usize, String)| {
        let blank = row.trim().is_empty();
        let cells = Cells::new(row, Separator::Byte(delimiter)).filter(|_| !blank);
        let cells: Vec<bool> = cells.map(|cell| cell.is_ok_and(|cell| !cell.trim().is_empty())).collect();
        Width { line: *line, cells: cells.len(), filled: cells.iter().filter(|filled| **filled).count() }
    };
    let rows: Vec<Width> = rows(lines, delimiter).iter().map(count).collect();
    let filled = |width: usize| rows.iter().filter(|row| row.cells == width && row.filled > 1).count();
    let width = rows.iter().map(|row| row.cells).max_by_key(|width| (filled(*width), *width)).unwrap_or(0);
    (width, filled(width), rows)
}

/// Rows with the lines where they begin: a quote that is open at the end of a line goes on in the next.
fn rows(lines: &[Cow<'_, str>], delimiter: u8) -> Vec<(usize, String)> {
    let mut rows: Vec<(usize, String)> = Vec::new();
    for (line, text) in lines.iter().enumerate() {
        match rows.last_mut() {
            Some((_, row)) if open_quote(row.as_bytes(), delimiter, false).is_some() => {
                row.push('\n');
                row.push_str(text);
            }
            _ => rows.push((line, text.to_string())),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_stand_above_a_header() {
        let of = |text: &str| header(&text.lines().map(|line| line.as_bytes().to_vec()).collect::<Vec<_>>());
        assert_eq!(of("id,name\n1,a\n2,b\n"), None);
        assert_eq!(of("\nid,name\n1,a\n"), None);
        assert_eq!(of("Sales, all shops\n\nid;name;city\n1;a;x\n2;b;y\n"), Some(3));
        assert_eq!(of("Sales;;\nMarch;;\nid;name;city\n1;a;x\n2;b;y\n"), Some(3));
        assert_eq!(of("Sales\n\nid;day;sum\n1;a;1,50\n2;\"b\nc\";2,50\n3;d;3,50\n"), Some(3));
        assert_eq!(of("id,name,note\n1,a,\"x\ny\"\n2,b,\"x\ny\"\n"), None);
        assert_eq!(of("only one column\n1\n2\n"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn rows_begin_with_their_first_word() {
        for row in ["Total;5", ";;\"Total\";5", " Total ,5", "Total"] {
            assert_eq!(word(row), "Total", "{row}");
        }
    }
}
