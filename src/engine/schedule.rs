//! Who is next due, and when.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::value::Instant;

/// Members by the moment at which something is due for them; each stands there once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<Arc<str>, Instant>", into = "BTreeMap<Arc<str>, Instant>")]
pub struct Schedule {
    order: BTreeSet<(Instant, Arc<str>)>,
    of: BTreeMap<Arc<str>, Instant>,
}

impl From<BTreeMap<Arc<str>, Instant>> for Schedule {
    fn from(of: BTreeMap<Arc<str>, Instant>) -> Self {
        Self { order: of.iter().map(|(member, at)| (*at, member.clone())).collect(), of }
    }
}

impl From<Schedule> for BTreeMap<Arc<str>, Instant> {
    fn from(schedule: Schedule) -> Self {
        schedule.of
    }
}

impl Schedule {
    /// Who is due first.
    pub fn first(&self) -> Option<&(Instant, Arc<str>)> {
        self.order.first()
    }
    /// Forgets everybody.
    pub fn clear(&mut self) {
        self.order.clear();
        self.of.clear();
    }
    /// Says when a member is next due, if at all.
    pub fn set(&mut self, member: &Arc<str>, at: Option<Instant>) {
        if let Some(before) = self.of.remove(member) {
            self.order.remove(&(before, member.clone()));
        }
        if let Some(at) = at {
            self.order.insert((at, member.clone()));
            self.of.insert(member.clone(), at);
        }
    }
}
