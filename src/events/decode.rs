//! From records to typed events, strictly.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::arena::{Arena, Id as _};
use crate::engine::{Event, Foreign};
use crate::hir::{EventDef, EventId, EventKind, FieldDef, FieldId, FieldType, Program};
use crate::value::{Exact, Instant, Value, Zone, ZoneError};

use super::amount::{self, Amount, Context};
use super::currency::{self, Doubt};
use super::fields::Fields;
use super::head::{Head, TIME_KEYS};
use super::node::{Node, Place, Raw, View, clip};
use super::notation::Notation;
use super::reject::Reject;
use super::scalar::{day, flag, identifier, moment, number, span, text, whole, word};
use super::tape::{Part, Tape};
use super::{MAX_LIST, did_you_mean, nearest};

/// How many texts are kept to be recognised when they come again.
const MOST_TEXTS: usize = 4_096;

/// Makes events of one program.
pub struct Decoder<'p> {
    program: &'p Program,
    /// Types of events by name.
    types: FxHashMap<&'p str, Type<'p>>,
    room: RefCell<Room>,
}

/// A type of event, as records name it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type<'p> {
    pub(crate) id: EventId,
    pub(crate) def: &'p EventDef,
    /// Which of [`TIME_KEYS`] a record can use: all but those that are fields.
    time_keys: [bool; TIME_KEYS.len()],
}

/// Room for values until it is known how many there are, and what is kept from record to record.
#[derive(Default)]
struct Room {
    values: Vec<Value>,
    lines: Vec<Box<[Value]>>,
    /// Texts that came before, for those that come again and again.
    texts: FxHashSet<Arc<str>>,
    /// For lists in cells.
    tape: Tape,
    /// Amounts in other currencies than the program's.
    foreign: Vec<Foreign>,
}

/// A list among the fields, with its own.
type ListField<'a> = (FieldId, &'a FieldDef, &'a Arena<FieldId, FieldDef>);

/// What is wrong, and where where that is known better than the beginning of the record.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) reason: String,
    pub(crate) place: Option<Place>,
}

impl From<String> for Fault {
    fn from(reason: String) -> Self {
        Self { reason, place: None }
    }
}

/// An event whose fields are still to be typed.
pub(crate) struct Draft<'z> {
    pub(crate) kind: EventId,
    pub(crate) id: Arc<str>,
    pub(crate) member: Arc<str>,
    pub(crate) time: Instant,
    pub(crate) sequence: u64,
    /// How the texts of its fields write numbers.
    pub(crate) notation: Notation,
    /// The zone of times among its fields that name none, where a map says one.
    pub(crate) zone: Option<&'z Zone>,
}

impl<'p> Decoder<'p> {
    /// A decoder for events of `program`.
    pub fn new(program: &'p Program) -> Self {
        let types = program.events.pairs().map(|(id, def)| {
            // Other names than the first are taken only where no field has them.
            let is_field = |key: &str| def.fields.iter().any(|field| *field.name == *key);
            let mut first = true;
            let time_keys = TIME_KEYS.map(|key| std::mem::take(&mut first) || !is_field(key));
            (def.name.as_ref(), Type { id, def, time_keys })
        });
        Self { program, types: types.collect(), room: RefCell::default() }
    }

    /// The program.
    pub fn program(&self) -> &'p Program {
        self.program
    }

    /// Types a record with the keys `id`, `type`, `member`, `time`, optionally `sequence`, and a key for each field. `sequence` stands for
    /// the record's own where it has none.
    ///
    /// # Errors
    /// [`Reject`] with the place and the reason in plain words.
    pub fn decode(&self, raw: &Raw<'_>, sequence: u64) -> Result<Event, Reject> {
        self.decode_fields(raw, raw.fields.as_slice(), sequence)
    }

    /// Types the fields of a record, however they are held.
    pub(super) fn decode_fields<F: Fields + ?Sized>(
        &self,
        raw: &Raw<'_>,
        fields: &F,
        sequence: u64,
    ) -> Result<Event, Reject> {
        let draft = self.draft(raw, fields, sequence);
        draft.and_then(|draft| self.finish(raw, draft, fields)).map_err(|fault| reject(raw, fault))
    }

    fn draft<F: Fields + ?Sized>(&self, raw: &Raw<'_>, fields: &F, sequence: u64) -> Result<Draft<'static>, Fault> {
        let head = Head::of(fields);
        let fault = |position: usize, reason: String| at(raw, fields, position, reason);
        let position =
            head.kind().ok_or_else(|| missing_key(raw, fields, "type", "the type of the event, such as `purchase`"))?;
        let node = fields.view(position);
        let name =
            word(node).ok_or_else(|| fault(position, format!("`type` is a word such as `purchase`, not {node}")))?;
        let kind = self.kind(name).map_err(|reason| fault(position, reason))?;
        let identifier_of = |position: Option<usize>, key: &str, what: &str| match position {
            Some(position) => {
                identifier(fields.view(position)).map_err(|reason| fault(position, format!("`{key}`: {reason}")))
            }
            None => Err(missing_key(raw, fields, key, what)),
        };
        let own = "an identity of its own, so that sending it twice does not count twice";
        let id = identifier_of(head.id, "id", own)?;
        let member = identifier_of(head.member, "member", "the member whose event it is")?;
        let (key, position) = head
            .time(kind.time_keys)
            .ok_or_else(|| missing_key(raw, fields, "time", "when it happened, such as `2026-02-01T10:00:00Z`"))?;
        let time =
            moment(fields.view(position), None).map_err(|reason| fault(position, format!("`{key}`: {reason}")))?;
        let sequence = match head.sequence {
            Some(position) => {
                let node = fields.view(position);
                whole(node)
                    .ok()
                    .and_then(|number| u64::try_from(number).ok())
                    .ok_or_else(|| fault(position, format!("`sequence` is a whole number from 0, not {node}")))?
            }
            None => sequence,
        };
        Ok(Draft { kind: kind.id, id, member, time, sequence, notation: Notation::Plain, zone: None })
    }

    /// The type of a name; a reason where there is none, or where only the clock makes such events.
    pub(crate) fn kind(&self, name: &str) -> Result<Type<'p>, String> {
        let Some(kind) = self.types.get(name) else {
            if name.trim().is_empty() {
                return Err("the type of the event is empty".to_owned());
            }
            let sent = self.types.iter().filter(|(_, kind)| !kind.def.kind.is_made());
            let names = sent.map(|(name, _)| *name);
            let mut names: Vec<&str> = names.collect();
            names.sort_unstable();
            return Err(format!("the program has no event `{}`{}", clip(name, 60), did_you_mean(name, names)));
        };
        match kind.def.kind {
            EventKind::Birthday | EventKind::Anniversary => {
                Err(format!("`{name}` comes from the clock and the member's dates: it cannot be sent"))
            }
            made if made.is_made() => Err(format!("`{name}` comes from what other members do: it cannot be sent")),
            _ => Ok(*kind),
        }
    }

    /// Types the fields.
    pub(super) fn finish<F: Fields + ?Sized>(
        &self,
        raw: &Raw<'_>,
        draft: Draft<'_>,
        fields: &F,
    ) -> Result<Event, Fault> {
        let event = self.program.events.get(draft.kind).ok_or_else(|| "the program has no such event".to_owned())?;
        let currency = if has_money(&event.fields) { self.currency_of(raw, fields)? } else { None };
        let context = Context { id: &draft.id, time: draft.time, currency, notation: draft.notation, zone: draft.zone };
        let room = &mut *self.room.borrow_mut();
        room.values.clear();
        room.lines.clear();
        room.foreign.clear();
        self.values(room, raw, &event.fields, fields, context, &|| format!("the event `{}`", event.name))?;
        if let Some((field, name)) = self.zone_among(event, &room.values) {
            let reason = format!("`{}`: {}", event.fields.at(field).name, ZoneError { name, suggestion: None });
            let place =
                fields.find(&event.fields.at(field).name, 0).and_then(|position| place_of(raw, fields, position));
            return Err(Fault { reason, place });
        }
        let Draft { kind, id, member, time, sequence, .. } = draft;
        let foreign = Event::kept_amounts(self.program, kind, std::mem::take(&mut room.foreign));
        let fields = room.values.drain(..).collect();
        Ok(Event { id, member, kind, time, sequence, sent_by: None, foreign, fields })
    }

    /// A time zone of a member that is none, among the values of an event that sets attributes.
    fn zone_among(&self, event: &EventDef, values: &[Value]) -> Option<(FieldId, String)> {
        let attribute = self.program.settings.zone_of_member?;
        let sets = matches!(event.kind, EventKind::Join | EventKind::Update);
        let name = &self.program.attributes.get(attribute).filter(|_| sets)?.name;
        let field = event.fields.find(|field| field.name == *name)?;
        match values.get(field.index())? {
            Value::Text(zone) if Zone::find(zone).is_none() => Some((field, clip(zone, 60))),
            _ => None,
        }
    }

    /// Adds a value for every field, in order.
    fn values<F: Fields + ?Sized>(
        &self,
        room: &mut Room,
        raw: &Raw<'_>,
        defs: &Arena<FieldId, FieldDef>,
        given: &F,
        context: Context<'_>,
        whose: &dyn Fn() -> String,
    ) -> Result<(), Fault> {
        // Records mostly have their keys in the order in which the program declares them.
        let mut next = 0;
        for (id, def) in defs.pairs() {
            let found = given.find(&def.name, next);
            next = found.map_or(next, |position| given.after(position));
            let value = match (found.filter(|position| !given.is_nothing(*position)), &def.default) {
                (Some(position), _) => {
                    self.value(room, raw, given, position, (id, def), context).map_err(|fault| Fault {
                        reason: format!("`{}`: {}", def.name, fault.reason),
                        place: fault.place.or_else(|| place_of(raw, given, position)),
                    })?
                }
                (None, Some(default)) => default.clone(),
                (None, None) if def.optional => Value::Missing,
                (None, None) => {
                    let mut unknown = given.keys();
                    unknown.retain(|key| defs.find(|other| *other.name == **key).is_none());
                    let like = nearest(&def.name, unknown)
                        .map(|key| format!(", but the record has `{key}`"))
                        .unwrap_or_default();
                    return Err(Fault::from(format!("`{}` is missing: {} needs it{like}", def.name, whose())));
                }
            };
            room.values.push(value);
        }
        Ok(())
    }

    fn value<F: Fields + ?Sized>(
        &self,
        room: &mut Room,
        raw: &Raw<'_>,
        given: &F,
        position: usize,
        (id, def): (FieldId, &FieldDef),
        context: Context<'_>,
    ) -> Result<Value, Fault> {
        if let (FieldType::List(lines), Some(list)) = (&def.ty, given.list(position))
            && list.len() <= MAX_LIST
        {
            return self.lines(room, raw, list, (id, def, lines), context);
        }
        let node = given.view(position);
        Ok(match &def.ty {
            FieldType::Money => {
                let money = |node: View<'_>| amount::money(self.program, node, context);
                let Amount { value, foreign } = context.notation.read(node, money)?;
                let foreign = foreign.map(|(currency, minor)| Foreign { field: id, of_line: None, currency, minor });
                room.foreign.extend(foreign);
                Value::Exact(value)
            }
            FieldType::Number => Value::Exact(context.notation.read(node, number)?),
            FieldType::Count => Value::Exact(Exact::from(context.notation.read(node, whole)?)),
            FieldType::Text => Value::Text(room.text(node)?),
            FieldType::Id => match node {
                // The event's own identity is often one of its fields.
                View::Text(text) | View::Cell(text) if *text == **context.id => Value::Text(context.id.clone()),
                node => Value::Text(identifier(node)?),
            },
            FieldType::Member => Value::Text(identifier(node)?),
            FieldType::Flag => Value::Bool(flag(node)?),
            FieldType::Date => Value::Day(day(node)?),
            FieldType::Moment => Value::Moment(moment(node, context.zone)?),
            FieldType::Duration => Value::Span(span(node)?),
            FieldType::OneOf(set) => {
                let words = self.program.enums.get(*set).map(|set| set.words.as_slice()).unwrap_or_default();
                let found = word(node).ok_or_else(|| format!("one of {} is needed, not {node}", listed(words)))?;
                match words.iter().position(|word| **word == *found) {
                    Some(position) => Value::Ordinal(u32::try_from(position).unwrap_or(u32::MAX)),
                    None => {
                        let hint = did_you_mean(found, words.iter().map(AsRef::as_ref));
                        let all = listed(words);
                        return Err(Fault::from(format!("`{}` is none of {all}{hint}", clip(found, 60))));
                    }
                }
            }
            FieldType::List(defs) => self.list(room, raw, node, (id, def, defs), context)?,
        })
    }

    /// The lines of a list.
    fn list(
        &self,
        room: &mut Room,
        raw: &Raw<'_>,
        node: View<'_>,
        of: ListField<'_>,
        context: Context<'_>,
    ) -> Result<Value, Fault> {
        // A cell of a table may hold a list written as JSON.
        let written = match node {
            View::Cell(text) => Some(text.trim()).filter(|text| text.starts_with('[')),
            _ => None,
        };
        if let Some(text) = written {
            let mut tape = std::mem::take(&mut room.tape);
            let lines = tape.list(text).map(|list| self.lines(room, raw, list, of, context));
            room.tape = tape;
            if let Some(lines) = lines {
                return lines;
            }
        }
        let items = match written {
            Some(text) => Cow::Owned(super::json::list(text)?),
            None => node.items()?,
        };
        let start = room.lines.len();
        for (item, nth) in items.iter().zip(1..) {
            let entries = item.view().entries().map_err(|reason| format!("line {nth}: {reason}"))?;
            self.line(room, raw, nth, &*entries, of, context)?;
        }
        Ok(Value::List(room.lines.drain(start..).collect()))
    }

    /// The same where it has been taken apart already.
    fn lines(
        &self,
        room: &mut Room,
        raw: &Raw<'_>,
        list: Part<'_, '_>,
        of: ListField<'_>,
        context: Context<'_>,
    ) -> Result<Value, Fault> {
        let start = room.lines.len();
        for ((node, line), nth) in list.objects().zip(1..) {
            let line = line.ok_or_else(|| format!("line {nth}: names and values are needed, not {node}"))?;
            self.line(room, raw, nth, &line, of, context)?;
        }
        Ok(Value::List(room.lines.drain(start..).collect()))
    }

    /// Adds a line of a list.
    fn line<F: Fields + ?Sized>(
        &self,
        room: &mut Room,
        raw: &Raw<'_>,
        nth: usize,
        entries: &F,
        (list, def, defs): ListField<'_>,
        context: Context<'_>,
    ) -> Result<(), Fault> {
        let (start, known) = (room.values.len(), room.foreign.len());
        let of_line = |fault: Fault| Fault { reason: format!("line {nth}: {}", fault.reason), place: fault.place };
        let currency = if has_money(defs) { self.currency_of(raw, entries) } else { Ok(None) };
        let currency = currency.map_err(|fault| Fault { place: None, ..of_line(fault) })?;
        let context = Context { currency: currency.or(context.currency), ..context };
        self.values(room, raw, defs, entries, context, &|| format!("a line of `{}`", def.name)).map_err(of_line)?;
        room.lines.push(room.values.drain(start..).collect());
        for foreign in room.foreign.iter_mut().skip(known) {
            foreign.of_line = Some((u32::try_from(nth - 1).unwrap_or(u32::MAX), foreign.field));
            foreign.field = list;
        }
        Ok(())
    }

    /// The currency that a record or line names for all its amounts.
    fn currency_of<'n, F: Fields + ?Sized>(&self, raw: &Raw<'_>, fields: &'n F) -> Result<Option<&'n str>, Fault> {
        let found = currency::position(fields, self.program.settings.currency);
        let found = found.map_err(|Doubt { at: position, reason }| {
            at(raw, fields, position, format!("{reason}: say in `currency` which one the amounts are in"))
        })?;
        let Some(position) = found else { return Ok(None) };
        match fields.view(position) {
            View::Text(code) | View::Cell(code) => Ok(Some(code.trim())),
            node => {
                let name = fields.key(position).unwrap_or_default();
                Err(at(raw, fields, position, format!("`{name}` is a code such as `EUR`, not {node}")))
            }
        }
    }
}

/// Whether amounts of money are among fields, or in lines of lists among them.
pub(super) fn has_money(fields: &Arena<FieldId, FieldDef>) -> bool {
    fields.iter().any(|def| match &def.ty {
        FieldType::Money => true,
        FieldType::List(lines) => has_money(lines),
        _ => false,
    })
}

/// A fault about a key that every record needs, with what may have been meant.
fn missing_key<F: Fields + ?Sized>(raw: &Raw<'_>, fields: &F, key: &str, what: &str) -> Fault {
    if let Some(position) = fields.find(key, 0) {
        return at(raw, fields, position, format!("`{key}` is empty: {what}"));
    }
    let keys = fields.keys();
    let is_list = match fields.view(0) {
        View::Json(text) => text.starts_with('['),
        view => matches!(view, View::List(_)),
    };
    if let ([only], true) = (keys.as_slice(), is_list) {
        return Fault::from(format!(
            "the record has no `{key}`, only a list `{only}`: give the list alone, without a name"
        ));
    }
    let like = nearest(key, keys).map(|name| format!("; it has `{name}`")).unwrap_or_default();
    Fault::from(format!("the record has no `{key}`: {what}{like}"))
}

impl Room {
    /// A text; the same one for all records where it is a word that comes often.
    fn text(&mut self, node: View<'_>) -> Result<Arc<str>, String> {
        let (View::Text(written) | View::Cell(written)) = node else { return text(node) };
        if let Some(known) = self.texts.get(written) {
            return Ok(Arc::clone(known));
        }
        let new = text(node)?;
        if self.texts.len() < MOST_TEXTS {
            self.texts.insert(Arc::clone(&new));
        }
        Ok(new)
    }
}

/// The reject that a fault in a record makes.
pub(crate) fn reject(raw: &Raw<'_>, fault: Fault) -> Reject {
    let place = fault.place.unwrap_or_else(|| raw.place.clone());
    Reject::new(place, fault.reason, &shown(raw))
}

/// A record as people see it.
pub(crate) fn shown(raw: &Raw<'_>) -> String {
    if !raw.text.is_empty() {
        return raw.text.to_owned();
    }
    let plain = |node: &Node<'_>| match node {
        Node::Number(text) | Node::Text(text) | Node::Cell(text) => text.to_string(),
        other => other.to_string(),
    };
    raw.fields.iter().map(|(key, node)| format!("{key}: {}", plain(node))).collect::<Vec<_>>().join(", ")
}

fn at<F: Fields + ?Sized>(raw: &Raw<'_>, fields: &F, position: usize, reason: String) -> Fault {
    Fault { reason, place: place_of(raw, fields, position) }
}

fn place_of<F: Fields + ?Sized>(raw: &Raw<'_>, fields: &F, position: usize) -> Option<Place> {
    Some(raw.place_of(fields.key(position)?, fields.view(position)))
}

fn listed(words: &[Arc<str>]) -> String {
    const SHOWN: usize = 8;
    let mut all: Vec<String> = words.iter().take(SHOWN).map(|word| format!("`{word}`")).collect();
    if words.len() > SHOWN {
        all.push("…".to_owned());
    }
    all.join(", ")
}

/// The position of a field among those of an event or line.
pub(crate) fn position(defs: &Arena<FieldId, FieldDef>, name: &str) -> Option<usize> {
    defs.find(|def| *def.name == *name).map(|id| id.index())
}
