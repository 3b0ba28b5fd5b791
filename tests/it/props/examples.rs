//! An order that is returned in full was never there: for every example program, with orders drawn from its own declarations of events
//! (S26). What a program itself keeps, by declaration, is left out of account.

use std::sync::Arc;

use meed::Program;
use meed::engine::{Account, Cause, Event, Outcome, What};
use meed::hir::{
    EventDef, EventId, EventKind, Expiry, FieldDef, FieldType, LadderRefund, Measure, Net, OnRefund, RefundFloor,
    RewardRefunds, Source, UnitId,
};
use meed::value::{Day, Exact, Instant, TimeSpan, Value, Zone};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestError};

use super::super::programs::{Case, cases};
use super::run::{self, Run, difference, runner, told};
use super::standing;
use super::tape::Tape;

const MEMBERS: [&str; 2] = ["ann", "bob"];

/// How many orders of each program are tried with the other tests.
const USUAL: u32 = 24;

/// What the program says in quotes: values for its texts.
fn quoted(program: &Program) -> Vec<String> {
    let texts = program.sources.files().flat_map(|(_, file)| {
        let parts = file.text.split('"').skip(1).step_by(2).filter(|text| text.len() < 20 && !text.contains('\n'));
        parts.map(ToString::to_string).collect::<Vec<_>>()
    });
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts.dedup();
    texts
}

/// A value for a field, as its type says.
fn value(program: &Program, field: &FieldDef, words: &[String], at: Instant, t: &mut Tape<'_>) -> Value {
    if let Some(default) = field.default.as_ref().filter(|_| t.chance(30)) {
        return default.clone();
    }
    if field.optional && t.chance(30) {
        return Value::Missing;
    }
    let day = Zone::utc().day_of(at);
    match &field.ty {
        FieldType::Money => Value::Exact(Exact::from(t.pick(&[5_000, 100, 2_500, 12_345, 60_000, 250_000]))),
        FieldType::Number => Value::Exact(Exact::new(t.pick(&[2, 1, 7, 15]), t.pick(&[1, 2])).unwrap()),
        FieldType::Count => Value::Exact(Exact::from(t.pick(&[1, 2, 3, 12]))),
        FieldType::Text | FieldType::Id if words.is_empty() => Value::Text("x".into()),
        FieldType::Text | FieldType::Id => Value::Text(t.pick(words).into()),
        FieldType::Flag => Value::Bool(t.chance(50)),
        FieldType::Date => Value::Day(day.plus_days(i32::from(t.byte()) - 20).unwrap_or(day)),
        FieldType::Moment => Value::Moment(at),
        FieldType::Duration => Value::Span(t.pick(&[TimeSpan::of_days(1), TimeSpan::of_days(30)])),
        FieldType::OneOf(id) => Value::Ordinal(u32::try_from(t.below(program.enums.at(*id).words.len())).unwrap()),
        FieldType::Member => Value::Text(t.pick(&MEMBERS).into()),
        FieldType::List(fields) => {
            let line = |t: &mut Tape<'_>| -> Box<[Value]> {
                fields.iter().map(|field| value(program, field, words, at, t)).collect()
            };
            Value::List((0..=t.below(3)).map(|_| line(t)).collect())
        }
    }
}

/// An event of a type with values for all its fields.
fn random(
    program: &Program,
    kind: EventId,
    id: &str,
    member: &str,
    (time, words): (Instant, &[String]),
    t: &mut Tape<'_>,
) -> Event {
    let fields = program.events.at(kind).fields.iter().map(|field| value(program, field, words, time, t)).collect();
    Event {
        id: id.into(),
        member: member.into(),
        kind,
        time,
        sequence: 0,
        sent_by: None,
        foreign: Default::default(),
        fields,
    }
}

/// The event that takes back all of an order.
fn whole_back(
    program: &Program,
    kind: EventId,
    order: &Event,
    time: Instant,
    words: &[String],
    t: &mut Tape<'_>,
) -> Event {
    let mut back = random(program, kind, "back", &order.member, (time, words), t);
    let reversal = program.events.at(kind).reversal.as_ref().unwrap();
    let mut fields = back.fields.to_vec();
    for (own, of) in reversal.key.iter().chain(&reversal.amounts) {
        fields[own.0 as usize] = order.fields[of.0 as usize].clone();
    }
    if let Some(lines) = &reversal.lines
        && let (Value::List(of), FieldType::List(def)) =
            (&order.fields[lines.original.0 as usize], &program.events.at(kind).fields.at(lines.list).ty)
    {
        let mut line = |line: &[Value]| -> Box<[Value]> {
            let mut own: Vec<Value> = def.iter().map(|field| value(program, field, words, time, t)).collect();
            for (to, from) in lines.key.iter().chain(&lines.amounts) {
                own[to.0 as usize] = line[from.0 as usize].clone();
            }
            own.into()
        };
        fields[lines.list.0 as usize] = Value::List(of.iter().map(|of| line(of)).collect());
    }
    back.fields = fields.into();
    back
}

/// Whether the program says of something that an order brought that it stays.
fn kept(program: &Program, outcome: &Outcome) -> bool {
    let by_declaration = match outcome.cause {
        Cause::Earn(id) => program.earns.at(id).on_refund == OnRefund::Keep,
        Cause::Rule(id) => program.rules.at(id).on_refund == OnRefund::Keep,
        _ => false,
    };
    by_declaration
        || match &outcome.what {
            What::Irreversible(_) => true,
            // What was had by itself stays where the balance may go below zero for it.
            What::Issued { reward, .. } => {
                let reward = program.rewards.at(*reward);
                let below =
                    |(unit, _): &(UnitId, _)| matches!(program.units.at(*unit).refunds, RefundFloor::BelowZero(_));
                reward.automatic && reward.cost.as_ref().is_some_and(below)
            }
            // What the program gives for returning something.
            What::Posted { from: Account::Issuer | Account::Partner(_), .. } => outcome.comes_of("back"),
            What::Tier { ladder, .. } => program.ladders.at(*ladder).refunds != LadderRefund::AtOnce,
            What::Challenge { challenge, .. } => program.challenges.at(*challenge).refunds != RewardRefunds::ReJudge,
            _ => false,
        }
}

/// A member line without what a return changes by declaration: measures that leave reversals out of account or count the returns
/// themselves, the end of tiers that are not lowered at once, and lots from which refunds are taken in the order of spending.
fn without_kept(program: &Program, line: &str) -> String {
    let mut json: serde_json::Value = serde_json::from_str(line).unwrap();
    let of_returns = |measure: &Measure| matches!(measure.source, Source::Events { event, .. } if program.events.at(event).reversal.is_some());
    for measure in program.measures.iter().filter(|measure| measure.net == Net::Gross || of_returns(measure)) {
        json.get_mut("measures").and_then(|all| all.as_object_mut()).map(|all| all.remove(&*measure.name));
    }
    for ladder in program.ladders.iter().filter(|ladder| ladder.refunds != LadderRefund::AtOnce) {
        let held = json.get_mut("tiers").and_then(|all| all.get_mut(&*ladder.name));
        held.and_then(|held| held.as_object_mut()).map(|held| held.remove("until"));
    }
    for unit in program.units.iter().filter(|unit| unit.refunds_in_order) {
        let purse = json.get_mut("units").and_then(|all| all.get_mut(&*unit.name));
        purse.and_then(|purse| purse.as_object_mut()).map(|purse| purse.remove("lots"));
    }
    json.to_string()
}

/// Whether a return changes by declaration what lapses later: lots slide with what members do last, or refunds are taken from other lots.
fn lapses_otherwise(program: &Program) -> bool {
    let last = |expiry: &Expiry| matches!(expiry, Expiry::Idle { .. });
    program.units.iter().any(|unit| {
        unit.refunds_in_order || unit.expiry.iter().any(|rule| rule.cases.iter().any(|(_, case)| last(&case.expiry)))
    })
}

/// Types of orders, and what takes them back.
fn pairs(program: &Program) -> Vec<(EventId, EventId)> {
    let back = |(id, def): (EventId, &EventDef)| {
        let of = def.reversal.as_ref()?.of;
        (def.kind == EventKind::Declared && program.events.at(of).reversal.is_none()).then_some((of, id))
    };
    program.events.pairs().filter_map(back).collect()
}

/// Tries one order; whether anything could be said of it.
fn tried(case: &Case, choices: &[Vec<u8>]) -> Result<bool, String> {
    let program: &Arc<Program> = case.versions.last().unwrap();
    let (pairs, words) = (pairs(program), quoted(program));
    let mut first = Tape::new(&choices[0]);
    let (order_kind, back_kind) = pairs[first.below(pairs.len())];
    let start = Zone::utc().start_of(Day::parse("2026-01-10").unwrap());
    let mut now = start.plus_millis(i64::try_from(first.wide() % 300).unwrap() * 86_400_000).unwrap();
    let declared: Vec<EventId> = program
        .events
        .pairs()
        .filter(|(_, def)| def.kind == EventKind::Declared && def.reversal.is_none())
        .map(|(id, _)| id)
        .collect();
    let join = program.events.find(|def| def.kind == EventKind::Join).unwrap();
    let mut before = Vec::new();
    for (i, member) in MEMBERS.iter().enumerate() {
        before.push(random(program, join, &format!("join{i}"), member, (now, &words), &mut first));
    }
    for (i, bytes) in choices[1..].iter().enumerate() {
        let mut t = Tape::new(bytes);
        now = now.plus_millis(i64::try_from(t.wide() % 400).unwrap() * 3_600_000 / 4).unwrap();
        let (kind, member) = (t.pick(&declared), t.pick(&MEMBERS));
        before.push(random(program, kind, &format!("b{i}"), member, (now, &words), &mut t));
    }
    now = now.plus_millis(3_600_000).unwrap();
    let mut order = random(program, order_kind, "order", "ann", (now, &words), &mut first);
    // No other order matches.
    let mut fields = order.fields.to_vec();
    for (_, of) in &program.events.at(back_kind).reversal.as_ref().unwrap().key {
        if matches!(program.events.at(order_kind).fields.at(*of).ty, FieldType::Id | FieldType::Text) {
            fields[of.0 as usize] = Value::Text("the order".into());
        }
    }
    order.fields = fields.into();
    let back = whole_back(program, back_kind, &order, now.plus_millis(60_000).unwrap(), &words, &mut first);
    let later = back.time.plus_millis(500 * 86_400_000).unwrap();

    let never = Run::new(case.plan()).singly(&before).advance(Some(back.time));
    let returned = Run::new(case.plan()).singly(&before).singly([&order, &back]).advance(Some(back.time));
    let own = |outcome: &&Outcome| outcome.comes_of("order") || outcome.comes_of("back");
    let mut brought = returned.journal.iter().filter(own);
    let nothing =
        |outcome: &Outcome| matches!(outcome.what, What::Failed(_) | What::Refused(_)) || kept(program, outcome);
    if brought.any(nothing) {
        return Ok(false);
    }
    let lines = |run: &Run| -> Vec<String> { standing(run).iter().map(|line| without_kept(program, line)).collect() };
    let found = difference(&lines(&never), &lines(&returned));
    let found = found.or_else(|| {
        if lapses_otherwise(program) {
            return None;
        }
        difference(&lines(&never.advance(Some(later))), &lines(&returned.advance(Some(later))))
    });
    match found {
        None => Ok(true),
        Some(found) => {
            before.extend([order, back]);
            Err(format!("{}: members differ {found}\n{}", case.name, told(program, &before)))
        }
    }
}

#[test]
fn s26_an_order_of_any_example_program_that_was_returned_in_full_was_never_there() {
    let strategy = prop::collection::vec(prop::collection::vec(any::<u8>(), 48), 1..8);
    let mut wrong = Vec::new();
    for case in cases() {
        if pairs(case.versions.last().unwrap()).is_empty() {
            continue;
        }
        let said = std::cell::Cell::new(0);
        let result = runner(USUAL, 16).run(&strategy, |choices| {
            let so = tried(&case, &choices).map_err(TestCaseError::fail)?;
            said.set(said.get() + u32::from(so));
            Ok(())
        });
        match result {
            Err(TestError::Fail(reason, _)) => wrong.push(reason.to_string()),
            Err(TestError::Abort(reason)) => panic!("aborted: {reason}"),
            // Of a few cases all may be orders of which nothing can be said.
            Ok(()) if said.get() == 0 && run::cases(USUAL) >= USUAL => {
                wrong.push(format!("{}: no order could be tried", case.name))
            }
            Ok(()) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
