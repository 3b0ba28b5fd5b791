//! Stacking groups: earns of one event and the rules that listen to it meet by worth, before anything is posted (S8, S31).

use std::cell::RefCell;

use crate::hir::{Effect, Read, Rule, RuleId, StackId, StackMode, Trigger};
use crate::source::Span;
use crate::value::{Exact, Value};

use super::earn::Share;
use super::fault::Fault;
use super::fold::{Fold, View};
use super::listeners::decides;
use super::outcome::{Cause, Stage};

/// A rule in a stacking group that the event at hand sets off, judged together with the earns.
#[derive(Clone)]
pub struct Met {
    /// The rule.
    pub rule: RuleId,
    /// The line that sets it off.
    pub line: Option<u32>,
    /// What its conditions read.
    pub seen: Vec<(Read, Value)>,
    /// What it would give, in money or in steps where the unit has no worth.
    worth: Exact,
    /// Whether nothing in its group wins over it.
    pub wins: bool,
}

impl Fold<'_> {
    /// The group in which a rule meets the earns of its event; all members of groups that add up count by themselves.
    pub fn meets(&self, rule: &Rule) -> Option<StackId> {
        rule.stack.filter(|stack| decides(self.program.stacks.at(*stack).mode))
    }

    /// Rules in stacking groups that the event at hand sets off.
    pub fn met(&mut self) -> Result<Vec<Met>, Fault> {
        let Some(event) = self.event.clone() else { return Ok(Vec::new()) };
        let mut met = Vec::new();
        let version = self.version;
        for &id in &version.listeners.of_event(event.kind).met {
            let rule = self.program.rules.at(id);
            let Trigger::Event(_, list) = rule.trigger else { continue };
            let lines = match (list, list.and_then(|list| event.fields.get(list.0 as usize))) {
                (None, _) => vec![None],
                (_, Some(Value::List(lines))) => (0_u32..).zip(lines.iter()).map(|(number, _)| Some(number)).collect(),
                _ => Vec::new(),
            };
            for line in lines {
                let seen = RefCell::new(Vec::new());
                let view = View { line: event.line(list, line), number: line, seen: Some(&seen), ..View::default() };
                let passes = line.is_none() || self.passes(Cause::Rule(id), &rule.gates, view, line.unwrap_or(0))?;
                if passes && self.may_fire(id, view)? {
                    let worth = self.worth_of(rule, view)?;
                    met.push(Met { rule: id, line, seen: seen.into_inner(), worth, wins: true });
                }
            }
        }
        Ok(met)
    }

    fn worth_of(&self, rule: &Rule, view: View<'_>) -> Result<Exact, Fault> {
        let mut sum = Exact::ZERO;
        for (condition, effect) in &rule.effects {
            let Effect::Give(unit, amount) = effect else { continue };
            if condition.as_ref().map_or(Ok(true), |condition| self.judge.truth(condition, &self.cx(view)))? {
                sum = sum.add(self.judge.exact(amount, &self.cx(view))?.mul(self.worth(*unit)?)?)?;
            }
        }
        Ok(sum)
    }

    /// Lets members of stacking groups meet. Of equals the first counts, earns before rules.
    pub fn stack(&mut self, shares: &mut Vec<Share>, met: &mut [Met]) -> Result<(), Fault> {
        for (id, stack) in self.program.stacks.pairs() {
            if !decides(stack.mode) {
                continue;
            }
            let program = self.program;
            let member = |cause: Cause| match cause {
                Cause::Earn(earn) => program.earns.at(earn).stack == Some(id),
                Cause::Rule(rule) => program.rules.at(rule).stack == Some(id),
                _ => false,
            };
            let mut totals: Vec<(Cause, Exact)> = Vec::new();
            let mut add = |cause: Cause, worth: Exact| -> Result<(), Fault> {
                match totals.iter_mut().find(|(known, _)| *known == cause) {
                    Some((_, total)) => *total = total.add(worth)?,
                    None => totals.push((cause, worth)),
                }
                Ok(())
            };
            for share in shares.iter().filter(|share| member(Cause::Earn(share.earn))) {
                add(Cause::Earn(share.earn), share.amount.mul(self.worth(program.earns.at(share.earn).unit)?)?)?;
            }
            for rule in met.iter().filter(|rule| rule.wins && member(Cause::Rule(rule.rule))) {
                add(Cause::Rule(rule.rule), rule.worth)?;
            }
            let chosen = match stack.mode {
                StackMode::First => totals.first().copied(),
                _ => totals.into_iter().reduce(|best, other| if other.1 > best.1 { other } else { best }),
            };
            let Some((chosen, _)) = chosen else { continue };
            let exclusive = stack.mode == StackMode::Exclusive;
            let keep = |cause: Cause| cause == chosen || !(member(cause) || exclusive);
            let mut dropped: Vec<Cause> = Vec::new();
            shares.retain(|share| {
                let kept = keep(Cause::Earn(share.earn));
                if !kept {
                    dropped.push(Cause::Earn(share.earn));
                }
                kept
            });
            for rule in met.iter_mut().filter(|rule| rule.wins && !keep(Cause::Rule(rule.rule))) {
                rule.wins = false;
                dropped.push(Cause::Rule(rule.rule));
            }
            self.explain_stack(chosen, &dropped, &stack.name, stack.span);
        }
        Ok(())
    }

    fn explain_stack(&mut self, chosen: Cause, dropped: &[Cause], stack: &str, span: Span) {
        let program = self.program;
        let winner = match chosen {
            Cause::Earn(earn) => &program.earns.at(earn).name,
            Cause::Rule(rule) => &program.rules.at(rule).name,
            _ => return,
        };
        for &cause in dropped {
            self.explain(cause, span, Stage::Group, None, false, || format!("`{winner}` wins in group `{stack}`"));
        }
    }
}
