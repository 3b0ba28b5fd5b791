//! Whether a statement could be read with a change, and changes of one word that make it so. A message proposes nothing
//! that the grammar would refuse.

use pest::Parser;
use pest::error::InputLocation;

use super::grammar::{Grammar, Rule};
use super::layout::TokenKind;
use super::reader::Reader;
use super::{describe, errors, words};
use crate::diagnostic::{Diagnostic, Edit};

/// A statement: its rule and its first and last token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub rule: Rule,
    pub first: usize,
    pub last: usize,
}

/// How far a statement is read with a change in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    /// Not even what was changed.
    Not,
    /// Beyond the change, up to another mistake.
    Beyond,
    /// To its end.
    Whole,
}

/// Reads a statement with changes, which are in order of place. A line end in a change begins a new statement.
pub(super) fn reading(r: &Reader<'_>, place: Place, edits: &[Edit]) -> Reading {
    let (start, end) = r.range(place.first, place.last);
    let (mut text, mut done, mut changed) = (String::new(), start, 0);
    for edit in edits {
        let (from, to) = (edit.span.start as usize, edit.span.end as usize);
        let Some(before) = r.text.get(done..from).filter(|_| to <= end) else { return Reading::Not };
        text.push_str(before);
        // Line ends of the text itself mean nothing inside a statement.
        text.push_str(&edit.text.replace('\n', "\u{1}"));
        (done, changed) = (to, text.len());
    }
    text.push_str(r.text.get(done..end).unwrap_or_default());
    let mut offset = 0;
    for statement in text.split('\u{1}') {
        if let Err(error) = Grammar::parse(place.rule, statement) {
            let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
            return if offset + at > changed { Reading::Beyond } else { Reading::Not };
        }
        offset += statement.len() + 1;
    }
    Reading::Whole
}

/// One word or sign that is missing, or stands in capitals, or for which another one stands; `at` is where reading
/// failed, none at the end, and `words` could have gone on there.
pub(super) fn one_word(r: &Reader<'_>, place: Place, at: Option<usize>, rules: &[Rule]) -> Option<Diagnostic> {
    let words = continuations(rules, at.is_some());
    if let Some(diagnostic) = at.and_then(|at| capitals(r, place, at)) {
        return Some(diagnostic);
    }
    let last = r.token_span(place.last);
    let before = at.map_or(last.end, |at| r.token_span(at).start) as usize;
    let insert = |word: &str| match at {
        Some(_) => Edit { span: r.span(before, before), text: format!("{word} ") },
        None => Edit { span: r.span(before, before), text: format!(" {word}") },
    };
    // Nothing is renamed because a word stands where none is expected, and no word is missing beside itself.
    // Who gives a voucher gives it to nobody who is called so.
    let gift = at.is_some_and(|at| matches!(r.token_text(at), "voucher" | "discount" | "product" | "credit"));
    let beside = |word: &str| {
        word == "was"
            || word == "to" && gift
            || at.and_then(|at| at.checked_sub(1)).is_some_and(|before| r.token_text(before) == word)
    };
    let missing: Vec<&String> =
        words.iter().filter(|word| !beside(word) && reading(r, place, &[insert(word)]) == Reading::Whole).collect();
    let aggregate = at.and_then(|at| at.checked_sub(1)).is_some_and(|at| words::AGGREGATES.contains(&r.token_text(at)));
    let of = missing.iter().find(|word| aggregate && word.as_str() == "of");
    if let Some(word) = of.or_else(|| missing.first().filter(|_| missing.len() == 1)) {
        let span = at.map_or(last, |at| r.token_span(at));
        let found = at.map(|at| r.token_text(at));
        let comma = word.as_str() == ",";
        let end = at.and_then(|at| r.tokens.get(at.checked_sub(1)?)).filter(|_| comma).map(|token| token.end);
        let edit = match end {
            Some(end) => Edit { span: r.span(end, end), text: ",".to_owned() },
            None => insert(word),
        };
        return Some(errors::word_missing(span, word, found, edit));
    }
    let at = at.filter(|&at| {
        r.tokens.get(at).is_some_and(|token| matches!(token.kind, TokenKind::Operator | TokenKind::Arrow))
            && !matches!(r.token_text(at), "<" | "<=" | ">" | ">=")
    })?;
    let span = r.token_span(at);
    // A sign at the end of a word is a part of what was meant as a name.
    let glued = r.end_before(at) == span.start as usize && at.checked_sub(1).is_some_and(|before| is_word(r, before));
    let other = |word: &&String| {
        let name = glued && word.starts_with(char::is_alphabetic);
        !name && reading(r, place, &[Edit { span, text: (*word).clone() }]) == Reading::Whole
    };
    words.iter().find(other).map(|word| errors::other_sign(span, r.token_text(at), word))
}

fn is_word(r: &Reader<'_>, at: usize) -> bool {
    r.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word)
}

/// The only word with which a statement that begins with a value can be read.
pub(super) fn first_word(r: &Reader<'_>, place: Place, words: &[String]) -> Option<Diagnostic> {
    let at = r.token_span(place.first);
    let start = r.span(at.start as usize, at.start as usize);
    let insert = |word: &String| Edit { span: start, text: format!("{word} ") };
    let mut fitting = words.iter().filter(|word| reading(r, place, &[insert(word)]) == Reading::Whole);
    let (only, None) = (fitting.next()?, fitting.next()) else { return None };
    Some(errors::word_missing(at, only, Some(r.token_text(place.first)), insert(only)))
}

/// A word of the language in capitals.
fn capitals(r: &Reader<'_>, place: Place, at: usize) -> Option<Diagnostic> {
    let found = r.token_text(at);
    let lower = found.to_lowercase();
    let edit = Edit { span: r.token_span(at), text: lower.clone() };
    let other = lower != found && is_word(r, at);
    (other && reading(r, place, &[edit]) > Reading::Not).then(|| errors::capitals(r.token_span(at), found, &lower))
}

/// The words and signs that could have gone on, as they are written, with or without those of a choice; not those that can
/// follow any value.
fn continuations(rules: &[Rule], choices: bool) -> Vec<String> {
    let specific = rules.iter().filter(|rule| !describe::follows_any_value(**rule));
    let mut words: Vec<String> = Vec::new();
    for rule in specific {
        let sign = match rule {
            Rule::comma => Some(",".to_owned()),
            Rule::arrow => Some("->".to_owned()),
            Rule::equals => Some("=".to_owned()),
            rule => describe::keyword(*rule),
        };
        let choices = describe::choices(*rule).iter().filter(|_| choices).map(|word| (*word).to_owned());
        for word in sign.into_iter().chain(choices) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
    }
    words
}
