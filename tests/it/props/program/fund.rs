//! Causes, and funds that members divide among them.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::Writer;

impl Writer {
    pub fn causes(&mut self, t: &mut Tape<'_>) {
        let names = &self.names;
        let (points, dime, cap) = (names.quantity(0, 3), names.money(10), names.money(700));
        let mut lines = vec!["label \"Oxfam\"".to_string()];
        if t.chance(70) {
            lines.push(format!("rate {points} = {dime}"));
            if t.chance(30) {
                lines.push(format!("minimum {points}"));
            }
        }
        if t.chance(30) {
            lines.push("vouchers at 200%".into());
        }
        if self.meets && t.chance(40) {
            lines.push(format!("match 100% up to {cap}{}", t.pick(&[" each calendar year", ""])));
        }
        let _ = writeln!(self.out, "cause oxfam {{");
        lines.into_iter().for_each(|line| self.line(line));
        let _ = writeln!(self.out, "}}\ncause wwf {{\n  label \"WWF\"\n}}");
        if self.meets && t.chance(30) {
            self.fund(t);
        }
    }

    fn fund(&mut self, t: &mut Tape<'_>) {
        let names = &self.names;
        let pool = t.pick(&[names.money(1001), "1% of purchase.subtotal".into()]);
        let mut lines = vec![
            format!("pool {pool} each calendar {}", t.pick(&["month", "quarter", "week"])),
            "among oxfam, wwf".into(),
        ];
        if !pool.contains('%') && t.chance(50) {
            lines.push(format!("floor {}", names.money(300)));
        }
        if t.chance(50) {
            lines.push(format!("votes cost {}", names.quantity(0, 1)));
        }
        if t.chance(30) {
            lines.push("paid 10 days after".into());
        }
        if t.chance(30) {
            lines.push("limit 3 times each calendar day".into());
        }
        let _ = writeln!(self.out, "fund circle {{");
        lines.into_iter().for_each(|line| self.line(line));
        let _ = writeln!(self.out, "}}");
    }
}
