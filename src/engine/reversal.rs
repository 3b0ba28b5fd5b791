//! Reversals: finding the originals, taking back what they brought, giving back what was paid (S20 to S26).

use std::sync::Arc;

use crate::arena::Id as _;
use crate::hir::{FieldId, OnRefund, Order, Reversal, Trigger, Unmatched};
use crate::value::{Exact, Instant, Value};

use super::abroad::{Abroad, Asked};
use super::again::Judged;
use super::event::{Event, Foreign};
use super::fact::{Award, Fact, FactChange, Sent};
use super::fault::Fault;
use super::few::Few;
use super::fold::Fold;
use super::judge::Noting;
use super::left::view_of_left;
use super::mail::Content;
use super::outcome::{Cause, Stage};
use super::state::State;
use super::undone::undone;

/// What a reversal leaves of one original.
pub(super) struct Undo {
    /// Its position among the facts.
    pub fact: usize,
    /// Its fields afterwards.
    pub left: Arc<[Value]>,
    /// Whether nothing is left.
    pub gone: bool,
    /// What is left of amounts in other currencies than the program's.
    pub abroad: Few<Foreign>,
}

/// A reversal, worked out before anything changes.
#[derive(Default)]
pub struct Undoing {
    pub(super) undo: Vec<Undo>,
    /// Fields of the original's type for what found no original, where that counts.
    pub(super) unmatched: Option<Arc<[Value]>>,
    /// The fields of the reversal, where only a part of it takes effect.
    pub cut: Option<Arc<[Value]>>,
}

pub(super) type Fields = Vec<Value>;

pub(super) fn exact(fields: &[Value], id: FieldId) -> Exact {
    if let Some(Value::Exact(number)) = fields.get(id.0 as usize) { *number } else { Exact::ZERO }
}

pub(super) fn set(fields: &mut Fields, id: FieldId, value: Exact) {
    if let Some(slot) = fields.get_mut(id.0 as usize) {
        *slot = Value::Exact(value);
    }
}

impl Fold<'_> {
    /// Works out what a reversal reverses; an error where it cannot, and then nothing has changed.
    pub fn undoing(&mut self, reversal: &Reversal, event: &Event) -> Result<Undoing, Fault> {
        let candidates = self.originals(reversal, event)?;
        let Some(fields) = self.at_their_rates(event, &candidates) else {
            return self.undoing_of(reversal, event, candidates);
        };
        let worth = Event { fields: fields.clone(), ..event.clone() };
        let undoing = self.undoing_of(reversal, &worth, candidates)?;
        Ok(Undoing { cut: undoing.cut.or(Some(fields)), ..undoing })
    }

    /// The fields of a reversal, with amounts in other currencies at the rates of the day of the first original; none where it has no such.
    fn at_their_rates(&self, event: &Event, originals: &[usize]) -> Option<Arc<[Value]>> {
        let bought = self.state.facts.get(*originals.first()?)?.event.time;
        let mut fields = event.fields.to_vec();
        for Foreign { field, of_line, currency, minor } in event.foreign.iter() {
            let value = Value::Exact(self.program.convert(*minor, *currency, bought).ok()?);
            let slot = fields.get_mut(field.index())?;
            match (of_line, slot) {
                (None, slot) => *slot = value,
                (Some((line, field)), Value::List(lines)) => {
                    let mut all = lines.to_vec();
                    *all.get_mut(*line as usize)?.get_mut(field.index())? = value;
                    *lines = all.into();
                }
                _ => return None,
            }
        }
        (!event.foreign.is_empty()).then(|| fields.into())
    }

    fn undoing_of(&mut self, reversal: &Reversal, event: &Event, candidates: Vec<usize>) -> Result<Undoing, Fault> {
        let name = self.program.events.at(reversal.of).name.to_string();
        let asked = reversal.amounts.iter().map(|(own, _)| Asked::of(event, (*own, None))).collect::<Vec<_>>();
        let negative = reversal.amounts.iter().zip(&asked).find(|(_, asked)| asked.rest.is_negative());
        if let Some(((own, _), _)) = negative {
            let fields = &self.program.events.at(event.kind).fields;
            return Err(Fault::NegativeReversal(fields.at(*own).name.to_string()));
        }
        let whole =
            reversal.lines.is_none() && (reversal.amounts.is_empty() || self.principal_missing(reversal, event));
        if candidates.is_empty() {
            return match reversal.unmatched {
                Unmatched::Counts => {
                    Ok(Undoing { unmatched: Some(self.stand_in(reversal, event, &asked)), ..Undoing::default() })
                }
                Unmatched::Refused if self.matching(reversal, event, None).is_empty() => Err(Fault::NoOriginal(name)),
                Unmatched::Refused => Err(Fault::OldOriginal(name)),
            };
        }
        if whole {
            let undo = candidates
                .into_iter()
                .filter_map(|fact| Some(Undo { fact, left: self.emptied(fact)?, gone: true, abroad: Few::default() }))
                .collect();
            return Ok(Undoing { undo, ..Undoing::default() });
        }
        if reversal.lines.is_some() {
            return self.undo_lines(reversal, event, &candidates, asked);
        }
        self.undo_amounts(reversal, event, &candidates, asked)
    }

    /// Facts that a reversal may reverse, the first to be reversed first.
    fn originals(&mut self, reversal: &Reversal, event: &Event) -> Result<Vec<usize>, Fault> {
        let zone = &self.calendar.zone;
        let oldest = match reversal.within.or(self.program.events.at(reversal.of).reversible) {
            Some(within) => Some(within.before(event.time, zone).ok_or(Fault::Calendar)?),
            None => None,
        };
        Ok(self.matching(reversal, event, oldest))
    }

    /// Facts that a reversal names and of which something is left, younger than a moment if there is one; the first to be reversed first.
    fn matching(&mut self, reversal: &Reversal, event: &Event, oldest: Option<Instant>) -> Vec<usize> {
        let matches = |fact: &Fact| {
            fact.event.kind == reversal.of
                && !fact.gone
                && !fact.negative
                && reversal.key.iter().all(|(own, theirs)| {
                    let own = event.fields.get(own.0 as usize);
                    own != Some(&Value::Missing) && own == fact.event.fields.get(theirs.0 as usize)
                })
        };
        // Facts are in the order of their time: what is too old is not even looked at.
        let State { facts, named, .. } = &mut *self.state;
        let old = oldest.map_or(0, |oldest| facts.partition_point(|fact| fact.event.time <= oldest));
        let mut found = named.0.candidates(facts, old, (event.kind, &event.fields), reversal);
        found.retain(|position| facts.get(*position).is_some_and(matches));
        if reversal.order == Order::LatestFirst {
            found.reverse();
        }
        found
    }

    pub(super) fn principal_missing(&self, reversal: &Reversal, event: &Event) -> bool {
        self.principal(reversal).is_none_or(|(own, _)| event.fields.get(own.0 as usize) == Some(&Value::Missing))
    }

    /// The pair that says what share of the original comes back.
    pub(super) fn principal(&self, reversal: &Reversal) -> Option<(FieldId, FieldId)> {
        reversal.principal(&self.program.events.at(reversal.of).fields)
    }

    /// The fields of a fact with all numbers at zero and all lines gone.
    pub(super) fn emptied(&self, fact: usize) -> Option<Arc<[Value]>> {
        let zero = |value: &Value| match value {
            Value::Exact(_) => Value::Exact(Exact::ZERO),
            Value::List(lines) => Value::List(lines.iter().map(|_| Box::from([])).collect()),
            other => other.clone(),
        };
        Some(self.state.facts.get(fact)?.left.iter().map(zero).collect())
    }

    fn undo_amounts(
        &self,
        reversal: &Reversal,
        event: &Event,
        candidates: &[usize],
        mut asked: Vec<Asked>,
    ) -> Result<Undoing, Fault> {
        let Some(principal) = self.principal(reversal) else { return Err(Fault::Type) };
        let wanted = exact(&event.fields, principal.0);
        let mut taken = vec![Exact::ZERO; asked.len()];
        let mut undo = Vec::new();
        let main = reversal.amounts.iter().position(|pair| *pair == principal).unwrap_or(0);
        let within_reach = if reversal.spans { candidates.len() } else { 1 };
        for &position in candidates.iter().take(within_reach) {
            if !undo.is_empty() && asked.get(main).is_none_or(|asked| asked.rest.is_zero()) {
                break;
            }
            let Some(fact) = self.state.facts.get(position) else { continue };
            let mut left: Fields = fact.left.to_vec();
            let mut abroad = Abroad::of(self.program, fact);
            for (((_, theirs), asked), taken) in reversal.amounts.iter().zip(&mut asked).zip(&mut taken) {
                let there = exact(&left, *theirs);
                let part = abroad.take((*theirs, None), there, asked)?;
                *taken = taken.add(part)?;
                set(&mut left, *theirs, there.sub(part)?);
            }
            // What was worth nothing to begin with has come back whole once nothing else that was asked about is left of it either.
            let worthless = exact(&fact.left, principal.1).is_zero();
            let nothing = |theirs: FieldId| exact(&left, theirs).is_zero();
            let gone = nothing(principal.1) && (!worthless || reversal.amounts.iter().all(|pair| nothing(pair.1)));
            if !gone && !abroad.touched && *left == *fact.left {
                continue;
            }
            let left = if gone { self.emptied(position).unwrap_or_default() } else { left.into() };
            undo.push(Undo { fact: position, left, gone, abroad: abroad.left() });
        }
        let rest = asked.get(main).map(|asked| asked.rest).unwrap_or_default();
        let is_whole = |asked: &Asked| asked.rest.is_zero();
        if rest.is_zero() || reversal.excess_dropped && !asked.iter().all(is_whole) {
            // What takes effect is what was taken.
            let mut cut: Fields = event.fields.to_vec();
            for (((own, _), asked), taken) in reversal.amounts.iter().zip(&asked).zip(&taken) {
                if (reversal.excess_dropped || is_whole(asked)) && exact(&cut, *own) != *taken {
                    set(&mut cut, *own, *taken);
                }
            }
            let cut = (*cut != *event.fields).then(|| cut.into());
            return Ok(Undoing { undo, cut, ..Undoing::default() });
        }
        match reversal.unmatched {
            Unmatched::Counts => {
                let unmatched = Some(self.stand_in(reversal, event, &asked));
                Ok(Undoing { undo, unmatched, ..Undoing::default() })
            }
            Unmatched::Refused => {
                let ty = self.program.events.at(reversal.of).fields.at(principal.1).ty.clone();
                let say = |amount| super::words::field(self.program, &ty, &Value::Exact(amount));
                Err(Fault::TooMuch { asked: say(wanted), left: say(taken.get(main).copied().unwrap_or_default()) })
            }
        }
    }

    /// Fields of the original's type that say what found no original.
    fn stand_in(&self, reversal: &Reversal, event: &Event, asked: &[Asked]) -> Arc<[Value]> {
        let own = &self.program.events.at(event.kind).fields;
        let fields = self.program.events.at(reversal.of).fields.pairs().map(|(id, field)| {
            if let Some(i) = reversal.amounts.iter().position(|(_, theirs)| *theirs == id) {
                return Value::Exact(asked.get(i).map(|asked| asked.rest).unwrap_or_default());
            }
            let same = own.find(|other| other.name == field.name);
            same.and_then(|id| event.fields.get(id.0 as usize)).cloned().unwrap_or_default()
        });
        fields.collect()
    }

    /// Carries out what was worked out.
    pub fn undo(&mut self, undoing: Undoing, reversal: &Reversal, event: &Arc<Event>) -> Result<(), Fault> {
        let times = undoing.undo.iter().filter_map(|undo| self.state.facts.get(undo.fact)).map(|fact| fact.event.time);
        let ground = self.standing_ground(times.fold(event.time, Instant::min))?;
        let debts = self.debts();
        let first = undoing.undo.iter().filter_map(|undo| self.state.facts.get(undo.fact)).map(|fact| fact.place).min();
        for undo in undoing.undo {
            self.undo_fact(undo, Some((reversal, event)))?;
        }
        if let Some(fields) = undoing.unmatched {
            self.count_sales(reversal.of, &fields, &[])?;
            let stand_in = Event { kind: reversal.of, fields, ..(**event).clone() };
            let place = self.state.judged.saturating_sub(1);
            self.state.facts.push(Fact { negative: true, ..Fact::new(stand_in.into(), place) });
            self.note_last_fact()?;
        }
        self.rejudge(ground)?;
        first.map_or(Ok(()), |first| self.return_automatic(first, &debts))
    }

    /// Lets measures take note of the newest fact.
    pub fn note_last_fact(&mut self) -> Result<(), Fault> {
        let Some(fact) = self.state.facts.take_last() else { return Ok(()) };
        let noting = Noting { program: self.program, calendar: &self.calendar, now: self.at.now };
        let noted = self.judge.noted(self.state, &FactChange::Recorded(&fact), &noting);
        self.state.facts.put_back(fact);
        noted
    }

    /// Undoes a fact as a whole, without an event that asks for it.
    pub fn undo_whole(&mut self, fact: usize) -> Result<(), Fault> {
        let Some(left) = self.emptied(fact) else { return Ok(()) };
        self.undo_fact(Undo { fact, left, gone: true, abroad: Few::default() }, None)
    }

    fn undo_fact(&mut self, undo: Undo, by: Option<(&Reversal, &Arc<Event>)>) -> Result<(), Fault> {
        let now = self.at.now;
        let Some(slot) = self.state.facts.get_mut(undo.fact) else { return Ok(()) };
        let before = std::mem::replace(&mut slot.left, undo.left);
        slot.gone = undo.gone;
        slot.abroad = undo.abroad;
        slot.reversals.push((now, slot.left.clone()));
        let mut fact = slot.clone();
        let noting = Noting { program: self.program, calendar: &self.calendar, now };
        self.judge.noted(self.state, &FactChange::Reversed(&fact, now, &before), &noting)?;
        self.count_sales(fact.event.kind, &before, &fact.left)?;

        let before = (!fact.gone).then(|| undone(&fact));
        let mut awards = std::mem::take(&mut fact.awards);
        let judged = match by {
            Some((reversal, _)) if !fact.gone => self.rejudged(&mut awards, &fact, reversal)?,
            _ => awards.iter().map(|_| None).collect(),
        };
        for (award, judged) in awards.iter_mut().zip(judged) {
            self.retake(award, judged.as_ref(), &fact, by.map(|(reversal, _)| reversal))?;
        }
        fact.awards = awards;
        self.return_gifts(&mut fact, by.map(|(reversal, _)| reversal))?;
        let forgotten = match before {
            Some(before) => self.give_turns_back(&mut fact, &before)?,
            None => Vec::new(),
        };
        if fact.gone {
            self.return_price(&mut fact)?;
            let lasting = self.end_gifts(&mut fact)?;
            self.forget(&fact, &lasting);
            self.close_opened_by(&fact.event.id)?;
        }
        self.unsend(&mut fact, by.map(|(reversal, _)| reversal))?;
        if let Some(slot) = self.state.facts.get_mut(undo.fact) {
            slot.awards = std::mem::take(&mut fact.awards);
            slot.payment = fact.payment.clone();
            slot.sent = std::mem::take(&mut fact.sent);
            slot.donations = std::mem::take(&mut fact.donations);
            slot.turns = std::mem::take(&mut fact.turns);
            slot.used_up = std::mem::take(&mut fact.used_up);
            slot.gave = std::mem::take(&mut fact.gave);
        }
        forgotten.into_iter().for_each(|cause| self.forget_gave(cause, fact.event.time));
        let Some((reversal, event)) = by else { return Ok(()) };
        let order = reversal.key.first().and_then(|(own, _)| event.fields.get(own.0 as usize)).cloned();
        if let Some(Value::Text(order)) = order {
            self.return_tender(&order, &fact, reversal)?;
        }
        Ok(())
    }

    /// Takes back what a reversal takes of an award in all, now that its event is left as it is: down to what was judged again, or in proportion.
    pub fn retake(
        &mut self,
        award: &mut Award,
        judged: Option<&Judged>,
        fact: &Fact,
        by: Option<&Reversal>,
    ) -> Result<(), Fault> {
        let target = match (judged, by) {
            (Some(judged), _) => award.granted - judged.amount,
            (None, Some(reversal)) => self.target(award, fact, reversal)?,
            (None, None) => award.granted,
        };
        // What is left may be below zero, with a discount among its lines: an award loses no more than it gave.
        let target = target.min(award.granted);
        let rest = target - award.taken;
        if rest > 0 {
            let before = award.taken;
            let taken = self.take_down(award.cause, award, rest, judged.and_then(|judged| judged.kept.as_ref()))?;
            let mut uses = std::mem::take(&mut award.uses);
            self.unclaim(&mut uses, award.granted, before, taken)?;
            award.uses = uses;
            if let Some(mut footing) = award.footing.take() {
                let kept = match by.filter(|_| !fact.gone) {
                    Some(by) => self.kept_apart(award.cause, award.line, fact, by)?,
                    None => None,
                };
                if judged.is_some() || kept.is_some() {
                    // What may be judged once more stays as it was judged.
                    self.unclaim_bonuses(&mut footing, kept.unwrap_or(Exact::ONE), taken)?;
                } else {
                    footing.shrink(award.granted - before, award.granted - before - taken)?;
                    self.unclaim_bonuses(&mut footing, Exact::ONE, i64::MAX)?;
                }
                award.footing = Some(footing);
            }
            if let Some(reversal) = by {
                self.explain_reversal(award, fact, reversal, taken)?;
            }
        }
        Ok(())
    }

    /// Recalls the letters that an event sent, where nothing is left of it or what is left would not have sent them. Of what was decided since, a
    /// part goes with a part.
    fn unsend(&mut self, fact: &mut Fact, by: Option<&Reversal>) -> Result<(), Fault> {
        let mut kept = Few::default();
        for sent in std::mem::take(&mut fact.sent) {
            if fact.gone || !self.would_send(&sent, fact, by)? {
                self.send(sent.to, Content::Recall(sent.id));
                continue;
            }
            if let (Some(_), Some(reversal)) = (sent.rule, by) {
                self.retake_decided(&sent.id, fact, reversal)?;
            }
            kept.push(sent);
        }
        fact.sent = kept;
        Ok(())
    }

    /// Whether what is left of an event would have sent a letter.
    fn would_send(&mut self, sent: &Sent, fact: &Fact, by: Option<&Reversal>) -> Result<bool, Fault> {
        let Some(id) = sent.rule else { return Ok(true) };
        let (rule, cause) = (self.program.rules.at(id), Cause::Rule(id));
        // What goes in proportion does so in any case, once it is there.
        let mode = by.map(|by| self.on_part(cause, rule.on_refund, by));
        if mode == Some(OnRefund::Proportion) && rule.decided.is_some() && self.letter_fact(&sent.id).is_some() {
            return Ok(true);
        }
        let at = self.moment(fact.event.time);
        let Some(view) = view_of_left(self.lines_of(cause), sent.line, &sent.seen, &fact.left, at) else {
            return Ok(false);
        };
        Ok(self.open(cause, &rule.gates, view)? && self.passes(cause, &rule.gates, view, sent.line.unwrap_or(0))?)
    }

    /// Says what of which award a reversal took back, and why so much.
    fn explain_reversal(&mut self, award: &Award, fact: &Fact, reversal: &Reversal, taken: i64) -> Result<(), Fault> {
        if !self.tracing() {
            return Ok(());
        }
        let say = |steps: i64| super::words::quantity(self.program, award.unit, Exact::from(steps));
        let kept = self.kept(award.cause, award.line, fact, reversal)?;
        let share = match (fact.gone, self.on_parts(award.cause, award.on_refund, fact, reversal), kept) {
            (true, ..) => "all of it came back".to_string(),
            (false, OnRefund::Rejudge, _) => "judged again on what is left".to_string(),
            (false, _, None) => "in proportion".to_string(),
            (false, _, Some(kept)) => {
                format!("{} of it came back so far", super::words::percent(Exact::ONE.sub(kept)?))
            }
        };
        let words = format!("{} of the {} for event `{}`: {share}", say(taken), say(award.granted), fact.event.id);
        let span = super::words::declared(self.program, award.cause).unwrap_or(self.program.units.at(award.unit).span);
        self.explain(award.cause, span, Stage::Reverse, award.line, true, || words);
        Ok(())
    }

    /// How much of an award must have been taken back, in all, now that its event is left as it is; by value.
    fn target(&self, award: &Award, fact: &Fact, reversal: &Reversal) -> Result<i64, Fault> {
        if award.on_refund == OnRefund::Keep {
            return Ok(0);
        }
        if fact.gone {
            return Ok(award.granted);
        }
        let Some(kept) = self.kept(award.cause, award.line, fact, reversal)? else { return Ok(award.taken) };
        // Cumulatively: parts that add up to the whole take back exactly the whole.
        let share = Exact::ONE.sub(kept)?.mul(Exact::from(award.granted))?;
        Ok(share.floor().to_i64().ok_or(crate::value::ArithmeticError::Overflow)?)
    }

    /// The list for whose lines something awards.
    pub fn lines_of(&self, cause: Cause) -> Option<FieldId> {
        match cause {
            Cause::Earn(id) => self.program.earns.at(id).list,
            Cause::Rule(id) => match self.program.rules.at(id).trigger {
                Trigger::Event(_, list) => list,
                _ => None,
            },
            _ => None,
        }
    }
}
