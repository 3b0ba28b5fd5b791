//! A table that grows without being copied.

/// How many cells one chunk holds at least.
const CHUNK: usize = 1 << 14;

/// Rows of a fixed number of cells, in chunks that stay where they are.
#[derive(Debug, Default)]
pub struct Rows<T> {
    chunks: Vec<Vec<T>>,
    /// Cells of a row.
    width: usize,
    /// Rows of a chunk: so many bits say which, and a mask of these.
    bits: u32,
    mask: usize,
    len: usize,
}

impl<T: Copy> Rows<T> {
    /// No rows of a width.
    pub fn new(width: usize) -> Self {
        let width = width.max(1);
        let bits = (CHUNK / width).max(2).ilog2();
        Self { chunks: Vec::new(), width, bits, mask: (1 << bits) - 1, len: 0 }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds a row; missing cells are as `rest`.
    pub fn push(&mut self, row: &[T], rest: T) {
        let whole = self.width << self.bits;
        if self.chunks.last().is_none_or(|chunk| chunk.len() >= whole) {
            // The first chunk grows as it is needed: many programs have few members.
            let room = if self.chunks.is_empty() { self.width } else { whole };
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

    /// The chunk of a row, and where the row begins in it.
    #[inline(always)]
    fn find(&self, at: usize) -> (usize, usize) {
        (at.wrapping_shr(self.bits), (at & self.mask).wrapping_mul(self.width))
    }

    /// A row.
    #[inline]
    pub fn row(&self, at: usize) -> Option<&[T]> {
        let (chunk, from) = self.find(at);
        self.chunks.get(chunk)?.get(from..from.wrapping_add(self.width))
    }

    /// A row, to be changed.
    #[inline]
    pub fn row_mut(&mut self, at: usize) -> Option<&mut [T]> {
        let (chunk, from) = self.find(at);
        self.chunks.get_mut(chunk)?.get_mut(from..from.wrapping_add(self.width))
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
        for width in [2, 3, 7, 64, 20_000] {
            let mut rows = Rows::new(width);
            (0..300).for_each(|i| rows.push(&[i, i + 1], 9));
            let all = rows
                .iter()
                .zip(0..)
                .all(|(row, i)| row.len() == width && rows.row(i as usize) == Some(row) && row[0] == i);
            assert!(all && rows.row(300).is_none(), "{width}");
        }
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
