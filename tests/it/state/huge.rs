//! Amounts near the end of all numbers, more than once: each that does not fit is an error of its event, and what is saved can be loaded (S7,
//! S42).

use meed::engine::{What, World};
use meed::journal::state;

use super::*;
use crate::semantics::{course, engines, parse, submit};

const PROGRAM: &str = r#"
program "Huge" {
  currency USD
  timezone "UTC"
}
event purchase { order id, subtotal money }
event refund reverses purchase by order { subtotal money }
unit points also point {
  round   down per event
  expires never
  refunds may go below zero
}
earn base on purchase {
  give 1000 points per $1 of subtotal
  budget 90_000_000_000_000_000_000 points
}
transfer hand_over of points {
  minimum 1 point
}
scenario "debts" {
  ann adjust 2026-01-01 { unit points, amount -9_000_000_000_000_000_000 }
  ann adjust 2026-01-02 { unit points, amount -9_000_000_000_000_000_000 }
}
scenario "budget" {
  ann purchase 2026-01-01 { order A1, subtotal $9_000_000_000_000_000 }
  bob purchase 2026-01-02 { order B1, subtotal $9_000_000_000_000_000 }
}
scenario "gifts" {
  ann purchase 2026-01-01 { order A1, subtotal $6_000_000_000_000_000 }
  bob adjust   2026-01-02 { unit points, amount 6_000_000_000_000_000_000 }
  ann transfer 2026-01-03 { amount 6_000_000_000_000_000_000, receiver bob }
}
scenario "spent and back" {
  ann purchase 2026-01-01 { order A1, subtotal $9_000_000_000_000_000 }
  ann adjust   2026-01-02 { unit points, amount -9_000_000_000_000_000_000 }
  ann refund   2026-01-03 { order A1, subtotal $9_000_000_000_000_000 }
  ann adjust   2026-01-04 { unit points, amount -9_000_000_000_000_000_000 }
}
"#;

#[test]
fn s07_amounts_that_do_not_fit_are_errors_and_what_is_saved_can_be_loaded() {
    let folder = Folder::new("huge");
    let program = parse(PROGRAM);
    for scenario in ["debts", "budget", "gifts", "spent and back"] {
        for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
            let (events, _) = course(&program, scenario);
            let mut world = World::new(engine.clone());
            let (_, outcomes) = submit(&mut world, events);
            let failed = outcomes.iter().filter(|outcome| matches!(outcome.what, What::Failed(_))).count();
            assert_eq!(failed, 1, "{scenario}, {evaluator}: {outcomes:#?}");
            let path = folder.join("state");
            state::save(&world, &path).unwrap();
            let again = state::load(engine, &path).unwrap();
            assert_eq!(world.members(), again.members(), "{scenario}, {evaluator}");
        }
    }
}
