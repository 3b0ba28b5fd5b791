//! How deep and how long expressions are through the names that they use: both are bounded, so that every program is checked and every event
//! is judged on a stack of ordinary size and in bounded time, in whatever order things are declared.

use super::context::{Checker, Node};
use super::errors;
use super::limits::{MAX_NESTING, MAX_STEPS};
use crate::source::Span;

/// What a name counts for, beside its expression.
const NAME: usize = 8;

/// What it takes to compute an expression.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weight {
    /// How deep it nests.
    pub depth: usize,
    /// How many steps it takes.
    pub steps: usize,
}

/// The expression at hand.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// How deep it stands.
    depth: usize,
    /// What was found so far in the innermost name that is being lowered: the deepest place, and steps.
    seen: Weight,
}

impl Checker<'_> {
    /// Lowers something one level deeper; it is not lowered where that is too deep.
    pub fn deeper<T>(&mut self, span: Span, lower: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.bear(Weight { depth: 1, steps: 1 }, span)?;
        self.place.depth += 1;
        let lowered = lower(self);
        self.place.depth -= 1;
        lowered
    }
    /// Lowers what a name stands for, and remembers what it takes.
    pub fn weigh<T>(&mut self, node: Node, span: Span, lower: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.bear(Weight { depth: NAME, steps: NAME }, span)?;
        let outer = self.place;
        self.place = Place { depth: outer.depth + NAME, seen: Weight { depth: outer.depth + NAME, steps: NAME } };
        let lowered = lower(self);
        let own = Weight { depth: self.place.seen.depth - outer.depth, steps: self.place.seen.steps };
        self.place = outer;
        self.weights.insert(node, own);
        if own.steps > MAX_STEPS {
            let name = self.node_name(node);
            return self.fail(errors::cycles::too_many_steps(span, &name, MAX_STEPS));
        }
        self.bear(own, span)?;
        lowered
    }
    /// Counts the use of a name that is lowered already.
    pub fn use_of(&mut self, node: Node, span: Span) -> Option<()> {
        let weight = self.weights.get(&node).copied().unwrap_or_default();
        self.bear(weight, span)
    }
    /// Adds a weight at the place at hand, where it is not too deep.
    fn bear(&mut self, weight: Weight, span: Span) -> Option<()> {
        let depth = self.place.depth + weight.depth;
        if depth > MAX_NESTING {
            return self.fail(errors::cycles::too_deep(span, MAX_NESTING));
        }
        self.place.seen.depth = self.place.seen.depth.max(depth);
        self.place.seen.steps = self.place.seen.steps.saturating_add(weight.steps);
        Some(())
    }
}
