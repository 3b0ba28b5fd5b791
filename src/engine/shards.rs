//! Groups of members in shards, so that threads can work on them without waiting for each other.

use std::hash::{BuildHasher, BuildHasherDefault};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHasher};

use super::group::Group;

/// How many shards there are: as many threads find work.
const SHARDS: usize = 16;

/// The groups of one shard by key.
pub type Shard = FxHashMap<Arc<str>, Box<Group>>;

/// All groups. Whoever is known by a key is always in the same shard.
pub struct Shards(Vec<Shard>);

impl Shards {
    /// Where the group of a key is.
    pub fn place(&self, key: &str) -> usize {
        let hash = BuildHasherDefault::<FxHasher>::default().hash_one(key);
        // The lowest bits are those by which the maps themselves find their places.
        usize::try_from(hash >> 32).unwrap_or(0) % SHARDS
    }

    /// A group.
    pub fn get(&self, key: &str) -> Option<&Group> {
        self.0.get(self.place(key))?.get(key).map(|group| &**group)
    }

    /// Puts a group in.
    pub fn insert(&mut self, key: Arc<str>, group: Box<Group>) {
        let place = self.place(&key);
        if let Some(shard) = self.0.get_mut(place) {
            shard.insert(key, group);
        }
    }

    /// Takes a group out.
    pub fn remove(&mut self, key: &str) -> Option<Box<Group>> {
        let place = self.place(key);
        self.0.get_mut(place)?.remove(key)
    }

    /// Takes a shard out, to be put back.
    pub fn lend(&mut self, place: usize) -> Shard {
        self.0.get_mut(place).map(std::mem::take).unwrap_or_default()
    }

    /// Puts a shard back.
    pub fn put_back(&mut self, place: usize, shard: Shard) {
        if let Some(slot) = self.0.get_mut(place) {
            *slot = shard;
        }
    }

    /// The places of all shards.
    pub fn places(&self) -> std::ops::Range<usize> {
        0..self.0.len()
    }

    /// All groups with their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Group)> {
        self.0.iter().flatten().map(|(key, group)| (key, &**group))
    }

    /// All groups, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Group> {
        self.0.iter_mut().flat_map(Shard::values_mut).map(|group| &mut **group)
    }
}

impl Default for Shards {
    fn default() -> Self {
        Self((0..SHARDS).map(|_| Shard::default()).collect())
    }
}

impl FromIterator<(Arc<str>, Group)> for Shards {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Group)>>(groups: I) -> Self {
        let mut shards = Self::default();
        groups.into_iter().for_each(|(key, group)| shards.insert(key, Box::new(group)));
        shards
    }
}
