//! Draws: never more prizes than stock, the same for any order of arrival, and receipts that tell the truth (S32).

use std::collections::{BTreeMap, BTreeSet};

use meed::engine::lottery::Seed;
use meed::engine::{Engine, Event, State, World};
use meed::hir::Program;
use meed::journal::receipts::{Receipt, Replay, receipts};
use meed::value::{Value, Zone};
use proptest::prelude::*;

use super::run::runner;
use super::{late, same};

const PROGRAM: &str = r#"
program "Draws" {
  currency USD
  timezone "UTC"
}
event purchase { order id }
event refund reverses purchase by order
event ticket { order id }
event return reverses ticket by order
reward mug { gives product "mug" }
reward cup { gives product "cup" }
draw wheel {
  commitment "sha256:630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
  prize mug 1 in 3 stock 4
  prize cup 25% stock 2
  pity mug after 3 losses
}
draw raffle {
  commitment "sha256:630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
  prize cup stock 1
  prize mug stock 2
  drawn every calendar month on day 10
}
rule spins on purchase { enter wheel 2 times }
rule tickets on ticket { enter raffle }
"#;

const MOST: [(&str, &str, usize); 4] =
    [("wheel", "mug", 4), ("wheel", "cup", 2), ("raffle", "mug", 2), ("raffle", "cup", 1)];

/// What happens: a member, what kind of event, and on which day.
type Steps = Vec<(u8, u8, u8)>;

fn events(program: &Program, steps: &Steps) -> Vec<Event> {
    let start = meed::value::Day::parse("2026-01-01").unwrap();
    let mut bought: BTreeMap<(u8, bool), Vec<String>> = BTreeMap::new();
    let mut out = Vec::new();
    for (i, (member, kind, day)) in steps.iter().enumerate() {
        let sweep = kind % 2 == 1;
        let orders = bought.entry((*member, sweep)).or_default();
        let (name, order) = match (kind / 2 == 2, orders.pop(), sweep) {
            (true, Some(order), false) => ("refund", order),
            (true, Some(order), true) => ("return", order),
            (_, before, _) => {
                orders.extend(before);
                let order = format!("o{i}");
                orders.push(order.clone());
                (if sweep { "ticket" } else { "purchase" }, order)
            }
        };
        out.push(Event {
            id: format!("e{i}").into(),
            member: ["ann", "bob", "cleo", "dan"][usize::from(*member)].into(),
            kind: program.events.find(|event| &*event.name == name).unwrap(),
            time: Zone::utc().start_of(start.plus_days(i32::from(*day)).unwrap()),
            sequence: i as u64,
            fields: vec![Value::Text(order.into())].into(),
            sent_by: None,
            foreign: Default::default(),
        });
    }
    out
}

fn world(engine: &Engine, batches: Vec<Vec<Event>>) -> (Vec<State>, Vec<Receipt>) {
    let mut world = World::new(engine.clone());
    for batch in batches {
        world.submit(batch, &mut |_| {});
    }
    world.advance(Some(late()), &mut |_| {});
    let receipts = receipts(world.engine(), &world.members());
    (world.members().into_iter().cloned().collect(), receipts)
}

fn within_stock(program: &Program, members: &[State]) -> Result<(), String> {
    let mut won: BTreeMap<(String, Option<meed::value::Instant>, String), Vec<&str>> = BTreeMap::new();
    for state in members {
        for entry in state.entries.iter().filter(|entry| !entry.back) {
            if let Some(prize) = entry.prize {
                let draw = program.draws.at(entry.draw).name.to_string();
                let key = (draw, entry.drawing, program.rewards.at(prize).name.to_string());
                won.entry(key).or_default().push(&state.member);
            }
        }
    }
    for ((draw, drawing, prize), winners) in won {
        let (.., most) = MOST.iter().find(|(of, reward, _)| *of == draw && *reward == prize).unwrap();
        if winners.len() > *most {
            return Err(format!("{draw}: {} of {prize} at {drawing:?}, of {most}", winners.len()));
        }
        let distinct: BTreeSet<&&str> = winners.iter().collect();
        if drawing.is_some() && distinct.len() < winners.len() {
            return Err(format!("{draw}: one member has won twice at {drawing:?}"));
        }
    }
    Ok(())
}

#[test]
fn s32_draws_keep_to_their_stock_and_their_receipts() {
    let loaded = Program::from_text("draws.meed", PROGRAM).unwrap();
    let programs: Vec<_> = loaded.versions.into_iter().map(std::sync::Arc::new).collect();
    let seeds = [Seed::new(std::array::from_fn(|i| u8::try_from(i).unwrap()))];
    let compiled = meed::compile::compile(&programs).with_seeds(&seeds);
    let reference = Engine::reference(&programs).with_seeds(&seeds);
    let strategy = prop::collection::vec((0..4_u8, 0..6_u8, 0..70_u8), 1..40);
    let tried = runner(150, 32).run(&strategy, |steps| {
        let program = &programs[0];
        let mut given = events(program, &steps);
        given.sort_by_key(|event| (event.time, event.sequence));
        let one_by_one = given.iter().cloned().map(|event| vec![event]).collect();
        let (members, told) = world(&compiled, one_by_one);
        within_stock(program, &members).map_err(TestCaseError::fail)?;
        let backwards = given.iter().rev().cloned().map(|event| vec![event]).collect();
        for (engine, batches) in [(&reference, vec![given.clone()]), (&compiled, backwards)] {
            let (others, also) = world(engine, batches);
            prop_assert_eq!(&told, &also);
            for (one, other) in members.iter().zip(&others) {
                prop_assert_eq!(&one.entries, &other.entries);
                prop_assert_eq!(&one.vouchers, &other.vouchers);
            }
        }
        let mut replay = Replay::new(&seeds);
        for receipt in &told {
            prop_assert_eq!(&replay.take(receipt).map_err(TestCaseError::fail)?, receipt);
        }
        for ticket in replay.drawn().map_err(TestCaseError::fail)? {
            prop_assert!(told.contains(&Receipt::Entry(ticket)));
        }
        Ok(())
    });
    let verdict = tried.map_err(|error| error.to_string());
    same("draws", verdict.err(), || PROGRAM.to_owned()).unwrap();
}
