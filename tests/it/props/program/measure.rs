//! Measures.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::words::{Counts, Names};
use super::{PERIODS, Writer};

impl Writer {
    pub fn measure(&mut self, i: usize, laddered: bool, t: &mut Tape<'_>) {
        let name = format!("m{i}");
        let names = &self.names;
        let (mut counts, mut windowed, mut netted) = (Counts::Number, true, true);
        let filter = |t: &mut Tape<'_>| match t.below(6) {
            1 => format!(" where subtotal >= {}", names.price(t)),
            2 => " where channel is web".to_string(),
            3 => " where not online and qty >= 1".to_string(),
            4 => format!(" where any of items where price > {}", names.price(t)),
            _ => String::new(),
        };
        let of_lines = |t: &mut Tape<'_>| match t.below(3) {
            1 => " where category is \"x\"".to_string(),
            2 => format!(" where price >= {}", names.price(t)),
            _ => String::new(),
        };
        let text = match t.below(21) {
            1 => format!("count of purchase{}", filter(t)),
            2 => format!("distinct of purchase.items.sku{}", of_lines(t)),
            3 => format!("distinct of purchase.channel{}", filter(t)),
            4 => "count of visit where place is a".to_string(),
            5 => {
                windowed = false;
                format!("streak of visit, each calendar {}", t.pick(&["week", "day", "month", "quarter"]))
            }
            6 => {
                windowed = false;
                format!("streak of purchase{}, each calendar {}", filter(t), t.pick(&["week", "day", "month", "year"]))
            }
            7 => {
                netted = false;
                counts = Counts::Unit(0);
                let tally = t.pick(if self.without.traces {
                    &["earned"][..]
                } else {
                    &["earned", "spent", "expired", "reversed"]
                });
                format!("sum of {}.{tally}", names.units[0].0)
            }
            8 => {
                let op = t.pick(if self.without.traces {
                    &["largest"][..]
                } else {
                    &["largest", "smallest", "average", "first", "last"]
                });
                counts = Counts::Money;
                format!("{op} of purchase.subtotal{}", filter(t))
            }
            9 => {
                let op = t.pick(if self.without.traces {
                    &["sum", "largest"][..]
                } else {
                    &["sum", "largest", "smallest", "average", "last", "first"]
                });
                counts = Counts::Money;
                format!("{op} of purchase.items.price{}", of_lines(t))
            }
            10 if !self.without.traces => {
                (windowed, netted) = (false, false);
                t.pick(&["days since purchase", "weeks since join", "months since visit"]).to_string()
            }
            11 if i > 0 && !self.without.traces => {
                let (other, what) = t.pick(&names.measures);
                counts = what;
                (windowed, netted) = (false, false);
                match what {
                    Counts::Number if self.declared(other[1..].parse().unwrap()).contains(" since ") => {
                        "count of sale".to_string()
                    }
                    Counts::Number => format!("{other} * 2 + 1"),
                    _ => format!("{other} - {other} / 2"),
                }
            }
            12 => {
                counts = Counts::Money;
                "sum of sale.price".to_string()
            }
            13 => "count of sale".to_string(),
            14 => "sum of purchase.qty".to_string(),
            15 => "sum of purchase.items.weight".to_string(),
            16 => "count of purchase.items".to_string(),
            17 if !self.without.traces && names.units.len() > 1 && !names.units[1].2 => {
                windowed = false;
                let counted = t.pick(&["", ", frozen days count"]);
                format!("streak of visit, each calendar day, frozen by {}{counted}", names.units[1].0)
            }
            18 => {
                windowed = false;
                format!("streak of visit, each calendar day, repairs {}", t.pick(&["1 in 7 days", "2 in 5 days"]))
            }
            19 => {
                windowed = false;
                let sum = names.price(t);
                format!("streak of purchase, each calendar week, when sum of purchase.subtotal reaches {sum}")
            }
            20 => {
                windowed = false;
                let within = t.pick(&["", ", within 10 days", ", within 36 hours"]);
                format!("streak of purchase where subtotal >= {}{within}", names.price(t))
            }
            _ => {
                counts = Counts::Money;
                format!("sum of purchase.subtotal{}", filter(t))
            }
        };
        let mut line = format!("measure {name} = {text}");
        if windowed {
            line += &match t.below(10) {
                1 => format!(", each calendar {}", t.pick(&PERIODS)),
                2 => ", each membership year".to_string(),
                3 => format!(", last {}", Names::days(t)),
                4 => ", last 720 hours".to_string(),
                5 => ", last exactly 30 days".to_string(),
                6 if laddered && !self.without.traces => ", since status rose".to_string(),
                7 | 8 => ", each calendar year".to_string(),
                9 => ", last 90 days".to_string(),
                _ => String::new(),
            };
        }
        if windowed && netted && !self.without.traces && t.chance(35) {
            line += t.pick(&[", gross", ", net when reversed"]);
        }
        if text == "sum of purchase.subtotal" && t.chance(25) {
            line += ", at most 30% where channel is web";
        }
        let _ = writeln!(self.out, "{line}");
        self.names.measures.push((name, counts));
    }

    fn declared(&self, measure: usize) -> &str {
        let start = format!("measure m{measure} = ");
        self.out.lines().find(|line| line.starts_with(&start)).unwrap_or_default()
    }

    pub fn since_rise(&self, measure: usize) -> bool {
        let line = self.declared(measure);
        line.contains("since status rose")
            || (line.contains("m0") || line.contains(" / 2") || line.contains("* 2 + 1")) && self.formula_of_since(line)
    }

    fn formula_of_since(&self, line: &str) -> bool {
        line.split([' ', ','])
            .skip(3)
            .any(|word| word.starts_with('m') && word[1..].parse::<usize>().is_ok_and(|m| self.since_rise(m)))
    }

    pub fn has_calendar(&self, measure: usize) -> bool {
        self.has_period(measure) && self.declared(measure).contains(", each calendar ")
    }

    pub fn has_period(&self, measure: usize) -> bool {
        let line = self.declared(measure);
        line.contains(", each ") && !line.contains("streak")
    }
}
