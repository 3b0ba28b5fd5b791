//! What must hold for any bytes whatsoever, one function for each place where bytes come in. The fuzzer calls them with what it invents, and
//! `cargo test` with what the fuzzer has found.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "an entry that cannot go on has found something"
)]

pub mod accounts;
pub mod recognise;
mod records;
mod run;
mod scratch;
mod state;
mod text;

pub use recognise::recognise;
pub use records::{csv, jsonl, map, yaml};
pub use run::run;
pub use state::state;
pub use text::{format, grammar};

/// A function that survives any bytes.
pub type Entry = fn(&[u8]);

/// All of them by the name of their target.
pub const ALL: [(&str, Entry); 9] = [
    ("grammar", grammar),
    ("format", format),
    ("jsonl", jsonl),
    ("recognise", recognise),
    ("csv", csv),
    ("yaml", yaml),
    ("map", map),
    ("state", state),
    ("run", run),
];

/// A program with every type of field, for bytes that are no program.
const SHOP: &str = include_str!("shop.meed");

/// The checked shop.
fn shop() -> std::sync::Arc<meed::Program> {
    let loaded = meed::Program::from_text("shop.meed", SHOP).unwrap_or_else(|wrong| panic!("{wrong}"));
    std::sync::Arc::new(loaded.versions.into_iter().next().unwrap())
}
