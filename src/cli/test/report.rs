//! What came of scenarios, in all forms.

use serde::Serialize;

use super::super::annotations::command;
use super::super::junit::{self, Case, Failed, Suite};
use super::Ran;
use crate::hir::Program;
use crate::scenario::coverage::{Coverage, Point, percent, short_of};
use crate::scenario::{Failure, Verdict};

/// The scenarios of all programs.
pub(super) struct Results<'r> {
    pub all: &'r [Ran],
    /// The least coverage, in percent.
    pub min: Option<u8>,
}

impl<'r> Results<'r> {
    /// How many scenarios are like that.
    pub fn count(&self, test: fn(&Verdict) -> bool) -> usize {
        self.all.iter().flat_map(|ran| &ran.verdicts).filter(|verdict| test(verdict)).count()
    }

    /// Passed, failed, skipped.
    fn counts(&self) -> [usize; 3] {
        let failed = self.count(|verdict| !verdict.failures.is_empty());
        [self.count(Verdict::passed), failed, self.count(|verdict| verdict.skipped)]
    }

    /// Programs of which scenarios try less than was asked for, with how much in percent.
    pub fn too_little(&self) -> impl Iterator<Item = (&'r Ran, String)> {
        let min = self.min.map_or(0, usize::from);
        self.all.iter().filter_map(move |ran| {
            let (covered, all) = ran.coverage.as_ref()?.counts();
            Some((ran, short_of(min, covered, all)?))
        })
    }

    /// For people.
    pub fn full(&self, verbose: bool) -> String {
        let [passed, failed, skipped] = self.counts();
        let mut out: String = self.all.iter().map(|ran| text(ran, verbose)).collect();
        out.push_str(&format!("{passed} passed, {failed} failed, {skipped} skipped\n"));
        for ran in self.all {
            if let Some(coverage) = &ran.coverage {
                out.push_str(&untried(&ran.program, coverage));
            }
        }
        out
    }

    /// Annotations of GitHub Actions.
    pub fn github(&self) -> String {
        self.all.iter().map(github).collect()
    }

    /// JUnit's XML: a suite for each program, a case for each scenario.
    pub fn junit(&self) -> String {
        let suites = self.all.iter().map(|ran| Suite {
            name: ran.program.name.to_string(),
            cases: ran.verdicts.iter().map(|verdict| case(&ran.program, verdict)).collect(),
        });
        junit::document(&suites.collect::<Vec<_>>())
    }

    /// The JSON document.
    pub fn json(&self) -> impl Serialize {
        let [passed, failed, skipped] = self.counts();
        Report { schema: "meed.test/1", passed, failed, skipped, programs: self.all.iter().map(report).collect() }
    }
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

/// What no scenario of a program tries.
fn untried(program: &Program, coverage: &Coverage) -> String {
    let (covered, all) = coverage.counts();
    let share = percent(covered, all);
    let mut out = format!("\nscenarios try {share}% of {}: {covered} of {all} parts\n", program.name);
    for point in coverage.missing() {
        out.push_str(&format!("  {}  ({})\n", point.sentence, point.at));
    }
    out
}

fn github(ran: &Ran) -> String {
    let sources = &ran.program.sources;
    let failures =
        ran.verdicts.iter().flat_map(|verdict| verdict.failures.iter().map(move |failure| (verdict, failure)));
    let annotation = |(verdict, failure): (&Verdict, &Failure)| {
        let text = format!("expected {}, got {}", failure.expected, failure.got);
        command("error", sources, failure.span, &verdict.name, &text)
    };
    let untried = |point: &Point| command("warning", sources, point.span, "no scenario tries this", &point.sentence);
    failures.map(annotation).chain(ran.coverage.iter().flat_map(Coverage::missing).map(untried)).collect()
}

fn case(program: &Program, verdict: &Verdict) -> Case {
    let sources = &program.sources;
    let failed = |failure: &Failure| {
        let line = format!("{}: {}", sources.at(failure.span), sources.line(failure.span).trim());
        let lines = std::iter::once(line).chain(failure.why.iter().map(|step| format!("  {step}")));
        Failed {
            message: format!("expected {}, got {}", failure.expected, failure.got),
            kind: "expectation",
            text: lines.collect::<Vec<_>>().join("\n"),
        }
    };
    Case {
        skipped: verdict.skipped,
        failures: verdict.failures.iter().map(failed).collect(),
        ..Case::at(&verdict.name, sources, verdict.span)
    }
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
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageReport>,
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

#[derive(Serialize)]
struct CoverageReport {
    percent: usize,
    covered: usize,
    parts: usize,
    missing: Vec<PointReport>,
}

#[derive(Serialize)]
struct PointReport {
    kind: &'static str,
    at: String,
    sentence: String,
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
    let coverage = |coverage: &Coverage| {
        let (covered, parts) = coverage.counts();
        let point =
            |point: &Point| PointReport { kind: point.kind, at: point.at.clone(), sentence: point.sentence.clone() };
        let missing = coverage.missing().map(point).collect();
        CoverageReport { percent: percent(covered, parts), covered, parts, missing }
    };
    ProgramReport {
        program: ran.program.name.to_string(),
        scenarios: ran.verdicts.iter().map(scenario).collect(),
        coverage: ran.coverage.as_ref().map(coverage),
    }
}
