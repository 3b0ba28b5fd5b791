//! Programs together with events.

use std::sync::Arc;

use meed::engine::{Engine, Event, Outcome, What, World};
use meed::events::{EventStream, Inputs};
use meed::journal::{Line, MemberLine};
use meed::{Program, compile, explain, scenario};

use super::accounts::{accounts, disagreement};
use super::scratch::with_file;

/// What stands between a program and its events.
const CUT: &str = "\n---\n";

/// A text that checks judges any events, from its scenarios and from the records below it: without a fault, with accounts that balance, and
/// alike whether it was compiled or not.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (program, records) = text.split_once(CUT).unwrap_or((text, ""));
    let Ok(loaded) = Program::from_text("any.meed", program) else { return };
    let programs: Vec<Arc<Program>> = loaded.versions.into_iter().map(Arc::new).collect();
    let (slow, fast) = (Engine::reference(&programs), compile::compile(&programs));
    assert_eq!(verdicts(&slow, &programs[0]), verdicts(&fast, &programs[0]), "scenarios end differently");
    let events = events(&programs[0], records);
    let (slow, fast) = (judge(slow, &events), judge(fast, &events));
    let different = slow.journal.iter().zip(&fast.journal).position(|(left, right)| left != right);
    if let Some(at) = different {
        panic!("journals differ at {at}:\n{:?}\n{:?}", slow.journal[at], fast.journal[at]);
    }
    assert_eq!(slow.journal.len(), fast.journal.len(), "one journal is longer");
    assert_eq!(slow.members(), fast.members(), "members differ");
    let held = accounts(&fast.journal);
    for state in fast.world.members() {
        let program = &programs[state.version as usize];
        assert_eq!(disagreement(program, state, &held), None);
    }
    for (seq, outcome) in (0..).zip(&fast.journal) {
        if let What::Failed(reason) = &outcome.what {
            assert!(!reason.contains("another type"), "{reason}");
        }
        serde_json::to_string(&Line::new(&programs[outcome.version as usize], outcome, seq)).unwrap();
    }
    if let Some(explained) = events.first().and_then(|event| fast.world.explain(&event.id)) {
        explain::steps(&programs[0], &explained);
    }
}

fn verdicts(engine: &Engine, program: &Program) -> Vec<String> {
    let told = |verdict: scenario::Verdict| {
        let failures = verdict.failures.into_iter().map(|failure| format!("{}: {}", failure.expected, failure.got));
        format!("{} {:?}", verdict.name, failures.collect::<Vec<_>>())
    };
    scenario::run_all(engine, program).into_iter().map(told).collect()
}

/// The records that are events.
fn events(program: &Program, records: &str) -> Vec<Event> {
    with_file("events.jsonl", records.as_bytes(), |path| {
        let inputs = Inputs::find(&[path.to_owned()]).unwrap();
        EventStream::new(program, &inputs, None, 0).unwrap().filter_map(Result::ok).collect()
    })
}

struct Judged {
    world: World,
    journal: Vec<Outcome>,
}

fn judge(engine: Engine, events: &[Event]) -> Judged {
    let (mut world, mut journal) = (World::new(engine).keeping_all(), Vec::new());
    for event in events {
        world.submit(vec![event.clone()], &mut |outcome| journal.push(outcome));
    }
    world.advance(None, &mut |outcome| journal.push(outcome));
    Judged { world, journal }
}

impl Judged {
    fn members(&self) -> Vec<String> {
        let lines = self.world.members().into_iter().map(|state| MemberLine::new(self.world.engine(), state).unwrap());
        lines.map(|line| serde_json::to_string(&line).unwrap()).collect()
    }
}
