//! Rules and their effects.

use super::{error, suggest};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

pub(in crate::check) fn no_effects(span: Span, rule: &str) -> Diagnostic {
    error("E0330", span, format!("`{rule}` does nothing"))
        .help("add an effect, such as `give 100 points`, `badge …` or `message email \"…\"`")
}

pub(in crate::check) fn condition_between(span: Span, rule: &str) -> Diagnostic {
    Diagnostic::warning(Code("E0584"), span, format!("this condition holds for all that `{rule}` does"))
        .label("what stands before it hangs on it too")
        .help(
            "for all of it, write it before the first effect; for one effect only, on its line: `issue gift when …`, `give 5 points when …`",
        )
}

pub(in crate::check) fn invariant_of_nothing(span: Span, name: &str) -> Diagnostic {
    error("E0561", span, format!("`{name}` asks nothing about the member, so no event can break it"))
        .help("name a balance, a measure, a tier or an attribute, such as `points.balance >= 0`")
}

pub(in crate::check) fn rhythm_period(span: Span) -> Diagnostic {
    error("E0331", span, "a rule comes every calendar day, week, month, quarter or year")
}

pub(in crate::check) fn rhythm_day(span: Span, trigger: Span) -> Diagnostic {
    error("E0331", span, "this period has no such day")
        .related(trigger, "the period")
        .help("`on day 1` and `on last day` fit every period, `on monday` weeks, `on 15 january` years")
}

pub(in crate::check) fn step_not_positive(span: Span) -> Diagnostic {
    error("E0332", span, "a step is more than nothing")
}

pub(in crate::check) fn convert_to_itself(span: Span, unit: &str) -> Diagnostic {
    error("E0332", span, format!("`{unit}` is converted into itself"))
}

pub(in crate::check) fn restart_formula(span: Span, measure: &str) -> Diagnostic {
    error("E0333", span, format!("`{measure}` is a formula and counts nothing by itself"))
        .help("restart the measures that it speaks of")
}

pub(in crate::check) fn first_fall(span: Span) -> Diagnostic {
    error("E0334", span, "`first time` belongs to rising: it means above the highest tier ever held")
}

pub(in crate::check) fn grant_rolling(span: Span, ladder: &str, tier: &str) -> Diagnostic {
    error(
        "E0335",
        span,
        format!("`{ladder}` holds a tier only while its condition holds, so a granted one would end at once"),
    )
    .help(format!("say how long: `grant {ladder} {tier} for 90 days`"))
}

pub(in crate::check) fn granted_rolling(span: Span, ladder: &str, tier: &str, holds: bool) -> Diagnostic {
    let diagnostic =
        error("E0335", span, "what is granted has no condition, so it cannot be held as long as one holds");
    let long = format!("say how long: `grant {ladder} {tier} for 90 days`");
    diagnostic.help(if holds {
        format!("{long}, or leave `rolling` out: then it is held as `{ladder}` says")
    } else {
        long
    })
}

pub(in crate::check) fn grant_how_long(span: Span, ladder: &str) -> Diagnostic {
    error("E0335", span, format!("nothing says how long the granted tier of `{ladder}` is held"))
        .help("say how long: `… for 90 days`, `… for ever`")
}

pub(in crate::check) fn no_inverse(span: Span, rule: &str, lasting: &str) -> Diagnostic {
    Diagnostic::warning(Code("E0337"), span, format!("when the event of `{rule}` is reversed, {lasting} stays"))
        .help("say that it is meant: `refunds keep`")
}

pub(in crate::check) fn refunds_of_clock(span: Span, rule: &str, written: &str) -> Diagnostic {
    error("E0338", span, format!("no refund reaches what `{rule}` brings: the clock sets it off, and what it did stays"))
        .note(format!("`refunds {written}` says nothing here"))
        .help("to let it stay, take this line out or write `refunds keep`")
        .help("to let a refund take it back, let the purchase set it off: `rule … on purchase`, or `rule … when spend reaches $100`")
        .edit(span, "refunds keep")
}

pub(in crate::check) fn stack_of_rule(span: Span, stack: &str) -> Diagnostic {
    error("E0336", span, format!("in `{stack}` meets what one event brings, and no event sets off this rule"))
        .help("write it as a rule or an earn on the event, with the trigger as its condition: `rule … on purchase { when … }`")
}

pub(in crate::check) fn channel_without_consent(span: Span, channel: &str, near: Option<String>) -> Diagnostic {
    let diagnostic = error("E0346", span, format!("nothing says who may be told something by `{channel}`"));
    match near {
        Some(near) => suggest(diagnostic, Some(near)),
        None => diagnostic.help(format!(
            "add a line to `member`: `consent {channel} when {channel}_ok`, or `consent {channel} when yes`"
        )),
    }
}

pub(in crate::check) fn no_end(span: Span) -> Diagnostic {
    error("E0450", span, "only the window of a challenge has an end")
        .help("say when it is decided: `decided at 2026-06-30`, or `decided every calendar month`")
}
