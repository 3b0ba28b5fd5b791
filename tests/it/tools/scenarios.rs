//! What `meed test` says beyond passed and failed.

use crate::cli::said;

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
