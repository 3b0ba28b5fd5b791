//! Of which columns the fields of an event may be made.

use std::fmt::Write as _;

use crate::hir::{EventDef, FieldDef, FieldType};

use super::super::super::nearest;
use super::super::sample::Column;
use super::columns::{self, filled, is_like, is_of_item, is_order};
use super::rows::Together;
use super::times::{Written, written};
use super::{days_of_excel, in_zone, quoted};

/// How names of columns say that a value is that of a row, and not of its order.
const OF_LINE: [&str; 4] = ["price", "line", "item", "preis"];

/// What is seen of a file, for the fields of one event.
#[derive(Clone, Copy)]
pub(super) struct Sight<'s> {
    /// All columns.
    pub(super) columns: &'s [Column],
    /// Those that say whose event it is, and when.
    pub(super) taken: &'s [&'s str],
    /// That of the number of the order.
    pub(super) order: Option<&'s Column>,
    /// Whether counts and amounts are written below zero.
    pub(super) negative: bool,
    /// That of what came back of the money.
    pub(super) returned: Option<&'s Column>,
    /// That of the identity of a row, for sales whose order has no other number.
    pub(super) own: Option<&'s Column>,
    /// The rows that are one event.
    pub(super) together: Option<&'s Together<'s>>,
}

impl Sight<'_> {
    /// How many fields of an event have a column, after whether all have that must.
    pub(super) fn matches(&self, event: &EventDef) -> (bool, usize) {
        let found = |def: &&FieldDef| self.value(&def.name, &def.ty).is_some();
        let needed = |def: &&FieldDef| !def.optional && def.default.is_none();
        (event.fields.iter().filter(needed).all(|def| found(&def)), event.fields.iter().filter(found).count())
    }

    /// Writes the fields of an event.
    pub(super) fn fields(&self, out: &mut String, event: &EventDef) {
        let mut lines = String::new();
        for def in event.fields.iter() {
            let _ = match self.value(&def.name, &def.ty) {
                Some(value) => writeln!(lines, "      {}: {value}", def.name),
                None if def.optional || def.default.is_some() => Ok(()),
                None => writeln!(lines, "      # {}: no column looks like it", def.name),
            };
        }
        if lines.lines().any(|line| !line.trim_start().starts_with('#')) {
            let _ = write!(out, "    fields:\n{lines}");
        } else {
            out.push_str(&lines);
        }
    }

    fn named(&self, name: &str) -> Option<&Column> {
        let named = nearest(name, self.columns.iter().map(|column| column.name.as_str()))?;
        self.columns.iter().find(|column| column.name == named)
    }

    /// A number of a column, without its sign where it is written below zero.
    fn number(&self, column: &Column) -> String {
        let name = quoted(&column.name);
        if self.negative { format!("{{absolute: {name}}}") } else { name }
    }

    /// A number, added up over the rows of an event unless all of them have that of the event.
    fn summed(&self, number: String, column: &Column) -> String {
        match self.together {
            Some(together) if is_like(column, &OF_LINE) || !together.repeats(column) => format!("{{sum: {number}}}"),
            Some(_) => number + "   # the same in all rows of an order: taken once",
            None => number,
        }
    }

    /// What a field may be made of.
    fn value(&self, name: &str, ty: &FieldType) -> Option<String> {
        let named = self.named(name);
        match ty {
            FieldType::Money => self.money(named.or_else(|| columns::money(self.columns, self.taken))?),
            FieldType::Number => named.map(|column| self.summed(self.number(column), column)),
            FieldType::Count => {
                let column = named.or_else(|| columns::count(self.columns, self.taken))?;
                let number = self.number(column);
                Some(if self.together.is_some() { format!("{{sum: {number}}}") } else { number })
            }
            FieldType::Id => {
                let item = is_of_item(name);
                let found = if item { columns::item(self.columns, self.taken) } else { self.order };
                let known = named.or(found).map(|column| quoted(&column.name));
                let own = self.own.filter(|_| !item && is_order(name));
                known.or_else(|| {
                    Some(format!("{}   # no column is called so: what tells rows apart", quoted(&own?.name)))
                })
            }
            FieldType::Date | FieldType::Moment => {
                let column = named?;
                let name = quoted(&column.name);
                let formats: Vec<String> = match written(column)? {
                    Written::Since(unit) => return Some(format!("{{column: {name}, unit: {unit}}}")),
                    Written::Days => return Some(days_of_excel(&column.name)),
                    Written::Ways(formats) => formats.into_iter().map(quoted).collect(),
                };
                let zone = in_zone(column);
                Some(match formats.as_slice() {
                    [] if zone.is_empty() => name,
                    [] => format!("{{column: {name}{zone}}}"),
                    [format] => format!("{{column: {name}{zone}, format: {format}}}"),
                    formats => format!("{{column: {name}{zone}, format: [{}]}}", formats.join(", ")),
                })
            }
            FieldType::List(fields) => {
                let together = self.together?;
                let of_row = |def: &FieldDef| {
                    let of_row = |column: &&Column| !together.repeats(column);
                    let found = self.named(&def.name).or_else(|| match def.ty {
                        FieldType::Id if is_of_item(&def.name) => columns::item(self.columns, self.taken),
                        FieldType::Money => columns::money(self.columns, self.taken).filter(of_row),
                        _ => None,
                    })?;
                    let value = match def.ty {
                        FieldType::Money => Self { together: None, ..*self }.money(found)?,
                        _ => quoted(&found.name),
                    };
                    Some(format!("{}: {value}", def.name))
                };
                let all: Vec<(bool, Option<String>)> =
                    fields.iter().map(|def| (def.optional || def.default.is_some(), of_row(def))).collect();
                if all.iter().any(|(may_miss, value)| !may_miss && value.is_none()) {
                    return None;
                }
                let values: Vec<String> = all.into_iter().filter_map(|(_, value)| value).collect();
                (!values.is_empty()).then(|| format!("{{{}}}", values.join(", ")))
            }
            _ => named.map(|column| quoted(&column.name)),
        }
    }

    fn money(&self, money: &Column) -> Option<String> {
        match columns::count(self.columns, self.taken) {
            Some(count) if money.plain.contains("price") => {
                let product =
                    format!("{{multiply: [{}, {}], round: nearest}}", self.number(count), quoted(&money.name));
                Some(if self.together.is_some() { format!("{{sum: {product}}}") } else { product })
            }
            _ if ["cent", "pence", "minor"].iter().any(|word| money.plain.contains(word)) => {
                let name = quoted(&money.name);
                Some(match self.together.filter(|together| !together.repeats(money)) {
                    Some(_) => format!("{{sum: {name}, unit: minor}}"),
                    None if self.negative => format!("{{absolute: {name}, unit: minor}}"),
                    None => format!("{{column: {name}, unit: minor}}"),
                })
            }
            _ => {
                let number = match self.returned {
                    Some(returned) => format!("{{subtract: [{}, {}]}}", quoted(&money.name), came_back(returned)),
                    None => self.number(money),
                };
                let hint = if are_coins(money) { COINS } else { "" };
                Some(self.summed(number, money) + hint)
            }
        }
    }
}

/// What is said of amounts that may be in the smallest coin.
pub(super) const COINS: &str = "   # only whole numbers: if they are cents, say `unit: minor`";

/// Whether all amounts are whole numbers, and most of them large.
fn are_coins(column: &Column) -> bool {
    let is_whole = |value: &str| value.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
    let large = filled(column).filter(|value| value.trim_start_matches('-').len() > 2).count();
    filled(column).all(is_whole) && large > 2 && large * 2 > filled(column).count()
}

/// What came back, which mostly is nothing.
fn came_back(column: &Column) -> String {
    let amount = format!("{{column: {}, default: 0}}", quoted(&column.name));
    if filled(column).any(|value| value.starts_with('-')) { format!("{{absolute: {amount}}}") } else { amount }
}
