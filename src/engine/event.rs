//! Events as the engine judges them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hir::EventId;
use crate::value::{Instant, Value};

/// One event of one member, decoded and typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its identity: the same event sent twice has the same one.
    pub id: Arc<str>,
    /// Whose event it is.
    pub member: Arc<str>,
    /// Its type.
    pub kind: EventId,
    /// When it happened.
    pub time: Instant,
    /// Its position in its source, which orders events of one moment.
    pub sequence: u64,
    /// A value for every field of its type, in order; defaults are filled in.
    pub fields: Arc<[Value]>,
}

impl Event {
    /// Whether `other` says the same, wherever it came from (S1).
    pub fn same_content(&self, other: &Event) -> bool {
        self.id == other.id
            && self.member == other.member
            && self.kind == other.kind
            && self.time == other.time
            && self.fields == other.fields
    }

    /// The order in which events are judged (S2).
    pub fn order(&self) -> (Instant, u64, &str) {
        (self.time, self.sequence, &self.id)
    }
}
