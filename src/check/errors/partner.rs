//! Partners, exchanges, causes and funds.

use super::{error, suggest};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(in crate::check) fn unknown_partner(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let known = near.is_some();
    let diagnostic = suggest(error("E0380", span, format!("there is no partner `{name}`")), near);
    if known {
        diagnostic
    } else {
        diagnostic.help(format!("declare it: `partner {name} {{ settles each calendar month }}`"))
    }
}

pub(in crate::check) fn unknown_cause(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let known = near.is_some();
    let diagnostic = suggest(error("E0381", span, format!("there is no cause `{name}`")), near);
    if known { diagnostic } else { diagnostic.help(format!("declare it: `cause {name} {{ label \"…\" }}`")) }
}

pub(in crate::check) fn settles_when(span: Span, name: &str, wrong: bool) -> Diagnostic {
    let message = if wrong {
        "statements come each calendar day, week, month, quarter or year".to_owned()
    } else {
        format!("partner `{name}` does not say how often it settles")
    };
    error("E0382", span, message).help("such as `settles each calendar month`")
}

pub(in crate::check) fn price_twice(span: Span, first: Span, unit: &str) -> Diagnostic {
    error("E0383", span, format!("a rate for `{unit}` is written already"))
        .related(first, "here")
        .help("give one line several rates with dates: `100 points = $1 until 2026-06-30, 100 points = $0.90 after`")
}

pub(in crate::check) fn no_rate(span: Span, name: &str, from: &str, to: &str) -> Diagnostic {
    error("E0384", span, format!("exchange `{name}` has no rate")).help(format!("such as `rate 100 {from} -> 50 {to}`"))
}

pub(in crate::check) fn to_itself(span: Span, unit: &str) -> Diagnostic {
    error("E0384", span, format!("`{unit}` cannot be exchanged for itself"))
}

pub(in crate::check) fn activation_of_asked(span: Span) -> Diagnostic {
    error("E0384", span, "only an exchange that happens by itself needs activation")
        .help("add when it happens, such as `every calendar month on day 1`, or take this line out")
}

pub(in crate::check) fn minimum_of_what(span: Span, found: &str) -> Diagnostic {
    error("E0385", span, format!("this is {found}, but donations are counted in money or in a unit that has a rate"))
        .help("such as `minimum 500 points`, `minimum $5`")
}

pub(in crate::check) fn match_period(span: Span) -> Diagnostic {
    error("E0385", span, "the match is counted by calendar periods").help("such as `each calendar year`")
}

pub(in crate::check) fn donate_what(span: Span, text: &str, found: &str) -> Diagnostic {
    error("E0386", span, format!("`{text}` is {found}, and a cause is given money or an amount of a unit"))
        .help("such as `donate 1% of subtotal to oxfam`")
}

pub(in crate::check) fn donate_unit(span: Span, unit: &str, cause: &str, declared: Span) -> Diagnostic {
    error("E0386", span, format!("`{cause}` does not say what `{unit}` are worth"))
        .related(declared, "here")
        .help(format!("add a rate to it, such as `rate 100 {unit} = $1`"))
}

pub(in crate::check) fn no_way_to_give(span: Span, steps: &str) -> Diagnostic {
    error("E0386", span, format!("`{steps}` says something of a rate, and this cause has none"))
        .help("add one, such as `rate 500 points = $2.50`")
}

pub(in crate::check) fn no_pool(span: Span, name: &str) -> Diagnostic {
    error("E0387", span, format!("fund `{name}` has nothing to divide"))
        .help("such as `pool $5_000 each calendar quarter`, `pool 1% of purchase.subtotal each calendar year`")
}

pub(in crate::check) fn pool_of_what(span: Span) -> Diagnostic {
    error("E0387", span, "a fund divides an amount of money, or a share of a money field of an event")
        .help("such as `$5_000`, `1% of purchase.subtotal`")
}

pub(in crate::check) fn pool_period(span: Span) -> Diagnostic {
    error("E0387", span, "a fund is divided by calendar periods").help("such as `each calendar quarter`")
}

pub(in crate::check) fn too_few_causes(span: Span, name: &str) -> Diagnostic {
    error("E0388", span, format!("fund `{name}` needs two causes or more to choose from"))
        .help("such as `among oxfam, unicef`")
}

pub(in crate::check) fn floors_too_high(span: Span) -> Diagnostic {
    error("E0388", span, "the floors together are more than there is to divide")
        .help("lower the floor, or raise the pool")
}

pub(in crate::check) fn vote_cost(span: Span) -> Diagnostic {
    error("E0388", span, "a vote costs an amount of a unit above nothing").help("such as `votes cost 1 star`")
}
