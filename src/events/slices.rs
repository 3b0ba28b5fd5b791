//! Takes rows of tables apart where they lie, as far as they are as plain as most are: every cell is a place in its row.

use std::sync::Arc;

use wide::u8x16;

use super::map::Mapper;
use super::scan::{self, byte};
use super::tape::range;

/// What is known of the rows of a table.
pub(crate) struct Ruled<'t> {
    /// The file.
    pub(crate) file: &'t Arc<str>,
    /// The names of its columns.
    pub(crate) columns: &'t [String],
    /// What stands between two cells.
    pub(crate) delimiter: u8,
    /// The line of the first of them.
    pub(crate) line: u64,
    /// How many records came before that, where it matters.
    pub(crate) sequence: u64,
    /// What reads them, where they are not events as they are.
    pub(crate) mapper: Option<&'t Mapper>,
}

/// A cell: where its text stands, without quotes around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    start: u32,
    end: u32,
    /// Whether two quotes in it are one of the text.
    doubled: bool,
}

impl Slice {
    /// What stands there in the row that it is of; `None` where quotes are doubled.
    #[inline]
    pub(crate) fn text(self, row: &[u8]) -> Option<&[u8]> {
        (!self.doubled).then(|| self.written(row))
    }

    /// Whether quotes in it are written twice.
    pub(crate) fn is_doubled(self) -> bool {
        self.doubled
    }

    /// What stands there as it is written.
    pub(crate) fn written(self, row: &[u8]) -> &[u8] {
        row.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// Adds what stands there, every quote once.
    pub(crate) fn append(self, row: &[u8], to: &mut Vec<u8>) {
        let mut rest = self.written(row);
        while self.doubled
            && let at @ 0.. = until(rest, [b'"'; 3])
            && let Some((part, more)) = rest.split_at_checked(at + 1)
        {
            to.extend_from_slice(part);
            rest = more.get(1..).unwrap_or_default();
        }
        to.extend_from_slice(rest);
    }
}

/// A row with its cells.
#[derive(Clone, Copy)]
pub(crate) struct Sliced<'r> {
    /// The row, in UTF-8.
    pub(crate) bytes: &'r [u8],
    /// Its cells.
    pub(crate) cells: &'r [Slice],
}

impl<'r> Sliced<'r> {
    /// Whether a cell says something, or may.
    pub(crate) fn says(self, at: usize) -> bool {
        self.cells.get(at).is_some_and(|cell| {
            let text = cell.text(self.bytes);
            text.is_none_or(|text| text.first().is_some_and(u8::is_ascii_graphic) || !is_blank(text))
        })
    }

    /// A cell that needs no trimming.
    pub(crate) fn trimmed(self, at: usize) -> Option<Slice> {
        let cell = *self.cells.get(at)?;
        cell.text(self.bytes).is_none_or(is_trimmed).then_some(cell)
    }

    /// The text of a cell, where it needs no trimming.
    #[inline]
    pub(crate) fn text(self, at: usize) -> Option<&'r [u8]> {
        self.trimmed(at)?.text(self.bytes)
    }
}

/// Whether nothing but blanks stands there.
fn is_blank(text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(|text| text.trim().is_empty())
}

/// Whether there are no blanks around a text.
#[inline]
fn is_trimmed(text: &[u8]) -> bool {
    let visible = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    visible(text.first()) && visible(text.last())
        || str::from_utf8(text).is_ok_and(|text| text.trim().len() == text.len())
}

/// How many bytes come before the first of three.
#[inline(always)]
fn until(bytes: &[u8], three: [u8; 3]) -> usize {
    let [a, b, c] = three.map(u8x16::splat);
    scan::until(bytes, |chunk| chunk.simd_eq(a) | chunk.simd_eq(b) | chunk.simd_eq(c), |byte| three.contains(&byte))
}

/// The cells of the row that bytes begin with, where all of it is there, on one line, with a cell for each column and no more; returns how
/// long the row is, and how long with its end of line. What is in it is text only where the bytes are.
pub(crate) fn slice(bytes: &[u8], ruled: &Ruled<'_>, cells: &mut Vec<Slice>) -> Option<(usize, usize)> {
    cells.clear();
    // Places are short numbers.
    let bytes = bytes.get(..u32::MAX as usize).unwrap_or(bytes);
    let mut at = 0;
    loop {
        let (start, end, next, doubled) = if byte(bytes, at) == b'"' {
            let (end, doubled) = quoted(bytes, at + 1)?;
            (at + 1, end, end + 1, doubled)
        } else {
            let end = at + until(bytes.get(at..)?, [ruled.delimiter, b'\n', b'\r']);
            (at, end, end, false)
        };
        let (start, end) = range(start, end);
        cells.push(Slice { start, end, doubled });
        at = match (bytes.get(next..)?, cells.len() == ruled.columns.len()) {
            ([b'\n', ..], true) => return Some((next, next + 1)),
            ([b'\r', b'\n', ..], true) => return Some((next, next + 2)),
            ([first, ..], false) if *first == ruled.delimiter => next + 1,
            _ => return None,
        };
    }
}

/// Where the quote is that closes a cell on its line, and whether quotes before it are doubled.
fn quoted(bytes: &[u8], mut from: usize) -> Option<(usize, bool)> {
    let mut doubled = false;
    loop {
        let end = from + until(bytes.get(from..)?, [b'"', b'\n', b'\r']);
        match bytes.get(end..)? {
            [b'"', b'"', ..] => (from, doubled) = (end + 2, true),
            [b'"', ..] => return Some((end, doubled)),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::cells::{Cells, Separator};
    use super::*;

    fn sliced(bytes: &[u8], columns: usize) -> Option<(Vec<String>, usize)> {
        let (file, columns) = ("t.csv".into(), vec![String::new(); columns]);
        let ruled = Ruled { file: &file, columns: &columns, delimiter: b',', line: 1, sequence: 0, mapper: None };
        let mut cells = Vec::new();
        let (length, whole) = slice(bytes, &ruled, &mut cells)?;
        let row = &bytes[..length];
        let text = |cell: &Slice| {
            let mut text = Vec::new();
            cell.append(row, &mut text);
            assert!(cell.text(row).is_none_or(|plain| plain == text));
            String::from_utf8(text).unwrap()
        };
        Some((cells.iter().map(text).collect(), whole))
    }

    #[test]
    fn plain_rows_are_taken_apart_and_others_left() {
        let cells = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        assert_eq!(sliced(b"a,,12.50\nb", 3), Some((cells(["a", "", "12.50"]), 9)));
        assert_eq!(sliced(b"\"a,b\",\"\",\"say \"\"so\"\"\"\r\n", 3), Some((cells(["a,b", "", "say \"so\""]), 23)));
        for other in ["a,b\n", "a,b,c,d\n", "a,b,c", "a,b,\"c\n\"\n", "a,b,\"c\"d\n", "a,b,c\rd\n", "", "\n"] {
            assert_eq!(sliced(other.as_bytes(), 3), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn cells_are_what_they_are_for_all(text in "([a-c\",é ]|\"\"|,){0,40}") {
            let all: Result<Vec<String>, _> =
                Cells::new(&text, Separator::Byte(b',')).map(|cell| cell.map(|text| text.into_owned())).collect();
            let columns = all.as_ref().map_or(3, Vec::len);
            if let Some((cells, whole)) = sliced(format!("{text}\n").as_bytes(), columns) {
                prop_assert_eq!(whole, text.len() + 1);
                prop_assert_eq!(Ok(cells), all);
            } else {
                // Only what is no row by itself is left.
                prop_assert!(all.is_err());
            }
        }
    }
}
