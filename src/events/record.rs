//! Events as records: what the reader of JSON Lines reads back as the same event.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::arena::Arena;
use crate::engine::Event;
use crate::hir::{FieldDef, FieldId, FieldType, Program};
use crate::value::{Exact, Value, format_instant, format_minor};

/// An event, to be written as an object. Missing values are left out.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The program that declares its type.
    pub program: &'a Program,
    /// The event.
    pub event: &'a Event,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (program, event) = (self.program, self.event);
        let def = program.events.at(event.kind);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &*event.id)?;
        map.serialize_entry("type", &*def.name)?;
        map.serialize_entry("member", &**event.owner())?;
        map.serialize_entry("time", &format_instant(event.time, &program.settings.zone))?;
        entries(program, &def.fields, &event.fields, &mut map)?;
        map.end()
    }
}

fn entries<M: SerializeMap>(
    program: &Program,
    fields: &Arena<FieldId, FieldDef>,
    values: &[Value],
    map: &mut M,
) -> Result<(), M::Error> {
    for (field, value) in fields.iter().zip(values).filter(|(_, value)| **value != Value::Missing) {
        map.serialize_entry(&*field.name, &Written { program, ty: &field.ty, value })?;
    }
    Ok(())
}

/// The value of one field.
struct Written<'a> {
    program: &'a Program,
    ty: &'a FieldType,
    value: &'a Value,
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.ty, self.value) {
            (FieldType::List(fields), Value::List(lines)) => {
                let mut list = serializer.serialize_seq(Some(lines.len()))?;
                for line in lines.iter() {
                    list.serialize_element(&Line { program: self.program, fields, values: line })?;
                }
                list.end()
            }
            (_, Value::Bool(flag)) => serializer.serialize_bool(*flag),
            (FieldType::Count, Value::Exact(count)) if count.to_i64().is_some() => {
                serializer.serialize_i64(count.to_i64().unwrap_or(0))
            }
            (FieldType::Money, Value::Exact(minor)) => serializer.serialize_str(&self.money(*minor)),
            (FieldType::OneOf(words), Value::Ordinal(place)) => {
                let word = self.program.enums.at(*words).words.get(*place as usize);
                serializer.serialize_str(word.map_or("", |word| word))
            }
            (_, Value::Exact(number)) => serializer.serialize_str(&number.to_string()),
            (_, Value::Text(text)) => serializer.serialize_str(text),
            (_, Value::Day(day)) => serializer.collect_str(day),
            (_, Value::Moment(at)) => serializer.serialize_str(&format_instant(*at, &self.program.settings.zone)),
            (_, Value::Time(time)) => serializer.collect_str(time),
            (_, Value::Span(span)) => serializer.collect_str(span),
            (_, Value::Missing | Value::Ordinal(_) | Value::List(_)) => serializer.serialize_none(),
        }
    }
}

impl Written<'_> {
    fn money(&self, minor: Exact) -> String {
        let exponent = self.program.settings.currency.exponent();
        minor.to_i64().map_or_else(|| minor.to_string(), |minor| format_minor(minor, exponent))
    }
}

/// One line of a list.
struct Line<'a> {
    program: &'a Program,
    fields: &'a Arena<FieldId, FieldDef>,
    values: &'a [Value],
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entries(self.program, self.fields, self.values, &mut map)?;
        map.end()
    }
}
