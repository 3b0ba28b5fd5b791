//! Earns, boosts and limits.

use super::error;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(in crate::check) fn gives_nothing(span: Span, earn: &str) -> Diagnostic {
    error("E0310", span, format!("`{earn}` gives nothing"))
        .help("add a line, such as `give 1 point per $1 of subtotal`")
}

pub(in crate::check) fn several_units(span: Span, first: &str, second: &str) -> Diagnostic {
    error("E0311", span, format!("one earn gives one unit: this is {second}, the amount before is {first}"))
        .help("write a second earn for the other unit")
}

pub(in crate::check) fn where_without_lines(span: Span) -> Diagnostic {
    error("E0312", span, "`where` asks about lines, and there are none here")
        .help("write `when` for a condition on the event, or earn per line: `on purchase.items`")
}

pub(in crate::check) fn no_unit(span: Span, found: &str, right: Option<&str>) -> Diagnostic {
    let diagnostic = error("E0320", span, format!("an amount of a unit is expected here, this is {found}"));
    let Some(right) = right else { return diagnostic };
    diagnostic.help(format!("say which unit, and how much of it: `{right}`")).edit(span, right)
}

/// `text` is what is written, and `number` what it comes to, where that is known.
pub(in crate::check) fn boost_plain(span: Span, text: &str, number: Option<&str>) -> Diagnostic {
    let what = "a boost is a factor, a percentage or an added amount";
    let named = text.starts_with(char::is_alphabetic);
    match number {
        Some(number) if named => error("E0313", span, format!("{what}, and `{text}` is a plain number")).help(format!(
            "say where `{text}` is declared which is meant: `{number}x` to multiply, `{number}%` to add a part, or an amount of a unit"
        )),
        Some(number) => error("E0313", span, what)
            .help(format!("write `{number}x` to multiply, `{number}%` to add a part, or say which unit is added")),
        None => error("E0313", span, format!("{what}, and `{text}` comes to a plain number"))
            .help("write its numbers as factors, such as `1.25x`, or as percentages, such as `25%`"),
    }
}

pub(in crate::check) fn boost_mixed(span: Span, text: &str) -> Diagnostic {
    error("E0313", span, format!("`{text}` is sometimes a percentage and sometimes another number"))
        .note("a boost of `20%` adds a fifth, and one of `2x` multiplies")
        .help("write percentages throughout, such as `20%` and `0%`, or factors, such as `1.2x` and `1x`")
}

pub(in crate::check) fn boost_amount(span: Span, found: &str) -> Diagnostic {
    error("E0313", span, format!("a boost is a factor, a percentage or an added amount, this is {found}"))
        .help("write for example `2x`, `20%` or `50 points`")
}

pub(in crate::check) fn boost_of_other_unit(span: Span, own: &str, unit: &str) -> Diagnostic {
    error("E0314", span, format!("this adds {own} to an earn of {unit}"))
        .help(format!("write an earn of its own for {own}"))
}

pub(in crate::check) fn boost_without_amount(span: Span, boost: &str) -> Diagnostic {
    error("E0313", span, format!("`{boost}` boosts by nothing")).help("add a line, such as `2x` or `20%`")
}

pub(in crate::check) fn refunds_of_boost(span: Span) -> Diagnostic {
    error("E0319", span, "what refunds do is said at the earn, not at its boosts")
}

pub(in crate::check) fn cooldown_of_boost(span: Span) -> Diagnostic {
    error("E0319", span, "a boost has no cooldown").help("limit it instead: `limit 1 times each calendar day`")
}

pub(in crate::check) fn limit_of_what(span: Span, found: &str) -> Diagnostic {
    error("E0315", span, format!("a limit is an amount of what is given, or a number of times, this is {found}"))
}

pub(in crate::check) fn limit_of_other_unit(span: Span, found: &str, given: &str) -> Diagnostic {
    let message = match given {
        "" => format!("this limits {found}, which is not given here"),
        given => format!("this limits {found}, but what is given here is {given}"),
    };
    error("E0315", span, message)
}

pub(in crate::check) fn limit_number(span: Span, text: &str, unit: Option<&str>) -> Diagnostic {
    let amount = unit.map_or_else(String::new, |unit| format!("`{text} {unit}` or "));
    error("E0315", span, "a limit of how much, or how often?").help(format!("write {amount}`{text} times`"))
}

pub(in crate::check) fn limit_per_field(span: Span, path: &str) -> Diagnostic {
    error("E0315", span, format!("`{path}` is not a field: a limit counts per field of the event or line"))
}

pub(in crate::check) fn split_needs_one_ladder(span: Span, found: usize) -> Diagnostic {
    let message = match found {
        0 => "`tier split` needs a tier to split by, and nothing here asks about one",
        _ => "`tier split` needs one ladder of tiers, and this asks about several",
    };
    error("E0317", span, message).help("write `tier before` or `tier after`")
}

pub(in crate::check) fn unless_other_event(span: Span, other: &str, earn: &str) -> Diagnostic {
    error("E0318", span, format!("`{other}` and `{earn}` never earn by the same event, so nothing is excluded"))
        .note("`unless earned` looks at other earns of one and the same event")
}

pub(in crate::check) fn funded_beyond_whole(span: Span) -> Diagnostic {
    error("E0244", span, "partners together pay more than 100%")
}
