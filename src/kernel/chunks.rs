//! A table that grows without being copied.

/// How many cells one chunk holds at least.
const CHUNK: usize = 1 << 14;

/// Rows of a fixed number of cells, in chunks that stay where they are.
#[derive(Debug, Default)]
pub struct Rows<T> {
    chunks: Vec<Vec<T>>,
    /// Cells of a row.
    width: usize,
    /// Rows of a chunk, as a power of two.
    shift: u32,
    /// The bits of a place that are its place in its chunk.
    mask: usize,
    len: usize,
}

impl<T: Copy> Rows<T> {
    /// No rows of a width.
    pub fn new(width: usize) -> Self {
        let width = width.max(1);
        let shift = (CHUNK / width).max(1).ilog2();
        Self { chunks: Vec::new(), width, shift, mask: (1 << shift) - 1, len: 0 }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds a row; missing cells are as `rest`.
    pub fn push(&mut self, row: &[T], rest: T) {
        let full = self.chunks.last().is_none_or(|chunk| chunk.len() >= self.width << self.shift);
        if full {
            // The first chunk grows as it is needed: many programs have few members.
            let room = if self.chunks.is_empty() { self.width } else { self.width << self.shift };
            self.chunks.push(Vec::with_capacity(room));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            let row = row.get(..self.width).unwrap_or(row);
            chunk.extend_from_slice(row);
            if row.len() < self.width {
                chunk.resize(chunk.len() + self.width - row.len(), rest);
            }
            self.len += 1;
        }
    }

    /// Where a row begins in its chunk.
    #[inline(always)]
    fn start(&self, at: usize) -> usize {
        // No place in a chunk is too large to be multiplied.
        (at & self.mask).wrapping_mul(self.width)
    }

    /// A row.
    #[inline]
    pub fn row(&self, at: usize) -> Option<&[T]> {
        let from = self.start(at);
        self.chunks.get(at >> self.shift)?.get(from..from + self.width)
    }

    /// A row, to be changed.
    #[inline]
    pub fn row_mut(&mut self, at: usize) -> Option<&mut [T]> {
        let from = self.start(at);
        self.chunks.get_mut(at >> self.shift)?.get_mut(from..from + self.width)
    }

    /// All rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        self.chunks.iter().flat_map(|chunk| chunk.chunks_exact(self.width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_where_they_were_put() {
        let mut rows = Rows::new(5);
        for i in 0..40_000 {
            rows.push(&[i, i + 1], 9);
        }
        assert_eq!(rows.row(30_000), Some([30_000, 30_001, 9, 9, 9].as_slice()));
        assert_eq!((rows.row(40_000), rows.len(), rows.iter().count()), (None, 40_000, 40_000));
        rows.row_mut(39_999).unwrap()[4] = 1;
        assert_eq!(rows.iter().last().unwrap()[4], 1);
    }
}
