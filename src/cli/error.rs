//! How a command ends.

use std::process::ExitCode;

use crate::events::{InputError, MapError};
use crate::journal::{StateError, WriteError};

use super::locate::LocateError;

/// What a command found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to report.
    Nothing,
    /// It worked and found something.
    Found,
    /// It could not do its work.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Nothing => ExitCode::SUCCESS,
            Exit::Found => ExitCode::from(1),
            Exit::Failed => ExitCode::from(2),
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// There is no program.
    #[error(transparent)]
    Locate(#[from] LocateError),
    /// There are no events.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The map does not fit.
    #[error("{0}")]
    Map(#[from] MapError),
    /// Something cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The state file cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// A file of the command itself cannot be read.
    #[error("cannot read `{path}`: {error}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// The program has errors, which were shown.
    #[error("`{path}` has {}", if *.errors == 1 { "an error".to_owned() } else { format!("{errors} errors") })]
    BadProgram {
        /// The program.
        path: String,
        /// How many errors it has.
        errors: usize,
    },
    /// Flags that do not go together, or a value that makes no sense.
    #[error("{0}")]
    Usage(String),
}
