//! Exact amounts, rounding, and the calendar.
//!
//! Nothing here reads a clock, uses a float, or panics: what does not fit is an error or `None`, and every result
//! depends on its arguments alone.

mod changes;
mod datum;
pub mod exact;
pub mod money;
pub mod names;
pub mod period;
pub mod rounding;
mod scan;
pub mod span;
pub mod split;
pub mod time;
pub mod timestamp;
pub mod zone;

pub use datum::Value;
pub use exact::{ArithmeticError, Exact};
pub use money::{AmountError, Currency, Money, decimal, format_minor, parse_minor, parse_steps};
pub use names::{Month, Weekday};
pub use period::{Calendar, LeapDay, Period, PeriodKind, Starts, next_occurrence_after, occurrence_in};
pub use rounding::{Rounding, percent};
pub use span::{TimeSpan, TimeUnit};
pub use split::{allocate, split};
pub use time::{Day, Instant, OutOfRange, TimeOfDay};
pub use timestamp::{InstantError, InstantReader, format_instant, parse_instant};
pub use zone::{Zone, ZoneError};
