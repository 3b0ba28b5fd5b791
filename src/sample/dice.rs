//! Numbers that look random and are the same on every machine.

/// A row of numbers that a seed fixes (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A row of its own for a name, which does not disturb this one: equal names have equal rows.
    pub fn of(&self, name: &str) -> Self {
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Self(self.0 ^ hash)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from zero to below `end`; zero where that is nothing.
    pub fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(end);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number between two, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let size = high.saturating_sub(low).max(0).unsigned_abs().saturating_add(1);
        low.saturating_add(i64::try_from(self.below(size)).unwrap_or(0))
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of some things; `None` where there is none.
    pub fn pick<'t, T>(&mut self, things: &'t [T]) -> Option<&'t T> {
        let place = self.below(u64::try_from(things.len()).unwrap_or(0));
        things.get(usize::try_from(place).unwrap_or(0))
    }

    /// A place among `count`, the first ones most often.
    pub fn early(&mut self, count: u64) -> u64 {
        let (one, other) = (self.below(count), self.below(count));
        one.min(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_row() {
        let mut dice = Dice::new(1);
        let row: Vec<u64> = (0..6).map(|_| dice.below(100)).collect();
        assert_eq!(row, [56, 74, 97, 44, 44, 76]);
        assert_eq!(dice.of("a").below(1_000), dice.of("a").below(1_000));
        assert_ne!(dice.of("a").below(1_000_000), dice.of("b").below(1_000_000));
    }

    #[test]
    fn every_number_comes_up() {
        let mut dice = Dice::new(7);
        let mut seen = [false; 5];
        (0..200).for_each(|_| seen[usize::try_from(dice.between(0, 4)).unwrap()] = true);
        assert_eq!(seen, [true; 5]);
        assert_eq!(dice.between(3, 3), 3);
        assert_eq!(dice.pick(&[] as &[u8]), None);
    }
}
