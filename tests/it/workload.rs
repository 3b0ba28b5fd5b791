//! The workload of `docs/performance.md`: what the program says in Meed is what the limit says in Rust.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use meed::Program;
use meed::compile::compile;
use meed::engine::World;
use meed::events::{EventStream, Inputs};
use meed::journal::{Line, MemberLine};
use meed::kernel::{Crew, Plan, Reading};

#[path = "../../benches/limit/mod.rs"]
mod limit;

const MEMBERS: u64 = 12;
const EVENTS: u64 = 1_000;

fn versions() -> Vec<Arc<Program>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/bench");
    let loaded = Program::from_path(folder).unwrap_or_else(|wrong| panic!("{wrong}"));
    loaded.versions.into_iter().map(Arc::new).collect()
}

fn told(text: &str) -> limit::Totals {
    let versions = versions();
    let path = std::env::temp_dir().join(format!("meed-workload-{}.jsonl", std::process::id()));
    fs::write(&path, text).unwrap();
    let inputs = Inputs::find(std::slice::from_ref(&path)).unwrap();
    let events: Vec<_> = EventStream::new(&versions[0], &inputs, None, 0).unwrap().map(Result::unwrap).collect();
    fs::remove_file(path).unwrap();
    let (count, mut world) = (events.len() as u64, World::new(compile(&versions)));
    let mut outcomes = Vec::new();
    world.submit(events, &mut |outcome| outcomes.push(outcome));
    world.advance(None, &mut |outcome| outcomes.push(outcome));
    let journal = outcomes.iter().map(|outcome| serde_json::to_string(&Line::new(&versions[0], outcome, 1)).unwrap());
    let members = world.members();
    let members = members.iter().map(|state| serde_json::to_string(&MemberLine::new(world.engine(), state)).unwrap());
    limit::told::told(count, &members.collect::<Vec<_>>().join("\n"), &journal.collect::<Vec<_>>().join("\n"))
}

#[test]
fn the_workload_comes_to_what_the_limit_says() {
    let text = limit::sample(MEMBERS, EVENTS, 7);
    let limit = limit::run(&text);
    insta::assert_snapshot!(limit.to_string());
    assert_eq!(told(&text), limit);
}

#[test]
fn so_do_sums_over_long_histories() {
    // Each member has more orders in a window than are looked through for one that comes back.
    let text = limit::sample(3, 3_000, 9);
    let limit = limit::run(&text);
    let path = std::env::temp_dir().join(format!("meed-histories-{}.jsonl", std::process::id()));
    fs::write(&path, text).unwrap();
    let (versions, inputs) = (versions(), Inputs::find(std::slice::from_ref(&path)).unwrap());
    let plan = Arc::new(Plan::of(&compile(&versions).versions()[0]).unwrap());
    for threads in [1, 2] {
        let stream = EventStream::new(&versions[0], &inputs, None, 0).unwrap();
        let mut crew = Crew::new(&plan, threads);
        let mut away = 0;
        crew.run(Reading::new(&versions[0], &plan, stream), &mut |_, not| away += not.len()).unwrap();
        crew.advance(None).unwrap();
        let (points, standing) = (crew.told().units[0], crew.standing());
        let own = [points.issued, points.spent, points.expired, points.reversed, standing.outstanding[0]];
        let theirs = [limit.earned, limit.redeemed, limit.expired, limit.clawed, limit.balance - limit.debt];
        assert_eq!((own, away), (theirs.map(i128::from), 0));
        assert_eq!(standing.tiers[0], limit.tiers);
    }
    fs::remove_file(path).unwrap();
}
