//! Events, fields and reversals.

use super::{error, suggest};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(in crate::check) fn built_in_redeclared(span: Span, name: &str) -> Diagnostic {
    error("E0216", span, format!("`{name}` is built in and reverses nothing"))
        .help(format!("its block may add fields: `event {name} {{ source text, optional }}`"))
}

pub(in crate::check) fn field_of_made(span: Span, name: &str, event: &str, mend: &str) -> Diagnostic {
    error("E0216", span, format!("`{event}` is made by the program itself, and nothing would ever say its `{name}`"))
        .help(mend)
}

pub(in crate::check) fn field_built_in(span: Span, name: &str, event: &str) -> Diagnostic {
    error("E0201", span, format!("`{event}` has a field `{name}` by itself"))
        .help("leave it out, or give yours another name")
}

pub(in crate::check) fn attribute_built_in(span: Span, name: &str) -> Diagnostic {
    error("E0201", span, format!("every member has `{name}` by itself"))
        .help("leave it out, or give yours another name")
}

pub(in crate::check) fn cannot_be_reversed(span: Span, name: &str, reason: &str) -> Diagnostic {
    error("E0270", span, format!("`{name}` cannot be reversed: {reason}"))
}

pub(in crate::check) fn key_missing(span: Span, name: &str, owner: &str, near: Option<String>) -> Diagnostic {
    suggest(error("E0271", span, format!("`{owner}` has no field `{name}` by which it could be found")), near)
}

pub(in crate::check) fn key_type(span: Span, name: &str, original: Span) -> Diagnostic {
    error("E0271", span, format!("`{name}` has another type here than in the event that is reversed"))
        .related(original, "declared here")
}

pub(in crate::check) fn key_is_list(span: Span, name: &str) -> Diagnostic {
    error("E0271", span, format!("`{name}` is a list: name the field of its lines"))
        .help(format!("write `{name}.sku`, or what tells lines apart"))
}

pub(in crate::check) fn key_too_deep(span: Span) -> Diagnostic {
    error("E0271", span, "a field, or a field of a list, is expected here")
}

pub(in crate::check) fn key_of_line_renamed(span: Span) -> Diagnostic {
    error("E0271", span, "only a field of the event can have another name in the reversal")
        .help("give the field of the line the same name in both")
}

pub(in crate::check) fn excess_of_lines(span: Span) -> Diagnostic {
    error("E0530", span, "of lines that come back, more than is left is always an error")
        .help("leave `excess dropped` out, or let the reversal find the event alone: `by order`")
}

pub(in crate::check) fn no_event_key(span: Span, event: &str) -> Diagnostic {
    error("E0271", span, format!("lines alone do not say which `{event}` is meant"))
        .help("name a field of the event first: `by order and items.sku`")
}

pub(in crate::check) fn two_lists(span: Span) -> Diagnostic {
    error("E0271", span, "lines of one list only can be reversed by one event")
        .help("declare a second reversal for the other list")
}

pub(in crate::check) fn only_in_reversals(span: Span, word: &str, event: &str) -> Diagnostic {
    error("E0272", span, format!("`{word}` belongs to reversals, and `{event}` reverses nothing"))
        .help(format!("say what it takes back: `event {event} reverses purchase by order {{`"))
}

pub(in crate::check) fn default_of_list(span: Span) -> Diagnostic {
    error("E0273", span, "a list has no default: without it there are no lines")
}

pub(in crate::check) fn fraction_of_count(span: Span) -> Diagnostic {
    error("E0273", span, "a count is a whole number").help("declare the field as `number` where it may have a fraction")
}

pub(in crate::check) fn optional_with_default(span: Span, name: &str) -> Diagnostic {
    error("E0273", span, format!("`{name}` has a default, so it is never missing")).help("leave `optional` out")
}

pub(in crate::check) fn nested_list(span: Span, name: &str) -> Diagnostic {
    error("E0274", span, format!("`{name}` is a list inside a list"))
        .help("lines hold single values; send the inner lines as lines of the event")
}

pub(in crate::check) fn list_attribute(span: Span) -> Diagnostic {
    error("E0274", span, "an attribute of a member is a single value, not a list")
}

pub(in crate::check) fn no_birthday(span: Span) -> Diagnostic {
    error("E0276", span, "members have no attribute `birthday`, so this never happens")
        .help("declare it: `member { birthday date, optional }`")
}
