//! `meed report`: exact figures, each with its definition; unknown where nothing tells.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::cli::{Folder, meed, said};

mod page;
mod retail;

const BAKERY: [&str; 2] = ["tests/cases/tools/report/bakery.meed", "tests/cases/tools/report/bakery.jsonl"];
/// Before the midnight at which tiers of the year end.
const NEW_YEARS_EVE: &str = "2026-12-31T23:00:00Z";

fn report(arguments: &[&str]) -> Value {
    let output = meed(&[&["report"], arguments, &["--format", "json", "-q"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Figures by key: the value, and that of the earlier period.
fn figures(report: &Value) -> BTreeMap<String, (Value, Value)> {
    let figures = report["figures"].as_array().unwrap().iter();
    let line = |figure: &Value| {
        (figure["key"].as_str().unwrap().to_owned(), (figure["value"].clone(), figure["earlier"].clone()))
    };
    figures.map(line).collect()
}

fn table<'r>(report: &'r Value, key: &str) -> &'r Value {
    report["tables"].as_array().unwrap().iter().find(|table| table["key"] == key).unwrap()
}

/// The bakery in 2026 and in 2025. Everything is computed here from `bakery.jsonl` alone.
#[test]
fn figures_are_those_that_are_computed_by_hand() {
    let report = report(&[BAKERY[0], BAKERY[1], "--until", NEW_YEARS_EVE]);
    let figures = figures(&report);
    let unasked = json!({"unknown": "nobody has answered in this time"});
    for (key, value, earlier) in [
        // Ann, Bob, Cleo, Dan, Eve, Gus; Fred has left. At the end of 2025: Ann, Bob, Cleo, Fred.
        ("members", json!(6), json!(4)),
        // Dan, Eve, Gus; the four before.
        ("new_members", json!(3), json!(4)),
        ("left_members", json!(1), json!(0)),
        // Ann, Dan (who answered), Eve, Gus: 4 of 6. Cleo’s purchase came back whole. In 2025 Fred did nothing: 3 of 4.
        ("active_members", json!("2/3"), json!("0.75")),
        // Ann, Eve, Gus; Ann, Bob, Cleo.
        ("customers", json!(3), json!(3)),
        // Eve, Gus.
        ("new_customers", json!(2), json!(3)),
        ("all_customers", json!(5), Value::Null),
        // Of Ann, Bob and Cleo only Ann.
        ("retention", json!("1/3"), Value::Null),
        // Ann bought 4 times, Eve twice (both records of E1 are one purchase), Gus once; in 2025 each once.
        ("repeat_purchase", json!("2/3"), json!("0")),
        ("loyal_customers", json!("1/3"), json!("0")),
        ("purchases", json!(7), json!(3)),
        ("frequency", json!("7/3"), json!("1")),
        // Since 20 December 11 days, 11 November 50, 9 September 113, 1 June 2025 578, 1 March 2025 670.
        ("recency", json!("113"), Value::Null),
        // 60 + 50 + 20 + 30, 10 + 5 + 25, 8.50; 40, 120 - 20, 30.
        ("net_spend", json!("208.50"), json!("170.00")),
        // 208.50 / 7 and 170 / 3.
        ("basket", json!("417/14"), json!("170/3")),
        // (208.50 + 170) / 5
        ("customer_value", json!("75.70"), Value::Null),
        // Dan 9, Eve 10 (3 before), Gus 6: (2 - 1) / 3.
        ("nps", json!("100/3"), unasked),
        // Ann 60 + 10, 50 + 10, 5 for two in January, 20, 30; Cleo 80 + 10; Eve 10, 5 + 5, 25; Gus 8. In 2025: 40, 120 + 10, 30.
        ("issued", json!("328"), json!("200")),
        // Cleo 90; Bob 20.
        ("taken_back", json!("90"), json!("20")),
        // A loaf 50, a gift 20, a bill 40.
        ("redeemed", json!("110"), json!("0")),
        // Ann’s of January are 135, of which 110 are spent: 25 lapse in July; 20 in November; Eve’s 20 in December. In 2025: 40, 110, 30.
        ("expired", json!("65"), json!("180")),
        // 528 - 110 - 110 - 245: Ann 30, Eve 25, Gus 8.
        ("outstanding", json!("63"), Value::Null),
        ("liability", json!("0.63"), Value::Null),
        // 110 / (528 - 110)
        ("redemption_rate", json!("5/19"), Value::Null),
        // All lots but the 63 are over: 245 / (245 + 110).
        ("breakage", json!("49/71"), Value::Null),
        // 40 points at 100 for $1.
        ("money_off", json!("0.40"), json!("0.00")),
        // 2.08 + 0.30 + 0.10 + 0.10, as below; in 2025 40 + 120 - 20 + 30 points, and the 5 of Bob’s 10 that the mill does not pay.
        ("cost", json!("2.58"), json!("1.75")),
    ] {
        assert_eq!(figures[key], (value, earlier), "{key}");
    }
    let rows = |key: &str| table(&report, key)["rows"].clone();
    // Ann rose with A3; Bob’s year was over. A tier that ends at midnight ends with the new year.
    assert_eq!(rows("tiers"), json!([["friend", 5, "5/6"], ["regular", 1, "1/6"]]));
    assert_eq!(rows("tier_moves"), json!([["friend", 0, 1], ["regular", 1, 0]]));
    // As a friend 60 + 50 + 15 + 25 + 8.50 in 5 purchases, as a regular 20 + 30 in 2.
    assert_eq!(rows("basket_by_tier"), json!([["friend", 5, "158.50", "31.70"], ["regular", 2, "50.00", "25.00"]]));
    assert_eq!(rows("rewards"), json!([["loaf", 1, 0, 1, 0, "3.00"]]));
    // Begun: Ann in February, January, May, December; Bob, Cleo; Eve in June and September, Gus. January and June were completed;
    // December runs.
    assert_eq!(rows("challenges"), json!([["twice", 9, 1, 2, 6, 0, 0, "0.25"]]));
    // Base 60 + 50 + 20 + 30 + 80 - 80 + 10 + 5 + 25 + 8 points; the half of flour day that the mill does not pay, 15 - 5; 1% of $30.
    assert_eq!(
        rows("costs"),
        json!([
            ["earn base", "208", "0.00", "2.08"],
            ["rule december", "0", "0.30", "0.30"],
            ["challenge twice", "10", "0.00", "0.10"],
            ["earn flour_day", "10", "0.00", "0.10"],
        ])
    );
    // 5 points of Bob’s at 2 cents; 15 less 5.
    assert_eq!(
        rows("partners"),
        json!([
            ["mill", "2025-01-01", "2025-03-31", "points", "5", "0", "0", "0", "0.10"],
            ["mill", "2026-01-01", "2026-03-31", "points", "15", "5", "0", "0", "0.20"],
        ])
    );
    // 20 points of Ann’s, and 1% of $30.
    assert_eq!(rows("causes"), json!([["soup", "0.50", "0.00", "0.50"]]));
    assert_eq!(rows("nps_answers"), json!([["promoters", 2, "2/3"], ["passives", 0, "0"], ["detractors", 1, "1/3"]]));
    // The last quarter: Gus’ 8 and Ann’s 30; 20 and 20 lapse.
    assert_eq!(rows("points_over_time")[7], json!(["2026 Q4", "38", "0", "0", "40", "63"]));
}

#[test]
fn a_report_is_written_for_people_and_for_machines() {
    let arguments = ["report", BAKERY[0], BAKERY[1], "--until", NEW_YEARS_EVE, "-q"];
    let page = said(&arguments);
    let (head, rest) = page.split_once("<style>").unwrap();
    let page = format!("{head}{}", rest.split_once("</style>").unwrap().1);
    let json = said(&[&arguments[..], &["--format", "json"]].concat());
    insta::assert_snapshot!("page", page);
    insta::assert_snapshot!("json", json);
}

/// What happens at the midnight that ends the last day belongs to it.
#[test]
fn the_last_midnight_belongs_to_the_last_day() {
    let report = report(&[BAKERY[0], BAKERY[1], "--until", "2026-12-01"]);
    assert_eq!(report["history"]["to"], "2026-12-20");
    let until = self::report(&[BAKERY[0], BAKERY[1], "--until", "2027-06-19"]);
    assert_eq!(until["period"], json!({"from": "2026-06-20", "to": "2027-06-19"}));
    // Ann’s 30 of 20 December lapse when 19 June is over.
    let figures = figures(&until);
    assert_eq!(figures["expired"].0, "128");
    assert_eq!(figures["outstanding"].0, "0");
    let rows = table(&until, "points_over_time")["rows"].as_array().unwrap().clone();
    assert_eq!(rows.last().unwrap()[5], "0");
}

#[test]
fn what_the_records_do_not_reach_is_unknown() {
    let report = report(&[BAKERY[0], BAKERY[1], "--until", NEW_YEARS_EVE, "--months", "24"]);
    let (retention, issued) = (&figures(&report)["retention"].0, &figures(&report)["issued"]);
    let why = "the records do not reach back to 2023-01-01, when the earlier period begins; \
               with `--months 12` the period has 12 months, and they do";
    assert_eq!(retention["unknown"], why);
    assert_eq!(issued.0, "528");
    assert_eq!(issued.1["unknown"], why);
}

#[test]
fn what_the_program_does_not_say_is_unknown() {
    let folder = Folder::new("report-unknown");
    let program = "program \"Steps\" {\n  currency USD\n  timezone \"UTC\"\n}\n\nevent walk {\n  steps count\n}\n\n\
                   unit points {\n  round   down per event\n  expires never\n}\n\nearn walked on walk {\n  give 1 points per 100 of steps\n}\n";
    fs::write(folder.join("steps.meed"), program).unwrap();
    let walk = r#"{"id":"e1","type":"walk","member":"ann","time":"2026-01-05T10:00:00Z","steps":1234}"#;
    fs::write(folder.join("steps.jsonl"), walk).unwrap();
    let report = report(&[&folder.named("steps.meed"), &folder.named("steps.jsonl")]);
    let figures = figures(&report);
    let reason = |key: &str| figures[key].0["unknown"].as_str().unwrap_or_default().to_owned();
    for key in ["customers", "repeat_purchase", "basket", "customer_value"] {
        assert!(reason(key).contains("no event with money in it"), "{key}: {}", figures[key].0);
    }
    assert!(reason("nps").contains("no event with a field `nps`"));
    assert!(reason("liability").contains("does not say what `points` are worth"));
    assert!(reason("breakage").contains("no lot of it has an end"));
    assert!(reason("redeemed").contains("nothing in the program spends `points`"));
    assert!(reason("expired").contains("`points` never expire"));
    assert!(reason("money_off").contains("the program has no `redeem`"));
    assert_eq!(figures["issued"].0, "12");
    for key in ["rewards", "challenges", "partners", "causes"] {
        assert!(table(&report, key)["unknown"].is_string(), "{key}");
    }
    let cost = &table(&report, "costs")["rows"][0];
    assert_eq!(cost[0], "earn walked");
    assert!(reason("cost").starts_with("of `earn walked` it is not known: "));
    assert!(cost[2]["unknown"].is_string());
}

#[test]
fn purchases_and_answers_can_be_named() {
    let bakery = |more: &[&str]| report(&[&[BAKERY[0], BAKERY[1], "--until", NEW_YEARS_EVE], more].concat());
    let named = bakery(&["--purchase", "purchase.subtotal by order", "--nps", "survey.nps"]);
    assert_eq!(named, bakery(&[]));
    for (flag, value) in [
        ("--purchase", "sale"),
        ("--purchase", "purchase.total"),
        ("--purchase", "purchase.order"),
        ("--purchase", "purchase by subtotal"),
        ("--purchase", "survey"),
        ("--nps", "survey"),
        ("--nps", "survey.score"),
        ("--nps", "purchase.order"),
    ] {
        let output = meed(&["report", BAKERY[0], BAKERY[1], flag, value]);
        assert_eq!(output.status.code(), Some(2), "{flag} {value}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(&format!("{flag}: ")) && told.contains('`'), "{told}");
    }
}

#[test]
fn a_rejected_record_is_told() {
    let folder = Folder::new("report-reject");
    let events = fs::read_to_string(BAKERY[1]).unwrap() + "{\"id\":\"e99\",\"type\":\"purchase\",\"member\":\"ann\"}\n";
    fs::write(folder.join("events.jsonl"), events).unwrap();
    let page = folder.named("report.html");
    let output = meed(&["report", BAKERY[0], &folder.named("events.jsonl"), "-o", &page, "-q"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("events.jsonl:27"));
    assert!(folder.read("report.html").contains("Records rejected: 1,"));
}

/// What came back is taken off what gave it: points that an automatic reward had been taken for, and a voucher.
#[test]
fn what_came_back_costs_nothing() {
    let report = report(&["tests/cases/tools/given.meed", "tests/cases/tools/given.jsonl"]);
    let costs = &table(&report, "costs")["rows"];
    assert_eq!(*costs, json!([["earn base", "3000", 0, "30.00"], ["rule present", "0", 1, "5.00"]]));
}

/// Money off a bill goes on the day on which the order comes back.
#[test]
fn money_off_goes_with_its_order() {
    let folder = Folder::new("report-off");
    let text = fs::read_to_string(REFUNDS).unwrap();
    fs::write(folder.join("shop.meed"), text + "\nredeem cash_off {\n  rate 100 points = €1\n}\n").unwrap();
    let redeem = r#"{"id":"9","type":"redeem","member":"ann","time":"2024-01-11T12:00:00Z","order":"A2","amount":200,"bill":50}"#;
    let bought = [
        line(1, "purchase", "ann", ("2024-01-10", "A1"), 290),
        redeem.to_owned() + "\n",
        line(2, "purchase", "ann", ("2024-01-12", "A2"), 50),
    ];
    let off = |more: &[String]| {
        fs::write(folder.join("events.jsonl"), bought.concat() + &more.concat()).unwrap();
        let report = report(&[&folder.named("shop.meed"), &folder.named("events.jsonl")]);
        figures(&report)["money_off"].0.clone()
    };
    let half = line(3, "refund", "ann", ("2024-02-10", "A2"), 25);
    let rest = line(4, "refund", "ann", ("2024-03-10", "A2"), 25);
    assert_eq!(off(&[]), "2.00");
    assert_eq!(off(std::slice::from_ref(&half)), "1.00");
    assert_eq!(off(&[half, rest]), "0.00");
}

const REFUNDS: &str = "tests/cases/tools/report/refunds.meed";

/// A purchase or a refund of some euros.
fn line(id: u32, kind: &str, member: &str, (day, order): (&str, &str), euros: u32) -> String {
    format!(
        r#"{{"id":"{id}","type":"{kind}","member":"{member}","time":"{day}T10:00:00Z","order":"{order}","subtotal":{euros}}}"#
    ) + "\n"
}

/// Ann held the tier until her refund. Bob rose as early as a late record says.
#[test]
fn tiers_are_those_that_were_held_then() {
    let folder = Folder::new("report-held");
    let events = [
        line(1, "purchase", "ann", ("2024-01-10", "A1"), 300),
        line(2, "purchase", "ann", ("2024-02-10", "A2"), 30),
        line(3, "refund", "ann", ("2024-03-10", "A1"), 300),
        line(4, "purchase", "bob", ("2024-02-01", "B1"), 200),
        line(5, "purchase", "bob", ("2024-02-20", "B2"), 150),
        line(6, "purchase", "bob", ("2024-03-20", "B4"), 10),
        line(7, "purchase", "bob", ("2024-01-20", "B3"), 100),
    ];
    fs::write(folder.join("events.jsonl"), events.concat()).unwrap();
    let report = report(&[REFUNDS, &folder.named("events.jsonl")]);
    let rows = |key: &str| table(&report, key)["rows"].clone();
    let over_time = json!([["2024-01", 1, 1, 1, 0], ["2024-02", 0, 2, 1, 0], ["2024-03", 1, 1, 0, 1]]);
    assert_eq!(rows("tiers_over_time"), over_time);
    assert_eq!(rows("tiers"), json!([["basic", 1, "0.5"], ["silver", 1, "0.5"]]));
    assert_eq!(rows("tier_moves"), json!([["basic", 0, 2], ["silver", 1, 0]]));
    // A2, B2 and B4 as silver: B1 took Bob there.
    let baskets = json!([["basic", 2, "300.00", "150.00"], ["silver", 3, "190.00", "190/3"]]);
    assert_eq!(rows("basket_by_tier"), baskets);
}

/// At midnight the tier falls with the year, and then comes the purchase.
#[test]
fn a_purchase_at_the_moment_at_which_a_tier_falls_is_made_without_it() {
    let folder = Folder::new("report-midnight");
    let first = line(1, "purchase", "ann", ("2024-01-10", "A1"), 300);
    let next = line(2, "purchase", "ann", ("2024-12-31", "A2"), 20).replace("T10:00:00Z", "T23:00:00Z");
    fs::write(folder.join("events.jsonl"), first + &next).unwrap();
    let report = report(&[REFUNDS, &folder.named("events.jsonl")]);
    let rows = &table(&report, "basket_by_tier")["rows"];
    assert_eq!(rows[0][1], 2, "{rows}");
}

/// The first 100 points are spent and then taken back, of the second hundred and of the fourth, as they are owed for a while; the third lapses.
#[test]
fn what_is_taken_back_of_other_lots_was_not_spent() {
    let folder = Folder::new("report-stood-in");
    let adjust =
        r#"{"id":"s","type":"adjust","member":"ann","time":"2024-01-05T10:00:00Z","unit":"points","amount":-100}"#;
    let before = [
        line(1, "purchase", "ann", ("2024-01-01", "A1"), 100),
        adjust.to_owned() + "\n",
        line(2, "purchase", "ann", ("2024-02-01", "A2"), 60),
        line(3, "refund", "ann", ("2024-03-01", "A1"), 60),
        line(4, "purchase", "ann", ("2024-04-01", "A3"), 50),
        line(5, "purchase", "bob", ("2024-04-02", "B1"), 10),
    ];
    let debt = [
        line(6, "refund", "ann", ("2024-12-01", "A1"), 40),
        line(7, "purchase", "ann", ("2024-12-02", "A4"), 40),
        line(8, "purchase", "bob", ("2025-08-01", "B2"), 1),
    ];
    // Given 160 and 10; 60 taken back of the 60. Spent are 100, lapsed 50 and 10.
    for (events, breakage, expected) in [
        (
            before.concat() + &line(8, "purchase", "bob", ("2025-08-01", "B2"), 1),
            "0.375",
            ["221", "60", "100", "60", "1"],
        ),
        (before.concat() + &debt.concat(), "0.375", ["261", "100", "100", "60", "1"]),
    ] {
        fs::write(folder.join("events.jsonl"), events).unwrap();
        let report = report(&[REFUNDS, &folder.named("events.jsonl"), "--months", "20"]);
        let figures = figures(&report);
        let keys = ["issued", "taken_back", "redeemed", "expired", "outstanding"];
        assert_eq!(keys.map(|key| figures[key].0.clone()), expected);
        assert_eq!(figures["breakage"].0, breakage);
    }
}

/// Of 100 points that had lapsed, 60 are taken back: they lapsed no longer, in all books.
#[test]
fn what_lapsed_and_is_taken_back_is_taken_back() {
    let folder = Folder::new("report-lapsed");
    let events =
        [line(1, "purchase", "ann", ("2024-01-01", "A1"), 100), line(2, "refund", "ann", ("2024-08-01", "A1"), 60)];
    fs::write(folder.join("events.jsonl"), events.concat()).unwrap();
    let events = folder.named("events.jsonl");
    let report = report(&[REFUNDS, &events]);
    let figures = figures(&report);
    for (key, value) in [
        ("issued", json!("100")),
        ("taken_back", json!("60")),
        ("expired", json!("40")),
        ("outstanding", json!("0")),
        ("cost", json!("0.40")),
    ] {
        assert_eq!(figures[key].0, value, "{key}");
    }
    let over_time = &table(&report, "points_over_time")["rows"];
    assert_eq!(over_time[5], json!(["2024-06", "0", "0", "0", "100", "0"]));
    assert_eq!(over_time[7], json!(["2024-08", "0", "60", "0", "-60", "0"]));
    // The fold and the kernel.
    let out = folder.named("out");
    for more in [&["-o", &out][..], &[]] {
        let run = meed(&[&["run", REFUNDS, &events, "-q", "--format", "json"], more].concat());
        let run: Value = serde_json::from_slice(&run.stdout).unwrap();
        let sums = ["issued", "reversed", "spent", "expired", "outstanding"].map(|key| run["units"][0][key].clone());
        assert_eq!(sums, ["100", "60", "0", "40", "0"], "{more:?}");
    }
}
