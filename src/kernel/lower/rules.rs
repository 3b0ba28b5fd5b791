//! Rules: what sets them off, and what they do.

use crate::hir::{
    Direction, Effect, Hold, Kind, LadderId, MeasureId, Net, OnRefund, Program, RefundFloor, RewardId, Rule, RuleId,
    Source, Trigger, UnitId, Window,
};
use crate::value::Exact;

use super::super::clock::Clock;
use super::super::plan::{CrossingPlan, EffectPlan, FactPlan, Once, RulePlan};
use super::super::term::{Lowering, constant};
use super::super::unfit::{Fit, unfit, without};
use super::{has_reversals, restarted};
use crate::arena::Arena;
use crate::engine::reads::window;
use crate::engine::turns::rises_alone;
use crate::hir::{EventId, Expr};

impl Lowering<'_> {
    pub(super) fn rule(
        &mut self,
        id: RuleId,
        rule: &Rule,
        facts: &mut Arena<EventId, Option<FactPlan>>,
        clock: &mut Clock,
    ) -> Fit<RulePlan> {
        let span = rule.span;
        without(!rule.limits.is_empty(), "rules with limits", span)?;
        without(rule.cooldown.is_some(), "cooldowns", span)?;
        without(rule.activation.is_some(), "activations", span)?;
        without(!rule.funding.is_empty(), "funding", span)?;
        without(rule.stack.is_some(), "stacking groups", span)?;
        without(rule.decided.is_some(), "rules that are decided later", span)?;
        let mut fact = None;
        let crossing = match &rule.trigger {
            Trigger::Event(event, None) => {
                self.event = *event;
                fact = facts.at_mut(*event).as_mut();
                None
            }
            Trigger::Tier { ladder, direction, first, .. } => {
                self.rising(rule, *ladder, *direction)?;
                let stays = *first && goes_back(self.program, rule) && may_stay(self.program, rule);
                without(stays, "first rises of which refunds may leave a part", span)?;
                None
            }
            Trigger::Reaches(measure, threshold) => {
                self.hanging(rule, *measure)?;
                Some(self.crossing(id, *measure, threshold, None, clock)?)
            }
            Trigger::Another { measure, step, from } => {
                self.hanging(rule, *measure)?;
                Some(self.crossing(id, *measure, step, Some(from.as_ref()), clock)?)
            }
            _ => return unfit("rules that are set off in this way", span),
        };
        // Fields of the event at hand are other ones for each event that moves a measure or tier.
        let fields = !matches!(rule.trigger, Trigger::Event(..));
        let gates = self.gates(&rule.gates, clock)?;
        let mut effects = Vec::new();
        for (condition, effect) in &rule.effects {
            let condition = condition.as_ref().map(|condition| Ok(self.term(condition)?.num)).transpose()?;
            effects.push((condition, self.effect(rule, effect, fact.as_deref_mut())?));
        }
        let all = rule.gates.when.iter().chain(rule.effects.iter().filter_map(|(condition, _)| condition.as_ref()));
        let amounts = rule.effects.iter().filter_map(|(_, effect)| match effect {
            Effect::Give(_, amount) => Some(amount),
            _ => None,
        });
        without(fields && all.chain(amounts).any(reads_fields), "fields of whatever event sets a rule off", span)?;
        Ok(RulePlan { gates, crossing, effects })
    }

    /// Whether what a rule brings for a rise can go back with the reason for it.
    fn rising(&self, rule: &Rule, id: LadderId, direction: Direction) -> Fit<()> {
        if !goes_back(self.program, rule) {
            return Ok(());
        }
        without(direction != Direction::Rises, "falls that can be taken back", rule.span)?;
        let held = matches!(self.program.ladders.at(id).holds, Hold::Until(_));
        without(!held, "rises that can be taken back, to what is not held for a time", rule.span)?;
        gives_only(rule)
    }

    /// Whether what a rule brings for a crossing can go back with what it stands on.
    fn hanging(&self, rule: &Rule, measure: MeasureId) -> Fit<()> {
        let (program, span) = (self.program, rule.span);
        let def = program.measures.at(measure);
        let formula = matches!(def.source, Source::Formula(_));
        without(goes_back(program, rule) && formula, "crossings of a formula that can be taken back", span)?;
        if hangs_on(program, rule).is_none() {
            return Ok(());
        }
        let slides = !matches!(def.window, Window::Ever | Window::Period(_));
        without(slides, "crossings of windows that can be taken back", span)?;
        without(restarted(program, measure), "crossings that can be taken back of what begins again", span)?;
        without(may_stay(program, rule), "crossings that refunds may leave a part of", span)?;
        gives_only(rule)
    }

    fn crossing(
        &mut self,
        id: RuleId,
        measure: MeasureId,
        step: &Expr,
        repeats: Option<Option<&Expr>>,
        clock: &mut Clock,
    ) -> Fit<CrossingPlan> {
        let def = self.program.measures.at(measure);
        without(rises_alone(self.program, measure), "rules that wait for what time alone may raise", step.span)?;
        let Some(cells) = *self.layout.crossings.at(id) else { return unfit("this trigger", step.span) };
        let once = match window(self.program, measure) {
            _ if is_once_for_ever(self.program, measure) => Once::Ever,
            Some(Window::Period(kind)) => Once::Period(clock.period(kind, def.span)?),
            _ => Once::Moment,
        };
        let read = Expr { kind: Kind::Read(crate::hir::Read::Measure(measure)), ty: def.ty, span: step.span };
        let (value, scale) = self.number(&read)?;
        let whole = |expr: &Expr| {
            let number = constant(expr)?.mul(Exact::from(scale)).ok()?;
            // Between two steps of the value, the one above is the first that reaches it.
            Some(number).filter(|number| number.is_integer() || repeats.is_none())?.ceil().to_i64()
        };
        let Some(step_size) = whole(step).filter(|step| *step > 0) else {
            return unfit("thresholds that may change", step.span);
        };
        let repeats = match repeats {
            None => None,
            Some(None) => Some(1),
            Some(Some(from)) => {
                let first =
                    constant(from).zip(constant(step)).and_then(|(from, step)| from.div(step).ok()?.ceil().to_i64());
                let Some(first) = first else { return unfit("thresholds that may change", from.span) };
                Some(first)
            }
        };
        Ok(CrossingPlan { cells, value, measure, step: step_size, repeats, once })
    }

    fn effect(&mut self, rule: &Rule, effect: &Effect, fact: Option<&mut FactPlan>) -> Fit<EffectPlan> {
        let span = rule.span;
        match effect {
            Effect::Give(unit, amount) => {
                let award = match (fact, rule.on_refund) {
                    (None, _) | (_, OnRefund::Keep) => None,
                    (_, OnRefund::Rejudge) => return unfit("awards that are judged again on what is left", span),
                    (Some(fact), OnRefund::Proportion) => Some(fact.award(*unit, self.layout.is_numbered(*unit))),
                };
                let (amount, scale) = self.number(amount)?;
                Ok(EffectPlan::Give { unit: *unit, amount, scale, award })
            }
            Effect::Issue(reward) => {
                without(fact.is_some(), "rewards that can be taken back", span)?;
                self.reward(*reward)?;
                Ok(EffectPlan::Issue(*reward))
            }
            Effect::Badge(badge) => {
                without(fact.is_some(), "badges that can be taken back", span)?;
                Ok(EffectPlan::Badge(*self.layout.badges.at(*badge)))
            }
            Effect::Restart(measure) => {
                let ladders = self.program.ladders.iter().flat_map(|ladder| &ladder.tiers);
                let grounds = ladders.filter_map(|tier| tier.reach.as_ref());
                let mut measures = grounds.flat_map(|reach| crate::engine::reads::measures(self.program, reach));
                without(measures.any(|read| read == *measure), "a restart of what tiers stand on", span)?;
                let formula = matches!(self.program.measures.at(*measure).source, Source::Formula(_));
                without(formula, "a restart of a formula", span)?;
                Ok(EffectPlan::Restart(*measure))
            }
            _ => unfit("effects of this kind", span),
        }
    }

    /// Whether issuing a reward is always possible, and does nothing but note it.
    pub(super) fn reward(&self, id: RewardId) -> Fit<()> {
        let reward = self.program.rewards.at(id);
        without(!reward.gives.valid.is_empty(), "vouchers that lapse", reward.span)?;
        without(reward.gives.unit.is_some(), "rewards that are paid out", reward.span)?;
        without(reward.gives.draw.is_some(), "draws", reward.span)?;
        let open = reward.gates.is_open() && reward.limits.is_empty() && reward.stock.is_none();
        without(!open, "rewards that not everybody may have at any time", reward.span)
    }
}

/// Whether what a rule brings may go back.
pub(super) fn goes_back(program: &Program, rule: &Rule) -> bool {
    has_reversals(program) && rule.on_refund != OnRefund::Keep
}

/// Whether a refund may leave a part of what a rule gives.
fn may_stay(program: &Program, rule: &Rule) -> bool {
    let stays = |unit: UnitId| matches!(program.units.at(unit).refunds, RefundFloor::BelowZero(Some(_)));
    rule.effects.iter().any(|(_, effect)| matches!(effect, Effect::Give(unit, _) if stays(*unit)))
}

/// Whether all that a rule brings can go back.
fn gives_only(rule: &Rule) -> Fit<()> {
    let others = rule.effects.iter().any(|(_, effect)| !matches!(effect, Effect::Give(..)));
    without(others, "other effects of crossings and rises that can be taken back", rule.span)
}

/// The measure that a rule waits for, where reversals may take from it what the rule has fired for, and with that what it brought.
pub(super) fn hangs_on(program: &Program, rule: &Rule) -> Option<MeasureId> {
    let (Trigger::Reaches(measure, _) | Trigger::Another { measure, .. }) = &rule.trigger else { return None };
    let def = program.measures.at(*measure);
    let Source::Events { event, .. } = &def.source else { return None };
    let lost = def.net != Net::Gross && program.reversals_of(*event).next().is_some();
    (lost && rule.on_refund != OnRefund::Keep).then_some(*measure)
}

/// Whether what crosses a threshold of a measure once has done so for ever, until the measure begins again.
pub(super) fn is_once_for_ever(program: &Program, measure: MeasureId) -> bool {
    // A streak that was broken is another one; of one, nothing comes back.
    let streak = matches!(program.measures.at(measure).source, Source::Streak { .. });
    !streak && matches!(window(program, measure), None | Some(Window::Ever))
}

/// Whether an expression reads the event at hand.
fn reads_fields(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Const(_) | Kind::Read(_) | Kind::Builtin(_) => false,
        Kind::And(all) | Kind::Or(all) | Kind::Call(_, all) => all.iter().any(reads_fields),
        Kind::Not(one) | Kind::Missing(one) | Kind::Negate(one) | Kind::Scale(one, _) => reads_fields(one),
        Kind::Compare(_, a, b) | Kind::Arithmetic(_, a, b) => reads_fields(a) || reads_fields(b),
        Kind::In(one, of) => reads_fields(one) || of.iter().any(reads_fields),
        Kind::Between(one, low, high) => [one, low, high].into_iter().any(|part| reads_fields(part)),
        // Whatever else there is may.
        _ => true,
    }
}
