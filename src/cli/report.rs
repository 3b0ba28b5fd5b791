//! `meed report`

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::error::{CliError, Exit};
use super::history::{History, Watcher};
use super::load::load;
use super::locate::split_program;
use super::output::Output;
use super::progress::Progress;
use super::source::{HistoryArgs, inputs};
use crate::engine::{Arrival, Outcome};
use crate::events::Reject;
use crate::hir::Program;
use crate::journal::WriteError;
use crate::report::{ChoiceError, Purchase, Survey, Wanted, Watch};

/// Say what a program comes to: members, customers, tiers, points, costs
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed report shop.meed events.jsonl -o report.html
  meed report shop.meed events/ --months 6 --format json
  meed report shop.meed sales.csv.gz --map sales.map.yaml --until 2026-12-31 -o report.html
  meed report shop.meed events.jsonl --purchase 'sale.total by receipt' --nps survey.score -o report.html

The page needs nothing else, and no scripts: it can be sent and printed. Each figure stands with its definition; what
the program or the events cannot tell is unknown, with the reason. Events are read as by `meed run`. The exit code is 1
where a record was rejected or an event failed.")]
pub struct ReportArgs {
    /// The program (else the one around the current folder), then files of events, folders or `-`
    #[arg(value_name = "PROGRAM|EVENTS", required = true)]
    pub paths: Vec<PathBuf>,
    /// Write to this file
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How the report is written
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
    /// How many months the period has; it is compared with as many before
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=120))]
    pub months: u16,
    /// What a purchase is, as `EVENT.FIELD by ORDER`: records of one day with the same order number are one
    #[arg(long, value_name = "EVENT")]
    pub purchase: Vec<String>,
    /// The answer to `how likely are you to recommend us`, 0 to 10, as `EVENT.FIELD`
    #[arg(long, value_name = "FIELD")]
    pub nps: Option<String>,
    /// What is judged.
    #[command(flatten)]
    pub history: HistoryArgs,
}

/// How reports are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ReportFormat {
    /// One HTML page that needs nothing else
    #[default]
    Html,
    /// One JSON document, `meed.report/1`
    Json,
}

/// How many rejects are shown.
const SHOWN_REJECTS: usize = 5;

/// Watches, and keeps the first rejects.
struct Seen<'p> {
    watch: Watch<'p>,
    rejects: Vec<Reject>,
}

impl Watcher for Seen<'_> {
    fn arrived(&mut self, arrival: &Arrival) {
        let records = &mut self.watch.records;
        match arrival {
            Arrival::Accepted => records.events += 1,
            Arrival::Duplicate => records.duplicates += 1,
            Arrival::Refused(_) => {}
        }
    }
    fn reject(&mut self, reject: &Reject) {
        if reject.skipped {
            self.watch.records.left_out += 1;
            return;
        }
        self.watch.records.rejected += 1;
        if self.rejects.len() < SHOWN_REJECTS {
            self.rejects.push(reject.clone());
        }
    }
    fn outcome(&mut self, outcome: &Outcome) {
        self.watch.outcome(outcome);
    }
}

pub(super) fn run(args: &ReportArgs, output: &Output) -> Result<Exit, CliError> {
    let current = std::env::current_dir().map_err(|error| CliError::Read { path: ".".to_owned(), error })?;
    let (path, events) = split_program(&args.paths, &current)?;
    if events.is_empty() {
        return Err(CliError::Usage("no events are named: give files, folders or `-`".to_owned()));
    }
    let versions: Vec<Arc<Program>> = load(&path, output)?.versions.into_iter().map(Arc::new).collect();
    let (Some(program), Some(watch)) = (versions.last(), Watch::new(&versions)) else {
        return Err(CliError::Usage("the program has no version".to_owned()));
    };
    let wanted = wanted(args, program)?;
    let HistoryArgs { source, quiet, .. } = &args.history;
    let until = args.history.until(program)?;
    let inputs = inputs(events)?;
    let map = source.map(program, &inputs, output)?;
    let seeds = source.seeds()?;
    let history = History { inputs: &inputs, seeds: &seeds, until };
    let mut seen = Seen { watch, rejects: Vec::new() };
    let world = history.judge(&versions, map.as_ref(), Progress::new("events", *quiet), &mut seen)?;
    let Seen { watch, rejects } = seen;
    rejects.iter().for_each(|reject| output.note(reject));
    let report = watch.report(&world, &wanted, until);
    let report = report.map_err(|error| CliError::Usage(format!("the sums cannot be computed: {error}")))?;
    let Some(report) = report else {
        return Err(CliError::Usage("there is nothing to report: no event was judged".to_owned()));
    };
    let text = match args.format {
        ReportFormat::Html => report.html(),
        ReportFormat::Json => {
            let json = serde_json::to_string_pretty(&report.json());
            json.map_err(|error| WriteError::new("the report", error.into()))? + "\n"
        }
    };
    output.result_to(args.output.as_deref(), &text)?;
    let found = report.records.rejected + report.records.failed > 0;
    Ok(if found { Exit::Found } else { Exit::Nothing })
}

fn wanted(args: &ReportArgs, program: &Program) -> Result<Wanted, CliError> {
    let usage = |flag: &'static str| move |error: ChoiceError| CliError::Usage(format!("{flag}: {error}"));
    let purchases = args.purchase.iter().map(|text| Purchase::parse(program, text));
    let survey = args.nps.as_deref().map(|text| Survey::parse(program, text));
    Ok(Wanted {
        months: args.months,
        purchases: purchases.collect::<Result<_, _>>().map_err(usage("--purchase"))?,
        survey: survey.transpose().map_err(usage("--nps"))?,
    })
}
