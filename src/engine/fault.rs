//! Why an event could not be judged.

use super::limits::{MAX_ROUNDS, MAX_WON, MOST_AT_ONCE};
use crate::value::ArithmeticError;

/// An error for one event: nothing of the event takes effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A number grew beyond what can be kept, or was divided by zero.
    #[error("{0}")]
    Arithmetic(#[from] ArithmeticError),
    /// No case of a value applies.
    #[error("no value of `{0}` applies on this day and under these conditions")]
    NoCase(String),
    /// No row of a table matches.
    #[error("table `{table}` has no row for {keys}")]
    NoRow {
        /// The table.
        table: String,
        /// The keys looked up, in words.
        keys: String,
    },
    /// A date moved out of the calendar.
    #[error("a date moves beyond the calendar")]
    Calendar,
    /// The original of a reversal is not known.
    #[error("no earlier `{0}` of this member matches, so there is nothing to reverse")]
    NoOriginal(String),
    /// The original of a reversal is older than it may be.
    #[error("the `{0}` that matches is too old to be taken back")]
    OldOriginal(String),
    /// More comes back than was there.
    #[error("more is reversed than was left of the original: {asked} asked, {left} left")]
    TooMuch {
        /// Asked, in words.
        asked: String,
        /// Left, in words.
        left: String,
    },
    /// What comes back is less than nothing.
    #[error(
        "`{0}` says how much comes back, so it is not negative: write it without its minus, or in a map `{0}: {{negate: COLUMN}}`"
    )]
    NegativeReversal(String),
    /// A name in the event is not one of the program.
    #[error("`{name}` is not {kind} of this program{hint}")]
    Unknown {
        /// The name.
        name: String,
        /// What was looked for, with its article.
        kind: &'static str,
        /// `; did you mean …?` or nothing.
        hint: String,
    },
    /// One event sets something off more often than any program means.
    #[error("this would happen more than {} times at once", MOST_AT_ONCE)]
    TooOften,
    /// Rules set each other off without an end in sight.
    #[error("rules set each other off more than {} times in a row", MAX_ROUNDS)]
    NoRest,
    /// Entries of draws win entries of draws, and so on.
    #[error("an entry wins another entry more than {} times in a row", MAX_WON)]
    NoLastEntry,
    /// A draw whose secret seed was not given.
    #[error("the seed of draw `{0}` is not at hand")]
    NoSeed(String),
    /// It is older than what was judged before it.
    #[error("the event is older than what this member was judged by: fold the member again with it")]
    Late,
    /// A field has a value of another type than the checker proved; never for checked programs.
    #[error("a value has another type than the program was checked for")]
    Type,
}
