//! One binary for all tests that need more than one room.
// The fixture of `events` names the library by its own paths.
use meed::{arena, hir, source, value};

mod check;
mod cli;
mod codes;
mod docs;
mod events;
mod programs;
mod semantics;
mod syntax;
mod tidy;
