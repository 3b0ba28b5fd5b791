//! What a part of what a rule brought comes to for what is left of an event, for reversals that have it judged again (S22).

use crate::hir::{Effect, FieldId, Read, Trigger};
use crate::value::{Exact, Instant, Value};

use super::context::Moment;
use super::fact::Award;
use super::fault::Fault;
use super::fold::{Fold, View};
use super::outcome::Cause;

/// A part of what something brought.
pub struct Part<'a> {
    /// The rule.
    pub cause: Cause,
    /// Which effect of it, from 0.
    pub effect: u32,
    /// The line of the event, where it was per line.
    pub line: Option<u32>,
    /// What was read of the member then.
    pub seen: &'a [(Read, Value)],
}

/// What is left of an event, and when to look at it.
pub struct Left<'a> {
    /// Its fields.
    pub fields: &'a [Value],
    /// When the conditions of the rule were asked; none where they are known to hold.
    pub asked: Option<Instant>,
    /// When the amount was worked out.
    pub at: Instant,
}

impl Fold<'_> {
    /// What one effect of a rule that an event set off comes to for what is left of it, before rounding; none where it does not hang on that.
    pub fn part_of_left(&mut self, part: &Part<'_>, left: &Left<'_>) -> Result<Option<Exact>, Fault> {
        let Cause::Rule(id) = part.cause else { return Ok(None) };
        let rule = self.program.rules.at(id);
        if !matches!(rule.trigger, Trigger::Event(..) | Trigger::Called(_)) {
            return Ok(None);
        }
        let Some((condition, Effect::Give(_, amount) | Effect::GiveTo(_, amount, _) | Effect::Donate(_, amount))) =
            rule.effects.get(part.effect as usize)
        else {
            return Ok(None);
        };
        let list = self.lines_of(part.cause);
        let view = |at: Instant| view_of_left(list, part.line, part.seen, left.fields, self.moment(at));
        let Some(worked_out) = view(left.at) else { return Ok(Some(Exact::ZERO)) };
        if let Some(asked) = left.asked.and_then(view)
            && !(self.open(part.cause, &rule.gates, asked)?
                && self.passes(part.cause, &rule.gates, asked, part.line.unwrap_or(0))?)
        {
            return Ok(Some(Exact::ZERO));
        }
        let holds = |condition| self.judge.truth(condition, &self.cx(worked_out));
        if !condition.as_ref().map_or(Ok(true), holds)? {
            return Ok(Some(Exact::ZERO));
        }
        Ok(Some(self.judge.exact(amount, &self.cx(worked_out))?))
    }

    /// What an award of a rule comes to for what is left of an event, in steps.
    pub fn award_of_left(&mut self, award: &Award, left: &Left<'_>) -> Result<i64, Fault> {
        let Award { cause, effect, line, .. } = *award;
        Ok(match self.part_of_left(&Part { cause, effect, line, seen: &award.seen }, left)? {
            Some(amount) => self.program.units.at(award.unit).rounding.round(amount)?.min(award.granted),
            None => award.granted,
        })
    }
}

/// What of a reversed event something sees, with what was read then; `None` where its line is gone.
pub fn view_of_left<'v>(
    list: Option<FieldId>,
    line: Option<u32>,
    seen: &'v [(Read, Value)],
    left: &'v [Value],
    at: Moment,
) -> Option<View<'v>> {
    let line = match (list.and_then(|list| left.get(list.0 as usize)), line) {
        (Some(Value::List(lines)), Some(number)) => match lines.get(number as usize) {
            Some(line) if !line.is_empty() => &**line,
            _ => return None,
        },
        _ => &[],
    };
    Some(View { fields: Some(left), line, at: Some(at), replay: seen, ..View::default() })
}
