//! What the kernel reads from records is what everybody reads, however they are written.

use crate::entries::recognise::{FIELDS, ROWS, TILL, alike};

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % sides
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len() as u64) as usize]
    }
}

/// An object of entries that say something, in an order and with blanks that belong to a style.
fn object(dice: &mut Dice, style: u64, entries: &[(&str, String)]) -> String {
    let mut entries: Vec<_> = entries.iter().filter(|(_, value)| !value.is_empty()).collect();
    let moves = if style == 3 { dice.roll(4) } else { style };
    let count = entries.len();
    entries.rotate_left(moves as usize % count);
    let (colon, comma) = [(":", ","), (": ", ", "), (" : ", " ,"), (":", ", ")][style as usize % 4];
    let entries: Vec<String> = entries.iter().map(|(key, value)| format!("\"{key}\"{colon}{value}")).collect();
    format!("{{{}}}", entries.join(comma))
}

/// A record that is mostly an event. Each style writes in its own way; values are at times none that a field takes.
fn record(dice: &mut Dice, number: u64) -> String {
    let style = dice.roll(4);
    let odd = dice.roll(6) == 0;
    let mut value = |usual: &[&str], unusual: &[&str]| {
        let all = if odd && dice.roll(4) == 0 { unusual } else { usual };
        dice.pick(all).to_owned()
    };
    // Words that are new would have other numbers, in which nobody else is interested.
    let texts = ["null", "7", "\"a\\u0062c\"", "\"caf\u{e9}\"", "\"\\u00zz\"", "[]", "\"x\ty\""];
    let line = |dice: &mut Dice, value: &mut dyn FnMut(&[&str], &[&str]) -> String| {
        let _ = dice;
        vec![
            ("sku", value(&["\"a-1\"", "\"bag\"", "\"a sku that is longer than others\""], &texts)),
            ("qty", value(&["1", "12", "0"], &["1.5", "-1", "\"1\"", "1e1", "007"])),
            ("price", value(&["3", "2.50", "0.05"], &["2.505", "1E2", "\"2.50\"", "-3.10"])),
            ("left", value(&["", "true", "false"], &["null", "0", "\"yes\""])),
            ("more", value(&["", "1"], &["{\"a\":[1,2]}", "nul", "+1"])),
        ]
    };
    let mut scratch = Dice(number * 7 + 5);
    let lines: Vec<_> = (0..scratch.roll(4)).map(|_| line(&mut scratch, &mut value)).collect();
    let buys = !matches!(number % 3, 0);
    let only = |value: String| if buys { value } else { String::new() };
    let head = [
        ("id", format!("\"e{number}\"")),
        (
            "member",
            value(&["\"ann\"", "\"m-17\"", "\"a-member-with-a-long-name\""], &["\"\"", "\"a b\"", "17", "null"]),
        ),
        (
            if style == 2 { "time" } else { "ts" },
            value(&["\"2026-03-01T10:00:00Z\""], &["\"2026-03-01T10:00:00.5+01:00\"", "\"2026-02-30\"", "12"]),
        ),
        ("type", if buys { "\"buy\"".to_owned() } else { value(&["\"call\""], &["\"cal\"", "\"c\\u0061ll\""]) }),
        ("amount", only(value(&["12.50", "3", "0.99"], &["1.005", "1e2", "\"3.10\"", "01", "12.", "-", "null"]))),
        ("currency", only(value(&["", "\"EUR\"", "\"USD\""], &["\"GBP\"", "null", "\"\""]))),
        ("note", only(value(&["", "\"hello\"", "\"nothing for the member\""], &texts))),
        ("gift", only(value(&["", "true", "false"], &["null", "1", "\"yes\""]))),
        ("booked", only(value(&["", "\"2026-05-01\"", "\"2025-05-01\""], &["\"2026-13-01\"", "2026"]))),
        ("weight", only(value(&["", "0.25", "7.125"], &["1e-3", "0.125e1", "\"0.5\"", ".5"]))),
        ("boxes", only(value(&["1", "3"], &["1.5", "-0", "9999999999999999999"]))),
        (
            "size",
            only(value(
                &["\"small\"", "\"large\"", "\"extra large and heavy\""],
                &["\"huge\"", "\"extra large and heavier\""],
            )),
        ),
    ];
    let mut entries = head.to_vec();
    if buys {
        let lines: Vec<String> = lines.iter().map(|line| object(&mut scratch, style % 3, line)).collect();
        entries.push(("items", format!("[{}]", lines.join(if style == 0 { "," } else { " , " }))));
    }
    entries.push(("unknown", value(&["", "\"x\"", "1"], &["{}", "[1]", "tru", "\"\\q\""])));
    let mut text = object(dice, style, &entries);
    match dice.roll(40) {
        0 => text.truncate(text.len() - 1),
        1 => text.push(' '),
        2 => text.insert(0, ' '),
        3 => text.push('}'),
        4 => text.push('\r'),
        5 => text = text.replacen("\"id\"", "\"type\":\"call\",\"id\"", 1),
        6 => text.push_str("\n\n"),
        _ => {}
    }
    text
}

/// Columns of a table, some of which few rows use.
const COLUMNS: [&str; 16] = [
    "id", "ts", "type", "member", "amount", "currency", "note", "gift", "booked", "weight", "boxes", "size", "items",
    "sequence", "date", "unknown",
];

/// A cell as tables hold it, in quotes where it must be and at times where it need not.
fn cell(dice: &mut Dice, text: &str) -> String {
    if text.contains(['"', ',', '\n']) || (dice.roll(8) == 0 && !text.is_empty()) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

/// A row that is mostly an event; cells are at times none that a field takes.
fn row(dice: &mut Dice, number: u64) -> String {
    let odd = dice.roll(4) == 0;
    let mut value = |usual: &[&str], unusual: &[&str]| {
        let all = if odd && dice.roll(5) == 0 { unusual } else { usual };
        dice.pick(all).to_owned()
    };
    let numbers =
        ["1.005", "1e2", "+3", " 3", "007", ".5", "5.", "-", "1,5", "€3", "3 EUR", "null", "9999999999999999999"];
    let texts = ["", "   ", " padded ", "say \"hi\"", "a,b", "caf\u{e9}", "two\nlines", "\u{a0}blank"];
    let buys = !number.is_multiple_of(3);
    let lines = [
        "",
        "[]",
        r#"[{"sku":"bag","qty":1,"price":2.5,"left":true}]"#,
        r#"[ { "sku" : "a-1", "qty" : 2, "price" : 3 } , { "price" : 0.05, "qty" : 0, "sku" : "b" } ]"#,
    ];
    let odd_lines = [
        "x",
        "{}",
        "[1]",
        "[{\"sku\":\"bag\"}]",
        "[{\"sku\":\"b\",\"qty\":\"1\",\"price\":1}]",
        "[",
        " [] ",
        "[{\"sku\":\"a\",\"sku\":\"b\",\"qty\":1,\"price\":1}]",
    ];
    let only = |value: String| if buys { value } else { String::new() };
    let cells = [
        format!("e{number}"),
        value(
            &["2026-03-01T10:00:00Z", "2026-03-01T10:00:00.250Z"],
            &["2026-03-01T10:00:00+01:00", "2026-02-30", "12", " "],
        ),
        if buys { "buy".to_owned() } else { value(&["call"], &["cal", " call ", ""]) },
        value(&["ann", "m-17", "17"], &["", "a b", "1.23457E+12", " ann ", "caf\u{e9}"]),
        only(value(&["12.50", "3", "0.99", "0"], &numbers)),
        only(value(&["", "EUR", "USD"], &["GBP", "eur", " EUR "])),
        only(value(&["", "hello", "nothing for the member"], &texts)),
        only(value(&["", "true", "no"], &["1", "Y", "maybe", " yes "])),
        only(value(&["", "2026-05-01"], &["2026-13-01", "01/05/2026", "2026-05-01 "])),
        only(value(&["", "0.25", "7.125"], &numbers[..12])),
        only(value(&["1", "3"], &numbers)),
        only(value(&["small", "large", "extra large and heavy"], &["huge", " small", ""])),
        only(value(&lines, &odd_lines)),
        value(&[""], &["3", "x"]),
        value(&[""], &["2026-04-01T10:00:00Z"]),
        value(&["", "x"], &["say \"hi\"", "a,b", "two\nlines", "\u{a0}blank"]),
    ];
    let cells: Vec<String> = cells.iter().map(|text| cell(dice, text)).collect();
    match dice.roll(60) {
        0 => cells[1..].join(","),
        1 => cells.join(",") + ",",
        2 => cells.join(",") + ",x",
        3 => String::new(),
        4 => cells.join(",") + "\r",
        _ => cells.join(","),
    }
}

#[test]
fn records_are_read_alike() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let text: Vec<String> = (1..=6_000).map(|number| record(&mut dice, number)).collect();
    let said = alike("events.jsonl", text.join("\n").as_bytes(), &FIELDS);
    assert!(said.events.len() > 3_000 && said.rejects.len() > 300 && !said.cut, "{said:?}");
}

#[test]
fn rows_are_read_alike() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let text: Vec<String> = (1..=6_000).map(|number| row(&mut dice, number)).collect();
    let text = format!("{}\n{}\n", COLUMNS.join(","), text.join("\n"));
    let said = alike("events.csv", text.as_bytes(), &FIELDS);
    assert!(said.events.len() > 3_000 && said.rejects.len() > 300 && !said.cut, "{said:?}");
}

/// A row of a table that a map reads.
fn mapped_row(dice: &mut Dice, number: u64) -> String {
    let odd = dice.roll(4) == 0;
    let mut value = |usual: &[&str], unusual: &[&str]| {
        let all = if odd && dice.roll(5) == 0 { unusual } else { usual };
        dice.pick(all).to_owned()
    };
    let numbers = ["1.005", "1e2", "+3", " 3", "007", ".5", "-", "1,5", "", "-2", "9999999999999999999", "0.0000001"];
    let cells = [
        value(&[&format!("r{}", number % 50)], &["", "=\"7\"", "'07", "1.23457E+12", "#N/A", "NULL", "n.1", "n 1"]),
        value(&["S", "S", "S", "R", "call"], &["7", "7.0", "012", "draft", "stop!", "x", "12", " R ", "Return", ""]),
        value(&["ann", "m-17", "17"], &["", "a b", "1.23457E+12", " ann ", "caf\u{e9}"]),
        value(
            &["01.03.2026 10:00", "29.03.2026 02:30", "25.10.2026 02:30"],
            &["2026-03-01", "2026-03-01T10:00:00Z", "1.3.2026 9:05", "31.02.2026 10:00", "01.03.2026 24:00", "", "x"],
        ),
        value(&["mg", "pt", "cup", "a cup that is longer than others"], &["", " mg ", "say \"hi\"", "a;b", "nothing"]),
        value(&["1", "2", "12"], &numbers),
        value(&["2.50", "0.85", "0.333", "1000"], &numbers),
        value(&["", "", "0.5"], &numbers),
        value(&["", "EUR", "USD", "JPY"], &["GBP", "eur", " EUR "]),
        value(&["", "0.25", "7.125"], &numbers[..10]),
        value(&["", "x"], &["say \"hi\"", "two\nlines", "\u{a0}blank"]),
        value(&[""], &["yes", "maybe"]),
        value(
            &["[]", r#"[{"art":"bag","qty":2}]"#, r#"[{"art":"a","qty":1},{"art":"b","qty":3}]"#],
            &["", "x", "[1]", r#"[{"art":"bag"}]"#, " [] ", r#"[{"qty":1,"art":"caf\u00e9"}]"#],
        ),
    ];
    let quoted = |text: &String| match text.contains(['"', ';', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.clone(),
    };
    let cells: Vec<String> = cells.iter().map(quoted).collect();
    match dice.roll(60) {
        0 => cells[1..].join(";"),
        1 => cells.join(";") + ";",
        2 => cells.join(";") + ";x",
        3 => String::new(),
        4 => cells.join(";") + "\r",
        5 => ";".repeat(cells.len() - 1),
        _ => cells.join(";"),
    }
}

#[test]
fn rows_that_a_map_reads_are_read_alike() {
    let mut dice = Dice(0x1234_5678_9abc_def1);
    let text: Vec<String> = (1..=6_000).map(|number| mapped_row(&mut dice, number)).collect();
    let said = alike("rows.csv", format!("{ROWS}{}\n", text.join("\n")).as_bytes(), &TILL);
    assert!(said.events.len() > 3_000 && said.rejects.len() > 300 && !said.cut, "{said:?}");
}
