//! What events come to for challenges, choices and draws.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::engine::{Engine, EntryChange, OfferChange, Outcome, State, What};
use crate::hir::{ChallengeStage, Program};

/// Counts for challenges, choices and draws, added to as a run goes.
#[derive(Debug, Clone)]
pub struct Playing<'p> {
    versions: Vec<&'p Program>,
    challenges: BTreeMap<Arc<str>, ChallengeReport>,
    choices: BTreeMap<Arc<str>, ChoiceReport>,
    draws: BTreeMap<Arc<str>, DrawReport>,
}

/// How a challenge went.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct ChallengeReport {
    /// Its name.
    pub challenge: String,
    /// How many have begun it at the end, whenever they did.
    pub running: i64,
    /// How many have completed it.
    pub completed: i64,
    /// How many had begun it and did not complete it in time.
    pub ended: i64,
    /// How many have claimed what it brings.
    pub claimed: i64,
    /// How many did not in time.
    pub forfeited: i64,
}

/// How a choice went.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct ChoiceReport {
    /// Its name.
    pub choice: String,
    /// How often it was offered.
    pub offered: i64,
    /// How often an option was taken.
    pub chosen: i64,
    /// How often none was in time.
    pub expired: i64,
    /// How often the offer was taken back.
    pub cancelled: i64,
}

/// How a draw went.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct DrawReport {
    /// Its name.
    pub draw: String,
    /// How many entries were made.
    pub entries: i64,
    /// How many of them won.
    pub won: i64,
    /// How many were taken out.
    pub cancelled: i64,
}

/// The counter of something by the name that it has now.
fn of<'c, C: Default>(counts: &'c mut BTreeMap<Arc<str>, C>, name: &Arc<str>, now: Option<&Arc<str>>) -> &'c mut C {
    counts.entry(now.unwrap_or(name).clone()).or_default()
}

impl<'p> Playing<'p> {
    /// Nothing yet.
    pub fn new(versions: &'p [Arc<Program>]) -> Self {
        let versions: Vec<&Program> = versions.iter().map(|version| &**version).collect();
        Self { versions, challenges: BTreeMap::new(), choices: BTreeMap::new(), draws: BTreeMap::new() }
    }

    /// Something happened.
    pub fn outcome(&mut self, outcome: &Outcome) {
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
    pub fn stand(&mut self, engine: &Engine, state: &State) {
        let Some(program) = self.versions.last() else { return };
        for (id, challenge) in program.challenges.pairs() {
            let begun = engine.look(state, |cx| Ok(cx.begun(id))).unwrap_or_default();
            if begun > 0 {
                let counts = self.challenges.entry(challenge.name.clone()).or_default();
                counts.running = counts.running.saturating_add(begun);
            }
        }
    }

    /// How challenges went, by name.
    pub fn challenges(&self) -> Vec<ChallengeReport> {
        let named = |(name, counts): (&Arc<str>, &ChallengeReport)| ChallengeReport {
            challenge: name.to_string(),
            ..counts.clone()
        };
        self.challenges.iter().map(named).collect()
    }

    /// How choices went, by name.
    pub fn choices(&self) -> Vec<ChoiceReport> {
        let named =
            |(name, counts): (&Arc<str>, &ChoiceReport)| ChoiceReport { choice: name.to_string(), ..counts.clone() };
        self.choices.iter().map(named).collect()
    }

    /// How draws went, by name.
    pub fn draws(&self) -> Vec<DrawReport> {
        let named = |(name, counts): (&Arc<str>, &DrawReport)| DrawReport { draw: name.to_string(), ..counts.clone() };
        self.draws.iter().map(named).collect()
    }
}
