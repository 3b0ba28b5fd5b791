//! `meed diff`: what a change means, and what it costs.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::cli::{Folder, meed, said};

const OLD: &str = "tests/cases/tools/old.meed";
const NEW: &str = "tests/cases/tools/new.meed";
const EVENTS: &str = "tests/cases/tools/events.jsonl";
const GIVEN: [&str; 2] = ["tests/cases/tools/given.meed", "tests/cases/tools/given.jsonl"];

fn json(arguments: &[&str]) -> Value {
    serde_json::from_slice(&meed(arguments).stdout).unwrap()
}

#[test]
fn a_change_is_told_by_meaning_and_by_cost() {
    let full = said(&[
        "diff",
        OLD,
        NEW,
        "--events",
        EVENTS,
        "--fail-on",
        "breaking",
        "--fail-on",
        "liability > +2%",
        "--fail-on",
        "worse-off > 0",
        "--fail-on",
        "unknown > 5",
    ]);
    let markdown = said(&["diff", OLD, NEW, "--events", EVENTS, "--format", "markdown"]);
    let text = said(&["diff", OLD, NEW]);
    insta::assert_snapshot!(format!("{full}\n{markdown}\n{text}"));
}

/// By hand. Before: ann has 110 + 10 for the first order and, gold by then, 2 * 30 for the second; bob 55 + 10, of which the refund of
/// $10 leaves 45 and nothing for a big order; cleo 20, all spent. After: gold is at $120, so ann's second order makes her gold and earns
/// 30; bob never had a big order.
#[test]
fn figures_are_those_of_a_calculation_by_hand() {
    let report = json(&["diff", OLD, NEW, "--events", EVENTS, "--format", "json"]);
    let impact = &report["impact"];
    let unit = &impact["units"][0];
    assert_eq!(unit["unit"], "leaves");
    let figures = |side: &str| {
        let names = ["issued", "taken_back", "spent", "expired", "outstanding", "liability"];
        names.map(|name| unit[side][name].as_str().unwrap().to_owned()).join(" ")
    };
    assert_eq!(figures("before"), "265 20 20 0 225 2.25");
    assert_eq!(figures("after"), "225 10 20 0 195 1.95");
    assert_eq!((&impact["worse_off"], &impact["better_off"], &impact["unchanged"]), (&1.into(), &0.into(), &2.into()));
    assert_eq!(impact["tiers"][0]["moves"], serde_json::json!([[2, 0], [0, 1]]));
    assert_eq!(impact["worst"][0]["member"], "ann");
    assert_eq!(impact["worst"][0]["units"], serde_json::json!([["leaves", "-30"]]));
    assert_eq!(impact["worst"][0]["explain"], format!("meed explain {NEW} {EVENTS} --event e3"));
    let hello = impact["rules"].as_array().unwrap().iter().find(|rule| rule["name"] == "hello").unwrap();
    assert_eq!(
        (hello["judged"].as_str(), hello["reason"].as_str()),
        (Some("unknown"), Some("this history has no `visit`"))
    );
    let explained = said(&impact["worst"][0]["explain"].as_str().unwrap().split(' ').skip(1).collect::<Vec<_>>());
    assert!(explained.contains("status is gold, where status is basic"), "{explained}");
}

/// Ann's order comes back, and with it her points, the reward that was taken for them and her present. Bob keeps 1000 of 3000 points, a reward
/// that he has paid for, and his present of $5.
#[test]
fn what_came_back_and_what_was_paid_for_is_not_given() {
    let given = |program: &str| {
        let report = json(&["diff", GIVEN[0], program, "--events", GIVEN[1], "--format", "json"]);
        let impact = &report["impact"];
        let moved = ["worse_off", "better_off", "mixed", "unchanged"].map(|key| impact[key].as_u64().unwrap());
        (report["changes"][0].clone(), impact.clone(), moved)
    };
    let folder = Folder::new("diff-given");
    let text = fs::read_to_string(GIVEN[0]).unwrap();
    let write = |name: &str, from: &str, to: &str| {
        fs::write(folder.join(name), text.replace(from, to)).unwrap();
        given(&folder.named(name))
    };
    let (change, impact, moved) = write("lower.meed", "minimum 100 points", "minimum 50 points");
    assert_eq!((&change["effect"], &change["breaking"]), (&"better".into(), &false.into()));
    assert_eq!((&impact["cost"]["before"], moved), (&"35.00".into(), [0, 0, 0, 2]));
    let (_, impact, moved) = write("dearer.meed", "2_000 points", "2_500 points");
    assert_eq!((&impact["cost"]["after"], moved), (&"35.00".into(), [1, 0, 0, 1]));
    assert_eq!(impact["worst"][0]["units"], serde_json::json!([["points", "-500"]]));
    let (_, impact, moved) = write("richer.meed", "voucher $20", "voucher $25");
    assert_eq!((&impact["cost"]["after"], moved), (&"35.00".into(), [0, 1, 0, 1]));
}

/// Who has less in the end is worse off: in points, off bills, or because a request is refused. Ann buys for €290 and asks for €2 off; Bob
/// comes in March.
#[test]
fn who_has_less_in_the_end_is_worse_off() {
    let folder = Folder::new("diff-end");
    let program = "tests/cases/tools/kept.meed";
    let text = fs::read_to_string(program).unwrap();
    let compare = |name: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        fs::write(folder.join(name), text.replace(from, to)).unwrap();
        let new = folder.named(name);
        let arguments = ["--events", "tests/cases/tools/kept.jsonl", "--format", "json", "--fail-on", "worse-off > 0"];
        let output = meed(&[&["diff", program, &new], &arguments[..]].concat());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let impact = &report["impact"];
        let moved = ["worse_off", "better_off", "mixed", "unchanged"].map(|key| impact[key].as_u64().unwrap());
        assert_eq!(output.status.code(), Some(i32::from(moved[0] > 0)));
        let worst = impact["worst"][0].clone();
        let event = worst["event"].as_str().unwrap_or_default().to_owned();
        let said = ["units", "money_off", "refused", "vouchers"].map(|key| worst[key].to_string()).join(" ");
        (moved, said, event, impact["rules"][0]["given"].clone())
    };
    let (moved, said, event, _) = compare("dear.meed", "100 points = €1", "120 points = €1");
    assert_eq!((moved, &*said, &*event), ([1, 0, 0, 1], r#"[] "-0.34" 0 0"#, "r1"));
    let (moved, said, event, _) = compare("high.meed", "minimum 100", "minimum 250");
    assert_eq!((moved, &*said, &*event), ([1, 0, 0, 1], r#"[["points","200"]] "-2.00" 1 0"#, "r1"));
    let (moved, said, event, lapsed) = compare("short.meed", "6 months after", "1 month after");
    assert_eq!((moved, &*said, &*event), ([1, 0, 0, 1], r#"[["points","-40"]] "0.00" 0 0"#, ""));
    assert_eq!(lapsed, serde_json::json!([["points", "-40"]]));
    // A voucher that has lapsed is none; one for which more is asked costs more; one that can be had now is one more.
    let (moved, said, _, _) = compare("brief.meed", "valid 3 months", "valid 1 month");
    assert_eq!((moved, &*said), ([1, 0, 0, 1], r#"[] "0.00" 0 -1"#));
    let (moved, said, _, _) = compare("coffee.meed", "cost  50 points", "cost  60 points");
    assert_eq!((moved, &*said), ([1, 0, 0, 1], r#"[["points","-10"]] "0.00" 0 0"#));
    let (moved, ..) = compare("tea.meed", "cost  300 points", "cost  20 points");
    assert_eq!(moved, [0, 1, 0, 1]);
    // What was given and has lapsed since all the same was given.
    let (moved, said, ..) = compare("mean.meed", "give 10 stamps", "give 5 stamps");
    assert_eq!((moved, &*said), ([2, 0, 0, 0], r#"[["stamps","-5"]] "0.00" 0 0"#));
}

/// 100 points lapse and 60 of them are taken back: 40 have lapsed. With more time none do, and the 60 are taken back all the same.
#[test]
fn what_lapsed_and_is_taken_back_lapsed_no_longer() {
    let folder = Folder::new("diff-lapsed");
    let program = "tests/cases/tools/report/refunds.meed";
    let longer = fs::read_to_string(program).unwrap().replace("expires 6 months", "expires 12 months");
    fs::write(folder.join("longer.meed"), longer).unwrap();
    let order = |kind: &str, day: &str, amount: u32| {
        format!(
            r#"{{"id":"{kind}","type":"{kind}","member":"ann","time":"2024-{day}T10:00:00Z","order":"A1","subtotal":{amount}}}"#
        ) + "\n"
    };
    fs::write(folder.join("events.jsonl"), order("purchase", "01-01", 100) + &order("refund", "08-01", 60)).unwrap();
    let (longer, events) = (folder.named("longer.meed"), folder.named("events.jsonl"));
    let output = meed(&["diff", program, &longer, "--events", &events, "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rules = &report["impact"]["rules"];
    assert_eq!(rules[0]["given"], serde_json::json!([["points", "40"]]), "{rules}");
}

/// Money off a bill that came back, with the points that had paid it, is nothing that anybody has.
#[test]
fn money_off_goes_with_its_order() {
    let folder = Folder::new("diff-off");
    let program = "tests/cases/tools/report/refunds.meed";
    let text = fs::read_to_string(program).unwrap();
    let order = |id: u32, kind: &str, order: &str, amount: u32| {
        format!(
            r#"{{"id":"{id}","type":"{kind}","member":"ann","time":"2024-01-1{id}T10:00:00Z","order":"{order}","subtotal":{amount}}}"#
        ) + "\n"
    };
    let redeem = r#"{"id":"r","type":"redeem","member":"ann","time":"2024-01-11T12:00:00Z","order":"A2","amount":200,"bill":50}"#;
    let bought = order(1, "purchase", "A1", 290) + redeem + "\n" + &order(2, "purchase", "A2", 50);
    let compared = |events: &str| {
        fs::write(folder.join("events.jsonl"), events).unwrap();
        let [old, new] = [100, 120].map(|points| {
            let name = format!("{points}.meed");
            let redeem = format!("\nredeem cash_off {{\n  rate {points} points = €1\n}}\n");
            fs::write(folder.join(&name), text.clone() + &redeem).unwrap();
            folder.named(&name)
        });
        let report = json(&["diff", &old, &new, "--events", &folder.named("events.jsonl"), "--format", "json"]);
        let off = ["before", "after"].map(|side| report["impact"]["money_off"][side].as_str().unwrap().to_owned());
        (off.join(" "), report["impact"]["worse_off"].clone())
    };
    assert_eq!(compared(&bought), ("2.00 1.66".to_owned(), 1.into()));
    // A half and the rest come to all.
    let half = bought + &order(3, "refund", "A2", 25);
    assert_eq!(compared(&half), ("1.00 0.83".to_owned(), 1.into()));
    assert_eq!(compared(&(half + &order(4, "refund", "A2", 25))), ("0.00 0.00".to_owned(), 0.into()));
}

#[test]
fn more_points_are_more_whatever_their_number() {
    let folder = Folder::new("diff-number");
    let text = fs::read_to_string("tests/cases/tools/kept.meed").unwrap();
    let new = text.replace("1 point per €1", "3 points per €2");
    assert_ne!(new, text);
    fs::write(folder.join("new.meed"), new).unwrap();
    let report = json(&["diff", "tests/cases/tools/kept.meed", &folder.named("new.meed"), "--format", "json"]);
    let change = &report["changes"][0];
    assert_eq!((&change["effect"], &change["breaking"]), (&"better".into(), &false.into()), "{report:#}");
}

#[test]
fn layout_order_comments_and_new_names_are_no_change() {
    let folder = Folder::new("diff-layout");
    let old = fs::read_to_string(OLD).unwrap();
    let other = old
        .replace("unit points also point {", "# what they collect\nunit leaves was points also leaf {")
        .replace("1 point per", "1 leaf   per")
        .replace("points", "leaves")
        .replace("was leaves", "was points")
        .replace("event visit\n\n", "")
        + "\nevent visit\n";
    fs::write(folder.join("other.meed"), other).unwrap();
    let report = json(&["diff", OLD, &folder.named("other.meed"), "--fail-on", "breaking", "--format", "json"]);
    assert_eq!(report["changes"], serde_json::json!([]), "{report:#}");
    assert_eq!(report["bounds"][0]["exceeded"], false);
    let same = json(&["diff", OLD, OLD, "--events", EVENTS, "--format", "json"]);
    assert_eq!(same["impact"]["unchanged"], 3);
}

#[test]
fn bounds_decide_the_exit_code() {
    let code = |more: &[&str]| meed(&[&["diff", OLD, NEW], more].concat()).status.code().unwrap();
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&["--fail-on", "breaking"]), 1);
    assert_eq!(code(&["--fail-on", "worse-off > 0"]), 2, "it needs a history");
    assert_eq!(code(&["--fail-on", "worse-off > 0", "--events", EVENTS]), 1);
    assert_eq!(code(&["--fail-on", "worse-off > 40%", "--events", EVENTS]), 0);
    assert_eq!(code(&["--fail-on", "joy > 1", "--events", EVENTS]), 2);
}

#[test]
fn the_old_program_may_be_one_of_a_revision() {
    let folder = Folder::new("diff-git");
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
        assert!(
            Command::new("git").args(name).args(arguments).current_dir(&folder.0).output().unwrap().status.success()
        );
    };
    git(&["init", "-q"]);
    fs::create_dir_all(folder.join("shop")).unwrap();
    fs::write(folder.join("shop/common.meed"), "let gift = 10 points\n").unwrap();
    let text = fs::read_to_string(OLD).unwrap().replace("give 10 points", "give gift");
    fs::write(folder.join("shop/shop.meed"), format!("import \"common.meed\"\n\n{text}")).unwrap();
    git(&["add", "."]);
    git(&["commit", "-qm", "first"]);
    fs::write(folder.join("shop/common.meed"), "let gift = 12 points\n").unwrap();
    let diff = |old: &str, new: &str| {
        let output = crate::cli::command(&["diff", old, new]).current_dir(&folder.0).output().unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    for (old, new) in [("git:HEAD:shop", "shop"), ("git:HEAD:shop/shop.meed", "shop/shop.meed")] {
        let text = diff(old, new);
        assert!(text.contains("1 change, 1 breaking") && text.contains("+ = 12 points"), "{text}");
    }
    assert!(diff("git:nowhere:shop", "shop").contains("git does not know `nowhere`"));
    assert!(diff("git:HEAD:other.meed", "shop").contains("`other.meed` cannot be read"));
    assert!(diff("git:HEAD", "shop").contains("git:REVISION:PATH"));
}
