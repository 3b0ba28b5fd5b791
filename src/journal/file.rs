//! Files that appear whole or not at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use same_file::Handle;
use sha2::{Digest, Sha256};

/// Why something could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The reader of a pipe has gone.
    #[error("whoever read the output has closed it")]
    Closed,
    /// There is no room.
    #[error("cannot write `{path}`: the disk is full; make room and run again")]
    Full {
        /// Where to.
        path: String,
    },
    /// The system allows no file so large.
    #[error("cannot write `{path}`: it would be larger than the system allows (`ulimit -f`)")]
    TooLarge {
        /// Where to.
        path: String,
    },
    /// Another process writes it.
    #[error("`{path}` is in use by another run: wait until that has ended, or name another file")]
    Busy {
        /// Where to.
        path: String,
    },
    /// Somebody else put another file in its place.
    #[error("`{path}` was replaced by somebody else during this run, and nothing was written: run again")]
    Replaced {
        /// Where to.
        path: String,
    },
    /// A folder has the name.
    #[error("cannot write `{path}`: it is a folder; name a file")]
    Folder {
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
        let path = path.into();
        match error.kind() {
            ErrorKind::BrokenPipe => Self::Closed,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full { path },
            ErrorKind::FileTooLarge => Self::TooLarge { path },
            ErrorKind::IsADirectory => Self::Folder { path },
            _ => Self::Failed { path, error },
        }
    }
}

/// A file that is written aside and takes its name at the end. Dropped before, it leaves what was there. What is no file (a device, a pipe)
/// is written at once.
#[derive(Debug)]
pub struct AtomicFile {
    /// The name in messages.
    name: String,
    aside: Option<Aside>,
    out: BufWriter<File>,
}

/// A file that is whole and durable, and waits for its name.
#[derive(Debug)]
pub struct Ready {
    name: String,
    aside: Option<Aside>,
    /// Open, because that keeps others away.
    _file: File,
}

/// The place of a file before it has its name. Whoever holds the lock on the file there is the only one to write it.
#[derive(Debug)]
struct Aside {
    path: PathBuf,
    target: PathBuf,
    named: bool,
}

impl AtomicFile {
    /// Begins a file beside `path`. Nobody else can, until it has its name or is dropped.
    ///
    /// # Errors
    /// [`WriteError`] where the folder cannot be written, or another process writes the same file.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        let name = path.display().to_string();
        let failed = |error| WriteError::new(name.as_str(), error);
        let before = match path.metadata() {
            Ok(before) if before.is_dir() => return Err(WriteError::Folder { path: name }),
            Ok(before) => Some(before),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        let (file, aside) = match &before {
            Some(before) if !before.is_file() => (OpenOptions::new().write(true).open(path).map_err(failed)?, None),
            _ => {
                let (file, aside) = Aside::lock(path, &name)?;
                (file, Some(aside))
            }
        };
        if let (Some(aside), Some(before)) = (&aside, before) {
            fs::set_permissions(&aside.path, before.permissions()).map_err(failed)?;
        }
        Ok(Self { name, aside, out: BufWriter::with_capacity(1 << 16, file) })
    }

    /// Writes a whole text under a name.
    ///
    /// # Errors
    /// [`WriteError`]; what was there before is untouched.
    pub fn write_text(path: &Path, text: &str) -> Result<(), WriteError> {
        let mut file = Self::create(path)?;
        file.write_all(text.as_bytes()).map_err(|error| WriteError::new(file.name.as_str(), error))?;
        file.commit()
    }

    /// Makes the content durable. The file has its name after [`Ready::publish`].
    ///
    /// # Errors
    /// [`WriteError`]; what was there before is untouched.
    pub fn finish(self) -> Result<Ready, WriteError> {
        let Self { name, aside, out } = self;
        let file = out.into_inner().map_err(|error| WriteError::new(name.as_str(), error.into_error()))?;
        if aside.is_some() {
            file.sync_all().map_err(|error| WriteError::new(name.as_str(), error))?;
        }
        Ok(Ready { name, aside, _file: file })
    }

    /// Makes the content durable, then gives the file its name, in place of what had it before.
    ///
    /// # Errors
    /// [`WriteError`]; what was there before is untouched.
    pub fn commit(self) -> Result<(), WriteError> {
        self.finish()?.publish()
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Ready {
    /// Gives the file its name, in place of what had it before.
    ///
    /// # Errors
    /// [`WriteError`]; what was there before is untouched.
    pub fn publish(mut self) -> Result<(), WriteError> {
        let Some(aside) = &mut self.aside else { return Ok(()) };
        let mut name = || {
            fs::rename(&aside.path, &aside.target)?;
            aside.named = true;
            sync_folder(folder_of(&aside.target))
        };
        name().map_err(|error| WriteError::new(self.name.as_str(), error))
    }

    /// The name that the file gets, without its folder; none for what is no file.
    pub fn file_name(&self) -> Option<String> {
        let name = self.aside.as_ref()?.target.file_name()?;
        Some(name.to_string_lossy().into_owned())
    }

    /// The SHA-256 of its content.
    ///
    /// # Errors
    /// [`WriteError`] where it cannot be read.
    pub fn sha256(&self) -> Result<String, WriteError> {
        let path = self.aside.as_ref().map_or(Path::new(&self.name), |aside| &aside.path);
        sha256(path).map_err(|error| WriteError::new(self.name.as_str(), error))
    }

    /// Whether a file of the same content has the name already.
    pub fn stands(&self, hash: &str) -> bool {
        self.aside.as_ref().is_some_and(|aside| sha256(&aside.target).is_ok_and(|there| there == hash))
    }
}

impl Aside {
    fn lock(path: &Path, name: &str) -> Result<(File, Self), WriteError> {
        // A link stays a link, and what is at its end is replaced; without one there is nothing to resolve.
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(target.file_name().unwrap_or_default());
        hidden.push(".part");
        let path = target.with_file_name(hidden);
        let file = Self::locked(&path, name)?;
        Ok((file, Self { path, target, named: false }))
    }

    fn locked(path: &Path, name: &str) -> Result<File, WriteError> {
        let failed = |error| WriteError::new(name, error);
        loop {
            let file = OpenOptions::new().write(true).create(true).truncate(false).open(path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(WriteError::Busy { path: name.to_owned() }),
                // Not every file system has locks.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
            // Whoever held the lock until now may have given this very file its name.
            let held = file.try_clone().and_then(Handle::from_file).map_err(failed)?;
            if Handle::from_path(path).is_ok_and(|there| there == held) {
                file.set_len(0).map_err(failed)?;
                return Ok(file);
            }
        }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.named {
            // It is of no use to anybody.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes a folder and those above it, durably.
///
/// # Errors
/// [`WriteError`] where it cannot be made.
pub fn create_folder(path: &Path) -> Result<(), WriteError> {
    let missing: Vec<&Path> =
        path.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
    fs::create_dir_all(path)
        .and_then(|()| missing.iter().try_for_each(|folder| sync_folder(folder_of(folder))))
        .map_err(|error| WriteError::new(path.display().to_string(), error))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A name is durable with its folder; not every system lets a folder be opened or synced.
fn sync_folder(folder: &Path) -> io::Result<()> {
    let Ok(open) = File::open(folder) else { return Ok(()) };
    match open.sync_all() {
        Err(error) if !matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::InvalidInput) => Err(error),
        _ => Ok(()),
    }
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hash)?;
    Ok(hex(hash))
}

/// A hash in hexadecimal digits.
pub(super) fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("meed-journal-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).ok();
        }
    }

    #[test]
    fn s51_a_file_appears_whole_or_not_at_all() {
        let folder = Folder::new("whole");
        let path = folder.0.join("state.json");
        fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        let ready = file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        ready.publish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
        assert!(AtomicFile::create(&folder.0.join("none/state.json")).is_err());
    }

    #[test]
    fn s51_a_file_has_one_writer_at_a_time() {
        let folder = Folder::new("one");
        let path = folder.0.join("state.json");
        // What a writer that was killed leaves behind is in nobody's way, and none of it is left.
        fs::write(folder.0.join(".state.json.part"), "torn and long").unwrap();
        let mut first = AtomicFile::create(&path).unwrap();
        assert!(matches!(AtomicFile::create(&path), Err(WriteError::Busy { .. })));
        first.write_all(b"first").unwrap();
        let ready = first.finish().unwrap();
        assert!(matches!(AtomicFile::create(&path), Err(WriteError::Busy { .. })));
        ready.publish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        AtomicFile::create(&path).unwrap().commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
    }

    #[test]
    fn s51_writers_that_race_for_a_name_never_mix() {
        let folder = Folder::new("race");
        let path = folder.0.join("state.json");
        fs::write(&path, "0".repeat(100)).unwrap();
        let written = std::thread::scope(|scope| {
            let write = |digit: &str| {
                let content = digit.repeat(100);
                let mut written = 0;
                for _ in 0..200 {
                    match AtomicFile::create(&path) {
                        Ok(mut file) => {
                            file.write_all(content.as_bytes()).unwrap();
                            file.finish().unwrap().publish().unwrap();
                            written += 1;
                        }
                        Err(WriteError::Busy { .. }) => {}
                        Err(other) => panic!("{other}"),
                    }
                    let now = fs::read_to_string(&path).unwrap();
                    assert_eq!(now.len(), 100);
                    assert_eq!(now.matches(&now[..1]).count(), 100, "{now}");
                }
                written
            };
            let running: Vec<_> = ["1", "2", "3"].into_iter().map(|digit| scope.spawn(move || write(digit))).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).sum::<u32>()
        });
        assert!(written > 0);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_written_and_stays() {
        let folder = Folder::new("device");
        let link = folder.0.join("null");
        std::os::unix::fs::symlink("/dev/null", &link).unwrap();
        let mut file = AtomicFile::create(&link).unwrap();
        file.write_all(b"gone").unwrap();
        let ready = file.finish().unwrap();
        assert_eq!(ready.file_name(), None);
        ready.publish().unwrap();
        assert!(!Path::new("/dev/null").metadata().unwrap().is_file());
        assert!(matches!(AtomicFile::create(&folder.0), Err(WriteError::Folder { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = Folder::new("link");
        let (link, end) = (folder.0.join("link"), folder.0.join("end"));
        fs::write(&end, "old").unwrap();
        std::os::unix::fs::symlink(&end, &link).unwrap();
        let mut file = AtomicFile::create(&link).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&end).unwrap(), "new");
    }

    #[test]
    fn errors_say_what_to_do_about() {
        let said = |kind: ErrorKind| WriteError::new("out/journal.jsonl", io::Error::from(kind)).to_string();
        let full = "cannot write `out/journal.jsonl`: the disk is full; make room and run again";
        assert_eq!(said(ErrorKind::StorageFull), full);
        assert_eq!(said(ErrorKind::BrokenPipe), "whoever read the output has closed it");
        assert!(said(ErrorKind::FileTooLarge).contains("larger than the system allows"));
        assert!(said(ErrorKind::IsADirectory).contains("name a file"));
    }
}
