//! Reversals that need more than one history (S20, S26).

use std::collections::{BTreeMap, BTreeSet};

use meed::engine::{Engine, Event, Outcome, State, VoucherChange, What, World};
use meed::hir::{Aggregate, EventId, LadderRefund, Net, OnRefund, Program, Read, RefundFloor, Reversal, Source, Tally};
use meed::value::Value;

use super::{advance, cases, course, engines, shop, submit};

#[test]
fn s20_and_s26_a_refund_in_parts_and_at_once_leave_the_same_balances() {
    let (program, events) = shop();
    let refund = program.events.find(|event| &*event.name == "refund").unwrap();
    let bought = &events[2];
    let part = |id: &str, cents: i64, n: u64| {
        let amount = |field: &meed::hir::FieldDef| {
            if &*field.name == "order" { bought.fields[0].clone() } else { Value::Exact(cents.into()) }
        };
        let fields = program.events.at(refund).fields.iter().map(amount).collect();
        Event {
            id: id.into(),
            kind: refund,
            time: bought.time.plus_millis(1_000 * n as i64).unwrap(),
            sequence: 200 + n,
            sent_by: None,
            foreign: Default::default(),
            fields,
            ..bought.clone()
        }
    };
    for (evaluator, engine) in engines(std::slice::from_ref(&program)) {
        let run = |parts: Vec<Event>| {
            let mut world = World::new(engine.clone());
            submit(&mut world, vec![bought.clone()]);
            let (_, outcomes) = submit(&mut world, parts);
            assert!(
                !outcomes.iter().any(|outcome| matches!(outcome.what, What::Failed(_))),
                "{evaluator}: {outcomes:?}"
            );
            world.member("ben").unwrap().clone()
        };
        let whole = run(vec![part("w", 35_000, 1)]);
        for cents in [1, 3_333, 11_667, 17_499] {
            let mut parts = Vec::new();
            let mut rest = 35_000;
            while rest > 0 {
                // So small parts as one cent once only, then the rest.
                let now = if cents == 1 && !parts.is_empty() { rest } else { rest.min(cents) };
                parts.push(part(&format!("p{}", parts.len()), now, parts.len() as u64 + 1));
                rest -= now;
            }
            let split = run(parts);
            for (unit, purse) in whole.units.pairs() {
                let other = split.units.at(unit);
                assert_eq!(
                    (purse.available(), purse.pending(), purse.debt),
                    (other.available(), other.pending(), other.debt),
                    "{evaluator}, {cents}"
                );
                assert_eq!(purse.available() + purse.pending(), 0, "{evaluator}, {cents}");
            }
            assert_eq!(whole.uses, split.uses, "{evaluator}, {cents}");
            assert!(split.uses.is_empty(), "{evaluator}, {cents}");
            assert_eq!(whole.ladders.iter().map(|held| held.tier).max(), Some(0), "{evaluator}");
        }
    }
}

/// What must be as if an order had never been: everything but the entries that tell the story and what the program declares kept.
fn standing(engine: &Engine, program: &Program, state: &State, reversing: EventId) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    for (unit, def) in program.units.pairs() {
        let purse = state.units.at(unit);
        facts.insert(
            format!("{} available, pending, owed", def.name),
            format!("{:?}", (purse.available(), purse.pending(), purse.debt)),
        );
        let mut lots: Vec<_> = purse
            .lots
            .iter()
            .map(|lot| (engine.lapses(state, lot), lot.earned, lot.left, lot.spent, format!("{:?}", lot.ready)))
            .collect();
        lots.sort();
        facts.insert(format!("{} lots", def.name), format!("{lots:?}"));
        facts.insert(format!("{} totals", def.name), format!("{:?}", (purse.totals.spent, purse.totals.expired)));
    }
    for (id, def) in program.measures.pairs() {
        let tells = match &def.source {
            Source::Events { event, .. } | Source::Streak { event, .. } | Source::Run { event, .. } => {
                *event == reversing
            }
            Source::Postings { tally, .. } => *tally == Tally::Reversed,
            Source::Formula(_) => false,
        };
        // The moment of a reversal is another than that of the order for what counts when it comes.
        let ever = matches!(def.net, Net::Gross)
            || matches!(&def.source, Source::Events { aggregate: Aggregate::Last, .. } if def.net == Net::WhenReversed);
        if !tells && !ever {
            facts.insert(
                format!("measure {}", def.name),
                format!("{:?}", engine.look(state, |cx| cx.read(Read::Measure(id)))),
            );
        }
    }
    for (id, def) in program.ladders.pairs() {
        facts.insert(format!("tiers {}", def.name), state.ladders.at(id).tier.to_string());
    }
    let open: Vec<_> =
        state.vouchers.iter().filter(|v| v.closed.is_none()).map(|v| (v.reward, v.expires, v.value)).collect();
    facts.insert("vouchers".into(), format!("{open:?}"));
    let used: Vec<_> =
        state.vouchers.iter().filter(|v| v.closed == Some(VoucherChange::Used)).map(|v| v.reward).collect();
    facts.insert("used vouchers".into(), format!("{used:?}"));
    facts.insert("badges".into(), format!("{:?}", state.badges));
    facts.insert("limits".into(), format!("{:?}", state.uses));
    facts.insert("cooldowns".into(), format!("{:?}", state.gave));
    facts.insert("activations".into(), format!("{:?}", state.activations));
    let last: Vec<_> = state.last.pairs().filter(|(id, _)| *id != reversing).collect();
    facts.insert("last events".into(), format!("{last:?}"));
    let crossed: Vec<_> = state.firings.iter().map(|firings| firings.crossed.clone()).collect();
    facts.insert("crossings".into(), format!("{crossed:?}"));
    facts
}

/// The order once more under another number, and its whole reversal right behind it.
fn order_and_reversal(program: &Program, order: &Event, kind: EventId, reversal: &Reversal) -> Option<[Event; 2]> {
    let number = Value::Text("never".into());
    let mut fields = order.fields.to_vec();
    let mut back: Vec<Value> = program.events.at(kind).fields.iter().map(|_| Value::Missing).collect();
    for (own, theirs) in &reversal.key {
        let key = fields.get_mut(theirs.0 as usize)?;
        if !matches!(key, Value::Text(_)) {
            return None;
        }
        *key = number.clone();
        *back.get_mut(own.0 as usize)? = number.clone();
    }
    for (own, theirs) in &reversal.amounts {
        *back.get_mut(own.0 as usize)? = fields.get(theirs.0 as usize)?.clone();
    }
    let extra = Event { id: "never".into(), sequence: order.sequence + 1, fields: fields.into(), ..order.clone() };
    let undone =
        Event { id: "never-back".into(), sequence: order.sequence + 2, kind, fields: back.into(), ..order.clone() };
    Some([extra, undone])
}

/// Whether the program declares that something of an order stays when all of it comes back.
fn declares_kept(program: &Program, outcomes: &[Outcome]) -> bool {
    let own = |outcome: &&Outcome| outcome.event.as_deref() == Some("never");
    outcomes.iter().filter(own).any(|outcome| match (&outcome.what, outcome.cause) {
        // What was had by itself stays where the balance may go below zero for it.
        (What::Issued { reward, .. }, meed::engine::Cause::Reward(_)) => {
            let below = |unit| matches!(program.units.at(unit).refunds, RefundFloor::BelowZero(_));
            program.rewards.at(*reward).cost.as_ref().is_some_and(|(unit, _)| below(*unit))
        }
        (What::Posted { unit, .. }, _) if program.units.at(*unit).refunds == RefundFloor::OnlyPending => true,
        (What::Tier { ladder, .. }, _) => program.ladders.at(*ladder).refunds != LadderRefund::AtOnce,
        (_, meed::engine::Cause::Earn(id)) => program.earns.at(id).on_refund == OnRefund::Keep,
        (_, meed::engine::Cause::Rule(id)) => program.rules.at(id).on_refund == OnRefund::Keep,
        _ => false,
    })
}

#[test]
fn s26_an_order_that_comes_back_whole_leaves_everything_as_if_it_had_never_been() {
    let mut tried = BTreeSet::new();
    let mut wrong = Vec::new();
    for (name, programs) in cases() {
        let program = &programs[0];
        for (evaluator, engine) in engines(&programs) {
            for (kind, reversal) in program.events.pairs().filter_map(|(id, def)| Some((id, def.reversal.as_ref()?))) {
                for scenario in &program.scenarios {
                    let (events, _) = course(program, &scenario.name);
                    let events: Vec<Event> =
                        events.into_iter().map(|event| Event { sequence: event.sequence * 10, ..event }).collect();
                    for order in events.iter().filter(|event| event.kind == reversal.of && reversal.lines.is_none()) {
                        let Some(pair) = order_and_reversal(program, order, kind, reversal) else { continue };
                        let run = |more: &[Event]| {
                            let mut world = World::new(engine.clone());
                            let mut all: Vec<Event> = events
                                .iter()
                                .chain(more)
                                .filter(|event| (event.time, event.sequence) < (order.time, order.sequence + 9))
                                .cloned()
                                .collect();
                            all.sort_by(|a, b| a.order(b));
                            let (_, outcomes) = submit(&mut world, all);
                            advance(&mut world, None);
                            (world, outcomes)
                        };
                        let ((without, _), (with, outcomes)) = (run(&[]), run(&pair));
                        let failed = outcomes.iter().any(|o| {
                            o.event.as_deref() == Some("never-back")
                                && matches!(o.what, What::Failed(_) | What::Irreversible(_))
                        });
                        let (Some(without), Some(with)) = (without.member(&order.member), with.member(&order.member))
                        else {
                            continue;
                        };
                        if failed || declares_kept(program, &outcomes) {
                            continue;
                        }
                        tried.insert(name.clone());
                        let (expected, got) =
                            (standing(&engine, program, without, kind), standing(&engine, program, with, kind));
                        for (what, expected) in &expected {
                            if got[what] != *expected {
                                wrong.push(format!(
                                    "{name}, {evaluator}, {}, {}: {what}\n  never: {expected}\n  back:  {}",
                                    scenario.name, order.id, got[what]
                                ));
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(tried.len() >= 10, "only {tried:?}");
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}
