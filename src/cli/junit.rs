//! JUnit's XML: suites of cases that passed, failed or were skipped.

use crate::source::{Sources, Span};

/// What was asked of one program.
pub(super) struct Suite {
    pub name: String,
    pub cases: Vec<Case>,
}

/// One question.
pub(super) struct Case {
    pub name: String,
    pub file: String,
    pub line: usize,
    pub skipped: bool,
    /// What is wrong; nothing where it passed.
    pub failures: Vec<Failed>,
}

/// One thing that is wrong.
pub(super) struct Failed {
    pub message: String,
    pub kind: &'static str,
    pub text: String,
}

impl Case {
    /// A question about a place.
    pub fn at(name: &str, sources: &Sources, span: Span) -> Self {
        let file = sources.file(span.file).name.clone();
        Self { name: name.to_owned(), file, line: sources.place(span).0, skipped: false, failures: Vec::new() }
    }
}

/// The document of several suites.
pub(super) fn document(suites: &[Suite]) -> String {
    let counts = counted(suites.iter().flat_map(|suite| &suite.cases));
    let inside: String = suites.iter().map(suite).collect();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"meed\" {counts}>\n{inside}</testsuites>\n")
}

/// The attributes that count cases.
fn counted<'c>(cases: impl Iterator<Item = &'c Case>) -> String {
    let (mut tests, mut failures, mut skipped) = (0, 0, 0);
    for case in cases {
        tests += 1;
        failures += usize::from(!case.failures.is_empty());
        skipped += usize::from(case.skipped);
    }
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"")
}

fn suite(suite: &Suite) -> String {
    let (name, counts) = (escaped(&suite.name), counted(suite.cases.iter()));
    let cases: String = suite.cases.iter().map(|one| case(&name, one)).collect();
    format!("  <testsuite name=\"{name}\" {counts}>\n{cases}  </testsuite>\n")
}

fn case(suite: &str, case: &Case) -> String {
    let (name, file, line) = (escaped(&case.name), escaped(&case.file), case.line);
    let head = format!("    <testcase name=\"{name}\" classname=\"{suite}\" file=\"{file}\" line=\"{line}\"");
    if case.skipped {
        return format!("{head}>\n      <skipped/>\n    </testcase>\n");
    }
    if case.failures.is_empty() {
        return format!("{head}/>\n");
    }
    let failure = |failed: &Failed| {
        let (message, kind, text) = (escaped(&failed.message), failed.kind, escaped(&failed.text));
        format!("      <failure message=\"{message}\" type=\"{kind}\">{text}</failure>\n")
    };
    let failures: String = case.failures.iter().map(failure).collect();
    format!("{head}>\n{failures}    </testcase>\n")
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
