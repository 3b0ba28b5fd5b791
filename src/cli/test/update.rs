//! `meed test --update`: what happens, written into the expectations that fail.

use std::path::Path;

use super::super::error::{CliError, Exit};
use super::super::output::Output;
use super::Ran;
use crate::journal::AtomicFile;
use crate::scenario::update::Rewrite;
use crate::source::Sources;
use crate::syntax;

pub(super) fn run(all: &[Ran], output: &Output) -> Result<Exit, CliError> {
    let (mut written, mut left) = (0, 0);
    for ran in all {
        let sources = &ran.program.sources;
        let failures = || ran.verdicts.iter().flat_map(|verdict| &verdict.failures);
        let mut rewrites: Vec<&Rewrite> = failures().flat_map(|failure| &failure.rewrites).collect();
        rewrites.sort();
        rewrites.dedup();
        for (id, file) in sources.files() {
            let own: Vec<&Rewrite> = rewrites.iter().filter(|rewrite| rewrite.span.file == id).copied().collect();
            if own.is_empty() {
                continue;
            }
            let text = rewritten(&file.text, &own);
            AtomicFile::write_text(Path::new(&file.name), &text)?;
            output.result(&shown(&file.text, &own, &file.name, sources))?;
        }
        written += failures().filter(|failure| !failure.rewrites.is_empty()).count();
        for failure in failures().filter(|failure| failure.rewrites.is_empty()) {
            left += 1;
            output.result(&format!(
                "not written  {}\n    {}\n    - expected {}\n    + got      {}\n",
                sources.at(failure.span),
                sources.line(failure.span).trim(),
                failure.expected,
                failure.got
            ))?;
        }
    }
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    output.result(&format!("{written} expectation{} written\n", plural(written)))?;
    if left > 0 {
        let (ones, them) =
            if left == 1 { ("one expectation that fails says", "it") } else { ("expectations that fail say", "them") };
        output.note(&format_args!(
            "{ones} more than a value: take {them} out or change {them} by hand, or mend the program"
        ));
    }
    Ok(if left == 0 { Exit::Nothing } else { Exit::Found })
}

/// A text with parts replaced; laid out as before where it was.
fn rewritten(text: &str, rewrites: &[&Rewrite]) -> String {
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for rewrite in rewrites {
        let (start, end) = (rewrite.span.start as usize, rewrite.span.end as usize);
        if let Some(before) = text.get(done..start) {
            out.push_str(before);
            out.push_str(&rewrite.text);
            done = end;
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    let was_laid_out = syntax::format(text).is_ok_and(|laid_out| laid_out == text);
    if was_laid_out { syntax::format(&out).unwrap_or(out) } else { out }
}

/// Each line that changes, before and after.
fn shown(text: &str, rewrites: &[&Rewrite], name: &str, sources: &Sources) -> String {
    let mut out = String::new();
    let mut rest = rewrites;
    while let Some(first) = rest.first() {
        let line = sources.place(first.span).0;
        let together = rest.iter().take_while(|rewrite| sources.place(rewrite.span).0 == line).count();
        let (own, others) = rest.split_at(together);
        rest = others;
        let start = text.get(..first.span.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let last = own.iter().map(|rewrite| rewrite.span.end as usize).max().unwrap_or(start);
        let end = text.get(last..).and_then(|behind| behind.find('\n')).map_or(text.len(), |at| last + at);
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let (mut after, mut done) = (String::new(), start);
        for rewrite in own {
            after.push_str(part(done, rewrite.span.start as usize));
            after.push_str(&rewrite.text);
            done = rewrite.span.end as usize;
        }
        after.push_str(part(done, end));
        out.push_str(&format!("{name}:{line}\n    - {}\n    + {}\n", part(start, end).trim(), after.trim()));
    }
    out
}
