//! Rules: what sets them off, and what they do.

use std::cell::RefCell;

use crate::hir::{
    Direction, Effect, Label, LadderId, LimitId, MeasureId, OnRefund, Rule, RuleId, Source, Trigger, Window,
};
use crate::value::{Exact, Instant, Value};

use super::brought::{Brought, Hanging};
use super::context::Moment;
use super::fact::{Gifted, Tied, Uses};
use super::fault::Fault;
use super::fold::{Bringer, Fold, View};
use super::ledger::{Grant, Whose};
use super::limits::{MAX_ROUNDS, MOST_AT_ONCE};
use super::outcome::{Account, Cause, Stage, What};
use super::purse::Lot;
use super::stack::Met;

impl Fold<'_> {
    /// Rules that listen to the event at hand; `met` are those that were judged with its earns.
    pub fn event_rules(&mut self, met: &[Met]) -> Result<(), Fault> {
        let Some(event) = self.event.clone() else { return Ok(()) };
        let version = self.version;
        for &id in &version.listeners.of_event(event.kind).rules {
            let rule = self.program.rules.at(id);
            if self.meets(rule).is_some() {
                for met in met.iter().filter(|met| met.rule == id && met.wins) {
                    let seen = RefCell::new(met.seen.clone());
                    let list = if let Trigger::Event(_, list) = rule.trigger { list } else { None };
                    let line = event.line(list, met.line);
                    self.fire_open(id, View { line, number: met.line, seen: Some(&seen), ..View::default() })?;
                }
                continue;
            }
            match &rule.trigger {
                Trigger::Event(kind, None) if *kind == event.kind => {
                    self.fire(id, View::default())?;
                }
                Trigger::Event(kind, Some(list)) if *kind == event.kind => {
                    let Some(Value::List(lines)) = event.fields.get(list.0 as usize) else { continue };
                    for (number, line) in (0_u32..).zip(lines.iter()) {
                        let view = View { line, number: Some(number), ..View::default() };
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
        if self.barely {
            return Ok(());
        }
        // In a last round nothing changes any more.
        for _ in 0..=MAX_ROUNDS {
            let mut changed = self.crossings()?;
            changed |= self.challenges()?;
            changed |= self.settle_tiers()?;
            changed |= self.automatic_rewards()?;
            changed |= self.lapse_unkept()?;
            if !changed {
                return self.rank();
            }
        }
        Err(Fault::NoRest)
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

    /// Notes the values of all measures that somebody waits for, before anything changes: those of now, or of another moment.
    pub fn note_prior(&mut self, at: Option<Moment>) -> Result<(), Fault> {
        let mut prior = std::mem::take(&mut self.prior);
        prior.clear();
        for &measure in self.version.listeners.waited_before(self.event.as_ref().map(|event| event.kind)) {
            prior.push((measure, self.measure(measure, View { at, ..View::default() })?));
        }
        self.prior = prior;
        Ok(())
    }

    /// Fires rules whose measure has crossed what they wait for (S29).
    fn crossings(&mut self) -> Result<bool, Fault> {
        let mut fired = false;
        let mut passed = Vec::new();
        let version = self.version;
        for &id in &version.listeners.crossings {
            let rule = self.program.rules.at(id);
            let (measure, step, from, repeats) = match &rule.trigger {
                Trigger::Reaches(measure, threshold) => (*measure, threshold, None, false),
                Trigger::Another { measure, step, from } => (*measure, step, from.as_ref(), true),
                _ => continue,
            };
            // What was not noted before is not moved by this event.
            let Some((_, before)) = self.prior.iter().find(|(id, _)| *id == measure).copied() else { continue };
            let now = self.measure(measure, View::default())?;
            passed.push((measure, now));
            let step = self.judge.exact(step, &self.cx(View::default()))?;
            if self.tracing() && step > Exact::ZERO {
                let passed = if repeats { before.div(step)?.floor().add(Exact::ONE)? } else { Exact::ONE };
                self.tell_crossing(id, measure, before, now, step.mul(passed)?);
            }
            if now <= before || step <= Exact::ZERO {
                continue;
            }
            let multiples = |value: Exact| -> Result<i64, Fault> {
                if !repeats {
                    return Ok(i64::from(value >= step));
                }
                Ok(value.div(step)?.floor().to_i64().ok_or(crate::value::ArithmeticError::Overflow)?.max(0))
            };
            let mut first = multiples(before)? + 1;
            if let Some(from) = from {
                let from = self.judge.exact(from, &self.cx(View::default()))?;
                first = first.max(from.div(step)?.ceil().to_i64().unwrap_or(i64::MAX));
            }
            let last = multiples(now)?;
            if first > last {
                continue;
            }
            let (key, until) = self.crossing_period(measure)?;
            first = first.max(self.crossed(id, measure, key)? + 1);
            if last.saturating_sub(first) >= MOST_AT_ONCE {
                return Err(Fault::TooOften);
            }
            let restart = self.state.restarts.at(measure).clone();
            for multiple in first..=last {
                let threshold = step.mul(Exact::from(multiple))?;
                fired |= self.fire_hanging(
                    id,
                    rule,
                    Hanging { period: key, until, multiple, threshold, brought: Brought::default() },
                )?;
                if *self.state.restarts.at(measure) != restart {
                    // It starts anew: further multiples are to be reached again, and nothing hangs on this one.
                    let firings = self.state.firings.at_mut(id);
                    firings.begin_again();
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
    fn crossing_period(&self, measure: MeasureId) -> Result<(Instant, Instant), Fault> {
        Ok(match super::reads::window(self.program, measure) {
            Some(Window::Period(kind)) => {
                let period = self.this_period(kind);
                let zone = &self.calendar.zone;
                let last = zone.start_of(period.end).plus_millis(-1).ok_or(Fault::Calendar)?;
                (zone.start_of(period.start), last)
            }
            Some(Window::Ever) => (Instant::FIRST, Instant::LAST),
            Some(Window::LastDays(_) | Window::LastExactly(_)) => (self.at.now, self.at.now),
            Some(Window::SinceRise(ladder)) => {
                (self.state.ladders.at(ladder).risen().unwrap_or(Instant::FIRST), Instant::LAST)
            }
            // They shrink as time goes by, which takes nothing back: only what was there since the crossing tells.
            None if self.is_row(measure) => (self.at.now, self.at.now),
            None => (Instant::FIRST, self.at.now),
        })
    }

    /// Whether a measure is a streak, or counts events in a row: each that begins is a time of its own, as long as it is not broken.
    fn is_row(&self, measure: MeasureId) -> bool {
        matches!(self.program.measures.at(measure).source, Source::Streak { .. } | Source::Run { .. })
    }

    /// Since when the streak goes on that is at hand.
    fn row_since(&self, measure: MeasureId) -> Result<Instant, Fault> {
        Ok(self.judge.since(measure, &self.cx(View::default()))?.unwrap_or(self.at.now))
    }

    /// The highest multiple of a measure that a rule has fired for in a period, or in the streak at hand.
    fn crossed(&self, id: RuleId, measure: MeasureId, period: Instant) -> Result<i64, Fault> {
        let crossed = &self.state.firings.at(id).crossed;
        if crossed.is_empty() || !self.is_row(measure) {
            return Ok(crossed.get(&period).copied().unwrap_or(0));
        }
        Ok(crossed.range(self.row_since(measure)?..=Instant::LAST).copied().max().unwrap_or(0))
    }

    /// Fires a rule for a crossing; what that brings hangs on the measure.
    fn fire_hanging(&mut self, id: RuleId, rule: &Rule, mut hanging: Hanging) -> Result<bool, Fault> {
        let (key, multiple) = (hanging.period, hanging.multiple);
        self.state.firings.at_mut(id).crossed.insert(key, multiple);
        if rule.on_refund == OnRefund::Keep {
            return self.fire(id, View::default());
        }
        if let Some(brought) = self.paid_already(id, rule, &hanging)? {
            hanging.brought = brought;
            self.state.firings.at_mut(id).hanging.push(hanging);
            return Ok(false);
        }
        let (fired, brought) = self.collect(|fold| fold.fire(id, View::default()))?;
        if self.state.firings.at(id).crossed.get(&key) == Some(&multiple) {
            hanging.brought = brought;
            self.state.firings.at_mut(id).hanging.push(hanging);
        } else {
            // The rule has restarted its measure, which can no longer tell: it all goes with the event.
            self.keep_brought(brought);
        }
        Ok(fired)
    }

    /// What stayed of what a rule had brought for the same crossing in the same period, where a refund took the rest: that is not paid again (S29).
    /// A window that slides, or a streak, is one period as long as the crossing lies within it.
    fn paid_already(&mut self, id: RuleId, rule: &Rule, crossing: &Hanging) -> Result<Option<Brought>, Fault> {
        let stayed = &self.state.firings.at(id).stayed;
        let (Trigger::Reaches(measure, _) | Trigger::Another { measure, .. }) = rule.trigger else { return Ok(None) };
        if stayed.is_empty() {
            return Ok(None);
        }
        let begin = match super::reads::window(self.program, measure) {
            Some(window @ (Window::LastDays(_) | Window::LastExactly(_))) => {
                self.cx(View::default()).window_start(window)?.unwrap_or(Instant::FIRST)
            }
            _ if self.is_row(measure) => self.row_since(measure)?,
            _ => crossing.period,
        };
        let same = |other: &Hanging| other.multiple == crossing.multiple && other.period >= begin;
        let Some(place) = stayed.iter().position(same) else { return Ok(None) };
        if self.tracing() {
            let words = || "it is reached again, and what it had brought has stayed".to_owned();
            self.explain(Cause::Rule(id), rule.span, Stage::Condition, None, false, words);
        }
        let mut all: Vec<Hanging> = std::mem::take(&mut self.state.firings.at_mut(id).stayed).into_iter().collect();
        let brought = all.remove(place).brought;
        self.state.firings.at_mut(id).stayed = all.into();
        Ok(Some(brought))
    }

    /// Does something and collects what it brings, which is then not kept with the event.
    pub fn collect<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<(T, Brought), Fault> {
        let outer = self.collecting.replace(Brought::default());
        let done = act(self);
        let brought = std::mem::replace(&mut self.collecting, outer);
        Ok((done?, brought.unwrap_or_default()))
    }

    /// Keeps with the event that brought it.
    pub fn keep_brought(&mut self, brought: Brought) {
        brought.awards.into_iter().for_each(|award| self.keep(award));
        brought.gifts.into_iter().for_each(|gift| self.keep_gift(gift));
        self.keep_turns(brought.turns);
        if let Some(fact) = self.own_fact() {
            fact.donations.extend(brought.donations);
            fact.sent.extend(brought.sent);
        }
    }

    /// Rules that listen to a change of tier, from one tier or, for rules that refunds leave alone, another; what that brings hangs
    /// on the reason for the tier, unless refunds leave it alone.
    pub fn tier_rules(
        &mut self,
        ladder: LadderId,
        [kept, undone]: [u32; 2],
        to: u32,
        highest: u32,
    ) -> Result<(), Fault> {
        for (id, rule) in self.program.rules.pairs() {
            let Trigger::Tier { ladder: of, direction, to: wanted, first } = rule.trigger else { continue };
            let from = if rule.on_refund == OnRefund::Keep { kept } else { undone };
            if of != ladder
                || to == from
                || (direction == Direction::Rises && to < from)
                || (direction == Direction::Falls && to > from)
            {
                continue;
            }
            let rungs: Vec<u32> = if to > from { (from + 1..=to).collect() } else { vec![to] };
            let anew = &self.state.ladders.at(ladder).anew;
            let new = |rung: &u32| !first || *rung > highest || anew.contains(&(id, *rung));
            let fires: Vec<u32> = match wanted {
                Some(wanted) => rungs.into_iter().filter(|rung| *rung == wanted && new(rung)).collect(),
                None if first => rungs.into_iter().filter(new).collect(),
                None => vec![to],
            };
            for rung in fires {
                self.state.ladders.at_mut(ladder).anew.retain(|anew| *anew != (id, rung));
                if rule.on_refund != OnRefund::Keep {
                    let (_, brought) = self.collect(|fold| fold.fire(id, View::default()))?;
                    self.hang(ladder, if to > from { rung } else { from }, first.then_some(id), brought);
                } else {
                    self.fire(id, View::default())?;
                }
            }
        }
        Ok(())
    }

    /// Fires a rule if it is open; returns whether it did.
    pub fn fire(&mut self, id: RuleId, view: View<'_>) -> Result<bool, Fault> {
        if self.barely {
            return Ok(false);
        }
        let seen = RefCell::new(Vec::new());
        let view = View { seen: Some(&seen), ..view };
        Ok(self.may_fire(id, view)? && self.fire_open(id, view)?)
    }

    /// Whether a rule is open.
    pub fn may_fire(&mut self, id: RuleId, view: View<'_>) -> Result<bool, Fault> {
        let rule = self.program.rules.at(id);
        let cause = Cause::Rule(id);
        let awake = self.awake(cause, &rule.name, rule.activation, rule.cooldown)?;
        if !awake && !self.tracing() {
            return Ok(false);
        }
        Ok(self.open(cause, &rule.gates, view)? && awake)
    }

    /// Fires a rule that is open, or lets it wait until it is decided what it brings; returns whether it did.
    fn fire_open(&mut self, id: RuleId, view: View<'_>) -> Result<bool, Fault> {
        let rule = self.program.rules.at(id);
        match &rule.decided {
            Some(decided) => self.await_decision(id, decided, view),
            None => self.bring(id, view),
        }
    }

    /// What a rule brings, as far as its limits go; returns whether it brings anything.
    pub fn bring(&mut self, id: RuleId, view: View<'_>) -> Result<bool, Fault> {
        let rule = self.program.rules.at(id);
        let cause = Cause::Rule(id);
        let (times, amounts): (Vec<_>, Vec<_>) =
            rule.limits.iter().partition(|limit| self.program.limits.at(**limit).is_times());
        let fitted = self.fit_rule(cause, &times, Exact::ONE, view)?;
        if fitted.amount.is_zero() {
            return Ok(false);
        }
        let keeps = self.keeps(rule);
        let turns = self.claim(fitted.claims, 1)?;
        if !keeps {
            self.keep_turns(turns);
        }
        if rule.decided.is_none() {
            self.note_gave(cause, rule.cooldown, keeps);
            self.used_up(&rule.name, rule.activation, keeps);
        }
        self.judge.fired(id);
        let rests = rule.cooldown.is_some() || rule.activation.is_some_and(|activation| activation.each_time);
        let bringer = Bringer { cause, line: view.number, takes_turns: rests || !times.is_empty(), keeps };
        let outer = self.bringer.replace(bringer);
        let done = self.effects(cause, rule, &amounts, view);
        self.bringer = outer;
        done.map(|()| true)
    }

    /// Whether what a rule brings just now stays whatever comes back; what is collected goes with whatever it hangs on.
    pub fn keeps(&self, rule: &Rule) -> bool {
        rule.on_refund == OnRefund::Keep && self.collecting.is_none() && !matches!(rule.trigger, Trigger::Called(_))
    }

    fn effects(&mut self, cause: Cause, rule: &Rule, limits: &[LimitId], view: View<'_>) -> Result<(), Fault> {
        for (number, (condition, effect)) in (0_u32..).zip(&rule.effects) {
            if condition.as_ref().map_or(Ok(true), |condition| self.judge.truth(condition, &self.cx(view)))? {
                self.effect(cause, rule, limits, (number, effect), view)?;
            }
        }
        Ok(())
    }

    fn effect(
        &mut self,
        cause: Cause,
        rule: &Rule,
        limits: &[LimitId],
        (number, effect): (u32, &Effect),
        view: View<'_>,
    ) -> Result<(), Fault> {
        match effect {
            Effect::Give(unit, amount) => self.give(cause, rule, limits, *unit, (number, amount), view),
            Effect::GiveTo(unit, amount, member) => {
                self.give_to(cause, rule, limits, *unit, (number, amount, member), view)
            }
            Effect::Take(unit, amount) => {
                let asked = self.judge.exact(amount, &self.cx(view))?.floor().to_i64().unwrap_or(i64::MAX);
                let amount = asked.min(self.spendable(*unit));
                self.spend(cause, *unit, amount.max(0), &Account::Redeemed).map(drop)
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
                self.grant(&Grant {
                    cause,
                    unit: *to,
                    line: None,
                    amount: bought,
                    pending: None,
                    expiry: &[],
                    funding: &rule.funding,
                    whose: Whose::Own,
                })
                .map(drop)
            }
            Effect::Issue(reward) => {
                if let Some(number) = self.issue_open(cause, *reward)? {
                    self.keep_gift(Gifted::Voucher(number));
                }
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
                let later = |lot: &Lot| Some((lot.number, span.after(self.lapses(lot)?, &zone)?));
                let ends: Vec<_> = self.state.units.at(*unit).lots.iter().filter_map(later).collect();
                ends.into_iter().for_each(|(number, end)| self.state.units.at_mut(*unit).extend(number, end));
                Ok(())
            }
            Effect::Activate(offer, time) => self.activate_offer(offer, *time),
            Effect::Open(challenge) => self.open_by_rule(cause, *challenge),
            Effect::Restart(measure) => self.restart(*measure),
            Effect::Donate(charity, amount) => {
                self.donate_by_rule(cause, rule, limits, *charity, (number, amount), view)
            }
            Effect::Exchange(id) => self.swap(*id, None).map(drop),
            Effect::Enter(draw, times) => {
                let times = match times {
                    Some(times) => self.judge.exact(times, &self.cx(view))?.floor().to_i64().unwrap_or(i64::MAX),
                    None => 1,
                };
                self.enter(*draw, times)
            }
            Effect::Offer(choice) => self.offer(cause, *choice),
            Effect::Message(channel, text, parts) => self.message(cause, channel, text, parts, view),
        }
    }

    /// Keeps a gift with the event that brought it, unless it stays whatever comes back.
    pub fn keep_gift(&mut self, gift: Gifted) {
        let bringer = self.bringer;
        if let Some(brought) = &mut self.collecting {
            brought.gifts.push(gift);
        } else if !bringer.is_some_and(|bringer| bringer.keeps)
            && let Some(fact) = self.own_fact()
        {
            fact.gifts.push(gift);
            if let Some(Bringer { cause, line, .. }) = bringer.filter(|bringer| bringer.takes_turns) {
                fact.tied.push(Tied { gift, cause, line });
            }
        }
    }

    fn keep_turns(&mut self, turns: Uses) {
        if let Some(brought) = &mut self.collecting {
            brought.turns.extend(turns);
        } else if let Some(fact) = self.own_fact() {
            fact.turns.extend(turns);
        }
    }

    fn message(
        &mut self,
        cause: Cause,
        channel: &std::sync::Arc<str>,
        label: &Label,
        parts: &[(std::sync::Arc<str>, crate::hir::Expr)],
        view: View<'_>,
    ) -> Result<(), Fault> {
        if let Some(consent) = self.program.consents.iter().find(|consent| consent.channel == *channel)
            && !self.judge.truth(&consent.when, &self.cx(View::default()))?
        {
            let asked = self.program.sources.text(consent.when.span);
            let reason = format!("no consent: `{asked}` does not hold");
            self.emit(cause, What::Withheld { channel: channel.clone(), reason });
            return Ok(());
        }
        let mut values = Vec::new();
        for (name, expr) in parts {
            let value = self.judge.value(expr, &self.cx(view))?;
            values.push((&**name, super::words::value(self.program, expr.ty, &value)));
        }
        let (language, text) = label.read_in(self.state.language(self.program));
        let (language, text) = (language.cloned().unwrap_or_default(), filled(text, &values));
        self.emit(cause, What::Message { channel: channel.clone(), language, text });
        Ok(())
    }
}

/// A text with values in place of `{name}`, and single braces in place of doubled ones. What a value says is left as it is.
fn filled(text: &str, values: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.find(['{', '}']).map(|at| rest.split_at(at)) {
        out.push_str(before);
        if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            out.extend(from.chars().next());
            rest = after;
        } else if let Some((name, after)) = from.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            out.extend(values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str()));
            rest = after;
        } else {
            rest = from;
            break;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_once() {
        let values = [("a", "{b} and }}".to_owned()), ("b", "x".to_owned())];
        assert_eq!(filled("{a}-{b}", &values), "{b} and }}-x");
        assert_eq!(filled("{{{b}}} {{b}}", &values), "{x} {b}");
        assert_eq!(filled("", &values), "");
    }
}
