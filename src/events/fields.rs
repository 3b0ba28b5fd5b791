//! Names and values of a record or a line, however they are held.

use std::borrow::Cow;

use super::node::{Entry, Node};
use super::tape::Part;

/// Names and values, each at a position.
pub(crate) trait Fields<'a> {
    /// The name at a position; `None` behind the last.
    fn key(&self, at: usize) -> Option<&str>;

    /// The position after this one.
    fn after(&self, at: usize) -> usize;

    /// The value at a position.
    fn node(&self, at: usize) -> Cow<'_, Node<'a>>;

    /// Whether the value at a position says nothing.
    fn is_nothing(&self, at: usize) -> bool;

    /// The list at a position, where it has been taken apart already.
    fn list(&self, at: usize) -> Option<Part<'a, '_>>;

    /// The position of a name; `guess` is tried first.
    fn find(&self, name: &str, guess: usize) -> Option<usize> {
        if self.key(guess) == Some(name) {
            return Some(guess);
        }
        let mut at = 0;
        while let Some(key) = self.key(at) {
            if key == name {
                return Some(at);
            }
            at = self.after(at);
        }
        None
    }

    /// All names.
    fn keys(&self) -> Vec<&str> {
        let mut keys = Vec::new();
        let mut at = 0;
        while let Some(key) = self.key(at) {
            keys.push(key);
            at = self.after(at);
        }
        keys
    }
}

impl<'a> Fields<'a> for [Entry<'a>] {
    fn key(&self, at: usize) -> Option<&str> {
        self.get(at).map(|(key, _)| key.as_ref())
    }

    fn after(&self, at: usize) -> usize {
        at + 1
    }

    fn node(&self, at: usize) -> Cow<'_, Node<'a>> {
        self.get(at).map_or(Cow::Owned(Node::Null), |(_, node)| Cow::Borrowed(node))
    }

    fn is_nothing(&self, at: usize) -> bool {
        self.get(at).is_none_or(|(_, node)| node.is_nothing())
    }

    fn list(&self, _: usize) -> Option<Part<'a, '_>> {
        None
    }
}
