//! How the number of a boost is written. A percentage adds that part of the base, a factor multiplies it; of a plain number nobody knows
//! which of the two is meant.

use crate::arena::Id as _;
use crate::hir::{BoostAmount, Case, Expr, Function, Kind, Operator, Rows, TableId};
use crate::source::Span;

use super::context::{Checker, Slot};
use super::errors;

/// How a number is written, through everything that it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// `20%`.
    Percent,
    /// `2x`.
    Factor,
    /// `2`.
    Bare,
    /// It is computed, read, or looked up.
    Computed,
    /// Here a percentage, there not.
    Mixed,
}

impl Manner {
    /// Of two alternatives.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            _ if self == other => self,
            (Self::Mixed | Self::Percent, _) | (_, Self::Mixed | Self::Percent) => Self::Mixed,
            (Self::Factor, _) | (_, Self::Factor) => Self::Factor,
            _ => Self::Computed,
        }
    }
    /// Of a sum or difference: a number and a percentage together are a factor, as in `1 + 20%`.
    fn plus(self, other: Self) -> Self {
        match (self, other) {
            _ if self == other => self,
            (Self::Mixed, _) | (_, Self::Mixed) => Self::Mixed,
            _ => Self::Computed,
        }
    }
    /// So many times a percentage is one too.
    fn times(self, other: Self) -> Self {
        match (self, other) {
            (Self::Mixed, _) | (_, Self::Mixed) => Self::Mixed,
            (Self::Percent, _) | (_, Self::Percent) => Self::Percent,
            (Self::Bare, Self::Bare) => Self::Bare,
            _ => Self::Computed,
        }
    }
    /// A percentage for each of so many, or how often it goes into another.
    fn by(self, other: Self) -> Self {
        match (self, other) {
            (Self::Percent, Self::Percent) => Self::Computed,
            (Self::Computed | Self::Factor | Self::Bare, Self::Percent) => Self::Computed,
            _ => self.times(other),
        }
    }
}

impl Checker<'_> {
    /// Takes note of how the number at a place is written. All rows of a file have one place.
    pub fn written_as(&mut self, span: Span, manner: Manner) {
        let known = self.written.entry(span).or_insert(manner);
        *known = known.or(manner);
    }
    /// How a number is written.
    pub fn manner(&self, expr: &Expr) -> Manner {
        match &expr.kind {
            Kind::Const(_) => self.written.get(&expr.span).copied().unwrap_or(Manner::Bare),
            Kind::Let(id) => self.named(*id).map_or(Manner::Computed, |named| self.manner(&named.value)),
            Kind::Lookup(table, _) => self.manner_of_rows(*table),
            Kind::Cases(cases) => self.manner_of(cases.iter().map(|case| &case.value)),
            Kind::Call(Function::Min | Function::Max | Function::Abs, all) => self.manner_of(all),
            Kind::Negate(value) => self.manner(value),
            Kind::Arithmetic(operator, left, right) => self.manner_of_two(*operator, left, right),
            Kind::Rate { quantity, .. } => self.manner(quantity).times(Manner::Computed),
            Kind::Scale(value, _) => self.manner(value).times(Manner::Computed),
            _ => Manner::Computed,
        }
    }
    /// What comes of two numbers.
    pub fn manner_of_two(&self, operator: Operator, left: &Expr, right: &Expr) -> Manner {
        let (left, right) = (self.manner(left), self.manner(right));
        match operator {
            Operator::Add | Operator::Subtract => left.plus(right),
            Operator::Multiply => left.times(right),
            Operator::Divide => left.by(right),
        }
    }
    fn manner_of<'e>(&self, all: impl IntoIterator<Item = &'e Expr>) -> Manner {
        all.into_iter().map(|one| self.manner(one)).reduce(Manner::or).unwrap_or(Manner::Computed)
    }
    /// Plain numbers of a table are factors: in a file they can be written in no other way.
    fn manner_of_rows(&self, table: TableId) -> Manner {
        let manner = match self.tables.get(table.index()).and_then(Slot::done).map(|table| &table.rows) {
            Some(Rows::Exact { rows, otherwise }) => {
                self.manner_of(rows.iter().map(|(_, value)| value).chain(otherwise))
            }
            Some(Rows::Bands { bands, marginal: false }) => self.manner_of(bands.iter().map(|band| &band.value)),
            _ => Manner::Computed,
        };
        if manner == Manner::Bare { Manner::Computed } else { manner }
    }
    /// A number as what it does to the base.
    pub fn boost_number(&mut self, value: Expr) -> Option<BoostAmount> {
        match self.manner(&value) {
            Manner::Percent => Some(BoostAmount::Share(value)),
            _ => self.factor(value).map(BoostAmount::Factor),
        }
    }
    /// A number as a factor. The cases of a boost may differ in what they are.
    fn factor(&mut self, value: Expr) -> Option<Expr> {
        match (self.manner(&value), value.kind) {
            (Manner::Percent, kind) => Some(BoostAmount::factor_of(Expr { kind, ..value })),
            (Manner::Factor | Manner::Computed, kind) => Some(Expr { kind, ..value }),
            (Manner::Mixed, Kind::Cases(cases)) => {
                let mut factors = Vec::with_capacity(cases.len());
                for Case { guard, value } in cases {
                    factors.push(Case { guard, value: self.factor(value)? });
                }
                Some(Expr { kind: Kind::Cases(factors), ..value })
            }
            (Manner::Mixed, _) => {
                let text = self.sources.text(value.span).to_owned();
                self.fail(errors::earns::boost_mixed(value.span, &text))
            }
            (Manner::Bare, kind) => {
                let text = self.sources.text(value.span).to_owned();
                let number = self.exact_of(&Expr { kind, ..value }).map(|number| number.readable());
                self.fail(errors::earns::boost_plain(value.span, &text, number.as_deref()))
            }
        }
    }
}
