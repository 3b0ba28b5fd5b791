//! Members by name: each has a number.

use prefetch_index::prefetch_index;

/// What tells a name from others: 96 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamePrint {
    print: u64,
    more: u32,
}

impl NamePrint {
    /// The part of a fingerprint that tells names apart.
    pub fn new([print, more]: [i64; 2]) -> Self {
        Self { print: print.cast_unsigned(), more: (more.cast_unsigned() >> 32) as u32 }
    }
}

/// How many places there are at first.
const FIRST: usize = 1 << 10;

/// Numbers of names. Names themselves are not kept: their fingerprints, with a secret, tell them apart.
///
/// A table of its own, as who comes next is known long before: memory is asked for a place before somebody looks there, and brings all that
/// lies beside it. A name lies at the place that its highest bits say, or at the first behind it that is free.
pub struct Names {
    places: Vec<Name>,
    /// The number of the next new one.
    next: u32,
}

/// A name in sixteen bytes.
#[derive(Clone, Copy)]
struct Name {
    print: u64,
    more: u32,
    number: u32,
}

impl Name {
    /// None: its number is never given.
    const NONE: Self = Self { print: 0, more: 0, number: u32::MAX };

    #[inline(always)]
    fn is_none(&self) -> bool {
        self.number == Self::NONE.number
    }

    #[inline(always)]
    fn is(&self, name: NamePrint) -> bool {
        self.print == name.print && self.more == name.more
    }
}

impl Default for Names {
    fn default() -> Self {
        Self { places: vec![Name::NONE; FIRST], next: 0 }
    }
}

impl Names {
    /// Where a name lies unless others lie there.
    #[inline(always)]
    fn place(&self, print: u64) -> usize {
        // There are as many places as some bits have values.
        (print >> (self.places.len().leading_zeros() + 1)) as usize
    }

    /// Asks memory for the place of a name, without waiting for it.
    #[inline(always)]
    pub fn bring(&self, name: NamePrint) {
        prefetch_index(&self.places, self.place(name.print));
    }

    /// The number of a name: they are given from 0 on, in order of appearance.
    #[inline]
    pub fn number(&mut self, name: NamePrint) -> u32 {
        let at = self.find(name.print, |known| known.is(name));
        match self.places.get(at) {
            Some(known) if !known.is_none() => known.number,
            _ => self.add(at, name),
        }
    }

    /// The first place from that of a fingerprint on that is meant or free.
    #[inline(always)]
    fn find(&self, print: u64, is_meant: impl Fn(&Name) -> bool) -> usize {
        let mut at = self.place(print);
        loop {
            match self.places.get(at) {
                Some(known) if is_meant(known) || known.is_none() => return at,
                Some(_) => at += 1,
                None => at = 0,
            }
        }
    }

    #[cold]
    fn add(&mut self, at: usize, name: NamePrint) -> u32 {
        let number = self.next;
        self.put(at, Name { print: name.print, more: name.more, number });
        self.next = number.saturating_add(1);
        // With more of them, those behind others would lie far away.
        if self.next as usize * 8 >= self.places.len() * 5 {
            let more = vec![Name::NONE; 2 * self.places.len()];
            for known in std::mem::replace(&mut self.places, more).into_iter().filter(|known| !known.is_none()) {
                self.put(self.find(known.print, |_| false), known);
            }
        }
        number
    }

    fn put(&mut self, at: usize, name: Name) {
        if let Some(place) = self.places.get_mut(at) {
            *place = name;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::texts::{Printer, Text};
    use super::*;

    #[test]
    fn a_name_has_one_number() {
        let (mut names, printer) = (Names::default(), Printer::default());
        let all: Vec<String> = (0..10_000).map(|i| format!("m{i}")).collect();
        for _ in 0..2 {
            assert!(
                all.iter()
                    .zip(0..)
                    .all(|(name, i)| names.number(NamePrint::new(printer.print(Text::new(name.as_bytes())))) == i)
            );
        }
    }
}
