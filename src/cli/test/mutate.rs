//! `meed test --mutate`: small changes of the program, and whether a scenario notices them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::super::annotations::command;
use super::super::error::{CliError, Exit};
use super::super::load::load;
use super::super::locate::programs;
use super::super::output::Output;
use super::super::progress::Progress;
use super::super::threads;
use super::{TestArgs, TestFormat};
use crate::compile::compile;
use crate::hir::Program;
use crate::scenario::coverage::{percent, short_of};
use crate::scenario::mutation::{Trial, Unnoticed, plan, tell};
use crate::scenario::{self, Verdict};
use crate::source::Sources;

/// What the scenarios of one program make of its changes.
struct Proof {
    program: Arc<Program>,
    sources: Arc<Sources>,
    noticed: usize,
    unnoticed: Vec<Unnoticed>,
    /// Changes for which there was no time.
    left: usize,
}

impl Proof {
    fn tried(&self) -> usize {
        self.noticed + self.unnoticed.iter().map(|told| told.changes).sum::<usize>()
    }

    fn percent(&self) -> usize {
        percent(self.noticed, self.tried())
    }
}

pub(super) fn run(args: &TestArgs, output: &Output) -> Result<Exit, CliError> {
    let end = Instant::now() + Duration::from_secs(args.seconds);
    let mut proofs = Vec::new();
    for path in programs(&args.paths)? {
        let loaded = load(&path, output)?;
        let versions: Vec<Arc<Program>> = loaded.versions.into_iter().map(Arc::new).collect();
        let Some(program) = versions.last().cloned() else { continue };
        let verdicts = scenario::run(&compile(&versions), &program, |name| args.wants(name));
        if !verdicts.iter().any(Verdict::passed) || verdicts.iter().any(|verdict| !verdict.failures.is_empty()) {
            let name = &program.name;
            output
                .note(&format_args!("the scenarios of {name} must pass before they can notice anything: `meed test`"));
            return Ok(Exit::Found);
        }
        proofs.push(prove(&path, &versions, program, loaded.sources, args, end));
    }
    match args.format {
        TestFormat::Full => output.result(&proofs.iter().map(text).collect::<String>())?,
        TestFormat::Github => output.result(&proofs.iter().map(github).collect::<String>())?,
        TestFormat::Junit => {
            return Err(CliError::Usage("changes are no test cases: `--format junit` is for scenarios".to_owned()));
        }
        TestFormat::Json => {
            output.json(&Report { schema: "meed.mutate/1", programs: proofs.iter().map(report).collect() })?;
        }
    }
    let left: usize = proofs.iter().map(|proof| proof.left).sum();
    if left > 0 {
        let seconds = args.seconds;
        output.note(&format_args!("{left} changes were not tried within {seconds} seconds: give `--seconds` more"));
    }
    let min = args.min.map_or(0, usize::from);
    let mut fine = true;
    for proof in &proofs {
        let Some(percent) = short_of(min, proof.noticed, proof.tried()) else { continue };
        let name = &proof.program.name;
        output.note(&format_args!(
            "scenarios notice {percent}% of the changes of {name}, and at least {min}% is asked for"
        ));
        fine = false;
    }
    Ok(if fine { Exit::Nothing } else { Exit::Found })
}

/// Tries all changes on as many threads as there are to be, until the time is over; what comes out does not depend on the threads.
fn prove(
    path: &Path,
    versions: &[Arc<Program>],
    program: Arc<Program>,
    sources: Arc<Sources>,
    args: &TestArgs,
    end: Instant,
) -> Proof {
    let changes = plan(versions, &sources);
    let next = AtomicUsize::new(0);
    let work = |mut progress: Option<Progress>| {
        let mut done = Vec::new();
        while Instant::now() < end {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(change) = changes.get(place) else { break };
            done.push((place, change.attempt(path, &sources, &|name| args.wants(name))));
            if let Some(progress) = &mut progress {
                progress.at(place);
            }
        }
        done
    };
    let mut trials = thread::scope(|scope| {
        let others: Vec<_> = (1..threads::count(args.threads)).map(|_| scope.spawn(|| work(None))).collect();
        let mut trials = work(Some(Progress::new("changes", false)));
        trials.extend(others.into_iter().filter_map(|other| other.join().ok()).flatten());
        trials
    });
    trials.sort_by_key(|(place, _)| *place);
    let left = changes.len() - trials.len();
    let noticed = trials.iter().filter(|(_, trial)| *trial == Trial::Noticed).count();
    let unnoticed = trials.into_iter().filter_map(|(place, trial)| match trial {
        Trial::Unnoticed(variant) => Some((changes.get(place)?, variant)),
        Trial::Noticed | Trial::Impossible => None,
    });
    let unnoticed = tell(&unnoticed.collect::<Vec<_>>());
    Proof { program, sources: Arc::clone(&sources), noticed, unnoticed, left }
}

fn text(proof: &Proof) -> String {
    let (percent, name) = (proof.percent(), &proof.program.name);
    let mut out =
        format!("scenarios notice {percent}% of the changes of {name}: {} of {}\n", proof.noticed, proof.tried());
    if !proof.unnoticed.is_empty() {
        out.push_str("no scenario would notice\n");
    }
    for told in &proof.unnoticed {
        out.push_str(&format!("  {}{}  ({})\n", told.supposed, inside(told), proof.sources.at(told.span)));
    }
    out
}

/// Changes inside of what could be left out altogether are told with it.
fn inside(told: &Unnoticed) -> String {
    match told.changes {
        2 if told.kind == "removal" => "; nor a smaller change of it".to_owned(),
        count if count > 2 && told.kind == "removal" => format!("; nor {} smaller changes of it", count - 1),
        _ => String::new(),
    }
}

fn github(proof: &Proof) -> String {
    let annotation = |told: &Unnoticed| {
        command("warning", &proof.sources, told.span, "no scenario notices", &sentence(&told.supposed))
    };
    proof.unnoticed.iter().map(annotation).collect()
}

fn sentence(supposed: &str) -> String {
    format!("{supposed}, no scenario would notice")
}

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    programs: Vec<ProgramReport>,
}

#[derive(Serialize)]
struct ProgramReport {
    program: String,
    percent: usize,
    noticed: usize,
    tried: usize,
    not_tried: usize,
    unnoticed: Vec<ChangeReport>,
}

#[derive(Serialize)]
struct ChangeReport {
    kind: &'static str,
    at: String,
    changes: usize,
    sentence: String,
}

fn report(proof: &Proof) -> ProgramReport {
    let change = |told: &Unnoticed| ChangeReport {
        kind: told.kind,
        at: proof.sources.at(told.span),
        changes: told.changes,
        sentence: sentence(&told.supposed),
    };
    ProgramReport {
        program: proof.program.name.to_string(),
        percent: proof.percent(),
        noticed: proof.noticed,
        tried: proof.tried(),
        not_tried: proof.left,
        unnoticed: proof.unnoticed.iter().map(change).collect(),
    }
}
