//! Members by name: each has a number, and all names lie in one text.

use hashbrown::HashTable;

use super::slots::Printer;

/// Names and their numbers.
#[derive(Default)]
pub struct Names {
    printer: Printer,
    text: String,
    names: HashTable<Name>,
}

/// Where a name stands in the text.
#[derive(Clone, Copy)]
struct Name {
    number: u32,
    length: u32,
    start: usize,
}

impl Names {
    /// The number of a name: they are given from 0 on, in order of appearance.
    pub fn number(&mut self, name: &str) -> u32 {
        let Self { printer, text, names } = self;
        let hash = printer.hash(name);
        if let Some(known) = names.find(hash, |known| of(text, known) == name) {
            return known.number;
        }
        let number = u32::try_from(names.len()).unwrap_or(u32::MAX);
        let new = Name { number, length: u32::try_from(name.len()).unwrap_or(u32::MAX), start: text.len() };
        text.push_str(name);
        names.insert_unique(hash, new, |known| printer.hash(of(text, known)));
        number
    }
}

fn of<'t>(text: &'t str, name: &Name) -> &'t str {
    text.get(name.start..name.start + name.length as usize).unwrap_or_default()
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
