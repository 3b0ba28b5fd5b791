//! Which changes there are to try.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::hir::Program;
use crate::source::{FileId, Sources};
use crate::syntax::{Phrase, outline};

use super::{Change, Variant, number};

/// Items that say what scenarios cannot expect anything of, or that are no rules.
const NOT_RULES: [&str; 6] = ["program", "import", "event", "member", "partner", "invariant"];

/// Statements that people read, or that only reports and partners look at.
const NOT_TRIED: [&str; 8] = ["label", "perk", "perks", "badge", "message", "worth", "funded", "committed"];

/// Items that may be left out without taking away what others name.
const REMOVABLE: [&str; 4] = ["earn", "boost", "rule", "limit"];

/// Whether a phrase is a scenario.
pub(super) fn is_scenario(phrase: &Phrase) -> bool {
    let scenario = |at: usize| phrase.words.get(at).is_some_and(|word| word == "scenario");
    scenario(0) || (scenario(1) && phrase.words.first().is_some_and(|word| word == "only" || word == "skip"))
}

/// Everything in the versions of a program that could be otherwise, in order of place.
pub fn plan(versions: &[Arc<Program>], sources: &Sources) -> Vec<Change> {
    let mut tiers: BTreeMap<String, String> = BTreeMap::new();
    for ladder in versions.iter().flat_map(|version| version.ladders.iter()) {
        let names: Vec<&Arc<str>> = ladder.tiers.iter().map(|tier| &tier.name).collect();
        for pair in names.windows(2) {
            if let [low, high] = pair {
                tiers.insert(low.to_string(), high.to_string());
                tiers.entry(high.to_string()).or_insert_with(|| low.to_string());
            }
        }
    }
    let mut changes = Vec::new();
    for (file, source) in sources.files() {
        let mut look = Look { file, text: &source.text, tiers: &tiers, changes: Vec::new() };
        for phrase in outline(&source.text) {
            look.item(&phrase);
        }
        changes.extend(look.changes);
    }
    changes
}

/// Looks for changes in one file.
struct Look<'t> {
    file: FileId,
    text: &'t str,
    /// Tiers with one beside them.
    tiers: &'t BTreeMap<String, String>,
    changes: Vec<Change>,
}

/// An item, as sentences name it.
struct Item<'p> {
    keyword: &'p str,
    name: &'p str,
}

impl Item<'_> {
    fn said(&self) -> String {
        format!("{} `{}`", self.keyword, self.name)
    }
}

impl Look<'_> {
    fn item(&mut self, phrase: &Phrase) {
        let [keyword, name, ..] = phrase.words.as_slice() else { return };
        if is_scenario(phrase) || NOT_RULES.contains(&keyword.as_str()) {
            return;
        }
        let item = Item { keyword, name };
        if REMOVABLE.contains(&keyword.as_str()) {
            self.removal(phrase, format!("if there were no {}", item.said()));
        }
        self.words(&Statement { phrase, item: &item, header: true });
        for statement in &phrase.block {
            self.statement(statement, &item);
        }
    }

    fn statement(&mut self, phrase: &Phrase, item: &Item<'_>) {
        if phrase.words.first().is_none_or(|word| NOT_TRIED.contains(&word.as_str())) {
            return;
        }
        if item.keyword != "table" {
            let said = shown(self.text, phrase, None);
            self.removal(phrase, format!("if {} had no `{said}`", item.said()));
        }
        self.words(&Statement { phrase, item, header: false });
        for inner in &phrase.block {
            self.statement(inner, item);
        }
    }

    /// A statement, with the comma that would be left over, or a whole item is not there.
    fn removal(&mut self, phrase: &Phrase, supposing: String) {
        let mut range = phrase.start..phrase.end;
        let behind = self.text.get(range.end..).unwrap_or_default();
        let before = self.text.get(..range.start).unwrap_or_default();
        if behind.trim_start_matches([' ', '\t']).starts_with(',') {
            range.end += behind.find(',').map_or(0, |comma| comma + 1);
        } else if before.trim_end_matches([' ', '\t']).ends_with(',') {
            range.start = before.rfind(',').unwrap_or(range.start);
        }
        let variants = vec![Variant { with: String::new(), shown: String::new() }];
        self.changes.push(Change { kind: "removal", file: self.file, range, supposing, was: String::new(), variants });
    }

    /// The words of a statement, or of the first line of an item, one after the other.
    fn words(&mut self, of: &Statement<'_>) {
        let rounds = of.word(0) == "round";
        for (at, place) in of.phrase.places.iter().enumerate().filter(|(at, _)| !of.passed_over(*at)) {
            let this = of.word(at);
            if this.starts_with(|sign: char| sign.is_ascii_digit()) {
                if let Some((kind, steps)) = number::steps(self.text.get(place.clone()).unwrap_or_default()) {
                    steps.into_iter().for_each(|literals| self.replacement(kind, of, place.clone(), literals));
                }
                continue;
            }
            let previous = at.checked_sub(1).map_or("", |before| of.word(before));
            let (kind, with, last) = match this {
                ">=" => ("operator", ">", at),
                ">" => ("operator", ">=", at),
                "<=" => ("operator", "<", at),
                "<" => ("operator", "<=", at),
                "is" if of.word(at + 1) == "not" => ("operator", "is", at + 1),
                "is" => ("operator", "is not", at),
                "not" if of.word(at + 1) == "in" => ("operator", "in", at + 1),
                "in" if previous != "not" => ("operator", "not in", at),
                "and" => ("operator", "or", at),
                "or" => ("operator", "and", at),
                "+" => ("sign", "-", at),
                "-" => ("sign", "+", at),
                "down" if rounds => ("rounding", "up", at),
                "up" | "nearest" if rounds => ("rounding", "down", at),
                "day" | "week" if previous == "calendar" => ("period", "month", at),
                "month" | "quarter" if previous == "calendar" => ("period", "year", at),
                "year" if previous == "calendar" => ("period", "month", at),
                _ => match self.tiers.get(this) {
                    Some(beside) if at > 0 => ("tier", beside.as_str(), at),
                    _ => continue,
                },
            };
            let end = of.phrase.places.get(last).map_or(place.end, |place| place.end);
            self.replacement(kind, of, place.start..end, [with.to_owned()]);
        }
    }

    /// Something of a statement is replaced, in one way or a finer one.
    fn replacement(
        &mut self,
        kind: &'static str,
        of: &Statement<'_>,
        range: Range<usize>,
        with: impl IntoIterator<Item = String>,
    ) {
        let old = self.text.get(range.clone()).unwrap_or_default();
        let (supposing, was) = match (of.threshold(), of.header) {
            (Some((tier, sign)), _) => (format!("if {tier} began at"), format!("{sign}{old}")),
            (None, true) => ("if the program said".to_owned(), format!("`{}`", shown(self.text, of.phrase, None))),
            (None, false) => {
                (format!("if {} said", of.item.said()), format!("`{}`", shown(self.text, of.phrase, None)))
            }
        };
        let variant = |with: String| {
            let shown = match of.threshold() {
                Some((_, sign)) => format!("{sign}{with}"),
                None => format!("`{}`", shown(self.text, of.phrase, Some((&range, &with)))),
            };
            Variant { with, shown }
        };
        let variants: Vec<Variant> = with.into_iter().map(variant).collect();
        if !variants.is_empty() {
            self.changes.push(Change { kind, file: self.file, range, supposing, was, variants });
        }
    }
}

/// A statement, or the first line of an item.
struct Statement<'p> {
    phrase: &'p Phrase,
    item: &'p Item<'p>,
    header: bool,
}

impl<'p> Statement<'p> {
    fn word(&self, at: usize) -> &'p str {
        self.phrase.words.get(at).map_or("", String::as_str)
    }

    /// Of `gold at $500`, the tier and the sign.
    fn threshold(&self) -> Option<(&'p str, &'p str)> {
        let sign = Some(self.word(2)).filter(|word| matches!(*word, "$" | "€" | "£" | "¥")).unwrap_or_default();
        let plain = self.phrase.words.len() == 3 + usize::from(!sign.is_empty());
        (self.item.keyword == "tiers" && !self.header && self.word(1) == "at" && plain).then(|| (self.word(0), sign))
    }

    /// Whether a word is not to be tried: the first words of an item and of a tier name it, and of what a reward gives scenarios see
    /// nothing but for how long, unless it is paid out.
    fn passed_over(&self, at: usize) -> bool {
        let named = self.header && at < 2 || !self.header && at == 0 && self.item.keyword == "tiers";
        let valid = self.phrase.words.iter().position(|word| word == "valid").unwrap_or(usize::MAX);
        named || self.word(0) == "gives" && at < valid && !self.phrase.words.iter().any(|word| word == "as")
    }
}

/// A statement on one line, without its block, as it is or with something replaced.
fn shown(text: &str, phrase: &Phrase, replaced: Option<(&Range<usize>, &str)>) -> String {
    let end = phrase.places.last().map_or(phrase.start, |place| place.end);
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    let whole = match replaced {
        Some((range, with)) => [part(phrase.start..range.start), with, part(range.end..end)].concat(),
        None => part(phrase.start..end).to_owned(),
    };
    let lines = whole.lines().map(|line| line.split(" #").next().unwrap_or(line));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}
