//! Earns and boosts.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::words::{DAYS, On};
use super::{Writer, limit_window};

impl Writer {
    /// The unit of an earn by its position.
    fn earn_unit(&self, i: usize) -> usize {
        i % self.names.units.len()
    }

    /// A base amount of a unit.
    pub fn base(&self, t: &mut Tape<'_>, unit: usize, on: On) -> String {
        let names = &self.names;
        let (name, _, money) = names.units[unit];
        let one = |t: &mut Tape<'_>| names.quantity(unit, t.pick(&[10, 1, 3, 25]));
        if matches!(on, On::Visit | On::Member | On::Redeem) {
            return match t.below(3) {
                1 if !money => format!("(1.5 as {name})"),
                _ => one(t),
            };
        }
        let amount = names.amount(t, on);
        if money {
            return match t.below(4) {
                1 if on == On::Purchase => format!("(tax[subtotal] as {name})"),
                2 => one(t),
                _ => format!("(5% of {amount} as {name})"),
            };
        }
        match t.below(9) {
            1 => format!("{} for every full {} of {amount}", one(t), names.price(t)),
            2 => {
                let within = names.money(1);
                format!("{} for every full {} of {amount}, within {within}", one(t), names.price(t))
            }
            3 => one(t),
            4 => format!("({} as {name})", names.number(t, on)),
            5 => format!("(max(5, {}) as {name})", names.number(t, on)),
            6 => format!("(rate * {} per {} of {amount})", one(t), names.price(t)),
            7 if on == On::Purchase => format!("(bonus[channel, online] as {name})"),
            8 if on == On::Purchase => format!("(band[subtotal] as {name})"),
            _ => format!("{} per {} of {amount}", one(t), names.money(t.pick(&[100, 300, 1000]))),
        }
    }

    /// An amount with cases.
    pub fn cased(&self, t: &mut Tape<'_>, unit: usize, on: On) -> String {
        let first = self.base(t, unit, on);
        match t.below(7) {
            1 => format!("{first} when {}", self.names.condition(t, on, 1)),
            2 if !first.contains(", within") => {
                let condition = self.names.condition(t, on, 0);
                format!("{first} when {condition}, {} otherwise", self.base(t, unit, on))
            }
            3 if !first.contains(", within") => {
                format!("{first} until {}, {} after", t.pick(&DAYS), self.base(t, unit, on))
            }
            _ => first,
        }
    }

    fn limits(&mut self, t: &mut Tape<'_>, unit: usize, on: On) {
        if t.chance(30) {
            let per = match on {
                On::Purchase if t.chance(30) => " per channel",
                On::Line if t.chance(30) => " per category",
                _ => "",
            };
            let reject = if t.chance(25) { ", reject" } else { "" };
            let line =
                format!("limit {} {}{per}{reject}", self.names.quantity(unit, t.pick(&[50, 7, 200])), limit_window(t));
            self.line(line);
        }
        if t.chance(15) {
            let line = format!("limit {} times {}", t.pick(&[2, 1, 5]), limit_window(t));
            self.line(line);
        }
        if self.meets && t.chance(10) {
            let window = t.pick(&["each calendar month", "each calendar day", "ever"]);
            let line = format!("budget {} {window}", self.names.quantity(unit, t.pick(&[100, 30])));
            self.line(line);
        }
    }

    fn gates(&mut self, t: &mut Tape<'_>, on: On) {
        if t.chance(15) {
            self.line(t.pick(&[
                "during 2026-01-01 to 2026-12-31",
                "during saturday, sunday",
                "during 17:00 to 02:00",
                "during december, january, march",
            ]));
        }
        if t.chance(35) {
            let line = format!("when {}", self.names.condition(t, if on == On::Line { On::Purchase } else { on }, 2));
            self.line(line);
        }
        if on == On::Line && t.chance(40) {
            let line = format!("where {}", self.names.condition(t, On::Line, 1));
            self.line(line);
        }
    }

    pub fn earn(&mut self, i: usize, t: &mut Tape<'_>) {
        let (on, unit) = (Self::earn_on(i), self.earn_unit(i));
        let event = match on {
            On::Line => "purchase.items",
            On::Visit => "visit",
            On::Sale => "sale",
            _ => "purchase",
        };
        let _ = writeln!(self.out, "earn e{i} on {event} {{");
        self.gates(t, on);
        let give = self.cased(t, unit, on);
        self.line(format!("give {give}"));
        for _ in 0..t.below(4).saturating_sub(1) {
            let boost = match t.below(4) {
                1 => "20%".to_string(),
                2 => self.base(t, unit, on),
                3 => "1.25x".to_string(),
                _ => "2x".to_string(),
            };
            let when = self.names.condition(t, on, 1);
            self.line(format!("boost {boost} when {when}"));
        }
        if t.chance(40) {
            self.line(t.pick(&["boosts multiply", "boosts best"]));
        }
        if !self.names.ladders.is_empty() && !self.without.traces && t.chance(30) {
            self.line(t.pick(&["tier after", "tier before"]));
        }
        if event == "purchase" && t.chance(10) {
            self.line("when booked is not missing\n  as of booked");
        }
        self.limits(t, unit, on);
        let traces = self.without.traces;
        if !traces && t.chance(10) {
            self.line(t.pick(&["cooldown 24 hours", "cooldown 10 days"]));
        }
        if t.chance(12) {
            let needs = ["needs activation", "needs activation within 14 days", "needs activation each time"];
            self.line(t.pick(if traces { &needs[..2] } else { &needs }));
            self.names.waiting.push(format!("e{i}"));
        }
        let before: Vec<usize> =
            (0..i).filter(|other| matches!(Self::earn_on(*other), On::Purchase) && on == On::Purchase).collect();
        if !before.is_empty() && t.chance(15) {
            let other = t.pick(&before);
            self.line(format!("unless earned e{other}"));
        }
        if t.chance(25) {
            self.line(t.pick(&[
                "funded 60% by acme",
                "funded 33% by acme\n  funded 33% by bolt",
                "funded 100% by acme",
            ]));
        }
        if self.all_stacks() > 0 && t.chance(30) {
            let stack = t.below(self.all_stacks());
            self.line(format!("stack g{stack}"));
        }
        if t.chance(20) {
            self.line(t.pick(&["round nearest per item", "round up per rule", "round half even per event"]));
        }
        if t.chance(15) {
            self.line(if event == "purchase" {
                t.pick(&["pending until delivered by order", "pending 3 days"])
            } else {
                "pending 3 days"
            });
        }
        if t.chance(12) {
            self.line("expires 30 days after earning");
        }
        if !traces && on != On::Visit && t.chance(35) {
            self.line(t.pick(&["refunds in proportion", "refunds re-judge", "refunds keep"]));
        }
        let _ = writeln!(self.out, "}}");
    }

    pub fn boost(&mut self, i: usize, t: &mut Tape<'_>) {
        let target = t.below(self.all_earns());
        let (on, unit) = (Self::earn_on(target), self.earn_unit(target));
        let _ = writeln!(self.out, "boost x{i} on e{target} {{");
        if t.chance(40) {
            let line = format!("when {}", self.names.condition(t, On::Member, 1));
            self.line(line);
        }
        let amount = match t.below(4) {
            1 => "20%".to_string(),
            2 => format!("give {}", self.names.quantity(unit, 5)),
            3 => "3x until 2026-06-30, 1.5x after".to_string(),
            _ => "2x".to_string(),
        };
        self.line(amount);
        if t.chance(30) {
            let line = format!("limit {} {}", self.names.quantity(unit, t.pick(&[10, 40])), limit_window(t));
            self.line(line);
        }
        if t.chance(15) {
            self.line("needs activation");
            self.names.waiting.push(format!("x{i}"));
        }
        if on == On::Purchase && t.chance(15) {
            self.line("during saturday, sunday, wednesday");
        }
        let _ = writeln!(self.out, "}}");
    }
}
