//! Rewards and ways to pay with points.

use std::sync::Arc;

use crate::hir::{
    End, EventKind, Expr, FieldDef, FieldType, Gates, Gift, GiftKind, Kind, LimitId, Redeem, RedeemForm, Reward, Stock,
    Type, UnitId, Validity,
};
use crate::syntax::ast::{self, ExprKind};
use crate::value::{Exact, TimeOfDay, Weekday};

use super::context::Checker;
use super::errors;
use super::literal::{self, day, time, weekday};
use super::names::was;
use super::scope::Scope;

/// What conditions see that are asked with an event which every program has.
fn with_event(kind: EventKind) -> Scope {
    kind.id().map_or_else(Scope::member, |event| Scope::event(event, None))
}

impl Checker<'_> {
    /// A whole reward.
    pub fn lower_reward(&mut self, item: &ast::Reward) -> Option<Reward> {
        // What is only issued is asked for by nobody: there is no redemption to look at.
        let scope = if item.cost.is_some() { with_event(EventKind::Redeem) } else { Scope::member() };
        let gates = self.open(&item.gate, &scope);
        let cost = match &item.cost {
            None => Some(None),
            Some(cost) => self.cost(cost, &scope).map(Some),
        };
        if let (Some(at), None) = (item.automatic, &item.cost) {
            self.report(errors::rewards::automatic_without_cost(at.0, &item.name.text));
        }
        if let (Some(at), Some(Some((_, cost)))) = (item.automatic, &cost)
            && self.exact_of(cost).is_some_and(Exact::is_zero)
        {
            self.report(errors::rewards::automatic_without_cost(at.0, &item.name.text));
        }
        let gives = match item.gives.as_slice() {
            [one] => self.gift(one),
            [] => self.fail(errors::rewards::gives_nothing(item.name.span(), &item.name.text)),
            [_, second, ..] => self.fail(errors::rewards::gives_twice(second.at.0)),
        };
        let stock = match &item.stock {
            None => Some(None),
            Some(stock) => self.stock_of(stock).map(Some),
        };
        let usage = with_event(EventKind::Use);
        if let (Some(basket), None) = (&item.minimum_basket, &item.cost) {
            let fields = usage.event.and_then(|event| self.events.get(event)).map(|event| &event.fields);
            let bill = |field: &FieldDef| &*field.name == "bill" && matches!(field.ty, FieldType::Money);
            if !fields.is_some_and(|fields| fields.iter().any(bill)) {
                self.report(errors::rewards::basket_without_bill(basket.at.0, &item.name.text));
            }
        }
        let with_bill = if item.cost.is_some() { &scope } else { &usage };
        let minimum_basket = self.bound(item.minimum_basket.as_ref(), with_bill, Type::Money);
        let usable: Vec<Option<Expr>> = item.usable.iter().map(|when| self.condition(when, &usage)).collect();
        let partner = self.partner_of(item.partner.as_ref());
        if gives.as_ref().is_some_and(|gives| matches!(gives.kind, GiftKind::Credit | GiftKind::Entry)) {
            let basket = item.minimum_basket.as_ref().filter(|_| item.cost.is_none()).map(|basket| basket.at.0);
            for span in item.usable.iter().map(|when| when.at.0).chain(basket) {
                self.report(errors::rewards::nothing_to_use(span, &item.name.text));
            }
        }
        let cost = cost?;
        let units: Vec<UnitId> = cost.iter().map(|(unit, _)| *unit).collect();
        let limits = self.own_limits(&item.gate, &scope, &units);
        Some(Reward {
            name: Arc::clone(&item.name.text),
            was: was(item.was.as_ref()),
            span: item.name.span(),
            label: item.label.as_ref().map(literal::label),
            cost,
            gives: gives?,
            gates: gates?,
            stock: stock?,
            limits: limits?,
            minimum_basket: minimum_basket?,
            usable: Gates { when: usable.into_iter().collect::<Option<_>>()?, ..Gates::default() },
            automatic: item.automatic.is_some(),
            partner: partner?,
        })
    }
    /// The conditions of a reward; what belongs to earns only is an error.
    pub fn open(&mut self, gate: &ast::Gate, scope: &Scope) -> Option<Gates> {
        let strange = (gate.needs.as_ref().map(|needs| (needs.at.0, "needs activation")))
            .or_else(|| gate.cooldown.as_ref().map(|cooldown| (cooldown.at.0, "cooldown")))
            .or_else(|| gate.stack.as_ref().map(|stack| (stack.span(), "stack")))
            .or_else(|| gate.funded.first().map(|funded| (funded.at.0, "funded")))
            .or_else(|| gate.refunds.as_ref().map(|refunds| (refunds.at.0, "refunds")));
        if let Some((span, word)) = strange {
            return self.fail(errors::rewards::not_of_rewards(span, word));
        }
        self.gates(gate, scope).map(|(gates, _)| gates)
    }
    /// What is called has its way back from what calls it.
    pub fn bars_refunds(&mut self, gate: &ast::Gate) {
        if let Some(refunds) = &gate.refunds {
            self.report(errors::rewards::not_of_rewards(refunds.at.0, "refunds"));
        }
    }
    fn cost(&mut self, cost: &ast::Cases, scope: &Scope) -> Option<(UnitId, Expr)> {
        let cost = self.cases(cost, scope, None)?;
        let Type::Quantity(unit) = cost.ty else {
            return self.no_amount(&cost);
        };
        let cost = self.solid(cost, scope)?;
        if self.exact_of(&cost).is_some_and(Exact::is_negative) {
            return self.fail(errors::rewards::negative_cost(cost.span));
        }
        Some((unit, cost))
    }
    fn gift(&mut self, item: &ast::Gift) -> Option<Gift> {
        let kind = match item.kind.value {
            ast::GiftKind::Product => GiftKind::Product,
            ast::GiftKind::Discount => GiftKind::Discount,
            ast::GiftKind::Voucher => GiftKind::Voucher,
            ast::GiftKind::GiftCard => GiftKind::GiftCard,
            ast::GiftKind::Credit => GiftKind::Credit,
            ast::GiftKind::Experience => GiftKind::Experience,
            ast::GiftKind::Shipping => GiftKind::Shipping,
            ast::GiftKind::Entry => GiftKind::Entry,
            ast::GiftKind::Donation => GiftKind::Donation,
        };
        let member = Scope::member();
        let mut unit = match &item.unit {
            Some(unit) => Some(self.unit(unit)?),
            None => None,
        };
        let draw = match &item.amount {
            Some(amount) if kind == GiftKind::Entry => match amount.plain().map(|value| &value.kind) {
                Some(ast::ExprKind::Path(path)) => match path.single() {
                    Some(name) => Some(self.draw(name)?),
                    None => None,
                },
                _ => None,
            },
            _ => None,
        };
        let amount = match &item.amount {
            _ if draw.is_some() => None,
            None => None,
            Some(amount) => {
                // What a gift is called is a text: a name that nothing has is one without its quotes.
                let named = matches!(kind, GiftKind::Product | GiftKind::Experience) && item.what.is_none();
                Some(self.cases(amount, &member, named.then_some(Type::Text))?)
            }
        };
        let worth = match &item.worth {
            None => None,
            Some(worth) => Some(self.typed(worth, &member, Type::Money)?),
        };
        let value = match (amount, worth) {
            (Some(_), Some(worth)) => return self.fail(errors::rewards::amount_and_worth(worth.span)),
            (amount, worth) => amount.or(worth),
        };
        let value = match (kind, value) {
            (GiftKind::Credit, Some(value)) => {
                let span = value.span;
                match (value.ty, unit) {
                    (Type::Quantity(own), None) => {
                        unit = Some(own);
                        Some(value)
                    }
                    (Type::Money | Type::Number | Type::Quantity(_), Some(unit)) => {
                        Some(self.convert(value, unit, span)?)
                    }
                    (_, None) => return self.fail(errors::rewards::credit_of_what(span)),
                    (other, Some(_)) => {
                        let found = self.spoken(other);
                        return self.fail(errors::types::wrong_type(span, "an amount", &found, None));
                    }
                }
            }
            (GiftKind::Credit, None) => return self.fail(errors::rewards::credit_of_what(item.at.0)),
            (GiftKind::Discount, Some(value)) if value.ty == Type::Number => {
                if self.exact_of(&value).is_some_and(|share| share > Exact::ONE) {
                    let text = self.sources.text(value.span).to_owned();
                    return self.fail(errors::rewards::discount_number(value.span, &text));
                }
                Some(value)
            }
            (_, Some(value)) => Some(self.of_type(value, Type::Money)?),
            (_, None) => None,
        };
        if let (Some(name), false) = (&item.unit, kind == GiftKind::Credit) {
            return self.fail(errors::rewards::only_credit_as(name.span(), &name.text));
        }
        let valid = match &item.valid {
            None => Vec::new(),
            Some(valid) => {
                self.guarded(valid, &member, "30 days otherwise", &mut |checker, case| checker.validity(case))?
            }
        };
        Some(Gift { kind, text: item.what.as_ref().map(|what| Arc::clone(&what.value)), value, unit, valid, draw })
    }
    fn validity(&mut self, valid: &ast::Valid) -> Option<Validity> {
        match valid {
            ast::Valid::For(duration) => Some(Validity::Until(End::After(self.duration(duration)?, None))),
            ast::Valid::UntilEnd(end) => self.end(end).map(Validity::Until),
            ast::Valid::Dates { from, to } => {
                let (first, last) = (from.map(day), day(*to));
                if first.is_some_and(|first| first > last) {
                    return self.fail(errors::cases::backwards(to.at.0));
                }
                Some(Validity::Between(first.unwrap_or(crate::value::Day::FIRST), last))
            }
        }
    }
    fn stock_of(&mut self, stock: &ast::Stock) -> Option<Stock> {
        let count = self.whole(&stock.count, 1)?;
        let released = match (stock.days.is_empty(), stock.time) {
            (true, Some(_)) => Weekday::ALL.to_vec(),
            _ => stock.days.iter().copied().map(weekday).collect(),
        };
        Some(Stock { count: count.unsigned_abs(), released, at: stock.time.map_or(TimeOfDay::MIDNIGHT, time) })
    }
    /// A bound that may be absent.
    pub fn bound(&mut self, bound: Option<&ast::Cases>, scope: &Scope, ty: Type) -> Option<Option<Expr>> {
        match bound {
            None => Some(None),
            Some(bound) => self.cases_of(bound, scope, ty).map(Some),
        }
    }
    /// A whole way to pay with points.
    pub fn lower_redeem(&mut self, item: &ast::Redeem) -> Option<Redeem> {
        let scope = with_event(EventKind::Redeem);
        let gates = self.open(&item.gate, &scope);
        let at_most_share = match &item.most_of_bill {
            None => Some(None),
            Some(share) => self.share_of_bill(share).map(Some),
        };
        let (unit, form) = self.redeem_form(item, &scope)?;
        let quantity = Type::Quantity(unit);
        let minimum_basket = self.bound(item.minimum_basket.as_ref(), &scope, Type::Money);
        let partner = self.partner_of(item.partner.as_ref());
        let at_most = self.bound(item.most_per_order.as_ref(), &scope, Type::Money);
        let minimum = self.bound(item.minimum.as_ref(), &scope, quantity);
        let steps = self.bound(item.steps.as_ref(), &scope, quantity);
        let limits: Option<Vec<LimitId>> = self.own_limits(&item.gate, &scope, &[unit]);
        Some(Redeem {
            name: Arc::clone(&item.name.text),
            was: was(item.was.as_ref()),
            span: item.name.span(),
            unit,
            form,
            gates: gates?,
            minimum_basket: minimum_basket?,
            at_most: at_most?,
            at_most_share: at_most_share?,
            minimum: minimum?,
            steps: steps?,
            clamp: item.clamp.is_some(),
            limits: limits?,
            partner: partner?,
        })
    }
    fn share_of_bill(&mut self, share: &ast::Cases) -> Option<Exact> {
        let lowered = self.cases_of(share, &Scope::member(), Type::Number)?;
        match self.exact_of(&lowered) {
            Some(share) if share > Exact::ZERO && share <= Exact::ONE => Some(share),
            Some(_) => {
                let text = self.sources.text(lowered.span).to_owned();
                self.fail(errors::literals::beyond_whole(lowered.span, &text))
            }
            None => self.fail(errors::types::not_constant(lowered.span, "a share of the bill")),
        }
    }
    fn redeem_form(&mut self, item: &ast::Redeem, scope: &Scope) -> Option<(UnitId, RedeemForm)> {
        match (&item.rate, item.ladder.as_slice()) {
            (None, []) => self.fail(errors::rewards::no_rate(item.name.span(), &item.name.text)),
            (Some(_), [first, ..]) => self.fail(errors::rewards::rate_and_ladder(first.at.0)),
            (Some(rate), []) => {
                let (unit, units, money) = self.price(rate, scope)?;
                Some((unit, RedeemForm::Rate(units, money)))
            }
            (None, steps) => self.redeem_ladder(steps, scope),
        }
    }
    /// So much of a unit for so much money.
    pub fn price(&mut self, rate: &ast::Cases<ast::Step>, scope: &Scope) -> Option<(UnitId, Expr, Expr)> {
        let units = self.cases_with(rate, scope, &mut |checker, step, scope| checker.step_units(step, scope))?;
        let priced = Scope { price: true, ..scope.clone() };
        let money =
            self.cases_with(rate, &priced, &mut |checker, step, scope| checker.typed(&step.money, scope, Type::Money))?;
        let Type::Quantity(unit) = units.ty else { return None };
        for side in [&units, &money] {
            if self.exact_of(side).is_some_and(|side| side <= Exact::ZERO) {
                return self.fail(errors::rules::step_not_positive(side.span));
            }
        }
        Some((unit, units, money))
    }
    fn step_units(&mut self, step: &ast::Step, scope: &Scope) -> Option<Expr> {
        let units = self.expr(&step.units, scope, None)?;
        if let Type::Quantity(_) = units.ty {
            return Some(units);
        }
        if units.ty == Type::Money && matches!(self.expr(&step.money, scope, None)?.ty, Type::Quantity(_)) {
            let (units, money) = (units.span, step.money.span());
            let turned = format!("{} = {}", self.sources.text(money), self.sources.text(units));
            return self.fail(errors::rewards::rate_turned(units.to(money), turned));
        }
        self.no_amount(&units)
    }
    /// An amount of a unit is expected, and this is none.
    pub fn no_amount<T>(&mut self, found: &Expr) -> Option<T> {
        let text = self.sources.text(found.span).to_owned();
        if text.ends_with('%') {
            return self.fail(errors::rewards::part_of_nothing(found.span, &text));
        }
        let unit = self.units.pairs().next().map(|(id, unit)| (id, unit.name.clone()));
        let amount = unit.and_then(|(unit, name)| match found.ty {
            Type::Number if matches!(found.kind, Kind::Const(_)) => Some(format!("{text} {name}")),
            Type::Money => self.worth_in(unit, found),
            _ => None,
        });
        let spoken = self.spoken(found.ty);
        self.fail(errors::rewards::cost_of_what(found.span, &spoken, amount))
    }
    /// Steps must rise on both sides; they are kept largest first.
    fn redeem_ladder(&mut self, steps: &[ast::Step], scope: &Scope) -> Option<(UnitId, RedeemForm)> {
        let mut unit: Option<UnitId> = None;
        let mut ladder: Vec<(i64, i64)> = Vec::with_capacity(steps.len());
        for step in steps {
            let units = self.step_units(step, scope)?;
            let units = match unit {
                Some(unit) => self.of_type(units, Type::Quantity(unit))?,
                None => units,
            };
            if let Type::Quantity(own) = units.ty {
                unit = Some(own);
            }
            if self.asks_an_event(&step.money) {
                return self.fail(errors::rewards::step_not_constant(step.at.0));
            }
            let money = self.typed(&step.money, scope, Type::Money)?;
            let (Some(paid), Some(buys)) =
                (self.exact_of(&units).and_then(Exact::to_i64), self.exact_of(&money).and_then(Exact::to_i64))
            else {
                return self.fail(errors::rewards::step_not_constant(step.at.0));
            };
            if paid <= 0 || buys <= 0 {
                return self.fail(errors::rules::step_not_positive(step.at.0));
            }
            if let Some((before, bought)) = ladder.last()
                && (paid <= *before || buys <= *bought)
            {
                return self.fail(errors::rewards::ladder_not_rising(step.at.0));
            }
            ladder.push((paid, buys));
        }
        ladder.reverse();
        Some((unit?, RedeemForm::Ladder(ladder)))
    }
    /// Whether something is computed with a name that nothing but an event could have.
    fn asks_an_event(&self, expr: &ast::Expr) -> bool {
        let named = |path: &ast::Path| path.single().is_some_and(|name| self.names.values.get(&name.text).is_some());
        match &expr.kind {
            ExprKind::Binary { left, right, .. } => self.asks_an_event(left) || self.asks_an_event(right),
            ExprKind::Path(path) => !named(path),
            _ => false,
        }
    }
}
