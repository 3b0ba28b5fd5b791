//! Units: rounding, expiry, refunds.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::{UNITS, Writer};

impl Writer {
    pub fn unit(&mut self, i: usize, laddered: bool, t: &mut Tape<'_>) {
        let (name, decimals, money) = self.names.units[i];
        let also = if money { String::new() } else { format!(" also {}", UNITS[i].1) };
        let _ = writeln!(self.out, "unit {name}{also} {{");
        t.byte();
        if money {
            self.line(format!("money {}", self.names.currency));
        } else {
            self.line(format!("decimals {decimals}"));
            let cents = self.names.money(t.pick(&[1, 2, 100]));
            self.line(format!("worth {cents}"));
        }
        self.line(format!(
            "round {} per {}",
            t.pick(&["down", "up", "nearest", "half even"]),
            t.pick(&["event", "item", "rule"])
        ));
        if t.chance(25) {
            self.line(format!("pending {}", t.pick(&["15 days", "1 day", "12 hours"])));
        }
        self.expiry(laddered, t);
        if laddered && !self.without.traces && t.chance(15) {
            self.line("keeps while status is silver");
        }
        if t.chance(30) {
            self.line("spends oldest first");
        }
        if t.chance(15) {
            let most = self.names.quantity(i, t.pick(&[500, 50, 2000]));
            self.line(format!("balance at most {most}"));
        }
        let floor = self.names.quantity(i, 50);
        let floor = floor.split(' ').next().unwrap().trim_start_matches('(').to_string();
        let below = if money {
            "refunds may go below zero".to_string()
        } else {
            format!("refunds may go below zero to -{floor}")
        };
        let refunds = [
            "refunds stop at zero".to_string(),
            "refunds may go below zero".to_string(),
            below,
            "refunds only from pending".to_string(),
        ];
        self.line(t.pick(if self.without.traces { &refunds[..2] } else { &refunds }));
        if t.chance(40) {
            self.line(t.pick(&["returns forfeit", "returns grace 14 days", "returns fresh lot"]));
        }
        if t.chance(40) {
            self.line(t.pick(&["returns points first", "returns money first", "returns pro rata"]));
        }
        if t.chance(8) {
            self.line("buckets monthly");
        }
        let _ = writeln!(self.out, "}}");
    }

    fn expiry(&mut self, laddered: bool, t: &mut Tape<'_>) {
        let one = |t: &mut Tape<'_>, idle: bool| match t.below(if idle { 11 } else { 7 }) {
            1 => "12 months after earning".to_string(),
            2 => "30 days after earning".to_string(),
            3 => "3 months after earning at end of month".to_string(),
            4 => "on 30 september after 6 months".to_string(),
            5 => "at end of next calendar year".to_string(),
            6 => "36 hours after earning from earning".to_string(),
            7 => "6 months after last purchase or redeem".to_string(),
            8 => "30 days after last visit".to_string(),
            9 => "at end of month".to_string(),
            10 => "3 months after last purchase at end of quarter".to_string(),
            _ => "never".to_string(),
        };
        let idle = !self.without.traces;
        if laddered && !self.without.traces && t.chance(20) {
            let line = format!("expires {} when status >= silver", one(t, idle));
            self.line(line);
        }
        let line = format!("expires {}", one(t, idle));
        self.line(line);
        if t.chance(15) {
            let line = format!("also expires {}", one(t, idle));
            self.line(line);
        }
    }
}
