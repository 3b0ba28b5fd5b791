//! Reading and laying out: one case per file in `tests/cases/syntax`. Files whose name begins with `ok_` have no errors.

use std::fmt::Write as _;
use std::fs;

use meed::diagnostic::Diagnostic;
use meed::source::Sources;
use meed::syntax::{self, ast};

fn read(text: &str) -> (ast::File, Vec<Diagnostic>, Sources) {
    let mut sources = Sources::default();
    let file = sources.add("test.meed", text);
    let (tree, errors) = syntax::parse(file, text);
    (tree, errors, sources)
}

fn describe(sources: &Sources, d: &Diagnostic) -> String {
    let (line, column) = sources.place(d.span);
    let mut out = format!("{line}:{column} {} {}", d.code, d.message);
    let text = sources.text(d.span).lines().next().unwrap_or("");
    let _ = write!(out, "\n    at `{text}`");
    if let Some(label) = &d.label {
        let _ = write!(out, ": {label}");
    }
    for (span, words) in &d.related {
        let (line, column) = sources.place(*span);
        let _ = write!(out, "\n    {line}:{column} {words}");
    }
    for note in &d.notes {
        let _ = write!(out, "\n    note: {note}");
    }
    for help in &d.help {
        let _ = write!(out, "\n    help: {help}");
    }
    for edit in &d.edits {
        let _ = write!(out, "\n    edit: {:?} -> {:?}", sources.text(edit.span), edit.text);
    }
    out
}

#[test]
fn cases() {
    insta::glob!("../cases/syntax", "*.meed", |path| {
        let text = fs::read_to_string(path).unwrap();
        let (tree, errors, sources) = read(&text);
        let shown: Vec<String> = errors.iter().map(|d| describe(&sources, d)).collect();
        if path.file_name().unwrap().to_string_lossy().starts_with("ok_") {
            assert!(errors.is_empty(), "{}\n{}", path.display(), shown.join("\n"));
        } else {
            insta::assert_snapshot!(format!("{text}\n=== {} items read\n{}", tree.items.len(), shown.join("\n")));
        }
    });
}
