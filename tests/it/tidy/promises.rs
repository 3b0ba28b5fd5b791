//! The table of promises in `docs/semantics.md` is complete: it lists every test that carries a number, and every number has one.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// A row of the table.
struct Row {
    promise: String,
    scenarios: BTreeSet<String>,
    files: BTreeSet<String>,
}

fn page() -> String {
    fs::read_to_string(root().join("docs/semantics.md")).unwrap()
}

/// The numbers of the text, in its order.
fn promises(page: &str) -> Vec<String> {
    let number = |line: &str| {
        let (number, _) = line.strip_prefix("- **S")?.split_once(' ')?;
        Some(format!("S{}", number.trim_end_matches("**")))
    };
    page.lines().filter_map(number).collect()
}

fn rows(page: &str) -> Vec<Row> {
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        match cells[..] {
            ["", promise, scenarios, files, ""] if promise.starts_with('S') => {
                Some(Row { promise: promise.to_owned(), scenarios: quoted(scenarios), files: quoted(files) })
            }
            _ => None,
        }
    };
    page.lines().filter_map(row).collect()
}

/// The promises in whose name something is: `s02_s03_order` is in that of two.
fn named_after(name: &str) -> Vec<String> {
    let number = |part: &&str| part.len() == 3 && part.starts_with('s') && part[1..].parse::<u8>().is_ok();
    let parts = name.split('_').take_while(|part| *part == "and" || number(part));
    parts.filter_map(|part| part[1..].parse::<u8>().ok()).map(|number| format!("S{number}")).collect()
}

/// Files by the promise that one of their tests is named after.
fn tests() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in rust_files("src").into_iter().chain(rust_files("tests/it")) {
        let path = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        let mut test = false;
        for line in text.lines().map(str::trim_start) {
            match line.strip_prefix("fn ") {
                Some(name) if test => {
                    for promise in named_after(name) {
                        found.entry(promise).or_default().insert(path.clone());
                    }
                    test = false;
                }
                _ => test |= line == "#[test]",
            }
        }
    }
    found
}

/// Scenarios by the promise that they are named after.
fn scenarios() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in fs::read_dir(root().join("tests/cases/semantics")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().trim_end_matches(".meed").to_owned();
        let promises = named_after(&name);
        assert_eq!(promises.len(), 1, "{name} is named after no promise, or after several");
        found.entry(promises[0].clone()).or_default().insert(name);
    }
    found
}

#[test]
fn every_promise_has_its_row_and_its_tests() {
    let page = page();
    let (promises, rows) = (promises(&page), rows(&page));
    assert_eq!(promises, rows.iter().map(|row| row.promise.clone()).collect::<Vec<_>>(), "the table has other numbers");
    assert!(promises.len() > 30);
    let (mut tests, mut scenarios) = (tests(), scenarios());
    let mut wrong = Vec::new();
    for row in rows {
        let (own_tests, own_scenarios) =
            (tests.remove(&row.promise).unwrap_or_default(), scenarios.remove(&row.promise).unwrap_or_default());
        if own_tests.is_empty() && own_scenarios.is_empty() {
            wrong.push(format!("{}: nothing is named after it", row.promise));
        }
        for (listed, own) in [(&row.files, &own_tests), (&row.scenarios, &own_scenarios)] {
            wrong.extend(
                listed.difference(own).map(|name| format!("{}: `{name}` has no test of this name", row.promise)),
            );
            wrong.extend(own.difference(listed).map(|name| format!("{}: `{name}` is not listed", row.promise)));
        }
    }
    let strangers = tests.keys().chain(scenarios.keys());
    wrong.extend(strangers.map(|promise| format!("{promise}: tests are named after it, and there is no such promise")));
    assert!(wrong.is_empty(), "{wrong:#?}");
}
