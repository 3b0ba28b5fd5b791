//! The workload of `docs/performance.md`: what the program says in Meed is what the limit says in Rust.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use meed::Program;
use meed::compile::compile;
use meed::engine::World;
use meed::events::{EventStream, Inputs};
use meed::journal::{Line, MemberLine};
use meed::kernel::{AGAIN, Crew, Odd, Plan, Reading, Repeats, Standing, Told};

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
    assert_eq!(limit::judge(&limit::read(&text)), limit);
    assert_eq!(told(&text), limit);
}

/// What a run of the kernel over some events comes to, and how many of them came again.
fn summed(text: &str, repeats: Repeats, threads: usize) -> Result<(Told, Standing, usize), Odd> {
    let path = std::env::temp_dir().join(format!(
        "meed-summed-{}-{}-{threads}-{repeats:?}.jsonl",
        std::process::id(),
        text.len()
    ));
    fs::write(&path, text).unwrap();
    let (versions, inputs) = (versions(), Inputs::find(std::slice::from_ref(&path)).unwrap());
    let plan = Arc::new(Plan::of(&compile(&versions).versions()[0]).unwrap());
    let stream = EventStream::new(&versions[0], &inputs, None, 0).unwrap();
    let mut crew = Crew::new(&plan, threads, repeats);
    let (reading, mut away) = (Reading::new(&versions[0], &plan, stream, repeats), 0);
    let done = crew.run(reading, &mut |_, not| away += not.len()).and_then(|()| crew.advance(None));
    fs::remove_file(path).unwrap();
    done.map(|()| (crew.told(), crew.standing(), away))
}

#[test]
fn s01_a_run_that_expects_no_repeats_finds_them() {
    let once = limit::sample(40, 3_000, 5);
    let lines: Vec<&str> = once.lines().collect();
    let twice: String = [&lines[..], &lines[2_000..2_001]].concat().iter().flat_map(|line| [line, "\n"]).collect();
    for threads in [1, 2] {
        let alone = summed(&once, Repeats::Unexpected, threads).unwrap();
        assert_eq!(summed(&once, Repeats::Expected, threads).unwrap(), alone);
        assert_eq!(summed(&twice, Repeats::Unexpected, threads), Err(AGAIN));
        let (told, standing, away) = summed(&twice, Repeats::Expected, threads).unwrap();
        assert_eq!((told, standing, away), (alone.0, alone.1, 1));
    }
}

#[test]
fn so_do_sums_over_long_histories() {
    // Each member has more orders in a window than are looked through for one that comes back.
    let text = limit::sample(3, 3_000, 9);
    let limit = limit::run(&text);
    for threads in [1, 2] {
        let (told, standing, away) = summed(&text, Repeats::Unexpected, threads).unwrap();
        let points = told.units[0];
        let own = [points.issued, points.spent, points.expired, points.reversed, standing.outstanding[0]];
        let theirs = [limit.earned, limit.redeemed, limit.expired, limit.clawed, limit.balance - limit.debt];
        assert_eq!((own, away), (theirs.map(i128::from), 0));
        assert_eq!(standing.tiers[0], limit.tiers);
    }
}
