//! Names of members, where somebody asks for them: judging needs none.

/// Names by number.
#[derive(Debug, Default)]
pub struct Roster {
    text: String,
    /// Where each ends in all of the text.
    ends: Vec<usize>,
}

impl Roster {
    /// Keeps the name that has a number, unless that is known.
    pub fn keep(&mut self, number: u32, name: &str) {
        // Numbers are given in order.
        if number as usize == self.ends.len() {
            self.text.push_str(name);
            self.ends.push(self.text.len());
        }
    }

    /// The name that has a number.
    pub fn name(&self, number: u32) -> &str {
        let end = |place: usize| self.ends.get(place).copied().unwrap_or(0);
        let start = (number as usize).checked_sub(1).map_or(0, end);
        self.text.get(start..end(number as usize)).unwrap_or_default()
    }

    /// All numbers, in the order of their names.
    pub fn in_order(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = (0..).take(self.ends.len()).collect();
        numbers.sort_unstable_by(|a, b| self.name(*a).cmp(self.name(*b)));
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_by_number() {
        let mut roster = Roster::default();
        for (number, name) in [(0, "zoë"), (1, ""), (0, "zoë"), (2, "ann")] {
            roster.keep(number, name);
        }
        assert_eq!([0, 1, 2, 3].map(|number| roster.name(number)), ["zoë", "", "ann", ""]);
        assert_eq!(roster.in_order(), [1, 2, 0]);
    }
}
