//! Records that are no events, in every format, with the reasons that people read.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use meed::events::{EventStream, Inputs, Map, guess};
use meed::hir::Program;

/// The program of the unit tests of `events`.
#[path = "../../src/events/fixture.rs"]
pub(super) mod shop;

pub(super) fn read(program: &Program, path: &Path, map: Option<&Map>) -> String {
    let inputs = Inputs::find(&[path.to_owned()]).unwrap();
    let mut out = String::new();
    let stream = match EventStream::new(program, &inputs, map, 0) {
        Ok(stream) => stream,
        Err(error) => return format!("{error}\n"),
    };
    for result in stream {
        match result {
            Ok(event) => {
                let name = &program.events.at(event.kind).name;
                let time = meed::value::format_instant(event.time, &program.settings.zone);
                let _ = writeln!(out, "event {} {} {} {} {:?}", event.id, event.member, name, time, event.fields);
            }
            Err(reject) => {
                let record: String = reject.record.chars().take(60).collect();
                let _ = writeln!(out, "{}:{}: {}\n    {record:?}", reject.line, reject.column, reject.reason);
            }
        }
    }
    out
}

#[test]
fn s50_rejects() {
    let program = shop::program();
    insta::glob!("../cases/rejects", "*.{jsonl,json,csv,yaml}", |path| {
        let shown = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        insta::with_settings!({ description => shown, omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(read(&program, path, None));
        });
    });
}

#[test]
fn maps() {
    let program = shop::program();
    insta::glob!("../cases/maps", "*.map.yaml", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let stem = path.file_name().unwrap().to_str().unwrap().split('.').next().unwrap().to_owned();
        let data = path.parent().unwrap().join(stem.split('-').next().unwrap().to_owned() + ".csv");
        let shown = format!("{text}---\n{}", std::fs::read_to_string(&data).unwrap());
        let out = match Map::parse("map.yaml", &text) {
            Ok(map) => read(&program, &data, Some(&map)),
            Err(error) => format!("{error}\n"),
        };
        insta::with_settings!({
            description => shown,
            omit_expression => true,
            prepend_module_to_snapshot => false,
            filters => vec![("`[^`]*/cases/", "`…/cases/")],
        }, {
            insta::assert_snapshot!(out);
        });
    });
}

#[test]
fn guesses_can_be_used_as_they_are() {
    let program = shop::program();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/maps");
    let text = guess(&program, &folder.join("retail.csv")).unwrap().map;
    insta::assert_snapshot!("guess_retail", text);
    let map = Map::parse("guess", &text).unwrap();
    let out = read(&program, &folder.join("retail.csv"), Some(&map));
    insta::assert_snapshot!("guess_retail_events", out);
}

/// What is wrong with an event is told where its first row stands, also where others were read meanwhile.
#[test]
fn events_of_several_rows_are_where_the_first_of_them_is() {
    let program = shop::program();
    let map = "
zone: UTC
events:
  - event: purchase
    when: {column: Kind, equals: S}
    group by: Doc
    id: Doc
    member: Who
    time: When
    fields: {order: Doc, subtotal: {sum: Amt}}
  - event: update
    id: Doc
    member: Who
    time: When
";
    let path = scratch("groups.csv");
    let row = |doc: &str, kind: &str| format!("{doc},{kind},ann,2026-02-01T10:00:00Z,5.00\n");
    let rows = [("D1", "S"), ("D2", "S"), ("V1", "V"), ("D1", "S"), ("D3", "S"), ("V2", "V"), ("D2", "S")];
    let rows = rows.map(|(doc, kind)| row(doc, kind)).concat();
    std::fs::write(&path, format!("Doc,Kind,Who,When,Amt\n{rows}")).unwrap();
    let map = Map::parse("map.yaml", map).unwrap();
    let mut stream = EventStream::new(&program, &Inputs::find(&[path]).unwrap(), Some(&map), 0).unwrap();
    let mut told = Vec::new();
    while let Some(event) = stream.next() {
        told.push((event.unwrap().id.to_string(), stream.place().line));
    }
    let expected = [("D1", 2), ("D2", 3), ("V1", 4), ("D3", 6), ("V2", 7)];
    assert_eq!(told, expected.map(|(id, line)| (id.to_owned(), line)));
}

/// Numbers of a column that is called like a time are days of Excel, in fields that are dates too; an amount of that size is none.
#[test]
fn days_of_excel_are_noticed() {
    let program = shop::program();
    let path = scratch("excel-days.csv");
    let guessed = |rows: &str| {
        std::fs::write(&path, rows).unwrap();
        let text = guess(&program, &path).unwrap().map;
        let told = read(&program, &path, Some(&Map::parse("guess", &text).unwrap()));
        (text, told)
    };
    let (text, told) = guessed("order;customer;subtotal;date;day\nA1;ann;45000;45291;45290\nA2;bob;45001;45291,5;\n");
    assert!(text.contains("time: {start: 1899-12-30, days: \"date\"}"), "{text}");
    assert!(text.contains("day: {start: 1899-12-30, days: \"day\"}"), "{text}");
    assert!(text.contains("subtotal: \"subtotal\""), "{text}");
    assert!(told.contains("purchase 2023-12-31T00:00:00") && told.contains("purchase 2023-12-31T12:00:00"), "{told}");
    // A time that is written wins over a number.
    let (text, _) =
        guessed("order,customer,subtotal,datum,date\nA1,ann,5,45291,2026-01-02\nA2,bob,6,45292,2026-01-03\n");
    assert!(text.contains("time: {column: \"date\", format: \"%Y-%m-%d\"}"), "{text}");
    std::fs::write(&path, "order,customer,subtotal,note\nA1,ann,45291,45291\nA2,bob,45292,45292\n").unwrap();
    let text = guess(&program, &path).unwrap().map;
    assert!(text.contains("time: \"\"   # no column looks like a time"), "{text}");
}

#[test]
fn titles_and_totals_are_noticed() {
    let program = shop::program();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/maps/titles.csv");
    let text = guess(&program, &path).unwrap().map;
    assert!(text.contains("header: 4") && text.contains("row starts with: \"Total\""), "{text}");
    let map = Map::parse("guess", &text).unwrap();
    insta::assert_snapshot!("guess_titles_events", format!("{text}---\n{}", read(&program, &path, Some(&map))));
}

/// A column that says what a row is, in words that nobody knows: returns are not taken for sales, and nothing is read before people say which is which.
#[test]
fn words_that_are_like_no_event_are_asked_about() {
    let program = shop::program();
    let path = scratch("kinds.csv");
    let guessed = |column: &str, words: [&str; 3], amount: &str| {
        let row = |(n, word): (usize, &str)| format!("{n},2026-02-0{}T10:00:00Z,K1,A1,{word},{amount}\n", n + 1);
        let rows: String = words.into_iter().enumerate().map(row).collect();
        std::fs::write(&path, format!("Doc,Date,Customer,Order,{column},Total\n{rows}")).unwrap();
        guess(&program, &path).unwrap().map
    };
    for column in ["Type", "Kind", "Transaction Type"] {
        let text = guessed(column, ["INV", "RTN", "CRD"], "5.00");
        assert!(text.contains(&format!("when: {{column: \"{column}\", in: []}}")), "{text}");
        let asked = |word: &str| text.contains(&format!("# which event is \"{word}\"?"));
        assert!(["INV", "RTN", "CRD"].into_iter().all(asked), "{text}");
        assert!(["purchase", "refund"].iter().all(|event| text.contains(&format!("- event: \"{event}\""))), "{text}");
        let error = Map::parse("the guess", &text).unwrap_err().to_string();
        assert!(error.ends_with(&format!("list the words of `{column}` that are this event here")), "{error}");
        // What tells rows apart is seen beside it.
        assert!(text.contains("id: \"Doc\""), "{text}");
    }
    let filled = guessed("Kind", ["INV", "RTN", "INV"], "5.00");
    let filled = filled.replacen("in: []", "in: [INV]", 1).replacen("in: []", "in: [RTN]", 1);
    let told = read(&program, &path, Some(&Map::parse("the guess", &filled).unwrap()));
    assert_eq!((told.matches(" purchase ").count(), told.matches(" refund ").count()), (2, 1), "{told}");
    // Nothing is asked where one word says nothing, where another column is meant, or where the sign tells.
    let silent = [
        guessed("Kind", ["INV", "INV", "INV"], "5.00"),
        guessed("Colour", ["red", "blue", "green"], "5.00"),
        guessed("Status", ["open", "paid", "late"], "-5.00"),
    ];
    assert!(silent.iter().all(|text| Map::parse("the guess", text).is_ok()), "{silent:#?}");
}

/// Several rows of an order are one event: amounts of rows are added up, those of the order are taken once.
#[test]
fn rows_of_one_order_are_one_event() {
    let program = shop::program();
    let path = scratch("rows.csv");
    let guessed = |rows: &str| {
        std::fs::write(&path, rows).unwrap();
        let guess = guess(&program, &path).unwrap();
        let told = read(&program, &path, Some(&Map::parse("guess", &guess.map).unwrap()));
        (guess.map, told, guess.doubts)
    };
    let sums = |told: &str, sums: [&str; 2]| {
        assert_eq!(told.matches(" purchase ").count(), 2, "{told}");
        assert!(sums.iter().all(|sum| told.contains(sum)), "{told}");
    };
    let (map, told, doubts) = guessed(
        "id,date,customer,sku,subtotal\n1,2026-01-05T10:00:00Z,ann,x,5\n1,2026-01-05T10:00:00Z,ann,y,7\n2,2026-01-05T10:00:00Z,bob,x,5\n",
    );
    assert!(map.contains("group by: \"id\"") && map.contains("subtotal: {sum: \"subtotal\"}"), "{map}");
    assert!(doubts.iter().any(|doubt| doubt.contains("rows with the same `id` for one `purchase`")), "{doubts:?}");
    sums(&told, ["Exact(1200)", "Exact(500)"]);
    let (map, told, _) = guessed(
        "Order ID,date,customer,sku,price,subtotal\n1,2026-01-05T10:00:00Z,ann,x,5,12\n1,2026-01-05T10:00:00Z,ann,y,7,12\n2,2026-01-05T10:00:00Z,bob,x,5,5\n",
    );
    assert!(map.contains("subtotal: \"subtotal\"   # the same in all rows of an order: taken once"), "{map}");
    sums(&told, ["Exact(1200)", "Exact(500)"]);
    // A row that was exported twice is one row, and rows of other people or of another day are no rows of the order.
    for rows in [
        "Order ID,date,customer,subtotal\n1,2026-01-05T10:00:00Z,ann,5\n1,2026-01-05T10:00:00Z,ann,5\n",
        "Order ID,date,customer,subtotal\n1,2026-01-05T10:00:00Z,ann,5\n1,2026-01-06T10:00:00Z,ann,6\n",
        "Order ID,date,customer,subtotal\n1,2026-01-05T10:00:00Z,ann,5\n1,2026-01-05T10:00:00Z,bob,6\n",
    ] {
        let (map, ..) = guessed(rows);
        assert!(!map.contains("group by"), "{map}");
    }
    // What comes back in rows of its own has no part in the sale.
    let (map, told, _) = guessed(
        "order,date,customer,sku,subtotal\n1,2026-01-05T10:00:00Z,ann,x,5\n1,2026-01-05T10:00:00Z,ann,y,7\n1,2026-01-09T10:00:00Z,ann,y,-7\n",
    );
    assert!(map.contains("group by") && told.contains("refund"), "{map}{told}");
}

/// The words of a status say what became of an order. What came back or is not paid is no sale, and neither is what nobody knows.
#[test]
fn a_status_says_what_became_of_an_order() {
    let program = shop::program();
    let path = scratch("status.csv");
    let guessed = |column: &str, rows: &[(&str, &str)]| {
        let row = |(n, (order, word)): (usize, &(&str, &str))| {
            format!("2026-02-0{}T10:00:00Z,K1,{order},{word},5.00\n", n + 1)
        };
        let rows: String = rows.iter().enumerate().map(row).collect();
        std::fs::write(&path, format!("Date,Customer,Order,{column},Subtotal\n{rows}")).unwrap();
        let guess = guess(&program, &path).unwrap();
        let map = Map::parse("guess", &guess.map).unwrap_or_else(|error| panic!("{error}: {}", guess.map));
        let told = read(&program, &path, Some(&map));
        (["purchase", "refund"].map(|event| told.matches(&format!(" {event} ")).count()), guess.doubts.join("\n"), told)
    };
    let (events, doubts, _) =
        guessed("Status", &[("A1", "paid"), ("A2", "pending"), ("A3", "refunded"), ("A4", "shipped"), ("A5", "lost")]);
    assert_eq!(events, [2, 0], "{doubts}");
    for said in [
        "rows whose `Status` is `refunded`, as it came back",
        "rows whose `Status` is `pending`, as it is not paid, or not yet",
        "nobody knows what `lost` in `Status` means",
    ] {
        assert!(doubts.contains(said), "{doubts}");
    }
    // Nobody knows any word: nothing is a sale, and the run goes on.
    let (events, doubts, told) = guessed("Order Status", &[("A1", "INV"), ("A2", "RTN"), ("A3", "CRD")]);
    assert_eq!(events, [0, 0], "{told}");
    assert!(doubts.contains("nobody knows what `CRD`, `INV`, `RTN` in `Order Status` mean"), "{doubts}");
    // What came back has a row of its own: the sale was one.
    let (events, ..) = guessed("Payment Status", &[("A1", "paid"), ("A2", "paid"), ("A1", "refunded")]);
    assert_eq!(events, [2, 1]);
}

/// A condition that compares a number, and finds none, is told for what it is.
#[test]
fn numbers_that_conditions_cannot_read_are_told() {
    let program = shop::program();
    let path = scratch("compared.csv");
    std::fs::write(&path, "Order;Who;When;Amt\nA1;ann;2026-02-01;10,00\nA2;ann;2026-02-01;10.00\nA3;ann;2026-02-01;8,00\nA4;ann;2026-02-01;\n").unwrap();
    let map = "
decimal: comma
zone: UTC
events:
  - event: purchase
    when: {column: Amt, above: 9}
    id: Order
    member: Who
    time: When
    fields: {order: Order, subtotal: Amt}
";
    let told = read(&program, &path, Some(&Map::parse("map.yaml", map).unwrap()));
    let reasons: Vec<&str> = told.lines().filter(|line| line.contains("no event of the map")).collect();
    let why = "it compares `Amt`, and `10.00` is not a number such as `1.234,50`";
    let none = "no event of the map fits this record";
    assert_eq!(
        reasons,
        [&*format!("3:19: {none}: {why}"), &*format!("4:1: {none}"), &*format!("5:1: {none}")],
        "{told}"
    );
}

#[test]
fn s50_a_member_lives_in_a_zone_that_there_is() {
    let text =
        "program \"Z\" {\n  currency USD\n  timezone of member else \"UTC\"\n}\nmember { timezone text, optional }\n";
    let loaded = Program::from_text("z.meed", text).unwrap();
    let path = scratch("zones.csv");
    let rows = [("j1", "Europe/Berlin"), ("j2", "Europa/Berlin"), ("j3", ""), ("j4", "+02:00")];
    let row = |(id, zone): (&str, &str)| format!("{id},join,{id},2026-02-01T10:00:00Z,{zone}\n");
    std::fs::write(&path, format!("id,type,member,time,timezone\n{}", rows.map(row).concat())).unwrap();
    let told = read(loaded.versions.last().unwrap(), &path, None);
    assert_eq!(told.lines().filter(|line| line.starts_with("event")).count(), 3, "{told}");
    assert!(told.contains("3:33: `timezone`: `Europa/Berlin` is not a time zone"), "{told}");
}

#[test]
fn coins_and_roundings_are_those_of_the_currency_of_the_row() {
    let text = "program \"C\" {\n  currency USD\n  accepts EUR at 1.20\n  accepts JPY at 0.0065\n  timezone \"UTC\"\n}\nevent sale {\n  total money\n  tax money\n}\n";
    let loaded = Program::from_text("c.meed", text).unwrap();
    let program = loaded.versions.last().unwrap();
    let path = scratch("coins.csv");
    std::fs::write(&path, "id,coins,tax,cur\n1,1000,9.995,JPY\n2,1000,9.995,EUR\n3,1000,9.995,\n3,1000,9.995,\n4,500,1.2,JPY\n4,50,1.3,\n").unwrap();
    let read = |group: &str, total: &str, tax: &str| {
        let fields = format!("total: {total}, tax: {tax}");
        let map = format!(
            "zone: UTC\nevents:\n  - event: sale\n    {group}\n    id: id\n    member: id\n    time: {{text: \"2026-02-01\"}}\n    currency: cur\n    fields: {{{fields}}}\n"
        );
        let map = Map::parse("map.yaml", &map).unwrap();
        let told = read(program, &path, Some(&map));
        told.lines().filter_map(|line| Some(line.split_once('[')?.1.to_owned())).collect::<Vec<_>>()
    };
    let rows =
        read("when: {column: id, is: not empty}", "{column: coins, unit: minor}", "{column: tax, round: nearest}");
    assert_eq!(
        rows[..3],
        ["Exact(650), Exact(7)]", "Exact(1200), Exact(1200)]", "Exact(1000), Exact(1000)]"].map(str::to_owned)
    );
    for coins in ["{sum: {column: coins, unit: minor}}", "{sum: coins, unit: minor}"] {
        let groups = read("group by: id", coins, "{sum: tax, round: nearest}");
        let all = [
            "Exact(650), Exact(7)]",
            "Exact(1200), Exact(1200)]",
            "Exact(2000), Exact(1999)]",
            "Exact(358), Exact(2)]",
        ];
        assert_eq!(groups, all);
    }
}

pub(super) fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("meed-events-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

fn purchases(count: usize) -> String {
    let line = |n: usize| {
        format!(
            "{{\"id\":\"e{n}\",\"type\":\"purchase\",\"member\":\"m{}\",\"time\":\"2026-02-01T10:00:00Z\",\"order\":\"o{n}\",\"subtotal\":12.50}}\n",
            n % 7
        )
    };
    (0..count).map(line).collect()
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn count(path: &Path) -> (usize, Vec<String>) {
    let program = shop::program();
    let inputs = Inputs::find(&[path.to_owned()]).unwrap();
    let (mut events, mut reasons) = (0, Vec::new());
    for result in EventStream::new(&program, &inputs, None, 0).unwrap() {
        match result {
            Ok(_) => events += 1,
            Err(reject) => reasons.push(reject.reason),
        }
    }
    (events, reasons)
}

#[test]
fn packers_are_told_by_their_bytes() {
    let text = purchases(100);
    for (name, bytes) in [
        ("gzip.data", packed(&text)),
        ("zstd.data", zstd::encode_all(text.as_bytes(), 0).unwrap()),
        ("plain.gz", text.into_bytes()),
    ] {
        let path = scratch(name);
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(count(&path), (100, Vec::new()), "{name}");
    }
}

#[test]
fn s50_a_file_that_was_cut_off_keeps_what_can_be_read() {
    let text = purchases(50_000);
    let whole = packed(&text);
    let path = scratch("cut.jsonl.gz");
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let (events, reasons) = count(&path);
    assert!(events > 10_000, "{events}");
    assert_eq!(
        reasons,
        ["the compressed data ends too early, as if the file was cut off; every record before this one was read"]
    );
    std::fs::write(&path, &whole[..12]).unwrap();
    let (events, reasons) = count(&path);
    assert_eq!((events, reasons.len()), (0, 1), "{reasons:?}");
    let zstd = zstd::encode_all(text.as_bytes(), 0).unwrap();
    let path = scratch("cut.jsonl.zst");
    std::fs::write(&path, &zstd[..zstd.len() - 5]).unwrap();
    let (_, reasons) = count(&path);
    assert_eq!(reasons.len(), 1, "{reasons:?}");
}

#[test]
fn folders_are_read_in_order() {
    let folder = scratch("folder");
    std::fs::create_dir_all(folder.join("b")).unwrap();
    std::fs::write(folder.join("c.jsonl"), purchases(1)).unwrap();
    std::fs::write(folder.join("b/a.json"), purchases(2)).unwrap();
    std::fs::write(folder.join("b/notes.txt"), "not events").unwrap();
    assert_eq!(count(&folder), (3, Vec::new()));
    assert!(Inputs::find(&[folder.join("nothing.csv")]).is_err());
}
