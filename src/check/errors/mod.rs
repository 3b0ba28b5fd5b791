//! The wording of every message of the checker, by family. Codes are explained in `diagnostic/codes`.

pub(super) mod boards;
pub(super) mod cases;
pub(super) mod challenges;
pub(super) mod cycles;
pub(super) mod earns;
pub(super) mod events;
pub(super) mod literals;
pub(super) mod measures;
pub(super) mod meeting;
pub(super) mod names;
pub(super) mod partner;
pub(super) mod play;
pub(super) mod program;
pub(super) mod rewards;
pub(super) mod rules;
pub(super) mod scenario;
pub(super) mod tables;
pub(super) mod tiers;
pub(super) mod types;
pub(super) mod units;

use crate::check::lookalike::twin;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// An error with its code.
fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code(code), span, message)
}

/// Adds what was probably meant, as an edit of the place.
fn suggest(diagnostic: Diagnostic, near: Option<String>) -> Diagnostic {
    match near {
        Some(near) => {
            let span = diagnostic.span;
            let found = diagnostic.message.split('`').nth(1).unwrap_or_default();
            let strange = found.chars().zip(near.chars()).find(|(found, near)| found != near);
            let diagnostic = match strange {
                Some((found, near)) if twin(found) == Some(near) => diagnostic
                    .note(format!("`{found}` (U+{:04X}) looks like `{near}` and is another letter", u32::from(found))),
                _ => diagnostic,
            };
            diagnostic.help(format!("did you mean `{near}`?")).edit(span, near)
        }
        None => diagnostic,
    }
}

/// Adds a line to paste at the head of a block, where the block is known.
fn line_to_add(diagnostic: Diagnostic, block: Option<Span>, line: &str) -> Diagnostic {
    match block {
        Some(at) => diagnostic.edit(at, format!("\n  {line}")),
        None => diagnostic,
    }
}
