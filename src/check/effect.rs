//! Effects of rules.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::hir::{Effect, Expr, Hold, Label, Source, Type};
use crate::syntax::ast::{self, Part};

use super::context::Checker;
use super::errors;
use super::scope::Scope;

impl Checker<'_> {
    /// All effects of a rule in order.
    pub fn effects(&mut self, item: &ast::Rule, scope: &Scope) -> Option<Vec<(Option<Expr>, Effect)>> {
        if item.effects.is_empty() {
            return self.fail(errors::rules::no_effects(item.name.span(), &item.name.text));
        }
        let mut effects = Vec::with_capacity(item.effects.len());
        for effect in &item.effects {
            effects.extend(self.effect(effect, scope));
        }
        (effects.len() == item.effects.len()).then_some(effects)
    }
    fn effect(&mut self, effect: &ast::Spanned<ast::Effect>, scope: &Scope) -> Option<(Option<Expr>, Effect)> {
        let effect = match &effect.value {
            ast::Effect::Give(amount) => {
                let amount = self.amount(amount, scope)?;
                let Type::Quantity(unit) = amount.value.ty else { return None };
                return Some((amount.when, Effect::Give(unit, amount.value)));
            }
            ast::Effect::Take(amount) => {
                let amount = self.amount(amount, scope)?;
                let Type::Quantity(unit) = amount.value.ty else { return None };
                return Some((amount.when, Effect::Take(unit, amount.value)));
            }
            ast::Effect::Convert(convert) => self.conversion(convert)?,
            ast::Effect::Issue(name) => Effect::Issue(self.reward(name)?),
            ast::Effect::Badge(name) => Effect::Badge(self.badges.find(|badge| badge.name == name.text)?),
            ast::Effect::Grant { tiers, level, hold } => {
                let ladder = self.ladder(tiers)?;
                let tier = self.tier(ladder, level)?;
                let hold = match hold {
                    Some(hold) => self.hold(hold)?,
                    None => self.declared_hold(ladder, effect.at.0)?,
                };
                if hold == Hold::Rolling {
                    return self.fail(errors::rules::grant_rolling(effect.at.0, &tiers.text, &level.text));
                }
                Effect::Grant(ladder, tier, hold)
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
        };
        Some((None, effect))
    }
    /// How long a ladder holds its tiers.
    fn declared_hold(&mut self, ladder: crate::hir::LadderId, span: crate::source::Span) -> Option<Hold> {
        let item = *self.items.ladders.get(ladder.index())?;
        match &item.holds {
            Some(holds) => self.hold(&holds.value),
            None => self.fail(errors::rules::grant_how_long(span, &item.name.text)),
        }
    }
    fn conversion(&mut self, convert: &ast::Convert) -> Option<Effect> {
        let member = Scope::member();
        let (from, to) = (self.unit(&convert.from), self.unit(&convert.to));
        let (from, to) = (from?, to?);
        if from == to {
            return self.fail(errors::rules::convert_to_itself(convert.to.span(), &convert.to.text));
        }
        let price = self.step(&convert.take, &member, from);
        let gives = self.step(&convert.give, &member, to);
        let bound = |checker: &mut Self, bound: &Option<ast::Expr>| match bound {
            Some(bound) => checker.typed(bound, &member, Type::Quantity(from)).map(Some),
            None => Some(None),
        };
        let (minimum, maximum) = (bound(self, &convert.at_least), bound(self, &convert.at_most));
        Some(Effect::Convert { from, to, price: price?, gives: gives?, minimum: minimum?, maximum: maximum? })
    }
    /// One side of a conversion: an amount above zero.
    fn step(&mut self, expr: &ast::Expr, scope: &Scope, unit: crate::hir::UnitId) -> Option<Expr> {
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
