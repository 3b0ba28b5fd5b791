//! The door to the generated parser.

use pest_derive::Parser;

/// Reads the rules of `grammar/`.
#[derive(Parser)]
#[grammar = "../grammar/layout.pest"]
#[grammar = "../grammar/words.pest"]
#[grammar = "../grammar/expressions.pest"]
#[grammar = "../grammar/meed.pest"]
pub(super) struct Grammar;
