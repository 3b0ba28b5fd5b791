//! Lots of one unit: what a member owns, when it becomes available, when it lapses.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hir::{End, RefundFloor, SpendOrder, Unit};
use crate::value::{Exact, Instant, Value};

use super::few::Few;
use super::many::{Numbered, Row};
use super::outcome::Cause;
use super::sorted::Sorted;
use super::state::Note;

/// Lots and debt of one unit, in steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purse {
    /// Open lots, in order of number.
    pub lots: Row<Lot>,
    /// Whether they are in order in every way, as most are: the first was earned first and lapses first. None where nobody has looked.
    #[serde(skip)]
    in_order: Note<Option<bool>>,
    /// Numbers of those that may not be spent yet, in order, with the moment from which on they may, where that is known.
    #[serde(skip)]
    unready: Note<Option<Unready>>,
    /// What they hold, where that is known.
    #[serde(skip)]
    held: Note<Option<Held>>,
    /// Lots that are used up, in order of number: needed when their award is taken back.
    #[serde(rename = "closed", with = "by_number")]
    pub used_up: Row<Lot>,
    /// How much of what was spent of some lots stood in for others: refunds took it that found nothing in the lot of their own award any more.
    #[serde(default, skip_serializing_if = "Sorted::is_empty")]
    stood_in: Sorted<u32, i64>,
    /// What is owed since a reversal took back what was spent.
    pub debt: i64,
    /// What of it is owed to partners, who had paid for what was taken back; the rest is owed to the issuer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub owed: BTreeMap<Arc<str>, i64>,
    /// What that is worth to each of them, in minor units, at the rates at which they had paid.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub owed_worth: BTreeMap<Arc<str>, Exact>,
    /// What had brought what is owed; the last, where it is several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed_for: Option<Cause>,
    /// Up to when the clock has looked for what lapses.
    pub checked: Option<Instant>,
    /// Totals over the member's life, in steps: awarded, taken back, spent (net of returns), expired.
    pub totals: Totals,
}

/// Lots that may not be spent yet: their numbers, and from when on they may, where time alone decides.
type Unready = Vec<(u32, Option<Instant>)>;

/// What open lots hold.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    available: i64,
    pending: i64,
}

impl Held {
    fn of<'l>(lots: impl IntoIterator<Item = &'l Lot>) -> Self {
        lots.into_iter().fold(Self::default(), |mut held, lot| {
            held.add(lot, lot.left);
            held
        })
    }

    /// A lot holds so much more.
    fn add(&mut self, lot: &Lot, amount: i64) {
        let sum = if lot.ready == Ready::Now { &mut self.available } else { &mut self.pending };
        // All lots together hold less than was ever earned, and that fits.
        *sum = sum.saturating_add(amount);
    }
}

/// Totals of a purse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Totals {
    pub earned: i64,
    pub reversed: i64,
    pub spent: i64,
    pub expired: i64,
    #[serde(default)]
    pub received: i64,
    #[serde(default)]
    pub given: i64,
}

/// Points earned together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// Its number among the member's.
    pub number: u32,
    /// What is left.
    pub left: i64,
    /// When it was earned.
    pub earned: Instant,
    /// Whether it may be spent.
    pub ready: Ready,
    /// Its expiry, fixed at earning.
    pub expires: LotExpiry,
    /// What was spent of it.
    pub spent: i64,
    /// What lapsed of it.
    pub expired: i64,
    /// The earn, rule or event that it comes from.
    pub cause: Cause,
}

impl Numbered for Lot {
    fn number(&self) -> u32 {
        self.number
    }
}

impl Lot {
    /// Whether it comes before another, by its number, its age and its end. The same idle clocks let the older one lapse first.
    fn is_before(&self, next: &Self) -> bool {
        let end = |lot: &Self| lot.expires.end(lot.expires.at).unwrap_or(Instant::LAST);
        let (own, other) = (&self.expires, &next.expires);
        let same_clocks =
            own.idle == other.idle && (own.idle.is_empty() || own.extended.is_none() && other.extended.is_none());
        self.number < next.number && self.earned <= next.earned && same_clocks && end(self) <= end(next)
    }
}

/// Whether a lot may be spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ready {
    /// It may.
    Now,
    /// From then on.
    At(Instant),
    /// When an event of this name (the first value) with these key values comes.
    On(Arc<[Value]>),
}

impl Ready {
    /// From when on, where time alone decides.
    fn at(&self) -> Option<Instant> {
        if let Self::At(at) = self { Some(*at) } else { None }
    }
}

/// When a lot lapses: the earlier of a fixed moment and of a clock that events restart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotExpiry {
    /// The fixed moment.
    pub at: Option<Instant>,
    /// Positions of the unit's (or earn's) idle clocks that run for this lot.
    pub idle: Few<IdleClock>,
    /// Clocks that begin when the lot becomes available, while it waits for an event.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub waiting: Few<End>,
    /// A later end granted by `extend`: milliseconds are not enough, so the moved moment itself.
    pub extended: Option<Instant>,
}

/// An idle clock of a lot: restarted by events, so kept as its rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdleClock {
    /// How long.
    pub span: crate::value::TimeSpan,
    /// To the end of which period.
    pub end_of: Option<crate::value::PeriodKind>,
    /// The types that restart it.
    pub events: Vec<crate::hir::EventId>,
}

impl LotExpiry {
    /// The end of a lot that is due at a moment: that, or a later one that was granted.
    pub fn end(&self, due: Option<Instant>) -> Option<Instant> {
        due.map(|due| self.extended.map_or(due, |extended| extended.max(due)))
    }
}

impl Purse {
    /// Whether what is stored of it can be: amounts that can be added up, and lots in the order of their numbers, before that of the next.
    pub fn is_sound(&self, next: u32) -> bool {
        let lots = || self.lots.iter().chain(self.used_up.iter());
        let add = |sum: i64, amount: i64| sum.checked_add(amount.checked_abs()?);
        let left = lots().map(|lot| lot.left).try_fold(0, add);
        left.is_some_and(|left| self.most().is_some_and(|most| left <= most))
            && lots().all(|lot| [lot.left, lot.spent, lot.expired].into_iter().try_fold(0, add).is_some())
            && self.owed.values().copied().try_fold(0, add).is_some()
            && self.debt >= 0
            && lots().all(|lot| lot.left >= 0 && lot.number < next)
            && self.lots.iter().is_sorted_by(|a, b| a.number < b.number)
            && self.used_up.iter().is_sorted_by(|a, b| a.number < b.number)
    }
    /// The most that all its lots can hold: what was ever awarded or received, and what was given back although it is owed. None where that
    /// is no number.
    pub fn most(&self) -> Option<i64> {
        self.totals.earned.checked_add(self.totals.received)?.checked_add(self.debt)
    }
    /// What may be spent, debts not considered.
    pub fn available(&self) -> i64 {
        self.held().available
    }
    /// What is not yet available.
    pub fn pending(&self) -> i64 {
        self.held().pending
    }
    fn held(&self) -> Held {
        self.held.0.unwrap_or_else(|| Held::of(self.lots.iter()))
    }
    /// A lot holds so much more, or less.
    fn hold(&mut self, lot: &Lot, amount: i64) {
        let mut held = self.held();
        held.add(lot, amount);
        self.held.0 = Some(held);
    }
    /// Keeps only some of the open lots.
    pub fn retain(&mut self, keep: impl Fn(&Lot) -> bool) {
        self.lots.retain(keep);
        (self.held, self.unready) = Default::default();
    }
    /// What people are shown: available less debt; never below zero where refunds stop there.
    pub fn balance(&self, unit: &Unit) -> i64 {
        let net = self.available() - self.debt;
        if matches!(unit.refunds, RefundFloor::BelowZero(_)) { net } else { net.max(0) }
    }
    /// Where the lot of a number is among the open ones, which are in the order of their numbers.
    fn place(&self, number: u32) -> Option<usize> {
        self.lots.place_of(number)
    }
    /// Adds the newest lot.
    pub fn add(&mut self, lot: Lot) {
        self.in_order.0 = match self.lots.last() {
            Some(last) => self.in_order.0.map(|in_order| in_order && last.is_before(&lot)),
            None => Some(true),
        };
        match &mut self.unready.0 {
            Some(unready) if lot.ready != Ready::Now => unready.push((lot.number, lot.ready.at())),
            _ => {}
        }
        self.hold(&lot, lot.left);
        self.lots.push(lot);
    }
    /// Whether open lots are spent and lapse in their order: whoever looks for the first of them need not look at all.
    pub fn is_in_order(&self) -> bool {
        self.in_order.0 == Some(true) || self.lots.is_empty()
    }
    /// Looks whether open lots are in order again.
    pub fn look_again(&mut self) {
        if self.in_order.0 != Some(true) {
            self.in_order.0 =
                Some(self.lots.iter().zip(self.lots.iter().skip(1)).all(|(lot, next)| lot.is_before(next)));
        }
    }
    /// Looks once at all open lots where nobody has looked since something changed in the midst of them.
    pub fn look(&mut self) {
        if self.in_order.0.is_none() {
            self.look_again();
        }
        if self.unready.0.is_none() {
            self.unready.0 = Some(self.unready().map(|lot| (lot.number, lot.ready.at())).collect());
        }
        self.held.0 = Some(self.held());
    }
    /// Open lots that may not be spent yet.
    pub fn unready(&self) -> impl Iterator<Item = &Lot> {
        let known = self.unready.0.iter().flatten().filter_map(|(number, _)| self.lot(*number));
        let all = if self.unready.0.is_none() { Some(&self.lots) } else { None };
        known.chain(all.into_iter().flatten()).filter(|lot| lot.ready != Ready::Now)
    }
    /// Numbers of those that may be once their time has come, each with it.
    fn timed(&self) -> impl Iterator<Item = (u32, Instant)> {
        let known = self.unready.0.iter().flatten().copied();
        let all = if self.unready.0.is_none() { Some(self.unready()) } else { None };
        let all = all.into_iter().flatten().map(|lot| (lot.number, lot.ready.at()));
        known.chain(all).filter_map(|(number, at)| Some((number, at?)))
    }
    /// When one of them next may be.
    pub fn next_ready(&self) -> Option<Instant> {
        self.timed().map(|(_, at)| at).min()
    }
    /// Numbers of those whose time has come at a moment.
    pub fn ready_by(&self, now: Instant) -> Vec<u32> {
        self.timed().filter(|(_, at)| *at <= now).map(|(number, _)| number).collect()
    }
    /// A lot is not among those any longer.
    fn strike_unready(&mut self, number: u32) {
        self.unready.0.iter_mut().for_each(|unready| unready.retain(|(other, _)| *other != number));
    }
    /// The lot of a place has changed, or was put there: it is still in order if its neighbours are about it.
    fn look_about(&mut self, place: usize) {
        let Some(lot) = self.lots.get(place) else { return };
        let before = place.checked_sub(1).and_then(|before| self.lots.get(before));
        let fits = before.is_none_or(|before| before.is_before(lot))
            && self.lots.get(place + 1).is_none_or(|next| lot.is_before(next));
        self.in_order.0 = self.in_order.0.map(|in_order| in_order && fits);
    }
    /// The lot of a number.
    pub fn lot(&self, number: u32) -> Option<&Lot> {
        self.lots.get(self.place(number)?)
    }
    /// The lot of a number may be spent from now on; clocks that waited for that have begun and end then.
    pub fn make_ready(&mut self, number: u32, ends: impl IntoIterator<Item = Instant>) {
        let mut held = self.held();
        let Some(place) = self.place(number) else { return };
        let Some(lot) = self.lots.get_mut(place) else { return };
        held.add(lot, -lot.left);
        lot.ready = Ready::Now;
        held.add(lot, lot.left);
        lot.expires.waiting = Few::default();
        lot.expires.at = lot.expires.at.into_iter().chain(ends).min();
        self.held.0 = Some(held);
        self.strike_unready(number);
        self.look_about(place);
    }
    /// The open lot of a number lapses later.
    pub fn extend(&mut self, number: u32, end: Instant) {
        if let Some(lot) = self.place(number).and_then(|place| self.lots.get_mut(place)) {
            lot.expires.extended = Some(end);
            self.in_order.0 = None;
        }
    }
    /// Gives back to an open lot what was spent of it; false where there is none of this number.
    pub fn give_back(&mut self, number: u32, amount: i64) -> bool {
        let mut held = self.held();
        let Some(lot) = self.place(number).and_then(|place| self.lots.get_mut(place)) else { return false };
        lot.left += amount;
        lot.spent -= amount;
        held.add(lot, amount);
        self.held.0 = Some(held);
        true
    }
    /// The lot of a number that is used up.
    pub fn closed(&self, number: u32) -> Option<&Lot> {
        self.used_up.numbered(number)
    }
    /// The lot of a number that is used up, to be changed.
    pub fn closed_mut(&mut self, number: u32) -> Option<&mut Lot> {
        self.used_up.numbered_mut(number)
    }
    /// Opens a lot again that was used up.
    pub fn reopen(&mut self, lot: Lot) {
        if let Some(place) = self.used_up.place_of(lot.number) {
            self.used_up.remove(place);
        }
        let place = self.lots.partition_point(|other| other.number < lot.number);
        self.hold(&lot, lot.left);
        self.lots.insert(place, lot);
        self.look_about(place);
    }
    /// Takes an amount out of a lot and closes it when nothing is left; returns what was there.
    pub fn take(&mut self, number: u32, amount: i64, spent: bool) -> i64 {
        let Some(position) = self.place(number) else { return 0 };
        let mut held = self.held();
        let Some(lot) = self.lots.get_mut(position) else { return 0 };
        let taken = amount.min(lot.left);
        lot.left -= taken;
        held.add(lot, -taken);
        self.held.0 = Some(held);
        if spent {
            lot.spent += taken;
        }
        if lot.left == 0 {
            self.strike_unready(number);
            let place = self.used_up.partition_point(|other| other.number < number);
            self.lots.remove(position).into_iter().for_each(|lot| self.used_up.insert(place, lot));
        }
        taken
    }
    /// [`Purse::take`], where a lot stands in for another one whose award is taken back.
    pub fn take_instead(&mut self, number: u32, amount: i64) -> i64 {
        let taken = self.take(number, amount, true);
        if taken > 0 {
            let all = self.stood_in.or_default(number);
            *all = all.saturating_add(taken);
        }
        taken
    }
    /// What members themselves spent of a lot.
    pub fn spent_of(&self, lot: &Lot) -> i64 {
        lot.spent.saturating_sub(self.stood_in.get(&lot.number).copied().unwrap_or(0))
    }
    /// Numbers of available lots in the order in which they are spent, as many as an amount needs at least, given the expiry of each.
    pub fn spending_order(&self, amount: i64, order: SpendOrder, expiry: impl Fn(&Lot) -> Option<Instant>) -> Vec<u32> {
        if self.is_in_order() {
            let mut rest = amount;
            let ready = self.lots.iter().filter(|lot| lot.ready == Ready::Now);
            let needed = ready.take_while(|lot| {
                let is_needed = rest > 0;
                rest = rest.saturating_sub(lot.left);
                is_needed
            });
            return needed.map(|lot| lot.number).collect();
        }
        let mut ready: Vec<&Lot> = self.lots.iter().filter(|lot| lot.ready == Ready::Now).collect();
        match order {
            SpendOrder::SoonestExpiry => {
                ready.sort_by_key(|lot| (expiry(lot).unwrap_or(Instant::LAST), lot.earned, lot.number));
            }
            SpendOrder::Oldest => ready.sort_by_key(|lot| (lot.earned, lot.number)),
        }
        ready.into_iter().map(|lot| lot.number).collect()
    }
}

/// Lots stored as a map by their numbers.
mod by_number {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Lot, Row};

    /// Writes the map.
    pub fn serialize<S: Serializer>(lots: &Row<Lot>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(lots.iter().map(|lot| (lot.number, lot)))
    }

    /// Reads the map.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Row<Lot>, D::Error> {
        Ok(BTreeMap::<u32, Lot>::deserialize(from)?.into_values().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are always the same.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, n: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % n
        }
    }

    fn at(millis: u64) -> Instant {
        Instant::from_millis(i64::try_from(millis).unwrap()).unwrap()
    }

    /// When a lot lapses whose idle clocks were restarted at a moment: a hundred after that, or after it was earned.
    fn lapses(lot: &Lot, restarted: u64) -> Option<Instant> {
        let later = |from: Instant| from.plus_millis(100);
        let idle = lot.expires.idle.iter().filter_map(|_| match later(at(restarted)) {
            Some(end) if end > lot.earned => Some(end),
            _ => later(lot.earned),
        });
        lot.expires.end(lot.expires.at.into_iter().chain(idle).min())
    }

    fn lot(number: u32, chance: &mut Chance, kinds: u64) -> Lot {
        let (earned, kind) = (u64::from(number) * 10, chance.below(kinds));
        let clock = || IdleClock {
            span: crate::value::TimeSpan { months: 0, days: 0, millis: 100 },
            end_of: None,
            events: Vec::new(),
        };
        let ready = match chance.below(8) {
            0 => Ready::At(at(earned + 70)),
            1 if kinds > 2 => Ready::On(Arc::new([])),
            _ => Ready::Now,
        };
        let expires = LotExpiry {
            at: if kind % 2 == 0 { Some(at(earned + 1_000 * (kind + 1))) } else { None },
            idle: if kind == 1 || kind == 4 { vec![clock()].into() } else { Few::default() },
            ..LotExpiry::default()
        };
        let cause = Cause::Event;
        Lot { number, left: 10, earned: at(earned), ready, expires, spent: 0, expired: 0, cause }
    }

    /// Whatever is done to lots, who looks only at the first of them sees what a look at all of them would.
    #[test]
    fn s11_looking_at_the_first_lot_is_looking_at_all() {
        for seed in 0..120 {
            let (mut chance, mut purse) = (Chance(seed), Purse::default());
            for number in 0..80 {
                let open: Vec<u32> = purse.lots.iter().map(|lot| lot.number).collect();
                let any = |chance: &mut Chance| open.get(usize::try_from(chance.below(90)).unwrap()).copied();
                match chance.below(7) {
                    part @ 0..2 => {
                        let part = if part == 0 { 10 } else { 3 };
                        any(&mut chance).into_iter().for_each(|number| _ = purse.take(number, part, true));
                    }
                    2 => {
                        let due = purse.unready().next().map(|lot| lot.number);
                        due.into_iter().for_each(|due| purse.make_ready(due, [at(u64::from(number) * 10 + 500)]));
                    }
                    3 if seed % 3 == 0 => {
                        any(&mut chance).into_iter().for_each(|number| purse.extend(number, at(2_000)));
                    }
                    4 => {
                        let closed = purse.used_up.last().cloned();
                        closed.into_iter().for_each(|lot| purse.reopen(Lot { left: 5, ready: Ready::Now, ..lot }));
                    }
                    5 => any(&mut chance).into_iter().for_each(|number| _ = purse.give_back(number, 1)),
                    _ => {}
                }
                purse.add(lot(number, &mut chance, seed % 5 + 1));
                if chance.below(3) > 0 {
                    purse.look();
                }
                check(&purse, u64::from(number) * 8);
            }
        }
    }

    fn check(purse: &Purse, restarted: u64) {
        let ends: Vec<_> = purse.lots.iter().map(|lot| lapses(lot, restarted).unwrap_or(Instant::LAST)).collect();
        assert!(!purse.is_in_order() || ends.is_sorted(), "{ends:?}");
        let ready = |lot: &&Lot| lot.ready == Ready::Now;
        let sum = |lots: &mut dyn Iterator<Item = &Lot>| lots.map(|lot| lot.left).sum::<i64>();
        assert_eq!(purse.available(), sum(&mut purse.lots.iter().filter(ready)));
        assert_eq!(purse.pending(), sum(&mut purse.lots.iter().filter(|lot| !ready(lot))));
        assert_eq!(purse.next_ready(), purse.lots.iter().filter_map(|lot| lot.ready.at()).min());
        assert!(purse.unready().eq(purse.lots.iter().filter(|lot| !ready(lot))));
        let mut all: Vec<&Lot> = purse.lots.iter().filter(ready).collect();
        all.sort_by_key(|lot| (lapses(lot, restarted).unwrap_or(Instant::LAST), lot.earned, lot.number));
        let all: Vec<u32> = all.into_iter().map(|lot| lot.number).collect();
        let order = purse.spending_order(60, SpendOrder::SoonestExpiry, |lot| lapses(lot, restarted));
        assert!(all.starts_with(&order) && order.len() >= all.len().min(6), "{all:?} {order:?}");
    }
}
