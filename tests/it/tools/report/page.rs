//! The page needs nothing but itself, and says what everything on it means.

use std::fs;
use std::path::{Path, PathBuf};

use meed::report::definition::ALL;

use super::*;

/// Every program with its events, and what else it needs.
fn programs() -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for root in ["programs", "programs/real"] {
        for entry in fs::read_dir(root).unwrap().flatten() {
            let folder = entry.path();
            let events = folder.join("events.jsonl");
            if !events.exists() {
                continue;
            }
            let text = |path: &Path| path.to_str().unwrap().to_owned();
            let mut arguments = vec![text(&folder), text(&events)];
            if folder.join("seed.txt").exists() {
                arguments.extend(["--seed".to_owned(), text(&folder.join("seed.txt"))]);
            }
            found.push(arguments);
        }
    }
    found.sort();
    found
}

/// Tags that are opened and not closed, or closed and not opened.
fn unbalanced(html: &str) -> Vec<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut wrong = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').unwrap();
        let name = tag.trim_end_matches('/').split_whitespace().next().unwrap();
        if let Some(closed) = name.strip_prefix('/') {
            if open.pop() != Some(closed) {
                wrong.push(closed.to_owned());
            }
        } else if !tag.ends_with('/') && !matches!(name, "!doctype" | "meta") {
            open.push(name);
        }
    }
    wrong.extend(open.into_iter().map(str::to_owned));
    wrong
}

#[test]
fn every_program_has_a_page_that_needs_nothing_else() {
    let folder = Folder::new("report-pages");
    let programs = programs();
    assert!(programs.len() > 20);
    for program in programs {
        let page = folder.named("page.html");
        let arguments: Vec<&str> = program.iter().map(String::as_str).chain(["-q", "-o", &page]).collect();
        let code = meed(&[&["report"], &arguments[..]].concat()).status.code();
        // Some histories hold records that are rejected on purpose.
        assert!(code == Some(0) || code == Some(1), "{program:?}: {code:?}");
        let html = folder.read("page.html");
        let own = html.replace("http://www.w3.org/2000/svg", "");
        for outside in ["<script", "http:", "https:", "src=", "url(", "@import", "<link"] {
            assert!(!own.contains(outside), "{program:?}: {outside}");
        }
        assert_eq!(unbalanced(&html), Vec::<String>::new(), "{program:?}");
        assert!(html.len() < 1_000_000, "{program:?}: {} bytes", html.len());
        // Each picture has its numbers.
        let (pictures, tables) = (html.matches("<figure>").count(), html.matches("<table>").count());
        assert!(pictures <= tables, "{program:?}: {pictures} pictures, {tables} tables");
        assert!(html.matches("<svg").count() == html.matches("role=\"img\" aria-label=\"").count());
    }
}

/// What members have at the end is what all postings have come to.
#[test]
fn the_last_part_of_the_history_ends_with_what_is_outstanding() {
    for program in programs() {
        let arguments: Vec<&str> = program.iter().map(String::as_str).chain(["--format", "json", "-q"]).collect();
        let output = meed(&[&["report"], &arguments[..]].concat());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let figures = report["figures"].as_array().unwrap().iter().filter(|figure| figure["key"] == "outstanding");
        for figure in figures {
            let tables = report["tables"].as_array().unwrap().iter();
            let mut found = tables.filter(|table| table["key"] == "points_over_time" && table["of"] == figure["of"]);
            let last = found.next().unwrap()["rows"].as_array().unwrap().last().unwrap()[5].clone();
            assert_eq!(last, figure["value"], "{program:?}: {}", figure["of"]);
        }
    }
}

/// The bakery has something of everything: its page has every definition, and so has the document.
#[test]
fn page_and_document_say_the_same() {
    let folder = Folder::new("report-definitions");
    let page = folder.named("page.html");
    assert!(meed(&["report", BAKERY[0], BAKERY[1], "-o", &page, "-q"]).status.success());
    let html = folder.read("page.html").replace("&lt;", "<").replace("&gt;", ">");
    let document = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/report.md")).unwrap();
    for means in ALL {
        assert!(html.contains(&format!(">{}<", means.name)), "the page has no {}", means.name);
        assert!(html.contains(means.formula), "the page does not say what {} is", means.name);
        let row = format!("| {} | `{}` | {} |", means.name, means.key, means.formula);
        assert!(document.lines().any(|line| line == row), "docs/report.md has no line\n{row}");
    }
    let rows = document.lines().filter(|line| line.starts_with("| ") && line.matches(" | `").count() == 1);
    let keys =
        rows.filter(|line| line.split(" | ").nth(1).is_some_and(|key| key.starts_with('`') && key.ends_with('`')));
    assert_eq!(keys.count(), ALL.len());
}
