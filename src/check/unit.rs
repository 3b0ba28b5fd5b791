//! Units of value: rounding, pending, expiry, refunds.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::hir::{
    End, Expiry, ExpiryCase, ExpiryRule, Expr, FieldId, Guarded, Kind, Pending, RefundFloor, ReturnOrder, Returned,
    RoundScope, SpendOrder, Type, Unit, UnitId,
};
use crate::source::Span;
use crate::syntax::ast::{self, EndPeriod, ExpiryKind};
use crate::value::{Currency, Day, Rounding, TimeSpan};

use super::MAX_DECIMALS;
use super::cases::covers;
use super::context::{Checker, UnitHead};
use super::errors;
use super::literal;
use super::names::was;
use super::scope::Scope;

impl Checker<'_> {
    /// Names and smallest steps of all units.
    pub fn unit_heads(&mut self) {
        for item in self.items.units.clone() {
            for name in std::iter::once(&item.name).chain(&item.also).filter(|name| is_time(&name.text)) {
                self.report(errors::units::named_like_a_time(name.span(), &name.text));
            }
            for name in std::iter::once(&item.name).chain(&item.also).filter(|name| is_outcome(&name.text)) {
                self.report(errors::units::named_like_an_outcome(name.span(), &name.text));
            }
            if let Some(code) = &item.money
                && self.currency_known
                && Currency::parse(&code.text) != Some(self.currency)
            {
                let own = self.currency.to_string();
                self.report(errors::units::other_money(code.span(), &code.text, &own));
            }
            let decimals = match (&item.decimals, &item.money) {
                (Some(decimals), Some(_)) => {
                    self.report(errors::units::decimals_of_money(decimals.at.0));
                    self.currency.exponent()
                }
                (None, Some(_)) => self.currency.exponent(),
                (None, None) => 0,
                (Some(decimals), None) => match self.whole(decimals, 0) {
                    Some(count) if count <= MAX_DECIMALS => u8::try_from(count).unwrap_or(0),
                    Some(_) => {
                        self.report(errors::units::too_many_decimals(decimals.at.0, MAX_DECIMALS));
                        0
                    }
                    None => 0,
                },
            };
            self.units.push(UnitHead {
                name: Arc::clone(&item.name.text),
                also: item.also.first().map(|also| Arc::clone(&also.text)),
                span: item.name.span(),
                money: item.money.is_some(),
                decimals,
            });
        }
    }
    /// A whole unit.
    pub fn lower_unit(&mut self, item: &ast::Unit, id: UnitId) -> Option<Unit> {
        let ty = Type::Quantity(id);
        let member = Scope::member();
        let (rounding, scope) = item.round.as_ref().map_or((Rounding::Down, RoundScope::Event), round);
        let pending = match &item.pending {
            None => Vec::new(),
            Some(pending) => self.pending(pending, &member)?,
        };
        if item.expires.is_empty() {
            let at = self.block_start(item.at.0);
            self.report(errors::units::no_expiry(item.name.span(), &item.name.text, at));
        }
        let expiry = self.expiry(&item.expires, &member, None);
        let mut keeps = Vec::new();
        for condition in &item.keeps {
            keeps.extend(self.condition(condition, &member));
        }
        let keeps_while = match keeps.len() {
            0 | 1 => keeps.pop(),
            _ => Some(Expr { kind: Kind::And(keeps), ty: Type::Bool, span: item.name.span() }),
        };
        let at_most = item.balance_at_most.as_ref().map(|most| self.threshold(most, &member, ty));
        let refunds = match item.refunds.as_ref().map(|refunds| &refunds.value) {
            None | Some(ast::RefundFloor::StopAtZero) => RefundFloor::StopAtZero,
            Some(ast::RefundFloor::OnlyPending) => RefundFloor::OnlyPending,
            Some(ast::RefundFloor::BelowZero { floor: None }) => RefundFloor::BelowZero(None),
            Some(ast::RefundFloor::BelowZero { floor: Some(floor) }) => {
                let steps = self.quantity(floor, id, floor.at.0)?;
                let Some(steps) = steps.abs().ok().and_then(crate::value::Exact::to_i64) else {
                    return self.fail(errors::literals::too_large(floor.at.0));
                };
                RefundFloor::BelowZero(Some(steps))
            }
        };
        let returned = match item.returned_lots.as_ref().map(|returned| &returned.value) {
            None | Some(ast::ReturnedLot::Forfeit) => Returned::Forfeit,
            Some(ast::ReturnedLot::Grace(grace)) => Returned::Grace(self.duration(grace)?),
            Some(ast::ReturnedLot::FreshLot) => Returned::FreshLot,
        };
        let worth = self.need_worth(id, item.name.span())?;
        let head = &self.units.at(id);
        Some(Unit {
            name: Arc::clone(&head.name),
            also: head.also.clone(),
            was: was(item.was.as_ref()),
            span: head.span,
            label: item.label.as_ref().map(literal::label),
            money: head.money,
            decimals: head.decimals,
            rounding,
            scope,
            pending,
            expiry: expiry?,
            keeps_while,
            spends: match item.spends.as_ref().map(|spends| spends.value) {
                None | Some(ast::SpendOrder::SoonestExpiry) => SpendOrder::SoonestExpiry,
                Some(ast::SpendOrder::Oldest) => SpendOrder::Oldest,
            },
            at_most: at_most.map_or(Some(None), |most| most.map(Some))?,
            refunds,
            refunds_in_order: item.refunds_in_order.is_some(),
            returned,
            return_order: match item.returned_tender.as_ref().map(|order| order.value) {
                None | Some(ast::ReturnedTender::ProRata) => ReturnOrder::ProRata,
                Some(ast::ReturnedTender::PointsFirst) => ReturnOrder::PointsFirst,
                Some(ast::ReturnedTender::MoneyFirst) => ReturnOrder::MoneyFirst,
            },
            worth,
            transferable: item.not_transferable.is_none(),
            buckets: item.buckets.as_ref().and_then(|buckets| literal::period(buckets.value)),
        })
    }
    /// When awards become available.
    pub fn pending(&mut self, pending: &ast::Cases<ast::Pending>, scope: &Scope) -> Option<Guarded<Pending>> {
        let span = pending.at.0;
        self.guarded(pending, scope, "30 days otherwise", &mut |checker, case| checker.pending_for(case, span))
    }
    fn pending_for(&mut self, pending: &ast::Pending, span: Span) -> Option<Pending> {
        match pending {
            // An earn says so where its awards do not wait like the others of the unit.
            ast::Pending::For(duration) if self.number(&duration.count)?.is_zero() => Some(Pending::No),
            ast::Pending::For(duration) => self.duration(duration).map(Pending::For),
            ast::Pending::Until { event, by } => {
                let Some(id) = self.names.events.get(&event.text) else {
                    let error = self.unknown_event(event);
                    return self.fail(error);
                };
                let Some(by) = by else {
                    return self.fail(errors::units::pending_without_key(span, &event.text));
                };
                let Some(name) = by.single() else {
                    return self.fail(errors::events::key_too_deep(by.at.0));
                };
                let key = self.key_of(id, name)?;
                Some(Pending::Until { event: id, key: vec![key] })
            }
        }
    }
    /// A plain field of an event, by name.
    fn key_of(&mut self, event: crate::hir::EventId, name: &ast::Ident) -> Option<FieldId> {
        let def = &self.events.at(event);
        match def.fields.find(|field| field.name == name.text) {
            Some(field) => Some(field),
            None => {
                let near = super::names::nearest(&name.text, def.fields.iter().map(|field| &*field.name));
                let error = errors::names::unknown_field(name.span(), &name.text, &def.name, near);
                self.fail(error)
            }
        }
    }
    /// The clocks of a lot. Where some have conditions, one without must come last.
    pub fn expiry(&mut self, items: &[ast::Expiry], scope: &Scope, until: Option<Day>) -> Option<Vec<ExpiryRule>> {
        let mut rules = Vec::with_capacity(items.len());
        let mut ok = true;
        for item in items {
            match self.expiry_rule(item, scope) {
                Some(rule) => rules.push(rule),
                None => ok = false,
            }
        }
        if ok
            && let Some(last) = items.iter().rfind(|item| !item.also)
            && !items.iter().zip(&rules).any(|(item, rule)| !item.also && covers(&item.cases) && lasting(rule, until))
        {
            let last_day = last.cases.arms.iter().find_map(|arm| match &arm.value {
                ExpiryKind::OnDate(date) => Some(date.span()),
                _ => None,
            });
            self.report(match last_day {
                Some(day) => errors::units::nothing_after(day, self.sources.text(day)),
                None => errors::units::no_last_expiry(last.at.0),
            });
            ok = false;
        }
        ok.then_some(rules)
    }
    fn expiry_rule(&mut self, item: &ast::Expiry, scope: &Scope) -> Option<ExpiryRule> {
        let cases = self.partly_guarded(&item.cases, scope, &mut |checker, kind| checker.expiry_case(kind))?;
        Some(ExpiryRule { cases, also: item.also, span: item.at.0 })
    }
    fn expiry_case(&mut self, kind: &ExpiryKind) -> Option<ExpiryCase> {
        let mut from_earning = false;
        let expiry = match kind {
            ExpiryKind::Never => Expiry::Never,
            ExpiryKind::AfterEarning { duration, at_end, from_earning: from } => {
                from_earning = from.is_some();
                Expiry::At(End::After(self.duration(duration)?, self.at_end(at_end.as_ref())?))
            }
            ExpiryKind::AfterLast { duration, events, at_end } => {
                let mut ids = Vec::with_capacity(events.len());
                for event in events {
                    match self.names.events.get(&event.text) {
                        Some(id) => ids.push(id),
                        None => {
                            let error = self.unknown_event(event);
                            self.report(error);
                        }
                    }
                }
                if ids.len() < events.len() {
                    return None;
                }
                Expiry::Idle { span: self.duration(duration)?, end_of: self.at_end(at_end.as_ref())?, events: ids }
            }
            ExpiryKind::On { day, after } => Expiry::At(End::YearDay {
                month: day.month,
                day: day.day,
                after: match after {
                    Some(after) => self.duration(after)?,
                    None => TimeSpan::ZERO,
                },
            }),
            ExpiryKind::AtEnd(end) => Expiry::At(self.end(end)?),
            ExpiryKind::OnDate(date) => Expiry::On(self.fixed_day(date)?),
        };
        Some(ExpiryCase { expiry, from_earning })
    }
    /// `at end of month`: the period in which a time falls.
    fn at_end(&mut self, end: Option<&ast::EndOf>) -> Option<Option<crate::value::PeriodKind>> {
        match end {
            None => Some(None),
            Some(end) if end.next || end.after.is_some() || matches!(end.period, EndPeriod::Month(_)) => {
                self.fail(errors::units::end_of_what(end.at.0))
            }
            Some(end) => self.end_period(end).map(Some),
        }
    }
    /// Where a line can be put at the head of an item's block.
    pub fn block_start(&self, header: Span) -> Option<Span> {
        let text = &self.sources.file(header.file).text;
        let rest = text.get(header.end as usize..)?;
        let open = rest.find('{')?;
        let between = rest.get(..open)?;
        if between.contains('\n') {
            return None;
        }
        let at = header.end as usize + open + 1;
        Some(Span::new(header.file, at, at))
    }
}

/// Whether a clock says of every lot when it expires, now and later.
fn lasting(rule: &ExpiryRule, until: Option<Day>) -> bool {
    let ends = |day: Day| until.is_none_or(|until| day < until);
    !rule.cases.iter().any(|(_, case)| matches!(case.expiry, Expiry::On(day) if ends(day)))
}

/// A rounding and what is rounded at once.
pub(super) fn round(round: &ast::Round) -> (Rounding, RoundScope) {
    let mode = match round.mode {
        ast::RoundMode::Down => Rounding::Down,
        ast::RoundMode::Up => Rounding::Up,
        ast::RoundMode::Nearest => Rounding::Nearest,
        ast::RoundMode::HalfEven => Rounding::HalfEven,
    };
    let scope = match round.scope {
        None | Some(ast::RoundScope::Event) => RoundScope::Event,
        Some(ast::RoundScope::Item) => RoundScope::Item,
        Some(ast::RoundScope::Rule) => RoundScope::Rule,
    };
    (mode, scope)
}

impl UnitHead {
    /// The identifier of a unit by its position.
    pub fn id(at: usize) -> UnitId {
        UnitId::new(at)
    }
}

/// Whether a scenario says with an amount before this name what became of it.
fn is_outcome(name: &str) -> bool {
    matches!(name, "off" | "charged" | "matched" | "expired")
}

/// Whether a number before this name would be a duration.
fn is_time(name: &str) -> bool {
    let one = name.strip_suffix('s').unwrap_or(name);
    matches!(one, "second" | "minute" | "hour" | "day" | "week" | "month" | "quarter" | "year")
}
