//! Meed: a declarative language and engine for customer loyalty programs.
pub mod arena;
pub mod change;
pub mod check;
pub mod cli;
pub mod compile;
pub mod diagnostic;
pub mod engine;
pub mod events;
pub mod explain;
pub mod hir;
pub mod html;
pub mod journal;
pub mod kernel;
pub mod lint;
pub mod program;
pub mod report;
pub mod sample;
pub mod scenario;
pub mod source;
pub mod syntax;
pub mod terms;
pub mod unseen;
pub mod value;
pub mod verify;

pub use hir::Program;
pub use program::{Diagnostics, Loaded};
