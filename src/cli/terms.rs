//! `meed terms`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::error::{CliError, Exit};
use super::load::load;
use super::locate::program_path;
use super::output::Output;
use crate::journal::WriteError;
use crate::terms::{Entry, Language, Section, Terms, terms};

/// Say a program in plain words, for its members
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed terms shop.meed
  meed terms shop.meed --lang zh
  meed terms shop.meed --format html -o terms.html

Everything that the program declares is said, with the names and labels that it gives. Of several versions it is the
newest that is said.")]
pub struct TermsArgs {
    /// The program; the one around the current folder without
    #[arg(value_name = "PROGRAM")]
    pub program: Option<PathBuf>,
    /// The language
    #[arg(long, value_enum, default_value_t)]
    pub lang: Lang,
    /// How the page is written
    #[arg(long, value_enum, default_value_t)]
    pub format: TermsFormat,
    /// Write to this file
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Languages of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Lang {
    /// English
    #[default]
    En,
    /// Chinese
    Zh,
}

/// How pages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TermsFormat {
    /// Markdown
    #[default]
    Markdown,
    /// One HTML page that needs nothing else
    Html,
    /// One JSON document, `meed.terms/1`
    Json,
}

#[derive(Serialize)]
struct Report<'t> {
    schema: &'static str,
    title: &'t str,
    lang: &'static str,
    intro: &'t str,
    sections: Vec<SectionReport<'t>>,
}

#[derive(Serialize)]
struct SectionReport<'t> {
    title: &'t str,
    entries: Vec<EntryReport<'t>>,
}

#[derive(Serialize)]
struct EntryReport<'t> {
    item: &'t str,
    name: &'t str,
    text: &'t str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    details: &'t [String],
}

fn report(terms: &Terms) -> Report<'_> {
    fn entry(entry: &Entry) -> EntryReport<'_> {
        EntryReport { item: &entry.anchor, name: &entry.name, text: &entry.text, details: &entry.details }
    }
    fn section(section: &Section) -> SectionReport<'_> {
        SectionReport { title: &section.title, entries: section.entries.iter().map(entry).collect() }
    }
    Report {
        schema: "meed.terms/1",
        title: &terms.title,
        lang: if terms.language == Language::Chinese { "zh" } else { "en" },
        intro: &terms.intro,
        sections: terms.sections.iter().map(section).collect(),
    }
}

pub(super) fn run(args: &TermsArgs, output: &Output) -> Result<Exit, CliError> {
    let current = std::env::current_dir().map_err(|error| CliError::Read { path: ".".to_owned(), error })?;
    let path = program_path(args.program.as_deref(), &current)?;
    let loaded = load(&path, output)?;
    let Some(program) = loaded.versions.last() else { return Ok(Exit::Nothing) };
    let page = terms(
        program,
        match args.lang {
            Lang::En => Language::English,
            Lang::Zh => Language::Chinese,
        },
    );
    let text = match args.format {
        TermsFormat::Markdown => page.markdown(),
        TermsFormat::Html => page.html(),
        TermsFormat::Json => {
            let json = serde_json::to_string_pretty(&report(&page));
            json.map_err(|error| WriteError::new("the page", error.into()))? + "\n"
        }
    };
    output.result_to(args.output.as_deref(), &text)?;
    Ok(Exit::Nothing)
}
