//! Members by name: each has a number, and all names lie in one text.

use hashbrown::HashTable;

use super::slots::Printer;

/// Names and their numbers.
#[derive(Default)]
pub struct Names {
    printer: Printer,
    text: String,
    /// Where each name ends.
    ends: Vec<usize>,
    numbers: HashTable<u32>,
}

impl Names {
    /// The number of a name: they are given from 0 on, in order of appearance.
    pub fn number(&mut self, name: &str) -> u32 {
        let Self { printer, text, ends, numbers } = self;
        let hash = printer.hash(name);
        if let Some(number) = numbers.find(hash, |number| of(text, ends, *number) == name) {
            return *number;
        }
        let number = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        text.push_str(name);
        ends.push(text.len());
        numbers.insert_unique(hash, number, |number| printer.hash(of(text, ends, *number)));
        number
    }
}

fn of<'t>(text: &'t str, ends: &[usize], number: u32) -> &'t str {
    let number = number as usize;
    let start = number.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    ends.get(number).and_then(|end| text.get(start..*end)).unwrap_or_default()
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
