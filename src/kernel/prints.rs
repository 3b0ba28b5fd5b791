//! Fingerprints of identities, kept as they come and looked through later: whether any came twice. That costs a fraction of looking each up
//! when it comes, but whoever finds one must begin again.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// How many parts there are: one for each value of the highest byte.
const PARTS: usize = 256;

/// How many lie in one piece, so that none is moved when more come.
const PIECE: usize = 128;

/// How many come before all are looked through for the first time, and so many times as many before the next time.
const FIRST: usize = 1 << 16;
const TIMES: usize = 16;

/// Fingerprints in parts, so that what is compared with each other fits the processor's own memory.
#[derive(Debug)]
pub struct Prints {
    parts: Vec<Part>,
    count: usize,
    /// All are looked through when there are so many.
    next: usize,
}

/// Fingerprints that begin with the same byte, in pieces.
type Part = Vec<Vec<u64>>;

impl Default for Prints {
    fn default() -> Self {
        Self { parts: vec![Part::new(); PARTS], count: 0, next: FIRST }
    }
}

impl Prints {
    /// Adds some; returns whether it is known that any came twice. Where events come again, that is mostly seen early.
    pub fn add(&mut self, prints: impl Iterator<Item = u64>) -> bool {
        for print in prints {
            let [highest, ..] = print.to_be_bytes();
            let Some(part) = self.parts.get_mut(usize::from(highest)) else { continue };
            match part.last_mut().filter(|piece| piece.len() < PIECE) {
                Some(piece) => piece.push(print),
                None => {
                    let mut piece = Vec::with_capacity(PIECE);
                    piece.push(print);
                    part.push(piece);
                }
            }
            self.count += 1;
        }
        self.count >= self.next && {
            self.next *= TIMES;
            self.any_twice()
        }
    }

    /// Whether any came twice.
    pub fn any_twice(&self) -> bool {
        let mut known = HashTable::new();
        self.parts.iter().any(|part| {
            known.clear();
            known.reserve(part.len() * PIECE, |print| rotated(*print));
            part.iter().flatten().any(|print| {
                match known.entry(rotated(*print), |other| other == print, |print| rotated(*print)) {
                    Entry::Occupied(_) => true,
                    Entry::Vacant(room) => {
                        room.insert(*print);
                        false
                    }
                }
            })
        })
    }
}

/// The highest bits are the same in a part: they go where a table looks last.
fn rotated(print: u64) -> u64 {
    print.rotate_right(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_twice_is_found() {
        let print = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut prints = Prints::default();
        assert!(!prints.add((0..50_000).map(print)) && !prints.any_twice());
        // Found at once when so many are there.
        assert!(prints.add((40_000..70_000).map(print)));
        let mut prints = Prints::default();
        prints.add((0..100).chain([50]).map(print));
        assert!(prints.any_twice());
    }
}
