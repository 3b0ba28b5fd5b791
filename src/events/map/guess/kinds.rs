//! Which column says what a record is, and what its words mean.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::hir::{EventDef, EventKind, Program};

use super::super::super::nearest;
use super::super::sample::Column;
use super::columns::{filled, unique_values};
use super::states::{is_state, state, why};
use super::status::{Status, status};

/// The best word first.
const KIND: [&str; 18] = [
    "type",
    "event",
    "kind",
    "action",
    "activity",
    "eventtype",
    "transactiontype",
    "recordtype",
    "documenttype",
    "doctype",
    "belegart",
    "belegtyp",
    "vorgangsart",
    "typededocument",
    "tipodedocumento",
    "tipodocumento",
    "typdokumentu",
    "类型",
];
/// Names that may mean something else: then no word of theirs is known.
const PERHAPS: [&str; 8] = ["ordertype", "salestype", "receipttype", "typ", "art", "tipo", "rodzaj", "vorgang"];
const BACK: [&str; 21] = [
    "return",
    "refund",
    "credit",
    "cancel",
    "void",
    "chargeback",
    "reversal",
    "gutschrift",
    "storno",
    "retour",
    "rückgabe",
    "erstatt",
    "avoir",
    "rembours",
    "annul",
    "devolu",
    "reembols",
    "abono",
    "zwrot",
    "korekt",
    "anul",
];
const SALE: [&str; 21] = [
    "sale",
    "purchase",
    "order",
    "buy",
    "bought",
    "payment",
    "invoice",
    "verkauf",
    "rechnung",
    "bestellung",
    "kauf",
    "vente",
    "facture",
    "commande",
    "achat",
    "venta",
    "factura",
    "compra",
    "pedido",
    "sprzeda",
    "faktura",
];

/// How many words a column may have that says what a record is.
const MOST: usize = 30;

/// What a word means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning<'p> {
    /// A record with it is such an event.
    Event(&'p Arc<str>),
    /// A record with it is none, for a reason.
    None(&'static str),
    /// Nobody knows.
    Unknown,
}

/// A column that says what a record is.
pub(super) struct Kinds<'c> {
    pub(super) column: &'c Column,
    /// Its words.
    pub(super) words: Vec<(&'c str, Meaning<'c>)>,
    /// Whether it says what became of an order, and not what kind of event a record is.
    pub(super) is_status: bool,
}

impl<'c> Kinds<'c> {
    /// The column that says which event a record is: it has names of events, or it is called like that and its words are like some, or are
    /// several.
    pub(super) fn of(
        program: &'c Program,
        columns: &'c [Column],
        (sale, back): (Option<&'c EventDef>, Option<&'c EventDef>),
        order: Option<&Column>,
        returned: Option<&Column>,
    ) -> Option<Self> {
        let named = |word: &str| program.events.iter().find(|event| *event.name == *word);
        let like = |word: &str, words: &[&str]| words.iter().any(|other| word.to_lowercase().contains(other));
        let is_known = |column: &&Column| filled(column).any(|word| like(word, &BACK) || like(word, &SALE));
        let perhaps = || columns.iter().filter(|column| PERHAPS.contains(&column.plain.as_str())).find(is_known);
        let column = columns
            .iter()
            .find(|column| filled(column).any(|value| named(value).is_some()))
            .or_else(|| KIND.iter().find_map(|kind| columns.iter().find(|column| column.plain == *kind)))
            .or_else(perhaps)
            .or_else(|| state(columns))?;
        let words: BTreeSet<&str> = filled(column).collect();
        let is_sale = |word: &&str| named(word).is_some() || status(word).is_none() && like(word, &SALE);
        let is_status = is_state(column) && !words.iter().any(is_sale);
        let of_own = order.is_some_and(|order| has_records_of_its_own(order, column));
        let means = |word: &str| match is_status.then(|| status(word)) {
            Some(Some(Status::Paid)) => sale.map(|event| Meaning::Event(&event.name)),
            // What came back of it stands beside it.
            Some(Some(Status::Part)) => sale.filter(|_| returned.is_some()).map(|event| Meaning::Event(&event.name)),
            Some(Some(Status::Back | Status::Off)) if of_own => back.map(|event| Meaning::Event(&event.name)),
            Some(Some(status)) => why(status).map(Meaning::None),
            Some(None) => None,
            None => {
                let names = program.events.iter().filter(|event| event.kind == EventKind::Declared);
                named(word)
                    .or_else(|| nearest(word, names.map(|event| event.name.as_ref())).and_then(named))
                    .or_else(|| back.filter(|_| like(word, &BACK)))
                    .or_else(|| sale.filter(|_| like(word, &SALE)))
                    .map(|event| Meaning::Event(&event.name))
            }
        };
        let said = words.iter().map(|word| (*word, means(word).unwrap_or(Meaning::Unknown)));
        let kinds = Self { column, words: said.take(MOST).collect(), is_status };
        let told = words.len() > 1 || kinds.words.iter().any(|(_, meaning)| *meaning != Meaning::Unknown);
        (words.len() <= MOST && told).then_some(kinds)
    }

    /// Whether rows without a word have no amount either: an order has several rows, and the first says it all.
    pub(super) fn has_further(&self, money: &Column) -> bool {
        let mut silent = self.column.values.iter().zip(&money.values).filter(|(word, _)| word.is_empty()).peekable();
        silent.peek().is_some() && silent.all(|(_, amount)| amount.is_empty())
    }

    /// Whether nobody knows any of its words.
    pub(super) fn is_unknown(&self) -> bool {
        self.words.iter().all(|(_, meaning)| *meaning == Meaning::Unknown)
    }

    /// What a record is, by its word.
    pub(super) fn meaning(&self, word: &str) -> Meaning<'c> {
        self.words.iter().find(|(other, _)| *other == word).map_or(Meaning::Unknown, |(_, meaning)| *meaning)
    }

    /// The words that have a meaning.
    pub(super) fn words_of(&self, meaning: Meaning<'_>) -> Vec<&'c str> {
        self.words.iter().filter(|(_, other)| *other == meaning).map(|(word, _)| *word).collect()
    }

    /// Why records of some words are no events, and the words of each reason.
    pub(super) fn left_out(&self) -> BTreeMap<&'static str, Vec<&'c str>> {
        let mut all: BTreeMap<&'static str, Vec<&'c str>> = BTreeMap::new();
        for (word, meaning) in &self.words {
            if let Meaning::None(why) = meaning {
                all.entry(why).or_default().push(word);
            }
        }
        all
    }
}

/// Whether what came back has records of its own, beside those of the orders: then an order stands twice, paid and come back.
fn has_records_of_its_own(order: &Column, column: &Column) -> bool {
    let mut orders: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    for (number, word) in order.values.iter().zip(&column.values) {
        // Further lines of an order say nothing of it.
        if let Some(status) = status(word).filter(|status| *status != Status::Open) {
            orders.entry(number).or_default().insert(matches!(status, Status::Back | Status::Off));
        }
    }
    !unique_values(order) && orders.values().any(|came_back| came_back.len() > 1)
}
