//! Which tokens have a blank between them.

use crate::syntax::layout::{Bracket, Token, TokenKind};
use crate::syntax::words;

/// Functions: their bracket clings to the name.
const FUNCTIONS: &[&str] = &["min", "max", "abs", "floor", "ceil", "round", "year", "month", "day", "weekday"];

/// Whether a blank stands between tokens `left` and `right` of a statement that begins at token `first`.
pub(super) fn blank_between(text: &str, tokens: &[Token], first: usize, left: usize, right: usize) -> bool {
    let (Some(a), Some(b)) = (tokens.get(left), tokens.get(right)) else { return false };
    let glued = a.end == b.start;
    let is = |t: &Token, s: &str| t.text(text) == s;
    match (a.kind, b.kind) {
        (_, TokenKind::Comma | TokenKind::Dot | TokenKind::Close(Bracket::Round))
        | (TokenKind::Dot | TokenKind::Open(Bracket::Round), _) => false,
        (TokenKind::MoneySign, TokenKind::Literal) => false,
        (TokenKind::Open(Bracket::Brace), TokenKind::Close(Bracket::Brace)) => false,
        (TokenKind::Open(Bracket::Square), TokenKind::Close(Bracket::Square)) => false,
        // A lookup clings to its table; a list in a record does not.
        (TokenKind::Word, TokenKind::Open(Bracket::Square)) => !glued,
        (TokenKind::Open(Bracket::Square), _) => is_list(tokens, left),
        (_, TokenKind::Close(Bracket::Square)) => opening(tokens, right).is_some_and(|open| is_list(tokens, open)),
        (TokenKind::Word, TokenKind::Open(Bracket::Round)) => {
            let word = a.text(text);
            !FUNCTIONS.contains(&word) && (!glued || left == first || words::RESERVED.contains(&word))
        }
        _ if is(b, "-") && is_word_hyphen(text, tokens, right) => false,
        _ if is(a, "-") => !(is_word_hyphen(text, tokens, left) || is_sign(text, tokens, first, left)),
        _ => true,
    }
}

/// Whether the square bracket at `open` begins a list, not a lookup.
fn is_list(tokens: &[Token], open: usize) -> bool {
    let Some(bracket) = tokens.get(open) else { return false };
    let before = open.checked_sub(1).and_then(|i| tokens.get(i));
    !before.is_some_and(|t| t.kind == TokenKind::Word && t.end == bracket.start)
}

/// The square bracket that the one at `close` closes.
fn opening(tokens: &[Token], close: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (i, token) in tokens.get(..close)?.iter().enumerate().rev() {
        match token.kind {
            TokenKind::Close(Bracket::Square) => depth += 1,
            TokenKind::Open(Bracket::Square) if depth == 0 => return Some(i),
            TokenKind::Open(Bracket::Square) => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether the `-` at `at` is part of a word: `re-judge`, or a language such as `fr-CA` before its text.
fn is_word_hyphen(text: &str, tokens: &[Token], at: usize) -> bool {
    let at_most = |n: usize| tokens.get(at + n);
    let (Some(before), Some(hyphen), Some(after)) =
        (at.checked_sub(1).and_then(|i| tokens.get(i)), tokens.get(at), at_most(1))
    else {
        return false;
    };
    let touching = before.end == hyphen.start && hyphen.end == after.start;
    let judge = before.text(text) == "re" && after.text(text) == "judge";
    let language = after.kind == TokenKind::Word
        && at_most(2).is_some_and(|t| matches!(t.kind, TokenKind::Text) || t.text(text) == "-");
    touching && before.kind == TokenKind::Word && (judge || language)
}

/// Whether the `-` at `at` is a sign, not an operator.
fn is_sign(text: &str, tokens: &[Token], first: usize, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).filter(|_| at > first).and_then(|i| tokens.get(i)) else { return true };
    let touches_next = tokens.get(at).zip(tokens.get(at + 1)).is_some_and(|(a, b)| a.end == b.start);
    let apart = tokens.get(at).is_some_and(|t| t.start > before.end);
    match before.kind {
        TokenKind::Operator | TokenKind::Arrow | TokenKind::Comma | TokenKind::Open(_) => true,
        TokenKind::Word if words::RESERVED.contains(&before.text(text)) || at == first + 1 => true,
        TokenKind::Word | TokenKind::Text => apart && touches_next,
        _ => false,
    }
}
