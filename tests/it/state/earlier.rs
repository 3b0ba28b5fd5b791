//! States that earlier builds have written, in `tests/cases/state`.
//!
//! Each folder has a program, its events before the state (`first.jsonl`) and after it (`rest.jsonl`), and one state for each build that changed
//! the form of states: `SCHEMA-NAME.state`. This build reads them all, and goes on to the same end. A field that is new in a state needs a
//! `#[serde(default)]`; what that cannot say needs a new schema, and code that reads the old one.
//!
//! `MEED_KEEP_STATES=name cargo test s42_states` keeps a state of this build in every folder.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use meed::Program;
use meed::compile::compile;
use meed::engine::lottery::Seed;
use meed::engine::{Engine, Outcome, World};
use meed::events::{EventStream, Inputs};
use meed::hir::Program as Hir;
use meed::journal::{Line, MemberLine, state};

use super::damage::unpacked;
use super::*;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/state");

pub(super) struct Case {
    folder: PathBuf,
    versions: Vec<Arc<Hir>>,
}

impl Case {
    pub fn all() -> Vec<Self> {
        let mut folders: Vec<PathBuf> = fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        let case = |folder: PathBuf| {
            let versions = Program::from_path(&folder).unwrap().versions.into_iter().map(Arc::new).collect();
            Self { folder, versions }
        };
        folders.into_iter().map(case).collect()
    }

    pub fn engine(&self) -> Engine {
        let secrets = fs::read_to_string(self.folder.join("seed.txt")).unwrap_or_default();
        compile(&self.versions).with_seeds(&secrets.lines().filter_map(Seed::parse).collect::<Vec<_>>())
    }

    pub fn name(&self) -> &str {
        self.folder.file_name().unwrap().to_str().unwrap()
    }

    fn states(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "state"));
        paths.sort();
        paths
    }

    /// Judges the events of a file; returns the lines of the journal.
    pub fn judge(&self, world: &mut World, name: &str) -> String {
        let inputs = Inputs::find(&[self.folder.join(name)]).unwrap();
        let program = self.versions.last().unwrap();
        let mut stream = EventStream::new(program, &inputs, None, world.sequence()).unwrap();
        let events = stream.by_ref().map(|event| event.unwrap()).collect();
        let mut outcomes = Vec::new();
        world.submit(events, &mut |outcome| outcomes.push(outcome));
        world.advance(None, &mut |outcome| outcomes.push(outcome));
        world.count(stream.records());
        let root = format!("{}/", env!("CARGO_MANIFEST_DIR"));
        let line = |(outcome, seq): (&Outcome, u64)| {
            let program = &self.versions[outcome.version as usize];
            serde_json::to_string(&Line::new(program, outcome, seq)).unwrap().replace(&root, "") + "\n"
        };
        outcomes.iter().zip(1..).map(line).collect()
    }
}

fn members(world: &World) -> String {
    let line = |state| serde_json::to_string(&MemberLine::new(world.engine(), state).unwrap()).unwrap() + "\n";
    world.members().into_iter().map(line).collect()
}

#[test]
fn s42_states_of_earlier_builds_are_read_and_go_on() {
    let number = state::SCHEMA.rsplit('/').next().unwrap();
    for case in Case::all() {
        let name = case.name();
        let mut straight = World::new(case.engine());
        case.judge(&mut straight, "first.jsonl");
        if let Ok(kept) = std::env::var("MEED_KEEP_STATES") {
            state::save(&straight, &case.folder.join(format!("{number}-{kept}.state"))).unwrap();
        }
        let journal = case.judge(&mut straight, "rest.jsonl");
        let end = format!("{journal}\n{}", members(&straight));
        let states = case.states();
        let ours = |path: &&PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with(&format!("{number}-"));
        assert!(states.iter().any(|path| ours(&path)), "{name}: no state of schema {number} is kept");
        for path in states {
            let mut world = state::load(case.engine(), &path).unwrap_or_else(|error| panic!("{error}"));
            let journal = case.judge(&mut world, "rest.jsonl");
            assert_eq!(format!("{journal}\n{}", members(&world)), end, "{}", path.display());
        }
    }
}

/// Fields of stored types that may be left out, with the file that has them.
fn optional_parts() -> Vec<(String, String)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let rooms = ["engine", "engine/challenge"].map(|room| fs::read_dir(format!("{root}/{room}")).unwrap());
    let files = rooms.into_iter().flatten().map(|entry| entry.unwrap().path());
    let files = files.chain([format!("{root}/journal/state.rs").into()]);
    let mut parts = Vec::new();
    for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let text = fs::read_to_string(&path).unwrap();
        let mut lines = text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            if line.starts_with("#[serde(") && line.contains("default") {
                let declared = lines.find(|line| !line.starts_with('#') && !line.starts_with("//")).unwrap();
                let name = declared.trim_start_matches("pub ").split(':').next().unwrap();
                parts.push((name.to_owned(), path.display().to_string()));
            }
        }
    }
    parts
}

/// All names of fields in a value.
fn names(value: &serde_json::Value, found: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Array(list) => list.iter().for_each(|value| names(value, found)),
        serde_json::Value::Object(map) => {
            found.extend(map.keys().cloned());
            map.values().for_each(|value| names(value, found));
        }
        _ => {}
    }
}

#[test]
fn s42_every_part_that_a_state_may_have_is_in_a_kept_one() {
    // Between events no letter is on its way, and no program is known whose clock stands still for a member.
    let never = ["mail", "halted"];
    let mut kept = BTreeSet::new();
    for path in Case::all().iter().flat_map(Case::states) {
        let text = unpacked(&fs::read(path).unwrap());
        text.lines().for_each(|line| names(&serde_json::from_str(line).unwrap(), &mut kept));
    }
    let parts = optional_parts();
    let missing: Vec<_> = parts.iter().filter(|(name, _)| !kept.contains(name) && !never.contains(&&**name)).collect();
    assert!(parts.len() > 50 && missing.is_empty(), "no state that is kept has these parts: {missing:#?}");
}
