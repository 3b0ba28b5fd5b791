//! Partners, causes and funds: their ledgers balance, whatever happens.

use std::collections::BTreeMap;
use std::sync::Arc;

use meed::Program;
use meed::engine::{Account, Event, Giver, Outcome, Side, What};
use meed::journal::Settlement;
use meed::value::{Day, Exact, Value, Zone};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestError};

use super::history::{self, MEMBERS};
use super::run::{Run, compiled, difference, reference, runner, told};
use super::tape::Tape;
use super::{late, shuffled};

/// The cap of the match, in minor units.
const CAP: i64 = 700;
/// What the fund divides each month, in minor units.
const POOL: i64 = 1_001;

const TEXT: &str = r#"
program "Partners" {
  currency USD
  timezone "America/New_York"
}
event purchase {
  order    id
  subtotal money
}
event refund reverses purchase by order {
  subtotal money
}
unit points also point {
  round   down per event
  expires 5 months after earning
  refunds may go below zero
}
unit miles also mile {
  round   nearest per event
  expires never
  refunds stop at zero
}
partner acme {
  settles  each calendar month
  issued   7 points = $0.10 until 2026-06-30, 3 points = $0.05 after
  redeemed 9 points = $0.10
  issued   3 miles = $0.01
  reserve  10%
}
partner globex {
  settles each calendar quarter
  issued  100 points = $1
}
earn base on purchase {
  give   3 points per $1 of subtotal
  funded 60% by acme
  funded 15% by globex
}
earn air on purchase {
  when   subtotal >= $50
  give   1 mile per $1 of subtotal
  funded 50% by acme
}
redeem pay {
  rate  100 points = $1
  clamp
  at    partner acme
}
exchange swap of points to miles with acme {
  rate  40 points -> 25 miles
  bonus 5 miles for every full 80 points, 10 miles each calendar month
  clamp
}
cause oxfam {
  rate  3 points = $0.10
  match 100% up to $7 each calendar year
}
cause wwf {
  rate  7 points = $0.10
}
rule pennies on purchase {
  donate 7% of subtotal to wwf
}
rule large on purchase {
  when   subtotal >= $60
  donate $2 to oxfam
}
fund circle {
  pool  $10.01 each calendar month
  among oxfam, wwf
  floor $3
  limit 3 times each calendar day
}
"#;

fn program() -> Arc<Program> {
    let loaded = Program::from_text("partners.meed", TEXT).unwrap_or_else(|error| panic!("{error}"));
    Arc::new(loaded.versions.into_iter().next().unwrap())
}

/// Events from bytes, a few days apart.
fn events(program: &Program, choices: &[Vec<u8>]) -> Vec<Event> {
    let start = Zone::utc().start_of(Day::parse("2026-01-03").unwrap());
    let text = |text: &str| Value::Text(text.into());
    let number = |n: usize| Value::Exact(Exact::from(i64::try_from(n).unwrap()));
    let mut orders: Vec<(String, &str)> = Vec::new();
    let mut hours = 0_i64;
    let mut all = Vec::new();
    for (i, bytes) in choices.iter().enumerate() {
        let mut t = Tape::new(bytes);
        hours += i64::try_from(t.below(90)).unwrap();
        let time = start.plus_millis(hours * 3_600_000).unwrap();
        let (member, kind) = (t.pick(&MEMBERS), t.below(8));
        let order = format!("O{i}");
        let (name, member, fields) = match kind {
            1 if !orders.is_empty() => {
                let (order, member) = orders[t.below(orders.len())].clone();
                ("refund", member, vec![("order", text(&order)), ("subtotal", number(t.wide() % 6_000))])
            }
            2 => ("donate", member, vec![("cause", text(t.pick(&["oxfam", "wwf"]))), ("amount", number(t.below(200)))]),
            3 => ("exchange", member, vec![("amount", number(t.wide() % 400))]),
            4 => ("redeem", member, vec![("amount", number(t.wide() % 300)), ("bill", number(t.wide() % 2_000))]),
            5 => ("vote", member, vec![("cause", text(t.pick(&["oxfam", "wwf"]))), ("amount", number(1 + t.below(2)))]),
            _ => {
                orders.push((order.clone(), member));
                ("purchase", member, vec![("order", text(&order)), ("subtotal", number(t.wide() % 12_000))])
            }
        };
        all.push(history::event(program, name, &format!("e{i}"), member, time, i as u64, &fields));
    }
    all
}

/// What happened in the end: with its sign, as what was withdrawn did not.
fn signed(outcome: &Outcome) -> (&What, i64) {
    if let What::Withdrawn(before) = &outcome.what { (before, -1) } else { (&outcome.what, 1) }
}

/// What does not add up.
fn wrong(program: &Program, run: &Run) -> Option<String> {
    let mut units: BTreeMap<_, i64> = BTreeMap::new();
    let mut accounts: BTreeMap<(String, _), i64> = BTreeMap::new();
    let mut settled: BTreeMap<(String, _), i64> = BTreeMap::new();
    let mut owes = Exact::ZERO;
    let mut matched: BTreeMap<i32, i64> = BTreeMap::new();
    let mut divided: BTreeMap<_, i64> = BTreeMap::new();
    let mut paid = 0;
    let mut settlement = Settlement::new(&[program], &[]).unwrap();
    for outcome in &run.journal {
        settlement.outcome(outcome);
        let (what, sign) = signed(outcome);
        match what {
            What::Posted { unit, from, to, amount, .. } => {
                for (account, amount) in [(from, -amount), (to, *amount)] {
                    *units.entry(*unit).or_default() += amount;
                    if let Account::Partner(name) = account {
                        *accounts.entry((name.to_string(), *unit)).or_default() -= amount;
                    }
                }
            }
            What::Settled { partner, unit, side, amount, value } => {
                let name = program.partners.at(*partner).name.to_string();
                let own = match side {
                    Side::Issued => *amount,
                    Side::TakenBack => -amount,
                    Side::Redeemed | Side::Returned => 0,
                };
                *settled.entry((name, *unit)).or_default() += sign * own;
                let value = value.mul(Exact::from(sign)).unwrap();
                owes = match side {
                    Side::Issued | Side::Returned => owes.add(value).unwrap(),
                    Side::TakenBack | Side::Redeemed => owes.sub(value).unwrap(),
                };
            }
            What::Donated { amount, matched: added, giver, .. } => {
                let year = program.settings.zone.day_of(outcome.time).ymd().0;
                *matched.entry(year).or_default() += sign * added;
                paid += if *giver == Giver::Fund { sign * amount } else { 0 };
            }
            What::Divided { amount, .. } => *divided.entry(outcome.time).or_default() += sign * amount,
            _ => {}
        }
    }
    accounts.retain(|_, amount| *amount != 0);
    settled.retain(|_, amount| *amount != 0);
    let shares: i64 = divided.values().sum();
    // Each statement rounds two sums to a minor unit.
    let due = |line: &meed::journal::Statement| meed::value::parse_minor(&line.due, program.settings.currency).unwrap();
    let lines = settlement.statements().unwrap();
    let total: i64 = lines.iter().map(due).sum();
    let apart = owes.sub(Exact::from(total)).unwrap().abs().unwrap();
    if let Some((unit, sum)) = units.iter().find(|(_, sum)| **sum != 0) {
        Some(format!("the accounts of {unit:?} come to {sum}"))
    } else if accounts != settled {
        Some(format!("partners have paid {accounts:?}, and settled {settled:?}"))
    } else if let Some((year, added)) = matched.iter().find(|(_, added)| !(0..=CAP).contains(*added)) {
        Some(format!("{added} was added in {year}"))
    } else if divided.values().any(|sum| *sum != POOL) || paid != shares {
        Some(format!("{divided:?} was divided, {paid} paid"))
    } else if apart > Exact::from(i64::try_from(lines.len()).unwrap()) {
        Some(format!("statements come to {total}, postings to {owes}"))
    } else {
        None
    }
}

fn holds(usual: u32, salt: u8, property: impl Fn(&Arc<Program>, &[Event], &[u8]) -> Result<(), String>) {
    let program = program();
    let strategy =
        (prop::collection::vec(prop::collection::vec(any::<u8>(), 10), 1..40), prop::collection::vec(any::<u8>(), 64));
    let result = runner(usual, salt).run(&strategy, |(choices, more)| {
        let events = events(&program, &choices);
        let told = |reason| format!("{reason}\n{}", told(&program, &events));
        property(&program, &events, &more).map_err(|reason| TestCaseError::fail(told(reason)))
    });
    if let Err(TestError::Fail(reason, _)) = result {
        panic!("{reason}");
    }
}

#[test]
fn s10_ledgers_of_partners_causes_and_funds_balance_in_any_order() {
    holds(60, 31, |program, events, order| {
        let orderly = Run::new(compiled(program)).singly(events).advance(Some(late()));
        wrong(program, &orderly).map_or(Ok(()), Err)?;
        let slow = Run::new(reference(program)).singly(events).advance(Some(late()));
        difference(&slow.journal, &orderly.journal).map_or(Ok(()), Err)?;
        let mixed = shuffled(events.to_vec(), order);
        let disorderly = Run::new(compiled(program)).singly(&mixed).advance(Some(late()));
        wrong(program, &disorderly).map_or(Ok(()), |reason| Err(format!("out of order: {reason}")))?;
        let list = |run: &Run| run.net().into_iter().collect::<Vec<_>>();
        difference(&list(&orderly), &list(&disorderly)).map_or(Ok(()), Err)?;
        difference(&orderly.members(), &disorderly.members()).map_or(Ok(()), Err)
    });
}

#[test]
fn s26_orders_that_all_come_back_leave_partners_and_the_program_as_they_were() {
    holds(60, 32, |program, events, _| {
        let bought: Vec<Event> =
            events.iter().filter(|event| &*program.events.at(event.kind).name == "purchase").cloned().collect();
        let at = events.last().unwrap().time;
        let back: Vec<Event> = (bought.iter().enumerate())
            .map(|(i, order)| {
                // In full, whatever the amount.
                let fields = [("order", order.fields[0].clone()), ("subtotal", order.fields[1].clone())];
                let id = format!("back{i}");
                history::event(program, "refund", &id, &order.member, at, 9_000 + i as u64, &fields)
            })
            .collect();
        let run = Run::new(compiled(program)).singly(&bought).singly(&back).advance(Some(at));
        let mut left: BTreeMap<String, Exact> = BTreeMap::new();
        for outcome in &run.journal {
            let (what, value) = match &outcome.what {
                What::Settled { partner, unit, side, value, .. } => {
                    let value = if *side == Side::Issued { *value } else { value.neg().unwrap() };
                    (format!("{partner:?} {unit:?}"), value)
                }
                What::Donated { charity, amount, giver: Giver::Program, .. } => {
                    (format!("{charity:?}"), Exact::from(*amount))
                }
                _ => continue,
            };
            let sum = left.entry(what).or_default();
            *sum = sum.add(value).unwrap();
        }
        match left.iter().find(|(_, sum)| !sum.is_zero()) {
            Some((what, sum)) => Err(format!("{sum} is left of {what}")),
            None => Ok(()),
        }
    });
}
