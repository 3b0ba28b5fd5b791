//! What a report is made of: figures and tables, each with its definition.

use std::sync::Arc;

use crate::hir::Label;
use crate::value::Day;

use super::definition::Definition;
use super::value::{Answer, Named, Quantity};

/// One number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it means.
    pub definition: Definition,
    /// The unit or ladder that it is about, by name and as people call it.
    pub of: Option<Named>,
    /// What it comes to.
    pub value: Answer,
    /// What it came to in the earlier period, where that can be compared.
    pub earlier: Option<Answer>,
    /// What it is made of, in plain words.
    pub note: Option<String>,
}

impl Figure {
    /// A number by itself.
    pub fn new(definition: Definition, value: Answer) -> Self {
        Self { definition, of: None, value, earlier: None, note: None }
    }

    /// With what it came to in the earlier period.
    #[must_use]
    pub fn after(self, earlier: Answer) -> Self {
        Self { earlier: Some(earlier), ..self }
    }

    /// With what it is about.
    #[must_use]
    pub fn of(self, of: &Named) -> Self {
        Self { of: Some(of.clone()), ..self }
    }

    /// With what it is made of.
    #[must_use]
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }
}

/// Numbers in rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it means.
    pub definition: Definition,
    /// The unit or ladder that it is about.
    pub of: Option<Named>,
    /// The heads of its columns.
    pub columns: Vec<Named>,
    /// Its rows; empty where there is nothing to say.
    pub rows: Vec<Vec<Answer>>,
    /// How it is drawn.
    pub chart: Option<Chart>,
    /// Why there is nothing to say.
    pub unknown: Option<String>,
}

/// How a table is drawn. Columns are counted from 0; the first is the label of each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chart {
    /// A column for each row, one part for each of these columns, one on the other.
    Stacked(Vec<usize>),
    /// Columns side by side for each row, and a line of its own height for another column.
    Grouped(Vec<usize>, Option<usize>),
    /// A bar for each row.
    Bars(usize),
}

impl Table {
    /// A table with rows.
    pub fn new(definition: Definition, columns: &[&str], rows: Vec<Vec<Answer>>) -> Self {
        Self::headed(definition, columns.iter().map(|name| head(name)).collect(), rows)
    }

    /// A table with heads that the program names.
    pub fn headed(definition: Definition, columns: Vec<Named>, rows: Vec<Vec<Answer>>) -> Self {
        Self { definition, of: None, columns, rows, chart: None, unknown: None }
    }

    /// A table that cannot be made, with the reason.
    pub fn unknown(definition: Definition, why: impl Into<String>) -> Self {
        Self { unknown: Some(why.into()), ..Self::new(definition, &[], Vec::new()) }
    }

    /// With what it is about.
    #[must_use]
    pub fn of(self, of: &Named) -> Self {
        Self { of: Some(of.clone()), ..self }
    }

    /// With its picture.
    #[must_use]
    pub fn drawn(self, chart: Chart) -> Self {
        Self { chart: Some(chart), ..self }
    }
}

/// The head of a column: people read blanks for `_`.
pub fn head(name: &str) -> Named {
    Named { name: name.into(), label: name.replace('_', " ").into() }
}

/// Something in a table that the program names.
pub fn thing(name: &Arc<str>, label: Option<&Label>) -> Answer {
    Ok(Quantity::Named(Named::new(name, label)))
}

/// A text in a table.
pub fn text(text: impl AsRef<str>) -> Answer {
    Ok(Quantity::text(text.as_ref()))
}

/// Figures and tables about one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Numbers by themselves.
    pub figures: Vec<Figure>,
    /// Numbers in rows.
    pub tables: Vec<Table>,
}

/// A whole report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The name of the program.
    pub program: String,
    /// The currency of all money.
    pub currency: String,
    /// The first and the last day of the records.
    pub history: (Day, Day),
    /// The first and the last day of the period.
    pub period: (Day, Day),
    /// How many months it has.
    pub months: u16,
    /// The first and the last day of the period before.
    pub earlier: (Day, Day),
    /// What parts of the history are: `month`, `quarter` or `year`.
    pub parts: &'static str,
    /// What counts as a purchase, in plain words, or why nothing does.
    pub purchase: Result<String, String>,
    /// What counts as an answer to a survey, or why nothing does.
    pub survey: Result<String, String>,
    /// What all of it rests on.
    pub records: Records,
    /// What there is to say.
    pub sections: Vec<Section>,
}

/// What a report rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Records {
    /// Events that were judged.
    pub events: u64,
    /// Of these: those that asked for what cannot be had.
    pub refused: u64,
    /// Of these: those that could not be judged.
    pub failed: u64,
    /// Records that were no events, or were turned away.
    pub rejected: u64,
    /// Events that had been there before.
    pub duplicates: u64,
    /// Records that the map leaves out.
    pub left_out: u64,
}

impl Report {
    /// All figures.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.sections.iter().flat_map(|section| &section.figures)
    }

    /// All tables.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.sections.iter().flat_map(|section| &section.tables)
    }
}
