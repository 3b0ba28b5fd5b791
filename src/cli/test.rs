//! `meed test`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Run the scenarios of programs
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed test
  meed test shop.meed --run 'refund' -v
  meed test --coverage --min 90
  meed test shop.meed --new events.jsonl --member ann")]
pub struct TestArgs {
    /// Programs: files or folders; the one around the current folder without
    #[arg(value_name = "PROGRAM")]
    pub paths: Vec<PathBuf>,
    /// Show every scenario, not only those that fail
    #[arg(short, long)]
    pub verbose: bool,
    /// Only scenarios whose name matches
    #[arg(long, value_name = "REGEX")]
    pub run: Option<String>,
    /// List rules, tiers and branches that no scenario reached
    #[arg(long)]
    pub coverage: bool,
    /// Fail below this percentage of coverage
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100), requires = "coverage")]
    pub min: Option<u8>,
    /// Write what happened into the expectations
    #[arg(long)]
    pub update: bool,
    /// Change the program in many small ways and list what no scenario notices
    #[arg(long)]
    pub mutate: bool,
    /// Write a scenario from real events
    #[arg(long, value_name = "EVENTS", requires = "member")]
    pub new: Option<PathBuf>,
    /// The member whose events become a scenario
    #[arg(long, value_name = "MEMBER", requires = "new")]
    pub member: Option<String>,
    /// How results are written
    #[arg(long, value_enum, default_value_t)]
    pub format: TestFormat,
}

/// How results of scenarios are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TestFormat {
    /// What was expected, what happened, and why
    #[default]
    Full,
    /// One line each
    Short,
    /// One JSON document, `meed.test/1`
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// JUnit XML
    Junit,
}
