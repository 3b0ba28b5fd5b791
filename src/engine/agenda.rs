//! When the rules of the clock are next due for a member, so that a step of the clock costs what happens in it and not what the program has.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::hir::RuleId;
use crate::value::Instant;

use super::fold::Fold;
use super::state::{Note, State};

/// Up to how many rules are looked at one by one at every step.
const FEW: usize = 16;

/// Rules of the clock in the order in which they are due, as of the member's last event. Steps of the clock since have moved them further only.
#[derive(Debug, Clone)]
pub struct Agenda {
    version: u32,
    judged: u64,
    next: BinaryHeap<Reverse<(Instant, RuleId)>>,
}

impl Agenda {
    fn is_of(&self, state: &State) -> bool {
        (self.version, self.judged) == (state.version, state.judged)
    }
}

impl Fold<'_> {
    /// The rule of the clock that is next due, and when; of several at one moment the first in order of declaration.
    pub fn next_rule(&mut self) -> Option<(Instant, RuleId)> {
        let rules = &self.version.listeners.clock;
        if rules.len() <= FEW {
            return rules.iter().filter_map(|id| self.rule_due(*id)).min();
        }
        let known = self.state.agenda.0.take().filter(|agenda| agenda.is_of(self.state));
        let mut agenda = known.unwrap_or_else(|| {
            let next = rules.iter().filter_map(|id| self.rule_due(*id)).map(Reverse).collect();
            Box::new(Agenda { version: self.state.version, judged: self.state.judged, next })
        });
        let next = loop {
            let Some(&Reverse((at, id))) = agenda.next.peek() else { break None };
            let due = self.rule_due(id);
            if due == Some((at, id)) {
                break due;
            }
            agenda.next.pop();
            agenda.next.extend(due.map(Reverse));
        };
        self.state.agenda = Note(Some(agenda));
        next
    }
}
