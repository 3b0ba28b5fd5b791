//! What a run comes to for challenges, choices and draws.

use std::collections::BTreeMap;
use std::sync::Arc;

use comfy_table::Table;
use serde::Serialize;

use super::summary::grouped;
use crate::engine::{Engine, EntryChange, OfferChange, Outcome, State, What};
use crate::hir::{ChallengeStage, Program};

/// Counts for challenges, choices and draws, added to as a run goes.
#[derive(Debug)]
pub(super) struct Playing<'p> {
    versions: Vec<&'p Program>,
    challenges: BTreeMap<Arc<str>, ChallengeReport>,
    choices: BTreeMap<Arc<str>, ChoiceReport>,
    draws: BTreeMap<Arc<str>, DrawReport>,
}

/// How a challenge went.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct ChallengeReport {
    challenge: String,
    /// How many have begun it at the end of the run: of this run and all before it.
    running: i64,
    completed: i64,
    /// How many had begun it and did not complete it in time.
    ended: i64,
    claimed: i64,
    forfeited: i64,
}

/// How a choice went.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct ChoiceReport {
    choice: String,
    offered: i64,
    chosen: i64,
    expired: i64,
    cancelled: i64,
}

/// How a draw went.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct DrawReport {
    draw: String,
    entries: i64,
    won: i64,
    cancelled: i64,
}

/// The counter of something by the name that it has now.
fn of<'c, C: Default>(counts: &'c mut BTreeMap<Arc<str>, C>, name: &Arc<str>, now: Option<&Arc<str>>) -> &'c mut C {
    counts.entry(now.unwrap_or(name).clone()).or_default()
}

impl<'p> Playing<'p> {
    /// Nothing yet.
    pub(super) fn new(versions: &'p [Arc<Program>]) -> Self {
        let versions: Vec<&Program> = versions.iter().map(|version| &**version).collect();
        Self { versions, challenges: BTreeMap::new(), choices: BTreeMap::new(), draws: BTreeMap::new() }
    }

    /// Something happened.
    pub(super) fn outcome(&mut self, outcome: &Outcome) {
        let (what, sign) = match &outcome.what {
            What::Withdrawn(before) => (&**before, -1),
            what => (what, 1),
        };
        let (Some(judged), Some(newest)) = (self.versions.get(outcome.version as usize), self.versions.last()) else {
            return;
        };
        match what {
            What::Challenge { challenge, stage, .. } => {
                let Some(name) = judged.challenges.get(*challenge).map(|known| &known.name) else { return };
                let now = newest.challenges.iter().find(|known| known.was.as_ref() == Some(name));
                let counts = of(&mut self.challenges, name, now.map(|now| &now.name));
                match stage {
                    ChallengeStage::Completed => counts.completed += sign,
                    ChallengeStage::Undone => counts.completed -= sign,
                    ChallengeStage::Ended => counts.ended += sign,
                    ChallengeStage::Claimed => counts.claimed += sign,
                    ChallengeStage::Forfeited => counts.forfeited += sign,
                    ChallengeStage::Opened | ChallengeStage::Milestone => {}
                }
            }
            What::Offer { choice, change, .. } => {
                let Some(name) = judged.choices.get(*choice).map(|known| &known.name) else { return };
                let now = newest.choices.iter().find(|known| known.was.as_ref() == Some(name));
                let counts = of(&mut self.choices, name, now.map(|now| &now.name));
                match change {
                    OfferChange::Offered => counts.offered += sign,
                    OfferChange::Chosen => counts.chosen += sign,
                    OfferChange::Expired => counts.expired += sign,
                    OfferChange::Cancelled => counts.cancelled += sign,
                }
            }
            What::Entry { draw, change, prize, .. } => {
                let Some(name) = judged.draws.get(*draw).map(|known| &known.name) else { return };
                let now = newest.draws.iter().find(|known| known.was.as_ref() == Some(name));
                let together = judged.draws.get(*draw).is_some_and(|draw| !draw.is_instant());
                let counts = of(&mut self.draws, name, now.map(|now| &now.name));
                match change {
                    EntryChange::Entered | EntryChange::Lost => counts.entries += sign,
                    EntryChange::Won => {
                        counts.won += sign;
                        // What is drawn together was entered before.
                        counts.entries += if together { 0 } else { sign };
                    }
                    EntryChange::Cancelled => {
                        counts.cancelled += sign;
                        counts.won -= if prize.is_some() { sign } else { 0 };
                    }
                }
            }
            _ => {}
        }
    }

    /// What runs for a member at the end.
    pub(super) fn stand(&mut self, engine: &Engine, state: &State) {
        let Some(program) = self.versions.last() else { return };
        for (id, challenge) in program.challenges.pairs() {
            let begun = engine.look(state, |cx| Ok(cx.begun(id))).unwrap_or_default();
            if begun > 0 {
                let counts = self.challenges.entry(challenge.name.clone()).or_default();
                counts.running = counts.running.saturating_add(begun);
            }
        }
    }

    pub(super) fn challenges(&self) -> Vec<ChallengeReport> {
        let named = |(name, counts): (&Arc<str>, &ChallengeReport)| ChallengeReport {
            challenge: name.to_string(),
            ..counts.clone()
        };
        self.challenges.iter().map(named).collect()
    }

    pub(super) fn choices(&self) -> Vec<ChoiceReport> {
        let named =
            |(name, counts): (&Arc<str>, &ChoiceReport)| ChoiceReport { choice: name.to_string(), ..counts.clone() };
        self.choices.iter().map(named).collect()
    }

    pub(super) fn draws(&self) -> Vec<DrawReport> {
        let named = |(name, counts): (&Arc<str>, &DrawReport)| DrawReport { draw: name.to_string(), ..counts.clone() };
        self.draws.iter().map(named).collect()
    }

    /// Tables for people; `table` makes an empty one with these heads.
    pub(super) fn tables(&self, table: impl Fn(&[&str]) -> Table) -> Vec<Table> {
        let count = |count: i64| grouped(u64::try_from(count).unwrap_or(0));
        let mut all = Vec::new();
        if !self.challenges.is_empty() {
            let mut rows = table(&["challenge", "running", "completed", "ended", "claimed", "forfeited"]);
            for line in self.challenges() {
                let counts = [line.running, line.completed, line.ended, line.claimed, line.forfeited];
                rows.add_row(std::iter::once(line.challenge).chain(counts.map(count)));
            }
            all.push(rows);
        }
        if !self.choices.is_empty() {
            let mut rows = table(&["choice", "offered", "chosen", "expired", "cancelled"]);
            for line in self.choices() {
                let counts = [line.offered, line.chosen, line.expired, line.cancelled];
                rows.add_row(std::iter::once(line.choice).chain(counts.map(count)));
            }
            all.push(rows);
        }
        if !self.draws.is_empty() {
            let mut rows = table(&["draw", "entries", "won", "cancelled"]);
            for line in self.draws() {
                rows.add_row(std::iter::once(line.draw).chain([line.entries, line.won, line.cancelled].map(count)));
            }
            all.push(rows);
        }
        all
    }
}
