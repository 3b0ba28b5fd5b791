//! Runs histories and says what came of them in comparable form.

use std::collections::BTreeMap;
use std::sync::Arc;

use meed::engine::{Account, Arrival, Engine, Event, Outcome, What, World};
use meed::hir::UnitId;
use meed::journal::MemberLine;
use meed::value::Instant;
use meed::{Program, compile};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

pub use crate::entries::accounts::{accounts, disagreement};

use super::program::{Recipe, Without, text};

/// How many cases: `MEED_CASES` where it is set, otherwise `usual`.
pub fn cases(usual: u32) -> u32 {
    std::env::var("MEED_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// A runner that finds the same cases every time, others with another `MEED_SEED`.
pub fn runner(usual: u32, salt: u8) -> TestRunner {
    let config = Config { cases: cases(usual), max_shrink_iters: 4000, failure_persistence: None, ..Config::default() };
    let own: u64 = std::env::var("MEED_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut seed = [salt; 32];
    seed[..8].copy_from_slice(&own.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// The checked program of a recipe, or what the checker says against it.
pub fn checked(recipe: &Recipe, without: Without) -> Result<(String, Arc<Program>), String> {
    checked_text(text(recipe, without))
}

/// The same with something of a property's own behind it.
pub fn checked_with(recipe: &Recipe, without: Without, own: &str) -> Result<(String, Arc<Program>), String> {
    checked_text(format!("{}{own}", text(recipe, without)))
}

fn checked_text(text: String) -> Result<(String, Arc<Program>), String> {
    match Program::from_text("random.meed", &text) {
        Ok(mut loaded) => Ok((text, Arc::new(loaded.versions.remove(0)))),
        Err(refused) => Err(format!(
            "the checker refuses\n{}\n{text}",
            meed::diagnostic::render::full(&refused.messages, &refused.sources, false)
        )),
    }
}

pub fn reference(program: &Arc<Program>) -> Engine {
    Engine::reference(std::slice::from_ref(program)).with_test_seed()
}

pub fn compiled(program: &Arc<Program>) -> Engine {
    compile::compile(std::slice::from_ref(program)).with_test_seed()
}

/// What came of a run.
pub struct Run {
    pub world: World,
    pub journal: Vec<Outcome>,
    pub arrivals: Vec<Arrival>,
}

impl Run {
    pub fn new(engine: Engine) -> Self {
        Self { world: World::new(engine), journal: Vec::new(), arrivals: Vec::new() }
    }

    /// Submits each event by itself.
    pub fn singly<'e>(mut self, events: impl IntoIterator<Item = &'e Event>) -> Self {
        events.into_iter().for_each(|event| self.submit(vec![event.clone()]));
        self
    }

    pub fn submit(&mut self, batch: Vec<Event>) {
        let journal = &mut self.journal;
        self.arrivals.extend(self.world.submit(batch, &mut |outcome| journal.push(outcome)));
    }

    pub fn advance(mut self, to: Option<Instant>) -> Self {
        let journal = &mut self.journal;
        self.world.advance(to, &mut |outcome| journal.push(outcome));
        self
    }

    /// Where all members stand, as the lines that are written to files.
    pub fn members(&self) -> Vec<String> {
        let lines = self.world.members().into_iter().map(|state| MemberLine::new(self.world.engine(), state).unwrap());
        lines.map(|line| serde_json::to_string(&line).unwrap()).collect()
    }

    /// What the journal comes to: what was corrected is taken off, and lots have no numbers.
    pub fn net(&self) -> BTreeMap<String, i64> {
        let mut net = BTreeMap::new();
        for outcome in &self.journal {
            let mut outcome = Outcome { corrects: None, ..outcome.clone() };
            let mut count = 1;
            if let What::Withdrawn(inner) = outcome.what {
                (outcome.what, count) = (*inner, -1);
            }
            if let What::Posted { from, to, amount, lot, .. } = &mut outcome.what {
                *lot = None;
                count *= *amount;
                *amount = 0;
                if *to < *from {
                    std::mem::swap(from, to);
                    count = -count;
                }
            }
            *net.entry(format!("{outcome:?}")).or_insert(0) += count;
        }
        net.retain(|_, count| *count != 0);
        net
    }

    pub fn failures(&self) -> impl Iterator<Item = &String> {
        self.journal
            .iter()
            .filter_map(|outcome| if let What::Failed(reason) = &outcome.what { Some(reason) } else { None })
    }

    /// What each account of each member holds by the journal.
    pub fn accounts(&self) -> BTreeMap<(Arc<str>, UnitId, Account), i128> {
        accounts(&self.journal)
    }
}

/// The first line in which two lists differ.
pub fn difference<T: std::fmt::Debug + PartialEq>(left: &[T], right: &[T]) -> Option<String> {
    let at = (0..left.len().max(right.len())).find(|i| left.get(*i) != right.get(*i))?;
    Some(format!("at {at}:\n  {:?}\n  {:?}", left.get(at), right.get(at)))
}

/// Events as they are told in a failure.
pub fn told(program: &Program, events: &[Event]) -> String {
    let line = |event: &Event| {
        let def = program.events.at(event.kind);
        let fields: Vec<String> = def
            .fields
            .iter()
            .zip(event.fields.iter())
            .filter(|(_, value)| **value != meed::value::Value::Missing)
            .map(|(field, value)| format!("{} {value:?}", field.name))
            .collect();
        let time = meed::value::format_instant(event.time, &program.settings.zone);
        format!("{} {} {} {time} #{} {{ {} }}", event.id, event.member, def.name, event.sequence, fields.join(", "))
    };
    events.iter().map(line).collect::<Vec<_>>().join("\n")
}
