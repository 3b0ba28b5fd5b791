//! Rules of which it is decided later what they bring: what sets one off is a claim that waits in the shared pots. At the moment of the
//! decision all claims that still stand are answered in the order in which they arose, so that "the first three" are the first three.

use std::cell::RefCell;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hir::{Decided, OnRefund, Reversal, RuleId, Trigger};
use crate::value::{Instant, Value};

use super::again::Judged;
use super::event::Event;
use super::fact::{Fact, Sent};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::house::House;
use super::left::Left;
use super::mail::{Content, Letter};
use super::naming::known_as;
use super::outcome::{Cause, What};
use super::undone::undone;

/// What a claim is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimant {
    /// The event that set the rule off.
    pub event: Option<Arc<str>>,
    /// The line of it.
    pub line: Option<u32>,
    /// The fields of the event that opened the challenge.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub opened: Arc<[Value]>,
}

impl Fold<'_> {
    /// Lets what a rule brings wait for its decision; returns whether it does.
    pub fn await_decision(&mut self, id: RuleId, decided: &Decided, view: View<'_>) -> Result<bool, Fault> {
        let rule = self.program.rules.at(id);
        let cause = Cause::Rule(id);
        let at = match decided {
            Decided::When(drawn) => self.next_drawn(drawn)?,
            Decided::End => view.ends.filter(|end| self.at.now < *end),
        };
        let Some(at) = at else {
            self.emit(cause, What::Unreached(format!("`{}` is decided already", rule.name)));
            return Ok(false);
        };
        let keeps = self.keeps(rule);
        self.note_gave(cause, rule.cooldown, keeps);
        self.used_up(&rule.name, rule.activation, keeps);
        let claimant = Claimant {
            event: self.event.as_ref().map(|event| event.id.clone()),
            line: view.number,
            opened: view.opened.unwrap_or_default().into(),
        };
        let member = self.state.member.clone();
        let letter = self.letter(member.clone(), Content::Decide(id, claimant));
        let letter = Letter { from: "".into(), at, ..letter };
        // What is kept in any case goes with nothing; all else goes with what set the rule off.
        if self.collecting.is_some() || rule.on_refund != OnRefund::Keep {
            let again = matches!(rule.trigger, Trigger::Event(..)).then_some(id);
            let seen = view.seen.map_or_else(Vec::new, |seen| seen.borrow().clone());
            self.keep_sent(Sent {
                to: member,
                id: letter.id.clone(),
                counted: false,
                rule: again,
                line: view.number,
                seen,
            });
        }
        self.pots.undecided.entry(at).or_default().push(letter);
        self.emit(cause, What::Undecided(at));
        Ok(true)
    }

    /// It is decided what a rule brings: by what is left of the event that set it off.
    pub fn decide(&mut self, id: RuleId, claimant: &Claimant) -> Result<(), Fault> {
        let Some(rule) = self.program.rules.get(id) else { return Ok(()) };
        let of_event = |event: &Arc<str>| self.state.facts.iter().rfind(|fact| fact.event.id == *event && !fact.gone);
        let left = claimant.event.as_ref().and_then(of_event).map(|fact| fact.left.clone());
        let list = if let Trigger::Event(_, list) = rule.trigger { list } else { None };
        let lines = match (list, &left) {
            (Some(list), Some(left)) => left.get(list.0 as usize).cloned(),
            _ => None,
        };
        let line: &[Value] = match (&lines, claimant.line) {
            (Some(Value::List(lines)), Some(number)) => match lines.get(number as usize).filter(|l| !l.is_empty()) {
                Some(line) => line,
                None => return Ok(()),
            },
            _ => &[],
        };
        // What is decided at the end of its time is worked out by its last moment: a period that ends with it is over just now.
        let end = matches!(rule.decided, Some(Decided::End)).then(|| self.at.now.plus_millis(-1)).flatten();
        let seen = RefCell::new(Vec::new());
        let view = View {
            at: end.map(|end| self.moment(end)),
            fields: left.as_deref(),
            line,
            number: claimant.line,
            opened: Some(&claimant.opened),
            seen: Some(&seen),
            ..View::default()
        };
        self.bring(id, view).map(drop)
    }

    /// Takes back of what was decided for an event as much as a reversal has taken of what was left of it then.
    pub fn retake_decided(&mut self, letter: &Arc<str>, fact: &Fact, reversal: &Reversal) -> Result<(), Fault> {
        let position = self.letter_fact(letter);
        let Some(decided) = position.and_then(|position| self.state.facts.get_mut(position)) else { return Ok(()) };
        let at = decided.event.time;
        let Fact { awards, donations, turns, .. } = &mut *decided;
        let (mut awards, donations) = (std::mem::take(awards), std::mem::take(donations));
        let turns = std::mem::take(turns);
        let then =
            fact.reversals.iter().rev().find(|(time, _)| *time < at).map_or(&fact.event.fields, |(_, left)| left);
        let event = Event { fields: then.clone(), ..(*fact.event).clone() };
        let reversals = fact.reversals.iter().filter(|(time, _)| *time >= at).cloned().collect();
        let mut since =
            Fact { event: event.into(), awards: awards.clone(), donations, turns, reversals, ..fact.clone() };
        let before = undone(&since);
        // Its conditions were asked before.
        let left = Left { fields: &fact.left, asked: None, at };
        for award in &mut awards {
            let judged = match self.on_parts(award.cause, award.on_refund, &since, reversal) {
                OnRefund::Rejudge => {
                    let amount = self.award_of_left(award, &left)?;
                    let amount = self.after_parts(amount, (award.cause, award.line), &since, reversal)?;
                    Some(Judged { amount, kept: None })
                }
                OnRefund::Proportion | OnRefund::Keep => None,
            };
            self.retake(award, judged.as_ref(), &since, Some(reversal))?;
        }
        since.awards = awards;
        self.return_gifts_by(&mut since, Some(reversal), &left)?;
        self.give_turns_back(&mut since, &before)?;
        if let Some(decided) = position.and_then(|position| self.state.facts.get_mut(position)) {
            (decided.awards, decided.donations, decided.turns) = (since.awards, since.donations, since.turns);
        }
        Ok(())
    }

    /// Takes back a claim that is not decided yet; returns whether there was one.
    pub fn withdraw_claim(&mut self, letter: &Arc<str>) -> bool {
        let mut found = false;
        self.pots.undecided.retain(|_, letters| {
            let before = letters.len();
            letters.retain(|waiting| waiting.id != *letter);
            found |= letters.len() < before;
            !letters.is_empty()
        });
        found
    }
}

impl House<'_> {
    /// When claims are next decided.
    pub fn next_decision(&self) -> Option<Instant> {
        self.pots.undecided.keys().next().copied()
    }

    /// Lets all claims of a moment be decided; those of members who have left are void.
    pub fn decide(&mut self, at: Instant) {
        for letter in self.pots.undecided.remove(&at).unwrap_or_default() {
            let to = known_as(&self.pots.aliases, &letter.to);
            if self.pots.members.contains(&to) {
                self.pots.mail.push_back(Letter { to, ..letter });
            }
        }
    }
}
