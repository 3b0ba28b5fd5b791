//! Running values over time: contributions in buckets, in order, with their sum kept beside them.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::{ArithmeticError, Exact, Instant, Value};

use super::few::Few;
use super::many::Row;

/// A running value of a measure: contributions by the start of their period, day, or moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gauge {
    /// By bucket.
    pub buckets: Series,
    /// The newest contribution.
    pub newest: Option<Instant>,
}

impl Gauge {
    /// Whether what is counted is counted in numbers that can go on.
    pub fn is_sound(&self) -> bool {
        let few = |count: &i64| count.unsigned_abs() < 1 << 48;
        let buckets = self.buckets.buckets.iter().map(|(_, bucket)| bucket);
        buckets.flat_map(|bucket| bucket.values.iter().map(|(_, count)| count).chain([&bucket.count])).all(few)
    }
}

/// Contributions of one bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Their sum.
    pub sum: Exact,
    /// The part that is capped to a share.
    pub capped: Exact,
    /// How many contributions there are.
    pub count: i64,
    /// Values in order with their number of occurrences, for distinct counts and extremes.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub values: Few<(Value, i64)>,
}

impl Bucket {
    /// Counts so many more, or fewer, occurrences of a value.
    pub fn occurs(&mut self, value: &Value, times: i64) {
        match self.values.iter_mut().find(|(known, _)| known == value) {
            Some((_, count)) => *count += times,
            None => {
                self.values.push((value.clone(), times));
                self.values.sort();
            }
        }
        self.values.retain(|(_, count)| *count != 0);
    }
}

/// Buckets by their moment. What a window has left behind is let go from the front; its sum costs what has left it since.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Series {
    buckets: Row<(Instant, Bucket)>,
    /// The sum of all buckets.
    sum: Exact,
    /// The sum of all capped parts.
    capped: Exact,
}

impl Series {
    /// The bucket of a moment, to be changed in all but its sums.
    pub fn bucket(&mut self, at: Instant) -> &mut Bucket {
        // Mostly it is the last, or the one behind it.
        let place = match self.buckets.last() {
            Some((last, _)) if *last == at => self.buckets.len() - 1,
            Some((last, _)) if *last > at => self.buckets.partition_point(|(start, _)| *start < at),
            _ => self.buckets.len(),
        };
        if self.buckets.get(place).is_none_or(|(start, _)| *start != at) {
            self.buckets.insert(place, (at, Bucket::default()));
        }
        #[expect(clippy::expect_used, reason = "it is there, or was inserted just now")]
        let (_, bucket) = self.buckets.get_mut(place).expect("a bucket");
        bucket
    }

    /// Adds to the sum of a bucket; nothing is changed where that does not fit.
    pub fn add(&mut self, at: Instant, amount: Exact, capped: bool) -> Result<(), ArithmeticError> {
        let all = (if capped { self.capped } else { self.sum }).add(amount)?;
        let bucket = self.bucket(at);
        let own = if capped { &mut bucket.capped } else { &mut bucket.sum };
        *own = own.add(amount)?;
        *(if capped { &mut self.capped } else { &mut self.sum }) = all;
        Ok(())
    }

    /// The sums of the buckets from a moment on: the free part and the capped one.
    pub fn sums(&self, from: Instant) -> Result<(Exact, Exact), ArithmeticError> {
        let before = self.buckets.iter().take_while(|(start, _)| *start < from);
        before.map(|(_, bucket)| bucket).try_fold((self.sum, self.capped), |(sum, capped), bucket| {
            Ok((sum.sub(bucket.sum)?, capped.sub(bucket.capped)?))
        })
    }

    /// The buckets from a moment on.
    pub fn from(&self, from: Instant) -> impl DoubleEndedIterator<Item = (Instant, &Bucket)> {
        let place = self.buckets.partition_point(|(start, _)| *start < from);
        self.buckets.iter_from(place).map(|(start, bucket)| (*start, bucket))
    }

    /// Lets buckets before a moment go.
    pub fn forget(&mut self, before: Instant) -> Result<(), ArithmeticError> {
        while let Some((_, bucket)) = self.buckets.first().filter(|(start, _)| *start < before) {
            let (sum, capped) = (self.sum.sub(bucket.sum)?, self.capped.sub(bucket.capped)?);
            (self.sum, self.capped) = (sum, capped);
            self.buckets.remove(0);
        }
        Ok(())
    }

    /// Lets a bucket go in which nothing is left.
    pub fn tidy(&mut self, at: Instant) {
        let place = self.buckets.partition_point(|(start, _)| *start < at);
        if self.buckets.get(place).is_some_and(|(start, bucket)| *start == at && *bucket == Bucket::default()) {
            self.buckets.remove(place);
        }
    }

    /// Lets everything go.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Serialize for Series {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.buckets.iter().map(|(start, bucket)| (start, bucket)))
    }
}

impl<'de> Deserialize<'de> for Series {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut series = Self::default();
        for (start, bucket) in BTreeMap::<Instant, Bucket>::deserialize(from)? {
            series.sum = series.sum.add(bucket.sum).map_err(serde::de::Error::custom)?;
            series.capped = series.capped.add(bucket.capped).map_err(serde::de::Error::custom)?;
            series.buckets.push((start, bucket));
        }
        Ok(series)
    }
}
