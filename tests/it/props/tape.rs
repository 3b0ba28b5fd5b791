//! Choices from bytes: what is left out is zero, and zero is the simplest choice, so that shrinking bytes shrinks what they stand for.

/// Bytes that choices are read from.
pub struct Tape<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl<'t> Tape<'t> {
    pub fn new(bytes: &'t [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte
    }

    /// A number below `n`; zero where there is nothing to choose.
    pub fn below(&mut self, n: usize) -> usize {
        let choice = usize::from(self.byte());
        if n == 0 { 0 } else { choice % n }
    }

    /// One of several, the first being the simplest.
    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// Yes about `percent` times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        let byte = usize::from(self.byte());
        byte * 100 >= 256 * (100 - percent)
    }

    /// Two bytes as one number.
    pub fn wide(&mut self) -> usize {
        usize::from(self.byte()) + usize::from(self.byte()) * 256
    }
}
