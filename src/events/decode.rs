//! From records to typed events, strictly.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::arena::{Arena, Id as _};
use crate::engine::Event;
use crate::hir::{EventDef, EventId, EventKind, FieldDef, FieldId, FieldType, Program};
use crate::value::{Day, Exact, Instant, TimeSpan, Value, parse_instant};

use super::amount::{self, Context};
use super::head::{Head, TIME_KEYS};
use super::node::{Entry, Node, Place, Raw, clip};
use super::quick;
use super::reject::Reject;
use super::{FIRST_YEAR, LAST_YEAR, MAX_ID, MAX_LIST, MAX_TEXT, did_you_mean, nearest};

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
}

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
pub(crate) struct Draft<'d, 'r> {
    pub(crate) kind: EventId,
    pub(crate) id: Arc<str>,
    pub(crate) member: Arc<str>,
    pub(crate) time: Instant,
    pub(crate) sequence: u64,
    pub(crate) fields: &'d [(Cow<'r, str>, Node<'r>)],
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
        self.try_decode(raw, sequence).map_err(|fault| reject(raw, fault))
    }

    fn try_decode(&self, raw: &Raw<'_>, sequence: u64) -> Result<Event, Fault> {
        let head = Head::of(raw);
        let entry = head
            .kinds
            .iter()
            .flatten()
            .next()
            .ok_or_else(|| self.missing_key(raw, "type", "the type of the event, such as `purchase`"))?;
        let node = &entry.1;
        let name =
            word(node).ok_or_else(|| at(raw, entry, format!("`type` is a word such as `purchase`, not {node}")))?;
        let kind = self.kind(name).map_err(|reason| at(raw, entry, reason))?;
        let own = "an identity of its own, so that sending it twice does not count twice";
        let id = self.key(raw, head.id, "id", own)?;
        let member = self.key(raw, head.member, "member", "the member whose event it is")?;
        let mut times = head.times.iter().zip(kind.time_keys).filter_map(|(entry, usable)| entry.filter(|_| usable));
        let entry = times
            .next()
            .ok_or_else(|| self.missing_key(raw, "time", "when it happened, such as `2026-02-01T10:00:00Z`"))?;
        let time = moment(&entry.1).map_err(|reason| at(raw, entry, format!("`{}`: {reason}", entry.0)))?;
        let sequence = match head.sequence {
            Some(entry) => whole(&entry.1)
                .ok()
                .and_then(|number| u64::try_from(number).ok())
                .ok_or_else(|| at(raw, entry, format!("`sequence` is a whole number from 0, not {}", entry.1)))?,
            None => sequence,
        };
        self.finish(raw, &Draft { kind: kind.id, id, member, time, sequence, fields: &raw.fields })
    }

    /// The identifier that a record has under a key.
    fn key(&self, raw: &Raw<'_>, entry: Option<&Entry<'_>>, key: &str, what: &str) -> Result<Arc<str>, Fault> {
        match entry {
            Some(entry) => identifier(&entry.1).map_err(|reason| at(raw, entry, format!("`{key}`: {reason}"))),
            None => Err(self.missing_key(raw, key, what)),
        }
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
    pub(crate) fn finish(&self, raw: &Raw<'_>, draft: &Draft<'_, '_>) -> Result<Event, Fault> {
        let event = self.program.events.get(draft.kind).ok_or_else(|| "the program has no such event".to_owned())?;
        let currency = currency_of(raw, draft.fields)?;
        let context = Context { id: &draft.id, time: draft.time, currency };
        let room = &mut *self.room.borrow_mut();
        room.values.clear();
        room.lines.clear();
        self.values(room, raw, &event.fields, draft.fields, context, &|| format!("the event `{}`", event.name))?;
        Ok(Event {
            id: Arc::clone(&draft.id),
            member: Arc::clone(&draft.member),
            kind: draft.kind,
            time: draft.time,
            sequence: draft.sequence,
            sent_by: None,
            fields: room.values.drain(..).collect(),
        })
    }

    /// Adds a value for every field, in order.
    fn values(
        &self,
        room: &mut Room,
        raw: &Raw<'_>,
        defs: &Arena<FieldId, FieldDef>,
        given: &[(Cow<'_, str>, Node<'_>)],
        context: Context<'_>,
        whose: &dyn Fn() -> String,
    ) -> Result<(), Fault> {
        // Records mostly have their keys in the order in which the program declares them.
        let mut next = 0;
        for def in defs.iter() {
            let is_meant = |(key, _): &Entry<'_>| *key == *def.name;
            if !given.get(next).is_some_and(is_meant) {
                next = given.iter().position(is_meant).unwrap_or(given.len());
            }
            let entry = given.get(next).filter(|(_, node)| !node.is_nothing());
            next += 1;
            let value = match (entry, &def.default) {
                (Some(entry), _) => self.value(room, raw, &entry.1, def, context).map_err(|fault| Fault {
                    reason: format!("`{}`: {}", def.name, fault.reason),
                    place: fault.place.or_else(|| Some(raw.place_of(entry))),
                })?,
                (None, Some(default)) => default.clone(),
                (None, None) if def.optional => Value::Missing,
                (None, None) => {
                    let unknown = given
                        .iter()
                        .map(|(key, _)| key.as_ref())
                        .filter(|key| defs.find(|other| *other.name == **key).is_none());
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

    fn value(
        &self,
        room: &mut Room,
        raw: &Raw<'_>,
        node: &Node<'_>,
        def: &FieldDef,
        context: Context<'_>,
    ) -> Result<Value, Fault> {
        Ok(match &def.ty {
            FieldType::Money => Value::Exact(amount::money(self.program, node, context)?),
            FieldType::Number => Value::Exact(number(node)?),
            FieldType::Count => Value::Exact(Exact::from(whole(node)?)),
            FieldType::Text => Value::Text(room.text(node)?),
            FieldType::Id => match node {
                // The event's own identity is often one of its fields.
                Node::Text(text) | Node::Cell(text) if **text == **context.id => Value::Text(context.id.clone()),
                node => Value::Text(identifier(node)?),
            },
            FieldType::Member => Value::Text(identifier(node)?),
            FieldType::Flag => Value::Bool(flag(node)?),
            FieldType::Date => Value::Day(day(node)?),
            FieldType::Moment => Value::Moment(moment(node)?),
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
            FieldType::List(defs) => self.list(room, raw, node, (def, defs), context)?,
        })
    }

    /// The lines of a list.
    fn list(
        &self,
        room: &mut Room,
        raw: &Raw<'_>,
        node: &Node<'_>,
        (def, defs): (&FieldDef, &Arena<FieldId, FieldDef>),
        context: Context<'_>,
    ) -> Result<Value, Fault> {
        // A cell of a table may hold a list written as JSON.
        let written = match node {
            Node::Json(text) => Some(*text),
            Node::Cell(text) => Some(text.trim()).filter(|text| text.starts_with('[')),
            _ => None,
        };
        let (values, lines) = (room.values.len(), room.lines.len());
        if let Some(text) = written {
            // What is wrong with a line is found out below.
            let quickly = quick::objects(text, |entries| {
                let nth = room.lines.len() - lines + 1;
                self.line(room, raw, (nth, entries), (def, defs), context).ok().filter(|()| nth <= MAX_LIST)
            });
            if quickly.is_some() {
                return Ok(Value::List(room.lines.drain(lines..).collect()));
            }
            room.values.truncate(values);
            room.lines.truncate(lines);
        }
        let items = match (written, node) {
            (Some(text), Node::Cell(_)) => Cow::Owned(super::json::list(text)?),
            _ => node.items()?,
        };
        for (item, nth) in items.iter().zip(1..) {
            let entries = item.entries().map_err(|reason| format!("line {nth}: {reason}"))?;
            self.line(room, raw, (nth, &entries), (def, defs), context)?;
        }
        Ok(Value::List(room.lines.drain(lines..).collect()))
    }

    /// Adds a line of a list.
    fn line(
        &self,
        room: &mut Room,
        raw: &Raw<'_>,
        (nth, entries): (usize, &[Entry<'_>]),
        (def, defs): (&FieldDef, &Arena<FieldId, FieldDef>),
        context: Context<'_>,
    ) -> Result<(), Fault> {
        let start = room.values.len();
        let of_line = |fault: Fault| Fault { reason: format!("line {nth}: {}", fault.reason), place: fault.place };
        let currency = currency_of(raw, entries).map_err(|fault| Fault { place: None, ..of_line(fault) })?;
        let context = Context { currency: currency.or(context.currency), ..context };
        self.values(room, raw, defs, entries, context, &|| format!("a line of `{}`", def.name)).map_err(of_line)?;
        room.lines.push(room.values.drain(start..).collect());
        Ok(())
    }

    /// A fault about a key that every record needs, with what may have been meant.
    fn missing_key(&self, raw: &Raw<'_>, key: &str, what: &str) -> Fault {
        if let Some(entry) = raw.entry(key) {
            return at(raw, entry, format!("`{key}` is empty: {what}"));
        }
        let like = nearest(key, raw.fields.iter().map(|(name, _)| name.as_ref()))
            .map(|name| format!("; it has `{name}`"))
            .unwrap_or_default();
        Fault::from(format!("the record has no `{key}`: {what}{like}"))
    }
}

impl Room {
    /// A text; the same one for all records where it is a word that comes often.
    fn text(&mut self, node: &Node<'_>) -> Result<Arc<str>, String> {
        let (Node::Text(written) | Node::Cell(written)) = node else { return text(node) };
        if let Some(known) = self.texts.get(&**written) {
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

fn at(raw: &Raw<'_>, entry: &Entry<'_>, reason: String) -> Fault {
    Fault { reason, place: Some(raw.place_of(entry)) }
}

/// The currency that a record or line names for all its amounts.
fn currency_of<'n>(raw: &Raw<'_>, fields: &'n [Entry<'_>]) -> Result<Option<&'n str>, Fault> {
    match fields.iter().find(|(key, _)| key == "currency") {
        None => Ok(None),
        Some((_, node)) if node.is_nothing() => Ok(None),
        Some((_, Node::Text(code) | Node::Cell(code))) => Ok(Some(code.trim())),
        Some(entry) => Err(at(raw, entry, format!("`currency` is a code such as `EUR`, not {}", entry.1))),
    }
}

fn listed(words: &[Arc<str>]) -> String {
    const SHOWN: usize = 8;
    let mut all: Vec<String> = words.iter().take(SHOWN).map(|word| format!("`{word}`")).collect();
    if words.len() > SHOWN {
        all.push("…".to_owned());
    }
    all.join(", ")
}

fn word<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match node {
        Node::Text(text) => Some(text),
        Node::Cell(text) => Some(text.trim()),
        _ => None,
    }
}

/// The text of an identifier; whole numbers are taken as their digits.
pub(crate) fn identifier(node: &Node<'_>) -> Result<Arc<str>, String> {
    let text = match node {
        Node::Text(text) => text.as_ref(),
        Node::Cell(text) => text.trim(),
        Node::Number(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.as_ref(),
        Node::Number(digits) => {
            return Err(format!("`{}` is no identifier: put it in quotes if it is meant as text", clip(digits, 60)));
        }
        other => return Err(format!("an identifier is needed, not {other}")),
    };
    let shortened = matches!(node, Node::Cell(_)) && is_shortened(text);
    if !text.is_empty() && text.len() <= MAX_ID && !shortened && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(Arc::from(text));
    }
    if text.trim().is_empty() {
        return Err("an identifier is needed, not empty text".to_owned());
    }
    if text.len() > MAX_ID {
        return Err(format!("an identifier of {} bytes is too long: at most {MAX_ID} are read", text.len()));
    }
    if shortened {
        return Err(format!(
            "`{text}` is a number that a spreadsheet has shortened, and digits are lost: make the column text and export again"
        ));
    }
    if text.chars().any(char::is_control) {
        return Err("an identifier has no line breaks or control characters".to_owned());
    }
    Ok(Arc::from(text))
}

/// Whether a text looks like `1.23457E+12`, as spreadsheets show long numbers.
fn is_shortened(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('+').and_then(|(number, power)| Some((number.strip_suffix('E')?, power))).is_some_and(
        |(number, power)| {
            digits(power)
                && number.split_once(['.', ',']).map_or(digits(number), |(whole, part)| digits(whole) && digits(part))
        },
    )
}

fn text(node: &Node<'_>) -> Result<Arc<str>, String> {
    let text = match node {
        Node::Text(text) | Node::Cell(text) => text,
        Node::Exact(number) => return Ok(Arc::from(number.to_string())),
        other => return Err(format!("text is needed, not {other}: put it in quotes")),
    };
    if text.len() > MAX_TEXT {
        return Err(format!("a text of {} bytes is too long: at most {MAX_TEXT} are read", text.len()));
    }
    Ok(Arc::from(text.as_ref()))
}

/// What keeps a text from being a number that most people would read, if anything does.
pub(crate) fn unusual(text: &str) -> Option<&'static str> {
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    if text.chars().any(|c| c.is_numeric() && !c.is_ascii_digit()) {
        Some("has digits other than 0 to 9")
    } else if text.contains(['\u{2010}', '\u{2011}', '\u{2012}', '–', '—', '−', '－']) {
        Some("has a dash where a minus `-` is needed")
    } else if digits && text.contains(',') {
        Some(
            "has a comma: write numbers with a point and without separators, such as `1234.50`, or say `decimal` in a map",
        )
    } else if digits && text.starts_with('(') && text.ends_with(')') {
        Some("stands in brackets: write a minus before it")
    } else if digits && text.contains('_') {
        Some("has a `_`: write numbers without separators")
    } else if digits
        && text.trim().chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '.' | '-' | '\''))
        && text.contains(|c: char| c.is_whitespace() || c == '\'')
    {
        Some("has separators: write numbers without them, such as `1234.50`, or say `decimal` in a map")
    } else if digits && text.ends_with('-') {
        Some("has its minus behind: write it before the number")
    } else {
        None
    }
}

/// An exact number; text is taken where it is written as digits, which is how exact amounts often travel.
pub(crate) fn number(node: &Node<'_>) -> Result<Exact, String> {
    match node {
        Node::Exact(number) => Ok(*number),
        Node::Number(text) | Node::Text(text) | Node::Cell(text) => {
            let digits = text.trim();
            let parsed = if digits.contains('_') { None } else { Exact::parse_decimal(digits) };
            parsed.ok_or_else(|| match unusual(digits) {
                Some(what) => format!("`{}` {what}", clip(digits, 60)),
                None if digits.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                    && digits.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b))
                    && digits.ends_with(|c: char| c.is_ascii_digit())
                    && !digits.starts_with("--") =>
                {
                    format!("`{}` is too large or too long for a number", clip(digits, 60))
                }
                None => format!("a number is needed, not {node}"),
            })
        }
        other => Err(format!("a number is needed, not {other}")),
    }
}

fn whole(node: &Node<'_>) -> Result<i64, String> {
    if let Node::Text(_) = node {
        return Err(format!("a whole number is needed, not {node}: write it without quotes"));
    }
    let number = number(node).map_err(|_| format!("a whole number is needed, not {node}"))?;
    number.to_i64().ok_or_else(|| match number.is_integer() {
        true => format!("`{number}` is too large for a whole number"),
        false => format!("a whole number is needed, not `{number}`"),
    })
}

fn flag(node: &Node<'_>) -> Result<bool, String> {
    match node {
        Node::Bool(flag) => Ok(*flag),
        Node::Text(text) | Node::Cell(text) => match (text.trim(), node) {
            ("yes" | "true", _) => Ok(true),
            ("no" | "false", _) => Ok(false),
            ("Yes" | "YES" | "True" | "TRUE" | "Y" | "y" | "1", Node::Cell(_)) => Ok(true),
            ("No" | "NO" | "False" | "FALSE" | "N" | "n" | "0", Node::Cell(_)) => Ok(false),
            _ => Err(format!("yes or no is needed, not {node}")),
        },
        other => Err(format!("yes or no is needed, not {other}")),
    }
}

fn day(node: &Node<'_>) -> Result<Day, String> {
    let text = word(node).ok_or_else(|| format!("a date such as `2026-02-01` is needed, not {node}"))?;
    let day = Day::parse(text).ok_or_else(|| format!("`{}` is not a date such as `2026-02-01`", clip(text, 60)))?;
    plausible(day)?;
    Ok(day)
}

fn plausible(day: Day) -> Result<(), String> {
    if (FIRST_YEAR..=LAST_YEAR).contains(&day.year()) {
        return Ok(());
    }
    Err(format!("the year {} cannot be right: years from {FIRST_YEAR} to {LAST_YEAR} are read", day.year()))
}

fn moment(node: &Node<'_>) -> Result<Instant, String> {
    let text = match node {
        Node::Text(text) => text.as_ref(),
        Node::Cell(text) => text.trim(),
        Node::Number(digits) => {
            return Err(format!(
                "the number `{}` is not a time: write it like `2026-02-01T10:00:00Z`, or say in a map what it counts",
                clip(digits, 40)
            ));
        }
        other => return Err(format!("a time such as `2026-02-01T10:00:00Z` is needed, not {other}")),
    };
    let instant = parse_instant(text, None).map_err(|error| error.to_string())?;
    plausible_instant(instant)?;
    Ok(instant)
}

/// A reason where an instant is out of all proportion.
pub(crate) fn plausible_instant(instant: Instant) -> Result<(), String> {
    const DAY: i64 = 86_400_000;
    const FIRST: i64 = Day::first_of(FIRST_YEAR).epoch_days() as i64 * DAY;
    const END: i64 = Day::first_of(LAST_YEAR + 1).epoch_days() as i64 * DAY;
    if (FIRST..END).contains(&instant.millis()) {
        return Ok(());
    }
    // The year of a message is that of UTC.
    let days = i32::try_from(instant.millis().div_euclid(DAY)).ok().and_then(Day::from_epoch_days);
    days.map_or_else(|| Err("the time is outside the calendar".to_owned()), plausible)
}

fn span(node: &Node<'_>) -> Result<TimeSpan, String> {
    let needed = || format!("a duration such as `5 days` is needed, not {node}");
    let text = word(node).ok_or_else(needed)?;
    let (count, unit) = text.split_once(' ').ok_or_else(needed)?;
    count.parse().ok().and_then(|count| TimeSpan::from_words(count, unit.trim())).ok_or_else(needed)
}

/// The position of a field among those of an event or line.
pub(crate) fn position(defs: &Arena<FieldId, FieldDef>, name: &str) -> Option<usize> {
    defs.find(|def| *def.name == *name).map(|id| id.index())
}
