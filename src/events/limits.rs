//! How much is read. `docs/limits.md` lists these; each is tested on both sides.

/// Longest record, in bytes: a line, or the lines of one record.
pub const MAX_LINE_BYTES: usize = 1 << 20;
/// Most lines of one row of a table, whose cells may hold line breaks.
pub const MAX_ROW_LINES: usize = 500;
/// Deepest nesting of lists and objects in a record.
pub const MAX_DEPTH: usize = 32;
/// Most keys or columns of a record.
pub const MAX_KEYS: usize = 512;
/// Most lines of a list of one event.
pub const MAX_LIST: usize = 10_000;
/// Most bytes of a YAML record with what its aliases repeat, where each value counts for 16 beside its text and key: a few signs can stand
/// for any number of values.
pub const MAX_UNFOLDED: usize = 1 << 24;
/// Longest text, in bytes.
pub const MAX_TEXT: usize = 16_384;
/// Longest identifier of an event or a member, in bytes.
pub const MAX_ID: usize = 256;
/// Earliest year that is not absurd.
pub const FIRST_YEAR: i32 = 1900;
/// Latest year that is not absurd.
pub const LAST_YEAR: i32 = 2200;
/// Largest map, in bytes.
pub const MAX_MAP: usize = 1 << 20;
/// Most groups of rows that stay open for rows that come later; the oldest is closed first.
pub const MAX_OPEN_GROUPS: usize = 1_000;
/// Most records that are looked at to guess a map.
pub const MAX_SAMPLE: usize = 5_000;
