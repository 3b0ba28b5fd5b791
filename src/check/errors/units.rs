//! Units: what must be declared, and what cannot be.

use super::{error, line_to_add};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(in crate::check) fn no_rounding(span: Span, unit: &str, fraction: Span, block: Option<Span>) -> Diagnostic {
    let diagnostic = error("E0280", span, format!("`{unit}` does not say how fractions are rounded"))
        .related(fraction, "this can have a fraction")
        .help("add a line to the unit, such as `round down per event` (or `up`, `nearest`, `half even`; per `item` or `rule`)");
    line_to_add(diagnostic, block, "round down per event")
}

pub(in crate::check) fn no_expiry(span: Span, unit: &str, block: Option<Span>) -> Diagnostic {
    let diagnostic = error("E0281", span, format!("`{unit}` does not say when it expires"))
        .help("add a line to the unit, such as `expires never` or `expires 12 months after earning`");
    line_to_add(diagnostic, block, "expires never")
}

pub(in crate::check) fn no_last_expiry(span: Span) -> Diagnostic {
    error("E0281", span, "when none of the conditions holds, nothing says when this expires")
        .help("end with a line without `when`, such as `expires 12 months after earning`")
}

pub(in crate::check) fn no_refunds(span: Span, unit: &str, earning: Span, by: &str, block: Option<Span>) -> Diagnostic {
    let taken = match by {
        "a reversal" => "this can be taken back".to_owned(),
        by => format!("`{by}` can take this back"),
    };
    let diagnostic = error(
        "E0282",
        span,
        format!("`{unit}` does not say what happens when it is taken back after it was spent"),
    )
    .related(earning, taken)
    .help("add a line to the unit: `refunds may go below zero`, `refunds stop at zero` or `refunds only from pending`");
    line_to_add(diagnostic, block, "refunds may go below zero")
}

pub(in crate::check) fn pending_without_key(span: Span, event: &str) -> Diagnostic {
    error("E0283", span, format!("nothing says which `{event}` releases what was earned"))
        .help(format!("name a field that both events have: `pending until {event} by order`"))
}

pub(in crate::check) fn released_without_key(span: Span, earning: &str, release: &str, field: &str) -> Diagnostic {
    error("E0283", span, format!("`{earning}` has no field `{field}`, so `{release}` never releases what this earns"))
        .help(format!("add the field to `{earning}`, or give this earn its own line: `pending 15 days`"))
}

pub(in crate::check) fn end_of_what(span: Span) -> Diagnostic {
    error("E0284", span, "the end of a day, week, month, quarter, year or membership year is expected here")
        .help("write for example `at end of month`; a day of the year is `on 30 september`")
}

pub(in crate::check) fn next_and_after(span: Span) -> Diagnostic {
    error("E0284", span, "`next` and `after` do not go together")
        .help("write `end of next calendar year`, or `end of year after 24 months`")
}

pub(in crate::check) fn nothing_after(span: Span, date: &str) -> Diagnostic {
    error("E0281", span, format!("nothing says when what is earned after {date} expires"))
        .help("add a line for it, such as `expires never` or `expires 12 months after earning`; every year is `expires on 31 december`")
}

pub(in crate::check) fn worth_needed(span: Span, unit: &str, declared: Span) -> Diagnostic {
    error("E0285", span, format!("money becomes `{unit}` by its worth, and none is declared"))
        .related(declared, "declared here")
        .help("add a line to the unit, such as `worth $0.01`")
}

pub(in crate::check) fn worth_unknown(span: Span, unit: &str, declared: Span) -> Diagnostic {
    error("E0285", span, format!("nothing says what `{unit}` is worth in money"))
        .related(declared, "declared here")
        .help("add a line to the unit, such as `worth $0.01`")
}

pub(in crate::check) fn worth_not_positive(span: Span) -> Diagnostic {
    error("E0285", span, "a unit is worth more than nothing")
        .help("leave the line out where the unit has no worth in money")
}

pub(in crate::check) fn decimals_of_money(span: Span) -> Diagnostic {
    error("E0286", span, "a unit of money has the decimals of its currency").help("leave the line out")
}

pub(in crate::check) fn too_many_decimals(span: Span, most: i64) -> Diagnostic {
    error("E0286", span, format!("a unit has at most {most} decimals"))
}

pub(in crate::check) fn other_money(span: Span, code: &str, own: &str) -> Diagnostic {
    error("E0240", span, format!("`{code}` is not the currency of this program, which is {own}"))
        .help(format!("write `money {own}`"))
}

pub(in crate::check) fn named_like_an_outcome(span: Span, name: &str) -> Diagnostic {
    error("E0474", span, format!("`{name}` says in scenarios what became of an amount, so no unit can be called that"))
        .help(format!("give it another name, such as `{name}_points`; its `label` can say what members read"))
}

pub(in crate::check) fn named_like_a_time(span: Span, name: &str) -> Diagnostic {
    error("E0474", span, format!("`{name}` is a unit of time, so no unit of members can be called that"))
        .label(format!("`5 {name}` would be a duration"))
        .help(format!("give it another name, such as `play_{name}`; its `label` can say what members read"))
}
