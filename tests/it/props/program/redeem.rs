//! Ways to pay with points.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::{Writer, limit_window};

impl Writer {
    pub fn redeem(&mut self, i: usize, t: &mut Tape<'_>) {
        let unit = t.below(self.names.units.len());
        let names = &self.names;
        let (q, m) = (|n: usize| names.quantity(unit, n), |n: usize| names.money(n));
        let mut lines = vec![if t.chance(35) {
            format!("ladder {} -> {}, {} -> {}, {} -> {}", q(10), m(30), q(25), m(80), q(50), m(175))
        } else {
            format!("rate {} = {}", q(t.pick(&[10, 1, 7])), m(t.pick(&[50, 3, 100])))
        }];
        if t.chance(25) {
            lines.push(format!("minimum basket {}", names.price(t)));
        }
        if t.chance(25) {
            lines.push(format!("at most {} per order", m(t.pick(&[2500, 300]))));
        }
        if t.chance(25) {
            lines.push("at most 50% of bill".into());
        }
        if t.chance(25) {
            lines.push(format!("minimum {}", q(5)));
        }
        if t.chance(25) {
            lines.push(format!("steps of {}", q(t.pick(&[5, 3]))));
        }
        if t.chance(20) {
            lines.push(format!("only {}", names.about_member(t)));
        }
        if t.chance(30) {
            lines.push("clamp".into());
        }
        if t.chance(25) {
            lines.push(format!("limit {} {}", q(100), limit_window(t)));
        }
        if t.chance(15) {
            lines.push(format!("limit 2 times {}", limit_window(t)));
        }
        let _ = writeln!(self.out, "redeem pay{i} {{");
        lines.into_iter().for_each(|line| self.line(line));
        let _ = writeln!(self.out, "}}");
    }
}
