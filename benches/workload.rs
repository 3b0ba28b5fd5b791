//! The workload of `docs/performance.md`: how long Meed takes for it, beside what the limit takes in the same run.
//!
//! `cargo bench --bench workload`, or with a file of its events behind `--`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    reason = "a bench that cannot begin has nothing to say, and its ratios are for people"
)]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use meed::Program;
use meed::compile::compile;
use meed::engine::{Engine, Event, Outcome, World};
use meed::events::{EventStream, Inputs};
use meed::journal::{Line, MemberLine};

mod limit;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const MEMBERS: u64 = 20_000;
const EVENTS: u64 = 200_000;

fn main() {
    let named = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let path = named.map_or_else(own_sample, PathBuf::from);
    let text = fs::read_to_string(&path).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/bench/loyalty.meed");
    let program = fs::read_to_string(&folder).unwrap();
    let versions = versions(&program);
    let engine = compile(&versions);
    let events = read(&versions[0], &path);

    let totals = limit::run(&text);
    assert_eq!(told(&versions, &engine, events.clone()), totals, "Meed and the limit disagree");
    println!("{totals}\n");

    let (count, limit) = (totals.events, median(|| _ = black_box(limit::run(&text))));
    let say = |what: &str, took: Duration| {
        let each = took.as_nanos() / u128::from(count);
        println!("{what:<34} {each:>8} ns/event {:>8.1} x the limit", ratio(took, limit));
    };
    say("the limit, text to totals", limit);
    say("read", median(|| drop(black_box(read(&versions[0], &path)))));
    say("judge, from memory", judging(&engine, &events, 1));
    say("judge, from memory, two threads", judging(&engine, &events, 2));
    let end_to_end = || drop(black_box(judge(&engine, read(&versions[0], &path), 1)));
    say("read and judge", median(end_to_end));
    println!();

    let check = median(|| drop(black_box(Program::from_text("loyalty.meed", &program))));
    println!("parse and check {} lines: {check:?}", program.lines().count());
    println!("compile: {:?}", median(|| drop(black_box(compile(&versions)))));
    history(&engine, &versions[0]);
    listeners();
    memory(&engine, events, totals.members);
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

fn own_sample() -> PathBuf {
    let path = std::env::temp_dir().join("meed-workload.jsonl");
    fs::write(&path, limit::sample(MEMBERS, EVENTS, 1)).unwrap();
    path
}

fn versions(text: &str) -> Vec<Arc<Program>> {
    match Program::from_text("bench.meed", text) {
        Ok(loaded) => loaded.versions.into_iter().map(Arc::new).collect(),
        Err(wrong) => panic!("{wrong}"),
    }
}

fn read(program: &Program, path: &Path) -> Vec<Event> {
    let inputs = Inputs::find(std::slice::from_ref(&path.to_path_buf())).unwrap();
    EventStream::new(program, &inputs, None, 0).unwrap().map(|record| record.expect("an event")).collect()
}

/// Judges everything and moves all clocks to the end.
fn judge(engine: &Engine, events: Vec<Event>, threads: usize) -> World {
    let mut world = World::new(engine.clone());
    let (_, jobs) = world.prepare(events);
    world.finish(on_threads(jobs, threads), &mut |outcome| drop(black_box(outcome)));
    let jobs = world.prepare_advance(None);
    world.finish(on_threads(jobs, threads), &mut |outcome| drop(black_box(outcome)));
    world
}

fn on_threads(mut jobs: Vec<meed::engine::Job>, threads: usize) -> Vec<meed::engine::Job> {
    let rest = jobs.split_off(jobs.len() / threads);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| rest.into_iter().map(meed::engine::Job::run).collect::<Vec<_>>());
        let mut done: Vec<_> = jobs.into_iter().map(meed::engine::Job::run).collect();
        done.extend(other.join().unwrap());
        done
    })
}

fn judging(engine: &Engine, events: &[Event], threads: usize) -> Duration {
    let mut times: Vec<Duration> = (0..3)
        .map(|_| {
            let events = events.to_vec();
            let start = Instant::now();
            let world = judge(engine, events, threads);
            let took = start.elapsed();
            drop(world);
            took
        })
        .collect();
    times.sort();
    times[1]
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..3)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[1]
}

/// The totals, from what Meed writes for everybody.
fn told(versions: &[Arc<Program>], engine: &Engine, events: Vec<Event>) -> limit::Totals {
    let (count, mut world) = (events.len() as u64, World::new(engine.clone()));
    let mut journal = String::new();
    let mut tell = |outcome: Outcome| {
        let line = serde_json::to_string(&Line::new(&versions[0], &outcome, 1)).unwrap();
        writeln!(journal, "{line}").unwrap();
    };
    world.submit(events, &mut tell);
    world.advance(None, &mut tell);
    let mut members = String::new();
    for state in world.members() {
        let line = serde_json::to_string(&MemberLine::new(world.engine(), state)).unwrap();
        writeln!(members, "{line}").unwrap();
    }
    limit::told(count, &members, &journal)
}

/// What an event costs a member with a long history and one with a short one.
fn history(engine: &Engine, program: &Program) {
    let path = std::env::temp_dir().join("meed-history.jsonl");
    let each = |past: u64| {
        fs::write(&path, limit::sample(1, past + 1_000, 2)).unwrap();
        let mut events = read(program, &path);
        let rest = events.split_off(past as usize);
        let mut world = World::new(engine.clone());
        world.submit(events, &mut |outcome| drop(black_box(outcome)));
        let start = Instant::now();
        for event in rest {
            world.submit(vec![event], &mut |outcome| drop(black_box(outcome)));
        }
        start.elapsed() / 1_000
    };
    let (short, long) = (each(100), each(100_000));
    println!("one event after 100 events: {short:?}, after 100,000: {long:?}, {:.2} x", ratio(long, short));
    fs::remove_file(path).ok();
}

/// What an event costs among ten rules that listen to it, and among ten of a thousand.
fn listeners() {
    let program = |others: usize| {
        let mut text = String::from(
            "program \"P\" {\n  currency EUR\n  timezone \"UTC\"\n}\nevent buy {\n  amount money\n}\nevent other {\n  amount money\n}\nunit points {\n  round down per event\n  expires never\n}\n",
        );
        for i in 0..10 {
            writeln!(text, "earn a{i} on buy {{\n  when amount > €{i}\n  give 1 points per €1 of amount\n}}").unwrap();
        }
        for i in 0..others {
            writeln!(text, "earn b{i} on other {{\n  when amount > €{i}\n  give 1 points per €1 of amount\n}}")
                .unwrap();
        }
        versions(&text)
    };
    let path = std::env::temp_dir().join("meed-listeners.jsonl");
    let mut lines = String::new();
    for i in 0..20_000_u64 {
        let (minute, second) = (i / 60 % 60, i % 60);
        let hour = i / 3_600;
        let time = format!("2026-01-01T{hour:02}:{minute:02}:{second:02}Z");
        writeln!(lines, r#"{{"id":"e{i}","member":"m{}","time":"{time}","type":"buy","amount":12.50}}"#, i % 500)
            .unwrap();
    }
    fs::write(&path, lines).unwrap();
    let took = |others: usize| {
        let versions = program(others);
        let (engine, events) = (compile(&versions), read(&versions[0], &path));
        judging(&engine, &events, 1) / 20_000
    };
    let (few, many) = (took(0), took(990));
    let times = ratio(many, few);
    println!("one event among 10 rules that listen: {few:?}, with 990 that do not: {many:?}, {times:.2} x");
    fs::remove_file(path).ok();
}

/// What members take in memory, with the events that can still be judged again.
fn memory(engine: &Engine, events: Vec<Event>, members: u64) {
    let resident = || {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()).unwrap_or(0) * 1_024
    };
    let before = resident();
    let world = judge(engine, events, 1);
    println!("memory for each member: {} bytes", resident().saturating_sub(before) / members);
    drop(world);
}
