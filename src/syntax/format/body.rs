//! Blocks: statements, comments and blank lines between them.

use super::columns::{self, Columns, Kind};
use super::lines::{self, Atom, OutLine};
use super::{WIDTH, spacing};
use crate::syntax::layout::{Block, Bracket, Line, Token, TokenKind};

/// Columns of indent per level.
const INDENT: usize = 2;

/// Writes the lines of a text.
pub(super) struct Formatter<'t> {
    text: &'t str,
    tokens: &'t [Token],
    /// Where mistakes are: items around them stay as they are.
    broken: Vec<usize>,
    out: Vec<OutLine>,
}

/// What stands in a block, in order.
enum Entry<'l> {
    /// A comment on a line of its own.
    Comment(usize),
    /// A statement.
    Line(&'l Line),
}

struct Placed<'l> {
    entry: Entry<'l>,
    /// Whether the text has a blank line before it.
    blank_before: bool,
}

impl<'t> Formatter<'t> {
    /// A formatter of `text`, which has mistakes at the bytes `broken`.
    pub fn new(text: &'t str, tokens: &'t [Token], broken: Vec<usize>) -> Self {
        Self { text, tokens, broken, out: Vec::new() }
    }
    /// The text that was written.
    pub fn finish(self) -> String {
        lines::join(&self.out)
    }

    fn word(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |t| t.text(self.text))
    }
    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|t| t.kind)
    }
    fn comment(&self, at: usize) -> String {
        self.word(at).trim_end().to_owned()
    }
    /// The comment that stands behind token `at` on its line.
    fn trailing(&self, at: usize) -> Option<usize> {
        (self.kind(at + 1) == Some(TokenKind::Comment)).then_some(at + 1)
    }
    fn is_multiline(&self, block: &Block) -> bool {
        self.tokens.get(block.open..block.end).unwrap_or_default().iter().any(|t| t.kind == TokenKind::Newline)
    }
    fn is_broken(&self, line: &Line) -> bool {
        let start = self.tokens.get(line.first).map_or(0, |t| t.start);
        let end = self.tokens.get(line.last).map_or(start, |t| t.end);
        self.broken.iter().any(|at| (start..=end).contains(at))
    }

    /// The entries among tokens `from..to`; `open` is the token before them, behind which a comment may stand.
    fn entries<'l>(&self, lines: &'l [Line], from: usize, to: usize) -> Vec<Placed<'l>> {
        let mut out = Vec::new();
        let mut newlines = 0usize;
        let mut next = lines.iter().peekable();
        let mut at = from;
        while at < to {
            if let Some(line) = next.next_if(|l| l.first == at) {
                out.push(Placed { entry: Entry::Line(line), blank_before: newlines > 1 });
                newlines = 0;
                at = self.trailing(line.last).unwrap_or(line.last) + 1;
                continue;
            }
            match self.kind(at) {
                Some(TokenKind::Newline) => newlines += 1,
                Some(TokenKind::Comment) => {
                    out.push(Placed { entry: Entry::Comment(at), blank_before: newlines > 1 });
                    newlines = 0;
                }
                _ => {}
            }
            at += 1;
        }
        out
    }

    /// Writes the top level.
    pub fn top(&mut self, lines: &[Line]) {
        let entries = self.entries(lines, 0, self.tokens.len());
        for (i, placed) in entries.iter().enumerate() {
            if i > 0 && (placed.blank_before || self.wants_blank(&entries, i)) {
                self.out.push(OutLine::default());
            }
            match placed.entry {
                Entry::Comment(at) => self.out.push(OutLine { text: self.comment(at), comment: None }),
                Entry::Line(line) if self.is_broken(line) => self.verbatim(line),
                Entry::Line(line) => {
                    let word = match self.word(line.first) {
                        "only" | "skip" => "scenario",
                        word => word,
                    };
                    let kind = match word {
                        "table" => Kind::Table,
                        "scenario" => Kind::Scenario,
                        _ => Kind::Plain,
                    };
                    self.statement(line, 0, kind, &[]);
                }
            }
        }
    }

    /// Whether a blank line belongs before the entry at `i`: around items with blocks.
    fn wants_blank(&self, entries: &[Placed<'_>], i: usize) -> bool {
        let has_block =
            |p: Option<&Placed<'_>>| matches!(p.map(|p| &p.entry), Some(Entry::Line(l)) if !l.blocks.is_empty());
        let before = i.checked_sub(1).and_then(|i| entries.get(i));
        if before.is_some_and(|p| matches!(p.entry, Entry::Comment(_))) {
            return false;
        }
        let rest = entries.get(i..).unwrap_or_default();
        let comments = rest.iter().take_while(|p| matches!(p.entry, Entry::Comment(_))).count();
        let attached = rest.get(1..=comments).unwrap_or_default().iter().all(|p| !p.blank_before);
        if !(has_block(before) || attached && has_block(rest.get(comments))) {
            return false;
        }
        // Where a brace is missing, a blank line decides what belongs together: none is put before the text has one.
        let broken = |p: &Placed<'_>| match p.entry {
            Entry::Comment(_) => false,
            Entry::Line(line) => line.blocks.is_empty() && self.is_broken(line),
        };
        let earlier = entries.get(..i).unwrap_or_default();
        let run = earlier.iter().rposition(|p| p.blank_before).unwrap_or(0);
        !earlier.get(run..).unwrap_or_default().iter().any(broken)
    }

    /// Writes a statement as it is.
    fn verbatim(&mut self, line: &Line) {
        let Some(first) = self.tokens.get(line.first) else { return };
        let last = self.trailing(line.last).unwrap_or(line.last);
        let end = self.tokens.get(last).map_or(first.end, |t| t.end);
        let before = self.text.get(..first.start).unwrap_or("");
        let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
        let text = self.text.get(first.start - blanks..end).unwrap_or("");
        self.out.extend(text.lines().map(|l| OutLine { text: l.to_owned(), comment: None }));
    }

    /// Writes the statements of a block.
    fn body(&mut self, statements: &[Line], from: usize, to: usize, depth: usize, kind: Kind) {
        let entries = self.entries(statements, from, to);
        let mut start = 0;
        while start < entries.len() {
            let rest = entries.get(start..).unwrap_or_default();
            let run = rest.iter().skip(1).position(|p| p.blank_before).map_or(rest.len(), |i| i + 1);
            if start > 0 {
                self.out.push(OutLine::default());
            }
            self.run(rest.get(..run).unwrap_or_default(), depth, kind);
            start += run;
        }
    }

    /// Writes statements without blank lines between them; their columns are aligned.
    fn run(&mut self, entries: &[Placed<'_>], depth: usize, kind: Kind) {
        let mut widths: Vec<usize> = Vec::new();
        let lines = entries.iter().filter_map(|p| match p.entry {
            Entry::Line(line) => Some(line),
            Entry::Comment(_) => None,
        });
        for line in lines {
            let Columns { ends, counted } = columns::columns(self.text, self.tokens, line, kind);
            if !counted {
                continue;
            }
            let mut from = line.first;
            for (i, end) in ends.into_iter().enumerate() {
                let width = lines::width_of(&self.atoms(line.first, from, end, &[]));
                match widths.get_mut(i) {
                    Some(slot) => *slot = width.max(*slot),
                    None => widths.push(width),
                }
                from = end;
            }
        }
        for placed in entries {
            match placed.entry {
                Entry::Comment(at) => {
                    let text = format!("{}{}", " ".repeat(depth * INDENT), self.comment(at));
                    self.out.push(OutLine { text, comment: None });
                }
                Entry::Line(line) => self.statement(line, depth, kind, &widths),
            }
        }
    }

    /// Writes a statement and its blocks. `kind` is the kind of its surroundings; at the top level, of its block.
    fn statement(&mut self, line: &Line, depth: usize, kind: Kind, widths: &[usize]) {
        let indent = depth * INDENT;
        let inner = match kind {
            Kind::Scenario if depth > 0 => Kind::Record,
            Kind::Table if depth > 0 => Kind::Plain,
            other => other,
        };
        let one_line = indent + lines::width_of(&self.padded(line, line.first, line.last + 1, kind, widths)) <= WIDTH;
        let mut current = " ".repeat(indent);
        let mut from = line.first;
        for block in &line.blocks {
            let expand = !one_line && inner == Kind::Record;
            if !self.is_multiline(block) && !expand {
                continue;
            }
            let mut head = self.padded(line, from, block.open + 1, kind, widths);
            let empty = block.lines.is_empty() && !self.has_comment(block);
            if empty {
                continue;
            }
            let mut body_from = block.open + 1;
            if let (Some(comment), Some(last)) = (self.trailing(block.open), head.last_mut()) {
                last.comment = Some(self.comment(comment));
                body_from = comment + 1;
            }
            self.out.extend(lines::fill(&head, current, indent + 2 * INDENT));
            if expand && !self.is_multiline(block) {
                let fields = self.fields(block);
                self.body(&fields, body_from, block.end, depth + 1, inner);
            } else {
                self.body(&block.lines, body_from, block.end, depth + 1, inner);
            }
            current = format!("{}{}", " ".repeat(indent), "}");
            from = block.end + 1;
        }
        let behind = from > line.first;
        let mut atoms = self.padded(line, from, line.last + 1, kind, widths);
        if let Some(comment) = self.trailing(line.last) {
            match atoms.last_mut() {
                Some(last) => last.comment = Some(self.comment(comment)),
                None => {
                    self.out.push(OutLine { text: current, comment: Some(self.comment(comment)) });
                    return;
                }
            }
        }
        if behind && let Some(first) = atoms.first_mut() {
            current.extend(std::iter::repeat_n(' ', first.blanks));
            first.blanks = 0;
        }
        self.out.extend(lines::fill(&atoms, current, indent + 2 * INDENT));
    }

    fn has_comment(&self, block: &Block) -> bool {
        self.tokens.get(block.open..block.end).unwrap_or_default().iter().any(|t| t.kind == TokenKind::Comment)
    }

    /// The fields of a record on one line, split at its commas.
    fn fields(&self, block: &Block) -> Vec<Line> {
        let mut out = Vec::new();
        let mut depth = 0usize;
        let mut first = block.open + 1;
        for at in block.open + 1..=block.end {
            let kind = self.kind(at);
            match kind {
                Some(TokenKind::Open(_)) => depth += 1,
                Some(TokenKind::Close(_)) if at < block.end => depth = depth.saturating_sub(1),
                _ => {}
            }
            if at == block.end || depth == 0 && kind == Some(TokenKind::Comma) {
                if first < at {
                    out.push(Line { first, last: at - 1, blocks: Vec::new() });
                }
                first = at + 1;
            }
        }
        out
    }

    /// The atoms of tokens `from..to` of a statement, its columns padded.
    fn padded(&self, line: &Line, from: usize, to: usize, kind: Kind, widths: &[usize]) -> Vec<Atom> {
        let mut ends = Vec::new();
        if !widths.is_empty() {
            let columns = columns::columns(self.text, self.tokens, line, kind);
            let few = kind == Kind::Table && columns.ends.len() == 1 && widths.len() > 1;
            let mut start = line.first;
            for (i, end) in columns.ends.iter().copied().enumerate() {
                let own = lines::width_of(&self.atoms(line.first, start, end, &[]));
                let all = widths.iter().sum::<usize>() + widths.len() - 1;
                let width = if few { all } else { widths.get(i).copied().unwrap_or(own) };
                ends.push((end, width.saturating_sub(own) + 1));
                start = end;
            }
        }
        self.atoms(line.first, from, to, &ends)
    }

    /// The atoms of tokens `from..to` of the statement that begins at `first`; `pads` are blanks before some of them.
    fn atoms(&self, first: usize, from: usize, to: usize, pads: &[(usize, usize)]) -> Vec<Atom> {
        let mut out: Vec<Atom> = Vec::new();
        let mut before: Option<usize> = (from > first).then(|| from - 1);
        let mut braces = 0usize;
        let mut newline = false;
        for at in from..to {
            let Some(kind) = self.kind(at) else { break };
            match kind {
                TokenKind::Newline => newline = true,
                TokenKind::Comment => {
                    let comment = Some(self.comment(at));
                    match out.last_mut().filter(|last| last.comment.is_none()) {
                        Some(last) => last.comment = comment,
                        None => out.push(Atom { text: String::new(), blanks: 0, breaks: true, comment }),
                    }
                }
                _ => {
                    let closes = matches!(kind, TokenKind::Close(Bracket::Brace | Bracket::Square));
                    if kind == TokenKind::Close(Bracket::Brace) {
                        braces = braces.saturating_sub(1);
                    }
                    let last = before.and_then(|b| self.kind(b));
                    let bare = matches!(last, Some(TokenKind::Open(_) | TokenKind::Comma))
                        || closes
                        || kind == TokenKind::Comma;
                    // Fields on lines of their own inside a list need commas on one line.
                    if newline
                        && braces > 0
                        && !bare
                        && let Some(atom) = out.last_mut()
                    {
                        atom.text.push(',');
                    }
                    newline = false;
                    let blank = before.is_some_and(|b| spacing::blank_between(self.text, self.tokens, first, b, at));
                    let pad = pads.iter().find(|(token, _)| *token == at).map(|(_, blanks)| *blanks);
                    let text = self.word(at);
                    let breaks = braces == 0
                        && (kind == TokenKind::Comma || kind == TokenKind::Word && matches!(text, "and" | "or"));
                    out.push(Atom {
                        text: text.to_owned(),
                        blanks: pad.unwrap_or(usize::from(blank)),
                        breaks,
                        comment: None,
                    });
                    if kind == TokenKind::Open(Bracket::Brace) {
                        braces += 1;
                    }
                    before = Some(at);
                }
            }
        }
        out
    }
}
