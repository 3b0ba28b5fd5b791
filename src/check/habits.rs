//! Words from elsewhere that are read as names, and what they mean here.

use crate::hir::Type;
use crate::value::{Currency, Day, Weekday};

use super::spoken;

/// What a name that is not declared probably means: a value of the language under another name.
pub(super) fn meant(name: &str, currency: Currency, hint: Option<Type>) -> Option<String> {
    let given = name;
    let name = given.to_lowercase();
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
        other if weekday(other).is_some() => weekday(other)?,
        other if other != given && Weekday::parse(other).is_some() => other,
        _ => return (currency_named(&name)? == currency.code()).then(|| spoken::money(currency, "1")),
    };
    Some(word.to_owned())
}

/// The days that are meant by what stands for a season.
pub(super) fn season(text: &str) -> Option<String> {
    let days = match &*text.to_lowercase() {
        "weekend" | "weekends" => "saturday, sunday",
        "weekdays" | "workdays" => "monday, tuesday, wednesday, thursday, friday",
        text if weekdays(text).is_some() => return weekdays(text),
        _ => {
            let (first, last) = text.split_once(" - ")?;
            let both = Day::parse(first.trim()).is_some() && Day::parse(last.trim()).is_some();
            return both.then(|| format!("{} to {}", first.trim(), last.trim()));
        }
    };
    Some(days.to_owned())
}

/// `mon-fri`, `Monday to Friday`: each of the days.
fn weekdays(text: &str) -> Option<String> {
    let (first, last) = text.split_once(" to ").or_else(|| text.split_once('-'))?;
    let day = |word: &str| Weekday::parse(weekday(word.trim()).unwrap_or(word.trim()));
    let days: Vec<String> = day(first)?.through(day(last)?).map(|day| day.to_string()).collect();
    (days.len() > 1).then(|| days.join(", "))
}

/// A day of the week by its first letters.
fn weekday(word: &str) -> Option<&'static str> {
    Some(match word {
        "mon" => "monday",
        "tue" | "tues" => "tuesday",
        "wed" => "wednesday",
        "thu" | "thur" | "thurs" => "thursday",
        "fri" => "friday",
        "sat" => "saturday",
        "sun" => "sunday",
        _ => return None,
    })
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
