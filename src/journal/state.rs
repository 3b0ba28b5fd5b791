//! State files: where a run stopped, to go on later. Written aside, synced and renamed; read whole or not at all (S42, S51).
//!
//! A state file is zstd of lines of JSON: a head (schema, program, names of every version), one line for each group of members, and a
//! last line with the SHA-256 of everything before it. What is torn, changed, foreign or newer is refused, never guessed.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::engine::{Engine, Group, Outline, World};
use crate::value::Instant;

use super::file::{AtomicFile, WriteError};

/// The schema that this build writes and reads.
pub const SCHEMA: &str = "meed.state/1";

/// Why a state file cannot be used. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It cannot be read at all.
    #[error("`{path}` cannot be read: {error}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// It is no state file.
    #[error("`{0}` is not a state file of meed")]
    Foreign(String),
    /// It was written by another build in a form that this one does not know.
    #[error(
        "`{path}` has the schema `{schema}`, and this build reads `meed.state/1`: use the build that wrote it, or a newer one"
    )]
    Schema {
        /// The file.
        path: String,
        /// Its schema.
        schema: String,
    },
    /// It is torn or was changed.
    #[error("`{path}` is damaged: {what}; take the last good copy")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        what: &'static str,
    },
    /// It belongs to another program.
    #[error("`{path}` was written by the program `{theirs}`, not by `{ours}`")]
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
    schema: String,
    program: String,
    /// SHA-256 of the program's texts without scenarios' files.
    text: String,
    versions: Vec<Outline>,
    clock: Option<Instant>,
    sequence: u64,
    newest: Vec<(Arc<str>, Instant)>,
    #[serde(default)]
    adopted: Option<Instant>,
    groups: usize,
}

#[derive(Serialize, Deserialize)]
struct Foot {
    sha256: String,
}

/// A fingerprint of everything that decides how events are judged.
fn fingerprint(engine: &Engine) -> String {
    let mut hash = Sha256::new();
    for version in engine.versions() {
        for (_, file) in version.program.sources.files().filter(|(_, file)| !file.name.ends_with(".test.meed")) {
            hash.update(file.text.as_bytes());
            hash.update([0]);
        }
    }
    hex(hash)
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Saves a world. The file appears whole or not at all.
///
/// # Errors
/// [`WriteError`]; what was there before is untouched.
pub fn save(world: &World, path: &Path) -> Result<(), WriteError> {
    let failed = |error| WriteError::new(path.display().to_string(), error);
    let stored = world.stored();
    let engine = world.engine();
    let head = Head {
        schema: SCHEMA.to_owned(),
        program: engine.newest().map_or_else(String::new, |version| version.program.name.to_string()),
        text: fingerprint(engine),
        versions: engine.versions().iter().map(|version| (*version.outline).clone()).collect(),
        clock: stored.clock,
        sequence: stored.sequence,
        newest: stored.newest,
        adopted: stored.adopted,
        groups: stored.groups.len(),
    };
    let mut file = AtomicFile::create(path)?;
    let mut hash = Sha256::new();
    let mut out = zstd::Encoder::new(&mut file, 3).map_err(failed)?;
    let mut line = |out: &mut zstd::Encoder<'_, _>, text: String| {
        hash.update(text.as_bytes());
        hash.update(b"\n");
        writeln!(out, "{text}")
    };
    let json = |error: serde_json::Error| failed(error.into());
    line(&mut out, serde_json::to_string(&head).map_err(json)?).map_err(failed)?;
    for group in stored.groups {
        line(&mut out, serde_json::to_string(&group).map_err(json)?).map_err(failed)?;
    }
    let foot = Foot { sha256: hex(hash) };
    writeln!(out, "{}", serde_json::to_string(&foot).map_err(json)?).map_err(failed)?;
    out.finish().map_err(failed)?;
    file.commit()
}

/// Loads a world to go on with an engine. Members of an earlier text of the program are carried over by name.
///
/// # Errors
/// [`StateError`]; nothing is changed.
pub fn load(engine: Engine, path: &Path) -> Result<World, StateError> {
    let name = || path.display().to_string();
    let damaged = |what| StateError::Damaged { path: name(), what };
    let bytes = std::fs::read(path).map_err(|error| StateError::Read { path: name(), error })?;
    if !bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Err(StateError::Foreign(name()));
    }
    let mut text = String::new();
    let mut decoder = zstd::Decoder::new(&*bytes).map_err(|_| damaged("it does not unpack"))?;
    decoder.read_to_string(&mut text).map_err(|_| damaged("it does not unpack to its end"))?;

    let schema = text.lines().next().and_then(|head| serde_json::from_str::<serde_json::Value>(head).ok());
    match schema.as_ref().and_then(|head| head.get("schema")).and_then(|schema| schema.as_str()) {
        None => return Err(StateError::Foreign(name())),
        Some(SCHEMA) => {}
        Some(schema) if schema.starts_with("meed.state/") => {
            return Err(StateError::Schema { path: name(), schema: schema.to_owned() });
        }
        Some(_) => return Err(StateError::Foreign(name())),
    }
    let body = text.trim_end_matches('\n');
    let cut = body.rfind('\n').ok_or_else(|| damaged("its end is missing"))?;
    let (body, foot) = (text.get(..=cut).unwrap_or(""), text.get(cut + 1..).unwrap_or(""));
    let foot: Foot = serde_json::from_str(foot.trim_end()).map_err(|_| damaged("its end is missing"))?;
    let mut hash = Sha256::new();
    hash.update(body.as_bytes());
    if hex(hash) != foot.sha256 {
        return Err(damaged("its checksum does not fit its content"));
    }
    let mut lines = body.lines();
    let head: Head = lines
        .next()
        .and_then(|line| serde_json::from_str(line).ok())
        .ok_or_else(|| damaged("its head cannot be read"))?;
    let ours = engine.newest().map_or_else(String::new, |version| version.program.name.to_string());
    if head.program != ours {
        return Err(StateError::OtherProgram { path: name(), theirs: head.program, ours });
    }
    let groups: Vec<(Arc<str>, Group)> =
        lines.map(serde_json::from_str).collect::<Result<_, _>>().map_err(|_| damaged("a member cannot be read"))?;
    if groups.len() != head.groups {
        return Err(damaged("members are missing"));
    }
    let same = head.text == fingerprint(&engine);
    let mut world = World::resume(engine, head.clock, head.sequence, head.newest, head.adopted, groups);
    if !same {
        world.adopt(&head.versions).map_err(StateError::Lost)?;
    }
    Ok(world)
}
