//! Transfers.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::{Writer, limit_window};

impl Writer {
    pub fn transfer(&mut self, i: usize, t: &mut Tape<'_>) {
        let unit = t.below(self.names.units.len());
        let (name, _, money) = self.names.units[unit];
        let _ = writeln!(self.out, "transfer gift{i} of {name} {{");
        let names = &self.names;
        let mut lines = Vec::new();
        if t.chance(30) {
            lines.push(format!("minimum {}", names.quantity(unit, 3)));
        }
        if t.chance(30) {
            lines.push(format!("at most {}", names.quantity(unit, 30)));
        }
        if t.chance(30) {
            lines.push(format!("fee {}", names.quantity(unit, 2)));
        } else if !money && t.chance(30) {
            lines.push(format!("fee 10% of amount as {name}"));
        }
        if t.chance(30) {
            lines.push("fresh lots".into());
        }
        if t.chance(20) {
            lines.push(format!("only {}", names.about_member(t)));
        }
        if t.chance(30) {
            lines.push(format!("limit {} {}", names.bound(unit, 40), limit_window(t)));
        }
        if t.chance(15) {
            lines.push(format!("budget {} each calendar month", names.quantity(unit, 100)));
        }
        lines.into_iter().for_each(|line| self.line(line));
        let _ = writeln!(self.out, "}}");
    }
}
