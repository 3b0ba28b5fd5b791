//! Leaderboards.

use super::error;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(in crate::check) fn no_measure(span: Span, name: &str) -> Diagnostic {
    error("E0440", span, format!("`{name}` does not say by what members are ranked"))
        .help("add a measure of a calendar period, such as `by monthly_visits`")
}

pub(in crate::check) fn not_a_measure(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let diagnostic =
        error("E0440", span, format!("members are ranked by a measure, and no measure is called `{name}`"));
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).edit(span, near),
        None => diagnostic.help("declare one, such as `measure monthly_visits = count of visit, each calendar month`"),
    }
}

pub(in crate::check) fn no_period(span: Span, name: &str, measure: Span) -> Diagnostic {
    error("E0441", span, format!("`{name}` has no calendar period, so that nobody knows when places are given"))
        .related(measure, "it is declared here")
        .help("rank by a measure `each calendar week`, `month`, `quarter` or `year`: places are given at its end")
}

pub(in crate::check) fn no_places(span: Span, name: &str) -> Diagnostic {
    error("E0442", span, format!("no place of `{name}` brings anything")).help(
        "add what the first ones get, such as `place 1 { give 500 points }` and `place 2 to 10 { give 100 points }`",
    )
}

pub(in crate::check) fn places_overlap(span: Span, earlier: Span) -> Diagnostic {
    error("E0442", span, "this place is not below the one before")
        .related(earlier, "the one before")
        .help("write places from the first down, each once: `place 1 { … }`, then `place 2 to 10 { … }`")
}

pub(in crate::check) fn unknown(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let diagnostic = error("E0455", span, format!("no leaderboard is called `{name}`"));
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).edit(span, near),
        None => diagnostic,
    }
}
