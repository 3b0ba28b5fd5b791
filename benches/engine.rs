//! How fast texts become plans, and plans judge events. The plan is printed as a ratio to the reference of the same run.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench that cannot begin has nothing to say"
)]

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use meed::Program;
use meed::compile::compile;
use meed::engine::{Engine, Event, World};
use meed::events::{EventStream, Inputs, Map};

/// How many lines of the retail data are judged: enough for long histories, few enough for the reference.
const LINES: usize = 20_000;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("programs")
}

fn versions(folder: &str) -> Vec<Arc<Program>> {
    match Program::from_path(root().join(folder)) {
        Ok(loaded) => loaded.versions.into_iter().map(Arc::new).collect(),
        Err(wrong) => panic!("{wrong}"),
    }
}

fn retail(program: &Program) -> Vec<Event> {
    let folder = root().join("retail");
    let map = Map::parse("map", &fs::read_to_string(folder.join("retail.map.yaml")).unwrap()).unwrap();
    let inputs = Inputs::find(&[folder.join("online_retail_ii_2009_2010.csv.zst")]).unwrap();
    EventStream::new(program, &inputs, Some(&map), 0).unwrap().flatten().take(LINES).collect()
}

fn judge(engine: &Engine, events: Vec<Event>) -> usize {
    let mut world = World::new(engine.clone());
    let mut outcomes = 0;
    world.submit(events, &mut |_| outcomes += 1);
    world.advance(None, &mut |_| outcomes += 1);
    outcomes
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..5)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[2]
}

/// Prints how many times faster `work` is than `reference`, in tenths.
fn ratio(name: &str, work: impl FnMut(), reference: impl FnMut()) {
    let (work, reference) = (median(work), median(reference));
    let tenths = reference.as_nanos() * 10 / work.as_nanos().max(1);
    println!("{name}: {}.{} times as fast as the reference ({work:?} against {reference:?})", tenths / 10, tenths % 10);
}

fn judging(criterion: &mut Criterion) {
    let versions = versions("retail");
    let events = retail(&versions[0]);
    let (plan, reference) = (compile(&versions), Engine::reference(&versions));
    ratio(
        "judge retail",
        || _ = black_box(judge(&plan, events.clone())),
        || _ = black_box(judge(&reference, events.clone())),
    );
    let mut group = criterion.benchmark_group("judge retail");
    group.throughput(Throughput::Elements(events.len() as u64)).sample_size(10);
    group.bench_function("plan", |bencher| {
        bencher.iter_batched(|| events.clone(), |events| judge(&plan, events), BatchSize::LargeInput);
    });
    group.finish();
}

fn texts(criterion: &mut Criterion) {
    let text = fs::read_to_string(root().join("sephora/sephora.meed")).unwrap();
    let versions = versions("sephora");
    let mut group = criterion.benchmark_group("texts");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("format", |bencher| bencher.iter(|| meed::syntax::format(black_box(&text))));
    group.bench_function("parse and check", |bencher| {
        bencher.iter(|| Program::from_text("sephora.meed", black_box(&text)));
    });
    group.bench_function("compile", |bencher| bencher.iter(|| compile(black_box(&versions))));
    group.finish();
}

fn reading(criterion: &mut Criterion) {
    let versions = versions("sephora");
    let lines = fs::read_to_string(root().join("sephora/events.jsonl")).unwrap();
    let path = std::env::temp_dir().join(format!("meed-bench-{}.jsonl", std::process::id()));
    fs::write(&path, lines.repeat(200)).unwrap();
    let inputs = Inputs::find(std::slice::from_ref(&path)).unwrap();
    let read = || EventStream::new(&versions[0], &inputs, None, 0).unwrap().flatten().count();
    let events = read() as u64;
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Elements(events)).sample_size(20);
    group.bench_function("json lines", |bencher| bencher.iter(read));
    group.finish();
    fs::remove_file(path).ok();
}

criterion_group!(benches, texts, reading, judging);
criterion_main!(benches);
