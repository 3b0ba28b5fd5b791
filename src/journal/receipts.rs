//! `draws.jsonl`: receipts of draws, from which anybody who has the seed can replay them (S32).
//!
//! Lines stand in the order in which things happened to a draw. `terms` come before the first line that they are about.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::engine::lottery::{self, Seed};
use crate::engine::{Engine, State};
use crate::hir::{Draw, DrawKind, Program};
use crate::value::{Exact, Instant, Zone, format_instant, parse_instant};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Receipt {
    /// What there is to win.
    Terms(Terms),
    /// An entry.
    Entry(Ticket),
    /// An entry was taken out again.
    Cancelled {
        /// The draw.
        draw: String,
        /// The entry.
        entry: String,
        /// Whether its prize went back to stock.
        back: bool,
    },
}

/// What there is to win in a draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The draw.
    pub draw: String,
    /// The name in its numbers, where it had another when entries were decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// What was published of the seed.
    pub commitment: String,
    /// Prizes in order.
    pub prizes: Vec<PrizeTerms>,
    /// The prize of an entry that ends a row of losses, and how many losses, itself included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pity: Option<(String, u64)>,
    /// Whether one member may win several prizes of one drawing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub several: bool,
}

/// One prize.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrizeTerms {
    /// The reward.
    pub reward: String,
    /// How likely, as a fraction.
    pub odds: String,
    /// How many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<u64>,
}

/// An entry and what it won.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The draw.
    pub draw: String,
    /// The entry.
    pub entry: String,
    /// Whose.
    pub member: String,
    /// When winners are drawn, in UTC; none where it is decided at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawing: Option<String>,
    /// Its number, in hexadecimal digits; none before winners are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What it won.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prize: Option<String>,
}

impl Terms {
    /// The terms of a draw of a program.
    pub fn of(program: &Program, draw: &Draw) -> Self {
        let reward = |at: usize| {
            draw.prizes.get(at).map_or(String::new(), |prize| program.rewards.at(prize.reward).name.to_string())
        };
        let prizes = draw.prizes.iter().map(|prize| PrizeTerms {
            reward: program.rewards.at(prize.reward).name.to_string(),
            odds: format!("{}/{}", prize.odds.numerator(), prize.odds.denominator()),
            stock: prize.stock,
        });
        let (pity, several) = match &draw.kind {
            DrawKind::Instant(pity) => (pity.map(|pity| (reward(pity.prize as usize), pity.after)), false),
            DrawKind::Sweepstake { several, .. } => (None, *several),
        };
        let commitment = lottery::written(&draw.commitment);
        Self { draw: draw.name.to_string(), named: None, commitment, prizes: prizes.collect(), pity, several }
    }
}

/// Receipts of all draws, from what members keep.
pub fn receipts(engine: &Engine, members: &[&State]) -> Vec<Receipt> {
    let mut happened: BTreeMap<(String, u64), (Option<Terms>, Receipt)> = BTreeMap::new();
    for state in members {
        let Some(now) = engine.version(state.version) else { continue };
        for entry in &state.entries {
            let draw = now.program.draws.at(entry.draw);
            let name = draw.name.to_string();
            let seed = now.seeds.get(&entry.draw).filter(|_| entry.drawing.is_none_or(|at| at <= state.clock));
            let made = engine.version(entry.version).and_then(|version| {
                let same = |old: &&Draw| old.name == draw.name || Some(&old.name) == draw.was.as_ref();
                Some((&version.program, version.program.draws.iter().find(same)?))
            });
            let old = made.filter(|_| entry.drawing.is_none()).map_or(&draw.name, |(_, old)| &old.name);
            let named = (*old != draw.name).then(|| old.to_string());
            let terms = made.map(|(program, old)| Terms { draw: name.clone(), named, ..Terms::of(program, old) });
            let number = seed.map(|seed| lottery::hex(&lottery::number(seed, old, entry.drawing, &entry.id)));
            let ticket = Ticket {
                draw: name.clone(),
                entry: entry.id.to_string(),
                member: state.member.to_string(),
                drawing: entry.drawing.map(|at| format_instant(at, &Zone::utc())),
                number,
                prize: entry.prize.map(|prize| now.program.rewards.at(prize).name.to_string()),
            };
            happened.insert((name.clone(), entry.place), (terms, Receipt::Entry(ticket)));
            if let Some(place) = entry.gone {
                let gone = Receipt::Cancelled { draw: name.clone(), entry: entry.id.to_string(), back: entry.back };
                happened.insert((name, place), (None, gone));
            }
        }
    }
    let mut out = Vec::new();
    let mut told: BTreeMap<String, Terms> = BTreeMap::new();
    for ((name, _), (terms, receipt)) in happened {
        if let Some(terms) = terms
            && told.get(&name) != Some(&terms)
        {
            out.push(Receipt::Terms(terms.clone()));
            told.insert(name, terms);
        }
        out.push(receipt);
    }
    out
}

/// Replays draws receipt by receipt.
pub struct Replay<'s> {
    seeds: &'s [Seed],
    draws: BTreeMap<String, Table>,
}

/// A draw while it is replayed.
struct Table {
    terms: Terms,
    taken: BTreeMap<String, u64>,
    /// Losses in a row, by member, are counted over the entries that are left.
    entries: Vec<Ticket>,
    gone: BTreeSet<String>,
}

impl<'s> Replay<'s> {
    /// Nothing yet.
    pub fn new(seeds: &'s [Seed]) -> Self {
        Self { seeds, draws: BTreeMap::new() }
    }

    /// Takes a receipt in; returns it as it should be. Entries that wait for a drawing are decided by [`Replay::drawn`].
    ///
    /// # Errors
    /// What is wrong with it, in plain words.
    pub fn take(&mut self, receipt: &Receipt) -> Result<Receipt, String> {
        match receipt {
            Receipt::Terms(terms) => {
                seed_of(self.seeds, terms)?;
                let table = self.draws.remove(&terms.draw);
                let table = match table {
                    Some(table) => Table { terms: terms.clone(), ..table },
                    None => Table {
                        terms: terms.clone(),
                        taken: BTreeMap::new(),
                        entries: Vec::new(),
                        gone: BTreeSet::new(),
                    },
                };
                self.draws.insert(terms.draw.clone(), table);
                Ok(receipt.clone())
            }
            Receipt::Entry(ticket) => {
                let seeds = self.seeds;
                let table = self.table(&ticket.draw)?;
                let seed = seed_of(seeds, &table.terms)?;
                let mut right = ticket.clone();
                if ticket.drawing.is_none() {
                    let named = table.terms.named.as_ref().unwrap_or(&ticket.draw);
                    let number = lottery::number(seed, named, None, &ticket.entry);
                    right.number = Some(lottery::hex(&number));
                    right.prize = table.decide(&ticket.member, lottery::head(&number))?;
                }
                if let Some(prize) = right.prize.clone().filter(|_| ticket.drawing.is_none()) {
                    *table.taken.entry(prize).or_insert(0) += 1;
                }
                table.entries.push(right.clone());
                Ok(Receipt::Entry(right))
            }
            Receipt::Cancelled { draw, entry, back } => {
                let table = self.table(draw)?;
                let Some(ticket) = table.entries.iter().find(|ticket| ticket.entry == *entry) else {
                    return Err(format!("entry `{entry}` was taken out and never made"));
                };
                if let (true, Some(prize)) = (*back, &ticket.prize)
                    && let Some(taken) = table.taken.get_mut(prize)
                {
                    *taken = taken.saturating_sub(1);
                }
                table.gone.insert(entry.clone());
                Ok(receipt.clone())
            }
        }
    }

    fn table(&mut self, draw: &str) -> Result<&mut Table, String> {
        self.draws.get_mut(draw).ok_or_else(|| format!("the terms of draw `{draw}` are missing"))
    }

    /// All entries whose winners are drawn together, as they should be: where one of them carries a number, all
    /// have been drawn.
    ///
    /// # Errors
    /// What is wrong with them, in plain words.
    pub fn drawn(&self) -> Result<Vec<Ticket>, String> {
        let mut out = Vec::new();
        for table in self.draws.values() {
            let seed = seed_of(self.seeds, &table.terms)?;
            let mut drawings: BTreeMap<&str, Vec<&Ticket>> = BTreeMap::new();
            for ticket in &table.entries {
                if let Some(drawing) = &ticket.drawing {
                    drawings.entry(drawing).or_default().push(ticket);
                }
            }
            drawings.retain(|_, tickets| tickets.iter().any(|ticket| ticket.number.is_some()));
            for (drawing, tickets) in drawings {
                let at = moment(drawing)?;
                let number = |ticket: &Ticket| lottery::number(seed, &ticket.draw, Some(at), &ticket.entry);
                let left = tickets.iter().filter(|ticket| !table.gone.contains(&ticket.entry));
                let ranked = left.map(|ticket| (&*ticket.entry, &*ticket.member, number(ticket))).collect();
                let stock: Vec<u64> = table.terms.prizes.iter().map(|prize| prize.stock.unwrap_or(0)).collect();
                let won: BTreeMap<&str, usize> =
                    lottery::winners(ranked, &stock, table.terms.several).into_iter().collect();
                for ticket in tickets {
                    let prize = won.get(&*ticket.entry).and_then(|at| table.terms.prizes.get(*at));
                    let number = Some(lottery::hex(&number(ticket)));
                    out.push(Ticket { number, prize: prize.map(|prize| prize.reward.clone()), ..ticket.clone() });
                }
            }
        }
        Ok(out)
    }
}

impl Table {
    /// What an entry of a member with this number wins at once.
    fn decide(&self, member: &str, head: u64) -> Result<Option<String>, String> {
        let odds = self.terms.prizes.iter().map(|prize| {
            let parts =
                prize.odds.split_once('/').and_then(|(top, bottom)| Some((top.parse().ok()?, bottom.parse().ok()?)));
            parts
                .and_then(|(top, bottom)| Exact::new(top, bottom))
                .ok_or_else(|| format!("`{}` are no odds", prize.odds))
        });
        let odds = odds.collect::<Result<Vec<Exact>, String>>()?;
        let left = |prize: &&PrizeTerms| {
            let taken = self.taken.get(&prize.reward).copied().unwrap_or(0);
            prize.stock.is_none_or(|stock| taken < stock)
        };
        let hit = lottery::hit(head, odds).and_then(|at| self.terms.prizes.get(at)).filter(left);
        if let Some(prize) = hit {
            return Ok(Some(prize.reward.clone()));
        }
        let Some((reward, after)) = &self.terms.pity else { return Ok(None) };
        let own = self.entries.iter().rev().filter(|other| other.member == member && !self.gone.contains(&other.entry));
        let row = own.take_while(|other| other.prize.is_none()).count() as u64 + 1;
        let prize = self.terms.prizes.iter().find(|prize| prize.reward == *reward).filter(left);
        Ok(prize.filter(|_| row >= *after).map(|prize| prize.reward.clone()))
    }
}

/// The seed that terms are committed to.
fn seed_of<'s>(seeds: &'s [Seed], terms: &Terms) -> Result<&'s Seed, String> {
    let fits = |seed: &&Seed| lottery::written(&seed.commitment()) == terms.commitment;
    seeds.iter().find(fits).ok_or_else(|| {
        let given: Vec<String> = seeds.iter().map(|seed| lottery::written(&seed.commitment())).collect();
        let given = if given.is_empty() { "none is given".to_owned() } else { given.join(", ") };
        format!("draw `{}` is committed to {}, and no seed fits: {given}", terms.draw, terms.commitment)
    })
}

fn moment(text: &str) -> Result<Instant, String> {
    parse_instant(text, Some(&Zone::utc())).map_err(|error| error.to_string())
}
