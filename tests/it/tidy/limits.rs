//! Each limit stands on its page, and a test beside the one of that page names it.

use super::{room, root, rust_files, sources};

/// The constants of all `limits.rs`, as `room::NAME`.
fn limits() -> Vec<String> {
    let files = sources().into_iter().filter(|(path, _)| path.ends_with("limits.rs"));
    let constants = files.flat_map(|(path, text)| {
        let names = text.lines().filter_map(|line| line.strip_prefix("pub const ")?.split_once(':'));
        names.map(|(name, _)| format!("{}::{name}", room(&path))).collect::<Vec<_>>()
    });
    constants.collect()
}

#[test]
fn every_limit_is_documented_and_tested() {
    let page = std::fs::read_to_string(root().join("docs/limits.md")).unwrap();
    let tests = rust_files("tests/it");
    let mut wrong = Vec::new();
    let limits = limits();
    assert!(limits.len() > 20, "{limits:?}");
    for limit in limits {
        let (room, name) = limit.split_once("::").unwrap();
        if !page.contains(&format!("`{limit}`")) {
            wrong.push(format!("docs/limits.md does not say {limit}"));
        }
        let own = format!("{room}::{name},");
        let names = |line: &str| {
            let line = line.trim();
            !line.starts_with("//") && line != own && line.contains(name) && !line.starts_with("use ")
        };
        // Rooms have limits of one name: a test names the room then, or takes the constant from it.
        let taken = |text: &str| text.contains(&limit) || text.contains(&format!("meed::{room}::"));
        if !tests.iter().any(|(_, text)| taken(text) && text.lines().any(names)) {
            wrong.push(format!("no test names {limit}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn limits_stand_together() {
    let apart = |line: &&str| line.trim_start().starts_with("pub const MAX_");
    let wrong: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| !path.ends_with("limits.rs"))
        .filter_map(|(path, text)| text.lines().find(apart).map(|line| format!("{}: {line}", path.display())))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
