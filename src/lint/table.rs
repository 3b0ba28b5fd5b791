//! Tables with rows that are never used, and with values that no row is for.

use crate::diagnostic::Diagnostic;
use crate::hir::{Cell, Compare, Program, Rows, Table, Type};
use crate::value::Value;

use super::{warning, without};

/// The most combinations of words that are tried.
const MOST: usize = 10_000;

pub(super) fn look(program: &Program, found: &mut Vec<Diagnostic>) {
    for table in program.tables.iter() {
        let Rows::Exact { rows, otherwise } = &table.rows else { continue };
        for (place, (cells, value)) in rows.iter().enumerate() {
            let Some((_, first)) = rows.iter().take(place).find(|(earlier, _)| covers(earlier, cells)) else {
                continue;
            };
            let message = format!("this row of `{}` is never used: one above it is taken first", table.name);
            let told = warning("E0591", value.span, message)
                .related(first.span, "this one")
                .help("take one of the two out, or put the narrower one first");
            found.push(without(program, told, value.span));
        }
        if otherwise.is_none()
            && let Some(missing) = gap(program, table, rows.iter().map(|(cells, _)| cells.as_slice()))
        {
            let message = format!("`{}` has no row for {missing}: an event that asks for it fails", table.name);
            found.push(warning("E0592", table.span, message).help("add a row for it, or a last row `else …`"));
        }
    }
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

/// The first combination of words that no row is for; only where all keys are words.
fn gap<'r>(program: &Program, table: &Table, rows: impl Iterator<Item = &'r [Cell]> + Clone) -> Option<String> {
    let mut keys: Vec<Vec<(Value, String)>> = Vec::new();
    for ty in &table.keys {
        let names: Vec<String> = match ty {
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
