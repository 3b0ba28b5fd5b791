//! Members by name: each has a number.

use super::spread::Spread;

/// What tells a name from others: 96 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamePrint {
    print: u64,
    more: [u8; 4],
}

impl NamePrint {
    /// The part of a fingerprint that tells names apart.
    pub fn new([print, more]: [i64; 2]) -> Self {
        let [a, b, c, d, ..] = more.to_be_bytes();
        Self { print: print.cast_unsigned(), more: [a, b, c, d] }
    }
}

/// Numbers of names. Names themselves are not kept: their fingerprints, with a secret, tell them apart.
#[derive(Default)]
pub struct Names {
    names: Spread<Name>,
    /// The number of the next new one.
    next: u32,
}

#[derive(Clone, Copy)]
struct Name {
    print: [u8; 8],
    more: [u8; 4],
    number: u32,
}

impl Name {
    fn print(&self) -> u64 {
        u64::from_be_bytes(self.print)
    }
}

impl Names {
    /// The number of a name: they are given from 0 on, in order of appearance.
    pub fn number(&mut self, name: NamePrint) -> u32 {
        let (print, more) = (name.print.to_be_bytes(), name.more);
        let is_meant = |known: &Name| known.print == print && known.more == more;
        if let Some(known) = self.names.find(name.print, is_meant) {
            return known.number;
        }
        let number = self.next;
        self.names.insert(name.print, Name { print, more, number }, Name::print);
        self.next = number.saturating_add(1);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::super::texts::{Printer, Text};
    use super::*;

    #[test]
    fn a_name_has_one_number() {
        let (mut names, printer) = (Names::default(), Printer::default());
        let all: Vec<String> = (0..1_000).map(|i| format!("m{i}")).collect();
        for _ in 0..2 {
            assert!(
                all.iter()
                    .zip(0..)
                    .all(|(name, i)| names.number(NamePrint::new(printer.print(Text::new(name.as_bytes())))) == i)
            );
        }
    }
}
