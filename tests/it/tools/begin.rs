//! `meed init` and `meed sample`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use meed::Program;
use meed::engine::{What, World};
use meed::sample::{Wanted, sample};

use crate::cli::{Folder, meed, said};

const TEMPLATES: [&str; 5] = ["points", "tiers", "challenge", "coalition", "charity"];

#[test]
fn every_template_is_a_program_whose_scenarios_pass() {
    for template in TEMPLATES {
        let folder = Folder::new(&format!("init-{template}"));
        let shop = folder.named("shop");
        for arguments in [
            &["init", &shop, "--template", template][..],
            &["check", &shop, "--strict"],
            &["fmt", &shop, "--check"],
            &["test", &shop],
        ] {
            let output = meed(arguments);
            assert!(output.status.success(), "{template}: {arguments:?}: {output:?}");
        }
    }
}

#[test]
fn no_template_has_a_hole() {
    for template in TEMPLATES {
        let said = said(&["verify", &format!("src/cli/templates/{template}.meed"), "--runs", "200"]);
        assert!(said.contains("nothing was found") && said.ends_with("--- exit 0\n"), "{template}: {said}");
    }
}

#[test]
fn a_beginning_changes_nothing_that_is_there() {
    let folder = Folder::new("init-twice");
    let shop = folder.named("shop");
    let first = said(&["init", &shop, "--format", "json"]);
    let again = said(&["init", &shop, "--template", "tiers"]);
    fs::create_dir_all(folder.join("other")).unwrap();
    fs::write(folder.join("other/points.test.meed"), "# mine\n").unwrap();
    let taken = said(&["init", &folder.named("other")]);
    assert_eq!(folder.read("other/points.test.meed"), "# mine\n");
    assert!(!folder.join("other/points.meed").exists());
    let text = format!("{first}\n{again}\n{taken}").replace(&folder.named(""), "FOLDER/");
    insta::assert_snapshot!(text);
}

#[test]
fn made_up_events_are_the_same_for_the_same_seed() {
    let program = "tests/cases/cli/shop.meed";
    let first = said(&["sample", program, "--members", "5", "--seed", "4", "--from", "2026-03-01"]);
    assert_eq!(first, said(&["sample", program, "--members", "5", "--seed", "4", "--from", "2026-03-01"]));
    assert_ne!(first, said(&["sample", program, "--members", "5", "--seed", "5", "--from", "2026-03-01"]));
    insta::assert_snapshot!(first);
}

fn programs() -> Vec<std::path::PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let folders = |root: &Path| fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let mut all = folders(&root);
    all.extend(folders(&root.join("real")));
    all.retain(|path| path.is_dir() && !path.ends_with("real"));
    all.sort();
    all
}

/// Members do what the program is about: they earn, and most of what they ask for is granted.
#[test]
fn events_can_be_made_up_for_every_program() {
    let mut idle = Vec::new();
    for path in programs() {
        let versions: Vec<Arc<Program>> =
            Program::from_path(&path).unwrap().versions.into_iter().map(Arc::new).collect();
        let events = sample(&versions, &Wanted { members: 12, seed: 1, from: None, days: 365 });
        assert!(events.is_sorted_by_key(|event| event.time), "{}", path.display());
        let count = events.len();
        let mut world = World::new(meed::compile::compile(&versions).with_test_seed());
        let (mut brought, mut refused) = (0, 0);
        world.submit(events, &mut |outcome| match outcome.what {
            What::Refused(_) | What::Failed(_) => refused += 1,
            _ => brought += 1,
        });
        assert!(count > 12 && refused * 2 < count, "{}: {refused} of {count} are refused", path.display());
        if brought == 0 {
            idle.push(path);
        }
    }
    assert!(idle.is_empty(), "nothing comes of what members do in {idle:?}");
}

#[test]
fn what_is_written_is_read_back_as_the_same_events() {
    let folder = Folder::new("sample-back");
    for program in ["programs/teahouse", "programs/smile", "programs/coalition"] {
        let versions: Vec<Arc<Program>> =
            Program::from_path(program).unwrap().versions.into_iter().map(Arc::new).collect();
        let events = sample(&versions, &Wanted { members: 20, seed: 3, from: None, days: 200 });
        let file = folder.join("events.jsonl");
        let written = events
            .iter()
            .map(|event| {
                serde_json::to_string(&meed::events::Record { program: versions.last().unwrap(), event }).unwrap()
                    + "\n"
            })
            .collect::<String>();
        fs::write(&file, written).unwrap();
        let inputs = meed::events::Inputs::find(&[file]).unwrap();
        let stream = meed::events::EventStream::new(versions.last().unwrap(), &inputs, None, 0).unwrap();
        let read: Vec<_> = stream.map(Result::unwrap).collect();
        for (event, back) in events.iter().zip(&read) {
            assert!(event.same_content(back), "{event:?}\n{back:?}");
        }
        assert_eq!(events.len(), read.len());
    }
}
