//! Judges like the reference, and remembers what was asked and how it was answered: what tests have tried of a program.

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::hir::{Expr, LimitId, MeasureId, RuleId};
use crate::source::Span;
use crate::value::{Instant, Value};

use super::context::Cx;
use super::fact::{FactChange, Tallied};
use super::fault::Fault;
use super::judge::{Judge, Noting};
use super::reference::Reference;
use super::state::State;
use super::walk;

/// What was asked of one version of a program, by place.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Expressions whose value was asked for.
    pub asked: BTreeSet<Span>,
    /// Conditions that held.
    pub held: BTreeSet<Span>,
    /// Conditions that failed.
    pub failed: BTreeSet<Span>,
    /// Alternatives of cases and rows of tables that were taken.
    pub taken: BTreeSet<Span>,
    /// Limits that cut something.
    pub cut: BTreeSet<LimitId>,
    /// Rules that did what they do.
    pub fired: BTreeSet<RuleId>,
}

/// Walks and counts like the [`Reference`], and takes notes.
#[derive(Debug, Default)]
pub struct Witness {
    seen: Mutex<Seen>,
}

impl Witness {
    /// Everything seen so far.
    pub fn seen(&self) -> Seen {
        self.seen.lock().map(|seen| seen.clone()).unwrap_or_default()
    }

    /// An alternative was taken.
    pub fn take(&self, span: Span) {
        self.note(|seen| seen.taken.insert(span));
    }

    fn note(&self, note: impl FnOnce(&mut Seen) -> bool) {
        if let Ok(mut seen) = self.seen.lock() {
            note(&mut seen);
        }
    }
}

impl Judge for Witness {
    fn value(&self, expr: &Expr, cx: &Cx<'_>) -> Result<Value, Fault> {
        self.note(|seen| seen.asked.insert(expr.span));
        let value = walk::value(expr, &Cx { witness: Some(self), ..*cx })?;
        match value {
            Value::Bool(true) => self.note(|seen| seen.held.insert(expr.span)),
            Value::Bool(false) | Value::Missing => self.note(|seen| seen.failed.insert(expr.span)),
            _ => {}
        }
        Ok(value)
    }

    fn measure(&self, id: MeasureId, cx: &Cx<'_>) -> Result<Value, Fault> {
        Reference.measure(id, &Cx { witness: Some(self), ..*cx })
    }

    fn since(&self, id: MeasureId, cx: &Cx<'_>) -> Result<Option<Instant>, Fault> {
        Reference.since(id, &Cx { witness: Some(self), ..*cx })
    }

    fn noted(&self, state: &mut State, change: &FactChange<'_>, noting: &Noting<'_>) -> Result<(), Fault> {
        Reference.noted(state, change, noting)
    }

    fn tallied(&self, state: &mut State, tallied: Tallied, noting: &Noting<'_>) -> Result<(), Fault> {
        Reference.tallied(state, tallied, noting)
    }

    fn cut(&self, limit: LimitId) {
        self.note(|seen| seen.cut.insert(limit));
    }

    fn fired(&self, rule: RuleId) {
        self.note(|seen| seen.fired.insert(rule));
    }
}
