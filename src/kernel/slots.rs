//! Which fields a program reads, and where a row keeps them.

use crate::arena::{Arena, Id as _};
use crate::hir::{EventDef, EventId, FieldDef, FieldId, FieldType, Program};
use crate::value::{Exact, Value};

use super::code::MISSING;
use super::texts::{Text, Words};

/// Decimal places with which slots hold numbers of fields.
pub const PLACES: u8 = 6;

/// The parts of one that these make.
pub const PARTS: i64 = 10_i64.pow(PLACES as u32);

/// How a slot holds a field.
#[derive(Debug, Clone)]
pub enum Form {
    /// An exact number in [`PARTS`].
    Parts,
    /// A whole number; money in minor units.
    Whole,
    /// The number of a text.
    Word,
    /// A day, a moment, a truth, or the position of a word.
    Plain,
    /// Lines: their first cell and their number in one.
    Lines(Shape),
}

/// Where fields of one type of event, or of its lines, are kept.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// By field: how and where; none where nobody reads it.
    pub fields: Vec<Option<(Form, usize)>>,
    /// Fields whose texts are compared with each other, and two slots of the fingerprint of each.
    pub prints: Vec<(FieldId, usize)>,
    /// Money that may come back in the currency in which it was paid, and a slot of what it was in that: see [`abroad`].
    pub abroad: Vec<(FieldId, usize)>,
    /// Whether events of this type take others back.
    pub takes_back: bool,
    /// How many slots there are.
    pub size: usize,
}

impl Shape {
    fn new(fields: usize) -> Self {
        Self { fields: vec![None; fields], ..Self::default() }
    }

    /// The slot of a field, made where it has none.
    fn slot(&mut self, field: FieldId, form: Form) -> usize {
        let Some(slot) = self.fields.get_mut(field.index()) else { return 0 };
        if let Some((_, at)) = slot {
            return *at;
        }
        let at = self.size;
        self.size += 1;
        *slot = Some((form, at));
        at
    }

    /// Two slots of the fingerprint of a field, made where it has none.
    fn print(&mut self, field: FieldId) -> usize {
        self.printed(field).unwrap_or_else(|| {
            self.prints.push((field, self.size));
            self.size += 2;
            self.size - 2
        })
    }

    /// The slot of what a field was in a currency that is not the program's, made where it has none.
    fn abroad(&mut self, field: FieldId) -> usize {
        self.paid(field).unwrap_or_else(|| {
            self.abroad.push((field, self.size));
            self.size += 1;
            self.size - 1
        })
    }

    /// The slot of what a field was in a currency that is not the program's, where anybody asks for it.
    pub fn paid(&self, field: FieldId) -> Option<usize> {
        self.abroad.iter().find(|(known, _)| *known == field).map(|(_, at)| *at)
    }

    /// Two slots of the fingerprint of a field, where anybody asks for it.
    pub fn printed(&self, field: FieldId) -> Option<usize> {
        self.prints.iter().find(|(known, _)| *known == field).map(|(_, at)| *at)
    }
}

/// The shapes of all types of events.
#[derive(Debug, Clone)]
pub struct Shapes {
    /// By type.
    pub events: Arena<EventId, Shape>,
    /// Texts of the program.
    pub words: Words,
}

fn form(ty: &FieldType) -> Option<Form> {
    Some(match ty {
        FieldType::Number => Form::Parts,
        FieldType::Money | FieldType::Count => Form::Whole,
        FieldType::Text | FieldType::Id => Form::Word,
        FieldType::Flag | FieldType::Date | FieldType::Moment | FieldType::OneOf(_) => Form::Plain,
        FieldType::Duration | FieldType::Member | FieldType::List(_) => return None,
    })
}

impl Shapes {
    /// Nothing is read yet.
    pub fn new(program: &Program) -> Self {
        let shape = |event: &EventDef| Shape { takes_back: event.reversal.is_some(), ..Shape::new(event.fields.len()) };
        let events = program.events.iter().map(shape).collect();
        Self { events, words: Words::default() }
    }

    /// The slot of a field, and its scale; `None` where fields of its type have no form.
    pub fn slot(&mut self, event: EventId, field: FieldId, def: &FieldDef) -> Option<(usize, i64)> {
        let form = form(&def.ty)?;
        let scale = if matches!(form, Form::Parts) { PARTS } else { 1 };
        Some((self.events.at_mut(event).slot(field, form), scale))
    }

    /// The two slots of a text's fingerprint.
    pub fn print(&mut self, event: EventId, field: FieldId) -> usize {
        self.events.at_mut(event).print(field)
    }

    /// The slot of what a field was in a currency that is not the program's.
    pub fn abroad(&mut self, event: EventId, field: FieldId) -> usize {
        self.events.at_mut(event).abroad(field)
    }

    /// The slot of a list. Its lines keep every field that has a form, each in the cell of its position.
    pub fn list(&mut self, event: EventId, field: FieldId, defs: &Arena<FieldId, FieldDef>) -> usize {
        let fields = defs.pairs().map(|(id, def)| form(&def.ty).map(|form| (form, id.index()))).collect();
        self.events.at_mut(event).slot(field, Form::Lines(Shape { fields, size: defs.len(), ..Shape::default() }))
    }
}

/// The cell of a field of a line, and its scale; `None` where fields of its type have no form.
pub fn in_line(field: FieldId, def: &FieldDef) -> Option<(usize, i64)> {
    let scale = if matches!(form(&def.ty)?, Form::Parts) { PARTS } else { 1 };
    Some((field.index(), scale))
}

/// Minor units of a currency that a program accepts, by its place among those, in one slot; `None` where they do not fit.
pub fn abroad(accepted: usize, minor: i64) -> Option<i64> {
    let accepted = i64::try_from(accepted + 1).ok().filter(|accepted| *accepted < 256)?;
    minor.checked_mul(256)?.checked_add(accepted)
}

/// What [`abroad`] has put together; none where an amount was in the program's own currency.
pub fn abroad_of(slot: i64) -> Option<(usize, i64)> {
    let accepted = usize::try_from(slot & 0xff).ok()?.checked_sub(1)?;
    Some((accepted, slot >> 8))
}

/// The first cell of lines and their number, in one slot.
pub fn lines(first: usize, count: usize) -> i64 {
    i64::try_from(first << 24 | count).unwrap_or(MISSING)
}

/// What [`lines`] has put together.
pub fn lines_of(slot: i64) -> (usize, usize) {
    let slot = usize::try_from(slot).unwrap_or(0);
    (slot >> 24, slot & 0xff_ffff)
}

/// A value as a slot holds it; `None` where it does not fit.
pub fn held(value: &Value, form: &Form, words: &mut Words) -> Option<i64> {
    Some(match (value, form) {
        (Value::Missing, _) => MISSING,
        (Value::Exact(number), Form::Parts) => number.mul(Exact::from(PARTS)).ok()?.to_i64()?,
        (Value::Exact(number), _) => number.to_i64()?,
        (Value::Text(text), _) => words.number(Text::new(text.as_bytes())),
        (Value::Bool(yes), _) => i64::from(*yes),
        (Value::Day(day), _) => i64::from(day.epoch_days()),
        (Value::Moment(at), _) => at.millis(),
        (Value::Time(time), _) => i64::from(time.millis()),
        (Value::Ordinal(position), _) => i64::from(*position),
        (Value::Span(_) | Value::List(_), _) => return None,
    })
}
