//! What all benches have in common.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use meed::Program;
use meed::engine::{Engine, Event, Job, World};
use meed::events::{EventStream, Inputs, Map};

/// How long work takes; what is made before does not count, nor does the end of what comes out.
pub fn once<I, O>(before: impl FnOnce() -> I, work: impl FnOnce(I) -> O) -> Duration {
    let input = before();
    let start = Instant::now();
    let output = std::hint::black_box(work(input));
    let took = start.elapsed();
    drop(output);
    took
}

/// How long work takes that needs nothing made before.
pub fn took<O>(work: impl FnOnce() -> O) -> Duration {
    once(|| (), |()| work())
}

/// The median time of some runs, as [`once`].
pub fn timed<I, O>(runs: usize, mut before: impl FnMut() -> I, mut work: impl FnMut(I) -> O) -> Duration {
    let mut times: Vec<Duration> = (0..runs).map(|_| once(&mut before, &mut work)).collect();
    times.sort();
    times[runs / 2]
}

/// The median time of five runs, and the median of how many times as long each took as other work right before it: what else the machine does
/// slows both down.
pub fn beside(mut other: impl FnMut() -> Duration, mut work: impl FnMut() -> Duration) -> (Duration, f64) {
    let pairs: Vec<(Duration, Duration)> = (0..5).map(|_| (other(), work())).collect();
    let mut times: Vec<Duration> = pairs.iter().map(|(_, took)| *took).collect();
    let mut ratios: Vec<f64> = pairs.iter().map(|(other, took)| ratio(*took, *other)).collect();
    times.sort();
    ratios.sort_by(f64::total_cmp);
    (times[2], ratios[2])
}

/// The median time of five runs.
pub fn median<O>(mut work: impl FnMut() -> O) -> Duration {
    timed(5, || (), |()| work())
}

pub fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

/// A folder for the files of one bench, which goes with it.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("meed-bench-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    /// The path of a new file.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

pub fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("programs")
}

/// The versions of a program that has no mistake.
pub fn versions(text: &str) -> Vec<Arc<Program>> {
    match Program::from_text("bench.meed", text) {
        Ok(loaded) => loaded.versions.into_iter().map(Arc::new).collect(),
        Err(wrong) => panic!("{wrong}"),
    }
}

/// The events of a file; every record is one.
pub fn read(program: &Program, path: &Path, map: Option<&Map>) -> Vec<Event> {
    let inputs = Inputs::find(std::slice::from_ref(&path.to_path_buf())).unwrap();
    EventStream::new(program, &inputs, map, 0).unwrap().map(|record| record.expect("an event")).collect()
}

/// Judges everything and moves all clocks to the end.
pub fn judge(engine: &Engine, events: Vec<Event>, threads: usize) -> World {
    let mut world = World::new(engine.clone());
    let (_, jobs) = world.prepare(events);
    world.finish(on_threads(jobs, threads), &mut |outcome| drop(std::hint::black_box(outcome)));
    let jobs = world.prepare_advance(None);
    world.finish(on_threads(jobs, threads), &mut |outcome| drop(std::hint::black_box(outcome)));
    world
}

fn on_threads(mut jobs: Vec<Job>, threads: usize) -> Vec<Job> {
    let rest = jobs.split_off(jobs.len() / threads);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| rest.into_iter().map(Job::run).collect::<Vec<_>>());
        let mut done: Vec<_> = jobs.into_iter().map(Job::run).collect();
        done.extend(other.join().unwrap());
        done
    })
}
