//! The `meed` command.
fn main() {}
