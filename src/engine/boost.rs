//! The amount of one earn at one line: base, then boosts as declared (S8, S14).

use std::sync::Arc;

use crate::hir::{Activation, Boost, BoostAmount, BoostId, Combine, Earn, StackId, StackMode, TierAt};
use crate::value::Exact;

use super::fault::Fault;
use super::fold::{Fold, View};
use super::footing::Footing;
use super::limit::{Claim, Claims};
use super::outcome::{Cause, Stage};
use super::split::Portion;
use super::words;

/// A base amount and what boosts make of it.
#[derive(Debug, Clone, Default)]
pub struct Boosted {
    /// Base and bonus together, in steps.
    pub amount: Exact,
    /// Bonuses that have limits of their own.
    pub limited: Vec<Limited>,
    /// Boosts that added something, of those of which an activation is good for one use.
    pub used_up: Vec<BoostId>,
    /// What partners pay of boosts, and the bonuses of which they pay a part.
    pub funded: Vec<(Arc<str>, Exact)>,
    /// How much of the amount has such a partner of its own.
    pub apart: Exact,
}

/// A bonus that has limits of its own.
#[derive(Debug, Clone)]
pub struct Limited {
    /// The place of the boost among those of its earn.
    pub boost: u32,
    /// What it adds, in steps, where it comes in.
    pub adds: Exact,
    /// How much of that is in the amount: nothing where other boosts come before it.
    pub given: Exact,
    /// What that uses of which limits.
    pub claims: Vec<Claim>,
}

/// By what boosts are judged.
#[derive(Clone, Copy)]
pub enum Basis<'s> {
    /// By what holds now, and what the event at hand has claimed of limits so far.
    Now(&'s Claims),
    /// By what held when the award was made, where that was recorded.
    Then(Option<&'s Footing>),
}

/// The bonus of one boost, or of a group of boosts.
struct Bonus {
    /// By what it multiplies; 1 where it only adds an amount.
    factor: Exact,
    /// The amount that it adds besides.
    plus: Exact,
    /// What it adds to the base in all.
    adds: Exact,
    /// The boost, where it is one.
    boost: Option<BoostId>,
    /// The boosts in it that have limits, or that partners pay a part of, and what each adds by itself.
    counted: Vec<(BoostId, Exact)>,
}

impl Bonus {
    fn new(base: Exact, factor: Exact, plus: Exact) -> Result<Self, Fault> {
        let adds = base.mul(factor)?.sub(base)?.add(plus)?;
        Ok(Self { factor, plus, adds, boost: None, counted: Vec::new() })
    }

    /// An amount alone.
    fn amount(plus: Exact) -> Self {
        Self { factor: Exact::ONE, plus, adds: plus, boost: None, counted: Vec::new() }
    }
}

/// A portion with its base and the bonuses that are open to it.
struct Judged<'p, 'v> {
    portion: &'p Portion<'v>,
    base: Exact,
    bonuses: Vec<(Option<StackId>, Bonus)>,
}

impl Judged<'_, '_> {
    /// The bonus of the boost that was judged last.
    fn last(&mut self, id: BoostId) -> Option<&mut Bonus> {
        self.bonuses.last_mut().map(|(_, bonus)| bonus).filter(|bonus| bonus.boost == Some(id))
    }
}

impl Fold<'_> {
    /// The base amount of an earn and its boosts, through the views of its portions.
    pub fn boosted(
        &mut self,
        cause: Cause,
        earn: &Earn,
        portions: &[Portion<'_>],
        line: Option<u32>,
        basis: Basis<'_>,
    ) -> Result<Boosted, Fault> {
        let mut boosted = Boosted::default();
        if earn.boosts.is_empty() {
            for portion in portions {
                boosted.amount = boosted.amount.add(portion.of(self.base(cause, earn, portion, line)?)?)?;
            }
            return Ok(boosted);
        }
        let mut judged = Vec::with_capacity(portions.len());
        for portion in portions {
            judged.push(Judged { portion, base: self.base(cause, earn, portion, line)?, bonuses: Vec::new() });
        }
        for (place, &id) in (0..).zip(&earn.boosts) {
            let boost = self.program.boosts.at(id);
            let mut asked = Exact::ZERO;
            for part in &mut judged {
                let view = part.portion.view;
                if self.boost_open(cause, boost, view, line, basis)? {
                    let bonus = self.bonus(id, part.base, view)?;
                    asked = asked.add(part.portion.of(bonus.adds)?)?;
                    part.bonuses.push((boost.stack, bonus));
                }
            }
            if let (false, Some(first)) = (boost.limits.is_empty(), portions.first()) {
                let limited = self.let_through(cause, boost, (place, asked), first.view, line, basis)?;
                if limited.adds != asked {
                    cut(&mut judged, id, limited.adds)?;
                }
                boosted.limited.push(limited);
            }
            let each_time = boost.activation.is_some_and(|activation| activation.each_time);
            if each_time && judged.iter_mut().any(|part| part.last(id).is_some_and(|bonus| !bonus.adds.is_zero())) {
                boosted.used_up.push(id);
            }
            let tracing = self.tracing();
            for part in judged.iter_mut().filter(|_| tracing) {
                let portion = part.portion;
                let Some(bonus) = part.last(id) else { continue };
                let added = words::quantity(self.program, earn.unit, portion.of(bonus.adds)?);
                let words = format!("adds {added}{}", self.at_tier(earn, portion));
                self.explain(cause, boost.span, Stage::Boost, line, true, || words);
            }
        }
        self.add_up(earn, judged, &mut boosted)?;
        Ok(boosted)
    }

    /// Bases and bonuses together: how much of that is of which boost, and who pays for it.
    fn add_up(&self, earn: &Earn, judged: Vec<Judged<'_, '_>>, boosted: &mut Boosted) -> Result<(), Fault> {
        for Judged { portion, base, mut bonuses } in judged {
            for (_, bonus) in &mut bonuses {
                let counted = bonus.boost.filter(|boost| {
                    let boost = self.program.boosts.at(*boost);
                    !boost.limits.is_empty() || !boost.funding.is_empty()
                });
                bonus.counted.extend(counted.map(|boost| (boost, bonus.adds)));
            }
            let all = together(earn.combine, base, self.grouped(base, bonuses)?)?;
            for &(boost, adds) in &all.counted {
                let adds = portion.of(adds)?;
                let is_it = |limited: &&mut Limited| earn.boosts.get(limited.boost as usize) == Some(&boost);
                if let Some(limited) = boosted.limited.iter_mut().find(is_it) {
                    limited.given = limited.given.add(adds)?;
                }
                let funding = &self.program.boosts.at(boost).funding;
                for part in funding {
                    boosted.funded.push((part.partner.clone(), adds.mul(part.share)?));
                }
                if !funding.is_empty() {
                    boosted.apart = boosted.apart.add(adds)?;
                }
            }
            boosted.amount = boosted.amount.add(portion.of(base.add(all.adds)?)?)?;
        }
        Ok(())
    }

    /// The base amount through the view of a portion.
    fn base(&mut self, cause: Cause, earn: &Earn, portion: &Portion<'_>, line: Option<u32>) -> Result<Exact, Fault> {
        let base = self.judge.exact(&earn.give, &self.cx(portion.view))?;
        if self.tracing() {
            let mut words = words::amount(self.program, earn.unit, &earn.give, base, &self.cx(portion.view));
            if portion.part.is_some() {
                let share = words::quantity(self.program, earn.unit, portion.of(base)?);
                words += &format!(", of which {share}{}", self.at_tier(earn, portion));
            }
            self.explain(cause, earn.give.span, Stage::Base, line, true, || words);
        }
        Ok(base)
    }

    /// In which tier a portion was made: ` at gold`.
    fn at_tier(&self, earn: &Earn, portion: &Portion<'_>) -> String {
        let (TierAt::Split(ladder), Some((tier, _))) = (earn.tier, portion.part) else { return String::new() };
        let tier = self.program.ladders.at(ladder).tiers.get(tier as usize);
        tier.map_or_else(String::new, |tier| format!(" at {}", tier.name))
    }

    /// How much of a bonus its limits let through.
    fn let_through(
        &mut self,
        cause: Cause,
        boost: &Boost,
        (place, asked): (u32, Exact),
        view: View<'_>,
        line: Option<u32>,
        basis: Basis<'_>,
    ) -> Result<Limited, Fault> {
        Ok(match basis {
            Basis::Now(claims) => {
                let fitted = self.fit(cause, &boost.limits, asked, view, line, claims)?;
                Limited { boost: place, adds: fitted.amount, given: Exact::ZERO, claims: fitted.claims }
            }
            Basis::Then(footing) => {
                let adds = footing.map_or(asked, |footing| asked.min(footing.bonus(place)));
                Limited { boost: place, adds, given: Exact::ZERO, claims: Vec::new() }
            }
        })
    }

    fn boost_open(
        &mut self,
        cause: Cause,
        boost: &Boost,
        view: View<'_>,
        line: Option<u32>,
        basis: Basis<'_>,
    ) -> Result<bool, Fault> {
        let active = match basis {
            Basis::Then(Some(footing)) => boost.activation.is_none() || footing.active.contains(&boost.name),
            _ => self.active(&boost.name, boost.activation)?,
        };
        if !active || !self.open(cause, &boost.gates, view)? {
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
        let amount = &self.program.boosts.at(id).amount;
        let value = self.judge.exact(amount.value(), &self.cx(view))?;
        let bonus = match amount {
            BoostAmount::Factor(_) => Bonus::new(base, value, Exact::ZERO)?,
            BoostAmount::Share(_) => Bonus::new(base, value.add(Exact::ONE)?, Exact::ZERO)?,
            BoostAmount::Add(_) => Bonus::amount(value),
        };
        Ok(Bonus { boost: Some(id), ..bonus })
    }

    /// Each stacking group as one bonus.
    fn grouped(&self, base: Exact, bonuses: Vec<(Option<StackId>, Bonus)>) -> Result<Vec<Bonus>, Fault> {
        let mut single = Vec::new();
        let mut groups: Vec<(StackId, Vec<Bonus>)> = Vec::new();
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
    let (mut factor, mut plus, mut counted) = (Exact::ONE, Exact::ZERO, Vec::new());
    for bonus in bonuses {
        factor = match how {
            Combine::Multiply => factor.mul(bonus.factor)?,
            _ => factor.add(bonus.factor)?.sub(Exact::ONE)?,
        };
        plus = plus.add(bonus.plus)?;
        counted.extend(bonus.counted);
    }
    Ok(Bonus { counted, ..Bonus::new(base, factor, plus)? })
}

/// The bonus that adds most; the first of equals.
fn best(bonuses: Vec<Bonus>) -> Option<Bonus> {
    bonuses.into_iter().reduce(|best, bonus| if bonus.adds > best.adds { bonus } else { best })
}

/// Cuts a boost to what its limits let through: what was made first has what there is.
fn cut(judged: &mut [Judged<'_, '_>], id: BoostId, mut rest: Exact) -> Result<(), Fault> {
    for part in judged {
        let portion = part.portion;
        let Some(bonus) = part.last(id) else { continue };
        let adds = portion.of(bonus.adds)?.min(rest);
        rest = rest.sub(adds)?;
        *bonus = Bonus { boost: bonus.boost, ..Bonus::amount(portion.out_of(adds)?) };
    }
    Ok(())
}
