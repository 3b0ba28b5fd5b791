//! Records and files that are no events, in every format: `meed run` says why, judges the good records around them, and ends with 1.
//!
//! A file of cases has a head and cases. The head says which `file` and `program` are meant, what a `good` record is, and what stands `around`
//! a case, with an optional `map`. A case begins with `=== title`; where its text names `@good` or `@whole` itself, nothing is put around it.
//! `=== ok title` is read without a reject. `⟨ff 00⟩` are bytes, `⟨40×[⟩` is a text many times. After a `|` in the title stand changes to the
//! bytes of the file, in order: `gzip`, `zstd`, `utf-16le`, `utf-16be`, `utf-32`, `latin-1`, `crlf`, `cr`, `keep N`, `cut N`, `flip N` (from the end), `add HEX`,
//! `loses N` for good records that cannot be read any more.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the head of a file of cases says.
#[derive(Default)]
struct Head {
    program: String,
    file: String,
    good: String,
    around: String,
    map: String,
}

struct Case {
    title: String,
    changes: Vec<String>,
    text: String,
}

impl Case {
    fn is_ok(&self) -> bool {
        self.title.starts_with("ok ")
    }
    fn loses(&self) -> usize {
        self.changes.iter().find_map(|change| change.strip_prefix("loses ")).map_or(0, |count| count.parse().unwrap())
    }
}

fn parse(text: &str) -> (Head, Vec<Case>) {
    let mut parts = text.trim_end_matches('\n').split("\n=== ");
    let mut head = Head { program: "shop.meed".to_owned(), ..Head::default() };
    let mut block: Option<&mut String> = None;
    for line in parts.next().unwrap().lines() {
        if let (Some(block), Some(line)) = (&mut block, line.strip_prefix("  ")) {
            block.push_str(line);
            block.push('\n');
            continue;
        }
        let (key, value) = line.split_once(':').unwrap_or_else(|| panic!("the head says nothing with `{line}`"));
        let value = value.trim();
        block = None;
        match key {
            "program" => value.clone_into(&mut head.program),
            "file" => value.clone_into(&mut head.file),
            "good" => value.clone_into(&mut head.good),
            "around" => block = Some(&mut head.around),
            "map" => block = Some(&mut head.map),
            _ => panic!("the head knows no `{key}`"),
        }
    }
    let cases = parts.map(|part| {
        let (title, text) = part.split_once('\n').unwrap_or((part, ""));
        let (title, changes) = title.split_once('|').unwrap_or((title, ""));
        let changes = changes.split(',').map(str::trim).filter(|change| !change.is_empty());
        let text = if text.contains("@good") || text.contains("@whole") {
            text.replace("@whole\n", "").replace("@whole", "") + if text.contains("@whole") { "" } else { "\n" }
        } else {
            head.around.replace("@case", text)
        };
        Case { title: title.trim().to_owned(), changes: changes.map(str::to_owned).collect(), text }
    });
    let cases = cases.collect();
    (head, cases)
}

/// The text as bytes, with good records for `@good`, and how many there are.
fn bytes(text: &str, good: &str) -> (Vec<u8>, usize) {
    let mut parts = text.split("@good");
    let mut out = parts.next().unwrap().to_owned();
    let mut count = 0;
    for part in parts {
        count += 1;
        out.push_str(&good.replace('#', &format!("g{count}")).replace("\\n", "\n"));
        out.push_str(part);
    }
    let mut bytes = Vec::new();
    let mut rest = out.as_str();
    while let Some((before, after)) = rest.split_once('⟨') {
        bytes.extend_from_slice(before.as_bytes());
        let (inside, after) = after.split_once('⟩').unwrap();
        match inside.split_once('×') {
            Some((count, text)) => bytes.extend_from_slice(text.repeat(count.parse().unwrap()).as_bytes()),
            None => bytes.extend(hex(inside)),
        }
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    (bytes, count)
}

fn hex(text: &str) -> impl Iterator<Item = u8> {
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap())
}

fn changed(mut bytes: Vec<u8>, change: &str) -> Vec<u8> {
    let text = || String::from_utf8(bytes.clone()).unwrap();
    let (word, argument) = change.split_once(' ').unwrap_or((change, ""));
    let number = || argument.parse::<usize>().unwrap();
    match word {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(&bytes).unwrap();
            return encoder.finish().unwrap();
        }
        "zstd" => return zstd::encode_all(bytes.as_slice(), 0).unwrap(),
        "utf-16le" => return text().encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => return text().encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf-32" => return "\u{feff}".chars().chain(text().chars()).flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        "latin-1" => return text().chars().map(|c| u8::try_from(c).unwrap()).collect(),
        "crlf" => return text().replace('\n', "\r\n").into_bytes(),
        "cr" => return text().replace('\n', "\r").into_bytes(),
        "keep" => bytes.truncate(number()),
        "cut" => bytes.truncate(bytes.len() - number()),
        "flip" => {
            let at = bytes.len() - number();
            bytes[at] ^= 0xff;
        }
        "add" => bytes.extend(hex(argument)),
        "twice" => bytes.extend(bytes.clone()),
        "loses" => {}
        _ => panic!("nothing is changed by `{change}`"),
    }
    bytes
}

/// Writes the file of a case, runs it, and says what came of it. What must not be is added to `wrong`.
fn judged(folder: &Path, cases: &Path, head: &Head, case: &Case, wrong: &Mutex<Vec<String>>) -> String {
    std::fs::create_dir_all(folder).unwrap();
    let (mut content, good) = bytes(&case.text, &head.good);
    for change in &case.changes {
        content = changed(content, change);
    }
    std::fs::write(folder.join(&head.file), content).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_meed"));
    command.arg("run").arg(cases.join(&head.program)).args([&head.file, "-o", "out", "--quiet"]).current_dir(folder);
    if head.map == "auto\n" {
        command.args(["--map", "auto"]);
    } else if !head.map.is_empty() {
        std::fs::write(folder.join("map.yaml"), &head.map).unwrap();
        command.args(["--map", "map.yaml"]);
    }
    let output = command.output().unwrap();
    let exit = output.status.code().unwrap_or(-1);
    let lines = |name: &str| -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(folder.join("out").join(name)).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let mut out = format!("=== {}", case.title);
    if !case.changes.is_empty() {
        let _ = write!(out, " | {}", case.changes.join(", "));
    }
    out.push('\n');
    for (number, line) in case.text.lines().enumerate() {
        let _ = writeln!(out, "{:>3}  {}", number + 1, clip(&line.trim_end().replace('\t', "⇥")));
    }
    let rejects: Vec<_> = lines("rejects.jsonl").into_iter().filter(|reject| reject["skipped"].is_null()).collect();
    for reject in &rejects {
        let part = |key: &str| reject[key].to_string();
        assert!(part("line") != "0" && part("column") != "0", "{}: {reject}", case.title);
        let reason = reject["reason"].as_str().unwrap();
        let _ =
            writeln!(out, "  -> {}:{}:{}: {reason}", reject["file"].as_str().unwrap(), part("line"), part("column"));
    }
    let journal = lines("journal.jsonl");
    let mut events: Vec<&str> = journal.iter().filter_map(|line| line["event"].as_str()).collect();
    events.dedup();
    let read = events.iter().filter(|event| event.starts_with('g')).count();
    let errors = String::from_utf8_lossy(&output.stderr);
    // A guess is shown as the command shows it.
    if exit == 2 || head.map == "auto\n" {
        let _ = writeln!(out, "  !! {}", errors.trim().replace('\n', "\n     "));
    }
    let _ = writeln!(
        out,
        "  judged {}; exit {exit}",
        if events.is_empty() { "nothing".to_owned() } else { events.join(" ") }
    );
    let check = |holds: bool, what: &str| {
        if !holds {
            wrong.lock().unwrap().push(format!("{what}:\n{out}{errors}"));
        }
    };
    check(!errors.contains("panicked") && exit >= 0, "the command crashed");
    if exit != 2 {
        check(read == good - case.loses(), "not all good records were judged");
        check(rejects.is_empty() == case.is_ok(), "there are rejects where there should be none, or none");
        check(exit == i32::from(!rejects.is_empty()), "the exit code is wrong");
    }
    out
}

/// A line as a snapshot shows it.
fn clip(line: &str) -> String {
    const SHOWN: usize = 250;
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[test]
fn s50_bad_input() {
    let folder = std::env::temp_dir().join(format!("meed-input-{}", std::process::id()));
    let (count, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    insta::glob!("../cases/input", "*.txt", |path| {
        let (head, cases) = parse(&std::fs::read_to_string(path).unwrap());
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let homes: Vec<PathBuf> = (0..cases.len()).map(|at| folder.join(format!("{stem}-{at}"))).collect();
        let run = |(at, case): (usize, &Case)| {
            if !case.is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
            judged(&homes[at], path.parent().unwrap(), &head, case, &wrong)
        };
        let (left, right): (Vec<_>, Vec<_>) = cases.iter().enumerate().partition(|(at, _)| at * 2 < cases.len());
        let both = std::thread::scope(|scope| {
            let run = &run;
            let right = scope.spawn(move || right.into_iter().map(run).collect::<String>());
            left.into_iter().map(run).collect::<String>() + &right.join().unwrap()
        });
        let map = if head.map.is_empty() { String::new() } else { format!("\nthrough the map\n{}", head.map) };
        insta::with_settings!({
            description => format!("`{}`, where `@good` is {}{map}", head.file, head.good),
            omit_expression => true,
            prepend_module_to_snapshot => false,
        }, {
            insta::assert_snapshot!(both);
        });
    });
    let _ = std::fs::remove_dir_all(&folder);
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
    let count = count.into_inner();
    assert!(count >= 300, "there are {count} bad records and files");
}
