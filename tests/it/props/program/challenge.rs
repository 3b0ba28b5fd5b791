//! Challenges: windows, goals, milestones.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::words::On;
use super::{Writer, limit_window};

impl Writer {
    pub fn challenge(&mut self, i: usize, t: &mut Tape<'_>) {
        let name = format!("c{i}");
        let _ = writeln!(self.out, "challenge {name} {{");
        let inclusive = t.pick(&["", ", inclusive"]);
        let (window, opened) = match t.below(9) {
            1 => ("each calendar month".to_string(), None),
            2 => (format!("each calendar {}", t.pick(&["week", "day", "year", "quarter"])), None),
            3 => ("2026-01-01 to 2026-12-31".into(), None),
            4 => ("each membership year".into(), None),
            5 => (format!("14 days from activation{inclusive}"), None),
            6 => (format!("7 days from visit where place is a{inclusive}"), Some(On::Visit)),
            7 => (format!("36 hours from purchase{inclusive}"), Some(On::Purchase)),
            8 => (format!("(opened.qty * 3 days) from purchase where qty > 0{inclusive}"), Some(On::Purchase)),
            _ => ("ever".into(), None),
        };
        if window.contains("activation") {
            self.names.opened.push(name.clone());
        }
        self.line(format!("window {window}"));
        if t.chance(15) {
            let line = format!("only {}", self.names.about_member(t));
            self.line(line);
        }
        let goals = 1 + t.below(3).saturating_sub(1);
        for _ in 0..goals {
            let goal = self.goal(opened, t);
            self.line(format!("goal {goal}"));
        }
        if goals > 1 && t.chance(50) {
            self.line("any goal");
        }
        if t.chance(30) {
            self.line(format!("milestone at {}% {{", t.pick(&[50, 25, 80])));
            self.gifts(t);
            self.line("}");
        }
        self.gifts_of_challenge(t);
        if t.chance(20) {
            self.line(format!("claim within {}", t.pick(&["7 days", "36 hours"])));
        }
        let of_all = opened.is_none() && !window.contains("membership") && !window.contains("activation");
        if self.meets && of_all && t.chance(25) {
            self.line(format!("shared by {}", t.pick(&["everyone", "region"])));
        }
        if self.without.traces {
            self.line("refunds re-judge");
        } else if t.chance(60) {
            self.line(format!("refunds {}", t.pick(&["re-judge", "take back if unused", "keep"])));
        }
        if t.chance(50) {
            self.line(format!("on change {}", t.pick(&["grandfather", "restart", "carry"])));
        }
        let _ = writeln!(self.out, "}}");
        self.names.challenges.push(name);
    }

    /// What completing a challenge brings.
    fn gifts_of_challenge(&mut self, t: &mut Tape<'_>) {
        if !self.names.choices.is_empty() && t.chance(20) {
            let line = format!("offer {}", t.pick(&self.names.choices));
            self.line(line);
        }
        if t.chance(15) {
            self.line("funded 50% by acme");
        }
        if let Some(unit) = self.gifts(t).filter(|_| t.chance(15)) {
            let line = format!("limit {} {}", self.names.bound(unit, t.pick(&[50, 7])), limit_window(t));
            self.line(line);
        }
    }

    fn goal(&self, opened: Option<On>, t: &mut Tape<'_>) -> String {
        let names = &self.names;
        match t.below(11) {
            1 => format!("sum of purchase.subtotal reaches {}", names.price(t)),
            2 => format!("count of visit reaches {}", t.pick(&[3, 1, 2])),
            3 => format!("count of purchase.items where price >= {} reaches 2", names.price(t)),
            4 => "distinct of purchase.items.sku reaches 2".into(),
            5 => format!("streak of visit, each calendar {} reaches 2", t.pick(&["day", "week"])),
            6 if !names.measures.is_empty() => {
                let at = t.below(names.measures.len());
                format!("{} reaches {}", names.measures[at].0, names.threshold(t, at))
            }
            7 => "all of purchase.items.sku in (\"s\", \"t\")".into(),
            8 => format!("steps visit, purchase where subtotal >= {}, sale", names.price(t)),
            9 => "steps purchase, visit within 2 days, visit within 36 hours".into(),
            10 => format!("largest of purchase.subtotal where channel is web reaches {}", names.price(t)),
            _ if opened == Some(On::Purchase) && t.chance(50) => "one purchase where subtotal > opened.subtotal".into(),
            _ => format!("one purchase where subtotal >= {}", names.price(t)),
        }
    }
}
