//! Ways around that never end, and ways that end too late.

use super::error;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(in crate::check) fn defined_by_itself(span: Span, way: &[String]) -> Diagnostic {
    let first = way.first().map_or("", String::as_str);
    let shown: Vec<_> = way.iter().map(|name| format!("`{name}`")).collect();
    error("E0390", span, format!("`{first}` is defined by itself"))
        .note(format!("the way around: {}", shown.join(" needs ")))
}

/// What goes round for ever.
pub(in crate::check) enum Round {
    /// Entries of a draw that win entries.
    Won,
    /// A tier that is granted to whoever falls from it.
    HeldUp,
    /// Anything else.
    Other,
}

pub(in crate::check) fn endless(span: Span, way: &[String], round: Round) -> Diagnostic {
    let first = way.first().map_or("", String::as_str);
    error("E0391", span, format!("{first} sets itself off again, for ever"))
        .note(format!("the way around: {}", way.join(" -> ")))
        .help(match round {
            Round::Won => "give the draw a `limit` of entries, such as `limit 3 times each calendar day`",
            Round::HeldUp => {
                "say for whom it is, such as `when status.before is gold`, or how often: `limit 1 times ever`"
            }
            Round::Other => {
                "let it give another unit than the one it counts, or let it react to something that it does not change"
            }
        })
}

pub(in crate::check) fn tiers(span: Span, way: &[String]) -> Diagnostic {
    let first = way.first().map_or("", String::as_str);
    error("E0392", span, format!("the tiers {first} depend on themselves"))
        .note(format!("the way around: {}", way.join(" asks ")))
}

pub(in crate::check) fn too_deep(span: Span, limit: usize) -> Diagnostic {
    error("E0520", span, format!("this needs names that need other names, more than {limit} steps deep"))
        .help("say it with fewer names between; a `table` or a `measure` often takes the place of a long chain")
}

pub(in crate::check) fn too_many_steps(span: Span, name: &str, limit: usize) -> Diagnostic {
    error("E0521", span, format!("`{name}` takes more than {limit} steps to compute, through the names that it needs"))
        .help("each use of a name is computed again: use it once, or put the values into a `table`")
}
