//! `meed test`

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use regex::Regex;
use serde::Serialize;

use super::annotations::command;
use super::error::{CliError, Exit};
use super::load::load;
use super::locate::programs;
use super::output::Output;
use crate::compile::compile;
use crate::hir::{Program, ScenarioFlag};
use crate::scenario::{self, Failure, Verdict};

/// Run the scenarios of programs
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed test
  meed test shop.meed --run 'refund' -v
  meed test programs/ --format github")]
pub struct TestArgs {
    /// Programs: files or folders; the one around the current folder without
    #[arg(value_name = "PROGRAM")]
    pub paths: Vec<PathBuf>,
    /// Show every scenario, not only those that fail
    #[arg(short, long)]
    pub verbose: bool,
    /// Only scenarios whose name matches
    #[arg(long, value_name = "REGEX")]
    pub run: Option<Regex>,
    /// How results are written
    #[arg(long, value_enum, default_value_t)]
    pub format: TestFormat,
}

/// How results of scenarios are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TestFormat {
    /// What was expected, what happened, and why
    #[default]
    Full,
    /// One JSON document, `meed.test/1`
    Json,
    /// Annotations of GitHub Actions
    Github,
}

/// The scenarios of one program.
struct Ran {
    program: Arc<Program>,
    verdicts: Vec<Verdict>,
}

pub(super) fn run(args: &TestArgs, output: &Output) -> Result<Exit, CliError> {
    let mut all = Vec::new();
    for path in programs(&args.paths)? {
        let versions: Vec<Arc<Program>> = load(&path, output)?.versions.into_iter().map(Arc::new).collect();
        let Some(program) = versions.last().cloned() else { continue };
        let wanted = |name: &str| args.run.as_ref().is_none_or(|pattern| pattern.is_match(name));
        all.push(Ran { verdicts: scenario::run(&compile(&versions), &program, wanted), program });
    }
    let count =
        |test: fn(&Verdict) -> bool| all.iter().flat_map(|ran| &ran.verdicts).filter(|verdict| test(verdict)).count();
    let (passed, failed) = (count(Verdict::passed), count(|verdict| !verdict.failures.is_empty()));
    let skipped = count(|verdict| verdict.skipped);
    match args.format {
        TestFormat::Full => {
            output.result(&all.iter().map(|ran| text(ran, args.verbose)).collect::<String>())?;
            output.result(&format!("{passed} passed, {failed} failed, {skipped} skipped\n"))?;
        }
        TestFormat::Github => output.result(&all.iter().map(github).collect::<String>())?,
        TestFormat::Json => {
            let programs = all.iter().map(report).collect();
            output.json(&Report { schema: "meed.test/1", passed, failed, skipped, programs })?;
        }
    }
    if passed + failed == 0 {
        output.note(&"there is no scenario to run: a program without scenarios proves nothing");
        return Ok(Exit::Found);
    }
    let narrowed =
        all.iter().flat_map(|ran| &ran.program.scenarios).any(|scenario| scenario.flag != ScenarioFlag::Plain);
    if narrowed && std::env::var("CI").is_ok_and(|ci| ci == "true") {
        output.note(&"`only` and `skip` are for trying things out: take them away before others rely on these tests");
        return Ok(Exit::Found);
    }
    Ok(if failed == 0 { Exit::Nothing } else { Exit::Found })
}

fn text(ran: &Ran, verbose: bool) -> String {
    let mut out = String::new();
    for verdict in &ran.verdicts {
        if verdict.failures.is_empty() {
            if verbose {
                let how = if verdict.skipped { "skipped" } else { "passed" };
                out.push_str(&format!("{how:<8}{}  ({})\n", verdict.name, ran.program.sources.at(verdict.span)));
            }
            continue;
        }
        out.push_str(&format!("failed  {}  ({})\n", verdict.name, ran.program.sources.at(verdict.span)));
        for failure in &verdict.failures {
            out.push_str(&told(&ran.program, failure));
        }
        out.push('\n');
    }
    out
}

fn told(program: &Program, failure: &Failure) -> String {
    let sources = &program.sources;
    let line = sources.line(failure.span).trim();
    let mut out = format!(
        "  {}\n    {line}\n    - expected {}\n    + got      {}\n",
        sources.at(failure.span),
        failure.expected,
        failure.got
    );
    for step in &failure.why {
        out.push_str(&format!("      {step}\n"));
    }
    out
}

fn github(ran: &Ran) -> String {
    let failures =
        ran.verdicts.iter().flat_map(|verdict| verdict.failures.iter().map(move |failure| (verdict, failure)));
    let annotation = |(verdict, failure): (&Verdict, &Failure)| {
        let text = format!("expected {}, got {}", failure.expected, failure.got);
        command("error", &ran.program.sources, failure.span, &verdict.name, &text)
    };
    failures.map(annotation).collect()
}

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    passed: usize,
    failed: usize,
    skipped: usize,
    programs: Vec<ProgramReport>,
}

#[derive(Serialize)]
struct ProgramReport {
    program: String,
    scenarios: Vec<ScenarioReport>,
}

#[derive(Serialize)]
struct ScenarioReport {
    name: String,
    at: String,
    result: &'static str,
    failures: Vec<FailureReport>,
}

#[derive(Serialize)]
struct FailureReport {
    at: String,
    expected: String,
    got: String,
    why: Vec<String>,
}

fn report(ran: &Ran) -> ProgramReport {
    let sources = &ran.program.sources;
    let failure = |failure: &Failure| FailureReport {
        at: sources.at(failure.span),
        expected: failure.expected.clone(),
        got: failure.got.clone(),
        why: failure.why.clone(),
    };
    let scenario = |verdict: &Verdict| ScenarioReport {
        name: verdict.name.to_string(),
        at: sources.at(verdict.span),
        result: match (verdict.skipped, verdict.failures.is_empty()) {
            (true, _) => "skipped",
            (false, true) => "passed",
            (false, false) => "failed",
        },
        failures: verdict.failures.iter().map(failure).collect(),
    };
    ProgramReport { program: ran.program.name.to_string(), scenarios: ran.verdicts.iter().map(scenario).collect() }
}
