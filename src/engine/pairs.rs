//! Maps with keys that are not text, stored as lists of pairs, so that any format can hold them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes the pairs in order.
pub fn serialize<'m, M, K, V, S>(map: &'m M, to: S) -> Result<S::Ok, S::Error>
where
    &'m M: IntoIterator<Item = (&'m K, &'m V)>,
    K: Serialize + 'm,
    V: Serialize + 'm,
    S: Serializer,
{
    to.collect_seq(map)
}

/// Reads the pairs.
pub fn deserialize<'de, M, K, V, D>(from: D) -> Result<M, D::Error>
where
    M: IntoIterator<Item = (K, V)> + FromIterator<(K, V)>,
    K: Deserialize<'de>,
    V: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Vec::<(K, V)>::deserialize(from)?.into_iter().collect())
}
