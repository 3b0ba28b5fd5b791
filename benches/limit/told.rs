//! The totals of the workload from what `meed run -o DIR` writes for everybody.

use serde_json::Value;

use super::totals::{Standing, Totals};

const TIERS: [&str; 4] = ["basic", "bronze", "silver", "gold"];

/// What `members.jsonl` and `journal.jsonl` come to.
pub fn told(events: u64, members: &str, journal: &str) -> Totals {
    let mut totals = Totals { events, ..Totals::default() };
    for line in members.lines() {
        member(&serde_json::from_str(line).expect("a line of members.jsonl"), &mut totals);
    }
    for line in journal.lines() {
        let line: Value = serde_json::from_str(line).expect("a line of journal.jsonl");
        totals.rejected += u64::from(line["what"] == "refused");
        totals.ignored += u64::from(line["what"] == "failed");
    }
    totals
}

fn member(line: &Value, totals: &mut Totals) {
    let of = |unit: &str, key: &str| whole(&line["units"][unit][key]);
    let count = |unit: &str| of(unit, "balance").unsigned_abs();
    totals.earned += of("points", "earned") + of("points", "reversed");
    totals.redeemed += of("points", "spent");
    totals.expired += of("points", "expired");
    totals.clawed += of("points", "reversed");
    totals.charity += cents(&line["measures"]["donated"]) - cents(&line["measures"]["taken_back"]);
    // What comes to less than a cent takes nothing back.
    totals.ignored += whole(&line["measures"]["empty_refunds"]).unsigned_abs();
    let tier = line["tiers"]["status"]["tier"].as_str().expect("a tier");
    let name = line["member"].as_str().expect("a name");
    let standing = Standing {
        balance: of("points", "available"),
        debt: of("points", "owed"),
        vouchers: line["vouchers"].as_array().map_or(0, Vec::len) as u64,
        explorer: count("explorers"),
        streaks: count("streaks"),
        tier: TIERS.iter().position(|known| *known == tier).expect("a tier of the program"),
    };
    totals.add(name.bytes(), &standing);
}

fn whole(text: &Value) -> i64 {
    text.as_str().map_or(0, |text| text.parse().expect("a whole number"))
}

fn cents(text: &Value) -> i64 {
    text.as_str().map_or(0, |text| text.replace('.', "").parse().expect("an amount with two decimals"))
}
