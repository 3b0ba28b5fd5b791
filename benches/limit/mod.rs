//! The limit: `programs/bench/loyalty.meed` written by hand in Rust, this program and no other. What it takes is what an engine for any
//! program is measured against.

mod line;
mod rules;
mod sample;
pub mod told;
mod totals;

pub use rules::{Block, Rules};
pub use sample::sample;
pub use totals::Totals;

/// Judges JSON Lines in order of time.
pub fn run(text: &str) -> Totals {
    judged(text).finish()
}

/// The members after that.
pub fn judged(text: &str) -> Rules {
    let mut rules = Rules::default();
    rules.run(line::Reader::new(text));
    rules
}

/// Events of JSON Lines.
pub fn read(text: &str) -> Vec<Block> {
    Block::all(line::Reader::new(text))
}

/// Judges events in order of time.
pub fn judge(blocks: &[Block]) -> Totals {
    let mut rules = Rules::default();
    rules.run_read(blocks);
    rules.finish()
}

/// Days since 1970 as year, month and day.
fn civil(day: i64) -> (i64, i64, i64) {
    // Years begin in March, so that the leap day is the last.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, date)
}

/// Year, month and day as days since 1970.
fn days(year: i64, month: i64, date: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + date - 1;
    year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
