//! A table of all members for spreadsheets: what each owns of every unit, and which tiers it holds.

use std::io::{self, Write};
use std::sync::Arc;

use crate::hir::{LadderId, Program, UnitId};
use crate::value::format_minor;

/// Writes a row of CSV for each member: `member`, then a column for each unit and one for each ladder, by their names. Balances are decimal
/// text in whole units.
pub struct MemberTable<W: Write> {
    out: csv::Writer<W>,
    /// Units by name, and ladders.
    columns: (Vec<Arc<str>>, Vec<Arc<str>>),
}

impl<W: Write> MemberTable<W> {
    /// A table with the columns of a program, which should have the newest version of it.
    ///
    /// # Errors
    /// What `out` says.
    pub fn new(program: &Program, out: W) -> io::Result<Self> {
        let units: Vec<Arc<str>> = program.units.iter().map(|unit| unit.name.clone()).collect();
        let ladders: Vec<Arc<str>> = program.ladders.iter().map(|ladder| ladder.name.clone()).collect();
        let mut out = csv::Writer::from_writer(out);
        let titles = units.iter().chain(&ladders).map(|name| &**name);
        out.write_record(["member"].into_iter().chain(titles))?;
        Ok(Self { out, columns: (units, ladders) })
    }

    /// Writes where a member stands in a version of the program: what it owns of a unit, in smallest steps, and the place of the tier that it
    /// holds of a ladder. What that version does not have stays empty.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(
        &mut self,
        program: &Program,
        member: &str,
        balance: impl Fn(UnitId) -> i64,
        tier: impl Fn(LadderId) -> u32,
    ) -> io::Result<()> {
        let Self { out, columns: (units, ladders) } = self;
        out.write_field(member)?;
        for name in units {
            let own = program.units.pairs().find(|(_, unit)| unit.name == *name);
            out.write_field(own.map_or_else(String::new, |(id, unit)| format_minor(balance(id), unit.decimals)))?;
        }
        for name in ladders {
            let own = program.ladders.pairs().find(|(_, ladder)| ladder.name == *name);
            let held = own.and_then(|(id, ladder)| ladder.tiers.get(tier(id) as usize));
            out.write_field(held.map_or("", |tier| &*tier.name))?;
        }
        out.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Hands everything on and gives the output back.
    ///
    /// # Errors
    /// What `out` says.
    pub fn finish(self) -> io::Result<W> {
        self.out.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}
