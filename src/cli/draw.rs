//! `meed draw`

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::UTF8_BORDERS_ONLY;
use serde::Deserialize;

use super::error::{CliError, Exit};
use super::load::load;
use super::output::Output;
use super::seeds;
use crate::engine::lottery::{Seed, written};
use crate::hir::{DrawKind, Program};
use crate::journal::WriteError;
use crate::journal::receipts::{Receipt, Replay, Terms, Ticket};

/// Make seeds for draws, replay draws, and check receipts
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed draw commit --seed-file secret.seed
  meed draw run shop.meed --draw wheel --entries entries.jsonl --seed secret.seed
  meed draw verify out/draws.jsonl --seed secret.seed")]
pub struct DrawArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a secret seed and print the line that commits a draw to it
    Commit {
        /// Write the seed to this new file
        #[arg(long, value_name = "FILE", default_value = "secret.seed")]
        seed_file: PathBuf,
    },
    /// Decide entries as the program would and print their receipts
    Run {
        /// The program
        program: PathBuf,
        /// The draw
        #[arg(long, value_name = "NAME")]
        draw: String,
        /// JSON Lines: `entry`, `member`, and for winners drawn together `drawing`, the moment in UTC
        #[arg(long, value_name = "FILE")]
        entries: PathBuf,
        /// Files of secret seeds
        #[arg(long, value_name = "FILE", required = true)]
        seed: Vec<PathBuf>,
    },
    /// Check every number and every prize of receipts
    Verify {
        /// The receipts: `draws.jsonl`
        receipts: PathBuf,
        /// Files of seeds
        #[arg(long, value_name = "FILE")]
        seed: Vec<PathBuf>,
        /// A seed in hexadecimal digits
        #[arg(long, value_name = "HEX")]
        seed_hex: Option<String>,
    },
}

pub(super) fn run(args: &DrawArgs, output: &Output) -> Result<Exit, CliError> {
    match &args.action {
        Action::Commit { seed_file } => commit(seed_file, output),
        Action::Run { program, draw, entries, seed } => replay(program, draw, entries, seed, output),
        Action::Verify { receipts, seed, seed_hex } => {
            let mut seeds = seeds::read(seed)?;
            if let Some(hex) = seed_hex {
                let wrong = || CliError::Usage("--seed-hex: a seed is 64 hexadecimal digits".to_owned());
                seeds.push(Seed::parse(hex).ok_or_else(wrong)?);
            }
            verify(receipts, &seeds, output)
        }
    }
}

/// Never over a seed that is there: a program may be committed to it.
fn commit(path: &Path, output: &Output) -> Result<Exit, CliError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| CliError::Usage(format!("the system has no randomness to give: {error}")))?;
    let seed = Seed::new(bytes);
    let failed = |error| WriteError::new(path.display().to_string(), error);
    if path.exists() {
        let path = path.display();
        return Err(CliError::Usage(format!("`{path}` exists, and a seed is never overwritten: name another file")));
    }
    let mut file = std::fs::File::create_new(path).map_err(failed)?;
    file.write_all(format!("{}\n", seed.text()).as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    output.note(&format_args!(
        "the seed is in `{}`: keep it secret until the draw is over; the line below belongs in the draw",
        path.display()
    ));
    output.result(&format!("commitment \"{}\"\n", written(&seed.commitment())))?;
    Ok(Exit::Nothing)
}

/// An entry as it is given.
#[derive(Deserialize)]
struct Given {
    entry: String,
    member: String,
    drawing: Option<String>,
}

fn lines<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Vec<T>, CliError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| CliError::Read { path: path.display().to_string(), error })?;
    let parsed = text.lines().zip(1_u32..).filter(|(line, _)| !line.trim().is_empty()).map(|(line, number)| {
        serde_json::from_str(line).map_err(|error| CliError::Usage(format!("{}:{number}: {error}", path.display())))
    });
    parsed.collect()
}

fn replay(path: &Path, name: &str, entries: &Path, seed: &[PathBuf], output: &Output) -> Result<Exit, CliError> {
    let versions: Vec<Arc<Program>> = load(path, output)?.versions.into_iter().map(Arc::new).collect();
    let found = versions
        .iter()
        .rev()
        .find_map(|program| program.draws.iter().find(|draw| *draw.name == *name).map(|draw| (program, draw)));
    let Some((program, draw)) = found else {
        return Err(CliError::Usage(format!("the program has no draw `{name}`")));
    };
    let (seeds, given) = (seeds::read(seed)?, lines::<Given>(entries)?);
    let mut replay = Replay::new(&seeds);
    let terms = Receipt::Terms(Terms::of(program, draw));
    let mut receipts = vec![replay.take(&terms).map_err(CliError::Usage)?];
    let swept = matches!(draw.kind, DrawKind::Sweepstake { .. });
    for (given, line) in given.into_iter().zip(1_u32..) {
        if swept != given.drawing.is_some() {
            let need = if swept { "needs" } else { "has no" };
            return Err(CliError::Usage(format!(
                "{}:{line}: an entry of `{name}` {need} `drawing`",
                entries.display()
            )));
        }
        let number = given.drawing.as_ref().map(|_| String::new());
        let Given { entry, member, drawing } = given;
        let ticket = Ticket { draw: name.to_owned(), entry, member, drawing, number, prize: None };
        let receipt = replay.take(&Receipt::Entry(ticket)).map_err(CliError::Usage)?;
        receipts.extend((!swept).then_some(receipt));
    }
    receipts.extend(replay.drawn().map_err(CliError::Usage)?.into_iter().map(Receipt::Entry));
    let mut text = String::new();
    for receipt in &receipts {
        let line =
            serde_json::to_string(receipt).map_err(|error| WriteError::new("the standard output", error.into()))?;
        text.push_str(&line);
        text.push('\n');
    }
    output.result(&text)?;
    output.aside(&table(&receipts));
    Ok(Exit::Nothing)
}

/// Entries for people.
fn table(receipts: &[Receipt]) -> String {
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY).set_header(["entry", "number", "prize"]);
    for receipt in receipts {
        if let Receipt::Entry(ticket) = receipt {
            let number: String = ticket.number.iter().flat_map(|number| number.chars().take(16)).collect();
            table.add_row([ticket.entry.clone(), number, ticket.prize.clone().unwrap_or_default()]);
        }
    }
    format!("{table}\n")
}

fn verify(path: &Path, seeds: &[Seed], output: &Output) -> Result<Exit, CliError> {
    let receipts: Vec<Receipt> = lines(path)?;
    let mut replay = Replay::new(seeds);
    let mut wrong: Vec<String> = Vec::new();
    let mut tickets: Vec<&Ticket> = Vec::new();
    let mut different = |said: &Ticket, right: &Ticket| {
        if said.number != right.number {
            wrong.push(format!("entry `{}` has another number", said.entry));
        }
        if said.prize != right.prize {
            let prize =
                |ticket: &Ticket| ticket.prize.as_ref().map_or("nothing".to_owned(), |prize| format!("`{prize}`"));
            wrong.push(format!("entry `{}` wins {}, not {}", said.entry, prize(right), prize(said)));
        }
    };
    for (receipt, line) in receipts.iter().zip(1_u32..) {
        let right =
            replay.take(receipt).map_err(|reason| CliError::Usage(format!("{}:{line}: {reason}", path.display())))?;
        if let (Receipt::Entry(said), Receipt::Entry(right)) = (receipt, &right) {
            tickets.push(said);
            different(said, right);
        }
    }
    for right in replay.drawn().map_err(CliError::Usage)? {
        let same = |said: &&&Ticket| said.draw == right.draw && said.entry == right.entry;
        if let Some(said) = tickets.iter().find(same) {
            different(said, &right);
        }
    }
    if wrong.is_empty() {
        output.result(&format!("{} entries: every number and every prize is right\n", tickets.len()))?;
        return Ok(Exit::Nothing);
    }
    output.result(&wrong.iter().map(|line| format!("{line}\n")).collect::<String>())?;
    Ok(Exit::Found)
}
