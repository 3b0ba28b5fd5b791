//! Which name of a record says the currency of its amounts: shops call it as they like.

use crate::value::Currency;

use super::fields::Fields;
use super::node::{View, clip};

/// The name by which it is known here.
pub(crate) const CURRENCY: &str = "currency";

/// What others call it, without capitals and what stands between words.
const NAMES: [&str; 48] = [
    "currencycode",
    "currencyiso",
    "currencyisocode",
    "isocurrency",
    "isocurrencycode",
    "ordercurrency",
    "ordercurrencycode",
    "transactioncurrency",
    "transactioncurrencycode",
    "salecurrency",
    "salescurrency",
    "purchasecurrency",
    "paymentcurrency",
    "paymentcurrencycode",
    "invoicecurrency",
    "documentcurrency",
    "pricecurrency",
    "amountcurrency",
    "totalcurrency",
    "curr",
    "währung",
    "waehrung",
    "währungscode",
    "währungskürzel",
    "währungsschlüssel",
    "belegwährung",
    "auftragswährung",
    "whrg",
    "waers",
    "waerk",
    "devise",
    "codedevise",
    "monnaie",
    "moneda",
    "códigodemoneda",
    "codigodemoneda",
    "divisa",
    "moeda",
    "valuta",
    "waluta",
    "kodwaluty",
    "měna",
    "pénznem",
    "parabirimi",
    "валюта",
    "货币",
    "币种",
    "通貨",
];

/// What a name has in it that may say the currency of something else.
const PARTS: [&str; 7] = ["currency", "währung", "waehrung", "walut", "валют", "币", "通貨"];

/// How surely a name says the currency of amounts, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sense {
    /// It is `currency`, whatever its capitals.
    Own,
    /// Others call it so.
    Other,
    /// It may be the currency of something else, such as `Settlement Currency`.
    Perhaps,
}

/// What a name says of the currency of amounts.
pub(crate) fn sense(name: &str) -> Option<Sense> {
    if name == CURRENCY {
        return Some(Sense::Own);
    }
    let mut room = [0; 24];
    match plain_of_ascii(name, &mut room) {
        Some(plain) => sense_of_plain(plain),
        None => {
            let between = |c: &char| c.is_whitespace() || is_between(*c);
            let plain: String = name.chars().filter(|c| !between(c)).flat_map(char::to_lowercase).collect();
            sense_of_plain(&plain)
        }
    }
}

fn is_between(c: char) -> bool {
    matches!(c, '_' | '-' | '.')
}

/// A name without capitals and what stands between words: most are short and of ASCII, and every record has some.
fn plain_of_ascii<'r>(name: &str, room: &'r mut [u8; 24]) -> Option<&'r str> {
    let mut length = 0;
    for byte in name.bytes() {
        if !byte.is_ascii() {
            return None;
        }
        if !byte.is_ascii_whitespace() && byte != 0x0b && !is_between(byte.into()) {
            *room.get_mut(length)? = byte.to_ascii_lowercase();
            length += 1;
        }
    }
    str::from_utf8(room.get(..length)?).ok()
}

fn sense_of_plain(plain: &str) -> Option<Sense> {
    if plain == CURRENCY {
        return Some(Sense::Own);
    }
    if NAMES.contains(&plain) {
        return Some(Sense::Other);
    }
    // Parts of ASCII have one of these, which few names have.
    let bytes = plain.as_bytes();
    let may = !plain.is_ascii() || bytes.contains(&b'w') || bytes.windows(2).any(|pair| pair == b"rr");
    (may && PARTS.iter().any(|part| plain.contains(part))).then_some(Sense::Perhaps)
}

/// Where records with the same names say the currency of their amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CurrencyAt {
    /// Nowhere.
    Nowhere,
    /// At the place of a name.
    Name(usize),
    /// What they say has to be looked at.
    Unsure,
}

impl CurrencyAt {
    /// That of names in order.
    pub(crate) fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut found = Self::Nowhere;
        for (at, name) in names.into_iter().enumerate() {
            found = match (sense(name), found) {
                (None, found) => found,
                (Some(Sense::Own | Sense::Other), Self::Nowhere) => Self::Name(at),
                (Some(_), _) => Self::Unsure,
            };
        }
        found
    }
}

/// Nobody knows the currency of the amounts: why, and which entry it is about.
pub(crate) struct Doubt {
    pub(crate) at: usize,
    pub(crate) reason: String,
}

/// Where a record says the currency of amounts that name none, if it does.
///
/// # Errors
/// [`Doubt`] where it says two, or where only a name that may mean something else says one that is not the program's own.
pub(crate) fn position<F: Fields + ?Sized>(fields: &F, own: Currency) -> Result<Option<usize>, Doubt> {
    if let Some(at) = fields.find(CURRENCY, 0).filter(|at| !fields.is_nothing(*at)) {
        return Ok(Some(at));
    }
    let mut best: Option<Sense> = None;
    let mut found: Vec<usize> = Vec::new();
    let mut next = 0;
    while let Some(name) = fields.key(next) {
        let at = next;
        next = fields.after(at);
        let Some(sense) = sense(name).filter(|_| !fields.is_nothing(at)) else { continue };
        if sense == Sense::Perhaps && !is_other(fields.view(at), own) {
            continue;
        }
        if best.is_none_or(|best| sense < best) {
            best = Some(sense);
            found.clear();
        }
        if best == Some(sense) {
            found.push(at);
        }
    }
    let name = |at: usize| clip(fields.key(at).unwrap_or_default(), 60);
    let Some(first) = found.first().copied() else { return Ok(None) };
    if best == Some(Sense::Perhaps) {
        let reason =
            format!("`{}` names {}: nobody knows whether the amounts are in it", name(first), code(fields.view(first)));
        return Err(Doubt { at: first, reason });
    }
    let differs = |at: &usize| !code(fields.view(*at)).eq_ignore_ascii_case(code(fields.view(first)));
    match found.iter().copied().find(differs) {
        Some(other) => {
            let (one, two) = (code(fields.view(first)), code(fields.view(other)));
            let reason = format!("`{}` names {one} and `{}` names {two}", name(first), name(other));
            Err(Doubt { at: other, reason })
        }
        None => Ok(Some(first)),
    }
}

/// The code that a value is.
fn code(value: View<'_>) -> &str {
    if let View::Text(code) | View::Cell(code) = value { code.trim() } else { "" }
}

/// Whether a value names a currency, and not this one.
fn is_other(value: View<'_>, own: Currency) -> bool {
    Currency::parse(&code(value).to_ascii_uppercase()).is_some_and(|currency| currency != own)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn short_names_are_read_as_all_others(name in "[ \\t_.A-Za-zäÄ-]{0,30}") {
            let plain: String = name.chars().filter(|c| !c.is_whitespace() && !is_between(*c)).flat_map(char::to_lowercase).collect();
            let mut room = [0; 24];
            let short = plain_of_ascii(&name, &mut room);
            prop_assert_eq!(short, (name.is_ascii() && plain.len() <= 24).then_some(&*plain));
        }
    }

    #[test]
    fn names_say_the_currency_however_they_are_written() {
        for name in ["currency", "Currency", "CURRENCY"] {
            assert_eq!(sense(name), Some(Sense::Own), "{name}");
        }
        for name in ["Currency Code", "order_currency_code", "currencyCode", "WÄHRUNG", "Waluta", "Curr.", "Devise"] {
            assert_eq!(sense(name), Some(Sense::Other), "{name}");
        }
        for name in ["Settlement Currency", "base_currency_code", "Hauswährung"] {
            assert_eq!(sense(name), Some(Sense::Perhaps), "{name}");
        }
        for name in ["id", "total", "concurrent", "current", "device", ""] {
            assert_eq!(sense(name), None, "{name}");
        }
    }

    #[test]
    fn one_name_alone_is_sure() {
        assert_eq!(CurrencyAt::of(["id", "total"]), CurrencyAt::Nowhere);
        assert_eq!(CurrencyAt::of(["id", "Currency", "total"]), CurrencyAt::Name(1));
        assert_eq!(CurrencyAt::of(["Currency", "Settlement Currency"]), CurrencyAt::Unsure);
        assert_eq!(CurrencyAt::of(["Settlement Currency"]), CurrencyAt::Unsure);
    }
}
