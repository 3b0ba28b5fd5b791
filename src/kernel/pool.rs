//! Queues of many members in one allocation.

use super::chunks::Rows;

/// The queue that has nothing in it.
pub const EMPTY: i64 = -1;

const NONE: u32 = u32::MAX;

/// Items of any number of queues, first in, first out. A queue is its two ends in one cell of its member; what leaves it makes room for
/// what comes next, whosever that is.
#[derive(Debug)]
pub struct Pool<T> {
    nodes: Rows<Node<T>>,
    free: u32,
}

#[derive(Debug, Clone, Copy)]
struct Node<T> {
    item: T,
    next: u32,
}

fn ends(queue: i64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = queue.to_be_bytes();
    (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
}

fn queue(first: u32, last: u32) -> i64 {
    let ([a, b, c, d], [e, f, g, h]) = (first.to_be_bytes(), last.to_be_bytes());
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

impl<T: Copy> Pool<T> {
    /// No queue has anything.
    pub fn new() -> Self {
        Self { nodes: Rows::new(1), free: NONE }
    }

    fn node(&self, at: u32) -> Option<&Node<T>> {
        self.nodes.row(at as usize)?.first()
    }

    fn node_mut(&mut self, at: u32) -> Option<&mut Node<T>> {
        self.nodes.row_mut(at as usize)?.first_mut()
    }

    /// Adds behind the last; returns where it lies.
    pub fn push(&mut self, at: &mut i64, item: T) -> usize {
        let node = Node { item, next: NONE };
        let free = self.free;
        let place = match self.node_mut(free) {
            Some(room) => {
                let next = room.next;
                *room = node;
                self.free = next;
                free
            }
            None => {
                self.nodes.push(&[node], node);
                u32::try_from(self.nodes.len() - 1).unwrap_or(NONE)
            }
        };
        let (first, last) = ends(*at);
        *at = match self.node_mut(last) {
            Some(last) => {
                last.next = place;
                queue(first, place)
            }
            None => queue(place, place),
        };
        place as usize
    }

    /// The first.
    pub fn front(&self, queue: i64) -> Option<&T> {
        self.node(ends(queue).0).map(|node| &node.item)
    }

    /// What lies at a place.
    pub fn at(&self, place: usize) -> Option<&T> {
        self.node(u32::try_from(place).ok()?).map(|node| &node.item)
    }

    /// The first, to be changed.
    pub fn front_mut(&mut self, queue: i64) -> Option<&mut T> {
        self.node_mut(ends(queue).0).map(|node| &mut node.item)
    }

    /// The last, to be changed.
    pub fn back_mut(&mut self, queue: i64) -> Option<&mut T> {
        self.node_mut(ends(queue).1).map(|node| &mut node.item)
    }

    /// Takes the first out.
    pub fn pop(&mut self, at: &mut i64) -> Option<T> {
        let (first, last) = ends(*at);
        let free = self.free;
        let node = self.node_mut(first)?;
        *at = if first == last { EMPTY } else { queue(node.next, last) };
        node.next = free;
        let item = node.item;
        self.free = first;
        Some(item)
    }

    /// Takes all out.
    pub fn clear(&mut self, at: &mut i64) {
        let (first, last) = ends(*at);
        let free = self.free;
        if let Some(last) = self.node_mut(last) {
            last.next = free;
            self.free = first;
        }
        *at = EMPTY;
    }

    /// All, the first first, with where each lies.
    pub fn iter(&self, queue: i64) -> impl Iterator<Item = (usize, &T)> {
        let mut at = ends(queue).0;
        std::iter::from_fn(move || {
            let (place, node) = (at as usize, self.node(at)?);
            at = node.next;
            Some((place, &node.item))
        })
    }

    /// The first that fits, to be changed.
    pub fn find_mut(&mut self, queue: i64, fits: impl Fn(&T) -> bool) -> Option<&mut T> {
        let place = self.iter(queue).find(|(_, item)| fits(item))?.0;
        self.node_mut(u32::try_from(place).ok()?).map(|node| &mut node.item)
    }

    /// Keeps only what fits, in order.
    pub fn retain(&mut self, at: &mut i64, fits: impl Fn(&T) -> bool) {
        if self.iter(*at).all(|(_, item)| fits(item)) {
            return;
        }
        let mut kept = EMPTY;
        while let Some(item) = self.pop(at) {
            if fits(&item) {
                self.push(&mut kept, item);
            }
        }
        *at = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(pool: &Pool<i64>, queue: i64) -> Vec<i64> {
        pool.iter(queue).map(|(_, item)| *item).collect()
    }

    #[test]
    fn queues_do_not_disturb_each_other() {
        let (mut pool, mut a, mut b) = (Pool::new(), EMPTY, EMPTY);
        for i in 0..4 {
            pool.push(&mut a, i);
            pool.push(&mut b, 10 + i);
        }
        assert_eq!((pool.pop(&mut a), pool.pop(&mut a)), (Some(0), Some(1)));
        pool.push(&mut b, 14);
        assert_eq!((all(&pool, a), all(&pool, b)), (vec![2, 3], vec![10, 11, 12, 13, 14]));
        pool.retain(&mut b, |item| item % 2 == 0);
        pool.clear(&mut a);
        assert_eq!((all(&pool, a), all(&pool, b)), (vec![], vec![10, 12, 14]));
        let room = pool.nodes.len();
        for i in 0..5 {
            pool.push(&mut a, i);
        }
        assert_eq!((all(&pool, a), all(&pool, b), pool.nodes.len()), ((0..5).collect(), vec![10, 12, 14], room));
        let mut nothing = EMPTY;
        assert_eq!(pool.pop(&mut nothing), None);
        assert_eq!(pool.front(EMPTY), None);
    }
}
