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
    /// A test of the whole row as it is written, without what stands for nothing at its beginning.
    Row(Test),
}

/// A test of one column, or of a row.
#[derive(Debug, Clone)]
pub(super) enum Test {
    /// One of these texts, or a number that is equal to one of those that are meant as numbers.
    Equals(Vec<(String, Option<Exact>)>),
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
            Self::Row(test) => test.of_text(begun(row.raw.text)),
            Self::Column(name, Test::Empty) => row.column(name).is_empty(),
            Self::Column(name, test) => {
                let node = row.column(name);
                test.holds(&scalar(&node), || row.notation.number(&node, row.program))
            }
        }
    }

    /// The first column that is compared as a number and is none, and why.
    pub(super) fn unread(&self, row: &Row<'_, '_>) -> Option<(&str, String)> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().find_map(|part| part.unread(row)),
            Self::Not(part) => part.unread(row),
            Self::Row(_) => None,
            Self::Column(name, test) => {
                let node = row.column(name);
                let asked = test.compares() && !node.is_nothing() && row.notation.number(&node, row.program).is_none();
                asked.then(|| (name.as_str(), row.notation.why_none(&scalar(&node))))
            }
        }
    }

    /// Whether it holds for a row of which only the text is known.
    pub(super) fn holds_for_text(&self, text: &str) -> bool {
        self.known_of(begun(text)) == Some(true)
    }

    fn known_of(&self, text: &str) -> Option<bool> {
        let decided = |parts: &[Self], by: bool| {
            let known: Vec<Option<bool>> = parts.iter().map(|part| part.known_of(text)).collect();
            if known.contains(&Some(by)) {
                Some(by)
            } else {
                known.into_iter().collect::<Option<Vec<_>>>().map(|_| !by)
            }
        };
        match self {
            Self::All(all) => decided(all, false),
            Self::Any(any) => decided(any, true),
            Self::Not(condition) => condition.known_of(text).map(|holds| !holds),
            Self::Column(..) => None,
            Self::Row(test) => Some(test.of_text(text)),
        }
    }

    /// Every column that it names.
    pub(super) fn named(&self) -> Vec<&str> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::named).collect(),
            Self::Not(part) => part.named(),
            Self::Column(name, _) => vec![name],
            Self::Row(_) => Vec::new(),
        }
    }
}

impl Test {
    /// Whether it holds for a value: its text, without blanks around it, and the number that it is, if it is one.
    pub(super) fn holds(&self, text: &str, number: impl Fn() -> Option<Exact>) -> bool {
        match self {
            Self::Empty => text.is_empty(),
            Self::Equals(all) => {
                all.iter().any(|(other, value)| other == text || value.is_some_and(|value| number() == Some(value)))
            }
            Self::StartsWith(_) | Self::EndsWith(_) | Self::Contains(_) => self.of_text(text),
            Self::Above(bound) => number().is_some_and(|number| number > *bound),
            Self::Below(bound) => number().is_some_and(|number| number < *bound),
            Self::AtLeast(bound) => number().is_some_and(|number| number >= *bound),
            Self::AtMost(bound) => number().is_some_and(|number| number <= *bound),
        }
    }

    /// Whether it asks for the number that a value is.
    pub(super) fn is_of_numbers(&self) -> bool {
        match self {
            Self::Equals(all) => all.iter().any(|(_, value)| value.is_some()),
            other => other.compares(),
        }
    }

    /// Whether it asks how large a number is.
    fn compares(&self) -> bool {
        matches!(self, Self::Above(_) | Self::Below(_) | Self::AtLeast(_) | Self::AtMost(_))
    }

    /// Whether a test of texts holds for one.
    fn of_text(&self, text: &str) -> bool {
        match self {
            Self::StartsWith(texts) => texts.iter().any(|other| text.starts_with(other.as_str())),
            Self::EndsWith(texts) => texts.iter().any(|other| text.ends_with(other.as_str())),
            Self::Contains(texts) => texts.iter().any(|other| text.contains(other.as_str())),
            _ => false,
        }
    }
}

/// A row from its first word on: without blanks, quotes and empty cells before it.
pub(super) fn begun(row: &str) -> &str {
    row.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | ',' | ';' | '|'))
}
