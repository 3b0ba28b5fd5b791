//! Which fields a program reads, and where a row keeps them.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::arena::{Arena, Id as _};
use crate::hir::{EventId, FieldDef, FieldId, FieldType, Program};
use crate::value::{Exact, Value};

use super::code::MISSING;

/// Decimal places with which slots hold numbers of fields.
pub const PLACES: u8 = 6;

/// The parts of one that these make.
pub const PARTS: i64 = 10_i64.pow(PLACES as u32);

/// A text that is compared at once where it is short.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Packed {
    /// Up to 15 bytes, and how many they are.
    Short(u128),
    /// More of them.
    Long(Arc<[u8]>),
}

impl Packed {
    /// A text, packed.
    #[inline]
    pub fn new(text: &[u8]) -> Self {
        short(text).map_or_else(|| Self::Long(text.into()), Self::Short)
    }
}

/// Up to 15 bytes, the first lowest, and how many they are in the highest byte.
#[inline(always)]
fn short(text: &[u8]) -> Option<u128> {
    let length = u8::try_from(text.len()).ok().filter(|length| *length <= 15)?;
    // Both halves of what is longer than a half overlap.
    let bytes = match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => {
            let last = u128::from(u64::from_le_bytes(*last));
            u128::from(u64::from_le_bytes(*first)) | last << (8 * (length - 8))
        }
        _ => match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => {
                let last = u128::from(u32::from_le_bytes(*last));
                u128::from(u32::from_le_bytes(*first)) | last << (8 * (length - 4))
            }
            _ => {
                let at = |place: usize| text.get(place).copied().unwrap_or(0);
                u128::from(u32::from_le_bytes([at(0), at(1), at(2), 0]))
            }
        },
    };
    Some(bytes | u128::from(length) << 120)
}

/// How many texts are found without a search: one for each byte that [`mix`] makes.
const RECENT: usize = 256;

/// A byte in which short texts mostly differ.
#[inline(always)]
fn mix(short: u128) -> u8 {
    let [low, high] =
        [short, short >> 64].map(|half| half.to_le_bytes().first_chunk().copied().map(u64::from_le_bytes));
    let [mixed, ..] = (low.unwrap_or(0) ^ high.unwrap_or(0)).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    mixed
}

/// Texts by number.
#[derive(Debug, Clone)]
pub struct Words {
    numbers: FxHashMap<Packed, i64>,
    /// Short ones that came of late, each where its bytes say.
    recent: [(u128, i64); RECENT],
}

impl Default for Words {
    fn default() -> Self {
        // No text that is short has this many bytes.
        Self { numbers: FxHashMap::default(), recent: [(u128::MAX, MISSING); RECENT] }
    }
}

impl Words {
    /// The number of a text; a new one where it was never seen.
    pub fn number(&mut self, text: &[u8]) -> i64 {
        let Some(short) = short(text) else { return self.find(Packed::Long(text.into())) };
        let place = usize::from(mix(short));
        match self.recent.get(place) {
            Some((known, number)) if *known == short => *number,
            _ => {
                let number = self.find(Packed::Short(short));
                self.recent.iter_mut().skip(place).take(1).for_each(|recent| *recent = (short, number));
                number
            }
        }
    }

    fn find(&mut self, text: Packed) -> i64 {
        let next = i64::try_from(self.numbers.len()).unwrap_or(i64::MAX);
        *self.numbers.entry(text).or_insert(next)
    }
}

/// How a slot holds a field.
#[derive(Debug, Clone)]
pub enum Form {
    /// An exact number in [`PARTS`].
    Parts,
    /// A whole number; money in minor units.
    Whole,
    /// The number of a text.
    Word,
    /// Two slots of a text's fingerprint: texts that are only ever compared with each other.
    Print,
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
    /// How many slots there are.
    pub size: usize,
}

impl Shape {
    fn new(fields: usize) -> Self {
        Self { fields: vec![None; fields], size: 0 }
    }

    /// The slot of a field, made where it has none.
    fn slot(&mut self, field: FieldId, form: Form) -> usize {
        let size = if matches!(form, Form::Print) { 2 } else { 1 };
        let Some(slot) = self.fields.get_mut(field.index()) else { return 0 };
        if let Some((_, at)) = slot {
            return *at;
        }
        let at = self.size;
        self.size += size;
        *slot = Some((form, at));
        at
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
        let events = program.events.iter().map(|event| Shape::new(event.fields.len())).collect();
        Self { events, words: Words::default() }
    }

    /// The slot of a field, and its scale; `None` where fields of its type have no form.
    pub fn slot(&mut self, event: EventId, field: FieldId, def: &FieldDef) -> Option<(usize, i64)> {
        let form = form(&def.ty)?;
        let scale = if matches!(form, Form::Parts) { PARTS } else { 1 };
        Some((self.events.at_mut(event).slot(field, form), scale))
    }

    /// The two slots of a text's fingerprint; `None` where it is read in another way too.
    pub fn print(&mut self, event: EventId, field: FieldId) -> Option<usize> {
        let shape = self.events.at_mut(event);
        let at = shape.slot(field, Form::Print);
        matches!(shape.fields.get(field.index()), Some(Some((Form::Print, _)))).then_some(at)
    }

    /// The slot of a list. Its lines keep every field that has a form, each in the cell of its position.
    pub fn list(&mut self, event: EventId, field: FieldId, defs: &Arena<FieldId, FieldDef>) -> usize {
        let fields = defs.pairs().map(|(id, def)| form(&def.ty).map(|form| (form, id.index()))).collect();
        self.events.at_mut(event).slot(field, Form::Lines(Shape { fields, size: defs.len() }))
    }
}

/// The cell of a field of a line, and its scale; `None` where fields of its type have no form.
pub fn in_line(field: FieldId, def: &FieldDef) -> Option<(usize, i64)> {
    let scale = if matches!(form(&def.ty)?, Form::Parts) { PARTS } else { 1 };
    Some((field.index(), scale))
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

/// Numbers that tell texts apart: hashes with secrets that are new for every process.
#[derive(Debug, Clone, Default)]
pub struct Printer(foldhash::quality::RandomState, foldhash::quality::RandomState);

impl Printer {
    /// The fingerprint of a text, of 128 bits; neither half is [`MISSING`].
    pub fn print(&self, text: &[u8]) -> [i64; 2] {
        let side = |state: &foldhash::quality::RandomState| state.hash_one(text).cast_signed().max(MISSING + 1);
        [side(&self.0), side(&self.1)]
    }

    /// One half of a fingerprint, for what is looked at again where two are the same.
    pub fn hash(&self, text: &[u8]) -> u64 {
        self.0.hash_one(text)
    }
}

/// A value as a slot holds it; `None` where it does not fit.
pub fn held(value: &Value, form: &Form, words: &mut Words) -> Option<i64> {
    Some(match (value, form) {
        (Value::Missing, _) => MISSING,
        (Value::Exact(number), Form::Parts) => number.mul(Exact::from(PARTS)).ok()?.to_i64()?,
        (Value::Exact(number), _) => number.to_i64()?,
        (Value::Text(text), _) => words.number(text.as_bytes()),
        (Value::Bool(yes), _) => i64::from(*yes),
        (Value::Day(day), _) => i64::from(day.epoch_days()),
        (Value::Moment(at), _) => at.millis(),
        (Value::Time(time), _) => i64::from(time.millis()),
        (Value::Ordinal(position), _) => i64::from(*position),
        (Value::Span(_) | Value::List(_), _) => return None,
    })
}
