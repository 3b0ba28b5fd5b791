//! Dimensions that do not go together, and values that are not there.

use super::super::mixed::Mend;
use super::error;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::BinaryOp;

/// A side of an operator and its dimension in words.
type Side<'a> = (Span, &'a str);

pub(in crate::check) fn mixed(
    span: Span,
    op: BinaryOp,
    text: &str,
    (left, a): Side<'_>,
    (right, b): Side<'_>,
    example: Option<String>,
) -> Diagnostic {
    let text = one_line(text);
    let message = match op {
        BinaryOp::Add => format!("`{text}` adds {b} to {a}"),
        BinaryOp::Subtract => format!("`{text}` subtracts {b} from {a}"),
        BinaryOp::Multiply => format!("`{text}` multiplies {a} by {b}"),
        _ => format!("`{text}` divides {a} by {b}"),
    };
    let diagnostic = error("E0220", span, message).related(left, a).related(right, b);
    match (op, example) {
        (BinaryOp::Add | BinaryOp::Subtract, Some(example)) => {
            diagnostic.help(format!("a plain number has no dimension: write `{example}`"))
        }
        (BinaryOp::Add | BinaryOp::Subtract, None) => {
            diagnostic.note("only like is added to like: money to money, an amount of a unit to one of the same unit")
        }
        (BinaryOp::Multiply, _) => diagnostic.note("one of the two must be a plain number"),
        _ => diagnostic.note("divide by a plain number, or by an amount of the same dimension"),
    }
}

pub(in crate::check) fn bracket_after_of(diagnostic: Diagnostic, inner: Span, text: &str) -> Diagnostic {
    diagnostic.help("put brackets around what the rate is of").edit(inner, format!("({text})"))
}

pub(in crate::check) fn mixed_arguments(span: Span, left: &str, right: &str) -> Diagnostic {
    error("E0220", span, format!("this is {right}, the others are {left}"))
        .note("all values between the brackets must be of one kind")
}

pub(in crate::check) fn mended(diagnostic: Diagnostic, mend: Mend) -> Diagnostic {
    let diagnostic = mend.help.into_iter().fold(diagnostic, Diagnostic::help);
    match mend.edit {
        Some((span, text)) => diagnostic.edit(span, text),
        None => diagnostic,
    }
}

pub(in crate::check) fn mixed_cases(span: Span, found: &str, expected: &str, example: Option<String>) -> Diagnostic {
    let diagnostic = error("E0223", span, format!("this case is {found}, the others are {expected}"));
    match example {
        Some(example) => diagnostic.help(format!("write `{example}`")).edit(span, example),
        None => diagnostic,
    }
}

pub(in crate::check) fn incomparable(
    span: Span,
    (left, a): Side<'_>,
    (right, b): Side<'_>,
    example: Option<String>,
) -> Diagnostic {
    let diagnostic =
        error("E0221", span, format!("{a} cannot be compared with {b}")).related(left, a).related(right, b);
    match example {
        Some(example) => diagnostic.help(format!("a plain number has no dimension: write `{example}`")),
        None if (a, b) == ("a number", "a duration") => {
            diagnostic.help("`days since` is a number already: write the number alone")
        }
        None => diagnostic,
    }
}

pub(in crate::check) fn wrong_type(span: Span, expected: &str, found: &str, example: Option<String>) -> Diagnostic {
    let diagnostic = error("E0222", span, format!("{expected} is expected here, this is {found}"));
    match example {
        Some(example) => diagnostic.help(format!("write `{example}`")).edit(span, example),
        None => diagnostic,
    }
}

pub(in crate::check) fn not_a_number(span: Span, found: &str) -> Diagnostic {
    error("E0222", span, format!("a number, money or an amount of a unit is expected here, this is {found}"))
}

pub(in crate::check) fn no_order(span: Span, found: &str) -> Diagnostic {
    error("E0224", span, format!("{found} has no order: only `is` and `is not` compare it"))
        .label("this asks for an order")
}

pub(in crate::check) fn may_be_missing(
    span: Span,
    name: &str,
    word: &str,
    declared: Option<Span>,
    default: Option<(Span, String)>,
) -> Diagnostic {
    let diagnostic = error("E0225", span, format!("`{name}` may be missing, so it cannot be computed with"));
    let diagnostic = match declared {
        Some(declared) if declared.end > 0 => diagnostic.related(declared, "optional, without a default"),
        _ => diagnostic,
    };
    let diagnostic = diagnostic.help(format!("ask first: `{word} {name} is not missing`"));
    match default {
        Some((optional, zero)) => diagnostic
            .help(format!("or say what counts when it is missing: `default {zero}`"))
            .edit(optional, format!("default {zero}")),
        None => diagnostic,
    }
}

pub(in crate::check) fn not_a_condition(span: Span, found: &str) -> Diagnostic {
    error("E0226", span, format!("a condition is expected here, this is {found}"))
        .help("compare it with something: `… >= …`, `… is …`")
}

pub(in crate::check) fn value_of_line(span: Span, list: &str, name: &str) -> Diagnostic {
    error("E0228", span, format!("`{name}` is a value of each line of `{list}`, and there may be many lines"))
        .help(format!("make one value of them, such as `sum of {list}.{name}` or `any of {list} where {name} is …`"))
        .help(format!("or work line by line: `on ….{list}` with `where {name} is …`"))
}

pub(in crate::check) fn no_conversion(span: Span, found: &str, unit: &str) -> Diagnostic {
    error("E0229", span, format!("{found} cannot become {unit}")).note("`as` turns plain numbers and money into a unit")
}

pub(in crate::check) fn no_value(span: Span, found: &str) -> Diagnostic {
    error("E0560", span, format!("`value of` asks what an amount of a unit is worth, and this is {found}"))
        .help("write the amount behind it, such as `value of points.balance`")
}

pub(in crate::check) fn argument_count(span: Span, function: &str, count: usize) -> Diagnostic {
    error("E0230", span, format!("`{function}` takes one value, here are {count}"))
}

pub(in crate::check) fn rate_dimensions(
    per: Span,
    a: &str,
    value: Span,
    b: &str,
    example: Option<String>,
) -> Diagnostic {
    let diagnostic =
        error("E0232", per, format!("the step of this rate is {a}, but what is measured is {b}")).related(value, b);
    match example {
        Some(example) => diagnostic.help(format!("write `per {example}`")).edit(per, example),
        None => diagnostic,
    }
}

pub(in crate::check) fn not_constant(span: Span, what: &str) -> Diagnostic {
    error("E0233", span, format!("{what} must be a fixed value here"))
        .note("it may not depend on an event, a member or the day")
}

pub(in crate::check) fn zero_divisor(span: Span) -> Diagnostic {
    error("E0234", span, "this divides by zero").label("must be above zero")
}

pub(in crate::check) fn bare_list(span: Span, name: &str) -> Diagnostic {
    error("E0235", span, format!("`{name}` is a list, not a single value"))
        .help(format!("make one value of it, such as `count of {name}` or `sum of {name}.…`"))
}

pub(in crate::check) fn bare_table(span: Span, name: &str, keys: &str) -> Diagnostic {
    error("E0235", span, format!("`{name}` is a table, not a single value"))
        .help(format!("look up a row: `{name}[{keys}]`"))
}

pub(in crate::check) fn bare_unit(span: Span, name: &str) -> Diagnostic {
    error("E0235", span, format!("`{name}` is a unit, not a single value")).help(format!(
        "say which amount is meant: `{name}.balance`, `{name}.available`, `{name}.pending` or `{name}.debt`"
    ))
}

pub(in crate::check) fn tally_outside_measure(span: Span, unit: &str, tally: &str) -> Diagnostic {
    error("E0231", span, format!("`{unit}.{tally}` counts over time, so it needs a name and a period"))
        .help(format!("name it first: `measure {tally}_{unit} = sum of {unit}.{tally}, each calendar year`"))
}

pub(in crate::check) fn unquoted(span: Span, word: &str) -> Diagnostic {
    error("E0237", span, format!("text needs quotes: `\"{word}\"`"))
        .help("put it in quotes")
        .edit(span, format!("\"{word}\""))
}

pub(in crate::check) fn since_unit(span: Span) -> Diagnostic {
    error("E0222", span, "times since something are counted in days, weeks, months or years")
}

/// Shortened to its first line.
fn one_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim_end()
}

/// `span` is all of what `right` stands for.
pub(in crate::check) fn word_behind_or(word: Span, text: &str, span: Span, right: String) -> Diagnostic {
    error("E0226", word, format!("a condition is expected here, this is the word `{}`", text.trim_matches('"')))
        .help(format!("list the words: `{right}`"))
        .edit(span, right)
}
