//! Draws.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::{Writer, limit_window};

impl Writer {
    pub fn draw(&mut self, i: usize, t: &mut Tape<'_>) {
        let (name, money) = (format!("d{i}"), self.names.money(300));
        let _ = writeln!(self.out, "reward prize{i} {{\n  gives voucher {money} valid 30 days\n}}");
        let _ = writeln!(self.out, "reward luck{i} {{\n  gives shipping\n}}\ndraw {name} {{");
        self.line("commitment \"sha256:630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd\"");
        if t.chance(50) {
            self.line(format!("prize prize{i} {}", t.pick(&["1 in 3 stock 2", "40%", "5% stock 1"])));
            if t.chance(50) {
                self.line(format!("prize luck{i} 30%"));
            }
            if t.chance(50) {
                self.line(format!("pity prize{i} after 2 losses"));
            }
        } else {
            self.line(format!("prize prize{i} stock {}", t.pick(&[1, 2])));
            if t.chance(50) {
                self.line(format!("prize luck{i} stock 1"));
            }
            self.line(t.pick(&[
                "drawn every calendar month",
                "drawn at 2026-06-30 at 18:00",
                "drawn every calendar week",
            ]));
            if t.chance(30) {
                self.line("several prizes per member");
            }
        }
        if t.chance(30) {
            let line = format!("limit {} times {}", t.pick(&[3, 1]), limit_window(t));
            self.line(line);
        }
        if t.chance(20) {
            let line = format!("only {}", self.names.about_member(t));
            self.line(line);
        }
        let _ = writeln!(self.out, "}}");
        self.names.draws.push(name);
    }
}
