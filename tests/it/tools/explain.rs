//! `meed explain`: why, why not, and what would have been.

use crate::cli::said;

const PROGRAM: &str = "tests/cases/tools/why.meed";
const EVENTS: &str = "tests/cases/tools/why.jsonl";

#[test]
fn every_rule_that_could_have_fired_says_why_or_why_not() {
    let event = said(&["explain", PROGRAM, EVENTS, "--event", "e3"]);
    let member = said(&["explain", PROGRAM, EVENTS, "--member", "ann", "--at", "2026-03-10"]);
    let json = said(&["explain", PROGRAM, EVENTS, "--event", "e2", "--format", "json"]);
    insta::assert_snapshot!(format!("{event}\n{member}\n{json}"));
}

#[test]
fn what_would_have_been_is_judged_too() {
    let all = [
        &["--with", "member.status=gold"][..],
        &["--with", "subtotal=$80"],
        &["--with", "channel=web", "--with", "region=south"],
        &["--with", "subtotal=$41"],
        &["--with", "status=platinum"],
        &["--with", "colour=red"],
        &["--with", "subtotal"],
        &["--with", "points.balance=500", "--format", "json"],
    ];
    let texts = all.map(|with| said(&[&["explain", PROGRAM, EVENTS, "--event", "e3"], with].concat()));
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn what_is_missing_to_a_condition_is_told_in_its_own_measure() {
    let explain =
        |event| said(&["explain", "tests/cases/tools/short.meed", "tests/cases/tools/short.jsonl", "--event", event]);
    insta::assert_snapshot!(format!("{}\n{}", explain("low"), explain("high")));
}

#[test]
fn what_adds_up_lines_has_a_value_and_what_is_undone_a_reason() {
    let explain =
        |event| said(&["explain", "tests/cases/tools/lines.meed", "tests/cases/tools/lines.jsonl", "--event", event]);
    insta::assert_snapshot!(format!("{}\n{}\n{}", explain("e1"), explain("e2"), explain("e3")));
}

#[test]
fn what_is_split_over_tiers_is_told_for_each_part() {
    let explain =
        |event| said(&["explain", "tests/cases/tools/split.meed", "tests/cases/tools/split.jsonl", "--event", event]);
    insta::assert_snapshot!(format!("{}\n{}", explain("e1"), explain("e2")));
}

/// A refusal is its own reason, and what happened is told as people say it.
#[test]
fn what_happened_is_told_in_plain_words() {
    let explain = |more: [&str; 2]| {
        let told = said(&["explain", "tests/cases/tools/kept.meed", "tests/cases/tools/kept.jsonl", more[0], more[1]]);
        told.lines().filter(|line| !line.starts_with("---") && !line.starts_with('$')).collect::<Vec<_>>().join("\n")
    };
    let refused = explain(["--event", "r3"]);
    assert!(refused.lines().nth(1).unwrap().starts_with("  refused: "), "{refused}");
    assert!(!refused.contains("why") && !refused.contains("by the event"), "{refused}");
    for (member, told) in [
        ("ann", "  spend: €290.00"),
        ("ann", "  voucher 1 voucher_of_5 of €5.00: open"),
        ("ann", "`e1`: 290 points given, lot 1, by earn `base`"),
        ("ann", "`r1`: 200 points spent, lot 1, by redeem `cash_off`"),
        ("bob", "clock: 10 stamps lapsed, lot 1, by unit `stamps`"),
    ] {
        let text = explain(["--member", member]);
        assert!(text.contains(told), "{told}: {text}");
    }
}
