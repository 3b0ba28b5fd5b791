//! Effects of rules.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::hir::{Effect, Expr, FieldType, Hold, Kind, Label, OnRefund, Read, Rule, RuleId, Source, Trigger, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Part};

use super::context::Checker;
use super::errors;
use super::scope::Scope;

/// Effects of an item that is no rule.
pub(super) struct Call<'c> {
    /// The item's keyword.
    pub by: &'static str,
    /// What the effects are known by: identity from version to version.
    pub name: Arc<str>,
    /// Where they stand.
    pub span: Span,
    /// Conditions and limits.
    pub gate: &'c ast::Gate,
    /// What it does.
    pub effects: &'c [ast::Spanned<ast::Effect>],
    /// What reversals do.
    pub on_refund: OnRefund,
}

impl Checker<'_> {
    /// All effects in order.
    pub fn effects(
        &mut self,
        written: &[ast::Spanned<ast::Effect>],
        scope: &Scope,
    ) -> Option<Vec<(Option<Expr>, Effect)>> {
        let mut effects = Vec::with_capacity(written.len());
        for effect in written {
            effects.extend(self.effect(&effect.value, effect.at.0, scope));
        }
        (effects.len() == written.len()).then_some(effects)
    }
    /// Effects of another item than a rule, as a rule that only this item sets off.
    pub fn called(&mut self, call: &Call<'_>, scope: &Scope) -> Option<RuleId> {
        let gated = self.gates(call.gate, scope);
        let inner = gated.as_ref().map_or(scope.clone(), |(_, inner)| inner.clone());
        let effects = self.effects(call.effects, &inner);
        let cooldown = self.cooldown(call.gate.cooldown.as_ref());
        let funding = self.funding(&call.gate.funded);
        let decided = self.decided(call.gate.decided.as_ref(), Some(call.by));
        let effects = effects?;
        let limits = self.limits_of(call.gate, scope, &super::rule::given(&effects))?;
        let (gates, _) = gated?;
        let id = RuleId::new(self.items.rules.len() + self.called.len());
        self.called.push(Rule {
            name: Arc::clone(&call.name),
            was: None,
            span: call.span,
            trigger: Trigger::Called(call.by),
            gates,
            effects,
            limits,
            cooldown: cooldown?,
            activation: None,
            stack: None,
            funding: funding?,
            on_refund: call.on_refund,
            apart: Vec::new(),
            decided: decided?,
        });
        Some(id)
    }
    fn effect(&mut self, effect: &ast::Effect, span: Span, scope: &Scope) -> Option<(Option<Expr>, Effect)> {
        let effect = match effect {
            ast::Effect::When(conditional) => {
                let (effect, when) = &**conditional;
                let when = self.condition(when, scope)?;
                let (_, effect) = self.effect(effect, span, &scope.given(&when))?;
                return Some((Some(when), effect));
            }
            ast::Effect::Give(amount) => {
                let amount = self.amount(amount, scope)?;
                let Type::Quantity(unit) = amount.value.ty else { return None };
                return Some((amount.when, Effect::Give(unit, amount.value)));
            }
            ast::Effect::GiveTo(given) => {
                let (amount, to) = (self.expr(&given.0, scope, None)?, &given.1);
                let Type::Quantity(unit) = amount.ty else {
                    return self.no_amount(&amount);
                };
                let amount = self.solid(amount, scope)?;
                let member = self.path(to, scope, Some(Type::Text))?;
                if !self.holds_member(&member, scope) {
                    return self.fail(errors::meeting::not_a_member(to.at.0, &to.to_string()));
                }
                Effect::GiveTo(unit, amount, member)
            }
            ast::Effect::Activate(name, time) => {
                if self.names.offers.get(&name.text).is_none() {
                    let near = self.names.offers.nearest(&name.text);
                    return self.fail(errors::challenges::unknown_offer(name.span(), &name.text, near));
                }
                if self.begins_with_activation(&name.text) {
                    return self.fail(errors::challenges::activate_to_open(span, &name.text));
                }
                let time = match time {
                    Some(time) => Some(self.duration(time)?),
                    None => None,
                };
                Effect::Activate(Arc::clone(&name.text), time)
            }
            ast::Effect::Open(name) => Effect::Open(self.opened_challenge(name)?),
            ast::Effect::Take(amount) => {
                let amount = self.amount(amount, scope)?;
                let Type::Quantity(unit) = amount.value.ty else { return None };
                return Some((amount.when, Effect::Take(unit, amount.value)));
            }
            ast::Effect::Convert(convert) => self.conversion(convert, scope)?,
            ast::Effect::Issue(name) => Effect::Issue(self.reward(name)?),
            ast::Effect::Badge(name) => Effect::Badge(self.badges.find(|badge| badge.name == name.text)?),
            ast::Effect::Grant { tiers, level, hold } => {
                let ladder = self.ladder(tiers)?;
                let tier = self.tier(ladder, level)?;
                let lasts = match hold {
                    Some(hold) => self.hold(hold)?,
                    None => self.declared_hold(ladder, span)?,
                };
                if lasts == Hold::Rolling {
                    let (tiers, level) = (&tiers.text, &level.text);
                    let declared = self.items.ladders.get(ladder.index()).and_then(|item| item.holds.as_ref());
                    let holds = declared.is_some_and(|holds| !matches!(holds.value, ast::Hold::Rolling));
                    return self.fail(match hold {
                        Some(_) => errors::rules::granted_rolling(span, tiers, level, holds),
                        None => errors::rules::grant_rolling(span, tiers, level),
                    });
                }
                Effect::Grant(ladder, tier, lasts)
            }
            ast::Effect::Extend { unit, by } => {
                let unit = self.unit(unit);
                let by = self.duration(by)?;
                Effect::Extend(unit?, by)
            }
            ast::Effect::Restart(name) => {
                let measure = self.measure_ident(name)?;
                if matches!(self.measure(measure).map(|measure| &measure.source), Some(Source::Formula(_))) {
                    return self.fail(errors::rules::restart_formula(name.span(), &name.text));
                }
                Effect::Restart(measure)
            }
            ast::Effect::Message(message) => self.message(message, scope)?,
            ast::Effect::Donate(donation) => self.donation(donation, scope)?,
            ast::Effect::Enter(enter) => {
                let draw = self.draw(&enter.draw)?;
                let times = match &enter.times {
                    Some(times) => {
                        let times = self.typed(times, scope, Type::Number)?;
                        Some(self.solid(times, scope)?)
                    }
                    None => None,
                };
                Effect::Enter(draw, times)
            }
            ast::Effect::Offer(name) => Effect::Offer(self.choice(name)?),
        };
        Some((None, effect))
    }
    /// Whether a value is a field or an attribute of the type `member`.
    fn holds_member(&self, value: &Expr, scope: &Scope) -> bool {
        let fields = scope.event.and_then(|event| self.events.get(event)).map(|event| &event.fields);
        let field = match value.kind {
            Kind::Field(id) => fields.and_then(|fields| fields.get(id)),
            Kind::Line(id) => match (fields, scope.line) {
                (Some(fields), Some(list)) => match &fields.at(list).ty {
                    FieldType::List(lines) => lines.get(id),
                    _ => None,
                },
                _ => None,
            },
            Kind::Read(Read::Attribute(id)) => self.attributes.get(id),
            _ => None,
        };
        field.is_some_and(|field| matches!(field.ty, FieldType::Member))
    }
    /// How long a ladder holds its tiers.
    fn declared_hold(&mut self, ladder: crate::hir::LadderId, span: Span) -> Option<Hold> {
        let item = *self.items.ladders.get(ladder.index())?;
        match &item.holds {
            Some(holds) => self.hold(&holds.value),
            None => self.fail(errors::rules::grant_how_long(span, &item.name.text)),
        }
    }
    fn conversion(&mut self, convert: &ast::Convert, scope: &Scope) -> Option<Effect> {
        let member = Scope::member();
        let (from, to) = (self.unit(&convert.from), self.unit(&convert.to));
        let (from, to) = (from?, to?);
        if from == to {
            return self.fail(errors::rules::convert_to_itself(convert.to.span(), &convert.to.text));
        }
        let price = self.step(&convert.take, &member, from);
        let gives = self.step(&convert.give, &member, to);
        let bound = |checker: &mut Self, bound: &Option<ast::Expr>| match bound {
            Some(bound) => {
                let bound = checker.typed(bound, scope, Type::Quantity(from))?;
                checker.solid(bound, scope).map(Some)
            }
            None => Some(None),
        };
        let (minimum, maximum) = (bound(self, &convert.at_least), bound(self, &convert.at_most));
        Some(Effect::Convert { from, to, price: price?, gives: gives?, minimum: minimum?, maximum: maximum? })
    }
    /// One side of a conversion: an amount above zero.
    pub fn step(&mut self, expr: &ast::Expr, scope: &Scope, unit: crate::hir::UnitId) -> Option<Expr> {
        let step = self.typed(expr, scope, Type::Quantity(unit))?;
        if self.exact_of(&step).is_some_and(|step| step <= crate::value::Exact::ZERO) {
            return self.fail(errors::rules::step_not_positive(step.span));
        }
        Some(step)
    }
    /// The text of all languages with `{…}` where values stand, and the values by the text between the braces. Braces of the text
    /// itself are doubled.
    fn message(&mut self, message: &ast::Message, scope: &Scope) -> Option<Effect> {
        let mut values: Vec<(Arc<str>, Expr)> = Vec::new();
        let text = self.template(&message.text, scope, &mut values);
        let mut translations = Vec::with_capacity(message.translations.len());
        for (tag, template) in &message.translations {
            if let Some(text) = self.template(template, scope, &mut values) {
                translations.push((Arc::clone(&tag.text), text));
            }
        }
        let text = text?;
        (translations.len() == message.translations.len()).then_some(())?;
        let channel = match &message.channel {
            Some(channel) => self.channel(channel)?,
            None => Arc::from("message"),
        };
        Some(Effect::Message(channel, Label { text, translations }, values))
    }
    fn template(
        &mut self,
        template: &ast::Template,
        scope: &Scope,
        values: &mut Vec<(Arc<str>, Expr)>,
    ) -> Option<Arc<str>> {
        let mut text = String::new();
        let mut ok = true;
        for part in &template.parts {
            match part {
                Part::Text(words) => text.push_str(&words.replace('{', "{{").replace('}', "}}")),
                Part::Value(value) => {
                    let name: Arc<str> = Arc::from(self.sources.text(value.span()));
                    text.push('{');
                    text.push_str(&name);
                    text.push('}');
                    if values.iter().any(|(known, _)| *known == name) {
                        continue;
                    }
                    match self.expr(value, scope, None) {
                        Some(value) => values.push((name, value)),
                        None => ok = false,
                    }
                }
            }
        }
        ok.then(|| Arc::from(text))
    }
}
