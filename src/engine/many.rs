//! Lists that grow with the history of a member. Copies share what they have in common: a copy costs the same however long a list is, and
//! so does a change to one.

use std::sync::Arc;

use imbl::Vector;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A list that may be long.
#[derive(Debug, PartialEq, Eq)]
pub struct Many<T>(Vector<Arc<T>>);

impl<T> Many<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The item of a position.
    pub fn get(&self, position: usize) -> Option<&T> {
        self.0.get(position).map(Arc::as_ref)
    }

    /// The first item.
    pub fn first(&self) -> Option<&T> {
        self.0.front().map(Arc::as_ref)
    }

    /// The last item.
    pub fn last(&self) -> Option<&T> {
        self.0.back().map(Arc::as_ref)
    }

    /// All items in order.
    pub fn iter(&self) -> Iter<'_, T> {
        self.0.iter().map(Arc::as_ref)
    }

    /// The items from a position on: those before it cost nothing.
    pub fn iter_from(&self, position: usize) -> impl DoubleEndedIterator<Item = &T> {
        (position..self.len()).filter_map(|position| self.get(position))
    }

    /// The position of the first item for which something does not hold, where it holds for all before that and for none behind.
    pub fn partition_point(&self, mut holds: impl FnMut(&T) -> bool) -> usize {
        let order = |item: &Arc<T>| if holds(item) { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater };
        self.0.binary_search_by(order).unwrap_or_else(|place| place)
    }

    /// Adds an item.
    pub fn push(&mut self, item: T) {
        self.0.push_back(Arc::new(item));
    }
}

impl<T: Clone> Many<T> {
    /// The last item, to be changed.
    pub fn last_mut(&mut self) -> Option<&mut T> {
        self.0.back_mut().map(Arc::make_mut)
    }

    /// The item of a position, to be changed.
    pub fn get_mut(&mut self, position: usize) -> Option<&mut T> {
        self.0.get_mut(position).map(Arc::make_mut)
    }

    /// All items in order, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().map(Arc::make_mut)
    }

    /// Takes the last item away.
    pub fn pop(&mut self) -> Option<T> {
        self.0.pop_back().map(Arc::unwrap_or_clone)
    }

    /// Takes the item of a position away; `None` where there is none.
    pub fn remove(&mut self, position: usize) -> Option<T> {
        let item = match position {
            0 => self.0.pop_front(),
            _ if position < self.len() => Some(self.0.remove(position)),
            _ => None,
        };
        item.map(Arc::unwrap_or_clone)
    }

    /// Puts an item before that of a position, or behind all where there is none.
    pub fn insert(&mut self, position: usize, item: T) {
        if position < self.len() {
            self.0.insert(position, Arc::new(item));
        } else {
            self.push(item);
        }
    }

    /// Keeps the items that pass.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.0.retain(|item| keep(item));
    }
}

/// What has a number of its own, and lies in a list in the order of these.
pub trait Numbered {
    /// Its number.
    fn number(&self) -> u32;
}

impl<T: Numbered> Many<T> {
    /// Where the item of a number is.
    pub fn place_of(&self, number: u32) -> Option<usize> {
        // Mostly it is the first.
        if self.first().is_some_and(|first| first.number() == number) {
            return Some(0);
        }
        self.0.binary_search_by(|item| item.number().cmp(&number)).ok()
    }

    /// The item of a number.
    pub fn numbered(&self, number: u32) -> Option<&T> {
        self.get(self.place_of(number)?)
    }
}

impl<T: Numbered + Clone> Many<T> {
    /// The item of a number, to be changed.
    pub fn numbered_mut(&mut self, number: u32) -> Option<&mut T> {
        self.get_mut(self.place_of(number)?)
    }
}

impl<T> Clone for Many<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vector::new())
    }
}

impl<T> FromIterator<T> for Many<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().map(Arc::new).collect())
    }
}

/// Items in order.
pub type Iter<'m, T> =
    std::iter::Map<imbl::vector::Iter<'m, Arc<T>, imbl::shared_ptr::DefaultSharedPtr>, fn(&'m Arc<T>) -> &'m T>;

impl<'m, T> IntoIterator for &'m Many<T> {
    type Item = &'m T;
    type IntoIter = Iter<'m, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Serialize> Serialize for Many<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(from)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Numbered for u32 {
        fn number(&self) -> u32 {
            *self
        }
    }

    /// Behaves as a vector does, whatever is done to it, and so do copies that were made before.
    #[test]
    fn many_are_a_list_whose_copies_stay_as_they_are() {
        let (mut many, mut list, mut copies) = (Many::default(), Vec::new(), Vec::new());
        let mut random = 1_u64;
        for step in 0..4_000_u64 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(random >> 33).unwrap() % (list.len() + 1);
            match random >> 20 & 7 {
                0..=3 => (many.push(step), list.push(step)).1,
                4 => (many.insert(at, step), list.insert(at, step)).1,
                5 => assert_eq!(many.remove(at), (at < list.len()).then(|| list.remove(at))),
                6 => assert_eq!(many.pop(), list.pop()),
                _ => {
                    let (one, other) = (many.get_mut(at), list.get_mut(at));
                    one.into_iter().zip(other).for_each(|(one, other)| (*one, *other) = (step, step));
                }
            }
            if step % 400 == 0 {
                copies.push((many.clone(), list.clone()));
            }
        }
        copies.push((many, list));
        for (many, list) in copies {
            assert_eq!(many.iter().copied().collect::<Vec<_>>(), list);
            assert_eq!(many.iter_from(7).copied().collect::<Vec<_>>(), list.get(7..).unwrap_or_default());
            assert_eq!((many.first(), many.last(), many.len()), (list.first(), list.last(), list.len()));
            assert_eq!(serde_json::to_string(&many).unwrap(), serde_json::to_string(&list).unwrap());
        }
    }

    #[test]
    fn many_in_order_are_found() {
        let mut many: Many<u32> = (0..500).map(|item| item * 2).collect();
        assert_eq!(many.partition_point(|item| *item < 7), 4);
        assert_eq!((many.numbered(8), many.numbered(7), many.place_of(8)), (Some(&8), None, Some(4)));
        assert_eq!(many.numbered_mut(998), Some(&mut 998));
    }
}
