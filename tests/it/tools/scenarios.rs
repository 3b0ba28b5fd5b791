//! What `meed test` says beyond passed and failed.

use std::fs;

use crate::cli::{Folder, said};

const HALF: &str = "tests/cases/tools/untried.meed";

#[test]
fn coverage_tells_what_no_scenario_tries() {
    let full = said(&["test", HALF, "--coverage"]);
    let enough = said(&["test", HALF, "--coverage", "--min", "40"]);
    let too_little = said(&["test", HALF, "--coverage", "--min", "90", "--format", "github"]);
    let json = said(&["test", HALF, "--coverage", "--format", "json"]);
    assert!(enough.ends_with("--- exit 0\n"), "{enough}");
    assert!(too_little.ends_with("--- exit 1\n"), "{too_little}");
    insta::assert_snapshot!(format!("{full}\n{too_little}\n{json}"));
}

#[test]
fn coverage_of_no_scenario_is_none_of_it() {
    let none = said(&["test", HALF, "--coverage", "--run", "no such", "--format", "json"]);
    assert!(none.contains("\"percent\":0,\"covered\":0"), "{none}");
    assert!(none.ends_with("--- exit 1\n"), "{none}");
}

#[test]
fn mutation_tells_what_no_scenario_would_notice() {
    let full = said(&["test", HALF, "--mutate", "--threads", "1"]);
    let two = said(&["test", HALF, "--mutate", "--threads", "2"]);
    assert_eq!(full.replace("--threads 1", ""), two.replace("--threads 2", ""), "threads change nothing");
    let json = said(&["test", HALF, "--mutate", "--min", "30", "--format", "json"]);
    assert!(json.ends_with("--- exit 0\n"), "{json}");
    let github = said(&["test", HALF, "--mutate", "--min", "90", "--format", "github"]);
    assert!(github.ends_with("--- exit 1\n"), "{github}");
    assert!(github.contains("::if gold began at $600 or $400 instead of $500, no scenario would notice\n"), "{github}");
    insta::assert_snapshot!(format!("{full}\n{json}"));
}

/// Each kind of change is noticed by a scenario that stands on both sides of it.
#[test]
fn scenarios_at_every_border_notice_every_change() {
    let folder = Folder::new("noticed");
    let program = "program \"Borders\" {\n  currency USD\n  timezone \"UTC\"\n}\n\nevent purchase {\n  total money\n}\n\nunit points also point {\n  round   down per event\n  expires never\n}\n\nearn base on purchase {\n  when total >= $10\n  give 1 point per $1 of total\n}\n\nscenario \"borders\" {\n  ann purchase 2026-01-01 { total $9.99 } expect nothing\n  ann purchase 2026-01-01 { total $10 } expect 10 points\n  ann purchase 2026-01-01 { total $11.99 } expect 11 points\n}\n";
    fs::write(folder.join("borders.meed"), program).unwrap();
    let text = said(&["test", &folder.named("borders.meed"), "--mutate", "--min", "100"]);
    assert!(text.contains("scenarios notice 100% of the changes of Borders: 8 of 8\n--- standard error"), "{text}");
    fs::write(folder.join("borders.meed"), program.replace("{ total $9.99 }", "{ total $8 }")).unwrap();
    let text = said(&["test", &folder.named("borders.meed"), "--mutate", "--min", "100"]);
    assert!(text.contains("if earn `base` said `when total >= $9` instead of `when total >= $10`"), "{text}");
    assert!(text.ends_with("--- exit 1\n"), "{text}");
    fs::write(folder.join("borders.meed"), program.replace("expect 10 points", "expect 9 points")).unwrap();
    let text = said(&["test", &folder.named("borders.meed"), "--mutate"]);
    assert!(text.contains("must pass before they can notice anything") && text.ends_with("--- exit 1\n"), "{text}");
}
