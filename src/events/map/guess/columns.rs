//! Which column is what, by its name and its values.

use super::super::sample::Column;

const MEMBER: [&str; 17] = [
    "member",
    "customer",
    "user",
    "client",
    "person",
    "shopper",
    "account",
    "card",
    "kunde",
    "karte",
    "mitglied",
    "visitor",
    "household",
    "email",
    "会员",
    "客户",
    "顾客",
];
const ORDER: [&str; 14] = [
    "invoice",
    "order",
    "receipt",
    "basket",
    "transaction",
    "booking",
    "beleg",
    "bonnr",
    "bestell",
    "rechnung",
    "commande",
    "facture",
    "pedido",
    "订单",
];
/// What has a number of its own, beside the order that it is about.
const PAPER: [&str; 8] = ["doc", "document", "receipt", "invoice", "transaction", "ticket", "bill", "beleg"];
const MONEY: [&str; 17] = [
    "subtotal", "netsales", "total", "amount", "revenue", "spend", "sales", "value", "dollars", "price", "paid",
    "betrag", "umsatz", "montant", "importe", "gross", "金额",
];
const COUNT: [&str; 11] =
    ["quantity", "qty", "count", "units", "pieces", "number", "menge", "anzahl", "quantit", "cantidad", "数量"];
const ITEM: [&str; 5] = ["sku", "stock", "product", "item", "article"];

/// How names of columns end that hold numbers of something.
const NUMBER: [&str; 8] = ["id", "no", "nr", "number", "nummer", "num", "code", "编号"];

/// Words that end in the same way.
const WORDS: [&str; 5] = ["paid", "void", "valid", "bid", "grid"];

/// What is known of somebody or something beside who or what it is.
const ABOUT: [&str; 15] = [
    "name", "mail", "phone", "type", "segment", "group", "city", "country", "state", "gender", "age", "since",
    "status", "level", "zip",
];

/// How names of columns end that say something of an order beside its number.
const ABOUT_ORDER: [&str; 3] = ["status", "type", "state"];

/// What is paid beside the goods, or came back of them.
const BESIDE: [&str; 17] = [
    "freight", "shipping", "tax", "vat", "discount", "tip", "fee", "cost", "steuer", "rabatt", "versand", "mwst",
    "refund", "returned", "erstatt", "rembours", "reembols",
];

/// How names of columns say that an amount came back.
const RETURNED: [&str; 5] = ["refund", "returned", "erstatt", "rembours", "reembols"];

/// Whose status or zone a column is about, where that is no order.
const PERSON: [&str; 8] = ["customer", "member", "user", "account", "subscri", "loyalty", "tier", "kunde"];

/// Whose numbers are those of no event.
const PLACE: [&str; 12] = [
    "seller",
    "store",
    "shop",
    "channel",
    "branch",
    "region",
    "warehouse",
    "employee",
    "staff",
    "campaign",
    "coupon",
    "filiale",
];

/// The column that one of several words fits best, the best word first, unless it is taken.
pub(super) fn pick<'c>(columns: &'c [Column], words: &[&str], taken: &[&str]) -> Option<&'c Column> {
    let free = || columns.iter().filter(|column| !taken.contains(&column.name.as_str()));
    words.iter().find_map(|word| {
        free().find(|column| column.plain == *word).or_else(|| free().find(|column| column.plain.contains(word)))
    })
}

/// The values that say something.
pub(super) fn filled(column: &Column) -> impl Iterator<Item = &str> {
    column.values.iter().map(String::as_str).filter(|value| !value.is_empty())
}

/// Whether the name of a column has one of some words in it.
pub(super) fn is_like(column: &Column, words: &[&str]) -> bool {
    words.iter().any(|word| column.plain.contains(word))
}

/// Whether a column holds numbers of something, by its name.
fn is_numbered(column: &Column) -> bool {
    let ends = |ends: &[&str]| ends.iter().any(|end| column.plain.ends_with(end));
    ends(&NUMBER) && !ends(&WORDS)
}

/// The taken columns and those of which something holds.
pub(super) fn beside<'c>(columns: &'c [Column], taken: &[&'c str], holds: impl Fn(&Column) -> bool) -> Vec<&'c str> {
    let others = columns.iter().filter(|column| holds(column)).map(|column| column.name.as_str());
    taken.iter().copied().chain(others).collect()
}

/// The column that says whose event it is: rather a number than a name, and rather a name than what else is known of a member.
pub(super) fn member(columns: &[Column]) -> Option<&Column> {
    let is_exact = |column: &Column| MEMBER.contains(&column.plain.as_str());
    let numbers = beside(columns, &[], |column| !is_numbered(column) || is_like(column, &ABOUT));
    let sure = beside(columns, &[], |column| numbers.contains(&column.name.as_str()) && !is_exact(column));
    let known = beside(columns, &[], |column| is_like(column, &ABOUT) && !is_exact(column));
    // Of one word, the number is surer than the word alone.
    let of_word = |column: &&Column| {
        let word = MEMBER.iter().find(|word| column.plain.contains(*word))?;
        pick(columns, &[word], &numbers)
    };
    let sure = pick(columns, &MEMBER, &sure);
    let sure = sure.map(|column| of_word(&column).unwrap_or(column));
    sure.or_else(|| pick(columns, &MEMBER, &known)).or_else(|| pick(columns, &MEMBER, &[]))
}

/// The column of the number of an order. A column `id` in which numbers stand several times is one, and so is one of names such as `#1001`.
pub(super) fn order<'c>(columns: &'c [Column], taken: &[&'c str]) -> Option<&'c Column> {
    let is_number = |column: &&Column| {
        let marked = || filled(column).all(|value| value.starts_with('#')) && filled(column).next().is_some();
        column.plain == "id" && !unique_values(column) || column.plain == "name" && marked()
    };
    let taken = beside(columns, taken, |column| ABOUT_ORDER.iter().any(|end| column.plain.ends_with(end)));
    let free = || columns.iter().filter(|column| !taken.contains(&column.name.as_str()));
    pick(columns, &ORDER, &taken).or_else(|| free().find(is_number))
}

/// Whether each row has a value of its own in a column.
pub(super) fn unique_values(column: &Column) -> bool {
    let mut values: Vec<&str> = filled(column).collect();
    let all = values.len();
    values.sort_unstable();
    values.dedup();
    all == column.values.len() && values.len() == all
}

/// Whether a field is the number of an order.
pub(super) fn is_order(field: &str) -> bool {
    ORDER.iter().any(|word| field.contains(word))
}

/// The column of an article.
pub(super) fn item<'c>(columns: &'c [Column], taken: &[&'c str]) -> Option<&'c Column> {
    pick(columns, &ITEM, taken)
}

/// Whether a field is about an article.
pub(super) fn is_of_item(field: &str) -> bool {
    ITEM.iter().any(|word| field.contains(word))
}

/// The column of an amount: rather of goods than of what is paid beside them.
pub(super) fn money<'c>(columns: &'c [Column], taken: &[&'c str]) -> Option<&'c Column> {
    let is_none = |column: &Column| is_numbered(column) || !is_of_amounts(column);
    let goods = beside(columns, taken, |column| is_none(column) || is_like(column, &BESIDE));
    pick(columns, &MONEY, &goods).or_else(|| pick(columns, &MONEY, &beside(columns, taken, is_none)))
}

/// The column of what came back of what a row is about.
pub(super) fn returned<'c>(columns: &'c [Column], taken: &[&'c str]) -> Option<&'c Column> {
    let free = columns.iter().filter(|column| !taken.contains(&column.name.as_str()) && is_like(column, &RETURNED));
    let some = |column: &&Column| filled(column).any(|value| value.bytes().any(|byte| matches!(byte, b'1'..=b'9')));
    free.filter(|column| !is_numbered(column) && is_of_amounts(column)).find(some)
}

/// Whether a column is about a person, and no order.
pub(super) fn is_member(column: &Column) -> bool {
    is_like(column, &PERSON)
}

/// The column of how many.
pub(super) fn count<'c>(columns: &'c [Column], taken: &[&'c str]) -> Option<&'c Column> {
    pick(columns, &COUNT, &beside(columns, taken, |column| is_numbered(column) || !is_of_amounts(column)))
}

/// Whether most values have digits, and no letters but those of a currency.
fn is_of_amounts(column: &Column) -> bool {
    let is_amount = |value: &&str| {
        value.chars().any(|c| c.is_ascii_digit()) && value.chars().filter(|c| c.is_alphabetic()).count() <= 3
    };
    filled(column).filter(is_amount).count() * 2 > filled(column).count()
}

/// The column that is an identity of each row.
pub(super) fn unique<'c>(columns: &'c [Column], taken: &[&str], order: Option<&'c Column>) -> Option<&'c Column> {
    let is_unique =
        |column: &&Column| column.values.len() > 1 && unique_values(column) && !taken.contains(&column.name.as_str());
    let ids = || columns.iter().filter(|column| column.plain.ends_with("id") && is_numbered(column)).filter(is_unique);
    let of_others = |column: &&Column| is_like(column, &MEMBER) || is_like(column, &ITEM) || is_like(column, &PLACE);
    let is_paper = |column: &&Column| {
        PAPER.iter().any(|word| column.plain == *word || column.plain.starts_with(word) && is_numbered(column))
    };
    ids()
        .find(|column| column.plain == "id")
        .or_else(|| order.filter(is_unique))
        .or_else(|| columns.iter().filter(is_paper).find(is_unique))
        .or_else(|| ids().find(|column| !of_others(column)))
}

/// Whether a column tells rows apart: rows with the same value are the same row, exported twice.
pub(super) fn identifies(column: &Column, columns: &[Column]) -> bool {
    let row = |at: usize| columns.iter().map(|column| column.values.get(at)).collect::<Vec<_>>();
    let mut first: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    column.values.iter().enumerate().all(|(at, value)| {
        let known = *first.entry(value).or_insert(at);
        !value.is_empty() && row(known) == row(at)
    })
}
