//! A person who was erased is in no state file (S43).

use meed::engine::{Arrival, Event, World};
use meed::journal::state;

use super::damage::unpacked;
use super::*;
use crate::semantics::{course, engines, parse, submit};

/// What is read of a person in as many places as there are: conditions of tiers, of awards that may be judged again and of challenges, and measures.
const PROGRAM: &str = r#"
program "Persons" {
  currency USD
  timezone "UTC"
}
event purchase { order id, subtotal money }
event refund reverses purchase by order { subtotal money }
member {
  nick   text, optional
  region text, optional
  email  text, optional
}
unit points also point {
  round   down per event
  expires never
  refunds may go below zero
}
measure nicks = distinct of update.nick
measure spent = sum of purchase.subtotal
tiers status {
  basic
  gold {
    reach spent >= $50 and region is "Hiddenville"
  }
  holds for ever
}
earn base on purchase {
  when nick is "Foxglove" or email is "fox@example.org"
  give 1 point per $1 of subtotal
  refunds re-judge
}
rule welcome when nicks reaches 1 {
  give 5 points
}
rule greeted on update {
  give  1 point
  limit 1 times each calendar year per nick
}
challenge nicked {
  window 30 days from update
  goal   one purchase
  give   2 points
}
scenario "erased" {
  bob joins    2026-01-01 { nick Foxglove, region Hiddenville }
  bob update   2026-01-02 { nick Nightshade, email "fox@example.org" }
  ann joins    2026-01-02 { nick Marigold }
  bob purchase 2026-01-03 { order B1, subtotal $60 }
  bob refund   2026-01-04 { order B1, subtotal $10 }
  bob update   2026-01-05 { nick Foxglove }
  bob erase    2026-01-06
}
"#;

/// Where members meet: a team is called by an attribute, and so is what a budget counts by.
const MEETING: &str = r#"
reward mug {
  cost  9_000 points
  gives product "a mug"
  stock 3
}
rule gift on update {
  give   1 point
  budget 5 points each calendar year per nick
  limit  1 times ever
}
challenge teams {
  window ever
  goal   sum of purchase.subtotal reaches $1000
  shared by region
  give   3 points
}
"#;

/// Words that tell of bob.
const PERSONAL: [&str; 4] = ["Foxglove", "Hiddenville", "Nightshade", "fox@example.org"];

/// The text in a state file of a world.
fn told(world: &World, folder: &Folder) -> String {
    let path = folder.join("state");
    state::save(world, &path).unwrap();
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(path).unwrap();
    unpacked(&bytes)
}

#[test]
fn s43_who_was_erased_is_in_no_state_file() {
    let folder = Folder::new("erased");
    // Where members meet, all events are kept in one group.
    let together = PROGRAM.replace("scenario", &format!("{MEETING}scenario"));
    for (name, text) in [("alone", PROGRAM), ("together", &together)] {
        let program = parse(text);
        let (events, _) = course(&program, "erased");
        for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
            let mut world = World::new(engine.clone());
            submit(&mut world, events[..events.len() - 1].to_vec());
            let before = told(&world, &folder);
            for word in PERSONAL {
                assert!(before.contains(word), "{name}, {evaluator}: `{word}` should be there before");
            }
            // What was saved before the erasure is in the base of what comes after it, too.
            state::save(&world, &folder.join("before")).unwrap();
            let mut world = state::load(engine.clone(), &folder.join("before")).unwrap();
            let (_, outcomes) = submit(&mut world, events[events.len() - 1..].to_vec());
            let after = told(&world, &folder);
            for word in PERSONAL {
                assert!(!after.contains(word), "{name}, {evaluator}: `{word}` is still there");
                assert!(!format!("{outcomes:?}").contains(word), "{name}, {evaluator}: `{word}` is told");
            }
            assert!(after.contains("Marigold"), "{name}, {evaluator}: ann was not erased");
            let points = |world: &World| world.member("bob").unwrap().units.iter().next().unwrap().available();
            let all = if name == "alone" { 59 } else { 60 };
            assert_eq!(points(&world), all, "{name}, {evaluator}");

            // All events are known again, and what was saved is saved the same.
            let path = folder.join("after");
            state::save(&world, &path).unwrap();
            let mut world = state::load(engine.clone(), &path).unwrap();
            let (arrivals, _) = submit(&mut world, events.clone());
            assert!(arrivals.iter().all(|arrival| *arrival == Arrival::Duplicate), "{name}, {evaluator}: {arrivals:?}");
            assert_eq!(told(&world, &folder), after, "{name}, {evaluator}");
            let all = if name == "alone" { 59 } else { 60 };
            assert_eq!(points(&world), all, "{name}, {evaluator}");

            // Who comes back is somebody new.
            let join = Event { id: "again".into(), time: events[6].time.plus_millis(1).unwrap(), ..events[0].clone() };
            submit(&mut world, vec![join]);
            assert!(told(&world, &folder).contains("Foxglove"), "{name}, {evaluator}");
            state::save(&world, &path).unwrap();
            let world = state::load(engine.clone(), &path).unwrap();
            assert!(told(&world, &folder).contains("Hiddenville"), "{name}, {evaluator}");
        }
    }
}

#[test]
fn s43_what_an_erased_person_told_long_ago_is_recognised_when_it_comes_again() {
    let folder = Folder::new("erased-long-ago");
    let program = parse(&PROGRAM.replace("timezone \"UTC\"", "timezone \"UTC\"\n  late accept within 3 days"));
    let (events, _) = course(&program, "erased");
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let mut world = World::new(engine.clone());
        submit(&mut world, events.clone());
        let path = folder.join("state");
        state::save(&world, &path).unwrap();
        let mut world = state::load(engine, &path).unwrap();
        // So many later ones that those of before are let go.
        let day = |days: i64| {
            let time = events[5].time.plus_millis(days * 86_400_000).unwrap();
            Event { id: format!("later {days}").into(), time, ..events[5].clone() }
        };
        submit(&mut world, (10..200).map(day).collect());
        assert!(world.explain(&events[0].id).is_none(), "{evaluator}: it was not let go");
        let bobs = events.iter().filter(|event| &*event.member == "bob").cloned().collect();
        let (arrivals, _) = submit(&mut world, bobs);
        assert!(arrivals.iter().all(|arrival| *arrival == Arrival::Duplicate), "{evaluator}: {arrivals:?}");
    }
}
