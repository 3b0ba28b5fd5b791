//! Exports as shops and services write them, read with and without maps.

use super::cli::{Folder, meed};

const SHOP: &str = "tests/cases/input/shop.meed";

/// What a run comes to, of sums alone and with a journal: the same.
fn sums(folder: &Folder, arguments: &[&str]) -> String {
    let run = |more: &[&str]| {
        let output = meed(&[&["run", SHOP, "--format", "json"], arguments, more].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let (alone, journal) = (run(&[]), run(&["-o", &folder.named("out")]));
    assert_eq!(alone, journal);
    alone
}

/// The kernel reads the currency of amounts by whatever name as the fold does.
#[test]
fn a_currency_by_any_name_counts_the_same_everywhere() {
    let folder = Folder::new("currency");
    let write = |name: &str, text: String| {
        std::fs::write(folder.join(name), text).unwrap();
        folder.named(name)
    };
    let record = |n: usize, more: &str| {
        format!(
            "{{\"id\":\"{n}\",\"type\":\"purchase\",\"member\":\"m{}\",\"time\":\"2026-02-0{}T10:00:00Z\",\"order\":\"{n}\",\"total\":100.00{more}}}\n",
            n % 2,
            n % 8 + 1,
        )
    };
    let names =
        ["", ",\"Currency\":\"EUR\"", ",\"Currency\":null", ",\"order_currency\":\"eur\"", ",\"Currency\":\"GBP\""];
    let doubts =
        [",\"base_currency\":\"EUR\"", ",\"base_currency\":\"USD\"", ",\"Currency\":\"EUR\",\"base_currency\":\"USD\""];
    let all = names.iter().chain(&doubts).cycle().take(40).enumerate();
    let told = sums(&folder, &[&write("events.jsonl", all.map(|(n, more)| record(n, more)).collect())]);
    // A hundred dollars, a hundred euros at 1.08: of eight records two are rejected.
    assert!(told.contains("\"rejects\":10") && told.contains("\"issued\":\"3120\""), "{told}");
    let cells = ["", "EUR", "eur", "USD", "CHF"];
    let row = |(n, cell): (usize, &&str)| {
        format!("{n},purchase,m{},2026-02-0{}T10:00:00Z,{n},100.00,{cell}\n", n % 3, n % 8 + 1)
    };
    let rows: String = cells.iter().cycle().take(40).enumerate().map(row).collect();
    for name in ["Currency", "Currency Code", "Waluta"] {
        let table = write("events.csv", format!("id,type,member,time,order,total,{name}\n{rows}"));
        let map = write(
            "map.yaml",
            "events:\n  - {event: purchase, id: id, member: member, time: time, fields: {order: order, total: total}}\n".to_owned(),
        );
        for more in [&[][..], &["--map", &map]] {
            let told = sums(&folder, &[&[table.as_str()][..], more].concat());
            assert!(told.contains("\"rejects\":8") && told.contains("\"issued\":\"3328\""), "{told}");
        }
    }
}
