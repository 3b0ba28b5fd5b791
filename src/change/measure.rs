//! What a change costs and whom it meets, measured over one history.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::value::Exact;

use super::Comparison;
use super::fare::{Case, Moved, members};
use super::replay::{Done, Replay, Sums};

/// Amounts of one unit under one program, in steps, and what they are worth, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Awarded.
    pub issued: i128,
    /// Taken back.
    pub reversed: i128,
    /// Spent.
    pub spent: i128,
    /// Lapsed.
    pub expired: i128,
    /// What members have at the end.
    pub outstanding: i128,
    /// What that is worth; `None` where the unit says nothing of its worth.
    pub liability: Option<i128>,
}

/// Members by the tier that they hold at the end: rows before, columns after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// Its name.
    pub name: String,
    /// Tiers under the old program.
    pub before: Vec<String>,
    /// Tiers under the new one.
    pub after: Vec<String>,
    /// How many members; by row, then by column.
    pub moves: Vec<Vec<u64>>,
}

/// What a history can say of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// It did something under one program or the other: by unit, how many steps more were given; and how much more money.
    Known(Vec<(String, i128)>, i128),
    /// Nothing of the kind happened, so that nothing is known: why, in words.
    Unknown(String),
}

/// A rule that was changed, or that gives otherwise because of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its keyword.
    pub item: String,
    /// Its name.
    pub name: String,
    /// Whether its own text was changed.
    pub changed: bool,
    /// What is known.
    pub judged: Judged,
}

/// What a change comes to over one history.
#[derive(Debug, Clone, Default)]
pub struct Impact {
    /// How many events were judged.
    pub events: u64,
    /// Units: name, decimals, before and after.
    pub units: Vec<(String, u8, Figures, Figures)>,
    /// What is outstanding in all, in money: before and after.
    pub liability: (i128, i128),
    /// What was given in all, less what was taken back, in money: before and after.
    pub cost: (i128, i128),
    /// Money off bills: before and after.
    pub off: (i128, i128),
    /// Refused requests: before and after.
    pub refused: (u64, u64),
    /// Events that could not be judged: before and after.
    pub failed: (u64, u64),
    /// Tiers.
    pub ladders: Vec<Ladder>,
    /// How many are better or worse off.
    pub moved: Moved,
    /// Who loses most.
    pub worst: Vec<Case>,
    /// What is known of each rule.
    pub rules: Vec<Rule>,
}

impl Impact {
    /// How many members there are.
    pub fn members(&self) -> u64 {
        self.moved.better + self.moved.worse + self.moved.mixed + self.moved.unchanged
    }

    /// Rules of which this history says nothing.
    pub fn unknown(&self) -> u64 {
        let unknown = self.rules.iter().filter(|rule| matches!(rule.judged, Judged::Unknown(_)));
        u64::try_from(unknown.count()).unwrap_or(u64::MAX)
    }
}

/// Compares one history under two programs.
pub fn impact(old: &Replay, new: &Replay, comparison: &Comparison) -> Impact {
    let names: BTreeSet<&Arc<str>> = old.units.keys().chain(new.units.keys()).collect();
    let none = Sums::default();
    let units = names.iter().map(|name| {
        let (before, after) = (old.units.get(*name).unwrap_or(&none), new.units.get(*name).unwrap_or(&none));
        (name.to_string(), before.decimals.max(after.decimals), figures(before), figures(after))
    });
    let units: Vec<_> = units.collect();
    let total = |pick: fn(&Figures) -> Option<i128>| {
        let before = units.iter().filter_map(|(_, _, figures, _)| pick(figures)).sum();
        let after = units.iter().filter_map(|(_, _, _, figures)| pick(figures)).sum();
        (before, after)
    };
    let (moved, worst) = members(old, new);
    Impact {
        events: new.events,
        liability: total(|figures| figures.liability),
        cost: (cost(old), cost(new)),
        units,
        off: (old.off, new.off),
        refused: (old.refused, new.refused),
        failed: (old.failed, new.failed),
        ladders: ladders(old, new),
        moved,
        worst,
        rules: rules(old, new, comparison),
    }
}

/// Steps in minor units of money, rounded down.
fn worth(steps: i128, each: Option<Exact>) -> Option<i128> {
    let product = Exact::new(steps, 1)?.mul(each?).ok()?;
    product.floor().to_i64().map(i128::from)
}

fn figures(sums: &Sums) -> Figures {
    Figures {
        issued: sums.flows.issued,
        reversed: sums.flows.reversed,
        spent: sums.flows.spent,
        expired: sums.flows.expired,
        outstanding: sums.outstanding,
        liability: worth(sums.outstanding, sums.worth),
    }
}

fn cost(replay: &Replay) -> i128 {
    // What members have paid for with points is not counted again.
    let given = |sums: &Sums| sums.flows.issued - sums.flows.reversed - sums.turned;
    let units: i128 = replay.units.values().filter_map(|sums| worth(given(sums), sums.worth)).sum();
    units + replay.done.values().map(|done| done.money).sum::<i128>()
}

fn ladders(old: &Replay, new: &Replay) -> Vec<Ladder> {
    let names: BTreeSet<Arc<str>> = new.members.values().flat_map(|member| member.tiers.keys().cloned()).collect();
    let of = |name: Arc<str>| {
        let (before, after) = (old.tiers(&name), new.tiers(&name));
        let mut moves = vec![vec![0; after.len()]; before.len()];
        for (id, member) in &new.members {
            let to = member.tiers.get(&name).copied().unwrap_or(0);
            let from = old.members.get(id).and_then(|member| member.tiers.get(&name)).copied().unwrap_or(0);
            if let Some(count) = moves.get_mut(from as usize).and_then(|row| row.get_mut(to as usize)) {
                *count += 1;
            }
        }
        Ladder { name: name.to_string(), before, after, moves }
    };
    names.into_iter().map(of).filter(|ladder| !ladder.before.is_empty()).collect()
}

fn rules(old: &Replay, new: &Replay, comparison: &Comparison) -> Vec<Rule> {
    let mut found: Vec<Rule> = Vec::new();
    for (item, name) in comparison.touched() {
        if found.iter().any(|rule| rule.item == item && rule.name == name) {
            continue;
        }
        let judged = match item {
            "boost" | "limit" => {
                let about: BTreeSet<Arc<str>> =
                    old.about(item, name).into_iter().chain(new.about(item, name)).collect();
                through(old, new, item, about.into_iter())
            }
            "earn" | "rule" | "reward" | "redeem" | "challenge" | "transfer" | "exchange" | "cause" | "fund"
            | "tiers" | "unit" | "choice" | "draw" | "leaderboard" | "referral" => known(old, new, item, name),
            _ => continue,
        };
        found.push(Rule { item: item.to_owned(), name: name.to_owned(), changed: true, judged });
    }
    // What nobody touched and yet gives otherwise: through a tier, a measure, a value with a name.
    let others: BTreeSet<_> = old.done.keys().chain(new.done.keys()).collect();
    for (item, name) in others {
        let told = found.iter().any(|rule| rule.item == *item && *rule.name == **name);
        let (given, money) = difference(old.done.get(&(*item, name.clone())), new.done.get(&(*item, name.clone())));
        if !told && (!given.is_empty() || money != 0) && !name.is_empty() {
            let judged = Judged::Known(given, money);
            found.push(Rule { item: (*item).to_owned(), name: name.to_string(), changed: false, judged });
        }
    }
    found
}

fn known(old: &Replay, new: &Replay, item: &str, name: &str) -> Judged {
    let of = |replay: &Replay| {
        let found = replay.done.iter().find(|((kind, other), _)| *kind == item && **other == *name);
        let (_, done) = found?;
        // A unit gives nothing itself: what lapses of it is what members have less.
        let given = match item {
            "unit" => done.lapsed.iter().map(|(unit, amount)| (unit.clone(), -amount)).collect(),
            _ => done.given.clone(),
        };
        Some(Done { given, ..done.clone() })
    };
    let (before, after) = (of(old), of(new));
    if before.is_none() && after.is_none() {
        let waits = new.waits_for(item, name).or_else(|| old.waits_for(item, name));
        return Judged::Unknown(match waits {
            Some((event, 0)) => format!("this history has no `{event}`"),
            Some((event, count)) => format!("it gave nothing for any of {count} `{event}` events"),
            None if item == "unit" => "nothing of it lapses or becomes available in this history".to_owned(),
            None => "nothing in this history sets it off".to_owned(),
        });
    }
    let (given, money) = difference(before.as_ref(), after.as_ref());
    Judged::Known(given, money)
}

/// What a boost or a limit did shows in the earns that it is about.
fn through(old: &Replay, new: &Replay, item: &str, earns: impl Iterator<Item = Arc<str>>) -> Judged {
    let mut sums: BTreeMap<String, i128> = BTreeMap::new();
    let mut money = 0;
    for earn in earns {
        if let Judged::Known(given, more) = known(old, new, "earn", &earn) {
            given.into_iter().for_each(|(unit, change)| *sums.entry(unit).or_default() += change);
            money += more;
        }
    }
    if sums.is_empty() && money == 0 {
        return Judged::Unknown(format!("this history never meets this {item}"));
    }
    Judged::Known(sums.into_iter().collect(), money)
}

fn difference(old: Option<&Done>, new: Option<&Done>) -> (Vec<(String, i128)>, i128) {
    let given = |done: Option<&Done>, unit: &Arc<str>| done.and_then(|done| done.given.get(unit)).copied().unwrap_or(0);
    let units: BTreeSet<&Arc<str>> = old.iter().chain(&new).flat_map(|done| done.given.keys()).collect();
    let changes = units.into_iter().map(|unit| (unit.to_string(), given(new, unit) - given(old, unit)));
    let money = |done: Option<&Done>| done.map_or(0, |done| done.money + done.bought + done.off);
    (changes.filter(|(_, change)| *change != 0).collect(), money(new) - money(old))
}
