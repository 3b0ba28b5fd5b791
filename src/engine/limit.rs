//! Limits and budgets: how much headroom is left, and who uses it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::hir::{Excess, LimitId, LimitKind, Window};
use crate::source::Span;
use crate::value::{Exact, Instant};

use super::fault::Fault;
use super::fold::{Fold, View};
use super::outcome::{Cause, Stage, What};
use super::state::UseKey;

/// What was cut to fit, and what that used of which limits.
#[derive(Debug, Clone, Default)]
pub struct Fitted {
    /// What fits.
    pub amount: Exact,
    /// Limits used: the key, its period or moment, and whether it counts times rather than amounts.
    pub claims: Vec<(UseKey, Instant, bool)>,
}

/// What awards of the event at hand have claimed and not yet posted.
#[derive(Debug, Default)]
pub struct Claims {
    claimed: RefCell<BTreeMap<(UseKey, Instant), Exact>>,
}

impl Claims {
    fn of(&self, key: &(UseKey, Instant)) -> Exact {
        self.claimed.borrow().get(key).copied().unwrap_or_default()
    }
    fn add(&self, key: (UseKey, Instant), amount: Exact) -> Result<(), Fault> {
        let total = self.of(&key).add(amount)?;
        self.claimed.borrow_mut().insert(key, total);
        Ok(())
    }
}

impl Fold<'_> {
    /// Cuts an amount to what all limits leave; zero where one rejects it.
    pub fn fit(&mut self, cause: Cause, limits: &[LimitId], amount: Exact, view: View<'_>, line: Option<u32>, claims: &Claims) -> Result<Fitted, Fault> {
        let mut fitted = Fitted { amount, claims: Vec::new() };
        let mut used = Vec::new();
        for &id in limits {
            if fitted.amount.is_zero() {
                break;
            }
            let limit = self.program.limits.at(id);
            let per = limit.per.iter().map(|field| self.judge.value(field, &self.cx(view))).collect::<Result<Vec<_>, _>>()?;
            let key = UseKey { limit: id, per };
            let bucket = self.bucket_of(limit.window, view)?;
            let claim = (key.clone(), bucket);
            let taken = Exact::from(self.used(&key, limit.window, bucket, limit.budget.is_some(), view)?).add(claims.of(&claim))?;
            let (most, times) = match &limit.kind {
                LimitKind::Times(most) => (most, true),
                LimitKind::Amount(_, most) => (most, false),
            };
            let left = self.judge.exact(most, &self.cx(view))?.sub(taken)?.max(Exact::ZERO);
            let asked = fitted.amount;
            fitted.amount = match (times, limit.excess) {
                (true, _) if left >= Exact::ONE => asked,
                (true, _) => Exact::ZERO,
                (false, Excess::Reject) if left < asked => Exact::ZERO,
                (false, _) => asked.min(left),
            };
            if fitted.amount != asked {
                let unit = if let LimitKind::Amount(unit, _) = limit.kind { Some(unit) } else { None };
                let words = |n: Exact| unit.map_or_else(|| n.to_string(), |unit| super::words::quantity(self.program, unit, n));
                let (requested, granted) = (words(asked), words(fitted.amount));
                let span: Span = limit.span;
                self.explain(cause, span, Stage::Limit, line, !fitted.amount.is_zero(), || format!("{requested} asked, {granted} fit"));
                self.emit(cause, What::Limited { limit: id, requested, granted });
            }
            fitted.claims.push((key, bucket, times));
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

    fn used(&self, key: &UseKey, window: Option<Window>, bucket: Instant, budget: bool, view: View<'_>) -> Result<i64, Fault> {
        let uses = if budget { &self.pots.uses } else { &self.state.uses };
        let Some(uses) = uses.get(key) else { return Ok(0) };
        Ok(match window {
            // One event: only what it has claimed itself.
            None => 0,
            Some(window @ (Window::LastDays(_) | Window::LastExactly(_))) => {
                let start = self.cx(view).window_start(window)?.unwrap_or(Instant::FIRST);
                uses.range(start..=self.at.now).map(|(_, amount)| amount).sum()
            }
            Some(_) => uses.get(&bucket).copied().unwrap_or(0),
        })
    }

    /// Writes down what an award used of its limits: `amount` steps, or one time. Returns the uses, for reversals.
    pub fn claim(&mut self, claims: Vec<(UseKey, Instant, bool)>, amount: i64) -> Vec<(UseKey, Instant, i64)> {
        let mut uses = Vec::new();
        for (key, bucket, times) in claims {
            let used = if times { 1 } else { amount };
            if used != 0 && self.program.limits.at(key.limit).window.is_some() {
                self.add_use(&key, bucket, used);
                uses.push((key, bucket, used));
            }
        }
        uses
    }

    /// Gives headroom back to the period in which it was used (S13).
    pub fn unclaim(&mut self, uses: &mut [(UseKey, Instant, i64)], granted: i64, taken_before: i64, taken: i64) {
        for (key, bucket, used) in uses {
            let times = matches!(self.program.limits.at(key.limit).kind, LimitKind::Times(_));
            let all = taken_before + taken >= granted;
            let back = match (times, all) {
                (true, false) => 0,
                (true, true) => *used,
                (false, _) => taken.min(*used),
            };
            *used -= back;
            self.add_use(key, *bucket, -back);
        }
    }

    fn add_use(&mut self, key: &UseKey, bucket: Instant, amount: i64) {
        let budget = self.program.limits.at(key.limit).budget.is_some();
        let uses = if budget { &mut self.pots.uses } else { &mut self.state.uses };
        let by_bucket = uses.entry(key.clone()).or_default();
        let total = by_bucket.entry(bucket).or_insert(0);
        *total += amount;
        if *total == 0 {
            by_bucket.remove(&bucket);
        }
        if by_bucket.is_empty() {
            uses.remove(key);
        }
    }
}
