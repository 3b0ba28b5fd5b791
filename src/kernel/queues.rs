//! Queues of many members in one allocation.

use super::chunks::Rows;

/// The queue that has nothing in it.
pub const EMPTY: i64 = -1;

/// No place.
pub const NOWHERE: u32 = u32::MAX;

/// Any number of queues of rows of cells, first in, first out. A queue is its two ends in one cell of its member; what leaves it makes room for
/// what comes next, whosever that is. One cell more than a row has says which row is behind it, and whose it is.
#[derive(Debug)]
pub struct Queues {
    cells: Rows<i64>,
    width: usize,
    free: u32,
}

/// The first and the last place of a queue.
#[inline(always)]
fn ends(queue: i64) -> (u32, u32) {
    ((queue.cast_unsigned() >> 32) as u32, queue.cast_unsigned() as u32)
}

#[inline(always)]
fn queue(first: u32, last: u32) -> i64 {
    (u64::from(first) << 32 | u64::from(last)).cast_signed()
}

/// The first place of a queue.
#[inline]
pub fn first(queue: i64) -> u32 {
    ends(queue).0
}

/// The last place of a queue.
#[inline]
pub fn last(queue: i64) -> u32 {
    ends(queue).1
}

impl Queues {
    /// Queues with nothing in them, of rows of a width.
    pub fn new(width: usize) -> Self {
        Self { cells: Rows::new(width + 1), width, free: NOWHERE }
    }

    /// A row; nothing at no place.
    #[inline]
    pub fn at(&self, place: u32) -> Option<&[i64]> {
        self.cells.row(place as usize)
    }

    /// A row, to be changed.
    #[inline]
    pub fn at_mut(&mut self, place: u32) -> Option<&mut [i64]> {
        self.cells.row_mut(place as usize)
    }

    /// The place behind one.
    #[inline]
    pub fn behind(&self, place: u32) -> u32 {
        self.at(place).map_or(NOWHERE, |row| self.after(row))
    }

    /// The place behind a row.
    #[inline]
    pub fn after(&self, row: &[i64]) -> u32 {
        row.get(self.width).map_or(NOWHERE, |link| ends(*link).0)
    }

    /// Whose a row is.
    pub fn owner(&self, place: u32) -> Option<u32> {
        Some(ends(*self.at(place)?.get(self.width)?).1)
    }

    fn link(&mut self, place: u32, to: u32) -> Option<()> {
        let width = self.width;
        let link = self.at_mut(place)?.get_mut(width)?;
        *link = queue(to, ends(*link).1);
        Some(())
    }

    /// Adds what belongs to `owner` behind the last; returns where it lies. The row is as wide as all are.
    pub fn push(&mut self, at: &mut i64, row: &[i64], owner: u32) -> u32 {
        self.push_with(at, owner, |cells| cells.iter_mut().zip(row).for_each(|(slot, cell)| *slot = *cell))
    }

    /// The same with a row that is filled where it lies, whatever is in it.
    #[inline]
    pub fn push_with(&mut self, at: &mut i64, owner: u32, fill: impl FnOnce(&mut [i64])) -> u32 {
        let place = if self.free == NOWHERE { u32::try_from(self.cells.add()).unwrap_or(NOWHERE) } else { self.free };
        if let Some((link, cells)) = self.cells.row_mut(place as usize).and_then(<[i64]>::split_last_mut) {
            let next = ends(*link).0;
            *link = queue(NOWHERE, owner);
            fill(cells);
            if place == self.free {
                self.free = next;
                // It will be needed soon.
                self.cells.bring(next as usize);
            }
        }
        let (first, last) = ends(*at);
        *at =
            if last != NOWHERE && self.link(last, place).is_some() { queue(first, place) } else { queue(place, place) };
        place
    }

    /// Asks memory for rows, without waiting for any.
    #[inline(always)]
    pub fn bring(&self, places: impl Iterator<Item = u32>) {
        places.for_each(|place| self.cells.bring(place as usize));
    }

    /// The first.
    #[inline]
    pub fn front(&self, queue: i64) -> Option<&[i64]> {
        self.at(first(queue))
    }

    /// The last, to be changed.
    pub fn back_mut(&mut self, queue: i64) -> Option<&mut [i64]> {
        self.at_mut(last(queue))
    }

    /// Takes the first out; its cells stay readable until something is added.
    pub fn pop(&mut self, at: &mut i64) -> Option<&[i64]> {
        self.pop_if(at, |_| true)
    }

    /// Takes the first out if it fits; its cells stay readable until something is added.
    #[inline]
    pub fn pop_if(&mut self, at: &mut i64, fits: impl FnOnce(&[i64]) -> bool) -> Option<&[i64]> {
        let (first, last) = ends(*at);
        let row = self.cells.row_mut(first as usize).filter(|row| fits(row))?;
        let link = row.get_mut(self.width)?;
        let (next, owner) = ends(*link);
        *link = queue(self.free, owner);
        *at = if first == last { EMPTY } else { queue(next, last) };
        self.free = first;
        Some(row)
    }

    /// Takes all out.
    pub fn clear(&mut self, at: &mut i64) {
        let (first, last) = ends(*at);
        let free = self.free;
        if self.link(last, free).is_some() {
            self.free = first;
        }
        *at = EMPTY;
    }

    /// All, the first first, with where each lies.
    pub fn iter(&self, queue: i64) -> impl Iterator<Item = (u32, &[i64])> {
        let mut at = first(queue);
        std::iter::from_fn(move || {
            let place = at;
            let row = self.at(place)?;
            at = self.after(row);
            Some((place, row))
        })
    }

    /// The first that fits, to be changed.
    pub fn find_mut(&mut self, queue: i64, fits: impl Fn(&[i64]) -> bool) -> Option<&mut [i64]> {
        let place = self.iter(queue).find(|(_, row)| fits(row))?.0;
        self.at_mut(place)
    }

    /// Keeps only what fits, in order; returns how many.
    pub fn retain(&mut self, at: &mut i64, fits: impl Fn(&[i64]) -> bool) -> usize {
        // Mostly all of them do.
        let known = self.iter(*at).try_fold(0, |count, (_, row)| fits(row).then_some(count + 1));
        if let Some(count) = known {
            return count;
        }
        let (mut before, mut place, mut kept, mut count) = (NOWHERE, first(*at), EMPTY, 0);
        while let Some(row) = self.at(place) {
            let next = self.after(row);
            if fits(row) {
                self.link(before, place);
                kept = if kept == EMPTY { queue(place, place) } else { queue(first(kept), place) };
                before = place;
                count += 1;
            } else {
                let free = self.free;
                self.link(place, free);
                self.free = place;
            }
            place = next;
        }
        self.link(before, NOWHERE);
        *at = kept;
        count
    }

    /// Puts a row before the first that does not fit, or behind all.
    pub fn insert(&mut self, at: &mut i64, row: &[i64], owner: u32, before: impl Fn(&[i64]) -> bool) {
        let mut all = EMPTY;
        let place = self.push(&mut all, row, owner);
        let (mut last, mut next) = (NOWHERE, first(*at));
        while let Some(row) = self.at(next).filter(|row| before(row)) {
            (last, next) = (next, self.after(row));
        }
        self.link(place, next);
        let (first, end) = if *at == EMPTY { (place, place) } else { ends(*at) };
        let first = if self.link(last, place).is_some() { first } else { place };
        *at = queue(first, if next == NOWHERE { place } else { end });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(queues: &Queues, queue: i64) -> Vec<i64> {
        queues.iter(queue).map(|(_, row)| row[0]).collect()
    }

    #[test]
    fn queues_do_not_disturb_each_other() {
        let (mut queues, mut a, mut b) = (Queues::new(2), EMPTY, EMPTY);
        for i in 0..4 {
            queues.push(&mut a, &[i, 0], 1);
            queues.push(&mut b, &[10 + i, 7], 2);
        }
        let mut popped = || queues.pop(&mut a).map(|row| row[0]);
        assert_eq!((popped(), popped()), (Some(0), Some(1)));
        queues.push(&mut b, &[14, 7], 2);
        assert_eq!((all(&queues, a), all(&queues, b)), (vec![2, 3], vec![10, 11, 12, 13, 14]));
        assert_eq!(queues.retain(&mut b, |row| row[0] % 2 == 0), 3);
        queues.clear(&mut a);
        assert_eq!((all(&queues, a), all(&queues, b)), (vec![], vec![10, 12, 14]));
        let room = queues.cells.len();
        for i in 0..5 {
            queues.push(&mut a, &[i, 0], 1);
        }
        assert_eq!((all(&queues, a), all(&queues, b), queues.cells.len()), ((0..5).collect(), vec![10, 12, 14], room));
        assert_eq!(queues.front(EMPTY), None);
        assert_eq!(queues.pop(&mut EMPTY.clone()), None);
    }

    #[test]
    fn rows_are_put_where_they_belong() {
        for new in [5, 15, 25, 35] {
            let (mut queues, mut queue) = (Queues::new(1), EMPTY);
            for old in [10, 20, 30] {
                queues.push(&mut queue, &[old], 0);
            }
            queues.insert(&mut queue, &[new], 0, |row| row[0] < new);
            queues.push(&mut queue, &[40], 0);
            let mut sorted = vec![10, 20, 30, new, 40];
            sorted.sort_unstable();
            assert_eq!(all(&queues, queue), sorted);
        }
        let (mut queues, mut queue) = (Queues::new(1), EMPTY);
        queues.insert(&mut queue, &[1], 0, |_| true);
        queues.insert(&mut queue, &[0], 0, |_| false);
        assert_eq!(all(&queues, queue), [0, 1]);
    }
}
