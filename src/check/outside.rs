//! What reaches earns and rules from outside: boosts and shared limits.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::hir::{Boost, Earn, EarnId, EventId, FieldId, LimitId, Rule, RuleId, UnitId};
use crate::syntax::ast;

use super::context::Checker;
use super::errors;
use super::limit::{Bounded, both, same_per};
use super::names::{Offer, nearest};
use super::scope::Scope;

/// Earns by position; none where an earn has errors.
pub(super) type Earns = Vec<Option<Earn>>;
/// An event, or one list of it.
type Place = (EventId, Option<FieldId>);
/// Rules by position; none where a rule has errors.
pub(super) type Rules = Vec<Option<Rule>>;

impl Checker<'_> {
    /// A boost from outside, attached to its earns. Conditions are resolved for each event that it is about.
    pub fn lower_boost(&mut self, item: &ast::BoostItem, earns: &mut Earns) {
        if item.amounts.is_empty() {
            return self.report(errors::earns::boost_without_amount(item.name.span(), &item.name.text));
        }
        let mut groups: Vec<(Place, UnitId, Vec<EarnId>)> = Vec::new();
        for name in &item.on {
            let Some(id) = self.earn_named(name) else { continue };
            let Some(Some(earn)) = earns.get(id.index()) else { continue };
            let place = (earn.event, earn.list);
            match groups.iter_mut().find(|(known, unit, _)| *known == place && *unit == earn.unit) {
                Some((.., ids)) => ids.push(id),
                None => groups.push((place, earn.unit, vec![id])),
            }
        }
        for ((event, list), unit, ids) in groups {
            let Some(boosts) = self.boost_for(item, &Scope::event(event, list), unit) else { continue };
            for boost in boosts {
                let boost = self.boosts.push(boost);
                for id in &ids {
                    if let Some(Some(earn)) = earns.get_mut(id.index()) {
                        earn.boosts.push(boost);
                    }
                }
            }
        }
    }
    fn boost_for(&mut self, item: &ast::BoostItem, scope: &Scope, unit: UnitId) -> Option<Vec<Boost>> {
        let scope = &self.with_locals(&item.gate.lets, scope.clone());
        let (gates, inner) = self.gates(&item.gate, scope)?;
        let locals = self.all_locals(&inner);
        let limits = self.own_limits(&item.gate, scope, &[unit]);
        let activation = self.activation(item.gate.needs.as_ref());
        let funding = self.funding(&item.gate.funded);
        let stack = self.stack(item.gate.stack.as_ref());
        if let Some(refunds) = &item.gate.refunds {
            self.report(errors::earns::refunds_of_boost(refunds.at.0));
        }
        if let Some(cooldown) = &item.gate.cooldown {
            self.report(errors::earns::cooldown_of_boost(cooldown.at.0));
        }
        let (limits, activation, funding, stack) = (limits?, activation?, funding?, stack?);
        locals?;
        let mut boosts = Vec::with_capacity(item.amounts.len());
        for amount in &item.amounts {
            let (amount, when) = self.boost_amount(amount, &inner, Some(unit))?;
            let mut gates = gates.clone();
            self.gate_with(when, &mut gates);
            boosts.push(Boost {
                name: Arc::clone(&item.name.text),
                span: item.name.span(),
                gates,
                amount,
                limits: limits.clone(),
                activation,
                funding: funding.clone(),
                stack,
            });
        }
        Some(boosts)
    }
    /// Shared limits: one counter for all that share it, unless they count by different fields.
    pub fn shared_limits(&mut self, item: &ast::LimitItem, earns: &mut Earns, rules: &mut Rules) {
        for (limit, budget) in both(&item.limits, &item.budgets) {
            let mut shared: Vec<(Option<Place>, LimitId)> = Vec::new();
            for name in &item.on {
                let (scope, bounded, place) = match self.names.offers.get(&name.text) {
                    Some(Offer::Earn(id)) => match earns.get(id.index()) {
                        Some(Some(earn)) => {
                            let bounded = Bounded { units: vec![earn.unit], money: false };
                            (Scope::event(earn.event, earn.list), bounded, Some((earn.event, earn.list)))
                        }
                        _ => continue,
                    },
                    Some(Offer::Rule(id)) => match rules.get(id.index()) {
                        Some(Some(rule)) => {
                            let (scope, place) = super::rule::scope_of(&rule.trigger);
                            (scope, super::rule::given(&rule.effects), place)
                        }
                        _ => continue,
                    },
                    _ => {
                        let earns = self.items.earns.iter().map(|earn| &*earn.name.text);
                        let rules = self.items.rules.iter().map(|rule| &*rule.name.text);
                        let near = nearest(&name.text, earns.chain(rules));
                        self.report(errors::names::unknown_earn(name.span(), &name.text, near));
                        continue;
                    }
                };
                let Some(lowered) = self.limit(limit, budget, Some(&item.name), &scope, &bounded) else { continue };
                let known = shared.iter().find(|(other, id)| {
                    let known = &self.limits.at(*id);
                    (known.per.is_empty() && lowered.per.is_empty())
                        || (*other == place && same_per(&known.per, &lowered.per))
                });
                let id = match known {
                    Some((_, id)) => *id,
                    None => {
                        let id = self.limits.push(lowered);
                        shared.push((place, id));
                        id
                    }
                };
                match self.names.offers.get(&name.text) {
                    Some(Offer::Earn(earn)) => attach(earns, earn, id),
                    Some(Offer::Rule(rule)) => attach_rule(rules, rule, id),
                    _ => {}
                }
            }
        }
    }
}

fn attach(earns: &mut Earns, id: EarnId, limit: LimitId) {
    if let Some(Some(earn)) = earns.get_mut(id.index()) {
        earn.limits.push(limit);
    }
}

fn attach_rule(rules: &mut Rules, id: RuleId, limit: LimitId) {
    if let Some(Some(rule)) = rules.get_mut(id.index()) {
        rule.limits.push(limit);
    }
}
