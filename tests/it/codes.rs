//! The registry of codes tells the truth: every wrong text has its error, every right text has none.

use meed::Program;
use meed::diagnostic::codes::{AROUND, all, explain};

fn codes_of(text: &str) -> Result<(), Vec<String>> {
    let around = if text.contains("program") { "" } else { AROUND };
    // A second `member` block and a second program of values may stand beside those around.
    match Program::from_text("t.meed", &format!("{around}{text}\n")) {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(error.messages.iter().map(|message| format!("{} {}", message.code, message.message)).collect())
        }
    }
}

#[test]
fn every_wrong_text_has_its_error_and_every_right_text_none() {
    let mut failures = Vec::new();
    for code in all().filter(|code| !code.wrong.is_empty()) {
        match codes_of(code.wrong) {
            Err(found) if found.iter().any(|found| found.starts_with(code.code)) => {}
            found => failures.push(format!("{} wrong: {found:?}", code.code)),
        }
        // The texts that only show a unit may lack what other units need.
        if let Err(found) = codes_of(code.right) {
            failures.push(format!("{} right: {found:?}", code.code));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_code_is_explained_once() {
    let mut seen = std::collections::BTreeSet::new();
    for code in all() {
        assert!(seen.insert(code.code), "{} is explained twice", code.code);
        assert!(explain(&code.code.to_lowercase()).is_some());
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut used = std::collections::BTreeSet::new();
    for part in ["check/errors", "program", "program.rs"] {
        collect(&folder.join(part), &mut used);
    }
    assert!(used.len() > 80);
    for code in used {
        assert!(seen.contains(code.as_str()), "{code} is not explained");
    }
}

#[expect(clippy::unwrap_used, reason = "files of the project itself, in a test")]
fn collect(path: &std::path::Path, used: &mut std::collections::BTreeSet<String>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), used);
        }
        return;
    }
    let text = std::fs::read_to_string(path).unwrap();
    for (at, _) in text.match_indices("\"E0") {
        let code: String = text[at + 1..].chars().take(5).collect();
        if code.chars().skip(1).all(|c| c.is_ascii_digit()) {
            used.insert(code);
        }
    }
}
