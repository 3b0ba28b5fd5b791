//! Amounts as a designer writes them, for lines to paste.

use crate::hir::Type;
use crate::value::Currency;

/// An amount of money: `$5`, or `5 JPY` where the currency has no sign of its own.
pub(super) fn money(currency: Currency, amount: &str) -> String {
    let symbol = currency.symbol();
    if symbol == currency.code() || Currency::from_symbol(symbol, currency) != Some(currency) {
        format!("{amount} {}", currency.code())
    } else {
        format!("{symbol}{amount}")
    }
}

/// The nothing of a dimension, as a default; days and times have none.
pub(super) fn zero(currency: Currency, ty: Type) -> Option<String> {
    Some(match ty {
        Type::Money => money(currency, "0"),
        Type::Bool => "no".to_owned(),
        Type::Text => "\"\"".to_owned(),
        Type::Number | Type::Quantity(_) => "0".to_owned(),
        _ => return None,
    })
}
