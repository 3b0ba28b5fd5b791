//! What came before: an event that comes again changes nothing.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::rows::{Block, Known};

/// How many tables there are.
const TABLES: usize = 16;

/// What events said that came, by what tells their identities apart. Some tables get more of them than others, so that they do not all grow at
/// once: what is empty in all of them together stays the same share, and little is moved at a time.
#[derive(Debug)]
pub struct Seen {
    tables: [HashTable<Event>; TABLES],
    /// For each of the highest eight bits of a fingerprint its table.
    table_of: [u8; 256],
}

/// The fingerprints of an identity, in full, and of what was said with it, in so many bits that hardly any other content has the same: ten
/// bytes for each event.
#[derive(Debug, Clone, Copy)]
struct Event {
    print: [u8; 8],
    content: [u8; 2],
}

impl Event {
    fn new(print: u64, content: u64) -> Self {
        let [first, second, ..] = content.to_be_bytes();
        Self { print: print.to_be_bytes(), content: [first, second] }
    }

    fn hash(&self) -> u64 {
        // The highest bits have chosen the table: they go where a table looks last.
        u64::from_be_bytes(self.print).rotate_right(8)
    }
}

impl Default for Seen {
    fn default() -> Self {
        // Shares of 256 from 11 to 22, so that each table is full at another number of events.
        let shares = (0..TABLES).flat_map(|table| std::iter::repeat_n(table, 11 + table * 11 / TABLES));
        let mut table_of = [0; 256];
        let places = table_of.iter_mut().zip(shares.chain((0..TABLES).cycle()));
        places.for_each(|(place, table)| *place = u8::try_from(table).unwrap_or(0));
        Self { tables: std::array::from_fn(|_| HashTable::new()), table_of }
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
        let table = self.table_of.get(usize::from(event.print[0])).copied().unwrap_or(0);
        let Some(table) = self.tables.get_mut(usize::from(table)) else { return Known::Other };
        match table.entry(event.hash(), |known| known.print == event.print, Event::hash) {
            Entry::Vacant(room) => {
                room.insert(event);
                Known::New
            }
            Entry::Occupied(known) if known.get().content == event.content => Known::Same,
            Entry::Occupied(_) => Known::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_is_known() {
        let mut seen = Seen::default();
        let event = |i: u64, said: u64| Event::new(i.wrapping_mul(0x9e37_79b9_7f4a_7c15), said << 48);
        assert!((0..10_000).all(|i| seen.see(event(i, i)) == Known::New));
        assert!((0..10_000).all(|i| seen.see(event(i, i)) == Known::Same));
        assert!((0..10_000).all(|i| seen.see(event(i, i + 1)) == Known::Other));
        let sizes: Vec<usize> = seen.tables.iter().map(HashTable::len).collect();
        assert!(sizes.iter().max().unwrap() < &(3 * sizes.iter().min().unwrap()), "{sizes:?}");
    }
}
