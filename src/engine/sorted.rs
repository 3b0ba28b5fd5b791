//! Maps that may grow with the history of a member. As with lists, copies of large ones share what they have in common, and most are small: those
//! are nothing but their pairs in order.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::ops::RangeInclusive;

use imbl::OrdMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::few::room_for;

/// Up to how many pairs a map is small.
const SMALL: usize = 16;

/// A map in the order of its keys that may be large.
#[derive(Clone)]
pub struct Sorted<K, V>(Pairs<K, V>);

#[derive(Clone)]
enum Pairs<K, V> {
    Small(Vec<(K, V)>),
    // In a box, so that a small map is not as large as this.
    Large(Box<OrdMap<K, V>>),
}

impl<K: Ord + Clone, V: Clone> Sorted<K, V> {
    /// How many pairs there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Pairs::Small(pairs) => pairs.len(),
            Pairs::Large(pairs) => pairs.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a key has.
    pub fn get(&self, key: &K) -> Option<&V> {
        match &self.0 {
            Pairs::Small(pairs) => pairs.get(place(pairs, key).ok()?).map(|(_, value)| value),
            Pairs::Large(pairs) => pairs.get(key),
        }
    }

    /// What a key has, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        match &mut self.0 {
            Pairs::Small(pairs) => {
                let place = place(pairs, key).ok()?;
                pairs.get_mut(place).map(|(_, value)| value)
            }
            Pairs::Large(pairs) => pairs.get_mut(key),
        }
    }

    /// What a key has, to be changed; the default where it has nothing yet.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        if let Pairs::Small(pairs) = &mut self.0
            && pairs.len() >= SMALL
            && place(pairs, &key).is_err()
        {
            self.0 = Pairs::Large(Box::new(std::mem::take(pairs).into_iter().collect()));
        }
        match &mut self.0 {
            Pairs::Small(pairs) => {
                let place = place(pairs, &key).unwrap_or_else(|place| {
                    pairs.reserve_exact(room_for(pairs.len(), pairs.capacity()));
                    pairs.insert(place, (key, V::default()));
                    place
                });
                #[expect(clippy::indexing_slicing, reason = "it was there, or was inserted just now")]
                &mut pairs[place].1
            }
            Pairs::Large(pairs) => pairs.entry(key).or_default(),
        }
    }

    /// Lets a key have something; what it had is gone.
    pub fn insert(&mut self, key: K, value: V)
    where
        V: Default,
    {
        *self.or_default(key) = value;
    }

    /// Takes away what a key has.
    pub fn remove(&mut self, key: &K) {
        match &mut self.0 {
            Pairs::Small(pairs) => {
                if let Ok(place) = place(pairs, key) {
                    pairs.remove(place);
                }
            }
            Pairs::Large(pairs) => {
                pairs.remove(key);
                // Not at once, so that a map does not change from one to the other and back.
                if pairs.len() <= SMALL / 2 {
                    self.0 = Pairs::Small(std::mem::take(&mut **pairs).into_iter().collect());
                }
            }
        }
    }

    /// All pairs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let (small, large) = match &self.0 {
            Pairs::Small(pairs) => (Some(pairs), None),
            Pairs::Large(pairs) => (None, Some(pairs)),
        };
        let small = small.into_iter().flatten().map(|(key, value)| (key, value));
        small.chain(large.into_iter().flat_map(|pairs| pairs.iter()))
    }

    /// All values in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// The values of keys from one to another.
    pub fn range(&self, keys: RangeInclusive<K>) -> impl Iterator<Item = &V> {
        let (small, large) = match &self.0 {
            Pairs::Small(pairs) => (Some(pairs), None),
            Pairs::Large(pairs) => (None, Some(pairs.range(keys.clone()))),
        };
        let small = small.into_iter().flatten().filter(move |(key, _)| keys.contains(key)).map(|(_, value)| value);
        small.chain(large.into_iter().flatten().map(|(_, value)| value))
    }
}

/// Where a key is, or where it would be.
fn place<K: Ord, V>(pairs: &[(K, V)], key: &K) -> Result<usize, usize> {
    pairs.binary_search_by(|(other, _)| other.cmp(key))
}

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self(Pairs::Small(Vec::new()))
    }
}

impl<K: Debug + Ord + Clone, V: Debug + Clone> Debug for Sorted<K, V> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_map().entries(self).finish()
    }
}

impl<K: Ord + Clone, V: Clone + PartialEq> PartialEq for Sorted<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<K: Ord + Clone, V: Clone + Eq> Eq for Sorted<K, V> {}

/// Of several pairs with one key the last counts.
impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for Sorted<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut pairs: Vec<(K, V)> = pairs.into_iter().collect();
        if pairs.len() <= SMALL && pairs.is_sorted_by(|(a, _), (b, _)| a < b) {
            pairs.shrink_to_fit();
            return Self(Pairs::Small(pairs));
        }
        let pairs: OrdMap<K, V> = pairs.into_iter().collect();
        let small = pairs.len() <= SMALL;
        Self(if small { Pairs::Small(pairs.into_iter().collect()) } else { Pairs::Large(Box::new(pairs)) })
    }
}

impl<'m, K: Ord + Clone, V: Clone> IntoIterator for &'m Sorted<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = Box<dyn Iterator<Item = (&'m K, &'m V)> + 'm>;
    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

impl<K: Ord + Clone, V: Clone> IntoIterator for Sorted<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;
    fn into_iter(self) -> Self::IntoIter {
        match self.0 {
            Pairs::Small(pairs) => pairs.into_iter(),
            Pairs::Large(pairs) => pairs.into_iter().collect::<Vec<_>>().into_iter(),
        }
    }
}

impl<K: Serialize + Ord + Clone, V: Serialize + Clone> Serialize for Sorted<K, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self)
    }
}

impl<'de, K: Deserialize<'de> + Ord + Clone, V: Deserialize<'de> + Clone> Deserialize<'de> for Sorted<K, V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::deserialize(from)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Behaves as a map does, whatever is done to it, and so do copies that were made before.
    #[test]
    fn sorted_is_a_map_whose_copies_stay_as_they_are() {
        let (mut sorted, mut map, mut copies) = (Sorted::default(), BTreeMap::new(), Vec::new());
        let mut random = 1_u64;
        for step in 0..4_000_u64 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Now many come and go, now few.
            let key = (random >> 33) % if step % 1_000 < 500 { 40 } else { 9 };
            match random >> 20 & 3 {
                0 => (sorted.insert(key, step), map.insert(key, step)).0,
                1 => (*sorted.or_default(key) += step, *map.entry(key).or_default() += step).1,
                2 => {
                    let (one, other) = (sorted.get_mut(&key), map.get_mut(&key));
                    one.into_iter().zip(other).for_each(|(one, other)| (*one, *other) = (step, step));
                }
                _ => (sorted.remove(&key), map.remove(&key)).0,
            }
            if step % 100 == 0 {
                copies.push((sorted.clone(), map.clone()));
            }
        }
        assert!(copies.iter().any(|(_, map)| map.len() > SMALL) && copies.iter().any(|(_, map)| map.len() < SMALL));
        for (sorted, map) in copies {
            assert!(sorted.iter().eq(&map) && sorted.values().eq(map.values()));
            assert!((0..40).all(|key| sorted.get(&key) == map.get(&key)));
            assert!(sorted.range(5..=20).eq(map.range(5..=20).map(|(_, value)| value)));
            assert_eq!((sorted.len(), sorted.is_empty()), (map.len(), map.is_empty()));
            assert_eq!(serde_json::to_string(&sorted).unwrap(), serde_json::to_string(&map).unwrap());
            assert_eq!(sorted, map.clone().into_iter().rev().collect());
            assert!(sorted.into_iter().eq(map));
        }
    }

    #[test]
    fn the_last_of_several_pairs_counts() {
        let sorted: Sorted<u32, u32> = [(2, 1), (1, 5), (2, 3)].into_iter().collect();
        assert!(sorted.iter().eq([(&1, &5), (&2, &3)]));
    }
}
