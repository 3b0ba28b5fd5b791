//! Judges events: the fold over members' histories. No files, no wall clock, no randomness, no threads.

mod apply;
mod boost;
mod clock;
pub mod context;
mod earn;
mod event;
mod fault;
mod fold;
pub mod judge;
mod ledger;
mod limit;
mod outcome;
mod pots;
pub mod purse;
mod reads;
mod redeem;
pub mod reference;
mod reversal;
mod rule;
pub mod state;
mod tier;
mod version;
pub mod walk;
pub mod words;

pub use event::Event;
pub use fault::Fault;
pub use fold::Fold;
pub use outcome::{Account, Cause, Outcome, Stage, TraceStep, VoucherChange, What};
pub use pots::Pots;
pub use state::State;
pub use version::Version;
