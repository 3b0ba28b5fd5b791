//! What a figure comes to: exact, or unknown with the reason.

use std::sync::Arc;

use crate::hir::{Label, Program};
use crate::value::{Currency, Exact, Money, Rounding, decimal, format_minor};

/// An exact value with its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quantity {
    /// So many of something.
    Count(i64),
    /// A part of a whole.
    Share(Exact),
    /// Money in minor units; an average has fractions.
    Money(Currency, Exact),
    /// An amount of a unit, in steps.
    Units(Arc<str>, u8, i128),
    /// Days.
    Days(Exact),
    /// So many for each.
    Ratio(Exact),
    /// A score from -100 to 100.
    Score(Exact),
    /// A period, a day, words.
    Text(Arc<str>),
    /// Something that the program names.
    Named(Named),
}

/// A name, and what people call the thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name in the program.
    pub name: Arc<str>,
    /// Its label, or the name.
    pub label: Arc<str>,
}

impl Named {
    /// A thing with its label, if it has one.
    pub fn new(name: &Arc<str>, label: Option<&Label>) -> Self {
        Self { name: name.clone(), label: label.map_or(name, |label| &label.text).clone() }
    }
}

/// A value, or why there is none.
pub type Answer = Result<Quantity, String>;

impl Quantity {
    /// An amount of a unit of the program.
    pub fn units(program: &Program, unit: crate::hir::UnitId, steps: i128) -> Self {
        let unit = program.units.at(unit);
        Self::Units(unit.name.clone(), unit.decimals, steps)
    }

    /// Money of the program, in minor units.
    pub fn money(program: &Program, minor: Exact) -> Self {
        Self::Money(program.settings.currency, minor)
    }

    /// A text.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// What it is counted in, as machines are told.
    pub fn unit(&self) -> String {
        match self {
            Self::Count(_) => "count".to_owned(),
            Self::Share(_) => "share".to_owned(),
            Self::Money(currency, _) => currency.code().to_owned(),
            Self::Units(name, ..) => name.to_string(),
            Self::Days(_) => "days".to_owned(),
            Self::Ratio(_) => "ratio".to_owned(),
            Self::Score(_) => "score".to_owned(),
            Self::Text(_) => "text".to_owned(),
            Self::Named(_) => "name".to_owned(),
        }
    }

    /// The exact value in whole units: a decimal number, or a fraction where none ends.
    pub fn exact(&self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Share(exact) | Self::Days(exact) | Self::Ratio(exact) | Self::Score(exact) => exact.to_string(),
            Self::Money(currency, minor) => match minor.to_i64() {
                Some(minor) => format_minor(minor, currency.exponent()),
                None => minor.div(power(currency.exponent())).unwrap_or(*minor).to_string(),
            },
            Self::Units(_, decimals, steps) => decimal(*steps, *decimals, ""),
            Self::Text(text) => text.to_string(),
            Self::Named(named) => named.name.to_string(),
        }
    }

    /// As people read it: shares in percent, money in whole minor units.
    pub fn shown(&self) -> String {
        match self {
            Self::Count(count) => decimal(i128::from(*count), 0, ","),
            Self::Share(share) => format!("{}%", tenths(share.mul(Exact::from(100)).unwrap_or(*share))),
            Self::Money(currency, minor) => match Rounding::Nearest.round(*minor) {
                Ok(minor) => Money { minor, currency: *currency }.to_string(),
                Err(_) => self.exact(),
            },
            Self::Units(_, decimals, steps) => decimal(*steps, *decimals, ","),
            Self::Days(days) => tenths(*days).trim_end_matches(".0").to_owned(),
            Self::Ratio(number) => hundredths(*number),
            Self::Score(score) => tenths(*score).trim_end_matches(".0").to_owned(),
            Self::Text(text) => text.to_string(),
            Self::Named(named) => named.label.to_string(),
        }
    }

    /// As it stands beside an axis: short.
    pub fn tick(&self) -> String {
        match self {
            Self::Count(count) => short(i128::from(*count)),
            Self::Share(_) => self.shown().replace(".0%", "%"),
            Self::Money(currency, minor) => {
                let whole = minor.div(power(currency.exponent())).and_then(|whole| Rounding::Nearest.round(whole));
                let whole = whole.map_or_else(|_| self.shown(), |whole| short(i128::from(whole)));
                match whole.strip_prefix('-') {
                    Some(whole) => format!("-{}{whole}", currency.symbol()),
                    None => format!("{}{whole}", currency.symbol()),
                }
            }
            Self::Units(_, decimals, steps) => short(steps / 10_i128.pow(u32::from(*decimals))),
            _ => self.shown(),
        }
    }

    /// The same kind of value of another size.
    #[must_use]
    pub fn resized(&self, size: Exact) -> Self {
        let whole = || size.floor().to_i64().unwrap_or(0);
        match self {
            Self::Count(_) => Self::Count(whole()),
            Self::Share(_) => Self::Share(size),
            Self::Money(currency, _) => Self::Money(*currency, size),
            Self::Units(name, decimals, _) => Self::Units(name.clone(), *decimals, i128::from(whole())),
            Self::Days(_) => Self::Days(size),
            Self::Ratio(_) => Self::Ratio(size),
            Self::Score(_) => Self::Score(size),
            Self::Text(_) | Self::Named(_) => self.clone(),
        }
    }

    /// Its size, for charts: comparable with others of the same unit.
    pub fn size(&self) -> Exact {
        match self {
            Self::Count(count) => Exact::from(*count),
            Self::Share(exact)
            | Self::Money(_, exact)
            | Self::Days(exact)
            | Self::Ratio(exact)
            | Self::Score(exact) => *exact,
            Self::Units(_, _, steps) => Exact::new(*steps, 1).unwrap_or(Exact::ZERO),
            Self::Text(_) | Self::Named(_) => Exact::ZERO,
        }
    }
}

/// A whole number as an answer.
pub fn count(number: usize) -> Answer {
    Ok(Quantity::Count(i64::try_from(number).unwrap_or(i64::MAX)))
}

/// A part of a whole: unknown where there is no whole, with what is missing.
pub fn share(part: usize, whole: usize, missing: &str) -> Answer {
    ratio(part, whole, missing).map(Quantity::Share)
}

/// One number by another: unknown where the other is none, with what is missing.
pub fn ratio(part: usize, whole: usize, missing: &str) -> Result<Exact, String> {
    let exact = |number: usize| i128::try_from(number).ok();
    let found = exact(part).zip(exact(whole)).and_then(|(part, whole)| Exact::new(part, whole));
    found.filter(|_| whole > 0).ok_or_else(|| missing.to_owned())
}

/// A whole number in at most three digits or so: `950`, `1,500`, `25k`, `1.5m`.
fn short(number: i128) -> String {
    for (from, unit, letter) in
        [(1_000_000_000, 1_000_000_000, "bn"), (1_000_000, 1_000_000, "m"), (10_000, 1_000, "k")]
    {
        if number.abs() >= from {
            let tenths = decimal(number / (unit / 10), 1, ",");
            return format!("{}{letter}", tenths.trim_end_matches(".0"));
        }
    }
    decimal(number, 0, ",")
}

fn power(decimals: u8) -> Exact {
    Exact::from(10_i64.saturating_pow(u32::from(decimals)))
}

fn tenths(number: Exact) -> String {
    rounded(number, 1)
}

fn hundredths(number: Exact) -> String {
    rounded(number, 2)
}

fn rounded(number: Exact, decimals: u8) -> String {
    let steps = number.mul(power(decimals)).and_then(|number| Rounding::Nearest.round(number));
    steps.map_or_else(|_| number.readable(), |steps| decimal(i128::from(steps), decimals, ","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_rounded_and_kept_exact() {
        let gbp = Currency::parse("GBP").unwrap();
        let third = Exact::new(1, 3).unwrap();
        for (quantity, shown, exact) in [
            (Quantity::Count(-1_234), "-1,234", "-1234"),
            (Quantity::Share(third), "33.3%", "1/3"),
            (Quantity::Share(Exact::new(1, 8).unwrap()), "12.5%", "0.125"),
            (Quantity::Money(gbp, Exact::from(123_456)), "£1,234.56", "1234.56"),
            (Quantity::Money(gbp, Exact::new(1_000, 3).unwrap()), "£3.33", "10/3"),
            (Quantity::Units("miles".into(), 1, 12_345), "1,234.5", "1234.5"),
            (Quantity::Days(Exact::new(69, 2).unwrap()), "34.5", "34.5"),
            (Quantity::Days(Exact::from(34)), "34", "34"),
            (Quantity::Ratio(Exact::new(10, 4).unwrap()), "2.50", "2.5"),
            (Quantity::Score(Exact::new(-100, 3).unwrap()), "-33.3", "-100/3"),
        ] {
            assert_eq!((quantity.shown().as_str(), quantity.exact().as_str()), (shown, exact));
        }
    }
}
