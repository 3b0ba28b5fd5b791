//! Choices.

use super::error;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

fn near(diagnostic: Diagnostic, span: Span, near: Option<String>) -> Diagnostic {
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).edit(span, near),
        None => diagnostic,
    }
}

pub(in crate::check) fn unknown_choice(span: Span, name: &str, close: Option<String>) -> Diagnostic {
    near(error("E0410", span, format!("no choice is called `{name}`")), span, close)
}

pub(in crate::check) fn unknown_option(span: Span, word: &str, choice: &str, close: Option<String>) -> Diagnostic {
    near(error("E0410", span, format!("`{choice}` has no option `{word}`")), span, close)
}

pub(in crate::check) fn few_options(span: Span, name: &str) -> Diagnostic {
    error("E0411", span, format!("`{name}` leaves nothing to choose: a choice has two options or more"))
        .help("such as `option cake { issue cake }`")
}

pub(in crate::check) fn no_default(span: Span) -> Diagnostic {
    error("E0412", span, "this does not say what happens when nobody chooses in time")
        .help("add `default` and an option, or `forfeit`")
}

pub(in crate::check) fn no_deadline(span: Span) -> Diagnostic {
    error("E0412", span, "an offer without a deadline stays open until the member chooses")
        .help("add a deadline, such as `within 14 days`, or take this line out")
}

pub(in crate::check) fn default_and_forfeit(span: Span, forfeit: Span) -> Diagnostic {
    error("E0412", span, "an offer that nobody chooses from in time cannot both be taken and be lost")
        .related(forfeit, "here it is lost")
        .help("keep one of the lines")
}

pub(in crate::check) fn bare(span: Span, name: &str, parts: &str) -> Diagnostic {
    error("E0413", span, format!("`{name}` alone is no value")).help(format!("ask for a number of it: {parts}"))
}
