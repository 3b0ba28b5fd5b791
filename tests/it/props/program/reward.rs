//! Rewards.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::words::{DAYS, On};
use super::{Writer, limit_window};

impl Writer {
    pub fn reward(&mut self, i: usize, t: &mut Tape<'_>) {
        let _ = writeln!(self.out, "reward r{i} {{");
        let unit = t.below(self.names.units.len());
        let cost = t.chance(75);
        let automatic = cost && t.chance(15);
        // Automatic rewards spend the first unit alone, and nothing but events earns that: so no way around is endless.
        let unit = if automatic { 0 } else { unit };
        if cost {
            let (low, high) = (self.names.quantity(unit, t.pick(&[20, 1, 70])), self.names.quantity(unit, 90));
            let line = match t.below(3) {
                1 if !self.names.ladders.is_empty() => {
                    format!("cost {low} when {}, {high} otherwise", self.names.tier(t))
                }
                2 => format!("cost {low} until 2026-08-31, {high} after"),
                _ => format!("cost {low}"),
            };
            self.line(line);
        }
        let money = self.names.money(500);
        let last = self.names.units.len() - 1;
        let valid = t.pick(&[
            "",
            " valid 90 days",
            " valid until end of month after 2 months",
            " valid from 2026-03-01 to 2026-09-30",
        ]);
        let gives = match t.below(5) {
            1 => format!("voucher {money}{valid}"),
            2 => format!("discount 20%{valid}"),
            3 if last > 0 && !self.without.traces => format!("credit {}", self.names.quantity(last, 15)),
            4 => format!("product \"thing\" worth {money}{valid}"),
            _ => format!("shipping{valid}"),
        };
        self.line(format!("gives {gives}"));
        if t.chance(20) {
            let on = if cost { On::Redeem } else { On::Member };
            let line = format!("only {}", self.names.condition(t, on, 1));
            self.line(line);
        }
        if self.meets && t.chance(20) {
            self.line(t.pick(&["stock 2", "stock 1 released tuesday, thursday at 09:00", "stock 5"]));
        }
        if cost && t.chance(30) {
            let line = format!("limit {} times {}", t.pick(&[1, 2, 3]), limit_window(t));
            self.line(line);
        }
        if cost && t.chance(15) {
            let line = format!("minimum basket {}", self.names.price(t));
            self.line(line);
        }
        if t.chance(10) {
            let line = format!("during 2026-01-01 to {}", t.pick(&DAYS[2..]));
            self.line(line);
        }
        if automatic && !self.without.traces {
            self.line("automatic");
        }
        let _ = writeln!(self.out, "}}");
    }
}
