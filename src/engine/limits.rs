//! How much one event may bring about. `docs/limits.md` lists these.

/// How often one event may set off one rule or one automatic reward, and how many of a reward can be had at once: far beyond what any
/// program means, and near enough that an absurd amount does not keep the engine busy for ever.
pub const MOST_AT_ONCE: i64 = 10_000;
/// How often rules may set each other off within one event; the checker has refused cycles, so that this is never reached.
pub(super) const MAX_ROUNDS: usize = 1000;
