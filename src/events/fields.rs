//! Names and values of a record or a line, however they are held.

use super::node::{Entry, View};
use super::tape::Part;

/// Names and values, each at a position.
pub(crate) trait Fields {
    /// The name at a position; `None` behind the last.
    fn key(&self, at: usize) -> Option<&str>;

    /// The position after this one.
    fn after(&self, at: usize) -> usize;

    /// The value at a position.
    fn view(&self, at: usize) -> View<'_>;

    /// Whether the value at a position says nothing.
    fn is_nothing(&self, at: usize) -> bool {
        self.view(at).is_nothing()
    }

    /// The list at a position, where it has been taken apart already.
    fn list(&self, at: usize) -> Option<Part<'_, '_>>;

    /// The position of a name; `guess` is tried first.
    fn find(&self, name: &str, guess: usize) -> Option<usize>;

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

impl Fields for [Entry<'_>] {
    fn key(&self, at: usize) -> Option<&str> {
        self.get(at).map(|(key, _)| key.as_ref())
    }

    fn after(&self, at: usize) -> usize {
        at + 1
    }

    fn find(&self, name: &str, guess: usize) -> Option<usize> {
        if self.get(guess).is_some_and(|(key, _)| key == name) {
            return Some(guess);
        }
        self.iter().position(|(key, _)| key == name)
    }

    fn view(&self, at: usize) -> View<'_> {
        self.get(at).map_or(View::Null, |(_, node)| node.view())
    }

    fn list(&self, _: usize) -> Option<Part<'_, '_>> {
        None
    }
}
