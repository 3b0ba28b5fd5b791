//! Earns: gates, amounts with their boosts, limits.

use crate::hir::{BoostAmount, Combine, Earn, EarnId, Excess, Gates, LimitId, LimitKind, OnRefund, TierAt, Window};

use super::super::clock::Clock;
use super::super::code::{MISSING, Num};
use super::super::lane::Cx;
use super::super::plan::{EarnPlan, FactPlan, LimitPlan};
use super::super::term::{Lowering, common, finer};
use super::super::unfit::{Fit, unfit, without};
use super::must;

/// A boost, with its amount in the scale of what it boosts.
struct Bonus {
    gates: Vec<Num>,
    /// The factor and its scale.
    factor: Option<(Num, i64)>,
    /// What it adds, and its scale.
    add: Option<(Num, i64)>,
}

impl Lowering<'_> {
    pub(super) fn earn(&mut self, id: EarnId, fact: &mut Option<FactPlan>, clock: &mut Clock) -> Fit<EarnPlan> {
        let (program, earn) = (self.program, self.program.earns.at(id));
        let span = earn.span;
        without(earn.list.is_some(), "earns for each line", span)?;
        without(earn.tier != TierAt::Before, "earns at the tier after the event", span)?;
        without(earn.as_of.is_some(), "rates of another day", span)?;
        without(earn.cooldown.is_some(), "cooldowns", span)?;
        without(earn.activation.is_some(), "activations", span)?;
        without(!earn.unless_earned.is_empty(), "earns that exclude each other", span)?;
        without(!earn.funding.is_empty(), "funding", span)?;
        without(earn.stack.is_some(), "stacking groups", span)?;
        without(earn.pending.is_some(), "points that are pending", span)?;
        without(!earn.expiry.is_empty(), "earns with an expiry of their own", span)?;
        let award = match (fact, earn.on_refund) {
            (None, _) | (_, OnRefund::Keep) => None,
            (_, OnRefund::Rejudge) => return unfit("awards that are judged again on what is left", span),
            (Some(fact), OnRefund::Proportion) => {
                without(!earn.limits.is_empty(), "limits of what can be taken back", span)?;
                Some(fact.award(earn.unit, self.layout.is_numbered(earn.unit)))
            }
        };
        let gates = self.gates(&earn.gates, clock)?;
        self.lets = Some(Vec::new());
        let amount = self.boosted(earn, clock);
        let lets = self.lets.take().unwrap_or_default().into_iter().map(|(_, term)| term.num).collect();
        let (give, scale) = amount?;
        let unit = program.units.at(earn.unit);
        let (rounding, scope) = earn.round.unwrap_or((unit.rounding, unit.scope));
        let limits = earn.limits.iter().map(|limit| self.limit(*limit, id, clock)).collect::<Fit<_>>()?;
        Ok(EarnPlan { gates, lets, give, scale, unit: earn.unit, rounding, scope, limits, award })
    }

    /// All conditions of gates.
    pub(super) fn gates(&mut self, gates: &Gates, _clock: &mut Clock) -> Fit<Vec<Num>> {
        let mut all: Vec<Num> = gates.during.iter().map(|alternatives| self.during(alternatives)).collect();
        all.extend(self.all(gates.when.iter().chain(&gates.filter))?);
        Ok(all)
    }

    fn during(&self, alternatives: &[crate::hir::During]) -> Num {
        use crate::hir::During;
        let zone = self.program.settings.zone.clone();
        let day = |day: Option<crate::value::Day>| day.map(|day| i64::from(day.epoch_days()));
        let any: Vec<Num> = alternatives
            .iter()
            .map(|one| match *one {
                During::Days(from, to) => {
                    let (from, to) = (day(from).unwrap_or(i64::MIN), day(to).unwrap_or(i64::MAX));
                    Num::each(move |cx, lane| i64::from((from..=to).contains(&cx.day(lane).number)))
                }
                During::Weekday(weekday) => {
                    let weekday = i64::from(weekday.number()) - 1;
                    Num::each(move |cx, lane| i64::from(cx.day(lane).weekday == weekday))
                }
                During::Month(month) => {
                    let month = i64::from(month) - 1;
                    Num::each(move |cx, lane| i64::from(cx.day(lane).month == month))
                }
                During::Times(from, to) => {
                    let zone = zone.clone();
                    Num::each(move |cx, lane| {
                        let Some(now) = crate::value::Instant::from_millis(lane.now) else { return cx.odd() };
                        let time = zone.time_of(now);
                        i64::from(if from < to { (from..to).contains(&time) } else { time >= from || time < to })
                    })
                }
            })
            .collect();
        Num::any(any)
    }

    /// The base and what boosts make of it.
    fn boosted(&mut self, earn: &Earn, clock: &mut Clock) -> Fit<(Num, i64)> {
        let (base, scale) = self.number(&earn.give)?;
        if earn.boosts.is_empty() {
            return Ok((base, scale));
        }
        let mut bonuses = Vec::new();
        for id in &earn.boosts {
            let boost = self.program.boosts.at(*id);
            without(!boost.limits.is_empty(), "boosts with limits", boost.span)?;
            without(boost.activation.is_some(), "activations", boost.span)?;
            without(!boost.funding.is_empty(), "funding", boost.span)?;
            without(boost.stack.is_some(), "stacking groups", boost.span)?;
            let gates = self.gates(&boost.gates, clock)?;
            let (factor, add) = match &boost.amount {
                BoostAmount::Factor(factor) => (Some(self.number(factor)?), None),
                BoostAmount::Share(share) => (Some(self.number(&BoostAmount::factor_of(share.clone()))?), None),
                BoostAmount::Add(amount) => (None, Some(self.number(amount)?)),
            };
            bonuses.push(Bonus { gates, factor, add });
        }
        match earn.combine {
            Combine::Multiply => multiplied(base, scale, bonuses, earn.span),
            how => added(base, scale, bonuses, how == Combine::Best, earn.span),
        }
    }

    /// A limit of an earn that nobody else uses.
    fn limit(&mut self, id: LimitId, earn: EarnId, clock: &mut Clock) -> Fit<LimitPlan> {
        let limit = self.program.limits.at(id);
        let span = limit.span;
        let others = self.program.earns.pairs().any(|(other, def)| other != earn && def.limits.contains(&id))
            || self.program.rules.iter().any(|rule| rule.limits.contains(&id));
        without(others, "limits that several share", span)?;
        without(!limit.per.is_empty(), "limits for each value of a field", span)?;
        without(limit.budget.is_some(), "budgets", span)?;
        let (most, times) = match &limit.kind {
            LimitKind::Times(most) => (most, true),
            LimitKind::Amount(_, most) => (most, false),
            LimitKind::Money(_) => return unfit("limits of money", span),
        };
        let most = self.number_in(most, 1)?;
        let cells = *self.layout.limits.at(id);
        let period = match limit.window {
            None | Some(Window::Ever) => None,
            Some(Window::Period(kind)) => Some(clock.period(kind, span)?),
            Some(_) => return unfit("limits of a window that slides", span),
        };
        Ok(LimitPlan { cells, period, most, times, rejects: limit.excess == Excess::Reject })
    }
}

/// Bonus parts add, or the best of them alone.
fn added(base: Num, scale: i64, bonuses: Vec<Bonus>, best: bool, span: crate::source::Span) -> Fit<(Num, i64)> {
    let mut parts = 1;
    for bonus in &bonuses {
        if let Some((_, own)) = bonus.factor {
            parts = common(parts, own, span)?;
        }
    }
    let Some(mut total) = scale.checked_mul(parts) else { return unfit("numbers this fine", span) };
    for bonus in &bonuses {
        if let Some((_, own)) = bonus.add {
            total = common(total, own, span)?;
        }
    }
    let widen = total / scale;
    let adds = |Bonus { gates, factor, add }| {
        // A factor f gives base × (f − 1).
        let amount = match (factor, add) {
            (Some((factor, own)), _) => Adds::Share(factor, own, widen / own),
            (None, Some((add, own))) => Adds::Amount(finer(add, own, total)),
            (None, None) => Adds::Amount(Num::Const(0)),
        };
        (Num::all(gates), amount)
    };
    let bonuses: Vec<_> = bonuses.into_iter().map(adds).collect();
    let code = move |cx: &Cx<'_>, out: &mut [i64]| {
        base.fill(cx, out);
        cx.room.column(out.len(), |bonus| {
            // Where none is open, there is no best one either.
            bonus.fill(if best { MISSING } else { 0 });
            for (gates, adds) in &bonuses {
                cx.room.column(out.len(), |open| {
                    gates.fill(cx, open);
                    cx.room.column(out.len(), |amounts| {
                        match adds {
                            Adds::Amount(amount) | Adds::Share(amount, ..) => amount.put(cx, open, 1, amounts),
                        }
                        let places = out.iter().zip(open.iter()).zip(bonus.iter_mut().zip(amounts.iter()));
                        for ((base, _), (bonus, amount)) in places.filter(|((_, open), _)| **open == 1) {
                            let amount = match adds {
                                Adds::Amount(_) => *amount,
                                Adds::Share(_, own, by) => cx.mul(cx.mul(*base, cx.sub(*amount, *own)), *by),
                            };
                            *bonus = if best { amount.max(*bonus) } else { cx.add(*bonus, amount) };
                        }
                    });
                });
            }
            for (out, bonus) in out.iter_mut().zip(bonus) {
                let bonus = if *bonus == MISSING { 0 } else { *bonus };
                *out = cx.add(cx.mul(*out, widen), bonus);
            }
        });
    };
    Ok((Num::code(code), total))
}

/// What a boost adds.
enum Adds {
    /// An amount.
    Amount(Num),
    /// A factor in parts of its scale, less one, of the base, which so many times makes the scale of all.
    Share(Num, i64, i64),
}

/// Factors multiply, then additions are added.
fn multiplied(base: Num, scale: i64, bonuses: Vec<Bonus>, span: crate::source::Span) -> Fit<(Num, i64)> {
    let mut total = scale;
    for bonus in &bonuses {
        if let Some((_, own)) = bonus.factor {
            total = total.checked_mul(own).map_or_else(|| unfit("numbers this fine", span), Ok)?;
        }
    }
    must(common(total, 1, span).is_ok(), "numbers this fine", span)?;
    for bonus in &bonuses {
        if let Some((_, own)) = bonus.add {
            must(total % own == 0, "numbers this fine", span)?;
        }
    }
    let by = total / scale;
    let bonuses: Vec<_> =
        bonuses.into_iter().map(|Bonus { gates, factor, add }| (Num::all(gates), factor, add)).collect();
    let code = move |cx: &Cx<'_>, out: &mut [i64]| {
        base.fill(cx, out);
        // A factor that is open takes its scale with it; one that is not leaves it to be made up for.
        cx.room.column(out.len(), |left| {
            left.fill(by);
            cx.room.column(out.len(), |sums| {
                sums.fill(0);
                for (gates, factor, add) in &bonuses {
                    cx.room.column(out.len(), |open| {
                        gates.fill(cx, open);
                        cx.room.column(out.len(), |values| {
                            if let Some((factor, own)) = factor {
                                values.fill(*own);
                                factor.put(cx, open, 1, values);
                                for (((out, left), factor), open) in
                                    out.iter_mut().zip(left.iter_mut()).zip(values.iter()).zip(open.iter())
                                {
                                    if *open == 1 {
                                        *out = cx.mul(*out, *factor);
                                        *left /= own;
                                    }
                                }
                            }
                            if let Some((add, own)) = add {
                                values.fill(0);
                                add.put(cx, open, 1, values);
                                for (sum, add) in sums.iter_mut().zip(values) {
                                    *sum = cx.add(*sum, cx.mul(*add, total / own));
                                }
                            }
                        });
                    });
                }
                for ((out, left), sum) in out.iter_mut().zip(left).zip(sums) {
                    *out = cx.add(cx.mul(*out, *left), *sum);
                }
            });
        });
    };
    Ok((Num::code(code), total))
}
