//! `meed init`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::error::{CliError, Exit};
use super::locate::has_program;
use super::output::Output;
use crate::journal::{AtomicFile, create_folder};

/// Begin a program: a small one with scenarios, to be changed
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed init
  meed init shop --template tiers

The folder then has a program and its scenarios, which pass at once. Nothing that is there is changed.")]
pub struct InitArgs {
    /// The folder; the current one without
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: PathBuf,
    /// What the program is to begin with
    #[arg(long, value_enum, default_value_t)]
    pub template: Template,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    pub format: InitFormat,
}

/// How the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum InitFormat {
    /// For people
    #[default]
    Full,
    /// One JSON document, `meed.init/1`
    Json,
}

/// Programs to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Template {
    /// Points for purchases, and points as money off
    #[default]
    Points,
    /// Three tiers by yearly spend
    Tiers,
    /// Goals within a time, and a streak
    Challenge,
    /// Partners who pay for points and take them
    Coalition,
    /// Causes, gifts and a fund
    Charity,
}

impl Template {
    fn name(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Tiers => "tiers",
            Self::Challenge => "challenge",
            Self::Coalition => "coalition",
            Self::Charity => "charity",
        }
    }

    /// The program and its scenarios.
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Points => (include_str!("templates/points.meed"), include_str!("templates/points.test.meed")),
            Self::Tiers => (include_str!("templates/tiers.meed"), include_str!("templates/tiers.test.meed")),
            Self::Challenge => {
                (include_str!("templates/challenge.meed"), include_str!("templates/challenge.test.meed"))
            }
            Self::Coalition => {
                (include_str!("templates/coalition.meed"), include_str!("templates/coalition.test.meed"))
            }
            Self::Charity => (include_str!("templates/charity.meed"), include_str!("templates/charity.test.meed")),
        }
    }
}

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    template: &'static str,
    files: Vec<String>,
}

pub(super) fn run(args: &InitArgs, output: &Output) -> Result<Exit, CliError> {
    let folder = &args.folder;
    if has_program(folder) {
        let reason = "has a program already, and two in one folder are versions of one: name another folder";
        return Err(CliError::Usage(format!("`{}` {reason}", folder.display())));
    }
    let name = args.template.name();
    let (program, scenarios) = args.template.texts();
    let (main, tests) = (folder.join(format!("{name}.meed")), folder.join(format!("{name}.test.meed")));
    if let Some(taken) = [&main, &tests].into_iter().find(|path| path.exists()) {
        return Err(CliError::Usage(format!("`{}` is there already", taken.display())));
    }
    create_folder(folder)?;
    for (path, text) in [(&main, program), (&tests, scenarios)] {
        AtomicFile::write_text(path, text)?;
    }
    let files = [&main, &tests].map(|path| path.strip_prefix(".").unwrap_or(path).display().to_string());
    match args.format {
        InitFormat::Json => {
            output.json(&Report { schema: "meed.init/1", template: name, files: files.to_vec() })?;
        }
        InitFormat::Full => {
            let [main, tests] = &files;
            output.result(&format!(
                "made {main}\nmade {tests}\n\n\
                 Change the numbers and names in {main}. Then:\n  \
                 meed test {main}\n  \
                 meed sample {main} --members 50 --seed 1 > events.jsonl\n  \
                 meed run {main} events.jsonl\n"
            ))?;
        }
    }
    Ok(Exit::Nothing)
}
