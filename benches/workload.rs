//! The table of `docs/performance.md`: how long Meed takes for the workload, beside what the limit takes in the same run.
//!
//! `cargo bench --bench workload`, or with a file of its events behind `--`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    reason = "a bench that cannot begin has nothing to say, and its ratios are for people"
)]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{Scratch, beside, judge, median, once, ratio, read, timed, took, versions};
use meed::Program;
use meed::compile::compile;
use meed::engine::{Engine, Event, Outcome, Pots, World};
use meed::events::Map;
use meed::journal::{Line, MemberLine};
use meed::kernel::Plan;

mod common;
mod limit;
mod sums;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const MEMBERS: u64 = 20_000;
const EVENTS: u64 = 200_000;

fn main() {
    let named = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let scratch = Scratch::new();
    let own = || scratch.file("workload.jsonl", limit::sample(MEMBERS, EVENTS, 1));
    let path = named.map_or_else(own, PathBuf::from);
    let text = fs::read_to_string(&path).unwrap();
    let program = fs::read_to_string(common::programs().join("bench/loyalty.meed")).unwrap();
    let versions = versions(&program);
    let engine = compile(&versions);
    let events = read(&versions[0], &path, None);

    let totals = limit::run(&text);
    assert_eq!(told(&versions, &engine, events.clone()), totals, "Meed and the limit disagree");
    println!("{totals}\n");

    println!("| what | ns for each event | against the limit |\n|---|---|---|");
    let limit = || took(|| limit::run(&text));
    let say = |what: &str, work: &mut dyn FnMut() -> Duration| {
        let (took, ratio) = beside(limit, work);
        println!("| {what} | {} | {ratio:.1} x |", took.as_nanos() / u128::from(totals.events));
    };
    say("the limit, text to totals", &mut || limit());
    let blocks = limit::read(&text);
    say("the limit, from memory", &mut || took(|| limit::judge(&blocks)));
    let judging = |threads: usize| once(|| events.clone(), |events| judge(&engine, events, threads));
    say("read", &mut || took(|| read(&versions[0], &path, None)));
    say("judge, from memory", &mut || judging(1));
    say("judge, from memory, two threads", &mut || judging(2));
    say("read and judge", &mut || took(|| judge(&engine, read(&versions[0], &path, None), 1)));
    let plan = Arc::new(Plan::of(&engine.versions()[0]).expect("a plain program"));
    sums::tell(&versions[0], &plan, &path, &totals, say);
    say("`meed run`, all of it", &mut || run(&path, "1"));
    say("`meed run`, two threads", &mut || run(&path, "2"));
    written(&scratch, &path, say);
    let many = limit::sample(4 * MEMBERS, 5 * EVENTS, 1);
    let large = scratch.file("large.jsonl", &many);
    million(&large, &many);
    formats(&scratch, &versions[0], &events, &text, say);

    println!("\n| what | |\n|---|---|");
    sums::from_memory("sums: judge from memory", &versions[0], &plan, &path, &text);
    sums::from_memory("sums: judge from memory, a million events", &versions[0], &plan, &large, &many);
    history(&scratch, &engine, &versions[0]);
    applied(&scratch, &engine, &versions[0]);
    sums::history(&scratch, &versions[0], &plan);
    listeners(&scratch);
    texts(&program);
    start();
}

/// Five times as many events, beside which starting and ending count for little.
fn million(path: &Path, text: &str) {
    let limit = || took(|| limit::run(text));
    for (what, threads) in [("a million events", "1"), ("a million events, two threads", "2")] {
        let (took, ratio) = beside(limit, || run(path, threads));
        let each = took.as_nanos() / u128::from(5 * EVENTS);
        println!("| `meed run`, {what} | {each} | {ratio:.1} x |");
    }
}

/// What happened written down, one thread and two: the table of members, the journal, and the journal with members.
fn written(scratch: &Scratch, path: &Path, say: impl Fn(&str, &mut dyn FnMut() -> Duration)) {
    let journal = scratch.file("journal.jsonl", "");
    let [table, out] = ["members.csv", "out"].map(|name| journal.with_file_name(name));
    let writes = [
        ("the table of members", "--members", &table),
        ("the journal alone", "--journal", &journal),
        ("journal and members", "-o", &out),
    ];
    for (what, option, to) in writes {
        for (threads, on) in [("1", ""), ("2", ", two threads")] {
            let mut run = || run_with(&[path, Path::new(option), to], threads);
            say(&format!("`meed run`, {what}{on}"), &mut run);
        }
    }
}

/// How long the command takes for a file of events.
fn run(path: &Path, threads: &str) -> Duration {
    run_with(&[path], threads)
}

/// The same with more behind the file.
fn run_with(args: &[&Path], threads: &str) -> Duration {
    let program = common::programs().join("bench/loyalty.meed");
    let mut meed = Command::new(env!("CARGO_BIN_EXE_meed"));
    meed.arg("run").arg(&program).args(args).args(["--quiet", "--threads", threads]);
    took(|| {
        let done = meed.output().unwrap();
        assert!(done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    })
}

/// The same events in other formats.
fn formats(
    scratch: &Scratch,
    program: &Program,
    events: &[Event],
    text: &str,
    say: impl Fn(&str, &mut dyn FnMut() -> Duration),
) {
    let reading = |path: &Path, map: Option<&Map>| took(|| read(program, path, map));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let files = [
        ("CSV", "table.csv", table(text).into_bytes()),
        ("gzip", "packed.jsonl.gz", gzip.finish().unwrap()),
        ("zstd", "packed.jsonl.zst", zstd::encode_all(text.as_bytes(), 3).unwrap()),
    ];
    for (what, name, bytes) in files {
        let path = scratch.file(name, bytes);
        assert_eq!(read(program, &path, None), events, "{what} says something else");
        say(&format!("read, {what}"), &mut || reading(&path, None));
        say(&format!("`meed run`, {what}"), &mut || run(&path, "1"));
    }
    // Reading YAML takes so long that a tenth is enough.
    let part: Vec<&str> = text.lines().take(events.len() / 10).collect();
    let path = scratch.file("events.yaml", yaml(&part));
    assert_eq!(read(program, &path, None), events[..part.len()], "YAML says something else");
    say("read, YAML", &mut || reading(&path, None) * 10);
    let path = scratch.file("mapped.csv", table(text));
    let map = Map::parse("map", &map()).unwrap();
    let mut mapped = read(program, &path, Some(&map));
    // Rows have numbers in place of the sequence that records may have.
    mapped.iter_mut().for_each(|event| event.sequence = 0);
    assert_eq!(mapped, events, "the map says something else");
    say("read, CSV through a map", &mut || reading(&path, Some(&map)));
    let map = scratch.file("map.yaml", self::map());
    say("`meed run`, CSV through a map", &mut || run_with(&[&path, Path::new("--map"), &map], "1"));
}

/// Events as a list of YAML, each value on a line of its own.
fn yaml(lines: &[&str]) -> String {
    let mut yaml = String::new();
    for line in lines {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        for (place, (key, value)) in record.as_object().unwrap().iter().enumerate() {
            writeln!(yaml, "{} {key}: {value}", if place == 0 { "-" } else { " " }).unwrap();
        }
    }
    yaml
}

/// How the columns of [`table`] become events.
fn map() -> String {
    let mut map = String::from("events:\n");
    for event in ["signup", "visit", "review", "share", "referral", "purchase", "refund", "redeem"] {
        writeln!(
            map,
            "  - event: {event}\n    when: {{column: type, is: {event}}}\n    time: ts\n    currency: currency"
        )
        .unwrap();
    }
    map
}

/// The events as a table, with the lines of purchases as JSON in their cell.
fn table(text: &str) -> String {
    const COLUMNS: [&str; 10] =
        ["id", "member", "ts", "type", "channel", "amount", "currency", "partner", "ref", "items"];
    let mut table = COLUMNS.join(",") + "\n";
    for line in text.lines() {
        let record: std::collections::HashMap<&str, &serde_json::value::RawValue> = serde_json::from_str(line).unwrap();
        let cell = |column: &&str| match record.get(column).map(|value| value.get()) {
            None => String::new(),
            Some(list) if list.starts_with('[') => format!("\"{}\"", list.replace('"', "\"\"")),
            Some(value) => value.trim_matches('"').to_owned(),
        };
        table += &COLUMNS.iter().map(cell).collect::<Vec<_>>().join(",");
        table.push('\n');
    }
    table
}

/// The totals, from what Meed writes for everybody.
fn told(versions: &[Arc<Program>], engine: &Engine, events: Vec<Event>) -> limit::Totals {
    let (count, mut world) = (events.len() as u64, World::new(engine.clone()));
    let mut journal = String::new();
    let mut tell = |outcome: Outcome| {
        let line = serde_json::to_string(&Line::new(&versions[0], &outcome, 1)).unwrap();
        writeln!(journal, "{line}").unwrap();
    };
    world.submit(events, &mut tell);
    world.advance(None, &mut tell);
    let mut members = String::new();
    for state in world.members() {
        let line = serde_json::to_string(&MemberLine::new(world.engine(), state)).unwrap();
        writeln!(members, "{line}").unwrap();
    }
    limit::told::told(count, &members, &journal)
}

/// What an event costs a member with a long history and one with a short one.
fn history(scratch: &Scratch, engine: &Engine, program: &Program) {
    let each = |past: u64| {
        // So many that what is done seldom, but takes long where the history is long, has its share.
        let path = scratch.file("history.jsonl", limit::sample(1, past + 10_000, 2));
        let mut events = read(program, &path, None);
        let rest = events.split_off(past as usize);
        let mut world = World::new(engine.clone());
        world.submit(events, &mut |outcome| drop(black_box(outcome)));
        let start = Instant::now();
        for event in rest {
            world.submit(vec![event], &mut |outcome| drop(black_box(outcome)));
        }
        start.elapsed() / 10_000
    };
    let (short, long) = (each(100), each(100_000));
    println!("| one event after 100,000 others of its member, against one after 100 | {:.2} x |", ratio(long, short));
}

/// The same for a service that hands over one event of one member at a time.
fn applied(scratch: &Scratch, engine: &Engine, program: &Program) {
    let each = |past: u64| {
        let path = scratch.file("applied.jsonl", limit::sample(1, past + 10_000, 2));
        let mut events = read(program, &path, None);
        let rest = events.split_off(past as usize);
        let (mut state, mut pots) = (engine.state(events[0].member.clone(), events[0].time), Pots::default());
        let mut apply = |event: &Event| drop(black_box(engine.apply(&mut state, &mut pots, event).unwrap()));
        events.iter().for_each(&mut apply);
        let start = Instant::now();
        rest.iter().for_each(apply);
        start.elapsed() / 10_000
    };
    let (short, long) = (each(100), each(100_000));
    println!(
        "| `Engine::apply`: one event after 100,000 others of its member, {long:.1?}, against one after 100 | {:.2} x |",
        ratio(long, short)
    );
}

/// What an event costs among ten rules that listen to it, and among ten of a thousand.
fn listeners(scratch: &Scratch) {
    let program = |others: usize| {
        let mut text = String::from(
            "program \"P\" {\n  currency EUR\n  timezone \"UTC\"\n}\nevent buy {\n  amount money\n}\nevent other {\n  amount money\n}\nunit points {\n  round down per event\n  expires never\n}\n",
        );
        for i in 0..10 {
            writeln!(text, "earn a{i} on buy {{\n  when amount > €{i}\n  give 1 points per €1 of amount\n}}").unwrap();
        }
        for i in 0..others {
            writeln!(text, "earn b{i} on other {{\n  when amount > €{i}\n  give 1 points per €1 of amount\n}}")
                .unwrap();
        }
        versions(&text)
    };
    let mut lines = String::new();
    for i in 0..20_000_u64 {
        let (minute, second) = (i / 60 % 60, i % 60);
        let hour = i / 3_600;
        let time = format!("2026-01-01T{hour:02}:{minute:02}:{second:02}Z");
        writeln!(lines, r#"{{"id":"e{i}","member":"m{}","time":"{time}","type":"buy","amount":12.50}}"#, i % 500)
            .unwrap();
    }
    let path = scratch.file("listeners.jsonl", lines);
    let took = |others: usize| {
        let versions = program(others);
        let (engine, events) = (compile(&versions), read(&versions[0], &path, None));
        timed(3, || events.clone(), |events| judge(&engine, events, 1))
    };
    let (few, many) = (took(0), took(990));
    println!("| one event among 1,000 rules of which 10 listen, against those 10 alone | {:.2} x |", ratio(many, few));
}

/// How long a program takes until it can judge.
fn texts(program: &str) {
    let took = |text: &str| {
        let check = median(|| Program::from_text("bench.meed", text));
        let versions = versions(text);
        (text.lines().count(), check, median(|| compile(&versions)))
    };
    let mut long = program.to_owned();
    for i in 0.. {
        if long.lines().count() >= 500 {
            break;
        }
        let of_this = "partner is hotelux and channel is app and categories >= 2";
        writeln!(long, "\nearn more_{i} on purchase {{").unwrap();
        writeln!(long, "  when    amount >= €{i} and {of_this}").unwrap();
        writeln!(long, "  give    floor(partner_rate[partner] * (1 point per €1 of amount))").unwrap();
        writeln!(long, "  limit   50 points each calendar day\n  refunds in proportion\n}}").unwrap();
    }
    for text in [program, &long] {
        let (lines, check, compile) = took(text);
        println!("| {lines} lines: parse and check; compile | {check:.1?}; {compile:.1?} |");
    }
}

/// How long the command line takes to begin.
fn start() {
    let version = || Command::new(env!("CARGO_BIN_EXE_meed")).arg("--version").output().unwrap();
    assert!(version().status.success());
    println!("| `meed --version`, from start to end | {:.1?} |", timed(21, || (), |()| version()));
}
