//! What changes between two texts, line by line, as `diff -u` shows it.

use std::fmt::Write as _;

/// Lines of context around a change.
const CONTEXT: usize = 3;
/// Beyond this many pairs of lines, a change is shown as one block.
const MAX_PAIRS: usize = 4_000_000;

/// A line of the result.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line<'t> {
    Same(&'t str),
    Old(&'t str),
    New(&'t str),
}

/// The changes from `old` to `new`; empty where there is none.
pub(super) fn unified(name: &str, old: &str, new: &str) -> String {
    let lines = align(&old.lines().collect::<Vec<_>>(), &new.lines().collect::<Vec<_>>());
    let changed: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| !matches!(line, Line::Same(_))).map(|(at, _)| at).collect();
    let Some(first) = changed.first() else { return String::new() };
    let mut out = format!("--- {name}\n+++ {name}\n");
    let (mut start, mut last) = (*first, *first);
    let mut hunks = Vec::new();
    for &at in changed.iter().skip(1) {
        if at - last > 2 * CONTEXT {
            hunks.push((start, last));
            start = at;
        }
        last = at;
    }
    hunks.push((start, last));
    for (start, last) in hunks {
        let (start, end) = (start.saturating_sub(CONTEXT), (last + CONTEXT + 1).min(lines.len()));
        let before = lines.get(..start).unwrap_or_default();
        let hunk = lines.get(start..end).unwrap_or_default();
        let count = |lines: &[Line<'_>], old: bool| {
            lines
                .iter()
                .filter(|line| if old { !matches!(line, Line::New(_)) } else { !matches!(line, Line::Old(_)) })
                .count()
        };
        let place = |old| format!("{},{}", count(before, old) + 1, count(hunk, old));
        let _ = writeln!(out, "@@ -{} +{} @@", place(true), place(false));
        for line in hunk {
            let _ = match line {
                Line::Same(text) => writeln!(out, " {text}"),
                Line::Old(text) => writeln!(out, "-{text}"),
                Line::New(text) => writeln!(out, "+{text}"),
            };
        }
    }
    out
}

/// Both texts as one sequence with the longest common part.
fn align<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let a = old_rest.get(..old_rest.len() - tail).unwrap_or_default();
    let b = new_rest.get(..new_rest.len() - tail).unwrap_or_default();
    let mut lines: Vec<Line<'t>> = old.iter().take(head).map(|line| Line::Same(line)).collect();
    if a.len().saturating_mul(b.len()) > MAX_PAIRS {
        lines.extend(a.iter().map(|line| Line::Old(line)).chain(b.iter().map(|line| Line::New(line))));
    } else {
        lines.extend(common(a, b));
    }
    lines.extend(old.iter().skip(old.len() - tail).map(|line| Line::Same(line)));
    lines
}

fn common<'t>(a: &[&'t str], b: &[&'t str]) -> Vec<Line<'t>> {
    // Each cell is the length of the longest common part of what is left of both from there on.
    let width = b.len() + 1;
    let mut table = vec![0_u32; (a.len() + 1) * width];
    let at = |table: &[u32], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or(0);
    for (i, x) in a.iter().enumerate().rev() {
        for (j, y) in b.iter().enumerate().rev() {
            let best =
                if x == y { at(&table, i + 1, j + 1) + 1 } else { at(&table, i + 1, j).max(at(&table, i, j + 1)) };
            if let Some(cell) = table.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    loop {
        match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) if x == y => {
                lines.push(Line::Same(x));
                (i, j) = (i + 1, j + 1);
            }
            (Some(x), y) if y.is_none() || at(&table, i + 1, j) >= at(&table, i, j + 1) => {
                lines.push(Line::Old(x));
                i += 1;
            }
            (_, Some(y)) => {
                lines.push(Line::New(y));
                j += 1;
            }
            _ => return lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_changes_with_their_surroundings() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n";
        let new = "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nl\nm\n";
        let diff = "--- x\n+++ x\n@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n e\n@@ -8,5 +8,5 @@\n h\n i\n j\n-k\n l\n+m\n";
        assert_eq!(unified("x", old, new), diff);
        assert_eq!(unified("x", old, old), "");
    }
}
