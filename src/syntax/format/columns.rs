//! Where the columns of a block's statements are.

use crate::syntax::layout::{Line, Token, TokenKind};

/// What the statements of a block look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word and what follows: fields, levels, statements.
    Plain,
    /// Keys and a value.
    Table,
    /// Who does what when.
    Scenario,
    /// A field and its value, separated by commas on one line.
    Record,
}

/// Statement words of two words.
const PAIRS: &[(&str, &str)] = &[
    ("not", "transferable"),
    ("leap", "day"),
    ("also", "expires"),
    ("minimum", "basket"),
    ("at", "most"),
    ("as", "of"),
    ("steps", "of"),
    ("drawn", "at"),
];

/// How many tokens of a statement stand in each of its columns before the last; `counted` says which of them make the
/// column wide.
pub(super) struct Columns {
    /// One past the last token of each column.
    pub ends: Vec<usize>,
    /// Whether this statement makes columns wider.
    pub counted: bool,
}

/// The columns of a statement.
pub(super) fn columns(text: &str, tokens: &[Token], line: &Line, kind: Kind) -> Columns {
    let none = Columns { ends: Vec::new(), counted: false };
    let word = |at: usize| tokens.get(at).filter(|_| at <= line.last).map_or("", |t| t.text(text));
    let is = |at: usize, kind: TokenKind| at <= line.last && tokens.get(at).is_some_and(|t| t.kind == kind);
    let first = line.first;
    match kind {
        Kind::Table => row(tokens, line, &word),
        Kind::Scenario => {
            let late = word(first) == "late" && is(first + 2, TokenKind::Word);
            let who = if late { first + 1 } else { first };
            let step = is(who, TokenKind::Word) && is(who + 1, TokenKind::Word) && is(who + 2, TokenKind::Literal);
            if step && word(first) != "expect" { Columns { ends: vec![who + 2], counted: true } } else { none }
        }
        Kind::Plain | Kind::Record => {
            let setting = matches!(
                (word(first), word(first + 1)),
                ("unmatched", "refused" | "counts") | ("excess", "refused" | "dropped") | ("reversible", "within")
            ) || word(first) == "within" && is(first + 1, TokenKind::Literal)
                || word(first) == "option" && !line.blocks.is_empty();
            let block_next = line.blocks.first().is_some_and(|b| b.open == first + 1);
            if !is(first, TokenKind::Word) || first == line.last || block_next || setting {
                return none;
            }
            let pair = PAIRS.contains(&(word(first), word(first + 1)));
            let end = if pair { first + 2 } else { first + 1 };
            if end > line.last { none } else { Columns { ends: vec![end], counted: !pair } }
        }
    }
}

/// The columns of a row: one for each key, or one for a band.
fn row<'t>(tokens: &[Token], line: &Line, word: &impl Fn(usize) -> &'t str) -> Columns {
    let kind = |at: usize| tokens.get(at).filter(|_| at <= line.last).map(|t| t.kind);
    let value = |mut at: usize| {
        if word(at) == "-" {
            at += 1;
        }
        if kind(at) == Some(TokenKind::MoneySign) {
            at += 1;
        }
        at + 1
    };
    // One past the last token of a key: a value, or the end of a band with its words.
    let key = |at: usize| {
        let number = kind(at + 1).is_some_and(|kind| matches!(kind, TokenKind::Literal | TokenKind::MoneySign));
        let end = match word(at) {
            "up" if word(at + 1) == "to" => value(at + 2),
            "below" | "above" if number => value(at + 1),
            _ => return value(at),
        };
        let is_unit = matches!(
            word(end),
            "day" | "days" | "week" | "weeks" | "month" | "months" | "year" | "years" | "hour" | "hours"
        );
        if is_unit { end + 1 } else { end }
    };
    let first = line.first;
    let mut ends = Vec::new();
    let mut at = match word(first) {
        "else" => first + 1,
        // Behind the last band of a table in bands stands its value.
        "above" if kind(key(first)) != Some(TokenKind::Comma) => first + 1,
        _ => key(first),
    };
    while kind(at) == Some(TokenKind::Comma) {
        at += 1;
        ends.push(at);
        at = key(at);
    }
    if at <= line.last {
        ends.push(at);
    }
    Columns { ends, counted: word(first) != "else" }
}
