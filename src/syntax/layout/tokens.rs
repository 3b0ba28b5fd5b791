//! Tokens.

use pest::Parser;

use crate::syntax::grammar::{Grammar, Rule};

/// A kind of bracket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) enum Bracket {
    /// `{ }`
    Brace,
    /// `( )`
    Round,
    /// `[ ]`
    Square,
}

/// A kind of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) enum TokenKind {
    /// The end of a line of text.
    Newline,
    /// A marker that a version control system left.
    Conflict,
    /// `# …`
    Comment,
    /// `// …`
    SlashComment,
    /// `/* … */`
    BlockComment,
    /// `"…"`
    Text,
    /// `"…` without its end.
    OpenText,
    /// What begins with a digit.
    Literal,
    /// `$`
    MoneySign,
    /// A word.
    Word,
    /// An opening bracket.
    Open(Bracket),
    /// A closing bracket.
    Close(Bracket),
    /// `,`
    Comma,
    /// `->`
    Arrow,
    /// `+`, `<=` and so on.
    Operator,
    /// `.`
    Dot,
    /// What fits nowhere.
    Stray,
}

/// A token and where it is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) struct Token {
    /// Its kind.
    pub kind: TokenKind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Token {
    /// What it says.
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// The tokens of a text, blanks left out.
pub(in crate::syntax) fn tokenize(text: &str) -> Vec<Token> {
    let Ok(mut parsed) = Grammar::parse(Rule::tokens, text) else { return Vec::new() };
    let inner = parsed.next().into_iter().flat_map(|p| p.into_inner());
    inner
        .filter_map(|p| Some(Token { kind: kind(p.as_rule())?, start: p.as_span().start(), end: p.as_span().end() }))
        .collect()
}

fn kind(rule: Rule) -> Option<TokenKind> {
    Some(match rule {
        Rule::t_newline => TokenKind::Newline,
        Rule::t_conflict => TokenKind::Conflict,
        Rule::t_comment => TokenKind::Comment,
        Rule::t_slash_comment => TokenKind::SlashComment,
        Rule::t_block_comment => TokenKind::BlockComment,
        Rule::t_text => TokenKind::Text,
        Rule::t_open_text => TokenKind::OpenText,
        Rule::t_literal => TokenKind::Literal,
        Rule::t_money_sign => TokenKind::MoneySign,
        Rule::t_word => TokenKind::Word,
        Rule::t_brace_open => TokenKind::Open(Bracket::Brace),
        Rule::t_brace_close => TokenKind::Close(Bracket::Brace),
        Rule::t_round_open => TokenKind::Open(Bracket::Round),
        Rule::t_round_close => TokenKind::Close(Bracket::Round),
        Rule::t_square_open => TokenKind::Open(Bracket::Square),
        Rule::t_square_close => TokenKind::Close(Bracket::Square),
        Rule::t_comma => TokenKind::Comma,
        Rule::t_arrow => TokenKind::Arrow,
        Rule::t_operator => TokenKind::Operator,
        Rule::t_dot => TokenKind::Dot,
        Rule::t_stray => TokenKind::Stray,
        _ => return None,
    })
}
