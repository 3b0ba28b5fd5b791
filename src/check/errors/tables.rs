//! Lookup tables.

use super::error;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(in crate::check) fn key_count(span: Span, table: &str, keys: &str, found: usize) -> Diagnostic {
    error("E0265", span, format!("`{table}` is looked up by {keys}, here are {found} values"))
        .help(format!("write `{table}[{keys}]`"))
}

pub(in crate::check) fn row_width(span: Span, keys: usize, found: usize) -> Diagnostic {
    error("E0265", span, format!("this row has {found} keys, the table has {keys}"))
        .help("write one word for each key, `_` for any, then the value")
}

pub(in crate::check) fn key_type(span: Span, table: &str, expected: &str, found: &str) -> Diagnostic {
    error("E0269", span, format!("elsewhere this key of `{table}` is {expected}, here it is {found}"))
}

pub(in crate::check) fn bands_not_rising(span: Span, before: Span) -> Diagnostic {
    error("E0266", span, "bands must rise")
        .related(before, "the band before ends here")
        .help("write them from the smallest to the largest")
}

pub(in crate::check) fn bands_need_one_key(span: Span) -> Diagnostic {
    error("E0266", span, "a table in bands has exactly one key")
}

pub(in crate::check) fn row_without_band(span: Span) -> Diagnostic {
    error("E0266", span, "a row of bands begins with `up to`, `below` or `above`")
}

pub(in crate::check) fn band_in_plain_table(span: Span, table: &str) -> Diagnostic {
    error("E0266", span, format!("`{table}` is not declared in bands"))
        .help(format!("write `table {table} by … in bands {{`"))
}

pub(in crate::check) fn marginal_rate(span: Span, found: &str) -> Diagnostic {
    error("E0266", span, format!("the value of a marginal band is a rate, this is {found}"))
        .help("write a percentage, such as `2%`")
}

pub(in crate::check) fn bands_from_file(span: Span) -> Diagnostic {
    error("E0267", span, "bands are written in the program, not read from a file")
}

pub(in crate::check) fn unreadable(span: Span, file: &str, reason: &str) -> Diagnostic {
    error("E0267", span, format!("`{file}` cannot be read: {}", reason.trim_end_matches('.')))
}

pub(in crate::check) fn column_missing(span: Span, file: &str, column: &str, found: &str) -> Diagnostic {
    error("E0267", span, format!("`{file}` has no column `{column}`")).note(format!("its columns: {found}"))
}

pub(in crate::check) fn bad_cell(span: Span, file: &str, line: usize, cell: &str, expected: &str) -> Diagnostic {
    error("E0268", span, format!("line {line} of `{file}`: `{cell}` is not {expected}"))
}

pub(in crate::check) fn row_after_else(span: Span, first: Span) -> Diagnostic {
    error("E0261", span, "this row is never reached")
        .related(first, "this row takes everything that is left")
        .help("put it last")
}

pub(in crate::check) fn empty(span: Span) -> Diagnostic {
    error("E0267", span, "the table has no rows")
}
