//! Meed: a declarative language and engine for customer loyalty programs.
pub mod arena;
pub mod check;
pub mod compile;
pub mod diagnostic;
pub mod engine;
pub mod events;
pub mod explain;
pub mod hir;
pub mod journal;
pub mod scenario;
pub mod source;
pub mod syntax;
pub mod value;
