//! Meed: a declarative language and engine for customer loyalty programs.
pub mod arena;
pub mod check;
pub mod diagnostic;
pub mod hir;
pub mod program;
pub mod source;
pub mod syntax;
pub mod value;

pub use hir::Program;
pub use program::{Diagnostics, Loaded};
