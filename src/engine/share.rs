//! What share of what an event brought is left, now that parts of it came back (S20).

use std::iter::once;

use crate::hir::{EventId, FieldId, FieldType, LineKey, OnRefund, Reversal};
use crate::value::{ArithmeticError, Exact, Value};

use super::fact::Fact;
use super::fault::Fault;
use super::fold::Fold;
use super::outcome::Cause;
use super::reversal::exact;

/// What there was of an event before a part of it came back, and after.
type Step<'f> = (&'f [Value], &'f [Value]);

/// The parts of an event that came back, in order.
fn steps(fact: &Fact) -> impl Iterator<Item = Step<'_>> {
    let lefts = fact.reversals.iter().map(|(_, left)| &**left);
    once(&*fact.event.fields).chain(lefts.clone()).zip(lefts)
}

impl Fold<'_> {
    /// What share of what something brought is left, by value; none where there was nothing to have a share of. A line has its own share, of which
    /// each refund that names no line leaves as much as of all else.
    pub fn kept(&self, cause: Cause, line: Option<u32>, fact: &Fact, by: &Reversal) -> Result<Option<Exact>, Fault> {
        if let Some(line) = self.line_that_returns(cause, line, fact.event.kind) {
            return self.kept_by(fact, by, Some(line), |_| true).map(Some);
        }
        let (was, is) = self.extent(fact, by)?;
        Ok(if was.is_zero() { None } else { Some(is.div(was)?) })
    }

    /// What share of what is judged again is left by parts that it is not judged again by; none where there can be no such. Lines that come back take
    /// money beside them along, so that each part has its share of what is left; what else comes back apart has its share of the whole.
    pub fn kept_apart(
        &self,
        cause: Cause,
        line: Option<u32>,
        fact: &Fact,
        by: &Reversal,
    ) -> Result<Option<Exact>, Fault> {
        let (apart, kind) = (self.apart(cause), fact.event.kind);
        if apart.is_empty() || !self.returns_lines(kind, |_| true) {
            return Ok(None);
        }
        let line = self.line_that_returns(cause, line, kind);
        self.kept_by(fact, by, line, |part| apart.contains(&part.by)).map(Some)
    }

    /// What such parts have left of an amount that was judged again; what they take is rounded down.
    pub fn after_parts(
        &self,
        amount: i64,
        (cause, line): (Cause, Option<u32>),
        fact: &Fact,
        by: &Reversal,
    ) -> Result<i64, Fault> {
        let Some(kept) = self.kept_apart(cause, line, fact, by)? else { return Ok(amount) };
        Ok(Exact::from(amount).mul(kept)?.ceil().to_i64().ok_or(ArithmeticError::Overflow)?)
    }

    /// What a reversal of a part does to what something brought: what it has nothing to do with is not judged again by it.
    pub fn on_part(&self, cause: Cause, declared: OnRefund, by: &Reversal) -> OnRefund {
        let apart = declared == OnRefund::Rejudge && self.apart(cause).contains(&by.by);
        if apart { OnRefund::Proportion } else { declared }
    }

    /// What all reversals of parts together, up to this one, do to what something brought: where lines come back, what was judged again stays so.
    pub fn on_parts(&self, cause: Cause, declared: OnRefund, fact: &Fact, by: &Reversal) -> OnRefund {
        let mode = self.on_part(cause, declared, by);
        let again = |step| self.on_part(cause, declared, self.reversal_of(fact, step, by)) == OnRefund::Rejudge;
        let may = mode != declared && self.returns_lines(fact.event.kind, |_| true);
        if may && steps(fact).any(again) { declared } else { mode }
    }

    /// Reversals that something is not judged again by.
    fn apart(&self, cause: Cause) -> &[EventId] {
        match cause {
            Cause::Earn(id) => &self.program.earns.at(id).apart,
            Cause::Rule(id) => &self.program.rules.at(id).apart,
            _ => &[],
        }
    }

    /// The line that something is for, where it is one that can come back; not that of another list, such as a tender.
    fn line_that_returns(&self, cause: Cause, line: Option<u32>, kind: EventId) -> Option<u32> {
        line.filter(|_| self.returns_lines(kind, |list| self.lines_of(cause) == Some(list)))
    }

    /// Whether lines of such lists of an event can come back.
    fn returns_lines(&self, kind: EventId, of: impl Fn(FieldId) -> bool) -> bool {
        self.program.reversals_of(kind).filter_map(|reversal| reversal.lines.as_ref()).any(|key| of(key.original))
    }

    /// What share parts that came back by some reversals have left, of a line or of the whole.
    fn kept_by(
        &self,
        fact: &Fact,
        by: &Reversal,
        line: Option<u32>,
        counts: impl Fn(&Reversal) -> bool,
    ) -> Result<Exact, Fault> {
        steps(fact).map(|step| (step, self.reversal_of(fact, step, by))).filter(|(_, part)| counts(part)).try_fold(
            Exact::ONE,
            |kept, ((before, after), part)| {
                let size = |fields| self.size(fact, part, line, fields);
                let (was, is) = (size(before)?, size(after)?);
                let share = match (was, is) {
                    (_, None) => Exact::ZERO,
                    (Some(was), Some(is)) if !was.is_zero() => is.div(was)?.clamp(Exact::ZERO, Exact::ONE),
                    _ => Exact::ONE,
                };
                Ok(kept.mul(share)?)
            },
        )
    }

    /// By which reversal a part came back: seen from what it has changed, else the one at hand.
    fn reversal_of<'r>(&'r self, fact: &Fact, (before, after): Step<'_>, by: &'r Reversal) -> &'r Reversal {
        let fields = &self.program.events.at(fact.event.kind).fields;
        let changed = |id: FieldId| before.get(id.0 as usize) != after.get(id.0 as usize);
        let lowers = |reversal: &Reversal, id: FieldId| {
            let beside = |key: &LineKey| key.original == id || matches!(fields.at(id).ty, FieldType::Money);
            reversal.amounts.iter().any(|(_, theirs)| *theirs == id) || reversal.lines.as_ref().is_some_and(beside)
        };
        let may = |reversal: &&Reversal| {
            let of_lines = reversal.lines.as_ref().is_none_or(|key| changed(key.original));
            of_lines && fields.ids().all(|id| !changed(id) || lowers(reversal, id))
        };
        if may(&by) { by } else { self.program.reversals_of(fact.event.kind).find(may).unwrap_or(by) }
    }

    /// What something is worth by which a reversal says what share comes back, with fields as they were or are: a line, where it is for one and lines
    /// come back, `None` once it is gone; else what says what is left of the whole.
    fn size(&self, fact: &Fact, by: &Reversal, line: Option<u32>, fields: &[Value]) -> Result<Option<Exact>, Fault> {
        let (Some(key), Some(only)) = (&by.lines, line) else { return self.whole(fact, by, fields).map(Some) };
        let mut fields = fields.to_vec();
        let Some(Value::List(lines)) = fields.get_mut(key.original.0 as usize) else { return Ok(None) };
        if lines.get(only as usize).is_none_or(|line| line.is_empty()) {
            return Ok(None);
        }
        let alone = lines.iter().zip(0..).map(|(line, i)| if i == only { line.clone() } else { Box::from([]) });
        *lines = alone.collect();
        self.lines_value(fact, key, &fields).map(Some)
    }

    /// How large an event was, and is, by what says what share of it comes back.
    pub fn extent(&self, fact: &Fact, by: &Reversal) -> Result<(Exact, Exact), Fault> {
        let (was, is) = (self.whole(fact, by, &fact.event.fields)?, self.whole(fact, by, &fact.left)?);
        // Lines of negative prices leave no more than there was, and no less than nothing.
        Ok((was, is.clamp(was.min(Exact::ZERO), was.max(Exact::ZERO))))
    }

    /// What says what share of an event comes back: its money, else all lines that come back.
    fn whole(&self, fact: &Fact, by: &Reversal, fields: &[Value]) -> Result<Exact, Fault> {
        let Some(key) = &by.lines else {
            return Ok(self.principal(by).map_or(Exact::ONE, |(_, theirs)| exact(fields, theirs)));
        };
        match self.money_beside(by) {
            Some(money) if !exact(&fact.event.fields, money).is_zero() => Ok(exact(fields, money)),
            _ => self.lines_value(fact, key, fields),
        }
    }

    /// What beside the lines says what share of an original is left: what this reversal names, else the money that another one of it names, else
    /// its first. Where lines bring it back in proportion, what came back of it before, without lines, counts too.
    fn money_beside(&self, reversal: &Reversal) -> Option<FieldId> {
        let fields = &self.program.events.at(reversal.of).fields;
        let money = |id: &FieldId| matches!(fields.at(*id).ty, FieldType::Money);
        let named = self.program.reversals_of(reversal.of).filter_map(|other| self.principal(other));
        let own = self.principal(reversal).map(|(_, theirs)| theirs);
        own.or_else(|| named.map(|(_, theirs)| theirs).find(money)).or_else(|| fields.ids().find(money))
    }
}
