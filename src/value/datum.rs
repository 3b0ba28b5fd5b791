//! One value of a field, attribute or expression.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Day, Exact, Instant, TimeOfDay, TimeSpan};

/// A value. The checker knows which variant an expression has; money is in minor units, quantities in steps of their unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Value {
    /// Nothing was given.
    #[default]
    Missing,
    /// Yes or no.
    Bool(bool),
    /// A number, money or quantity.
    Exact(Exact),
    /// Text or an identifier.
    Text(Arc<str>),
    /// A calendar day.
    Day(Day),
    /// A moment.
    Moment(Instant),
    /// A time of day.
    Time(TimeOfDay),
    /// A duration.
    Span(TimeSpan),
    /// The position of a bare word in its enum, or of a tier in its ladder.
    Ordinal(u32),
    /// Lines, each with its fields by position.
    List(Arc<[Box<[Value]>]>),
}
