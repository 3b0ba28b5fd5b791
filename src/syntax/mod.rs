//! From text to tree. Nothing of the parser library leaves this room.

pub mod ast;
