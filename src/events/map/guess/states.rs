//! Columns that say what became of a record, by their names: beside that of its kind there may be several.

use crate::value::Exact;

use super::super::sample::Column;
use super::columns::{filled, is_like, is_member};
use super::status::{Status, status};
use super::{listed, quoted, test};

/// How names end that say what became of an order, the surest first.
const STATUS: [&str; 4] = ["paymentstatus", "financialstatus", "orderstatus", "status"];

/// Other names of the same, which may mean something else: then no word of theirs is known.
const STATE: [&str; 17] = [
    "state",
    "orderstate",
    "paymentstate",
    "zustand",
    "statut",
    "étatdelacommande",
    "étatcommande",
    "état",
    "etat",
    "estado",
    "estadodelpedido",
    "stato",
    "statoordine",
    "situação",
    "stan",
    "状态",
    "订单状态",
];

/// What is about the way of the goods, and not about their price.
const DELIVERY: [&str; 7] = ["fulfil", "ship", "deliver", "versand", "liefer", "livraison", "envío"];

/// How names begin that say so with a day or a mark where it is so.
const MARKS: [(Status, &[&str]); 2] = [
    (
        Status::Off,
        &[
            "cancelled",
            "canceled",
            "iscancel",
            "cancellation",
            "cancelado",
            "voided",
            "isvoid",
            "storn",
            "annul",
            "anul",
        ],
    ),
    (Status::Back, &["refundedat", "refundedon", "isrefunded", "returnedat", "returnedon", "isreturned", "erstattet"]),
];

/// What stands in a mark where it is not so.
const NO: [&str; 12] = ["no", "false", "0", "n", "f", "nein", "non", "nie", "nee", "não", "-", "never"];

/// What the name of a column has in it that says how much.
const AMOUNT: [&str; 9] = ["amount", "total", "fee", "value", "qty", "quantity", "items", "betrag", "menge"];

/// Why records of a status are no events.
pub(super) fn why(status: Status) -> Option<&'static str> {
    match status {
        Status::Open => Some("it is not paid, or not yet"),
        Status::Off => Some("it was cancelled"),
        Status::Back => Some("it came back"),
        Status::Paid | Status::Part => None,
    }
}

/// Whether a column says what became of an order.
pub(super) fn is_state(column: &Column) -> bool {
    let is_own = !is_member(column);
    let named = column.plain.ends_with("status") || column.plain.starts_with("status");
    let known = || filled(column).any(|word| status(word).is_some());
    is_own && (named || STATE.contains(&column.plain.as_str()) && known())
}

fn is_of_delivery(column: &Column) -> bool {
    is_like(column, &DELIVERY)
}

/// The column that says it best: rather whether it was paid than what was sent.
pub(super) fn state(columns: &[Column]) -> Option<&Column> {
    let states = || columns.iter().filter(|column| is_state(column));
    let of_price = || states().filter(|column| !is_of_delivery(column));
    STATUS
        .iter()
        .find_map(|end| of_price().find(|column| column.plain.ends_with(end)))
        .or_else(|| of_price().next())
        .or_else(|| states().next())
}

/// Records that a column leaves out.
pub(super) struct LeftOut {
    /// The condition of a map.
    pub(super) when: String,
    pub(super) why: &'static str,
    /// Which rows they are, in plain words; none where the sample has none.
    pub(super) said: Option<String>,
}

/// Another column that says what became of a record.
pub(super) struct Other<'c> {
    pub(super) column: &'c Column,
    pub(super) skips: Vec<LeftOut>,
    /// Words that nobody knows.
    pub(super) unknown: Vec<&'c str>,
}

/// The columns of which none is taken for something else. Where what came back `has_own` records, a sale stays one.
pub(super) fn others<'c>(columns: &'c [Column], taken: &[&str], has_own: bool) -> Vec<Other<'c>> {
    let free = columns.iter().filter(|column| !taken.contains(&column.name.as_str()));
    free.filter_map(|column| Other::of(column, has_own)).collect()
}

impl<'c> Other<'c> {
    fn of(column: &'c Column, has_own: bool) -> Option<Self> {
        let marks = |(_, begins): &&(Status, &[&str])| begins.iter().any(|begin| column.plain.starts_with(begin));
        let skips = |status: Status| why(status).filter(|_| !(has_own && status == Status::Back));
        if let Some((status, _)) = MARKS.iter().find(marks).filter(|_| !is_amount(column)) {
            let is_said = filled(column).any(|value| !is_no(value));
            let said = is_said.then(|| format!("that say so in `{}`", column.name));
            let out = LeftOut { when: marked(column), why: skips(*status)?, said };
            return Some(Self { column, skips: vec![out], unknown: Vec::new() });
        }
        if !is_state(column) {
            return None;
        }
        let mut words: Vec<&str> = filled(column).collect();
        words.sort_unstable();
        words.dedup();
        let of = |wanted: Status| -> Vec<&str> {
            words.iter().copied().filter(|word| status(word) == Some(wanted)).collect()
        };
        // What waits to be sent may be paid.
        let out = [Status::Off, Status::Back, Status::Open];
        let out = out.into_iter().filter(|status| *status != Status::Open || !is_of_delivery(column));
        let skip = |status: Status| {
            let (words, why) = (of(status), skips(status)?);
            let when = format!("{{column: {}, {}}}", quoted(&column.name), test(&words));
            let said = Some(format!("whose `{}` is {}", column.name, listed(&words)));
            (!words.is_empty()).then_some(LeftOut { when, why, said })
        };
        let skips = out.filter_map(skip).collect();
        let unknown = words.iter().copied().filter(|word| status(word).is_none()).collect();
        Some(Self { column, skips, unknown })
    }
}

/// Whether a mark says that it is not so.
fn is_no(value: &str) -> bool {
    NO.contains(&value.to_lowercase().as_str())
}

/// Whether a column says how much was called off.
fn is_amount(column: &Column) -> bool {
    let has_decimals = |value: &str| {
        let plain = value.replace(',', ".");
        plain.contains('.') && Exact::parse_decimal(&plain).is_some()
    };
    is_like(column, &AMOUNT) || filled(column).any(has_decimals)
}

/// A condition for what is marked.
fn marked(column: &Column) -> String {
    let name = quoted(&column.name);
    let mut no: Vec<&str> = filled(column).filter(|value| is_no(value)).collect();
    no.sort_unstable();
    no.dedup();
    if no.is_empty() {
        format!("{{column: {name}, is: not empty}}")
    } else {
        format!("{{column: {name}, is: not empty, not: {{column: {name}, {}}}}}", test(&no))
    }
}
