//! Where outcomes and rejects of a run go.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::out::{Out, is_standard, name_of};
use super::table::Table;
use crate::engine::{Outcome, World};
use crate::events::Reject;
use crate::hir::Program;
use crate::journal::receipts::receipts;
use crate::journal::{AtomicFile, Finished, JournalWriter, LineWriter, MemberLine, Ready, WriteError, create_folder};
use crate::report::Giving;

/// The file of statements for partners.
const SETTLEMENT: &str = "settlement.jsonl";

/// The journal and the rejects, each where it was asked for.
pub(super) struct Sinks<'p> {
    journal: Option<JournalWriter<'p, Out>>,
    /// The name of the journal, for messages.
    name: String,
    on_stdout: bool,
    rejects: Option<LineWriter<AtomicFile>>,
    members: Option<LineWriter<AtomicFile>>,
    settlement: Option<LineWriter<AtomicFile>>,
    draws: Option<LineWriter<AtomicFile>>,
}

impl<'p> Sinks<'p> {
    /// Opens the files of a folder, or one journal; `-` is the standard output.
    pub(super) fn open(
        folder: Option<&Path>,
        journal: Option<&Path>,
        versions: &'p [Arc<Program>],
    ) -> Result<Self, WriteError> {
        let mut sinks = Self {
            journal: None,
            name: String::new(),
            on_stdout: false,
            rejects: None,
            members: None,
            settlement: None,
            draws: None,
        };
        let path = match folder {
            Some(folder) => {
                create_folder(folder)?;
                sinks.rejects = Some(LineWriter::new(AtomicFile::create(&folder.join("rejects.jsonl"))?));
                sinks.members = Some(LineWriter::new(AtomicFile::create(&folder.join("members.jsonl"))?));
                if versions.iter().any(|version| !version.partners.is_empty()) {
                    let file = AtomicFile::create(&folder.join(SETTLEMENT))?;
                    sinks.settlement = Some(LineWriter::new(file));
                }
                if versions.iter().any(|version| !version.draws.is_empty()) {
                    sinks.draws = Some(LineWriter::new(AtomicFile::create(&folder.join("draws.jsonl"))?));
                }
                Some(folder.join("journal.jsonl"))
            }
            None => journal.map(Path::to_owned),
        };
        let Some(path) = path else { return Ok(sinks) };
        (sinks.on_stdout, sinks.name) = (is_standard(&path), name_of(&path));
        let versions: Vec<&Program> = versions.iter().map(|version| &**version).collect();
        sinks.journal = Some(JournalWriter::new(&versions, Out::open(&path)?));
        Ok(sinks)
    }

    /// Whether the journal is what the command prints.
    pub(super) fn journal_on_stdout(&self) -> bool {
        self.on_stdout
    }

    /// Writes an outcome to the journal.
    pub(super) fn outcome(&mut self, outcome: &Outcome) -> Result<(), WriteError> {
        let Some(journal) = &mut self.journal else { return Ok(()) };
        journal.write(outcome).map_err(|error| WriteError::new(self.name.as_str(), error))
    }

    /// Writes a reject.
    pub(super) fn reject(&mut self, reject: &Reject) -> Result<(), WriteError> {
        let Some(rejects) = &mut self.rejects else { return Ok(()) };
        rejects.write(reject).map_err(|error| WriteError::new("rejects.jsonl", error))
    }

    /// Writes where every member stands, and receipts of draws.
    pub(super) fn members(&mut self, world: &World) -> Result<(), WriteError> {
        if let Some(out) = &mut self.draws {
            receipts(world.engine(), &world.members())
                .iter()
                .try_for_each(|line| out.write(line).map_err(|error| WriteError::new("draws.jsonl", error)))?;
        }
        let Some(out) = &mut self.members else { return Ok(()) };
        world
            .members()
            .into_iter()
            .filter_map(|state| MemberLine::new(world.engine(), state))
            .try_for_each(|line| out.write(&line).map_err(|error| WriteError::new("members.jsonl", error)))
    }

    /// Writes what stands between the program and its partners.
    pub(super) fn settlement(&mut self, giving: &Giving<'_>) -> Result<(), WriteError> {
        let (Some(out), Some(statements)) = (&mut self.settlement, giving.statements()) else { return Ok(()) };
        let statements = statements.map_err(|error| WriteError::new(SETTLEMENT, io::Error::other(error)))?;
        statements.iter().try_for_each(|line| out.write(line).map_err(|error| WriteError::new(SETTLEMENT, error)))
    }

    /// Makes everything durable, with a table of members.
    pub(super) fn finish(self, table: Option<Table>) -> Result<Written, WriteError> {
        let mut files = Vec::new();
        if let Some(journal) = self.journal {
            let out = journal.finish().map_err(|error| WriteError::new(self.name.as_str(), error))?;
            files.extend(out.finish(&self.name)?);
        }
        if let Some(table) = table {
            files.extend(table.finish()?);
        }
        let lines = [
            ("members.jsonl", self.members),
            (SETTLEMENT, self.settlement),
            ("draws.jsonl", self.draws),
            ("rejects.jsonl", self.rejects),
        ];
        for (name, lines) in lines {
            if let Some(lines) = lines {
                files.push(lines.finish().map_err(|error| WriteError::new(name, error))?.finish()?);
            }
        }
        Ok(Written(files))
    }
}

/// Files that are whole and wait for their names.
pub(super) struct Written(Vec<Ready>);

impl Written {
    /// Gives each its name.
    pub(super) fn publish(self) -> Result<(), WriteError> {
        self.0.into_iter().try_for_each(Ready::publish)
    }

    /// The SHA-256 of each by name.
    pub(super) fn contents(&self) -> Result<BTreeMap<String, String>, WriteError> {
        let named = self.0.iter().filter_map(|file| Some((file.file_name()?, file)));
        named.map(|(name, file)| Ok((name, file.sha256()?))).collect()
    }

    /// Whether the files that a run has written are those that have the names now.
    pub(super) fn stand(&self, run: &Finished) -> bool {
        let mut named = self.0.iter().filter_map(|file| Some((file.file_name()?, file)));
        named.all(|(name, file)| run.outputs.get(&name).is_some_and(|hash| file.stands(hash)))
    }
}
