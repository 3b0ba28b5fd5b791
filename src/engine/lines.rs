//! Reversals by line: which lines of the original come back, and how much of each (S20, S25).

use crate::hir::{FieldId, FieldType, LineKey, Reversal};
use crate::value::{Exact, Value};

use super::event::Event;
use super::fact::Fact;
use super::fault::Fault;
use super::fold::Fold;
use super::reversal::{Fields, Undo, Undoing, exact, set};

/// As much of what is asked for as there is; of what is below zero, what is asked for below zero.
fn as_much(there: Exact, asked: Exact) -> Exact {
    asked.clamp(there.min(Exact::ZERO), there.max(Exact::ZERO))
}

impl Fold<'_> {
    /// Works out what lines that come back leave of an original.
    pub(super) fn undo_lines(
        &self,
        reversal: &Reversal,
        event: &Event,
        candidates: &[usize],
        asked: &[Exact],
    ) -> Result<Undoing, Fault> {
        let (Some(key), Some(&position)) = (&reversal.lines, candidates.first()) else { return Err(Fault::Type) };
        let Some(fact) = self.state.facts.get(position) else { return Err(Fault::Type) };
        let mut left: Fields = fact.left.to_vec();
        let Some(Value::List(lines)) = left.get(key.original.0 as usize).cloned() else {
            return Err(Fault::NoOriginal(self.program.events.at(reversal.of).name.to_string()));
        };
        let mut lines: Vec<Box<[Value]>> = lines.to_vec();
        let Some(Value::List(returned)) = event.fields.get(key.list.0 as usize) else {
            return Err(Fault::NoOriginal("line".into()));
        };
        for back in returned.iter() {
            self.undo_line(reversal, key, back, &mut lines)?;
        }
        let gone = lines.iter().all(|line| line.is_empty());
        if let Some(slot) = left.get_mut(key.original.0 as usize) {
            *slot = Value::List(lines.into());
        }
        if self.principal_missing(reversal, event) {
            self.prorate_totals(fact, key, &mut left)?;
        }
        for ((_, theirs), amount) in reversal.amounts.iter().zip(asked) {
            let there = exact(&left, *theirs);
            set(&mut left, *theirs, there.sub((*amount).min(there))?);
        }
        let left = if gone { self.emptied(position).unwrap_or_default() } else { left.into() };
        Ok(Undoing { undo: vec![Undo { fact: position, left, gone }], ..Undoing::default() })
    }

    /// A returned line takes back the line of the same key of which just as much is left; if there is none, what is left of those of that key,
    /// one after the other, until it is used up.
    fn undo_line(
        &self,
        reversal: &Reversal,
        key: &LineKey,
        back: &[Value],
        lines: &mut [Box<[Value]>],
    ) -> Result<(), Fault> {
        let alike = |line: &[Value]| {
            !line.is_empty()
                && key.key.iter().all(|(own, theirs)| back.get(own.0 as usize) == line.get(theirs.0 as usize))
        };
        let whole = |line: &[Value]| key.amounts.iter().all(|(own, theirs)| exact(back, *own) == exact(line, *theirs));
        let mut places: Vec<usize> =
            (0..lines.len()).filter(|&at| lines.get(at).is_some_and(|line| alike(line))).collect();
        let just = places.iter().position(|&at| lines.get(at).is_some_and(|line| whole(line)));
        places.rotate_left(just.unwrap_or(0));
        if places.is_empty() {
            return Err(Fault::NoOriginal("line".into()));
        }
        let mut rest: Vec<Exact> = key.amounts.iter().map(|(own, _)| exact(back, *own)).collect();
        for (number, at) in places.into_iter().enumerate() {
            if number > 0 && rest.iter().all(|rest| rest.is_zero()) {
                break;
            }
            let Some(line) = lines.get_mut(at) else { continue };
            let mut fields: Fields = line.to_vec();
            for ((_, theirs), rest) in key.amounts.iter().zip(&mut rest) {
                let there = exact(&fields, *theirs);
                let part = as_much(there, *rest);
                *rest = rest.sub(part)?;
                set(&mut fields, *theirs, there.sub(part)?);
            }
            let left = key.amounts.iter().any(|(_, theirs)| !exact(&fields, *theirs).is_zero());
            *line = if left { fields.into() } else { Box::from([]) };
        }
        match key.amounts.iter().zip(rest).find(|(_, rest)| !rest.is_zero()) {
            Some(((own, theirs), rest)) => self.more_than_left(reversal, key, back, (*own, *theirs), rest),
            None => Ok(()),
        }
    }

    /// Of the lines of a key more comes back than is left of them, by so much.
    fn more_than_left(
        &self,
        reversal: &Reversal,
        key: &LineKey,
        back: &[Value],
        (own, theirs): (FieldId, FieldId),
        by: Exact,
    ) -> Result<(), Fault> {
        let FieldType::List(defs) = &self.program.events.at(reversal.of).fields.at(key.original).ty else {
            return Err(Fault::Type);
        };
        let say = |field: FieldId, value: &Value| super::words::field(self.program, &defs.at(field).ty, value);
        let named =
            key.key.iter().map(|(own, theirs)| say(*theirs, back.get(own.0 as usize).unwrap_or(&Value::Missing)));
        let asked = exact(back, own);
        let amount = |amount| say(theirs, &Value::Exact(amount));
        let line = named.collect::<Vec<_>>().join(", ");
        Err(Fault::TooMuch { asked: format!("{} of `{line}`", amount(asked)), left: amount(asked.sub(by)?) })
    }

    /// Money beside the lines comes back in proportion to what was left of them, where the reversal does not say how much of it does. Lines of
    /// negative prices make no more of it come back than is left, and none of it again.
    fn prorate_totals(&self, fact: &Fact, key: &LineKey, left: &mut Fields) -> Result<(), Fault> {
        let def = &self.program.events.at(fact.event.kind).fields;
        let (was, is) = (self.lines_value(fact, key, &fact.left)?, self.lines_value(fact, key, left)?);
        if was.is_zero() {
            return Ok(());
        }
        let share = is.div(was)?.clamp(Exact::ZERO, Exact::ONE);
        for (id, field) in def.pairs() {
            if matches!(field.ty, FieldType::Money) {
                set(left, id, exact(&fact.left, id).mul(share)?);
            }
        }
        Ok(())
    }

    /// What lines of an original are worth together, as they were or as they are left: the sum of their first money field, or their number.
    /// Where a reversal says otherwise how much of a line comes back, such as by its pieces, a line is worth that share of what it was.
    pub(super) fn lines_value(&self, fact: &Fact, key: &LineKey, fields: &[Value]) -> Result<Exact, Fault> {
        let lists = &self.program.events.at(fact.event.kind).fields;
        let (FieldType::List(defs), Some(Value::List(was)), Some(Value::List(lines))) = (
            &lists.at(key.original).ty,
            fact.event.fields.get(key.original.0 as usize),
            fields.get(key.original.0 as usize),
        ) else {
            return Ok(Exact::ZERO);
        };
        let money = |id: &FieldId| matches!(defs.at(*id).ty, FieldType::Money);
        let worth = defs.ids().find(money);
        let counted = key.amounts.iter().map(|(_, theirs)| *theirs);
        let pieces = if counted.clone().any(|id| money(&id)) { None } else { counted.clone().next() };
        was.iter().zip(lines.iter()).filter(|(_, line)| !line.is_empty()).try_fold(Exact::ZERO, |sum, (was, line)| {
            let value = match (worth, pieces) {
                (Some(worth), Some(pieces)) if !exact(was, pieces).is_zero() => {
                    exact(was, worth).mul(exact(line, pieces))?.div(exact(was, pieces))?
                }
                (Some(worth), _) => exact(line, worth),
                (None, Some(pieces)) => exact(line, pieces),
                (None, None) => Exact::ONE,
            };
            Ok(sum.add(value)?)
        })
    }
}
