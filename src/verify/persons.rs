//! One person under several names, or in several places.

use std::sync::Arc;

use crate::engine::{Account, Outcome, What as Happened};
use crate::hir::{EventKind, FieldType, Program, UnitId};
use crate::value::Value;

use super::gain::{Thing, What, gain};
use super::property::{Breach, Case};
use super::script::{Script, Sent};
use super::trial::{Fate, Trial};

/// Pairs of names that the script makes one person.
fn merged(case: &Case<'_>) -> Vec<(Arc<str>, Arc<str>)> {
    let program = &case.target.program;
    let pair = |(place, sent): (usize, &Sent)| match sent.field(program, "other") {
        Some(Value::Text(other)) if sent.is(program, EventKind::Merge) && case.trial.accepted(place) => {
            Some((sent.member.clone(), other.clone()))
        }
        _ => None,
    };
    events(case.script).filter_map(pair).collect()
}

fn events(script: &Script) -> impl Iterator<Item = (usize, &Sent)> {
    script.moves.iter().enumerate().filter_map(|(place, moved)| Some((place, moved.event()?)))
}

/// Whether an event may bring somebody in: the program's own, or one that sets an attribute.
fn may_name(program: &Program, sent: &Sent) -> bool {
    matches!(sent.def(program).kind, EventKind::Declared | EventKind::Join | EventKind::Update)
}

pub(super) fn two_as_one(case: &mut Case<'_>) -> Option<Breach> {
    let program = case.target.program.clone();
    let pairs = merged(case);
    let same = |one: &str, other: &str| {
        let pair = |(a, b): &(Arc<str>, Arc<str>)| (&**a, &**b) == (one, other) || (&**a, &**b) == (other, one);
        one == other || pairs.iter().any(pair)
    };
    let names_itself = |sent: &Sent| {
        sent.pairs(&program).any(|(field, value)| match (&field.ty, value) {
            (FieldType::Member, Value::Text(other)) => same(&sent.member, other),
            _ => false,
        })
    };
    let naming: Vec<usize> = events(case.script)
        .filter(|(_, sent)| may_name(&program, sent) && names_itself(sent))
        .map(|(place, _)| place)
        .collect();
    // Whoever joined twice under two names has joined once.
    let joins = |name: &str| {
        let join = |(_, sent): &(usize, &Sent)| sent.is(&program, EventKind::Join) && *sent.member == *name;
        events(case.script).find(join).map(|(place, _)| place)
    };
    let second = |(one, other): &(Arc<str>, Arc<str>)| Some(joins(one)?.max(joins(other)?));
    let seconds: Vec<usize> = pairs.iter().filter_map(second).collect();
    if naming.is_empty() && seconds.is_empty() {
        return None;
    }
    // Where the name can be left out, only that is; else the whole event.
    let mut plain = case.script.clone();
    for place in &naming {
        if let Some(sent) = plain.moves.get_mut(*place).and_then(|moved| moved.event_mut()) {
            let fields = &program.events.at(sent.kind).fields;
            let names = fields.iter().zip(&mut sent.fields).filter(|(field, _)| field.optional);
            let names = names.filter(|(field, _)| matches!(field.ty, FieldType::Member));
            names.for_each(|(_, value)| *value = Value::Missing);
        }
    }
    let named = |place: usize| plain.moves.get(place).and_then(|moved| moved.event()).is_some_and(&names_itself);
    let idle = |place: usize| {
        let gone = seconds.contains(&place) || (naming.contains(&place) && named(place));
        if gone { Fate::Idle } else { Fate::Happens }
    };
    more(case, &mut Trial::changed(case.target, &plain, idle)).map(|(_, breach)| breach)
}

pub(super) fn zones(case: &mut Case<'_>) -> Option<Breach> {
    let program = case.target.program.clone();
    let attribute = &program.attributes.at(program.settings.zone_of_member?).name;
    let mut plain = case.script.clone();
    for sent in plain.moves.iter_mut().filter_map(|moved| moved.event_mut()) {
        let place = program.events.at(sent.kind).fields.iter().position(|field| field.name == *attribute);
        if sent.is(&program, EventKind::Update)
            && let Some(value) = place.and_then(|place| sent.fields.get_mut(place))
        {
            *value = Value::Missing;
        }
    }
    if plain == *case.script {
        return None;
    }
    let mut plain = Trial::new(case.target, &plain);
    let (thing, breach) = more(case, &mut plain)?;
    let Thing::Unit(unit) = thing else { return Some(breach) };
    // What lapses or comes later by another clock is nobody's gain.
    (awarded(&case.trial, unit) > awarded(&plain, unit)).then_some(breach)
}

/// What members together were awarded of a unit, less what was taken back, in steps.
fn awarded(trial: &Trial<'_>, unit: UnitId) -> i64 {
    let outcomes = trial.steps.iter().flat_map(|step| &step.outcomes).chain(&trial.due);
    let amount = |outcome: &Outcome| match &outcome.what {
        Happened::Posted { unit: of, from: Account::Issuer, amount, .. } if *of == unit => *amount,
        Happened::Posted { unit: of, to: Account::Issuer, amount, .. } if *of == unit => -*amount,
        _ => 0,
    };
    outcomes.map(amount).sum()
}
/// What members have more of than in another trial.
fn more(case: &mut Case<'_>, plain: &mut Trial<'_>) -> Option<(Thing, Breach)> {
    let program = case.target.program.clone();
    let (with, without) = (case.trial.holdings(), plain.holdings());
    let gain = gain(&program, &with, &without, What::All)?;
    let claimed = gain.claim(&program, &with, &without)?;
    Some((gain.thing, case.breach_at_end(claimed)))
}
