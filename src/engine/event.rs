//! Events as the engine judges them.

use std::cmp::Ordering;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hir::{EventId, FieldId, Program};
use crate::value::{Currency, Instant, Value};

use super::few::Few;

/// One event of one member, decoded and typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its identity: the same event sent twice has the same one.
    pub id: Arc<str>,
    /// Whose event it is.
    pub member: Arc<str>,
    /// Its type.
    pub kind: EventId,
    /// When it happened.
    pub time: Instant,
    /// Its position in its source, which orders events of one moment.
    pub sequence: u64,
    /// A value for every field of its type, in order; defaults are filled in.
    pub fields: Arc<[Value]>,
    /// Whom it names, where that member was merged into `member`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<Arc<str>>,
    /// Amounts in other currencies than the program's, as the record has them, of what takes back and of what can be taken back.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub foreign: Few<Foreign>,
}

/// An amount in another currency than the program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// Its field.
    pub field: FieldId,
    /// Where the field is a list: which line, and which field of that.
    pub of_line: Option<(u32, FieldId)>,
    /// Its currency.
    pub currency: Currency,
    /// Its minor units.
    pub minor: i64,
}

impl Event {
    /// Which amounts in other currencies an event of a type keeps: what is taken back is worth what it was worth when it was bought, and its
    /// parts add up to that.
    pub(crate) fn kept_amounts(program: &Program, kind: EventId, foreign: Vec<Foreign>) -> Few<Foreign> {
        let tied = program.events.at(kind).reversal.is_some() || program.parts_add_up(kind);
        if tied { foreign.into() } else { Few::default() }
    }

    /// The member that the event itself names.
    pub fn owner(&self) -> &Arc<str> {
        self.sent_by.as_ref().unwrap_or(&self.member)
    }

    /// Whether `other` says the same, wherever it came from (S1).
    pub fn same_content(&self, other: &Event) -> bool {
        self.same_but_fields(other) && self.fields == other.fields
    }

    /// Whether `other` is the same, as far as that can be told without its fields.
    pub fn same_but_fields(&self, other: &Event) -> bool {
        self.id == other.id && self.owner() == other.owner() && self.kind == other.kind && self.time == other.time
    }

    /// The fields of a line of one of its lists; none where there is no such line.
    pub fn line(&self, list: Option<FieldId>, number: Option<u32>) -> &[Value] {
        match (list.and_then(|list| self.fields.get(list.0 as usize)), number) {
            (Some(Value::List(lines)), Some(number)) => lines.get(number as usize).map_or(&[], |line| line),
            _ => &[],
        }
    }

    /// The order in which events are judged (S2): by time, by the sequence of their source, by identity; numbers in identities by value.
    pub fn order(&self, other: &Event) -> Ordering {
        (self.time, self.sequence).cmp(&(other.time, other.sequence)).then_with(|| natural(&self.id, &other.id))
    }
}

/// Compares texts with the numbers in them by value, so that `e9` comes before `e10`.
pub fn natural(left: &str, right: &str) -> Ordering {
    let (mut a, mut b) = (left, right);
    loop {
        let number = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (x, y) = (number(a), number(b));
        if x > 0 && y > 0 {
            let ((m, rest_a), (n, rest_b)) = (a.split_at(x), b.split_at(y));
            let (m, n) = (m.trim_start_matches('0'), n.trim_start_matches('0'));
            let order = m.len().cmp(&n.len()).then_with(|| m.cmp(n));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (rest_a, rest_b);
            continue;
        }
        let (mut after_a, mut after_b) = (a.chars(), b.chars());
        match (after_a.next(), after_b.next()) {
            // Equal but for leading zeros: then as text, so that the order is total.
            (None, None) => return left.cmp(right),
            (x, y) if x != y => return x.cmp(&y),
            _ => (a, b) = (after_a.as_str(), after_b.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s02_identities_are_ordered_with_their_numbers_by_value() {
        let mut ids = ["e10", "e9", "e09", "a", "e", "e9b", "e9-2", "e9-10", "10", "9"];
        ids.sort_by(|a, b| natural(a, b));
        assert_eq!(ids, ["9", "10", "a", "e", "e09", "e9", "e9-2", "e9-10", "e9b", "e10"]);
    }
}
