//! `meed diff`

mod report;
mod view;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::error::{CliError, Exit};
use super::git::load_any;
use super::history::{History, Watcher};
use super::out::is_standard;
use super::output::Output;
use super::progress::Progress;
use super::source::{HistoryArgs, inputs};
use crate::change::{Gate, Replay, Verdict, compare, impact};
use crate::engine::{Event, Outcome};
use crate::events::Map;
use crate::hir::Program;

/// Say what a change means, whom it meets, and what it costs
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed diff shop.meed shop-new.meed
  meed diff git:main:shop.meed shop.meed --events events.jsonl
  meed diff git:main:shop.meed shop.meed --events events.jsonl --fail-on breaking --fail-on 'liability > +2%'
  meed diff old.meed new.meed --events events.jsonl --format markdown

Layout, comments, order and new names (`was`) are no change. With events, both programs judge them: what is issued,
spent and outstanding, who is better or worse off, and the members who lose most, each with the command that
explains it. Bounds: `breaking`, or one of liability, cost, money-off, worse-off, better-off, mixed, unknown,
refused, failed, with `>` or `>=` and a number or a percentage.")]
#[command(mut_arg("map", |arg| arg.requires("events")), mut_arg("until", |arg| arg.requires("events")))]
pub struct DiffArgs {
    /// The program before: a file, a folder, or `git:REVISION:PATH`
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The program after
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// Events that both programs judge: files or folders
    #[arg(long, value_name = "EVENTS", num_args = 1..)]
    pub events: Vec<PathBuf>,
    /// How both judge.
    #[command(flatten)]
    pub history: HistoryArgs,
    /// Exit with 1 where the change goes beyond this: `breaking`, `liability > +2%`, `worse-off > 0`
    #[arg(long, value_name = "BOUND")]
    pub fail_on: Vec<String>,
    /// How the comparison is written
    #[arg(long, value_enum, default_value_t)]
    pub format: DiffFormat,
}

/// How comparisons are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum DiffFormat {
    /// For a terminal
    #[default]
    Full,
    /// For a comment on a change request
    Markdown,
    /// One JSON document, `meed.diff/1`
    Json,
}

pub(super) fn run(args: &DiffArgs, output: &Output) -> Result<Exit, CliError> {
    let gates = args.fail_on.iter().map(|text| Gate::parse(text));
    let gates: Vec<Gate> = gates.collect::<Result<_, _>>().map_err(|error| CliError::Usage(error.to_string()))?;
    if args.events.is_empty() && gates.iter().any(Gate::needs_events) {
        return Err(CliError::Usage("a bound on figures needs a history: give `--events`".to_owned()));
    }
    if args.events.iter().any(|path| is_standard(path)) {
        return Err(CliError::Usage("both programs judge the events, so they cannot come through `-`".to_owned()));
    }
    let versions = |path: &Path| -> Result<Vec<Arc<Program>>, CliError> {
        Ok(load_any(path, output)?.versions.into_iter().map(Arc::new).collect())
    };
    let (old, new) = (versions(&args.old)?, versions(&args.new)?);
    let (Some(before), Some(after)) = (old.last(), new.last()) else { return Ok(Exit::Nothing) };
    let comparison = compare(before, after);
    let impact = if args.events.is_empty() {
        None
    } else {
        let (old, new) = replays(args, &old, &new, output)?;
        Some(impact(&old, &new, &comparison))
    };
    let minor = 10_i64.saturating_pow(u32::from(after.settings.currency.exponent()));
    let verdicts: Vec<Verdict> = gates.iter().map(|gate| gate.judge(&comparison, impact.as_ref(), minor)).collect();
    let found =
        view::Found { args, program: after, comparison: &comparison, impact: impact.as_ref(), verdicts: &verdicts };
    match args.format {
        DiffFormat::Full => output.result(&found.page().full())?,
        DiffFormat::Markdown => output.result(&found.page().markdown())?,
        DiffFormat::Json => output.json(&report::report(&found))?,
    }
    Ok(if verdicts.iter().any(|verdict| verdict.exceeded) { Exit::Found } else { Exit::Nothing })
}

/// The history under both programs, each on a thread of its own.
fn replays(
    args: &DiffArgs,
    old: &[Arc<Program>],
    new: &[Arc<Program>],
    output: &Output,
) -> Result<(Replay, Replay), CliError> {
    let HistoryArgs { source, quiet, .. } = &args.history;
    let inputs = inputs(&args.events)?;
    let seeds = source.seeds()?;
    let Some(newest) = new.last() else { return Err(CliError::Usage("the program has no version".to_owned())) };
    let until = args.history.until(newest)?;
    let map = |versions: &[Arc<Program>]| -> Result<Option<Map>, CliError> {
        versions.last().map_or(Ok(None), |program| source.map(program, &inputs, output))
    };
    let (old_map, new_map) = (map(old)?, map(new)?);
    let history = History { inputs: &inputs, seeds: &seeds, until };
    std::thread::scope(|scope| {
        let first = scope.spawn(|| replay(&history, newest, old, old_map.as_ref(), true));
        let second = replay(&history, newest, new, new_map.as_ref(), *quiet);
        match first.join() {
            Ok(first) => Ok((first?, second?)),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// What cannot be read is the same for both, and told by `meed run`.
impl Watcher for Replay {
    fn read(&mut self, event: &Event) {
        self.event(event);
    }
    fn outcome(&mut self, outcome: &Outcome) {
        Self::outcome(self, outcome);
    }
}

fn replay(
    history: &History<'_>,
    newest: &Program,
    versions: &[Arc<Program>],
    map: Option<&Map>,
    quiet: bool,
) -> Result<Replay, CliError> {
    let mut replay = Replay::new(versions, newest);
    let world = history.judge(versions, map, Progress::new("events", quiet), &mut replay)?;
    replay.stand(&world);
    Ok(replay)
}
