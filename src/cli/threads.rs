//! How many threads work: all that the machine has, or as many as are asked for. What comes out is the same for any number.

use clap::Args;

/// How many threads work.
#[derive(Debug, Clone, Copy, Args)]
pub struct ThreadArgs {
    /// How many threads work, all there are without this; what comes out is the same for any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl ThreadArgs {
    /// How many they are.
    pub(super) fn count(self) -> usize {
        count(self.threads)
    }
}

/// As many as are asked for, or all.
pub(super) fn count(asked: Option<u16>) -> usize {
    let all = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    asked.map_or_else(all, usize::from)
}
