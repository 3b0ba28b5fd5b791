//! Dates and cases out of order.

use super::error;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::value::Day;

pub(in crate::check) fn out_of_order(span: Span, day: Day, before: Span, last: Day) -> Diagnostic {
    error("E0260", span, format!("{day} is not later than {last}, the last day of the case before"))
        .related(before, "the case before ends here")
        .help("write cases from the earliest to the latest; `until` includes its day")
}

pub(in crate::check) fn unreachable(span: Span, first: Span) -> Diagnostic {
    error("E0261", span, "this case is never reached")
        .related(first, "this case applies always")
        .help("put the case without a condition last")
}

pub(in crate::check) fn backwards(span: Span) -> Diagnostic {
    error("E0262", span, "the end comes before the beginning").help("swap the two")
}

pub(in crate::check) fn after_nothing(span: Span) -> Diagnostic {
    error("E0263", span, "`after` follows a case with `until`").help("write `… until 2026-12-31, … after`")
}

pub(in crate::check) fn nothing_otherwise(span: Span, example: &str) -> Diagnostic {
    error("E0264", span, "when none of these cases holds, nothing says what does")
        .help(format!("end with a case without a condition, such as `{example}`"))
}

pub(in crate::check) fn other_season(span: Span, meant: &str) -> Diagnostic {
    error("E0606", span, "a season is days of the week, months, times or dates from one to another")
        .help(format!("write `{meant}`"))
        .edit(span, meant)
}
