//! `meed explain`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Say why something happened, and why something else did not
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed explain shop.meed events.jsonl --event A17
  meed explain shop.meed events.jsonl --member ann --at 2026-03-01
  meed explain shop.meed events.jsonl --event A17 --with member.status=gold --with subtotal='$80'")]
#[command(group = clap::ArgGroup::new("what").required(true).args(["event", "member"]))]
pub struct ExplainArgs {
    /// The program, then files of events, folders or `-`
    #[arg(value_name = "PROGRAM|EVENTS", required = true)]
    pub paths: Vec<PathBuf>,
    /// The identity of an event
    #[arg(long, value_name = "ID")]
    pub event: Option<String>,
    /// A member
    #[arg(long, value_name = "MEMBER")]
    pub member: Option<String>,
    /// The day or moment at which the member is looked at; the end of the events without
    #[arg(long, value_name = "DATE", requires = "member")]
    pub at: Option<String>,
    /// What if: another value for a field or for something of the member
    #[arg(long, value_name = "NAME=VALUE")]
    pub with: Vec<String>,
    /// How columns or keys become events: a map, or `auto`
    #[arg(long, value_name = "MAP")]
    pub map: Option<PathBuf>,
    /// How the explanation is written
    #[arg(long, value_enum, default_value_t)]
    pub format: ExplainFormat,
}

/// How explanations are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ExplainFormat {
    /// For people
    #[default]
    Full,
    /// One JSON document, `meed.explain/1`
    Json,
}
