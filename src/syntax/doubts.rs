//! What a file that was read in part cannot say for sure.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::source::Span;

/// Words of what was not read, and words that are declared all the same.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    unread: BTreeSet<Arc<str>>,
    declared: BTreeSet<Arc<str>>,
    partial: Vec<Span>,
}

impl Doubts {
    /// Words that may be declared or used where nothing could be read.
    pub fn unread(&mut self, words: Vec<&str>) {
        self.unread.extend(words.into_iter().map(Arc::from));
    }
    /// Words that are declared in what was read as a whole.
    pub fn declared(&mut self, words: Vec<&str>) {
        self.declared.extend(words.into_iter().map(Arc::from));
    }
    /// An item of which a part could not be read.
    pub fn partial(&mut self, span: Span) {
        self.partial.push(span);
    }
    /// The words that remain doubtful, and where items stand that were read in part.
    pub fn into_parts(self) -> (BTreeSet<Arc<str>>, Vec<Span>) {
        (self.unread.difference(&self.declared).cloned().collect(), self.partial)
    }
}
