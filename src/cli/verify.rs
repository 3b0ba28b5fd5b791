//! `meed verify`

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::error::{CliError, Exit};
use super::load::{load, told};
use super::locate::program_path;
use super::output::Output;
use super::page::{Page, Tone};
use super::summary::grouped;
use super::threads::ThreadArgs;
use crate::hir::Program;
use crate::program::Loaded;
use crate::verify::{Attack, Climb, Finding, Height, Hit, Property, Target, goal, properties};

/// Attack a program: look for ways to farm it, and for invariants that do not hold
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed verify shop.meed
  meed verify shop.meed --seed 7 --runs 20000
  meed verify shop.meed --seconds 60 --except refunds-take-gifts
  meed verify shop.meed --only never_below --format json
  meed verify shop.meed --maximise 'value of points.earned - purchase.subtotal'
  meed verify --list

What members could do is made up, run by run: orders and refunds, points spent and given away, exchanges back and forth,
the same order twice, late events, times around midnight, month ends and expiry. After each run the properties of every
program and the invariants of this one are looked at. What breaks one is made as small as can be and printed as a scenario:
paste it into the program, mend the rules, and `meed test` says when the hole is closed.
The same program, seed and runs find the same; with --seconds the number of runs depends on the machine.
With --maximise scripts are changed for the better instead, and the best is shown; in the amount, `points.earned` and
`purchase.subtotal` are sums over all that happened. The exit code is 1 where it is above zero.")]
pub struct VerifyArgs {
    /// The program; the one around the current folder without
    #[arg(value_name = "PROGRAM")]
    pub program: Option<PathBuf>,
    /// What fixes everything that is left to chance
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// How many runs
    #[arg(long, value_name = "N", default_value_t = 2_000, conflicts_with = "seconds")]
    pub runs: u64,
    /// Go on for so long, however many runs that are
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub seconds: Option<u64>,
    /// Look only at these properties and invariants
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
    /// Look at this property too, which is looked at only on request
    #[arg(long, value_name = "NAME")]
    pub also: Vec<String>,
    /// Do not look at these
    #[arg(long, value_name = "NAME")]
    pub except: Vec<String>,
    /// Look for what brings members most of this: `value of points.earned - purchase.subtotal`
    #[arg(long, value_name = "AMOUNT", conflicts_with_all = ["only", "also", "except", "list"])]
    pub maximise: Option<String>,
    /// Show what is looked at, and stop
    #[arg(long)]
    pub list: bool,
    /// Threads.
    #[command(flatten)]
    pub threads: ThreadArgs,
    /// How results are written
    #[arg(long, value_enum, default_value_t)]
    pub format: VerifyFormat,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum VerifyFormat {
    /// For a terminal
    #[default]
    Full,
    /// One JSON document, `meed.verify/1`
    Json,
}

pub(super) fn run(args: &VerifyArgs, output: &Output) -> Result<Exit, CliError> {
    let current = std::env::current_dir().map_err(|error| CliError::Read { path: ".".to_owned(), error })?;
    let path = program_path(args.program.as_deref(), &current)?;
    let Some(target) = target(load(&path, output)?) else { return Ok(Exit::Nothing) };
    if let Some(amount) = &args.maximise {
        let text = goal(target.program(), amount);
        let loaded = told(Program::from_path_with(&path, "--maximise", &text), "--maximise", output)?;
        return self::target(loaded).map_or(Ok(Exit::Nothing), |target| maximise(&target, amount, args, output));
    }
    let properties = chosen(args, properties(&target))?;
    if args.list {
        output.result(&listed(&properties).full())?;
        return Ok(Exit::Nothing);
    }
    let attack = Attack { target: &target, properties, seed: args.seed };
    let (hits, runs) = hunt(&attack, args);
    let findings: Vec<Finding> = hits.into_iter().filter_map(|hit| attack.shrink(hit)).collect();
    match args.format {
        VerifyFormat::Full => output.result(&page(&attack, runs, &findings).full())?,
        VerifyFormat::Json => output.json(&report(&attack, runs, &findings))?,
    }
    Ok(if findings.is_empty() { Exit::Nothing } else { Exit::Found })
}

/// The properties that were asked for.
fn chosen(args: &VerifyArgs, mut all: Vec<Property>) -> Result<Vec<Property>, CliError> {
    for name in args.only.iter().chain(&args.also).chain(&args.except) {
        if !all.iter().any(|property| *property.name == **name) {
            let names: Vec<&str> = all.iter().map(|property| &*property.name).collect();
            return Err(CliError::Usage(format!("no property is called `{name}`: there are {}", names.join(", "))));
        }
    }
    let named = |names: &[String], property: &Property| names.iter().any(|name| **name == *property.name);
    all.retain(|property| {
        let wanted = if args.only.is_empty() {
            args.list || !property.on_request || named(&args.also, property)
        } else {
            named(&args.only, property) || named(&args.also, property)
        };
        wanted && !named(&args.except, property)
    });
    Ok(all)
}

fn target(loaded: Loaded) -> Option<Target> {
    let versions: Vec<Arc<Program>> = loaded.versions.into_iter().map(Arc::new).collect();
    Target::new(&versions)
}

/// Hands out the numbers of runs to all threads, and collects what each has found. `run` is told the number and whether to go on
/// by its answer.
fn runs<T: Send>(
    args: &VerifyArgs,
    run: impl Fn(u64, &mut T) -> bool + Sync,
    fresh: impl Fn() -> T + Sync,
) -> (Vec<T>, u64) {
    let most = if args.seconds.is_some() { u64::MAX } else { args.runs };
    let until = args.seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let threads = args.threads.count();
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        let mut found = fresh();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= most || until.is_some_and(|until| Instant::now() >= until) || !run(number, &mut found) {
                return found;
            }
            done.fetch_add(1, Ordering::Relaxed);
        }
    };
    let found = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, T>| match thread.join() {
            Ok(found) => found,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        running.into_iter().map(join).collect()
    });
    (found, if args.seconds.is_some() { done.load(Ordering::Relaxed) } else { args.runs })
}

/// Of each property the hit of the first run that has one, whichever thread came first.
fn hunt(attack: &Attack<'_>, args: &VerifyArgs) -> (Vec<Hit>, u64) {
    let first: Vec<AtomicU64> = attack.properties.iter().map(|_| AtomicU64::new(u64::MAX)).collect();
    let earlier = |at: usize| first.get(at).map_or(0, |run| run.load(Ordering::Relaxed));
    let run = |number: u64, hits: &mut Vec<Hit>| {
        if (0..first.len()).all(|at| earlier(at) < number) {
            return false;
        }
        for hit in attack.run(number, |at| earlier(at) > number) {
            if let Some(run) = first.get(hit.property) {
                run.fetch_min(number, Ordering::Relaxed);
            }
            hits.push(hit);
        }
        true
    };
    let (found, done) = runs(args, run, Vec::new);
    let mut hits: Vec<Hit> = found.into_iter().flatten().collect();
    hits.sort_by_key(|hit| (hit.property, hit.run));
    hits.dedup_by_key(|hit| hit.property);
    (hits, done)
}

/// Shows the script that brings most.
fn maximise(target: &Target, amount: &str, args: &VerifyArgs, output: &Output) -> Result<Exit, CliError> {
    let Some(climb) = Climb::new(target, args.seed) else { return Ok(Exit::Nothing) };
    let better = |one: &Height, other: &Height| {
        (one.value, std::cmp::Reverse(one.run)) > (other.value, std::cmp::Reverse(other.run))
    };
    let run = |number: u64, best: &mut Option<Height>| {
        let height = climb.run(number);
        if best.as_ref().is_none_or(|best| better(&height, best)) {
            *best = Some(height);
        }
        true
    };
    let (found, done) = runs(args, run, || None);
    let best = found.into_iter().flatten().reduce(|one, other| if better(&other, &one) { other } else { one });
    let Some(best) = best else { return Ok(Exit::Nothing) };
    let (run, summit) = (best.run, climb.shrink(best));
    match args.format {
        VerifyFormat::Full => {
            let mut page = Page::default();
            page.title(amount);
            let tone = if summit.gains { Tone::Bad } else { Tone::Good };
            page.line(tone, format!("{} at most, in {} runs with seed {}", summit.value, grouped(done), args.seed));
            page.line(Tone::Faint, format!("run {run}: {}", steps(summit.moves)));
            page.paste(&summit.scenario);
            output.result(&page.full())?;
        }
        VerifyFormat::Json => output.json(&MostReport {
            schema: "meed.verify/1",
            program: &target.program().name,
            seed: args.seed,
            runs: done,
            maximise: amount,
            most: &summit.value,
            run,
            steps: summit.moves,
            scenario: &summit.scenario,
        })?,
    }
    Ok(if summit.gains { Exit::Found } else { Exit::Nothing })
}

fn steps(count: usize) -> String {
    if count == 1 { "1 step".to_owned() } else { format!("{count} steps") }
}

fn listed(properties: &[Property]) -> Page {
    let mut page = Page::default();
    let width = properties.iter().map(|property| property.name.chars().count()).max().unwrap_or(0);
    let mut part = |title: &str, of: &dyn Fn(&Property) -> bool| {
        let of: Vec<_> = properties.iter().filter(|property| of(property)).collect();
        if !of.is_empty() {
            page.title(title);
        }
        for property in of {
            page.line(Tone::Plain, format!("{:width$}  {}", property.name, property.sentence));
        }
    };
    part("every program", &|property| !property.own && !property.on_request);
    part("only on request (--also)", &|property| property.on_request);
    part("invariants of this program", &|property| property.own);
    page
}

fn page(attack: &Attack<'_>, runs: u64, findings: &[Finding]) -> Page {
    let mut page = Page::default();
    for finding in findings {
        let Some(property) = attack.properties.get(finding.property) else { continue };
        let kind = if property.own { "the invariant " } else { "" };
        page.title(format!("{kind}{} does not hold", property.name));
        page.line(
            Tone::Plain,
            format!("{} {}", if property.own { "promised:" } else { "should be:" }, property.sentence),
        );
        page.line(Tone::Bad, format!("{} {}", if property.own { "broken by:" } else { "but:" }, finding.because));
        let small = if finding.found_with == finding.moves {
            format!("run {}: {}", finding.run, steps(finding.moves))
        } else {
            format!("run {}: {}, made smaller from {}", finding.run, steps(finding.moves), finding.found_with)
        };
        page.line(Tone::Faint, small);
        page.paste(&finding.scenario);
    }
    let invariants = attack.properties.iter().filter(|property| property.own).count();
    let count = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let looked = format!(
        "{}: {} runs with seed {}, {} and {}",
        attack.target.program().name,
        grouped(runs),
        attack.seed,
        count(attack.properties.len() - invariants, "property", "properties"),
        count(invariants, "invariant", "invariants"),
    );
    page.title(looked);
    match findings.len() {
        0 => page.line(Tone::Good, "nothing was found"),
        holes => page.line(
            Tone::Bad,
            format!(
                "{}: paste what is above into the program, and `meed test` fails until it is mended",
                count(holes, "hole", "holes")
            ),
        ),
    }
    page
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    program: &'a str,
    seed: u64,
    runs: u64,
    properties: Vec<&'a str>,
    findings: Vec<FindingReport<'a>>,
}

#[derive(Serialize)]
struct FindingReport<'a> {
    property: &'a str,
    sentence: &'a str,
    invariant: bool,
    run: u64,
    found_with: usize,
    steps: usize,
    because: &'a str,
    scenario: &'a str,
}

#[derive(Serialize)]
struct MostReport<'a> {
    schema: &'static str,
    program: &'a str,
    seed: u64,
    runs: u64,
    maximise: &'a str,
    most: &'a str,
    run: u64,
    steps: usize,
    scenario: &'a str,
}

fn report<'a>(attack: &'a Attack<'_>, runs: u64, findings: &'a [Finding]) -> Report<'a> {
    let finding = |finding: &'a Finding| {
        let property = attack.properties.get(finding.property)?;
        Some(FindingReport {
            property: &property.name,
            sentence: &property.sentence,
            invariant: property.own,
            run: finding.run,
            found_with: finding.found_with,
            steps: finding.moves,
            because: &finding.because,
            scenario: &finding.scenario,
        })
    };
    Report {
        schema: "meed.verify/1",
        program: &attack.target.program().name,
        seed: attack.seed,
        runs,
        properties: attack.properties.iter().map(|property| &*property.name).collect(),
        findings: findings.iter().filter_map(finding).collect(),
    }
}
