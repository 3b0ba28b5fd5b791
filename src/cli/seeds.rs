//! Files of secret seeds: one in 64 hexadecimal digits on each line; lines that begin with `#` are for people.

use std::path::{Path, PathBuf};

use super::error::CliError;
use crate::engine::Engine;
use crate::engine::lottery::{Seed, written};

/// All seeds of files.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Seed>, CliError> {
    let mut seeds = Vec::new();
    for path in paths {
        seeds.extend(read_one(path)?);
    }
    Ok(seeds)
}

fn read_one(path: &Path) -> Result<Vec<Seed>, CliError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| CliError::Read { path: path.display().to_string(), error })?;
    let lines = text.lines().map(str::trim).zip(1_u32..).filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    let seed = |(line, number): (&str, u32)| {
        let wrong = || format!("{}:{number}: a seed is 64 hexadecimal digits", path.display());
        Seed::parse(line).ok_or_else(|| CliError::Usage(wrong()))
    };
    lines.map(seed).collect()
}

/// An engine that has the seeds of all its draws.
pub(super) fn give(engine: Engine, seeds: &[Seed]) -> Result<Engine, CliError> {
    let engine = engine.with_seeds(seeds);
    let Some(draw) = engine.unseeded().next() else { return Ok(engine) };
    let (name, committed) = (&draw.name, written(&draw.commitment));
    let given: Vec<String> = seeds.iter().map(|seed| written(&seed.commitment())).collect();
    Err(CliError::Usage(if given.is_empty() {
        format!("draw `{name}` needs its secret seed: give the file with `--seed FILE`; it is committed to {committed}")
    } else {
        format!("no seed fits draw `{name}`\n  committed: {committed}\n  given:     {}", given.join("\n             "))
    }))
}
