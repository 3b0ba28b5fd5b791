//! Maps: which columns or keys of existing data become which event and fields.
//!
//! ```yaml
//! format: csv                       # json lines | json | csv | yaml; default: by name and content
//! separator: ","                    # or `blanks` for columns aligned with blanks
//! columns: [id, date, amount]       # where the first line is no header
//! header: 4                         # the line of the header, where titles stand above it
//! records: data                     # in JSON, the list of the records, where something is around it
//! decimal: comma                    # numbers are written 1.234,50; `point`: 1,234.50
//! zone: Europe/London               # of times that name none
//! skip:
//!   - when: {column: Customer ID, is: empty}
//!     because: no customer
//! events:                           # the first whose `when` holds
//!   - event: refund
//!     when: {column: Invoice, starts with: C}
//!     id: "{Invoice}-{StockCode}-{line}"
//!     member: Customer ID
//!     time: {column: InvoiceDate, format: "%Y-%m-%d %H:%M:%S"}
//!     fields:
//!       sku: StockCode
//!       amount: {multiply: [{negate: Quantity}, Price], round: nearest}
//! ```
//!
//! A value is the name of a column, a text with `{columns}` in it, `{constant: …}`, or `{column: …}` with `words`, `default`, `unit: minor`,
//! `round`, or `format` and the like for dates and times; or arithmetic: `multiply`, `add`, `subtract`, `negate`, `absolute`. `group by` makes
//! one event of several rows: a list field is then given as names and values, one line for each row, and `{sum: …}` adds up over the rows.
//! Fields that are not named are taken from the column or key of the same name.

mod absent;
mod condition;
mod currency;
mod form;
mod group;
mod guess;
mod mapper;
mod plain;
mod read;
mod sample;
mod stamp;
mod time;

use crate::value::Zone;

use super::decode::Decoder;
use super::input::Known;
use super::notation::Notation;

pub use guess::{Guess, guess};
pub(crate) use mapper::{Mapped, Mapper};
pub(crate) use plain::{PlainMap, PlainRule, Source};

use condition::Condition;
use form::Form;
use time::TimeForm;

/// How existing data become events.
#[derive(Debug, Clone)]
pub struct Map {
    name: String,
    text: String,
    known: Known,
    notation: Notation,
    /// The zone of times that name none.
    zone: Option<Zone>,
    skips: Vec<Skip>,
    rules: Vec<Rule>,
}

/// What is wrong with a map, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct MapError {
    /// The file, the line and column where they are known, and the way to the entry, such as `events[1].fields.amount`.
    pub place: String,
    /// What is wrong, in plain words.
    pub message: String,
}

/// Records that are left out, with the reason that is kept.
#[derive(Debug, Clone)]
struct Skip {
    when: Condition,
    because: String,
}

/// How a record becomes an event.
#[derive(Debug, Clone)]
struct Rule {
    path: String,
    event: String,
    when: Option<Condition>,
    id: Form,
    member: Form,
    time: TimeForm,
    currency: Option<Form>,
    group: Vec<String>,
    fields: Vec<(String, Form)>,
}

impl Map {
    /// Reads a map; `name` is that of its file, for messages.
    ///
    /// # Errors
    /// [`MapError`] with the place and the reason.
    pub fn parse(name: &str, text: &str) -> Result<Self, MapError> {
        read::read(name, text)
    }

    /// Fits the map to the events of a program.
    pub(crate) fn bind(&self, decoder: &Decoder<'_>) -> Result<Mapper, MapError> {
        Mapper::new(self.clone(), decoder)
    }

    /// An error at a way into the map. The line is told where `word` stands only once in the text.
    fn error(&self, path: &str, word: &str, message: impl Into<String>) -> MapError {
        error(&self.name, &self.text, path, word, message)
    }
}

fn error(name: &str, text: &str, path: &str, word: &str, message: impl Into<String>) -> MapError {
    let mut found = text.match_indices(word).filter(|(at, word)| {
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !joins(before) && !joins(after)
    });
    let mut place = name.to_owned();
    if !word.is_empty()
        && let (Some((at, _)), None) = (found.next(), found.next())
    {
        let before = text.get(..at).unwrap_or_default();
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        place.push_str(&format!(":{line}:{column}"));
    }
    if !path.is_empty() {
        place.push_str(&format!(": {path}"));
    }
    MapError { place, message: message.into() }
}
