//! `meed explain-code`

use std::fmt::Write as _;

use clap::Args;

use super::error::{CliError, Exit};
use super::output::Output;
use crate::diagnostic::codes;

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

pub(super) fn run(args: &ExplainCodeArgs, output: &Output) -> Result<Exit, CliError> {
    let mut out = String::new();
    match &args.code {
        None => {
            for explanation in codes::all() {
                let _ = writeln!(out, "{}  {}", explanation.code, explanation.title);
            }
        }
        Some(code) => {
            let wanted = code.to_uppercase();
            let Some(found) = codes::explain(&wanted) else {
                let hint = crate::events::did_you_mean(&wanted, codes::all().map(|explanation| explanation.code));
                return Err(CliError::Usage(format!("there is no message with the code `{code}`{hint}")));
            };
            let _ = write!(out, "{}: {}\n\n{}\n", found.code, found.title, found.text.trim());
            for (title, text) in [("Wrong", found.wrong), ("Right", found.right)] {
                if !text.is_empty() {
                    let _ = write!(out, "\n{title}:\n");
                    text.trim_end().lines().for_each(|line| {
                        let _ = writeln!(out, "  {line}");
                    });
                }
            }
        }
    }
    output.result(&out)?;
    Ok(Exit::Nothing)
}
