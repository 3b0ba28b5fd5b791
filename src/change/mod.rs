//! What a change to a program means: rule by rule, and over a history of events.
//!
//! Two texts are compared by their statements, so that layout, comments, order and new names (`was`) are no change. Whether a change is
//! better or worse for members is told where the statement itself shows it (a higher rate, a longer time, one more condition); else it is
//! left open, and counts as something that may take away.

mod effect;
mod fare;
mod gate;
mod items;
mod measure;
mod replay;

use std::collections::BTreeMap;

use crate::hir::Program;

pub use effect::Effect;
pub use fare::{Case, Moved};
pub use gate::{Gate, GateError, Verdict};
pub use items::{Item, items};
pub use measure::{Figures, Impact, Judged, Ladder, Rule, impact};
pub use replay::Replay;

/// What became of an item or a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It is new.
    Added,
    /// It is no more.
    Removed,
    /// It says something else.
    Changed,
}

/// One difference between two programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The keyword of the item: `earn`.
    pub item: String,
    /// Its name in the new program, or in the old one where it is no more; empty for `program` and `member`.
    pub name: String,
    /// What became of it.
    pub kind: Kind,
    /// The statement before; the whole item where it is no more.
    pub before: Option<String>,
    /// The statement after; the whole item where it is new.
    pub after: Option<String>,
    /// What that is for members.
    pub effect: Effect,
    /// Whether it takes something away, or may do so.
    pub breaking: bool,
    /// Why, in a few words.
    pub reason: &'static str,
    /// File and line, of the new program where it is there.
    pub at: String,
}

/// Everything that differs between two programs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What means something else, in the order of the new program, then what is no more.
    pub changes: Vec<Change>,
    /// What only looks different: new names, another order, scenarios.
    pub cosmetic: Vec<String>,
}

impl Comparison {
    /// Names of changed items, with their keyword.
    pub fn touched(&self) -> impl Iterator<Item = (&str, &str)> {
        self.changes.iter().map(|change| (change.item.as_str(), change.name.as_str()))
    }

    /// How many changes take something away, or may do so.
    pub fn breaking(&self) -> usize {
        self.changes.iter().filter(|change| change.breaking).count()
    }
}

/// Compares two programs by what they say.
pub fn compare(old: &Program, new: &Program) -> Comparison {
    let new_items = items(new);
    let renamed: BTreeMap<&str, &str> =
        new_items.iter().filter_map(|item| Some((item.was.as_deref()?, item.name.as_str()))).collect();
    let old_items = items(old);
    let second = second_names(&old_items, &new_items);
    let names: BTreeMap<&str, &str> =
        renamed.iter().map(|(old, new)| (*old, *new)).chain(second.iter().map(|(old, new)| (&**old, &**new))).collect();
    let old_items: Vec<Item> = old_items.into_iter().map(|item| item.renamed(&names)).collect();
    // `1 point` and `2 points` differ by their number alone.
    let called: BTreeMap<&str, &str> = new_items.iter().filter_map(|unit| Some((unit.also()?, &*unit.name))).collect();
    let [old_items, new_items] =
        [&old_items, &new_items].map(|items| items.iter().map(|item| item.with_words(&called)).collect::<Vec<_>>());
    let mut comparison = Comparison::default();
    let same = |one: &Item, other: &Item| one.keyword == other.keyword && one.name == other.name;
    for item in &new_items {
        match old_items.iter().find(|other| same(other, item)) {
            Some(before) => statements(before, item, &mut comparison.changes),
            None => comparison.changes.push(whole(item, Kind::Added)),
        }
    }
    let gone = old_items.iter().filter(|item| !new_items.iter().any(|other| same(other, item)));
    comparison.changes.extend(gone.map(|item| whole(item, Kind::Removed)));
    comparison.cosmetic = cosmetic(old, new, &old_items, &new_items, &renamed);
    comparison
}

/// Second names of units (`also`), old and new, where they differ.
fn second_names(old: &[Item], new: &[Item]) -> Vec<(String, String)> {
    let pair = |unit: &Item| {
        let before = old.iter().find(|other| {
            other.keyword == unit.keyword && (other.name == unit.name || Some(&other.name) == unit.was.as_ref())
        })?;
        let (before, after) = (before.also()?.to_owned(), unit.also()?.to_owned());
        (before != after).then_some((before, after))
    };
    new.iter().filter(|item| item.keyword == "unit").filter_map(pair).collect()
}

fn whole(item: &Item, kind: Kind) -> Change {
    let (effect, breaking, reason) = effect::of_item(&item.keyword, kind);
    let text = Some(item.text());
    let (before, after) = if kind == Kind::Added { (None, text) } else { (text, None) };
    Change {
        item: item.keyword.clone(),
        name: item.name.clone(),
        kind,
        before,
        after,
        effect,
        breaking,
        reason,
        at: item.at.clone(),
    }
}

/// Differences between two texts of one item. Statements that begin alike are compared in their order.
fn statements(old: &Item, new: &Item, into: &mut Vec<Change>) {
    let mut before: Vec<Option<&items::Statement>> = old.statements.iter().map(Some).collect();
    let mut left = Vec::new();
    for statement in &new.statements {
        match before.iter_mut().find(|slot| slot.is_some_and(|other| other.words == statement.words)) {
            Some(slot) => *slot = None,
            None => left.push(statement),
        }
    }
    let change = |before: Option<&items::Statement>, after: Option<&items::Statement>| {
        let (effect, breaking, reason) = effect::of_statement(&new.keyword, before, after);
        let kind = match (before, after) {
            (None, _) => Kind::Added,
            (_, None) => Kind::Removed,
            _ => Kind::Changed,
        };
        Change {
            item: new.keyword.clone(),
            name: new.name.clone(),
            kind,
            before: before.map(|statement| statement.text.clone()),
            after: after.map(|statement| statement.text.clone()),
            effect,
            breaking,
            reason,
            at: after.map_or_else(|| new.at.clone(), |statement| statement.at.clone()),
        }
    };
    for statement in left {
        let alike = before.iter_mut().find(|slot| slot.is_some_and(|other| other.key == statement.key));
        let other = alike.and_then(Option::take);
        into.push(change(other, Some(statement)));
    }
    into.extend(before.into_iter().flatten().map(|statement| change(Some(statement), None)));
}

fn cosmetic(
    old: &Program,
    new: &Program,
    old_items: &[Item],
    new_items: &[Item],
    renamed: &BTreeMap<&str, &str>,
) -> Vec<String> {
    let mut notes: Vec<String> =
        renamed.iter().map(|(before, after)| format!("`{before}` is called `{after}`")).collect();
    let order = |items: &[Item], others: &[Item]| -> Vec<String> {
        let there = |item: &&Item| others.iter().any(|other| other.keyword == item.keyword && other.name == item.name);
        items.iter().filter(there).map(|item| format!("{} {}", item.keyword, item.name)).collect()
    };
    // The order of some items decides between equals: then it is told with the item itself.
    if order(old_items, new_items) != order(new_items, old_items) {
        notes.push("items stand in another order".into());
    }
    let scenarios = |program: &Program| -> Vec<String> {
        program.scenarios.iter().map(|scenario| scenario.name.to_string()).collect()
    };
    let (before, after) = (scenarios(old), scenarios(new));
    let count = |names: &[String], others: &[String]| names.iter().filter(|name| !others.contains(name)).count();
    let (added, removed) = (count(&after, &before), count(&before, &after));
    if added + removed > 0 {
        notes.push(format!("scenarios: {added} new, {removed} gone"));
    }
    notes
}
