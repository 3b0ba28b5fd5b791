//! How much of a text is read. `docs/limits.md` lists these; each is tested on both sides.

/// The largest text that is read, in bytes.
pub const MAX_FILE: usize = 16 * 1024 * 1024;
/// How deep brackets may nest.
pub const MAX_DEPTH: usize = 64;
/// How many operators one statement may hold.
pub const MAX_OPERATORS: usize = 256;
/// How many `where` one statement may hold.
pub const MAX_WHERE: usize = 16;
/// The longest text literal, in bytes.
pub const MAX_TEXT: usize = 8 * 1024;
/// How many messages one file can cause.
pub const MAX_MESSAGES: usize = 1000;
