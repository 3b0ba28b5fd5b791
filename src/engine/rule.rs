//! Rules: what sets them off, and what they do.

use crate::hir::{Direction, Effect, Label, LadderId, Measure, MeasureId, OnRefund, RewardId, Rule, RuleId, Source, Trigger, UnitId, Validity, Window};
use crate::value::{Exact, Instant, Value};

use super::fault::{Fault, MOST_AT_ONCE};
use super::fold::{Fold, View};
use super::judge::Noting;
use super::ledger::Grant;
use super::limit::Rounded;
use super::outcome::{Account, Cause, Stage, What};
use super::state::{Award, FactChange, Gifted, Hanging, Restart, Voucher};

/// How often rules may set each other off within one event; the checker has refused cycles, so that this is never reached.
const MAX_ROUNDS: usize = 1000;

impl Fold<'_> {
    /// Rules that listen to the event at hand.
    pub fn event_rules(&mut self) -> Result<(), Fault> {
        let Some(event) = self.event.clone() else { return Ok(()) };
        for (id, rule) in self.program.rules.pairs() {
            match &rule.trigger {
                Trigger::Event(kind, None) if *kind == event.kind => {
                    self.fire(id, View::default())?;
                }
                Trigger::Event(kind, Some(list)) if *kind == event.kind => {
                    let Some(Value::List(lines)) = event.fields.get(list.0 as usize) else { continue };
                    for (number, line) in (0_u32..).zip(lines.iter()) {
                        let view = View { line, ..View::default() };
                        if self.passes(Cause::Rule(id), &rule.gates, view, number)? {
                            self.fire(id, view)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Lets crossings, tiers and automatic rewards follow from each other until nothing changes.
    pub fn settle(&mut self) -> Result<(), Fault> {
        for _ in 0..MAX_ROUNDS {
            let mut changed = self.crossings()?;
            changed |= self.settle_tiers()?;
            changed |= self.automatic_rewards()?;
            changed |= self.lapse_unkept()?;
            if !changed {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Lots that fell due while something kept them lapse when it does so no longer.
    fn lapse_unkept(&mut self) -> Result<bool, Fault> {
        let mut changed = false;
        for (id, unit) in self.program.units.pairs() {
            if unit.keeps_while.is_some() {
                let before = self.state.units.at(id).totals.expired;
                self.lapse(id)?;
                changed |= self.state.units.at(id).totals.expired != before;
            }
        }
        Ok(changed)
    }

    /// Notes the values of all measures that somebody waits for, before anything changes.
    pub fn note_prior(&mut self) -> Result<(), Fault> {
        let mut prior = Vec::new();
        let waited = self.program.rules.iter().filter_map(|rule| match rule.trigger {
            Trigger::Reaches(measure, _) | Trigger::Another { measure, .. } => Some(measure),
            _ => None,
        });
        let split = self.program.earns.iter().filter_map(|earn| match earn.tier {
            crate::hir::TierAt::Split(ladder) => self.program.ladders.at(ladder).by,
            _ => None,
        });
        for measure in waited.chain(split) {
            if !prior.iter().any(|(id, _)| *id == measure) {
                prior.push((measure, self.measure(measure)?));
            }
        }
        self.prior = prior;
        Ok(())
    }

    /// Fires rules whose measure has crossed what they wait for (S29).
    fn crossings(&mut self) -> Result<bool, Fault> {
        let mut fired = false;
        let mut passed = Vec::new();
        for (id, rule) in self.program.rules.pairs() {
            let (measure, step, from, repeats) = match &rule.trigger {
                Trigger::Reaches(measure, threshold) => (*measure, threshold, None, false),
                Trigger::Another { measure, step, from } => (*measure, step, from.as_ref(), true),
                _ => continue,
            };
            let before = self.prior.iter().find(|(id, _)| *id == measure).map_or(Exact::ZERO, |(_, value)| *value);
            let now = self.measure(measure)?;
            passed.push((measure, now));
            let step = self.judge.exact(step, &self.cx(View::default()))?;
            if now <= before || step <= Exact::ZERO {
                continue;
            }
            let multiples = |value: Exact| -> Result<i64, Fault> {
                if !repeats {
                    return Ok(i64::from(value >= step));
                }
                Ok(value.div(step)?.floor().to_i64().ok_or(crate::value::ArithmeticError::Overflow)?.max(0))
            };
            let (key, until) = self.crossing_period(self.program.measures.at(measure))?;
            let done = self.state.firings.at(id).crossed.get(&key).copied().unwrap_or(0);
            let mut first = multiples(before)?.max(done) + 1;
            if let Some(from) = from {
                let from = self.judge.exact(from, &self.cx(View::default()))?;
                first = first.max(from.div(step)?.ceil().to_i64().unwrap_or(i64::MAX));
            }
            let last = multiples(now)?;
            if last.saturating_sub(first) >= MOST_AT_ONCE {
                return Err(Fault::TooOften);
            }
            let restart = self.state.restarts.at(measure).map(|restart| (restart.at, restart.place));
            for multiple in first..=last {
                let threshold = step.mul(Exact::from(multiple))?;
                fired |= self.fire_hanging(id, rule, Hanging { period: key, until, multiple, threshold, awards: Vec::new(), gifts: Vec::new() })?;
                if self.state.restarts.at(measure).map(|restart| (restart.at, restart.place)) != restart {
                    // It starts anew: further multiples are to be reached again, and nothing hangs on this one.
                    let firings = self.state.firings.at_mut(id);
                    firings.crossed.clear();
                    firings.hanging.clear();
                    break;
                }
            }
        }
        for (measure, now) in passed {
            if let Some((_, prior)) = self.prior.iter_mut().find(|(id, _)| *id == measure) {
                *prior = now;
            }
        }
        Ok(fired)
    }

    /// The period of a crossing, and the last moment at which to look at the measure again.
    fn crossing_period(&self, measure: &Measure) -> Result<(Instant, Instant), Fault> {
        if matches!(measure.source, Source::Streak { .. } | Source::Formula(_)) {
            // They shrink as time goes by, which takes nothing back: only the moment of crossing tells.
            return Ok((Instant::FIRST, self.at.now));
        }
        Ok(match measure.window {
            Window::Period(kind) => {
                let period = self.this_period(kind);
                let zone = &self.calendar.zone;
                let last = zone.start_of(period.end).plus_millis(-1).ok_or(Fault::Calendar)?;
                (zone.start_of(period.start), last)
            }
            Window::Ever => (Instant::FIRST, Instant::LAST),
            Window::LastDays(_) | Window::LastExactly(_) => (self.at.now, self.at.now),
            Window::SinceRise(ladder) => (self.state.ladders.at(ladder).risen.unwrap_or(Instant::FIRST), Instant::LAST),
        })
    }

    fn fire_hanging(&mut self, id: RuleId, rule: &Rule, hanging: Hanging) -> Result<bool, Fault> {
        let (key, multiple) = (hanging.period, hanging.multiple);
        self.state.firings.at_mut(id).crossed.insert(key, multiple);
        let outer = self.hanging.replace(hanging);
        let fired = self.fire(id, View::default());
        let collected = std::mem::replace(&mut self.hanging, outer);
        if let Some(hanging) = collected
            && rule.on_refund != OnRefund::Keep
        {
            self.state.firings.at_mut(id).hanging.push(hanging);
        }
        fired
    }

    /// Rules that listen to a change of tier.
    pub fn tier_rules(&mut self, ladder: LadderId, from: u32, to: u32, highest: u32) -> Result<(), Fault> {
        for (id, rule) in self.program.rules.pairs() {
            let Trigger::Tier { ladder: of, direction, to: wanted, first } = rule.trigger else { continue };
            if of != ladder || (direction == Direction::Rises && to < from) || (direction == Direction::Falls && to > from) {
                continue;
            }
            let rungs: Vec<u32> = if to > from { (from + 1..=to).collect() } else { vec![to] };
            let new = |rung: &u32| !first || *rung > highest;
            let times = match wanted {
                Some(wanted) => rungs.iter().filter(|rung| **rung == wanted && new(rung)).count(),
                None if first => rungs.iter().filter(|rung| new(rung)).count(),
                None => 1,
            };
            for _ in 0..times {
                self.fire(id, View::default())?;
            }
        }
        Ok(())
    }

    /// Fires a rule if it is open; returns whether it did.
    pub fn fire(&mut self, id: RuleId, view: View<'_>) -> Result<bool, Fault> {
        let rule = self.program.rules.at(id);
        let cause = Cause::Rule(id);
        if !self.active(&rule.name, rule.activation)? || !self.cooled(cause, rule.cooldown)? || !self.open(cause, &rule.gates, view)? {
            return Ok(false);
        }
        let (times, amounts): (Vec<_>, Vec<_>) =
            rule.limits.iter().partition(|limit| matches!(self.program.limits.at(**limit).kind, crate::hir::LimitKind::Times(_)));
        let fitted = self.fit_rule(cause, &times, Exact::ONE, view)?;
        if fitted.amount.is_zero() {
            return Ok(false);
        }
        self.claim(fitted.claims, 1);
        self.state.gave.insert(cause, self.at.now);
        self.used_up(&rule.name, rule.activation);
        for (condition, effect) in &rule.effects {
            if condition.as_ref().map_or(Ok(true), |condition| self.judge.truth(condition, &self.cx(view)))? {
                self.effect(cause, rule, &amounts, effect, view)?;
            }
        }
        Ok(true)
    }

    fn effect(&mut self, cause: Cause, rule: &Rule, limits: &[crate::hir::LimitId], effect: &Effect, view: View<'_>) -> Result<(), Fault> {
        match effect {
            Effect::Give(unit, amount) => self.give(cause, rule, limits, *unit, amount, view),
            Effect::Take(unit, amount) => {
                let asked = self.judge.exact(amount, &self.cx(view))?.floor().to_i64().unwrap_or(i64::MAX);
                let amount = asked.min(self.spendable(*unit));
                self.spend(cause, *unit, amount.max(0), &Account::Issuer).map(drop)
            }
            Effect::Convert { from, to, price, gives, minimum, maximum } => {
                let cx = self.cx(view);
                let whole = |expr: &crate::hir::Expr| -> Result<i64, Fault> {
                    Ok(self.judge.exact(expr, &cx)?.floor().to_i64().ok_or(crate::value::ArithmeticError::Overflow)?)
                };
                let (price, gives) = (whole(price)?, whole(gives)?);
                let least = minimum.as_ref().map_or(Ok(0), &whole)?;
                let most = maximum.as_ref().map_or(Ok(i64::MAX), &whole)?;
                let available = self.spendable(*from);
                if available < least || price <= 0 {
                    return Ok(());
                }
                let steps = available.min(most) / price;
                let bought = steps.checked_mul(gives).ok_or(crate::value::ArithmeticError::Overflow)?;
                self.spend(cause, *from, steps * price, &Account::Redeemed)?;
                self.grant(&Grant { cause, unit: *to, line: None, amount: bought, pending: None, expiry: &[], funding: &rule.funding }).map(drop)
            }
            Effect::Issue(reward) => {
                let number = self.issue(cause, *reward)?;
                self.keep_gift(Gifted::Voucher(number));
                Ok(())
            }
            Effect::Badge(badge) => {
                if self.state.badges.at(*badge).is_none() {
                    *self.state.badges.at_mut(*badge) = Some(self.at.now);
                    self.emit(cause, What::Badge { badge: *badge, given: true });
                    self.keep_gift(Gifted::Badge(*badge));
                }
                Ok(())
            }
            Effect::Grant(ladder, tier, hold) => self.grant_tier(*ladder, *tier, *hold),
            Effect::Extend(unit, span) => {
                let zone = self.calendar.zone.clone();
                let moved: Vec<(u32, Option<Instant>)> = self.state.units.at(*unit).lots.iter()
                    .map(|lot| (lot.number, self.lapses(&lot.expires, lot.earned).and_then(|at| span.after(at, &zone))))
                    .collect();
                for (number, extended) in moved {
                    if let Some(lot) = self.state.units.at_mut(*unit).lot_mut(number) {
                        lot.expires.extended = extended.or(lot.expires.extended);
                    }
                }
                Ok(())
            }
            Effect::Restart(measure) => self.restart(*measure),
            Effect::Message(channel, text, parts) => self.message(cause, channel, text, parts, view),
        }
    }

    /// Lets a measure start empty: after everything recorded so far, with all its crossings before it. What hung on them is settled.
    fn restart(&mut self, measure: MeasureId) -> Result<(), Fault> {
        let place = self.state.facts.last().map_or(0, |fact| fact.place + 1);
        *self.state.restarts.at_mut(measure) = Some(Restart { at: self.at.now, place });
        for (id, rule) in self.program.rules.pairs() {
            if matches!(rule.trigger, Trigger::Reaches(of, _) | Trigger::Another { measure: of, .. } if of == measure) {
                let firings = self.state.firings.at_mut(id);
                firings.crossed.clear();
                firings.hanging.clear();
            }
        }
        let noting = Noting { program: self.program, calendar: &self.calendar, now: self.at.now };
        self.judge.noted(self.state, &FactChange::Restarted(measure), &noting)
    }

    fn give(&mut self, cause: Cause, rule: &Rule, limits: &[crate::hir::LimitId], unit: UnitId, amount: &crate::hir::Expr, view: View<'_>) -> Result<(), Fault> {
        let exact = self.judge.exact(amount, &self.cx(view))?;
        if self.tracing() {
            let words = super::words::amount(self.program, unit, amount, exact, &self.cx(view));
            self.explain(cause, amount.span, Stage::Base, None, true, || words);
        }
        let own: Vec<_> = limits.iter().copied()
            .filter(|limit| matches!(self.program.limits.at(*limit).kind, crate::hir::LimitKind::Amount(of, _) if of == unit))
            .collect();
        let fitted = self.fit_rule(cause, &own, exact, view)?;
        let amount = Self::clip(&fitted.claims, self.program.units.at(unit).rounding.round(fitted.amount)?, &mut Rounded::new());
        self.within.rounded(&fitted.claims, Exact::from(amount).sub(fitted.amount)?)?;
        let granted = self.grant(&Grant { cause, unit, line: None, amount, pending: None, expiry: &[], funding: &rule.funding })?;
        if granted.amount == 0 {
            return Ok(());
        }
        if self.tracing() {
            let words = super::words::quantity(self.program, unit, Exact::from(granted.amount));
            self.explain(cause, rule.span, Stage::Post, None, true, || words);
        }
        let uses = self.claim(fitted.claims, granted.amount);
        let award = Award {
            cause,
            unit,
            line: None,
            granted: granted.amount,
            taken: 0,
            lot: granted.lot,
            uses,
            on_refund: rule.on_refund,
            seen: Vec::new(),
            funded: granted.funded,
            at: self.at.now,
        };
        match &mut self.hanging {
            Some(hanging) => hanging.awards.push(award),
            None => self.keep(award),
        }
        Ok(())
    }

    fn keep_gift(&mut self, gift: Gifted) {
        if let Some(hanging) = &mut self.hanging {
            hanging.gifts.push(gift);
        } else if let Some(fact) = self.own_fact() {
            fact.gifts.push(gift);
        }
    }

    /// Issues a reward as a voucher and returns its number.
    pub fn issue(&mut self, cause: Cause, id: RewardId) -> Result<u32, Fault> {
        let reward = self.program.rewards.at(id);
        let value = match &reward.gives.value {
            Some(value) => self.judge.exact(value, &self.cx(View::default()))?.floor().to_i64(),
            None => None,
        };
        let now = self.at.now;
        let zone = &self.calendar.zone;
        let (from, expires) = match reward.gives.valid {
            Validity::Always => (now, None),
            Validity::For(span, end_of) => (now, Some(self.end_after(now, span, end_of)?)),
            Validity::Between(from, to) => {
                let end = to.plus_days(1).ok_or(Fault::Calendar)?;
                (zone.start_of(from).max(now), Some(zone.start_of(end)))
            }
        };
        let number = u32::try_from(self.state.vouchers.len() + 1).unwrap_or(u32::MAX);
        if let (Some(unit), Some(amount)) = (reward.gives.unit, value) {
            self.grant(&Grant { cause, unit, line: None, amount, pending: None, expiry: &[], funding: &[] })?;
        }
        self.state.vouchers.push(Voucher { number, reward: id, value, issued: now, from, expires, closed: None, order: None });
        self.emit(cause, What::Issued { reward: id, voucher: number, value, expires });
        Ok(number)
    }

    fn message(&mut self, cause: Cause, channel: &std::sync::Arc<str>, label: &Label, parts: &[(std::sync::Arc<str>, crate::hir::Expr)], view: View<'_>) -> Result<(), Fault> {
        let mut shown = Vec::new();
        for (source, expr) in parts {
            let value = self.judge.value(expr, &self.cx(view))?;
            shown.push((source, super::words::value(self.program, expr.ty, &value)));
        }
        let language = self.program.attributes.find(|attribute| &*attribute.name == "language");
        let language = match language.and_then(|id| self.state.attributes.get(id)) {
            Some(Value::Text(language)) => language.clone(),
            _ => "".into(),
        };
        let translated = label.translations.iter().find(|(code, _)| *code == language);
        let (language, text) = translated.map_or(("".into(), &label.text), |(code, text)| (code.clone(), text));
        let text = filled(text, &shown);
        self.emit(cause, What::Message { channel: channel.clone(), language, text });
        Ok(())
    }
}

/// A text with values in place of what stands in braces; doubled braces are plain ones. What a value says is not looked at again.
fn filled(text: &str, values: &[(&std::sync::Arc<str>, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let value = values.iter().find_map(|(name, value)| Some((value, from.strip_prefix('{')?.strip_prefix(&***name)?.strip_prefix('}')?)));
        if let Some((value, after)) = value {
            out.push_str(value);
            rest = after;
            continue;
        }
        out.extend(from.chars().next());
        rest = from.strip_prefix("{{").or(from.strip_prefix("}}")).or(from.get(1..)).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
