//! The commonest mistakes: each file of `tests/cases/mistakes` is a program with one of them, and its message alone must show
//! how to mend it.
//!
//! Where the message proposes a change, the change is made, and the program is right then. Where mending needs a decision, the
//! mended program stands beside it as `NAME.mended.meed`.

use std::fs;
use std::path::Path;

use meed::Program;
use meed::diagnostic::{Diagnostic, render};
use meed::source::Sources;

/// The messages about a text, rendered for people, and the text with all proposed changes made.
fn check(name: &str, text: &str) -> (Vec<Diagnostic>, String) {
    let (messages, sources) = match Program::from_text(name, text) {
        Ok(loaded) => (loaded.warnings, loaded.sources),
        Err(wrong) => (wrong.messages, wrong.sources),
    };
    let shown = shown(&messages, &sources);
    (messages, shown)
}

fn shown(messages: &[Diagnostic], sources: &Sources) -> String {
    render::full(messages, sources, false)
}

fn with_changes(text: &str, messages: &[Diagnostic]) -> String {
    let mut edits: Vec<_> = messages.iter().flat_map(|message| &message.edits).collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits.dedup();
    let (mut out, mut done) = (String::new(), 0);
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        assert!(start >= done, "changes overlap");
        out.push_str(&text[done..start]);
        out.push_str(&edit.text);
        done = end;
    }
    out.push_str(&text[done..]);
    out
}

/// The lines of `new` that `old` does not have, in order.
fn new_lines(old: &str, new: &str) -> String {
    let known: Vec<&str> = old.lines().collect();
    new.lines().filter(|line| !known.contains(line)).map(|line| format!("{line}\n")).collect()
}

#[test]
fn messages_suffice() {
    insta::glob!("../cases/mistakes", "*.meed", |path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(path).unwrap();
        if name.ends_with(".mended.meed") {
            let (messages, shown) = check(&name, &text);
            assert!(messages.is_empty(), "{name}\n{shown}");
            return;
        }
        let (messages, shown) = check(&name, &text);
        assert!(!messages.is_empty(), "{name}: nothing is said");
        let changed = with_changes(&text, &messages);
        let mended = beside(path).exists();
        assert!(changed != text || mended, "{name}: nothing shows how to mend it\n{shown}");
        let mut out = format!("{text}\n{}\n{shown}", "=".repeat(80));
        if changed != text && !mended {
            let (messages, shown) = check(&name, &changed);
            assert!(messages.is_empty(), "{name} is not mended by what the message proposes:\n{changed}\n{shown}");
            out.push_str(&format!("\n{}\nmended:\n{}", "=".repeat(80), new_lines(&text, &changed)));
        }
        insta::assert_snapshot!(out);
    });
}

fn beside(path: &Path) -> std::path::PathBuf {
    path.with_extension("mended.meed")
}
