//! What members take in memory, beside what they take in the limit: bytes asked of the allocator, counted in the same run.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    reason = "a bench that cannot begin has nothing to say, and its ratios are for people"
)]

use std::fs;
use std::sync::Arc;

use cap::Cap;
use meed::compile::compile;
use meed::kernel::Plan;

#[expect(dead_code, reason = "another bench measures time")]
mod common;
#[expect(dead_code, reason = "another bench compares the totals")]
mod limit;
#[expect(dead_code, reason = "another bench measures time")]
mod sums;

#[global_allocator]
static ALLOCATOR: Cap<mimalloc::MiMalloc> = Cap::new(mimalloc::MiMalloc, usize::MAX);

const MEMBERS: u64 = 5_000;

/// How many bytes are in use for what `make` makes.
fn bytes<T>(make: impl FnOnce() -> T) -> usize {
    let before = ALLOCATOR.allocated();
    let made = make();
    let bytes = ALLOCATOR.allocated() - before;
    drop(made);
    bytes
}

fn main() {
    let program = fs::read_to_string(common::programs().join("bench/loyalty.meed")).unwrap();
    let versions = common::versions(&program);
    let engine = compile(&versions);
    let scratch = common::Scratch::new();
    let plan = Arc::new(Plan::of(&engine.versions()[0]).expect("a plain program"));
    println!("{:<26} {:>12} {:>12} {:>20}", "bytes for each more member", "the limit", "Meed", "Meed, sums only");
    for each in [5, 10, 50] {
        let take = |members: u64| {
            let text = limit::sample(members, members * each, 1);
            let path = scratch.file("memory.jsonl", &text);
            let limit = bytes(|| limit::judged(&text));
            let meed = bytes(|| common::judge(&engine, common::read(&versions[0], &path, None), 1));
            let sums = bytes(|| sums::all(&versions[0], &plan, &path));
            (limit::run(&text).members as usize, [limit, meed, sums])
        };
        // What there is room for whoever comes counts for nobody: only what so many more members take.
        let ((few, less), (many, more)) = (take(MEMBERS), take(2 * MEMBERS));
        let [limit, meed, sums] = std::array::from_fn(|at| (more[at] - less[at]) / (many - few));
        let times = |bytes: usize| format!("{bytes} {:>5.1} x", bytes as f64 / limit as f64);
        println!("{:<26} {limit:>12} {:>12} {:>20}", format!("{each} events a member"), times(meed), times(sums));
    }
}
