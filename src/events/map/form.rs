//! Values made from columns.

use std::borrow::Cow;

use crate::hir::Program;
use crate::value::{Currency, Exact, Rounding, Zone, format_instant};

use super::super::amount::{chosen, own_digits, scaled};
use super::super::currency::{self, CURRENCY};
use super::super::json::object;
use super::super::node::{Node, Raw, View};
use super::super::notation::Notation;
use super::super::scalar::{in_cell, number};
use super::time::TimeForm;

/// How a value is made.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// A column or key; keys inside objects are reached with points.
    Column(String),
    /// Always the same.
    Constant(Node<'static>),
    /// Text with columns in it.
    Template(Vec<Part>),
    /// An identity with columns in it, each without what spreadsheets put around it.
    Identity(Vec<Part>),
    /// Numbers multiplied or added.
    Arithmetic(Operation, Vec<Form>),
    /// The number without its sign.
    Absolute(Box<Form>),
    /// Over all rows of a group.
    Sum(Box<Form>),
    /// Words in place of others.
    Words(Box<Form>, Vec<(String, Node<'static>)>),
    /// What stands for nothing.
    Default(Box<Form>, Node<'static>),
    /// Rounded to so many decimals; `None`: those of the currency.
    Rounded(Box<Form>, Rounding, Option<u8>),
    /// Money in the smallest coin of its currency.
    Minor(Box<Form>),
    /// A moment, however it is written or counted.
    Moment(Box<TimeForm>),
    /// The day of one.
    Day(Box<TimeForm>),
    /// A line of a list for each row of the group.
    Lines(Vec<(String, Form)>),
    /// A line for each object of a list of the record.
    Each(String, Vec<(String, Form)>),
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Column(String),
}

/// What is done with numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Multiply,
    Add,
    /// The first less all others; with one, its negative.
    Subtract,
}

/// A record, or a line of one, that values are made from.
pub(super) struct Row<'r, 'a> {
    pub(super) raw: &'r Raw<'a>,
    /// The line, where one is meant; its names win.
    pub(super) line: Option<&'r [(Cow<'a, str>, Node<'a>)]>,
    pub(super) notation: Notation,
    pub(super) program: &'r Program,
    /// Decimals of its amounts.
    pub(super) decimals: u8,
}

impl<'r, 'a> Row<'r, 'a> {
    /// A column, or a key reached with points; nothing where there is none.
    pub(super) fn column(&self, name: &str) -> Cow<'r, Node<'a>> {
        self.find(name).unwrap_or(Cow::Owned(Node::Null))
    }

    /// The same, where it is there.
    pub(super) fn find(&self, name: &str) -> Option<Cow<'r, Node<'a>>> {
        let own = self.line.and_then(|line| line.iter().find(|(key, _)| key == name)).map(|(_, node)| node);
        if let Some(node) = own.or_else(|| self.raw.get(name)) {
            return Some(Cow::Borrowed(node));
        }
        let (first, rest) = name.split_once('.')?;
        let mut node = self.raw.get(first)?.clone();
        for key in rest.split('.') {
            let entries = match node {
                Node::Object(entries) => entries,
                Node::Json(text) => object(text).ok()?,
                _ => return None,
            };
            (_, node) = entries.into_iter().find(|(name, _)| name == key)?;
        }
        Some(Cow::Owned(node))
    }

    /// The same with amounts in the currency that a value names; in its own where that names none.
    pub(super) fn in_currency(&self, said: &Node<'_>) -> Self {
        let decimals = match named_currency(self.program, said) {
            Some(Ok(currency)) => currency.exponent(),
            // Whoever reads the amount says what is wrong with it.
            Some(Err(_)) | None => self.decimals,
        };
        Row { decimals, ..*self }
    }

    fn number(&self, form: &Form) -> Result<Exact, String> {
        self.number_of(form, self.value(form)?)
    }

    /// The number that the value of a form is.
    fn number_of(&self, form: &Form, node: Node<'a>) -> Result<Exact, String> {
        if node.is_nothing() {
            return Err(format!("{} is empty where a number is needed", form.described()));
        }
        let of_own = |view: View<'_>| match view {
            View::Text(text) | View::Cell(text) => match own_digits(self.program, text.trim())? {
                Cow::Owned(digits) => number(View::Cell(&digits)),
                Cow::Borrowed(_) => number(view),
            },
            view => number(view),
        };
        self.notation.read(node.view(), of_own).map_err(|reason| format!("{}: {reason}", form.described()))
    }

    /// The value of a form for this row.
    pub(super) fn value(&self, form: &Form) -> Result<Node<'a>, String> {
        Ok(match form {
            Form::Column(name) => self.column(name).into_owned(),
            Form::Constant(node) => node.clone(),
            Form::Template(parts) => self.template(parts, |node| Ok(scalar(node)))?,
            Form::Identity(parts) => self.template(parts, identity)?,
            Form::Arithmetic(operation, operands) => {
                let mut numbers = operands.iter().map(|operand| self.number(operand));
                let mut result = numbers.next().unwrap_or(Ok(Exact::ZERO))?;
                if *operation == Operation::Subtract && operands.len() == 1 {
                    result = result.neg().map_err(|error| error.to_string())?;
                }
                for number in numbers {
                    result = match operation {
                        Operation::Multiply => result.mul(number?),
                        Operation::Add => result.add(number?),
                        Operation::Subtract => result.sub(number?),
                    }
                    .map_err(|error| error.to_string())?;
                }
                Node::Exact(result)
            }
            Form::Absolute(inner) => Node::Exact(self.number(inner)?.abs().map_err(|error| error.to_string())?),
            // Over one row the sum is the value; the group adds them up.
            Form::Sum(inner) => Node::Exact(self.number(inner)?),
            Form::Words(inner, words) => {
                let node = self.value(inner)?;
                let text = scalar(&node);
                words.iter().find(|(from, _)| *from == *text).map_or_else(|| node.clone(), |(_, to)| to.clone())
            }
            Form::Default(inner, default) => {
                let node = self.value(inner)?;
                if node.is_nothing() { default.clone() } else { node }
            }
            Form::Rounded(inner, rounding, decimals) => match self.value(inner)? {
                node if node.is_nothing() => Node::Null,
                node => {
                    let decimals = decimals.unwrap_or(self.decimals);
                    Node::Exact(rounded(self.number_of(inner, node)?, *rounding, decimals)?)
                }
            },
            Form::Minor(inner) => match self.value(inner)? {
                node if node.is_nothing() => Node::Null,
                node => Node::Exact(scaled(self.number_of(inner, node)?, -i32::from(self.decimals))?),
            },
            Form::Moment(time) => self.said(time, |node| Ok(format_instant(time.moment(self, node)?, &Zone::utc())))?,
            Form::Day(time) => self.said(time, |node| time.day(self, node))?,
            Form::Lines(fields) => Node::List(vec![self.line(fields)?]),
            Form::Each(list, fields) => {
                let node = self.column(list);
                if node.is_nothing() {
                    return Ok(Node::Null);
                }
                let items = node.view().items()?;
                let mut lines = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let entries =
                        item.view().entries().map_err(|reason| format!("line {} of `{list}`: {reason}", index + 1))?;
                    let row = Row { line: Some(&entries), ..*self };
                    lines.push(row.line(fields)?.into_owned());
                }
                Node::List(lines)
            }
        })
    }

    /// What is read of the value that a time is made of; nothing where that says nothing.
    fn said(&self, time: &TimeForm, read: impl Fn(&Node<'a>) -> Result<String, String>) -> Result<Node<'a>, String> {
        let node = self.value(time.form())?;
        if scalar(&node).is_empty() { Ok(Node::Null) } else { Ok(Node::Cell(Cow::Owned(read(&node)?))) }
    }

    /// A line of a list, as names and values.
    pub(super) fn line(&self, fields: &[(String, Form)]) -> Result<Node<'a>, String> {
        let mut entries = Vec::with_capacity(fields.len());
        let of = |row: &Self, name: &str, form| row.value(form).map_err(|reason| format!("`{name}`: {reason}"));
        let said = match (fields.iter().find(|(name, _)| name == CURRENCY), self.line) {
            (Some((name, form)), _) => of(self, name, form)?,
            (None, Some(line)) => {
                let at = currency::position(line, self.program.settings.currency).map_err(|doubt| {
                    format!("{}: say in the map, inside `each`, which `currency` the amounts are in", doubt.reason)
                })?;
                at.and_then(|at| line.get(at)).map_or(Node::Null, |(_, node)| node.clone())
            }
            (None, None) => Node::Null,
        };
        let row = self.in_currency(&said);
        for (name, form) in fields {
            entries.push((Cow::Owned(name.clone()), of(&row, name, form)?));
        }
        if !said.is_nothing() && !fields.iter().any(|(name, _)| name == CURRENCY) {
            entries.push((Cow::Borrowed(CURRENCY), said));
        }
        Ok(Node::Object(entries))
    }

    /// A text with what is read of columns in it.
    fn template(
        &self,
        parts: &[Part],
        read: impl for<'n> Fn(&'n Node<'_>) -> Result<Cow<'n, str>, String>,
    ) -> Result<Node<'a>, String> {
        let mut text = String::new();
        for part in parts {
            let name = match part {
                Part::Text(plain) => {
                    text.push_str(plain);
                    continue;
                }
                Part::Column(name) => name.as_str(),
            };
            let node = self.column(name);
            let said = read(&node).map_err(|reason| format!("`{name}`: {reason}"))?;
            match name {
                _ if !said.is_empty() => text.push_str(&said),
                "line" => text.push_str(&self.raw.place.line.to_string()),
                "file" => text.push_str(self.raw.place.file.rsplit('/').next().unwrap_or_default()),
                _ => return Err(format!("`{name}` is empty")),
            }
        }
        Ok(Node::Cell(Cow::Owned(text)))
    }

    /// The value of a column that tells rows apart.
    pub(super) fn key(&self, name: &str) -> Result<String, String> {
        identity(&self.column(name)).map(Cow::into_owned)
    }
}

/// The currency that a value names, if it names any.
pub(super) fn named_currency(program: &Program, said: &Node<'_>) -> Option<Result<Currency, String>> {
    let code = scalar(said);
    (!code.is_empty()).then(|| chosen(program, Some(&code)))
}

/// A number rounded to decimals.
pub(super) fn rounded(number: Exact, rounding: Rounding, decimals: u8) -> Result<Exact, String> {
    let steps = rounding.round(scaled(number, i32::from(decimals))?).map_err(|error| error.to_string())?;
    scaled(Exact::from(steps), -i32::from(decimals))
}

/// The text of a value that is neither list nor object.
pub(super) fn scalar<'n>(node: &'n Node<'_>) -> Cow<'n, str> {
    match node {
        Node::Text(text) | Node::Number(text) => Cow::Borrowed(text),
        Node::Cell(text) => Cow::Borrowed(text.trim()),
        Node::Bool(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        Node::Exact(number) => Cow::Owned(number.to_string()),
        Node::Null | Node::List(_) | Node::Object(_) | Node::Json(_) => Cow::Borrowed(""),
    }
}

/// The text of a value in an identity.
fn identity<'n>(node: &'n Node<'_>) -> Result<Cow<'n, str>, String> {
    match node {
        Node::Cell(text) => in_cell(text).map(Cow::Borrowed),
        node => Ok(scalar(node)),
    }
}

impl Form {
    /// The same where it is an identity.
    pub(super) fn of_identity(self) -> Self {
        match self {
            Self::Template(parts) => Self::Identity(parts),
            Self::Words(inner, words) => Self::Words(Box::new(inner.of_identity()), words),
            Self::Default(inner, default) => Self::Default(Box::new(inner.of_identity()), default),
            other => other,
        }
    }

    fn described(&self) -> String {
        match self {
            Self::Column(name) => format!("`{name}`"),
            Self::Default(inner, _) | Self::Words(inner, _) | Self::Absolute(inner) => inner.described(),
            _ => "the value".to_owned(),
        }
    }

    /// Whether it holds a sum over rows.
    pub(super) fn has_sum(&self) -> bool {
        match self {
            Self::Sum(_) => true,
            Self::Column(_)
            | Self::Constant(_)
            | Self::Template(_)
            | Self::Identity(_)
            | Self::Moment(_)
            | Self::Day(_)
            | Self::Lines(_)
            | Self::Each(..) => false,
            Self::Arithmetic(_, forms) => forms.iter().any(Self::has_sum),
            Self::Absolute(inner)
            | Self::Words(inner, _)
            | Self::Default(inner, _)
            | Self::Rounded(inner, ..)
            | Self::Minor(inner) => inner.has_sum(),
        }
    }

    /// Every column of the record that it names.
    pub(super) fn named(&self) -> Vec<&str> {
        match self {
            Self::Column(name) | Self::Each(name, _) => vec![name],
            Self::Constant(_) => Vec::new(),
            Self::Moment(time) | Self::Day(time) => time.form().named(),
            Self::Template(parts) | Self::Identity(parts) => {
                let columns = parts.iter().filter_map(|part| match part {
                    Part::Column(name) if !matches!(name.as_str(), "line" | "file") => Some(name.as_str()),
                    _ => None,
                });
                columns.collect()
            }
            Self::Arithmetic(_, forms) => forms.iter().flat_map(Self::named).collect(),
            Self::Absolute(inner)
            | Self::Sum(inner)
            | Self::Words(inner, _)
            | Self::Default(inner, _)
            | Self::Rounded(inner, ..)
            | Self::Minor(inner) => inner.named(),
            Self::Lines(fields) => fields.iter().flat_map(|(_, form)| form.named()).collect(),
        }
    }
}
