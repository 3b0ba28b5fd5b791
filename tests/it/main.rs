//! One binary for all tests that need more than one room.
// The shared fixture names the library by its own paths.
use meed::{arena, hir, source, value};

mod check;
mod events;
mod props;
mod syntax;
