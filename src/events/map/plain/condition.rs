//! Which rows are meant.

use crate::events::notation::written;
use crate::events::slices::Sliced;

use super::super::condition::{Condition, Test};
use super::Columns;

/// A condition on the columns of a row.
pub(super) enum PlainCondition {
    All(Vec<PlainCondition>),
    Any(Vec<PlainCondition>),
    Not(Box<PlainCondition>),
    Column(usize, Test),
}

impl PlainCondition {
    pub(super) fn of(condition: &Condition, columns: Columns<'_>) -> Option<Self> {
        let all = |parts: &[Condition]| parts.iter().map(|part| Self::of(part, columns)).collect::<Option<_>>();
        Some(match condition {
            Condition::All(parts) => Self::All(all(parts)?),
            Condition::Any(parts) => Self::Any(all(parts)?),
            Condition::Not(part) => Self::Not(Box::new(Self::of(part, columns)?)),
            Condition::Column(name, test) => Self::Column(columns.place(name)?, test.clone()),
            Condition::Row(_) => return None,
        })
    }

    /// Whether it holds for a row; `None` where a cell is not as plain as most are.
    pub(super) fn holds(&self, row: Sliced<'_>) -> Option<bool> {
        let any = |parts: &[Self], wanted: bool| {
            for part in parts {
                if part.holds(row)? == wanted {
                    return Some(wanted);
                }
            }
            Some(!wanted)
        };
        match self {
            Self::All(parts) => any(parts, false),
            Self::Any(parts) => any(parts, true),
            Self::Not(part) => part.holds(row).map(|holds| !holds),
            Self::Column(at, test) => {
                let text = str::from_utf8(row.cells.get(*at)?.text(row.bytes)?).ok()?.trim();
                let number = if test.is_of_numbers() { written(text) } else { None };
                // It may be an amount with its currency.
                let odd = test.is_of_numbers() && number.is_none() && text.bytes().any(|byte| byte.is_ascii_digit());
                if odd { None } else { Some(test.holds(text, || number)) }
            }
        }
    }
}
