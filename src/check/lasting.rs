//! What has no way back where what brought it is taken back: it is to be said that it stays (S27).

use crate::arena::Id as _;
use crate::hir::{Challenge, Effect, Frame, Progress, RewardRefunds, RuleId, Trigger, Type};
use crate::syntax::ast;

use super::context::Checker;
use super::errors;

/// What an effect does that a reversal cannot undo, in words.
fn without_inverse(effect: &Effect) -> Option<&'static str> {
    match effect {
        Effect::Take(..) => Some("what it takes"),
        Effect::Convert { .. } => Some("what it converts"),
        Effect::Grant(..) => Some("the tier that it grants"),
        Effect::Extend(..) => Some("the time by which it extends"),
        Effect::Activate(..) => Some("the offer that it activates"),
        Effect::Restart(_) => Some("the restart of a measure"),
        Effect::Exchange(_) => Some("what it exchanges"),
        Effect::Donate(_, amount) if amount.ty != Type::Money => Some("what it gives of the member's"),
        Effect::Give(..)
        | Effect::GiveTo(..)
        | Effect::Issue(_)
        | Effect::Badge(_)
        | Effect::Message(..)
        | Effect::Offer(_)
        | Effect::Open(_)
        | Effect::Enter(..)
        | Effect::Donate(..) => None,
    }
}

impl Checker<'_> {
    /// Tells what a rule brings that stays when its event is reversed, unless the rule says so.
    pub fn lasting_of_rule(
        &mut self,
        item: &ast::Rule,
        trigger: &Trigger,
        effects: &[(Option<crate::hir::Expr>, Effect)],
    ) {
        let reversible = match trigger {
            Trigger::Event(event, _) => self.is_reversible(*event),
            Trigger::Reaches(measure, _) | Trigger::Another { measure, .. } => self.measure_is_reversible(*measure),
            _ => false,
        };
        if item.gate.refunds.is_some() || !reversible {
            return;
        }
        for lasting in effects.iter().filter_map(|(_, effect)| without_inverse(effect)) {
            self.report(errors::rules::no_inverse(item.name.span(), &item.name.text, lasting));
        }
    }
    /// Tells what a challenge brings that stays when the challenge is undone.
    pub fn lasting_of_challenge(&mut self, challenge: &Challenge) {
        let opened = match &challenge.frame {
            Frame::From { event, .. } => *event,
            _ => None,
        };
        let mut goals = challenge.goals.iter().map(|goal| &goal.of);
        let reversible = challenge.listens.iter().chain(&opened).any(|event| self.is_reversible(*event))
            || goals.any(|goal| matches!(goal, Progress::Measured(measure) if self.measure_is_reversible(*measure)));
        if challenge.refunds == RewardRefunds::Keep || !reversible {
            return;
        }
        let first = self.items.rules.len();
        let of = |rule: RuleId| rule.index().checked_sub(first).and_then(|at| self.called.get(at));
        let rules = challenge.milestones.iter().map(|milestone| milestone.reward).chain([challenge.reward]);
        let effects = rules.filter_map(of).flat_map(|rule| &rule.effects);
        let mut lasting: Vec<_> = effects.filter_map(|(_, effect)| without_inverse(effect)).collect();
        lasting.dedup();
        for lasting in lasting {
            self.report(errors::challenges::no_inverse(challenge.span, &challenge.name, lasting));
        }
    }
}
