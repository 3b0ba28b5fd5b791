//! What is attached to a boost or a limit, and would speak of the whole block on a line of its own.

use super::super::errors;
use super::super::grammar::Rule;
use super::super::layout::TokenKind;
use super::super::reader::Reader;
use super::super::repair::{Place, Reading, reading};
use super::around::heads;
use crate::diagnostic::{Diagnostic, Edit};
use crate::source::Span;
use crate::value::{Month, Weekday};

/// `boost 2x during …`, `boost 2x limit …`, `limit 5 points … when …`.
pub(super) fn find(r: &Reader<'_>, place: Place, failed: usize) -> Option<Diagnostic> {
    if failed <= place.first || failed > place.last {
        return None;
    }
    let boost = r.token_text(place.first) == "boost" && place.rule == Rule::earn_lines;
    match (r.token_text(place.first), r.token_text(failed)) {
        (_, "during") if boost => Some(season(r, place, failed)),
        (_, "limit" | "budget" | "cooldown" | "needs" | "stack" | "funded" | "once") if boost => {
            Some(of_boost(r, place, failed))
        }
        ("limit" | "budget", "when" | "if") if place.rule != Rule::item => Some(condition(r, place, failed)),
        _ => None,
    }
}

/// A season of one boost, as its days or its condition.
fn season(r: &Reader<'_>, place: Place, at: usize) -> Diagnostic {
    let guarded = (place.first..at).any(|at| r.token_text(at) == "when");
    let several = guarded && (place.first..at).any(|at| r.token_text(at) == "or");
    let span = r.span(r.range(at, at).0, r.range(place.last, place.last).1);
    let right = meant(r, at + 1, place.last, guarded).filter(|_| !several);
    let edit = right
        .map(|text| Edit { span, text })
        .filter(|edit| at < place.last && reading(r, place, std::slice::from_ref(edit)) == Reading::Whole);
    match edit {
        Some(edit) => attached(r.token_span(at), "during", "earn", format!("write `{}`", edit.text), Some(edit)),
        None => of_boost(r, place, at),
    }
}

/// What a season says, behind a boost without or with a condition.
fn meant(r: &Reader<'_>, first: usize, last: usize, guarded: bool) -> Option<String> {
    let text = |from: usize, to: usize| {
        let (from, to) = r.range(from, to);
        r.text.get(from..to)
    };
    let condition = |condition: String| if guarded { format!("and {condition}") } else { format!("when {condition}") };
    let listed: Vec<&str> = (first..=last).map(|at| r.token_text(at)).filter(|word| *word != ",").collect();
    let named = |kind: &str, all: &[&str]| match all {
        [one] => format!("{kind} is {one}"),
        all => format!("{kind} in ({})", all.join(", ")),
    };
    if listed.iter().all(|word| Weekday::parse(word).is_some()) {
        return Some(condition(named("weekday", &listed)));
    }
    if listed.iter().all(|word| Month::parse(word).is_some()) {
        return Some(condition(named("month", &listed)));
    }
    let to = (first..=last).find(|at| r.token_text(*at) == "to");
    let (from, until) = match to {
        Some(to) if to > first && to < last => (text(first, to - 1)?, text(to + 1, last)?),
        None if first == last && text(first, first)?.starts_with(|c: char| c.is_ascii_digit()) => {
            (text(first, first)?, text(first, first)?)
        }
        _ => return None,
    };
    Some(match (from.contains(':'), guarded) {
        (true, _) if from < until => condition(format!("time >= {from} and time < {until}")),
        (true, _) => condition(format!("(time >= {from} or time < {until})")),
        (false, true) => condition(format!("today in {from} to {until}")),
        (false, false) => format!("from {from} until {until}"),
    })
}

/// A boost that needs a block of its own.
fn of_boost(r: &Reader<'_>, place: Place, at: usize) -> Diagnostic {
    let part = |from: usize, to: usize| {
        let (from, to) = r.range(from, to);
        r.text.get(from..to).unwrap_or_default()
    };
    let (amount, rest) = (part(place.first + 1, at - 1), part(at, place.last));
    let earn = heads(r, "earn").filter(|head| *head < place.first).last().map_or("…", |head| r.token_text(head + 1));
    let begins = r.tokens.get(place.first + 1).is_some_and(|token| token.kind != TokenKind::Word);
    let give = if begins { "" } else { "give " };
    let rest = match r.token_text(at) {
        "once" => "limit 1 time …".to_owned(),
        _ => rest.replace(" limit ", ", limit ").replace(" budget ", ", budget "),
    };
    let help = format!(
        "make it a boost of its own, outside of the earn: `boost NAME on {earn} {{ {give}{amount}, {rest} }}`, with a name that you choose"
    );
    attached(r.token_span(at), r.token_text(at), "earn", help, None)
}

/// A limit with a condition.
fn condition(r: &Reader<'_>, place: Place, at: usize) -> Diagnostic {
    let (from, to) = (r.range(at, at).1, r.range(place.last, place.last).1);
    let when = r.text.get(from..to).unwrap_or_default().trim();
    let help = format!(
        "where it limits only some events, write an item of its own for those, with `when {when}` and the limit; a limit that differs has \
         cases behind its amount: `limit 5 points when {when}, 10 points otherwise each calendar day`"
    );
    attached(r.token_span(at), r.token_text(at), "block", help, None)
}

/// What belongs to one boost or limit only.
fn attached(at: Span, found: &str, whole: &str, help: String, edit: Option<Edit>) -> Diagnostic {
    let d = errors::not_expected(at, found, None, &[])
        .note(format!("on a line of its own, it would be about the whole {whole}"))
        .help(help);
    Diagnostic { edits: edit.into_iter().collect(), ..d }
}

/// `kind is (food, drink)`.
pub(super) fn is_list(r: &Reader<'_>, place: Place, failed: usize) -> Option<Diagnostic> {
    if r.token_text(failed) != "," {
        return None;
    }
    let open = (place.first..failed).rev().find(|at| r.token_text(*at) == "(")?;
    let before = open.checked_sub(1).filter(|at| *at > place.first)?;
    let (from, right) = match (r.token_text(before - 1), r.token_text(before)) {
        ("is", "not") => (before - 1, "not in"),
        (_, "is") => (before, "in"),
        _ => return None,
    };
    let edit = Edit { span: r.token_span(from).to(r.token_span(before)), text: right.to_owned() };
    (reading(r, place, std::slice::from_ref(&edit)) > Reading::Not)
        .then(|| errors::phrase(edit.span, right, "one of several is found with `in`", edit))
}
