//! Members by name: each has a number.

use super::slots::Printer;
use super::spread::Spread;

/// Numbers of names. Names themselves are not kept: fingerprints of 96 bits, with a secret, tell them apart.
#[derive(Default)]
pub struct Names {
    printer: Printer,
    names: Spread<Name>,
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
    pub fn number(&mut self, name: &str) -> u32 {
        let [print, more] = self.printer.print(name).map(i64::to_be_bytes);
        let [a, b, c, d, ..] = more;
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let new = Name { print, more: [a, b, c, d], number };
        let is_meant = |known: &Name| known.print == new.print && known.more == new.more;
        let entry = self.names.entry(new.print(), is_meant, Name::print);
        entry.map_or(u32::MAX, |entry| entry.or_insert(new).get().number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_number() {
        let mut names = Names::default();
        let all: Vec<String> = (0..1_000).map(|i| format!("m{i}")).collect();
        for _ in 0..2 {
            assert!(all.iter().zip(0..).all(|(name, i)| names.number(name) == i));
        }
    }
}
