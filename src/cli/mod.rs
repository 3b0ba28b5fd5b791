//! The `meed` command: one file for each verb. Results go to standard output, notes and progress to standard error.

mod annotations;
mod aside;
mod check;
mod completions;
mod diff;
mod draw;
mod error;
mod explain;
mod explain_code;
mod fmt;
mod git;
mod giving;
mod history;
mod init;
mod junit;
mod load;
mod locate;
mod man;
mod out;
mod output;
mod page;
mod playing;
mod progress;
mod reasons;
mod report;
mod run;
mod sample;
mod seeds;
mod sinks;
mod source;
mod summary;
mod table;
mod terms;
mod test;
mod threads;
mod tight;
mod unified;
mod verify;

use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, Parser, Subcommand};

pub use error::{CliError, Exit};
pub use locate::{LocateError, program_path, split_program};
pub use output::Output;
pub use run::RunArgs;
pub use source::{HistoryArgs, SourceArgs};

/// A declarative language and engine for customer loyalty programs.
#[derive(Debug, Parser)]
#[command(name = "meed", version, about, propagate_version = true, subcommand_required = true, arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Cli {
    /// When to use colours; `NO_COLOR` is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str =
    "Exit codes: 0 nothing to report, 1 it worked and found something, 2 it could not do its work.";

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArgs),
    Run(run::RunArgs),
    Check(check::CheckArgs),
    Fmt(fmt::FmtArgs),
    Test(test::TestArgs),
    Explain(explain::ExplainArgs),
    ExplainCode(explain_code::ExplainCodeArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
    Draw(draw::DrawArgs),
    Terms(terms::TermsArgs),
    Diff(diff::DiffArgs),
    Sample(sample::SampleArgs),
    Report(report::ReportArgs),
    Verify(verify::VerifyArgs),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are results; everything else is a mistake on the command line. There is nobody left to tell if this fails.
            let _ = error.print();
            return if error.use_stderr() { Exit::Failed.into() } else { Exit::Nothing.into() };
        }
    };
    let output = Output::new(cli.color);
    match dispatch(&cli.command, &output) {
        Ok(exit) => exit.into(),
        Err(CliError::Write(crate::journal::WriteError::Closed)) => Exit::Failed.into(),
        Err(error) => {
            output.error(&error);
            Exit::Failed.into()
        }
    }
}

fn dispatch(command: &Command, output: &Output) -> Result<Exit, CliError> {
    match command {
        Command::Completions(args) => completions::run(args, &mut Cli::command(), output),
        Command::Man(args) => man::run(args, Cli::command(), output),
        Command::Run(args) => run::run(args, output),
        Command::Check(args) => check::run(args, output),
        Command::Fmt(args) => fmt::run(args, output),
        Command::Test(args) => test::run(args, output),
        Command::Explain(args) => explain::run(args, output),
        Command::Init(args) => init::run(args, output),
        Command::Sample(args) => sample::run(args, output),
        Command::Verify(args) => verify::run(args, output),
        Command::Diff(args) => diff::run(args, output),
        Command::Terms(args) => terms::run(args, output),
        Command::Report(args) => report::run(args, output),
        Command::Draw(args) => draw::run(args, output),
        Command::ExplainCode(args) => explain_code::run(args, output),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        for command in Cli::command().get_subcommands_mut() {
            let name = command.get_name().to_owned();
            let help = command.render_long_help().to_string();
            assert!(help.contains("Examples:"), "{name}");
            assert!(help.contains(&format!("meed {name}")), "{name}");
        }
    }
}
