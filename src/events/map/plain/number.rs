//! Numbers made of columns.

use crate::events::decimal::Decimal;
use crate::events::node::Node;
use crate::events::slices::Sliced;
use crate::value::Rounding;

use super::super::form::{Form, Operation};
use super::Columns;

/// A number made of columns.
pub(crate) enum PlainNumber {
    Column(usize),
    Said(Decimal),
    /// A column, and what stands for nothing in it.
    Default(usize, Decimal),
    Of(Operation, Vec<PlainNumber>),
    Absolute(Box<PlainNumber>),
    Rounded(Box<PlainNumber>, Rounding, u8),
    /// In its smallest coin, with so many decimals.
    Minor(Box<PlainNumber>, u8),
}

impl PlainNumber {
    pub(super) fn of(form: &Form, columns: Columns<'_>) -> Option<Self> {
        let inner = |form: &Form| Self::of(form, columns).map(Box::new);
        Some(match form {
            Form::Column(name) => Self::Column(columns.place(name)?),
            Form::Constant(Node::Number(digits)) => Self::Said(Decimal::read(digits.as_bytes())?),
            Form::Default(form, Node::Number(digits)) if let Form::Column(name) = &**form => {
                Self::Default(columns.place(name)?, Decimal::read(digits.as_bytes())?)
            }
            Form::Arithmetic(operation, operands) => {
                let operands = operands.iter().map(|operand| Self::of(operand, columns));
                Self::Of(*operation, operands.collect::<Option<_>>()?)
            }
            Form::Absolute(form) => Self::Absolute(inner(form)?),
            Form::Rounded(form, rounding, places) => {
                Self::Rounded(inner(form)?, *rounding, places.unwrap_or(columns.decimals))
            }
            Form::Minor(form) => Self::Minor(inner(form)?, columns.decimals),
            _ => return None,
        })
    }

    /// What it is in a row; `None` where a cell is no number as most are written, or one does not fit.
    pub(crate) fn of_row(&self, row: Sliced<'_>) -> Option<Decimal> {
        match self {
            Self::Column(at) => Decimal::read(row.text(*at)?),
            Self::Said(number) => Some(*number),
            Self::Default(at, number) => match row.text(*at)? {
                [] => Some(*number),
                digits => Decimal::read(digits),
            },
            Self::Of(operation, operands) => {
                let mut numbers = operands.iter().map(|operand| operand.of_row(row));
                let first = numbers.next()??;
                if *operation == Operation::Subtract && operands.len() == 1 {
                    return first.negative();
                }
                numbers.try_fold(first, |result, number| match operation {
                    Operation::Multiply => result.times(number?),
                    Operation::Add => result.plus(number?),
                    Operation::Subtract => result.plus(number?.negative()?),
                })
            }
            Self::Absolute(number) => number.of_row(row)?.absolute(),
            Self::Rounded(number, rounding, places) => number.of_row(row)?.rounded(*rounding, *places),
            Self::Minor(number, places) => number.of_row(row)?.of_smallest(*places),
        }
    }
}
