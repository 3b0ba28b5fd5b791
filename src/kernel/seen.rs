//! What came before: an event that comes again changes nothing.

use super::rows::{Block, Known};
use super::spread::Spread;

/// What events said that came, by what tells their identities apart.
#[derive(Debug, Default)]
pub struct Seen {
    events: Spread<Event>,
}

/// The fingerprints of an identity, in full, and of what was said with it, in so many bits that no other content has the same but by a rare
/// chance: twelve bytes for each event.
#[derive(Debug, Clone, Copy)]
struct Event {
    print: [u8; 8],
    content: [u8; 4],
}

impl Event {
    fn new(print: u64, content: u64) -> Self {
        let [a, b, c, d, ..] = content.to_be_bytes();
        Self { print: print.to_be_bytes(), content: [a, b, c, d] }
    }

    fn print(&self) -> u64 {
        u64::from_be_bytes(self.print)
    }
}

impl Seen {
    /// Says of each event of a block whether its identity came before.
    pub fn check(&mut self, block: &mut Block) {
        // Nothing here waits for what is found, so that memory brings much of it at once.
        for row in &mut block.rows {
            row.known = self.see(Event::new(row.print, row.content));
        }
    }

    fn see(&mut self, event: Event) -> Known {
        match self.events.find(event.print(), |known| known.print == event.print) {
            None => {
                self.events.insert(event.print(), event, Event::print);
                Known::New
            }
            Some(known) if known.content == event.content => Known::Same,
            Some(_) => Known::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_is_known() {
        let mut seen = Seen::default();
        let event = |i: u64, said: u64| Event::new(i.wrapping_mul(0x9e37_79b9_7f4a_7c15), said << 32);
        assert!((0..10_000).all(|i| seen.see(event(i, i)) == Known::New));
        assert!((0..10_000).all(|i| seen.see(event(i, i)) == Known::Same));
        assert!((0..10_000).all(|i| seen.see(event(i, i + 1)) == Known::Other));
    }
}
