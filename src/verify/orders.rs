//! What one order brings.

use std::sync::Arc;

use crate::hir::{EventKind, FieldType, Program, UnitId};
use crate::scenario::spelling;
use crate::value::{Exact, Value};

use super::gain::{What, gain};
use super::property::{Breach, Case, Claim};
use super::script::Sent;
use super::trial::{Fate, Trial, brought};

/// A unit of which the event at a place brings its member something.
fn earns(case: &Case<'_>, place: usize) -> Option<(UnitId, i64)> {
    let program = &case.target.program;
    let sent = case.script.moves.get(place)?.event()?;
    let event = case.script.events(program).into_iter().nth(place).flatten()?;
    let amounts = brought(program, case.trial.steps.get(place)?, &event.id, &sent.member);
    program.units.ids().zip(amounts).find(|(_, amount)| *amount > 0)
}

fn nothing_expected(case: &Case<'_>, place: usize, (unit, amount): (UnitId, i64), of: &str) -> Breach {
    let program = &case.target.program;
    let member = case.script.moves.get(place).and_then(|moved| moved.event()).map_or("", |sent| &*sent.member);
    let got = spelling::quantity(program, unit, amount);
    let none = spelling::quantity(program, unit, 0);
    case.breach(place, Claim::OfStep(none), format!("{member} gets {got} for {of}"))
}

/// Amounts of money and numbers of an event, those of its lines too.
fn amounts(program: &Program, sent: &Sent) -> (Vec<Exact>, Vec<Exact>) {
    let (mut money, mut counts) = (Vec::new(), Vec::new());
    let mut look = |ty: &FieldType, value: &Value| match (ty, value) {
        (FieldType::Money, Value::Exact(amount)) => money.push(*amount),
        (FieldType::Count | FieldType::Number, Value::Exact(amount)) => counts.push(*amount),
        _ => {}
    };
    for (field, value) in sent.pairs(program) {
        if let (FieldType::List(inner), Value::List(lines)) = (&field.ty, value) {
            for line in lines.iter() {
                inner.iter().zip(line.iter()).for_each(|(field, value)| look(&field.ty, value));
            }
        } else {
            look(&field.ty, value);
        }
    }
    (money, counts)
}

/// Whether an event is an order of less than nothing: no money that is more, and something that is less.
pub(super) fn is_less(program: &Program, sent: &Sent) -> bool {
    let (money, counts) = amounts(program, sent);
    let nothing = !money.is_empty() && money.iter().all(|amount| *amount <= Exact::ZERO);
    sent.is_original(program) && nothing && money.iter().chain(&counts).any(|amount| *amount < Exact::ZERO)
}

pub(super) fn less_earns_nothing(case: &mut Case<'_>) -> Option<Breach> {
    let program = case.target.program.clone();
    (0..case.script.moves.len()).find_map(|place| {
        let sent = case.script.moves.get(place)?.event()?;
        if !(is_less(&program, sent) && case.trial.accepted(place)) {
            return None;
        }
        let found = earns(case, place)?;
        Some(nothing_expected(case, place, found, "an order of less than nothing"))
    })
}

/// Words for points and for cards that are bought.
pub(super) fn is_tender(program: &Program, word: &str) -> bool {
    const WORDS: [&str; 8] =
        ["points", "gift card", "gift_card", "giftcard", "voucher", "store credit", "store_credit", "coupon"];
    let unit = |unit: &crate::hir::Unit| *unit.name == *word || unit.also.as_deref() == Some(word);
    WORDS.contains(&word) || program.units.iter().any(unit)
}

/// Whether all of an order is paid with points or such cards, as far as its fields can say how it is paid.
fn paid_with_points(program: &Program, sent: &Sent) -> bool {
    let tender = |ty: &FieldType, value: &Value| match (ty, value) {
        (FieldType::OneOf(words), Value::Ordinal(word)) => {
            let words = &program.enums.at(*words).words;
            let known = words.iter().any(|word| is_tender(program, word));
            known.then(|| words.get(*word as usize).is_some_and(|word| is_tender(program, word)))
        }
        _ => None,
    };
    let mut found = Vec::new();
    for (field, value) in sent.pairs(program) {
        match (&field.ty, value) {
            (FieldType::List(inner), Value::List(lines)) => {
                let of =
                    |line: &[Value]| inner.iter().zip(line).filter_map(|(f, v)| tender(&f.ty, v)).collect::<Vec<_>>();
                lines.iter().for_each(|line| found.extend(of(line)));
            }
            (ty, value) => found.extend(tender(ty, value)),
        }
    }
    !found.is_empty() && found.iter().all(|with| *with)
}

/// An order number for which points were spent, or a voucher used, at an earlier place.
fn spent_on(case: &Case<'_>, number: &Arc<str>, before: usize) -> bool {
    let program = &case.target.program;
    (0..before).any(|place| {
        let sent = case.script.moves.get(place).and_then(|moved| moved.event());
        sent.is_some_and(|sent| {
            (sent.is(program, EventKind::Redeem) || sent.is(program, EventKind::Use))
                && sent.field(program, "order") == Some(&Value::Text(number.clone()))
                && case.trial.accepted(place)
        })
    })
}

pub(super) fn points_buy_no_points(case: &mut Case<'_>) -> Option<Breach> {
    let program = case.target.program.clone();
    (0..case.script.moves.len()).find_map(|place| {
        let sent = case.script.moves.get(place)?.event()?;
        let number = sent.number(&program)?;
        if !(sent.is_original(&program) && paid_with_points(&program, sent) && spent_on(case, number, place)) {
            return None;
        }
        let found = earns(case, place)?;
        Some(nothing_expected(case, place, found, "an order that was paid with points"))
    })
}

pub(super) fn once(case: &mut Case<'_>) -> Option<Breach> {
    let program = case.target.program.clone();
    let same = |one: usize, other: usize| {
        let sent = |place: usize| case.script.moves.get(place).and_then(|moved| moved.event());
        let (Some(a), Some(b)) = (sent(one), sent(other)) else { return false };
        a.is_original(&program)
            && a.number(&program).is_some()
            && (&a.member, a.kind, &a.fields) == (&b.member, b.kind, &b.fields)
    };
    let again = (1..case.script.moves.len()).find(|again| {
        (0..*again).any(|first| same(first, *again) && case.trial.accepted(first)) && case.trial.accepted(*again)
    })?;
    let without = |place: usize| if place == again { Fate::Never } else { Fate::Happens };
    let script = case.script.cut(again + 1);
    let with = Trial::new(case.target, &script).holdings();
    let without = Trial::changed(case.target, &script, without).holdings();
    let gain = gain(&program, &with, &without, What::All)?;
    let (claim, because) = gain.claim(&program, &with, &without)?;
    Some(Breach { script, claim, because })
}
