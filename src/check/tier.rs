//! Ladders of tiers.

use std::sync::Arc;

use crate::hir::{
    Compare, Expr, Fall, Hold, Kind, Ladder, LadderId, LadderRefund, MeasureId, Read, Rise, Tier, Type, Window,
};
use crate::source::Span;
use crate::syntax::ast;
use crate::value::{Exact, PeriodKind};

use super::context::{Checker, LadderHead};
use super::errors;
use super::literal;
use super::names::{Prize, was};
use super::scope::Scope;

impl Checker<'_> {
    /// Names of all ladders and their tiers.
    pub fn ladder_heads(&mut self) {
        for item in self.items.ladders.clone() {
            let mut tiers: Vec<Arc<str>> = Vec::with_capacity(item.levels.len());
            for (at, level) in item.levels.iter().enumerate() {
                if tiers.contains(&level.name.text) {
                    let first = item.levels.iter().take(at).find(|first| first.name.text == level.name.text);
                    let first = first.map(|first| first.name.span());
                    self.report(errors::names::duplicate(level.name.span(), &level.name.text, first));
                }
                tiers.push(Arc::clone(&level.name.text));
            }
            self.ladders.push(LadderHead { name: Arc::clone(&item.name.text), tiers });
        }
    }
    /// A whole ladder.
    pub fn lower_ladder(&mut self, item: &ast::Tiers, _id: LadderId) -> Option<Ladder> {
        let by = match &item.by {
            None => None,
            Some(path) => Some(self.measure_named(path)?),
        };
        let mut tiers = Vec::with_capacity(item.levels.len());
        let mut last: Option<(Exact, Span)> = None;
        let mut ok = !item.levels.is_empty();
        if item.levels.is_empty() {
            self.report(errors::tiers::no_tiers(item.name.span(), &item.name.text));
        }
        for (at, level) in item.levels.iter().enumerate() {
            match self.level(level, at == 0, by, item) {
                Some(tier) => {
                    ok &= self.rising(&tier, &mut last);
                    tiers.push(tier);
                }
                None => ok = false,
            }
        }
        let holds = match &item.holds {
            Some(holds) if matches!(holds.value, ast::Hold::UntilDate(_)) => {
                self.fail(errors::tiers::hold_until_date(holds.at.0))
            }
            Some(holds) => self.hold(&holds.value),
            None if tiers.iter().all(|tier| tier.reach.is_none()) => Some(Hold::ForEver),
            None => {
                let at = self.block_start(item.at.0);
                self.report(errors::tiers::no_hold(item.name.span(), &item.name.text, at));
                Some(Hold::ForEver)
            }
        };
        let rises = match item.rises.as_ref().map(|rises| &rises.value) {
            None | Some(ast::Rises::AtOnce) => Rise::AtOnce,
            Some(ast::Rises::AtPeriodEnd) => Rise::AtPeriodEnd(self.period_of(by)),
            Some(ast::Rises::After(duration)) => Rise::After(self.duration(duration)?),
        };
        let grace = match &item.grace {
            Some(grace) => Some(self.duration(grace)?),
            None => None,
        };
        ok.then_some(())?;
        let rollover = match &item.surplus {
            Some(surplus) => Some(self.rollover(surplus, by, &mut tiers)?),
            None => None,
        };
        Some(Ladder {
            name: Arc::clone(&item.name.text),
            was: was(item.was.as_ref()),
            span: item.name.span(),
            label: item.label.as_ref().map(literal::label),
            by: by.map(|(by, _)| by),
            tiers,
            rises,
            holds: holds?,
            falls: match item.falls.as_ref().map(|falls| falls.value) {
                None | Some(ast::Falls::ToEarned) => Fall::ToEarned,
                Some(ast::Falls::OneLevel) => Fall::ByOne,
            },
            grace,
            refunds: match item.refunds.as_ref().map(|refunds| refunds.value) {
                None | Some(ast::TierRefunds::LowerAtPeriodEnd) => LadderRefund::AtPeriodEnd,
                Some(ast::TierRefunds::LowerAtOnce) => LadderRefund::AtOnce,
                Some(ast::TierRefunds::NeverLower) => LadderRefund::Never,
            },
            rollover,
            perks_stack: item.perks_stack.as_ref().is_none_or(|stack| stack.value),
        })
    }
    /// The measure of which what is above the tier reached rolls over; each tier says how much of it that tier takes.
    fn rollover(
        &mut self,
        surplus: &ast::Surplus,
        by: Option<(MeasureId, Type)>,
        tiers: &mut [Tier],
    ) -> Option<MeasureId> {
        let named = match &surplus.of {
            Some(name) => Some(self.measure_ident(name)?),
            None => by.map(|(by, _)| by),
        };
        let periodic = named.and_then(|measure| self.measure(measure)).map(|measure| measure.window);
        let (Some(measure), Some(Window::Period(_))) = (named, periodic) else {
            return self.fail(errors::tiers::rollover_without_period(surplus.at.0));
        };
        for tier in tiers.iter_mut().filter(|tier| tier.reach.is_some()) {
            let mut found = Vec::new();
            tier.reach.iter().for_each(|reach| floors(reach, measure, &mut found));
            let [threshold] = found.as_slice() else {
                // What is reached without the measure of the ladder leaves what the tiers below have of it.
                if surplus.of.is_none() && found.is_empty() {
                    continue;
                }
                let text = self.sources.text(surplus.at.0).to_owned();
                return self.fail(errors::tiers::rollover_of_what(tier.span, &tier.name, &text, surplus.at.0));
            };
            tier.surplus = Some(threshold.clone());
        }
        Some(measure)
    }
    /// The period at whose end members rise.
    fn period_of(&self, by: Option<(MeasureId, Type)>) -> PeriodKind {
        match by.and_then(|(by, _)| self.measure(by)).map(|by| by.window) {
            Some(Window::Period(kind)) => kind,
            _ => PeriodKind::Year,
        }
    }
    fn level(
        &mut self,
        level: &ast::Level,
        first: bool,
        by: Option<(MeasureId, Type)>,
        item: &ast::Tiers,
    ) -> Option<Tier> {
        let scope = Scope::member();
        let condition = level.reach.as_ref().map(ast::Expr::span);
        let condition = condition.or(level.threshold.as_ref().map(|threshold| threshold.at.0));
        let condition = condition.or(level.keep.as_ref().map(ast::Expr::span));
        let condition = condition.or(level.keep_threshold.as_ref().map(|keep| keep.at.0));
        let condition = condition.or(level.always.first().map(ast::Expr::span));
        if let (true, Some(span)) = (first, condition) {
            let zero =
                self.sources.text(span).trim_start_matches(|c: char| !c.is_ascii_digit()).trim_matches(['0', '.']);
            let only = level.threshold.is_some() && level.keep_threshold.is_none() && level.reach.is_none();
            let from = level.was.as_ref().unwrap_or(&level.name).span().end;
            let all = (only && zero.is_empty()).then_some(Span { start: from, ..span });
            let free = |level: &&ast::Level| level.threshold.is_none() && level.reach.is_none();
            let below = item.levels.iter().skip(1).find(free).map(|below| &*below.name.text);
            return self.fail(errors::tiers::first_with_condition(span, &level.name.text, all, below));
        }
        if let (Some(threshold), Some(reach)) = (&level.threshold, &level.reach) {
            return self.fail(errors::tiers::threshold_and_reach(reach.span(), threshold.at.0));
        }
        if let (Some(threshold), Some(keep)) = (&level.keep_threshold, &level.keep) {
            return self.fail(errors::tiers::threshold_and_reach(keep.span(), threshold.at.0));
        }
        let bound = |checker: &mut Self, cases: &Option<ast::Cases>| match (cases, by) {
            (None, _) => Some(None),
            (Some(cases), None) => {
                checker.fail(errors::tiers::threshold_without_measure(cases.at.0, &item.name.text, item.name.span()))
            }
            (Some(cases), Some((measure, ty))) => {
                let threshold = checker.threshold(cases, &scope, ty)?;
                let span = cases.at.0;
                let read = Expr { kind: Kind::Read(Read::Measure(measure)), ty, span };
                let kind = Kind::Compare(Compare::AtLeast, Box::new(read), Box::new(threshold.clone()));
                Some(Some((threshold, Expr { kind, ty: Type::Bool, span })))
            }
        };
        let (threshold, keep_threshold) = (bound(self, &level.threshold), bound(self, &level.keep_threshold));
        let own = |checker: &mut Self, condition: &Option<ast::Expr>| match condition {
            None => Some(None),
            Some(condition) => checker.condition(condition, &scope).map(Some),
        };
        let (reach, keep) = (own(self, &level.reach), own(self, &level.keep));
        let mut always = Vec::new();
        for condition in &level.always {
            always.push(self.condition(condition, &scope)?);
        }
        let (threshold, keep_threshold) = (threshold?, keep_threshold?);
        let reach = reach?.or(threshold.as_ref().map(|(_, reach)| reach.clone()));
        let keep = keep?.or(keep_threshold.map(|(_, keep)| keep)).or(reach.clone());
        let mut issues = Vec::new();
        for name in &level.issues {
            issues.push(self.reward(name)?);
        }
        Some(Tier {
            name: Arc::clone(&level.name.text),
            was: was(level.was.as_ref()),
            span: level.name.span(),
            label: level.label.as_ref().map(literal::label),
            threshold: threshold.map(|(threshold, _)| threshold),
            surplus: None,
            reach: joined(reach, &always),
            keep: joined(keep, &always),
            perks: level.perks.iter().map(|perk| Arc::clone(&perk.value)).collect(),
            issues,
        })
    }
    /// Thresholds must rise from tier to tier, as far as they are constants.
    fn rising(&mut self, tier: &Tier, last: &mut Option<(Exact, Span)>) -> bool {
        let Some(threshold) = &tier.threshold else { return true };
        let Some(value) = self.exact_of(threshold) else {
            *last = None;
            return true;
        };
        let span = threshold.span;
        if let Some((before, place)) = *last
            && value <= before
        {
            self.report(errors::tiers::not_rising(span, place, &tier.name));
            return false;
        }
        *last = Some((value, span));
        true
    }
    /// The reward of a name, or its message.
    pub fn reward(&mut self, name: &ast::Ident) -> Option<crate::hir::RewardId> {
        match self.names.prizes.get(&name.text) {
            Some(Prize::Reward(id)) => Some(id),
            _ => {
                let near =
                    super::names::nearest(&name.text, self.items.rewards.iter().map(|reward| &*reward.name.text));
                self.fail(errors::names::unknown_reward(name.span(), &name.text, near))
            }
        }
    }
}

/// A condition and everything that is always added to it.
fn joined(condition: Option<Expr>, always: &[Expr]) -> Option<Expr> {
    let parts: Vec<_> = condition.into_iter().chain(always.iter().cloned()).collect();
    match parts.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        [first, ..] => {
            let span = parts.iter().fold(first.span, |span, part| span.to(part.span));
            Some(Expr { kind: Kind::And(parts), ty: Type::Bool, span })
        }
    }
}

/// What a condition asks for at least of a measure, where it asks for any.
fn floors(condition: &Expr, measure: MeasureId, found: &mut Vec<Expr>) {
    match &condition.kind {
        Kind::And(parts) | Kind::Or(parts) => parts.iter().for_each(|part| floors(part, measure, found)),
        Kind::Compare(Compare::AtLeast, of, least) if matches!(of.kind, Kind::Read(Read::Measure(id)) if id == measure) =>
        {
            found.push((**least).clone());
        }
        _ => {}
    }
}
