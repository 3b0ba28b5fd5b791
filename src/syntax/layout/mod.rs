//! Layout: tokens, matching brackets, lines and blocks. It knows where statements begin and end, not what they mean,
//! so that one mistake costs one statement.

mod brackets;
mod tokens;

pub(super) use brackets::{Matching, Problem, match_brackets};
pub(super) use tokens::{Bracket, Token, TokenKind, tokenize};

use super::words;

/// A statement: its tokens, and the blocks among them.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Index of the first token.
    pub first: usize,
    /// Index of the last token.
    pub last: usize,
    /// Blocks in braces that are not inside other brackets.
    pub blocks: Vec<Block>,
}

/// What stands between braces.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// Index of the opening brace.
    pub open: usize,
    /// Index of the closing brace; of the token before which it is missing, where it is missing.
    pub end: usize,
    /// The statements.
    pub lines: Vec<Line>,
}

/// Splits the tokens `from..to` into statements. Recursion is as deep as braces, which are counted before.
pub(super) fn lines(text: &str, tokens: &[Token], matching: &Matching, from: usize, to: usize) -> Vec<Line> {
    let mut out = Vec::new();
    let mut current: Option<Line> = None;
    let mut round = 0usize;
    let mut at = from;
    while at < to {
        let Some(token) = tokens.get(at) else { break };
        match token.kind {
            TokenKind::Comment => {}
            TokenKind::Conflict => out.extend(current.take()),
            TokenKind::Newline => {
                let goes_on =
                    current.as_ref().and_then(|l| tokens.get(l.last)).is_some_and(|last| continues(text, last));
                if round == 0 && !goes_on {
                    out.extend(current.take());
                }
            }
            TokenKind::Open(Bracket::Brace) => {
                let end = matching.end(at).unwrap_or(to).min(to);
                let closed = tokens.get(end).is_some_and(|t| t.kind == TokenKind::Close(Bracket::Brace)) && end < to;
                let last = if closed { end } else { last_written(tokens, at, end) };
                let line = current.get_or_insert(Line { first: at, last, blocks: Vec::new() });
                line.last = last;
                if round == 0 {
                    line.blocks.push(Block { open: at, end, lines: lines(text, tokens, matching, at + 1, end) });
                }
                if !closed {
                    out.extend(current.take());
                }
                at = last;
            }
            kind => {
                if matching.is_matched(at) {
                    match kind {
                        TokenKind::Open(_) => round += 1,
                        TokenKind::Close(_) => round = round.saturating_sub(1),
                        _ => {}
                    }
                }
                current.get_or_insert(Line { first: at, last: at, blocks: Vec::new() }).last = at;
            }
        }
        at += 1;
    }
    out.extend(current);
    out
}

/// The last token of `open..end` that is no line end.
fn last_written(tokens: &[Token], open: usize, end: usize) -> usize {
    let inside = tokens.get(open..end).unwrap_or_default();
    open + inside.iter().rposition(|t| t.kind != TokenKind::Newline).unwrap_or(0)
}

/// Whether a line whose last token this is goes on in the next line.
pub(super) fn continues(text: &str, last: &Token) -> bool {
    match last.kind {
        TokenKind::Comma | TokenKind::Arrow | TokenKind::Operator | TokenKind::Dot => true,
        TokenKind::Word => words::CONTINUING.contains(&last.text(text)),
        _ => false,
    }
}
