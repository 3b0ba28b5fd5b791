//! The schema `meed.report/1`. `docs/report.md` says what each key means.

use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};

use super::figure::{Figure, Records, Report, Table};
use super::value::{Answer, Quantity};

#[derive(Serialize)]
struct Document<'r> {
    schema: &'static str,
    program: &'r str,
    currency: &'r str,
    history: Days,
    period: Days,
    months: u16,
    earlier: Days,
    parts: &'static str,
    purchase: Told<'r>,
    survey: Told<'r>,
    records: Records,
    figures: Vec<FigureLine<'r>>,
    tables: Vec<TableLine<'r>>,
}

#[derive(Serialize)]
struct Days {
    from: String,
    to: String,
}

/// A text, or why there is none.
struct Told<'r>(&'r Result<String, String>);

#[derive(Serialize)]
struct FigureLine<'r> {
    key: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<&'r str>,
    name: &'static str,
    value: Value<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shown: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier: Option<Value<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'r str>,
    definition: &'static str,
}

#[derive(Serialize)]
struct TableLine<'r> {
    key: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<&'r str>,
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'r str>,
    columns: Vec<Column<'r>>,
    rows: Vec<Row<'r>>,
    definition: &'static str,
}

#[derive(Serialize)]
struct Column<'r> {
    name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
}

/// A value: counts as numbers, all else as exact text.
struct Value<'r>(&'r Answer);

struct Row<'r>(&'r [Answer]);

impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Ok(text) => serializer.serialize_str(text),
            Err(why) => unknown(serializer, why),
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Ok(Quantity::Count(count)) => serializer.serialize_i64(*count),
            Ok(quantity) => serializer.serialize_str(&quantity.exact()),
            Err(why) => unknown(serializer, why),
        }
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_seq(Some(self.0.len()))?;
        for cell in self.0 {
            row.serialize_element(&Value(cell))?;
        }
        row.end()
    }
}

fn unknown<S: Serializer>(serializer: S, why: &str) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry("unknown", why)?;
    map.end()
}

impl Report {
    /// As a document of the schema `meed.report/1`.
    pub fn json(&self) -> impl Serialize + '_ {
        let days =
            |(from, to): (crate::value::Day, crate::value::Day)| Days { from: from.to_string(), to: to.to_string() };
        Document {
            schema: "meed.report/1",
            program: &self.program,
            currency: &self.currency,
            history: days(self.history),
            period: days(self.period),
            months: self.months,
            earlier: days(self.earlier),
            parts: self.parts,
            purchase: Told(&self.purchase),
            survey: Told(&self.survey),
            records: self.records,
            figures: self.figures().map(figure).collect(),
            tables: self.tables().map(table).collect(),
        }
    }
}

fn figure(figure: &Figure) -> FigureLine<'_> {
    FigureLine {
        key: figure.definition.key,
        of: figure.of.as_ref().map(|of| &*of.name),
        name: figure.definition.name,
        value: Value(&figure.value),
        unit: figure.value.as_ref().ok().map(Quantity::unit),
        shown: figure.value.as_ref().ok().map(Quantity::shown),
        earlier: figure.earlier.as_ref().map(Value),
        note: figure.note.as_deref(),
        definition: figure.definition.formula,
    }
}

fn table(table: &Table) -> TableLine<'_> {
    let unit = |place: usize| {
        let mut cells = table.rows.iter().filter_map(|row| row.get(place)?.as_ref().ok());
        cells.next().map(Quantity::unit)
    };
    let columns = table.columns.iter().enumerate().map(|(place, head)| Column { name: &head.name, unit: unit(place) });
    TableLine {
        key: table.definition.key,
        of: table.of.as_ref().map(|of| &*of.name),
        name: table.definition.name,
        unknown: table.unknown.as_deref(),
        columns: columns.collect(),
        rows: table.rows.iter().map(|row| Row(row)).collect(),
        definition: table.definition.formula,
    }
}
