//! Partners, and turning one unit into another.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::{Writer, limit_window};

impl Writer {
    pub fn partners(&mut self) {
        let (paid, price) = (self.names.quantity(0, 7), self.names.money(10));
        let _ = writeln!(
            self.out,
            "partner acme {{\n  settles each calendar month\n  issued {paid} = {price}\n  redeemed {paid} = {price}\n}}"
        );
        let _ = writeln!(self.out, "partner bolt {{\n  settles each calendar quarter\n}}");
    }

    pub fn exchange(&mut self, i: usize, t: &mut Tape<'_>) {
        let whole: Vec<usize> = (0..self.names.units.len()).filter(|unit| !self.names.units[*unit].2).collect();
        let [first, second, ..] = whole[..] else { return };
        let (from, to) = t.pick(&[(first, second), (second, first)]);
        let names = &self.names;
        let with = t.pick(&["", " with acme"]);
        let mut lines = vec![format!("rate {} -> {}", names.quantity(from, 10), names.quantity(to, 3))];
        if t.chance(40) {
            let limit = t.pick(&["", ", 2 times ever", ", 1 times each calendar month"]);
            let (gives, each) = (names.quantity(to, 5), names.quantity(from, 20));
            lines.push(format!("bonus {gives} for every full {each}{limit}"));
        }
        if t.chance(25) {
            lines.push(format!("minimum {}", names.quantity(from, 20)));
        }
        if t.chance(25) {
            lines.push(format!("at most {}", names.quantity(from, 50)));
        }
        if t.chance(25) {
            lines.push(format!("fee {}", names.quantity(from, 1)));
        }
        if t.chance(50) {
            lines.push("clamp".into());
        }
        if t.chance(25) {
            lines.push(format!("limit {} {}", names.quantity(from, 50), limit_window(t)));
        }
        let by_itself = !self.without.traces && t.chance(30);
        if by_itself {
            lines.push(t.pick(&["every calendar week on monday", "every calendar month on last day"]).into());
            if t.chance(50) {
                lines.push("needs activation".into());
            }
        }
        let _ = writeln!(self.out, "exchange swap{i} of {} to {}{with} {{", names.units[from].0, names.units[to].0);
        lines.into_iter().for_each(|line| self.line(line));
        let _ = writeln!(self.out, "}}");
    }
}
