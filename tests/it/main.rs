//! All integration tests in one binary.

mod check;
mod events;
mod syntax;

// The fixture of `events` names the library by its own paths.
use meed::{arena, hir, source, value};
