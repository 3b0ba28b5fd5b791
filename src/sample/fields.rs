//! Values for the fields of events.

use std::sync::Arc;

use crate::arena::Arena;
use crate::hir::{FieldDef, FieldId, FieldType, Program};
use crate::value::{Day, Exact, Instant, TimeSpan, Value};

use super::clues::Clues;
use super::dice::Dice;

/// How many different products there are.
const PRODUCTS: u64 = 24;
/// Amounts in percent of the usual one: most baskets are small, a few are large.
const SPREAD: [i64; 16] = [25, 40, 50, 60, 70, 80, 85, 90, 100, 110, 120, 140, 170, 220, 300, 450];

/// What a value may depend on.
pub(crate) struct Setting<'s> {
    /// The moment of the event.
    pub at: Instant,
    /// Whom a member may name.
    pub others: &'s [Arc<str>],
    /// Whether somebody has to find the event again by its identifiers.
    pub keyed: bool,
}

/// Makes values of fields.
pub(crate) struct Maker<'p> {
    pub program: &'p Program,
    pub clues: Clues,
    pub dice: Dice,
    /// How many identifiers were given out.
    pub given: u64,
}

impl Maker<'_> {
    /// A value for each field; `None` where a field that must be there cannot be filled.
    pub fn fields(&mut self, fields: &Arena<FieldId, FieldDef>, setting: &Setting<'_>) -> Option<Vec<Value>> {
        let product = self.dice.early(PRODUCTS);
        let mut first = true;
        let mut values = Vec::with_capacity(fields.len());
        for field in fields.iter() {
            let value = match &field.ty {
                FieldType::Id if first => {
                    first = false;
                    Some(self.identity(&field.name))
                }
                FieldType::Text if &*field.name == "name" => None,
                _ => self.field(field, setting, product),
            };
            let missing = || field.default.clone().or_else(|| field.optional.then_some(Value::Missing));
            values.push(value.filter(|value| *value != Value::Missing).or_else(missing)?);
        }
        self.agree(fields, &mut values);
        Some(values)
    }

    /// A new identifier: `A1001` for a field `order` would say nothing, `O1001` does.
    pub fn identity(&mut self, name: &str) -> Value {
        self.given += 1;
        let letter: String = name.chars().take(1).flat_map(char::to_uppercase).collect();
        Value::Text(format!("{letter}{}", 1_000 + self.given).into())
    }

    fn field(&mut self, field: &FieldDef, setting: &Setting<'_>, product: u64) -> Option<Value> {
        // What is left open, or has a usual value, is often left so.
        let left = if field.optional { 25 } else { 40 };
        if (field.optional || field.default.is_some()) && self.dice.chance(left) {
            return None;
        }
        match &field.ty {
            FieldType::List(fields) => {
                let count = 1 + self.dice.early(4);
                let lines = (0..count).filter_map(|_| self.line(fields, setting)).map(Vec::into_boxed_slice);
                Some(Value::List(lines.collect()))
            }
            FieldType::Member => self.dice.pick(setting.others).map(|other| Value::Text(other.clone())),
            FieldType::Moment => Some(Value::Moment(setting.at)),
            FieldType::Date => self.day(field, setting),
            FieldType::Money => Some(self.money(&field.name)),
            FieldType::Id => Some(Value::Text(format!("{}{}", field.name, product + 1).into())),
            FieldType::Count | FieldType::Number if setting.keyed && self.is_price(field) => {
                let mut dice = self.dice.of("price").of(&product.to_string());
                Some(Value::Exact(Exact::from(dice.between(1, 30))))
            }
            _ => Some(self.simple(field)),
        }
    }

    /// A line: what a product is stays the same whenever it is bought.
    fn line(&mut self, fields: &Arena<FieldId, FieldDef>, setting: &Setting<'_>) -> Option<Vec<Value>> {
        let product = self.dice.early(PRODUCTS);
        let now = self.dice.clone();
        self.dice = Dice::new(0).of("product").of(&product.to_string());
        let mut values = Vec::new();
        for field in fields.iter() {
            let value = self.field(field, setting, product);
            let missing = || field.default.clone().or_else(|| field.optional.then_some(Value::Missing));
            values.push(value.or_else(missing));
        }
        self.dice = now;
        for (field, value) in fields.iter().zip(&mut values) {
            if matches!(field.ty, FieldType::Count) && value.is_some() {
                *value = Some(self.simple(field));
            }
        }
        values.into_iter().collect()
    }

    fn is_price(&self, field: &FieldDef) -> bool {
        field.name.contains("price")
    }

    /// What does not depend on the moment or on others.
    fn simple(&mut self, field: &FieldDef) -> Value {
        let number = |value: i64| Value::Exact(Exact::from(value));
        match &field.ty {
            FieldType::Count => match self.near(&field.name) {
                Some(near) => Value::Exact(near.ceil()),
                None => number(1 + i64::try_from(self.dice.early(4)).unwrap_or(0)),
            },
            FieldType::Number => match self.near(&field.name) {
                Some(near) => Value::Exact(near),
                None => number(self.dice.between(1, 20)),
            },
            FieldType::Flag => Value::Bool(self.dice.chance(50)),
            FieldType::Duration => {
                let minutes = 5 * self.dice.between(1, 18);
                Value::Span(TimeSpan { millis: minutes * 60_000, ..TimeSpan::ZERO })
            }
            FieldType::OneOf(words) => {
                let count = u64::try_from(self.program.enums.at(*words).words.len()).unwrap_or(1);
                Value::Ordinal(u32::try_from(self.dice.early(count)).unwrap_or(0))
            }
            _ => self.text(&field.name),
        }
    }

    fn text(&mut self, name: &str) -> Value {
        let known: Vec<Value> =
            self.clues.about(name).iter().filter(|clue| matches!(clue, Value::Text(_))).cloned().collect();
        if !known.is_empty() && self.dice.chance(75) {
            return self.dice.pick(&known).cloned().unwrap_or_default();
        }
        let text = match name {
            "language" => "en".to_owned(),
            "timezone" => self.program.settings.zone.name().to_owned(),
            _ => format!("{name} {}", 1 + self.dice.early(4)),
        };
        Value::Text(text.into())
    }

    fn day(&mut self, field: &FieldDef, setting: &Setting<'_>) -> Option<Value> {
        let today = self.program.settings.zone.day_of(setting.at);
        if field.name.contains("birth") {
            let born = today.plus_months(-12 * i32::try_from(self.dice.between(18, 75)).unwrap_or(30))?;
            let days = i32::try_from(self.dice.below(365)).unwrap_or(0);
            return born.plus_days(-days).map(Value::Day);
        }
        let back = i32::try_from(self.dice.early(30)).unwrap_or(0);
        today.plus_days(-back).or(Some(Day::FIRST)).map(Value::Day)
    }

    /// An amount of money around the thresholds of the program.
    pub fn money(&mut self, name: &str) -> Value {
        let exponent = u32::from(self.program.settings.currency.exponent());
        // Where there are no small coins, numbers are larger.
        let usual = 30 * 10_i64.saturating_pow(exponent.max(2));
        let near = self.near(name).unwrap_or_else(|| {
            let percent = self.dice.pick(&SPREAD).copied().unwrap_or(100);
            Exact::from(usual.saturating_mul(percent) / 100)
        });
        let cents = if exponent > 0 { self.dice.between(0, 99) } else { 0 };
        let whole = near.floor().to_i64().unwrap_or(usual);
        // Half of all prices are round.
        Value::Exact(Exact::from(if self.dice.chance(50) { whole } else { whole.saturating_add(cents) }))
    }

    /// A number around one of those that a field is compared with: below, at, and above it.
    fn near(&mut self, name: &str) -> Option<Exact> {
        let clues = self.clues.numbers(name);
        let clue = *self.dice.pick(&clues)?;
        let percent = match self.dice.below(10) {
            0 => 100,
            1 => 99,
            2 => 101,
            _ => self.dice.pick(&SPREAD).copied().unwrap_or(100),
        };
        clue.mul(Exact::from(percent)).and_then(|product| product.div(Exact::from(100))).ok().map(Exact::ceil)
    }

    /// The money of an event is the sum of its lines, where both are there.
    fn agree(&self, fields: &Arena<FieldId, FieldDef>, values: &mut [Value]) {
        let sum = fields.iter().zip(&*values).find_map(|(field, value)| {
            let (FieldType::List(inner), Value::List(lines)) = (&field.ty, value) else { return None };
            let price = inner.iter().position(|field| matches!(field.ty, FieldType::Money))?;
            let prices = lines.iter().filter_map(|line| match line.get(price) {
                Some(Value::Exact(price)) => Some(*price),
                _ => None,
            });
            prices.into_iter().try_fold(Exact::ZERO, Exact::add).ok()
        });
        let total = fields.iter().position(|field| matches!(field.ty, FieldType::Money));
        if let (Some(sum), Some(total)) = (sum, total.and_then(|place| values.get_mut(place))) {
            *total = Value::Exact(sum);
        }
    }
}
