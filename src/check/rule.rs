//! Rules: what sets them off.

use std::sync::Arc;

use crate::hir::{
    Direction, Effect, EventId, EventKind, Expr, FieldId, OnRefund, Rhythm, RhythmDay, Rule, Source, Trigger, Type,
    Window,
};
use crate::source::Span;
use crate::syntax::ast::{self, PeriodDay, RefundMode, TierChange};
use crate::value::{PeriodKind, TimeOfDay, Weekday};

use super::context::Checker;
use super::errors;
use super::limit::Bounded;
use super::literal::{period, time, weekday};
use super::names::{Symbol, was};
use super::scope::Scope;

/// What a rule's expressions may name, and the event or list that sets it off.
pub(super) fn scope_of(trigger: &Trigger) -> (Scope, Option<(EventId, Option<FieldId>)>) {
    match trigger {
        Trigger::Event(event, list) => (Scope::event(*event, *list), Some((*event, *list))),
        Trigger::Expires(unit) => (Scope { expired: Some(*unit), ..Scope::default() }, None),
        _ => (Scope::member(), None),
    }
}

/// What effects give.
pub(super) fn given(effects: &[(Option<Expr>, Effect)]) -> Bounded {
    let mut given = Bounded::default();
    for (_, effect) in effects {
        match effect {
            Effect::Give(unit, _) | Effect::GiveTo(unit, ..) if !given.units.contains(unit) => given.units.push(*unit),
            Effect::Donate(_, amount) if amount.ty == Type::Money => given.money = true,
            _ => {}
        }
    }
    given
}

impl Checker<'_> {
    /// A whole rule.
    pub fn lower_rule(&mut self, item: &ast::Rule) -> Option<Rule> {
        let trigger = self.trigger(&item.trigger)?;
        let (scope, _) = scope_of(&trigger);
        let scope = self.with_locals(&item.gate.lets, scope);
        let gated = self.gates(&item.gate, &scope);
        let inner = gated.as_ref().map_or(scope.clone(), |(_, inner)| inner.clone());
        if item.effects.is_empty() {
            return self.fail(errors::rules::no_effects(item.name.span(), &item.name.text));
        }
        let effects = self.effects(&item.effects, &inner);
        let locals = self.all_locals(&inner);
        let cooldown = self.cooldown(item.gate.cooldown.as_ref());
        let activation = self.activation(item.gate.needs.as_ref());
        let funding = self.funding(&item.gate.funded);
        let stack = self.stack(item.gate.stack.as_ref());
        if let (Some(stack), false) = (&item.gate.stack, matches!(trigger, Trigger::Event(..))) {
            self.report(errors::rules::stack_of_rule(stack.span(), &stack.text));
        }
        let (gates, _) = gated?;
        locals?;
        let effects = effects?;
        let limits = self.limits_of(&item.gate, &scope, &given(&effects));
        self.bars_refunds_of_clock(item, &trigger);
        let (on_refund, apart) = self.rule_refund(item, &trigger, &gates, &effects);
        let decided = self.decided(item.gate.decided.as_ref(), None);
        self.lasting_of_rule(item, &trigger, &effects);
        self.conditions_between(item);
        Some(Rule {
            name: Arc::clone(&item.name.text),
            was: was(item.was.as_ref()),
            span: item.name.span(),
            trigger,
            gates,
            effects,
            limits: limits?,
            cooldown: cooldown?,
            activation: activation?,
            funding: funding?,
            stack: stack?,
            on_refund,
            apart,
            decided: decided?,
        })
    }
    /// Told where a condition stands between effects, as if it were that of one of them.
    fn conditions_between(&mut self, item: &ast::Rule) {
        let starts = || item.effects.iter().map(|effect| effect.at.0.start);
        for when in item.gate.when.iter().map(|when| when.at.0) {
            if starts().any(|effect| effect < when.start) && starts().any(|effect| effect > when.start) {
                self.report(errors::rules::condition_between(when, &item.name.text));
            }
        }
    }
    /// What a rule of the clock did stays, whatever is refunded: it says nothing else.
    fn bars_refunds_of_clock(&mut self, item: &ast::Rule, trigger: &Trigger) {
        let Some(refunds) = &item.gate.refunds else { return };
        let written = match refunds.value {
            RefundMode::Keep => return,
            RefundMode::ReJudge => "re-judge",
            RefundMode::InProportion => "in proportion",
        };
        if matches!(trigger, Trigger::Every(_) | Trigger::After { .. } | Trigger::Expires(_)) {
            self.report(errors::rules::refunds_of_clock(refunds.at.0, &item.name.text, written));
        }
    }
    /// Declared, or as for earns where an event sets it off, with the reversals that take a part in any case; measures and tiers are thresholds by themselves.
    fn rule_refund(
        &self,
        item: &ast::Rule,
        trigger: &Trigger,
        gates: &crate::hir::Gates,
        effects: &[(Option<Expr>, Effect)],
    ) -> (OnRefund, Vec<EventId>) {
        let declared = item.gate.refunds.as_ref().map(|refunds| refunds.value);
        let Trigger::Event(event, list) = trigger else {
            let mode = match declared {
                Some(RefundMode::Keep) => OnRefund::Keep,
                Some(RefundMode::InProportion) => OnRefund::Proportion,
                Some(RefundMode::ReJudge) | None => OnRefund::Rejudge,
            };
            return (mode, Vec::new());
        };
        let amounts = effects.iter().filter_map(|(when, effect)| match effect {
            Effect::Give(_, amount) | Effect::GiveTo(_, amount, _) | Effect::Donate(_, amount) => Some((when, amount)),
            _ => None,
        });
        let mut exprs: Vec<Expr> = amounts.flat_map(|(when, amount)| when.iter().chain([amount])).cloned().collect();
        if exprs.is_empty() {
            let keeps = declared == Some(RefundMode::Keep);
            return (if keeps { OnRefund::Keep } else { OnRefund::Proportion }, Vec::new());
        }
        exprs.extend(gates.when.iter().chain(&gates.filter).cloned());
        self.on_refund(declared, *event, *list, &exprs)
    }
    /// What sets a rule off.
    pub fn trigger(&mut self, trigger: &ast::Spanned<ast::Trigger>) -> Option<Trigger> {
        let span = trigger.at.0;
        Some(match &trigger.value {
            ast::Trigger::On(path) => {
                let (event, list) = self.event_path(path)?;
                self.clock_events(event, path.at.0);
                Trigger::Event(event, list)
            }
            ast::Trigger::Tier { tiers, change, to, first_time } => {
                let ladder = self.ladder(tiers)?;
                let to = match to {
                    Some(tier) => Some(self.tier(ladder, tier)?),
                    None => None,
                };
                let direction = match change {
                    TierChange::Rises => Direction::Rises,
                    TierChange::Falls => Direction::Falls,
                    TierChange::Changes => Direction::Changes,
                };
                if let (Some(first), true) = (first_time, direction == Direction::Falls) {
                    return self.fail(errors::rules::first_fall(first.0));
                }
                Trigger::Tier { ladder, direction, to, first: first_time.is_some() }
            }
            ast::Trigger::Reaches { measure, threshold } => {
                let (id, ty) = self.measure_named(measure)?;
                Trigger::Reaches(id, self.threshold_of(threshold, &Scope::member(), ty)?)
            }
            ast::Trigger::EachTime { measure, step, from } => {
                let (id, ty) = self.measure_named(measure)?;
                let step = self.threshold_of(step, &Scope::member(), ty)?;
                if self.exact_of(&step).is_some_and(|step| step <= crate::value::Exact::ZERO) {
                    return self.fail(errors::rules::step_not_positive(step.span));
                }
                let from = match from {
                    Some(from) => Some(self.threshold_of(from, &Scope::member(), ty)?),
                    None => None,
                };
                Trigger::Another { measure: id, step, from }
            }
            ast::Trigger::Expire(unit) => Trigger::Expires(self.unit(unit)?),
            ast::Trigger::Every { period: every, on, time: at } => {
                let Some(kind) = period(*every) else {
                    return self.fail(errors::rules::rhythm_period(span));
                };
                let day = self.rhythm_day(kind, on.as_ref(), span)?;
                Trigger::Every(Rhythm { period: kind, day, time: at.map_or(TimeOfDay::MIDNIGHT, time) })
            }
            ast::Trigger::AfterLast { delay, event } => {
                let event = self.absence_event(event)?;
                Trigger::After { span: self.duration(delay)?, event, unless: None }
            }
            ast::Trigger::After { delay, event, unless } => {
                let event = self.absence_event(event)?;
                let unless = match unless {
                    Some(unless) => Some(self.event_named(unless)?),
                    None => None,
                };
                // The clock starts again with each event of its own type: another one needs no word.
                let unless = unless.filter(|unless| Some(*unless) != event);
                Trigger::After { span: self.duration(delay)?, event, unless }
            }
        })
    }
    /// The event that starts a clock; `None` inside for joining.
    fn absence_event(&mut self, name: &ast::Ident) -> Option<Option<EventId>> {
        let event = self.event_named(name)?;
        Some((Some(event) != EventKind::Join.id()).then_some(event))
    }
    /// The event of a name, or its message.
    pub fn event_named(&mut self, name: &ast::Ident) -> Option<EventId> {
        match self.names.events.get(&name.text) {
            Some(event) => Some(event),
            None => {
                let error = self.unknown_event(name);
                self.fail(error)
            }
        }
    }
    fn rhythm_day(&mut self, kind: PeriodKind, on: Option<&ast::Spanned<PeriodDay>>, span: Span) -> Option<RhythmDay> {
        let Some(on) = on else {
            return Some(match kind {
                PeriodKind::Week => RhythmDay::Weekday(Weekday::Monday),
                _ => RhythmDay::Nth(1),
            });
        };
        let longest: u16 = match kind {
            PeriodKind::Day => 1,
            PeriodKind::Week => 7,
            PeriodKind::Month => 31,
            PeriodKind::Quarter => 92,
            PeriodKind::Year | PeriodKind::MembershipYear => 366,
        };
        let day = match on.value {
            PeriodDay::Day(day) if (1..=longest).contains(&day) => Some(RhythmDay::Nth(day)),
            PeriodDay::Day(_) => None,
            PeriodDay::LastDay => Some(RhythmDay::Last),
            PeriodDay::Weekday(day) => (kind == PeriodKind::Week).then(|| RhythmDay::Weekday(weekday(day))),
            PeriodDay::MonthDay(day) => (kind == PeriodKind::Year).then_some(RhythmDay::Date(day.month, day.day)),
        };
        match day {
            Some(day) => Some(day),
            None => self.fail(errors::rules::rhythm_day(on.at.0, span)),
        }
    }
    /// Whether awards that hang on this measure can be taken back by reversals.
    pub fn measure_is_reversible(&self, measure: crate::hir::MeasureId) -> bool {
        match self.measure(measure).map(|measure| &measure.source) {
            Some(Source::Events { event, .. } | Source::Streak { event, .. } | Source::Run { event, .. }) => {
                self.is_reversible(*event)
            }
            Some(Source::Formula(formula)) => self.reads(formula).iter().any(|read| match read {
                crate::hir::Read::Measure(inner) => self.measure_is_reversible(*inner),
                _ => false,
            }),
            Some(Source::Postings { .. }) | None => false,
        }
    }
    /// Whether a measure crosses a value upwards at most once in each of its periods, however often it is fed.
    pub fn crosses_once(&self, measure: crate::hir::MeasureId) -> bool {
        self.measure(measure).is_some_and(|measure| {
            !matches!(measure.source, Source::Formula(_)) && matches!(measure.window, Window::Ever | Window::Period(_))
        })
    }
    /// A name of the value space that is a measure.
    pub fn measure_ident(&mut self, name: &ast::Ident) -> Option<crate::hir::MeasureId> {
        match self.names.values.get(&name.text) {
            Some(Symbol::Measure(id)) => self.need_measure(id, name.span()).map(|_| id),
            Some(Symbol::Ladder(_)) => self.fail(errors::names::ladder_as_measure(name.span(), &name.text)),
            _ => {
                let near =
                    super::names::nearest(&name.text, self.items.measures.iter().map(|measure| &*measure.name.text));
                self.fail(errors::names::unknown_measure(name.span(), &name.text, near, false))
            }
        }
    }
}
