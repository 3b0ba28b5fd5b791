//! Who is known by which name since members were merged, and who names whom in fields of events (S43).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::hir::{EventId, EventKind, FieldType, Program};
use crate::value::Value;

use super::driver::Engine;
use super::event::Event;
use super::fold::Fold;

/// Who is known as whom: the second of each merge as the first, until an unmerge.
pub type Aliases = BTreeMap<Arc<str>, Arc<str>>;

/// Who a member is now, however often merged.
pub fn known_as(aliases: &Aliases, member: &Arc<str>) -> Arc<str> {
    let mut found = member;
    while let Some(next) = aliases.get(found) {
        found = next;
    }
    found.clone()
}

/// Who names whom in fields of events: their histories are judged again when the name becomes another's.
pub struct Naming {
    /// By version: types of events that name members.
    kinds: Vec<Vec<EventId>>,
    /// By name: whose events.
    by: FxHashMap<Arc<str>, BTreeSet<Arc<str>>>,
}

impl Naming {
    /// Nobody names anybody yet.
    pub fn new(engine: &Engine) -> Self {
        let kinds = engine.versions().iter().map(|version| kinds(&version.program)).collect();
        Self { kinds, by: FxHashMap::default() }
    }

    /// Writes down whom an event names.
    pub fn note(&mut self, engine: &Engine, event: &Event) {
        let version = engine.version_at(event.time);
        if !self.kinds.get(version as usize).is_some_and(|kinds| kinds.contains(&event.kind)) {
            return;
        }
        let Some(def) = engine.version(version).and_then(|version| version.program.events.get(event.kind)) else {
            return;
        };
        let mut note = |name: &Arc<str>| {
            self.by.entry(name.clone()).or_default().insert(event.owner().clone());
        };
        def.fields.iter().zip(&*event.fields).for_each(|(field, value)| each_name(&field.ty, value, &mut note));
    }

    /// Whose events name a member.
    pub fn of(&self, name: &Arc<str>) -> impl Iterator<Item = &Arc<str>> {
        self.by.get(name).into_iter().flatten()
    }
}

/// Types of events of a program that name members, but for those that say who is one.
fn kinds(program: &Program) -> Vec<EventId> {
    let unites = |kind| matches!(kind, EventKind::Merge | EventKind::Unmerge);
    let naming = program
        .events
        .pairs()
        .filter(|(_, def)| !unites(def.kind) && def.fields.iter().any(|field| names_members(&field.ty)));
    naming.map(|(id, _)| id).collect()
}

fn names_members(ty: &FieldType) -> bool {
    match ty {
        FieldType::Member => true,
        FieldType::List(fields) => fields.iter().any(|field| names_members(&field.ty)),
        _ => false,
    }
}

fn each_name(ty: &FieldType, value: &Value, see: &mut impl FnMut(&Arc<str>)) {
    match (ty, value) {
        (FieldType::Member, Value::Text(name)) => see(name),
        (FieldType::List(fields), Value::List(lines)) => {
            for line in lines.iter() {
                fields.iter().zip(&**line).for_each(|(field, value)| each_name(&field.ty, value, see));
            }
        }
        _ => {}
    }
}

/// A value in which members have the names by which they are known.
fn renamed(ty: &FieldType, value: &Value, aliases: &Aliases) -> Value {
    match (ty, value) {
        (FieldType::Member, Value::Text(name)) => Value::Text(known_as(aliases, name)),
        (FieldType::List(fields), Value::List(lines)) if names_members(ty) => {
            let line = |line: &[Value]| -> Box<[Value]> {
                fields.iter().zip(line).map(|(field, value)| renamed(&field.ty, value, aliases)).collect()
            };
            Value::List(lines.iter().map(|fields| line(fields)).collect())
        }
        _ => value.clone(),
    }
}

impl Fold<'_> {
    /// An event that names members as they are known since they were merged, so that who names another name of their own names themselves.
    pub fn naming_as_known(&self, event: &Arc<Event>) -> Arc<Event> {
        let (def, aliases) = (self.program.events.at(event.kind), &self.pots.aliases);
        if aliases.is_empty() || matches!(def.kind, EventKind::Merge | EventKind::Unmerge) {
            return event.clone();
        }
        let mut otherwise = false;
        let mut see = |name: &Arc<str>| otherwise |= aliases.contains_key(name);
        def.fields.iter().zip(&*event.fields).for_each(|(field, value)| each_name(&field.ty, value, &mut see));
        if !otherwise {
            return event.clone();
        }
        let fields = def.fields.iter().zip(&*event.fields);
        let fields = fields.map(|(field, value)| renamed(&field.ty, value, aliases)).collect();
        Arc::new(Event { fields, ..(**event).clone() })
    }
}
