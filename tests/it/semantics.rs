//! What programs mean: the promises that scenarios can say, in `tests/cases/semantics`, and those that need more than one history.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use meed::engine::{Account, Arrival, Engine, Event, Outcome, State, What, World};
use meed::hir::{Program, RefundFloor, Step, UnitId};
use meed::value::Instant;

mod change;
mod order;
mod partners;
mod rates;
mod reversal;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/semantics");

fn load(path: &Path) -> Vec<Arc<Program>> {
    let loaded = Program::from_path(path).unwrap_or_else(|error| panic!("{error}"));
    loaded.versions.into_iter().map(Arc::new).collect()
}

pub fn parse(text: &str) -> Arc<Program> {
    let loaded = Program::from_text("program.meed", text).unwrap_or_else(|error| panic!("{error}"));
    Arc::new(loaded.versions.into_iter().next().unwrap())
}

pub fn engines(programs: &[Arc<Program>]) -> [(&'static str, Engine); 2] {
    [("reference", Engine::reference(programs)), ("compiled", meed::compile::compile(programs))]
}

fn cases() -> Vec<(String, Vec<Arc<Program>>)> {
    let mut files: Vec<PathBuf> = fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), load(path))).collect()
}

/// The events of a scenario, numbered in their order, and the moments to which it moves the clock.
pub fn course(program: &Program, scenario: &str) -> (Vec<Event>, Vec<Instant>) {
    let scenario = program.scenarios.iter().find(|found| &*found.name == scenario).unwrap();
    let (mut events, mut moments) = (Vec::new(), Vec::new());
    for step in &scenario.steps {
        match step {
            Step::Event(given, _) => {
                let written = |id| given.fields.iter().find(|(field, _)| *field == id).map(|(_, value)| value.clone());
                let fields = &program.events.at(given.event).fields;
                events.push(Event {
                    id: given.id.clone(),
                    member: given.member.clone(),
                    kind: given.event,
                    time: given.time,
                    sequence: events.len() as u64 + 1,
                    sent_by: None,
                    foreign: Default::default(),
                    fields: fields
                        .pairs()
                        .map(|(id, def)| written(id).or_else(|| def.default.clone()).unwrap_or_default())
                        .collect(),
                });
            }
            Step::Advance(to, ..) => moments.push(*to),
            _ => {}
        }
    }
    (events, moments)
}

/// The events of the only scenario of a program.
fn story(program: &Program) -> Vec<Event> {
    course(program, &program.scenarios[0].name.clone()).0
}

pub fn submit(world: &mut World, events: Vec<Event>) -> (Vec<Arrival>, Vec<Outcome>) {
    let mut outcomes = Vec::new();
    let arrivals = world.submit(events, &mut |outcome| outcomes.push(outcome));
    (arrivals, outcomes)
}

fn advance(world: &mut World, to: Option<Instant>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    world.advance(to, &mut |outcome| outcomes.push(outcome));
    outcomes
}

pub fn members(world: &World) -> Vec<State> {
    world.members().into_iter().cloned().collect()
}

/// What accounts hold after postings: by member, unit and account.
fn accounts(outcomes: &[Outcome]) -> BTreeMap<(Arc<str>, UnitId, Account), i64> {
    let mut sums = BTreeMap::new();
    for outcome in outcomes {
        if let What::Posted { unit, from, to, amount, .. } = &outcome.what {
            assert!(*amount > 0, "postings are positive: {outcome:?}");
            *sums.entry((outcome.member.clone(), *unit, from.clone())).or_insert(0) -= amount;
            *sums.entry((outcome.member.clone(), *unit, to.clone())).or_insert(0) += amount;
        }
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}

/// A fixed sequence of pseudo-random numbers.
fn shuffle<T>(items: &mut [T], seed: &mut u64) {
    for i in (1..items.len()).rev() {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(i, (*seed >> 33) as usize % (i + 1));
    }
}

fn same(left: &[State], right: &[State], what: &str) {
    assert_eq!(left.len(), right.len(), "{what}");
    for (left, right) in left.iter().zip(right) {
        assert!(left == right, "{what}: {} differs\n{left:#?}\n{right:#?}", left.member);
    }
}

#[test]
fn all_scenarios_hold_on_both_evaluators() {
    let mut failed = Vec::new();
    let mut count = 0;
    for (name, programs) in cases() {
        for (evaluator, engine) in engines(&programs) {
            for result in meed::scenario::run_all(&engine, &programs[0]) {
                assert!(!result.skipped, "{name}: {} is left out", result.name);
                let number = name.split('_').next().unwrap();
                assert!(result.name.starts_with(number), "{name}: `{}` does not say its promise", result.name);
                count += 1;
                for failure in result.failures {
                    let place = programs[0].sources.at(failure.span);
                    let (expected, got) = (failure.expected, failure.got);
                    failed.push(format!("{evaluator}: {}\n  {place} expected {expected}, got {got}", result.name));
                }
            }
        }
    }
    assert!(count > 100, "only {count} scenarios were found");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

const SHOP: &str = r#"
program "Shop" {
  currency USD
  timezone "America/New_York"
  late     accept within 30 days
}
event purchase { order id, total money }
event refund reverses purchase by order { total money }
event visit
unit points also point {
  round   down per event
  pending 2 days
  expires 3 months after last purchase
  refunds stop at zero
}
unit stamps also stamp { expires never
  refunds stop at zero
}
measure spent  = sum of purchase.total, each calendar year
measure visits = count of visit, last 7 days
tiers status by spent {
  basic
  silver  at $100
  gold    at $300
  holds   until end of next calendar year
  refunds lower at once
}
earn base on purchase {
  give  1 point per $1 of total
  boost 2x when status is silver
  boost 3x when status is gold
  limit 500 points each calendar day
}
earn first on purchase {
  when visits >= 1
  give 5 stamps
}
rule goal when spent reaches $200 { give 50 stamps }
rule risen when status rises { issue card }
rule busy each time visits reaches another 2 { give 1 stamp }
rule silent 20 days after last purchase { message push "still there?" }
reward card { gives voucher $5 valid 30 days }
reward mug { cost 100 points
  gives product "mug" }
scenario "a story" {
  ann joins    2026-01-01 { name "Ann" }
  ann purchase 2026-01-02 at 10:00 { order A1, total $90 }
  ben purchase 2026-01-02 at 10:00 { order B1, total $350 }
  ann visit    2026-01-03 at 09:00
  ann purchase 2026-01-03 at 10:00 { order A2, total $20 }
  ann purchase 2026-01-03 at 10:00 { order A3, total $60 }
  ann visit    2026-01-04 at 09:00
  ann redeem   2026-01-07 at 10:00 { reward mug }
  ben refund   2026-01-08 at 10:00 { order B1, total $300 }
  ann purchase 2026-01-09 at 10:00 { order A4, total $200 }
  ann refund   2026-01-10 at 10:00 { order A1, total $30 }
  ann refund   2026-01-10 at 10:00 { order A9, total $30 }
  ben purchase 2026-01-12 at 10:00 { order B2, total $50 }
  ann refund   2026-01-20 at 10:00 { order A1, total $60 }
  ann purchase 2026-01-28 at 10:00 { order A5, total $10 }
}
"#;

fn shop() -> (Arc<Program>, Vec<Event>) {
    let program = parse(SHOP);
    let events = story(&program);
    (program, events)
}

#[test]
fn s10_postings_account_for_everything_that_members_have() {
    for (name, programs) in cases() {
        for (evaluator, engine) in engines(&programs) {
            for scenario in &programs[0].scenarios {
                let (events, moments) = course(&programs[0], &scenario.name);
                let mut world = World::new(engine.clone());
                let (_, mut outcomes) = submit(&mut world, events);
                outcomes.extend(advance(&mut world, moments.into_iter().max()));
                let what = format!("{name}, {evaluator}, {}", scenario.name);
                balanced(&programs[0], &world, &outcomes, &what);
            }
        }
    }
}

/// Postings sum to zero over all accounts, agree with lots, debts and totals, and say where they come from.
fn balanced(program: &Program, world: &World, outcomes: &[Outcome], what: &str) {
    let sums = accounts(outcomes);
    let mut by_unit: BTreeMap<UnitId, i64> = BTreeMap::new();
    sums.iter().for_each(|((_, unit, _), sum)| *by_unit.entry(*unit).or_default() += sum);
    assert!(by_unit.values().all(|sum| *sum == 0), "{what}: {by_unit:?}");
    for outcome in outcomes {
        if let What::Posted { unit, from, to, lot, .. } = &outcome.what {
            let own = |account: &Account| matches!(account, Account::Available | Account::Pending);
            assert!(
                own(from)
                    || own(to)
                    || (from, to) == (&Account::Redeemed, &Account::Expired)
                    || *from == Account::Expired,
                "{what}: {outcome:?}"
            );
            let known = meed::engine::words::declared(program, outcome.cause).is_some() || outcome.event.is_some();
            assert!(known, "{what}: nothing says where this comes from: {outcome:?}");
            // Below zero there is no lot.
            let below = |unit| {
                matches!(program.units.at(unit).refunds, RefundFloor::BelowZero(_)) && *from == Account::Available
            };
            assert!(lot.is_some() || below(*unit), "{what}: no lot: {outcome:?}");
        }
    }
    for state in world.members() {
        for (unit, def) in program.units.pairs() {
            let purse = state.units.at(unit);
            let held = |account: Account| sums.get(&(state.member.clone(), unit, account)).copied().unwrap_or(0);
            let debt = if matches!(def.refunds, RefundFloor::BelowZero(_)) { purse.debt } else { 0 };
            let member = &state.member;
            assert_eq!(
                held(Account::Available),
                purse.available() - debt,
                "{what}: available {} of {member}",
                def.name
            );
            assert_eq!(held(Account::Pending), purse.pending(), "{what}: pending {} of {member}", def.name);
            assert_eq!(held(Account::Expired), purse.totals.expired, "{what}: expired {} of {member}", def.name);
            assert!(
                purse.lots.iter().all(|lot| lot.left > 0 && lot.spent >= 0 && lot.expired >= 0),
                "{what}: {:?}",
                purse.lots
            );
            assert!(
                purse.used_up.iter().all(|lot| lot.left == 0 && lot.spent >= 0 && lot.expired >= 0),
                "{what}: {:?}",
                purse.used_up
            );
        }
    }
}

#[test]
fn s10_partners_who_forbore_get_what_is_repaid() {
    let program = load(&Path::new(CASES).join("s10_repaid_partners.meed")).remove(0);
    let points = program.units.find(|unit| &*unit.name == "points").unwrap();
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let mut world = World::new(engine);
        let (_, outcomes) = submit(&mut world, story(&program));
        let sums = accounts(&outcomes);
        let held = |account: Account| sums.get(&("ann".into(), points, account)).copied().unwrap_or(0);
        // Acme has back all that it paid; the issuer has paid for the mug and for the last visit.
        let of = (held(Account::Partner("acme".into())), held(Account::Issuer), held(Account::Available));
        assert_eq!(of, (0, -150, 50), "{evaluator}");
    }
}

#[test]
fn s10_partners_pay_their_share_and_get_it_back() {
    let program = parse(
        r#"
program "Funding" {
  currency USD
  timezone "America/New_York"
}
event purchase { order id, total money }
event refund reverses purchase by order { total money }
unit points also point {
  round   down per event
  expires never
  refunds stop at zero
}
partner acme { settles each calendar month }
partner bank { settles each calendar month }
earn base on purchase {
  give   1 point per $1 of total
  funded 60% by acme
  funded 15% by bank
}
scenario "shares" {
  ann purchase 2026-01-05 { order A1, total $103 }
  ann refund   2026-01-06 { order A1, total $50 }
  ann refund   2026-01-07 { order A1, total $53 }
}
"#,
    );
    let points = program.units.find(|unit| &*unit.name == "points").unwrap();
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let mut world = World::new(engine);
        let mut outcomes = Vec::new();
        // 61.8, 15.45 and 25.75 of 103: the whole steps that are left go to the largest remainders.
        let expected = [(-62, -15, -26), (-32, -8, -13), (0, 0, 0)];
        for (event, expected) in story(&program).into_iter().zip(expected) {
            outcomes.extend(submit(&mut world, vec![event.clone()]).1);
            let sums = accounts(&outcomes);
            let held = |account: Account| sums.get(&("ann".into(), points, account)).copied().unwrap_or(0);
            let (acme, bank, issuer) =
                (held(Account::Partner("acme".into())), held(Account::Partner("bank".into())), held(Account::Issuer));
            assert_eq!(acme + bank + issuer, -held(Account::Available), "{evaluator}: {}", event.id);
            if event.id.ends_with('2') {
                // Half of the order, within a step of half of each share.
                assert!(
                    (acme - expected.0).abs() <= 1 && (bank - expected.1).abs() <= 1,
                    "{evaluator}: {acme} {bank} {issuer}"
                );
            } else {
                assert_eq!((acme, bank, issuer), expected, "{evaluator}: {}", event.id);
            }
        }
    }
}
