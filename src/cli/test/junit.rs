//! Scenarios in the XML of JUnit: a suite for each program, a case for each scenario.

use super::Ran;
use crate::scenario::{Failure, Verdict};
use crate::source::Sources;

pub(super) fn document(all: &[Ran]) -> String {
    let verdicts = || all.iter().flat_map(|ran| &ran.verdicts);
    let [tests, failures, skipped] = counts(verdicts());
    let suites: String = all.iter().map(suite).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"meed\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n{suites}</testsuites>\n"
    )
}

fn counts<'v>(verdicts: impl Iterator<Item = &'v Verdict>) -> [usize; 3] {
    verdicts.fold([0; 3], |[tests, failures, skipped], verdict| {
        [tests + 1, failures + usize::from(!verdict.failures.is_empty()), skipped + usize::from(verdict.skipped)]
    })
}

fn suite(ran: &Ran) -> String {
    let [tests, failures, skipped] = counts(ran.verdicts.iter());
    let name = escaped(&ran.program.name);
    let cases: String = ran.verdicts.iter().map(|verdict| case(ran, verdict)).collect();
    format!(
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n{cases}  </testsuite>\n"
    )
}

fn case(ran: &Ran, verdict: &Verdict) -> String {
    let sources = &ran.program.sources;
    let (name, class) = (escaped(&verdict.name), escaped(&ran.program.name));
    let file = escaped(&sources.file(verdict.span.file).name);
    let line = sources.place(verdict.span).0;
    let head = format!("    <testcase name=\"{name}\" classname=\"{class}\" file=\"{file}\" line=\"{line}\"");
    if verdict.skipped {
        return format!("{head}>\n      <skipped/>\n    </testcase>\n");
    }
    if verdict.failures.is_empty() {
        return format!("{head}/>\n");
    }
    let failures: String = verdict.failures.iter().map(|failure| told(sources, failure)).collect();
    format!("{head}>\n{failures}    </testcase>\n")
}

fn told(sources: &Sources, failure: &Failure) -> String {
    let message = escaped(&format!("expected {}, got {}", failure.expected, failure.got));
    let lines: Vec<String> =
        std::iter::once(format!("{}: {}", sources.at(failure.span), sources.line(failure.span).trim()))
            .chain(failure.why.iter().map(|step| format!("  {step}")))
            .collect();
    format!("      <failure message=\"{message}\" type=\"expectation\">{}</failure>\n", escaped(&lines.join("\n")))
}

/// A text inside XML, without the signs that XML cannot hold.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            sign if sign.is_control() || matches!(sign, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            sign => out.push(sign),
        }
    }
    out
}
