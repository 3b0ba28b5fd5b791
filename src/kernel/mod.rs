//! Judges plain programs tightly: typed slots for fields, a row of cells for each member, queues in pools. Nothing is allocated for an event.
//!
//! What a program is made of decides. [`Plan::of`] lowers it, or says which construct has no form here; then the fold of `engine` judges. What
//! comes out is the same in either case, which tests compare.

mod chunks;
mod clock;
mod code;
mod earn;
mod find;
mod judge;
mod layout;
mod ledger;
mod lower;
mod measure;
mod members;
mod names;
mod plan;
mod pool;
mod read;
mod redeem;
mod reverse;
mod rows;
mod scan;
mod slots;
mod store;
mod tables;
mod term;
mod unfit;

pub use judge::Odd;
pub use members::{Members, Standing};
pub use plan::Plan;
pub use read::{Batch, Reading};
pub use rows::{Block, Filler, Row};
pub use store::Told;
pub use unfit::Unfit;
