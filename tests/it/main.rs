//! One binary for all integration tests.
// The shared fixture names the library by its own paths.
use meed::{arena, hir, source, value};

mod events;
