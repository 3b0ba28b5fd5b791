//! Cells of one row of a table.

use std::borrow::Cow;

use memchr::memchr;

use super::scan::near;

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// One such byte; cells may be quoted.
    Byte(u8),
    /// Any number of blanks; no quotes.
    Blanks,
}

/// The cells of a row in order; the error is the rest of the text after a quote that should end its cell and does not.
pub(super) struct Cells<'a> {
    rest: Option<&'a str>,
    separator: Separator,
}

impl<'a> Cells<'a> {
    /// The cells of `text`.
    pub(super) fn new(text: &'a str, separator: Separator) -> Self {
        Self { rest: Some(text), separator }
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Result<Cow<'a, str>, &'a str>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.rest.take()?;
        let Separator::Byte(delimiter) = self.separator else {
            let text = text.trim_start();
            let end = text.find(char::is_whitespace).unwrap_or(text.len());
            let (cell, rest) = text.split_at_checked(end)?;
            self.rest = Some(rest);
            return (!cell.is_empty()).then_some(Ok(Cow::Borrowed(cell)));
        };
        let Some(inside) = text.strip_prefix('"') else {
            let Some(end) = near(text.as_bytes(), delimiter) else { return Some(Ok(Cow::Borrowed(text))) };
            self.rest = text.get(end + 1..);
            return text.get(..end).map(|cell| Ok(Cow::Borrowed(cell)));
        };
        // Two quotes are one of the text.
        let mut doubled = String::new();
        let mut rest = inside;
        loop {
            let Some((before, after)) = at_quote(rest) else { return Some(Err(text)) };
            let Some(more) = after.strip_prefix('"') else {
                if !after.is_empty() {
                    let Some(rest) = after.strip_prefix(char::from(delimiter)) else { return Some(Err(after)) };
                    self.rest = Some(rest);
                }
                if doubled.is_empty() {
                    return Some(Ok(Cow::Borrowed(before)));
                }
                doubled.push_str(before);
                return Some(Ok(Cow::Owned(doubled)));
            };
            if doubled.is_empty() {
                doubled.reserve(text.len());
            }
            doubled.push_str(before);
            doubled.push('"');
            rest = more;
        }
    }
}

/// What stands before the next quote, and behind it.
fn at_quote(text: &str) -> Option<(&str, &str)> {
    let at = near(text.as_bytes(), b'"')?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Where a quoted cell begins that is still open at the end of a text, which itself begins inside one where `quoted` says so.
pub(super) fn open_quote(text: &[u8], delimiter: u8, quoted: bool) -> Option<usize> {
    let mut open = quoted.then_some(0);
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| memchr(b'"', rest)).map(|at| at + from) {
        from = at + 1;
        if open.is_none() {
            // Other quotes are of the cell's text.
            let starts = at == 0 || text.get(at - 1) == Some(&delimiter);
            open = starts.then_some(at);
        } else if text.get(from) == Some(&b'"') {
            // Two quotes are one of the text.
            from += 1;
        } else {
            open = None;
        }
    }
    open
}

/// The delimiter of a first line: one that makes as many cells as there are `columns`, or the one that it uses most outside quotes.
pub(super) fn sniff(line: &str, columns: Option<usize>) -> u8 {
    let count = |delimiter: u8| {
        let mut quoted = false;
        line.bytes()
            .filter(|byte| {
                quoted ^= *byte == b'"';
                !quoted && *byte == delimiter
            })
            .count()
    };
    // Commas stand in numbers and texts too, so that others are the surer sign.
    let rank = |delimiter: &u8| {
        let count = count(*delimiter);
        (columns == Some(count + 1), count, count > 0 && *delimiter != b',')
    };
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(rank).unwrap_or(b',')
}

/// The delimiter that a first line such as `sep=;` names, which Excel writes and reads.
pub(super) fn named(line: &[u8]) -> Option<u8> {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line.split_at_checked(4)? {
        (word, [delimiter]) if word.eq_ignore_ascii_case(b"sep=") && delimiter.is_ascii() => Some(*delimiter),
        // A tab at the end was trimmed.
        (word, []) if word.eq_ignore_ascii_case(b"sep=") => Some(b'\t'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(text: &str, separator: Separator) -> Vec<Result<Cow<'_, str>, &str>> {
        Cells::new(text, separator).collect()
    }

    #[test]
    fn quotes_hold_cells_together() {
        let comma = Separator::Byte(b',');
        let plain = |cells: &[&'static str]| cells.iter().map(|cell| Ok(Cow::Borrowed(*cell))).collect::<Vec<_>>();
        assert_eq!(cells("", comma), plain(&[""]));
        assert_eq!(cells("a,,b,", comma), plain(&["a", "", "b", ""]));
        assert_eq!(cells("\"a,b\",\"\",\"say \"\"hi\"\"\"", comma), plain(&["a,b", "", "say \"hi\""]));
        assert_eq!(cells("5\" pipe,\"x\ny\"", comma), plain(&["5\" pipe", "x\ny"]));
        assert_eq!(cells("  a \t b ", Separator::Blanks), plain(&["a", "b"]));
    }

    #[test]
    fn a_quote_ends_its_cell() {
        let comma = Separator::Byte(b',');
        assert_eq!(cells("1,\"a\"b,2", comma), [Ok(Cow::Borrowed("1")), Err("b,2")]);
        assert_eq!(cells("\"a", comma), [Err("\"a")]);
        assert_eq!(open_quote(b"1,\"a", b',', false), Some(2));
        assert_eq!(open_quote(b"1,a\"", b',', false), None);
        assert_eq!(open_quote(b"b\"\"c\",\"d\"", b',', true), None);
    }

    /// Byte by byte.
    fn open_quote_slowly(text: &[u8], delimiter: u8, quoted: bool) -> Option<usize> {
        let mut open = quoted.then_some(0);
        let mut start = true;
        let mut bytes = text.iter().enumerate().peekable();
        while let Some((at, &byte)) = bytes.next() {
            if open.is_some() {
                if byte == b'"' && bytes.next_if(|(_, next)| **next == b'"').is_none() {
                    open = None;
                }
            } else if byte == b'"' && start {
                open = Some(at);
            }
            start = open.is_none() && byte == delimiter;
        }
        open
    }

    proptest! {
        #[test]
        fn open_quotes_are_found(text in "[\",a]{0,12}", quoted: bool) {
            let found = open_quote(text.as_bytes(), b',', quoted);
            prop_assert_eq!(found, open_quote_slowly(text.as_bytes(), b',', quoted));
        }

        #[test]
        fn cells_that_were_written_are_read(written in prop::collection::vec("[\",a€]{0,4}", 1..5)) {
            let quoted = written.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
            let row = quoted.collect::<Vec<_>>().join(",");
            let read: Result<Vec<_>, _> = Cells::new(&row, Separator::Byte(b',')).collect();
            prop_assert_eq!(read.unwrap(), written);
            prop_assert_eq!(open_quote(row.as_bytes(), b',', false), None);
        }
    }

    #[test]
    fn delimiters_are_told_from_the_first_line() {
        assert_eq!(sniff("\"a, b, c\";d", None), b';');
        assert_eq!(sniff("a\tb", None), b'\t');
        assert_eq!(sniff("1;2,5;3,5;4,5", Some(4)), b';');
        assert_eq!(sniff("alone", None), b',');
        assert_eq!(
            (named(b"sep=;"), named(b"SEP=\t\r"), named(b"\"sep=|\""), named(b"sep,=")),
            (Some(b';'), Some(b'\t'), Some(b'|'), None)
        );
    }
}
