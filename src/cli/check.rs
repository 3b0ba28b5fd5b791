//! `meed check`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::annotations;
use super::error::{CliError, Exit};
use super::junit::{self, Case, Failed, Suite};
use super::locate::programs;
use super::out::is_standard;
use super::output::Output;
use super::source::text;
use crate::diagnostic::{Diagnostic, Edit, Severity, render};
use crate::hir::Program;
use crate::journal::{AtomicFile, WriteError};
use crate::lint::lint;
use crate::source::{FileId, Sources, Span};

/// Find errors in programs, and what somebody should decide
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed check
  meed check shop.meed --strict
  meed check programs/ --format github")]
pub struct CheckArgs {
    /// Programs: files, folders or `-`; the one around the current folder without
    #[arg(value_name = "PROGRAM")]
    pub paths: Vec<PathBuf>,
    /// Warnings count as errors
    #[arg(long)]
    pub strict: bool,
    /// Mend what can be mended without a decision
    #[arg(long)]
    pub fix: bool,
    /// How messages are written
    #[arg(long, value_enum, default_value_t)]
    pub format: CheckFormat,
}

/// How messages about programs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum CheckFormat {
    /// With the lines that they are about
    #[default]
    Full,
    /// One line each
    Short,
    /// One JSON document, `meed.check/1`
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit's XML: a suite for each program, a case for each message
    Junit,
}

/// The JSON form of messages, which several programs share.
#[derive(Serialize, Deserialize)]
struct Document {
    schema: String,
    diagnostics: Vec<Box<RawValue>>,
}

/// What was found in one program.
struct Found {
    sources: Arc<Sources>,
    messages: Vec<Diagnostic>,
}

pub(super) fn run(args: &CheckArgs, output: &Output) -> Result<Exit, CliError> {
    let mut all = Vec::new();
    for path in programs(&args.paths)? {
        let mut found = check(&path)?;
        if args.fix && fix(&found, output)? {
            found = check(&path)?;
        }
        all.push(found);
    }
    show(&all, args.format, output)?;
    let count =
        |severity| all.iter().flat_map(|found| &found.messages).filter(|message| message.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if args.format == CheckFormat::Full && errors + warnings > 0 {
        let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        output.note(&format_args!("{}, {}", plural(errors, "error"), plural(warnings, "warning")));
    }
    Ok(if errors > 0 || (args.strict && warnings > 0) { Exit::Found } else { Exit::Nothing })
}

fn check(path: &Path) -> Result<Found, CliError> {
    let loaded = if is_standard(path) { Program::from_text("-", &text(path)?) } else { Program::from_path(path) };
    Ok(match loaded {
        Ok(loaded) => {
            let lints = lint(&loaded.versions);
            let messages = loaded.warnings.into_iter().chain(lints).collect();
            Found { sources: loaded.sources, messages: render::sorted(messages) }
        }
        Err(wrong) => Found { sources: wrong.sources, messages: wrong.messages },
    })
}

fn show(all: &[Found], format: CheckFormat, output: &Output) -> Result<(), CliError> {
    let each = |form: &dyn Fn(&Found) -> String| all.iter().map(form).collect::<String>();
    match format {
        CheckFormat::Full => {
            output.result(&each(&|found| render::full(&found.messages, &found.sources, output.colour())))
        }
        CheckFormat::Short => output.result(&each(&|found| render::short(&found.messages, &found.sources))),
        CheckFormat::Github => output.result(&each(&|found| annotations::github(&found.messages, &found.sources))),
        CheckFormat::Sarif => {
            let results = all.iter().flat_map(|found| annotations::sarif_results(&found.messages, &found.sources));
            output.json(&annotations::sarif(results.collect()))
        }
        CheckFormat::Junit => output.result(&junit::document(&all.iter().map(suite).collect::<Vec<_>>())),
        CheckFormat::Json => {
            let mut merged = Document { schema: render::SCHEMA.to_owned(), diagnostics: Vec::new() };
            for found in all {
                let document: Document = serde_json::from_str(&render::json(&found.messages, &found.sources))
                    .map_err(|error| WriteError::new("the standard output", error.into()))?;
                merged.diagnostics.extend(document.diagnostics);
            }
            output.json(&merged)
        }
    }
}

/// A case for each message, or one that passed.
fn suite(found: &Found) -> Suite {
    let sources = &found.sources;
    let case = |message: &Diagnostic| {
        let failed = Failed {
            message: message.message.clone(),
            kind: match message.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            text: std::iter::once(&message.message).chain(&message.help).cloned().collect::<Vec<_>>().join("\n"),
        };
        Case { failures: vec![failed], ..Case::at(message.code.0, sources, message.span) }
    };
    let (file, name) = sources.files().next().map_or((FileId(0), ""), |(id, file)| (id, file.name.as_str()));
    let mut cases: Vec<Case> = found.messages.iter().map(case).collect();
    if cases.is_empty() && !name.is_empty() {
        cases.push(Case::at("check", sources, Span::new(file, 0, 0)));
    }
    Suite { name: name.to_owned(), cases }
}

/// Writes the changes that messages propose, where they do not contradict each other. Whether anything was written.
fn fix(found: &Found, output: &Output) -> Result<bool, CliError> {
    // Only signs and habits: what somebody probably meant by a word or a number is for them to decide.
    let safe = |message: &&Diagnostic| {
        let code = message.code.0;
        ("E0130"..="E0148").contains(&code) && code != "E0147"
            || matches!(code, "E0114" | "E0470" | "E0472" | "E0591" | "E0595")
    };
    let mut edits: Vec<&Edit> = found.messages.iter().filter(safe).flat_map(|message| &message.edits).collect();
    edits.sort_by_key(|edit| edit.span);
    edits.dedup();
    let mut written = false;
    for (id, file) in found.sources.files() {
        let (mut text, mut done, mut count) = (String::new(), 0, 0);
        let mut told = Vec::new();
        for edit in edits.iter().filter(|edit| edit.span.file == id) {
            let (start, end) = (edit.span.start as usize, edit.span.end as usize);
            if let (true, Some(before)) = (start >= done && end >= start, file.text.get(done..start)) {
                text.push_str(before);
                text.push_str(&edit.text);
                let old = file.text.get(start..end).unwrap_or_default().trim();
                let change = if edit.text.is_empty() { "taken out".to_owned() } else { format!("now `{}`", edit.text) };
                let old = if old.is_empty() { "a place".to_owned() } else { format!("`{old}`") };
                told.push(format!("  {}:{}: {old}, {change}", file.name, file.place(start).0));
                (done, count) = (end, count + 1);
            }
        }
        if count == 0 || file.name == "-" {
            continue;
        }
        text.push_str(file.text.get(done..).unwrap_or_default());
        AtomicFile::write_text(Path::new(&file.name), &text)?;
        output.note(&format_args!("mended {count} of the mistakes in {}\n{}", file.name, told.join("\n")));
        written = true;
    }
    Ok(written)
}
