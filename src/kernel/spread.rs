//! Large tables that do not grow all at once.

use hashbrown::HashTable;

/// How many tables there are.
const TABLES: usize = 16;

/// What is found by a fingerprint of 64 bits, in some tables of which some get more than others. So they are full at different times: what is
/// empty in all of them together stays the same share, and little is moved at a time.
#[derive(Debug)]
pub struct Spread<T> {
    tables: [HashTable<T>; TABLES],
    /// For each of the highest eight bits of a fingerprint its table.
    table_of: [u8; 256],
}

/// The highest bits have chosen the table: they go where a table looks last.
fn hash(print: u64) -> u64 {
    print.rotate_right(8)
}

impl<T> Default for Spread<T> {
    fn default() -> Self {
        // Shares of 256 from 11 to 21, so that the largest is twice the smallest.
        let shares = (0..TABLES).flat_map(|table| std::iter::repeat_n(table, 11 + table * 11 / TABLES));
        let mut table_of = [0; 256];
        let places = table_of.iter_mut().zip(shares.chain((0..TABLES).cycle()));
        places.for_each(|(place, table)| *place = u8::try_from(table).unwrap_or(0));
        Self { tables: std::array::from_fn(|_| HashTable::new()), table_of }
    }
}

impl<T> Spread<T> {
    fn table(&self, print: u64) -> usize {
        let [highest, ..] = print.to_be_bytes();
        usize::from(self.table_of.get(usize::from(highest)).copied().unwrap_or(0))
    }

    /// What has a fingerprint and is the one that is meant.
    #[inline]
    pub fn find(&self, print: u64, is_meant: impl FnMut(&T) -> bool) -> Option<&T> {
        self.tables.get(self.table(print))?.find(hash(print), is_meant)
    }

    /// Adds what is not there; `print_of` tells the fingerprint of what is.
    pub fn insert(&mut self, print: u64, one: T, print_of: impl Fn(&T) -> u64) {
        let table = self.table(print);
        if let Some(table) = self.tables.get_mut(table) {
            table.insert_unique(hash(print), one, |known| hash(print_of(known)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found() {
        let mut spread: Spread<u64> = Spread::default();
        for round in 0..2 {
            for i in 0..10_000_u64 {
                let print = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                match spread.find(print, |known| *known == print) {
                    None => spread.insert(print, print, |known| *known),
                    Some(_) => assert_eq!(round, 1),
                }
            }
        }
        let sizes: Vec<usize> = spread.tables.iter().map(HashTable::len).collect();
        assert_eq!(sizes.iter().sum::<usize>(), 10_000);
        assert!(sizes.iter().max().unwrap() < &(3 * sizes.iter().min().unwrap()), "{sizes:?}");
    }
}
