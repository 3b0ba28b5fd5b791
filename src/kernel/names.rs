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
    print: (u32, u32, u32),
    number: u32,
}

fn halves(half: i64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = half.to_be_bytes();
    (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
}

fn hash(print: (u32, u32, u32)) -> u64 {
    u64::from(print.0) << 32 | u64::from(print.1)
}

impl Names {
    /// The number of a name: they are given from 0 on, in order of appearance.
    pub fn number(&mut self, name: &str) -> u32 {
        let [first, second] = self.printer.print(name);
        let (high, low) = halves(first);
        let print = (high, low, halves(second).0);
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let entry = self.names.entry(hash(print), |known| known.print == print, |known| hash(known.print));
        entry.map_or(u32::MAX, |entry| entry.or_insert(Name { print, number }).get().number)
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
