//! Tiers.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::words::{Counts, Names};
use super::{LADDERS, Writer};

impl Writer {
    pub fn ladder(&mut self, i: usize, rewards: &[String], t: &mut Tape<'_>) {
        let (name, tiers) = LADDERS[i];
        let plain: Vec<usize> = (0..self.names.measures.len()).filter(|m| !self.since_rise(*m)).collect();
        let by = (!plain.is_empty()).then(|| t.pick(&plain));
        let head = by.map_or(String::new(), |by| format!(" by {}", self.names.measures[by].0));
        let _ = writeln!(self.out, "tiers {name}{head} {{\n  {}", tiers[0]);
        let count = 1 + t.below(3);
        let steps = [2, 5, 12];
        for n in 0..count {
            let issue = if self.without.traces || rewards.is_empty() || !t.chance(25) {
                String::new()
            } else {
                format!("\n    issue {}", t.pick(rewards))
            };
            let reach = match by {
                Some(by) if t.chance(80) => {
                    let value = |k: usize| match self.names.measures[by].1 {
                        Counts::Number => k.to_string(),
                        Counts::Money => self.names.money(k * 4000),
                        Counts::Unit(unit) => self.names.quantity(unit, k * 20),
                    };
                    let keep = if !self.without.traces && t.chance(40) {
                        format!(" keep {}", value(steps[n] - 1))
                    } else {
                        String::new()
                    };
                    let dated = if t.chance(15) {
                        format!(" until 2026-12-31, {} after", value(steps[n] * 2))
                    } else {
                        String::new()
                    };
                    format!("at {}{dated}{keep}", value(steps[n] * if dated.is_empty() { 1 } else { 2 }))
                }
                Some(by) => {
                    let always = if t.chance(30) { "\n    always member.app_user" } else { "" };
                    let threshold = self.names.threshold(t, by);
                    format!("{{\n    reach {} >= {threshold}{always}{issue}\n  }}", self.names.measures[by].0)
                }
                None if self.without.traces => "{\n    reach member.app_user\n  }".to_string(),
                None => format!("{{\n    reach days since join >= {}{issue}\n  }}", steps[n]),
            };
            let block =
                if reach.starts_with('{') || issue.is_empty() { String::new() } else { format!(" {{{issue}\n  }}") };
            self.line(format!("{} {reach}{block}", tiers[n + 1]));
        }
        let at_once = self.without.traces;
        if !at_once && t.chance(35) {
            self.line(t.pick(&["rises at period end", "rises after 3 days", "rises at once"]));
        }
        let holds = [
            "rolling",
            "until end of next calendar year",
            "until end of calendar quarter",
            "for 12 months",
            "for ever",
            "until end of february",
            "until end of membership year",
            "for 30 days",
        ];
        self.line(format!("holds {}", if at_once { "rolling" } else { t.pick(&holds) }));
        if t.chance(30) {
            self.line("falls by one level");
        }
        if !at_once && t.chance(25) {
            self.line(format!("grace {}", Names::days(t)));
        }
        if !at_once && t.chance(50) {
            self.line(t.pick(&["refunds lower at once", "refunds never lower"]));
        }
        if !at_once && by.is_some_and(|by| self.has_period(by)) && t.chance(40) {
            self.line("surplus rolls over");
        }
        let _ = writeln!(self.out, "}}");
        self.names.ladders.push((name, tiers[..=count].to_vec()));
    }
}
