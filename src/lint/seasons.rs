//! Seasons of one block that no day and no time lies in.

use crate::hir::During;
use crate::value::TimeOfDay;

/// Whether two of these lines, which must all hold, never hold together.
pub(super) fn never(lines: &[Vec<During>]) -> bool {
    let apart_from = |line: &Vec<During>, other: &Vec<During>| line.iter().all(|a| other.iter().all(|b| apart(*a, *b)));
    lines.iter().enumerate().any(|(at, line)| lines.iter().skip(at + 1).any(|other| apart_from(line, other)))
}

/// Whether two seasons have nothing in common, as far as that can be told of two of one kind.
fn apart(one: During, other: During) -> bool {
    match (one, other) {
        (During::Days(from, to), During::Days(other_from, other_to)) => {
            let before = |to, from| matches!((to, from), (Some(to), Some(from)) if to < from);
            before(to, other_from) || before(other_to, from)
        }
        (During::Weekday(one), During::Weekday(other)) => one != other,
        (During::Month(one), During::Month(other)) => one != other,
        (During::Times(from, to), During::Times(other_from, other_to)) => {
            // One of two times of day that have something in common begins within the other.
            !within(from, (other_from, other_to)) && !within(other_from, (from, to))
        }
        _ => false,
    }
}

/// Whether a time of day lies in a season of times, which may go over midnight.
fn within(at: TimeOfDay, (from, to): (TimeOfDay, TimeOfDay)) -> bool {
    if from < to { from <= at && at < to } else { from <= at || at < to }
}
