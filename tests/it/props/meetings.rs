//! Members who meet: transfers, referrals, groups, shared goals and leaderboards balance, in whatever order and batches events come (S30).

use std::collections::BTreeMap;
use std::sync::Arc;

use meed::Program;
use meed::engine::{Account, Event, What};
use meed::value::{Day, Exact, Value, Zone};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestError};

use super::history::{self, MEMBERS};
use super::run::{Run, compiled, difference, disagreement, reference, runner, told};
use super::tape::Tape;
use super::{late, shuffled};

const TEXT: &str = r#"
program "Meetings" {
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
member {
  referred_by member, optional
}
unit points also point {
  round   down per event
  expires 4 months after earning
  refunds may go below zero
}
measure monthly = sum of purchase.subtotal, each calendar month
earn base on purchase {
  give 2 points per $1 of subtotal
}
transfer gift of points {
  at most 60 points
  fee     3 points
}
referral friend by referred_by on purchase {
  when subtotal >= $20
  friend   { give 7 points }
  referrer { give 11 points }
}
pool family {
  members  at most 3
  collects 25% of points
}
challenge together {
  window  each calendar month
  goal    sum of purchase.subtotal reaches $150
  shared  by family, each at least $10
  refunds re-judge
  give    13 points
}
leaderboard first {
  by monthly
  at least $5
  place 1      { give 17 points }
  place 2 to 3 { give 5 points }
}
reward mug {
  cost  40 points
  gives product "a mug"
  stock 3
}
"#;

fn program() -> Arc<Program> {
    let loaded = Program::from_text("meetings.meed", TEXT).unwrap_or_else(|error| panic!("{error}"));
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
        let (member, kind) = (t.pick(&MEMBERS), t.below(10));
        let order = format!("O{i}");
        let (name, member, fields) = match kind {
            1 if !orders.is_empty() => {
                let (order, member) = orders[t.below(orders.len())].clone();
                ("refund", member, vec![("order", text(&order)), ("subtotal", number(t.wide() % 6_000))])
            }
            2 => ("transfer", member, vec![("receiver", text(t.pick(&MEMBERS))), ("amount", number(t.below(70)))]),
            3 => ("join", member, vec![("referred_by", text(t.pick(&MEMBERS)))]),
            4 => ("enroll", member, vec![("group", text(t.pick(&["north", "south"])))]),
            5 if t.below(3) == 0 => ("withdraw", member, vec![]),
            6 => {
                let pool = if t.below(2) == 0 { Value::Missing } else { text("family") };
                ("redeem", member, vec![("reward", text("mug")), ("pool", pool)])
            }
            _ => {
                orders.push((order.clone(), member));
                ("purchase", member, vec![("order", text(&order)), ("subtotal", number(t.wide() % 12_000))])
            }
        };
        all.push(history::event(program, name, &format!("e{i}"), member, time, i as u64, &fields));
    }
    all
}

/// What does not add up.
fn wrong(program: &Program, run: &Run) -> Option<String> {
    let accounts = run.accounts();
    let balances = run.world.members().into_iter().find_map(|state| disagreement(program, state, &accounts));
    // What leaves one member comes to another.
    let mut passed = 0;
    let mut mugs = BTreeMap::new();
    for outcome in &run.journal {
        let (what, sign) =
            if let What::Withdrawn(before) = &outcome.what { (&**before, -1) } else { (&outcome.what, 1) };
        match what {
            What::Posted { from: Account::Available, to: Account::Transfer, amount, .. } => passed += sign * amount,
            What::Posted { from: Account::Transfer, amount, .. } => passed -= sign * amount,
            What::Issued { .. } => *mugs.entry(outcome.member.clone()).or_insert(0) += sign,
            _ => {}
        }
    }
    if balances.is_some() {
        balances
    } else if passed != 0 {
        Some(format!("{passed} points were sent and did not arrive"))
    } else {
        let issued: i64 = mugs.values().sum();
        (issued > 3).then(|| format!("{issued} of 3 mugs"))
    }
}

#[test]
fn s30_members_who_meet_balance_in_any_order() {
    let program = program();
    let strategy =
        (prop::collection::vec(prop::collection::vec(any::<u8>(), 10), 1..40), prop::collection::vec(any::<u8>(), 64));
    let result = runner(60, 33).run(&strategy, |(choices, order)| {
        let events = events(&program, &choices);
        let verdict = || -> Result<(), String> {
            let orderly = Run::new(compiled(&program)).singly(&events).advance(Some(late()));
            wrong(&program, &orderly).map_or(Ok(()), Err)?;
            let slow = Run::new(reference(&program)).singly(&events).advance(Some(late()));
            difference(&slow.journal, &orderly.journal).map_or(Ok(()), Err)?;
            let mixed = shuffled(events.clone(), &order);
            let disorderly = Run::new(compiled(&program)).singly(&mixed).advance(Some(late()));
            wrong(&program, &disorderly).map_or(Ok(()), |reason| Err(format!("out of order: {reason}")))?;
            difference(&orderly.members(), &disorderly.members()).map_or(Ok(()), Err)
        };
        verdict().map_err(|reason| TestCaseError::fail(format!("{reason}\n{}", told(&program, &events))))
    });
    if let Err(TestError::Fail(reason, _)) = result {
        panic!("{reason}");
    }
}
