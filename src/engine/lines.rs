//! Reversals by line: which lines of the original come back, and how much of each (S20, S25).

use crate::hir::{FieldId, FieldType, LineKey, Reversal};
use crate::value::{Exact, Value};

use super::abroad::{Abroad, Asked};
use super::event::Event;
use super::fact::Fact;
use super::fault::Fault;
use super::fold::Fold;
use super::reversal::{Fields, Undo, Undoing, exact, set};

impl Fold<'_> {
    /// Works out what lines that come back leave of an original.
    pub(super) fn undo_lines(
        &self,
        reversal: &Reversal,
        event: &Event,
        candidates: &[usize],
        asked: Vec<Asked>,
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
        let mut abroad = Abroad::of(self.program, fact);
        for number in (0..).take(returned.len()) {
            self.undo_line(reversal, (event, number), &mut lines, &mut abroad)?;
        }
        let gone = lines.iter().all(|line| line.is_empty());
        if let Some(slot) = left.get_mut(key.original.0 as usize) {
            *slot = Value::List(lines.into());
        }
        if self.principal_missing(reversal, event) {
            self.prorate_totals(fact, key, &mut left, &mut abroad)?;
        }
        for ((_, theirs), mut asked) in reversal.amounts.iter().zip(asked) {
            let there = exact(&left, *theirs);
            let part = abroad.take((*theirs, None), there, &mut asked)?;
            set(&mut left, *theirs, there.sub(part)?);
        }
        let left = if gone { self.emptied(position).unwrap_or_default() } else { left.into() };
        Ok(Undoing { undo: vec![Undo { fact: position, left, gone, abroad: abroad.left() }], ..Undoing::default() })
    }

    /// A returned line takes back the line of the same key of which just as much is left; if there is none, what is left of those of that key,
    /// one after the other, until it is used up.
    fn undo_line(
        &self,
        reversal: &Reversal,
        (event, number): (&Event, u32),
        lines: &mut [Box<[Value]>],
        abroad: &mut Abroad<'_>,
    ) -> Result<(), Fault> {
        let Some(key) = &reversal.lines else { return Err(Fault::Type) };
        let back = event.line(Some(key.list), Some(number));
        let asked = |own: FieldId| Asked::of(event, (key.list, Some((number, own))));
        let place = |at: usize, theirs: FieldId| (key.original, u32::try_from(at).ok().map(|at| (at, theirs)));
        let alike = |line: &[Value]| {
            !line.is_empty()
                && key.key.iter().all(|(own, theirs)| back.get(own.0 as usize) == line.get(theirs.0 as usize))
        };
        let whole = |at: usize, line: &[Value]| {
            let all =
                |own, theirs| exact(back, own) == exact(line, theirs) || abroad.is_all(place(at, theirs), &asked(own));
            key.amounts.iter().all(|(own, theirs)| all(*own, *theirs))
        };
        let mut places: Vec<usize> =
            (0..lines.len()).filter(|&at| lines.get(at).is_some_and(|line| alike(line))).collect();
        let just = places.iter().position(|&at| lines.get(at).is_some_and(|line| whole(at, line)));
        places.rotate_left(just.unwrap_or(0));
        if places.is_empty() {
            return Err(Fault::NoOriginal("line".into()));
        }
        let mut rest: Vec<Asked> = key.amounts.iter().map(|(own, _)| asked(*own)).collect();
        for (nth, at) in places.into_iter().enumerate() {
            if nth > 0 && rest.iter().all(|asked| asked.rest.is_zero()) {
                break;
            }
            let Some(line) = lines.get_mut(at) else { continue };
            let mut fields: Fields = line.to_vec();
            for ((_, theirs), asked) in key.amounts.iter().zip(&mut rest) {
                let there = exact(&fields, *theirs);
                let part = abroad.take(place(at, *theirs), there, asked)?;
                set(&mut fields, *theirs, there.sub(part)?);
            }
            let left = key.amounts.iter().any(|(_, theirs)| !exact(&fields, *theirs).is_zero());
            *line = if left { fields.into() } else { Box::from([]) };
        }
        match key.amounts.iter().zip(rest).find(|(_, asked)| !asked.rest.is_zero()) {
            Some(((own, theirs), asked)) => self.more_than_left(reversal, key, back, (*own, *theirs), asked.rest),
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
    fn prorate_totals(
        &self,
        fact: &Fact,
        key: &LineKey,
        left: &mut Fields,
        abroad: &mut Abroad<'_>,
    ) -> Result<(), Fault> {
        let def = &self.program.events.at(fact.event.kind).fields;
        let (was, is) = (self.lines_value(fact, key, &fact.left)?, self.lines_value(fact, key, left)?);
        if was.is_zero() {
            return Ok(());
        }
        let share = is.div(was)?.clamp(Exact::ZERO, Exact::ONE);
        for (id, field) in def.pairs() {
            if matches!(field.ty, FieldType::Money) {
                let there = exact(&fact.left, id);
                set(left, id, there.mul(share)?);
                abroad.lessen((id, None), there, there.mul(share)?)?;
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
