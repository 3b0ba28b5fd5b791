//! What properties have found, each as the smallest story that shows it.

use std::sync::Arc;

use meed::engine::{Account, What};
use meed::{Program, compile, scenario};

use super::history::{event, number, text};
use super::run::{Run, compiled, reference};

/// A shop with everything that the stories need, and one story after it.
const SHOP: &str = r#"
program "Shop" {
  currency USD
  timezone "UTC"
}
event purchase {
  order    id
  subtotal money
  items    list of { sku id, price money }, optional
}
event cancel reverses purchase by order
event giveback reverses purchase by order and items.sku { items list of { sku id, price money } }
event visit { place text optional }
event delivered { order id }
unit miles also mile {
  expires never
  refunds stop at zero
}
"#;

/// Runs the scenarios of a text with both engines.
fn plays(own: &str) {
    let loaded = Program::from_text("shop.meed", &format!("{SHOP}{own}")).unwrap_or_else(|errors| panic!("{errors}"));
    let programs: Vec<Arc<Program>> = loaded.versions.into_iter().map(Arc::new).collect();
    for engine in [meed::engine::Engine::reference(&programs), compile::compile(&programs)] {
        let results = scenario::run_all(&engine, &programs[0]);
        assert!(!results.is_empty());
        for result in results {
            let told: Vec<_> =
                result.failures.iter().map(|failure| format!("{} / {}", failure.expected, failure.got)).collect();
            assert!(told.is_empty(), "{}: {told:?}", result.name);
        }
    }
}

#[test]
fn s13_rounding_takes_no_award_beyond_its_limit() {
    plays(
        r#"
unit points also point {
  round   up per item
  expires never
  refunds stop at zero
}
earn e on purchase.items {
  give  1 point per $2 of price
  limit 10 points each calendar day
}
scenario "4.5 and 5.5 are 10" {
  ann purchase 2026-02-07 { order o, subtotal $20, items [ { sku a, price $9 }, { sku b, price $11 } ] } expect 10 points
}
"#,
    );
}

#[test]
fn s13_limits_per_event_hold_for_rules_and_automatic_rewards() {
    plays(
        r#"
rule r on purchase.items {
  give  5 miles
  limit 2 times per event
}
reward r0 {
  cost  1 mile
  gives shipping
  limit 1 times per event
  automatic
}
scenario "three lines, two awards, one reward" {
  ann purchase 2026-02-07 { order o, subtotal $20, items [ { sku a, price $9 }, { sku b, price $11 }, { sku c, price $1 } ] } expect 9 miles
}
"#,
    );
}

#[test]
fn s13_rounding_takes_no_rule_beyond_its_limit_per_event() {
    plays(
        r#"
unit points also point {
  round   up per event
  expires never
  refunds stop at zero
}
rule r on purchase.items {
  give  1 point per $2 of price
  limit 10 points per event
}
scenario "4.5 and 5.5 are 10" {
  ann purchase 2026-02-07 { order o, subtotal $20, items [ { sku a, price $9 }, { sku b, price $11 } ] } expect 10 points
}
"#,
    );
}

#[test]
fn a_limit_is_used_on_the_day_of_the_event_whatever_day_rates_are_of() {
    plays(
        r#"
event trip {
  booked date
  price  money
}
unit points also point {
  round   down per event
  expires never
}
earn e on trip {
  give  1 point per $1 of price
  as of booked
}
boost x on e {
  2x
  limit 10 points in any 30 days
}
scenario "booked for far ahead" {
  ann trip 2026-02-07 { booked 2026-03-01, price $5 } expect 10 points
  ann trip 2026-02-08 { booked 2028-02-29, price $9 } expect 14 points
  ann trip 2026-02-09 { booked 2026-02-09, price $9 } expect 9 points
}
"#,
    );
}

#[test]
fn a_restarted_measure_counts_the_next_event_and_is_crossed_again() {
    plays(
        r#"
measure visits = count of visit
rule r each time visits reaches another 3 {
  restart visits
  give    5 miles
}
rule again on purchase { restart visits }
scenario "three and three" {
  ann visit 2026-02-01
  ann visit 2026-02-02
  ann visit 2026-02-03 expect 5 miles
  ann visit 2026-02-04
  expect ann.visits is 1
  ann visit 2026-02-05
  ann visit 2026-02-06 expect 5 miles
  ann visit 2026-02-07
  ann purchase 2026-02-08 { order o, subtotal $5 }
  expect ann.visits is 0
  ann cancel 2026-02-09 { order o }
  expect ann.miles.balance is 10
}
"#,
    );
}

#[test]
fn s12_what_waits_for_an_event_expires_from_then() {
    plays(
        r#"
unit stamps also stamp {
  round   down per event
  pending until delivered by order
  expires 10 days after earning
  refunds stop at zero
}
earn s on purchase { give 1 stamp per $1 of subtotal }
scenario "a month on the way" {
  ann purchase 2026-02-07 { order o, subtotal $5 } expect 5 stamps
  advance to 2026-03-07
  expect ann.stamps.pending is 5
  ann delivered 2026-03-08 { order o }
  advance to 2026-03-17
  expect ann.stamps.balance is 5
  advance to 2026-03-19 expect ann 5 stamps expired
}
"#,
    );
}

#[test]
fn a_message_fills_in_values_once() {
    plays(
        r#"
rule m on visit { message email "\{you\} are {member.name}, {member.id}" }
scenario "a name that looks like a place for a value" {
  ann joins 2026-01-01 { name "{member.id}" }
  ann visit 2026-02-07 expect message "{you} are {member.id}, ann"
}
"#,
    );
}

#[test]
fn s04_a_rolling_tier_rises_after_a_quiet_period() {
    plays(
        r#"
measure spend = sum of purchase.subtotal, each calendar month
tiers status by spend {
  basic
  silver at $100
  holds rolling
}
scenario "months without an event" {
  ann joins    2025-12-19
  ann purchase 2026-02-07 { order o, subtotal $100 } expect status is silver
  advance to   2026-02-28
  expect ann.status is silver
  advance to   2026-03-02
  expect ann.status is basic
}
"#,
    );
}

#[test]
fn s04_rolling_tiers_fall_with_streaks_and_days() {
    plays(
        r#"
measure weeks = streak of visit, each calendar week
tiers status by weeks {
  basic
  silver at 1
  holds rolling
}
tiers club {
  guest
  patron {
    reach days since visit <= 10
  }
  holds rolling
}
scenario "a visit and nothing after it" {
  ann visit  2026-02-02 expect status is silver
  ann visit  2026-02-03 expect club is patron
  advance to 2026-02-13 at 13:00
  expect ann.status is silver, ann.club is patron
  advance to 2026-02-16 at 13:00
  expect ann.status is basic, ann.club is guest
}
"#,
    );
}

#[test]
fn s04_a_rule_does_not_make_up_for_the_time_of_absence() {
    plays(
        r#"
rule monthly every calendar month { give 1 mile }
scenario "left in february, back in may" {
  ann joins  2026-01-15
  advance to 2026-02-02 expect ann 1 mile
  ann leave  2026-02-03
  ann joins  2026-05-10 expect 0 miles
  expect ann.miles.balance is 1
  advance to 2026-06-02 expect ann 1 mile
}
"#,
    );
}

#[test]
fn s22_a_streak_that_ended_is_not_taken_back_by_a_refund() {
    plays(
        r#"
measure weeks = streak of purchase, each calendar week
rule r when weeks reaches 1 { give 10 miles }
scenario "another order comes back much later" {
  ann purchase 2026-02-02 { order a, subtotal $5 } expect 10 miles
  ann purchase 2026-09-02 { order b, subtotal $5 }
  ann cancel   2026-09-03 { order b }
  expect ann.miles.balance is 10
}
"#,
    );
}

#[test]
fn s07_absurd_amounts_are_errors_and_not_endless() {
    plays(
        r#"
measure spend = sum of purchase.subtotal
rule r each time spend reaches another $5 { give 1 mile }
reward r0 {
  cost  0 miles
  gives shipping
}
scenario "ninety quadrillion dollars" {
  ann purchase 2026-02-07 { order a, subtotal $90_000_000_000_000_000 } expect error "times at once"
  ann redeem   2026-02-08 { reward r0, quantity 9_000_000_000 } expect refused "quantity"
  ann purchase 2026-02-09 { order b, subtotal $10 } expect 2 miles
}
"#,
    );
}

fn shop(own: &str) -> Arc<Program> {
    let mut loaded =
        Program::from_text("shop.meed", &format!("{SHOP}{own}")).unwrap_or_else(|errors| panic!("{errors}"));
    Arc::new(loaded.versions.remove(0))
}

const FUNDED: &str = r#"
partner acme { settles each calendar month }
partner bolt { settles each calendar month }
unit points also point {
  round   down per event
  expires never
  refunds may go below zero
}
earn e on purchase {
  give   1 point per $1 of subtotal
  funded 33% by acme
  funded 33% by bolt
}
rule r on visit { take 40 points }
"#;

#[test]
fn s26_partners_have_back_what_they_paid() {
    let program = shop(FUNDED);
    let at = |day: i64| meed::value::Instant::from_millis(1_770_000_000_000 + day * 86_400_000).unwrap();
    let line = |price: i64| meed::value::Value::List([Box::from([text("a"), number(price)])].into());
    let events = [
        event(
            &program,
            "purchase",
            "1",
            "ann",
            at(0),
            0,
            &[("order", text("o")), ("subtotal", number(10_001)), ("items", line(10_001))],
        ),
        event(&program, "visit", "2", "ann", at(1), 0, &[]),
        event(&program, "giveback", "3", "ann", at(2), 0, &[("order", text("o")), ("items", line(3_333))]),
        event(&program, "cancel", "4", "ann", at(3), 0, &[("order", text("o"))]),
    ];
    let run = Run::new(compiled(&program)).singly(&events);
    assert!(run.journal.iter().all(|outcome| !matches!(outcome.what, What::Posted { amount, .. } if amount <= 0)));
    for ((_, _, account), amount) in run.accounts() {
        if let Account::Partner(name) = account {
            assert_eq!(amount, 0, "{name}");
        }
    }
}

#[test]
fn s03_an_error_is_told_once_however_many_late_events_come() {
    let program =
        shop("measure spend = sum of purchase.subtotal\nrule r each time spend reaches another $5 { give 1 mile }\n");
    let at = |day: i64| meed::value::Instant::from_millis(1_770_000_000_000 + day * 86_400_000).unwrap();
    let events = [
        event(&program, "purchase", "absurd", "ann", at(9), 0, &[("order", text("o")), ("subtotal", number(i64::MAX))]),
        event(&program, "visit", "late", "ann", at(1), 0, &[]),
        event(&program, "visit", "later", "ann", at(0), 0, &[]),
    ];
    let run = Run::new(compiled(&program)).singly(&events);
    assert_eq!(run.failures().count(), 1);
}

#[test]
fn a_returned_line_may_end_a_streak() {
    let program = shop("measure weeks = streak of purchase where any of items where price > $10, each calendar week\n");
    let at = meed::value::Instant::from_millis(1_770_000_000_000).unwrap();
    let line = |sku: &str, price: i64| -> Box<[meed::value::Value]> { Box::from([text(sku), number(price)]) };
    let bought = meed::value::Value::List([line("a", 5_000), line("b", 100)].into());
    let events = [
        event(
            &program,
            "purchase",
            "1",
            "ann",
            at,
            0,
            &[("order", text("o")), ("subtotal", number(5_100)), ("items", bought)],
        ),
        event(
            &program,
            "giveback",
            "2",
            "ann",
            at,
            1,
            &[("order", text("o")), ("items", meed::value::Value::List([line("a", 5_000)].into()))],
        ),
    ];
    let slow = Run::new(reference(&program)).singly(&events);
    let fast = Run::new(compiled(&program)).singly(&events);
    assert_eq!(slow.members(), fast.members());
    assert!(fast.members()[0].contains("\"weeks\":\"0\""), "{:?}", fast.members());
}

#[test]
fn bands_end_at_amounts_with_the_code_of_a_currency() {
    let text = "program \"Shop\" {\n  currency CHF\n  timezone \"UTC\"\n}\ntable band by size in bands {\n  up to 10 CHF 1\n  below 20.50 CHF 2\n  above 3\n}\n";
    Program::from_text("shop.meed", text).unwrap_or_else(|errors| panic!("{errors}"));
}

#[test]
fn s26_an_order_of_no_value_comes_back_whole() {
    plays(
        r#"
event stay {
  room   id
  nights count
  charge money
}
event refund reverses stay by room {
  nights count
  charge money
}
measure nights = sum of stay.nights
measure stays = count of stay
earn e on stay { give 3 miles }
scenario "a night that was paid with points" {
  ann stay 2026-02-07 { room r, nights 3, charge $0 } expect 3 miles
  ann refund 2026-02-08 { room r, nights 1, charge $0 }
  expect ann.nights is 2, ann.stays is 1
  ann refund 2026-02-09 { room r, nights 2, charge $0 }
  expect ann.nights is 0, ann.stays is 0, ann.miles.balance is 0
}
scenario "nothing is taken from what has a value" {
  ann stay 2026-02-07 { room r, nights 3, charge $9 } expect 3 miles
  ann refund 2026-02-08 { room r, nights 0, charge $0 } expect nothing
  expect ann.nights is 3, ann.stays is 1
}
"#,
    );
}

#[test]
fn a_challenge_whose_claim_was_forfeited_is_not_completed_by_the_same_events_again() {
    plays(
        r#"
challenge c {
  window 2026-01-01 to 2026-12-31
  goal   one purchase where subtotal >= $10
  give   5 miles
  claim  within 7 days
  refunds re-judge
}
scenario "once" {
  ann purchase   2026-02-01 { order a, subtotal $10 } expect c completed
  advance to     2026-02-09 expect c forfeited
  ann purchase   2026-02-10 { order b, subtotal $10 } expect nothing
  expect ann.c.completed is 1
  ann cancel     2026-02-11 { order a }
  expect ann.c.completed is 1
}
"#,
    );
}

#[test]
fn s26_a_challenge_that_was_open_only_with_an_order_goes_with_it() {
    plays(
        r#"
measure spent = sum of purchase.subtotal
challenge c {
  window ever
  only   spent >= $50
  goal   one purchase where subtotal >= $1
  give   5 miles
  refunds re-judge
}
scenario "gone" {
  ann purchase   2026-02-01 { order a, subtotal $10 } expect nothing
  ann purchase   2026-02-02 { order b, subtotal $40 } expect c completed
  ann cancel     2026-02-03 { order b }
  expect ann.c.completed is 0
  expect ann.miles.balance is 0
  ann purchase   2026-02-04 { order c, subtotal $40 } expect c completed
  expect ann.miles.balance is 5
}
scenario "open without it" {
  ann purchase   2026-02-01 { order a, subtotal $60 } expect c completed
  ann purchase   2026-02-02 { order b, subtotal $60 } expect nothing
  ann cancel     2026-02-03 { order a }
  expect ann.c.completed is 1
  expect ann.miles.balance is 5
}
"#,
    );
}

#[test]
fn s26_an_order_that_brought_nothing_takes_nothing_from_a_goal_reached_together() {
    plays(
        r#"
measure recent = sum of purchase.subtotal, last 30 days
challenge all_in {
  window each calendar year
  goal   recent reaches $100
  shared by everyone
  give   5 miles
  refunds re-judge
}
scenario "other orders are long ago" {
  ann purchase 2026-01-10 { order a, subtotal $60 }
  bob purchase 2026-01-11 { order b, subtotal $60 } expect all_in completed, ann 5 miles
  ann purchase 2026-03-02 { order c, subtotal $0 }
  ann purchase 2026-03-03 { order d, subtotal $0 }
  ann cancel   2026-03-04 { order d } expect nothing
  expect ann.all_in.completed is 1, bob.miles.balance is 5
}
scenario "the order itself" {
  ann purchase 2026-01-10 { order a, subtotal $60 }
  bob purchase 2026-01-11 { order b, subtotal $60 } expect all_in completed, ann 5 miles
  ann cancel   2026-01-12 { order a }
  expect ann.all_in.completed is 0, ann.miles.balance is 0, bob.miles.balance is 0
}
"#,
    );
}

#[test]
fn s26_a_tier_on_a_row_that_mends_itself_does_not_wait_for_an_order_that_comes_back() {
    plays(
        r#"
measure row = streak of visit, each calendar day, repairs 1 in 7 days
tiers status by row {
  basic
  silver at 3
  holds  rolling
}
rule risen when status rises { give 10 miles }
rule third when row reaches 3 { give 3 miles }
scenario "nothing came" {
  ann visit    2026-02-01
  ann visit    2026-02-02
  advance to   2026-02-04 at 08:00
  expect ann.status is silver, ann.miles.balance is 13
  ann visit    2026-02-04
  expect ann.row is 4, ann.status is silver, ann.miles.balance is 13
}
scenario "an order came and went" {
  ann visit    2026-02-01
  ann visit    2026-02-02
  ann purchase 2026-02-04 at 07:00 { order a, subtotal $10 }
  ann cancel   2026-02-04 at 08:00 { order a }
  expect ann.status is silver, ann.miles.balance is 13
  ann visit    2026-02-04
  expect ann.row is 4, ann.status is silver, ann.miles.balance is 13
}
"#,
    );
}
