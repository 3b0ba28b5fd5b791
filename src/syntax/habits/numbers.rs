//! Numbers, money, dates and times written as elsewhere.

use super::super::errors;
use super::super::layout::{Token, TokenKind};
use super::super::reader::Reader;
use super::super::repair::{Place, Reading, reading};
use crate::diagnostic::{Diagnostic, Edit};
use crate::source::{FileId, Span};
use crate::value::{Currency, Month};

/// A number in another form at token `i`; `failed` is the token at which reading failed.
pub(super) fn find(r: &Reader<'_>, place: Place, i: usize, failed: usize) -> Option<Diagnostic> {
    let token = r.tokens.get(i)?;
    let found = token.text(r.text);
    let joined = |n: usize| r.tokens.get(i + n).filter(|_| i + n <= place.last);
    let next = joined(1);
    match token.kind {
        TokenKind::Literal => {
            let here = r.tokens.get(i..=place.last).unwrap_or_default();
            if let Some(diagnostic) = date(r.file, r.text, here, 0)
                .or_else(|| date_in_words(r, place, i))
                .or_else(|| clock_times(r, place, i))
            {
                return Some(diagnostic);
            }
            if let (Some(comma), Some(rest)) = (next, joined(2))
                && comma.kind == TokenKind::Comma
                && rest.kind == TokenKind::Literal
                && comma.start == token.end
                && rest.start == comma.end
                && plain(found)
            {
                return Some(comma_number(r, place, token, rest));
            }
            if let Some(rest) = next.filter(|rest| is_group(found, rest.text(r.text)) && rest.start == token.end + 1) {
                let span = r.span(token.start, rest.end);
                let right = format!("{found}_{}", rest.text(r.text));
                let edit = Edit { span, text: right.clone() };
                if reading(r, place, std::slice::from_ref(&edit)) > Reading::Not {
                    let whole = r.text.get(token.start..rest.end).unwrap_or(found);
                    return Some(errors::number_form(span, whole, &right, "thousands are separated by `_`"));
                }
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
        TokenKind::Word => {
            date_in_words(r, place, i).or_else(|| code_first(r, place, i)).or_else(|| number_in_words(r, place, i))
        }
        TokenKind::MoneySign => match next.filter(|n| n.kind == TokenKind::Literal) {
            Some(number) if number.start == token.end => thousands(r, place, i),
            Some(number) => {
                let span = r.span(token.start, number.end);
                let whole = r.text.get(token.start..number.end).unwrap_or(found);
                let right = format!("{found}{}", number.text(r.text));
                Some(errors::number_form(span, whole, &right, "no blank between the sign and the number"))
            }
            None => sign_alone(r, place, i),
        },
        _ => None,
    }
}

/// `USD 1000`: the sign of the currency, or its code behind the number.
fn code_first(r: &Reader<'_>, place: Place, i: usize) -> Option<Diagnostic> {
    let code = Currency::parse(r.token_text(i)).filter(|_| i > place.first)?.code();
    let number = r.tokens.get(i + 1).filter(|next| next.kind == TokenKind::Literal && i < place.last)?;
    let (start, end) = r.range(i, i + 1);
    let right = format!("{} {code}", number.text(r.text));
    let edit = Edit { span: r.span(start, end), text: right.clone() };
    let found = r.text.get(start..end).unwrap_or_default();
    (reading(r, place, std::slice::from_ref(&edit)) > Reading::Not)
        .then(|| errors::number_form(edit.span, found, &right, "the code stands behind the number"))
}

/// `one year`, `ten points`.
fn number_in_words(r: &Reader<'_>, place: Place, i: usize) -> Option<Diagnostic> {
    const WORDS: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let found = r.token_text(i);
    let number = WORDS.iter().position(|word| *word == found)? + 1;
    let edit = Edit { span: r.token_span(i), text: number.to_string() };
    (reading(r, place, std::slice::from_ref(&edit)) > Reading::Not)
        .then(|| errors::number_form(edit.span, found, &number.to_string(), "numbers are written in digits"))
}

/// `$1k`.
fn thousands(r: &Reader<'_>, place: Place, i: usize) -> Option<Diagnostic> {
    let number = r.token_text(i + 1).strip_suffix(['k', 'K']).filter(|number| plain(number))?;
    let (start, end) = r.range(i, i + 1);
    let right = format!("{}{number}_000", r.token_text(i));
    let edit = Edit { span: r.span(start, end), text: right.clone() };
    let found = r.text.get(start..end).unwrap_or_default();
    (reading(r, place, std::slice::from_ref(&edit)) > Reading::Not)
        .then(|| errors::number_form(edit.span, found, &right, "numbers are written out"))
}

/// `currency $`, where a code is expected.
fn sign_alone(r: &Reader<'_>, place: Place, i: usize) -> Option<Diagnostic> {
    let found = r.token_text(i);
    let code = match found {
        "€" => "EUR",
        "£" => "GBP",
        "¥" => "JPY",
        _ => Currency::parse("USD").filter(|usd| usd.symbol() == found)?.code(),
    };
    let edit = Edit { span: r.token_span(i), text: code.to_owned() };
    (reading(r, place, std::slice::from_ref(&edit)) == Reading::Whole)
        .then(|| errors::number_form(edit.span, found, code, "a currency is named by its three letters"))
}

/// `December 31, 2026`, `31 Dec 2026` with its day at token `i`, or its month.
fn date_in_words(r: &Reader<'_>, place: Place, i: usize) -> Option<Diagnostic> {
    let text = |at: usize| if at >= place.first && at <= place.last { r.token_text(at) } else { "" };
    let first = if i > place.first && month(text(i - 1)).is_some() { i - 1 } else { i };
    let (m, d) = match (month(text(first)), month(text(first + 1))) {
        (Some(m), _) => (m, day(text(first + 1))?),
        (None, Some(m)) => (m, day(text(first))?),
        (None, None) => return None,
    };
    let year_at = if text(first + 2) == "," { first + 3 } else { first + 2 };
    let year = Some(text(year_at)).filter(|year| year.len() == 4 && plain(year))?;
    let (start, end) = r.range(first, year_at);
    let right = format!("{year}-{m:02}-{d:02}");
    let edit = Edit { span: r.span(start, end), text: right.clone() };
    (reading(r, place, std::slice::from_ref(&edit)) > Reading::Not)
        .then(|| errors::date_form(edit.span, r.text.get(start..end).unwrap_or_default(), &right, None))
}

/// The number of the month that a word names.
fn month(word: &str) -> Option<u8> {
    Month::named(word).map(Month::number)
}

/// `31` or `31st` as a day.
fn day(text: &str) -> Option<u32> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

/// `5pm`, `5:30 pm`, `9:00`: all of them in the statement.
fn clock_times(r: &Reader<'_>, place: Place, i: usize) -> Option<Diagnostic> {
    let (span, right) = clock_time(r, place, i)?;
    let all = (place.first..=place.last).filter_map(|at| clock_time(r, place, at));
    let edits: Vec<Edit> = all.map(|(span, text)| Edit { span, text }).collect();
    let found = r.text.get(span.start as usize..span.end as usize)?;
    Some(errors::time_form(span, found, &right, edits))
}

fn clock_time(r: &Reader<'_>, place: Place, i: usize) -> Option<(Span, String)> {
    let (token, found) = (r.tokens.get(i)?, r.token_text(i).to_lowercase());
    let halves = ["am", "pm"];
    let inside = halves.iter().find_map(|half| found.strip_suffix(half).map(|number| (number, Some(*half), i)));
    let next = r.token_text(i + 1).to_lowercase();
    let behind =
        halves.iter().find(|half| i < place.last && **half == next).map(|half| (found.as_str(), Some(*half), i + 1));
    let (number, half, last) = inside.or(behind).unwrap_or((found.as_str(), None, i));
    let (hour, minute) = number.split_once(':').unwrap_or((number, if half.is_some() { "00" } else { "" }));
    if token.kind != TokenKind::Literal || !plain(hour) || minute.len() != 2 || !plain(minute) || hour.len() > 2 {
        return None;
    }
    let hour: u32 = hour.parse().ok()?;
    let hour = match half {
        Some("am") if hour == 12 => 0,
        Some("pm") if hour < 12 => hour + 12,
        _ => hour,
    };
    let right = format!("{hour:02}:{minute}");
    (right != found).then(|| (r.span(r.range(i, i).0, r.range(last, last).1), right))
}

fn plain(found: &str) -> bool {
    found.chars().all(|c| c.is_ascii_digit())
}

/// Whether digits may be three more of a number.
fn is_group(before: &str, digits: &str) -> bool {
    plain(before) && before.len() <= 3 && plain(digits) && digits.len() == 3
}

/// `1,25` and `1,000`: three digits behind a comma are thousands, but for what cannot be so many; of a rate nobody knows.
fn comma_number(r: &Reader<'_>, place: Place, left: &Token, right: &Token) -> Diagnostic {
    let (a, b) = (left.text(r.text), right.text(r.text));
    let span = r.span(left.start, right.end);
    let whole = r.text.get(left.start..right.end).unwrap_or(a);
    let digits = b.chars().take_while(char::is_ascii_digit).count();
    let share = b.ends_with(['x', '%']) || r.text.get(right.end..).is_some_and(|rest| rest.starts_with('%'));
    let (thousands, decimal) = (format!("{a}_{b}"), format!("{a}.{b}"));
    if digits != 3 || a.starts_with('0') || share {
        return errors::number_form(span, whole, &decimal, "decimals stand behind a point");
    }
    let rate = (place.first..=place.last).any(|at| matches!(r.token_text(at), "accepts" | "worth" | "rate"));
    if rate {
        return errors::number_doubt(span, whole, &thousands, &decimal);
    }
    errors::number_form(span, whole, &thousands, "thousands are separated by `_`")
}

/// A date in another form that would be read as a calculation: `06/01/2026`, `2026-6-1`.
pub(in crate::syntax) fn date_like(file: FileId, text: &str, tokens: &[Token], base: usize) -> Option<Diagnostic> {
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

/// `5points`: a number and a word without a blank; `1st`: a number with an ending.
fn glued(r: &Reader<'_>, i: usize) -> Option<Diagnostic> {
    let token = r.tokens.get(i)?;
    let found = token.text(r.text);
    let word = found.find(|c: char| c.is_alphabetic())?;
    let (number, word) = found.split_at_checked(word)?;
    let simple = number.chars().all(|c| c.is_ascii_digit() || c == '_' || c == '.');
    if !simple || word == "x" || !word.chars().all(|c| c.is_alphabetic() || c == '_') {
        return None;
    }
    if matches!(word, "st" | "nd" | "rd" | "th") {
        return Some(errors::number_form(r.token_span(i), found, number, "days and places are plain numbers"));
    }
    let right = format!("{number} {word}");
    Some(errors::number_form(r.token_span(i), found, &right, "a blank stands between number and word"))
}
