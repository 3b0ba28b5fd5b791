//! Erasing a person: attributes are gone wherever they were written down, and sums stay (S43).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::hir::{EventDef, EventKind, Expr, Kind, LimitId, Program, Read, SharedBy, Trigger};
use crate::value::{Instant, Value};

use super::brought::Brought;
use super::challenge::{CommonKey, team};
use super::driver::Engine;
use super::event::Event;
use super::fact::{Award, UseKey, Uses};
use super::group::Group;
use super::pots::Pots;
use super::series::Gauge;
use super::state::{Note, State};

/// Members who were erased, and by which event last.
pub type Erased = BTreeMap<Arc<str>, Arc<Event>>;

impl State {
    /// Forgets all that is known of the person, but for what the program has made of it.
    pub fn forget_person(&mut self, program: &Program, pots: &mut Pots) {
        self.forget_team(program, pots);
        self.forget_headroom(program, pots);
        for (id, attribute) in program.attributes.pairs().filter(|(id, _)| *id != Program::MEMBER_ID) {
            *self.attributes.at_mut(id) = attribute.default.clone().unwrap_or_default();
        }
        for fact in self.facts.iter_mut() {
            if let Some(def) = program.events.get(fact.event.kind).filter(|def| tells(def)) {
                let event = Event { fields: without(program, def, &fact.event.fields), ..(*fact.event).clone() };
                fact.event = event.into();
                fact.left = without(program, def, &fact.left);
                for (_, left) in fact.reversals.iter_mut() {
                    *left = without(program, def, left);
                }
            }
            fact.awards.iter_mut().for_each(|award| award.seen = unseen(&award.seen).into());
            fact.donations.iter_mut().for_each(|donation| donation.seen = unseen(&donation.seen).into());
            fact.sent.iter_mut().for_each(|sent| sent.seen = unseen(&sent.seen));
        }
        self.each_brought(unsee);
        let opened = self.challenges.iter_mut().flat_map(|running| running.open.iter_mut().chain(&mut running.past));
        for instance in opened {
            let by = instance.by.as_ref().map(|(event, _)| event);
            let opening = self.facts.iter().find(|fact| Some(&fact.event.id) == by).map(|fact| fact.event.kind);
            if let Some(def) = opening.and_then(|kind| program.events.get(kind)).filter(|def| tells(def)) {
                instance.fields = without(program, def, &instance.fields);
            }
        }
        self.ladders.iter_mut().for_each(|held| held.standing.clear());
        // The time zone may be gone with them.
        self.agenda = Note::default();
        // Running values may have been made of them: they are counted from history from now on.
        self.gauges.iter_mut().for_each(|gauge| *gauge = Gauge::default());
        self.distrust_gauges();
    }

    /// A team that is called by what somebody has told is gone with the last of them.
    fn forget_team(&mut self, program: &Program, pots: &mut Pots) {
        for (id, challenge) in program.challenges.pairs() {
            let Some(SharedBy::Attribute(by)) = challenge.shared.as_ref().map(|shared| shared.by) else { continue };
            let running = self.challenges.at_mut(id);
            let told = running.open.iter_mut().chain(&mut running.past).filter_map(|instance| instance.team.take());
            let teams: BTreeSet<_> = told.chain(team(&self.attributes, by)).collect();
            let is_of = |(of, _, group): &CommonKey| *of == id && teams.contains(group);
            for key in pots.common.keys().filter(|key| is_of(key)).cloned().collect::<Vec<_>>() {
                if pots.common.get_mut(&key).is_some_and(|common| common.erase(&self.member)) {
                    pots.common.remove(&key);
                }
            }
        }
    }

    /// What limits have used up by attributes is counted without them. A budget that others have used too stays, and nothing says any longer
    /// that this member did.
    fn forget_headroom(&mut self, program: &Program, pots: &mut Pots) {
        let telling = telling_limits(program);
        if telling.is_empty() {
            return;
        }
        let untold = |key: &UseKey| -> Option<UseKey> {
            let places = telling.get(&key.limit)?;
            let per = (0..).zip(&key.per);
            let per = per.map(|(at, value)| if places.contains(&at) { Value::Missing } else { value.clone() });
            Some(UseKey { limit: key.limit, per: per.collect() }).filter(|untold| untold != key)
        };
        let mut own: BTreeMap<(UseKey, Instant), i64> = BTreeMap::new();
        self.each_use(|uses| uses.iter().for_each(|(key, at, n)| *own.entry((key.clone(), *at)).or_insert(0) += n));
        for (key, used) in std::mem::take(&mut self.uses) {
            let known = self.uses.or_default(untold(&key).unwrap_or(key));
            used.into_iter().for_each(|(at, amount)| *known.or_default(at) += amount);
        }
        let of_budget = |key: &UseKey| program.limits.at(key.limit).budget.is_some();
        let shared = |(key, at): &(UseKey, Instant), used: i64| {
            pots.uses.get(key).and_then(|by| by.get(at)).is_some_and(|all| *all != used)
        };
        let kept: BTreeSet<_> =
            own.iter().filter(|(of, used)| of_budget(&of.0) && shared(of, **used)).map(|(of, _)| of.clone()).collect();
        for (of, used) in own.iter().filter(|(of, _)| of_budget(&of.0) && !kept.contains(of)) {
            let Some(untold) = untold(&of.0) else { continue };
            if let Some(by) = pots.uses.get_mut(&of.0) {
                by.remove(&of.1);
                if by.is_empty() {
                    pots.uses.remove(&of.0);
                }
            }
            *pots.uses.or_default(untold).or_default(of.1) += used;
        }
        self.each_use(|uses| {
            uses.retain(|(key, at, _)| untold(key).is_none() || !kept.contains(&(key.clone(), *at)));
            uses.iter_mut().for_each(|(key, ..)| *key = untold(key).unwrap_or_else(|| key.clone()));
        });
    }

    /// What was used of limits and may be given back.
    fn each_use(&mut self, mut see: impl FnMut(&mut Uses)) {
        for fact in self.facts.iter_mut() {
            fact.awards.iter_mut().flat_map(Award::each_use).for_each(&mut see);
            fact.donations.iter_mut().for_each(|donation| see(&mut donation.uses));
            fact.payment.iter_mut().for_each(|payment| see(&mut payment.uses));
            see(&mut fact.turns);
        }
        self.vouchers.iter_mut().for_each(|voucher| see(&mut voucher.uses));
        self.each_brought(|brought| {
            brought.awards.iter_mut().flat_map(Award::each_use).for_each(&mut see);
            brought.donations.iter_mut().for_each(|donation| see(&mut donation.uses));
            see(&mut brought.turns);
        });
    }

    /// Everything that was brought and may be taken back with its reason.
    fn each_brought(&mut self, mut see: impl FnMut(&mut Brought)) {
        self.firings.iter_mut().for_each(|firings| firings.each_hanging(&mut |hanging| see(&mut hanging.brought)));
        self.ladders.iter_mut().flat_map(|held| &mut held.rises).for_each(|rise| see(&mut rise.brought));
        for running in self.challenges.iter_mut() {
            for instance in running.open.iter_mut().chain(&mut running.past) {
                see(&mut instance.brought);
                instance.milestones.iter_mut().for_each(|(_, brought)| see(brought));
            }
        }
        self.offers.iter_mut().for_each(|offer| see(&mut offer.brought));
        self.entries.iter_mut().for_each(|entry| see(&mut entry.brought));
        self.automatic.iter_mut().for_each(|taken| see(&mut taken.brought));
    }
}

fn unsee(brought: &mut Brought) {
    brought.awards.iter_mut().for_each(|award| award.seen = unseen(&award.seen).into());
    brought.donations.iter_mut().for_each(|donation| donation.seen = unseen(&donation.seen).into());
    brought.sent.iter_mut().for_each(|sent| sent.seen = unseen(&sent.seen));
}

/// What was read of a member but for attributes.
fn unseen(seen: &[(Read, Value)]) -> Vec<(Read, Value)> {
    seen.iter().filter(|(read, _)| !matches!(read, Read::Attribute(_))).cloned().collect()
}

/// Limits that count by attributes: by which of their `per`.
fn telling_limits(program: &Program) -> BTreeMap<LimitId, Vec<usize>> {
    let earns = program.earns.iter().map(|earn| {
        let boosts = earn.boosts.iter().flat_map(|boost| &program.boosts.at(*boost).limits);
        (earn.event, earn.limits.iter().chain(boosts).copied().collect::<Vec<_>>())
    });
    let rules = program.rules.iter().filter_map(|rule| match &rule.trigger {
        Trigger::Event(event, _) => Some((*event, rule.limits.clone())),
        _ => None,
    });
    let mut telling = BTreeMap::new();
    for (def, limits) in earns.chain(rules).map(|(event, limits)| (program.events.at(event), limits)) {
        for limit in limits.into_iter().filter(|_| tells(def)) {
            let told = |expr: &Expr| match &expr.kind {
                Kind::Field(field) => def.fields.get(*field).is_some_and(|field| is_attribute(program, &field.name)),
                _ => false,
            };
            let per = program.limits.at(limit).per.iter().enumerate();
            let places: Vec<usize> = per.filter(|(_, expr)| told(expr)).map(|(at, _)| at).collect();
            if !places.is_empty() {
                telling.insert(limit, places);
            }
        }
    }
    telling
}

fn is_attribute(program: &Program, name: &str) -> bool {
    program.attributes.iter().any(|attribute| *attribute.name == *name)
}

/// Whether events of a type tell attributes.
fn tells(def: &EventDef) -> bool {
    matches!(def.kind, EventKind::Join | EventKind::Update)
}

/// The fields of an event without attributes.
fn without(program: &Program, def: &EventDef, fields: &[Value]) -> Arc<[Value]> {
    let told = def.fields.iter().zip(fields);
    told.map(|(field, value)| if is_attribute(program, &field.name) { Value::Missing } else { value.clone() }).collect()
}

fn kind(engine: &Engine, event: &Event) -> EventKind {
    let version = engine.version(engine.version_at(event.time));
    version.and_then(|version| version.program.events.get(event.kind)).map_or(EventKind::Declared, |def| def.kind)
}

/// Whether an event told attributes of somebody who was erased since.
pub fn told_before(engine: &Engine, erased: &Erased, event: &Event) -> bool {
    erased.get(&event.member).is_some_and(|erase| event.order(erase).is_lt())
        && matches!(kind(engine, event), EventKind::Join | EventKind::Update)
}

/// Who was erased by events.
pub fn erased<'e>(engine: &Engine, events: impl Iterator<Item = &'e Arc<Event>>) -> Erased {
    let mut erased = Erased::new();
    for event in events.filter(|event| kind(engine, event) == EventKind::Erase) {
        let last = erased.entry(event.member.clone()).or_insert_with(|| event.clone());
        if last.order(event).is_lt() {
            last.clone_from(event);
        }
    }
    erased
}

/// A group as it is stored: nothing in it tells attributes of those who were erased.
pub fn stored<'g>(engine: &Engine, group: &'g Group) -> Cow<'g, Group> {
    let gone = erased(engine, group.known());
    if gone.is_empty() {
        return Cow::Borrowed(group);
    }
    // What lies before the log lies before these.
    let later = erased(engine, group.log().iter());
    let event = |event: &Arc<Event>| {
        let program = engine.version(engine.version_at(event.time)).map(|version| &version.program);
        match program.and_then(|program| Some((program, program.events.get(event.kind)?))) {
            Some((program, def)) if told_before(engine, &gone, event) => {
                Arc::new(Event { fields: without(program, def, &event.fields), ..(**event).clone() })
            }
            _ => event.clone(),
        }
    };
    let state = |state: &mut State, pots: &mut Pots| {
        if later.contains_key(&state.member)
            && let Some(version) = engine.version(state.version)
        {
            state.forget_person(&version.program, pots);
        }
    };
    Cow::Owned(group.forgetting(event, state))
}
