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
    let otherwise = (r.token_text(place.first) == "otherwise").then_some(place.first);
    let (condition, then, other) = (find("if"), find("then"), find("else").or(otherwise));
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
    let begins = other == Some(place.first) && place.rule != Rule::table_lines;
    (condition.is_some() || begins || other.is_some_and(|at| at > place.first))
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

/// `black friday` as a name of an item, `gold plus` as one of a tier: as many words as make one.
pub(in crate::syntax) fn spaced_name(r: &Reader<'_>, place: Place, at: usize) -> Option<Diagnostic> {
    let named = |from: &usize| match place.rule {
        Rule::item => *from > place.first,
        Rule::tiers_lines => *from == place.first,
        _ => false,
    };
    let from = at.checked_sub(1).filter(named)?;
    (at..=place.last).take(4).find_map(|last| {
        let words = (from..=last).all(|at| r.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word));
        let (start, end) = r.range(from, last);
        let whole = r.text.get(start..end).filter(|_| words)?;
        let edit = Edit { span: r.span(start, end), text: whole.split_whitespace().collect::<Vec<_>>().join("_") };
        (reading(r, place, std::slice::from_ref(&edit)) == Reading::Whole)
            .then(|| errors::hyphen(edit.span, whole, edit))
    })
}

/// `grant silver for 1 month`, without the name of the tiers.
pub(super) fn tier_alone(r: &Reader<'_>, place: Place) -> Option<Diagnostic> {
    let (tier, hold) = (place.first + 1, place.first + 2);
    let granted = r.token_text(place.first) == "grant" && r.tokens.get(tier)?.kind == TokenKind::Word;
    let ends = hold > place.last || matches!(r.token_text(hold), "for" | "until" | "rolling");
    if !granted || tier > place.last || !ends {
        return None;
    }
    let start = r.span(r.range(tier, tier).0, r.range(tier, tier).0);
    let edit = only_ladder(r).map(|only| Edit { span: start, text: format!("{only} ") });
    let fits = edit.as_ref().is_none_or(|edit| reading(r, place, std::slice::from_ref(edit)) == Reading::Whole);
    fits.then(|| errors::tier_alone(r.token_span(tier), r.token_text(tier), edit))
}

/// The tiers that this file declares, if it is one ladder.
fn only_ladder<'t>(r: &Reader<'t>) -> Option<&'t str> {
    let heads = r.tokens.windows(2).filter_map(|pair| match pair {
        [head, name] if head.text(r.text) == "tiers" && name.kind == TokenKind::Word => Some(name.text(r.text)),
        _ => None,
    });
    let mut heads: Vec<&str> = heads.collect();
    heads.dedup();
    if let [only] = heads.as_slice() { Some(only) } else { None }
}

/// `rule … on tier gold`.
pub(super) fn on_tier(r: &Reader<'_>, place: Place) -> Option<Diagnostic> {
    let on = place.first + 2;
    let said = ["rule", "on", "tier"] == [place.first, on, on + 1].map(|at| r.token_text(at)) && on + 2 == place.last;
    let right = format!("when {} rises to {}", only_ladder(r).filter(|_| said)?, r.token_text(place.last));
    let edit = Edit { span: r.token_span(on).to(r.token_span(place.last)), text: right.clone() };
    (reading(r, place, std::slice::from_ref(&edit)) == Reading::Whole)
        .then(|| errors::phrase(edit.span, &right, "a tier is reached by rising", edit))
}

/// `2x_day` as a name of an item.
pub(super) fn digit_name(r: &Reader<'_>, place: Place) -> Option<Diagnostic> {
    let at = place.first + 1;
    let found = r.tokens.get(at).filter(|token| token.kind == TokenKind::Literal && place.rule == Rule::item)?;
    let found = found.text(r.text);
    let edit = Edit {
        span: r.token_span(at),
        text: format!("_{}", found.trim_end_matches('%').replace(['-', ':', '.'], "_")),
    };
    (reading(r, place, std::slice::from_ref(&edit)) == Reading::Whole)
        .then(|| errors::digit_name(edit.span, found, edit))
}

/// `earn base on purchase ( … )`.
pub(super) fn round_block(r: &Reader<'_>, place: Place, failed: usize) -> Option<Diagnostic> {
    let around = r.token_text(failed) == "(" && r.token_text(place.last) == ")" && failed > place.first;
    if !around || place.rule != Rule::item || !r.reads(place.rule, place.first, failed - 1) {
        return None;
    }
    let brace = |at: usize, text: &str| Edit { span: r.token_span(at), text: text.to_owned() };
    Some(errors::round_block(r.token_span(failed), vec![brace(failed, "{"), brace(place.last, "}")]))
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
