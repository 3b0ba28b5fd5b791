//! Signs that the language does not have, or says differently.

use super::super::errors;
use super::super::grammar::Rule;
use super::super::layout::{Token, TokenKind};
use super::super::reader::Reader;
use super::super::repair::{Place, Reading, reading};
use crate::diagnostic::{Diagnostic, Edit};
use crate::source::Span;
use crate::unseen::is_invisible;

/// A sign that is right nowhere in the language, with all of its kind in the statement.
pub(super) fn find(r: &Reader<'_>, place: Place) -> Option<Diagnostic> {
    let found = (place.first..=place.last).find_map(|at| never_right(r, place, at).map(|found| (at, found)));
    let (at, found) = found?;
    let mut edits = found.edits.clone();
    for other in at + 1..=place.last {
        let behind = edits.last().is_none_or(|edit| r.range(other, other).0 >= edit.span.end as usize);
        let next = never_right(r, place, other).filter(|next| behind && next.code == found.code);
        edits.extend(next.into_iter().flat_map(|next| next.edits));
    }
    Some(Diagnostic { edits, ..found })
}

/// What may be meant by a sign, and what is said about it; the first that can be read is taken.
fn meanings(sign: &str, rule: Rule) -> &'static [(&'static str, &'static str)] {
    const IS: (&str, &str) = ("is", "conditions compare with `is`");
    const REACHES: (&str, &str) = ("reaches", "write `reaches`");
    const TO: (&str, &str) = ("->", "write `->` for conversion");
    const NOTHING: (&str, &str) = ("", "a word and what follows it stand side by side, without a sign");
    match sign {
        "&&" | "&" => &[("and", "write `and`")],
        "||" | "|" => &[("or", "write `or`")],
        "==" => &[("is", "write `is`"), REACHES, TO, NOTHING],
        "=" if rule == Rule::scenario_lines => &[NOTHING, IS],
        "=" => &[IS, REACHES, TO, NOTHING, ("at", "a tier is reached `at` a value")],
        "!=" | "<>" | "≠" => &[("is not", "write `is not`")],
        "=>" => &[(">=", "write `>=` for at least, `->` for conversion"), TO, ("=", "write `=`")],
        "!" => &[("not ", "write `not`")],
        "×" => &[("x", "write a factor with `x`"), ("*", "write `*`")],
        "->" => &[NOTHING],
        ":" => &[NOTHING, (" {", "a block stands in braces")],
        _ => &[],
    }
}

/// A sign in its place, with the first meaning that can be read; `None` where it has none.
fn sign(r: &Reader<'_>, place: Place, at: usize, always: bool) -> Option<Diagnostic> {
    let (found, span) = (r.token_text(at), r.token_span(at));
    let meanings = meanings(found, place.rule);
    let all = |right: &str| -> Vec<Edit> {
        let same = (at..=place.last).filter(|&other| r.token_text(other) == found);
        same.map(|other| Edit { span: blank_before(r, other, right), text: apart(r, other, right) }).collect()
    };
    let one = |right: &str| vec![Edit { span: blank_before(r, at, right), text: apart(r, at, right) }];
    // Only a number is a factor.
    let number =
        at.checked_sub(1).and_then(|before| r.tokens.get(before)).is_some_and(|t| t.kind == TokenKind::Literal);
    let readable = |least: Reading| {
        let fits = |right: &str| reading(r, place, &all(right)).max(reading(r, place, &one(right))) >= least;
        meanings.iter().find(|(right, _)| (*right != "x" || number) && fits(right))
    };
    let meant = readable(Reading::Whole).or_else(|| readable(Reading::Beyond));
    let (right, help) = meant.or_else(|| meanings.first().filter(|_| always))?;
    let edits = if reading(r, place, &all(right)) == Reading::Whole { all(right) } else { one(right) };
    Some(errors::sign(span, found, edits, help))
}

/// A factor has no blank before its `x`, and nothing leaves no blank behind.
fn blank_before(r: &Reader<'_>, at: usize, right: &str) -> Span {
    let (start, end) = r.range(at, at);
    if matches!(right, "x" | "") { r.span(r.end_before(at).min(start), end) } else { r.span(start, end) }
}

/// What takes the place of a sign, with blanks where it would make one word with what stands beside it.
fn apart(r: &Reader<'_>, at: usize, right: &str) -> String {
    let (start, end) = r.range(at, at);
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '"'));
    let before = joins(r.text.get(..start).and_then(|text| text.chars().next_back()));
    let behind = joins(r.text.get(end..).and_then(|text| text.chars().next()));
    match right {
        "x" => right.to_owned(),
        "" => (if before && behind { " " } else { "" }).to_owned(),
        _ => {
            let first = if before && joins(right.chars().next()) { " " } else { "" };
            let last = if behind && joins(right.chars().next_back()) { " " } else { "" };
            format!("{first}{right}{last}")
        }
    }
}

/// `=` and `->` where another sign or word is meant.
pub(super) fn equals(r: &Reader<'_>, place: Place, failed: usize) -> Option<Diagnostic> {
    let row = r.token_text(failed) == "->" && place.rule == Rule::table_lines;
    (r.token_text(failed) == "=" || row).then(|| sign(r, place, failed, true)).flatten()
}

fn never_right(r: &Reader<'_>, place: Place, i: usize) -> Option<Diagnostic> {
    let token = r.tokens.get(i)?;
    let found = token.text(r.text);
    let at = r.token_span(i);
    match token.kind {
        TokenKind::SlashComment => {
            let right = format!("#{}", found.trim_start_matches('/'));
            Some(errors::comment_form(at, "//", Some(right)))
        }
        TokenKind::BlockComment => {
            let inner = found.trim_start_matches("/*").trim_end_matches("*/").trim();
            let ends_line = r.tokens.get(i + 1).is_none_or(|t| t.kind == TokenKind::Newline);
            let right = (ends_line && !inner.contains('\n')).then(|| format!("# {inner}"));
            Some(errors::comment_form(at, "/*", right))
        }
        TokenKind::OpenText => Some(errors::unclosed_text(at)),
        TokenKind::Operator if matches!(found, "&&" | "||" | "==" | "!=" | "<>" | "=>") => sign(r, place, i, true),
        TokenKind::Stray => stray(r, place, i),
        _ => None,
    }
}

fn stray(r: &Reader<'_>, place: Place, i: usize) -> Option<Diagnostic> {
    let token = r.tokens.get(i)?;
    let c = token.text(r.text).chars().next()?;
    let at = r.token_span(i);
    let right = match c {
        '!' | '&' | '|' | '×' | ':' => return sign(r, place, i, true),
        ';' => {
            let next = r.tokens.get(i + 1).map(|t| t.kind);
            let at_end = i >= place.last || matches!(next, None | Some(TokenKind::Newline | TokenKind::Comment));
            let rest = r.span(r.end_before(i), r.start_after(i));
            return Some(errors::semicolon(at, (!at_end).then(|| (rest, r.indent(place.first)))));
        }
        '\'' | '`' => return Some(quotes(r, i, c)),
        '“' | '”' | '„' | '‟' | '«' | '»' | '＂' | '‘' | '’' | '‚' => {
            let inner = r.text.get(token.end..).and_then(|rest| rest.lines().next()).unwrap_or("");
            let inner = inner.split(['“', '”', '«', '»', '＂', '‘', '’', '"']);
            return Some(errors::curly_quotes(at, c, inner.into_iter().next().and_then(|inner| pair(r, token, inner))));
        }
        '，' | '、' if r.text.get(token.end..).is_some_and(|rest| !rest.starts_with([' ', '\n'])) => ", ",
        _ => plain(c)?,
    };
    Some(errors::typographic(at, c, right))
}

/// The sign that a word processor, a messenger or another keyboard made something else of.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{3000}' | '\u{2009}' => " ",
        _ if is_invisible(c) => "",
        '–' | '—' | '−' | '－' => "-",
        '…' => "...",
        '≥' => ">=",
        '≤' => "<=",
        '≠' => "is not",
        '→' => "->",
        '，' | '、' => ",",
        '．' | '。' => ".",
        '（' => "(",
        '）' => ")",
        '｛' => "{",
        '｝' => "}",
        '［' | '【' => "[",
        '］' | '】' => "]",
        '％' => "%",
        '＋' => "+",
        '＊' => "*",
        '／' | '÷' => "/",
        '＜' => "<",
        '＞' => ">",
        '＝' => "is",
        '＃' => "#",
        '；' => "",
        '：' => "",
        _ => return None,
    })
}

/// The span of a text in typographic quotes and the same text in straight ones, where the closing quote is there.
fn pair(r: &Reader<'_>, open: &Token, inner: &str) -> Option<(Span, String)> {
    let end = open.end + inner.len();
    let close = r.text.get(end..)?.chars().next().filter(|c| !matches!(c, '\n' | '\r'))?;
    Some((r.span(open.start, end + close.len_utf8()), format!("\"{inner}\"")))
}

/// `'text'`: the edit reaches to the closing quote.
fn quotes(r: &Reader<'_>, i: usize, quote: char) -> Diagnostic {
    let start = r.tokens.get(i).map_or(0, |t| t.start);
    let rest = r.text.get(start + 1..).unwrap_or("");
    let line = rest.lines().next().unwrap_or("");
    match line.split_once(quote) {
        Some((inner, _)) if !inner.contains('"') => {
            errors::single_quotes(r.span(start, start + inner.len() + 2), Some(format!("\"{inner}\"")))
        }
        _ => errors::single_quotes(r.token_span(i), None),
    }
}
