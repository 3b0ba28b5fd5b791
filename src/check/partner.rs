//! Partners and exchanges.

use std::sync::Arc;

use crate::hir::{
    Bonus, Effect, EventKind, Exchange, ExchangeId, Expr, Gates, OnRefund, Partner, PartnerId, Price, Rule, Type,
};
use crate::source::Span;
use crate::syntax::ast::{self, WindowKind};
use crate::value::{Exact, PeriodKind};

use super::context::Checker;
use super::errors;
use super::literal::{self, period};
use super::names::was;
use super::scope::Scope;

impl Checker<'_> {
    /// The partner of a name, or its message.
    pub fn partner(&mut self, name: &ast::Ident) -> Option<PartnerId> {
        match self.names.partners.get(&name.text) {
            Some(partner) => Some(partner),
            None => {
                let near = self.names.partners.nearest(&name.text);
                self.fail(errors::partner::unknown_partner(name.span(), &name.text, near))
            }
        }
    }
    /// The partner of a name, where one is written.
    pub fn partner_of(&mut self, name: Option<&ast::Ident>) -> Option<Option<PartnerId>> {
        match name {
            Some(name) => self.partner(name).map(Some),
            None => Some(None),
        }
    }
    /// A whole partner.
    pub fn lower_partner(&mut self, item: &ast::Partner) -> Option<Partner> {
        let name = &item.name;
        let settles = match &item.settles {
            Some(window) => match calendar(window) {
                Some(kind) => Some(kind),
                None => self.fail(errors::partner::settles_when(window.at.0, &name.text, true)),
            },
            None => self.fail(errors::partner::settles_when(name.span(), &name.text, false)),
        };
        let (issued, redeemed) = (self.prices(&item.issued), self.prices(&item.redeemed));
        let reserve = match &item.reserve {
            Some(share) => self.share(share),
            None => Some(Exact::ZERO),
        };
        Some(Partner {
            name: Arc::clone(&name.text),
            was: was(item.was.as_ref()),
            span: name.span(),
            label: item.label.as_ref().map(literal::label),
            settles: settles?,
            issued: issued?,
            redeemed: redeemed?,
            reserve: reserve?,
        })
    }
    /// What units are worth, one line for each.
    pub fn prices(&mut self, written: &[ast::Cases<ast::Step>]) -> Option<Vec<Price>> {
        let mut prices: Vec<(Price, Span)> = Vec::with_capacity(written.len());
        for rate in written {
            let (unit, steps, money) = self.price(rate, &Scope::member())?;
            if let Some((_, first)) = prices.iter().find(|(price, _)| price.unit == unit) {
                let (name, first) = (self.units.at(unit).name.clone(), *first);
                return self.fail(errors::partner::price_twice(rate.at.0, first, &name));
            }
            prices.push((Price { unit, steps, money }, rate.at.0));
        }
        Some(prices.into_iter().map(|(price, _)| price).collect())
    }
    /// A whole exchange; one that happens by itself is set off by a rule of its own.
    pub fn lower_exchange(&mut self, item: &ast::Exchange, id: ExchangeId) -> Option<Exchange> {
        let scope = EventKind::Exchange.id().map_or_else(Scope::member, |event| Scope::event(event, None));
        let (from, to) = (self.unit(&item.from), self.unit(&item.to));
        let (from, to) = (from?, to?);
        if from == to {
            return self.fail(errors::partner::to_itself(item.to.span(), &item.to.text));
        }
        let partner = self.partner_of(item.with.as_ref());
        let mut gate = item.gate.clone();
        let needs = gate.needs.take();
        if let (Some(needs), None) = (&needs, &item.every) {
            return self.fail(errors::partner::activation_of_asked(needs.at.0));
        }
        let gates = self.open(&gate, &scope);
        let Some(rate) = &item.rate else {
            return self.fail(errors::partner::no_rate(
                item.name.span(),
                &item.name.text,
                &item.from.text,
                &item.to.text,
            ));
        };
        let takes = self.cases_with(rate, &scope, &mut |checker, step, scope| checker.step(&step.units, scope, from));
        let gives = self.cases_with(rate, &scope, &mut |checker, step, scope| checker.step(&step.money, scope, to));
        let bonuses: Option<Vec<Bonus>> =
            item.bonuses.iter().map(|bonus| self.bonus(bonus, &scope, from, to)).collect();
        let quantity = Type::Quantity(from);
        let minimum = self.bound(item.minimum.as_ref(), &scope, quantity);
        let at_most = self.bound(item.most.as_ref(), &scope, quantity);
        let fee = self.bound(item.fee.as_ref(), &scope, quantity);
        let limits = self.own_limits(&gate, &scope, &[from]);
        if let Some(every) = &item.every {
            let trigger = self.trigger(every)?;
            let activation = self.activation(needs.as_ref())?;
            self.called.push(Rule {
                name: Arc::clone(&item.name.text),
                was: was(item.was.as_ref()),
                span: item.name.span(),
                trigger,
                gates: Gates::default(),
                effects: vec![(None, Effect::Exchange(id))],
                limits: Vec::new(),
                cooldown: None,
                activation,
                stack: None,
                funding: Vec::new(),
                on_refund: OnRefund::Keep,
                apart: Vec::new(),
                decided: None,
            });
        }
        Some(Exchange {
            name: Arc::clone(&item.name.text),
            was: was(item.was.as_ref()),
            span: item.name.span(),
            label: item.label.as_ref().map(literal::label),
            from,
            to,
            partner: partner?,
            takes: takes?,
            gives: gives?,
            bonuses: bonuses?,
            gates: gates?,
            minimum: minimum?,
            at_most: at_most?,
            fee: fee?,
            clamp: item.clamp.is_some(),
            limits: limits?,
        })
    }
    fn bonus(
        &mut self,
        bonus: &ast::Bonus,
        scope: &Scope,
        from: crate::hir::UnitId,
        to: crate::hir::UnitId,
    ) -> Option<Bonus> {
        let arm = bonus.step.arms.first()?;
        let (when, inner) = if bonus.step.plain().is_some() {
            (None, scope.clone())
        } else {
            let (guard, inner) = self.guards(&bonus.step, scope)?.pop()?;
            (super::gates::condition_of(guard, arm.at.0), inner)
        };
        let every = self.step(&arm.value.units, &inner, from);
        let gives = self.step(&arm.value.money, &inner, to);
        let gate = ast::Gate { limits: bonus.limit.iter().cloned().collect(), ..ast::Gate::default() };
        let limits = self.own_limits(&gate, scope, &[to]);
        Some(Bonus { when, every: every?, gives: gives?, limits: limits? })
    }
    /// Money as a constant, in minor units.
    pub fn fixed_money(&mut self, money: &ast::Expr) -> Option<i64> {
        let lowered: Expr = self.typed(money, &Scope::member(), Type::Money)?;
        match self.exact_of(&lowered).and_then(Exact::to_i64).filter(|minor| *minor >= 0) {
            Some(minor) => Some(minor),
            None => self.fail(errors::types::not_constant(lowered.span, "an amount of money")),
        }
    }
}

/// The calendar period of a window, where it is one.
pub(super) fn calendar(window: &ast::Window) -> Option<PeriodKind> {
    match &window.kind {
        WindowKind::Calendar(unit) => period(*unit),
        _ => None,
    }
}
