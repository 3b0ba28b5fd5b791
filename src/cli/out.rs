//! The standard output, or a file that takes its name at the end.

use std::io::{self, BufWriter, Stdout, Write};
use std::path::Path;

use crate::journal::{AtomicFile, Ready, WriteError};

/// Where something is written that may be the result of a command.
pub(super) enum Out {
    /// The standard output.
    Standard(BufWriter<Stdout>),
    /// A file.
    File(AtomicFile),
}

impl Out {
    /// Opens what a path names; `-` is the standard output.
    pub(super) fn open(path: &Path) -> Result<Self, WriteError> {
        Ok(match is_standard(path) {
            true => Self::Standard(BufWriter::with_capacity(1 << 16, io::stdout())),
            false => Self::File(AtomicFile::create(path)?),
        })
    }

    /// Makes a file durable, which then waits for its name. It is called so in messages.
    pub(super) fn finish(mut self, name: &str) -> Result<Option<Ready>, WriteError> {
        self.flush().map_err(|error| WriteError::new(name, error))?;
        match self {
            Self::Standard(_) => Ok(None),
            Self::File(file) => file.finish().map(Some),
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            Self::File(file) => file.flush(),
        }
    }
}

/// Whether a path stands for the standard input or output.
pub(super) fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// What a path is called in messages.
pub(super) fn name_of(path: &Path) -> String {
    if is_standard(path) { "the standard output".to_owned() } else { path.display().to_string() }
}
