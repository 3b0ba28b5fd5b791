//! Phrases of everyday language that this language says otherwise.

use super::super::errors;
use super::super::grammar::Rule;
use super::super::layout::{Bracket, TokenKind};
use super::super::reader::Reader;
use super::super::repair::{Place, Reading, reading};
use crate::diagnostic::{Diagnostic, Edit};
use crate::value::Weekday;

/// A phrase, where it stands, and what to write instead.
struct Phrase {
    /// The first word of the statement; none where it may be any.
    of: &'static [&'static str],
    /// Words and signs, or one of the following: `<n>` a number, `<u>` a unit of time, `<p>` a period, `<ly>` a word such as
    /// `monthly`, `<d>` a weekday, `<ds>` a run of weekdays, `<v>` a value, `<c>` what a table or function says, `<w>` a word, `<t>` a text,
    /// `$` the end of the statement.
    words: &'static str,
    /// The same in the language; `{0}` is the first of the parts that may vary.
    right: &'static str,
    /// Why, as the sentence of the message.
    why: &'static str,
}

const fn phrase(of: &'static [&'static str], words: &'static str, right: &'static str, why: &'static str) -> Phrase {
    Phrase { of, words, right, why }
}

const ANY: &[&str] = &[];
const LIMIT: &[&str] = &["limit", "budget", "match"];
const MEASURE: &[&str] = &["measure"];
const EXPIRES: &[&str] = &["expires"];
const HOLDS: &[&str] = &["holds", "grant"];
const CLOCK: &[&str] = &["rule", "drawn", "every"];
const EACH: &[&str] = &["settles", "pool", "window", "goal"];
const GOAL: &[&str] = &["goal", "rule"];
const GIVES: &[&str] = &["gives"];
const ROUND: &[&str] = &["round"];

const ANEW: &str = "a limit counts anew in each calendar period";
const BY_MEMBER: &str = "a limit counts for each member anyway; say over what time";
const SLIDING: &str = "a sliding time is written with `in any`";
const PERIOD: &str = "a measure counts over a calendar period or the last so many days";
const TAIL: &str = "how a measure counts stands behind a comma";
const EARNING: &str = "say after what the time counts";
const YEARLY: &str = "points expire at the end of a period";
const RHYTHM: &str = "the clock's rhythm is a calendar period";
const REACHES: &str = "a goal is reached, not compared";
const RANGE: &str = "a range is written with `in` and `to`";
const COMPARE: &str = "conditions compare with signs";
const PERCENT: &str = "a percentage is written with its sign";
const KIND: &str = "say what kind of gift it is, then how much";
const OWN_LINE: &str = "this is a statement of its own";
const VALID: &str = "how long a gift is valid begins with `valid`";
const PIECES: &str = "what is given for each piece is given `per 1` of them";
const ABOUT: &str = "the date comes first, what it is about stands in braces";
const REVERSES: &str = "an event that takes another one back `reverses` it";
const SEASON: &str = "a season is a statement of its own, `during`";
const WEEKDAYS: &str = "weekdays are listed with commas";
const TABLE: &str = "what a table or function says is a plain number";
const CAPS: &[&str] = &["max", "maximum", "cap"];
const CONDITIONS: &[&str] = &["when", "where", "only", "reach", "keep", "always", "segment"];

/// In the order in which they are tried: longer ones before their parts.
const PHRASES: &[Phrase] = &[
    phrase(LIMIT, "limit once per <p>", "limit 1 times each calendar {0}", ANEW),
    phrase(LIMIT, "limit once a <p>", "limit 1 times each calendar {0}", ANEW),
    phrase(LIMIT, "limit once every <p>", "limit 1 times each calendar {0}", ANEW),
    phrase(LIMIT, "limit once each <p>", "limit 1 times each calendar {0}", ANEW),
    phrase(LIMIT, "<n> per customer per <p>", "{0} times each calendar {1}", ANEW),
    phrase(LIMIT, "<n> per member per <p>", "{0} times each calendar {1}", ANEW),
    phrase(LIMIT, "per customer per <p>", "each calendar {0}", ANEW),
    phrase(LIMIT, "per member per <p>", "each calendar {0}", ANEW),
    phrase(LIMIT, "<n> per customer", "{0} times ever", BY_MEMBER),
    phrase(LIMIT, "per customer", "ever", BY_MEMBER),
    phrase(LIMIT, "<n> per member", "{0} times ever", BY_MEMBER),
    phrase(LIMIT, "per member", "ever", BY_MEMBER),
    phrase(LIMIT, "<n> per <p>", "{0} times each calendar {1}", ANEW),
    phrase(LIMIT, "<n> a <p>", "{0} times each calendar {1}", ANEW),
    phrase(LIMIT, "limit <n> $", "limit {0} times ever", "say how often, and over what time"),
    phrase(LIMIT, "limit once", "limit 1 times ever", "say how often"),
    phrase(LIMIT, "per <p>", "each calendar {0}", ANEW),
    phrase(LIMIT, "a <p>", "each calendar {0}", ANEW),
    phrase(LIMIT, "every <p>", "each calendar {0}", ANEW),
    phrase(LIMIT, "in a <p>", "each calendar {0}", ANEW),
    phrase(LIMIT, "<ly>", "each calendar {0}", ANEW),
    phrase(LIMIT, "each <n> <u>", "in any {0} {1}", SLIDING),
    phrase(LIMIT, "every <n> <u>", "in any {0} {1}", SLIDING),
    phrase(LIMIT, "per <n> <u>", "in any {0} {1}", SLIDING),
    phrase(LIMIT, "within <n> <u>", "in any {0} {1}", SLIDING),
    phrase(MEASURE, "number of", "count of", "events are counted with `count of`"),
    phrase(MEASURE, "total of", "sum of", "amounts are added up with `sum of`"),
    phrase(MEASURE, ", this <p>", ", each calendar {0}", PERIOD),
    phrase(MEASURE, "this <p>", ", each calendar {0}", PERIOD),
    phrase(MEASURE, ", per <p>", ", each calendar {0}", PERIOD),
    phrase(MEASURE, "per <p>", ", each calendar {0}", PERIOD),
    phrase(MEASURE, ", <ly>", ", each calendar {0}", PERIOD),
    phrase(MEASURE, ", each <n> <u>", ", last {0} {1}", PERIOD),
    phrase(MEASURE, "each <n> <u>", ", last {0} {1}", PERIOD),
    phrase(MEASURE, "each <p>", ", each calendar {0}", PERIOD),
    phrase(MEASURE, "net when reversed", ", net when reversed", TAIL),
    phrase(MEASURE, "gross $", ", gross", TAIL),
    phrase(MEASURE, "ever $", ", ever", TAIL),
    phrase(MEASURE, "in the last <n> <u>", ", last {0} {1}", PERIOD),
    phrase(MEASURE, "in last <n> <u>", ", last {0} {1}", PERIOD),
    phrase(MEASURE, "last <p>", "last 1 {0}", "a sliding time has a number; `each calendar …` begins anew"),
    phrase(MEASURE, "avg of", "average of", "the middle of values is their `average of`"),
    phrase(MEASURE, "mean of", "average of", "the middle of values is their `average of`"),
    phrase(MEASURE, "max of", "largest of", "the highest of values is the `largest of` them"),
    phrase(MEASURE, "maximum of", "largest of", "the highest of values is the `largest of` them"),
    phrase(MEASURE, "min of", "smallest of", "the lowest of values is the `smallest of` them"),
    phrase(MEASURE, "minimum of", "smallest of", "the lowest of values is the `smallest of` them"),
    phrase(MEASURE, ", where", " where", "what is counted and `where` stand side by side, without a comma"),
    phrase(MEASURE, "when", "where", "a measure chooses what it counts with `where`"),
    phrase(MEASURE, "if", "where", "a measure chooses what it counts with `where`"),
    phrase(&["never"], "never expires", "expires never", "a statement begins with its word"),
    phrase(&["refunds"], "negative", "below zero", "a balance goes below zero"),
    phrase(&["from"], "from <v> to <v>", "during {0} to {1}", SEASON),
    phrase(&["from"], "from <v> until <v>", "during {0} to {1}", SEASON),
    phrase(&["between"], "between <v> and <v>", "during {0} to {1}", SEASON),
    phrase(&["on"], "on <v>", "during {0}", SEASON),
    phrase(&["give"], "on <d> $", "\nduring {0}", OWN_LINE),
    phrase(&["during"], "<ds>", "{0}", WEEKDAYS),
    phrase(&["during"], "<d> and <d>", "{0}, {1}", WEEKDAYS),
    phrase(&["during"], "<d> or <d>", "{0}, {1}", WEEKDAYS),
    phrase(&["during"], "<v> until <v>", "{0} to {1}", RANGE),
    phrase(ANY, "<v> through <v>", "{0} to {1}", RANGE),
    phrase(&["give"], "give badge <w>", "badge {0}", OWN_LINE),
    phrase(&["give"], "give reward <w>", "issue {0}", "a reward is issued"),
    phrase(&["send"], "send message", "message", "a message begins with its word"),
    phrase(&["give"], "up to <v>", "\nlimit {0}", OWN_LINE),
    phrase(&["rule"], "when no <v> for <n> <u>", "{1} {2} after last {0}", "who stays away is found by the last event"),
    phrase(&["rule"], "is <w> $", "rises to {0}", "a tier is reached by rising"),
    phrase(&["rule"], "when <w> $", "on {0}", "a rule hears of an event with `on`"),
    phrase(&["rule"], "becomes <v>", "rises to {0}", "a tier is reached by rising"),
    phrase(CONDITIONS, ",", " and", "conditions that must all hold are joined with `and`"),
    phrase(EXPIRES, "after <n> <u> without <v>", "{0} {1} after last {2}", "who stays away is found by the last event"),
    phrase(EXPIRES, "<n> <u> without <v>", "{0} {1} after last {2}", "who stays away is found by the last event"),
    phrase(EXPIRES, "after <n> <u>", "{0} {1} after earning", EARNING),
    phrase(EXPIRES, "in <n> <u>", "{0} {1} after earning", EARNING),
    phrase(EXPIRES, "within <n> <u>", "{0} {1} after earning", EARNING),
    phrase(EXPIRES, "<n> <u> $", "{0} {1} after earning", EARNING),
    phrase(EXPIRES, "<ly>", "at end of calendar {0}", YEARLY),
    phrase(EXPIRES, "every <p>", "at end of calendar {0}", YEARLY),
    phrase(EXPIRES, "each <p>", "at end of calendar {0}", YEARLY),
    phrase(HOLDS, "holds <n> <u>", "holds for {0} {1}", "how long a tier is held begins with `for` or `until`"),
    phrase(HOLDS, "forever", "for ever", "`for ever` is two words"),
    phrase(ANY, "forever", "ever", "`ever` means without an end"),
    phrase(EACH, "<ly>", "each calendar {0}", RHYTHM),
    phrase(EACH, "every <p>", "each calendar {0}", RHYTHM),
    phrase(CLOCK, "<ly>", "every calendar {0}", RHYTHM),
    phrase(CLOCK, "every <d>", "every calendar week on {0}", RHYTHM),
    phrase(CLOCK, "on <n> $", "on day {0}", "a day of the period is a number behind `day`"),
    phrase(CLOCK, "each <p>", "every calendar {0}", RHYTHM),
    phrase(CLOCK, "each calendar <p>", "every calendar {0}", RHYTHM),
    phrase(GOAL, ">=", "reaches", REACHES),
    phrase(GOAL, ">", "reaches", REACHES),
    phrase(GOAL, "is", "reaches", REACHES),
    phrase(GOAL, "at least", "reaches", REACHES),
    phrase(GOAL, "exceeds", "reaches", REACHES),
    phrase(GIVES, "voucher of <v>", "voucher {0}", KIND),
    phrase(GIVES, "discount of <v>", "discount {0}", KIND),
    phrase(GIVES, "credit of <v>", "credit {0}", KIND),
    phrase(GIVES, "gives <t>", "gives product {0}", KIND),
    phrase(GIVES, "<v> voucher", "voucher {0}", KIND),
    phrase(GIVES, "<v> discount", "discount {0}", KIND),
    phrase(GIVES, "<v> off", "discount {0}", KIND),
    phrase(GIVES, "<v> credit", "credit {0}", KIND),
    phrase(GIVES, "free shipping", "shipping", KIND),
    phrase(GIVES, "valid for <n> <u>", "valid {0} {1}", "how long a gift is valid stands right behind the word"),
    phrase(GIVES, "for <n> <u>", "valid {0} {1}", VALID),
    phrase(GIVES, "expires after <n> <u>", "valid {0} {1}", VALID),
    phrase(GIVES, "expires in <n> <u>", "valid {0} {1}", VALID),
    phrase(GIVES, "stock <n>", "\nstock {0}", OWN_LINE),
    phrase(ROUND, "floor", "down", "rounding goes `down`, `up`, to the `nearest` or to `half even`"),
    phrase(ROUND, "ceil", "up", "rounding goes `down`, `up`, to the `nearest` or to `half even`"),
    phrase(ROUND, "ceiling", "up", "rounding goes `down`, `up`, to the `nearest` or to `half even`"),
    phrase(ROUND, "half up", "nearest", "`nearest` rounds halves up"),
    phrase(ANY, "<n> percent", "{0}%", PERCENT),
    phrase(ANY, "<n> pct", "{0}%", PERCENT),
    phrase(ANY, "<n> per cent", "{0}%", PERCENT),
    phrase(ANY, "is between <v> and <v>", "in {0} to {1}", RANGE),
    phrase(ANY, "between <v> and <v>", "in {0} to {1}", RANGE),
    phrase(ANY, "is at least <v>", ">= {0}", COMPARE),
    phrase(ANY, "at least <v>", ">= {0}", COMPARE),
    phrase(ANY, "is at most <v>", "<= {0}", COMPARE),
    phrase(ANY, "at most <v>", "<= {0}", COMPARE),
    phrase(ANY, "is more than <v>", "> {0}", COMPARE),
    phrase(ANY, "more than <v>", "> {0}", COMPARE),
    phrase(ANY, "is less than <v>", "< {0}", COMPARE),
    phrase(ANY, "less than <v>", "< {0}", COMPARE),
    phrase(ANY, "is greater than <v>", "> {0}", COMPARE),
    phrase(ANY, "greater than <v>", "> {0}", COMPARE),
    phrase(ANY, "equals <v>", "is {0}", COMPARE),
    phrase(ANY, "of <w> over <w>", "of ({0}) over {1}", "what is taken of each line stands in brackets"),
    phrase(ANY, "over <v>", "> {0}", COMPARE),
    phrase(ANY, "above <v>", "> {0}", COMPARE),
    phrase(ANY, "under <v>", "< {0}", COMPARE),
    phrase(ANY, "below <v>", "< {0}", COMPARE),
    phrase(&["give"], "<c> <w> per <v> of", "{0} * 1 {1} per {2} of", TABLE),
    phrase(&["give"], "<c> <w> $", "{0} as {1}", TABLE),
    phrase(ANY, "<c> of", "{0} *", TABLE),
    phrase(CAPS, "<w> <v> of <w>", "at most {1} of {2}", "how much of a bill may be paid is said with `at most`"),
    phrase(&["give"], "<v> <v> of", "{0} per {1} of", "a rate is written with `per`"),
    phrase(&["give", "boost"], "of <v> per <v>", "per {1} of {0}", "a rate names its step first, then of what"),
    phrase(ANY, "for each <v> of", "per {0} of", "a rate is written with `per`; `for every full` counts whole steps"),
    phrase(ANY, "for every <v> of", "per {0} of", "a rate is written with `per`; `for every full` counts whole steps"),
    phrase(&["event"], "cancels", "reverses", REVERSES),
    phrase(&["event"], "refunds", "reverses", REVERSES),
    phrase(&["event"], "returns", "reverses", REVERSES),
    phrase(&["event"], "undoes", "reverses", REVERSES),
    phrase(&["event"], "of", "reverses", REVERSES),
    phrase(ANY, "redeems <v> <v>", "redeems {1} { reward {0} }", ABOUT),
    phrase(ANY, "activates <v> <v>", "activates {1} { offer {0} }", ABOUT),
    phrase(&["give"], "for each <w> $", "per 1 of {0}", PIECES),
    phrase(&["give"], "for every <w> $", "per 1 of {0}", PIECES),
    phrase(&["give"], "per <w> $", "per 1 of {0}", PIECES),
    phrase(&["give"], "times <v>", "* {0}", "one number is multiplied by another with `*`"),
    phrase(&["boost"], "boost + <v>", "boost {0}", "a boost is added anyway"),
    phrase(ANY, "on every", "on", "an event stands right after `on`"),
    phrase(ANY, "on each", "on", "an event stands right after `on`"),
    phrase(ANY, "on a", "on", "an event stands right after `on`"),
    phrase(ANY, "once per <p>", "\nlimit 1 times each calendar {0}", OWN_LINE),
    phrase(ANY, "once", "\nlimit 1 times ever", OWN_LINE),
    phrase(ANY, "limit", "\nlimit", OWN_LINE),
    phrase(ANY, "if", "when", "conditions begin with `when`"),
    phrase(ANY, "with", "when", "conditions begin with `when`"),
    phrase(ANY, "where", "when", "conditions of the whole event begin with `when`"),
];

const TIER: &str = "a tier is reached `at` a value";

/// Phrases of fields, whose first word is a name.
const OF_FIELDS: &[Phrase] = &[
    phrase(ANY, ", required", "", "a field is required unless it is `optional`"),
    phrase(ANY, "required", "", "a field is required unless it is `optional`"),
    phrase(ANY, "one of <w> or <w>", "one of {0}, {1}", "words are listed with commas"),
    phrase(ANY, "one of <w> and <w>", "one of {0}, {1}", "words are listed with commas"),
    phrase(ANY, ", or", ",", "words are listed with commas"),
    phrase(ANY, "yes / no", "flag", "what is true or not is a `flag`"),
    phrase(ANY, "yes or no", "flag", "what is true or not is a `flag`"),
];

/// Phrases of lines of tiers, whose first word is a name.
const OF_TIERS: &[Phrase] = &[
    phrase(ANY, "from <v> to <v>", "at {0}", TIER),
    phrase(ANY, "when <v> >= <v>", "at {1}", TIER),
    phrase(ANY, "<v> to <v>", "at {0}", TIER),
    phrase(ANY, "below <v>", "", "the first tier is everybody's and has no condition"),
    phrase(ANY, "under <v>", "", "the first tier is everybody's and has no condition"),
    phrase(ANY, "from <v>", "at {0}", TIER),
    phrase(ANY, ">= <v>", "at {0}", TIER),
    phrase(ANY, "> <v>", "at {0}", TIER),
    phrase(ANY, "when <v>", "at {0}", TIER),
];

/// A phrase that stands in a statement, if the statement can be read with what it means.
pub(super) fn find(r: &Reader<'_>, place: Place, failed: usize) -> Option<Diagnostic> {
    let head = match r.token_text(place.first) {
        _ if place.rule == Rule::limit_lines => "limit",
        "also" => r.token_text(place.first + 1),
        word => word,
    };
    let own: &[Phrase] = match place.rule {
        Rule::tiers_lines | Rule::level_head => OF_TIERS,
        Rule::event_lines | Rule::member_lines | Rule::field_lines => OF_FIELDS,
        _ => &[],
    };
    let mut beyond = None;
    for phrase in own.iter().chain(PHRASES).filter(|phrase| phrase.of.is_empty() || phrase.of.contains(&head)) {
        for at in place.first..=place.last {
            let Some((last, parts)) = matched(r, place, phrase.words, at) else { continue };
            let right = written(phrase.right, &parts);
            let from = if right.is_empty() || right.starts_with(['\n', ' ', ',']) {
                r.end_before(at)
            } else {
                r.range(at, at).0
            };
            let span = r.span(from, r.range(last, last).1);
            let text = right.replace('\n', &format!("\n{}", r.indent(place.first)));
            let edit = Edit { span, text };
            let found = || {
                errors::phrase(r.span(r.range(at, at).0, r.range(last, last).1), right.trim(), phrase.why, edit.clone())
            };
            match reading(r, place, std::slice::from_ref(&edit)) {
                Reading::Whole => return Some(found()),
                // What was read before is no mistake because something else is one.
                Reading::Beyond if beyond.is_none() && failed <= last + 1 => beyond = Some(found()),
                _ => {}
            }
        }
    }
    beyond
}

/// The last token of a phrase that begins at token `at`, and its parts that may vary.
fn matched(r: &Reader<'_>, place: Place, words: &str, at: usize) -> Option<(usize, Vec<String>)> {
    let (mut next, mut parts) = (at, Vec::new());
    for word in words.split(' ') {
        if word == "$" {
            if next <= place.last {
                return None;
            }
            continue;
        }
        if next > place.last {
            return None;
        }
        let text = r.token_text(next);
        let kind = r.tokens.get(next)?.kind;
        let (part, used) = match word {
            "<n>" => (number(kind, text)?, 1),
            "<u>" => (super::time_unit(text)?.to_owned(), 1),
            "<p>" => (super::period(text)?.to_owned(), 1),
            "<ly>" => (rhythm(text)?.to_owned(), 1),
            "<d>" => (Weekday::parse(text)?.to_string(), 1),
            "<ds>" => (weekdays(text, r.token_text(next + 1), r.token_text(next + 2))?, 3),
            "<t>" if kind == TokenKind::Text => (text.to_owned(), 1),
            "<w>" if kind == TokenKind::Word => (text.to_owned(), 1),
            "<v>" => value(r, place, next)?,
            "<c>" => call(r, place, next)?,
            other if text.eq_ignore_ascii_case(other) => {
                next += 1;
                continue;
            }
            _ => return None,
        };
        parts.push(part);
        next += used;
    }
    Some((next.checked_sub(1)?, parts))
}

fn number(kind: TokenKind, text: &str) -> Option<String> {
    (kind == TokenKind::Literal && text.bytes().all(|b| b.is_ascii_digit() || b == b'_' || b == b'.'))
        .then(|| text.to_owned())
}

fn rhythm(text: &str) -> Option<&'static str> {
    Some(match text {
        "daily" => "day",
        "weekly" => "week",
        "monthly" => "month",
        "quarterly" => "quarter",
        "yearly" | "annually" => "year",
        _ => return None,
    })
}

/// `monday to friday`: each of the days.
fn weekdays(first: &str, joined: &str, last: &str) -> Option<String> {
    let days = Weekday::parse(first)?.through(Weekday::parse(last)?);
    let days: Vec<String> = days.map(|day| day.to_string()).collect();
    (matches!(joined, "to" | "-" | "until" | "through") && days.len() > 1).then(|| days.join(", "))
}

/// A value of few tokens: money, a number with or without its unit, a name with or without dots.
fn value(r: &Reader<'_>, place: Place, at: usize) -> Option<(String, usize)> {
    let kind = |at: usize| r.tokens.get(at).filter(|_| at <= place.last).map(|token| token.kind);
    let mut end = at;
    match kind(at)? {
        TokenKind::MoneySign if kind(at + 1) == Some(TokenKind::Literal) => end += 1,
        TokenKind::Literal => {
            let counted = number(TokenKind::Literal, r.token_text(at)).is_some();
            let unit = counted && kind(at + 1) == Some(TokenKind::Word);
            let word = r.token_text(at + 1);
            let part = !super::super::words::RESERVED.contains(&word)
                && !matches!(word, "voucher" | "discount" | "off" | "credit");
            end += usize::from(unit && part);
        }
        TokenKind::Word => {
            while kind(end + 1) == Some(TokenKind::Dot) && kind(end + 2) == Some(TokenKind::Word) {
                end += 2;
            }
        }
        _ => return None,
    }
    let (from, to) = r.range(at, end);
    Some((r.text.get(from..to)?.to_owned(), end + 1 - at))
}

/// `name(…)` or `name[…]`.
fn call(r: &Reader<'_>, place: Place, at: usize) -> Option<(String, usize)> {
    let kind = |at: usize| r.tokens.get(at).map(|token| token.kind);
    if !matches!(
        (kind(at), kind(at + 1)),
        (Some(TokenKind::Word), Some(TokenKind::Open(Bracket::Round | Bracket::Square)))
    ) {
        return None;
    }
    let mut open = 0_usize;
    let end = (at + 1..=place.last).find(|at| {
        match kind(*at) {
            Some(TokenKind::Open(_)) => open += 1,
            Some(TokenKind::Close(_)) => open = open.saturating_sub(1),
            _ => {}
        }
        open == 0
    })?;
    let (from, to) = r.range(at, end);
    Some((r.text.get(from..to)?.to_owned(), end + 1 - at))
}

fn written(right: &str, parts: &[String]) -> String {
    parts.iter().enumerate().fold(right.to_owned(), |text, (at, part)| text.replace(&format!("{{{at}}}"), part))
}
