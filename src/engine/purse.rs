//! Lots of one unit: what a member owns, when it becomes available, when it lapses.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hir::{End, RefundFloor, SpendOrder, Unit};
use crate::value::{Exact, Instant, Value};

use super::few::Few;
use super::many::{Many, Numbered};
use super::outcome::Cause;
use super::state::Note;

/// Lots and debt of one unit, in steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purse {
    /// Open lots, in order of number.
    pub lots: Many<Lot>,
    /// Whether they are in order in every way, as most are: the first was earned first and lapses first, and all may be spent.
    #[serde(skip)]
    in_order: Note<bool>,
    /// What they hold, where that is known.
    #[serde(skip)]
    held: Note<Option<Held>>,
    /// Lots that are used up, in order of number: needed when their award is taken back.
    #[serde(rename = "closed", with = "by_number")]
    pub used_up: Many<Lot>,
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
    /// Whether it may be spent, and its end is fixed.
    fn is_plain(&self) -> bool {
        self.ready == Ready::Now && self.expires.idle.is_empty()
    }
    /// Whether it comes before another, by its number, its age and its end.
    fn is_before(&self, next: &Self) -> bool {
        let of = |lot: &Self| lot.expires.end(lot.expires.at).unwrap_or(Instant::LAST);
        self.number < next.number && self.earned <= next.earned && of(self) <= of(next)
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
        self.held.0 = None;
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
        let follows = match self.lots.last() {
            Some(last) => self.in_order.0 && last.is_before(&lot),
            None => true,
        };
        self.in_order.0 = follows && lot.is_plain();
        self.hold(&lot, lot.left);
        self.lots.push(lot);
    }
    /// Whether open lots are spent and lapse in their order: whoever looks for the first of them need not look at all.
    pub fn is_in_order(&self) -> bool {
        self.in_order.0 || self.lots.is_empty()
    }
    /// Looks whether open lots are in order again.
    pub fn look_again(&mut self) {
        if self.in_order.0 {
            return;
        }
        let follow = self.lots.iter().zip(self.lots.iter().skip(1)).all(|(lot, next)| lot.is_before(next));
        self.in_order.0 = follow && self.lots.iter().all(Lot::is_plain);
    }
    /// The lot of a number.
    pub fn lot(&self, number: u32) -> Option<&Lot> {
        self.lots.get(self.place(number)?)
    }
    /// The lot of a number, to be changed.
    pub fn lot_mut(&mut self, number: u32) -> Option<&mut Lot> {
        let place = self.place(number)?;
        self.in_order.0 = false;
        self.held.0 = None;
        self.lots.get_mut(place)
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
        self.in_order.0 = false;
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
            let place = self.used_up.partition_point(|other| other.number < number);
            self.lots.remove(position).into_iter().for_each(|lot| self.used_up.insert(place, lot));
        }
        taken
    }
    /// Numbers of available lots in the order in which they are spent, as many as an amount needs at least, given the expiry of each.
    pub fn spending_order(&self, amount: i64, order: SpendOrder, expiry: impl Fn(&Lot) -> Option<Instant>) -> Vec<u32> {
        if self.is_in_order() {
            let mut rest = amount;
            let needed = self.lots.iter().take_while(|lot| {
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

    use super::{Lot, Many};

    /// Writes the map.
    pub fn serialize<S: Serializer>(lots: &Many<Lot>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(lots.iter().map(|lot| (lot.number, lot)))
    }

    /// Reads the map.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Many<Lot>, D::Error> {
        Ok(BTreeMap::<u32, Lot>::deserialize(from)?.into_values().collect())
    }
}
