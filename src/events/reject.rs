//! Records that are no events, kept with their reason.

use serde::Serialize;

use super::node::{Place, clip};

/// How many characters of a record are kept.
const EXCERPT: usize = 400;

/// A record that was not judged, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reject {
    /// The file as it was named; `-` for the standard input.
    pub file: std::sync::Arc<str>,
    /// The line, from 1.
    pub line: u64,
    /// The column in characters, from 1.
    pub column: u64,
    /// Why, in plain words.
    pub reason: String,
    /// The record as written, cut where it is long.
    pub record: String,
    /// Whether a map says that such records are left out: nothing is wrong then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub skipped: bool,
}

impl Reject {
    /// A reject of the record at a place.
    pub(crate) fn new(place: Place, reason: impl Into<String>, record: &str) -> Self {
        let Place { file, line, column } = place;
        Self { file, line, column, reason: reason.into(), record: clip(record.trim_end(), EXCERPT), skipped: false }
    }
    /// A record that a map leaves out.
    pub fn skipped(self) -> Self {
        Self { skipped: true, ..self }
    }
    /// An event that was read and then turned away.
    pub fn of_event(place: Place, id: &str, member: &str, reason: impl Into<String>) -> Self {
        Self::new(place, reason, &format!("event `{id}` of member `{member}`"))
    }
}

impl std::fmt::Display for Reject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.reason)
    }
}
