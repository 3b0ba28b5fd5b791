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
    /// By what it multiplies; 1 where it only adds an amount.
    factor: Exact,
    /// The amount that it adds besides.
    plus: Exact,
    /// What it adds to the base in all.
    adds: Exact,
    /// The boosts in it that partners pay a part of, and what each adds by itself.
    funded: Vec<(BoostId, Exact)>,
}

impl Bonus {
    fn new(base: Exact, factor: Exact, plus: Exact) -> Result<Self, Fault> {
        Ok(Self { factor, plus, adds: base.mul(factor)?.sub(base)?.add(plus)?, funded: Vec::new() })
    }

    /// An amount alone.
    fn amount(plus: Exact) -> Self {
        Self { factor: Exact::ONE, plus, adds: plus, funded: Vec::new() }
    }
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
            let mut bonus = self.bonus(&boost.amount, base, view)?;
            if let Some(claims) = claims.filter(|_| !boost.limits.is_empty()) {
                let fitted = self.fit(cause, &boost.limits, bonus.adds, view, line, claims)?;
                if fitted.amount != bonus.adds {
                    bonus = Bonus::amount(fitted.amount);
                }
                boosted.claims.extend(fitted.claims.into_iter().map(|claim| (claim, bonus.adds)));
            }
            if self.tracing() {
                let added = super::words::quantity(self.program, earn.unit, bonus.adds);
                self.explain(cause, boost.span, Stage::Boost, line, true, || format!("adds {added}"));
            }
            if !boost.funding.is_empty() {
                bonus.funded.push((id, bonus.adds));
            }
            bonuses.push((boost.stack, bonus));
        }
        let all = together(earn.combine, base, self.grouped(base, bonuses)?)?;
        for &(id, adds) in &all.funded {
            for part in &self.program.boosts.at(id).funding {
                boosted.funded.push((part.partner.clone(), adds.mul(part.share)?));
            }
            boosted.apart = boosted.apart.add(adds)?;
        }
        boosted.amount = base.add(all.adds)?;
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

    fn bonus(&self, amount: &BoostAmount, base: Exact, view: View<'_>) -> Result<Bonus, Fault> {
        let value = self.judge.exact(amount.value(), &self.cx(view))?;
        match amount {
            BoostAmount::Factor(_) => Bonus::new(base, value, Exact::ZERO),
            BoostAmount::Share(_) => Bonus::new(base, value.add(Exact::ONE)?, Exact::ZERO),
            BoostAmount::Add(_) => Ok(Bonus::amount(value)),
        }
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
                StackMode::Add => single.push(together(Combine::Add, base, members)?),
                StackMode::Best | StackMode::Exclusive => single.extend(best(members)),
                StackMode::First => single.extend(members.into_iter().find(|bonus| !bonus.adds.is_zero())),
                StackMode::Multiply => single.push(together(Combine::Multiply, base, members)?),
            }
        }
        Ok(single)
    }
}

/// Bonuses as one: factors add their parts or multiply, and amounts are added.
fn together(how: Combine, base: Exact, bonuses: Vec<Bonus>) -> Result<Bonus, Fault> {
    if how == Combine::Best {
        return Ok(best(bonuses).unwrap_or_else(|| Bonus::amount(Exact::ZERO)));
    }
    let (mut factor, mut plus, mut funded) = (Exact::ONE, Exact::ZERO, Vec::new());
    for bonus in bonuses {
        factor = match how {
            Combine::Multiply => factor.mul(bonus.factor)?,
            _ => factor.add(bonus.factor)?.sub(Exact::ONE)?,
        };
        plus = plus.add(bonus.plus)?;
        funded.extend(bonus.funded);
    }
    Ok(Bonus { funded, ..Bonus::new(base, factor, plus)? })
}

/// The bonus that adds most; the first of equals.
fn best(bonuses: Vec<Bonus>) -> Option<Bonus> {
    bonuses.into_iter().reduce(|best, bonus| if bonus.adds > best.adds { bonus } else { best })
}
