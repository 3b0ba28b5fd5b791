//! Words from elsewhere that are read as names, and what they mean here.

use crate::hir::Type;
use crate::value::{Currency, Day};

use super::spoken;

/// What a name that is not declared probably means: a value of the language under another name.
pub(super) fn meant(name: &str, currency: Currency, hint: Option<Type>) -> Option<String> {
    let name = name.to_lowercase();
    let factor =
        name.strip_prefix('x').filter(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    if let Some(digits) = factor {
        return Some(format!("{digits}x"));
    }
    let word = match &*name {
        "true" => "yes",
        "false" => "no",
        // Only a comparison has a value beside it.
        "null" | "nil" | "none" | "empty" | "undefined" if hint.is_some() => "missing",
        "double" => "2x",
        "triple" => "3x",
        "mon" => "monday",
        "tue" | "tues" => "tuesday",
        "wed" => "wednesday",
        "thu" | "thur" | "thurs" => "thursday",
        "fri" => "friday",
        "sat" => "saturday",
        "sun" => "sunday",
        _ => return (currency_named(&name)? == currency.code()).then(|| spoken::money(currency, "1")),
    };
    Some(word.to_owned())
}

/// The days that are meant by what stands for a season.
pub(super) fn season(text: &str) -> Option<String> {
    let days = match &*text.to_lowercase() {
        "weekend" | "weekends" => "saturday, sunday",
        "weekdays" | "workdays" => "monday, tuesday, wednesday, thursday, friday",
        _ => {
            let (first, last) = text.split_once(" - ")?;
            let both = Day::parse(first.trim()).is_some() && Day::parse(last.trim()).is_some();
            return both.then(|| format!("{} to {}", first.trim(), last.trim()));
        }
    };
    Some(days.to_owned())
}

/// The code of a currency that is named by its word.
pub(super) fn currency_named(word: &str) -> Option<&'static str> {
    Some(match &*word.to_lowercase() {
        "dollar" | "dollars" => "USD",
        "euro" | "euros" => "EUR",
        "pound" | "pounds" | "sterling" => "GBP",
        "yen" => "JPY",
        "yuan" | "renminbi" | "rmb" => "CNY",
        "franc" | "francs" => "CHF",
        "rupee" | "rupees" => "INR",
        _ => return None,
    })
}
