//! State files: where a run stopped, to go on later. Written aside, synced and renamed; read whole or not at all (S42, S51).
//!
//! A state file is a line with the schema; then zstd of lines of JSON, a head (program, names of every version) and one for each group of
//! members; then the SHA-256 of all that, and the end of a line. What is torn, changed, foreign or newer is refused, never guessed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use same_file::Handle;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::engine::{Engine, Event, Group, Outline, World};
use crate::value::Instant;

use super::file::{AtomicFile, Ready, WriteError, hex};
use super::finished::{Finished, fingerprint};
use super::sound::is_sound;

/// The schema that this build writes and reads.
pub const SCHEMA: &str = "meed.state/2";

/// What every schema begins with.
const FAMILY: &str = "meed.state/";

/// How files of the first schema begin: they were packed as a whole.
const FIRST: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The checksum in digits, and the end of its line.
const FOOT: u64 = 65;

/// Why a state file cannot be used. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It cannot be read at all.
    #[error("`{path}` cannot be read: {error}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// It is no state file.
    #[error("`{0}` is not a state file of meed, and nothing was changed: name one, or a file that is not there yet")]
    Foreign(String),
    /// It was written by a newer build.
    #[error(
        "`{path}` has the schema `{schema}`, and this build knows none after `{SCHEMA}`: use the build that wrote it, or a newer one"
    )]
    Newer {
        /// The file.
        path: String,
        /// Its schema.
        schema: String,
    },
    /// It was written by a build that is too old.
    #[error(
        "`{path}` has the schema `{schema}`, and this build knows none before `{SCHEMA}`: judge all events again, into a new state file"
    )]
    Older {
        /// The file.
        path: String,
        /// Its schema.
        schema: String,
    },
    /// It is torn or was changed.
    #[error(
        "`{path}` is damaged: {what}. Nothing was changed: put the last good copy in its place, or judge all events again, into a new state file"
    )]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        what: &'static str,
    },
    /// It belongs to another program.
    #[error("`{path}` was written by the program `{theirs}`, not by `{ours}`: name the state file of this program")]
    OtherProgram {
        /// The file.
        path: String,
        /// The program in the file.
        theirs: String,
        /// The program at hand.
        ours: String,
    },
    /// Members hold what the changed program has no place for.
    #[error("members hold {}, which the program no longer has: keep it, or rename with `was`", .0.join(", "))]
    Lost(Vec<String>),
}

#[derive(Serialize, Deserialize)]
struct Head {
    program: String,
    /// SHA-256 of the program's texts without scenarios' files.
    text: String,
    versions: Vec<Outline>,
    clock: Option<Instant>,
    sequence: u64,
    newest: Vec<(Arc<str>, Instant)>,
    #[serde(default)]
    adopted: Option<Instant>,
    #[serde(default)]
    finished: Option<Finished>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unions: Vec<Arc<Event>>,
    groups: usize,
}

/// The state file of a run, from its beginning to its end. Nobody else can have it meanwhile.
pub struct StateFile {
    path: PathBuf,
    aside: AtomicFile,
    /// What was loaded; nothing where there is no file yet.
    loaded: Option<Handle>,
    finished: Option<Finished>,
}

impl StateFile {
    /// Keeps everybody else away from a state file, whether it is there yet or not.
    ///
    /// # Errors
    /// [`WriteError`] where it cannot be written, or another run has it.
    pub fn open(path: &Path) -> Result<Self, WriteError> {
        Ok(Self { path: path.to_owned(), aside: AtomicFile::create(path)?, loaded: None, finished: None })
    }

    /// Loads the world to go on with, a new one where there is no file yet.
    ///
    /// # Errors
    /// [`StateError`]; nothing is changed.
    pub fn load(&mut self, engine: Engine) -> Result<World, StateError> {
        if self.path.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            return Ok(World::new(engine));
        }
        let (world, finished, file) = read(engine, &self.path)?;
        let handle = Handle::from_file(file).map_err(|error| unreadable(&self.path, error))?;
        (self.loaded, self.finished) = (Some(handle), finished);
        Ok(world)
    }

    /// The run that saved what was loaded.
    pub fn finished(&self) -> Option<&Finished> {
        self.finished.as_ref()
    }

    /// Writes a world, which is the state once it is published.
    ///
    /// # Errors
    /// [`WriteError`]; what was there before is untouched.
    pub fn write(self, world: &World, finished: Option<Finished>) -> Result<Ready, WriteError> {
        let Self { path, mut aside, loaded, .. } = self;
        write(world, finished, &mut aside).map_err(|error| WriteError::new(path.display().to_string(), error))?;
        let ready = aside.finish()?;
        if Handle::from_path(&path).ok() != loaded {
            return Err(WriteError::Replaced { path: path.display().to_string() });
        }
        Ok(ready)
    }
}

/// Saves a world. The file appears whole or not at all.
///
/// # Errors
/// [`WriteError`]; what was there before is untouched.
pub fn save(world: &World, path: &Path) -> Result<(), WriteError> {
    let mut file = AtomicFile::create(path)?;
    write(world, None, &mut file).map_err(|error| WriteError::new(path.display().to_string(), error))?;
    file.commit()
}

/// Loads a world to go on with an engine. Members of an earlier text of the program are carried over by name.
///
/// # Errors
/// [`StateError`]; nothing is changed.
pub fn load(engine: Engine, path: &Path) -> Result<World, StateError> {
    Ok(read(engine, path)?.0)
}

/// Hashes what goes through.
struct Hashed<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or(bytes));
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn write(world: &World, finished: Option<Finished>, file: &mut AtomicFile) -> io::Result<()> {
    let stored = world.stored();
    let engine = world.engine();
    let head = Head {
        program: name_of(engine),
        text: fingerprint(engine),
        versions: engine.versions().iter().map(|version| (*version.outline).clone()).collect(),
        clock: stored.clock,
        sequence: stored.sequence,
        newest: stored.newest,
        adopted: stored.adopted,
        finished,
        unions: stored.unions.to_vec(),
        groups: stored.groups.len(),
    };
    let mut hashed = Hashed { out: &mut *file, hash: Sha256::new() };
    writeln!(hashed, "{SCHEMA}")?;
    let mut out = BufWriter::with_capacity(1 << 16, zstd::Encoder::new(hashed, 3)?);
    serde_json::to_writer(&mut out, &head)?;
    out.write_all(b"\n")?;
    for group in stored.groups {
        serde_json::to_writer(&mut out, &group)?;
        out.write_all(b"\n")?;
    }
    let hashed = out.into_inner().map_err(io::IntoInnerError::into_error)?.finish()?;
    let foot = hex(hashed.hash);
    writeln!(file, "{foot}")
}

fn name_of(engine: &Engine) -> String {
    engine.newest().map_or_else(String::new, |version| version.program.name.to_string())
}

fn unreadable(path: &Path, error: io::Error) -> StateError {
    StateError::Read { path: path.display().to_string(), error }
}

/// The world in a file, the run that saved it, and the file itself.
fn read(engine: Engine, path: &Path) -> Result<(World, Option<Finished>, File), StateError> {
    let failed = |error| unreadable(path, error);
    let damaged = |what| StateError::Damaged { path: path.display().to_string(), what };
    let mut file = File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(StateError::Foreign(path.display().to_string()));
    }
    let length = verified(&file, path)?;
    let start = SCHEMA.len() as u64 + 1;
    file.seek(io::SeekFrom::Start(start)).map_err(failed)?;
    let packed = (&file).take(length.saturating_sub(start));
    let mut lines = BufReader::new(zstd::Decoder::new(packed).map_err(|_| damaged("it does not unpack"))?);
    let mut line = Vec::new();
    let head: Head = next(&mut lines, &mut line).ok_or_else(|| damaged("its head cannot be read"))?;
    let ours = name_of(&engine);
    if head.program != ours {
        return Err(StateError::OtherProgram { path: path.display().to_string(), theirs: head.program, ours });
    }
    let mut groups: Vec<(Arc<str>, Group)> = Vec::new();
    for _ in 0..head.groups {
        groups.push(next(&mut lines, &mut line).ok_or_else(|| damaged("a member cannot be read"))?);
    }
    if lines.fill_buf().map_or(true, |more| !more.is_empty()) {
        return Err(damaged("there is more than its head says"));
    }
    drop(lines);
    let same = head.text == fingerprint(&engine);
    let mut world = World::resume(engine, head.clock, head.sequence, head.newest, head.adopted, head.unions, groups);
    if !same {
        world.adopt(&head.versions).map_err(StateError::Lost)?;
    }
    if !is_sound(&world) {
        return Err(damaged("it holds what this program cannot have"));
    }
    Ok((world, head.finished, file))
}

/// One record; `None` where there is none that can be read.
fn next<T: DeserializeOwned>(lines: &mut impl BufRead, line: &mut Vec<u8>) -> Option<T> {
    line.clear();
    lines.read_until(b'\n', line).ok()?;
    serde_json::from_slice(line).ok()
}

/// How many bytes stand before the checksum, which fits them.
fn verified(file: &File, path: &Path) -> Result<u64, StateError> {
    let failed = |error| unreadable(path, error);
    let damaged = |what| StateError::Damaged { path: path.display().to_string(), what };
    let mut bytes = BufReader::with_capacity(1 << 16, file);
    schema(bytes.fill_buf().map_err(failed)?, path)?;
    let length = file.metadata().map_err(failed)?.len();
    let length = length.checked_sub(FOOT).ok_or_else(|| damaged("its end is missing"))?;
    let mut hash = Sha256::new();
    io::copy(&mut bytes.by_ref().take(length), &mut hash).map_err(failed)?;
    let mut foot = String::new();
    // What is no text is no checksum.
    let _ = bytes.take(FOOT).read_to_string(&mut foot);
    if foot.strip_suffix('\n') != Some(&hex(hash)) {
        return Err(damaged("its end is missing, or something in it was changed"));
    }
    Ok(length)
}

/// Makes sure that a file which begins like this is of the schema that this build reads.
fn schema(start: &[u8], path: &Path) -> Result<(), StateError> {
    let name = || path.display().to_string();
    let damaged = |what| Err(StateError::Damaged { path: name(), what });
    if start.is_empty() {
        return damaged("it is empty");
    }
    if start.starts_with(&FIRST) {
        return Err(StateError::Older { path: name(), schema: format!("{FAMILY}1") });
    }
    let Some(line) =
        start.iter().take(SCHEMA.len() + 8).position(|byte| *byte == b'\n').and_then(|end| start.get(..end))
    else {
        if SCHEMA.as_bytes().starts_with(start) {
            return damaged("its end is missing");
        }
        return Err(StateError::Foreign(name()));
    };
    let number = |schema: &str| schema.strip_prefix(FAMILY).and_then(|number| number.parse::<u32>().ok());
    match std::str::from_utf8(line) {
        Ok(SCHEMA) => Ok(()),
        Ok(other) => Err(match (number(other), number(SCHEMA)) {
            (Some(theirs), Some(ours)) if theirs > ours => StateError::Newer { path: name(), schema: other.to_owned() },
            (Some(_), _) => StateError::Older { path: name(), schema: other.to_owned() },
            (None, _) => StateError::Foreign(name()),
        }),
        Err(_) => Err(StateError::Foreign(name())),
    }
}
