//! Whole events: what happens by itself, what members ask for, what takes an earlier event back.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::engine::Event;
use crate::hir::{EventDef, EventId, EventKind, FieldType, Pending, Program};
use crate::value::{Exact, Instant, Value};

use super::dice::Dice;
use super::fields::{Maker, Setting};

impl Maker<'_> {
    /// A value for each field of an event; `None` where one that must be there cannot be filled.
    pub fn event(&mut self, def: &EventDef, at: Instant, others: &[Arc<str>]) -> Option<Vec<Value>> {
        let keyed = self.program.events.iter().any(|other| {
            other.reversal.as_ref().is_some_and(|reversal| self.program.events.at(reversal.of).name == def.name)
        });
        self.fields(&def.fields, &Setting { at, others, keyed })
    }

    /// The fields of an event that takes another one back: so many percent of it.
    pub fn reversal(
        &mut self,
        kind: EventId,
        original: &Event,
        others: &[Arc<str>],
        part: impl FnOnce(&mut Dice) -> i64,
    ) -> Option<Vec<Value>> {
        let def = self.program.events.at(kind);
        let reversal = def.reversal.as_ref()?;
        let mut fields = copied(self.program, def, self.event(def, original.time, others)?, original);
        let part = part(&mut self.dice);
        let share = |value: &Value| match value {
            Value::Exact(whole) => {
                let part = whole.mul(Exact::from(part)).and_then(|product| product.div(Exact::from(100)));
                Value::Exact(part.map_or(*whole, Exact::ceil))
            }
            other => other.clone(),
        };
        let mut set = |own: usize, value: Value| {
            if let Some(slot) = fields.get_mut(own) {
                *slot = value;
            }
        };
        for (own, theirs) in &reversal.key {
            set(own.index(), original.fields.get(theirs.index())?.clone());
        }
        for (own, theirs) in &reversal.amounts {
            set(own.index(), share(original.fields.get(theirs.index())?));
        }
        if let Some(lines) = &reversal.lines {
            let Some(Value::List(of)) = original.fields.get(lines.original.index()) else { return None };
            let line = self.dice.pick(of)?.clone();
            let FieldType::List(inner) = &def.fields.at(lines.list).ty else { return None };
            let mut returned: Vec<Value> =
                inner.iter().map(|field| field.default.clone().unwrap_or_default()).collect();
            for (own, theirs) in lines.key.iter().chain(&lines.amounts) {
                *returned.get_mut(own.index())? = line.get(theirs.index())?.clone();
            }
            set(lines.list.index(), Value::List(Arc::from([returned.into_boxed_slice()])));
        }
        Some(fields)
    }
}

/// The fields of a request: what is given, and what is usual.
pub(crate) fn asked(def: &EventDef, given: &[(&'static str, Value)]) -> Vec<Value> {
    let value = |field: &crate::hir::FieldDef| {
        let written = given.iter().find(|(name, _)| *name == &*field.name).map(|(_, value)| value.clone());
        written.or_else(|| field.default.clone()).unwrap_or_default()
    };
    def.fields.iter().map(value).collect()
}

/// The fields of an event, with what an earlier one has under the same name where it is an identifier.
pub(crate) fn copied(program: &Program, def: &EventDef, mut fields: Vec<Value>, original: &Event) -> Vec<Value> {
    let theirs = &program.events.at(original.kind).fields;
    for (field, value) in def.fields.iter().zip(&mut fields).filter(|(field, _)| matches!(field.ty, FieldType::Id)) {
        let place = theirs.find(|other| other.name == field.name);
        if let Some(same) = place.and_then(|place| original.fields.get(place.index())) {
            value.clone_from(same);
        }
    }
    fields
}

/// Types of events for which lots wait.
pub(crate) fn released_by(program: &Program) -> Vec<EventId> {
    let own = program.earns.iter().flat_map(|earn| earn.pending.iter().flatten());
    let all = program.units.iter().flat_map(|unit| &unit.pending).chain(own);
    let mut found: Vec<EventId> = all
        .filter_map(|(_, pending)| if let Pending::Until { event, .. } = pending { Some(*event) } else { None })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Types of events that happen by themselves, each as often as it is to come: those with money most.
pub(crate) fn usual_events(program: &Program) -> Vec<EventId> {
    let released = released_by(program);
    let mut usual = Vec::new();
    for (id, def) in program.events.pairs() {
        if def.kind == EventKind::Declared && def.reversal.is_none() && !released.contains(&id) {
            let sale = def.fields.iter().any(|field| matches!(field.ty, FieldType::Money | FieldType::List(_)));
            usual.extend(std::iter::repeat_n(id, if sale { 8 } else { 2 }));
        }
    }
    usual
}
