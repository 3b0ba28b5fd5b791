//! What came before: an event that comes again changes nothing.

use rustc_hash::FxHashMap;

use super::rows::{Block, Known};

/// What events said that came, by what tells their identities apart.
#[derive(Debug, Default)]
pub struct Seen {
    contents: FxHashMap<u64, u64>,
}

impl Seen {
    /// Says of each event of a block whether its identity came before.
    pub fn check(&mut self, block: &mut Block) {
        // Nothing here waits for what is found, so that memory brings much of it at once.
        for row in &mut block.rows {
            row.known = match self.contents.insert(row.print, row.content) {
                None => Known::New,
                Some(content) if content == row.content => Known::Same,
                Some(_) => Known::Other,
            };
        }
    }
}
