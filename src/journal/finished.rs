//! What a run was, so that the same run is known when it comes again (S51).
//!
//! A run that was cut short after its state was saved has done its work, and nobody may know. Run again, it would find nothing but duplicates
//! and put an empty journal in place of the one that tells what happened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::file::hex;
use super::settlement::Settled;
use crate::engine::{Engine, Event};
use crate::events::Reject;
use crate::value::Instant;

/// A run that has come to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// What [`Trace::finish`] said of it.
    pub run: String,
    /// The SHA-256 of each file that it wrote, by name.
    pub outputs: BTreeMap<String, String>,
    /// Whether it rejected anything, or an event failed.
    pub found: bool,
    /// What partners and the program owed each other at its end, by period.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<Settled>,
}

/// Follows what a run reads.
#[derive(Debug)]
pub struct Trace(Sha256);

impl Trace {
    /// A run of an engine, which moves the clock in the end.
    pub fn new(engine: &Engine, until: Option<Instant>) -> Self {
        let mut trace = Self(Sha256::new());
        trace.take(&(fingerprint(engine), until));
        trace
    }

    /// It read an event.
    pub fn event(&mut self, event: &Event) {
        // Where the event stands in the source is left out: rows are numbered on from run to run.
        let Event { id, member, kind, time, sequence: _, sent_by, fields, foreign: _ } = event;
        self.take(&(id, member, kind, time, sent_by, fields));
    }

    /// It read what is no event.
    pub fn reject(&mut self, reject: &Reject) {
        self.take(reject);
    }

    /// The same for the same run, and for no other.
    pub fn finish(self) -> String {
        hex(self.0)
    }

    fn take(&mut self, part: &impl Serialize) {
        // Neither a hash nor a plain record has anything to fail at.
        let _ = serde_json::to_writer(&mut self.0, part);
        self.0.update(b"\n");
    }
}

/// A fingerprint of everything that decides how events are judged.
pub(super) fn fingerprint(engine: &Engine) -> String {
    let mut hash = Sha256::new();
    for version in engine.versions() {
        for (_, file) in version.program.sources.files().filter(|(_, file)| !file.name.ends_with(".test.meed")) {
            hash.update(file.text.as_bytes());
            hash.update([0]);
        }
    }
    hex(hash)
}
