//! `meed test`

mod mutate;
mod new;
mod report;
mod update;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use regex::Regex;

use super::error::{CliError, Exit};
use super::load::load;
use super::locate::programs;
use super::output::Output;
use crate::compile::compile;
use crate::hir::{Program, ScenarioFlag};
use crate::scenario::coverage::{self, Coverage};
use crate::scenario::{self, Verdict};

/// Run the scenarios of programs
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed test
  meed test shop.meed --run 'refund' -v
  meed test shop.meed --coverage --min 90
  meed test shop.meed --mutate --seconds 30
  meed test shop.meed --update
  meed test shop.meed --new events.jsonl --member ann
  meed test shop.meed --format junit > junit.xml
  meed test programs/ --format github

Coverage counts rules, tiers, conditions that turn somebody away, cases, rows of tables, limits, and what members may
ask for; whatever no scenario tries is listed with its line. `--mutate` changes one number, date, operator, tier or
statement after the other in memory, runs the scenarios, and lists the changes at which none of them fails. `--update` writes what happens into the
expectations that fail: only values change, comments and layout stay. `--new` prints a scenario of what one member did.")]
pub struct TestArgs {
    /// Programs: files or folders; the one around the current folder without
    #[arg(value_name = "PROGRAM")]
    pub paths: Vec<PathBuf>,
    /// Show every scenario, not only those that fail
    #[arg(short, long)]
    pub verbose: bool,
    /// Only scenarios whose name matches
    #[arg(long, value_name = "REGEX")]
    pub run: Option<Regex>,
    /// Say what of the program no scenario tries
    #[arg(long)]
    pub coverage: bool,
    /// Say which small changes of the program no scenario would notice
    #[arg(long, conflicts_with = "coverage")]
    pub mutate: bool,
    /// Write what happens into the expectations that fail
    #[arg(long, conflicts_with_all = ["coverage", "mutate"])]
    pub update: bool,
    /// Print a scenario of what a member did in these events, with what that brings
    #[arg(long, value_name = "EVENTS", num_args = 1.., requires = "member", conflicts_with_all = ["coverage", "mutate", "update", "run"])]
    pub new: Vec<PathBuf>,
    /// Whose events
    #[arg(long, value_name = "MEMBER", requires = "new")]
    pub member: Option<String>,
    /// How columns or keys become events: a map, or `auto`
    #[arg(long, value_name = "MAP", requires = "new")]
    pub map: Option<PathBuf>,
    /// Exit with 1 where scenarios try less than so many percent of the program, or notice less of its changes
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub min: Option<u8>,
    /// How long changes are tried; those that were not are counted
    #[arg(long, value_name = "N", default_value_t = 60, requires = "mutate")]
    pub seconds: u64,
    /// How many threads try changes, all there are without; what comes out is the same for any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), requires = "mutate")]
    pub threads: Option<u16>,
    /// How results are written
    #[arg(long, value_enum, default_value_t)]
    pub format: TestFormat,
}

impl TestArgs {
    /// Whether a scenario of this name is to run.
    fn wants(&self, name: &str) -> bool {
        self.run.as_ref().is_none_or(|pattern| pattern.is_match(name))
    }
}

/// How results of scenarios are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TestFormat {
    /// What was expected, what happened, and why
    #[default]
    Full,
    /// One JSON document, `meed.test/1`; with `--mutate`, `meed.mutate/1`
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// JUnit's XML, for continuous integration
    Junit,
}

/// The scenarios of one program.
struct Ran {
    program: Arc<Program>,
    verdicts: Vec<Verdict>,
    coverage: Option<Coverage>,
}

pub(super) fn run(args: &TestArgs, output: &Output) -> Result<Exit, CliError> {
    if args.min.is_some() && !args.coverage && !args.mutate {
        return Err(CliError::Usage("`--min` is about `--coverage` or `--mutate`: give one of them".to_owned()));
    }
    if args.mutate {
        return mutate::run(args, output);
    }
    if let Some(member) = &args.member {
        return new::run(args, member, output);
    }
    let mut all = Vec::new();
    for path in programs(&args.paths)? {
        let versions: Vec<Arc<Program>> = load(&path, output)?.versions.into_iter().map(Arc::new).collect();
        let Some(program) = versions.last().cloned() else { continue };
        let wanted = |name: &str| args.wants(name);
        let (verdicts, coverage) = if args.coverage {
            let (verdicts, coverage) = coverage::run(&versions, wanted);
            (verdicts, Some(coverage))
        } else {
            (scenario::run(&compile(&versions), &program, wanted), None)
        };
        all.push(Ran { program, verdicts, coverage });
    }
    if args.update {
        return update::run(&all, output);
    }
    let results = report::Results { all: &all, min: args.min };
    match args.format {
        TestFormat::Full => output.result(&results.full(args.verbose))?,
        TestFormat::Github => output.result(&results.github())?,
        TestFormat::Json => output.json(&results.json())?,
        TestFormat::Junit => output.result(&results.junit())?,
    }
    if results.count(|verdict| !verdict.skipped) == 0 {
        output.note(&"there is no scenario to run: a program without scenarios proves nothing");
        return Ok(Exit::Found);
    }
    let narrowed =
        all.iter().flat_map(|ran| &ran.program.scenarios).any(|scenario| scenario.flag != ScenarioFlag::Plain);
    if narrowed && std::env::var("CI").is_ok_and(|ci| ci == "true") {
        output.note(&"`only` and `skip` are for trying things out: take them away before others rely on these tests");
        return Ok(Exit::Found);
    }
    for (ran, percent) in results.too_little() {
        let (name, min) = (&ran.program.name, args.min.unwrap_or_default());
        output.note(&format_args!("scenarios try {percent}% of {name}, and at least {min}% is asked for"));
    }
    let fine = results.count(|verdict| !verdict.failures.is_empty()) == 0 && results.too_little().next().is_none();
    Ok(if fine { Exit::Nothing } else { Exit::Found })
}
