//! `meed run`

use std::path::{Path, PathBuf};
use std::time::Instant as Clock;

use clap::{Args, ValueEnum};

use super::error::{CliError, Exit};
use super::load::load;
use super::locate::split_program;
use super::output::Output;
use super::progress::Progress;
use super::sinks::Sinks;
use super::summary::Summary;
use crate::engine::{Event, Outcome};
use crate::events::{EventStream, Inputs, Map, guess};
use crate::hir::Program;
use crate::journal::WriteError;
use crate::program::Loaded;
use crate::value::{Day, Instant, parse_instant};

/// Judge events and tell what happened
#[derive(Debug, Clone, Args)]
#[command(after_long_help = "Examples:
  meed run shop.meed events.jsonl
  meed run shop.meed events/ -o out --until 2026-12-31
  zcat sales.csv.gz | meed run shop.meed - --map sales.map.yaml
  meed run shop.meed sales.csv --map auto

Events are JSON Lines, JSON, CSV or YAML, plain, gzip or zstd. Each has `id`, `type`, `member`,
`time` and its fields; a map says where other data have them. What cannot be read goes to
rejects.jsonl with its reason.")]
pub struct RunArgs {
    /// The program (else the one around the current folder), then files of events, folders or `-`
    #[arg(value_name = "PROGRAM|EVENTS", required = true)]
    pub paths: Vec<PathBuf>,
    /// Write journal.jsonl, members.jsonl and rejects.jsonl to this folder
    #[arg(short = 'o', long = "output", value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Write the journal to this file; `-` for the standard output
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    pub journal: Option<PathBuf>,
    /// How columns or keys become events: a map, or `auto` for a guess
    #[arg(long, value_name = "MAP")]
    pub map: Option<PathBuf>,
    /// Move the clock to the end of this day, or to this moment, after the last event
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Go on from this state, and save it there
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// How many threads judge
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// How the summary is written
    #[arg(long, value_enum, default_value_t)]
    pub format: RunFormat,
    /// No progress on standard error
    #[arg(short, long)]
    pub quiet: bool,
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

/// Whatever judges events: hands every outcome to the sink, in an order that depends on nothing but the events.
pub trait Judge {
    /// Judges events; they may come in any order.
    fn submit(&mut self, events: Vec<Event>, sink: &mut dyn FnMut(Outcome));
    /// Judges what is still held back, and moves the clock to a moment where one is given.
    fn finish(&mut self, until: Option<Instant>, sink: &mut dyn FnMut(Outcome));
}

/// How many events are judged at once.
const BATCH: usize = 8_192;

/// Reads the program of a run, and names its events.
///
/// # Errors
/// [`CliError`] where there is no program, or it has errors.
pub fn prepare<'a>(args: &'a RunArgs, output: &Output) -> Result<(Loaded, &'a [PathBuf]), CliError> {
    let current = std::env::current_dir().map_err(|error| CliError::Read { path: ".".to_owned(), error })?;
    let (path, events) = split_program(&args.paths, &current)?;
    Ok((load(&path, output)?, events))
}

/// Reads events, has them judged, and writes what happened. `versions` are those of the program in order; events are read as the last one
/// declares them.
///
/// # Errors
/// [`CliError`] where inputs, map or output cannot be used; records that cannot be read are no error but [`Exit::Found`].
pub fn execute(
    args: &RunArgs,
    versions: &[Program],
    events: &[PathBuf],
    judge: &mut dyn Judge,
    output: &Output,
) -> Result<Exit, CliError> {
    let Some(program) = versions.last() else {
        return Err(CliError::Usage("the program has no version".to_owned()));
    };
    if events.is_empty() {
        return Err(CliError::Usage("no events are named: give files, folders or `-`".to_owned()));
    }
    let until = args.until.as_deref().map(|text| until(program, text)).transpose()?;
    let inputs = Inputs::find(events)?;
    let map = args.map.as_deref().map(|path| load_map(path, program, &inputs, output)).transpose()?;
    let stream = EventStream::new(program, &inputs, map.as_ref())?;
    let mut sinks = Sinks::open(args.output.as_deref(), args.journal.as_deref(), versions)?;
    let started = Clock::now();
    let mut summary = Summary::new(program);
    let mut progress = Progress::new("events", args.quiet);
    let mut batch = Vec::with_capacity(BATCH);
    let mut failure = None;
    for record in stream {
        progress.tick();
        match record {
            Ok(event) => {
                summary.event(&event);
                batch.push(event);
            }
            Err(reject) => {
                summary.reject(&reject);
                sinks.reject(&reject)?;
            }
        }
        if batch.len() == BATCH {
            let events = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            judge.submit(events, &mut |outcome| take(outcome, &mut summary, &mut sinks, &mut failure));
            if let Some(error) = failure.take() {
                return Err(error.into());
            }
        }
    }
    judge.submit(batch, &mut |outcome| take(outcome, &mut summary, &mut sinks, &mut failure));
    judge.finish(until, &mut |outcome| take(outcome, &mut summary, &mut sinks, &mut failure));
    drop(progress);
    if let Some(error) = failure {
        return Err(error.into());
    }
    let on_stdout = sinks.journal_on_stdout();
    sinks.commit()?;
    summary.elapsed(started.elapsed());
    match args.format {
        // The journal is the result then, and the summary would spoil it.
        _ if on_stdout => {}
        RunFormat::Full => output.result(&summary.table())?,
        RunFormat::Json => output.json(&summary.json())?,
    }
    if args.output.is_none() {
        summary.first_rejects().for_each(|reject| output.note(reject));
    }
    Ok(if summary.rejects() == 0 { Exit::Nothing } else { Exit::Found })
}

fn take(outcome: Outcome, summary: &mut Summary<'_>, sinks: &mut Sinks<'_>, failure: &mut Option<WriteError>) {
    summary.outcome(&outcome);
    if failure.is_none() {
        *failure = sinks.outcome(&outcome).err();
    }
}

/// The moment up to which the clock moves: the end of a day in the program's zone, or a moment.
fn until(program: &Program, text: &str) -> Result<Instant, CliError> {
    let zone = &program.settings.zone;
    match Day::parse(text).and_then(|day| day.plus_days(1)) {
        Some(next) => Ok(zone.start_of(next)),
        None => parse_instant(text, Some(zone)).map_err(|error| CliError::Usage(format!("--until: {error}"))),
    }
}

/// Reads the map, or guesses one and shows it.
pub(super) fn load_map(path: &Path, program: &Program, inputs: &Inputs, output: &Output) -> Result<Map, CliError> {
    let read = |path: &Path, error| CliError::Read { path: path.display().to_string(), error };
    if path != Path::new("auto") {
        let text = std::fs::read_to_string(path).map_err(|error| read(path, error))?;
        return Ok(Map::parse(&path.display().to_string(), &text)?);
    }
    let Some(first) = inputs.paths().first().filter(|path| *path != Path::new("-")) else {
        return Err(CliError::Usage("a map can be guessed from files only, not from `-`".to_owned()));
    };
    let text = guess(program, first).map_err(|error| read(first, error))?;
    output.note(&format_args!("the map that was guessed from `{}`:\n{text}", first.display()));
    Ok(Map::parse("the guess", &text)?)
}
