//! Writes what happened: `journal.jsonl`, `rejects.jsonl`, and any other file of lines or state, whole or not at all.
//!
//! # `journal.jsonl`
//! One JSON object on each line, keys always in this order, keys without a value left out:
//!
//! | key | meaning |
//! |---|---|
//! | `seq` | number of the line, from 1 |
//! | `time` | when it took effect, in the program's zone, with offset |
//! | `member` | whose |
//! | `event` | identity of the event that brought it about; none where the clock did |
//! | `what` | `posted`, `limited`, `tier`, `issued`, `voucher`, `card_used`, `paid`, `badge`, `message`, `challenge`, `choice`, `draw`, `drawn`, `ranked`, `owed`, `settled`, `donated`, `divided`, `undecided`, `charged`, `unreached`, `refused`, `failed`, `irreversible` |
//! | `withdrawn` | `true` where a late event means that this did not happen after all |
//! | `unit` | the unit of `amount` |
//! | `ladder`, `reward`, `voucher`, `redeem`, `badge`, `limit` | what it is about, by name; the voucher by its number |
//! | `challenge`, `progress`, `target` | of a challenge: its name, how far it has come, how much is to be reached |
//! | `choice`, `offer`, `option` | of a choice: its name, the number of the offer among the member's, what was taken |
//! | `draw`, `entry`, `entries`, `prizes` | of a draw: its name, the entry; of a drawing: how many entries, how many of them won |
//! | `leaderboard`, `place`, `of`, `score` | of a leaderboard: its name, the place, among how many, with what |
//! | `from`, `to` | accounts of a posting (`available`, `pending`, `issuer`, `partner:NAME`, `transfer`, `expired`, `redeemed`, `cause:NAME`); tiers of a move |
//! | `partner`, `cause` | the partner of points that are settled; the cause of a gift |
//! | `amount` | decimal text in whole units, positive |
//! | `requested`, `granted` | what a limit was asked and gave |
//! | `value` | money in the program's currency, decimal text in whole units |
//! | `left` | of a gift card of which a part was used: what is left of it |
//! | `matched` | what the program adds to a gift |
//! | `giver`, `receipt` | who gives: `member`, `program` or `fund`; the number of the gift among those of the member |
//! | `votes` | of a cause in a fund |
//! | `until` | end of a tier or voucher |
//! | `change` | of a voucher: `used`, `returned`, `cancelled`, `expired`; of a badge or a gift: `given`, `taken`; of a message that was not sent: `withheld`; of points at a partner: `issued`, `taken_back`, `redeemed`, `returned`; of a challenge: `opened`, `milestone`, `completed`, `claimed`, `forfeited`, `ended`, `undone`; of an offer: `offered`, `chosen`, `cancelled`, `expired`; of an entry: `entered`, `won`, `lost`, `cancelled` |
//! | `channel`, `language`, `text` | of a message |
//! | `reason` | why it was refused, withheld, failed or cannot be undone |
//! | `lot` | number of the lot among the member's |
//! | `item` | line of the event, from 1 |
//! | `by`, `rule` | what brought it about: `earn`, `rule`, `tiers`, `unit`, `reward`, `redeem` or `event`, and its name |
//! | `version` | version of the program, from 1 |
//! | `line` | file and line of the program |
//! | `corrects` | identity of the late event that changed history |

mod file;
mod finished;
mod line;
mod member;
pub mod receipts;
mod settlement;
mod sound;
pub mod state;
mod table;
mod writer;

pub use file::{AtomicFile, Ready, WriteError, create_folder};
pub use finished::{Finished, Trace};
pub use line::Line;
pub use member::MemberLine;
pub use settlement::{Settled, Settlement, Statement};
pub use state::{StateError, StateFile};
pub use table::MemberTable;
pub use writer::{JournalWriter, LineWriter};
