//! What `meed check` says of programs without mistakes.

use std::fs;

use crate::cli::{Folder, said};

use super::{junit, schema, xml};

const DOUBTFUL: &str = "tests/cases/tools/doubtful.meed";

#[test]
fn what_is_probably_not_meant_is_told() {
    let full = said(&["check", DOUBTFUL]);
    let strict = said(&["check", DOUBTFUL, "--strict", "--format", "short"]);
    assert!(full.ends_with("--- exit 0\n") && strict.ends_with("--- exit 1\n"), "{strict}");
    for code in 590..=599 {
        assert!(strict.contains(&format!("[E0{code}]")), "E0{code} is not told: {strict}");
    }
    insta::assert_snapshot!(full);
}

#[test]
fn example_programs_and_beginnings_are_free_of_it() {
    let programs = said(&["check", "programs", "--strict", "--format", "short"]);
    // The load for measurements gives for each sign-up, so that there is something to count.
    let told: Vec<&str> = programs.lines().filter(|line| line.contains("warning[")).collect();
    assert!(told.iter().all(|line| line.starts_with("programs/bench/")), "{told:#?}");
    for template in ["points", "tiers", "challenge", "coalition", "charity"] {
        let text = said(&["check", &format!("src/cli/templates/{template}.meed"), "--strict"]);
        assert!(text.ends_with("--- exit 0\n"), "{text}");
    }
}

/// A measure that begins anew when a rule of the calendar looks at it is told, and no other.
#[test]
fn rules_that_look_at_what_has_just_begun_are_told() {
    let text = said(&["check", "tests/cases/tools/begun.meed", "--format", "short"]);
    let told: Vec<&str> = text.lines().filter(|line| line.contains("[E0585]")).collect();
    let program = fs::read_to_string("tests/cases/tools/begun.meed").unwrap();
    let meant = program.lines().filter_map(|line| line.strip_prefix("rule told_"));
    let meant: Vec<&str> = meant.filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(told.len(), meant.len(), "{text}");
    for (line, name) in told.iter().zip(meant) {
        assert!(line.contains(&format!("`told_{name}`")), "{line}");
    }
    insta::assert_snapshot!(said(&["check", "tests/cases/tools/begun.meed"]));
    let tried = said(&["test", "tests/cases/tools/begun.meed"]);
    assert!(tried.ends_with("--- exit 0\n"), "{tried}");
}

/// What is mended means the same, and there is nothing left to mend.
#[test]
fn fixes_keep_the_meaning() {
    let folder = Folder::new("fix");
    let path = folder.named("doubtful.meed");
    let before = fs::read_to_string(DOUBTFUL).unwrap();
    fs::write(&path, &before).unwrap();
    let fixed = said(&["check", &path, "--fix", "--format", "short"]);
    let after = folder.read("doubtful.meed");
    let gone: Vec<&str> = before.lines().filter(|line| !after.lines().any(|other| other == *line)).collect();
    // Of two equal rows one is left, and of two that differ both.
    assert_eq!(gone, ["  boost 1x when channel is web"], "{after}");
    assert_eq!(after.matches("  store ").count() + 1, before.matches("  store ").count());
    assert_eq!(before.lines().count(), after.lines().count() + 2);
    let again = said(&["check", &path, "--fix", "--format", "short"]);
    assert!(!again.contains("mended") && folder.read("doubtful.meed") == after, "{again}");
    let note = fixed.split_once("--- standard error\n").unwrap().1;
    insta::assert_snapshot!(note.replace(&path, "doubtful.meed"));
}

#[test]
fn sarif_keeps_its_schema() {
    let schema: serde_json::Value =
        serde_json::from_str(&fs::read_to_string("tests/cases/tools/sarif-2.1.0.schema.json").unwrap()).unwrap();
    let folder = Folder::new("sarif");
    let path = folder.named("a name with blanks.meed");
    fs::write(&path, "program \"Broken\" {\n  currency USD\n  timezone \"UTC\"\n}\n\nearn x on purchase {\n}\n")
        .unwrap();
    for program in [DOUBTFUL, &path, "src/cli/templates/points.meed"] {
        let said = said(&["check", program, "--format", "sarif"]);
        let json = said.lines().nth(1).unwrap();
        let document: serde_json::Value = serde_json::from_str(json).unwrap();
        schema::valid(&document, &schema).unwrap_or_else(|wrong| panic!("{wrong}: {json}"));
    }
    let wrong = serde_json::json!({ "version": "2.1.0", "runs": [{ "tool": { "driver": { "nam": "meed" } } }] });
    assert!(schema::valid(&wrong, &schema).is_err());
}

#[test]
fn junit_has_a_case_for_each_message() {
    for (program, failures) in [(DOUBTFUL, true), ("src/cli/templates/points.meed", false)] {
        let said = said(&["check", program, "--format", "junit"]);
        let xml = said.split_once('\n').unwrap().1.split_once("--- standard error").unwrap().0;
        let root = xml::parse(xml).unwrap_or_else(|wrong| panic!("{wrong}: {xml}"));
        junit::valid(&root).unwrap_or_else(|wrong| panic!("{wrong}: {xml}"));
        assert_eq!(root.attributes["failures"] != "0", failures, "{xml}");
    }
}
