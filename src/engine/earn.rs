//! Earning: conditions, base amounts, boosts, stacking groups, limits, rounding, posting (S8).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::hir::{BoostId, Earn, EarnId, Funding, OnRefund, RoundScope, TierAt, UnitId};
use crate::value::{Exact, Rounding, Value, allocate};

use super::boost::{Basis, Boosted, Limited};
use super::fact::Award;
use super::fault::Fault;
use super::few::{Few, room_for};
use super::fold::{Fold, View};
use super::ledger::{Grant, Whose};
use super::limit::{Claim, Claims, Rounded};
use super::outcome::{Cause, Stage};
use super::split::{Part, Portion};
use super::stack::Met;

/// What one earn gives at one line, on its way through the pipeline.
#[derive(Clone)]
pub struct Share {
    /// The earn.
    pub earn: EarnId,
    /// The line.
    pub line: Option<u32>,
    /// How much, in steps.
    pub amount: Exact,
    /// How much before its limits.
    pub asked: Exact,
    seen: Few<(crate::hir::Read, Value)>,
    claims: Vec<Claim>,
    used_up: Vec<BoostId>,
    active: Vec<Arc<str>>,
    /// What boosts with limits of their own bring.
    pub limited: Vec<Limited>,
    parts: Vec<Part>,
    funding: Vec<Funding>,
}

impl Fold<'_> {
    /// Judges all earns of the event at hand, and the rules that meet them in stacking groups.
    pub fn earn(&mut self) -> Result<Vec<Met>, Fault> {
        let Some(event) = self.event.clone().filter(|_| !self.barely) else { return Ok(Vec::new()) };
        let program = self.program;
        let claims = Claims::default();
        let earns = &self.version.listeners.of_event(event.kind).earns;
        let mut shares = Vec::with_capacity(earns.len());
        for &id in earns {
            self.propose(id, program.earns.at(id), &event.fields, &claims, &mut shares)?;
        }
        let mut met = self.met()?;
        if shares.is_empty() && met.is_empty() {
            return Ok(met);
        }
        self.exclude(&mut shares, &met, &claims)?;
        self.stack(&mut shares, &mut met)?;
        self.limit(&mut shares, &claims)?;
        shares.retain(|share| !share.amount.is_zero());
        let rounded = self.rounded(&shares)?;
        let mut within = Rounded::new();
        let clipped = shares.iter().zip(rounded).map(|(share, amount)| Self::clip(&share.claims, amount, &mut within));
        let amounts: Vec<i64> = clipped.collect();
        let bonuses = self.bonus_steps(&shares, &amounts)?;
        for ((share, amount), bonuses) in shares.into_iter().zip(amounts).zip(bonuses) {
            self.pay(share, amount, &bonuses)?;
        }
        Ok(met)
    }

    /// Conditions, base and boosts of one earn: a share for each line, or one.
    fn propose(
        &mut self,
        id: EarnId,
        earn: &Earn,
        fields: &[Value],
        claims: &Claims,
        shares: &mut Vec<Share>,
    ) -> Result<(), Fault> {
        let cause = Cause::Earn(id);
        let awake = self.awake(cause, &earn.name, earn.activation, earn.cooldown)?;
        if !awake && !self.tracing() {
            return Ok(());
        }
        let seen = (earn.on_refund == OnRefund::Rejudge).then(|| RefCell::new(Vec::new()));
        let as_of = self.as_of(earn, View::default())?;
        let after = if earn.tier == TierAt::Before { Vec::new() } else { self.tiers_after()? };
        let before = self.before.clone();
        let past = as_of.map(|at| self.tiers_at(at.now));
        let tiers = match (&past, earn.tier) {
            (Some(past), _) => past,
            (None, TierAt::After) => &after,
            (None, _) => &before,
        };
        let view = View { tiers: Some(tiers), at: as_of, seen: seen.as_ref(), ..View::default() };
        if !self.open(cause, &earn.gates, view)? || !awake {
            return Ok(());
        }
        let lines = match earn.list.map(|list| fields.get(list.0 as usize)) {
            None => vec![(None, &[] as &[Value])],
            Some(Some(Value::List(lines))) => {
                lines.iter().enumerate().map(|(i, line)| (u32::try_from(i).ok(), &**line)).collect()
            }
            Some(_) => Vec::new(),
        };
        let split = match earn.tier {
            TierAt::Split(ladder) if as_of.is_none() => self.split(ladder, &after)?,
            _ => Vec::new(),
        };
        let held: Vec<Vec<u32>> = split.iter().map(|(tier, _)| with_tier(&before, earn.tier, *tier)).collect();
        let active = self.activated(earn)?;
        for (number, line) in lines {
            let view = View { line, ..view };
            if number.is_some() && !self.passes(cause, &earn.gates, view, number.unwrap_or(0))? {
                continue;
            }
            let parts = split.iter().zip(&held).map(|(part, tiers)| (*part, View { tiers: Some(tiers), ..view }));
            let boosted = self.boosted(cause, earn, &Portion::all(view, parts), number, Basis::Now(claims))?;
            if boosted.amount > Exact::ZERO {
                let funding = funding(earn, &boosted)?;
                shares.push(Share {
                    earn: id,
                    line: number,
                    amount: boosted.amount,
                    asked: boosted.amount,
                    seen: seen.iter().flat_map(|seen| seen.borrow().clone()).collect(),
                    claims: Vec::new(),
                    used_up: boosted.used_up,
                    active: active.clone(),
                    limited: boosted.limited,
                    parts: split.clone(),
                    funding,
                });
            }
        }
        Ok(())
    }

    /// Whether the last award is long enough ago.
    pub fn cooled(&self, cause: Cause, cooldown: Option<crate::value::TimeSpan>) -> Result<bool, Fault> {
        let (Some(cooldown), Some(&last)) = (cooldown, self.state.gave.get(&cause)) else { return Ok(true) };
        Ok(self.at.now >= cooldown.after(last, &self.calendar.zone).ok_or(Fault::Calendar)?)
    }

    /// The day of which rates and tiers are, where an earn says so.
    pub fn as_of(&self, earn: &Earn, view: View<'_>) -> Result<Option<super::context::Moment>, Fault> {
        let Some(as_of) = &earn.as_of else { return Ok(None) };
        Ok(match self.judge.value(as_of, &self.cx(view))? {
            Value::Day(day) => {
                let noon = self.calendar.zone.at(day, crate::value::TimeOfDay::NOON);
                Some(super::context::Moment { now: noon, today: day, before: None })
            }
            Value::Moment(at) => Some(self.moment(at)),
            _ => None,
        })
    }

    /// Money that one step of a unit is worth; 1 where nothing is declared, so that amounts of one unit compare.
    pub fn worth(&self, unit: UnitId) -> Result<Exact, Fault> {
        match &self.program.units.at(unit).worth {
            Some(worth) => self.judge.exact(worth, &self.cx(View::default())),
            None => Ok(Exact::ONE),
        }
    }

    /// Cuts what is given to what limits leave.
    pub fn limit(&mut self, shares: &mut [Share], claims: &Claims) -> Result<(), Fault> {
        let Some(event) = self.event.clone() else { return Ok(()) };
        for share in shares {
            let earn = self.program.earns.at(share.earn);
            if earn.limits.is_empty() {
                continue;
            }
            let view = View { line: event.line(earn.list, share.line), ..View::default() };
            let fitted = self.fit(Cause::Earn(share.earn), &earn.limits, share.amount, view, share.line, claims)?;
            share.amount = fitted.amount;
            share.claims = fitted.claims;
        }
        Ok(())
    }

    /// Rounds once per declared scope and hands the whole steps out by largest remainder (S8, S9).
    fn rounded(&mut self, shares: &[Share]) -> Result<Vec<i64>, Fault> {
        if let [share] = shares {
            // The most frequent case, and nothing is to be handed out.
            let (rounding, unit) = self.rounding(share.earn);
            let whole = rounding.round(share.amount)?;
            self.tell_rounding(share, unit, rounding, share.amount, whole);
            return Ok(vec![whole]);
        }
        let mut rounded = vec![0; shares.len()];
        for ((unit, rounding), members) in self.rounded_together(shares.iter().map(|share| (share.earn, share.line))) {
            let parts: Vec<Exact> = members.iter().filter_map(|&i| shares.get(i)).map(|share| share.amount).collect();
            let sum = parts.iter().try_fold(Exact::ZERO, |sum, part| sum.add(*part))?;
            let whole = rounding.round(sum)?;
            if let Some(share) = members.first().and_then(|&i| shares.get(i)) {
                self.tell_rounding(share, unit, rounding, sum, whole);
            }
            for (&i, part) in members.iter().zip(allocate(&parts, whole)?) {
                if let Some(slot) = rounded.get_mut(i) {
                    *slot = part;
                }
            }
        }
        Ok(rounded)
    }

    /// How what an earn gives is rounded, and in which unit it is.
    fn rounding(&self, earn: EarnId) -> (Rounding, UnitId) {
        let earn = self.program.earns.at(earn);
        (earn.round.map_or(self.program.units.at(earn.unit).rounding, |(rounding, _)| rounding), earn.unit)
    }

    fn tell_rounding(&mut self, share: &Share, unit: UnitId, rounding: Rounding, sum: Exact, whole: i64) {
        if sum.is_integer() || !self.tracing() {
            return;
        }
        let (span, words) = (self.program.units.at(unit).span, super::words::quantity(self.program, unit, sum));
        let result = super::words::quantity(self.program, unit, Exact::from(whole));
        self.explain(Cause::Earn(share.earn), span, Stage::Round, None, true, || {
            format!("{words} rounded {rounding} to {result}")
        });
    }

    /// Which earns at which lines are rounded in one sum, by position.
    pub fn rounded_together(
        &self,
        parts: impl Iterator<Item = (EarnId, Option<u32>)>,
    ) -> Vec<((UnitId, Rounding), Vec<usize>)> {
        type Key = (UnitId, Rounding, Option<(EarnId, Option<u32>)>);
        let mut groups: Vec<((UnitId, Rounding), Vec<usize>)> = Vec::new();
        let mut places: BTreeMap<Key, usize> = BTreeMap::new();
        for (i, (id, line)) in parts.enumerate() {
            let earn = self.program.earns.at(id);
            let unit = self.program.units.at(earn.unit);
            let (rounding, scope) = earn.round.unwrap_or((unit.rounding, unit.scope));
            let apart = match scope {
                RoundScope::Event => None,
                RoundScope::Rule => Some((id, None)),
                RoundScope::Item => Some((id, line)),
            };
            let place = *places.entry((earn.unit, rounding, apart)).or_insert(groups.len());
            match groups.get_mut(place) {
                Some((_, members)) => members.push(i),
                None => groups.push(((earn.unit, rounding), vec![i])),
            }
        }
        groups
    }

    fn pay(&mut self, share: Share, amount: i64, bonuses: &[i64]) -> Result<(), Fault> {
        let earn = self.program.earns.at(share.earn);
        let cause = Cause::Earn(share.earn);
        let granted = self.grant(&Grant {
            cause,
            unit: earn.unit,
            line: share.line,
            amount,
            pending: earn.pending.as_ref(),
            expiry: &earn.expiry,
            funding: &share.funding,
            whose: Whose::Shared,
        })?;
        if granted.amount == 0 {
            return Ok(());
        }
        if self.tracing() {
            let words = super::words::quantity(self.program, earn.unit, Exact::from(granted.amount));
            self.explain(cause, earn.span, Stage::Post, share.line, true, || words);
        }
        let uses = self.claim(share.claims, granted.amount)?;
        let footing = self.footing(earn, share.active, share.parts, share.limited.into_iter().zip(bonuses))?;
        let keeps = earn.on_refund == OnRefund::Keep;
        self.note_gave(cause, earn.cooldown, keeps);
        self.used_up(&earn.name, earn.activation, keeps);
        for boost in share.used_up {
            let boost = self.program.boosts.at(boost);
            self.used_up(&boost.name, boost.activation, keeps);
        }
        let award = Award {
            line: share.line,
            lot: granted.lot,
            uses,
            on_refund: earn.on_refund,
            seen: share.seen,
            funded: granted.funded,
            prices: granted.prices,
            shared: granted.shared.as_ref().map_or(0, |(part, _)| *part),
            sent: granted.shared.map(|(_, sent)| Box::new(sent)),
            footing,
            ..self.award(cause, earn.unit, granted.amount)
        };
        self.keep(award);
        Ok(())
    }

    /// An activation that is good for one use is gone with it: for good, where what it brought stays whatever comes back.
    pub fn used_up(&mut self, name: &str, activation: Option<crate::hir::Activation>, keeps: bool) {
        if activation.is_some_and(|activation| activation.each_time)
            && let Some(used) = self.state.activations.remove_entry(name)
            && !keeps
            && let Some(fact) = self.own_fact()
        {
            fact.used_up.push(used);
        }
    }

    /// Notes that an earn or rule with a cooldown gave, and with the event that brought it, unless what it gave stays whatever comes back.
    pub fn note_gave(&mut self, cause: Cause, cooldown: Option<crate::value::TimeSpan>, keeps: bool) {
        if cooldown.is_none() {
            return;
        }
        self.state.gave.insert(cause, self.at.now);
        if let Some(fact) = self.own_fact().filter(|fact| !keeps && !fact.gave.contains(&cause)) {
            fact.gave.push(cause);
        }
    }

    /// Keeps an award with the event that brought it.
    pub fn keep(&mut self, award: Award) {
        if let Some(fact) = self.own_fact() {
            // Most events bring one award, and facts are kept long.
            let awards = &mut fact.awards;
            awards.reserve_exact(room_for(awards.len(), awards.capacity()));
            awards.push(award);
        }
    }
}

/// Who pays which share of an amount: a boost's partners of its bonus, the earn's of the rest.
pub fn funding(earn: &Earn, boosted: &Boosted) -> Result<Vec<Funding>, Fault> {
    if earn.funding.is_empty() && boosted.funded.is_empty() {
        return Ok(Vec::new());
    }
    let rest = boosted.amount.sub(boosted.apart)?.max(Exact::ZERO).div(boosted.amount)?;
    let own =
        earn.funding.iter().map(|part| Ok(Funding { share: part.share.mul(rest)?, partner: part.partner.clone() }));
    let of_boosts = boosted
        .funded
        .iter()
        .map(|(partner, amount)| Ok(Funding { share: amount.div(boosted.amount)?, partner: partner.clone() }));
    own.chain(of_boosts).collect()
}

/// Tiers by ladder, with another one in the ladder by which an earn is split.
fn with_tier(held: &[u32], at: TierAt, tier: u32) -> Vec<u32> {
    let mut held = held.to_vec();
    if let TierAt::Split(ladder) = at
        && let Some(slot) = held.get_mut(ladder.0 as usize)
    {
        *slot = tier;
    }
    held
}
