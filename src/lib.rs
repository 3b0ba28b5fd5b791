//! Meed: a declarative language and engine for customer loyalty programs.
pub mod arena;
pub mod check;
pub mod diagnostic;
pub mod source;
pub mod syntax;
pub mod value;
pub mod hir;
pub mod engine;
pub mod events;
pub mod journal;
pub mod cli;
