//! Rules.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::words::{Names, On};
use super::{Writer, limit_window};

impl Writer {
    /// A unit that no measure and no tier looks at, so that what the clock and crossings give sets nothing off again.
    pub fn quiet_unit(&self, t: &mut Tape<'_>) -> Option<usize> {
        let count = self.names.units.len();
        (count > 1).then(|| 1 + t.below(count - 1))
    }

    pub fn rule(&mut self, i: usize, t: &mut Tape<'_>) {
        let measures = self.names.measures.len();
        let (trigger, on) = match t.below(14) {
            1 => ("on purchase.items".to_string(), On::Line),
            2 => ("on visit".to_string(), On::Visit),
            3 | 4 if measures > 0 => {
                let m = t.below(measures);
                (format!("when m{m} reaches {}", self.names.threshold(t, m)), On::Member)
            }
            5 | 6 if measures > 0 => {
                let m = t.below(measures);
                let step = self.names.threshold(t, m);
                let from = if t.chance(25) { format!(" from {}", self.names.threshold(t, m)) } else { String::new() };
                (format!("each time m{m} reaches another {step}{from}"), On::Member)
            }
            7 | 8 if !self.names.ladders.is_empty() => {
                let (ladder, tiers) = t.pick(&self.names.ladders);
                let change = t.pick(&["rises", "falls", "changes"]);
                let to = if t.chance(50) { format!(" to {}", t.pick(&tiers)) } else { String::new() };
                let first = if change == "rises" && !self.without.traces && t.chance(30) { ", first time" } else { "" };
                (format!("when {ladder} {change}{to}{first}"), On::Member)
            }
            9 => {
                let unit = t.pick(&self.names.units).0;
                (format!("when {unit} expire"), On::Member)
            }
            10 => {
                let every = [
                    "month on last day",
                    "quarter on day 1 at 06:00",
                    "week on monday",
                    "day at 02:30",
                    "year on 29 february",
                    "month on day 31",
                ];
                (format!("every calendar {}", t.pick(&every)), On::Member)
            }
            11 if self.without.traces => (format!("{} after last visit", Names::days(t)), On::Member),
            11 => (format!("{} after last {}", Names::days(t), t.pick(&["purchase", "visit"])), On::Member),
            12 if !self.without.traces => (format!("{} after join unless purchase", Names::days(t)), On::Member),
            13 => (t.pick(&["on birthday", "on anniversary", "on join"]).to_string(), On::Member),
            _ => ("on purchase".to_string(), On::Purchase),
        };
        let from_event = trigger.starts_with("on ");
        let unit = if from_event { Some(t.below(self.names.units.len())) } else { self.quiet_unit(t) };
        let _ = writeln!(self.out, "rule rule{i} {trigger} {{");
        if t.chance(25) {
            let line = format!("when {}", self.names.condition(t, if on == On::Line { On::Purchase } else { on }, 1));
            self.line(line);
        }
        self.effects(t, unit, on, from_event);
        if t.chance(20) {
            let line = format!("limit {} times {}", t.pick(&[2, 1]), limit_window(t));
            self.line(line);
        }
        if let Some(unit) = unit.filter(|_| t.chance(15)) {
            let line = format!("limit {} {}", self.names.bound(unit, t.pick(&[50, 7])), limit_window(t));
            self.line(line);
        }
        if !self.without.traces && t.chance(10) {
            self.line("cooldown 2 days");
        }
        if t.chance(10) {
            self.line("needs activation");
            self.names.waiting.push(format!("rule{i}"));
        }
        if t.chance(15) {
            self.line("funded 50% by acme");
        }
        if !self.without.traces && t.chance(15) {
            self.line("refunds keep");
        }
        let _ = writeln!(self.out, "}}");
    }

    pub fn effects(&mut self, t: &mut Tape<'_>, unit: Option<usize>, on: On, from_event: bool) {
        let (mut any, mut opened) = (false, false);
        if let Some(unit) = unit {
            let amount = if t.chance(30) { self.cased(t, unit, on) } else { self.base(t, unit, on) };
            self.line(format!("give {amount}"));
            any = true;
        }
        let lossless = self.without.traces;
        for _ in 0..t.below(3) {
            let line = match (t.below(13), unit) {
                (1, Some(unit)) if !lossless => format!("take {}", self.names.quantity(unit, 5)),
                (2, Some(unit)) if !lossless && unit > 0 && self.names.units.len() > 2 => {
                    let other = if unit == 1 { 2 } else { 1 };
                    let (from, to) = (self.names.units[unit].0, self.names.units[other].0);
                    let least = if t.chance(40) {
                        format!(", at least {}", self.names.quantity(unit, 15))
                    } else {
                        String::new()
                    };
                    format!(
                        "convert {from} to {to} at {} -> {}{least}",
                        self.names.quantity(unit, 10),
                        self.names.quantity(other, 3)
                    )
                }
                (3, _) if !self.names.rewards.is_empty() && !lossless => {
                    format!("issue {}", t.pick(&self.names.rewards))
                }
                (4, _) if !lossless => format!("badge own{}", t.below(2)),
                (5, Some(unit)) if !lossless => {
                    format!("extend {} by {}", self.names.units[unit].0, t.pick(&["1 month", "10 days"]))
                }
                (6, _) if !lossless && !self.names.measures.is_empty() => {
                    let plain: Vec<usize> = (0..self.names.measures.len()).filter(|m| !self.is_formula(*m)).collect();
                    if plain.is_empty() { "badge own0".into() } else { format!("restart m{}", t.pick(&plain)) }
                }
                (7, _) if !lossless && from_event && !self.names.ladders.is_empty() => {
                    let (ladder, tiers) = t.pick(&self.names.ladders);
                    let hold = t.pick(&["for 90 days", "until end of next calendar year", "for ever", "for 36 hours"]);
                    format!("grant {ladder} {} {hold}", tiers[tiers.len() - 1])
                }
                (8, _) if matches!(on, On::Purchase | On::Line) => {
                    format!(
                        "donate 7% of {} to oxfam when {}",
                        self.names.amount(t, on),
                        self.names.condition(t, on, 0)
                    )
                }
                (8, _) => format!("donate {} to oxfam", self.names.price(t)),
                (9, _) if !self.names.choices.is_empty() => format!("offer {}", t.pick(&self.names.choices)),
                (10, _) if !self.names.draws.is_empty() => {
                    format!("enter {}{}", t.pick(&self.names.draws), t.pick(&["", " 2 times"]))
                }
                (11, _) if !self.names.waiting.is_empty() && !lossless => {
                    format!("activate {}{}", t.pick(&self.names.waiting), t.pick(&["", " for 7 days"]))
                }
                (11, _) if !self.names.opened.is_empty() && !opened => {
                    opened = true;
                    format!("open {}", t.pick(&self.names.opened))
                }
                (12, Some(unit)) if self.meets => {
                    format!("give {} to referred_by", self.names.quantity(unit, t.pick(&[5, 1, 12])))
                }
                _ => "message email \"Hello {member.id}, today is {today}\", zh \"你好 {member.id}\"".into(),
            };
            self.line(line);
            any = true;
        }
        if !any {
            self.line("message push \"hello\"");
        }
    }

    pub fn is_formula(&self, measure: usize) -> bool {
        let start = format!("measure m{measure} = ");
        let line = self.out.lines().find(|line| line.starts_with(&start)).unwrap_or_default();
        !line.contains(" of ")
    }

    /// What is given by something that an award or a clock may set off: it sets nothing off again. Says of which unit.
    pub fn gifts(&mut self, t: &mut Tape<'_>) -> Option<usize> {
        let mut given = None;
        let unit = self.quiet_unit(t);
        let lossless = self.without.traces;
        for n in 0..=t.below(2) {
            let line = match (t.below(5), unit) {
                (1, _) if !self.names.rewards.is_empty() && !lossless => {
                    format!("issue {}", t.pick(&self.names.rewards))
                }
                (2, _) if !lossless => format!("badge own{}", t.below(2)),
                (3, _) if !self.names.draws.is_empty() => format!("enter {}", t.pick(&self.names.draws)),
                (0 | 4, Some(unit)) if n == 0 => {
                    given = Some(unit);
                    format!("give {}", self.names.quantity(unit, t.pick(&[5, 1, 40])))
                }
                _ => format!("message push \"number {n}\""),
            };
            self.line(line);
        }
        if t.chance(25) {
            let line = format!("limit {} times {}", t.pick(&[2, 1]), limit_window(t));
            self.line(line);
        }
        given
    }
}
