//! Pools.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::Writer;

impl Writer {
    pub fn pool(&mut self, i: usize, t: &mut Tape<'_>) {
        let _ = writeln!(self.out, "pool family{i} {{");
        self.line(format!("members at most {}", t.pick(&[3, 2])));
        for (unit, _, _) in self.names.units.clone() {
            if unit == "points" || t.chance(40) {
                self.line(format!("collects {}% of {unit}", t.pick(&[40, 33, 100])));
            }
        }
        if t.chance(40) {
            self.line(t.pick(&["spends founder", "spends everyone"]));
        }
        let _ = writeln!(self.out, "}}");
    }
}
