//! What was probably meant where an expression mixes what cannot be counted together, as a mend.

use crate::arena::Id as _;
use crate::hir::{Expr, Kind, Type, UnitId};
use crate::source::Span;
use crate::syntax::ast::BinaryOp;
use crate::value::Value;

use super::context::{Checker, Slot};

/// How something is mended: in words, and where there is one way, as a change of text.
#[derive(Debug, Default)]
pub(super) struct Mend {
    /// In words.
    pub help: Vec<String>,
    /// As text.
    pub edit: Option<(Span, String)>,
}

impl Mend {
    fn with(help: String, edit: Option<(Span, String)>) -> Self {
        Self { help: vec![help], edit }
    }
}

impl Checker<'_> {
    /// The mend of a sum, product or quotient; none where nobody knows.
    pub fn mend_of_mixed(&self, op: BinaryOp, left: &Expr, right: &Expr, whole: Span) -> Option<Mend> {
        let text = |expr: &Expr| self.sources.text(expr.span).to_owned();
        let is_number = |expr: &Expr| expr.ty == Type::Number;
        match op {
            BinaryOp::Add | BinaryOp::Subtract if text(right).ends_with('%') && !is_number(left) => {
                let whole = text(left);
                let is_one = !whole.contains(' ') || whole.starts_with('(') && whole.ends_with(')');
                let whole = if is_one { whole } else { format!("({whole})") };
                let part = format!("{} of {whole}", text(right));
                Some(Mend::with(format!("say of what: `{part}`"), Some((right.span, part))))
            }
            BinaryOp::Add | BinaryOp::Subtract => match (left.ty, right.ty) {
                (Type::Quantity(unit), Type::Number) => self.each_as(right, &self.one(unit)),
                (Type::Number, Type::Quantity(unit)) => self.each_as(left, &self.one(unit)),
                (Type::Money, Type::Number) => self.each_as(right, &super::spoken::money(self.currency, "1")),
                (Type::Number, Type::Money) => self.each_as(left, &super::spoken::money(self.currency, "1")),
                (Type::Quantity(_), Type::Quantity(_)) => {
                    Some(Mend::with("give each in an earn or rule of its own".to_owned(), None))
                }
                (Type::Quantity(unit), Type::Money) => Some(self.money_and_unit(unit, left, right)),
                (Type::Money, Type::Quantity(unit)) => Some(self.money_and_unit(unit, right, left)),
                _ => None,
            },
            BinaryOp::Multiply => {
                let rate = |quantity: &Expr, money: &Expr| {
                    let one = super::spoken::money(self.currency, "1");
                    let rate = format!("{} per {one} of {}", text(quantity), text(money));
                    let literal = matches!(quantity.kind, Kind::Const(_));
                    literal.then(|| Mend::with(format!("write a rate: `{rate}`"), Some((whole, rate))))
                };
                match (left.ty, right.ty) {
                    (Type::Quantity(_), Type::Money) => rate(left, right),
                    (Type::Money, Type::Quantity(_)) => rate(right, left),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The mend of values that `min` or `max` cannot compare: the first that has a dimension, and one of another.
    pub fn mend_of_extreme(&self, first: &Expr, other: &Expr) -> Option<Mend> {
        if let Some(example) = self.example(other, first.ty) {
            return Some(Mend::with(format!("write `{example}`"), Some((other.span, example))));
        }
        match (first.ty, other.ty) {
            (Type::Money, Type::Quantity(unit)) => Some(self.money_and_unit(unit, other, first)),
            (Type::Quantity(unit), Type::Money) => Some(self.money_and_unit(unit, first, other)),
            _ => None,
        }
    }

    /// How many of a unit an amount of money is worth, where the unit has one worth.
    pub fn worth_in(&self, unit: UnitId, money: &Expr) -> Option<String> {
        let def = self.units.at(unit);
        let (minor, worth) = (self.exact_of(money)?, self.exact_of(self.known_worth(unit)?)?);
        let amount = minor.div(worth).ok()?.div(self.steps_of(unit)).ok()?;
        Some(format!("{amount} {}", def.name))
    }

    /// What one of a unit is worth, where that was looked at already.
    fn known_worth(&self, unit: UnitId) -> Option<&Expr> {
        match self.worths.get(unit.index())? {
            Slot::Done(worth) => worth.as_ref(),
            _ => None,
        }
    }

    /// A computed number, as so many of something.
    fn each_as(&self, number: &Expr, one: &str) -> Option<Mend> {
        if matches!(number.kind, Kind::Const(Value::Exact(_))) {
            return None;
        }
        let each = format!("{} * {one}", self.sources.text(number.span));
        Some(Mend::with(format!("say what each of them counts: `{each}`"), Some((number.span, each))))
    }

    /// One of a unit, as it is spoken of.
    fn one(&self, unit: UnitId) -> String {
        let def = self.units.at(unit);
        format!("1 {}", def.also.as_ref().unwrap_or(&def.name))
    }

    /// Money and an amount of a unit: either may become the other.
    fn money_and_unit(&self, unit: UnitId, quantity: &Expr, money: &Expr) -> Mend {
        let one = super::spoken::money(self.currency, "1");
        let (units, paid) = (self.sources.text(quantity.span), self.sources.text(money.span));
        let name = &self.units.at(unit).name;
        let counted = match self.worth_in(unit, money) {
            Some(amount) => format!("make {name} of the money: `{amount}`"),
            None if matches!(money.kind, Kind::Const(_)) => format!("say how many {name} `{paid}` are"),
            None => format!("make {name} of the money: `{} per {one} of {paid}`", self.one(unit)),
        };
        let mut help = vec![format!("to count in {name}, {counted}")];
        if self.known_worth(unit).is_some() {
            help.push(format!("to count in money, take what they are worth: `value of {units}`"));
        }
        Mend { help, edit: None }
    }
}
