//! What a map makes of rows of a table where they lie: columns have places in place of names, and nothing is built for a row. What is not as
//! plain as most maps and most rows are is left to the mapper, which says what is the matter with it.

mod condition;
mod number;

use std::io::Write as _;

use crate::hir::{EventId, FieldType, Program};
use crate::value::{Instant, TimeOfDay, Zone};

use super::super::currency::{CURRENCY, CurrencyAt};
use super::super::node::Node;
use super::super::notation::Notation;
use super::super::scalar::is_plain_identifier;
use super::super::slices::Sliced;
use super::form::{Form, Part};
use super::stamp::Stamp;
use super::time::{TimeForm, of_text};
use super::{Map, Rule};
use condition::PlainCondition;
pub(crate) use number::PlainNumber;

/// A map for the columns of a table.
pub(crate) struct PlainMap {
    skips: Vec<PlainCondition>,
    rules: Vec<PlainRule>,
}

/// How a row becomes an event.
pub(crate) struct PlainRule {
    when: Option<PlainCondition>,
    /// Its type.
    pub(crate) kind: EventId,
    /// The column of its member.
    pub(crate) member: usize,
    /// By field: what its value is made of; none where nothing says it.
    pub(crate) fields: Vec<Option<Source>>,
    /// What says the currency of its amounts.
    pub(crate) currency: Option<Source>,
    id: Vec<PlainPart>,
    time: Time,
}

/// What a value is made of.
pub(crate) enum Source {
    /// A column.
    Column(usize),
    /// Always the same text.
    Said(String),
    /// A column in other words.
    Words(PlainWords),
    /// A number that is computed.
    Number(PlainNumber),
}

/// A column in other words.
pub(crate) struct PlainWords {
    column: usize,
    words: Vec<(String, String)>,
    /// What stands for nothing.
    default: Option<String>,
}

enum PlainPart {
    Text(String),
    Column(usize),
    /// The number of the line.
    Line,
}

/// Where the time stands, and how it is written.
struct Time {
    column: usize,
    formats: Vec<Stamp>,
    zone: Option<Zone>,
    at: TimeOfDay,
}

/// Places of columns.
#[derive(Clone, Copy)]
struct Columns<'c> {
    names: &'c [String],
    /// Decimals of amounts: rows in currencies that have others are read by others.
    decimals: u8,
}

impl Columns<'_> {
    fn place(self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| column == name)
    }
}

impl PlainMap {
    /// A map whose rules make events of these types, for such columns; `None` where it asks for more than that.
    pub(super) fn of(
        program: &Program,
        map: &Map,
        kinds: impl Iterator<Item = EventId>,
        columns: &[String],
    ) -> Option<Self> {
        if map.notation != Notation::Plain {
            return None;
        }
        let columns = Columns { names: columns, decimals: program.settings.currency.exponent() };
        let skips = map.skips.iter().map(|skip| PlainCondition::of(&skip.when, columns));
        let rules = map.rules.iter().zip(kinds).map(|(rule, kind)| PlainRule::of(program, rule, kind, columns));
        Some(Self { skips: skips.collect::<Option<_>>()?, rules: rules.collect::<Option<_>>()? })
    }

    /// Its rules.
    pub(crate) fn rules(&self) -> &[PlainRule] {
        &self.rules
    }

    /// How a row becomes an event, and which rule that is; `None` where it is left out or none, or better looked at by others.
    pub(crate) fn rule(&self, row: Sliced<'_>) -> Option<(usize, &PlainRule)> {
        for skip in &self.skips {
            if skip.holds(row)? {
                return None;
            }
        }
        for (place, rule) in self.rules.iter().enumerate() {
            if rule.when.as_ref().map_or(Some(true), |when| when.holds(row))? {
                return Some((place, rule));
            }
        }
        None
    }
}

impl PlainRule {
    fn of(program: &Program, rule: &Rule, kind: EventId, columns: Columns<'_>) -> Option<Self> {
        let (Form::Column(member), TimeForm::Text { form: Form::Column(time), formats, zone, at }) =
            (&rule.member, &rule.time)
        else {
            return None;
        };
        if !rule.group.is_empty() {
            return None;
        }
        let source = |name: &str| match rule.fields.iter().find(|(known, _)| known == name) {
            Some((_, form)) => Source::of(form, columns).map(Some),
            None => Some(columns.place(name).map(Source::Column)),
        };
        let mut fields = Vec::new();
        for def in program.events.at(kind).fields.iter() {
            let source = source(&def.name)?;
            // Cells hold whole lists.
            if matches!(
                (&source, &def.ty),
                (Some(Source::Said(_) | Source::Words(_) | Source::Number(_)), FieldType::List(_))
            ) {
                return None;
            }
            fields.push(source);
        }
        let when = match &rule.when {
            Some(when) => Some(PlainCondition::of(when, columns)?),
            None => None,
        };
        // A field of this name says it first.
        let is_field = program.events.at(kind).fields.find(|def| &*def.name == CURRENCY).is_some();
        let currency = match (if is_field { source(CURRENCY)? } else { None }, &rule.currency) {
            (None, Some(form)) => Some(Source::of(form, columns)?),
            (None, None) => match CurrencyAt::of(columns.names.iter().map(String::as_str)) {
                CurrencyAt::Nowhere => None,
                CurrencyAt::Name(at) => Some(Source::Column(at)),
                CurrencyAt::Unsure => return None,
            },
            (said, _) => said,
        };
        Some(Self {
            when,
            kind,
            member: columns.place(member)?,
            fields,
            currency,
            id: PlainPart::all(&rule.id, columns)?,
            time: Time { column: columns.place(time)?, formats: formats.clone(), zone: zone.clone(), at: *at },
        })
    }

    /// Writes the identity of the event in a row at a line.
    pub(crate) fn id(&self, row: Sliced<'_>, line: u64, into: &mut Vec<u8>) -> Option<()> {
        into.clear();
        for part in &self.id {
            match part {
                PlainPart::Text(text) => into.extend_from_slice(text.as_bytes()),
                PlainPart::Column(at) => {
                    into.extend_from_slice(row.text(*at).filter(|text| is_plain_identifier(text))?)
                }
                PlainPart::Line => write!(into, "{line}").ok()?,
            }
        }
        Some(())
    }

    /// When the event in a row happened.
    pub(crate) fn time(&self, row: Sliced<'_>) -> Option<Instant> {
        let Time { column, formats, zone, at } = &self.time;
        of_text(str::from_utf8(row.text(*column)?).ok()?, formats, zone.as_ref(), *at).ok()
    }
}

impl Source {
    fn of(form: &Form, columns: Columns<'_>) -> Option<Self> {
        Some(match form {
            Form::Column(name) => Self::Column(columns.place(name)?),
            Form::Constant(node @ Node::Text(_)) => Self::Said(said(node)?),
            Form::Words(..) | Form::Default(_, Node::Text(_)) => Self::Words(PlainWords::of(form, columns)?),
            form => Self::Number(PlainNumber::of(form, columns)?),
        })
    }
}

/// A text that says something, without blanks around it.
fn said(node: &Node<'_>) -> Option<String> {
    let Node::Text(text) = node else { return None };
    Some(text.to_string()).filter(|text| !text.is_empty() && text.trim() == text)
}

impl PlainWords {
    fn of(form: &Form, columns: Columns<'_>) -> Option<Self> {
        let (form, default) = match form {
            Form::Default(form, default) => (&**form, Some(said(default)?)),
            form => (form, None),
        };
        let (form, words) = match form {
            Form::Words(form, words) => (&**form, words.as_slice()),
            form => (form, [].as_slice()),
        };
        let Form::Column(name) = form else { return None };
        let words = words.iter().map(|(from, to)| Some((from.clone(), said(to)?)));
        Some(Self { column: columns.place(name)?, words: words.collect::<Option<_>>()?, default })
    }

    /// What it is in a row, empty where that says nothing; `None` where its cell is not as plain as most are.
    pub(crate) fn of_row<'w>(&'w self, row: Sliced<'w>) -> Option<&'w [u8]> {
        let cell = row.text(self.column)?;
        let text = self.words.iter().find(|(from, _)| from.as_bytes() == cell).map_or(cell, |(_, to)| to.as_bytes());
        Some(self.default.as_ref().filter(|_| text.is_empty()).map_or(text, String::as_bytes))
    }
}

impl PlainPart {
    fn all(form: &Form, columns: Columns<'_>) -> Option<Vec<Self>> {
        let part = |part: &Part| {
            Some(match part {
                Part::Text(text) => Self::Text(text.clone()),
                Part::Column(name) => match columns.place(name) {
                    Some(at) => Self::Column(at),
                    None => Some(Self::Line).filter(|_| name == "line")?,
                },
            })
        };
        match form {
            Form::Column(name) => Some(vec![Self::Column(columns.place(name)?)]),
            Form::Identity(parts) => parts.iter().map(part).collect(),
            _ => None,
        }
    }
}
