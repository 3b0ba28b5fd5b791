//! Ladders of tiers.

use super::{error, line_to_add};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(in crate::check) fn no_tiers(span: Span, ladder: &str) -> Diagnostic {
    error("E0300", span, format!("`{ladder}` has no tiers"))
}

pub(in crate::check) fn first_with_condition(
    span: Span,
    tier: &str,
    zero: Option<Span>,
    below: Option<&str>,
) -> Diagnostic {
    let diagnostic =
        error("E0300", span, format!("`{tier}` is the first tier, which is everybody's, so it has no condition"));
    match (zero, below) {
        (Some(all), _) => diagnostic.help(format!("write `{tier}` alone: it begins at nothing anyway")).edit(all, ""),
        (None, Some(below)) => {
            diagnostic.help(format!("tiers are written from the lowest to the highest: begin with `{below}`"))
        }
        (None, None) => diagnostic.help("put a tier without a condition before it, such as `member`"),
    }
}

pub(in crate::check) fn not_rising(span: Span, before: Span, tier: &str) -> Diagnostic {
    error("E0301", span, format!("the threshold of `{tier}` is not above that of the tier before"))
        .related(before, "the tier before")
        .help("write tiers from the lowest to the highest")
}

pub(in crate::check) fn threshold_without_measure(span: Span, ladder: &str, declared: Span) -> Diagnostic {
    error("E0302", span, "this threshold is of no measure").related(declared, "declared here").help(format!(
        "name the measure: `tiers {ladder} by yearly_spend {{`, or give the tier its own condition: `reach … >= …`"
    ))
}

pub(in crate::check) fn threshold_and_reach(span: Span, first: Span) -> Diagnostic {
    error("E0302", span, "this tier has a threshold and a condition")
        .related(first, "the threshold")
        .help("keep one of the two")
}

pub(in crate::check) fn no_hold(span: Span, ladder: &str, block: Option<Span>) -> Diagnostic {
    let diagnostic = error("E0303", span, format!("`{ladder}` does not say how long a tier is held"))
        .help("add a line, such as `holds until end of next calendar year`, `holds for 12 months`, `holds rolling` or `holds for ever`");
    line_to_add(diagnostic, block, "holds until end of next calendar year")
}

pub(in crate::check) fn hold_until_date(span: Span) -> Diagnostic {
    error("E0304", span, "a tier is held to the end of a period, for a time, or for ever, not to one date")
        .help("write for example `for 90 days`")
}

pub(in crate::check) fn rollover_without_period(span: Span) -> Diagnostic {
    error("E0305", span, "surplus rolls over from period to period, and the measure of these tiers has none")
        .help("give the measure a period, such as `each calendar year`")
}

pub(in crate::check) fn rollover_of_what(span: Span, tier: &str, text: &str, declared: Span) -> Diagnostic {
    error("E0451", span, format!("how much of it `{tier}` takes is not clear, so that nobody knows what is surplus"))
        .related(declared, format!("`{text}`"))
        .help("let the tier ask for it once, with `>=` and an amount, such as `reach nights >= 40 or stays >= 20`")
}
