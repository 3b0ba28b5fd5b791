//! Who is better or worse off by a change: what members have got and kept in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::value::Exact;

use super::replay::{Member, Replay, Sums};

/// How many of the members who lose most are named.
const NAMED: usize = 5;

/// How many members a change meets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// They get more and nothing less.
    pub better: u64,
    /// They get less and nothing more.
    pub worse: u64,
    /// They get more of one thing and less of another, and nobody said what both are worth.
    pub mixed: u64,
    /// They get the same.
    pub unchanged: u64,
}

/// A member who loses by the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Who.
    pub member: String,
    /// By unit: how many steps more (or, below zero, less).
    pub units: Vec<(String, i64)>,
    /// Money off bills more, in minor units.
    pub off: i64,
    /// Tiers before and after, where they differ.
    pub tiers: Vec<(String, String)>,
    /// How many vouchers more or less.
    pub vouchers: i64,
    /// How many requests more were refused.
    pub refused: i64,
    /// The event at which most is lost.
    pub event: Option<String>,
}

/// How a member fares by the change.
struct Fare {
    /// What is left of each unit, more or less; where members end alike, what they were given.
    units: Vec<(Arc<str>, i64)>,
    /// Money that they got otherwise, in minor units.
    cash: i64,
    tiers: Vec<(Arc<str>, u32, u32)>,
    /// Vouchers whose worth nobody said.
    priceless: i64,
    refused: i64,
    /// The difference in money, where everything that differs has a worth.
    money: Option<Exact>,
}

impl Fare {
    fn of(old: &Member, new: &Member, tiers: Vec<(Arc<str>, u32, u32)>, sums: &BTreeMap<Arc<str>, Sums>) -> Self {
        let priceless = new.priceless - old.priceless;
        let amount = |amounts: &BTreeMap<Arc<str>, i64>, name: &Arc<str>| amounts.get(name).copied().unwrap_or(0);
        // What was paid for things without a price counts as what they are worth, unless there are as many of them and only the points differ.
        let kept = |member: &Member, name: &Arc<str>| {
            let paid = if priceless == 0 { 0 } else { amount(&member.paid, name) };
            amount(&member.left, name).saturating_add(paid)
        };
        let cash = new.cash().saturating_sub(old.cash());
        let ended = |of: &dyn Fn(&Member, &Arc<str>) -> i64, cash: i64| {
            let names = sums.keys().map(|name| (name.clone(), of(new, name).saturating_sub(of(old, name))));
            let units: Vec<_> = names.filter(|(_, change)| *change != 0).collect();
            let money = units.iter().try_fold(Exact::from(cash), |sum, (name, change)| {
                Exact::from(*change).mul(sums.get(name)?.worth?).and_then(|part| sum.add(part)).ok()
            });
            (units, money)
        };
        let (units, money) = ended(&kept, cash);
        let fare = Self { units, cash, tiers, priceless, refused: new.refused - old.refused, money };
        if fare.directions() != (false, false) {
            return fare;
        }
        // They end alike: who was given less of what is gone by now, was given less.
        let (units, money) = ended(&|member, name| amount(&member.awarded, name), 0);
        Self { units, money, cash: 0, ..fare }
    }

    /// Whether anything is more, and whether anything is less.
    fn directions(&self) -> (bool, bool) {
        let mut signs = vec![self.priceless, -self.refused];
        signs.extend(self.tiers.iter().map(|(_, before, after)| i64::from(*after) - i64::from(*before)));
        match self.money {
            Some(money) => signs.push(i64::from(money > Exact::ZERO) - i64::from(money < Exact::ZERO)),
            None => signs.extend(self.units.iter().map(|(_, change)| *change).chain([self.cash])),
        }
        (signs.iter().any(|sign| *sign > 0), signs.iter().any(|sign| *sign < 0))
    }

    /// For the order of losses: the largest first.
    fn weight(&self) -> Exact {
        let steps = || Exact::from(self.units.iter().map(|(_, change)| *change).sum::<i64>());
        self.money.filter(|money| !money.is_zero()).unwrap_or_else(steps)
    }
}

/// How many members are better or worse off, and who loses most.
pub(super) fn members(old: &Replay, new: &Replay) -> (Moved, Vec<Case>) {
    let nobody = Member::default();
    let mut moved = Moved::default();
    let mut losers: Vec<(Exact, &Arc<str>, Fare)> = Vec::new();
    let of = |replay: &'_ Replay, ladder: &str, tier: u32| {
        replay.tiers(ladder).get(tier as usize).cloned().unwrap_or_default()
    };
    for (id, after) in &new.members {
        let before = old.members.get(id).unwrap_or(&nobody);
        let tiers = after.tiers.iter().filter_map(|(ladder, to)| {
            let from = before.tiers.get(ladder).copied().unwrap_or(0);
            // A tier that others were put below is the same one.
            let other = from != *to && of(old, ladder, from) != of(new, ladder, *to);
            other.then(|| (ladder.clone(), from, *to))
        });
        let fare = Fare::of(before, after, tiers.collect(), &new.units);
        match fare.directions() {
            (false, false) => moved.unchanged += 1,
            (true, false) => moved.better += 1,
            (more, _) => {
                moved.mixed += u64::from(more);
                moved.worse += u64::from(!more);
                losers.push((fare.weight(), id, fare));
            }
        }
    }
    losers.sort_by(|(a, one, _), (b, other, _)| a.cmp(b).then_with(|| one.cmp(other)));
    let case = |(_, id, fare): (Exact, &Arc<str>, Fare)| {
        let (before, after) = (old.members.get(id).unwrap_or(&nobody), new.members.get(id).unwrap_or(&nobody));
        Case {
            member: id.to_string(),
            event: worst_event(before, after, &new.units),
            tiers: fare.tiers.iter().map(|(ladder, from, to)| (of(old, ladder, *from), of(new, ladder, *to))).collect(),
            units: fare.units.into_iter().map(|(unit, change)| (unit.to_string(), change)).collect(),
            off: after.off - before.off,
            vouchers: after.vouchers - before.vouchers,
            refused: fare.refused,
        }
    };
    (moved, losers.into_iter().take(NAMED).map(case).collect())
}

/// The event that brings a member the most less than before, in money where that is known; of equals, the first. Where none does, one that is refused now.
fn worst_event(old: &Member, new: &Member, sums: &BTreeMap<Arc<str>, Sums>) -> Option<String> {
    let mut by: BTreeMap<&Arc<str>, Exact> = BTreeMap::new();
    let signed = |member: &'_ Member, sign: i64| {
        let amount = |(event, unit, amount): &(Arc<str>, Option<Arc<str>>, i64)| {
            let each = unit.as_ref().and_then(|unit| sums.get(unit)?.worth).unwrap_or(Exact::ONE);
            Some((event.clone(), Exact::from(*amount).mul(each).and_then(|value| value.mul(Exact::from(sign))).ok()?))
        };
        member.by_event.iter().filter_map(amount).collect::<Vec<_>>()
    };
    let (came, missed) = (signed(new, 1), signed(old, -1));
    for (event, value) in came.iter().chain(&missed) {
        let sum = by.entry(event).or_default();
        *sum = sum.add(*value).unwrap_or(*sum);
    }
    let lost = by.into_iter().min_by_key(|(_, change)| *change).filter(|(_, change)| *change < Exact::ZERO);
    let before: BTreeSet<&Arc<str>> = old.refusals.iter().collect();
    let event = lost.map(|(event, _)| event).or_else(|| new.refusals.iter().find(|event| !before.contains(event)))?;
    // What came by mail is explained with the event that sent it.
    Some(event.split('/').next().unwrap_or(event).to_owned())
}
