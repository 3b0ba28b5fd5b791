//! One binary for all tests that need more than one room.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

// The fixture of `events` names the library by its own paths.
use meed::{arena, hir, source, value};

mod check;
mod cli;
mod codes;
mod docs;
mod entries;
mod events;
mod fuzz;
mod hostile;
mod input;
mod kernel;
mod language;
mod limits;
mod maps;
mod mistakes;
mod programs;
mod props;
mod recognise;
mod semantics;
mod state;
mod syntax;
mod tidy;
mod tools;
mod workload;
