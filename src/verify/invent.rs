//! Scripts made up: some at random, some after what people do who farm points.

use std::sync::Arc;

use crate::hir::{EventId, EventKind, FieldType, Program};
use crate::sample::{Dice, wishes};
use crate::value::{Exact, Value};

use super::orders::is_tender;
use super::script::Script;
use super::stage::Stage;
use super::trial::Target;

/// The script of a number: the same for the same program, seed and number.
pub(super) fn invent(target: &Target, seed: u64, number: u64) -> Script {
    let dice = Dice::new(seed).of(&target.program.name).of(&number.to_string());
    let plot = PLOTS.get(usize::try_from(number).unwrap_or(0) % PLOTS.len()).copied().unwrap_or(Plot::Mixed);
    let mut dice_of_members = dice.of("members");
    let members = match plot {
        Plot::Transfers | Plot::Invitations => 2,
        _ => 1 + dice_of_members.early(3),
    };
    let mut stage = Stage::new(target, dice, members);
    begin(&mut stage);
    play(&mut stage, plot);
    stage.script
}

/// What a script is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plot {
    Mixed,
    Refunds,
    Exchanges,
    Transfers,
    Invitations,
    Zones,
    Payments,
    Less,
    Again,
}

const PLOTS: [Plot; 14] = [
    Plot::Mixed,
    Plot::Refunds,
    Plot::Exchanges,
    Plot::Mixed,
    Plot::Transfers,
    Plot::Invitations,
    Plot::Mixed,
    Plot::Zones,
    Plot::Payments,
    Plot::Mixed,
    Plot::Less,
    Plot::Again,
    Plot::Mixed,
    Plot::Refunds,
];

fn begin(stage: &mut Stage<'_>) {
    let required = stage.program().settings.join_required;
    for member in stage.members.clone() {
        if !(required || stage.make.dice.chance(60)) {
            continue;
        }
        let Some(join) = EventKind::Join.id() else { return };
        if let Some(fields) = stage.fields(join, &member) {
            stage.send(&member, join, fields);
            stage.pass_minutes();
        }
    }
}

fn play(stage: &mut Stage<'_>, plot: Plot) {
    let acts = 1 + stage.make.dice.early(6);
    for _ in 0..acts {
        stage.pass();
        match plot {
            Plot::Mixed => anything(stage),
            Plot::Refunds => refunds(stage),
            Plot::Exchanges => exchanges(stage),
            Plot::Transfers => transfers(stage),
            Plot::Invitations => invitations(stage),
            Plot::Zones => zones(stage),
            Plot::Payments => payments(stage),
            Plot::Less => drop(less(stage)),
            Plot::Again => again(stage),
        }
    }
    if plot == Plot::Refunds || stage.make.dice.chance(40) {
        bring_all_back(stage);
    }
    if stage.make.dice.chance(30) {
        stage.pass();
        stage.wait();
    }
}

fn anything(stage: &mut Stage<'_>) {
    let member = stage.anybody();
    match stage.make.dice.below(24) {
        0..=7 => drop(buy(stage, &member)),
        8..=10 => bring_something_back(stage),
        11..=13 => wish(stage, &member),
        14 => grant(stage, &member),
        15 => update(stage, &member),
        16 => use_vouchers(stage, &member, None),
        17 => exchanges(stage),
        18 => late(stage, &member),
        19 => again(stage),
        20 => merge(stage, &member),
        21 => drop(less(stage)),
        22 => activate(stage, &member),
        _ => {
            stage.pass();
            stage.wait();
        }
    }
}

/// Something that members of this program do by themselves.
fn buy(stage: &mut Stage<'_>, member: &Arc<str>) -> Option<(EventId, Vec<Value>)> {
    let kind = stage.make.dice.pick(&stage.usual).copied()?;
    let fields = stage.fields(kind, member)?;
    stage.send(member, kind, fields.clone()).then_some((kind, fields))
}

fn refunds(stage: &mut Stage<'_>) {
    let member = stage.anybody();
    if stage.make.dice.chance(40) {
        activate(stage, &member);
    }
    buy(stage, &member);
    if stage.make.dice.chance(60) {
        stage.pass_minutes();
        wish(stage, &member);
    }
    if stage.make.dice.chance(30) {
        use_vouchers(stage, &member, None);
    }
}

fn bring_something_back(stage: &mut Stage<'_>) {
    let count = u64::try_from(stage.taken.len()).unwrap_or(0);
    if count > 0 {
        let place = usize::try_from(stage.make.dice.below(count)).unwrap_or(0);
        let percent = *stage.make.dice.pick(&[100, 100, 50, 30]).unwrap_or(&100);
        stage.bring_back(place, percent);
    }
}

fn bring_all_back(stage: &mut Stage<'_>) {
    stage.pass_minutes();
    let mut tries = 12;
    while !stage.taken.is_empty() && tries > 0 {
        tries -= 1;
        let last = stage.taken.len() - 1;
        if !stage.bring_back(last, 100) {
            stage.taken.pop();
        }
        stage.pass_minutes();
    }
}

/// Something that the member may have now.
fn wish(stage: &mut Stage<'_>, member: &Arc<str>) {
    let Some((kind, mut fields)) = wished(stage, member, |_| true) else { return };
    if kind == EventKind::Redeem {
        let bill = stage.make.money("bill");
        fields.push(("bill", bill));
    }
    if kind == EventKind::Transfer {
        let Some(other) = stage.another(member) else { return };
        fields.push(("receiver", Value::Text(other)));
    }
    stage.ask(member, kind, &fields);
}

type Request = (EventKind, Vec<(&'static str, Value)>);

fn wished(stage: &mut Stage<'_>, member: &Arc<str>, which: impl Fn(EventKind) -> bool) -> Option<Request> {
    let engine = &stage.target.engine;
    let state = engine.in_newest(stage.world.member(member)?);
    let mut all = wishes(stage.program(), engine, &state, &stage.world.pots(member));
    all.retain(|(kind, _)| which(*kind));
    stage.make.dice.pick(&all).cloned()
}

/// Points by hand, so that there is something to spend.
fn grant(stage: &mut Stage<'_>, member: &Arc<str>) {
    let names: Vec<Arc<str>> = stage.program().units.iter().map(|unit| unit.name.clone()).collect();
    let Some(unit) = stage.make.dice.pick(&names).cloned() else { return };
    let amount = *stage.make.dice.pick(&[100_i64, 1_000, 10_000]).unwrap_or(&1_000);
    let fields = [("unit", Value::Text(unit)), ("amount", Value::Exact(Exact::from(amount)))];
    stage.ask(member, EventKind::Adjust, &fields);
}

fn exchanges(stage: &mut Stage<'_>) {
    if stage.program().exchanges.is_empty() {
        let member = stage.anybody();
        return wish(stage, &member);
    }
    let member = stage.anybody();
    grant(stage, &member);
    for _ in 0..4 {
        let Some((kind, mut fields)) = wished(stage, &member, |kind| kind == EventKind::Exchange) else { return };
        // As much as there is, or a few steps.
        for (name, value) in &mut fields {
            if *name == "amount"
                && let Value::Exact(least) = value
            {
                let times = *stage.make.dice.pick(&[1_i64, 1, 2, 5, 10]).unwrap_or(&1);
                *value = least.mul(Exact::from(times)).map_or(Value::Exact(*least), Value::Exact);
            }
        }
        stage.ask(&member, kind, &fields);
    }
}

fn transfers(stage: &mut Stage<'_>) {
    let member = stage.anybody();
    if stage.make.dice.chance(70) {
        grant(stage, &member);
    } else {
        buy(stage, &member);
    }
    let Some(other) = stage.another(&member) else { return };
    stage.pass();
    if let Some((kind, mut fields)) = wished(stage, &member, |kind| kind == EventKind::Transfer) {
        fields.push(("receiver", Value::Text(other)));
        stage.ask(&member, kind, &fields);
    }
}

/// One brings another, and later it turns out that both are one.
fn invitations(stage: &mut Stage<'_>) {
    let member = stage.anybody();
    let Some(other) = stage.another(&member) else { return };
    let program = stage.program();
    let names =
        |kind: &EventId| program.events.at(*kind).fields.iter().any(|field| matches!(field.ty, FieldType::Member));
    let kinds: Vec<EventId> = program
        .events
        .pairs()
        .filter(|(_, def)| matches!(def.kind, EventKind::Declared | EventKind::Join | EventKind::Update))
        .map(|(id, _)| id)
        .filter(names)
        .collect();
    if let Some(kind) = stage.make.dice.pick(&kinds).copied()
        && let Some(mut fields) = stage.fields(kind, &member)
    {
        let itself = stage.make.dice.chance(25);
        for (field, value) in program.events.at(kind).fields.iter().zip(&mut fields) {
            if matches!(field.ty, FieldType::Member) {
                *value = Value::Text(if itself { member.clone() } else { other.clone() });
            }
        }
        stage.send(&member, kind, fields);
    }
    stage.pass_minutes();
    buy(stage, &member);
    if stage.make.dice.chance(60) {
        merge(stage, &member);
    }
}

fn merge(stage: &mut Stage<'_>, member: &Arc<str>) {
    if let Some(other) = stage.another(member)
        && EventKind::Merge.id().is_some_and(|id| !stage.program().events.at(id).fields.is_empty())
    {
        stage.pass_minutes();
        stage.ask(member, EventKind::Merge, &[("other", Value::Text(other))]);
    }
}

const ZONES: [&str; 5] = ["Pacific/Kiritimati", "Pacific/Honolulu", "Asia/Tokyo", "America/New_York", "Europe/London"];

/// Something is done, the member moves, and does it again.
fn zones(stage: &mut Stage<'_>) {
    let member = stage.anybody();
    let bought = buy(stage, &member);
    let attribute = stage.program().settings.zone_of_member;
    let attribute = attribute.map(|id| stage.program().attributes.at(id).name.clone());
    if let (Some(update), Some(attribute)) = (EventKind::Update.id(), attribute) {
        let zone = *stage.make.dice.pick(&ZONES).unwrap_or(&"Asia/Tokyo");
        let fields = stage.program().events.at(update).fields.iter();
        let fields =
            fields.map(|field| if field.name == attribute { Value::Text(zone.into()) } else { Value::Missing });
        let fields = fields.collect();
        stage.pass_minutes();
        stage.send(&member, update, fields);
    }
    stage.pass_minutes();
    match bought {
        Some((kind, mut fields)) => {
            renumber(stage, kind, &mut fields);
            stage.send(&member, kind, fields);
        }
        None => drop(buy(stage, &member)),
    }
}

/// The same order under a number of its own.
fn renumber(stage: &mut Stage<'_>, kind: EventId, fields: &mut [Value]) {
    let program = stage.program();
    let place = program.events.at(kind).fields.iter().position(|field| matches!(field.ty, FieldType::Id));
    if let Some(slot) = place.and_then(|place| fields.get_mut(place)) {
        *slot = stage.make.identity("order");
    }
}

/// Points are spent on an order, which then comes.
fn payments(stage: &mut Stage<'_>) {
    let member = stage.anybody();
    let program = stage.program();
    grant(stage, &member);
    let number = stage.make.identity("order");
    if let Some((kind, mut fields)) = wished(stage, &member, |kind| kind == EventKind::Redeem) {
        let bill = stage.make.money("bill");
        fields.extend([("bill", bill), ("order", number.clone())]);
        stage.ask(&member, kind, &fields);
    }
    use_vouchers(stage, &member, Some(&number));
    let Some(kind) = stage.make.dice.pick(&stage.usual).copied() else { return };
    let Some(mut fields) = stage.fields(kind, &member) else { return };
    let def = program.events.at(kind);
    let place = def.fields.iter().position(|field| matches!(field.ty, FieldType::Id));
    place.and_then(|place| fields.get_mut(place)).into_iter().for_each(|slot| *slot = number.clone());
    for (field, value) in def.fields.iter().zip(&mut fields) {
        deeply(&field.ty, value, &|ty, value| tendered(program, ty, value));
    }
    stage.pass_minutes();
    stage.send(&member, kind, fields);
}

/// Changes a value, or those of all its lines.
fn deeply(ty: &FieldType, value: &mut Value, change: &dyn Fn(&FieldType, &mut Value)) {
    if let (FieldType::List(inner), Value::List(lines)) = (ty, &*value) {
        let mut all = lines.to_vec();
        for line in &mut all {
            inner.iter().zip(line.iter_mut()).for_each(|(field, value)| deeply(&field.ty, value, change));
        }
        *value = Value::List(all.into());
    } else {
        change(ty, value);
    }
}

/// What can say that points or a gift card paid says so.
fn tendered(program: &Program, ty: &FieldType, value: &mut Value) {
    if let FieldType::OneOf(words) = ty {
        let place = program.enums.at(*words).words.iter().position(|word| is_tender(program, word));
        if let Some(place) = place.and_then(|place| u32::try_from(place).ok()) {
            *value = Value::Ordinal(place);
        }
    }
}

fn use_vouchers(stage: &mut Stage<'_>, member: &Arc<str>, order: Option<&Value>) {
    let program = stage.program();
    let Some(state) = stage.world.member(member) else { return };
    let state = stage.target.engine.in_newest(state);
    let open: Vec<Arc<str>> = state
        .vouchers
        .iter()
        .filter(|voucher| voucher.closed.is_none())
        .map(|voucher| program.rewards.at(voucher.reward).name.clone())
        .collect();
    if let Some(reward) = stage.make.dice.pick(&open).cloned() {
        let mut fields = vec![("reward", Value::Text(reward))];
        fields.extend(order.map(|order| ("order", order.clone())));
        stage.pass_minutes();
        stage.ask(member, EventKind::Use, &fields);
    }
}

/// Everything that waits to be switched on.
fn activate(stage: &mut Stage<'_>, member: &Arc<str>) {
    while let Some((kind, fields)) = wished(stage, member, |kind| kind == EventKind::Activate) {
        if !stage.ask(member, kind, &fields) || stage.script.moves.len() > 20 {
            break;
        }
    }
}

fn update(stage: &mut Stage<'_>, member: &Arc<str>) {
    if let Some(update) = EventKind::Update.id()
        && let Some(fields) = stage.fields(update, member)
    {
        stage.send(member, update, fields);
    }
}

/// Something that happened before what is known already.
fn late(stage: &mut Stage<'_>, member: &Arc<str>) {
    let back = stage.make.dice.between(1, 60 * 24 * 3);
    let when = stage.now.plus_minutes(-back);
    let Some(kind) = stage.make.dice.pick(&stage.usual).copied() else { return };
    if let Some(fields) = stage.fields(kind, member) {
        stage.send_at(when, member, kind, fields, None);
    }
}

/// The same once more: word by word, or as another event.
fn again(stage: &mut Stage<'_>) {
    let member = stage.anybody();
    let Some(kind) = stage.make.dice.pick(&stage.usual).copied() else { return };
    let Some(fields) = stage.fields(kind, &member) else { return };
    let id: Option<Arc<str>> = stage.make.dice.chance(40).then(|| format!("e{}", stage.script.moves.len() + 1).into());
    let when = stage.now;
    stage.send_at(when, &member, kind, fields.clone(), id.clone());
    if id.is_none() {
        stage.pass();
    }
    let when = if id.is_some() { when } else { stage.now };
    stage.send_at(when, &member, kind, fields, id);
}

/// An order of less than nothing.
fn less(stage: &mut Stage<'_>) -> Option<()> {
    let member = stage.anybody();
    let kind = stage.make.dice.pick(&stage.usual).copied()?;
    let mut fields = stage.fields(kind, &member)?;
    let no_money = stage.make.dice.chance(30);
    let def = stage.program().events.at(kind);
    for (field, value) in def.fields.iter().zip(&mut fields) {
        deeply(&field.ty, value, &|ty, value| lessened(ty, value, no_money));
    }
    stage.send(&member, kind, fields);
    Some(())
}

/// Amounts below zero; or no money, and numbers below zero.
fn lessened(ty: &FieldType, value: &mut Value, no_money: bool) {
    match (ty, &*value) {
        (FieldType::Money, Value::Exact(_)) if no_money => *value = Value::Exact(Exact::ZERO),
        (FieldType::Money | FieldType::Count | FieldType::Number, Value::Exact(amount)) => {
            *value = amount.neg().map_or(Value::Missing, Value::Exact);
        }
        _ => {}
    }
}
