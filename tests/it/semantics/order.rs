//! Identity, order, late events, and the clock (S1 to S4).

use std::path::Path;
use std::sync::Arc;

use meed::engine::lottery::Seed;
use meed::engine::{Account, Arrival, Event, VoucherChange, What, World};
use meed::value::{Day, Instant, TimeOfDay};

use super::{
    CASES, accounts, advance, cases, course, engines, load, members, parse, same, shop, shuffle, story, submit,
};

#[test]
fn s01_the_same_event_twice_has_no_effect() {
    let (program, events) = shop();
    for (evaluator, engine) in engines(&[program]) {
        let mut once = World::new(engine.clone());
        submit(&mut once, events.clone());
        let mut twice = World::new(engine);
        let (arrivals, _) =
            submit(&mut twice, events.iter().flat_map(|event| [event.clone(), event.clone()]).collect());
        let duplicates = arrivals.iter().filter(|arrival| **arrival == Arrival::Duplicate).count();
        assert_eq!(duplicates, events.len(), "{evaluator}");
        let (arrivals, outcomes) = submit(&mut twice, events.clone());
        assert!(arrivals.iter().all(|arrival| *arrival == Arrival::Duplicate) && outcomes.is_empty(), "{evaluator}");
        // From another place of a source it is still the same event.
        let moved = events.iter().map(|event| Event { sequence: event.sequence + 100, ..event.clone() }).collect();
        let (arrivals, outcomes) = submit(&mut twice, moved);
        assert!(arrivals.iter().all(|arrival| *arrival == Arrival::Duplicate) && outcomes.is_empty(), "{evaluator}");
        same(&members(&once), &members(&twice), evaluator);
    }
}

#[test]
fn s01_the_same_id_with_other_content_changes_nothing() {
    let (program, events) = shop();
    let visit = program.events.find(|event| &*event.name == "visit").unwrap();
    for (evaluator, engine) in engines(&[program]) {
        let mut world = World::new(engine);
        submit(&mut world, events.clone());
        let before = members(&world);
        let original = &events[1];
        let altered = [
            Event { member: "cat".into(), ..original.clone() },
            Event { time: original.time.plus_millis(1).unwrap(), ..original.clone() },
            Event { kind: visit, fields: Arc::new([]), ..original.clone() },
            Event { fields: events[4].fields.clone(), ..original.clone() },
        ];
        for event in altered {
            let (arrivals, outcomes) = submit(&mut world, vec![event]);
            assert!(
                matches!(&arrivals[..], [Arrival::Refused(reason)] if reason.contains("used before with other content")),
                "{evaluator}"
            );
            assert!(outcomes.is_empty(), "{evaluator}");
        }
        same(&before, &members(&world), evaluator);
    }
}

#[test]
fn s02_any_order_of_arrival_gives_the_same_members() {
    let (program, events) = shop();
    let end = events.last().unwrap().time.plus_millis(40 * 86_400_000);
    let mut seed = 7;
    for (evaluator, engine) in engines(&[program]) {
        let mut world = World::new(engine.clone());
        let (_, mut outcomes) = submit(&mut world, events.clone());
        outcomes.extend(advance(&mut world, end));
        let (expected, sums) = (members(&world), accounts(&outcomes));
        for round in 0..24 {
            let mut shuffled = events.clone();
            shuffle(&mut shuffled, &mut seed);
            let mut world = World::new(engine.clone());
            let mut outcomes = Vec::new();
            let size = if round % 2 == 0 { 1 } else { 1 + round / 3 };
            for chunk in shuffled.chunks(size) {
                let (arrivals, more) = submit(&mut world, chunk.to_vec());
                assert!(arrivals.iter().all(|arrival| *arrival == Arrival::Accepted), "{evaluator} {round}");
                outcomes.extend(more);
            }
            outcomes.extend(advance(&mut world, end));
            same(&expected, &members(&world), &format!("{evaluator}, round {round}"));
            assert_eq!(accounts(&outcomes), sums, "{evaluator}, round {round}");
        }
    }
}

#[test]
fn s02_members_who_share_a_budget_are_judged_in_the_order_of_events() {
    let program = load(&Path::new(CASES).join("s13_budget.meed"));
    let (events, _) = course(&program[0], "s13 a refund gives the budget back to the month in which it was used");
    let mut seed = 11;
    for (evaluator, engine) in engines(&program) {
        let mut world = World::new(engine.clone());
        let (_, outcomes) = submit(&mut world, events.clone());
        let sums = accounts(&outcomes);
        for round in 0..8 {
            let mut shuffled = events.clone();
            shuffle(&mut shuffled, &mut seed);
            let mut world = World::new(engine.clone());
            let outcomes: Vec<_> = shuffled.into_iter().flat_map(|event| submit(&mut world, vec![event]).1).collect();
            assert_eq!(accounts(&outcomes), sums, "{evaluator}, round {round}");
            advance(&mut world, None);
            let mut straight = World::new(engine.clone());
            submit(&mut straight, events.clone());
            advance(&mut straight, None);
            same(&members(&straight), &members(&world), &format!("{evaluator}, round {round}"));
        }
    }
}

#[test]
fn s03_a_late_event_is_judged_at_its_own_time_and_only_differences_are_posted() {
    let (program, events) = shop();
    let points = program.units.find(|unit| &*unit.name == "points").unwrap();
    for (evaluator, engine) in engines(&[program]) {
        let mut straight = World::new(engine.clone());
        let (_, all) = submit(&mut straight, events.clone());
        // $20 of ann on 3 January come after everything else: without them, $60 and $200 were earned one tier lower.
        let late = events[4].clone();
        let mut world = World::new(engine);
        let (_, first) = submit(&mut world, events.iter().filter(|event| event.id != late.id).cloned().collect());
        let (arrivals, corrections) = submit(&mut world, vec![late.clone()]);
        assert_eq!(arrivals, [Arrival::Accepted], "{evaluator}");
        same(&members(&straight), &members(&world), evaluator);
        let together: Vec<_> = first.into_iter().chain(corrections.clone()).collect();
        assert_eq!(accounts(&together), accounts(&all), "{evaluator}");
        for outcome in &corrections {
            let own = outcome.event.as_ref() == Some(&late.id);
            assert_eq!(outcome.corrects.as_ref(), if own { None } else { Some(&late.id) }, "{evaluator}: {outcome:?}");
            assert_eq!(&*outcome.member, "ann", "{evaluator}: {outcome:?}");
        }
        let own = corrections.iter().filter(|outcome| outcome.corrects.is_none()).collect::<Vec<_>>();
        assert!(
            own.iter().any(|outcome| matches!(outcome.what, What::Posted { unit, amount: 20, .. } if unit == points)),
            "{evaluator}: {own:?}"
        );
        assert!(corrections.len() < all.len(), "{evaluator}: {} corrections of {}", corrections.len(), all.len());
    }
}

#[test]
fn s03_an_event_that_changes_nothing_else_corrects_nothing_else() {
    let (program, events) = shop();
    for (evaluator, engine) in engines(&[program]) {
        let mut world = World::new(engine);
        submit(&mut world, events.clone());
        let late = Event { id: "late".into(), member: "ben".into(), sequence: 99, ..events[3].clone() };
        let (_, corrections) = submit(&mut world, vec![late]);
        assert!(corrections.is_empty(), "{evaluator}: {corrections:?}");
    }
}

#[test]
fn s03_older_than_the_window_is_refused_with_the_reason() {
    let (program, events) = shop();
    let zone = program.settings.zone.clone();
    let at = |month, day, hour: i64| {
        let day = Day::from_ymd(2026, month, day).unwrap();
        zone.at(day, TimeOfDay::NOON).plus_millis((hour - 12) * 3_600_000).unwrap()
    };
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let mut world = World::new(engine);
        submit(&mut world, events.clone());
        let before = members(&world);
        // The newest of ann's is of 28 January at 10:00; the window of 30 days begins on 29 December at 10:00.
        let visit = |id: &str, time| Event { id: id.into(), time, sequence: 99, ..events[3].clone() };
        let (arrivals, outcomes) = submit(
            &mut world,
            vec![visit("old", at(1, 1, 0).plus_millis(-2 * 86_400_000 - 14 * 3_600_000 - 1).unwrap())],
        );
        assert!(
            matches!(&arrivals[..], [Arrival::Refused(reason)] if reason.contains("late accept within")),
            "{evaluator}: {arrivals:?}"
        );
        assert!(outcomes.is_empty(), "{evaluator}");
        same(&before, &members(&world), evaluator);
        let (arrivals, _) =
            submit(&mut world, vec![visit("new", at(1, 1, 0).plus_millis(-2 * 86_400_000 - 14 * 3_600_000).unwrap())]);
        assert_eq!(arrivals, [Arrival::Accepted], "{evaluator}");
        // Who is new has nothing to be late for.
        let (arrivals, _) = submit(&mut world, vec![Event { member: "zoe".into(), ..visit("zoe", at(1, 1, 0)) }]);
        assert_eq!(arrivals, [Arrival::Accepted], "{evaluator}");
    }
}

#[test]
fn s04_an_evaluation_never_depends_on_when_the_clock_was_moved() {
    for (name, programs) in cases() {
        for (evaluator, engine) in engines(&programs) {
            for scenario in &programs[0].scenarios {
                let (events, moments) = course(&programs[0], &scenario.name);
                let Some(first) = events.first().map(|event| event.time) else { continue };
                let last = events.iter().map(|event| event.time).chain(moments).max().unwrap();
                let mut once = World::new(engine.clone());
                let (_, mut plain) = submit(&mut once, events.clone());
                plain.extend(advance(&mut once, Some(last)));

                // The clock moves before each event, and once on the way to it.
                let mut often = World::new(engine.clone());
                let mut busy = Vec::new();
                let mut clock = first;
                for event in events {
                    let middle = Instant::from_millis(clock.millis().midpoint(event.time.millis())).unwrap();
                    busy.extend(advance(&mut often, Some(middle)));
                    clock = event.time;
                    busy.extend(submit(&mut often, vec![event]).1);
                }
                busy.extend(advance(
                    &mut often,
                    Some(Instant::from_millis(clock.millis().midpoint(last.millis())).unwrap()),
                ));
                busy.extend(advance(&mut often, Some(last)));
                let what = format!("{name}, {evaluator}, {}", scenario.name);
                assert_eq!(accounts(&plain), accounts(&busy), "{what}");
                same(&members(&once), &members(&often), &what);
            }
        }
    }
}

/// The seed to which the draw is committed.
const SEED: &str = "f30a85dfd782832aae7894a4d749026f667d8fd7f750f94cd5d9fb0cd6974a3f";

/// Everything that can fall due falls due at midnight of the first of January.
const MIDNIGHT: &str = r#"
program "One instant" {
  currency USD
  timezone "America/New_York"
}
event purchase { total money }
event visit
member { birthday date }
unit points also point {
  round   down per event
  pending 1 month
  expires never
}
unit stamps also stamp { expires at end of calendar year }
unit freezes also freeze { expires never }
unit votes also vote { expires never }
cause oxfam { label "Oxfam" }
cause wwf { label "WWF" }
measure spent = sum of purchase.total, each calendar month
measure row = streak of visit, each calendar day, frozen by freezes
measure visits = count of visit, each calendar year
tiers status by spent {
  basic
  gold  at $10
  holds until end of calendar year
}
earn base on purchase { give 1 point per $1 of total }
earn party on birthday { give 20 votes }
earn years on anniversary { give 30 votes }
earn seen on visit { give 1 vote }
rule card on purchase {
  give  3 stamps
  issue mug
  offer pick
  enter raffle
}
rule cold on join { give 9 freezes }
rule new_year every calendar year on 1 january at 00:00 { message push "happy new year" }
reward mug { gives product "mug" valid until end of month }
choice pick {
  option left { give 1 vote }
  option right { give 2 votes }
  within 31 days
  forfeit
}
challenge december {
  window each calendar month
  goal   count of purchase reaches 9
  give   5 votes
}
fund circle {
  pool  $100 each calendar year
  among oxfam, wwf
}
draw raffle {
  commitment "sha256:5869393055fdf2923fdfb7af08128da19cfd99ec1f986cc5bc41aa199694bd13"
  prize      mug stock 1
  drawn      every calendar month
}
leaderboard regulars {
  by      visits
  place 1 { give 7 votes }
}
scenario "until midnight" {
  ann joins    2026-01-01 at 00:00 { birthday 2000-01-01 }
  ann purchase 2026-12-01 at 00:00 { total $10 }
  ann visit    2026-12-30 at 12:00
  ann visit    2027-01-01 at 00:00
}
"#;

#[test]
fn s04_at_one_instant_everything_has_its_turn() {
    let program = parse(MIDNIGHT);
    let unit = |name: &str| program.units.find(|unit| &*unit.name == name).unwrap();
    let (points, stamps, freezes, votes) = (unit("points"), unit("stamps"), unit("freezes"), unit("votes"));
    let said = |what: &What| match what {
        What::Posted { unit, .. } if *unit == freezes => "a streak is frozen",
        What::Posted { unit, to: Account::Available, .. } if *unit == points => "points become available",
        What::Posted { unit, to: Account::Expired, .. } if *unit == stamps => "stamps expire",
        What::Posted { unit, amount: 20, .. } if *unit == votes => "birthday",
        What::Posted { unit, amount: 30, .. } if *unit == votes => "anniversary",
        What::Posted { unit, amount: 7, .. } if *unit == votes => "what a place brings",
        What::Message { .. } => "rule of the clock",
        What::Tier { .. } => "tier",
        What::Voucher { change: VoucherChange::Expired, .. } => "voucher",
        What::Challenge { .. } => "challenge",
        What::Offer { .. } => "offer",
        What::Divided { .. } => "a fund is divided",
        What::Donated { .. } => "a fund is paid",
        What::Drawn { .. } => "draw",
        What::Entry { .. } | What::Issued { .. } => "what a draw brings",
        What::Ranked { .. } => "place",
        _ => "something else",
    };
    let expected = [
        "a streak is frozen",
        "points become available",
        "birthday",
        "anniversary",
        "rule of the clock",
        "tier",
        "stamps expire",
        "voucher",
        "challenge",
        "offer",
        "a fund is divided",
        "a fund is paid",
        "draw",
        "what a draw brings",
        "place",
        "what a place brings",
        "the event itself",
    ];
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let mut world = World::new(engine.with_seeds(&[Seed::parse(SEED).unwrap()]));
        let events = story(&program);
        let last = events.last().unwrap().clone();
        let (_, outcomes) = submit(&mut world, events);
        let midnight = program.settings.zone.start_of(Day::from_ymd(2027, 1, 1).unwrap());
        let mut order: Vec<&str> = Vec::new();
        for outcome in outcomes.iter().filter(|outcome| outcome.time == midnight) {
            let own = outcome.event.as_ref() == Some(&last.id);
            let what = if own { "the event itself" } else { said(&outcome.what) };
            if order.last() != Some(&what) {
                order.push(what);
            }
        }
        assert_eq!(order, expected, "{evaluator}");
    }
}
