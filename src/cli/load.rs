//! Reads the program that a command is about.

use std::path::Path;

use super::error::CliError;
use super::output::Output;
use crate::diagnostic::{Severity, render};
use crate::hir::Program;
use crate::program::{Diagnostics, Loaded};

/// The versions of a program. Its messages go to standard error; warnings are not repeated by every command.
pub(super) fn load(path: &Path, output: &Output) -> Result<Loaded, CliError> {
    path.metadata().map_err(|error| CliError::Read { path: path.display().to_string(), error })?;
    told(Program::from_path(path), &path.display().to_string(), output)
}

/// What was read; what is wrong with it goes to standard error.
pub(super) fn told(loaded: Result<Loaded, Diagnostics>, name: &str, output: &Output) -> Result<Loaded, CliError> {
    loaded.map_err(|wrong| {
        output.aside(&render::full(&wrong.messages, &wrong.sources, output.colour()));
        let errors = wrong.messages.iter().filter(|message| message.severity == Severity::Error).count();
        CliError::BadProgram { path: name.to_owned(), errors }
    })
}
