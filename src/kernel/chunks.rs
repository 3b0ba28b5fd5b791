//! A table that grows without being copied.

/// How many cells one chunk holds at least.
const CHUNK: usize = 1 << 14;

/// Rows of a fixed number of cells, in chunks that stay where they are.
#[derive(Debug, Default)]
pub struct Rows<T> {
    chunks: Vec<Vec<T>>,
    /// Cells of a row.
    width: usize,
    /// Rows of a chunk: as many as fit.
    rows: usize,
    /// 2⁶⁴ divided by that, rounded up.
    inverse: u64,
    len: usize,
}

impl<T: Copy> Rows<T> {
    /// No rows of a width.
    pub fn new(width: usize) -> Self {
        let width = width.max(1);
        let rows = (CHUNK / width).max(2);
        let inverse = (u64::MAX / rows as u64).saturating_add(1);
        Self { chunks: Vec::new(), width, rows, inverse, len: 0 }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds a row; missing cells are as `rest`.
    pub fn push(&mut self, row: &[T], rest: T) {
        let full = self.chunks.last().is_none_or(|chunk| chunk.len() >= self.width * self.rows);
        if full {
            // The first chunk grows as it is needed: many programs have few members.
            let room = if self.chunks.is_empty() { self.width } else { self.width * self.rows };
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

    /// The chunk of a row, and where the row begins in it. Places are below 2³², so that a product tells what a slow division would.
    #[inline(always)]
    fn find(&self, at: usize) -> (usize, usize) {
        let product = u128::from(at as u64) * u128::from(self.inverse);
        let chunk = usize::try_from(product >> 64).unwrap_or(usize::MAX);
        (chunk, at.wrapping_sub(chunk.wrapping_mul(self.rows)).wrapping_mul(self.width))
    }

    /// A row.
    #[inline]
    pub fn row(&self, at: usize) -> Option<&[T]> {
        let (chunk, from) = self.find(at);
        self.chunks.get(chunk)?.get(from..from + self.width)
    }

    /// A row, to be changed.
    #[inline]
    pub fn row_mut(&mut self, at: usize) -> Option<&mut [T]> {
        let (chunk, from) = self.find(at);
        self.chunks.get_mut(chunk)?.get_mut(from..from + self.width)
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
    fn every_row_has_a_place_of_its_own() {
        for width in [1, 2, 3, 7, 41, 100, 20_000] {
            let rows = Rows::<i64>::new(width);
            for at in (0..200_000).chain((1 << 32) - 100_000..1 << 32) {
                assert_eq!(rows.find(at), (at / rows.rows, at % rows.rows * width), "{at} of {width}");
            }
        }
    }

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
