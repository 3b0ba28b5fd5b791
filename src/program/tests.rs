//! Programs from files and folders.

use std::fs;
use std::path::PathBuf;

use super::*;

/// A folder of files that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = std::env::temp_dir().join(format!("meed-{}-{name}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        for (file, text) in files {
            fs::write(root.join(file), text).unwrap();
        }
        Self(root)
    }
    fn load(&self, file: &str) -> Result<Loaded, Vec<String>> {
        let path = if file.is_empty() { self.0.clone() } else { self.0.join(file) };
        Program::from_path(path).map_err(|error| {
            error.messages.iter().map(|message| format!("{} {}", message.code, message.message)).collect()
        })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const HEAD: &str = "program \"P\" {\n  currency USD\n  timezone \"UTC\"\n}\n";

#[test]
fn imports_are_followed_and_each_file_is_read_once() {
    let folder = Folder::new(
        "imports",
        &[
            ("a.meed", &format!("{HEAD}import \"b.meed\"\nimport \"c.meed\"\nearn e on visit {{ give 1 stamp }}\n")),
            ("b.meed", "import \"c.meed\"\nunit stamps also stamp { expires never }\n"),
            ("c.meed", "event visit { order id }\n"),
        ],
    );
    let loaded = folder.load("a.meed").unwrap();
    assert_eq!(loaded.versions.len(), 1);
    assert_eq!(loaded.sources.files().count(), 3);
}

#[test]
fn an_import_that_is_missing_or_goes_around_is_an_error_at_its_place() {
    let folder = Folder::new(
        "around",
        &[("a.meed", &format!("{HEAD}import \"b.meed\"\nimport \"d.meed\"\n")), ("b.meed", "import \"a.meed\"\n")],
    );
    let messages = folder.load("a.meed").unwrap_err();
    assert_eq!(messages, ["E0402 `d.meed` cannot be imported: there is no such file", "E0401 `a.meed` imports itself"]);
}

#[test]
fn a_folder_holds_versions_in_order_and_tests_for_the_newest() {
    let dated = |date: &str| HEAD.replace("}\n", &format!("  effective from {date}\n}}\n"));
    let folder = Folder::new(
        "versions",
        &[
            ("late.meed", &dated("2026-01-01")),
            ("early.meed", HEAD),
            ("all.test.meed", "scenario \"nothing\" {\n  ann joins 2026-01-05\n}\n"),
        ],
    );
    let loaded = folder.load("").unwrap();
    let dates: Vec<_> = loaded.versions.iter().map(|version| version.settings.effective_from.is_some()).collect();
    assert_eq!(dates, [false, true]);
    let scenarios: Vec<_> = loaded.versions.iter().map(|version| version.scenarios.len()).collect();
    assert_eq!(scenarios, [0, 1]);
}

#[test]
fn two_versions_of_one_day_and_rules_among_tests_are_errors() {
    let folder =
        Folder::new("clash", &[("a.meed", HEAD), ("b.meed", HEAD), ("x.test.meed", "unit u { expires never }\n")]);
    let messages = folder.load("").unwrap_err();
    assert_eq!(
        messages,
        [
            "E0403 two versions in this folder do not say from when on they are in force",
            "E0404 a file of tests holds only scenarios",
        ]
    );
}

#[test]
fn a_table_is_read_from_a_file_beside_the_one_that_names_it() {
    let folder = Folder::new(
        "table",
        &[
            (
                "a.meed",
                &format!(
                    "{HEAD}event flight {{ zone text }}\nunit miles {{ expires never }}\ntable bonus by zone from \"bonus.csv\"\nearn e on flight {{ give bonus[zone] }}\n"
                ),
            ),
            ("bonus.csv", "zone,value\nnorth,500 miles\n_,20 miles\n"),
        ],
    );
    let loaded = folder.load("a.meed").unwrap();
    assert_eq!(loaded.versions[0].tables.len(), 1);
    let missing = Folder::new(
        "no-table",
        &[("a.meed", &format!("{HEAD}event e {{ zone text }}\ntable bonus by zone from \"bonus.csv\"\n"))],
    );
    assert_eq!(missing.load("a.meed").unwrap_err(), ["E0267 `bonus.csv` cannot be read: there is no such file"]);
}

#[test]
fn what_is_not_there_is_an_error() {
    let error = Program::from_path("no/such.meed").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no/such.meed:1:1: error[E0400]: `no/such.meed` cannot be read: there is no such file\n"
    );
    assert!(Program::from_text("t", "import \"x.meed\"\n").is_err());
}

#[test]
fn a_file_of_tests_stands_for_its_program() {
    let folder = Folder::new(
        "tested",
        &[("a.meed", HEAD), ("a.test.meed", "scenario \"nothing\" {\n  ann joins 2026-01-05\n}\n")],
    );
    for file in ["a.meed", "a.test.meed"] {
        let loaded = folder.load(file).unwrap();
        assert_eq!(loaded.versions[0].scenarios.len(), 1);
    }
}

#[test]
fn s41_a_version_must_not_forget_what_members_hold() {
    let stars = "unit stars { expires never }\n";
    let later = "program \"t\" {\n  currency USD\n  timezone \"UTC\"\n  effective from 2026-01-01\n}\n";
    let forgets = Folder::new("forgets", &[("1.meed", &format!("{HEAD}{stars}")), ("2.meed", later)]);
    let error = forgets.load("").unwrap_err();
    assert_eq!(error, ["E0405 the next version has no unit `stars`, and members may hold it"]);
    let renamed = format!("{later}unit points was stars {{ expires never }}\n");
    let renames = Folder::new("renames", &[("1.meed", &format!("{HEAD}{stars}")), ("2.meed", &renamed)]);
    assert_eq!(renames.load("").unwrap().versions.len(), 2);
}

#[test]
fn lines_end_in_every_way() {
    let text = format!("{HEAD}\n# a comment\nunit points {{\n  expires never\n}}\n\nlet wrong = nothing\n");
    for end in ["\n", "\r\n", "\r"] {
        let Err(wrong) = Program::from_text("p.meed", &text.replace('\n', end)) else { panic!("`nothing` is no name") };
        let places: Vec<_> = wrong.messages.iter().map(|m| (m.code.0, wrong.sources.place(m.span).0)).collect();
        assert_eq!(places, [("E0200", 11)], "{end:?}");
        let laid_out = crate::syntax::format(&text.replace('\n', end)).unwrap();
        assert_eq!(laid_out, text, "{end:?}");
    }
}

#[test]
fn what_is_not_utf_8_is_told_by_what_it_is() {
    let folder = Folder::new("encodings", &[]);
    for (name, bytes, told) in
        [("wide.meed", b"\xff\xfep\0r\0".as_slice(), "UTF-16"), ("west.meed", b"# one\n# caf\xe9\n", "first in line 2")]
    {
        fs::write(folder.0.join(name), bytes).unwrap();
        let messages = folder.load(name).unwrap_err();
        assert!(messages.iter().any(|message| message.starts_with("E0400") && message.contains(told)), "{messages:?}");
    }
}
