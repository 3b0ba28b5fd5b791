//! Reads events: JSON Lines, JSON, CSV and YAML, plain or compressed, as they are or through a map.
//!
//! A record that cannot be an event becomes a [`Reject`] with its place and reason; the records after it are read all the same.
//! Nothing here is larger in memory than one record, a group of rows, and the limits below.

mod amount;
mod bytes;
mod cells;
mod csv;
mod currency;
mod decimal;
mod decode;
mod documents;
mod encoding;
mod fields;
mod head;
mod input;
mod json;
mod limits;
mod lines;
mod map;
mod node;
mod notation;
mod patterns;
mod record;
mod reject;
mod scalar;
mod scan;
mod slices;
mod stream;
mod suggest;
mod tape;
mod unpack;
mod wrapper;
mod yaml;

pub(crate) use amount::{Context as AmountContext, money};
pub(crate) use currency::CurrencyAt;
pub(crate) use decimal::Decimal;
pub use decode::Decoder;
pub use encoding::Encoding;
pub(crate) use fields::Fields;
pub(crate) use head::TIME_KEYS;
pub use input::{Aside, Format, InputError, Inputs};
pub use limits::*;
pub use map::{Guess, Map, MapError, guess};
pub(crate) use map::{PlainMap, PlainRule, Source};
pub(crate) use node::View;
pub use node::{Entry, Node, Place, Raw};
pub(crate) use notation::Notation;
pub(crate) use patterns::{Key, Patterns, Sample, Value, Values, WINDOW};
pub use record::Record;
pub use reject::Reject;
pub(crate) use scalar::{is_plain_identifier, plausible_instant};
pub(crate) use scan::is_ascii;
pub(crate) use slices::{Ruled, Slice, Sliced, slice};
pub use stream::EventStream;
pub(crate) use stream::{Taken, Taker};
pub(crate) use suggest::{did_you_mean, nearest};
pub(crate) use tape::{Part, Plain, Tape};

#[cfg(test)]
pub(crate) mod fixture;
