//! What a program says without a mistake and probably does not mean: rules that can never hold, gaps, caps below one award, gifts without
//! a bound. Each is a warning with a code; `meed check` tells them where there are no errors.

mod begun;
mod bounds;
mod cases;
mod facts;
mod gain;
mod never;
mod prices;
mod reversals;
mod scenarios;
mod seasons;
mod table;

use crate::diagnostic::{Code, Diagnostic, render};
use crate::hir::Program;
use crate::source::{FileId, Span};

/// Everything of this kind in the versions of a program, in order of place.
pub fn lint(versions: &[Program]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for program in versions {
        never::look(program, &mut found);
        table::look(program, &mut found);
        begun::look(program, &mut found);
        bounds::look(program, &mut found);
        gain::look(program, &mut found);
        cases::look(program, &mut found);
        reversals::look(program, &mut found);
        prices::look(program, &mut found);
        scenarios::look(program, &mut found);
    }
    found.extend(versions.last().and_then(without_scenario));
    let mut found = render::sorted(found);
    found.dedup();
    found
}

fn warning(code: &'static str, span: Span, message: String) -> Diagnostic {
    Diagnostic::warning(Code(code), span, message)
}

/// The same with an edit that takes a whole statement out, where it stands on a line of its own.
fn without(program: &Program, diagnostic: Diagnostic, statement: Span) -> Diagnostic {
    let text = &program.sources.file(statement.file).text;
    let start = text.get(..statement.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let behind = text.get(statement.end as usize..).and_then(|behind| behind.find('\n'));
    let end = behind.map_or(text.len(), |at| statement.end as usize + at + 1);
    let line = text.get(start..end).unwrap_or_default();
    if line.trim_end().contains(['{', '}', '\n']) {
        diagnostic
    } else {
        diagnostic.edit(Span::new(statement.file, start, end), "")
    }
}

/// A program that nobody has tried.
fn without_scenario(program: &Program) -> Option<Diagnostic> {
    if !program.scenarios.is_empty() {
        return None;
    }
    let (file, source) = program.sources.files().next()?;
    let start = source.text.find("program").unwrap_or(0);
    let end = source.text.get(start..).and_then(|rest| rest.find(['{', '\n'])).map_or(start, |end| start + end);
    let span = Span::new(FileId(file.0), start, end);
    let message = format!("no scenario says what `{}` is meant to do", program.name);
    Some(warning("E0599", span, message).help(
        "write one, here or in a file `NAME.test.meed`, or make one of real events: `meed test --new EVENTS --member MEMBER`",
    ))
}
