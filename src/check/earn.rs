//! Earns: what events bring.

use std::sync::Arc;

use crate::hir::{
    Boost, BoostAmount, BoostId, Case, Combine, During, Earn, EarnId, EventId, EventKind, Expr, FieldId, FieldType,
    Gates, Guard, Kind, LadderId, OnRefund, Operator, Pending, Read, TierAt, Type, UnitId,
};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};
use crate::value::{Day, Exact};

use super::context::Checker;
use super::errors;
use super::gates::{Amount, condition_of};
use super::literal::exact;
use super::names::{Offer, nearest, was};
use super::scope::Scope;

impl Checker<'_> {
    /// The event of a path, and its list where the path goes on.
    pub fn event_path(&mut self, path: &ast::Path) -> Option<(EventId, Option<FieldId>)> {
        let (first, rest) = path.parts.split_first()?;
        let Some(event) = self.names.events.get(&first.text) else {
            let birthday = *first.text == *"member" && matches!(rest, [attribute] if *attribute.text == *"birthday");
            let error = match birthday {
                true => errors::names::birthday_of_member(path.at.0),
                false => self.unknown_event(first),
            };
            return self.fail(error);
        };
        let def = &self.events.at(event);
        match rest {
            [] => Some((event, None)),
            [list] => match def.fields.find(|field| field.name == list.text) {
                Some(field) if matches!(def.fields.at(field).ty, FieldType::List(_)) => Some((event, Some(field))),
                Some(_) => {
                    let error = errors::measures::not_a_list(path.at.0, &list.text, &def.name, true, None);
                    self.fail(error)
                }
                None => {
                    let near = nearest(&list.text, def.fields.iter().map(|field| &*field.name));
                    let error = errors::names::unknown_field(list.span(), &list.text, &def.name, near);
                    self.fail(error)
                }
            },
            [_, list, ..] => self.fail(errors::events::key_too_deep(list.span())),
        }
    }
    /// An earn, without what comes from outside: boosts and shared limits.
    pub fn lower_earn(&mut self, item: &ast::Earn) -> Option<Earn> {
        let (event, list) = self.event_path(&item.on)?;
        self.clock_events(event, item.on.at.0);
        let scope = self.with_locals(&item.gate.lets, Scope::event(event, list));
        let gated = self.gates(&item.gate, &scope);
        let (mut gates, inner) = gated.clone().unwrap_or((Gates::default(), scope.clone()));
        let given = self.gives(item, &inner, &mut gates);
        let mut boosts = Vec::new();
        let mut boosts_fine = true;
        for boost in &item.boosts {
            match self.boost_amount(boost, &inner, given.as_ref().map(|(unit, _)| *unit)) {
                Some((amount, when)) => {
                    let mut gates = Gates::default();
                    self.gate_with(when, &mut gates);
                    boosts.push(self.boosts.push(Boost {
                        name: Arc::clone(&item.name.text),
                        span: boost.at.0,
                        gates,
                        amount,
                        limits: Vec::new(),
                        activation: None,
                        funding: Vec::new(),
                        stack: None,
                    }));
                }
                None => boosts_fine = false,
            }
        }
        let as_of = match &item.as_of {
            None => Some(None),
            Some(day) => self
                .typed(day, &Scope { line: None, ..inner.clone() }, Type::Date)
                .and_then(|day| self.solid(day, &inner))
                .map(Some),
        };
        let pending = match &item.pending {
            None => Some(None),
            Some(pending) => self.pending(pending, &scope).map(Some),
        };
        let last_day = gated.as_ref().filter(|_| item.as_of.is_none()).and_then(|(gates, _)| last_day(&gates.during));
        let expiry = self.expiry(&item.expires, &scope, last_day);
        let activation = self.activation(item.gate.needs.as_ref());
        let cooldown = self.cooldown(item.gate.cooldown.as_ref());
        let funding = self.funding(&item.gate.funded);
        let stack = self.stack(item.gate.stack.as_ref());
        let unless_earned = self.unless(item, event);
        let locals = self.all_locals(&inner);
        gated?;
        locals?;
        let (unit, give) = given?;
        let limits = self.own_limits(&item.gate, &scope, &[unit]);
        for (_, pending) in pending.iter().flatten().flatten() {
            if let Pending::Until { event: release, key } = pending {
                self.released_by_key(event, *release, key, item.at.0);
            }
        }
        let tier = self.tier_at(item, &gates, &give, &boosts)?;
        boosts_fine.then_some(())?;
        Some(Earn {
            name: Arc::clone(&item.name.text),
            was: was(item.was.as_ref()),
            span: item.name.span(),
            event,
            list,
            gates,
            unit,
            give,
            boosts,
            combine: match item.combine.as_ref().map(|combine| combine.value) {
                None | Some(ast::Combine::Add) => Combine::Add,
                Some(ast::Combine::Multiply) => Combine::Multiply,
                Some(ast::Combine::Best) => Combine::Best,
            },
            tier,
            as_of: as_of?,
            limits: limits?,
            cooldown: cooldown?,
            activation: activation?,
            unless_earned: unless_earned?,
            funding: funding?,
            stack: stack?,
            round: item.round.as_ref().map(super::unit::round),
            pending: pending?,
            expiry: expiry?,
            // Decided once all boosts are known.
            on_refund: OnRefund::Proportion,
            apart: Vec::new(),
        })
    }
    /// Birthdays need the attribute that says when they are.
    pub fn clock_events(&mut self, event: EventId, span: Span) {
        if Some(event) == EventKind::Birthday.id()
            && !self.attributes.iter().any(|field| &*field.name == "birthday" && matches!(field.ty, FieldType::Date))
        {
            self.report(errors::events::no_birthday(span));
        }
    }
    /// What an earn gives: one amount, or the sum of several of one unit.
    fn gives(&mut self, item: &ast::Earn, scope: &Scope, gates: &mut Gates) -> Option<(UnitId, Expr)> {
        let mut amounts = Vec::with_capacity(item.gives.len());
        let mut ok = true;
        for give in &item.gives {
            match self.amount(give, scope) {
                Some(amount) => amounts.push(amount),
                None => ok = false,
            }
        }
        ok.then_some(())?;
        let unit = match amounts.first().map(|first| first.value.ty) {
            Some(Type::Quantity(unit)) => unit,
            _ => return self.fail(errors::earns::gives_nothing(item.name.span(), &item.name.text)),
        };
        if let Some(other) = amounts.iter().find(|amount| amount.value.ty != Type::Quantity(unit)) {
            let (first, second) = (self.units.at(unit).name.clone(), self.spoken(other.value.ty));
            return self.fail(errors::earns::several_units(other.value.span, &first, &second));
        }
        if amounts.len() == 1 {
            let Amount { value, when, .. } = amounts.pop()?;
            self.gate_with(when, gates);
            return Some((unit, value));
        }
        let sum = amounts.into_iter().map(|amount| or_nothing(amount, unit)).reduce(|left, right| {
            let (span, ty) = (left.span.to(right.span), left.ty);
            Expr { kind: Kind::Arithmetic(Operator::Add, Box::new(left), Box::new(right)), ty, span }
        })?;
        Some((unit, sum))
    }
    /// What a boost does: `2x`, `20%`, or an added amount; and the statement's own condition.
    pub fn boost_amount(
        &mut self,
        boost: &ast::Amount,
        scope: &Scope,
        unit: Option<UnitId>,
    ) -> Option<(BoostAmount, Option<Expr>)> {
        let (value, when) = match boost.value.own_case() {
            Some(arm) => {
                let (guard, inner) = self.guards(&boost.value, scope)?.pop()?;
                (self.boost_value(&arm.value, &inner)?, condition_of(guard, arm.at.0))
            }
            None => (
                self.cases_with(&boost.value, scope, &mut |checker, value, scope| checker.boost_value(value, scope))?,
                None,
            ),
        };
        match (value.ty, unit) {
            (Type::Number, _) => Some((self.boost_number(value)?, when)),
            (Type::Quantity(own), Some(unit)) if own == unit => Some((BoostAmount::Add(value), when)),
            (Type::Quantity(own), Some(unit)) => {
                let (own, unit) = (self.units.at(own).name.clone(), self.units.at(unit).name.clone());
                self.fail(errors::earns::boost_of_other_unit(value.span, &own, &unit))
            }
            (Type::Quantity(_), None) => None,
            (other, _) => {
                let found = self.spoken(other);
                self.fail(errors::earns::boost_amount(value.span, &found))
            }
        }
    }
    fn boost_value(&mut self, value: &ast::Expr, scope: &Scope) -> Option<Expr> {
        let span = value.span();
        match &value.kind {
            ExprKind::Number(number) => self.fail(errors::earns::boost_plain(span, &number.text, Some(&number.text))),
            _ => {
                let value = self.expr(value, scope, None)?;
                self.solid(value, scope)
            }
        }
    }
    fn unless(&mut self, item: &ast::Earn, event: EventId) -> Option<Vec<EarnId>> {
        let mut ids = Vec::with_capacity(item.unless.len());
        for name in &item.unless {
            let id = self.earn_named(name)?;
            let other = self.items.earns.get(crate::arena::Id::index(id)).copied()?;
            let same = other.on.parts.first().is_some_and(|first| self.names.events.get(&first.text) == Some(event));
            if !same || other.name.text == item.name.text {
                return self.fail(errors::earns::unless_other_event(name.span(), &name.text, &item.name.text));
            }
            ids.push(id);
        }
        Some(ids)
    }
    /// The earn of a name, or its message.
    pub fn earn_named(&mut self, name: &ast::Ident) -> Option<EarnId> {
        match self.names.offers.get(&name.text) {
            Some(Offer::Earn(id)) => Some(id),
            _ => {
                let near = nearest(&name.text, self.items.earns.iter().map(|earn| &*earn.name.text));
                self.fail(errors::names::unknown_earn(name.span(), &name.text, near))
            }
        }
    }
    fn tier_at(&mut self, item: &ast::Earn, gates: &Gates, give: &Expr, boosts: &[BoostId]) -> Option<TierAt> {
        let Some(tier) = &item.tier else { return Some(TierAt::Before) };
        match tier.value {
            ast::TierMoment::Before => return Some(TierAt::Before),
            ast::TierMoment::After => return Some(TierAt::After),
            ast::TierMoment::Split => {}
        }
        let mut ladders: Vec<LadderId> = Vec::new();
        for expr in self.earn_exprs(gates, give, boosts) {
            for read in self.reads(&expr) {
                if let Read::Tier(ladder, _) = read
                    && !ladders.contains(&ladder)
                {
                    ladders.push(ladder);
                }
            }
        }
        match ladders.as_slice() {
            [ladder] => Some(TierAt::Split(*ladder)),
            _ => self.fail(errors::earns::split_needs_one_ladder(tier.at.0, ladders.len())),
        }
    }
    /// Puts a statement's own condition where it belongs: with the lines where it asks about one.
    pub fn gate_with(&self, when: Option<Expr>, gates: &mut Gates) {
        let Some(when) = when else { return };
        if self.is_of_line(&when) { gates.filter.push(when) } else { gates.when.push(when) }
    }
    /// Whether an expression asks about the line at hand. What adds up a list has lines of its own.
    fn is_of_line(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Line(_) => true,
            Kind::Fold { .. } => false,
            Kind::Let(id) => self.named(*id).is_some_and(|named| self.is_of_line(&named.value)),
            _ => super::walk::parts(expr).into_iter().any(|part| self.is_of_line(part)),
        }
    }
    /// Everything that an earn computes with.
    pub fn earn_exprs(&self, gates: &Gates, give: &Expr, boosts: &[BoostId]) -> Vec<Expr> {
        let mut all: Vec<Expr> = gates.when.iter().chain(&gates.filter).chain([give]).cloned().collect();
        for boost in boosts.iter().filter_map(|id| self.boosts.get(*id)) {
            all.extend(boost.gates.when.iter().chain(&boost.gates.filter).cloned());
            all.push(boost.amount.value().clone());
        }
        all
    }
    /// The releasing event's key fields must be fields of the earning event.
    pub fn released_by_key(&mut self, earning: EventId, release: EventId, key: &[FieldId], span: Span) {
        for field in key {
            let Some(name) = self.events.at(release).fields.get(*field).map(|field| Arc::clone(&field.name)) else {
                continue;
            };
            if self.events.at(earning).fields.find(|field| field.name == name).is_none() {
                let (earning, release) = (self.events.at(earning).name.clone(), self.events.at(release).name.clone());
                self.report(errors::units::released_without_key(span, &earning, &release, &name));
            }
        }
    }
}

/// The amount, or nothing where its condition does not hold.
fn or_nothing(amount: Amount, unit: UnitId) -> Expr {
    let Amount { value, when, span } = amount;
    let Some(when) = when else { return value };
    let ty = Type::Quantity(unit);
    let guard = Guard { when: Some(Box::new(when)), ..Guard::default() };
    let otherwise = Case { guard: Guard::default(), value: exact(Exact::ZERO, ty, span) };
    Expr { kind: Kind::Cases(vec![Case { guard, value }, otherwise]), ty, span }
}

/// The last day on which `during` lets anything be earned, where there is one.
fn last_day(during: &[Vec<During>]) -> Option<Day> {
    let end = |one: &During| if let During::Days(_, end) = one { *end } else { None };
    let last = |alternatives: &Vec<During>| {
        alternatives.iter().map(end).collect::<Option<Vec<Day>>>().and_then(|ends| ends.into_iter().max())
    };
    during.iter().filter_map(last).min()
}
