//! The `program` block.

use super::super::MAX_ITEMS;
use super::{error, line_to_add, suggest};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(in crate::check) fn missing(span: Span) -> Diagnostic {
    error("E0250", span, "the `program` block is missing")
        .help("begin the file with it, so that currency and days are decided")
        .edit(
            Span { end: span.start, ..span },
            "program \"My program\" {\n  currency USD\n  timezone \"America/New_York\"\n}\n",
        )
}

/// `code` is of the currency in which the program writes amounts, as far as these tell.
pub(in crate::check) fn no_currency(span: Span, block: Option<Span>, code: &str) -> Diagnostic {
    let line = format!("currency {code}");
    let diagnostic = error("E0251", span, "the program does not say its currency")
        .help(format!("add a line to the block, such as `{line}`"));
    line_to_add(diagnostic, block, &line)
}

pub(in crate::check) fn no_timezone(span: Span, block: Option<Span>) -> Diagnostic {
    let diagnostic = error("E0252", span, "the program does not say where its days begin")
        .note("days, birthdays, periods and expiry are counted in a time zone")
        .help("add a line to the block, such as `timezone \"America/New_York\"`");
    line_to_add(diagnostic, block, "timezone \"America/New_York\"")
}

pub(in crate::check) fn unknown_zone(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let diagnostic = error("E0253", span, format!("`{name}` is not a time zone"));
    match near {
        None => diagnostic.help("write a name such as `\"Europe/Berlin\"`, or an offset such as `\"+02:00\"`"),
        near => suggest(diagnostic, near.map(|near| format!("\"{near}\""))),
    }
}

pub(in crate::check) fn second(span: Span, first: Span) -> Diagnostic {
    error("E0254", span, "there is a second `program` block").related(first, "the first").help("keep one of the two")
}

pub(in crate::check) fn accepted_already(span: Span, code: &str) -> Diagnostic {
    error("E0255", span, format!("`{code}` is accepted already"))
        .help("one line for each further currency; dated rates go into one line")
}

pub(in crate::check) fn no_timezone_attribute(span: Span) -> Diagnostic {
    error("E0256", span, "members have no attribute `timezone`")
        .help("declare it: `member { timezone text, optional }`")
}

pub(in crate::check) fn year_start(span: Span) -> Diagnostic {
    error("E0258", span, "a year starts on a day that every month has: the 1st to the 28th")
        .help("write for example `year starts 1 april`")
}

pub(in crate::check) fn leap_day(span: Span) -> Diagnostic {
    error("E0257", span, "in common years, birthdays of 29 february are on feb 28 or on mar 1")
}

pub(in crate::check) fn too_many_items(span: Span, count: usize) -> Diagnostic {
    error("E0500", span, format!("the program has {count} declarations, and at most {MAX_ITEMS} are read"))
        .help("what differs only in its numbers or words belongs into a `table`, with one rule that looks it up")
}
