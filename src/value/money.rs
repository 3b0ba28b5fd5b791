//! Money: whole minor units of an ISO 4217 currency, and its written forms.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use iso_currency::Currency as Iso;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::scan::{Decimal, DecimalError, excerpt};

/// A currency of ISO 4217 that has an amount of minor units: not metals, not test codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    iso: Iso,
    exponent: u8,
}

/// What the standard's table says where a currency has no symbol of its own.
const NO_SYMBOL: &str = "¤";

/// The currency that a shared symbol means the world over, and those whose amounts are shown with their symbol.
const PRINCIPAL: [(&str, Iso); 3] = [("$", Iso::USD), ("€", Iso::EUR), ("£", Iso::GBP)];

/// Every currency with its symbol; the standard's numeric codes have three digits.
static SYMBOLS: LazyLock<BTreeMap<Currency, String>> = LazyLock::new(|| {
    let known = (0..1000).filter_map(Iso::from_numeric).filter_map(Currency::from_iso);
    known.map(|currency| (currency, currency.iso.symbol().symbol)).filter(|(_, symbol)| symbol != NO_SYMBOL).collect()
});

impl Currency {
    /// The currency of a three-letter code in capitals, such as `USD`; `None` where there is no such money.
    pub fn parse(code: &str) -> Option<Self> {
        Iso::from_code(code).and_then(Self::from_iso)
    }

    fn from_iso(iso: Iso) -> Option<Self> {
        Some(Self { iso, exponent: u8::try_from(iso.exponent()?).ok()? })
    }

    /// The currency that `symbol` means in a program whose own currency is `default`.
    ///
    /// A symbol of `default` always means `default`. Otherwise `$` means USD and `£` GBP, and any other symbol has to
    /// be that of one currency only; `None` where it is of several or of none.
    pub fn from_symbol(symbol: &str, default: Self) -> Option<Self> {
        if default.own_symbol() == Some(symbol) {
            return Some(default);
        }
        if let Some((_, iso)) = PRINCIPAL.iter().find(|(principal, _)| *principal == symbol) {
            return Self::from_iso(*iso);
        }
        let current = SYMBOLS.iter().filter(|(currency, _)| currency.iso.is_superseded().is_none());
        let mut bearers = current.filter(|(_, own)| own.as_str() == symbol).map(|(currency, _)| *currency);
        bearers.next().filter(|_| bearers.next().is_none())
    }

    /// The three-letter code, such as `USD`.
    pub fn code(self) -> &'static str {
        self.iso.code()
    }

    /// How many decimals its amounts have: 2 for USD, 0 for JPY.
    pub const fn exponent(self) -> u8 {
        self.exponent
    }

    /// The symbol its own country writes, such as `$`; the code where there is none. Several currencies share some.
    pub fn symbol(self) -> &'static str {
        self.own_symbol().unwrap_or_else(|| self.code())
    }

    fn own_symbol(self) -> Option<&'static str> {
        SYMBOLS.get(&self).map(String::as_str)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| de::Error::custom(format_args!("`{}` is not a currency code", excerpt(&code))))
    }
}

/// An amount of money, shown as `$1,234.50`, `-€3.00` or `1,234 JPY`.
///
/// Only USD, EUR and GBP are shown with their symbol, so that a shown amount never means two currencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The amount in minor units of the currency.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let amount = written(u128::from(self.minor.unsigned_abs()), self.currency.exponent, ",");
        match PRINCIPAL.iter().find(|(_, iso)| *iso == self.currency.iso) {
            Some((symbol, _)) => write!(f, "{sign}{symbol}{amount}"),
            None => write!(f, "{sign}{amount} {}", self.currency),
        }
    }
}

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The text is not a number.
    #[error("`{0}` is not an amount: write digits with a point, such as `12.50`")]
    NotANumber(String),
    /// The amount is not a whole number of its smallest step.
    #[error("`{text}` has too many decimals: {}", allowed(*.decimals, *.currency))]
    TooManyDecimals {
        /// The amount as written.
        text: String,
        /// How many decimals are allowed.
        decimals: u8,
        /// The currency that says so, if it is money.
        currency: Option<Currency>,
    },
    /// The amount does not fit.
    #[error("`{0}` is too large for an amount")]
    TooLarge(String),
}

fn allowed(decimals: u8, currency: Option<Currency>) -> String {
    let whose = currency.map_or_else(|| "it".to_owned(), |currency| currency.to_string());
    match decimals {
        0 => format!("{whose} has none"),
        _ => format!("{whose} has at most {decimals}"),
    }
}

/// Reads an amount of `currency` such as `1234.5` or `1.25e2` and returns its minor units, exactly.
///
/// # Errors
/// [`AmountError`] where the text is no number, has a fraction of a minor unit, or does not fit.
pub fn parse_minor(text: &str, currency: Currency) -> Result<i64, AmountError> {
    parse_amount(text, currency.exponent, Some(currency))
}

/// Reads a number such as `1234.5` or `1.25e2` and returns it in steps of ten to the power of minus `decimals`, exactly.
///
/// # Errors
/// [`AmountError`] where the text is no number, has a fraction of a step, or does not fit.
pub fn parse_steps(text: &str, decimals: u8) -> Result<i64, AmountError> {
    parse_amount(text, decimals, None)
}

fn parse_amount(text: &str, decimals: u8, currency: Option<Currency>) -> Result<i64, AmountError> {
    Decimal::read(text, false).and_then(|decimal| decimal.steps(decimals)).map_err(|error| match error {
        DecimalError::Malformed => AmountError::NotANumber(excerpt(text)),
        DecimalError::TooLarge => AmountError::TooLarge(excerpt(text)),
        DecimalError::Inexact => AmountError::TooManyDecimals { text: excerpt(text), decimals, currency },
    })
}

/// Writes an amount of minor units plainly, with all its decimals: `1234.50` for 123450 and exponent 2.
pub fn format_minor(minor: i64, exponent: u8) -> String {
    decimal(i128::from(minor), exponent, "")
}

/// Writes steps as a decimal number, with a separator between thousands: `1,234.5` for 12345, 1 decimal and `,`.
pub fn decimal(steps: i128, decimals: u8, separator: &str) -> String {
    if decimals == 0 && separator.is_empty() {
        return steps.to_string();
    }
    let sign = if steps < 0 { "-" } else { "" };
    format!("{sign}{}", written(steps.unsigned_abs(), decimals, separator))
}

/// The digits of an amount, in groups of three before the point.
fn written(steps: u128, decimals: u8, separator: &str) -> String {
    let digits = format!("{steps:0width$}", width = usize::from(decimals) + 1);
    let (whole, part) = digits.split_at(digits.len() - usize::from(decimals));
    let mut out = String::with_capacity(digits.len() + whole.len() / 3 + 1);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(digit);
    }
    if !part.is_empty() {
        out.push('.');
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn knows_money_only() {
        assert_eq!(currency("JPY").exponent(), 0);
        assert_eq!(currency("BHD").exponent(), 3);
        assert_eq!(currency("CAD").symbol(), "$");
        assert_eq!(currency("MDL").symbol(), "MDL");
        for none in ["XAU", "XXX", "usd", "US", "EURO", ""] {
            assert_eq!(Currency::parse(none), None, "{none}");
        }
    }

    #[test]
    fn a_shared_symbol_means_the_default_if_it_uses_it() {
        let usd = currency("USD");
        let meaning = |symbol, default| Currency::from_symbol(symbol, currency(default));
        assert_eq!(meaning("$", "CAD"), Some(currency("CAD")));
        assert_eq!(meaning("$", "EUR"), Some(usd));
        assert_eq!(meaning("£", "EUR"), Some(currency("GBP")));
        assert_eq!(meaning("kr", "SEK"), Some(currency("SEK")));
        assert_eq!(meaning("kr", "USD"), None);
        assert_eq!(meaning("¥", "USD"), None);
        assert_eq!(meaning("R$", "USD"), Some(currency("BRL")));
        assert_eq!(meaning("₹", "USD"), Some(currency("INR")));
        assert_eq!(meaning("¤", "MDL"), None);
        assert_eq!(meaning("", "USD"), None);
    }

    #[test]
    fn shows_amounts() {
        let shown = |minor, code| Money { minor, currency: currency(code) }.to_string();
        assert_eq!(shown(123_450, "USD"), "$1,234.50");
        assert_eq!(shown(-5, "EUR"), "-€0.05");
        assert_eq!(shown(1_234, "JPY"), "1,234 JPY");
        assert_eq!(shown(-1_234_567, "CAD"), "-12,345.67 CAD");
        assert_eq!(shown(i64::MIN, "GBP"), "-£92,233,720,368,547,758.08");
        assert_eq!(format_minor(123_450, 2), "1234.50");
        assert_eq!(format_minor(-7, 0), "-7");
        assert_eq!(format_minor(-7, 3), "-0.007");
        assert_eq!(format_minor(1, 200).len(), 202);
    }

    #[test]
    fn reads_exact_amounts() {
        let usd = currency("USD");
        for (text, minor) in [("12.5", 1250), ("-0.01", -1), ("1.25e2", 12_500), ("1250e-2", 1250), ("1.500", 150)] {
            assert_eq!(parse_minor(text, usd), Ok(minor), "{text}");
        }
        assert_eq!(parse_minor("0e99999", usd), Ok(0));
        assert_eq!(parse_minor("92233720368547758.07", usd), Ok(i64::MAX));
        assert_eq!(parse_steps("0.125", 3), Ok(125));
    }

    #[test]
    fn says_why_a_text_is_no_amount() {
        let said = |text, code| parse_minor(text, currency(code)).unwrap_err().to_string();
        assert_eq!(said("12.345", "USD"), "`12.345` has too many decimals: USD has at most 2");
        assert_eq!(said("12.5", "JPY"), "`12.5` has too many decimals: JPY has none");
        assert_eq!(said("1e-99", "USD"), "`1e-99` has too many decimals: USD has at most 2");
        assert_eq!(said("92233720368547758.08", "USD"), "`92233720368547758.08` is too large for an amount");
        assert_eq!(said("1e30", "USD"), "`1e30` is too large for an amount");
        for text in ["1_000", "", "$5", "1,5", "NaN", "0x10", "1.", " 1"] {
            assert!(matches!(parse_minor(text, currency("USD")), Err(AmountError::NotANumber(_))), "{text}");
        }
        assert!(said(&"é".repeat(500), "USD").chars().count() < 130);
    }

    #[test]
    fn is_stored_by_its_code() {
        let money = Money { minor: 5, currency: currency("EUR") };
        let text = serde_json::to_string(&money).unwrap();
        assert_eq!(text, r#"{"minor":5,"currency":"EUR"}"#);
        assert_eq!(serde_json::from_str::<Money>(&text).unwrap(), money);
        assert!(serde_json::from_str::<Currency>("\"XAU\"").is_err());
    }

    proptest! {
        #[test]
        fn written_amounts_read_back(minor: i64, exponent in 0u8..8) {
            prop_assert_eq!(parse_steps(&format_minor(minor, exponent), exponent), Ok(minor));
        }

        #[test]
        fn no_text_panics(text in "[-+0-9._eE]{0,40}") {
            let _ = parse_steps(&text, 2);
        }
    }
}
