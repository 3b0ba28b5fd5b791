//! Challenges: what runs for a member, how far it has come, and what it brings.

mod common;
mod open;
mod progress;
mod run;
mod together;
mod undo;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::value::{Exact, Instant, Value};

use super::brought::Brought;

pub use common::{Common, CommonKey};
pub use together::team;
pub use undo::Stood;

/// What runs of one challenge for a member.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// What runs, and what was completed in a time that is not over, in the order of opening.
    pub open: Vec<Instance>,
    /// What was completed in a time that is over, where a refund may still take it back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<Instance>,
    /// How many were completed.
    pub completed: i64,
    /// How many were opened.
    pub opened: u32,
}

/// One time that a challenge runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Its number among the member's.
    pub number: u32,
    /// From when on events count.
    pub opened: Instant,
    /// Until before when they count.
    pub until: Instant,
    /// The event that opened it, and its place in the member's history: what came before does not count.
    pub by: Option<(Arc<str>, u64)>,
    /// The event at which a challenge of the calendar was open to the member, as long as its conditions hang on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hangs_on: Option<Arc<str>>,
    /// Where members reach it by teams: the team for which this member has brought in something, until its time is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Arc<str>>,
    /// The fields of the event that opened it.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub fields: Arc<[Value]>,
    /// How much is to be reached, by goal; empty where it is to be worked out again.
    pub targets: Vec<Exact>,
    /// Milestones that were reached, and what they brought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<(u32, Brought)>,
    /// Since when milestones are reached.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reached: BTreeMap<u32, Instant>,
    /// Since when it is completed.
    pub completed: Option<Instant>,
    /// Until before when what it brings can be claimed; none once that was done, or where it was given at once.
    pub claimable: Option<Instant>,
    /// What completing it brought.
    #[serde(default)]
    pub brought: Brought,
}

impl Instance {
    /// Whether events of a moment count.
    pub fn runs(&self, now: Instant) -> bool {
        self.opened <= now && now < self.until
    }

    /// The newest moment at which to look at what counts for it: now, or the last of its time once that is over.
    pub fn last(&self, now: Instant) -> Instant {
        self.until.plus_millis(-1).map_or(now, |last| last.min(now))
    }

    /// Whether it has brought something that a refund may take back.
    pub fn has_brought(&self) -> bool {
        self.completed.is_some() || !self.milestones.is_empty()
    }
}
