//! What every command that reads events is told about them.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::aside::aside;
use super::error::CliError;
use super::out::is_standard;
use super::output::Output;
use super::seeds;
use crate::engine::lottery::Seed;
use crate::events::{Inputs, Map, guess};
use crate::hir::Program;
use crate::source::decoded;
use crate::value::{Day, Instant, parse_instant};

/// How records become events, and what draws need.
#[derive(Debug, Clone, Args)]
pub struct SourceArgs {
    /// How columns or keys become events: a map, or `auto` for a guess
    #[arg(long, value_name = "MAP")]
    pub map: Option<PathBuf>,
    /// Secret seeds of the program's draws, one on each line
    #[arg(long, value_name = "FILE")]
    pub seed: Vec<PathBuf>,
}

/// A history that is judged to its end.
#[derive(Debug, Clone, Args)]
pub struct HistoryArgs {
    /// Its records.
    #[command(flatten)]
    pub source: SourceArgs,
    /// Move the clock to the end of this day, or to this moment, after the last event
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// No progress on standard error
    #[arg(short, long)]
    pub quiet: bool,
}

impl SourceArgs {
    /// The map, for a program.
    pub(super) fn map(&self, program: &Program, inputs: &Inputs, output: &Output) -> Result<Option<Map>, CliError> {
        self.map.as_deref().map(|path| load_map(path, program, inputs, output)).transpose()
    }

    /// The seeds.
    pub(super) fn seeds(&self) -> Result<Vec<Seed>, CliError> {
        seeds::read(&self.seed)
    }
}

impl HistoryArgs {
    /// What lies beyond `--until`, in words.
    pub(super) fn beyond(&self) -> Option<String> {
        let text = self.until.as_deref()?;
        Some(if Day::parse(text).is_some() { format!("after {text}") } else { format!("at {text} or later") })
    }

    /// Where the clock stops.
    pub(super) fn until(&self, program: &Program) -> Result<Option<Instant>, CliError> {
        self.until.as_deref().map(|text| moment(program, "--until", text)).transpose()
    }
}

/// The files that arguments name; packed ones are unpacked on a thread of their own.
pub(super) fn inputs(paths: &[PathBuf]) -> Result<Inputs, CliError> {
    Ok(Inputs::find(paths)?.unpacked(aside))
}

/// The moment that a flag names: the end of a day in the program's zone, or a moment.
pub(super) fn moment(program: &Program, flag: &str, text: &str) -> Result<Instant, CliError> {
    let zone = &program.settings.zone;
    match Day::parse(text).and_then(|day| day.plus_days(1)) {
        Some(next) => Ok(zone.start_of(next)),
        None => parse_instant(text, Some(zone)).map_err(|error| CliError::Usage(format!("{flag}: {error}"))),
    }
}

/// The text of a file, or of the standard input for `-`.
pub(super) fn text(path: &Path) -> Result<String, CliError> {
    let read = |error| CliError::Read { path: path.display().to_string(), error };
    let mut bytes = Vec::new();
    let done = match is_standard(path) {
        true => io::stdin().read_to_end(&mut bytes),
        false => File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
    };
    done.map_err(read)?;
    decoded(bytes).map_err(|reason| read(io::Error::new(io::ErrorKind::InvalidData, reason)))
}

/// Reads a map, or guesses one and shows it.
pub(super) fn load_map(path: &Path, program: &Program, inputs: &Inputs, output: &Output) -> Result<Map, CliError> {
    let read = |path: &Path, error| CliError::Read { path: path.display().to_string(), error };
    if path != Path::new("auto") {
        return Ok(Map::parse(&path.display().to_string(), &text(path)?)?);
    }
    let Some(first) = inputs.paths().first().filter(|path| !is_standard(path)) else {
        return Err(CliError::Usage("a map can be guessed from files only, not from `-`".to_owned()));
    };
    let guess = guess(program, first).map_err(|error| read(first, error))?;
    output.note(&format_args!("the map that was guessed from `{}`:\n{}", first.display(), guess.map));
    guess.doubts.iter().for_each(|doubt| output.note(doubt));
    Ok(Map::parse("the guess", &guess.map)?)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;
    use crate::engine::Event;
    use crate::events::{EventStream, Reject};

    fn packed(text: &[u8], packer: &str) -> Vec<u8> {
        if packer == "zst" {
            return zstd::encode_all(text, 3).unwrap();
        }
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text).unwrap();
        gzip.finish().unwrap()
    }

    fn read(program: &Program, inputs: &Inputs) -> Vec<Result<Event, Reject>> {
        EventStream::new(program, inputs, None, 0).unwrap().collect()
    }

    #[test]
    fn packed_files_read_the_same_on_a_thread_of_their_own() {
        let text = "program \"P\" {\n  currency EUR\n  timezone \"UTC\"\n}\nevent visit\n";
        let program = Program::from_text("p.meed", text).unwrap().versions.remove(0);
        let lines: Vec<String> = (0..20_000)
            .map(|i: u64| {
                let note = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                format!(
                    r#"{{"id":"e{i}","member":"m{}","type":"visit","time":"2026-01-01T00:00:00Z","note":"{note:x}"}}"#,
                    i % 7
                )
            })
            .collect();
        let folder = std::env::temp_dir().join(format!("meed-aside-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for packer in ["gz", "zst"] {
            let whole = packed(lines.join("\n").as_bytes(), packer);
            let half = whole.len() / 2;
            let mut damaged = whole.clone();
            damaged.iter_mut().skip(half).take(64).for_each(|byte| *byte ^= 0x5a);
            for (bytes, good) in [(&whole[..], true), (&whole[..half], false), (&damaged[..], false)] {
                let path = folder.join(format!("events.jsonl.{packer}"));
                fs::write(&path, bytes).unwrap();
                let directly = read(&program, &Inputs::find(std::slice::from_ref(&path)).unwrap());
                assert_eq!(read(&program, &inputs(&[path]).unwrap()), directly);
                let events = directly.iter().filter(|record| record.is_ok()).count();
                assert_eq!((events == lines.len(), directly.iter().all(Result::is_ok)), (good, good), "{packer}");
                assert!(events > 1_000, "what comes before the damage is read");
            }
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
