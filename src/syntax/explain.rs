//! Why a statement cannot be read, in one message.

use pest::Parser;
use pest::error::{Error, ErrorVariant, InputLocation};

use super::grammar::{Grammar, Rule};
use super::layout::{Token, TokenKind};
use super::reader::Reader;
use super::repair::{Place, Reading};
use super::{describe, errors, forms, habits, repair, words};
use crate::diagnostic::{Diagnostic, Edit};
use crate::source::Span;

/// Why tokens `first..=last` are no `rule`; where no change is proposed, how such a statement is written.
pub(super) fn explain(r: &Reader<'_>, rule: Rule, first: usize, last: usize, error: &Error<Rule>) -> Diagnostic {
    let reason = reason(r, rule, first, last, error);
    // What a reserved word helps to is another name; hardly ever is one meant.
    if reason.edits.is_empty() && (reason.help.is_empty() || reason.code.0 == "E0126") {
        return errors::with_forms(reason, &forms::of(rule, r.token_text(first)));
    }
    reason
}

fn reason(r: &Reader<'_>, rule: Rule, first: usize, last: usize, error: &Error<Rule>) -> Diagnostic {
    let (start, end) = r.range(first, last);
    let offset = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let place = (start + offset).min(end);
    let at = (first..=last).find(|&i| r.tokens.get(i).is_some_and(|t| t.end > place && !is_blank(t)));
    let statement = Place { rule, first, last };
    if let Some(diagnostic) = habits::find(r, statement, at) {
        return diagnostic;
    }
    let rules = expected_rules(error);
    let period = at.filter(|&at| {
        rules.contains(&Rule::kw_calendar) && describe::choices(Rule::period).contains(&r.token_text(at))
    });
    if let Some(at) = period {
        return bare_period(r, statement, at);
    }
    let Some(at) = at else {
        let missing = repair::one_word(r, statement, None, &rules);
        return missing.unwrap_or_else(|| ends_early(r, first, last, &rules));
    };
    let span = r.token_span(at);
    let found = r.token_text(at);
    if let Some(diagnostic) = statement_word(r, statement, at) {
        return diagnostic;
    }
    let name_expected = rules.iter().any(|x| matches!(x, Rule::ident | Rule::idents | Rule::path | Rule::unit_name));
    let value_expected = rules.iter().any(|x| describe::phrase(*x).is_some_and(|p| p.starts_with("a value")))
        || rules.contains(&Rule::cases);
    if words::RESERVED.contains(&found) && name_expected && !rules.contains(&Rule::EOI) {
        return errors::reserved(span, found);
    }
    if found.starts_with('"') && rule == Rule::scenario_lines && at == first {
        return errors::quoted_name(span, found);
    }
    if found.starts_with('"') && name_expected && !value_expected && !rules.contains(&Rule::text) {
        return errors::quoted_name(span, found);
    }
    let keywords = words_of(&rules);
    if rules.contains(&Rule::field_type) {
        let types: Vec<String> = words::TYPES.iter().map(|w| (*w).to_owned()).collect();
        let synonym = words::TYPE_SYNONYMS.iter().find(|(other, _)| *other == found.to_lowercase());
        let meant = synonym.map(|(_, right)| *right).or_else(|| similar(found, &types));
        return errors::unknown_type(span, found, meant, &types);
    }
    let found_similar = synonym(found, &keywords).or_else(|| similar(found, &keywords));
    if found_similar.is_none()
        && let Some(diagnostic) =
            repair::one_word(r, statement, Some(at), &rules).or_else(|| habits::spaced_name(r, statement, at))
    {
        return diagnostic;
    }
    if rules.contains(&Rule::text)
        && let Some(diagnostic) = habits::bare_text(r, statement, at)
    {
        return diagnostic;
    }
    if rules.contains(&Rule::EOI) {
        if matches!(found, "<" | "<=" | ">" | ">=" | "is") {
            return errors::chained_comparison(span);
        }
        let in_list = rules.contains(&Rule::comma)
            && found_similar.is_none()
            && !rules.iter().any(|x| *x != Rule::EOI && describe::follows_any_value(*x));
        if let (true, Some(before)) = (in_list && at > first, r.tokens.get(at - 1)) {
            return errors::comma_missing(span, r.span(before.end, before.end));
        }
        let word = r.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word);
        if found_similar.is_none() && word && at > first && r.reads(rule, first, at - 1) && r.reads(rule, at, last) {
            let gap = r.span(r.end_before(at), r.range(at, at).0);
            return errors::own_line(span, found, Edit { span: gap, text: format!("\n{}", r.indent(first)) });
        }
        let going_on =
            words_of(&rules.iter().copied().filter(|x| !describe::follows_any_value(*x)).collect::<Vec<_>>());
        return errors::not_expected(span, found, found_similar, &going_on);
    }
    let diagnostic = errors::expected(span, found, &expectation(&rules));
    match found_similar {
        Some(word) => diagnostic.help(format!("did you mean `{word}`?")).edit(span, word),
        None => diagnostic,
    }
}

/// `each month`, where it is `each calendar month` or a sliding time.
fn bare_period(r: &Reader<'_>, statement: Place, at: usize) -> Diagnostic {
    let (span, period) = (r.token_span(at), r.token_text(at));
    let word = at.saturating_sub(1);
    let sliding = Edit { span: r.token_span(word).to(span), text: format!("in any 1 {period}") };
    let sliding = repair::reading(r, statement, &[sliding]) == Reading::Whole;
    errors::bare_period(span, r.token_text(word), period, sliding)
}

/// Why a text with `{…}` cannot be read.
pub(super) fn explain_snippet(span: Span, code: &str, error: &Error<Rule>) -> Diagnostic {
    let rules = expected_rules(error);
    errors::expected(span, code, &expectation(&rules))
}

fn is_blank(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Newline | TokenKind::Comment)
}

fn expected_rules(error: &Error<Rule>) -> Vec<Rule> {
    match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.clone(),
        ErrorVariant::CustomError { .. } => Vec::new(),
    }
}

fn ends_early(r: &Reader<'_>, first: usize, last: usize, rules: &[Rule]) -> Diagnostic {
    let last = (first..=last).rev().find(|&i| r.tokens.get(i).is_some_and(|t| !is_blank(t))).unwrap_or(last);
    errors::ends_early(r.token_span(last), r.token_text(last), &expectation(rules))
}

/// A first word that is none of the block's, or is nearly one of them.
fn statement_word(r: &Reader<'_>, Place { rule, first, last }: Place, at: usize) -> Option<Diagnostic> {
    let word = r.token_text(first);
    let span = r.token_span(first);
    let known = first_words(rule);
    if known.is_empty() || known.iter().any(|k| k == word) {
        return None;
    }
    let lower = word.to_lowercase();
    let capitals = known.iter().find(|known| **known == lower).map(String::as_str);
    // A reward's `limit` is how many there are, and its `minimum` is of the basket: neither is the most that one is worth.
    let most = rule == Rule::reward_lines && matches!(lower.as_str(), "max" | "maximum" | "cap");
    let near = || capitals.or_else(|| synonym(word, &known)).or_else(|| similar(word, &known));
    let similar = if most { None } else { near() };
    let names_first = matches!(
        rule,
        Rule::event_lines
            | Rule::member_lines
            | Rule::field_lines
            | Rule::tiers_lines
            | Rule::scenario_lines
            | Rule::table_lines
    );
    if names_first && (similar.is_none() || at == first) {
        return None;
    }
    if rule == Rule::item {
        return Some(errors::unknown_item(span, word, similar, &known));
    }
    if similar.is_none() && r.tokens.get(first).is_some_and(|token| token.kind != TokenKind::Word) {
        let missing = repair::first_word(r, Place { rule, first, last }, &known);
        if missing.is_some() {
            return missing;
        }
    }
    if rule == Rule::boost_lines && similar.is_none() {
        return Some(boost_statement(r, Place { rule, first, last }, known));
    }
    Some(errors::unknown_statement(span, word, describe::block(rule), similar, &allowed(rule, known.clone())))
}

/// The words of statements without those that are read only so that it can be told where they belong.
fn allowed(rule: Rule, mut known: Vec<String>) -> Vec<String> {
    let elsewhere: &[&str] = match rule {
        Rule::boost_lines => &["cooldown", "refunds"],
        Rule::reward_lines | Rule::redeem_lines => &["cooldown", "funded", "needs", "refunds", "stack"],
        _ => &[],
    };
    known.retain(|word| !elsewhere.contains(&word.as_str()));
    known
}

/// A statement of a boost that begins with none of their words: its amount, where it is no name or can be read as a whole.
fn boost_statement(r: &Reader<'_>, place: Place, known: Vec<String>) -> Diagnostic {
    let (span, block) = (r.token_span(place.first), describe::block(place.rule));
    let (start, end) = r.range(place.first, place.last);
    let edit = Edit { span: r.span(start, start), text: "give ".to_owned() };
    let word = r.tokens.get(place.first).is_some_and(|token| token.kind == TokenKind::Word);
    let least = if word { Reading::Whole } else { Reading::Beyond };
    if repair::reading(r, place, std::slice::from_ref(&edit)) >= least {
        let amount = r.text.get(start..end).unwrap_or_default();
        let d = errors::unknown_statement(r.span(start, end), amount, block, None, &[]);
        return Diagnostic { edits: vec![edit], ..d.help(format!("where an amount is meant, write `give {amount}`")) };
    }
    errors::unknown_statement(span, r.token_text(place.first), block, None, &allowed(place.rule, known))
}

/// The words with which a statement of this rule can begin: asked of the grammar, so that there is one list.
pub(super) fn first_words(rule: Rule) -> Vec<String> {
    match Grammar::parse(rule, "\u{1}") {
        Err(error) => words_of(&expected_rules(&error)),
        Ok(_) => Vec::new(),
    }
}

fn words_of(rules: &[Rule]) -> Vec<String> {
    let mut out: Vec<String> = rules.iter().filter_map(|r| describe::keyword(*r)).collect();
    out.extend(rules.iter().flat_map(|r| describe::choices(*r)).map(|w| (*w).to_owned()));
    out.sort();
    out.dedup();
    out
}

/// The word of these that another one is tried for.
fn synonym(found: &str, words: &[String]) -> Option<&'static str> {
    let known = |right: &str| words.iter().any(|word| word == right);
    words::SYNONYMS.iter().find(|(other, right)| *other == found && known(right)).map(|(_, right)| *right)
}

/// The word that was probably meant.
pub(super) fn similar<'w>(found: &str, words: &'w [String]) -> Option<&'w str> {
    let length = found.chars().count();
    let limit = match length {
        0..=2 => return None,
        3..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let distance = |w: &&String| strsim::damerau_levenshtein(found, w);
    // Only words of a fitting length: a name may be as long as a file.
    let best = words.iter().filter(|w| w.chars().count().abs_diff(length) <= limit).min_by_key(distance)?;
    (distance(&best) <= limit).then_some(best.as_str())
}

/// What was expected, in words; at most five alternatives.
fn expectation(rules: &[Rule]) -> String {
    let specific: Vec<Rule> = rules.iter().copied().filter(|r| !describe::follows_any_value(*r)).collect();
    let rules = if specific.is_empty() { rules } else { &specific };
    let mut phrases: Vec<String> = Vec::new();
    for phrase in rules.iter().filter_map(|r| describe::phrase(*r)) {
        if !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    }
    if phrases.len() > 6 {
        phrases.truncate(5);
        return format!("{} or the like", phrases.join(", "));
    }
    match phrases.split_last() {
        None => "something else".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}
