//! A table that grows without being copied.

use super::code::cell;

/// How many cells one chunk holds at least.
const CHUNK: usize = 1 << 14;

/// Rows of a fixed number of cells, in chunks that stay where they are.
#[derive(Debug)]
pub struct Rows {
    chunks: Vec<Box<[i64]>>,
    /// Cells of a row.
    width: usize,
    /// Rows of a chunk: so many bits say which, and a mask of these.
    bits: u32,
    mask: usize,
    len: usize,
    /// How many rows there is room for.
    room: usize,
}

/// Where a row is: its chunk, and where it begins in that.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    chunk: u32,
    from: u32,
}

impl Rows {
    /// No rows of a width.
    pub fn new(width: usize) -> Self {
        let width = width.max(1);
        let bits = (CHUNK / width).max(2).ilog2();
        Self { chunks: Vec::new(), width, bits, mask: (1 << bits) - 1, len: 0, room: 0 }
    }

    /// How many rows there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds a row of zeros; returns which it is.
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
        self.chunks.push(vec![0; self.width << self.bits].into_boxed_slice());
        self.room += 1 << self.bits;
    }

    /// The chunk of a row, and where the row begins in it.
    #[inline(always)]
    fn find(&self, at: usize) -> (usize, usize) {
        (at.wrapping_shr(self.bits), (at & self.mask).wrapping_mul(self.width))
    }

    /// A row. Behind the last there may be others, of zeros.
    #[inline(always)]
    pub fn row(&self, at: usize) -> Option<&[i64]> {
        let (chunk, from) = self.find(at);
        self.chunks.get(chunk)?.get(from..from.wrapping_add(self.width))
    }

    /// A row, to be changed.
    #[inline(always)]
    pub fn row_mut(&mut self, at: usize) -> Option<&mut [i64]> {
        let (chunk, from) = self.find(at);
        self.chunks.get_mut(chunk)?.get_mut(from..from.wrapping_add(self.width))
    }

    /// Where a row is.
    #[inline]
    pub fn spot(&self, at: usize) -> Option<Spot> {
        let (chunk, from) = self.find(at);
        (at < self.len).then_some(Spot { chunk: u32::try_from(chunk).ok()?, from: u32::try_from(from).ok()? })
    }

    /// A cell of the row at a spot; missing where there is none.
    #[inline(always)]
    pub fn get(&self, at: Spot, place: usize) -> i64 {
        let chunk = self.chunks.get(at.chunk as usize).map(Box::as_ref).unwrap_or_default();
        cell(chunk, (at.from as usize).wrapping_add(place))
    }

    /// A cell of the row at a spot, to be changed.
    #[inline(always)]
    pub fn cell_mut(&mut self, at: Spot, place: usize) -> Option<&mut i64> {
        self.chunks.get_mut(at.chunk as usize)?.get_mut((at.from as usize).wrapping_add(place))
    }

    /// The row at a spot; none of its cells where there is none.
    #[inline(always)]
    pub fn at(&self, at: Spot) -> &[i64] {
        let from = at.from as usize;
        let chunk = self.chunks.get(at.chunk as usize).map(Box::as_ref).unwrap_or_default();
        chunk.get(from..from.wrapping_add(self.width)).unwrap_or_default()
    }

    /// The row at a spot, to be changed; none of its cells where there is none.
    #[inline(always)]
    pub fn at_mut(&mut self, at: Spot) -> &mut [i64] {
        let from = at.from as usize;
        let chunk = self.chunks.get_mut(at.chunk as usize).map(Box::as_mut).unwrap_or_default();
        chunk.get_mut(from..from.wrapping_add(self.width)).unwrap_or_default()
    }

    /// A cell of some row, whichever: what is done with it does not matter, and nothing hangs on which row it is.
    #[inline(always)]
    pub fn any(&self, at: usize, place: usize) -> i64 {
        let (chunk, from) = self.find(if at < self.len { at } else { 0 });
        self.chunks.get(chunk).map_or(0, |chunk| cell(chunk, from.wrapping_add(place)))
    }

    /// All rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &[i64]> {
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
            let spot = |i: i64| rows.get(rows.spot(i as usize).unwrap(), 0);
            let all = rows
                .iter()
                .zip(0..)
                .all(|(row, i)| row.len() == width && rows.row(i as usize) == Some(row) && row[0] == i && spot(i) == i);
            assert!(all && rows.iter().count() == 300 && rows.spot(300).is_none(), "{width}");
        }
        let mut rows = Rows::new(5);
        for i in 0..40_000 {
            let at = rows.add();
            let spot = rows.spot(at).unwrap();
            *rows.cell_mut(spot, 4).unwrap() = i;
        }
        assert_eq!(rows.row(30_000), Some([0, 0, 0, 0, 30_000].as_slice()));
        assert_eq!((rows.any(30_000, 4), rows.any(usize::MAX, 4)), (30_000, 0));
        assert_eq!((rows.len(), rows.iter().count()), (40_000, 40_000));
        assert_eq!(rows.iter().last().unwrap()[4], 39_999);
    }
}
