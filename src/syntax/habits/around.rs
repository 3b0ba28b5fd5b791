//! Statements that leave out what only the rest of the file tells: of what a rate is, with which event somebody comes back,
//! what money stands for.

use super::super::errors;
use super::super::grammar::Rule;
use super::super::layout::{Bracket, TokenKind};
use super::super::reader::Reader;
use super::super::repair::{Place, Reading, reading};
use crate::diagnostic::{Diagnostic, Edit};

/// A name that no file has, to see whether a statement could be read with one.
const SOME: &str = "x";

/// `1 point per $1 spent`, `1 point for every $1`.
pub(super) fn rate_of_nothing(r: &Reader<'_>, place: Place) -> Option<Diagnostic> {
    if !matches!(r.token_text(place.first), "give" | "boost") {
        return None;
    }
    let (from, step) = (place.first..place.last).find_map(|at| match (r.token_text(at), r.token_text(at + 1)) {
        ("per", _) => Some((at, at + 1)),
        ("for", "every" | "each") => Some((at, at + 2)),
        _ => None,
    })?;
    let kind = |at: usize| r.tokens.get(at).map(|token| token.kind);
    if (kind(step), kind(step + 1)) != (Some(TokenKind::MoneySign), Some(TokenKind::Literal)) {
        return None;
    }
    let amount = step + 1;
    let spent = amount < place.last && matches!(r.token_text(amount + 1), "spent" | "spend" | "paid" | "purchased");
    if !spent && amount != place.last {
        return None;
    }
    let fields = event_of(r, place).map_or_else(Vec::new, |event| money_fields(r, event));
    if spent && fields.contains(&r.token_text(amount + 1)) {
        return None;
    }
    let (start, end) = (r.range(from, from).0, r.range(amount, amount + usize::from(spent)).1);
    let money = r.range(step, amount);
    let money = r.text.get(money.0..money.1)?;
    let edit = |field: &str| Edit { span: r.span(start, end), text: format!("per {money} of {field}") };
    if reading(r, place, &[edit(SOME)]) == Reading::Not {
        return None;
    }
    let only = if let [only] = fields.as_slice() { Some(edit(only)) } else { None };
    let help = match (&only, fields.as_slice()) {
        (Some(edit), _) => format!("write `{}`", edit.text),
        (None, []) => format!("it is written like `per {money} of subtotal`, where `subtotal` is a field of the event"),
        (None, fields) => {
            let all: Vec<String> = fields.iter().map(|field| format!("per {money} of {field}")).collect();
            format!("write {}, whichever is meant", errors::quoted(&all, "or"))
        }
    };
    Some(errors::left_out(r.span(start, end), "a rate says of what: a field of the event", help, only))
}

/// `up to $100 1 point per $1` in a table.
pub(super) fn rate_of_band(r: &Reader<'_>, place: Place) -> Option<Diagnostic> {
    let per = place.last.checked_sub(2).filter(|per| *per > place.first && place.rule == Rule::table_lines)?;
    let kind = |at: usize| r.tokens.get(at).map(|token| token.kind);
    if r.token_text(per) != "per" || kind(per + 1) != Some(TokenKind::MoneySign) {
        return None;
    }
    let table =
        heads(r, "table").filter(|head| *head < place.first).last().map_or("…", |head| r.token_text(head + 1));
    let (money, whole) = (r.range(per + 1, place.last), r.range(per, place.last));
    let money = r.text.get(money.0..money.1)?;
    let help = format!(
        "write the plain numbers here, and the rate where the table is used: `give 1 point per {money} of {table}[…]`"
    );
    Some(errors::left_out(r.span(whole.0, whole.1), "a table does not know of what a rate is", help, None))
}

/// `expires after 24 months of inactivity`, `rule lapse after 24 months without activity`.
pub(super) fn inactivity(r: &Reader<'_>, place: Place) -> Option<Diagnostic> {
    const IDLE: [&[&str]; 6] = [
        &["of", "inactivity"],
        &["of", "no", "activity"],
        &["without", "activity"],
        &["without", "any", "activity"],
        &["after", "inactivity"],
        &["inactivity"],
    ];
    let mut head = r.token_text(place.first);
    let expiry = match head {
        "also" if place.first < place.last => {
            head = r.token_text(place.first + 1);
            place.first + 1
        }
        _ => place.first,
    };
    let expires = matches!(head, "expires" | "expire" | "expiry");
    if !(expires || head == "rule" && place.rule == Rule::item) {
        return None;
    }
    let (number, idle) = (place.first + 1..place.last).find_map(|at| {
        super::time_unit(r.token_text(at + 1))?;
        let says = |words: &&&[&str]| words.iter().enumerate().all(|(i, word)| r.token_text(at + 2 + i) == *word);
        let idle = IDLE.iter().find(says)?.len();
        (r.tokens.get(at)?.kind == TokenKind::Literal).then_some((at, idle))
    })?;
    let last = number + 1 + idle;
    if last > place.last {
        return None;
    }
    let before = number - usize::from(matches!(r.token_text(number - 1), "after" | "in" | "within"));
    let (from, word) = if expires { (expiry, "expires ") } else { (before, "") };
    if expires && before != expiry + 1 {
        return None;
    }
    let time = r.range(number, number + 1);
    let time = r.text.get(time.0..time.1)?;
    let span = r.span(r.range(from, from).0, r.range(last, last).1);
    let edit = |event: &str| Edit { span, text: format!("{word}{time} after last {event}") };
    if reading(r, place, &[edit(SOME)]) == Reading::Not {
        return None;
    }
    let events = events(r);
    let only = if let [only] = events.as_slice() { Some(edit(only)) } else { None };
    let right = edit(events.first().unwrap_or(&"purchase")).text;
    let help = match only {
        Some(_) => format!("write `{right}`"),
        None => format!("name the event that counts as activity, or several joined by `or`: `{right}`"),
    };
    Some(errors::left_out(span, "who stays away is found by the last event", help, only))
}

/// `give $5 bucks`, where `bucks` is a unit.
pub(super) fn money_of_unit(r: &Reader<'_>, place: Place, failed: usize) -> Option<Diagnostic> {
    let sign = failed.checked_sub(2).filter(|sign| *sign >= place.first && failed <= place.last)?;
    let kinds = r.tokens.get(sign..=failed)?.iter().map(|token| token.kind);
    if !kinds.eq([TokenKind::MoneySign, TokenKind::Literal, TokenKind::Word]) {
        return None;
    }
    let unit = r.token_text(failed);
    let declares = |at: usize| matches!(r.token_text(at), "unit" | "also") && r.token_text(at + 1) == unit;
    let start = r.range(failed, failed).0;
    let edit = Edit { span: r.span(start, start), text: "as ".to_owned() };
    let fits = (0..r.tokens.len()).any(declares) && reading(r, place, std::slice::from_ref(&edit)) > Reading::Not;
    let money = r.range(sign, sign + 1);
    let right = format!("{} as {unit}", r.text.get(money.0..money.1)?);
    let why = "money becomes an amount of a unit with `as`";
    fits.then(|| errors::phrase(r.token_span(sign).to(r.token_span(failed)), &right, why, edit))
}

/// The event of the item around a statement: what stands behind its `on`.
fn event_of<'t>(r: &Reader<'t>, place: Place) -> Option<&'t str> {
    let head = (0..place.first).rev().find(|at| opens(r, *at))?;
    let on = (0..head).rev().take_while(|at| r.tokens.get(*at).is_some_and(|token| token.kind != TokenKind::Newline));
    on.filter(|at| r.token_text(*at) == "on").last().map(|on| r.token_text(on + 1))
}

/// The fields of money that this file declares for an event, without those of its lines.
fn money_fields<'t>(r: &Reader<'t>, event: &str) -> Vec<&'t str> {
    let Some(head) = heads(r, "event").find(|at| r.token_text(at + 1) == event) else { return Vec::new() };
    let mut fields = Vec::new();
    let mut depth = 0_usize;
    for at in head + 2..r.tokens.len() {
        match r.tokens.get(at).map(|token| token.kind) {
            Some(TokenKind::Open(Bracket::Brace)) => depth += 1,
            Some(TokenKind::Close(Bracket::Brace)) if depth <= 1 => break,
            Some(TokenKind::Close(Bracket::Brace)) => depth -= 1,
            Some(TokenKind::Newline) if depth == 0 => break,
            Some(TokenKind::Word) if depth == 1 && r.token_text(at + 1) == "money" => fields.push(r.token_text(at)),
            _ => {}
        }
    }
    fields
}

/// The events of this file that take nothing back.
fn events<'t>(r: &Reader<'t>) -> Vec<&'t str> {
    let reverses = |head: &usize| {
        let line =
            (*head..r.tokens.len()).take_while(|at| r.tokens.get(*at).is_some_and(|t| t.kind != TokenKind::Newline));
        line.into_iter().any(|at| r.token_text(at) == "reverses")
    };
    heads(r, "event").filter(|head| !reverses(head)).map(|head| r.token_text(head + 1)).collect()
}

/// Where lines begin with a word.
pub(super) fn heads<'r>(r: &'r Reader<'_>, word: &'r str) -> impl Iterator<Item = usize> + 'r {
    let begins =
        |at: usize| at.checked_sub(1).is_none_or(|at| r.tokens.get(at).is_some_and(|t| t.kind == TokenKind::Newline));
    (0..r.tokens.len()).filter(move |at| r.token_text(*at) == word && begins(*at))
}

fn opens(r: &Reader<'_>, at: usize) -> bool {
    r.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Open(Bracket::Brace))
}
