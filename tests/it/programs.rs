//! Every program under `programs/`: it checks, is laid out, passes its scenarios, and does with its events what its snapshot says, whoever
//! judges and however the events are cut or ordered.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use meed::compile::compile;
use meed::engine::lottery::Seed;
use meed::engine::{Arrival, Engine, Event, Outcome, World};
use meed::events::{EventStream, Inputs, Map};
use meed::journal::{Line, MemberLine, state};
use meed::{Program, scenario};

/// A program of the folder, with its events.
pub struct Case {
    pub name: String,
    folder: PathBuf,
    pub versions: Vec<Arc<Program>>,
    /// What `seed.txt` says: the secrets of its draws.
    seeds: Vec<Seed>,
}

/// All programs below a folder: each stands in a folder of its own.
fn below(root: &Path) -> Vec<Case> {
    let mut found = Vec::new();
    let mut waiting = vec![root.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        let entries: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        waiting.extend(entries.iter().filter(|path| path.is_dir()).cloned());
        if entries.iter().any(|path| path.extension().is_some_and(|extension| extension == "meed")) {
            found.push(folder);
        }
    }
    found.sort();
    let case = |folder: PathBuf| {
        let loaded = Program::from_path(&folder).unwrap_or_else(|wrong| panic!("{}: {wrong}", folder.display()));
        assert!(loaded.warnings.is_empty(), "{}: {:#?}", folder.display(), loaded.warnings);
        let name = folder.strip_prefix(root).unwrap().to_string_lossy().replace('/', "-");
        let secrets = fs::read_to_string(folder.join("seed.txt")).unwrap_or_default();
        let seeds = secrets.lines().filter_map(Seed::parse).collect();
        Case { name, folder, versions: loaded.versions.into_iter().map(Arc::new).collect(), seeds }
    };
    found.into_iter().map(case).collect()
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn cases() -> Vec<Case> {
    below(&here().join("programs"))
}

/// Cases of other engines.
fn peers() -> Vec<Case> {
    below(&here().join("tests/peers"))
}

impl Case {
    fn newest(&self) -> &Program {
        self.versions.last().unwrap()
    }

    pub fn plan(&self) -> Engine {
        compile(&self.versions).with_seeds(&self.seeds)
    }

    fn reference(&self) -> Engine {
        Engine::reference(&self.versions).with_seeds(&self.seeds)
    }

    /// The events of `events.jsonl`, and what of it was rejected; nothing where the program reads other files.
    fn events(&self) -> (Vec<Event>, Vec<String>) {
        let path = self.folder.join("events.jsonl");
        if !path.exists() {
            return (Vec::new(), Vec::new());
        }
        let inputs = Inputs::find(&[path]).unwrap();
        let (mut events, mut rejects) = (Vec::new(), Vec::new());
        for record in EventStream::new(self.newest(), &inputs, None, 0).unwrap() {
            match record {
                Ok(event) => events.push(event),
                Err(reject) => rejects.push(format!("{}: {}", reject.line, reject.reason)),
            }
        }
        (events, rejects)
    }

    fn line(&self, outcome: &Outcome, seq: u64) -> String {
        let root = format!("{}/", env!("CARGO_MANIFEST_DIR"));
        let program = &self.versions[outcome.version as usize];
        serde_json::to_string(&Line::new(program, outcome, seq)).unwrap().replace(&root, "")
    }
}

fn members(world: &World) -> String {
    let lines = world
        .members()
        .into_iter()
        .map(|state| serde_json::to_string(&MemberLine::new(world.engine(), state).unwrap()).unwrap());
    lines.map(|line| line + "\n").collect()
}

/// All that a run of batches says: arrivals that were not plain, outcomes, members.
fn judged(case: &Case, engine: Engine, batches: Vec<Vec<Event>>) -> (Vec<String>, Vec<Outcome>, String) {
    let mut world = World::new(engine);
    let (mut arrivals, mut outcomes) = (Vec::new(), Vec::new());
    for batch in batches {
        let ids: Vec<Arc<str>> = batch.iter().map(|event| event.id.clone()).collect();
        for (id, arrival) in ids.iter().zip(world.submit(batch, &mut |outcome| outcomes.push(outcome))) {
            match arrival {
                Arrival::Accepted => {}
                Arrival::Duplicate => arrivals.push(format!("{id}: duplicate")),
                Arrival::Refused(reason) => arrivals.push(format!("{id}: {reason}")),
            }
        }
    }
    world.advance(None, &mut |outcome| outcomes.push(outcome));
    assert!(!case.name.is_empty());
    (arrivals, outcomes, members(&world))
}

#[test]
fn every_program_is_laid_out() {
    for case in cases().into_iter().chain(peers()) {
        for entry in fs::read_dir(&case.folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "meed") {
                let text = fs::read_to_string(&path).unwrap();
                assert_eq!(meed::syntax::format(&text).unwrap(), text, "{}", path.display());
            }
        }
    }
}

#[test]
fn every_program_passes_its_scenarios() {
    let mut failed = String::new();
    for case in cases().into_iter().chain(peers()) {
        for (judge, engine) in [("reference", case.reference()), ("plan", case.plan())] {
            let verdicts = scenario::run_all(&engine, case.newest());
            assert!(!verdicts.is_empty(), "{} has no scenario", case.name);
            for verdict in verdicts {
                for failure in verdict.failures {
                    let at = case.newest().sources.at(failure.span);
                    writeln!(
                        failed,
                        "{judge}: {} ({at}): expected {}, got {}",
                        verdict.name, failure.expected, failure.got
                    )
                    .unwrap();
                }
            }
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

#[test]
fn every_program_does_what_its_snapshot_says() {
    for case in cases() {
        let (events, rejects) = case.events();
        if events.is_empty() {
            continue;
        }
        let (arrivals, outcomes, members) = judged(&case, case.plan(), vec![events]);
        let mut text = format!("{}/events.jsonl\n", case.folder.strip_prefix(here()).unwrap().display());
        for (title, lines) in [("rejected", rejects), ("not judged", arrivals)] {
            if !lines.is_empty() {
                writeln!(text, "\n{title}\n{}", lines.join("\n")).unwrap();
            }
        }
        let journal: Vec<String> = (1..).zip(&outcomes).map(|(seq, outcome)| case.line(outcome, seq)).collect();
        writeln!(text, "\njournal\n{}\n\nmembers\n{members}", journal.join("\n")).unwrap();
        insta::assert_snapshot!(case.name.clone(), text);
    }
}

#[test]
fn the_reference_and_the_plan_write_the_same_journal() {
    for case in cases() {
        let (events, _) = case.events();
        let reference = judged(&case, case.reference(), vec![events.clone()]);
        let plan = judged(&case, case.plan(), vec![events]);
        assert_eq!(reference.1, plan.1, "{}", case.name);
        assert_eq!(reference.2, plan.2, "{}", case.name);
    }
}

#[test]
fn s02_s03_order_and_cuts_change_no_member() {
    for case in cases() {
        // A program that lets events come late for some days only has refused what came later still: another order is another history.
        if case.newest().settings.late.is_some() {
            continue;
        }
        let (events, _) = case.events();
        let whole = judged(&case, case.plan(), vec![events.clone()]).2;
        let backwards: Vec<Event> = events.iter().rev().cloned().collect();
        assert_eq!(judged(&case, case.plan(), vec![backwards.clone()]).2, whole, "{} backwards", case.name);
        let one_by_one = |events: &[Event]| events.iter().map(|event| vec![event.clone()]).collect();
        assert_eq!(judged(&case, case.plan(), one_by_one(&events)).2, whole, "{} one by one", case.name);
        assert_eq!(judged(&case, case.plan(), one_by_one(&backwards)).2, whole, "{} one by one, backwards", case.name);
    }
}

#[test]
fn s42_a_run_goes_on_where_its_state_was_saved() {
    let path = std::env::temp_dir().join(format!("meed-programs-{}.state", std::process::id()));
    for case in cases() {
        // A program that lets events come late for some days only has refused what came later still: another order is another history.
        if case.newest().settings.late.is_some() {
            continue;
        }
        let (events, _) = case.events();
        let whole = judged(&case, case.plan(), vec![events.clone()]).2;
        let mut world = World::new(case.plan());
        for part in events.chunks(7) {
            world.submit(part.to_vec(), &mut |_| {});
            world.advance(None, &mut |_| {});
            state::save(&world, &path).unwrap();
            world = state::load(case.plan(), &path).unwrap();
        }
        assert_eq!(members(&world), whole, "{}", case.name);
    }
    fs::remove_file(path).ok();
}

/// The acceptance of the retail data: known net sales, and how many customers reach which spend in 2010.
#[test]
fn retail_reproduces_what_is_known_of_its_data() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/retail");
    let loaded = Program::from_path(&folder).unwrap();
    let versions: Vec<Arc<Program>> = loaded.versions.into_iter().map(Arc::new).collect();
    let map = Map::parse("retail.map.yaml", &fs::read_to_string(folder.join("retail.map.yaml")).unwrap()).unwrap();
    let inputs = Inputs::find(&[folder.join("online_retail_ii_2009_2010.csv.zst")]).unwrap();
    let mut stream = EventStream::new(&versions[0], &inputs, Some(&map), 0).unwrap();
    let (mut events, mut skipped) = (Vec::new(), 0);
    for record in stream.by_ref() {
        match record {
            Ok(event) => events.push(event),
            Err(reject) => {
                assert!(reject.skipped, "{reject}");
                skipped += 1;
            }
        }
    }
    assert_eq!((stream.records(), events.len(), skipped), (525_461, 417_534, 107_927));

    let mut world = World::new(compile(&versions));
    let mut failed = 0;
    let arrivals =
        world.submit(events, &mut |outcome| failed += u32::from(matches!(outcome.what, meed::engine::What::Failed(_))));
    assert!(arrivals.iter().all(|arrival| *arrival == Arrival::Accepted));
    assert_eq!(failed, 0);
    world.advance(None, &mut |_| {});

    let program = &versions[0];
    let measure = |name: &str| program.measures.find(|measure| &*measure.name == name).unwrap();
    let of = |state: &meed::engine::State, name: &str| -> i64 {
        let read = meed::hir::Read::Measure(measure(name));
        match world.engine().look(state, |cx| cx.read(read)).unwrap() {
            meed::value::Value::Exact(minor) => minor.to_i64().unwrap(),
            other => panic!("{other:?}"),
        }
    };
    let members = world.members();
    let total = |name: &str| members.iter().map(|state| of(state, name)).sum::<i64>();
    assert_eq!(total("gross_spend"), 883_200_326);
    assert_eq!(total("total_spend"), 834_820_856);
    let reach = |pence: i64| members.iter().filter(|state| of(state, "yearly_spend") >= pence).count();
    assert_eq!((members.len(), reach(35_000), reach(100_000)), (4_383, 2_898, 1_605));
    let tiers = |tier: u32| members.iter().filter(|state| state.ladders.iter().all(|held| held.tier == tier)).count();
    assert_eq!((tiers(1), tiers(2)), (2_898 - 1_605, 1_605));
}
