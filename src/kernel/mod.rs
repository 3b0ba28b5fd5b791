//! Judges plain programs tightly: typed slots for fields, a row of cells for each member, queues in pools. Nothing is allocated for an event.
//!
//! What a program is made of decides. [`Plan::of`] lowers it, or says which construct has no form here; then the fold of `engine` judges. What
//! comes out is the same in either case, which tests compare.

mod clock;
mod code;
mod earn;
mod judge;
mod layout;
mod ledger;
mod lower;
mod measure;
mod plan;
mod pool;
mod redeem;
mod reverse;
mod slots;
mod store;
mod tables;
mod term;
mod unfit;

pub use plan::Plan;
pub use store::{Told, UnitTold};
pub use unfit::Unfit;
