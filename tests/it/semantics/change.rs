//! Versions, renames, and state files (S40 to S42).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use meed::engine::{Account, Arrival, Event, Outcome, What, World};
use meed::journal::state::{self, StateError};

use super::{accounts, advance, course, engines, members, parse, same, shop, story, submit};

const FIRST: &str = r#"
program "Versions" {
  currency USD
  timezone "America/New_York"
  late     accept within 60 days
}
event purchase { order id, total money }
event refund reverses purchase by order { total money }
unit points also point {
  round   down per event
  expires 12 months after earning
  refunds may go below zero
}
measure spent = sum of purchase.total, each calendar year
tiers status by spent {
  basic
  silver at $100
  holds  until end of next calendar year
}
earn base on purchase {
  give  1 point per $1 of total
  boost 2x when status is silver
  limit 150 points each calendar day
}
rule goal when spent reaches $150 {
  give    10 points
  refunds keep
}
reward mug { cost 20 points
  gives product "mug" }
scenario "over the change" {
  ann purchase 2026-03-01 { order A1, total $100 }
  ann purchase 2026-03-31 at 23:59 { order A2, total $10 }
  ann purchase 2026-04-01 at 00:00 { order A3, total $10 }
  ann refund   2026-04-02 { order A1, total $50 }
  ann redeem   2026-04-03 { reward mug }
  ann purchase 2026-04-04 { order A4, total $80 }
}
"#;

/// The same program with other rates, from 1 April on.
fn second() -> String {
    FIRST
        .replace("  late ", "  effective from 2026-04-01\n  late ")
        .replace("give  1 point per $1", "give  5 points per $1")
        .replace("boost 2x", "boost 3x")
        .replace("limit 150 points", "limit 1_000 points")
        .replace("12 months after earning", "1 month after earning")
}

fn posted(outcomes: &[Outcome], event: &Event) -> i64 {
    let own = |outcome: &&Outcome| outcome.event.as_ref() == Some(&event.id);
    outcomes.iter().filter(own).fold(0, |sum, outcome| match &outcome.what {
        What::Posted { to: Account::Available, amount, .. } => sum + amount,
        What::Posted { from: Account::Available, amount, .. } => sum - amount,
        _ => sum,
    })
}

#[test]
fn s40_each_event_is_judged_by_the_version_in_force_at_its_time() {
    let programs = [parse(FIRST), parse(&second())];
    let events = story(&programs[0]);
    for (evaluator, engine) in engines(&programs) {
        let mut world = World::new(engine.clone());
        let (_, outcomes) = submit(&mut world, events.clone());
        // 100 at the lower tier; 10 doubled; 10 at 5, trebled; half of the recorded 100 back; then 80 at 5, trebled, cut to 1000.
        // The goal of $150 is reached by the last: 70 + 80.
        let expected = [100, 20, 150, -50, -20, 1_010];
        for (event, expected) in events.iter().zip(expected) {
            assert_eq!(posted(&outcomes, event), expected, "{evaluator}: {}", event.id);
        }
        let version = |event: &Event| {
            outcomes.iter().filter(|o| o.event.as_ref() == Some(&event.id)).map(|o| o.version).collect::<BTreeSet<_>>()
        };
        for (i, event) in events.iter().enumerate() {
            assert_eq!(version(event), BTreeSet::from([u32::from(i >= 2)]), "{evaluator}: {}", event.id);
        }
        // Lots keep the expiry they were earned under.
        let zone = programs[0].settings.zone.clone();
        let day = |year, month, day| Some(zone.start_of(meed::value::Day::from_ymd(year, month, day).unwrap()));
        let expired = |outcomes: &[Outcome]| -> i64 {
            let lapsed =
                |o: &Outcome| if let What::Posted { to: Account::Expired, amount, .. } = &o.what { *amount } else { 0 };
            outcomes.iter().map(lapsed).sum()
        };
        assert_eq!(expired(&advance(&mut world, day(2026, 5, 1))), 130, "{evaluator}");
        assert_eq!(expired(&advance(&mut world, day(2026, 5, 4))), 1_010, "{evaluator}");
        assert_eq!(expired(&advance(&mut world, day(2027, 2, 28))), 0, "{evaluator}");
        assert_eq!(expired(&advance(&mut world, day(2027, 3, 31))), 70, "{evaluator}");
    }
}

#[test]
fn s40_a_late_event_is_judged_by_the_version_of_its_time() {
    let programs = [parse(FIRST), parse(&second())];
    let events = story(&programs[0]);
    for (evaluator, engine) in engines(&programs) {
        let mut straight = World::new(engine.clone());
        submit(&mut straight, events.clone());
        let mut late = World::new(engine.clone());
        let mut outcomes = Vec::new();
        for event in events.iter().rev() {
            outcomes.extend(submit(&mut late, vec![event.clone()]).1);
        }
        advance(&mut straight, None);
        advance(&mut late, None);
        same(&members(&straight), &members(&late), evaluator);
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("semantics-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    fn file(&self) -> PathBuf {
        self.0.join("state.meed-state")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// A world that has judged a story, saved; and the file.
fn saved(folder: &Folder, text: &str, events: &[Event]) -> World {
    let mut world = World::new(meed::compile::compile(&[parse(text)]));
    submit(&mut world, events.to_vec());
    advance(&mut world, None);
    state::save(&world, &folder.file()).unwrap();
    world
}

const OLD: &str = r#"
program "Names" {
  currency USD
  timezone "America/New_York"
}
event purchase { order id, total money }
event refund reverses purchase by order { total money }
unit points also point {
  round   down per event
  expires 12 months after earning
  refunds stop at zero
}
unit stamps also stamp { expires never
  refunds stop at zero
}
measure spent = sum of purchase.total, each calendar year
tiers status by spent {
  basic
  silver at $100
  gold   at $300
  holds  until end of next calendar year
}
earn base on purchase {
  give  1 point per $1 of total
  limit 200 points each calendar year
}
rule goal when spent reaches $150 { issue card }
reward card { gives voucher $5 }
reward unused { gives voucher $7 }
scenario "before" {
  ann purchase 2026-03-01 { order A1, total $180 }
}
scenario "after" {
  ann purchase 2026-04-01 { order A2, total $100 }
  ann refund   2026-04-02 { order A1, total $90 }
}
"#;

#[test]
fn s41_what_is_renamed_with_was_is_the_same_thing() {
    let folder = Folder::new("renamed");
    let old = parse(OLD);
    let before = course(&old, "before").0;
    saved(&folder, OLD, &before);
    let text = OLD
        .replace("unit points also point {", "unit pts was points also pt {")
        .replace("1 point per", "1 pt per")
        .replace("limit 200 points", "limit 200 pts")
        .replace("measure spent =", "measure yearly was spent =")
        .replace("tiers status by spent {", "tiers level was status by yearly {")
        .replace("silver at $100", "argent was silver at $100")
        .replace("rule goal when spent", "rule target was goal when yearly")
        .replace("reward card {", "reward voucher_five was card {")
        .replace("issue card", "issue voucher_five")
        .replace("earn base on", "earn standard was base on");
    let program = parse(&text);
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let mut world = state::load(engine, &folder.file()).unwrap();
        let ann = world.member("ann").unwrap().clone();
        let unit = program.units.find(|unit| &*unit.name == "pts").unwrap();
        let ladder = program.ladders.find(|ladder| &*ladder.name == "level").unwrap();
        let reward = program.rewards.find(|reward| &*reward.name == "voucher_five").unwrap();
        assert_eq!(ann.units.at(unit).available(), 180, "{evaluator}");
        assert_eq!(ann.ladders.at(ladder).tier, 1, "{evaluator}");
        assert!(ann.vouchers.iter().any(|voucher| voucher.reward == reward), "{evaluator}");
        // The measure goes on (no second goal), the limit of the year has room for 20, and half of the old award comes back.
        let after: Vec<Event> = course(&program, "after")
            .0
            .into_iter()
            .map(|event| Event { id: format!("after-{}", event.id).into(), ..event })
            .collect();
        let (_, outcomes) = submit(&mut world, after.clone());
        assert_eq!(posted(&outcomes, &after[0]), 20, "{evaluator}: {outcomes:?}");
        assert_eq!(posted(&outcomes, &after[1]), -90, "{evaluator}: {outcomes:?}");
        assert!(
            !outcomes.iter().any(|outcome| matches!(outcome.what, What::Issued { .. } | What::Failed(_))),
            "{evaluator}: {outcomes:?}"
        );
    }
}

#[test]
fn s41_removing_what_members_hold_is_an_error_and_what_nobody_holds_is_not() {
    let folder = Folder::new("removed");
    let old = parse(OLD);
    saved(&folder, OLD, &course(&old, "before").0);
    let load = |text: &str| state::load(meed::compile::compile(&[parse(text)]), &folder.file());
    let lost = |text: &str| match load(text) {
        Err(StateError::Lost(lost)) => lost,
        Err(other) => panic!("{other}"),
        Ok(_) => Vec::new(),
    };
    assert_eq!(lost(&OLD.replace("reward unused { gives voucher $7 }", "")), [""; 0]);
    assert_eq!(lost(&OLD.replace("unit stamps also stamp { expires never\n  refunds stop at zero\n}", "")), [""; 0]);
    let renamed = OLD
        .replace("points also point", "pts also pt")
        .replace("1 point per", "1 pt per")
        .replace("200 points", "200 pts");
    assert_eq!(lost(&renamed), ["unit `points`"]);
    assert_eq!(
        lost(&OLD.replace("issue card", "issue unused").replace("reward card { gives voucher $5 }", "")),
        ["reward `card`"]
    );
    assert_eq!(lost(&OLD.replace("tiers status by", "tiers standing by")), ["tiers `status`"]);
    assert!(load(&renamed).err().unwrap().to_string().contains("unit `points`, which the program no longer has"));
    // The file is as it was.
    assert_eq!(load(OLD).unwrap().member("ann").unwrap().units.iter().map(|purse| purse.available()).sum::<i64>(), 180);
}

#[test]
fn s41_other_rates_leave_what_members_have() {
    let folder = Folder::new("rates");
    let old = parse(OLD);
    let before = course(&old, "before").0;
    let world = saved(&folder, OLD, &before);
    let text = OLD.replace("1 point per", "9 points per").replace("12 months after", "1 month after");
    let mut next = state::load(meed::compile::compile(&[parse(&text)]), &folder.file()).unwrap();
    let (was, is) = (world.member("ann").unwrap(), next.member("ann").unwrap());
    assert_eq!(was.units, is.units);
    assert_eq!(was.ladders, is.ladders);
    // What was judged before the change cannot be judged again.
    let late = Event { id: "late".into(), time: before[0].time.plus_millis(-1).unwrap(), ..before[0].clone() };
    let (arrivals, _) = submit(&mut next, vec![late]);
    assert!(
        matches!(&arrivals[..], [Arrival::Refused(reason)] if reason.contains("older than the change")),
        "{arrivals:?}"
    );
}

#[test]
fn s42_a_run_goes_on_where_it_stopped() {
    let (program, events) = shop();
    for (evaluator, engine) in engines(&[program]) {
        let mut straight = World::new(engine.clone());
        let (_, all) = submit(&mut straight, events.clone());
        for cut in 0..events.len() {
            let folder = Folder::new(&format!("resumed-{evaluator}-{cut}"));
            let mut world = World::new(engine.clone());
            let (_, mut outcomes) = submit(&mut world, events[..cut].to_vec());
            state::save(&world, &folder.file()).unwrap();
            let bytes = fs::read(folder.file()).unwrap();
            let mut world = state::load(engine.clone(), &folder.file()).unwrap();
            state::save(&world, &folder.file()).unwrap();
            assert_eq!(bytes, fs::read(folder.file()).unwrap(), "{evaluator}, {cut}: saved again it is the same file");
            // What was there before is known again; the rest is new.
            let (arrivals, more) = submit(&mut world, events.clone());
            outcomes.extend(more);
            assert_eq!(arrivals.iter().filter(|arrival| **arrival == Arrival::Duplicate).count(), cut, "{evaluator}");
            assert_eq!(accounts(&outcomes), accounts(&all), "{evaluator}, {cut}");
            same(&members(&straight), &members(&world), &format!("{evaluator}, cut at {cut}"));
        }
    }
}

#[test]
fn s40_a_challenge_that_restarts_counts_from_the_change_on() {
    let first = r#"
program "Versions" { currency USD
  timezone "America/New_York" }
event purchase { order id, total money }
unit points also point { round down per event
  expires never }
challenge spree {
  window    2026-03-01 to 2026-04-30
  goal      sum of purchase.total reaches $110
  give      7 points
  on change restart
}
scenario "over the change" {
  ann purchase 2026-03-01 { order A1, total $100 }
  ann purchase 2026-04-01 { order A2, total $50 }
  ann purchase 2026-04-02 { order A3, total $30 }
  ann purchase 2026-04-03 { order A4, total $30 }
  ann purchase 2026-04-04 { order A5, total $200 }
}
"#;
    let program = |change: &str| {
        let first = first.replace("on change restart", change);
        let second = first.replace("currency USD", "currency USD\n  effective from 2026-04-01").replace("7 p", "8 p");
        [parse(&first), parse(&second)]
    };
    for (change, expected) in [("on change restart", [0, 0, 0, 8, 0]), ("on change grandfather", [0, 8, 0, 0, 0])] {
        let programs = program(change);
        let events = story(&programs[0]);
        for (evaluator, engine) in engines(&programs) {
            let (_, outcomes) = submit(&mut World::new(engine), events.clone());
            let got: Vec<i64> = events.iter().map(|event| posted(&outcomes, event)).collect();
            assert_eq!(got, expected, "{evaluator}: {change}");
        }
    }
}

/// Where members hold what waits while the program changes under it: names are found again, wherever they stand.
const WAITING: &str = r#"
program "Waiting" {
  currency USD
  timezone "UTC"
}
event purchase { order id, total money }
unit points also point {
  round   down per event
  expires never
}
measure spent = sum of purchase.total, each calendar year
tiers status by spent {
  basic
  gold  at $100
  rises after 3 days
  holds until end of next calendar year
}
choice treat {
  option cake {
    give 3 points
  }
  option tea {
    give 5 points
  }
  within 14 days
  default cake
}
rule treats on purchase {
  offer treat
}
scenario "over the change" {
  ann purchase 2026-03-30 { order A1, total $100 }
  ann chooses  2026-04-03 { offer treat, choice tea }
}
"#;

#[test]
fn s41_what_waits_goes_on_under_its_name() {
    let other = "choice other {\n option none { give 1 point }\n option more { give 2 points }\n within 1 day\n default none }\nchoice treat {";
    let second = WAITING
        .replace("currency USD", "currency USD\n  effective from 2026-04-01")
        .replace("  gold  at $100", "  iron at $10\n  gold  at $100")
        .replace("choice treat {", other)
        .replace(
            "option cake {\n    give 3 points\n  }\n  option tea {\n    give 5 points\n  }",
            "option tea {\n    give 7 points\n  }\n  option cake {\n    give 3 points\n  }",
        );
    let programs = [parse(WAITING), parse(&second)];
    let newest = &programs[1];
    let (events, _) = course(newest, "over the change");
    for (evaluator, engine) in engines(&programs) {
        let mut world = World::new(engine);
        let (_, before) = submit(&mut world, events[..1].to_vec());
        let offered = before.iter().any(|outcome| matches!(outcome.what, What::Offer { .. }));
        assert!(offered, "{evaluator}");
        let (_, outcomes) = submit(&mut world, events[1..].to_vec());
        assert_eq!(posted(&outcomes, &events[1]), 7, "{evaluator}: {outcomes:?}");
        // The rise that waited since March is to the tier of that name, which has another place now.
        let ladder = newest.ladders.iter().next().unwrap();
        let ann = world.member("ann").unwrap();
        let tier = ann.ladders.iter().next().unwrap().tier;
        assert_eq!(&*ladder.tiers[tier as usize].name, "gold", "{evaluator}");
        let risen = outcomes.iter().find_map(|outcome| match outcome.what {
            What::Tier { to, .. } if &*ladder.tiers[to as usize].name == "gold" => Some(outcome.time),
            _ => None,
        });
        assert_eq!(risen, Some(events[0].time.plus_millis(3 * 86_400_000).unwrap()), "{evaluator}");
    }
}

#[test]
fn s41_what_is_owed_is_owed_after_a_change() {
    let owed = "scenario \"owed\" {\n  ann purchase 2026-03-01 { order A1, total $100 }\n  ann redeem 2026-03-02 { reward mug }\n  \
                ann refund 2026-03-03 { order A1, total $100 }\n  ann purchase 2026-04-02 { order A2, total $1 }\n}\n";
    let programs = [parse(FIRST), parse(&format!("{}{owed}", second()))];
    let (events, _) = course(&programs[1], "owed");
    for (evaluator, engine) in engines(&programs) {
        let mut world = World::new(engine);
        submit(&mut world, events[..3].to_vec());
        let balance = |world: &World| {
            let purse = world.member("ann").unwrap().units.iter().next().unwrap().clone();
            purse.available() + purse.pending() - purse.debt
        };
        assert_eq!(balance(&world), -20, "{evaluator}");
        let (_, outcomes) = submit(&mut world, events[3..].to_vec());
        assert_eq!(balance(&world), posted(&outcomes, &events[3]) - 20, "{evaluator}");
    }
}

#[test]
fn s43_who_was_merged_is_known_long_after() {
    let program = parse(
        r#"
program "Closed" {
  currency USD
  timezone "UTC"
  late accept within 1 day
}
event visit
unit points also point { expires never }
earn base on visit { give 1 point }
scenario "a merge, and much that comes after it" {
  bob visit  2026-01-01
  ann merges 2026-01-02 { other bob }
}
"#,
    );
    let visit = program.events.find(|event| &*event.name == "visit").unwrap();
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let (events, _) = course(&program, "a merge, and much that comes after it");
        let mut world = World::new(engine.clone());
        let start = events[1].time;
        submit(&mut world, events);
        let later = |number: i64, member: &str| Event {
            id: format!("later {number}").into(),
            member: member.into(),
            kind: visit,
            time: start.plus_millis(number * 172_800_000).unwrap(),
            sequence: 0,
            sent_by: None,
            foreign: Default::default(),
            fields: [].into(),
        };
        for number in 1..=150 {
            submit(&mut world, vec![later(number, "ann")]);
        }
        let folder = Folder::new(&format!("closed-{evaluator}"));
        state::save(&world, &folder.file()).unwrap();
        let closed = world.stored().groups.iter().all(|(_, group)| group.log().iter().all(|event| event.time > start));
        assert!(closed, "{evaluator}: the merge can still be judged again");
        let mut world = state::load(engine, &folder.file()).unwrap();
        submit(&mut world, vec![later(151, "bob")]);
        let [ann] = world.members()[..] else { panic!("{evaluator}: {:?}", members(&world)) };
        assert_eq!(ann.units.iter().next().unwrap().available(), 152, "{evaluator}");
    }
}
