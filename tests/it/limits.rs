//! Every limit on both sides: what is exactly at it is read, what is one above is refused, and the message says the limit.

use std::path::{Path, PathBuf};
use std::process::Command;

use meed::Program;
use meed::events::{
    EventStream, FIRST_YEAR, Inputs, LAST_YEAR, MAX_DEPTH, MAX_ID, MAX_KEYS, MAX_LINE_BYTES, MAX_LIST, MAX_MAP,
    MAX_OPEN_GROUPS, MAX_ROW_LINES, MAX_SAMPLE, MAX_TEXT, MAX_UNFOLDED, Map, guess,
};

mod programs;

fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("meed-limits-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

/// How many events a file has, and the reasons of the records that are none.
fn read(name: &str, text: &str, map: Option<&Map>) -> (usize, Vec<String>) {
    let path = scratch(name);
    std::fs::write(&path, text).unwrap();
    let program = Program::from_path(Path::new("tests/cases/input/shop.meed")).unwrap();
    let program = program.versions.last().unwrap();
    let (mut events, mut reasons) = (0, Vec::new());
    let inputs = Inputs::find(std::slice::from_ref(&path)).unwrap();
    for result in EventStream::new(program, &inputs, map, 0).unwrap() {
        match result {
            Ok(_) => events += 1,
            Err(reject) => reasons.push(reject.reason),
        }
    }
    std::fs::remove_file(path).unwrap();
    (events, reasons)
}

/// The good text is one event; the bad one is none, for a reason that names the limit.
fn both_sides(name: &str, good: &str, bad: &str, limit: usize) {
    assert_eq!(read(name, good, None), (1, Vec::new()), "{name} at {limit}");
    let (events, reasons) = read(name, bad, None);
    let told = reasons.first().is_some_and(|reason| reason.contains(&limit.to_string()));
    assert!(events == 0 && reasons.len() == 1 && told, "{name} above {limit}: {events} {reasons:?}");
}

/// A record of so many bytes in the format of a name, with `rest` in it.
fn record(rest: &str) -> String {
    let head = "\"id\":\"x\",\"type\":\"purchase\",\"member\":\"m\",\"time\":\"2026-02-01T10:00:00Z\",\"order\":\"o\",\"total\":1";
    format!("{{{head}{rest}}}")
}

/// The record, made as long as `bytes` says.
fn long(bytes: usize) -> String {
    let without = record(",\"other\":\"\"").len();
    record(&format!(",\"other\":\"{}\"", "x".repeat(bytes - without)))
}

#[test]
fn s50_limits_of_records_hold_in_every_format() {
    // The same records as JSON Lines, as JSON and, since YAML knows JSON, as YAML.
    type Form = fn(&str) -> String;
    let forms: [(&str, Form); 3] = [
        ("limit.jsonl", |record| format!("{record}\n")),
        ("limit.json", |record| format!("[{record}]")),
        ("limit.yaml", |record| format!("- {record}\n")),
    ];
    let keys = |count: usize| (6..count).map(|n| format!(",\"k{n}\":1")).collect::<String>();
    let list = |count: usize| format!(",\"items\":[{}]", vec!["{\"sku\":\"a\",\"price\":1}"; count].join(","));
    let deep = |depth: usize| format!(",\"other\":{}{}", "[".repeat(depth), "]".repeat(depth));
    let note = |bytes: usize| format!(",\"note\":\"{}\"", "x".repeat(bytes));
    for (name, form) in forms {
        let both = |good: String, bad: String, limit| both_sides(name, &form(&good), &form(&bad), limit);
        both(record(&keys(MAX_KEYS)), record(&keys(MAX_KEYS + 1)), MAX_KEYS);
        both(record(&list(MAX_LIST)), record(&list(MAX_LIST + 1)), MAX_LIST);
        both(record(&note(MAX_TEXT)), record(&note(MAX_TEXT + 1)), MAX_TEXT);
        let id = |bytes: usize| record("").replace("\"x\"", &format!("\"{}\"", "x".repeat(bytes)));
        both(id(MAX_ID), id(MAX_ID + 1), MAX_ID);
        // In YAML the list that holds the records is one level more.
        let levels = MAX_DEPTH - 1 - usize::from(name.ends_with("yaml"));
        both(record(&deep(levels)), record(&deep(levels + 1)), MAX_DEPTH);
        both(record(&deep(2)), record(&deep(100_000)), MAX_DEPTH);
    }
    both_sides("limit.jsonl", &long(MAX_LINE_BYTES), &long(MAX_LINE_BYTES + 1), MAX_LINE_BYTES);
    both_sides(
        "limit.json",
        &format!("[{}]", long(MAX_LINE_BYTES)),
        &format!("[{}]", long(MAX_LINE_BYTES + 1)),
        MAX_LINE_BYTES,
    );
    both_sides(
        "limit.yaml",
        &format!("- {}", long(MAX_LINE_BYTES - 2)),
        &format!("- {}", long(MAX_LINE_BYTES - 1)),
        MAX_LINE_BYTES,
    );
}

#[test]
fn s50_what_aliases_repeat_has_a_limit() {
    const COUNT: usize = 1_000;
    // The record, the list around it, its six values and three more, two of them lists; each alias is as much as what it stands for.
    let values = 2 + 6 + 3 + COUNT + COUNT * (1 + COUNT);
    let keys = "idtypemembertimeordertotalabother".len();
    let texts = "xpurchasem2026-02-01T10:00:00Zo".len();
    let rest = MAX_UNFOLDED - 16 * values - keys - texts;
    let list = |item: &str| vec![item; COUNT].join(", ");
    let text = |length: usize| {
        let other = "y".repeat(length);
        let more = format!(",\"a\": &a [{}],\"b\": [{}],\"other\": \"{other}\"", list("1"), list("*a"));
        format!("- {}", record(&more))
    };
    both_sides("unfolded.yaml", &text(rest), &text(rest + 1), MAX_UNFOLDED);
}

#[test]
fn years_have_limits() {
    let on = |year: i32| record("").replace("2026-02-01", &format!("{year}-06-01"));
    let limits = format!("years from {FIRST_YEAR} to {LAST_YEAR}");
    for (good, bad) in [(FIRST_YEAR, FIRST_YEAR - 1), (LAST_YEAR, LAST_YEAR + 1)] {
        assert_eq!(read("limit.jsonl", &on(good), None), (1, Vec::new()));
        let (events, reasons) = read("limit.jsonl", &on(bad), None);
        assert!(events == 0 && reasons.len() == 1 && reasons[0].contains(&limits), "{bad}: {reasons:?}");
    }
}

#[test]
fn s50_limits_of_tables_hold_on_both_sides() {
    let table = |columns: usize, note: &str| {
        let extra: String = (7..columns).map(|n| format!(",k{n}")).collect();
        let cells = ",".repeat(columns.saturating_sub(7));
        format!("id,type,member,time,order,total,note{extra}\nx,purchase,m,2026-02-01T10:00:00Z,o,1,{note}{cells}\n")
    };
    both_sides("limit.csv", &table(MAX_KEYS, ""), &table(MAX_KEYS + 1, ""), MAX_KEYS);
    both_sides("limit.csv", &table(7, &"x".repeat(MAX_TEXT)), &table(7, &"x".repeat(MAX_TEXT + 1)), MAX_TEXT);
    let lines = |count: usize| table(7, &format!("\"{}\"", "\n".repeat(count)));
    assert_eq!(read("limit.csv", &lines(MAX_ROW_LINES), None), (1, Vec::new()));
    let (events, reasons) = read("limit.csv", &lines(MAX_ROW_LINES + 1), None);
    assert!(events == 0 && reasons.first().is_some_and(|reason| reason.contains("within 500 lines")), "{reasons:?}");
    let row = |bytes: usize| {
        let head = "x,purchase,m,2026-02-01T10:00:00Z,o,1,";
        format!("id,type,member,time,order,total,other\n{head}{}\n", "y".repeat(bytes - head.len()))
    };
    both_sides("limit.csv", &row(MAX_LINE_BYTES), &row(MAX_LINE_BYTES + 1), MAX_LINE_BYTES);
}

#[test]
fn s50_a_list_is_as_long_as_its_file() {
    let many = 3 * MAX_LINE_BYTES / record("").len();
    let text = format!("[{}]", vec![record(""); many].join(","));
    assert_eq!(read("limit.json", &text, None), (many, Vec::new()));
}

#[test]
fn a_map_has_a_limit() {
    let map = |bytes: usize| {
        let text = "events: {event: purchase}\n#";
        format!("{text}{}", "x".repeat(bytes - text.len()))
    };
    assert!(Map::parse("map.yaml", &map(MAX_MAP)).is_ok());
    let error = Map::parse("map.yaml", &map(MAX_MAP + 1)).unwrap_err().to_string();
    assert!(error.contains(&MAX_MAP.to_string()), "{error}");
}

#[test]
fn rows_of_one_event_stand_within_a_limit() {
    let map = Map::parse(
        "map.yaml",
        "zone: UTC\nevents:\n  - event: purchase\n    group by: order\n    id: order\n    fields: {total: {sum: total}}\n",
    );
    let table = |between: usize| {
        let row = |order: String| format!("{order},m,2026-02-01 10:00:00,1\n");
        let others: String = (0..between).map(|n| row(format!("o{n}"))).collect();
        format!("order,member,time,total\n{}{others}{}", row("first".to_owned()), row("first".to_owned()))
    };
    let map = map.unwrap();
    assert_eq!(read("limit.csv", &table(MAX_OPEN_GROUPS - 1), Some(&map)), (MAX_OPEN_GROUPS, Vec::new()));
    let (events, reasons) = read("limit.csv", &table(MAX_OPEN_GROUPS), Some(&map));
    let told = reasons.first().is_some_and(|reason| reason.contains(&MAX_OPEN_GROUPS.to_string()));
    assert!(events == MAX_OPEN_GROUPS + 1 && reasons.len() == 1 && told, "{events} {reasons:?}");
}

#[test]
fn guesses_look_at_a_limited_number_of_records() {
    let program = Program::from_path(Path::new("tests/cases/input/shop.meed")).unwrap();
    // The last date decides which number is the day, where it is among those that are looked at.
    let guessed = |before: usize| {
        let row = |date: &str, n: usize| format!("purchase,m,{date} 10:00,o{n},1\n");
        let rows: String = (0..before).map(|n| row("01/02/2026", n)).collect();
        let path = scratch(&format!("guess-{before}.csv"));
        std::fs::write(&path, format!("type,member,time,order,total\n{rows}{}", row("13/02/2026", before))).unwrap();
        guess(program.versions.last().unwrap(), &path).unwrap().map
    };
    let undecided = "every value fits both";
    assert!(!guessed(MAX_SAMPLE - 1).contains(undecided), "{}", guessed(MAX_SAMPLE - 1));
    assert!(guessed(MAX_SAMPLE).contains(undecided), "{}", guessed(MAX_SAMPLE));
}

/// A record that never ends is not kept: the run has less memory than the record is long.
#[test]
#[cfg(target_os = "linux")]
fn s50_a_record_of_a_gigabyte_is_not_read_into_memory() {
    const MEBIBYTES: usize = 1024;
    for (name, before, after) in [
        ("huge.jsonl", "{\"id\":\"", "\"}\n"),
        ("huge.json", "[{\"id\":\"", "\"},"),
        ("huge.yaml", "- {id: \"", "\"}\n- "),
        ("huge.csv", "id,type,member,time,order,total\n", "\nx,purchase,m,2026-02-01T10:00:00Z,o,1\n"),
    ] {
        let path = scratch(&format!("{name}.zst"));
        let mut encoder = zstd::Encoder::new(std::fs::File::create(&path).unwrap(), 1).unwrap();
        let mut write = |bytes: &[u8]| std::io::Write::write_all(&mut encoder, bytes).unwrap();
        write(before.as_bytes());
        let block = vec![b'x'; 1 << 20];
        let size = if name == "huge.json" { MEBIBYTES / 16 } else { MEBIBYTES };
        (0..size).for_each(|_| write(&block));
        write(after.as_bytes());
        if !after.contains("purchase") {
            write(record("").as_bytes());
        }
        if name == "huge.json" {
            write(b"]");
        }
        encoder.finish().unwrap();
        let script = format!(
            "ulimit -v {}; exec \"$0\" run tests/cases/input/shop.meed \"$1\" --quiet --format json",
            400 * 1024
        );
        let output = Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_meed")]).arg(&path).output().unwrap();
        std::fs::remove_file(&path).unwrap();
        let (out, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{name}: {errors}");
        assert!(errors.contains(&format!("the record is longer than {MAX_LINE_BYTES} bytes")), "{name}: {errors}");
        assert!(out.contains("\"events\":1") || out.contains("\"events\": 1"), "{name}: {out}");
    }
}

#[test]
fn the_page_of_limits_is_true() {
    use meed::{check, engine, events, syntax};
    let page = std::fs::read_to_string("docs/limits.md").unwrap();
    let told = |name: &str, value: &str| {
        let row = page.lines().find(|line| line.contains(&format!("`{name}`")));
        assert!(
            row.is_some_and(|row| row.contains(&format!(" {value}"))),
            "{name} is {value}, but the page says {row:?}"
        );
    };
    macro_rules! all {
        ($($room:ident::$name:ident),+ $(,)?) => {
            $(told(concat!(stringify!($room), "::", stringify!($name)), &$room::$name.to_string());)+
        };
    }
    // `tidy` sees to it that no limit is left out.
    all!(
        events::MAX_LINE_BYTES,
        events::MAX_ROW_LINES,
        events::MAX_DEPTH,
        events::MAX_KEYS,
        events::MAX_LIST,
        events::MAX_TEXT,
        events::MAX_ID,
        events::FIRST_YEAR,
        events::LAST_YEAR,
        events::MAX_MAP,
        events::MAX_OPEN_GROUPS,
        events::MAX_SAMPLE,
        syntax::MAX_FILE,
        syntax::MAX_DEPTH,
        syntax::MAX_OPERATORS,
        syntax::MAX_WHERE,
        syntax::MAX_TEXT,
        syntax::MAX_MESSAGES,
        check::MAX_ITEMS,
        check::MAX_PARTS,
        check::MAX_DECIMALS,
        check::MAX_MESSAGES,
        check::MAX_NESTING,
        check::MAX_STEPS,
        engine::MOST_AT_ONCE,
        engine::MAX_ROUNDS,
        engine::MAX_WON,
    );
}
