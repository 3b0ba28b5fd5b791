//! Leaderboards.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::Writer;

impl Writer {
    /// A leaderboard by one of the measures with a calendar period, if there is one.
    pub fn board(&mut self, i: usize, t: &mut Tape<'_>) {
        let ranked: Vec<usize> = (0..self.names.measures.len()).filter(|m| self.has_calendar(*m)).collect();
        if ranked.is_empty() {
            return self.transfer(i, t);
        }
        let by = t.pick(&ranked);
        let _ = writeln!(self.out, "leaderboard first{i} {{\n  by {}", self.names.measures[by].0);
        if t.chance(40) {
            let line = format!("at least {}", self.names.threshold(t, by));
            self.line(line);
        }
        for place in ["1", "2 to 3"] {
            self.line(format!("place {place} {{"));
            self.gifts(t);
            self.line("}");
        }
        let _ = writeln!(self.out, "}}");
    }
}
