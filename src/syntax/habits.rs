//! What people write by habit from elsewhere, and what to write instead.

use super::errors;
use super::grammar::Rule;
use super::layout::{Token, TokenKind};
use super::reader::Reader;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// A habit in tokens `first..=last`; `at` is the token at which reading failed, none at the end.
pub(super) fn find(r: &Reader<'_>, rule: Rule, first: usize, last: usize, at: Option<usize>) -> Option<Diagnostic> {
    let anywhere = (first..=last).find_map(|i| never_right(r, i, last));
    anywhere.or_else(|| {
        let at = at.unwrap_or(last);
        (at.saturating_sub(2).max(first)..=at.min(last)).find_map(|i| rarely_right(r, rule, i, first, last, at))
    })
}

/// Signs that the language does not have at all.
fn never_right(r: &Reader<'_>, i: usize, last: usize) -> Option<Diagnostic> {
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
        TokenKind::OpenText => {
            let end = r.span(token.end, token.end);
            Some(errors::unclosed_text(at, end))
        }
        TokenKind::Operator => match found {
            "&&" => Some(errors::habit(at, found, "and", "write `and`")),
            "||" => Some(errors::habit(at, found, "or", "write `or`")),
            "==" => Some(errors::habit(at, found, "is", "write `is`")),
            "!=" | "<>" => Some(errors::habit(at, found, "is not", "write `is not`")),
            "=>" => Some(errors::habit(at, found, ">=", "write `>=` for at least, `->` for conversion")),
            _ => None,
        },
        TokenKind::Stray => stray(r, i, last),
        _ => None,
    }
}

fn stray(r: &Reader<'_>, i: usize, last: usize) -> Option<Diagnostic> {
    let token = r.tokens.get(i)?;
    let c = token.text(r.text).chars().next()?;
    let at = r.token_span(i);
    let right = match c {
        '!' => return Some(errors::habit(at, "!", "not ", "write `not`")),
        '&' => return Some(errors::habit(at, "&", "and", "write `and`")),
        '|' => return Some(errors::habit(at, "|", "or", "write `or`")),
        '×' => return Some(errors::habit(at, "×", "*", "write `*`")),
        ';' => {
            let next = r.tokens.get(i + 1).map(|t| t.kind);
            let at_end = i >= last || matches!(next, None | Some(TokenKind::Newline | TokenKind::Comment));
            return Some(errors::semicolon(at, at_end));
        }
        ':' => return Some(errors::habit(at, ":", "", "a name and what follows it stand side by side, without `:`")),
        '\'' | '`' => return Some(quotes(r, i, c)),
        '“' | '”' | '„' | '‟' | '«' | '»' | '＂' | '‘' | '’' | '‚' => {
            let inner = r.text.get(token.end..).and_then(|rest| rest.lines().next()).unwrap_or("");
            let inner = inner.split(['“', '”', '«', '»', '＂', '‘', '’', '"']);
            return Some(errors::curly_quotes(at, c, inner.into_iter().next().and_then(|inner| pair(r, token, inner))));
        }
        '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{3000}' | '\u{2009}' => " ",
        '\u{200b}' | '\u{feff}' | '\u{2060}' | '\u{200e}' | '\u{200f}' => "",
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
    };
    Some(errors::typographic(at, c, right))
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

/// Forms that are right elsewhere in the language, but were not here.
fn rarely_right(r: &Reader<'_>, rule: Rule, i: usize, first: usize, last: usize, failed: usize) -> Option<Diagnostic> {
    let token = r.tokens.get(i)?;
    let found = token.text(r.text);
    let at = r.token_span(i);
    let next = r.tokens.get(i + 1).filter(|_| i < last);
    let touches = |next: &Token| next.start == token.end;
    if let Some(diagnostic) = phrase(r, rule, i, first, last) {
        return Some(diagnostic);
    }
    match token.kind {
        TokenKind::Literal => {
            if let Some(diagnostic) = date(r.file, r.text, r.tokens.get(i..=last).unwrap_or_default(), 0) {
                return Some(diagnostic);
            }
            let joined = |n: usize| r.tokens.get(i + n).filter(|_| i + n <= last);
            if let (Some(comma), Some(rest)) = (joined(1), joined(2))
                && comma.kind == TokenKind::Comma
                && rest.kind == TokenKind::Literal
                && comma.start == token.end
                && rest.start == comma.end
                && plain(found)
            {
                return Some(comma_number(r, token, rest));
            }
            if let Some(sign) = next.filter(|n| n.kind == TokenKind::MoneySign && i + 1 >= failed) {
                let sign_text = sign.text(r.text);
                let span = r.span(token.start, sign.end);
                let whole = r.text.get(token.start..sign.end).unwrap_or(found);
                let right = format!("{sign_text}{found}");
                return Some(errors::number_form(span, whole, &right, "the sign stands before the number"));
            }
            if let Some(percent) = next.filter(|n| n.text(r.text) == "%") {
                let span = r.span(token.start, percent.end);
                let whole = r.text.get(token.start..percent.end).unwrap_or(found);
                return Some(errors::number_form(span, whole, &format!("{found}%"), "no blank before `%`"));
            }
            glued(r, i)
        }
        TokenKind::MoneySign => {
            let number = next.filter(|n| n.kind == TokenKind::Literal && !touches(n))?;
            let span = r.span(token.start, number.end);
            let whole = r.text.get(token.start..number.end).unwrap_or(found);
            let right = format!("{found}{}", number.text(r.text));
            Some(errors::number_form(span, whole, &right, "no blank between the sign and the number"))
        }
        TokenKind::Operator if found == "=" && i >= failed => {
            Some(errors::habit(at, "=", "is", "conditions compare with `is`"))
        }
        TokenKind::Word => match found {
            "else" | "if" if i >= failed || i == first => {
                let both = found == "else" && next.is_some_and(|n| n.text(r.text) == "if");
                Some(errors::conditional(at, if both { "else if" } else { found }))
            }
            "and" | "or" | "per" | "of" | "is" | "in" | "to" if i == first && rule != Rule::item => {
                Some(errors::operator_first(at, found))
            }
            "AND" | "OR" | "NOT" | "IS" | "IN" if i >= failed => {
                let right = found.to_lowercase();
                Some(errors::habit(at, found, &right, &format!("write `{right}`")))
            }
            _ => None,
        },
        _ => None,
    }
}

fn plain(found: &str) -> bool {
    found.chars().all(|c| c.is_ascii_digit())
}

/// `1,25` and `1,000`.
fn comma_number(r: &Reader<'_>, left: &Token, right: &Token) -> Diagnostic {
    let (a, b) = (left.text(r.text), right.text(r.text));
    let span = r.span(left.start, right.end);
    let whole = r.text.get(left.start..right.end).unwrap_or(a);
    let digits = b.chars().take_while(char::is_ascii_digit).count();
    if digits == 3 {
        return errors::number_form(span, whole, &format!("{a}_{b}"), "thousands are separated by `_`");
    }
    errors::number_form(span, whole, &format!("{a}.{b}"), "decimals stand behind a point")
}

/// A date in another form that would be read as a calculation: `06/01/2026`, `2026-6-1`.
pub(super) fn date_like(file: FileId, text: &str, tokens: &[Token], base: usize) -> Option<Diagnostic> {
    let (first, rest) = tokens.split_first()?;
    let glued = rest.first().is_some_and(|t| t.start == first.end && t.text(text) == "/");
    if first.kind != TokenKind::Literal || !(glued || first.text(text).contains('-')) {
        return None;
    }
    date(file, text, tokens, base)
}

/// `06/01/2026`, `1.6.2026`, `2026/06/01`, `2026-6-1` at the first of these tokens.
fn date(file: FileId, text: &str, tokens: &[Token], base: usize) -> Option<Diagnostic> {
    let (first, rest) = tokens.split_first()?;
    let mut end = first.end;
    for t in rest {
        let part = matches!(t.text(text), "/" | "." | "-") || t.kind == TokenKind::Literal;
        if t.start != end || !part {
            break;
        }
        end = t.end;
    }
    let whole = text.get(first.start..end)?;
    let parts: Vec<&str> = whole.split(['/', '.', '-']).collect();
    let &[a, b, c] = parts.as_slice() else { return None };
    if !parts.iter().all(|p| plain(p) && !p.is_empty()) || b.len() > 2 {
        return None;
    }
    let number = |p: &str| p.parse::<u32>().unwrap_or(0);
    let form = |y: &str, m: u32, d: u32| format!("{y}-{m:02}-{d:02}");
    let (right, other) = match (a.len(), c.len()) {
        (4, 2) if whole.as_bytes().get(4) == Some(&b'-') && b.len() == 2 => return None,
        (4, 1..=2) => (form(a, number(b), number(c)), None),
        (1..=2, 4) => {
            let (first, second) = (number(a), number(b));
            if whole.contains('.') || first > 12 {
                (form(c, second, first), None)
            } else if second > 12 || first == second {
                (form(c, first, second), None)
            } else {
                (form(c, first, second), Some(form(c, second, first)))
            }
        }
        _ => return None,
    };
    let span = Span::new(file, base + first.start, base + end);
    Some(errors::date_form(span, whole, &right, other.as_deref()))
}

/// `5points`: a number and a word without a blank.
fn glued(r: &Reader<'_>, i: usize) -> Option<Diagnostic> {
    let token = r.tokens.get(i)?;
    let found = token.text(r.text);
    let word = found.find(|c: char| c.is_alphabetic())?;
    let (number, word) = found.split_at_checked(word)?;
    let simple = number.chars().all(|c| c.is_ascii_digit() || c == '_' || c == '.');
    if !simple || word == "x" || !word.chars().all(|c| c.is_alphabetic() || c == '_') {
        return None;
    }
    let right = format!("{number} {word}");
    Some(errors::number_form(r.token_span(i), found, &right, "a blank stands between number and word"))
}

/// Phrases of everyday language that the language says otherwise.
fn phrase(r: &Reader<'_>, rule: Rule, i: usize, first: usize, last: usize) -> Option<Diagnostic> {
    let word = |at: usize| if at <= last { r.token_text(at) } else { "" };
    let span = |to: usize| r.token_span(i).to(r.token_span(to));
    let expires = word(first) == "expires" || word(first) == "also" && word(first + 1) == "expires";
    match word(i) {
        "after" if expires && r.tokens.get(i + 1).is_some_and(|t| t.kind == TokenKind::Literal) && i + 2 <= last => {
            let (number, unit) = (word(i + 1), word(i + 2));
            Some(errors::phrase(
                span(i + 2),
                &format!("{number} {unit} after earning"),
                "say after what the time counts",
            ))
        }
        "per" if rule == Rule::limit_lines || matches!(word(first), "limit" | "budget") => {
            let period = word(i + 1);
            let known = matches!(period, "day" | "week" | "month" | "quarter" | "year");
            known.then(|| {
                errors::phrase(
                    span(i + 1),
                    &format!("each calendar {period}"),
                    "a limit counts anew in each calendar period",
                )
            })
        }
        "scenario" if rule == Rule::item && i < last => {
            let name = r.tokens.get(i + 1).filter(|token| token.kind == TokenKind::Word)?;
            let quoted = format!("\"{}\"", name.text(r.text));
            Some(errors::phrase(r.token_span(i + 1), &quoted, "the name of a scenario is a text in quotes"))
        }
        _ => None,
    }
}
