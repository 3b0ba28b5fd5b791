//! `meed run`

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Instant as Clock;

use clap::{Args, ValueEnum};

use super::error::{CliError, Exit};
use super::load::load;
use super::locate::split_program;
use super::out::is_standard;
use super::output::Output;
use super::progress::Progress;
use super::seeds;
use super::sinks::{Sinks, Written};
use super::source::{HistoryArgs, inputs};
use super::summary::Summary;
use super::table::Table;
use super::threads::ThreadArgs;
use super::tight::{self, Task};
use crate::compile::compile;
use crate::engine::{Arrival, Event, Job, Outcome, World};
use crate::events::{EventStream, Place, Reject};
use crate::hir::Program;
use crate::journal::{Finished, Settled, StateFile, Trace, WriteError};
use crate::value::Instant;

/// Judge events and tell what happened
#[derive(Debug, Clone, Args)]
#[command(after_long_help = "Examples:
  meed run shop.meed events.jsonl
  meed run shop.meed events/ -o out --until 2026-12-31
  zcat sales.csv.gz | meed run shop.meed - --map sales.map.yaml
  meed run shop.meed sales.csv --map auto

Events are JSON Lines, JSON, CSV or YAML, plain, gzip or zstd. Each has `id`, `type`, `member`,
`time` and its fields; a map says where other data have them. What cannot be read goes to
rejects.jsonl with its reason.

The exit code is 1 where a record was rejected or an event failed; a refusal is no exit code.")]
pub struct RunArgs {
    /// The program (else the one around the current folder), then files of events, folders or `-`
    #[arg(value_name = "PROGRAM|EVENTS", required = true)]
    pub paths: Vec<PathBuf>,
    /// Write journal.jsonl, members.jsonl, rejects.jsonl to this folder; settlement.jsonl if there are partners, draws.jsonl if
    /// there are draws
    #[arg(short = 'o', long = "output", value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Write the journal to this file; `-` for the standard output
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    pub journal: Option<PathBuf>,
    /// Write a table of all members to this file: their balances and tiers, as CSV; `-` for the standard output
    #[arg(long, value_name = "FILE")]
    pub members: Option<PathBuf>,
    /// What is judged.
    #[command(flatten)]
    pub history: HistoryArgs,
    /// Go on from this state, and save it there
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Threads.
    #[command(flatten)]
    pub threads: ThreadArgs,
    /// How the summary is written
    #[arg(long, value_enum, default_value_t)]
    pub format: RunFormat,
}

impl RunArgs {
    /// Whether nobody wants to know more than what it all comes to, and where members stand.
    fn only_sums(&self) -> bool {
        self.output.is_none() && self.journal.is_none() && self.state.is_none()
    }
}

/// How the summary of a run is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum RunFormat {
    /// Tables
    #[default]
    Full,
    /// One JSON document, `meed.run/1`
    Json,
}

/// How many events are judged at once where they have come in order so far.
const BATCH: usize = 1 << 14;

/// How many are put in order first where they have not, or where there is more than one file: a late event costs more than one in its place.
const UNORDERED_BATCH: usize = 1 << 20;

/// Judges events and writes what happened.
///
/// # Errors
/// [`CliError`] where program, inputs, map, state or output cannot be used; records that cannot be read and events that fail
/// are no error but [`Exit::Found`].
pub(super) fn run(args: &RunArgs, output: &Output) -> Result<Exit, CliError> {
    let current = std::env::current_dir().map_err(|error| CliError::Read { path: ".".to_owned(), error })?;
    let (path, events) = split_program(&args.paths, &current)?;
    if events.is_empty() && args.state.is_none() {
        return Err(CliError::Usage("no events are named: give files, folders or `-`".to_owned()));
    }
    if args.journal.as_deref().is_some_and(is_standard) && args.members.as_deref().is_some_and(is_standard) {
        return Err(CliError::Usage(
            "both the journal and the members are to go to the standard output: name a file for one".to_owned(),
        ));
    }
    let versions: Vec<Arc<Program>> = load(&path, output)?.versions.into_iter().map(Arc::new).collect();
    let Some(program) = versions.last().cloned() else {
        return Err(CliError::Usage("the program has no version".to_owned()));
    };
    let HistoryArgs { source, quiet, .. } = &args.history;
    let until = args.history.until(&program)?;
    let inputs = inputs(events)?;
    let map = source.map(&program, &inputs, output)?;
    let engine = seeds::give(compile(&versions), &source.seeds()?)?;
    let started = Clock::now();
    let mut table = args.members.as_deref().map(|path| Table::open(path, &program)).transpose()?;
    if args.only_sums() {
        let task = Task { inputs: &inputs, map: map.as_ref(), until, threads: args.threads.count() };
        let judged = tight::judge(&engine, &versions, &task, table.as_mut(), &mut Progress::new("events", *quiet))?;
        if let Some(mut summary) = judged {
            let on_stdout = table.as_ref().is_some_and(Table::is_on_stdout);
            if let Some(file) = table.map(Table::finish).transpose()?.flatten() {
                file.publish()?;
            }
            summary.elapsed(started.elapsed());
            if !on_stdout {
                tell(&summary, args, output)?;
            }
            return Ok(note(&summary, summary.found(), args, output));
        }
    }
    let trace = Trace::new(&engine, until);
    let mut state = args.state.as_deref().map(StateFile::open).transpose()?;
    let mut world = match &mut state {
        Some(state) => state.load(engine)?,
        None => World::new(engine),
    };
    let earlier = state.as_ref().and_then(StateFile::finished).map_or(&[] as &[_], |last| &last.settled);
    let Some(mut summary) = Summary::new(&versions, earlier) else { return Ok(Exit::Nothing) };
    summary.goes_on = world.clock().is_some();
    let mut pass = Pass {
        sinks: Sinks::open(args.output.as_deref(), args.journal.as_deref(), &versions)?,
        summary,
        failure: None,
        trace: state.is_some().then_some(trace),
        until,
        threads: args.threads.count(),
    };
    let stream = EventStream::new(&program, &inputs, map.as_ref(), world.sequence())?;
    let mut reading = Reading { stream, in_order: inputs.paths().len() < 2, newest: None, ended: false };
    pass.judge(&mut reading, &mut world, &mut Progress::new("events", *quiet))?;
    for stage in world.stages(until) {
        let jobs = world.prepare_advance(Some(stage));
        world.finish(run_all(jobs, pass.threads), &mut |outcome| pass.take(&outcome));
    }
    if let Some(error) = pass.failure.take() {
        return Err(error.into());
    }
    let Pass { mut sinks, mut summary, trace, .. } = pass;
    summary.stand(&world);
    sinks.members(&world)?;
    table.as_mut().map_or(Ok(()), |table| table.world(&world))?;
    sinks.settlement(&summary.giving)?;
    let on_stdout = sinks.journal_on_stdout() || table.as_ref().is_some_and(Table::is_on_stdout);
    let found = summary.found();
    let written = sinks.finish(table)?;
    let found = match (state, trace) {
        (Some(state), Some(trace)) => keep(state, &world, written, (trace, summary.giving.settled()), found, output)?,
        _ => {
            written.publish()?;
            found
        }
    };
    // The process ends with the run: to take all members apart would take longer than to judge some of them.
    std::mem::forget(world);
    summary.elapsed(started.elapsed());
    // What is there is the result then, and the summary would spoil it.
    let told = if on_stdout { Ok(()) } else { tell(&summary, args, output) };
    if let (Err(CliError::Write(_)), true) = (&told, args.state.is_some()) {
        output.note(&"the run is done and saved; only its summary is missing");
    }
    told?;
    Ok(note(&summary, found, args, output))
}

/// Tells people what a run comes to.
fn tell(summary: &Summary<'_>, args: &RunArgs, output: &Output) -> Result<(), CliError> {
    match args.format {
        RunFormat::Full => output.result(&summary.table()),
        RunFormat::Json => output.json(&summary.json()),
    }
}

/// Tells of events beyond `--until`, and shows the first rejects where no file has them.
fn note(summary: &Summary<'_>, found: bool, args: &RunArgs, output: &Output) -> Exit {
    if let (Some(beyond), later @ 1.., false) = (args.history.beyond(), summary.later(), args.history.quiet) {
        let events = if later == 1 { "1 event comes".to_owned() } else { format!("{later} events come") };
        let count = if later == 1 { "counts" } else { "count" };
        output.note(&format_args!("{events} {beyond} and {count} all the same: `--until` only moves the clock on"));
    }
    if args.output.is_none() {
        summary.first_rejects().for_each(|reject| output.note(reject));
    }
    if found { Exit::Found } else { Exit::Nothing }
}

/// Saves what a run has written, and its state; returns whether it found anything. What is saved already stays as it is.
fn keep(
    state: StateFile,
    world: &World,
    written: Written,
    (trace, settled): (Trace, Vec<Settled>),
    found: bool,
    output: &Output,
) -> Result<bool, CliError> {
    let run = trace.finish();
    if let Some(last) = state.finished().filter(|last| last.run == run && written.stand(last)) {
        output.note(&"this very run was done before, and what it wrote stands: nothing was changed");
        return Ok(last.found);
    }
    // Everything is durable before anything gets its name. The state is last: without it, the run is run again.
    let state = state.write(world, Some(Finished { run, outputs: written.contents()?, found, settled }))?;
    written.publish()?;
    state.publish()?;
    Ok(found)
}

/// One pass over the events.
struct Pass<'p> {
    sinks: Sinks<'p>,
    summary: Summary<'p>,
    failure: Option<WriteError>,
    /// Where there is a state file.
    trace: Option<Trace>,
    /// Up to when the clock is moved.
    until: Option<Instant>,
    threads: usize,
}

/// Events on their way in, so many at a time that they are worth being judged.
struct Reading<'p> {
    stream: EventStream<'p>,
    /// Whether all events have come in order of time so far, from one file.
    in_order: bool,
    newest: Option<Instant>,
    ended: bool,
}

impl Iterator for Reading<'_> {
    type Item = Vec<Result<(Event, Place), Reject>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let mut records = Vec::new();
        while records.len() < if self.in_order { BATCH } else { UNORDERED_BATCH } {
            let Some(record) = self.stream.next() else {
                self.ended = true;
                break;
            };
            if let Ok(event) = &record {
                self.in_order &= self.newest <= Some(event.time);
                self.newest = self.newest.max(Some(event.time));
            }
            records.push(record.map(|event| (event, self.stream.place().clone())));
        }
        Some(records)
    }
}

/// Runs jobs on so many threads; their order is restored by [`World::finish`].
fn run_all(jobs: Vec<Job>, threads: usize) -> Vec<Job> {
    if threads < 2 || jobs.len() < 2 {
        return jobs.into_iter().map(Job::run).collect();
    }
    let (share, mut jobs) = (jobs.len().div_ceil(threads), jobs);
    let mut parts = Vec::new();
    while !jobs.is_empty() {
        parts.push(jobs.split_off(jobs.len().saturating_sub(share)));
    }
    std::thread::scope(|scope| {
        let run = |part: Vec<Job>| scope.spawn(|| part.into_iter().map(Job::run).collect::<Vec<_>>());
        let running: Vec<_> = parts.into_iter().map(run).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Vec<Job>>| match thread.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        running.into_iter().flat_map(join).collect()
    })
}

impl Pass<'_> {
    /// Reads and judges all events: one after the other, or with more than one thread side by side.
    fn judge(&mut self, reading: &mut Reading<'_>, world: &mut World, progress: &mut Progress) -> Result<(), CliError> {
        if self.threads < 2 {
            for records in reading.by_ref() {
                self.judge_some(records, world, progress)?;
            }
        } else {
            std::thread::scope(|scope| {
                // One lot is read while another is judged, and a third may wait.
                let (to, from) = sync_channel(1);
                let read = &mut *reading;
                scope.spawn(move || read.by_ref().try_for_each(|records| to.send(records)));
                from.into_iter().try_for_each(|records| self.judge_some(records, world, progress))
            })?;
        }
        world.count(reading.stream.records());
        Ok(())
    }

    fn judge_some(
        &mut self,
        records: Vec<Result<(Event, Place), Reject>>,
        world: &mut World,
        progress: &mut Progress,
    ) -> Result<(), CliError> {
        let mut batch = Vec::with_capacity(records.len());
        let mut places = Vec::with_capacity(records.len());
        for record in records {
            progress.tick();
            match record {
                Ok((event, place)) => {
                    self.summary.event();
                    self.summary.beyond(u64::from(self.until.is_some_and(|until| event.time >= until)));
                    if let Some(trace) = &mut self.trace {
                        trace.event(&event);
                    }
                    places.push((place, event.id.clone(), event.member.clone()));
                    batch.push(event);
                }
                Err(reject) => {
                    if let Some(trace) = &mut self.trace {
                        trace.reject(&reject);
                    }
                    self.reject(&reject)?;
                }
            }
        }
        let (arrivals, jobs) = world.prepare(batch);
        world.finish(run_all(jobs, self.threads), &mut |outcome| self.take(&outcome));
        for ((place, id, member), arrival) in places.into_iter().zip(arrivals) {
            match arrival {
                Arrival::Accepted => {}
                Arrival::Duplicate => {
                    self.summary.duplicate();
                    let known = Reject::of_event(place, &id, &member, "the same event was there before: no effect");
                    self.sinks.reject(&known.skipped())?;
                }
                Arrival::Refused(reason) => self.reject(&Reject::of_event(place, &id, &member, reason))?,
            }
        }
        self.failure.take().map_or(Ok(()), |error| Err(error.into()))
    }

    fn reject(&mut self, reject: &Reject) -> Result<(), CliError> {
        self.summary.reject(reject);
        Ok(self.sinks.reject(reject)?)
    }

    fn take(&mut self, outcome: &Outcome) {
        self.summary.outcome(outcome);
        if self.failure.is_none() {
            self.failure = self.sinks.outcome(outcome).err();
        }
    }
}
