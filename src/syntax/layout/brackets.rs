//! Which bracket closes which, and what to believe where one is missing.

use super::{Bracket, Token, TokenKind};
use crate::syntax::words;

/// Something wrong with the brackets of a text; positions are indices of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) enum Problem {
    /// An opening bracket without its closing one.
    Unclosed(usize),
    /// A closing bracket without its opening one.
    Unopened(usize),
    /// Brackets nested too deep.
    TooDeep(usize),
}

/// The brackets of a text.
#[derive(Debug, Default)]
pub(in crate::syntax) struct Matching {
    ends: Vec<Option<usize>>,
    matched: Vec<bool>,
    /// What is wrong, in order.
    pub problems: Vec<Problem>,
}

impl Matching {
    /// For an opening brace: its closing one, or the token before which that is missing.
    pub fn end(&self, open: usize) -> Option<usize> {
        self.ends.get(open).copied().flatten()
    }
    /// Whether the bracket at this token has its partner.
    pub fn is_matched(&self, at: usize) -> bool {
        self.matched.get(at).copied().unwrap_or(false)
    }
    fn pair(&mut self, open: usize, close: usize) {
        self.close_before(open, close);
        for at in [open, close] {
            if let Some(flag) = self.matched.get_mut(at) {
                *flag = true;
            }
        }
    }
    fn close_before(&mut self, open: usize, end: usize) {
        if let Some(slot) = self.ends.get_mut(open) {
            *slot = Some(end);
        }
    }
}

/// Matches the brackets of `text`. Where braces do not balance, indentation says which one is missing.
pub(in crate::syntax) fn match_brackets(text: &str, tokens: &[Token], max_depth: usize) -> Matching {
    let plain = Matcher::new(text, tokens, max_depth, false).run();
    let brace = |&p: &Problem| match p {
        Problem::Unclosed(at) => tokens.get(at).is_some_and(|t| t.kind == TokenKind::Open(Bracket::Brace)),
        _ => false,
    };
    if plain.problems.iter().any(brace) {
        return Matcher::new(text, tokens, max_depth, true).run();
    }
    plain
}

struct Open {
    at: usize,
    bracket: Bracket,
    /// Column at which the line of the bracket begins.
    indent: usize,
}

struct Matcher<'t> {
    text: &'t str,
    tokens: &'t [Token],
    max_depth: usize,
    by_indent: bool,
    stack: Vec<Open>,
    out: Matching,
}

impl<'t> Matcher<'t> {
    fn new(text: &'t str, tokens: &'t [Token], max_depth: usize, by_indent: bool) -> Self {
        let out = Matching { ends: vec![None; tokens.len()], matched: vec![false; tokens.len()], problems: Vec::new() };
        Self { text, tokens, max_depth, by_indent, stack: Vec::new(), out }
    }

    fn run(mut self) -> Matching {
        let (mut line_start, mut first_of_line, mut indent) = (0, true, 0);
        for (at, token) in self.tokens.iter().enumerate() {
            if token.kind == TokenKind::Newline {
                (line_start, first_of_line) = (token.end, true);
                continue;
            }
            let first = std::mem::replace(&mut first_of_line, false);
            if first {
                indent = token.start.saturating_sub(line_start);
            }
            if self.by_indent && first && indent == 0 && self.begins_item(at) {
                self.pop_unclosed(at, |_| true);
            }
            match token.kind {
                TokenKind::Open(bracket) => {
                    self.stack.push(Open { at, bracket, indent });
                    if self.stack.len() > self.max_depth {
                        self.out.problems.push(Problem::TooDeep(at));
                        return self.out;
                    }
                }
                TokenKind::Close(bracket) => self.close(at, bracket, first.then_some(indent)),
                _ => {}
            }
        }
        self.pop_unclosed(self.tokens.len(), |_| true);
        self.out.problems.sort_by_key(|p| match *p {
            Problem::Unclosed(at) | Problem::Unopened(at) | Problem::TooDeep(at) => at,
        });
        self.out
    }

    fn close(&mut self, at: usize, bracket: Bracket, indent: Option<usize>) {
        if bracket == Bracket::Brace {
            self.pop_unclosed(at, |open| open.bracket != Bracket::Brace);
            if let (true, Some(column)) = (self.by_indent, indent)
                && self.stack.iter().any(|open| open.indent == column && open.bracket == Bracket::Brace)
            {
                self.pop_unclosed(at, |open| open.indent > column);
            }
        }
        match self.stack.pop_if(|open| open.bracket == bracket) {
            Some(open) => self.out.pair(open.at, at),
            None => self.out.problems.push(Problem::Unopened(at)),
        }
    }

    fn pop_unclosed(&mut self, end: usize, mut which: impl FnMut(&Open) -> bool) {
        while let Some(open) = self.stack.pop_if(|open| which(open)) {
            self.out.close_before(open.at, end);
            self.out.problems.push(Problem::Unclosed(open.at));
        }
    }

    fn begins_item(&self, at: usize) -> bool {
        let word = self.tokens.get(at).map_or("", |t| t.text(self.text));
        let named = self
            .tokens
            .get(at + 1)
            .is_some_and(|t| matches!(t.kind, TokenKind::Word | TokenKind::Text | TokenKind::Open(Bracket::Brace)));
        named && words::ITEMS.contains(&word)
    }
}
