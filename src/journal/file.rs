//! Files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Why something could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The reader of a pipe has gone.
    #[error("whoever read the output has closed it")]
    Closed,
    /// There is no room.
    #[error("cannot write `{path}`: the disk is full")]
    Full {
        /// Where to.
        path: String,
    },
    /// Anything else.
    #[error("cannot write `{path}`: {error}")]
    Failed {
        /// Where to.
        path: String,
        /// Why.
        error: io::Error,
    },
}

impl WriteError {
    /// What an error of the system means, for output to `path`.
    pub fn new(path: impl Into<String>, error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::Closed,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full { path: path.into() },
            _ => Self::Failed { path: path.into(), error },
        }
    }
}

/// A file that is written aside and takes its name at [`AtomicFile::commit`]. Dropped without, it leaves what was there before.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    aside: PathBuf,
    /// `None` once committed.
    out: Option<BufWriter<File>>,
}

impl AtomicFile {
    /// Begins a file beside `path`.
    ///
    /// # Errors
    /// [`WriteError`] where the folder cannot be written.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        let failed = |error| WriteError::new(path.display().to_string(), error);
        // A link stays a link, and what is at its end is replaced; without one there is nothing to resolve.
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut name = std::ffi::OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(".part");
        let aside = target.with_file_name(name);
        let file = File::create(&aside).map_err(failed)?;
        let this = Self { path: target, aside, out: Some(BufWriter::with_capacity(1 << 16, file)) };
        if let Ok(before) = this.path.metadata() {
            fs::set_permissions(&this.aside, before.permissions()).map_err(failed)?;
        }
        Ok(this)
    }

    /// Makes the content durable, then gives the file its name, in place of what had it before.
    ///
    /// # Errors
    /// [`WriteError`]; what was there before is untouched.
    pub fn commit(mut self) -> Result<(), WriteError> {
        let result = self.out.take().map_or(Ok(()), |out| {
            let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            drop(file);
            fs::rename(&self.aside, &self.path)?;
            // The name is durable with its folder; not every system lets a folder be opened.
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder).and_then(|folder| folder.sync_all()).or(Ok(()))
        });
        result.map_err(|error: io::Error| {
            // The file aside is of no use to anybody.
            let _ = fs::remove_file(&self.aside);
            WriteError::new(self.path.display().to_string(), error)
        })
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.as_mut().map_or_else(|| Err(io::Error::other("the file is closed")), |out| out.write(bytes))
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.as_mut().map_or(Ok(()), BufWriter::flush)
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(out) = self.out.take() {
            // The buffer must not be written to a file that is going away.
            drop(out.into_parts());
            let _ = fs::remove_file(&self.aside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s51_a_file_appears_whole_or_not_at_all() {
        let folder = std::env::temp_dir().join(format!("meed-journal-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("state.json");
        fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        file.commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert!(AtomicFile::create(&folder.join("none/state.json")).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn errors_say_what_to_do_about() {
        let said = |kind: ErrorKind| WriteError::new("out/journal.jsonl", io::Error::from(kind)).to_string();
        assert_eq!(said(ErrorKind::StorageFull), "cannot write `out/journal.jsonl`: the disk is full");
        assert_eq!(said(ErrorKind::BrokenPipe), "whoever read the output has closed it");
    }
}
