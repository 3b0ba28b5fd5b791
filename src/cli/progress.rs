//! A sign of life for long work, on terminals only.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Counts records while they are judged.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    count: u64,
}

/// How many records pass between two looks at the clock.
const STRIDE: u64 = 4_096;

impl Progress {
    /// A count on standard error; nothing where that is no terminal, or `quiet`.
    pub(super) fn new(what: &'static str, quiet: bool) -> Self {
        let bar = if quiet || !std::io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
        };
        let template = "{spinner} {human_pos} {msg}, {per_sec}";
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, count: 0 }
    }

    /// One more.
    pub(super) fn tick(&mut self) {
        self.count += 1;
        if self.count.is_multiple_of(STRIDE) {
            self.bar.set_position(self.count);
        }
    }

    /// So many are done.
    pub(super) fn at(&mut self, count: usize) {
        self.count = u64::try_from(count).unwrap_or(u64::MAX);
        self.bar.set_position(self.count);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
