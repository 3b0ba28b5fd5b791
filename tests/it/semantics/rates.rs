//! What comes back in another currency is worth what it was worth when it was bought (S20).

use std::fs;
use std::sync::Arc;

use meed::engine::{Event, What, World};
use meed::events::{EventStream, Inputs};
use meed::hir::Program;
use meed::kernel::{Block, Filler, Plan, Repeats};

use super::{engines, parse, submit};

/// By lines, which the kernel does not take back.
const BY_LINES: &str = "event give_back reverses purchase by order and items.sku {
  items list of { price money }
}
";

const PROGRAM: &str = r#"program "Two tills" {
  currency USD
  timezone "UTC"
  accepts  EUR at 1.08 until 2026-03-31, 1.10 after
  accepts  GBP at 1.25
}

event purchase {
  order  id
  amount money
  items  list of { sku id, price money }, optional
}
event refund reverses purchase by order {
  amount money
}

unit points also point {
  round   down per event
  expires never
  refunds may go below zero
}

measure spent = sum of purchase.amount
measure returned = sum of refund.amount

earn base on purchase {
  give 1 point per $1 of amount
}
"#;

const EVENTS: &str = r#"
{"type": "purchase", "id": "1", "member": "whole", "time": "2026-03-30T10:00:00Z", "order": "a", "amount": "100 EUR"}
{"type": "purchase", "id": "2", "member": "half", "time": "2026-03-30T10:00:00Z", "order": "b", "amount": "100 EUR"}
{"type": "purchase", "id": "3", "member": "line", "time": "2026-03-30T10:00:00Z", "order": "c", "amount": "100 EUR", "items": [{"sku": "x", "price": "75 EUR"}, {"sku": "y", "price": "25 EUR"}]}
{"type": "purchase", "id": "4", "member": "fixed", "time": "2026-03-30T10:00:00Z", "order": "d", "amount": "100 GBP"}
{"type": "purchase", "id": "5", "member": "other", "time": "2026-03-30T10:00:00Z", "order": "e", "amount": 200}
{"type": "refund", "id": "6", "member": "whole", "time": "2026-04-02T10:00:00Z", "order": "a", "amount": "100 EUR"}
{"type": "refund", "id": "7", "member": "half", "time": "2026-04-02T10:00:00Z", "order": "b", "amount": {"amount": 50, "currency": "EUR"}}
{"type": "give_back", "id": "8", "member": "line", "time": "2026-04-02T10:00:00Z", "order": "c", "items": [{"sku": "x", "price": "75 EUR"}]}
{"type": "refund", "id": "9", "member": "fixed", "time": "2026-04-02T10:00:00Z", "order": "d", "amount": "50 GBP"}
{"type": "refund", "id": "10", "member": "other", "time": "2026-04-02T10:00:00Z", "order": "e", "amount": "100 EUR"}
"#;

fn read(program: &Arc<Program>, events: &str) -> Vec<Event> {
    let file = std::env::temp_dir().join(format!("meed-rates-{}-{}.jsonl", std::process::id(), events.len()));
    fs::write(&file, events).unwrap();
    let inputs = Inputs::find(std::slice::from_ref(&file)).unwrap();
    let events = EventStream::new(program, &inputs, None, 0).unwrap().map(Result::unwrap).collect();
    fs::remove_file(&file).unwrap();
    events
}

#[test]
fn s20_what_comes_back_is_worth_what_it_was() {
    let program = parse(&format!("{PROGRAM}{BY_LINES}"));
    let events = read(&program, EVENTS);
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let mut world = World::new(engine);
        let (_, outcomes) = submit(&mut world, events.clone());
        let failed = outcomes.iter().find(|outcome| matches!(outcome.what, What::Failed(_)));
        assert!(failed.is_none(), "{evaluator}: {failed:?}");
        for (member, points) in [("whole", 0), ("half", 54), ("line", 27), ("fixed", 63), ("other", 92)] {
            let state = world.member(member).unwrap();
            let purse = state.units.iter().next().unwrap();
            assert_eq!(purse.available() - purse.debt, points, "{evaluator}, {member}");
        }
    }
}

#[test]
fn s20_the_kernel_leaves_rates_by_day_to_the_fold() {
    let program = parse(PROGRAM);
    let engine = meed::compile::compile(std::slice::from_ref(&program));
    let plan = Plan::of(&engine.versions()[0]).unwrap_or_else(|unfit| panic!("{unfit}"));
    let mut filler = Filler::new(&plan, Repeats::Unexpected);
    let without_lines: Vec<&str> = EVENTS.lines().filter(|line| !line.contains("give_back")).collect();
    for event in read(&program, &without_lines.join("\n")) {
        let fits = filler.event(&event, &mut Block::default()).is_some();
        assert_eq!(fits, !["6", "7", "10"].contains(&&*event.id), "{}", event.id);
    }
}
