//! What a change is for members, as far as the statement itself shows it.

use super::Kind;
use super::items::Statement;

/// What a change is for members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// They get more, or get it sooner or more easily.
    Better,
    /// They get less, or get it later or less easily.
    Worse,
    /// Better for some and worse for others, or not to be told from the text.
    Open,
    /// Nothing changes for them.
    None,
}

type Found = (Effect, bool, &'static str);

const OPEN: Found = (Effect::Open, true, "the text alone does not tell for whom");
const NEUTRAL: Found = (Effect::None, false, "members get the same");

/// What a new or missing item is.
pub(super) fn of_item(keyword: &str, kind: Kind) -> Found {
    let there = kind == Kind::Added;
    match (keyword, there) {
        ("event", true) => (Effect::None, false, "a new type of event"),
        ("event", false) => (Effect::Open, true, "records of this type are rejected now"),
        ("unit" | "tiers" | "reward", false) => (Effect::Worse, true, "members may hold it"),
        ("measure" | "let" | "segment" | "table" | "stack" | "partner" | "unit", _) => {
            (Effect::None, false, "by itself it does nothing")
        }
        ("limit", true) => (Effect::Worse, true, "a new limit"),
        ("limit", false) => (Effect::Better, false, "a limit less"),
        ("tiers", true) => (Effect::Better, false, "a new ladder"),
        ("member" | "program", _) => OPEN,
        (_, true) => (Effect::Better, false, "one more thing to have"),
        (_, false) => (Effect::Worse, true, "one thing less to have"),
    }
}

/// What a statement that is new, missing or different is.
pub(super) fn of_statement(keyword: &str, before: Option<&Statement>, after: Option<&Statement>) -> Found {
    let Some(any) = after.or(before) else { return NEUTRAL };
    // The way to the statement stands in front of its words.
    let nested = any.key.contains(" / ");
    let words = |statement: &Statement| -> Vec<String> {
        let skip = usize::from(!statement.key.is_empty());
        statement.words.iter().skip(skip).cloned().collect()
    };
    let first = words(any).first().cloned().unwrap_or_default();
    if first == "label" {
        return NEUTRAL;
    }
    match (keyword, nested) {
        ("event", false) => return field(before, after, &words),
        ("program", _) => return setting(&first),
        ("limit", false) if !any.key.is_empty() => match (before, after) {
            (Some(before), Some(after)) => return numbers("limit", &words(before), &words(after)),
            (before, _) => return presence("limit", before.is_none()),
        },
        ("tiers", false) if !LADDER.contains(&first.as_str()) => return tier(before, after, &words),
        _ => {}
    }
    match (before, after) {
        (Some(before), Some(after)) => numbers(&first, &words(before), &words(after)),
        (None, _) => presence(&first, true),
        (_, None) => presence(&first, false),
    }
}

/// Statements of a ladder that are no tiers.
const LADDER: [&str; 9] = ["by", "rises", "holds", "falls", "grace", "refunds", "surplus", "perks", "label"];

fn field(before: Option<&Statement>, after: Option<&Statement>, words: &dyn Fn(&Statement) -> Vec<String>) -> Found {
    let lenient = |statement: &Statement| words(statement).iter().any(|word| word == "optional" || word == "default");
    match (before, after) {
        (None, Some(after)) if after.key.is_empty() || lenient(after) => {
            (Effect::None, false, "records need not have it")
        }
        (None, Some(after)) if matches!(after.key.as_str(), "within" | "reversible" | "unmatched") => OPEN,
        (None, _) => (Effect::Open, true, "records must have it now"),
        (Some(_), None) => (Effect::Open, true, "records are no longer read for it"),
        (Some(before), Some(after)) => {
            let (old, new) = (words(before), words(after));
            let kept = |list: &[String], other: &[String]| list.iter().all(|word| other.contains(word));
            match old.get(1).map(String::as_str) {
                Some("one") if kept(&old, &new) => (Effect::None, false, "more values are read"),
                _ if lenient(after) && !lenient(before) && old.get(1) == new.get(1) => {
                    (Effect::None, false, "records need not have it any more")
                }
                _ => (Effect::Open, true, "records are read otherwise"),
            }
        }
    }
}

fn setting(first: &str) -> Found {
    match first {
        "effective" => (Effect::None, false, "a date of coming into force"),
        "join" => (Effect::Open, true, "who may collect at all"),
        "late" => (Effect::Open, true, "which late records are read"),
        "accepts" => (Effect::Open, true, "what other currencies are worth"),
        _ if first.starts_with('"') => (Effect::None, false, "a name for people"),
        _ => (Effect::Open, true, "when days begin, or what money is"),
    }
}

fn tier(before: Option<&Statement>, after: Option<&Statement>, words: &dyn Fn(&Statement) -> Vec<String>) -> Found {
    match (before, after) {
        (None, _) => (Effect::Open, true, "a new tier between others"),
        (_, None) => (Effect::Worse, true, "members may hold it"),
        (Some(before), Some(after)) => numbers("tier", &words(before), &words(after)),
    }
}

/// What it is that a statement is there, or no longer.
fn presence(first: &str, there: bool) -> Found {
    let (kind, more, less) = match first {
        "when" | "where" | "only" | "during" => (Effect::Worse, "one more condition", "one condition less"),
        "limit" | "budget" => (Effect::Worse, "a new limit", "a limit less"),
        "cooldown" | "needs" | "unless" | "minimum" | "steps" | "at" | "fee" | "pending" | "stock" | "balance"
        | "always" => (Effect::Worse, "it is harder to get", "it is easier to get"),
        "give" | "boost" | "perk" | "issue" | "bonus" | "milestone" | "badge" | "grant" | "keeps" | "match"
        | "convert" | "grace" | "extend" | "donate" | "enter" | "offer" | "option" | "prize" | "repairs" => {
            (Effect::Better, "one more thing to have", "one thing less to have")
        }
        "funded" | "settles" | "issued" | "redeemed" | "reserve" | "message" | "consent" => return NEUTRAL,
        _ => return OPEN,
    };
    let reason = if there { more } else { less };
    match (kind, there) {
        (Effect::Worse, true) | (Effect::Better, false) => (Effect::Worse, true, reason),
        _ => (Effect::Better, false, reason),
    }
}

/// What a statement is in which only numbers differ: each goes up or down, and its place says what that means.
fn numbers(first: &str, old: &[String], new: &[String]) -> Found {
    if matches!(first, "funded" | "settles" | "issued" | "redeemed" | "reserve" | "message") {
        return NEUTRAL;
    }
    if old.len() != new.len() || old.iter().any(|word| matches!(word.as_str(), "-" | "/" | "not" | "min" | "max")) {
        return OPEN;
    }
    let mut found: Option<bool> = None;
    // Of what is so much for so much, only the ratio counts.
    let mut ratio = matches!(first, "give" | "boost" | "rate").then_some(crate::value::Exact::ONE);
    for (place, (before, after)) in old.iter().zip(new).enumerate().filter(|(_, (before, after))| before != after) {
        let (Some(low), Some(high)) = (number(before), number(after)) else { return OPEN };
        let Some(more_is_better) = direction(first, old.get(..place).unwrap_or_default(), old.get(place + 1)) else {
            return OPEN;
        };
        if low.1 != high.1 {
            return OPEN;
        }
        let better = (high.0 > low.0) == more_is_better;
        let grown = if more_is_better { (high.0, low.0) } else { (low.0, high.0) };
        ratio = ratio.and_then(|ratio| ratio.mul(grown.0).and_then(|ratio| ratio.div(grown.1)).ok());
        if found.is_some_and(|other| other != better) && ratio.is_none() {
            return OPEN;
        }
        found = Some(better);
    }
    if let (Some(_), Some(ratio)) = (found, ratio) {
        if ratio == crate::value::Exact::ONE {
            return NEUTRAL;
        }
        found = Some(ratio > crate::value::Exact::ONE);
    }
    match found {
        None => NEUTRAL,
        Some(true) => (Effect::Better, false, "members get more, or more easily"),
        Some(false) => (Effect::Worse, true, "members get less, or less easily"),
    }
}

/// A number as it is written: `2x`, `20%`, `1.5`, a date.
fn number(word: &str) -> Option<(crate::value::Exact, &str)> {
    let digits = word.trim_end_matches(['x', '%']);
    Some((crate::value::Exact::parse_decimal(digits)?, word.get(digits.len()..)?))
}

/// Whether more at this place is better for members; `None` where that is not to be told.
fn direction(first: &str, before: &[String], after: Option<&String>) -> Option<bool> {
    let last = |wanted: &[&str]| before.iter().rposition(|word| wanted.contains(&word.as_str()));
    let governing =
        last(&["per", "full", ">=", ">", "<=", "<", "=", "->", "within", "when", "until", "from", "in", "to"]);
    let governing = governing.and_then(|place| before.get(place)).map(String::as_str);
    let time = after.is_some_and(|unit| crate::value::TimeUnit::parse(unit).is_some());
    match (first, governing) {
        (_, Some("from" | "in" | "to" | "until" | "when")) => None,
        (_, Some(">=" | ">")) => Some(false),
        (_, Some("<=" | "<")) => Some(true),
        ("give" | "boost", Some("per" | "full")) => Some(false),
        ("give" | "boost", None) => Some(true),
        (word, None) if word.ends_with('x') || word.ends_with('%') => Some(true),
        ("tier" | "cost" | "minimum" | "steps" | "cooldown" | "fee" | "pending" | "floor" | "needs", None) => {
            Some(false)
        }
        ("limit" | "budget" | "stock" | "balance" | "at" | "worth" | "match" | "grace", None) => Some(true),
        ("rate" | "ladder", None) => Some(false),
        ("rate" | "ladder", Some("=" | "->")) => Some(true),
        ("expires" | "gives" | "holds" | "reversible" | "within" | "claim", _) if time => Some(true),
        ("gives", None) => Some(true),
        ("goal", None) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(keyword: &str, key: &str, old: &str, new: &str) -> Effect {
        let statement = |text: &str| Statement {
            key: key.to_owned(),
            words: std::iter::once(String::new()).chain(text.split(' ').map(str::to_owned)).collect(),
            text: text.to_owned(),
            at: String::new(),
        };
        of_statement(keyword, Some(&statement(old)), Some(&statement(new))).0
    }

    #[test]
    fn a_number_is_better_or_worse_by_its_place() {
        for (keyword, key, old, new, effect) in [
            ("earn", "give", "give 1 point per $ 1 of total", "give 2 point per $ 1 of total", Effect::Better),
            ("earn", "give", "give 1 point per $ 1 of total", "give 1 point per $ 2 of total", Effect::Worse),
            ("earn", "give", "give 1 point per $ 1 of total", "give 2 point per $ 2 of total", Effect::None),
            ("earn", "boost", "boost 1.5x when status is gold", "boost 1.25x when status is gold", Effect::Worse),
            ("earn", "when", "when total >= $ 50", "when total >= $ 40", Effect::Better),
            ("earn", "when", "when total <= $ 50", "when total <= $ 40", Effect::Worse),
            ("earn", "when", "when total >= $ 50", "when total > $ 50", Effect::Open),
            (
                "earn",
                "limit",
                "limit 100 points each calendar day",
                "limit 200 points each calendar day",
                Effect::Better,
            ),
            ("unit", "expires", "expires 12 months after earning", "expires 6 months after earning", Effect::Worse),
            ("reward", "cost", "cost 100 points", "cost 120 points", Effect::Worse),
            ("redeem", "rate", "rate 100 points = $ 1", "rate 100 points = $ 2", Effect::Better),
            ("tiers", "gold", "gold at $ 1000", "gold at $ 900", Effect::Better),
            ("tiers", "holds", "holds for 12 months", "holds for 6 months", Effect::Worse),
            ("earn", "label", "label A", "label B", Effect::None),
            ("event", "kind", "kind one of a , b", "kind one of a , b , c", Effect::None),
            ("event", "order", "order id", "order text", Effect::Open),
        ] {
            assert_eq!(changed(keyword, key, old, new), effect, "{old} -> {new}");
        }
    }
}
