//! `meed man`

use std::path::PathBuf;

use clap::Args;

use super::error::{CliError, Exit};
use super::output::Output;
use crate::journal::WriteError;

/// Print the manual page of a command, or write all pages to a folder
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed man run | man -l -
  meed man --dir ~/.local/share/man/man1")]
pub struct ManArgs {
    /// The command; the page of `meed` itself without
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    command: Option<String>,
    /// Write every page to this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(args: &ManArgs, mut command: clap::Command, output: &Output) -> Result<Exit, CliError> {
    command.build();
    if let Some(dir) = &args.dir {
        let failed = |error| WriteError::new(dir.display().to_string(), error);
        std::fs::create_dir_all(dir).map_err(failed)?;
        clap_mangen::generate_to(command, dir).map_err(failed)?;
        return Ok(Exit::Nothing);
    }
    let page = match &args.command {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(found) => found.clone(),
            None => {
                let names = command.get_subcommands().map(clap::Command::get_name);
                let hint = crate::events::did_you_mean(name, names);
                return Err(CliError::Usage(format!("there is no command `{name}`{hint}")));
            }
        },
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text).map_err(|error| WriteError::new("the standard output", error))?;
    output.result(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Nothing)
}
