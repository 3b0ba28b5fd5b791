//! Lines of output: filling, breaking, trailing comments.

use super::WIDTH;

/// A line of output.
#[derive(Debug, Default)]
pub(super) struct OutLine {
    /// The line without its comment.
    pub text: String,
    /// The comment at its end.
    pub comment: Option<String>,
}

/// A token of output.
#[derive(Debug)]
pub(super) struct Atom {
    /// What it says.
    pub text: String,
    /// Blanks before it.
    pub blanks: usize,
    /// Whether the line may break after it.
    pub breaks: bool,
    /// A comment after it, behind which the line must break.
    pub comment: Option<String>,
}

/// The columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// The columns that atoms take on one line.
pub(super) fn width_of(atoms: &[Atom]) -> usize {
    atoms.iter().enumerate().map(|(i, a)| width(&a.text) + if i == 0 { 0 } else { a.blanks }).sum()
}

/// Fills lines with atoms: the first begins with `first` (the indent, or what stands there already), the others are
/// indented by `indent`. They break after atoms that allow it, where they would become too wide.
pub(super) fn fill(atoms: &[Atom], first: String, indent: usize) -> Vec<OutLine> {
    let mut out = Vec::new();
    let mut line = OutLine { text: first, comment: None };
    let mut fresh = true;
    let mut rest = atoms;
    while !rest.is_empty() {
        let len = rest.iter().position(|a| a.breaks || a.comment.is_some()).map_or(rest.len(), |i| i + 1);
        let (segment, behind) = rest.split_at(len);
        let lead = segment.first().map_or(0, |a| a.blanks);
        if !fresh && width(&line.text) + lead + width_of(segment) > WIDTH {
            out.push(std::mem::replace(&mut line, OutLine { text: " ".repeat(indent), comment: None }));
            fresh = true;
        }
        for atom in segment {
            if !fresh {
                line.text.extend(std::iter::repeat_n(' ', atom.blanks));
            }
            fresh = false;
            line.text.push_str(&atom.text);
            line.comment.clone_from(&atom.comment);
        }
        if line.comment.is_some() && !behind.is_empty() {
            out.push(std::mem::replace(&mut line, OutLine { text: " ".repeat(indent), comment: None }));
            fresh = true;
        }
        rest = behind;
    }
    out.push(line);
    out
}

/// A line without plain blanks behind it; other blanks are mistakes that stay.
fn bare(text: &str) -> &str {
    text.trim_end_matches([' ', '\t', '\r'])
}

/// Joins lines; comments of consecutive lines stand in one column.
pub(super) fn join(lines: &[OutLine]) -> String {
    let mut out = String::new();
    let mut rest = lines;
    while let Some(first) = rest.first() {
        let run = rest.iter().take_while(|l| l.comment.is_some() && !bare(&l.text).is_empty()).count().max(1);
        let (these, behind) = rest.split_at(run);
        let column = these.iter().map(|l| width(bare(&l.text))).max().unwrap_or(0) + 2;
        for line in these {
            let text = bare(&line.text);
            out.push_str(text);
            if let Some(comment) = &line.comment {
                let pad = if text.is_empty() { width(&first.text) } else { column.saturating_sub(width(text)) };
                out.extend(std::iter::repeat_n(' ', pad));
                out.push_str(comment);
            }
            out.push('\n');
        }
        rest = behind;
    }
    out
}
