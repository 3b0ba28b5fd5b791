//! Properties: what holds for every program and every history, tried on random ones.
//!
//! Cases are the same in every run. `MEED_CASES=10000` tries that many of each property (in a release build), `MEED_SEED=7` tries
//! others.

mod bounds;
mod draws;
mod examples;
mod explained;
pub mod history;
mod meetings;
mod merges;
mod partners;
mod program;
mod regressions;
mod run;
mod saved;
mod tape;
mod versions;

use meed::engine::{Arrival, Cause, Outcome, What};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestError};

use history::{ALL, Kinds, history};
use program::{Recipe, Without, recipe};
use run::{Run, checked, checked_with, compiled, difference, disagreement, reference, runner, told};

const ANY: Without = Without { meeting: false, traces: false };

type Choices = Vec<Vec<u8>>;
type Verdict = Result<(), String>;

thread_local! {
    /// What is being tried, for panics.
    static STORY: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
}

/// The events of a history.
fn events(program: &meed::Program, choices: &Choices, kinds: Kinds) -> Vec<meed::engine::Event> {
    let events = history::events(program, choices, kinds);
    let text = &program.sources.file(meed::source::FileId(0)).text;
    STORY.replace(format!("{text}\n{}", told(program, &events)));
    events
}

/// Tries a property on random programs and histories, and shows the smallest ones for which it does not hold.
fn holds(usual: u32, salt: u8, longest: usize, property: impl Fn(&Recipe, &Choices, &[u8]) -> Verdict) {
    let strategy = (recipe(), history(longest), prop::collection::vec(any::<u8>(), 64));
    let result = runner(usual, salt).run(&strategy, |(recipe, choices, more)| {
        let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| property(&recipe, &choices, &more)));
        tried
            .unwrap_or_else(|_| Err(format!("a panic in\n{}\nwith {more:?}", STORY.take())))
            .map_err(TestCaseError::fail)
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(TestError::Abort(reason)) => panic!("aborted: {reason}"),
    }
}

fn same(what: &str, difference: Option<String>, story: impl Fn() -> String) -> Verdict {
    match difference {
        None => Ok(()),
        Some(found) => Err(format!("{what} differ {found}\n{}", story())),
    }
}

/// A moment long after everything, so that all that is due has happened.
fn late() -> meed::value::Instant {
    meed::value::Zone::utc().start_of(meed::value::Day::parse("2030-03-01").unwrap())
}

#[test]
fn every_generated_program_is_accepted_and_laid_out() {
    holds(100, 1, 1, |recipe, _, _| {
        let (text, _) = checked(recipe, ANY)?;
        let laid = meed::syntax::format(&text).map_err(|error| format!("{error}\n{text}"))?;
        let tree = |text: &str| meed::syntax::parse(meed::source::FileId(0), text).0;
        if tree(&text) != tree(&laid) {
            return Err(format!("the layout says something else\n{text}\n{laid}"));
        }
        let again = meed::syntax::format(&laid).map_err(|error| format!("{error}\n{laid}"))?;
        same("layouts", difference(&laid.lines().collect::<Vec<_>>(), &again.lines().collect::<Vec<_>>()), || {
            text.clone()
        })
    });
}

#[test]
fn the_compiled_plan_agrees_with_the_reference() {
    holds(300, 2, 40, |recipe, choices, _| {
        let (text, program) = checked(recipe, ANY)?;
        let events = events(&program, choices, ALL);
        let story = || format!("{text}\n{}", told(&program, &events));
        let slow = Run::new(reference(&program)).singly(&events).advance(Some(late()));
        let fast = Run::new(compiled(&program)).singly(&events).advance(Some(late()));
        same("journals", difference(&slow.journal, &fast.journal), story)?;
        same("members", difference(&slow.members(), &fast.members()), story)?;
        for member in history::MEMBERS {
            let times: Vec<_> =
                fast.journal.iter().filter(|outcome| *outcome.member == *member).map(|outcome| outcome.time).collect();
            if !times.is_sorted() {
                return Err(format!("time goes back for {member}\n{}", story()));
            }
        }
        match slow.failures().find(|reason| reason.contains("another type")) {
            Some(reason) => Err(format!("{reason}\n{}", story())),
            None => Ok(()),
        }
    });
}

#[test]
fn s10_postings_are_balances_after_every_event() {
    holds(150, 3, 40, |recipe, choices, _| {
        let (text, program) = checked(recipe, ANY)?;
        let events = events(&program, choices, ALL);
        let mut run = Run::new(compiled(&program));
        for (i, event) in events.iter().enumerate() {
            run.submit(vec![event.clone()]);
            let accounts = run.accounts();
            let wrong = run.world.members().into_iter().find_map(|state| disagreement(&program, state, &accounts));
            let empty =
                run.journal.iter().find(|outcome| matches!(outcome.what, What::Posted { amount, .. } if amount <= 0));
            if let Some(wrong) = wrong.or(empty.map(|outcome| format!("an empty posting: {outcome:?}"))) {
                return Err(format!("after {}: {wrong}\n{text}\n{}", event.id, told(&program, &events[..=i])));
            }
        }
        let run = run.advance(Some(late()));
        let accounts = run.accounts();
        match run.world.members().into_iter().find_map(|state| disagreement(&program, state, &accounts)) {
            Some(wrong) => Err(format!("at the end: {wrong}\n{text}\n{}", told(&program, &events))),
            None => Ok(()),
        }
    });
}

/// Numbers in a random order.
fn shuffled<T>(mut items: Vec<T>, choices: &[u8]) -> Vec<T> {
    for i in (1..items.len()).rev() {
        let byte = usize::from(choices[i % choices.len()]) * 7 + i;
        items.swap(i, byte % (i + 1));
    }
    items
}

/// Events without those whose id was used before, which depend on which came first.
fn distinct(events: Vec<meed::engine::Event>) -> Vec<meed::engine::Event> {
    let mut seen = std::collections::BTreeSet::new();
    events.into_iter().filter(|event| seen.insert(event.id.clone())).collect()
}

#[test]
fn s02_any_order_of_arrival_gives_the_same() {
    holds(60, 4, 20, |recipe, choices, order| {
        let (text, program) = checked(recipe, ANY)?;
        // Errors depend on what came before them, so some amounts are beyond all numbers.
        let kinds = Kinds { huge: order[0] % 4 == 1, ..ALL };
        let events = distinct(events(&program, choices, kinds));
        let mixed = shuffled(events.clone(), order);
        let story = || {
            format!(
                "{text}\n{}\narrival: {:?}",
                told(&program, &events),
                mixed.iter().map(|e| &*e.id).collect::<Vec<_>>()
            )
        };
        let orderly = Run::new(compiled(&program)).singly(&events).advance(Some(late()));
        let disorderly = Run::new(compiled(&program)).singly(&mixed).advance(Some(late()));
        same("members", difference(&orderly.members(), &disorderly.members()), story)?;
        let list = |run: &Run| run.net().into_iter().collect::<Vec<_>>();
        same("journals", difference(&list(&orderly), &list(&disorderly)), story)
    });
}

#[test]
fn s02_any_cutting_into_batches_gives_the_same() {
    holds(100, 5, 30, |recipe, choices, cuts| {
        let (text, program) = checked(recipe, ANY)?;
        let events = distinct(events(&program, choices, ALL));
        let singly = Run::new(compiled(&program)).singly(&events).advance(Some(late()));
        let mut batched = Run::new(compiled(&program));
        let mut rest = shuffled(events.clone(), &[0]);
        rest.sort_by(|a, b| a.order(b));
        for cut in cuts {
            let batch: Vec<_> = rest.drain(..usize::from(cut % 7).min(rest.len())).collect();
            batched.submit(shuffled(batch, cuts));
            if cut % 5 == 0 {
                batched = batched.advance(None);
            }
        }
        batched.submit(rest);
        let batched = batched.advance(Some(late()));
        same("members", difference(&singly.members(), &batched.members()), || {
            format!("{text}\n{}", told(&program, &events))
        })
    });
}

#[test]
fn s01_events_sent_again_change_nothing() {
    holds(100, 6, 25, |recipe, choices, again| {
        let (text, program) = checked(recipe, ANY)?;
        let events = distinct(events(&program, choices, ALL));
        let story = || format!("{text}\n{}", told(&program, &events));
        let once = Run::new(compiled(&program)).singly(&events);
        let mut twice = Run::new(compiled(&program));
        for (i, event) in events.iter().enumerate() {
            twice.submit(vec![event.clone()]);
            let (before, said) = (twice.journal.len(), twice.arrivals.len());
            let earlier = &events[usize::from(again[i % again.len()]) % (i + 1)];
            twice.submit(vec![event.clone(), earlier.clone()]);
            if twice.journal.len() != before
                || twice.arrivals[said..].iter().any(|arrival| *arrival != Arrival::Duplicate)
            {
                return Err(format!("sent again, {} or {} did something\n{}", event.id, earlier.id, story()));
            }
        }
        same("journals", difference(&once.journal, &twice.journal), story)?;
        same("members", difference(&once.members(), &twice.members()), story)
    });
}

#[test]
fn s07_huge_amounts_are_errors_of_their_event() {
    holds(150, 7, 25, |recipe, choices, _| {
        let (text, program) = checked(recipe, ANY)?;
        let events = events(&program, choices, Kinds { huge: true, ..ALL });
        let story = || format!("{text}\n{}", told(&program, &events));
        let run = |engine| Run::new(engine).singly(&events).advance(Some(late()));
        let (slow, fast) = (run(reference(&program)), run(compiled(&program)));
        same("journals", difference(&slow.journal, &fast.journal), story)?;
        let accounts = fast.accounts();
        match fast.world.members().into_iter().find_map(|state| disagreement(&program, state, &accounts)) {
            Some(wrong) => Err(format!("{wrong}\n{}", story())),
            None => Ok(()),
        }
    });
}

/// Member lines without what tells the story: how much was ever earned and taken back, the highest tier, numbers, and what was cancelled.
fn standing(run: &Run) -> Vec<String> {
    fn strip(json: &mut serde_json::Value) {
        match json {
            serde_json::Value::Object(map) => {
                ["earned", "reversed", "lot", "highest", "voucher", "offer"]
                    .iter()
                    .for_each(|key| drop(map.remove(*key)));
                map.values_mut().for_each(strip);
            }
            serde_json::Value::Array(list) => {
                list.retain(|entry| {
                    let is = |key: &str, value: serde_json::Value| entry.get(key) == Some(&value);
                    !is("state", "cancelled".into()) && !is("cancelled", true.into())
                });
                list.iter_mut().for_each(strip);
            }
            _ => {}
        }
    }
    let line = |line: String| {
        let mut json: serde_json::Value = serde_json::from_str(&line).unwrap();
        // When a lot was earned is no total.
        if let Some(units) = json.get_mut("units").and_then(|units| units.as_object_mut()) {
            for (_, unit) in units {
                for lot in unit.get_mut("lots").and_then(|lots| lots.as_array_mut()).into_iter().flatten() {
                    let earned = lot.get("earned").cloned().unwrap();
                    lot.as_object_mut().unwrap().insert("since".into(), earned);
                }
            }
        }
        strip(&mut json);
        json.as_object_mut().unwrap().retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
        json.to_string()
    };
    // The account of a group is listed for what it once had.
    let had_only = |line: &String| {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        let units = json.get("units").and_then(|units| units.as_object()).into_iter().flatten();
        let mut amounts = units.flat_map(|(_, unit)| unit.as_object().into_iter().flatten());
        json.get("joined").is_none()
            && amounts
                .all(|(_, amount)| amount.as_str().is_some_and(|amount| !amount.contains(|c| ('1'..='9').contains(&c))))
    };
    run.members().into_iter().map(line).filter(|line| !had_only(line)).collect()
}

/// Whether a rule of the clock, or of what expires, has done something.
fn is_of_clock(program: &meed::Program, outcome: &Outcome) -> bool {
    use meed::hir::Trigger::{After, Every, Expires};
    let Cause::Rule(id) = outcome.cause else { return false };
    outcome.event.is_none() && matches!(program.rules.at(id).trigger, Every(_) | After { .. } | Expires(_))
}

#[test]
fn s26_an_order_that_was_returned_in_full_was_never_there() {
    let kinds = Kinds { spending: false, ..ALL };
    holds(150, 8, 25, |recipe, choices, more| {
        let (text, program) = checked(recipe, Without { traces: true, meeting: false })?;
        let mut events = distinct(events(&program, choices, kinds));
        // The last purchase is the order; what came after it is tried on both members.
        let Some(at) = events.iter().rposition(|event| &*program.events.at(event.kind).name == "purchase") else {
            return Ok(());
        };
        let order = events.remove(at);
        let (told_before, after) = events.split_at(at);
        // Whoever bought was there before.
        let start = meed::value::Zone::utc().start_of(meed::value::Day::parse("2025-12-20").unwrap());
        let join = |member: &&str| history::event(&program, "join", &format!("join {member}"), member, start, 0, &[]);
        let before: Vec<_> = history::MEMBERS.iter().map(join).chain(told_before.iter().cloned()).collect();
        let before = &before;
        let name = order.fields[0].clone();
        // What reverses the order itself would find it gone.
        let other = |event: &&meed::engine::Event| {
            program.events.at(event.kind).reversal.is_none() || !event.fields.contains(&name)
        };
        let after: Vec<_> = after.iter().filter(other).cloned().collect();
        let back = history::event(
            &program,
            "cancel",
            "back",
            &order.member,
            order.time.plus_millis(i64::from(more[0]) * 60_000 + 1).unwrap(),
            9_000,
            &[("order", name.clone())],
        );
        // A refund in the next period changes no place that was given, and no prize that was drawn.
        let zone = &program.settings.zone;
        let given = !program.leaderboards.is_empty() || !program.draws.is_empty();
        if given && zone.day_of(order.time) != zone.day_of(back.time) {
            return Ok(());
        }
        let story = || {
            format!("{text}\n{}\nthe order {}", told(&program, before), told(&program, std::slice::from_ref(&order)))
        };
        let never = Run::new(compiled(&program)).singly(before).advance(Some(back.time));
        let returned = Run::new(compiled(&program)).singly(before).singly([&order, &back]).advance(Some(back.time));
        if returned.journal.iter().any(|outcome| {
            matches!(outcome.what, What::Failed(_))
                && outcome.event.as_ref().is_some_and(|id| *id == order.id || *id == back.id)
        }) {
            return Ok(());
        }
        // A rule of the clock asks at its own time: what it did while the order was there stays.
        let of_clock = |run: &Run| -> Vec<_> {
            let own = |outcome: &&Outcome| outcome.time >= order.time && is_of_clock(&program, outcome);
            run.journal
                .iter()
                .filter(own)
                .map(|outcome| (outcome.time, outcome.member.clone(), outcome.cause))
                .collect()
        };
        if of_clock(&never) != of_clock(&returned) {
            return Ok(());
        }
        same("members", difference(&standing(&never), &standing(&returned)), story)?;
        let after: Vec<_> = after.into_iter().filter(|event| event.time > back.time).collect();
        let (never, returned) =
            (never.singly(&after).advance(Some(late())), returned.singly(&after).advance(Some(late())));
        same("members later", difference(&standing(&never), &standing(&returned)), || {
            format!("{}\nand after it\n{}", story(), told(&program, &after))
        })
    });
}

#[test]
fn s13_limits_caps_budgets_and_stock_hold() {
    let kinds = Kinds { reversals: false, ..ALL };
    holds(200, 10, 40, |recipe, choices, _| {
        let (text, program) = checked(recipe, ANY)?;
        if program.settings.zone_of_member.is_some() {
            return Ok(());
        }
        let events = distinct(events(&program, choices, kinds));
        let mut run = Run::new(compiled(&program));
        for event in &events {
            run.submit(vec![event.clone()]);
            if let Some(wrong) = run.world.members().into_iter().find_map(|state| bounds::beyond_cap(&program, state)) {
                return Err(format!("after {}: {wrong}\n{text}\n{}", event.id, told(&program, &events)));
            }
        }
        let run = run.advance(Some(late()));
        match bounds::broken(&program, &run) {
            Some(wrong) => Err(format!("{wrong}\n{text}\n{}", told(&program, &events))),
            None => Ok(()),
        }
    });
}

/// Limits that a few purchases use up, so that every history comes to them.
fn tight(more: &[u8]) -> String {
    let (ever, in_all) = (50 + 50 * (more[0] % 4), 60 * (1 + more[1] % 3));
    format!(
        "unit laurels also laurel {{\n  round down\n  expires never\n  refunds may go below zero\n}}\n\
         earn laurel on purchase {{\n  give 40 laurels\n  refunds in proportion\n  limit {ever} laurels ever\n}}\n\
         earn shared_laurel on purchase {{\n  give 40 laurels\n  refunds in proportion\n  budget {in_all} laurels\n}}\n"
    )
}

#[test]
fn s13_what_comes_back_makes_room_for_no_more() {
    holds(150, 18, 40, |recipe, choices, more| {
        let (text, program) = checked_with(recipe, ANY, &tight(more))?;
        let events = distinct(events(&program, choices, ALL));
        let mut run = Run::new(compiled(&program));
        for (i, event) in events.iter().enumerate() {
            run.submit(vec![event.clone()]);
            if let Some(wrong) = bounds::broken_net(&program, &run) {
                return Err(format!("after {}: {wrong}\n{text}\n{}", event.id, told(&program, &events[..=i])));
            }
        }
        Ok(())
    });
}
