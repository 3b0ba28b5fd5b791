//! `meed terms`: a program in plain words, with nothing left unsaid.

use std::fs;
use std::path::PathBuf;

use meed::Program;
use meed::change::items;
use meed::terms::{Language, Terms, terms};

use crate::cli::{Folder, meed, said};

fn texts() -> Vec<(PathBuf, String)> {
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in ["src/cli/templates", "programs", "programs/real"] {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let inside = if path.is_dir() {
                fs::read_dir(&path).unwrap().flatten().map(|file| file.path()).collect()
            } else {
                vec![path]
            };
            files.extend(inside.into_iter().filter(|file| {
                let name = file.file_name().unwrap().to_string_lossy();
                name.ends_with(".meed") && !name.ends_with(".test.meed")
            }));
        }
    }
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

fn say(text: &str) -> Option<(Program, Terms)> {
    let program = Program::from_text("x.meed", text).ok()?.versions.pop()?;
    let page = terms(&program, Language::English);
    Some((program, page))
}

#[test]
fn pages_are_made_to_be_read() {
    let english = said(&["terms", "src/cli/templates/tiers.meed"]);
    let chinese = said(&["terms", "programs/chaguan", "--lang", "zh"]);
    let html = said(&["terms", "src/cli/templates/points.meed", "--format", "html"]);
    let json = said(&["terms", "src/cli/templates/charity.meed", "--format", "json", "--lang", "zh"]);
    insta::assert_snapshot!([english, chinese, html, json].join("\n"));
}

#[test]
fn a_page_needs_nothing_else() {
    let folder = Folder::new("terms");
    assert!(
        meed(&["terms", "programs/sephora", "--format", "html", "-o", &folder.named("terms.html")]).status.success()
    );
    let html = folder.read("terms.html");
    for outside in ["<script", "http", "src=", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
}

/// What the clock did stays (S26): nobody is told that it is judged again.
#[test]
fn what_the_clock_did_is_told_to_stay() {
    let program = r#"program "Clock" {
  currency USD
  timezone "UTC"
}
event purchase { order id, total money }
REFUND
unit points {
  round   down per event
  expires 6 months after earning
  refunds may go below zero
}
measure spend = sum of purchase.total, each calendar year
rule monthly every calendar month { when spend >= $100, give 10 points }
rule missed 30 days after last purchase { give 5 points }
rule lapsed when points expire { give 1 points per 2 points of expired }
rule reminder 60 days after last purchase { message "Come back" }
rule big when spend reaches $100 { give 7 points }
"#;
    let told = |refund: &str| {
        let (_, page) = say(&program.replace("REFUND", refund)).unwrap();
        let entries = page.sections.iter().flat_map(|section| &section.entries);
        let told = |detail: &String| detail.contains("comes back");
        let rules = entries.filter(|entry| entry.anchor.starts_with("rule "));
        rules.filter_map(|rule| Some((rule.name.clone(), rule.details.iter().find(|d| told(d))?.clone()))).collect()
    };
    let kept = |name: &str| (name.to_owned(), "you keep it when something comes back".to_owned());
    let again = ("big".to_owned(), "when a part comes back, it is judged again on what is left".to_owned());
    let all: Vec<_> = told("event refund reverses purchase by order { total money }");
    assert_eq!(all, [kept("monthly"), kept("missed"), kept("lapsed"), again.clone()]);
    assert_eq!(told(""), [again]);
}

#[test]
fn what_makes_a_streak_count_is_told_in_money() {
    let program = r#"program "Weeks" {
  currency EUR
  timezone "UTC"
}
event basket { order id, total money }
unit points { round down per event, expires never }
measure weeks = streak of basket, each calendar week, when sum of basket.total reaches €50
rule steady when weeks reaches 4 { give 10 points }
"#;
    let (_, page) = say(program).unwrap();
    assert!(page.markdown().contains("reaches €50"), "{}", page.markdown());
}

#[test]
fn every_item_has_its_sentence() {
    let mut unsaid = Vec::new();
    for (path, text) in texts() {
        let Some((program, page)) = say(&text) else { continue };
        let all = page.markdown();
        for item in items(&program) {
            let anchor = format!("{} {}", item.keyword, item.name);
            let told = match item.keyword.as_str() {
                // What events look like concerns who sends them; the rest is said with what uses it.
                "program" | "member" | "stack" | "limit" => true,
                "event" if !item.statements.iter().any(|s| s.words.iter().any(|word| word == "reverses")) => true,
                "let" if !item.text().contains([',', '(']) => true,
                "boost" => all.contains(&item.name.replace('_', " ")),
                _ => page.sections.iter().flat_map(|section| &section.entries).any(|entry| entry.anchor == anchor),
            };
            if !told {
                unsaid.push(format!("{}: {anchor}", path.display()));
            }
        }
    }
    assert!(unsaid.is_empty(), "{unsaid:#?}");
}

/// Places of numbers outside of texts, comments and names.
fn numbers(text: &str) -> Vec<(usize, usize)> {
    let (mut found, mut quoted, mut comment, mut name) = (Vec::new(), false, false, false);
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), '\n')]) {
        let digit = letter.is_ascii_digit() && !quoted && !comment && !name;
        match (start, digit) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                found.push((from, at));
                start = None;
            }
            _ => {}
        }
        name = !digit && (letter.is_alphanumeric() || letter == '_');
        comment = letter != '\n' && (comment || (letter == '#' && !quoted));
        quoted = quoted != (letter == '"' && !comment);
    }
    found
}

/// Whoever changes a number of a rule changes what members are told.
#[test]
fn no_number_of_a_rule_is_left_unsaid() {
    let mut unsaid = Vec::new();
    for (path, text) in texts() {
        let text = text.split("\nscenario ").next().unwrap().to_owned() + "\n";
        let Some((_, page)) = say(&text) else { continue };
        let before = page.markdown();
        for (from, to) in numbers(&text) {
            let more = text[from..to].parse::<u64>().unwrap_or(0) + 1;
            let other = format!("{}{more:0width$}{}", &text[..from], &text[to..], width = to - from);
            if let Some((_, page)) = say(&other)
                && page.markdown() == before
            {
                let line = text[..from].lines().count().max(1);
                unsaid.push(format!(
                    "{}:{line}: {}",
                    path.display(),
                    text.lines().nth(line - 1).unwrap_or_default().trim()
                ));
            }
        }
    }
    assert!(unsaid.is_empty(), "{unsaid:#?}");
}

/// Members are told what comes to be: for each tier what is above it, how far below zero, and of which points first.
#[test]
fn surplus_and_refunds_are_told_as_they_are() {
    let text = r#"program "Air" {
  currency USD
  timezone "UTC"
}
event flight { ticket id, fare money }
event refund reverses flight by ticket { fare money }
unit stars also star {
  round   down per event
  expires 12 months after earning
  refunds may go below zero to -20, in spending order
}
earn base on flight { give 1 star per $10 of fare }
measure tp = sum of flight.fare, each calendar year
tiers status by tp {
  basic
  silver at $1_000
  gold   at $3_000
  holds   until end of next calendar year
  surplus rolls over
}
"#;
    let program = Program::from_text("x.meed", text).unwrap().versions.pop().unwrap();
    let english = terms(&program, Language::English).markdown();
    for said in [
        "counts in the next period (silver: above $1,000; gold: above $3,000)",
        "down to -20 stars",
        "in the order in which you would spend it",
    ] {
        assert!(english.contains(said), "{said}: {english}");
    }
    let chinese = terms(&program, Language::Chinese).markdown();
    for said in
        ["计入下一周期（silver：超过 $1,000 的部分；gold：超过 $3,000 的部分）", "最低 -20 stars", "按使用顺序扣除"]
    {
        assert!(chinese.contains(said), "{said}: {chinese}");
    }
}

#[test]
fn members_are_told_from_when_and_what_they_know() {
    let text =
        fs::read_to_string("tests/cases/tools/kept.meed").unwrap() + "\nrule hello on join {\n  give 5 points\n}\n";
    let page = |text: &str| say(text).unwrap().1.markdown();
    let told = page(&text);
    for said in [
        "they expire 6 months after you earned them",
        "it ends 3 months after you get it",
        "When you join: you get 5 points.",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    assert!(!told.contains("quantity"), "{told}");
    let late = text.replace("  expires 6 months after earning", "  pending 14 days\n  expires 6 months after earning");
    assert!(page(&late).contains("they expire 6 months after you can use them"));
    let late = late.replace("6 months after earning", "6 months after earning from earning");
    assert!(page(&late).contains("they expire 6 months after you earned them"));
}
