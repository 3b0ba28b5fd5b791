//! `meed sample`

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::error::{CliError, Exit};
use super::load::load;
use super::locate::program_path;
use super::output::Output;
use crate::events::Record;
use crate::hir::Program;
use crate::journal::WriteError;
use crate::sample::{Wanted, sample};
use crate::value::Day;

/// Make up customers and events for a program
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed sample shop.meed --members 50 --seed 1 > events.jsonl
  meed sample shop.meed --from 2026-01-01 --days 730 -o events.jsonl
  meed sample shop.meed | meed run shop.meed -

Most members come seldom and a few come often; amounts lie around the thresholds of the program; some orders
come back, vouchers are used, points are spent. The same program, numbers and seed give the same events,
as JSON Lines.")]
pub struct SampleArgs {
    /// The program; the one around the current folder without
    #[arg(value_name = "PROGRAM")]
    pub program: Option<PathBuf>,
    /// How many members
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub members: u32,
    /// What fixes everything that is left to chance
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// The first day; the year of the dates that the program mentions without
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// How many days
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=36_525))]
    pub days: u32,
    /// Write to this file
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub output: Option<PathBuf>,
}

pub(super) fn run(args: &SampleArgs, output: &Output) -> Result<Exit, CliError> {
    let current = std::env::current_dir().map_err(|error| CliError::Read { path: ".".to_owned(), error })?;
    let path = program_path(args.program.as_deref(), &current)?;
    let versions: Vec<Arc<Program>> = load(&path, output)?.versions.into_iter().map(Arc::new).collect();
    let Some(program) = versions.last() else { return Ok(Exit::Nothing) };
    let day = |text: &String| {
        Day::parse(text).ok_or_else(|| CliError::Usage(format!("--from: `{text}` is not a date such as 2026-01-01")))
    };
    let from = args.from.as_ref().map(day).transpose()?;
    let wanted = Wanted { members: args.members, seed: args.seed, from, days: args.days };
    let events = sample(&versions, &wanted);
    let mut text = String::new();
    for event in &events {
        let line = serde_json::to_string(&Record { program, event })
            .map_err(|error| WriteError::new("the events", error.into()))?;
        text.push_str(&line);
        text.push('\n');
    }
    output.result_to(args.output.as_deref(), &text)?;
    Ok(Exit::Nothing)
}
