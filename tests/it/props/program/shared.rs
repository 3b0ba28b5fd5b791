//! Stacking groups and limits of several earns.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::{Writer, limit_window};

impl Writer {
    pub fn shared(&mut self, i: usize, t: &mut Tape<'_>) {
        let mode = t.pick(&["best", "add", "first", "exclusive"]);
        let _ = writeln!(self.out, "stack g{i} {mode}");
        self.stacks += 1;
        if self.earns > 0 && t.chance(50) {
            let unit = t.below(self.names.units.len());
            let most = self.names.bound(unit, t.pick(&[50, 10, 300]));
            let earns: Vec<String> =
                (0..self.earns).filter(|e| e % self.names.units.len() == unit).map(|e| format!("e{e}")).collect();
            if !earns.is_empty() {
                let window = limit_window(t);
                let _ = writeln!(self.out, "limit shared{i} on {} {{ {most} {window} }}", earns.join(", "));
            }
        }
    }
}
