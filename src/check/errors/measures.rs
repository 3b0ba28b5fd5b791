//! Measures and aggregates.

use super::{error, suggest};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// `name` is one that nothing has; `lines` the list and the field of its lines that are counted.
pub(in crate::check) fn history_in_expression(
    span: Span,
    text: &str,
    name: &str,
    lines: Option<(String, &str)>,
) -> Diagnostic {
    let d = error("E0231", span, format!("`{text}` counts over time, so it needs a name and a period"))
        .help(format!("name it first: `measure {name} = {text}, each calendar year`, then write `{name}` here"));
    match lines {
        Some((list, field)) => {
            d.note(format!("what is computed of each line stands in brackets: `sum of ({field} * …) over {list}`"))
        }
        None => d,
    }
}

pub(in crate::check) fn not_a_list(
    span: Span,
    name: &str,
    event: &str,
    known: bool,
    near: Option<String>,
) -> Diagnostic {
    let message =
        if known { format!("`{name}` of `{event}` is not a list") } else { format!("`{event}` has no list `{name}`") };
    suggest(error("E0290", span, message), near.filter(|_| !known))
}

pub(in crate::check) fn field_wanted(span: Span, name: &str) -> Diagnostic {
    error("E0290", span, format!("say which field of `{name}` is meant"))
        .help(format!("write `{name}.…`, or `count of {name}`"))
}

pub(in crate::check) fn no_field_wanted(span: Span, what: &str) -> Diagnostic {
    error("E0290", span, format!("`{what}` speaks of events or lines, not of a field"))
        .help("leave the field out, and ask about it with `where`")
}

pub(in crate::check) fn each_of_field(span: Span) -> Diagnostic {
    error("E0531", span, "behind `over` stands an event or its lines, not a field")
        .help("name the fields in the brackets: `sum of (price * qty) over items`")
}

pub(in crate::check) fn needs_where(span: Span) -> Diagnostic {
    error("E0290", span, "`any of` and `all of` need a condition").help("add it: `… where category is \"x\"`")
}

pub(in crate::check) fn any_of_history(span: Span) -> Diagnostic {
    error("E0290", span, "a measure is an amount or a count")
        .help("count instead, and compare where it is used: `count of … where …`, then `>= 1`")
}

pub(in crate::check) fn per_event(span: Span) -> Diagnostic {
    error("E0291", span, "`per event` belongs to limits: a measure counts over many events")
}

pub(in crate::check) fn no_period(span: Span) -> Diagnostic {
    error("E0291", span, "a calendar period is a day, week, month, quarter or year")
}

pub(in crate::check) fn not_exact(span: Span) -> Diagnostic {
    error("E0291", span, "months and years have no exact length").help("write days: `last exactly 365 days`")
}

pub(in crate::check) fn only_since_rise(span: Span, ladder: &str) -> Diagnostic {
    error("E0291", span, "a measure can start again when a tier rises, not otherwise")
        .help(format!("write `since {ladder} rose`"))
}

pub(in crate::check) fn streak_needs_period(span: Span, name: &str, event: &str) -> Diagnostic {
    error("E0292", span, "a streak counts periods in a row, and none is named")
        .help(format!("write `measure {name} = streak of {event}, each calendar week`"))
}

pub(in crate::check) fn only_for_streaks(span: Span) -> Diagnostic {
    error("E0292", span, "this belongs to streaks").help("leave it out, or count `streak of …`")
}

pub(in crate::check) fn periods_wanted(span: Span) -> Diagnostic {
    error("E0292", span, "this belongs to streaks of periods").help("add `each calendar day` or the like before it")
}

pub(in crate::check) fn within_periods(span: Span) -> Diagnostic {
    error("E0292", span, "`within` bounds a row of events, not of periods")
        .help("leave out `each calendar …`, and say with `where` which events belong to the row")
}

pub(in crate::check) fn where_of_enough(span: Span, at: Span) -> Diagnostic {
    error("E0292", span, "what a period needs is counted without this condition")
        .related(at, "this is what a period needs")
        .help("write the condition there: `when count of lesson where minutes > 5 reaches 2`")
}

pub(in crate::check) fn repairs_in_days(span: Span) -> Diagnostic {
    error("E0292", span, "periods are mended within days, weeks or months").help("such as `repairs 1 in 7 days`")
}

pub(in crate::check) fn frozen_by_what(span: Span) -> Diagnostic {
    error("E0292", span, "nothing freezes this streak").help("say what does: `frozen by UNIT`")
}

pub(in crate::check) fn streak_of_membership(span: Span) -> Diagnostic {
    error("E0292", span, "a streak counts calendar periods")
        .help("write `each calendar day`, `week`, `month`, `quarter` or `year`")
}

pub(in crate::check) fn streak_of_lines(span: Span) -> Diagnostic {
    error("E0292", span, "a streak is about events over time, not about lines")
        .help("name it first: `measure weeks = streak of …, each calendar week`")
}

pub(in crate::check) fn formula_with_options(span: Span) -> Diagnostic {
    error("E0293", span, "a formula has no period of its own")
        .help("write it at the measures that the formula speaks of")
}

pub(in crate::check) fn two_shares(span: Span) -> Diagnostic {
    error("E0293", span, "a measure has one `at most … where …`")
        .help("cap the parts in measures of their own, and add these")
}

pub(in crate::check) fn unknown_tally(span: Span, unit: &str, near: Option<String>) -> Diagnostic {
    let diagnostic =
        error("E0214", span, format!("over time, `{unit}` is counted as earned, spent, expired or reversed"));
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{unit}.{near}`?")).edit(span, format!("{unit}.{near}")),
        None => diagnostic.help(format!("write `sum of {unit}.earned`")),
    }
}

pub(in crate::check) fn only_sum_of_postings(span: Span, of: &str) -> Diagnostic {
    error("E0290", span, format!("amounts of a unit are summed over time: `sum of {of}`"))
        .help("write `sum`")
        .edit(span, "sum")
}

pub(in crate::check) fn postings_with_filter(span: Span, of: &str) -> Diagnostic {
    error("E0293", span, format!("`{of}` is counted as a whole, without conditions"))
}

pub(in crate::check) fn member_in_filter(span: Span, text: &str) -> Diagnostic {
    error("E0294", span, format!("`{text}` is about the member, and a measure sees only the event that it counts"))
        .note("what a measure has counted stays counted, whatever becomes of the member")
        .help("send it as a field of the event, or ask about the member where the measure is used")
}
