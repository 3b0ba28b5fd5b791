//! How fast texts become plans, and plans judge events. The plan is printed as a ratio to the reference of the same run.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    reason = "a bench that cannot begin has nothing to say, and its ratios are for people"
)]

use std::fs;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use common::{Scratch, judge, programs, ratio, timed, versions};
use criterion::{
    BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use meed::Program;
use meed::compile::compile;
use meed::engine::lottery::{Seed, written};
use meed::engine::{Engine, Event};
use meed::events::{EventStream, Inputs, Map};
use meed::source::FileId;

#[expect(dead_code, reason = "another bench takes the time of more")]
mod common;
mod constructs;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many lines of the retail data are judged: enough for long histories, few enough for the reference.
const LINES: usize = 20_000;
/// How many events each construct sees, and of how many members.
const EVENTS: u64 = 20_000;
const MEMBERS: usize = 100;

/// Judges with the plan and with the reference, and prints what an event takes with both.
fn beside(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, plan: &Engine, reference: &Engine, events: &[Event]) {
    group.throughput(Throughput::Elements(events.len() as u64)).sample_size(10);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    group.bench_function(name, |bencher| {
        bencher.iter_batched(|| events.to_vec(), |events| judge(plan, events, 1), BatchSize::LargeInput);
    });
    let took = |engine: &Engine| timed(3, || events.to_vec(), |events| judge(engine, events, 1));
    let (plan, reference) = (took(plan), took(reference));
    let each = |took: Duration| took.as_nanos() / events.len() as u128;
    let times = ratio(reference, plan);
    println!("| {name} | {} | {} | {times:.1} x |\n", each(plan), each(reference));
}

fn each_construct(criterion: &mut Criterion) {
    let seed = Seed::new([7; 32]);
    let scratch = Scratch::new();
    let mut group = criterion.benchmark_group("construct");
    println!("| construct | plan, ns for each event | reference | times as fast |\n|---|---|---|---|");
    for (name, text) in constructs::all(&written(&seed.commitment())) {
        let versions = versions(&text);
        let path = scratch.file("constructs.jsonl", constructs::events(MEMBERS, EVENTS, name == "redeem"));
        let events = common::read(&versions[0], &path, None);
        let seeded = |engine: Engine| engine.with_seeds(std::slice::from_ref(&seed));
        beside(&mut group, name, &seeded(compile(&versions)), &seeded(Engine::reference(&versions)), &events);
    }
    group.finish();
}

fn retail(criterion: &mut Criterion) {
    let folder = programs().join("retail");
    let versions: Vec<_> = match Program::from_path(&folder) {
        Ok(loaded) => loaded.versions.into_iter().map(Arc::new).collect(),
        Err(wrong) => panic!("{wrong}"),
    };
    let map = Map::parse("map", &fs::read_to_string(folder.join("retail.map.yaml")).unwrap()).unwrap();
    let inputs = Inputs::find(&[folder.join("online_retail_ii_2009_2010.csv.zst")]).unwrap();
    let stream = EventStream::new(&versions[0], &inputs, Some(&map), 0).unwrap();
    let events: Vec<Event> = stream.flatten().take(LINES).collect();
    let mut group = criterion.benchmark_group("judge");
    beside(&mut group, "retail", &compile(&versions), &Engine::reference(&versions), &events);
    group.finish();
}

fn texts(criterion: &mut Criterion) {
    let text = fs::read_to_string(programs().join("sephora/sephora.meed")).unwrap();
    let versions = versions(&text);
    let mut group = criterion.benchmark_group("texts");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("parse", |bencher| bencher.iter(|| meed::syntax::parse(FileId(0), black_box(&text))));
    group.bench_function("format", |bencher| bencher.iter(|| meed::syntax::format(black_box(&text))));
    group.bench_function("parse and check", |bencher| {
        bencher.iter(|| Program::from_text("sephora.meed", black_box(&text)));
    });
    group.bench_function("compile", |bencher| bencher.iter(|| compile(black_box(&versions))));
    group.finish();
}

criterion_group!(benches, texts, retail, each_construct);
criterion_main!(benches);
