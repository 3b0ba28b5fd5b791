//! Tables with rows that are never used, and with values that no row is for.

use crate::diagnostic::Diagnostic;
use crate::hir::{Band, Cell, Compare, Expr, Program, Rows, Table, Type};
use crate::value::{Exact, Value};

use super::facts::said;
use super::{warning, without};

/// The most combinations of words that are tried.
const MOST: usize = 10_000;

pub(super) fn look(program: &Program, found: &mut Vec<Diagnostic>) {
    for table in program.tables.iter() {
        let (rows, otherwise) = match &table.rows {
            Rows::Exact { rows, otherwise } => (rows, otherwise),
            Rows::Bands { bands, .. } => {
                found.extend(open_end(program, table, bands));
                continue;
            }
        };
        for (place, (cells, value)) in rows.iter().enumerate() {
            let Some((earlier, first)) = rows.iter().take(place).find(|(earlier, _)| covers(earlier, cells)) else {
                continue;
            };
            let message = format!("this row of `{}` is never used: one above it is taken first", table.name);
            let told = warning("E0591", value.span, message).related(first.span, "this one");
            let text = |value: &Expr| program.sources.text(value.span);
            found.push(match (earlier == cells, text(first) == text(value)) {
                (true, true) => without(program, told.help("the two say the same: take one of them out"), value.span),
                // Which of the two is meant only their author knows.
                (true, false) => told.help("take out the one that is not meant"),
                (false, _) => told.help("take one of the two out, or put the narrower one first"),
            });
        }
        if otherwise.is_none()
            && let Some(missing) = gap(program, table, rows.iter().map(|(cells, _)| cells.as_slice()))
        {
            let message = format!("`{}` has no row for {missing}: an event that asks for it fails", table.name);
            found.push(warning("E0592", table.span, message).help("add a row for it, or a last row `else …`"));
        }
    }
}

/// An amount beyond all that rows name, where one of them names a range.
fn beyond<'r>(
    program: &Program,
    ty: Type,
    cells: impl Iterator<Item = &'r (Compare, Value)> + Clone,
) -> Option<(Value, String)> {
    let ranges = cells.clone().any(|(how, _)| !matches!(how, Compare::Is | Compare::IsNot));
    let amounts = cells.filter_map(|(_, value)| if let Value::Exact(amount) = value { Some(*amount) } else { None });
    let largest = amounts.max().filter(|_| ranges)?;
    let more = largest.add(Exact::ONE).ok()?;
    Some((Value::Exact(more), format!("more than {}", said(program, ty, largest))))
}

/// Bands that end, and what lies above them fails.
fn open_end(program: &Program, table: &Table, bands: &[Band]) -> Option<Diagnostic> {
    let last = bands.last()?;
    let end = said(program, *table.keys.first()?, last.to?);
    let beyond = if last.inclusive { format!("more than {end}") } else { format!("{end} and more") };
    let message = format!("`{}` has no row for {beyond}: an event that asks for it fails", table.name);
    Some(warning("E0592", table.span, message).help("add a last row `above …` with what is meant then"))
}

/// Whether whatever fits the second row fits the first.
fn covers(first: &[Cell], second: &[Cell]) -> bool {
    first.iter().zip(second).all(|(first, second)| match (first, second) {
        (None, _) => true,
        (Some((how, value)), Some((other, given))) if how == other => match how {
            Compare::Is | Compare::IsNot => value == given,
            Compare::Less | Compare::AtMost => given <= value,
            Compare::More | Compare::AtLeast => given >= value,
        },
        (Some((how, value)), Some((Compare::Is, given))) => how.holds(given.cmp(value)),
        _ => false,
    })
}

/// The first combination of words, tiers and amounts beyond all that rows name, that no row is for; nothing where a key is something else.
fn gap<'r>(program: &Program, table: &Table, rows: impl Iterator<Item = &'r [Cell]> + Clone) -> Option<String> {
    let mut keys: Vec<Vec<(Value, String)>> = Vec::new();
    for (at, ty) in table.keys.iter().enumerate() {
        let names: Vec<String> = match ty {
            Type::Number | Type::Money | Type::Quantity(_) => {
                keys.push(vec![beyond(program, *ty, rows.clone().filter_map(|cells| cells.get(at)?.as_ref()))?]);
                continue;
            }
            Type::Enum(id) => program.enums.at(*id).words.iter().map(ToString::to_string).collect(),
            Type::Tier(id) => program.ladders.at(*id).tiers.iter().map(|tier| tier.name.to_string()).collect(),
            _ => return None,
        };
        let values = (0_u32..).map(Value::Ordinal).zip(names.iter().map(|name| format!("`{name}`")));
        keys.push(values.collect());
    }
    let count = keys.iter().try_fold(1_usize, |count, key| count.checked_mul(key.len()))?;
    (0..count.min(MOST)).find_map(|number| {
        let mut rest = number;
        let mut chosen = Vec::new();
        for key in keys.iter().rev() {
            chosen.push(key.get(rest % key.len())?);
            rest /= key.len();
        }
        chosen.reverse();
        let matches = |(cell, (value, _)): (&Cell, &&(Value, String))| {
            cell.as_ref().is_none_or(|(how, wanted)| how.holds(value.cmp(wanted)))
        };
        let taken = rows.clone().any(|cells| cells.iter().zip(&chosen).all(matches));
        let words = || chosen.iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>().join(", ");
        (!taken).then(words)
    })
}
