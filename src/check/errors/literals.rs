//! Literals that say an amount which is not there.

use super::error;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::value::Currency;

pub(in crate::check) fn foreign_money(span: Span, meant: Currency, own: Currency) -> Diagnostic {
    error("E0240", span, format!("this is money in {meant}, and the program counts in {own}"))
        .note(format!("events may name other currencies where the program has a rate for them: `accepts {meant} at …`"))
        .help(format!("write the amount in {own}"))
}

pub(in crate::check) fn thousands_point(span: Span, text: &str) -> Diagnostic {
    let whole = text.replace('.', "_");
    error("E0248", span, format!("`{text}` can be read as a thousand times as much"))
        .help(format!("write `{whole}` for thousands; the point stands before decimals only"))
}

pub(in crate::check) fn too_fine(span: Span, unit: &str, decimals: u8) -> Diagnostic {
    let message = match decimals {
        0 => format!("{unit} has no decimals, so this amount does not exist"),
        1 => format!("{unit} has 1 decimal, so this amount does not exist"),
        _ => format!("{unit} has {decimals} decimals, so this amount does not exist"),
    };
    error("E0241", span, message).label("smaller than the smallest step")
}

pub(in crate::check) fn too_large(span: Span) -> Diagnostic {
    error("E0242", span, "this number is too large to count with")
}

pub(in crate::check) fn unknown_currency(span: Span, code: &str, named: Option<&str>) -> Diagnostic {
    let diagnostic = error("E0243", span, format!("`{code}` is not a currency"));
    match named {
        Some(named) => diagnostic.help(format!("write its three-letter code: `{named}`")).edit(span, named),
        None => diagnostic.help("write its three-letter code, such as `USD`, `EUR` or `JPY`"),
    }
}

pub(in crate::check) fn beyond_whole(span: Span, text: &str) -> Diagnostic {
    let text = text.trim_end_matches('%');
    error("E0244", span, format!("`{text}%` is not a part of a whole")).note("a share is above 0% and at most 100%")
}

pub(in crate::check) fn bad_duration(span: Span) -> Diagnostic {
    error(
        "E0245",
        span,
        "a duration is a whole number above zero of seconds, minutes, hours, days, weeks, months, quarters or years",
    )
}

pub(in crate::check) fn not_whole(span: Span, text: &str, least: i64) -> Diagnostic {
    error("E0246", span, format!("a whole number from {least} on is expected here, not `{text}`"))
}
