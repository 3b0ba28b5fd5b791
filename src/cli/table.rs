//! `meed run --members`: the table of all members.

use std::path::Path;

use super::out::{Out, is_standard, name_of};
use crate::engine::World;
use crate::hir::{LadderId, Program, UnitId};
use crate::journal::{MemberTable, Ready, WriteError};
use crate::kernel::Crew;

/// The table of members, where it was asked for.
pub(super) struct Table {
    rows: MemberTable<Out>,
    /// Where it goes, for messages.
    name: String,
    on_stdout: bool,
}

impl Table {
    /// Begins the table of a program; `-` is the standard output.
    pub(super) fn open(path: &Path, program: &Program) -> Result<Self, WriteError> {
        let (name, on_stdout) = (name_of(path), is_standard(path));
        let rows =
            MemberTable::new(program, Out::open(path)?).map_err(|error| WriteError::new(name.as_str(), error))?;
        Ok(Self { rows, name, on_stdout })
    }

    /// Whether it is what the command prints.
    pub(super) fn is_on_stdout(&self) -> bool {
        self.on_stdout
    }

    /// Writes where all members stand that the fold has judged.
    pub(super) fn world(&mut self, world: &World) -> Result<(), WriteError> {
        for state in world.members() {
            let Some(version) = world.engine().version(state.version) else { continue };
            let program = &version.program;
            let balance = |unit| state.units.at(unit).balance(program.units.at(unit));
            let tier = |ladder| state.ladders.at(ladder).tier;
            let written = self.rows.write(program, &state.member, balance, tier);
            written.map_err(|error| WriteError::new(self.name.as_str(), error))?;
        }
        Ok(())
    }

    /// The same where the kernel has.
    pub(super) fn crew(&mut self, program: &Program, crew: &mut Crew) -> Result<(), WriteError> {
        crew.each_member(|standing| {
            let balance = |unit: UnitId| standing.balances.get(unit.0 as usize).copied().unwrap_or(0);
            let tier = |ladder: LadderId| standing.tiers.get(ladder.0 as usize).copied().unwrap_or(0);
            self.rows.write(program, standing.member, balance, tier)
        })
        .map_err(|error| WriteError::new(self.name.as_str(), error))
    }

    /// Makes it durable; a file then waits for its name.
    pub(super) fn finish(self) -> Result<Option<Ready>, WriteError> {
        let out = self.rows.finish().map_err(|error| WriteError::new(self.name.as_str(), error))?;
        out.finish(&self.name)
    }
}
