//! Challenges.

use super::{error, suggest};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

pub(in crate::check) fn no_goal(span: Span, name: &str) -> Diagnostic {
    error("E0430", span, format!("`{name}` does not say what is to be reached"))
        .help("add a line, such as `goal sum of purchase.subtotal reaches $100`")
}

pub(in crate::check) fn no_window(span: Span, name: &str) -> Diagnostic {
    error("E0431", span, format!("`{name}` does not say within which time")).help(
        "add a line, such as `window 2026-06-01 to 2026-06-30`, `window each calendar month` or `window 14 days from activation`",
    )
}

pub(in crate::check) fn window_backwards(span: Span) -> Diagnostic {
    error("E0431", span, "this window ends before it begins").help("write the earlier day first")
}

pub(in crate::check) fn brings_nothing(span: Span, name: &str) -> Diagnostic {
    error("E0432", span, format!("`{name}` brings nothing"))
        .help("add what completing it brings, such as `give 100 points` or `badge explorer`")
}

pub(in crate::check) fn goal_of_what(span: Span) -> Diagnostic {
    error("E0430", span, "a goal is about a measure, or about events within its time")
        .help("such as `goal spend reaches $100` or `goal count of visit reaches 5`")
}

pub(in crate::check) fn goal_of_postings(span: Span) -> Diagnostic {
    error("E0430", span, "a goal counts events; what was posted is counted by a measure")
        .help("declare a measure of it, and name that in the goal")
}

pub(in crate::check) fn step_of_lines(span: Span) -> Diagnostic {
    error("E0430", span, "a step is a whole event, not one of its lines")
        .help("name the event, and ask for its lines in `where`: `any of items where …`")
}

pub(in crate::check) fn collected_twice(span: Span) -> Diagnostic {
    error("E0430", span, "this stands twice in the collection").help("leave it out")
}

pub(in crate::check) fn shared_by_what(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let diagnostic = error("E0433", span, format!("`{name}` is neither a pool nor an attribute of members"));
    if near.is_some() {
        return suggest(diagnostic, near);
    }
    diagnostic.help("write `shared by everyone`, or the name of a pool or of an attribute")
}

pub(in crate::check) fn each_at_another_time(span: Span) -> Diagnostic {
    error("E0433", span, "members cannot reach this together: each has a time of its own for it").help(
        "give all of them the same time, such as `window each calendar month` or `window 2026-06-01 to 2026-06-30`",
    )
}

pub(in crate::check) fn unknown(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    suggest(error("E0434", span, format!("there is no challenge `{name}`")), near)
}

pub(in crate::check) fn opened_of_what(span: Span, field: Option<&str>) -> Diagnostic {
    match field {
        Some(field) => error("E0435", span, format!("the event that opens this challenge has no field `{field}`")),
        None => error("E0435", span, "`opened` is the event that opens the challenge")
            .help("name one of its fields, such as `opened.offer`"),
    }
}

pub(in crate::check) fn unknown_offer(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let diagnostic = error("E0436", span, format!("`{name}` is nothing that can be activated"));
    if near.is_some() {
        return suggest(diagnostic, near);
    }
    diagnostic.help("an earn, boost, rule or challenge with `needs activation` can")
}

pub(in crate::check) fn no_goal_here(span: Span) -> Diagnostic {
    error(
        "E0453",
        span,
        "`before` asks how a measure stood before the window of a challenge opened, and no goal is here",
    )
    .help("it belongs behind `reaches` in a challenge, such as `reaches monthly_spend.before * 1.1`")
}

pub(in crate::check) fn activate_to_open(span: Span, name: &str) -> Diagnostic {
    error("E0454", span, format!("the window of `{name}` begins when it is opened"))
        .help(format!("write `open {name}`"))
        .edit(span, format!("open {name}"))
}

pub(in crate::check) fn opens_by_itself(span: Span, name: &str) -> Diagnostic {
    error("E0454", span, format!("`{name}` has a window that begins by itself"))
        .help("only a window such as `14 days from activation` is opened; for the others there is `needs activation` and `activate`")
}

pub(in crate::check) fn no_inverse(span: Span, name: &str, lasting: &str) -> Diagnostic {
    Diagnostic::warning(Code("E0337"), span, format!("when `{name}` is undone after a refund, {lasting} stays"))
        .help("bring it with a challenge of its own, with the same goal and `refunds keep`")
}

pub(in crate::check) fn milestone_above(span: Span, goal: Option<Span>) -> Diagnostic {
    let diagnostic =
        Diagnostic::warning(Code("E0476"), span, "this milestone is above the goal, so nobody sees it first");
    let diagnostic = match goal {
        Some(goal) => diagnostic.related(goal, "the goal"),
        None => diagnostic,
    };
    diagnostic.help("write an amount on the way to the goal, or a part of it such as `milestone at 50%`")
}
