//! The workload where only its sums are asked for: judged by the kernel.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use meed::Program;
use meed::events::{EventStream, Inputs};
use meed::kernel::{Batch, Crew, Plan, Reading, Repeats};

use super::common::{Scratch, beside, once, took};
use super::limit;

/// All events of a file, in batches.
fn read(program: &Program, plan: &Plan, path: &Path, mut take: impl FnMut(&mut Batch)) {
    let inputs = Inputs::find(std::slice::from_ref(&path.to_path_buf())).unwrap();
    let mut reading =
        Reading::new(program, plan, EventStream::new(program, &inputs, None, 0).unwrap(), Repeats::Unexpected);
    let mut batch = Batch::default();
    while {
        let more = reading.fill(&mut batch).expect("values fit");
        assert!(batch.rejects.is_empty(), "every record is an event");
        take(&mut batch);
        more
    } {}
}

fn kept(program: &Program, plan: &Plan, path: &Path) -> Vec<Batch> {
    let mut all = Vec::new();
    read(program, plan, path, |batch| all.push(std::mem::take(batch)));
    all
}

fn judge(crew: &mut Crew, batch: &mut Batch) {
    let away = crew.judge(&mut batch.block).expect("plain events");
    assert!(away.is_empty(), "every event is accepted");
}

/// Judges everything. The batches come out again, as to let them go is no part of it.
fn judged(plan: &Arc<Plan>, mut batches: Vec<Batch>) -> (Crew, Vec<Batch>) {
    let mut crew = Crew::new(plan, 1, Repeats::Unexpected);
    batches.iter_mut().for_each(|batch| judge(&mut crew, batch));
    crew.advance(None).expect("plain members");
    (crew, batches)
}

/// Reads and judges everything.
pub fn all(program: &Program, plan: &Arc<Plan>, path: &Path) -> Crew {
    let mut crew = Crew::new(plan, 1, Repeats::Unexpected);
    read(program, plan, path, |batch| judge(&mut crew, batch));
    crew.advance(None).expect("plain members");
    crew
}

/// Tells how long each part takes.
pub fn tell(
    program: &Program,
    plan: &Arc<Plan>,
    path: &Path,
    totals: &limit::Totals,
    say: impl Fn(&str, &mut dyn FnMut() -> Duration),
) {
    let (mut crew, _) = judged(plan, kept(program, plan, path));
    let (points, standing) = (crew.told().units[0], crew.standing());
    let own = (points.issued, points.spent, points.expired, standing.members, standing.outstanding[0]);
    let theirs = (totals.earned, totals.redeemed, totals.expired, totals.members, totals.balance - totals.debt);
    let (earned, redeemed, expired, count, left) = theirs;
    assert_eq!(own, (earned.into(), redeemed.into(), expired.into(), count, left.into()), "the kernel disagrees");
    assert_eq!(standing.tiers[0], totals.tiers, "the kernel disagrees");

    say("sums: read", &mut || took(|| read(program, plan, path, |_| ())));
    say("sums: judge, from memory", &mut || judging(program, plan, path));
    say("sums: read and judge", &mut || took(|| all(program, plan, path)));
}

/// How long it takes to judge all events of a file that were read before.
fn judging(program: &Program, plan: &Arc<Plan>, path: &Path) -> Duration {
    once(|| kept(program, plan, path), |batches| judged(plan, batches))
}

/// How many times as long that takes as the limit needs for events that were read before.
pub fn from_memory(what: &str, program: &Program, plan: &Arc<Plan>, path: &Path, text: &str) {
    let blocks = limit::read(text);
    let (_, ratio) = beside(|| took(|| limit::judge(&blocks)), || judging(program, plan, path));
    println!("| {what}, against the limit from memory | {ratio:.1} x |");
}

/// What an event costs a member with a long history and one with a short one.
pub fn history(scratch: &Scratch, program: &Program, plan: &Arc<Plan>) {
    let each = |past: u64| {
        let path = scratch.file("past.jsonl", limit::sample(1, past + 4_096 * 4, 2));
        let mut batches = kept(program, plan, &path);
        let rest = batches.split_off(batches.len() - 3);
        let mut crew = Crew::new(plan, 1, Repeats::Unexpected);
        batches.into_iter().for_each(|mut batch| judge(&mut crew, &mut batch));
        let (count, start): (usize, _) = (rest.iter().map(|batch| batch.block.rows.len()).sum(), Instant::now());
        rest.into_iter().for_each(|mut batch| judge(&mut crew, &mut batch));
        start.elapsed().div_f64(count as f64)
    };
    let (_, ratio) = beside(|| each(100), || each(100_000));
    println!("| sums: one event after 100,000 others of its member, against one after few | {ratio:.2} x |");
}
