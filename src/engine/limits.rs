//! How much one event may bring about. `docs/limits.md` lists these.

/// How often one event may set off one rule or one automatic reward, and how many of a reward can be had at once: far beyond what any
/// program means, and near enough that an absurd amount does not keep the engine busy for ever.
pub const MOST_AT_ONCE: i64 = 10_000;
/// How often what one event brings may bring something further: longer than any chain of rules that a person follows.
pub const MAX_ROUNDS: usize = 250;
/// How often in a row an entry of a draw may win another entry: longer than anybody's luck.
pub const MAX_WON: usize = 64;
