//! Which records are meant.

use crate::value::Exact;

use super::form::{Row, scalar};

/// A condition on a record.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Column(String, Test),
}

/// A test of one column.
#[derive(Debug, Clone)]
pub(super) enum Test {
    /// One of these texts, or an equal number.
    Equals(Vec<String>),
    StartsWith(Vec<String>),
    EndsWith(Vec<String>),
    Contains(Vec<String>),
    Empty,
    Above(Exact),
    Below(Exact),
    AtLeast(Exact),
    AtMost(Exact),
}

impl Condition {
    /// Whether it holds for a record. A test about numbers does not hold for what is no number.
    pub(super) fn holds(&self, row: &Row<'_, '_>) -> bool {
        match self {
            Self::All(all) => all.iter().all(|condition| condition.holds(row)),
            Self::Any(any) => any.iter().any(|condition| condition.holds(row)),
            Self::Not(condition) => !condition.holds(row),
            Self::Column(name, test) => {
                let node = row.column(name);
                let text = scalar(&node);
                let text = text.as_ref();
                match test {
                    Test::Empty => node.is_nothing() || text.is_empty(),
                    Test::Equals(texts) => texts.iter().any(|other| {
                        other == text
                            || matches!((row.notation.number(&node), Exact::parse_decimal(other)), (Some(a), Some(b)) if a == b)
                    }),
                    Test::StartsWith(texts) => texts.iter().any(|other| text.starts_with(other.as_str())),
                    Test::EndsWith(texts) => texts.iter().any(|other| text.ends_with(other.as_str())),
                    Test::Contains(texts) => texts.iter().any(|other| text.contains(other.as_str())),
                    Test::Above(bound) => row.notation.number(&node).is_some_and(|number| number > *bound),
                    Test::Below(bound) => row.notation.number(&node).is_some_and(|number| number < *bound),
                    Test::AtLeast(bound) => row.notation.number(&node).is_some_and(|number| number >= *bound),
                    Test::AtMost(bound) => row.notation.number(&node).is_some_and(|number| number <= *bound),
                }
            }
        }
    }

    /// Every column that it names.
    pub(super) fn named(&self) -> Vec<&str> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::named).collect(),
            Self::Not(part) => part.named(),
            Self::Column(name, _) => vec![name],
        }
    }
}
