//! What `meed test` says beyond passed and failed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::{Captures, Regex};

use crate::cli::{Folder, meed, said};

use super::{junit, xml};

const HALF: &str = "tests/cases/tools/untried.meed";

#[test]
fn coverage_tells_what_no_scenario_tries() {
    let full = said(&["test", HALF, "--coverage"]);
    let enough = said(&["test", HALF, "--coverage", "--min", "40"]);
    let too_little = said(&["test", HALF, "--coverage", "--min", "90", "--format", "github"]);
    let json = said(&["test", HALF, "--coverage", "--format", "json"]);
    assert!(enough.ends_with("--- exit 0\n"), "{enough}");
    assert!(too_little.ends_with("--- exit 1\n"), "{too_little}");
    insta::assert_snapshot!(format!("{full}\n{too_little}\n{json}"));
}

#[test]
fn coverage_of_no_scenario_is_none_of_it() {
    let none = said(&["test", HALF, "--coverage", "--run", "no such", "--format", "json"]);
    assert!(none.contains("\"percent\":0,\"covered\":0"), "{none}");
    assert!(none.ends_with("--- exit 1\n"), "{none}");
}

#[test]
fn mutation_tells_what_no_scenario_would_notice() {
    let full = said(&["test", HALF, "--mutate", "--threads", "1"]);
    let two = said(&["test", HALF, "--mutate", "--threads", "2"]);
    assert_eq!(full.replace("--threads 1", ""), two.replace("--threads 2", ""), "threads change nothing");
    let json = said(&["test", HALF, "--mutate", "--min", "30", "--format", "json"]);
    assert!(json.ends_with("--- exit 0\n"), "{json}");
    let github = said(&["test", HALF, "--mutate", "--min", "90", "--format", "github"]);
    assert!(github.ends_with("--- exit 1\n"), "{github}");
    assert!(github.contains("::if gold began at $600 or $400 instead of $500, no scenario would notice\n"), "{github}");
    insta::assert_snapshot!(format!("{full}\n{json}"));
}

/// Each kind of change is noticed by a scenario that stands on both sides of it.
#[test]
fn scenarios_at_every_border_notice_every_change() {
    let folder = Folder::new("noticed");
    let program = "program \"Borders\" {\n  currency USD\n  timezone \"UTC\"\n}\n\nevent purchase {\n  total money\n}\n\nunit points also point {\n  round   down per event\n  expires never\n}\n\nearn base on purchase {\n  when total >= $10\n  give 1 point per $1 of total\n}\n\nscenario \"borders\" {\n  ann purchase 2026-01-01 { total $9.99 } expect nothing\n  ann purchase 2026-01-01 { total $10 } expect 10 points\n  ann purchase 2026-01-01 { total $11.99 } expect 11 points\n}\n";
    fs::write(folder.join("borders.meed"), program).unwrap();
    let text = said(&["test", &folder.named("borders.meed"), "--mutate", "--min", "100"]);
    assert!(text.contains("scenarios notice 100% of the changes of Borders: 8 of 8\n--- standard error"), "{text}");
    fs::write(folder.join("borders.meed"), program.replace("{ total $9.99 }", "{ total $8 }")).unwrap();
    let text = said(&["test", &folder.named("borders.meed"), "--mutate", "--min", "100"]);
    assert!(text.contains("if earn `base` said `when total >= $9` instead of `when total >= $10`"), "{text}");
    assert!(text.ends_with("--- exit 1\n"), "{text}");
    fs::write(folder.join("borders.meed"), program.replace("expect 10 points", "expect 9 points")).unwrap();
    let text = said(&["test", &folder.named("borders.meed"), "--mutate"]);
    assert!(text.contains("must pass before they can notice anything") && text.ends_with("--- exit 1\n"), "{text}");
}

#[test]
fn update_writes_values_and_nothing_else() {
    let folder = Folder::new("update");
    let path = folder.named("outdated.meed");
    fs::copy("tests/cases/tools/outdated.meed", &path).unwrap();
    let update = said(&["test", &path, "--update"]);
    let after = folder.read("outdated.meed");
    let test = said(&["test", &path]);
    let layout = said(&["fmt", "--check", &path]);
    assert!(update.ends_with("--- exit 0\n") && test.ends_with("--- exit 0\n"), "{update}{test}");
    assert!(layout.ends_with("--- exit 0\n"), "{layout}");
    let again = said(&["test", &path, "--update"]);
    assert!(again.contains("0 expectations written"), "{again}");
    let scenario = after.split_once("# Everything").unwrap().1;
    insta::assert_snapshot!(format!("{update}\n# Everything{scenario}").replace(&path, "outdated.meed"));
}

#[test]
fn update_leaves_what_is_no_value() {
    let folder = Folder::new("contrary");
    let path = folder.named("contrary.meed");
    fs::copy("tests/cases/tools/contrary.meed", &path).unwrap();
    let update = said(&["test", &path, "--update"]);
    insta::assert_snapshot!(update.replace(&path, "contrary.meed"));
    let after = folder.read("contrary.meed");
    assert!(after.contains("expect 20 points, mug") && after.contains(">= 30"), "{after}");
}

/// Folders of programs with their scenarios and events.
fn programs() -> Vec<PathBuf> {
    let below = |root: &str| fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let mut all: Vec<PathBuf> = below("programs").into_iter().chain(below("programs/real")).collect();
    all.retain(|folder| folder.is_dir() && !folder.ends_with("real") && !folder.ends_with("bench"));
    all.sort();
    all
}

/// The one file in a folder whose name ends so.
fn file(folder: &Path, end: &str) -> Option<PathBuf> {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.to_str().unwrap().ends_with(end))
}

/// A copy of a program in a folder of its own.
fn copied(program: &Path, to: &Folder) {
    for entry in fs::read_dir(program).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "meed") {
            fs::copy(&path, to.join(path.file_name().unwrap().to_str().unwrap())).unwrap();
        }
    }
}

/// Numbers of expectations that were made wrong come back as they were, in every program.
#[test]
fn update_is_the_inverse_of_a_wrong_number() {
    let expected = Regex::new(r"((?:expect|,) -?[$€£¥]?)(\d+)((?: [a-z]\w*)?(?:,|$| +#))").unwrap();
    let mut numbers = 0;
    for program in programs() {
        let folder = Folder::new("wrong-numbers");
        copied(&program, &folder);
        let tests = file(&folder.0, ".test.meed").unwrap();
        let text = fs::read_to_string(&tests).unwrap();
        let wrong = |line: &str| {
            let code = line.find(" # ").unwrap_or(line.len());
            let (code, comment) = line.split_at(code);
            let bump = |found: &Captures<'_>| {
                numbers += usize::from(line.contains("expect"));
                format!("{}{}{}", &found[1], found[2].parse::<i64>().unwrap() + 3, &found[3])
            };
            let changed =
                if line.contains("expect") { expected.replace_all(code, bump).into_owned() } else { code.into() };
            changed + comment + "\n"
        };
        let changed: String = text.lines().map(wrong).collect();
        fs::write(&tests, changed).unwrap();
        let update = said(&["test", folder.0.to_str().unwrap(), "--update"]);
        assert!(update.ends_with("--- exit 0\n"), "{}: {update}", program.display());
        assert_eq!(fs::read_to_string(&tests).unwrap(), text, "{}", program.display());
    }
    assert!(numbers > 300, "{numbers}");
}

/// What members did, in every program, passes when it is pasted.
#[test]
fn scenarios_of_real_events_pass() {
    let mut members = 0;
    for program in programs() {
        let Some(events) = file(&program, "events.jsonl") else { continue };
        let records = fs::read_to_string(&events).unwrap();
        let ids = records.lines().filter_map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(record.get("member")?.as_str()?.to_owned())
        });
        let ids: BTreeSet<String> = ids.collect();
        let folder = Folder::new("new");
        copied(&program, &folder);
        let tests = file(&folder.0, ".test.meed").unwrap();
        let mut pasted = String::new();
        for id in ids.iter().take(5) {
            let new =
                meed(&["test", program.to_str().unwrap(), "--new", events.to_str().unwrap(), "--member", id.as_str()]);
            assert!(new.status.success(), "{}: {id}", program.display());
            pasted.push_str(&String::from_utf8(new.stdout).unwrap());
            pasted.push('\n');
            members += 1;
        }
        fs::write(&tests, pasted.trim_end().to_owned() + "\n").unwrap();
        let test = said(&["test", folder.0.to_str().unwrap()]);
        assert!(test.ends_with("--- exit 0\n"), "{}: {test}", program.display());
        let layout = said(&["fmt", "--check", tests.to_str().unwrap()]);
        assert!(layout.ends_with("--- exit 0\n"), "{}: {layout}", program.display());
    }
    assert!(members > 60, "{members}");
}

/// Behind the code of a currency stands which unit is meant.
#[test]
fn two_units_of_money_are_told_apart() {
    let folder = Folder::new("two-credits");
    let program = fs::read_to_string("tests/cases/verify/two_credits.meed").unwrap();
    fs::write(folder.join("shop.meed"), &program).unwrap();
    let event = |id: u32, kind: &str, zloty: u32| {
        format!(
            r#"{{"id":"{id}","type":"{kind}","member":"ann","time":"2026-01-0{id}T11:00:00Z","order":"A1","subtotal":{zloty}}}"#
        ) + "\n"
    };
    fs::write(folder.join("events.jsonl"), event(1, "purchase", 205) + &event(2, "refund", 100)).unwrap();
    let new = meed(&["test", &folder.named("shop.meed"), "--new", &folder.named("events.jsonl"), "--member", "ann"]);
    let scenario = String::from_utf8(new.stdout).unwrap();
    for said in ["expect 20.50 PLN credit, 5 PLN gift_card", "-10 PLN credit", "ann.credit.balance is 10.50 PLN"] {
        assert!(scenario.contains(said), "{scenario}");
    }
    let wrong = scenario.replace("5 PLN gift_card", "7 PLN gift_card");
    fs::write(folder.join("shop.meed"), format!("{program}\n{wrong}")).unwrap();
    let update = said(&["test", &folder.named("shop.meed"), "--update"]);
    assert!(update.ends_with("--- exit 0\n"), "{update}");
    assert_eq!(folder.read("shop.meed"), format!("{program}\n{scenario}"));
}

#[test]
fn a_scenario_of_real_events_reads_like_one() {
    let events = "programs/teahouse/events.jsonl";
    let ann = said(&["test", "programs/teahouse", "--new", events, "--member", "ann"]);
    let nobody = said(&["test", "programs/teahouse", "--new", events, "--member", "nobody"]);
    let two = said(&["test", "programs/teahouse", "programs/sinopec", "--new", events, "--member", "ann"]);
    insta::assert_snapshot!(format!("{ann}\n{nobody}\n{two}"));
}

/// What is left out, who may be meant, what somebody is called, and that the amounts are no proof.
#[test]
fn notes_on_a_scenario_of_real_events_say_what_to_do() {
    let folder = Folder::new("new-notes");
    let purchase = |id: u32, member: &str, time: &str| {
        format!(
            r#"{{"id":"{id}","type":"purchase","member":"{member}","time":"{time}","order":"{id}","subtotal":"5.00"}}"#
        ) + "\n"
    };
    let (day, nowhere) = ("2026-03-02T10:00:00Z", "2026-03-02");
    let lines = [purchase(1, "4711", day), purchase(2, "anna", day), purchase(3, "anna", nowhere)];
    fs::write(folder.join("events.jsonl"), lines.concat()).unwrap();
    let new = |member: &str| {
        let output = meed(&[
            "test",
            "tests/cases/tools/report/refunds.meed",
            "--new",
            &folder.named("events.jsonl"),
            "--member",
            member,
        ]);
        String::from_utf8(output.stderr).unwrap()
    };
    let number = new("4711");
    assert!(number.contains("a record cannot be read and is left out: "), "{number}");
    assert!(number.contains("`4711` is no word, so the scenario says `member1`"), "{number}");
    assert!(number.contains("compare each amount with what is meant"), "{number}");
    let slip = new("ana");
    assert!(slip.contains("no event of `ana` in these files: did you mean `anna`?"), "{slip}");
}

#[test]
fn junit_is_what_readers_of_it_expect() {
    let folder = Folder::new("junit");
    let path = folder.named("odd.meed");
    let text = fs::read_to_string("tests/cases/tools/contrary.meed").unwrap();
    let odd = text.replace("\"some things are for somebody to decide\"", "\"<odd> & \\\"quoted\\\" \u{1f375}\"");
    let skipped = "\nskip scenario \"later\" {\n  ann purchase 2026-01-03 { total $20 } expect 20 points\n}\n";
    let fine = "\nscenario \"fine\" {\n  ann purchase 2026-01-03 { total $20 } expect 20 points\n}\n";
    fs::write(&path, format!("{odd}{skipped}{fine}")).unwrap();
    let said = said(&["test", &path, "--format", "junit"]);
    let xml = said.split_once('\n').unwrap().1.split_once("--- standard error").unwrap().0;
    let root = xml::parse(xml).unwrap_or_else(|wrong| panic!("{wrong}: {xml}"));
    junit::valid(&root).unwrap_or_else(|wrong| panic!("{wrong}: {xml}"));
    assert_eq!(root.attributes["failures"], "1");
    assert_eq!(root.children[0].children[0].attributes["name"], "<odd> & \"quoted\" \u{1f375}");
    insta::assert_snapshot!(said.replace(&path, "odd.meed"));
}
