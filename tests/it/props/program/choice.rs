//! Choices.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::Writer;

impl Writer {
    pub fn choice(&mut self, i: usize, t: &mut Tape<'_>) {
        let name = format!("pick{i}");
        let _ = writeln!(self.out, "choice {name} {{");
        for option in ["left", "right"] {
            self.line(format!("option {option} {{"));
            if t.chance(25) {
                let line = format!("when {}", self.names.about_member(t));
                self.line(line);
            }
            self.gifts(t);
            self.line("}");
        }
        if t.chance(60) {
            self.line(format!("within {}", t.pick(&["3 days", "36 hours", "1 month"])));
            self.line(t.pick(&["default left", "default right", "forfeit"]));
        }
        let _ = writeln!(self.out, "}}");
        self.names.choices.push(name);
    }
}
