//! Limits and budgets: how much headroom is left, and who uses it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::hir::{Excess, LimitId, LimitKind, Window};
use crate::source::Span;
use crate::value::{ArithmeticError, Exact, Instant};

use super::fact::{UseKey, Uses};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::outcome::{Cause, Stage, What};

/// What was cut to fit, and what that used of which limits.
#[derive(Debug, Clone, Default)]
pub struct Fitted {
    /// What fits.
    pub amount: Exact,
    /// Limits used.
    pub claims: Vec<Claim>,
}

/// What an award uses of one limit.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Which headroom.
    pub key: UseKey,
    /// Its period or moment.
    pub bucket: Instant,
    /// Whether it counts times rather than amounts.
    pub times: bool,
    /// What was left of it before the event, in steps.
    pub left: Exact,
}

/// A headroom, in one period or at one moment.
type Room = (UseKey, Instant);

impl Claim {
    fn room(&self) -> Room {
        (self.key.clone(), self.bucket)
    }
}

/// Amounts of the event at hand after rounding, by limit.
pub type Rounded = BTreeMap<Room, i64>;

/// What awards of the event at hand have claimed and not yet posted.
#[derive(Debug, Default, Clone)]
pub struct Claims {
    claimed: RefCell<BTreeMap<Room, Exact>>,
}

impl Claims {
    fn of(&self, room: &Room) -> Exact {
        self.claimed.borrow().get(room).copied().unwrap_or(Exact::ZERO)
    }
    /// Forgets what is also written down elsewhere: all but what limits per event have let through.
    pub fn retain(&self, keep: impl Fn(LimitId) -> bool) {
        self.claimed.borrow_mut().retain(|(key, _), _| keep(key.limit));
    }
    /// Counts what rounding has added to an award of a rule, or taken from it.
    pub fn rounded(&self, claims: &[Claim], by: Exact) -> Result<(), Fault> {
        let known = |room: &Room| self.claimed.borrow().contains_key(room);
        let amounts = claims.iter().filter(|claim| !claim.times).map(Claim::room);
        amounts.filter(known).try_for_each(|room| self.add(room, by))
    }
    fn add(&self, room: Room, amount: Exact) -> Result<(), Fault> {
        let mut claimed = self.claimed.borrow_mut();
        let total = claimed.entry(room).or_insert(Exact::ZERO);
        *total = total.add(amount)?;
        Ok(())
    }
}

impl Fold<'_> {
    /// Cuts an amount to what all limits leave; zero where one rejects it.
    pub fn fit(
        &mut self,
        cause: Cause,
        limits: &[LimitId],
        amount: Exact,
        view: View<'_>,
        line: Option<u32>,
        claims: &Claims,
    ) -> Result<Fitted, Fault> {
        // Whatever day rates are of, a limit is used on the day of the event.
        let view = View { at: None, ..view };
        let mut fitted = Fitted { amount, claims: Vec::new() };
        let mut used = Vec::new();
        for &id in limits {
            if fitted.amount.is_zero() {
                break;
            }
            let limit = self.program.limits.at(id);
            let per =
                limit.per.iter().map(|field| self.judge.value(field, &self.cx(view))).collect::<Result<Vec<_>, _>>()?;
            let key = UseKey { limit: id, per };
            let bucket = self.bucket_of(limit.window, view)?;
            let claim = (key.clone(), bucket);
            let used_before = Exact::from(self.used(&key, limit.window, bucket, limit.budget.is_some(), view)?);
            let (most, times) = match &limit.kind {
                LimitKind::Times(most) => (most, true),
                LimitKind::Amount(_, most) | LimitKind::Money(most) => (most, false),
            };
            let before = self.judge.exact(most, &self.cx(view))?.sub(used_before)?;
            let left = before.sub(claims.of(&claim))?.max(Exact::ZERO);
            let asked = fitted.amount;
            fitted.amount = match (times, limit.excess) {
                (true, _) if left >= Exact::ONE => asked,
                (true, _) => Exact::ZERO,
                (false, Excess::Reject) if left < asked => Exact::ZERO,
                (false, _) => asked.min(left),
            };
            if fitted.amount != asked {
                self.judge.cut(id);
                let words = |n: Exact| match limit.kind {
                    LimitKind::Times(_) => n.to_string(),
                    LimitKind::Amount(unit, _) => super::words::quantity(self.program, unit, n),
                    LimitKind::Money(_) => super::words::money(self.program, n),
                };
                let (requested, granted) = (words(asked), words(fitted.amount));
                let span: Span = limit.span;
                self.explain(cause, span, Stage::Limit, line, !fitted.amount.is_zero(), || {
                    format!("{requested} asked, {granted} fit")
                });
                self.emit(cause, What::Limited { limit: id, requested, granted });
            }
            fitted.claims.push(Claim { key, bucket, times, left: before });
            used.push((claim, times));
        }
        if fitted.amount.is_zero() {
            fitted.claims.clear();
            return Ok(fitted);
        }
        for (claim, times) in used {
            claims.add(claim, if times { Exact::ONE } else { fitted.amount })?;
        }
        Ok(fitted)
    }

    fn bucket_of(&self, window: Option<Window>, view: View<'_>) -> Result<Instant, Fault> {
        Ok(match window {
            None | Some(Window::LastDays(_) | Window::LastExactly(_)) => self.at.now,
            Some(window) => self.cx(view).window_start(window)?.unwrap_or(Instant::FIRST),
        })
    }

    fn used(
        &self,
        key: &UseKey,
        window: Option<Window>,
        bucket: Instant,
        budget: bool,
        view: View<'_>,
    ) -> Result<i64, Fault> {
        let uses = if budget { &self.pots.uses } else { &self.state.uses };
        let Some(uses) = uses.get(key) else { return Ok(0) };
        Ok(match window {
            // One event: only what it has claimed itself.
            None => 0,
            Some(window @ (Window::LastDays(_) | Window::LastExactly(_))) => {
                let start = self.cx(view).window_start(window)?.unwrap_or(Instant::FIRST);
                uses.range(start..=self.at.now).sum()
            }
            Some(_) => uses.get(&bucket).copied().unwrap_or(0),
        })
    }

    /// [`Fold::fit`] for rules and automatic rewards, which come one by one: each is written down before the next, but for limits per
    /// event.
    pub fn fit_rule(
        &mut self,
        cause: Cause,
        limits: &[LimitId],
        amount: Exact,
        view: View<'_>,
    ) -> Result<Fitted, Fault> {
        let claims = std::mem::take(&mut self.within);
        let mut fitted = self.fit(cause, limits, amount, view, None, &claims)?;
        claims.retain(|limit| self.program.limits.at(limit).window.is_none());
        for claim in fitted.claims.iter_mut().filter(|claim| !claim.times) {
            let all = claims.of(&claim.room());
            if !all.is_zero() {
                claim.left = claim.left.sub(all.sub(fitted.amount)?)?;
            }
        }
        self.within = claims;
        Ok(fitted)
    }

    /// How much of an amount limits leave, without using it.
    pub fn headroom(&mut self, cause: Cause, limits: &[LimitId], amount: Exact) -> Result<Exact, Fault> {
        let (before, told) = (self.within.clone(), self.out.len());
        let fitted = self.fit_rule(cause, limits, amount, View::default())?;
        self.within = before;
        self.out.truncate(told);
        Ok(fitted.amount)
    }

    /// What so many of the same amount use of their limits; `None` where one of them does not fit.
    pub fn fit_each(
        &mut self,
        cause: Cause,
        limits: &[LimitId],
        times: i64,
        each: i64,
    ) -> Result<Option<Vec<Vec<Claim>>>, Fault> {
        let before = self.within.clone();
        let claims = std::mem::take(&mut self.within);
        let mut all = Vec::new();
        for _ in 0..times {
            let fitted = self.fit(cause, limits, Exact::from(each), View::default(), None, &claims)?;
            if fitted.amount < Exact::from(each) {
                self.within = before;
                return Ok(None);
            }
            all.push(fitted.claims);
        }
        claims.retain(|limit| self.program.limits.at(limit).window.is_none());
        self.within = claims;
        Ok(Some(all))
    }

    /// Cuts a rounded amount to what its limits leave: rounding takes no award beyond them (S13).
    pub fn clip(claims: &[Claim], amount: i64, rounded: &mut Rounded) -> i64 {
        let amounts = || claims.iter().filter(|claim| !claim.times);
        let left = |claim: &Claim| {
            let left = claim.left.floor().to_i64().unwrap_or(i64::MAX);
            let used = rounded.get(&claim.room()).copied().unwrap_or(0);
            left.saturating_sub(used).max(0)
        };
        let amount = amounts().map(left).fold(amount, i64::min);
        for claim in amounts() {
            let total = rounded.entry(claim.room()).or_insert(0);
            *total = total.saturating_add(amount);
        }
        amount
    }

    /// Writes down what an award used of its limits: `amount` steps, or one time. Returns the uses, for reversals.
    pub fn claim(&mut self, claims: Vec<Claim>, amount: i64) -> Result<Uses, Fault> {
        let mut uses = Uses::default();
        for Claim { key, bucket, times, .. } in claims {
            let used = if times { 1 } else { amount };
            if used != 0 && self.program.limits.at(key.limit).window.is_some() {
                self.add_use(&key, bucket, used)?;
                uses.push((key, bucket, used));
            }
        }
        Ok(uses)
    }

    /// Gives headroom back to the period in which it was used (S13).
    pub fn unclaim(
        &mut self,
        uses: &mut [(UseKey, Instant, i64)],
        granted: i64,
        taken_before: i64,
        taken: i64,
    ) -> Result<(), Fault> {
        for (key, bucket, used) in uses {
            let times = self.program.limits.at(key.limit).is_times();
            let all = taken_before + taken >= granted;
            let back = match (times, all) {
                (true, false) => 0,
                (true, true) => *used,
                (false, _) => taken.min(*used),
            };
            *used -= back;
            self.add_use(key, *bucket, -back)?;
        }
        Ok(())
    }

    /// Counts so much more, or less, of a limit as used.
    pub fn add_use(&mut self, key: &UseKey, bucket: Instant, amount: i64) -> Result<(), Fault> {
        let budget = self.program.limits.at(key.limit).budget.is_some();
        let uses = if budget { &mut self.pots.uses } else { &mut self.state.uses };
        let by_bucket = uses.or_default(key.clone());
        let total = by_bucket.or_default(bucket);
        *total = total.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
        if *total == 0 {
            by_bucket.remove(&bucket);
        }
        if by_bucket.is_empty() {
            uses.remove(key);
        }
        Ok(())
    }
}
