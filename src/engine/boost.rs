//! The amount of one earn at one line: base, then boosts as declared (S8, S14).

use std::sync::Arc;

use crate::hir::{Activation, Boost, BoostAmount, BoostId, Combine, Earn, StackMode};
use crate::value::Exact;

use super::fault::Fault;
use super::fold::{Fold, View};
use super::limit::{Claim, Claims};
use super::outcome::{Cause, Stage};

/// A base amount and what boosts make of it.
#[derive(Debug, Clone, Default)]
pub struct Boosted {
    /// Base and bonus together, in steps.
    pub amount: Exact,
    /// Limits that boosts use, with the bonus that uses them.
    pub claims: Vec<(Claim, Exact)>,
    /// What partners pay of boosts, and the bonuses of which they pay a part.
    pub funded: Vec<(Arc<str>, Exact)>,
    /// How much of the amount has such a partner of its own.
    pub apart: Exact,
}

/// The bonus of one boost, or of a group of boosts.
struct Bonus {
    /// The factor, where it multiplies.
    factor: Option<Exact>,
    /// What it adds to the base.
    adds: Exact,
    /// The boost, where it is one.
    boost: Option<BoostId>,
}

impl Fold<'_> {
    /// The base amount of an earn and its boosts, through a view.
    pub fn boosted(
        &mut self,
        cause: Cause,
        earn: &Earn,
        view: View<'_>,
        line: Option<u32>,
        claims: Option<&Claims>,
    ) -> Result<Boosted, Fault> {
        let base = self.judge.exact(&earn.give, &self.cx(view))?;
        if self.tracing() {
            let words = super::words::amount(self.program, earn.unit, &earn.give, base, &self.cx(view));
            self.explain(cause, earn.give.span, Stage::Base, line, true, || words);
        }
        let mut boosted = Boosted { amount: base, ..Boosted::default() };
        if base.is_zero() && earn.boosts.is_empty() {
            return Ok(boosted);
        }
        let mut bonuses: Vec<(Option<crate::hir::StackId>, Bonus)> = Vec::new();
        for &id in &earn.boosts {
            let boost = self.program.boosts.at(id);
            if !self.boost_open(cause, boost, view, line)? {
                continue;
            }
            let mut bonus = self.bonus(id, base, view)?;
            if let Some(claims) = claims.filter(|_| !boost.limits.is_empty()) {
                let fitted = self.fit(cause, &boost.limits, bonus.adds, view, line, claims)?;
                if fitted.amount != bonus.adds {
                    bonus = Bonus { factor: None, adds: fitted.amount, ..bonus };
                }
                boosted.claims.extend(fitted.claims.into_iter().map(|claim| (claim, bonus.adds)));
            }
            if self.tracing() {
                let added = super::words::quantity(self.program, earn.unit, bonus.adds);
                self.explain(cause, boost.span, Stage::Boost, line, true, || format!("adds {added}"));
            }
            bonuses.push((boost.stack, bonus));
        }
        let mut bonuses = self.grouped(base, bonuses)?;
        if earn.combine == Combine::Best {
            bonuses = best(bonuses).into_iter().collect();
        }
        for bonus in &bonuses {
            let funding = bonus.boost.map_or(&[] as &[_], |boost| &self.program.boosts.at(boost).funding);
            for part in funding {
                boosted.funded.push((part.partner.clone(), bonus.adds.mul(part.share)?));
            }
            if !funding.is_empty() {
                boosted.apart = boosted.apart.add(bonus.adds)?;
            }
        }
        boosted.amount = self.combine(earn.combine, base, bonuses)?;
        Ok(boosted)
    }

    fn boost_open(&mut self, cause: Cause, boost: &Boost, view: View<'_>, line: Option<u32>) -> Result<bool, Fault> {
        if !self.active(&boost.name, boost.activation)? || !self.open(cause, &boost.gates, view)? {
            return Ok(false);
        }
        self.passes(cause, &boost.gates, view, line.unwrap_or(0))
    }

    /// Whether something that must be activated is.
    pub fn active(&self, name: &str, activation: Option<Activation>) -> Result<bool, Fault> {
        let Some(activation) = activation else { return Ok(true) };
        if self.state.activated.get(name).is_some_and(|until| self.at.now < *until) {
            return Ok(true);
        }
        let Some(&since) = self.state.activations.get(name) else { return Ok(false) };
        let Some(within) = activation.within else { return Ok(true) };
        Ok(self.at.now <= within.after(since, &self.calendar.zone).ok_or(Fault::Calendar)?)
    }

    fn bonus(&self, id: BoostId, base: Exact, view: View<'_>) -> Result<Bonus, Fault> {
        let boost = Some(id);
        Ok(match &self.program.boosts.at(id).amount {
            BoostAmount::Factor(factor) => {
                let factor = self.judge.exact(factor, &self.cx(view))?;
                Bonus { factor: Some(factor), adds: base.mul(factor)?.sub(base)?, boost }
            }
            BoostAmount::Share(share) => {
                let share = self.judge.exact(share, &self.cx(view))?;
                Bonus { factor: Some(share.add(Exact::ONE)?), adds: base.mul(share)?, boost }
            }
            BoostAmount::Add(amount) => Bonus { factor: None, adds: self.judge.exact(amount, &self.cx(view))?, boost },
        })
    }

    /// Each stacking group as one bonus.
    fn grouped(&self, base: Exact, bonuses: Vec<(Option<crate::hir::StackId>, Bonus)>) -> Result<Vec<Bonus>, Fault> {
        let mut single = Vec::new();
        let mut groups: Vec<(crate::hir::StackId, Vec<Bonus>)> = Vec::new();
        for (stack, bonus) in bonuses {
            match stack {
                None => single.push(bonus),
                Some(stack) => match groups.iter_mut().find(|(id, _)| *id == stack) {
                    Some((_, members)) => members.push(bonus),
                    None => groups.push((stack, vec![bonus])),
                },
            }
        }
        for (stack, members) in groups {
            match self.program.stacks.at(stack).mode {
                StackMode::Add => single.extend(members),
                StackMode::Best | StackMode::Exclusive => single.extend(best(members)),
                StackMode::First => single.extend(members.into_iter().find(|bonus| !bonus.adds.is_zero())),
                StackMode::Multiply => {
                    let amount = self.combine(Combine::Multiply, base, members)?;
                    single.push(Bonus { factor: None, adds: amount.sub(base)?, boost: None });
                }
            }
        }
        Ok(single)
    }

    fn combine(&self, how: Combine, base: Exact, bonuses: Vec<Bonus>) -> Result<Exact, Fault> {
        Ok(match how {
            Combine::Add => bonuses.iter().try_fold(base, |sum, bonus| sum.add(bonus.adds))?,
            Combine::Best => base.add(best(bonuses).map_or(Exact::ZERO, |bonus| bonus.adds))?,
            Combine::Multiply => {
                let mut amount = base;
                for factor in bonuses.iter().filter_map(|bonus| bonus.factor) {
                    amount = amount.mul(factor)?;
                }
                bonuses
                    .iter()
                    .filter(|bonus| bonus.factor.is_none())
                    .try_fold(amount, |sum, bonus| sum.add(bonus.adds))?
            }
        })
    }
}

/// The bonus that adds most; the first of equals.
fn best(bonuses: Vec<Bonus>) -> Option<Bonus> {
    bonuses.into_iter().reduce(|best, bonus| if bonus.adds > best.adds { bonus } else { best })
}
