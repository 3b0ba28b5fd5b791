//! Referrals.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::Writer;
use super::words::On;

impl Writer {
    pub fn referral(&mut self, i: usize, t: &mut Tape<'_>) {
        let _ = writeln!(self.out, "referral friend{i} by referred_by on purchase {{");
        if t.chance(50) {
            let line = format!("when {}", self.names.condition(t, On::Purchase, 1));
            self.line(line);
        }
        if t.chance(30) {
            self.line("within 100 days");
        }
        let units = self.names.units.len();
        self.line("friend {");
        let unit = t.below(units);
        self.effects(t, Some(unit), On::Purchase, true);
        self.line("}\n  referrer {");
        let unit = t.below(units);
        self.effects(t, Some(unit), On::Member, true);
        if t.chance(30) {
            self.line("limit 1 times each calendar year");
        }
        self.line("}");
        let _ = writeln!(self.out, "}}");
    }
}
