//! Carries a member from one version of a program to the next. Names are identity; a rename says `was old_name` (S41).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arena::{Arena, Id};
use crate::hir::{BadgeId, EarnId, EventId, FieldDef, FieldId, LadderId, LimitId, MeasureId, Program, RedeemId, RewardId, RuleId, UnitId};
use crate::value::{Instant, Value};

use super::event::Event;
use super::outcome::Cause;
use super::state::{Award, Fact, State};
use super::version::Version;

/// Where each identifier of an old program is in a new one.
struct Names {
    units: Vec<Option<UnitId>>,
    ladders: Vec<Option<LadderId>>,
    measures: Vec<Option<MeasureId>>,
    earns: Vec<Option<EarnId>>,
    rules: Vec<Option<RuleId>>,
    rewards: Vec<Option<RewardId>>,
    redeems: Vec<Option<RedeemId>>,
    badges: Vec<Option<BadgeId>>,
    limits: Vec<Option<LimitId>>,
    events: Vec<Option<EventId>>,
    attributes: Vec<Option<FieldId>>,
}

/// Finds each old name among new names and their former ones.
fn pair<I: Id, T>(old: &Arena<I, T>, new: &Arena<I, T>, name: impl Fn(&T) -> (&str, Option<&str>)) -> Vec<Option<I>> {
    old.iter().map(|item| { let wanted = name(item).0; new.find(|other| { let (now, was) = name(other); now == wanted || was == Some(wanted) }) }).collect()
}

impl Names {
    fn new(old: &Program, new: &Program) -> Self {
        Self {
            units: pair(&old.units, &new.units, |u| (&u.name, u.was.as_deref())),
            ladders: pair(&old.ladders, &new.ladders, |l| (&l.name, l.was.as_deref())),
            measures: pair(&old.measures, &new.measures, |m| (&m.name, m.was.as_deref())),
            earns: pair(&old.earns, &new.earns, |e| (&e.name, e.was.as_deref())),
            rules: pair(&old.rules, &new.rules, |r| (&r.name, r.was.as_deref())),
            rewards: pair(&old.rewards, &new.rewards, |r| (&r.name, r.was.as_deref())),
            redeems: pair(&old.redeems, &new.redeems, |r| (&r.name, r.was.as_deref())),
            badges: pair(&old.badges, &new.badges, |b| (&b.name, None)),
            limits: limits(old, new),
            events: pair(&old.events, &new.events, |e| (&e.name, None)),
            attributes: pair(&old.attributes, &new.attributes, |a| (&a.name, None)),
        }
    }

    fn cause(&self, cause: Cause) -> Cause {
        let found = match cause {
            Cause::Earn(id) => of(&self.earns, id).map(Cause::Earn),
            Cause::Rule(id) => of(&self.rules, id).map(Cause::Rule),
            Cause::Ladder(id) => of(&self.ladders, id).map(Cause::Ladder),
            Cause::Unit(id) => of(&self.units, id).map(Cause::Unit),
            Cause::Reward(id) => of(&self.rewards, id).map(Cause::Reward),
            Cause::Redeem(id) => of(&self.redeems, id).map(Cause::Redeem),
            Cause::Event => Some(Cause::Event),
        };
        found.unwrap_or(Cause::Event)
    }
}

fn of<I: Id, J: Copy>(table: &[Option<J>], id: I) -> Option<J> {
    table.get(id.index()).copied().flatten()
}

/// Limits have names only where they are shared: the others are those at the same place of the same earn, rule, reward or boost.
fn limits(old: &Program, new: &Program) -> Vec<Option<LimitId>> {
    let owners = |program: &Program| -> Vec<(String, Vec<LimitId>)> {
        let earns = program.earns.iter().map(|e| (format!("earn {}", e.name), e.limits.clone()));
        let rules = program.rules.iter().map(|r| (format!("rule {}", r.name), r.limits.clone()));
        let rewards = program.rewards.iter().map(|r| (format!("reward {}", r.name), r.limits.clone()));
        let redeems = program.redeems.iter().map(|r| (format!("redeem {}", r.name), r.limits.clone()));
        let boosts = program.boosts.iter().map(|b| (format!("boost {}", b.name), b.limits.clone()));
        earns.chain(rules).chain(rewards).chain(redeems).chain(boosts).collect()
    };
    let mut found = vec![None; old.limits.len()];
    let new_owners = owners(new);
    for (owner, limits) in owners(old) {
        let Some((_, others)) = new_owners.iter().find(|(name, _)| *name == owner) else { continue };
        for (was, is) in limits.iter().zip(others) {
            if let Some(slot) = found.get_mut(was.index()) {
                *slot = slot.or(Some(*is));
            }
        }
    }
    for (id, limit) in old.limits.pairs().filter(|(_, limit)| limit.name.is_some()) {
        if let Some(slot) = found.get_mut(id.index()) {
            *slot = new.limits.find(|other| other.name == limit.name).or(*slot);
        }
    }
    found
}

/// Moves the items of one table into the places of another.
fn moved<I: Id, T: Clone>(old: &Arena<I, T>, fresh: Arena<I, T>, names: &[Option<I>]) -> Arena<I, T> {
    let mut new = fresh;
    for (id, item) in old.pairs() {
        if let Some(to) = of(names, id) {
            *new.at_mut(to) = item.clone();
        }
    }
    new
}

/// The member in the next version. What the new version no longer has is dropped: the checker of versions has asked what becomes of it.
pub fn migrate(state: &State, from: &Version, to: &Version) -> State {
    let (old, new) = (&from.program, &to.program);
    let names = Names::new(old, new);
    let fresh = State::new(new, state.version + 1, state.member.clone(), to.from.max(state.clock));
    let use_key = |key: &super::state::UseKey| {
        of(&names.limits, key.limit).map(|limit| super::state::UseKey { limit, per: key.per.clone() })
    };
    let badges = moved(&state.badges, fresh.badges, &names.badges);
    let mut next = State {
        member: state.member.clone(),
        version: state.version + 1,
        attributes: moved(&state.attributes, fresh.attributes, &names.attributes),
        joined: state.joined,
        enrolled: state.enrolled,
        left: state.left,
        clock: state.clock.max(to.from),
        units: moved(&state.units, fresh.units, &names.units),
        ladders: fresh.ladders,
        last: moved(&state.last, fresh.last, &names.events),
        facts: state.facts.iter().filter_map(|fact| carry(fact, &names, old, new)).collect(),
        tallies: state.tallies.iter().filter_map(|t| Some(super::state::Tallied { unit: of(&names.units, t.unit)?, ..*t })).collect(),
        gauges: fresh.gauges,
        restarts: moved(&state.restarts, fresh.restarts, &names.measures),
        uses: state.uses.iter().filter_map(|(key, by)| Some((use_key(key)?, by.clone()))).collect(),
        firings: moved(&state.firings, fresh.firings, &names.rules),
        gave: state.gave.iter().map(|(cause, at)| (names.cause(*cause), *at)).filter(|(cause, _)| *cause != Cause::Event).collect(),
        activations: state.activations.clone(),
        vouchers: state.vouchers.iter().filter_map(|v| Some(super::state::Voucher { reward: of(&names.rewards, v.reward)?, ..v.clone() })).collect(),
        badges,
        next_lot: state.next_lot,
        birthday_year: state.birthday_year,
        judged: state.judged,
    };
    next.distrust_gauges();
    for (id, held) in state.ladders.pairs() {
        if let Some(to_id) = of(&names.ladders, id) {
            *next.ladders.at_mut(to_id) = tiers(held, old, new, id, to_id);
        }
    }
    next
}

/// Tiers by name; what is held in a tier that is no more is held in the nearest below.
fn tiers(held: &super::state::Held, old: &Program, new: &Program, from: LadderId, to: LadderId) -> super::state::Held {
    let (old, new) = (&old.ladders.at(from).tiers, &new.ladders.at(to).tiers);
    let find = |tier: u32| -> u32 {
        let same = |name: &str| new.iter().position(|t| &*t.name == name || t.was.as_deref() == Some(name));
        let below = old.iter().take(tier as usize + 1).rev().find_map(|t| same(&t.name));
        below.and_then(|i| u32::try_from(i).ok()).unwrap_or(0)
    };
    let mut held = held.clone();
    held.tier = find(held.tier);
    held.highest = find(held.highest);
    held.holds.iter_mut().for_each(|hold| hold.tier = find(hold.tier));
    held.waiting = held.waiting.iter().map(|(tier, at)| (find(*tier), *at)).collect();
    held.history.iter_mut().for_each(|(_, tier)| *tier = find(*tier));
    held
}

fn carry(fact: &Fact, names: &Names, old: &Program, new: &Program) -> Option<Fact> {
    let kind = of(&names.events, fact.event.kind)?;
    let (from, to) = (&old.events.at(fact.event.kind).fields, &new.events.at(kind).fields);
    let fields = |values: &[Value]| -> Arc<[Value]> { reorder(values, from, to).into() };
    let event = Event { kind, fields: fields(&fact.event.fields), ..(*fact.event).clone() };
    let awards = fact.awards.iter().filter_map(|award| {
        let uses: Vec<(super::state::UseKey, Instant, i64)> = award.uses.iter()
            .filter_map(|(key, at, n)| Some((super::state::UseKey { limit: of(&names.limits, key.limit)?, per: key.per.clone() }, *at, *n)))
            .collect();
        Some(Award { cause: names.cause(award.cause), unit: of(&names.units, award.unit)?, uses, ..award.clone() })
    });
    let payment = fact.payment.as_ref().and_then(|payment| {
        Some(super::state::Payment { unit: of(&names.units, payment.unit)?, cause: names.cause(payment.cause), uses: Vec::new(), ..payment.clone() })
    });
    Some(Fact {
        left: fields(&fact.left),
        reversals: fact.reversals.iter().map(|(at, left)| (*at, fields(left))).collect(),
        awards: awards.collect(),
        gifts: fact.gifts.clone(),
        payment,
        event: event.into(),
        ..*fact
    })
}

/// The values of fields in the order of another version; lines likewise.
fn reorder(values: &[Value], from: &Arena<FieldId, FieldDef>, to: &Arena<FieldId, FieldDef>) -> Vec<Value> {
    use crate::hir::FieldType;
    let by_name: BTreeMap<&str, FieldId> = from.pairs().map(|(id, field)| (&*field.name, id)).collect();
    let value = |field: &FieldDef| {
        let Some(id) = by_name.get(&*field.name) else { return field.default.clone().unwrap_or_default() };
        let value = values.get(id.index()).cloned().unwrap_or_default();
        match (&value, &from.at(*id).ty, &field.ty) {
            (Value::List(lines), FieldType::List(from), FieldType::List(to)) => {
                let line = |line: &Box<[Value]>| if line.is_empty() { line.clone() } else { reorder(line, from, to).into() };
                Value::List(lines.iter().map(line).collect())
            }
            _ => value,
        }
    };
    to.iter().map(value).collect()
}
