//! Judges plain programs tightly: typed slots for fields, a row of cells for each member, queues in pools. Nothing is allocated for an event.
//!
//! What a program is made of decides. [`Plan::of`] lowers it, or says which construct has no form here; then the fold of `engine` judges. What
//! comes out is the same in either case, which tests compare.

mod ahead;
mod cases;
mod chunks;
mod clock;
mod code;
mod columns;
mod court;
mod crew;
mod crossing;
mod distinct;
mod earn;
mod fill;
mod find;
mod ground;
mod hanging;
mod held;
mod inside;
mod judge;
mod lane;
mod layout;
mod ledger;
mod lists;
mod lower;
mod mapped;
mod measure;
mod members;
mod names;
mod order;
mod originals;
mod plan;
mod prints;
mod queues;
mod read;
mod redeem;
mod reverse;
mod roster;
mod rows;
mod scan;
mod seen;
mod slots;
mod spread;
mod store;
mod tables;
mod term;
mod texts;
mod trails;
mod turns;
mod unfit;

pub use crew::{AGAIN, Away, Crew, Repeats};
pub use judge::Odd;
pub use members::{MemberStanding, Standing};
pub use plan::Plan;
pub use read::{Batch, Places, Reading};
pub use rows::{Block, Filler, Known, Row};
pub use store::Told;
pub use unfit::Unfit;
