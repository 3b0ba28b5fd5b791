//! The one layout of a program. It works on tokens, lines and blocks, not on the tree, so that comments stay where they
//! are and new constructs need no change here.

mod body;
mod columns;
mod lines;
mod spacing;

use super::ast::File;
use super::layout::{self, TokenKind};
use super::{MAX_DEPTH, MAX_FILE, parse};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, line_ends};

/// The column that a line should not go beyond.
pub(super) const WIDTH: usize = 120;

/// Why a text was not laid out; the text is to be left as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// The text is larger than [`MAX_FILE`].
    #[error("this file is too large to be laid out")]
    TooLarge,
    /// Brackets nest deeper than [`MAX_DEPTH`].
    #[error("brackets are nested too deep")]
    TooDeep,
    /// The text holds merge conflict markers.
    #[error("this file has an unresolved merge conflict")]
    Conflict,
    /// The result would not have said the same: a fault of this program.
    #[error("the layout would have changed what the program says; this is a fault of meed, please report it")]
    Changed,
}

/// Lays a text out. Items with mistakes stay as they are. The result says the same as the text: it is read again and
/// compared before it is given.
///
/// # Errors
/// Where nothing can be laid out; see [`FormatError`].
pub fn format(text: &str) -> Result<String, FormatError> {
    if text.len() > MAX_FILE {
        return Err(FormatError::TooLarge);
    }
    let text = &*line_ends(text);
    let tokens = layout::tokenize(text);
    if tokens.iter().any(|t| t.kind == TokenKind::Conflict) {
        return Err(FormatError::Conflict);
    }
    let matching = layout::match_brackets(text, &tokens, MAX_DEPTH);
    if matching.problems.iter().any(|p| matches!(p, layout::Problem::TooDeep(_))) {
        return Err(FormatError::TooDeep);
    }
    let lines = layout::lines(text, &tokens, &matching, 0, tokens.len());
    let before = parse(FileId(0), text);
    let mut formatter = body::Formatter::new(text, &tokens, broken(&before.1));
    formatter.top(&lines);
    let out = formatter.finish();
    if says_the_same(&before, text, &out) { Ok(out) } else { Err(FormatError::Changed) }
}

/// Where mistakes are, in order.
fn broken(errors: &[Diagnostic]) -> Vec<usize> {
    errors.iter().map(|d| d.span.start as usize).collect()
}

fn says_the_same(before: &(File, Vec<Diagnostic>), text: &str, out: &str) -> bool {
    let after = parse(FileId(0), out);
    let codes = |errors: &[Diagnostic]| errors.iter().map(|d| d.code).collect::<Vec<_>>();
    after.0.items == before.0.items && codes(&after.1) == codes(&before.1) && comments(text) == comments(out)
}

fn comments(text: &str) -> Vec<&str> {
    let tokens = layout::tokenize(text);
    let comments = tokens.iter().filter(|t| t.kind == TokenKind::Comment);
    comments.map(|t| t.text(text).trim_end()).collect()
}
