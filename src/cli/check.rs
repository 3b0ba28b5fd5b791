//! `meed check`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Find errors in programs, and what somebody should decide
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed check
  meed check shop.meed --strict
  meed check programs/ --format github")]
pub struct CheckArgs {
    /// Programs: files, folders or `-`; the one around the current folder without
    #[arg(value_name = "PROGRAM")]
    pub paths: Vec<PathBuf>,
    /// Warnings count as errors
    #[arg(long)]
    pub strict: bool,
    /// Mend what can be mended without a decision
    #[arg(long)]
    pub fix: bool,
    /// How messages are written
    #[arg(long, value_enum, default_value_t)]
    pub format: CheckFormat,
}

/// How messages about programs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum CheckFormat {
    /// With the lines that they are about
    #[default]
    Full,
    /// One line each
    Short,
    /// One JSON document, `meed.check/1`
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}
