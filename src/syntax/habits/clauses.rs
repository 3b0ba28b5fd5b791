//! Statements built as elsewhere: with `if`, `then` and `else`, with bullets, with lists in bars, with bare texts.

use super::super::errors;
use super::super::grammar::Rule;
use super::super::layout::TokenKind;
use super::super::reader::Reader;
use super::super::repair::{Place, Reading, reading};
use crate::diagnostic::{Diagnostic, Edit};

/// `if … then …`, `… if … else …`, `when … then …`.
pub(super) fn conditional(r: &Reader<'_>, place: Place) -> Option<Diagnostic> {
    let find = |word: &str| (place.first..=place.last).find(|&at| r.token_text(at).eq_ignore_ascii_case(word));
    let (condition, then, other) = (find("if"), find("then"), find("else"));
    let at = [condition, then, other].into_iter().flatten().min()?;
    let indent = r.indent(place.first);
    let mut edits: Vec<Edit> = Vec::new();
    if let Some(at) = condition {
        edits.push(Edit { span: r.token_span(at), text: "when".to_owned() });
    }
    if let Some(at) = then {
        let span = r.span(r.end_before(at), r.range(at, at).1);
        let gap = if r.tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Newline) { "" } else { "\n" };
        edits
            .push(Edit { span: span.to(r.span(r.start_after(at), r.start_after(at))), text: format!("{gap}{indent}") });
    }
    if let Some(at) = other {
        let end = r.range(place.last, place.last).1;
        edits.push(Edit { span: r.span(r.end_before(at), r.range(at, at).1), text: ",".to_owned() });
        edits.push(Edit { span: r.span(end, end), text: " otherwise".to_owned() });
    }
    edits.sort_by_key(|edit| edit.span);
    let found = r.token_text(at);
    if reading(r, place, &edits) == Reading::Whole {
        return Some(errors::conditional(r.token_span(at), found, edits));
    }
    // A word may be a name where it does not stand like this.
    (condition.is_some() || other.is_some_and(|at| at > place.first))
        .then(|| errors::conditional(r.token_span(at), found, Vec::new()))
}

/// `- give 1 point`.
pub(super) fn bullet(r: &Reader<'_>, place: Place) -> Option<Diagnostic> {
    let found = r.token_text(place.first);
    if !matches!(found, "-" | "*" | "•" | "·" | "–" | "+" | "◦" | "‣" | "▪") || place.first == place.last {
        return None;
    }
    let (start, _) = r.range(place.first, place.first);
    let span = r.span(start, r.start_after(place.first));
    let edit = Edit { span, text: String::new() };
    (reading(r, place, std::slice::from_ref(&edit)) > Reading::Not)
        .then(|| errors::bullet(r.token_span(place.first), found, edit))
}

/// `double-points` as a name.
pub(super) fn hyphen(r: &Reader<'_>, place: Place, at: usize) -> Option<Diagnostic> {
    let (before, sign, after) = (r.tokens.get(at.checked_sub(1)?)?, r.tokens.get(at)?, r.tokens.get(at + 1)?);
    let joined = before.end == sign.start && sign.end == after.start && sign.text(r.text) == "-";
    let words = before.kind == TokenKind::Word && after.kind == TokenKind::Word;
    let edit = Edit { span: r.token_span(at), text: "_".to_owned() };
    let whole = r.text.get(before.start..after.end)?;
    (joined && words && reading(r, place, std::slice::from_ref(&edit)) > Reading::Not)
        .then(|| errors::hyphen(r.span(before.start, after.end), whole, edit))
}

/// A text without its quotes: as many words as can be read as one.
pub(in crate::syntax) fn bare_text(r: &Reader<'_>, place: Place, at: usize) -> Option<Diagnostic> {
    if r.tokens.get(at).is_none_or(|token| token.kind != TokenKind::Word) {
        return None;
    }
    let quoted = |last: usize| {
        let (start, end) = r.range(at, last);
        let inner = r.text.get(start..end).filter(|inner| !inner.contains(['"', '\n', '{', '\\']))?;
        let span = r.span(start, end);
        let edit = Edit { span, text: format!("\"{inner}\"") };
        (reading(r, place, std::slice::from_ref(&edit)) == Reading::Whole)
            .then(|| errors::bare_text(span, &edit.text.clone(), edit))
    };
    (at..=place.last).rev().take(16).find_map(quoted)
}

/// `store | web` and `enum(store, web)` as the type of a field.
pub(super) fn word_list(r: &Reader<'_>, place: Place) -> Option<Diagnostic> {
    if !matches!(place.rule, Rule::event_lines | Rule::member_lines | Rule::field_lines) {
        return None;
    }
    let from = place.first + 1;
    let bars = (from..=place.last).any(|at| matches!(r.token_text(at), "|" | "||" | "/"));
    let brackets = r.token_text(from + 1) == "(" && matches!(r.token_text(from), "enum" | "one" | "choice" | "select");
    let last = if brackets {
        (from..=place.last).find(|&at| r.token_text(at) == ")")?
    } else {
        (from..=place.last).take_while(|&at| r.token_text(at) != ",").last().filter(|_| bars)?
    };
    let words: Vec<&str> = (from..=last)
        .filter(|&at| matches!(r.tokens.get(at).map(|token| token.kind), Some(TokenKind::Word | TokenKind::Text)))
        .map(|at| r.token_text(at))
        .filter(|word| !matches!(*word, "enum" | "one" | "of" | "choice" | "select"))
        .collect();
    let (start, end) = r.range(from, last);
    let edit = Edit { span: r.span(start, end), text: format!("one of {}", words.join(", ")) };
    (reading(r, place, std::slice::from_ref(&edit)) == Reading::Whole)
        .then(|| errors::word_list(edit.span, &edit.text.clone(), edit))
}

/// `first purchase` as a condition.
pub(super) fn first_event(r: &Reader<'_>, place: Place, at: usize) -> Option<Diagnostic> {
    let word = r.token_text(at.checked_sub(1)?);
    let event = r.tokens.get(at).filter(|token| token.kind == TokenKind::Word)?.text(r.text);
    (word == "first" && at > place.first && at <= place.last)
        .then(|| errors::first_event(r.span(r.range(at - 1, at).0, r.range(at, at).1), event))
}
