//! What people write by habit from elsewhere, and what to write instead.

mod around;
mod attached;
mod clauses;
mod numbers;
mod phrases;
mod signs;

pub(super) use clauses::{bare_text, spaced_name};
pub(super) use numbers::date_like;

use super::errors;
use super::grammar::Rule;
use super::layout::TokenKind;
use super::reader::Reader;
use super::repair::Place;
use crate::diagnostic::Diagnostic;

/// A habit in a statement; `at` is the token at which reading failed, none at the end.
pub(super) fn find(r: &Reader<'_>, place: Place, at: Option<usize>) -> Option<Diagnostic> {
    let failed = at.unwrap_or(place.last);
    let near = failed.saturating_sub(2).max(place.first)..=failed.min(place.last);
    clauses::bullet(r, place)
        .or_else(|| clauses::word_list(r, place))
        .or_else(|| clauses::digit_name(r, place))
        .or_else(|| clauses::tier_alone(r, place))
        .or_else(|| clauses::on_tier(r, place))
        .or_else(|| clauses::round_block(r, place, failed))
        .or_else(|| around::rate_of_nothing(r, place))
        .or_else(|| around::rate_of_band(r, place))
        .or_else(|| around::inactivity(r, place))
        .or_else(|| around::money_of_unit(r, place, failed))
        .or_else(|| attached::find(r, place, failed))
        .or_else(|| attached::is_list(r, place, failed))
        .or_else(|| signs::find(r, place))
        .or_else(|| near.clone().find_map(|at| numbers::find(r, place, at, failed)))
        .or_else(|| clauses::conditional(r, place))
        .or_else(|| phrases::find(r, place, failed))
        .or_else(|| clauses::hyphen(r, place, failed))
        .or_else(|| clauses::first_event(r, place, failed))
        .or_else(|| signs::equals(r, place, failed))
        .or_else(|| near.into_iter().find_map(|at| word(r, place, at, failed)))
}

/// A word that cannot stand here.
fn word(r: &Reader<'_>, place: Place, at: usize, failed: usize) -> Option<Diagnostic> {
    if r.tokens.get(at)?.kind != TokenKind::Word {
        return None;
    }
    let (found, span) = (r.token_text(at), r.token_span(at));
    match found {
        "to" | "of" | "in" | "is" | "per" | "as" | "or" | "and"
            if at == place.first
                && matches!(place.rule, Rule::event_lines | Rule::member_lines | Rule::field_lines) =>
        {
            Some(errors::reserved(span, found))
        }
        "and" | "or" | "per" | "of" | "is" | "in" | "to" if at == place.first && place.rule != Rule::item => {
            Some(errors::operator_first(span, found))
        }
        "AND" | "OR" | "NOT" | "IS" | "IN" if at >= failed => {
            let right = found.to_lowercase();
            Some(errors::capitals(span, found, &right))
        }
        _ => None,
    }
}

/// A unit of time, in the form in which it is always right.
fn time_unit(text: &str) -> Option<&str> {
    let one = text.strip_suffix('s').unwrap_or(text);
    (period(one).is_some() || matches!(one, "second" | "minute" | "hour")).then_some(text)
}

/// A period of the calendar.
fn period(text: &str) -> Option<&str> {
    matches!(text, "day" | "week" | "month" | "quarter" | "year").then_some(text)
}
