//! Which messages about a program can be believed where a part of it could not be read.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Sources, Span};

/// What could not be read.
pub(super) enum Doubt {
    /// Nothing: everything was read.
    None,
    /// Parts of files.
    Parts {
        /// The words of what was not read.
        words: BTreeSet<String>,
        /// Where items stand that were read in part.
        items: Vec<Span>,
    },
    /// A file as a whole: any name may be declared in it.
    Files,
}

impl Doubt {
    /// Whether a message holds whatever stands in the unread parts.
    pub fn believes(&self, message: &Diagnostic, sources: &Sources) -> bool {
        match self {
            Self::None => true,
            Self::Files => stands_alone(message.code),
            Self::Parts { words, items } => {
                let inside = |item: &Span| {
                    item.file == message.span.file && (item.start..=item.end).contains(&message.span.start)
                };
                let doubtful = || mentioned(message, sources).any(|word| words.contains(&root(&word)));
                let whole = is_name(message.code) || !items.iter().any(inside);
                stands_alone(message.code) || whole && !doubtful()
            }
        }
    }
}

/// A word without the ending that most units have in one of their two names.
pub(super) fn root(word: &str) -> String {
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// Messages that hold whatever else is missing: dimensions, literals, order of dates.
fn stands_alone(code: Code) -> bool {
    ("E0220"..="E0246").contains(&code.0) || ("E0260"..="E0263").contains(&code.0) || code.0 == "E0301"
}

/// Messages about a name that is not declared, which no statement beside it can mend.
fn is_name(code: Code) -> bool {
    ("E0200"..="E0216").contains(&code.0)
}

/// The words that a message speaks of: those in backticks and those of its place.
fn mentioned(message: &Diagnostic, sources: &Sources) -> impl Iterator<Item = String> {
    let quoted = message.message.split('`').skip(1).step_by(2).map(str::to_owned);
    let texts = quoted.chain(std::iter::once(sources.text(message.span).to_owned()));
    texts.flat_map(|text| {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        words.map(str::to_owned).collect::<Vec<_>>()
    })
}
