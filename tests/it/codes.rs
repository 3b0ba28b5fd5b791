//! The registry of codes tells the truth: every wrong text has its error, every right text has none, and every message is explained.
//!
//! What one text cannot show stands in a folder of `tests/cases/codes`, named after its code.

#![expect(clippy::unwrap_used, reason = "files of the project itself, in tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use meed::diagnostic::codes::{AROUND, all, explain};
use meed::{Diagnostics, Loaded, Program};

/// Codes without a text and without a folder, and why.
const NEITHER: [&str; 4] = [
    "E0100", // A file of 16 MiB; `limits::programs::a_file_of_the_largest_size_is_read` makes one.
    "E0500", // Twenty thousand declarations; `limits::programs::programs_have_a_limit_of_declarations` makes them.
    "E0605", // More than a thousand mistakes; `limits::programs::messages_have_a_limit` makes them.
    "E0108", // A fault of the program itself, which no text is known to cause.
];

/// What is said of a text; of what is no mistake and probably not meant, only what has this code.
fn linted(text: &str, code: &str) -> Result<(), Vec<String>> {
    let around = if text.contains("program") { "" } else { AROUND };
    let mut loaded = Program::from_text("t.meed", &format!("{around}{text}\n"));
    if let Ok(loaded) = &mut loaded {
        let lints = meed::lint::lint(&loaded.versions).into_iter().filter(|lint| lint.code.0 == code);
        loaded.warnings.extend(lints);
    }
    found(loaded)
}

fn found(loaded: Result<Loaded, Diagnostics>) -> Result<(), Vec<String>> {
    let messages = match loaded {
        Ok(loaded) => loaded.warnings,
        Err(error) => error.messages,
    };
    let said: Vec<String> = messages.iter().map(|message| format!("{} {}", message.code, message.message)).collect();
    if said.is_empty() { Ok(()) } else { Err(said) }
}

fn has(result: &Result<(), Vec<String>>, code: &str) -> bool {
    result.as_ref().is_err_and(|found| found.iter().any(|found| found.starts_with(code)))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folders of cases by the codes that they are named after.
fn folders() -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(root().join("tests/cases/codes")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path)).collect()
}

#[test]
fn every_wrong_text_has_its_error_and_every_right_text_none() {
    let mut failures = Vec::new();
    for code in all() {
        let wrong = linted(code.wrong, code.code);
        if !code.wrong.is_empty() && !has(&wrong, code.code) {
            failures.push(format!("{} wrong: {wrong:?}", code.code));
        }
        if let Err(found) = linted(code.right, code.code) {
            failures.push(format!("{} right: {found:?}", code.code));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_folder_has_the_error_of_its_name() {
    for (code, path) in folders() {
        let found = found(Program::from_path(&path));
        assert!(has(&found, &code), "{code}: {found:?}");
    }
}

#[test]
fn every_code_has_a_case() {
    let folders: BTreeSet<String> = folders().into_iter().map(|(code, _)| code).collect();
    for code in &folders {
        assert!(explain(code).is_some(), "no message has the code {code}");
    }
    for code in all() {
        let shown = !code.wrong.is_empty() || folders.contains(code.code);
        assert_ne!(shown, NEITHER.contains(&code.code), "{} has no case, or needs no exception", code.code);
        assert!(code.wrong.is_empty() || !code.right.is_empty(), "{} does not show how to mend it", code.code);
    }
}

#[test]
fn every_code_is_explained_once_and_every_explanation_is_of_a_code() {
    let mut explained = BTreeSet::new();
    for code in all() {
        assert!(explained.insert(code.code.to_owned()), "{} is explained twice", code.code);
        assert_eq!(explain(&code.code.to_lowercase()), Some(code));
        assert!(!code.title.is_empty() && code.text.ends_with('.'), "{} is not explained", code.code);
    }
    let mut used = BTreeSet::new();
    collect(&root().join("src"), &mut used);
    assert!(used.len() > 150);
    let unexplained: Vec<_> = used.difference(&explained).collect();
    assert!(unexplained.is_empty(), "not explained: {unexplained:?}");
    let unused: Vec<_> = explained.difference(&used).collect();
    assert!(unused.is_empty(), "explained, but in no source: {unused:?}");
}

/// The codes in quotes in the sources below a path, without those of the registry and of tests.
fn collect(path: &Path, used: &mut BTreeSet<String>) {
    if path == root().join("src/diagnostic/codes") {
        return;
    }
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), used);
        }
        return;
    }
    if path.extension().is_none_or(|extension| extension != "rs") || path.ends_with("tests.rs") {
        return;
    }
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap();
    for (at, quote) in code.match_indices("\"E") {
        let Some((code, _)) = code[at + quote.len()..].split_once('"') else { continue };
        if code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            used.insert(format!("E{code}"));
        }
    }
}
