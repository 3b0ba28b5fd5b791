//! Standard output and standard error.

use std::io::{IsTerminal, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use clap::ColorChoice;
use serde::Serialize;

use super::error::CliError;
use crate::journal::{AtomicFile, WriteError};

/// Where a command writes, and whether it may use colours.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    colour: bool,
}

const ERROR: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = AnsiColor::Cyan.on_default().bold();

impl Output {
    /// The streams of this process. Without a word from the command line, colours are for terminals, and `NO_COLOR` forbids them.
    pub fn new(choice: ColorChoice) -> Self {
        let choice = match choice {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
        let colour = match choice {
            anstream::ColorChoice::Auto => {
                anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
            }
            anstream::ColorChoice::Never => false,
            _ => true,
        };
        Self { colour }
    }

    /// Whether results may have colours.
    pub fn colour(self) -> bool {
        self.colour
    }

    /// Writes a result to standard output.
    ///
    /// # Errors
    /// [`WriteError`], also where the reader has gone.
    pub fn result(self, text: &str) -> Result<(), CliError> {
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| WriteError::new("the standard output", error).into())
    }

    /// Writes a result to a file, or without one to standard output.
    ///
    /// # Errors
    /// [`WriteError`], also where the reader has gone.
    pub fn result_to(self, path: Option<&Path>, text: &str) -> Result<(), CliError> {
        match path {
            None => self.result(text),
            Some(path) => Ok(AtomicFile::write_text(path, text)?),
        }
    }

    /// Writes a result as JSON, indented for people where they look at it.
    ///
    /// # Errors
    /// [`WriteError`], also where the reader has gone.
    pub fn json(self, value: &impl Serialize) -> Result<(), CliError> {
        let text = if std::io::stdout().is_terminal() {
            serde_json::to_string_pretty(value)
        } else {
            serde_json::to_string(value)
        };
        let text = text.map_err(|error| WriteError::new("the standard output", error.into()))?;
        self.result(&(text + "\n"))
    }

    /// Writes a text that is no result to standard error.
    pub fn aside(self, text: &str) {
        // Whoever closed standard error does not want to hear.
        let _ = anstream::stderr().write_all(text.as_bytes());
    }

    /// Tells what went wrong on standard error.
    pub fn error(self, error: &dyn std::fmt::Display) {
        let _ = writeln!(anstream::stderr(), "{ERROR}error{ERROR:#}: {error}");
    }

    /// Tells something by the way on standard error.
    pub fn note(self, note: &dyn std::fmt::Display) {
        let _ = writeln!(anstream::stderr(), "{NOTE}note{NOTE:#}: {note}");
    }
}
