//! `meed explain-code`

use clap::Args;

/// Explain a message by its code
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed explain-code E0203
  meed explain-code          # lists all codes")]
pub struct ExplainCodeArgs {
    /// The code, such as E0203; all codes without
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}
