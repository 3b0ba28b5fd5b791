//! `meed completions`

use clap::Args;
use clap_complete::Shell;

use super::error::{CliError, Exit};
use super::output::Output;

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed completions bash > ~/.local/share/bash-completion/completions/meed
  meed completions zsh > ~/.zfunc/_meed
  meed completions fish > ~/.config/fish/completions/meed.fish")]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs, command: &mut clap::Command, output: &Output) -> Result<Exit, CliError> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, command, "meed", &mut text);
    output.result(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Nothing)
}
