//! `meed verify`: holes that were planted are found, are small, and are holes for `meed test` too; without them nothing is found.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::{Folder, meed, said};

const CASES: &str = "tests/cases/verify";

/// Programs with a hole, by name; each has a mended twin beside it.
fn holed() -> Vec<(String, PathBuf)> {
    let mut all: Vec<_> = fs::read_dir(CASES)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_str().unwrap().ends_with(".mended.meed"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    all.sort();
    all
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_slice(&meed(&[&["verify", "--format", "json"], arguments].concat()).stdout).unwrap()
}

fn properties_of(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["property"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn planted_holes_are_found_and_small() {
    let cases = holed();
    assert!(cases.len() >= 10);
    let mut told = String::new();
    for (name, path) in &cases {
        let report = json(&[path.to_str().unwrap(), "--runs", "300"]);
        let findings = report["findings"].as_array().unwrap();
        assert!(!findings.is_empty(), "{name}");
        for finding in findings {
            assert!(finding["steps"].as_u64().unwrap() <= 5, "{name}: {finding:#}");
            let because = finding["because"].as_str().unwrap();
            told += &format!("# {name}: {}: {because}\n", finding["property"].as_str().unwrap());
            told += &format!("{}\n", finding["scenario"].as_str().unwrap());
        }
    }
    insta::assert_snapshot!(told);
}

/// What is printed can be pasted as it is, and fails for what was found; in the mended program it passes.
#[test]
fn counterexamples_fail_as_scenarios_until_the_hole_is_mended() {
    let folder = Folder::new("verify-paste");
    for (name, path) in holed() {
        let mended = path.with_extension("mended.meed");
        let report = json(&[path.to_str().unwrap(), "--runs", "300"]);
        for finding in report["findings"].as_array().unwrap() {
            let scenario = finding["scenario"].as_str().unwrap();
            let pasted = |program: &Path| {
                let text = fs::read_to_string(program).unwrap();
                fs::write(folder.join("pasted.meed"), format!("{text}\n{scenario}")).unwrap();
                let file = folder.named("pasted.meed");
                assert!(meed(&["fmt", "--check", &file]).status.success(), "{name}: {scenario}");
                serde_json::from_slice::<Value>(&meed(&["test", &file, "--format", "json"]).stdout).unwrap()
            };
            let before = pasted(&path);
            assert_eq!(
                (&before["failed"], &before["passed"]),
                (&1.into(), &0.into()),
                "{name}: {before:#}\n{scenario}"
            );
            let failure = &before["programs"][0]["scenarios"][0]["failures"];
            assert_eq!(failure.as_array().unwrap().len(), 1, "{name}: {failure:#}");
            let expected = failure[0]["expected"].as_str().unwrap();
            if finding["invariant"].as_bool().unwrap() {
                let own = format!("the invariant {}: ", finding["property"].as_str().unwrap());
                assert!(expected.starts_with(&own), "{name}: {expected}");
            } else {
                let line: usize = failure[0]["at"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
                let text = folder.read("pasted.meed");
                assert!(text.lines().nth(line - 1).unwrap().contains("expect "), "{name}: line {line} of\n{text}");
            }
            let after = pasted(&mended);
            let failures = after["programs"][0]["scenarios"][0]["failures"].as_array().unwrap();
            let refused = failures.iter().any(|failure| failure["got"].as_str().unwrap().starts_with("refused"));
            assert!(failures.is_empty() || refused, "{name}: {failures:#?}");
        }
    }
}

#[test]
fn mended_programs_have_no_hole() {
    for (name, path) in holed() {
        let mended = path.with_extension("mended.meed");
        let output = meed(&["verify", mended.to_str().unwrap(), "--runs", "300"]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn what_only_lapses_by_another_clock_is_no_hole() {
    let path = format!("{}/tests/cases/tools/clocks.meed", env!("CARGO_MANIFEST_DIR"));
    let output = meed(&["verify", &path, "--runs", "1000", "--only", "zones-open-nothing"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn what_is_found_does_not_depend_on_threads() {
    let path = format!("{CASES}/exchange_circle.meed");
    let with = |threads: &str| json(&[&path, "--runs", "200", "--threads", threads]);
    let one = with("1");
    assert_eq!(one, with("3"));
    assert_ne!(one, json(&[&path, "--runs", "200", "--seed", "2"]));
}

/// What is found in the programs of this project, and why it may stay so.
const EXPLAINED: [(&str, &str, &str); 22] = [
    ("xiaomi", "refunds-take-back", "points that are spent over the end of the year escape its levy"),
    ("coalition", "less-earns-nothing", "tills send no negative receipts"),
    ("friendship", "less-earns-nothing", "tills send no negative tickets"),
    ("swell", "less-earns-nothing", "tills send no negative orders"),
    ("teahouse", "less-earns-nothing", "seats have no negative prices"),
    ("sephora", "less-earns-nothing", "gift cards are not negative"),
    ("real/sephora", "less-earns-nothing", "gift cards are not negative"),
    ("real/airmiles", "less-earns-nothing", "the share of cash miles is at most one"),
    ("real/delta", "less-earns-nothing", "nobody flies less than nothing"),
    ("real/payback", "less-earns-nothing", "coupons have no negative factor"),
    ("real/target", "less-earns-nothing", "tills send no negative orders"),
    ("rise", "refunds-take-back", "what is paid back into the purse is the customer's own money"),
    ("smartwatch", "zones-open-nothing", "a day belongs to the place where the member is"),
    ("real/streaks", "zones-open-nothing", "a day belongs to the place where the member is"),
    ("smile", "nobody-is-two", "who joined twice and is merged later keeps both welcomes"),
    ("shefit", "nobody-is-two", "who joined twice and is merged later keeps both welcomes"),
    ("real/shefit", "nobody-is-two", "who joined twice and is merged later keeps both welcomes"),
    ("real/streaks", "nobody-is-two", "premium membership of one account is that of the person"),
    ("real/nectar", "circles-gain-nothing", "the published rates with the bonus of the first weeks"),
    ("sweepstake", "refunds-take-gifts", "what was drawn before the return is won"),
    ("real/qantas", "transfers-renew-nothing", "points live as long as whoever holds them is active"),
    ("sinopec", "refunds-take-gifts", "what was drawn before the return is won"),
];

#[test]
fn programs_of_this_project_have_only_the_holes_that_are_explained() {
    let mut explained: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (program, property, why) in EXPLAINED {
        assert!(!why.is_empty());
        explained.entry(program).or_default().push(property);
    }
    let below = |folder: &str| {
        let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        all.sort();
        all.into_iter().filter(|path| path.is_dir() && !path.ends_with("real") && !path.ends_with("bench"))
    };
    let mut wrong = Vec::new();
    for path in below("programs").chain(below("programs/real")) {
        let name = path.strip_prefix("programs").unwrap().to_str().unwrap().to_owned();
        let report = json(&[path.to_str().unwrap(), "--runs", "150"]);
        let known = explained.get(&*name).cloned().unwrap_or_default();
        let new = properties_of(&report).into_iter().filter(|property| !known.contains(&&**property));
        wrong.extend(new.map(|property| format!("{name}: {property}\n{report:#}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn properties_are_chosen_by_name() {
    let path = format!("{CASES}/bonus_kept.meed");
    let found = |arguments: &[&str]| properties_of(&json(&[&[path.as_str(), "--runs", "100"], arguments].concat()));
    assert_eq!(found(&[]), ["refunds-take-back"]);
    assert_eq!(found(&["--except", "refunds-take-back"]), [""; 0]);
    assert_eq!(found(&["--only", "any-order"]), [""; 0]);
    assert_eq!(found(&["--only", "any-order", "--also", "orders-count-once"]), ["orders-count-once"]);
    let wrong = meed(&["verify", &path, "--only", "joy"]);
    assert_eq!(wrong.status.code(), Some(2));
    insta::assert_snapshot!(said(&["verify", &format!("{CASES}/duplicate_order.meed"), "--list"]));
}

#[test]
fn what_is_found_is_told_with_what_to_do() {
    insta::assert_snapshot!(said(&["verify", &format!("{CASES}/boost_twice.meed"), "--runs", "100"]));
}

/// Twice the points of what was spent, and two miles for a point and back.
#[test]
fn the_largest_gain_is_climbed_to() {
    let gain = |program: &str, amount: &str| {
        let path = format!("{CASES}/{program}.meed");
        let report = json(&[&path, "--runs", "60", "--maximise", amount]);
        (report["most"].as_str().unwrap().to_owned(), report["scenario"].as_str().unwrap().to_owned())
    };
    let (most, scenario) = gain("boost_twice", "points.earned / 1 point - purchase.subtotal * 2 / $1");
    assert!(most.parse::<f64>().unwrap() > 0.0, "{most}\n{scenario}");
    assert!(scenario.contains("club yes"), "{scenario}");
    let mended = gain("boost_twice.mended", "points.earned / 1 point - purchase.subtotal * 2 / $1");
    assert_eq!(mended.0, "0", "{}", mended.1);
    let path = format!("{CASES}/boost_twice.meed");
    assert_eq!(meed(&["verify", &path, "--maximise", "points.earned + $5"]).status.code(), Some(2));
}

/// What lapses without the order, and was spent before it could with it, is the member's own: nothing is owed for that.
#[test]
fn what_would_have_lapsed_is_not_owed() {
    let folder = Folder::new("verify-lapsed");
    let text = fs::read_to_string("tests/cases/tools/report/refunds.meed").unwrap();
    let more = "\nrule welcome on join {\n  give 50 points\n}\n\nredeem cash_off {\n  rate    100 points = €1\n  minimum 100 points\n}\n";
    fs::write(folder.join("lapsed.meed"), text + more).unwrap();
    let report = json(&[&folder.named("lapsed.meed"), "--only", "refunds-take-back", "--runs", "300"]);
    assert_eq!(report["findings"], serde_json::json!([]), "{report:#}");
}
