//! Watches a history as it is judged, and adds up by day what happens: the period is known only at the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arena::Arena;
use crate::engine::{Account, Cause, Flow, Flows, Giver, Outcome, Vouchers, What, words};
use crate::hir::{Program, Unit, UnitId};
use crate::value::{Day, Instant};

use super::figure::Records;
use super::giving::Giving;
use super::moves::{Moves, in_newest};
use super::playing::Playing;
use super::scope::Window;

/// Sums of one unit and day, in steps.
#[derive(Debug, Default, Clone, Copy)]
pub struct Postings {
    /// What became of it.
    pub flows: Flows,
    /// What members have more, or less.
    pub gained: i128,
}

/// What one rule gave on a day.
#[derive(Debug, Default, Clone)]
pub struct Given {
    /// Points of the program, by unit, in steps.
    pub units: BTreeMap<UnitId, i128>,
    /// Vouchers.
    pub vouchers: i64,
    /// How many of these have no value.
    pub priceless: i64,
    /// The value of the others, in minor units.
    pub value: i128,
    /// Gifts to causes, in minor units.
    pub gifts: i128,
}

impl Given {
    /// Whether nothing is left of it.
    pub fn is_nothing(&self) -> bool {
        self.vouchers == 0 && self.gifts == 0 && self.units.values().all(|steps| *steps == 0)
    }

    fn add(&mut self, other: &Self) {
        for (unit, amount) in &other.units {
            *self.units.entry(*unit).or_default() += amount;
        }
        self.vouchers += other.vouchers;
        self.priceless += other.priceless;
        self.value += other.value;
        self.gifts += other.gifts;
    }
}

/// The keyword and the name of what gives.
type RuleName = (&'static str, Arc<str>);

/// A voucher that was issued: by what, when, and what it is.
type Issue = (RuleName, Day, Given);

/// What things of older versions are called in the newest.
#[derive(Debug, Clone, Default)]
struct Names {
    /// By version: what its units have become.
    units: Vec<Arena<UnitId, Option<UnitId>>>,
    /// Earns and rules that had another name.
    rules: BTreeMap<(&'static str, Arc<str>), Arc<str>>,
}

impl Names {
    fn new(versions: &[Arc<Program>]) -> Self {
        let Some(newest) = versions.last() else { return Self::default() };
        let mut units: BTreeMap<&str, UnitId> = BTreeMap::new();
        for (id, unit) in newest.units.pairs() {
            units.extend(unit.was.as_deref().map(|was| (was, id)));
            units.insert(&unit.name, id);
        }
        let now = |unit: &Unit| units.get(&*unit.name).copied();
        let earns = newest.earns.iter().map(|earn| ("earn", &earn.was, &earn.name));
        let rules = newest.rules.iter().map(|rule| ("rule", &rule.was, &rule.name));
        let renamed = |(kind, was, name): (_, &Option<Arc<str>>, &Arc<str>)| Some(((kind, was.clone()?), name.clone()));
        Self {
            units: versions.iter().map(|version| version.units.iter().map(now).collect()).collect(),
            rules: earns.chain(rules).filter_map(renamed).collect(),
        }
    }
}

/// Everything that is added up on the way.
#[derive(Debug, Clone)]
pub struct Watch<'p> {
    pub(super) versions: &'p [Arc<Program>],
    pub(super) program: &'p Program,
    names: Names,
    /// How many events and records there were.
    pub records: Records,
    postings: BTreeMap<UnitId, BTreeMap<Day, Postings>>,
    pub(super) moves: Moves,
    given: BTreeMap<RuleName, BTreeMap<Day, Given>>,
    vouchers: Vouchers<Option<Issue>>,
    off: BTreeMap<Day, i128>,
    pub(super) playing: Playing<'p>,
    pub(super) giving: Giving<'p>,
}

impl<'p> Watch<'p> {
    /// Nothing yet; `None` where there is no version.
    pub fn new(versions: &'p [Arc<Program>]) -> Option<Self> {
        Some(Self {
            versions,
            program: versions.last()?,
            names: Names::new(versions),
            records: Records::default(),
            postings: BTreeMap::new(),
            moves: Moves::default(),
            given: BTreeMap::new(),
            vouchers: Vouchers::default(),
            off: BTreeMap::new(),
            playing: Playing::new(versions),
            giving: Giving::new(versions, &[]),
        })
    }

    /// Something happened.
    pub fn outcome(&mut self, outcome: &Outcome) {
        self.playing.outcome(outcome);
        self.giving.outcome(outcome);
        let Some(judged) = self.versions.get(outcome.version as usize) else { return };
        let day = self.program.settings.zone.day_of(outcome.time);
        let (what, sign) = match &outcome.what {
            What::Withdrawn(before) => (&**before, -1),
            what => (what, 1),
        };
        match what {
            What::Posted { unit, from, to, amount, .. } => {
                let units = self.names.units.get(outcome.version as usize);
                let Some(unit) = units.and_then(|units| *units.get(*unit)?) else { return };
                self.posted(outcome, judged, (unit, day), (from, to), i128::from(*amount));
            }
            What::Tier { ladder, from, to, .. } => {
                if let Some(moved) = in_newest(self.versions, outcome.version as usize, (*ladder, *from, *to)) {
                    self.moves.add(&outcome.member, (outcome.time, day), moved, sign > 0);
                }
            }
            What::Issued { value, reward, .. } => {
                // A credit that is paid out in a unit is among the points.
                let paid_out = judged.rewards.get(*reward).is_some_and(|reward| reward.gives.unit.is_some());
                let priceless = i64::from(value.is_none() && !paid_out);
                let value = i128::from(value.filter(|_| !paid_out).unwrap_or(0));
                let note = Given { vouchers: 1, priceless, value, ..Given::default() };
                // What members pay for with points is not given.
                let by = (outcome.cause != Cause::Reward(*reward)).then(|| self.rule(judged, outcome.cause));
                self.voucher(outcome, by.map(|by| (by, day, note)));
            }
            What::Voucher { .. } => self.voucher(outcome, None),
            What::Donated { amount, matched, giver, .. } => {
                let own = if *giver == Giver::Member { 0 } else { *amount };
                self.given_by(judged, outcome.cause, day).gifts +=
                    i128::from(sign) * (i128::from(own) + i128::from(*matched));
            }
            What::Paid { value, .. } => *self.off.entry(day).or_default() += i128::from(sign * value),
            What::Refused(_) => self.records.refused = self.records.refused.saturating_add_signed(sign),
            What::Failed(_) => self.records.failed = self.records.failed.saturating_add_signed(sign),
            _ => {}
        }
    }

    /// A voucher is issued, or cancelled: then it does not count on the day of its issue either.
    fn voucher(&mut self, outcome: &Outcome, note: Option<Issue>) {
        let Some((Some((rule, day, given)), sign)) = self.vouchers.follow(outcome, note) else { return };
        let sum = self.given.entry(rule).or_default().entry(day).or_default();
        sum.vouchers += sign * given.vouchers;
        sum.priceless += sign * given.priceless;
        sum.value += i128::from(sign) * given.value;
    }

    fn posted(
        &mut self,
        outcome: &Outcome,
        judged: &Program,
        (unit, day): (UnitId, Day),
        (from, to): (&Account, &Account),
        amount: i128,
    ) {
        // What lapses at midnight lapses with the day that ends.
        let lapses = *to == Account::Expired && outcome.event.is_none();
        let posted = if lapses { day.min(self.before_midnight(outcome.time)) } else { day };
        let sums = self.postings.entry(unit).or_default().entry(posted).or_default();
        let flow = sums.flows.post(from, to, amount);
        sums.gained += if to.is_own() { amount } else { 0 } - if from.is_own() { amount } else { 0 };
        let paid_by_partner = [from, to].into_iter().any(|account| matches!(account, Account::Partner(_)));
        let gives = matches!(
            outcome.cause,
            Cause::Earn(_) | Cause::Rule(_) | Cause::Ladder(_) | Cause::Exchange(_) | Cause::Event
        );
        let given = match flow {
            Some(Flow::Issued) => amount,
            Some(Flow::Reversed) => -amount,
            // Turned into something else: what that is, is given instead.
            Some(Flow::Spent) if *to == Account::Redeemed => -amount,
            _ => 0,
        };
        if given != 0 && gives && !paid_by_partner {
            *self.given_by(judged, outcome.cause, day).units.entry(unit).or_default() += given;
        }
    }

    fn before_midnight(&mut self, at: Instant) -> Day {
        let before = at.plus_millis(-1).unwrap_or(at);
        self.program.settings.zone.day_of(before)
    }

    /// The last day is over: what the clock did at the midnight that ends it, belongs to it.
    pub(super) fn close(&mut self, last: Day) {
        self.postings.values_mut().for_each(|days| {
            close(days, last, |sums, more| {
                sums.flows.add(more.flows);
                sums.gained += more.gained;
            })
        });
        self.moves.close(last);
        self.given.values_mut().for_each(|days| close(days, last, |sum, more| sum.add(&more)));
        close(&mut self.off, last, |sum, more| *sum += more);
    }

    fn given_by(&mut self, judged: &Program, cause: Cause, day: Day) -> &mut Given {
        let rule = self.rule(judged, cause);
        self.given.entry(rule).or_default().entry(day).or_default()
    }

    /// What gives something, as the newest version calls it.
    fn rule(&self, judged: &Program, cause: Cause) -> RuleName {
        let (kind, name) = words::cause(judged, cause);
        let rule = (kind, name.map_or_else(|| "".into(), |(name, _)| name.clone()));
        match self.names.rules.get(&rule) {
            Some(now) => (kind, now.clone()),
            None => rule,
        }
    }

    /// What was posted of a unit in a time.
    pub(super) fn flows(&self, unit: UnitId, window: Window) -> Flows {
        let mut sums = Flows::default();
        Self::in_days(self.postings.get(&unit), window).for_each(|posted| sums.add(posted.flows));
        sums
    }

    /// What members have of a unit more than before a time, or less.
    pub(super) fn gained(&self, unit: UnitId, window: Window) -> i128 {
        Self::in_days(self.postings.get(&unit), window).map(|posted| posted.gained).sum()
    }

    /// What each rule gave in a time.
    pub(super) fn given(&self, window: Window) -> BTreeMap<&(&'static str, Arc<str>), Given> {
        let sum = |days| {
            Self::in_days(Some(days), window).fold(Given::default(), |mut sum, day: &Given| {
                sum.add(day);
                sum
            })
        };
        self.given.iter().map(|(rule, days)| (rule, sum(days))).collect()
    }

    /// Money off bills in a time less what came back, in minor units.
    pub(super) fn off(&self, window: Window) -> i128 {
        Self::in_days(Some(&self.off), window).sum()
    }

    fn in_days<T>(days: Option<&BTreeMap<Day, T>>, window: Window) -> impl Iterator<Item = &T> {
        days.into_iter().flat_map(move |days| days.range(window.from..=window.to)).map(|(_, sums)| sums)
    }
}

/// Adds what came after the last day to it.
pub(super) fn close<T: Default>(days: &mut BTreeMap<Day, T>, last: Day, add: impl Fn(&mut T, T)) {
    while let Some((day, more)) = days.pop_last() {
        if day <= last {
            days.insert(day, more);
            return;
        }
        add(days.entry(last).or_default(), more);
    }
}
