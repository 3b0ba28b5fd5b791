//! The walkthroughs: what is printed there is what happens.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cli::Folder;

/// A shell in a folder, with the command that is tested.
fn shell(folder: &Path, command: &str) -> std::process::Output {
    let bin = Path::new(env!("CARGO_BIN_EXE_meed")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(folder).env("PATH", path).env("NO_COLOR", "1").env("BASE", "HEAD");
    shell.env_remove("CI").output().unwrap()
}

/// Lines without what depends on the width of tables.
fn lines(text: &str) -> Vec<String> {
    let plain = |line: &str| line.replace(['─', '═'], "").split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().map(plain).collect()
}

/// Whether lines are those that are expected; `…` stands for any number of them.
fn fits(expected: &[String], got: &[String]) -> bool {
    match expected.split_first() {
        None => got.is_empty(),
        Some((line, rest)) if line == "…" => (0..=got.len()).any(|skipped| fits(rest, &got[skipped..])),
        Some((line, rest)) => got.first() == Some(line) && fits(rest, &got[1..]),
    }
}

/// Commands of a document with what they say.
fn commands(document: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in fs::read_to_string(document).unwrap().lines() {
        match (inside, line.strip_prefix("$ ")) {
            (false, _) => inside = line == "```console",
            (true, _) if line == "```" => inside = false,
            (true, Some(command)) => found.push((command.to_owned(), String::new())),
            (true, None) => found.last_mut().unwrap().1.push_str(&format!("{line}\n")),
        }
    }
    found
}

#[test]
fn the_tour_goes_as_it_is_told() {
    goes_as_told("tour", 10);
}

#[test]
fn the_page_about_attacks_goes_as_it_is_told() {
    goes_as_told("verify", 6);
}

fn goes_as_told(page: &str, least: usize) {
    let folder = Folder::new(page);
    let steps = commands(&format!("docs/{page}.md"));
    assert!(steps.len() >= least, "{steps:?}");
    for (command, expected) in steps {
        let output = shell(&folder.0, &format!("{command} 2>&1"));
        let got = String::from_utf8(output.stdout).unwrap();
        assert!(fits(&lines(&expected), &lines(&got)), "$ {command}\n--- expected\n{expected}\n--- got\n{got}");
    }
}

/// The program of the tour passes as it is; a change beyond a bound stops at the last command.
#[test]
fn the_checks_for_change_requests_do_as_they_are_written() {
    let folder = Folder::new("ci");
    let git = "git -c user.name=you -c user.email=you@example.org";
    let begin = format!(
        "meed init && meed sample --members 50 --seed 7 -o events.jsonl && git init -q && git add . && {git} commit -qm x"
    );
    assert!(shell(&folder.0, &begin).status.success());
    let text = fs::read_to_string("docs/ci.md").unwrap();
    let runs: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("- run: meed")).collect();
    assert_eq!(runs.len(), 5);
    let codes =
        || runs.iter().map(|run| shell(&folder.0, &format!("meed{run}")).status.code().unwrap()).collect::<Vec<_>>();
    assert_eq!(codes(), [0; 5]);
    assert!(folder.read("comment.md").contains("nothing means anything else"));
    let program = folder.read("points.meed");
    fs::write(folder.join("points.meed"), program.replace("rate    100 points", "rate    110 points")).unwrap();
    assert_eq!(codes()[2..], [1, 1, 0], "a scenario fails, and the change is breaking");
    assert!(folder.read("comment.md").contains("+ rate 110 points = $1"));
}
