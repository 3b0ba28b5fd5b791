//! Reads events: JSON Lines, JSON, CSV and YAML, plain or compressed, as they are or through a map.
//!
//! A record that cannot be an event becomes a [`Reject`] with its place and reason; the records after it are read all the same.
//! Nothing here is larger in memory than one record, a group of rows, and the limits below.

mod amount;
mod csv;
mod decode;
mod input;
mod json;
mod lines;
mod map;
mod node;
mod quick;
mod record;
mod reject;
mod stream;
mod suggest;
mod yaml;

pub use decode::Decoder;
pub use input::{Format, InputError, Inputs};
pub use map::{Map, MapError, guess};
pub use node::{Entry, Node, Place, Raw};
pub use record::Record;
pub use reject::Reject;
pub use stream::EventStream;
pub(crate) use suggest::{did_you_mean, nearest};

/// Longest record, in bytes: a line, or the lines of one record.
pub const MAX_LINE_BYTES: usize = 1 << 20;
/// Deepest nesting of lists and objects in a record.
pub const MAX_DEPTH: usize = 32;
/// Most keys or columns of a record.
pub const MAX_KEYS: usize = 512;
/// Most lines of a list of one event.
pub const MAX_LIST: usize = 10_000;
/// Longest text, in bytes.
pub const MAX_TEXT: usize = 16_384;
/// Longest identifier of an event or a member, in bytes.
pub const MAX_ID: usize = 256;
/// Earliest year that is not absurd.
pub const FIRST_YEAR: i32 = 1900;
/// Latest year that is not absurd.
pub const LAST_YEAR: i32 = 2200;

#[cfg(test)]
pub(crate) mod fixture;
