//! A table that grows without being copied.

use prefetch_index::prefetch_index;

/// How many cells memory brings at once.
pub const LINE: usize = 8;

/// How many cells one chunk holds at least.
const CHUNK: usize = 1 << 14;

/// Rows of a fixed number of cells, in chunks that stay where they are.
#[derive(Debug)]
pub struct Rows<C> {
    chunks: Vec<Box<[C]>>,
    /// Cells of a row.
    width: usize,
    /// Whether a row may lie in two lines of memory.
    straddles: bool,
    /// Rows of a chunk: so many bits say which, and a mask of these.
    bits: u32,
    mask: usize,
    len: usize,
    /// How many rows there is room for.
    room: usize,
}

impl<C: Clone + Default> Rows<C> {
    /// No rows of a width.
    pub fn new(width: usize) -> Self {
        let width = width.max(1);
        let bits = (CHUNK / width).max(2).ilog2();
        Self {
            chunks: Vec::new(),
            width,
            straddles: !LINE.is_multiple_of(width),
            bits,
            mask: (1 << bits) - 1,
            len: 0,
            room: 0,
        }
    }

    /// How many rows there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds an empty row; returns which it is.
    #[inline]
    pub fn add(&mut self) -> usize {
        if self.len == self.room {
            self.grow();
        }
        self.len += 1;
        self.len - 1
    }

    #[cold]
    fn grow(&mut self) {
        self.chunks.push(vec![C::default(); self.width << self.bits].into_boxed_slice());
        self.room += 1 << self.bits;
    }

    /// The chunk of a row, and where the row begins in it.
    #[inline(always)]
    fn find(&self, at: usize) -> (usize, usize) {
        (at.wrapping_shr(self.bits), (at & self.mask).wrapping_mul(self.width))
    }

    /// A row. Behind the last there may be others, which are empty.
    #[inline(always)]
    pub fn row(&self, at: usize) -> Option<&[C]> {
        let (chunk, from) = self.find(at);
        self.chunks.get(chunk)?.get(from..from.wrapping_add(self.width))
    }

    /// A row, to be changed.
    #[inline(always)]
    pub fn row_mut(&mut self, at: usize) -> Option<&mut [C]> {
        let (chunk, from) = self.find(at);
        self.chunks.get_mut(chunk)?.get_mut(from..from.wrapping_add(self.width))
    }

    /// Asks memory for a row, without waiting for it; for another where there is none, so that nothing hangs on which row it is.
    #[inline(always)]
    pub fn bring(&self, at: usize) {
        let (chunk, from) = self.find(if at < self.len { at } else { 0 });
        if let Some(chunk) = self.chunks.get(chunk) {
            prefetch_index(chunk, from);
            if self.straddles {
                prefetch_index(chunk, from.wrapping_add(self.width - 1));
            }
        }
    }

    /// All rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &[C]> {
        self.chunks.iter().flat_map(|chunk| chunk.chunks_exact(self.width)).take(self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_where_they_were_put() {
        for width in [2, 3, 7, 64, 20_000] {
            let mut rows = Rows::new(width);
            for i in 0..300 {
                let at = rows.add();
                rows.row_mut(at).unwrap()[0] = i;
            }
            let all = rows
                .iter()
                .zip(0..)
                .all(|(row, i)| row.len() == width && rows.row(i as usize) == Some(row) && row[0] == i);
            assert!(all && rows.iter().count() == 300, "{width}");
        }
        let mut rows = Rows::new(5);
        for i in 0..40_000 {
            let at = rows.add();
            let row = rows.row_mut(at).unwrap();
            (row[0], row[4]) = (i + 1, i);
        }
        assert_eq!(rows.row(30_000), Some([30_001, 0, 0, 0, 30_000].as_slice()));
        [30_000, usize::MAX].into_iter().for_each(|at| rows.bring(at));
        assert_eq!((rows.len(), rows.iter().count()), (40_000, 40_000));
        assert_eq!(rows.iter().last().unwrap()[4], 39_999);
    }
}
