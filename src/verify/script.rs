//! What members do, one after another: what is tried, made smaller and shown.

use std::sync::Arc;

use crate::engine::Event;
use crate::hir::{EventDef, EventId, EventKind, FieldDef, FieldType, Program};
use crate::value::{Day, Instant, TimeOfDay, Value};

/// Steps in the order in which they arrive, as in a scenario.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Script {
    pub moves: Vec<Move>,
}

/// One step: when, to the minute in the program's zone, and what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Move {
    pub when: When,
    pub deed: Deed,
}

/// A local day and a minute of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct When {
    pub day: Day,
    pub minute: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Deed {
    /// An event.
    Send(Sent),
    /// The clock moves.
    Wait,
}

/// An event of a script.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sent {
    pub member: Arc<str>,
    pub kind: EventId,
    /// Its identity; from its place where none is given, as in scenarios.
    pub id: Option<Arc<str>>,
    pub fields: Vec<Value>,
}

const NOON: u32 = 12 * 60;

impl When {
    pub const fn noon(day: Day) -> Self {
        Self { day, minute: NOON }
    }

    pub fn is_noon(self) -> bool {
        self.minute == NOON
    }

    pub fn time(self) -> TimeOfDay {
        TimeOfDay::from_millis(self.minute * 60_000).unwrap_or(TimeOfDay::NOON)
    }

    pub fn instant(self, program: &Program) -> Instant {
        program.settings.zone.at(self.day, self.time())
    }

    /// So many minutes later on the clock on the wall.
    pub fn plus_minutes(self, minutes: i64) -> Self {
        let all = i64::from(self.minute) + minutes;
        let days = i32::try_from(all.div_euclid(24 * 60)).unwrap_or(0);
        let minute = u32::try_from(all.rem_euclid(24 * 60)).unwrap_or(0);
        Self { day: self.day.plus_days(days).unwrap_or(self.day), minute }
    }
}

impl Move {
    pub fn event(&self) -> Option<&Sent> {
        if let Deed::Send(sent) = &self.deed { Some(sent) } else { None }
    }

    pub fn event_mut(&mut self) -> Option<&mut Sent> {
        if let Deed::Send(sent) = &mut self.deed { Some(sent) } else { None }
    }
}

impl Sent {
    pub fn def<'p>(&self, program: &'p Program) -> &'p EventDef {
        program.events.at(self.kind)
    }

    pub fn is(&self, program: &Program, kind: EventKind) -> bool {
        self.def(program).kind == kind
    }

    /// A field by its name.
    pub fn field(&self, program: &Program, name: &str) -> Option<&Value> {
        let place = self.def(program).fields.iter().position(|field| &*field.name == name)?;
        self.fields.get(place)
    }

    /// Fields with what they are.
    pub fn pairs<'s, 'p>(&'s self, program: &'p Program) -> impl Iterator<Item = (&'p FieldDef, &'s Value)> {
        self.def(program).fields.iter().zip(&self.fields)
    }

    /// The first field that identifies: an order number.
    pub fn number(&self, program: &Program) -> Option<&Arc<str>> {
        self.pairs(program).find_map(|(field, value)| match (&field.ty, value) {
            (FieldType::Id, Value::Text(number)) => Some(number),
            _ => None,
        })
    }

    /// An event of the program's own that takes nothing back.
    pub fn is_original(&self, program: &Program) -> bool {
        let def = self.def(program);
        def.kind == EventKind::Declared && def.reversal.is_none()
    }
}

impl Script {
    /// Events by their place among the moves, as the engine judges them.
    pub fn events(&self, program: &Program) -> Vec<Option<Event>> {
        let mut count = 0_u64;
        let event = |(moved, when): (&Move, Instant)| {
            let sent = moved.event()?;
            count += 1;
            Some(Event {
                id: sent.id.clone().unwrap_or_else(|| format!("s{count}").into()),
                member: sent.member.clone(),
                kind: sent.kind,
                time: when,
                sequence: count,
                fields: sent.fields.clone().into(),
                sent_by: None,
                foreign: Default::default(),
            })
        };
        self.moves.iter().map(|moved| (moved, moved.when.instant(program))).map(event).collect()
    }

    /// Whether the event at a place happened before one above it.
    pub fn is_late(&self, place: usize) -> bool {
        let Some(moved) = self.moves.get(place) else { return false };
        self.moves.iter().take(place).any(|earlier| earlier.when > moved.when)
    }

    /// Whether it can be written down: the clock only moves forward.
    pub fn is_orderly(&self) -> bool {
        let waits = self.moves.iter().enumerate().filter(|(_, moved)| moved.deed == Deed::Wait);
        waits.into_iter().all(|(place, _)| !self.is_late(place))
    }

    /// Only the first so many moves.
    #[must_use]
    pub fn cut(&self, moves: usize) -> Self {
        Self { moves: self.moves.iter().take(moves).cloned().collect() }
    }
}
