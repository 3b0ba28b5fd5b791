//! What a run comes to for challenges, choices and draws, for people.

use comfy_table::Table;

use super::summary::grouped;
use crate::report::Playing;

/// Tables for people; `table` makes an empty one with these heads.
pub(super) fn tables(playing: &Playing<'_>, table: impl Fn(&[&str]) -> Table) -> Vec<Table> {
    let count = |count: i64| grouped(u64::try_from(count).unwrap_or(0));
    let mut all = Vec::new();
    if !playing.challenges().is_empty() {
        let mut rows = table(&["challenge", "running", "completed", "ended", "claimed", "forfeited"]);
        for line in playing.challenges() {
            let counts = [line.running, line.completed, line.ended, line.claimed, line.forfeited];
            rows.add_row(std::iter::once(line.challenge).chain(counts.map(count)));
        }
        all.push(rows);
    }
    if !playing.choices().is_empty() {
        let mut rows = table(&["choice", "offered", "chosen", "expired", "cancelled"]);
        for line in playing.choices() {
            let counts = [line.offered, line.chosen, line.expired, line.cancelled];
            rows.add_row(std::iter::once(line.choice).chain(counts.map(count)));
        }
        all.push(rows);
    }
    if !playing.draws().is_empty() {
        let mut rows = table(&["draw", "entries", "won", "cancelled"]);
        for line in playing.draws() {
            rows.add_row(std::iter::once(line.draw).chain([line.entries, line.won, line.cancelled].map(count)));
        }
        all.push(rows);
    }
    all
}
