//! `meed fmt`

use std::path::PathBuf;

use clap::Args;

/// Lay out programs in the one style
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed fmt
  meed fmt shop.meed --diff
  meed fmt --check programs/
  cat shop.meed | meed fmt -")]
pub struct FmtArgs {
    /// Files, folders or `-`; every file around the current folder's program without
    #[arg(value_name = "FILE")]
    pub paths: Vec<PathBuf>,
    /// Change nothing; exit with 1 where something would change
    #[arg(long)]
    pub check: bool,
    /// Change nothing; show what would change
    #[arg(long)]
    pub diff: bool,
}
