//! Scenarios.

use super::error;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(in crate::check) fn by_outside(span: Span) -> Diagnostic {
    error("E0350", span, "`by` asks what expires until a day, in scenarios")
        .help("write `expect ann.points.expiring by 2026-07-01 is 100`")
}

pub(in crate::check) fn not_of_type(span: Span, field: &str, wanted: &str) -> Diagnostic {
    error("E0351", span, format!("`{field}` is {wanted}, and this is not"))
}

pub(in crate::check) fn list_expected(span: Span, field: &str) -> Diagnostic {
    error("E0351", span, format!("`{field}` is a list")).help(format!("write `{field} [ {{ … }}, {{ … }} ]`"))
}

pub(in crate::check) fn line_expected(span: Span, field: &str) -> Diagnostic {
    error("E0351", span, format!("a line of `{field}` is expected here")).help("write `{ sku a, price $10 }`")
}

pub(in crate::check) fn one_value_expected(span: Span, field: &str) -> Diagnostic {
    error("E0351", span, format!("`{field}` is a single value"))
}

pub(in crate::check) fn missing_field(span: Span, owner: &str, field: &str, declared: Span) -> Diagnostic {
    let diagnostic = error("E0352", span, format!("`{owner}` needs `{field}`"));
    let diagnostic =
        if declared.end > 0 { diagnostic.related(declared, "declared here, not optional") } else { diagnostic };
    diagnostic.help(format!("add it to the record: `{field} …`"))
}

pub(in crate::check) fn backwards(span: Span, before: Span) -> Diagnostic {
    error("E0353", span, "time goes back here")
        .related(before, "the step before")
        .help("write steps in the order in which they happen, or say that this one arrives late: `late ann purchase …`")
}

pub(in crate::check) fn amount_of_what(span: Span) -> Diagnostic {
    error("E0354", span, "say which unit is expected")
        .help("write for example `expect 5 points`, or `expect $5 store_credit`")
}

pub(in crate::check) fn unknown_posting(span: Span, word: &str) -> Diagnostic {
    error("E0354", span, format!("`{word}` says nothing about an amount"))
        .help("write `expect 5 points`, `expect 5 points expired` or `expect $5 off`")
}

pub(in crate::check) fn expects_nothing_of(span: Span) -> Diagnostic {
    error("E0354", span, "this expects something of an event, and none stands before it on this line")
        .help("write it behind the event, or ask about a member: `expect ann.points.balance is 100`")
}

pub(in crate::check) fn two_members(span: Span) -> Diagnostic {
    error("E0355", span, "one condition is about one member").help("write two expectations")
}

pub(in crate::check) fn whose(span: Span, time_jump: bool) -> Diagnostic {
    let diagnostic =
        error("E0355", span, "nothing says which member is meant").help("begin with the member: `ann.status is vib`");
    if time_jump { diagnostic.note("a time jump is about all members") } else { diagnostic }
}
