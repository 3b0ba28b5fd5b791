//! Keeps the house in order: floors, purity, size, and what every folder promises.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

mod limits;
mod promises;

/// Rooms by floor: a file imports only from lower floors or from its own room.
const FLOORS: &[(&str, u8)] = &[
    ("arena", 0),
    ("source", 1),
    ("unseen", 1),
    ("html", 1),
    ("value", 1),
    ("diagnostic", 2),
    ("syntax", 3),
    ("hir", 4),
    ("check", 5),
    ("program", 6),
    ("engine", 7),
    ("compile", 8),
    ("events", 8),
    ("kernel", 9),
    ("journal", 9),
    ("explain", 9),
    ("sample", 9),
    ("scenario", 10),
    ("lint", 10),
    ("change", 10),
    ("terms", 10),
    ("report", 10),
    ("verify", 11),
    ("cli", 12),
    ("main", 13),
];

/// The most lines of one source file.
const MAX_LINES: usize = 600;

fn sources() -> Vec<(PathBuf, String)> {
    rust_files("src")
}

fn rust_files(below: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                into.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut files = Vec::new();
    walk(&root().join(below), &mut files);
    files.sort();
    files
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn room(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// Rooms that a text names after `crate::`, tests left out.
fn imports(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap();
    code.match_indices("crate::")
        .map(|(at, word)| {
            code[at + word.len()..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>()
        })
        .filter(|name| FLOORS.iter().any(|(room, _)| room == name))
        .collect()
}

#[test]
fn every_room_imports_only_from_lower_floors() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let own = room(&path);
        if own == "lib" {
            continue;
        }
        let Some(here) = floor(&own) else {
            wrong.push(format!("{own}: the room is on no floor"));
            continue;
        };
        for other in imports(&text) {
            if other != own && floor(&other).is_some_and(|there| there >= here) {
                wrong.push(format!("{} imports {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn architecture_lists_every_room() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rooms: BTreeSet<String> = sources().iter().map(|(path, _)| room(path)).filter(|room| room != "lib").collect();
    let missing: Vec<&String> = rooms.iter().filter(|room| !text.contains(&format!("`{room}"))).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not say what is in {missing:?}");
}

#[test]
fn files_are_small() {
    let long: Vec<String> = sources()
        .iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(path, lines)| format!("{} has {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn what_must_not_be_is_not() {
    /// A word, and in which rooms it must not stand.
    type Ban<'b> = (&'b str, &'b dyn Fn(&str) -> bool);
    let pure = [
        "arena",
        "source",
        "value",
        "diagnostic",
        "syntax",
        "hir",
        "check",
        "engine",
        "compile",
        "explain",
        "scenario",
        "lint",
        "sample",
        "change",
        "terms",
        "verify",
    ];
    let rules: &[Ban<'_>] = &[
        ("pest::", &|room| room != "syntax"),
        ("pest_derive", &|room| room != "syntax"),
        ("println!", &|room| room != "cli"),
        ("std::fs", &|room| pure.contains(&room)),
        ("std::env", &|room| pure.contains(&room)),
        ("std::thread", &|room| pure.contains(&room)),
        ("SystemTime", &|_| true),
        ("std::time::Instant", &|room| room != "cli"),
        ("f64", &|room| ["value", "engine", "compile", "hir", "check"].contains(&room)),
        ("f32", &|room| ["value", "engine", "compile", "hir", "check"].contains(&room)),
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let own = room(&path);
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for (word, forbidden) in rules {
                if line.contains(word) && forbidden(&own) {
                    wrong.push(format!("{}: {}", path.display(), line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_program_has_its_folder_in_order() {
    let mut wrong = Vec::new();
    let below = |root: &Path| fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let real = root().join("programs/real");
    for folder in below(&root().join("programs")).into_iter().chain(below(&real)) {
        if !folder.is_dir() || folder == real {
            continue;
        }
        let names: Vec<String> = fs::read_dir(&folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        let has = |test: &dyn Fn(&str) -> bool| names.iter().any(|name| test(name));
        if !has(&|name| name.ends_with(".meed") && !name.ends_with(".test.meed")) {
            wrong.push(format!("{}: no program", folder.display()));
        }
        if !has(&|name| name == "events.jsonl" || name.ends_with(".map.yaml")) {
            wrong.push(format!("{}: no events", folder.display()));
        }
        if !has(&|name| name.ends_with(".test.meed")) {
            wrong.push(format!("{}: no scenarios", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
