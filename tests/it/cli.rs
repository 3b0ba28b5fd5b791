//! The command as people use it: what it prints, what it writes, how it ends.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(super) fn meed(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

pub(super) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meed"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("CI").env("NO_COLOR", "1");
    command
}

/// Everything that a command said, with its exit code; what depends on the speed of the machine is left out, the width of tables too.
pub(super) fn said(arguments: &[&str]) -> String {
    let output = meed(arguments);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let narrow = |line: &str| {
        let mut line = line.to_owned();
        for wide in ["──", "══"] {
            while line.contains(wide) {
                line = line.replace(wide, wide.get(..3).unwrap());
            }
        }
        while line.starts_with('│') && line.contains("  ") {
            line = line.replace("  ", " ");
        }
        line + "\n"
    };
    let out: String =
        text(&output.stdout).lines().filter(|line| !line.contains("events per second")).map(narrow).collect();
    format!(
        "$ meed {}\n{out}--- standard error\n{}--- exit {}\n",
        arguments.join(" "),
        text(&output.stderr),
        output.status.code().unwrap()
    )
}

/// A folder of its own for each test, gone with it.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("meed-cli-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
    pub(super) fn named(&self, name: &str) -> String {
        self.join(name).to_str().unwrap().to_owned()
    }
    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.join(name)).unwrap()
    }
    pub(super) fn read_bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.join(name)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

pub(super) const SHOP: &str = "tests/cases/cli/shop.meed";
const MESSY: &str = "tests/cases/cli/messy.jsonl";

#[test]
fn s50_a_messy_stream_is_judged_as_far_as_it_can_be() {
    let folder = Folder::new("messy");
    let text = said(&["run", SHOP, MESSY, "-o", &folder.named("out")]).replace(&folder.named("out"), "OUT");
    let files = ["rejects.jsonl", "journal.jsonl", "members.jsonl"]
        .map(|name| format!("== {name}\n{}", folder.read(&format!("out/{name}"))));
    insta::assert_snapshot!(format!("{text}\n{}", files.join("\n")));
}

#[test]
fn why_events_fail_is_told() {
    let folder = Folder::new("refused");
    let (program, events) = ("tests/cases/cli/refused.meed", "tests/cases/cli/refused.jsonl");
    let out = folder.named("out");
    let sums = said(&["run", program, events]);
    assert!(sums.contains("stands in the journal: run again with `-o FOLDER`"), "{sums}");
    let text = said(&["run", program, events, "-o", &out]);
    let (_, reasons) = text.split_once("why events failed or were refused").unwrap();
    let rows: Vec<&str> = reasons.lines().filter(|row| row.starts_with('│')).collect();
    insta::assert_snapshot!(rows.join("\n"));
    let json = said(&["run", program, events, "--format", "json", "--journal", &folder.named("journal")]);
    let json: serde_json::Value =
        serde_json::from_str(json.lines().find(|line| line.starts_with('{')).unwrap()).unwrap();
    assert_eq!(json["outcome_reasons"][0]["events"], 2);
}

#[test]
fn partners_get_statements() {
    let folder = Folder::new("partners");
    let (program, events) = ("tests/cases/cli/partners.meed", "tests/cases/cli/partners.jsonl");
    let out = folder.named("out");
    let text = said(&["run", program, events, "-o", &out, "--until", "2026-03-01"]).replace(&out, "OUT");
    let files =
        ["settlement.jsonl", "journal.jsonl"].map(|name| format!("== {name}\n{}", folder.read(&format!("out/{name}"))));
    let json = said(&["run", program, events, "--format", "json"]);
    let why = said(&["explain", program, events, "--event", "e2"]);
    insta::assert_snapshot!(format!("{text}\n{}\n{json}\n{why}", files.join("\n")));
}

#[test]
fn statements_go_on_from_run_to_run() {
    let program = "tests/cases/cli/partners.meed";
    let events = fs::read_to_string("tests/cases/cli/partners.jsonl").unwrap();
    let lines: Vec<&str> = events.lines().collect();
    let key = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        ["partner", "from", "unit"].map(|key| line[key].as_str().unwrap().to_owned())
    };
    // The newest statement of each period, whichever run wrote it.
    let statements = |parts: &[&[&str]]| {
        let folder = Folder::new("statements");
        let mut newest = std::collections::BTreeMap::new();
        for (number, part) in parts.iter().enumerate() {
            let (events, out) = (format!("{number}.jsonl"), format!("out{number}"));
            fs::write(folder.join(&events), part.join("\n")).unwrap();
            said(&[
                "run",
                program,
                &folder.named(&events),
                "--state",
                &folder.named("state"),
                "-o",
                &folder.named(&out),
            ]);
            let written = folder.read(&format!("{out}/settlement.jsonl"));
            newest.extend(written.lines().map(|line| (key(line), line.to_owned())));
        }
        newest
    };
    let whole = statements(&[&lines]);
    assert!(whole.len() > 1);
    for at in 1..lines.len() {
        let (first, second) = lines.split_at(at);
        assert_eq!(statements(&[first, second]), whole, "cut at {at}");
    }
}

#[test]
fn s08_explanations_show_every_step() {
    let event = said(&["explain", SHOP, MESSY, "--event", "e2"]);
    let member = said(&["explain", SHOP, MESSY, "--member", "ann", "--at", "2026-02-05"]);
    let none = said(&["explain", SHOP, MESSY, "--event", "e99"]);
    let rejected = said(&["explain", SHOP, MESSY, "--event", "e4"]);
    insta::assert_snapshot!(format!("{event}\n{member}\n{none}\n{rejected}"));
}

#[test]
fn scenarios_that_fail_say_why() {
    let folder = Folder::new("failing");
    let program = fs::read_to_string(SHOP).unwrap().replace("expect 150 points", "expect 100 points");
    fs::write(folder.join("shop.meed"), program).unwrap();
    let path = folder.named("shop.meed");
    let failing = said(&["test", &path]);
    let passing = said(&["test", SHOP, "-v"]);
    let none = said(&["test", SHOP, "--run", "no such"]);
    insta::assert_snapshot!(format!("{failing}\n{passing}\n{none}").replace(&path, "shop.meed"));
}

#[test]
fn members_read_labels_and_perks_in_their_language() {
    let folder = Folder::new("labels");
    let program = fs::read_to_string(SHOP).unwrap();
    let program = program
        .replace("unit points also point {", "unit points also point {\n  label   \"Points\", fr \"Points d’or\"");
    let program = program.replace(
        "  friend\n  regular at $350\n",
        "  friend { perk \"A smile\" }\n  regular at $350 {\n    label \"Regular\", fr \"Habitué\"\n    perk  \"A seat\"\n  }\n  label   \"Circle\"\n",
    );
    fs::write(folder.join("shop.meed"), format!("{program}\nmember {{ language text, optional }}\n")).unwrap();
    let join = "{\"id\":\"e0\",\"type\":\"join\",\"member\":\"ann\",\"time\":\"2026-01-01T10:30:00-05:00\",\"language\":\"fr\"}\n";
    fs::write(folder.join("one.jsonl"), format!("{join}{MESSY_ONE}")).unwrap();
    let text = said(&["run", &folder.named("shop.meed"), &folder.named("one.jsonl"), "-o", &folder.named("out")]);
    assert!(text.contains("points “Points”") && text.contains("regular “Regular”"), "{text}");
    let members = folder.read("out/members.jsonl");
    for part in [
        "\"points\":{\"label\":\"Points d’or\"",
        "\"tier\":\"regular\",\"label\":\"Habitué\",\"ladder\":\"Circle\"",
        "\"perks\":[\"A smile\",\"A seat\"]",
    ] {
        assert!(members.contains(part), "{part} is not in {members}");
    }
}

/// What an order prolonged that came back ends with the period, and so it is told: in the line of the member, and when the tier is fallen to.
#[test]
fn s24_a_tier_is_told_to_end_when_its_lost_ground_does() {
    let folder = Folder::new("lost");
    let program = r#"program "Lost" {
  currency USD
  timezone "UTC"
}
event sale { order id, total money }
event cancel reverses sale by order
event gift
measure spend = sum of sale.total, each calendar year
tiers status by spend {
  basic
  silver  at $100
  gold    at $900
  holds   until end of next calendar year
  refunds lower at period end
}
rule raised on gift {
  grant   status gold for 10 days
  refunds keep
}
"#;
    fs::write(folder.join("lost.meed"), program).unwrap();
    let line = |id: &str, kind: &str, day: &str, rest: &str| {
        format!("{{\"id\":\"{id}\",\"type\":\"{kind}\",\"member\":\"ann\",\"time\":\"{day}T12:00:00Z\"{rest}}}\n")
    };
    let events = line("e1", "sale", "2026-03-01", ",\"order\":\"A1\",\"total\":\"100\"")
        + &line("e2", "sale", "2027-03-01", ",\"order\":\"A2\",\"total\":\"100\"")
        + &line("e3", "gift", "2027-03-02", "")
        + &line("e4", "cancel", "2027-03-03", ",\"order\":\"A2\"");
    fs::write(folder.join("lost.jsonl"), events).unwrap();
    let (program, events, out) = (folder.named("lost.meed"), folder.named("lost.jsonl"), folder.named("out"));
    said(&["run", &program, &events, "-o", &out, "--until", "2027-04-01"]);
    let (members, journal) = (folder.read("out/members.jsonl"), folder.read("out/journal.jsonl"));
    let until = r#""until":"2028-01-01T00:00:00Z""#;
    assert!(members.contains(&format!(r#""tier":"silver",{until}"#)), "{members}");
    assert!(journal.contains(&format!(r#""from":"gold","to":"silver",{until}"#)), "{journal}");
}

#[test]
fn exit_codes_tell_what_was_found() {
    let code = |arguments: &[&str]| meed(arguments).status.code().unwrap();
    let folder = Folder::new("codes");
    fs::write(folder.join("ugly.meed"), "let  x =1\n").unwrap();
    fs::write(folder.join("wrong.meed"), "program \"x\" {\n  curency USD\n}\n").unwrap();
    fs::write(folder.join("one.jsonl"), MESSY_ONE).unwrap();
    assert_eq!(code(&["check", SHOP]), 0);
    assert_eq!(code(&["check", &folder.named("wrong.meed")]), 1);
    assert_eq!(code(&["check", "no/such.meed"]), 2);
    assert_eq!(code(&["fmt", "--check", SHOP]), 0);
    assert_eq!(code(&["fmt", "--check", &folder.named("ugly.meed")]), 1);
    assert_eq!(code(&["run", SHOP, &folder.named("one.jsonl")]), 0);
    assert_eq!(code(&["run", SHOP, MESSY]), 1);
    assert_eq!(code(&["run", &folder.named("wrong.meed"), MESSY]), 2);
    assert_eq!(code(&["run", SHOP, "no-such.jsonl"]), 2);
    assert_eq!(code(&["run", SHOP, MESSY, "--until", "tomorrow"]), 2);
    assert_eq!(code(&["run", "--no-such-flag"]), 2);
    assert_eq!(code(&["explain-code", "E0102"]), 0);
    assert_eq!(code(&["--version"]), 0);
}

const MESSY_ONE: &str = "{\"id\":\"e1\",\"type\":\"purchase\",\"member\":\"ann\",\"time\":\"2026-02-01T10:30:00-05:00\",\"order\":\"A1\",\"subtotal\":\"400.00\"}\n";

#[test]
fn every_form_of_the_same_events_gives_the_same_journal() {
    let folder = Folder::new("forms");
    let plain = fs::read("programs/sephora/events.jsonl").unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&plain).unwrap();
    fs::write(folder.join("a.gz"), gzip.finish().unwrap()).unwrap();
    fs::write(folder.join("a.zst"), zstd::encode_all(&plain[..], 3).unwrap()).unwrap();
    let records: Vec<serde_json::Value> =
        String::from_utf8(plain.clone()).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    fs::write(folder.join("a.json"), serde_json::to_string_pretty(&records).unwrap()).unwrap();
    fs::write(folder.join("a.yaml"), serde_yaml::to_string(&records).unwrap()).unwrap();
    let journal = |input: &str| meed(&["run", "programs/sephora", input, "--journal", "-", "--quiet"]).stdout;
    let expected = journal("programs/sephora/events.jsonl");
    assert!(!expected.is_empty());
    for name in ["a.gz", "a.zst", "a.json", "a.yaml"] {
        assert!(journal(&folder.named(name)) == expected, "{name}");
    }
    let mut piped = command(&["run", "programs/sephora", "-", "--journal", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    piped.stdin.take().unwrap().write_all(&plain).unwrap();
    assert!(piped.wait_with_output().unwrap().stdout == expected, "a pipe");
}

#[test]
fn a_truncated_archive_loses_only_its_end() {
    let folder = Folder::new("truncated");
    let plain = fs::read("programs/sephora/events.jsonl").unwrap();
    // Stored without compression, so that half of the bytes are about half of the records.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    gzip.write_all(&plain).unwrap();
    let packed = gzip.finish().unwrap();
    fs::write(folder.join("half.gz"), &packed[..packed.len() / 2]).unwrap();
    let output = meed(&["run", "programs/sephora", &folder.named("half.gz"), "-o", &folder.named("out"), "--quiet"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(folder.read("out/journal.jsonl").lines().count() > 10);
    assert!(folder.read("out/rejects.jsonl").contains("half.gz"), "{}", folder.read("out/rejects.jsonl"));
}

/// Programs with what they are run on: `events.jsonl`, or the beginning of a file that is too long for a test, with its map.
fn runs(folder: &Folder) -> Vec<Vec<String>> {
    let below = |root: &str| fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let mut runs = Vec::new();
    for program in below("programs").into_iter().chain(below("programs/real")) {
        if !program.is_dir() || program.ends_with("real") {
            continue;
        }
        let found = |end: &str| below(&text(&program)).into_iter().find(|path| text(path).ends_with(end));
        let mut run = vec!["run".to_owned(), text(&program)];
        match (found("/events.jsonl"), found(".csv.zst"), found(".map.yaml")) {
            (Some(events), ..) => run.push(text(&events)),
            (None, Some(packed), Some(map)) => {
                let lines = BufReader::new(zstd::Decoder::new(fs::File::open(packed).unwrap()).unwrap()).lines();
                let beginning: Vec<String> = lines.take(4_000).collect::<Result<_, _>>().unwrap();
                fs::write(folder.join("beginning.csv"), beginning.join("\n")).unwrap();
                run.extend([folder.named("beginning.csv"), "--map".to_owned(), text(&map)]);
            }
            _ => panic!("{} has nothing to run on", program.display()),
        }
        if let Some(seed) = found("/seed.txt") {
            run.extend(["--seed".to_owned(), text(&seed)]);
        }
        runs.push(run);
    }
    runs
}

#[test]
fn s30_any_number_of_threads_writes_the_same_files() {
    let folder = Folder::new("threads");
    let runs = runs(&folder);
    assert!(runs.iter().any(|run| run[1] == "programs/retail"));
    for run in runs {
        let files = |threads: &str| {
            let out = folder.named(threads);
            let more = ["-o", &out, "--threads", threads, "--until", "2030-01-01", "-q"];
            meed(&run.iter().map(String::as_str).chain(more).collect::<Vec<_>>());
            let mut names: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            let files: Vec<_> =
                names.into_iter().map(|name| (fs::read(Path::new(&out).join(&name)).unwrap(), name)).collect();
            fs::remove_dir_all(out).unwrap();
            files
        };
        let one = files("1");
        assert!(
            one.len() > 2 && one.iter().any(|(journal, name)| name == "journal.jsonl" && !journal.is_empty()),
            "{run:?}"
        );
        assert!(one == files("2") && one == files("8"), "{run:?}");
    }
}

#[test]
fn s42_a_run_goes_on_from_its_state() {
    let folder = Folder::new("state");
    let events = fs::read_to_string("programs/tesco/events.jsonl").unwrap();
    let lines: Vec<&str> = events.lines().collect();
    let (first, second) = lines.split_at(lines.len() / 2);
    fs::write(folder.join("1.jsonl"), first.join("\n")).unwrap();
    fs::write(folder.join("2.jsonl"), second.join("\n")).unwrap();
    let state = folder.named("tesco.state");
    // What a sum is of is said where it is not of all that ever was.
    for (events, out, goes_on) in [("1.jsonl", "a", false), ("2.jsonl", "b", true)] {
        let events = folder.named(events);
        let told = said(&["run", "programs/tesco", &events, "--state", &state, "-o", &folder.named(out)]);
        assert_eq!(told.contains("expired are those of this run"), goes_on, "{told}");
    }
    meed(&["run", "programs/tesco", "programs/tesco/events.jsonl", "-o", &folder.named("whole")]);
    assert_eq!(folder.read("b/members.jsonl"), folder.read("whole/members.jsonl"));
}

#[test]
fn a_guessed_map_is_printed_and_used() {
    let folder = Folder::new("auto");
    fs::write(
        folder.join("sales.csv"),
        "Order No,Customer,Date,Total\nA1,ann,2026-02-01 10:30:00,400.00\nA2,ann,2026-02-02 10:30:00,100.00\nB1,ben,2026-02-02 11:00:00,oops\n",
    )
    .unwrap();
    insta::assert_snapshot!(
        said(&["run", SHOP, &folder.named("sales.csv"), "--map", "auto"])
            .replace(&folder.named("sales.csv"), "sales.csv")
    );
}

/// `--until` leaves nothing out, and says so where something comes later: of sums alone, and with a journal.
#[test]
fn events_beyond_the_last_day_are_told() {
    let folder = Folder::new("beyond");
    let event = |id: &str, time: &str| {
        format!(
            "{{\"id\":\"{id}\",\"type\":\"purchase\",\"member\":\"ann\",\"time\":\"{time}\",\"order\":\"{id}\",\"subtotal\":1}}\n"
        )
    };
    let times = ["2026-02-01T10:00:00-05:00", "2026-02-01T23:59:59-05:00", "2026-02-02T00:00:00-05:00"];
    let events: String = times.iter().enumerate().map(|(n, time)| event(&format!("e{n}"), time)).collect();
    fs::write(folder.join("events.jsonl"), events).unwrap();
    let (events, journal) = (folder.named("events.jsonl"), folder.named("journal.jsonl"));
    let note = |until: &str, more: &[&str]| {
        let output = meed(&[&["run", SHOP, &events, "--until", until], more].concat());
        String::from_utf8(output.stderr).unwrap()
    };
    let later = "note: 1 event comes after 2026-02-01 and counts all the same: `--until` only moves the clock on\n";
    for more in [&[] as &[&str], &["--journal", &journal]] {
        assert_eq!(note("2026-02-01", more), later);
        assert_eq!(note("2026-02-02", more), "");
        let two = note("2026-02-01T23:59:59-05:00", more);
        assert!(two.starts_with("note: 2 events come at 2026-02-01T23:59:59-05:00 or later and count"), "{two}");
    }
    assert_eq!(note("2026-02-01", &["--quiet"]), "");
}

#[test]
fn completions_and_manual_are_written() {
    assert!(String::from_utf8(meed(&["completions", "bash"]).stdout).unwrap().contains("_meed"));
    let folder = Folder::new("man");
    let output = meed(&["man", "--help"]);
    assert_eq!(output.status.code(), Some(0));
    drop(folder);
}

#[test]
fn s32_draws_are_committed_replayed_and_checked() {
    let folder = Folder::new("draws");
    let of = |name: &str| format!("tests/cases/cli/draw/{name}");
    let (program, events, seed) = (of("fair.meed"), of("events.jsonl"), of("known.seed"));
    insta::assert_snapshot!("draw_without_seed", said(&["run", &program, &events]));
    insta::assert_snapshot!("draw_with_another_seed", said(&["run", &program, &events, "--seed", &of("other.seed")]));
    let out = folder.named("out");
    let ran = meed(&["run", &program, &events, "--seed", &seed, "-o", &out, "--until", "2026-07-01", "-q"]);
    assert_eq!(ran.status.code(), Some(0));
    let receipts = folder.read("out/draws.jsonl");
    insta::assert_snapshot!("draw_receipts", receipts);
    let path = folder.named("out/draws.jsonl");
    let verified = meed(&["draw", "verify", &path, "--seed", &seed]);
    assert_eq!(String::from_utf8(verified.stdout).unwrap(), "14 entries: every number and every prize is right\n");
    assert_eq!(verified.status.code(), Some(0));
    let entries = of("entries.jsonl");
    let arguments = ["draw", "run", &program, "--draw", "raffle", "--entries", &entries, "--seed", &seed];
    insta::assert_snapshot!("draw_run", said(&arguments));
    for (from, to, found) in [
        ("\"prize\":\"car\"", "\"prize\":\"mug\"", "entry `bob/leaf-bob/2` wins `car`, not `mug`\n"),
        ("\"number\":\"3a0b", "\"number\":\"3a0c", "entry `ann/ann4/1` has another number\n"),
    ] {
        fs::write(folder.join("forged.jsonl"), receipts.replacen(from, to, 1)).unwrap();
        let forged = meed(&["draw", "verify", &folder.named("forged.jsonl"), "--seed", &seed]);
        assert_eq!(String::from_utf8(forged.stdout).unwrap(), found);
        assert_eq!(forged.status.code(), Some(1));
    }
}

#[test]
fn a_seed_is_made_once() {
    let folder = Folder::new("seed");
    let seed = folder.named("secret.seed");
    let made = meed(&["draw", "commit", "--seed-file", &seed]);
    assert_eq!(made.status.code(), Some(0));
    let line = String::from_utf8(made.stdout).unwrap();
    assert!(line.starts_with("commitment \"sha256:") && line.len() == 85, "{line}");
    assert_eq!(folder.read("secret.seed").trim().len(), 64);
    assert_eq!(meed(&["draw", "commit", "--seed-file", &seed]).status.code(), Some(2));
}

#[test]
fn a_table_says_where_each_member_stands() {
    let folder = Folder::new("members");
    let program = r#"program "P" { currency EUR, timezone "UTC" }
event purchase { order id, total money }
event refund reverses purchase by order { total money }
unit points also point { round down, expires never, refunds may go below zero }
unit stars { decimals 1, expires never, refunds stop at zero }
measure spend = sum of purchase.total, each calendar year
tiers level by spend { basic, gold at €100, holds rolling, refunds lower at once }
earn base on purchase { give 1 point per €1 of total }
earn half on purchase { give 0.5 stars }
redeem pay { rate 100 points = €1 }
"#;
    fs::write(folder.join("p.meed"), program).unwrap();
    let events = r#"{"id":"1","type":"purchase","member":"zoë","time":"2026-01-01T10:00:00Z","order":"A","total":"120"}
{"id":"2","type":"purchase","member":"ann, b","time":"2026-01-02T10:00:00Z","order":"B","total":"30"}
{"id":"3","type":"redeem","member":"zoë","time":"2026-01-03T10:00:00Z","amount":100}
{"id":"4","type":"refund","member":"ann, b","time":"2026-01-04T10:00:00Z","order":"B","total":"30"}
{"id":"5","type":"refund","member":"zoë","time":"2026-01-05T10:00:00Z","order":"A","total":"30"}
"#;
    fs::write(folder.join("e.jsonl"), events).unwrap();
    let (program, events) = (folder.named("p.meed"), folder.named("e.jsonl"));
    let run = |more: &[&str]| meed(&[&["run", &program, &events, "--quiet", "--members"], more].concat());
    let expected = "member,points,stars,level\n\"ann, b\",0,0.0,basic\nzoë,-10,0.4,basic\n";
    // The kernel, and the fold.
    for more in [&["-"] as &[&str], &["-", "--threads", "2"], &["-", "--output", &folder.named("out")]] {
        assert_eq!(String::from_utf8(run(more).stdout).unwrap(), expected, "{more:?}");
    }
    let summary = run(&[&folder.named("members.csv")]);
    assert!(!summary.stdout.is_empty() && fs::read_to_string(folder.join("members.csv")).unwrap() == expected);
    let both = run(&["-", "--journal", "-"]);
    assert!(both.stdout.is_empty() && both.status.code() == Some(2), "{both:?}");
}
