//! Statements as words, for whoever compares or counts them without reading what they mean.

use std::ops::Range;

use super::MAX_DEPTH;
use super::layout::{self, Bracket, Line, Token, TokenKind};

/// A statement: its words, and the statements in its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Names, numbers and signs, those in a block left out; numbers without separators between digits.
    pub words: Vec<String>,
    /// The same as one line, as it is written.
    pub text: String,
    /// What stands in its block.
    pub block: Vec<Phrase>,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, its block included.
    pub end: usize,
    /// Where each word stands.
    pub places: Vec<Range<usize>>,
}

/// The items of a text, without comments. Equal programs have equal outlines, however they are laid out.
pub fn outline(text: &str) -> Vec<Phrase> {
    let tokens = layout::tokenize(text);
    let matching = layout::match_brackets(text, &tokens, MAX_DEPTH);
    let lines = layout::lines(text, &tokens, &matching, 0, tokens.len());
    lines.iter().map(|line| phrase(text, &tokens, line)).collect()
}

/// Words that go on with the statement before a comma, rather than beginning one of their own.
const GO_ON: [&str; 12] =
    ["default", "optional", "latest", "oldest", "first", "last", "each", "reject", "gross", "net", "within", "at"];

fn phrase(text: &str, tokens: &[Token], line: &Line) -> Phrase {
    let blocks = line.blocks.iter();
    let inside = |at: usize| line.blocks.iter().any(|block| block.open <= at && at <= block.end);
    let own = (line.first..=line.last).filter(|at| !inside(*at)).filter_map(|at| tokens.get(at));
    let own: Vec<Token> = own.filter(|token| written(token)).copied().collect();
    Phrase {
        block: blocks.flat_map(|block| statements(text, tokens, &block.lines)).collect(),
        start: tokens.get(line.first).map_or(0, |token| token.start),
        end: tokens.get(line.last).map_or(0, |token| token.end),
        ..joined(text, &own)
    }
}

fn written(token: &Token) -> bool {
    !matches!(token.kind, TokenKind::Newline | TokenKind::Comment)
}

/// The statements of a block: one on each line, or several on one, separated by commas.
fn statements(text: &str, tokens: &[Token], lines: &[Line]) -> Vec<Phrase> {
    let [line] = lines else { return lines.iter().map(|line| phrase(text, tokens, line)).collect() };
    let whole = tokens.get(line.first..=line.last).unwrap_or_default();
    if !line.blocks.is_empty() || whole.iter().any(|token| !written(token)) {
        return vec![phrase(text, tokens, line)];
    }
    let mut pieces: Vec<Vec<Token>> = Vec::new();
    let mut depth = 0_usize;
    for (place, token) in whole.iter().enumerate() {
        match token.kind {
            TokenKind::Open(_) => depth += 1,
            TokenKind::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        let next = |ahead: usize| whole.get(place + ahead).filter(|next| next.kind == TokenKind::Word);
        let begins = next(1).is_some_and(|word| !GO_ON.contains(&word.text(text)))
            && whole.get(place + 2).is_some_and(|after| after.kind != TokenKind::Comma);
        if token.kind == TokenKind::Comma && depth == 0 && begins {
            pieces.push(Vec::new());
            continue;
        }
        match pieces.last_mut() {
            Some(piece) => piece.push(*token),
            None => pieces.push(vec![*token]),
        }
    }
    pieces.iter().map(|piece| joined(text, piece)).collect()
}

fn joined(text: &str, tokens: &[Token]) -> Phrase {
    let mut phrase = Phrase {
        words: Vec::new(),
        text: String::new(),
        block: Vec::new(),
        start: tokens.first().map_or(0, |token| token.start),
        end: tokens.last().map_or(0, |token| token.end),
        places: tokens.iter().map(|token| token.start..token.end).collect(),
    };
    let mut end = None;
    for token in tokens {
        let said = token.text(text);
        let word = if token.kind == TokenKind::Literal { said.replace('_', "") } else { said.to_owned() };
        phrase.words.push(word);
        if end.is_some_and(|end| end < token.start) && token.kind != TokenKind::Close(Bracket::Brace) {
            phrase.text.push(' ');
        }
        phrase.text.push_str(said);
        end = Some(token.end);
    }
    phrase
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_of_one_program_have_one_outline() {
        let short = "event purchase { order id, kind one of a, b, default a, items list of { sku id }, optional }\nearn x on purchase { give 1_000 points }\n";
        let long = "event purchase { # what the till sends\n  order id\n  kind  one of a, b,\n    default a\n  items list of {\n    sku id\n  }, optional\n}\n\nearn x on purchase {\n  give   1000   points # many\n}\n";
        fn words(phrases: &[Phrase]) -> Vec<(Vec<String>, Vec<Vec<String>>)> {
            phrases.iter().map(|p| (p.words.clone(), p.block.iter().map(|s| s.words.clone()).collect())).collect()
        }
        let (short, long) = (outline(short), outline(long));
        assert_eq!(words(&short[1..]), words(&long[1..]));
        assert_eq!(words(&long)[0].1.len(), 3);
        assert_eq!(long[1].block[0].text, "give 1000 points");
        assert_eq!(long[0].words, ["event", "purchase"]);
    }
}
