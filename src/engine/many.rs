//! Lists that grow with the history of a member. Copies of long ones share what they have in common: a copy costs the same however long a list
//! is, and so does a change to one. Most are short, and those are nothing but their items.

use std::cmp::Ordering;
use std::sync::Arc;

use imbl::Vector;
use imbl::shared_ptr::DefaultSharedPtr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Up to how many items a list is short.
const SHORT: usize = 32;

/// For how many items room is made at once in a short list. A vector would have room for twice as many as it holds, and lists are kept long.
const STEP: usize = 4;

/// A list that may be long. `S` is what its items lie in while it is short: copies share them.
#[derive(Debug, Clone)]
pub struct Many<T, S = Arc<T>>(Slots<T, S>);

/// A list that may be long, of items so small that they are copied while it is short.
pub type Row<T> = Many<T, T>;

#[derive(Debug, Clone)]
enum Slots<T, S> {
    Short(Vec<S>),
    // In a box, so that a short list is not as large as this.
    Long(Box<Vector<Arc<T>>>),
}

/// What an item of a short list lies in.
pub trait Slot<T>: Clone {
    /// An item in its slot.
    fn of(item: T) -> Self;
    /// One that is shared.
    fn of_shared(item: Arc<T>) -> Self;
    /// The item, to be shared.
    fn into_shared(self) -> Arc<T>;
    /// The item.
    fn item(&self) -> &T;
    /// The item, to be changed.
    fn item_mut(&mut self) -> &mut T;
    /// The item by itself.
    fn into_item(self) -> T;
}

impl<T: Clone> Slot<T> for Arc<T> {
    fn of(item: T) -> Self {
        Self::new(item)
    }
    fn of_shared(item: Arc<T>) -> Self {
        item
    }
    fn into_shared(self) -> Arc<T> {
        self
    }
    fn item(&self) -> &T {
        self
    }
    fn item_mut(&mut self) -> &mut T {
        Self::make_mut(self)
    }
    fn into_item(self) -> T {
        Self::unwrap_or_clone(self)
    }
}

impl<T: Clone> Slot<T> for T {
    fn of(item: T) -> Self {
        item
    }
    fn of_shared(item: Arc<T>) -> Self {
        Arc::unwrap_or_clone(item)
    }
    fn into_shared(self) -> Arc<T> {
        Arc::new(self)
    }
    fn item(&self) -> &T {
        self
    }
    fn item_mut(&mut self) -> &mut T {
        self
    }
    fn into_item(self) -> T {
        self
    }
}

impl<T: Clone, S: Slot<T>> Many<T, S> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Slots::Short(slots) => slots.len(),
            Slots::Long(items) => items.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item of a position.
    pub fn get(&self, position: usize) -> Option<&T> {
        match &self.0 {
            Slots::Short(slots) => slots.get(position).map(S::item),
            Slots::Long(items) => items.get(position).map(Arc::as_ref),
        }
    }

    /// The first item.
    pub fn first(&self) -> Option<&T> {
        self.get(0)
    }

    /// The last item.
    pub fn last(&self) -> Option<&T> {
        match &self.0 {
            Slots::Short(slots) => slots.last().map(S::item),
            Slots::Long(items) => items.back().map(Arc::as_ref),
        }
    }

    /// All items in order.
    pub fn iter(&self) -> Iter<'_, T, S> {
        match &self.0 {
            Slots::Short(slots) => Iter::Short(slots.iter()),
            Slots::Long(items) => Iter::Long(items.iter()),
        }
    }

    /// The items from a position on: those before it cost nothing.
    pub fn iter_from(&self, position: usize) -> impl DoubleEndedIterator<Item = &T> {
        (position..self.len()).filter_map(|position| self.get(position))
    }

    /// The position of the first item for which something does not hold, where it holds for all before that and for none behind.
    pub fn partition_point(&self, mut holds: impl FnMut(&T) -> bool) -> usize {
        match &self.0 {
            Slots::Short(slots) => slots.partition_point(|slot| holds(slot.item())),
            Slots::Long(items) => {
                let order = |item: &Arc<T>| if holds(item) { Ordering::Less } else { Ordering::Greater };
                items.binary_search_by(order).unwrap_or_else(|place| place)
            }
        }
    }

    /// Adds an item.
    pub fn push(&mut self, item: T) {
        self.insert(self.len(), item);
    }

    /// The last item, to be changed.
    pub fn last_mut(&mut self) -> Option<&mut T> {
        self.get_mut(self.len().checked_sub(1)?)
    }

    /// The item of a position, to be changed.
    pub fn get_mut(&mut self, position: usize) -> Option<&mut T> {
        match &mut self.0 {
            Slots::Short(slots) => slots.get_mut(position).map(S::item_mut),
            Slots::Long(items) => items.get_mut(position).map(Arc::make_mut),
        }
    }

    /// All items in order, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        let (short, long) = match &mut self.0 {
            Slots::Short(slots) => (Some(slots), None),
            Slots::Long(items) => (None, Some(items)),
        };
        let long = long.into_iter().flat_map(|items| items.iter_mut()).map(Arc::make_mut);
        short.into_iter().flatten().map(S::item_mut).chain(long)
    }

    /// Takes the last item away.
    pub fn pop(&mut self) -> Option<T> {
        self.remove(self.len().checked_sub(1)?)
    }

    /// Takes the item of a position away; `None` where there is none.
    pub fn remove(&mut self, position: usize) -> Option<T> {
        if position >= self.len() {
            return None;
        }
        let item = match &mut self.0 {
            Slots::Short(slots) => slots.remove(position).into_item(),
            Slots::Long(items) if position == 0 => Arc::unwrap_or_clone(items.pop_front()?),
            Slots::Long(items) => Arc::unwrap_or_clone(items.remove(position)),
        };
        self.shorten();
        Some(item)
    }

    /// Puts an item before that of a position, or behind all where there is none.
    pub fn insert(&mut self, position: usize, item: T) {
        self.lengthen();
        match &mut self.0 {
            Slots::Short(slots) => {
                if slots.len() == slots.capacity() {
                    slots.reserve_exact(if slots.is_empty() { 1 } else { STEP });
                }
                slots.insert(position.min(slots.len()), S::of(item));
            }
            Slots::Long(items) if position < items.len() => items.insert(position, Arc::new(item)),
            Slots::Long(items) => items.push_back(Arc::new(item)),
        }
    }

    /// Keeps the items that pass.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        match &mut self.0 {
            Slots::Short(slots) => slots.retain(|slot| keep(slot.item())),
            // The vector's own `retain` loses items and memory (imbl 7.0.2).
            Slots::Long(items) => **items = items.iter().filter(|item| keep(item)).cloned().collect(),
        }
        self.shorten();
    }

    /// Makes a list long that is to have one item more than a short one has.
    fn lengthen(&mut self) {
        if let Slots::Short(slots) = &mut self.0
            && slots.len() >= SHORT
        {
            self.0 = Slots::Long(Box::new(std::mem::take(slots).into_iter().map(S::into_shared).collect()));
        }
    }

    /// Makes a list short of which little is left. Not at once, so that none changes from one to the other and back.
    fn shorten(&mut self) {
        if let Slots::Long(items) = &mut self.0
            && items.len() <= SHORT / 2
        {
            self.0 = Slots::Short(std::mem::take(&mut **items).into_iter().map(S::of_shared).collect());
        }
    }
}

impl<T: Clone> Many<T> {
    /// Takes the last item away as it lies there: [`Many::put_back`] costs nothing then.
    pub fn take_last(&mut self) -> Option<Arc<T>> {
        match &mut self.0 {
            Slots::Short(slots) => slots.pop(),
            Slots::Long(items) => items.pop_back(),
        }
    }

    /// Puts the last item back.
    pub fn put_back(&mut self, item: Arc<T>) {
        match &mut self.0 {
            Slots::Short(slots) => slots.push(item),
            Slots::Long(items) => items.push_back(item),
        }
    }
}

/// What has a number of its own, and lies in a list in the order of these.
pub trait Numbered {
    /// Its number.
    fn number(&self) -> u32;
}

impl<T: Numbered + Clone, S: Slot<T>> Many<T, S> {
    /// Where the item of a number is.
    pub fn place_of(&self, number: u32) -> Option<usize> {
        // Mostly it is the first.
        let place = match self.first() {
            Some(first) if first.number() == number => 0,
            _ => self.partition_point(|item| item.number() < number),
        };
        self.get(place).filter(|item| item.number() == number).map(|_| place)
    }

    /// The item of a number.
    pub fn numbered(&self, number: u32) -> Option<&T> {
        self.get(self.place_of(number)?)
    }

    /// The item of a number, to be changed.
    pub fn numbered_mut(&mut self, number: u32) -> Option<&mut T> {
        self.get_mut(self.place_of(number)?)
    }
}

impl<T, S> Default for Many<T, S> {
    fn default() -> Self {
        Self(Slots::Short(Vec::new()))
    }
}

impl<T: PartialEq + Clone, S: Slot<T>> PartialEq for Many<T, S> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other)
    }
}

impl<T: Eq + Clone, S: Slot<T>> Eq for Many<T, S> {}

impl<T: Clone, S: Slot<T>> FromIterator<T> for Many<T, S> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut many = Self::default();
        items.into_iter().for_each(|item| many.push(item));
        many
    }
}

/// Items in order.
pub enum Iter<'m, T, S> {
    /// Those of a short list.
    Short(std::slice::Iter<'m, S>),
    /// Those of a long one.
    Long(imbl::vector::Iter<'m, Arc<T>, DefaultSharedPtr>),
}

impl<'m, T: Clone, S: Slot<T>> Iterator for Iter<'m, T, S> {
    type Item = &'m T;
    fn next(&mut self) -> Option<&'m T> {
        match self {
            Self::Short(slots) => slots.next().map(S::item),
            Self::Long(items) => items.next().map(Arc::as_ref),
        }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Short(slots) => slots.size_hint(),
            Self::Long(items) => items.size_hint(),
        }
    }
}

impl<'m, T: Clone, S: Slot<T>> DoubleEndedIterator for Iter<'m, T, S> {
    fn next_back(&mut self) -> Option<&'m T> {
        match self {
            Self::Short(slots) => slots.next_back().map(S::item),
            Self::Long(items) => items.next_back().map(Arc::as_ref),
        }
    }
}

impl<T: Clone, S: Slot<T>> ExactSizeIterator for Iter<'_, T, S> {}

impl<'m, T: Clone, S: Slot<T>> IntoIterator for &'m Many<T, S> {
    type Item = &'m T;
    type IntoIter = Iter<'m, T, S>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Serialize + Clone, S: Slot<T>> Serialize for Many<T, S> {
    fn serialize<To: Serializer>(&self, to: To) -> Result<To::Ok, To::Error> {
        to.collect_seq(self)
    }
}

impl<'de, T: Deserialize<'de> + Clone, S: Slot<T>> Deserialize<'de> for Many<T, S> {
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
    fn behaves_as_a_list<S: Slot<u64>>(growing: u64) {
        let (mut many, mut list, mut copies) = (Many::<u64, S>::default(), Vec::new(), Vec::new());
        let mut random = 1_u64;
        for step in 0..4_000_u64 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(random >> 33).unwrap() % (list.len() + 1);
            match (random >> 20) % growing {
                4 => (many.insert(at, step), list.insert(at, step)).1,
                5 => assert_eq!(many.remove(at), (at < list.len()).then(|| list.remove(at))),
                6 => assert_eq!(many.pop(), list.pop()),
                7 => {
                    let (one, other) = (many.get_mut(at), list.get_mut(at));
                    one.into_iter().zip(other).for_each(|(one, other)| (*one, *other) = (step, step));
                }
                8 => (many.retain(|item| item % 3 > 0), list.retain(|item| item % 3 > 0)).1,
                _ => (many.push(step), list.push(step)).1,
            }
            if step % 400 == 0 {
                copies.push((many.clone(), list.clone()));
            }
        }
        copies.push((many, list));
        for (mut many, mut list) in copies {
            assert_eq!(many.iter().copied().collect::<Vec<_>>(), list);
            assert!(many.iter().rev().eq(list.iter().rev()) && many.iter().len() == list.len());
            assert_eq!(many.iter_from(7).copied().collect::<Vec<_>>(), list.get(7..).unwrap_or_default());
            assert_eq!((many.first(), many.last(), many.len()), (list.first(), list.last(), list.len()));
            assert_eq!(serde_json::to_string(&many).unwrap(), serde_json::to_string(&list).unwrap());
            assert!(many == list.iter().copied().collect());
            many.iter_mut().for_each(|item| *item += 1);
            list.iter_mut().for_each(|item| *item += 1);
            assert!(many.iter().eq(&list));
        }
    }

    #[test]
    fn many_are_a_list_whose_copies_stay_as_they_are() {
        for growing in [8, 9] {
            behaves_as_a_list::<Arc<u64>>(growing);
            behaves_as_a_list::<u64>(growing);
        }
        // A list of which most are short is small.
        assert_eq!(size_of::<Many<u64>>(), size_of::<Vec<u64>>());
    }

    #[test]
    fn many_in_order_are_found() {
        for most in [20, 500] {
            let mut many: Many<u32> = (0..most).map(|item| item * 2).collect();
            assert_eq!(many.partition_point(|item| *item < 7), 4);
            assert_eq!((many.numbered(8), many.numbered(7), many.place_of(8)), (Some(&8), None, Some(4)));
            assert_eq!(many.numbered_mut(most * 2 - 2), Some(&mut (most * 2 - 2)));
        }
    }
}
