//! Checking programs: one case per file in `tests/cases/check`. Files whose name begins with `ok_` have no errors.

use std::fs;

use meed::Program;
use meed::diagnostic::render;

#[test]
fn cases() {
    insta::glob!("../cases/check", "*.meed", |path| {
        let text = fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match Program::from_text(&name, &text) {
            Ok(_) => assert!(name.starts_with("ok_"), "{name} has no errors"),
            Err(error) => {
                let shown = render::full(&error.messages, &error.sources, false);
                assert!(!name.starts_with("ok_"), "{shown}");
                insta::assert_snapshot!(format!("{text}\n{}\n{}", "=".repeat(80), shown));
            }
        }
    });
}
