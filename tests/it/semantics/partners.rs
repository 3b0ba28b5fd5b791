//! Partners, causes and funds over time: rates that change, names that change, events that come late (S10, S30, S41).

use std::collections::BTreeMap;

use meed::engine::{Event, Giver, Outcome, Side, What, World};
use meed::hir::Program;
use meed::journal::Settlement;
use meed::value::Instant;

use super::{advance, engines, members, parse, same, story, submit};

const FIRST: &str = r#"
program "Partners" {
  currency USD
  timezone "UTC"
}
event purchase { order id, total money }
event refund reverses purchase by order { total money }
unit points also point {
  round   down per event
  expires never
  refunds may go below zero
}
partner acme {
  settles  each calendar month
  issued   100 points = $1
  redeemed 100 points = $0.80
}
earn base on purchase {
  give   1 point per $1 of total
  funded 50% by acme
}
redeem pay {
  rate 100 points = $1
  at   partner acme
}
cause oxfam {
  rate  100 points = $1
  match 100% up to $1.50
}
cause wwf { label "WWF" }
rule pennies on purchase { donate 1% of total to wwf }
fund circle {
  pool  $90 each calendar quarter
  among oxfam, wwf
  paid  30 days after
}
scenario "over the change" {
  ann purchase 2026-03-01 { order A1, total $1_000 }
  ann redeem   2026-03-02 { amount 100, bill $50, order A1 }
  ann donate   2026-03-03 { cause oxfam, amount 100 }
  ann vote     2026-03-04 { cause oxfam, amount 1 }
  bob purchase 2026-04-02 { order B1, total $1_000 }
  bob donate   2026-04-03 { cause oxfam, amount 100 }
  bob vote     2026-04-04 { cause wwf, amount 2 }
  ann refund   2026-04-05 { order A1, total $1_000 }
}
"#;

/// The same program under other names and at other rates, from 15 March on.
fn second() -> String {
    FIRST
        .replace("  timezone", "  effective from 2026-03-15\n  timezone")
        .replace("partner acme {", "partner air was acme {")
        .replace("by acme", "by air")
        .replace("partner acme\n", "partner air\n")
        .replace("= $1\n  redeemed 100 points = $0.80", "= $2\n  redeemed 100 points = $1.60")
        .replace("cause oxfam {", "cause relief was oxfam {")
        .replace("oxfam", "relief")
        .replace("was relief", "was oxfam")
        .replace("fund circle", "fund ring was circle")
}

fn until(day: &str) -> Option<Instant> {
    let zone = meed::value::Zone::utc();
    Some(zone.start_of(meed::value::Day::parse(day).unwrap()))
}

/// The events in terms of the newest version, as they are read.
fn read(program: &Program) -> Vec<Event> {
    let mut events = story(program);
    for event in &mut events {
        let renamed = event.fields.iter().map(|value| match value {
            meed::value::Value::Text(text) if &**text == "relief" && event.time < until("2026-03-15").unwrap() => {
                meed::value::Value::Text("oxfam".into())
            }
            other => other.clone(),
        });
        event.fields = renamed.collect();
    }
    events
}

#[test]
fn s41_statements_caps_and_votes_go_by_names_from_version_to_version() {
    let programs = [parse(FIRST), parse(&second())];
    for (evaluator, engine) in engines(&programs) {
        let mut world = World::new(engine);
        let (_, mut outcomes) = submit(&mut world, read(&programs[1]));
        outcomes.extend(advance(&mut world, until("2026-08-01")));
        let wrong: Vec<_> = outcomes.iter().filter(|o| matches!(o.what, What::Refused(_) | What::Failed(_))).collect();
        assert!(wrong.is_empty(), "{evaluator}: {wrong:#?}");
        let mut settlement = Settlement::new(&[&*programs[0], &*programs[1]], &[]).unwrap();
        outcomes.iter().for_each(|outcome| settlement.outcome(outcome));
        let lines = settlement.statements().unwrap();
        let dues: Vec<_> = lines.iter().map(|line| (&*line.partner, &*line.from, &*line.due)).collect();
        // 500 points at $1 less 100 at $0.80; then 500 at $2, less the first 500 at $1, and the 100 at $0.80 came back.
        assert_eq!(dues, [("air", "2026-03-01", "4.20"), ("air", "2026-04-01", "5.80")], "{evaluator}");
        // The cap of $1.50 was half used before the change.
        let added: Vec<i64> = outcomes
            .iter()
            .filter_map(|outcome| match outcome.what {
                What::Donated { matched, giver: Giver::Member, .. } => Some(matched),
                _ => None,
            })
            .collect();
        assert_eq!(added, [100, 50], "{evaluator}");
        let paid = |outcome: &Outcome| match outcome.what {
            What::Donated { charity, amount, giver: Giver::Fund, .. } => {
                Some((programs[outcome.version as usize].charities.at(charity).name.to_string(), amount))
            }
            _ => None,
        };
        let paid: Vec<_> = outcomes.iter().filter_map(paid).collect();
        let expected = [("relief", 9_000), ("wwf", 9_000)].map(|(name, amount)| (name.to_string(), amount));
        assert_eq!(paid, expected, "{evaluator}");
        // What the program gave for the order that came back is taken back.
        let given = |outcome: &Outcome| match outcome.what {
            What::Donated { amount, giver: Giver::Program, .. } => amount,
            _ => 0,
        };
        assert_eq!(outcomes.iter().map(given).sum::<i64>(), 1_000, "{evaluator}");
    }
}

#[test]
fn s20_what_partners_owe_is_taken_back_at_the_rate_at_which_it_was_owed() {
    let text =
        FIRST.replace("issued   100 points = $1", "issued   100 points = $1 until 2026-03-31, 100 points = $3 after");
    let program =
        parse(&text.replace(
            "redeemed 100 points = $0.80",
            "redeemed 7 points = $0.03 until 2026-03-31, 100 points = $9 after",
        ));
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let mut world = World::new(engine);
        let (_, outcomes) = submit(&mut world, story(&program).into_iter().filter(|e| &*e.member == "ann").collect());
        let mut left = meed::value::Exact::ZERO;
        for outcome in &outcomes {
            if let What::Settled { side, value, .. } = &outcome.what {
                left = match side {
                    Side::Issued | Side::Returned => left.add(*value).unwrap(),
                    Side::TakenBack | Side::Redeemed => left.sub(*value).unwrap(),
                };
            }
        }
        assert!(left.is_zero(), "{evaluator}: {left}");
    }
}

#[test]
fn s30_a_late_gift_and_a_late_vote_change_what_others_brought() {
    let program = parse(FIRST);
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let mut orderly = World::new(engine.clone());
        submit(&mut orderly, story(&program));
        advance(&mut orderly, until("2026-08-01"));
        let mut late = World::new(engine);
        let mut events = story(&program);
        // Ann's gift and vote come when all is paid.
        let missed: Vec<Event> = events.drain(2..4).collect();
        submit(&mut late, events);
        advance(&mut late, until("2026-08-01"));
        let (_, corrections) = submit(&mut late, missed);
        same(&members(&orderly), &members(&late), evaluator);
        let withdrawn = |what: fn(&What) -> bool| {
            corrections.iter().any(|outcome| matches!(&outcome.what, What::Withdrawn(inner) if what(inner)))
        };
        assert!(withdrawn(|what| matches!(what, What::Donated { matched: 100, .. })), "{evaluator}: {corrections:#?}");
        assert!(withdrawn(|what| matches!(what, What::Divided { .. })), "{evaluator}");
        assert!(withdrawn(|what| matches!(what, What::Donated { giver: Giver::Fund, .. })), "{evaluator}");
    }
}

/// What is settled with a partner, by side, in order: the amount in steps and its worth in minor units.
fn settled(program: &Program, outcomes: &[Outcome], name: &str) -> Vec<(Side, i64, String)> {
    let of = |outcome: &Outcome| match &outcome.what {
        What::Settled { partner, side, amount, value, .. } if *program.partners.at(*partner).name == *name => {
            Some((*side, *amount, value.to_string()))
        }
        _ => None,
    };
    outcomes.iter().filter_map(of).collect()
}

#[test]
fn s21_points_that_come_back_are_settled_with_who_took_them() {
    let program = parse(
        r#"
program "Returned" {
  currency USD
  timezone "UTC"
}
event purchase { order id, total money }
event refund reverses purchase by order { total money }
unit points also point {
  round   down per event
  expires never
  refunds may go below zero
}
partner acme {
  settles  each calendar month
  redeemed 100 points = $0.80 until 2026-01-31, 100 points = $2 after
}
redeem off {
  rate 100 points = $1
  at   partner acme
}
scenario "paid and returned" {
  ann adjusts  2026-01-01 { unit points, amount 1000 }
  ann redeems  2026-01-02 { amount 500, bill $40, order A1 }
  ann purchase 2026-01-02 { order A1, total $40 }
  ann refund   2026-02-03 { order A1, total $8 }
  ann refund   2026-02-04 { order A1, total $32 }
}
"#,
    );
    let events = super::story(&program);
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let mut world = World::new(engine);
        let (_, outcomes) = submit(&mut world, events.clone());
        // They come back at the rate at which they were taken, though another one is in force.
        let told = settled(&program, &outcomes, "acme");
        let back: i64 = told.iter().filter(|(side, ..)| *side == Side::Returned).map(|(_, amount, _)| amount).sum();
        assert_eq!(told.first(), Some(&(Side::Redeemed, 500, "400".into())), "{evaluator}: {told:?}");
        assert_eq!(back, 500, "{evaluator}: {told:?}");
        let worth = |(_, amount, value): &(Side, i64, String)| (*amount * 4 / 5).to_string() == *value;
        assert!(told.iter().all(worth), "{evaluator}: {told:?}");
        assert_eq!(told.len(), 3, "{evaluator}: {told:?}");
    }
}

#[test]
fn s28_who_pays_for_a_bonus_pays_for_it_on_both_sides_of_a_tier() {
    let program = parse(
        r#"
program "Split" {
  currency USD
  timezone "UTC"
}
event purchase { order id, total money }
unit points also point {
  round   down per event
  expires never
  refunds may go below zero
}
partner acme {
  settles each calendar month
  issued  1 point = $1
}
partner globex {
  settles each calendar month
  issued  1 point = $1
}
measure spent = sum of purchase.total, each calendar year
tiers status by spent {
  basic
  gold  at $100
  holds until end of next calendar year
}
earn base on purchase {
  give   1 point per $1 of total when status is gold, 1 point per $1 of total otherwise
  tier   split
  funded 100% by acme
}
boost bonus on base {
  2x when status is gold, 3x otherwise
  funded 100% by globex
}
scenario "across the threshold" {
  ann purchase 2026-01-02 { order A1, total $160 }
}
"#,
    );
    let events = super::story(&program);
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let mut world = World::new(engine);
        let (_, outcomes) = submit(&mut world, events.clone());
        // $100 below the threshold make 100 and a bonus of 200, $60 above it 60 and a bonus of 60.
        assert_eq!(settled(&program, &outcomes, "acme"), [(Side::Issued, 160, "16000".into())], "{evaluator}");
        let bonus = [(Side::Issued, 200, "20000".into()), (Side::Issued, 60, "6000".into())];
        assert_eq!(settled(&program, &outcomes, "globex"), bonus, "{evaluator}");
    }
}

#[test]
fn s10_statements_round_halves_away_from_zero() {
    let program = parse(
        r#"
program "Halves" {
  currency USD
  timezone "UTC"
}
event purchase { order id, total money }
unit points also point {
  round   down per event
  expires never
}
partner acme {
  settles  each calendar month
  issued   100 points = $0.50
  redeemed 100 points = $0.50
  reserve  50%
}
earn base on purchase {
  give   1 point per $1 of total
  funded 100% by acme
}
redeem pay {
  rate 100 points = $1
  at   partner acme
}
scenario "half a cent each way" {
  ann purchase 2026-03-01 { order A1, total $25 }
  ann redeem   2026-03-02 { amount 5, bill $50 }
}
"#,
    );
    let (_, outcomes) =
        submit(&mut World::new(meed::compile::compile(std::slice::from_ref(&program))), story(&program));
    let mut settlement = Settlement::new(&[&*program], &[]).unwrap();
    outcomes.iter().for_each(|outcome| settlement.outcome(outcome));
    let lines = settlement.statements().unwrap();
    let sums: Vec<_> =
        lines.iter().map(|line| [&line.partner_owes, &line.program_owes, &line.due, &line.reserve]).collect();
    assert_eq!(sums, [["0.13", "0.03", "0.10", "0.07"]]);
}

#[test]
fn s20_a_boost_that_falls_away_is_taken_back_from_who_paid_for_it() {
    let program = parse(
        r#"
program "Judged again" {
  currency USD
  timezone "UTC"
}
event purchase { order id, total money }
event refund reverses purchase by order { total money }
unit points also point {
  round   down per event
  expires never
  refunds may go below zero
}
unit stars also star {
  round   down per event
  expires never
  refunds stop at zero
}
partner acme {
  settles each calendar month
  issued  100 points = $1
}
partner visa {
  settles each calendar month
  issued  100 points = $1
  issued  100 stars = $1
}
earn base on purchase {
  give   1 point per $1 of total
  funded 50% by acme
}
boost double on base {
  when   total >= $50
  2x
  funded 80% by visa
  funded 20% by acme
}
earn starry on purchase { give 1 star per $1 of total }
boost shiny on starry {
  when   total >= $50
  2x
  funded 100% by visa
}
scenario "too little for the boost" {
  ann purchase 2026-01-02 { order A1, total $100 }
  ann refund   2026-01-03 { order A1, total $40 }
  ann refund   2026-01-04 { order A1, total $20 }
  ann refund   2026-01-05 { order A1, total $40 }
  bob purchase 2026-01-06 { order B1, total $100 }
  bob adjust   2026-01-07 { unit stars, amount -150 }
  bob refund   2026-01-08 { order B1, total $60 }
}
"#,
    );
    let events = super::story(&program);
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let mut world = World::new(engine);
        let (_, outcomes) = submit(&mut world, events.clone());
        let back = |name: &str, unit: &str, member: &str| -> Vec<i64> {
            let mut by_time = BTreeMap::new();
            for outcome in outcomes.iter().filter(|outcome| &*outcome.member == member) {
                if let What::Settled { partner, side: Side::TakenBack, amount, unit: of, .. } = &outcome.what
                    && *program.partners.at(*partner).name == *name
                    && *program.units.at(*of).name == *unit
                {
                    *by_time.entry(outcome.time).or_insert(0) += amount;
                }
            }
            by_time.into_values().collect()
        };
        // Of 200 points visa pays for 80, acme for 50 of the base and 20 of the bonus. $60 bring 120, of which they pay for 48 and 42; $40
        // bring 40, of which acme pays for 20.
        assert_eq!(back("visa", "points", "ann"), [32, 48], "{evaluator}");
        assert_eq!(back("acme", "points", "ann"), [28, 22, 20], "{evaluator}");
        // Of 200 stars 50 are there and 40 stay: who paid for the bonus has it back from those, and is owed the rest of it.
        assert_eq!(back("visa", "stars", "bob"), [31], "{evaluator}");
        let owed = world.member("bob").map(|state| {
            let purse = state.units.iter().find(|purse| !purse.owed.is_empty()).unwrap();
            purse.owed.iter().map(|(name, amount)| (name.to_string(), *amount)).collect::<Vec<_>>()
        });
        assert_eq!(owed, Some(vec![("visa".to_string(), 69)]), "{evaluator}");
    }
}
