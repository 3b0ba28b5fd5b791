//! From text to tree, and from text to laid-out text. Nothing of the parser library leaves this room.
//!
//! Reading goes in two steps. Layout finds statements and blocks from tokens, brackets and line ends; then each
//! statement is read by its own rule of the grammar. So every mistake is found in one pass, and costs one statement.

pub mod ast;
mod build;
mod describe;
mod direction;
mod doubts;
mod errors;
mod explain;
mod format;
mod forms;
mod grammar;
mod habits;
mod layout;
mod limits;
mod node;
mod outline;
mod reader;
mod repair;
mod words;

pub use format::{FormatError, format};
pub use limits::*;
pub use outline::{Phrase, outline};
pub use words::RESERVED;

use crate::diagnostic::Diagnostic;
use crate::source::FileId;

/// Reads a text. What cannot be read is reported and left out of the tree; everything else is in it.
pub fn parse(file: FileId, text: &str) -> (ast::File, Vec<Diagnostic>) {
    reader::Reader::read(file, text)
}
