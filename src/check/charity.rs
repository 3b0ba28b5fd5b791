//! Causes and funds.

use std::sync::Arc;

use crate::hir::{Charity, CharityId, Effect, EventKind, Expr, FieldType, Fund, FundPool, Match, Price, Type, UnitId};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};
use crate::value::Exact;

use super::context::Checker;
use super::errors;
use super::literal;
use super::names::was;
use super::partner::calendar;
use super::scope::Scope;

impl Checker<'_> {
    /// The cause of a name, or its message.
    pub fn charity(&mut self, name: &ast::Ident) -> Option<CharityId> {
        match self.names.charities.get(&name.text) {
            Some(charity) => Some(charity),
            None => {
                let near = self.names.charities.nearest(&name.text);
                self.fail(errors::partner::unknown_cause(name.span(), &name.text, near))
            }
        }
    }
    /// A whole cause.
    pub fn lower_charity(&mut self, item: &ast::CauseItem) -> Option<Charity> {
        let scope = EventKind::Donate.id().map_or_else(Scope::member, |event| Scope::event(event, None));
        let gates = self.open(&item.gate, &scope);
        let rates = self.prices(&item.rates)?;
        let vouchers = match &item.vouchers {
            Some(share) => Some(Some(self.percent(share)?)),
            None => Some(None),
        };
        let minimum = self.amount_given(item.minimum.as_ref(), &rates, true, "minimum");
        let steps = self.amount_given(item.steps.as_ref(), &rates, false, "steps");
        let matching = match &item.matching {
            None => Some(None),
            Some(matching) => self.matching(matching).map(Some),
        };
        let units: Vec<UnitId> = rates.iter().map(|rate| rate.unit).collect();
        let limits = self.own_limits(&item.gate, &scope, &units);
        Some(Charity {
            name: Arc::clone(&item.name.text),
            was: was(item.was.as_ref()),
            span: item.name.span(),
            label: item.label.as_ref().map(literal::label),
            rates,
            vouchers: vouchers?,
            minimum: minimum?,
            steps: steps?,
            matching: matching?,
            gates: gates?,
            limits: limits?,
        })
    }
    /// An amount of a unit that has a rate, or of money where that may be.
    fn amount_given(
        &mut self,
        written: Option<&ast::Cases>,
        rates: &[Price],
        money: bool,
        word: &str,
    ) -> Option<Option<Expr>> {
        let Some(written) = written else { return Some(None) };
        let amount = self.cases(written, &Scope::member(), None)?;
        match amount.ty {
            Type::Money if money => Some(Some(amount)),
            Type::Quantity(unit) if rates.iter().any(|rate| rate.unit == unit) => Some(Some(amount)),
            _ if rates.is_empty() => self.fail(errors::partner::no_way_to_give(amount.span, word)),
            other => {
                let found = self.spoken(other);
                self.fail(errors::partner::minimum_of_what(amount.span, &found))
            }
        }
    }
    fn matching(&mut self, matching: &ast::Match) -> Option<Match> {
        let share = self.percent(&matching.percent)?;
        let Some((most, window)) = &matching.most else {
            return Some(Match { share, most: None, window: None });
        };
        let most = self.fixed_money(most)?;
        let window = match window {
            None => None,
            Some(window) => match calendar(window) {
                Some(kind) => Some(kind),
                None => return self.fail(errors::partner::match_period(window.at.0)),
            },
        };
        Some(Match { share, most: Some(most), window })
    }
    /// `donate … to …`: money of the program, or an amount of a unit of the member.
    pub fn donation(&mut self, donation: &ast::Donation, scope: &Scope) -> Option<Effect> {
        let charity = self.charity(&donation.to);
        let amount = self.cases_with(&donation.amount, scope, &mut |checker, value, scope| {
            let value = checker.expr(value, scope, None)?;
            checker.solid(value, scope)
        })?;
        let charity = charity?;
        match amount.ty {
            Type::Money => {}
            Type::Quantity(unit) => {
                let item = *self.items.causes.get(crate::arena::Id::index(charity))?;
                let known = self.rated(item, unit);
                if !known {
                    let name = self.units.at(unit).name.clone();
                    let declared = item.name.span();
                    return self.fail(errors::partner::donate_unit(amount.span, &name, &item.name.text, declared));
                }
            }
            other => {
                let (found, text) = (self.spoken(other), self.sources.text(amount.span).to_owned());
                return self.fail(errors::partner::donate_what(amount.span, &text, &found));
            }
        }
        Some(Effect::Donate(charity, amount))
    }
    /// Whether a cause says what a unit is worth.
    fn rated(&mut self, item: &ast::CauseItem, unit: UnitId) -> bool {
        let before = self.errors.len();
        let rates = self.prices(&item.rates);
        // The cause itself reports what is wrong with its rates.
        self.errors.truncate(before);
        rates.is_none_or(|rates| rates.iter().any(|rate| rate.unit == unit))
    }
    /// A whole fund.
    pub fn lower_fund(&mut self, item: &ast::Fund) -> Option<Fund> {
        let name = &item.name;
        let scope = EventKind::Vote.id().map_or_else(Scope::member, |event| Scope::event(event, None));
        let gates = self.open(&item.gate, &scope);
        let Some((pool, window)) = &item.pool else {
            return self.fail(errors::partner::no_pool(name.span(), &name.text));
        };
        let Some(period) = calendar(window) else {
            return self.fail(errors::partner::pool_period(window.at.0));
        };
        let pool_span = pool.span();
        let pool = self.fund_pool(pool)?;
        let mut among = Vec::with_capacity(item.among.len());
        for cause in &item.among {
            let id = self.charity(cause)?;
            if among.contains(&id) {
                let first = item.among.iter().find(|first| first.text == cause.text).map(ast::Ident::span);
                return self.fail(errors::names::duplicate(cause.span(), &cause.text, first));
            }
            among.push(id);
        }
        if among.len() < 2 {
            return self.fail(errors::partner::too_few_causes(name.span(), &name.text));
        }
        let floor = match &item.floor {
            Some(floor) => self.fixed_money(floor)?,
            None => 0,
        };
        let floors = i64::try_from(among.len()).ok().and_then(|count| count.checked_mul(floor));
        if let FundPool::Fixed(all) = pool
            && floors.is_none_or(|floors| floors > all)
        {
            return self.fail(errors::partner::floors_too_high(item.floor.as_ref().map_or(pool_span, ast::Expr::span)));
        }
        let cost = match &item.cost {
            Some(cost) => Some(self.vote_cost(cost)?),
            None => None,
        };
        let paid = match &item.paid {
            Some(paid) => Some(self.duration(paid)?),
            None => None,
        };
        let limits = self.own_limits(&item.gate, &scope, &[]);
        Some(Fund {
            name: Arc::clone(&name.text),
            was: was(item.was.as_ref()),
            span: name.span(),
            label: item.label.as_ref().map(literal::label),
            pool,
            period,
            cost,
            among,
            floor,
            paid,
            gates: gates?,
            limits: limits?,
        })
    }
    fn fund_pool(&mut self, pool: &ast::Expr) -> Option<FundPool> {
        let ExprKind::PercentOf { percent, of } = &pool.kind else {
            let money = self.expr(pool, &Scope::member(), None)?;
            if money.ty != Type::Money {
                return self.fail(errors::partner::pool_of_what(money.span));
            }
            return self.fixed_money(pool).map(FundPool::Fixed);
        };
        let share = self.share(percent)?;
        let ExprKind::Path(path) = &of.kind else { return self.fail(errors::partner::pool_of_what(of.span())) };
        let [event, field] = path.parts.as_slice() else {
            return self.fail(errors::partner::pool_of_what(path.at.0));
        };
        let event_id = self.event_named(event)?;
        let fields = &self.events.at(event_id).fields;
        match fields.find(|known| known.name == field.text).map(|id| (id, &fields.at(id).ty)) {
            Some((id, FieldType::Money)) => Some(FundPool::Share(event_id, id, share)),
            Some(_) => self.fail(errors::partner::pool_of_what(field.span())),
            None => {
                let near = super::names::nearest(&field.text, fields.iter().map(|known| &*known.name));
                self.fail(errors::names::unknown_field(field.span(), &field.text, &event.text, near))
            }
        }
    }
    fn vote_cost(&mut self, cost: &ast::Expr) -> Option<(UnitId, i64)> {
        let span: Span = cost.span();
        let lowered = self.expr(cost, &Scope::member(), None)?;
        let steps = self.exact_of(&lowered).and_then(Exact::to_i64).filter(|steps| *steps > 0);
        match (lowered.ty, steps) {
            (Type::Quantity(unit), Some(steps)) => Some((unit, steps)),
            _ => self.fail(errors::partner::vote_cost(span)),
        }
    }
}
