//! Everything that is known of one member.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::arena::Arena;
use crate::hir::{
    BadgeId, ChallengeId, EventId, FieldId, FieldType, LadderId, MeasureId, Program, RewardId, RuleId, UnitId,
};
use crate::value::{ArithmeticError, Day, Instant, Value};

use super::agenda::Agenda;
use super::automatic::Taken;
use super::brought::{Firings, Risen};
use super::card::CardPart;
use super::challenge::Running;
use super::choice::Offered;
use super::draw::Entry;
use super::fact::{Award, Fact, Tallied, Used, Uses};
use super::fault::Fault;
use super::many::{Many, Numbered, Row};
use super::named::Named;
use super::outcome::Cause;
use super::pairs;
use super::purse::Purse;
use super::rollover::Carried;
use super::series::Gauge;
use super::turns::Fronts;
use super::wallet::Wallet;

/// One member. It is small, versioned and plain data: a pure function of the program and of the member's events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Who.
    pub member: Arc<str>,
    /// The version of the program that the identifiers below belong to.
    pub version: u32,
    /// Attributes.
    pub attributes: Arena<FieldId, Value>,
    /// When the member joined, or was first seen.
    pub joined: Option<Instant>,
    /// Whether the member left.
    pub left: bool,
    /// Everything due up to here has happened.
    pub clock: Instant,
    /// Lots and debts by unit.
    pub units: Arena<UnitId, Purse>,
    /// Tiers by ladder.
    pub ladders: Arena<LadderId, Held>,
    /// The last event of each type.
    pub last: Arena<EventId, Option<Instant>>,
    /// Recorded events, in the order in which they were judged.
    pub facts: Many<Fact>,
    /// Where they are by what reversals name.
    #[serde(skip)]
    pub named: Note<Named>,
    /// When rules of the clock are next due, where there are many.
    #[serde(skip)]
    pub agenda: Note<Option<Box<Agenda>>>,
    /// Where windows begin in facts.
    #[serde(skip)]
    pub fronts: Note<Fronts>,
    /// Amounts posted, for measures over postings in the reference.
    pub tallies: Row<Tallied>,
    /// Running values of measures, for the compiled plan.
    pub gauges: Arena<MeasureId, Gauge>,
    /// When a measure was last restarted.
    pub restarts: Arena<MeasureId, Option<Restart>>,
    /// What limits have used up.
    #[serde(with = "pairs")]
    pub uses: Used,
    /// What runs of challenges.
    #[serde(default)]
    pub challenges: Arena<ChallengeId, Running>,
    /// Until when rules have activated offers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub activated: BTreeMap<Arc<str>, Instant>,
    /// What rules have done.
    pub firings: Arena<RuleId, Firings>,
    /// When each earn or rule last gave, for cooldowns.
    #[serde(with = "pairs")]
    pub gave: BTreeMap<Cause, Instant>,
    /// Activations by the name of what was activated.
    pub activations: BTreeMap<Arc<str>, Instant>,
    /// Vouchers.
    pub vouchers: Wallet,
    /// When badges were given.
    pub badges: Arena<BadgeId, Option<Instant>>,
    /// The number of the next lot.
    pub next_lot: u32,
    /// The last calendar year with a birthday (S6).
    pub birthday_year: Option<i32>,
    /// How many gifts to causes the member has made: the number of the last receipt.
    #[serde(default, skip_serializing_if = "none_yet")]
    pub receipts: u32,
    /// How many events were judged: the place of the next in this member's history.
    pub judged: u64,
    /// How many recorded redemptions name an order; many where nobody has counted.
    #[serde(default = "uncounted")]
    pub orders: u32,
    /// Nothing falls due any more: a step of the clock could not even happen barely.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub halted: bool,
    /// First days of missed periods for which a streak was frozen.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub frozen: BTreeMap<MeasureId, BTreeSet<Day>>,
    /// What was offered.
    #[serde(default, skip_serializing_if = "Many::is_empty")]
    pub offers: Many<Offered>,
    /// Entries of draws.
    #[serde(default, skip_serializing_if = "Many::is_empty")]
    pub entries: Many<Entry>,
    /// Automatic rewards that were taken, as long as they may be given back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub automatic: Vec<Taken>,
}

fn uncounted() -> u32 {
    u32::MAX
}

fn none_yet(count: &u32) -> bool {
    *count == 0
}

/// A restart: what came before does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    /// When.
    pub at: Instant,
    /// How many events had been judged; events of the same moment before that place do not count.
    pub place: u64,
    /// Where a rise to a tier restarted it: the restart before, which counts again if that rise is undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rise: Option<Before>,
}

/// What was before a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The restart before it, if there was one.
    pub restart: Option<Box<Restart>>,
}

/// A tier held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The tier.
    pub tier: u32,
    /// The highest ever.
    pub highest: u32,
    /// By tier: what holds it.
    pub holds: Vec<Holding>,
    /// What held a tier once, as long as a later reason for it would not have been one without that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<Holding>,
    /// Rises that wait: tier and when.
    pub waiting: BTreeMap<u32, Instant>,
    /// What rolled over from period to period.
    pub carry: Carried,
    /// Tiers over time: since when.
    pub history: Row<Move>,
    /// Up to when the clock has looked at it.
    pub checked: Instant,
    /// What rises brought, to be taken back with their ground (S22).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rises: Vec<Risen>,
    /// Rules, with tiers, for which the first rise is still to come, as all that an earlier one had brought was taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anew: Vec<(RuleId, u32)>,
    /// What its conditions read of the member when they were last looked at.
    pub standing: Vec<Value>,
    /// Whether that changed nothing: as long as they read the same, they need not be asked again.
    #[serde(skip)]
    pub settled: Note<bool>,
}

/// A note that saves work. It says nothing of the member: any two are equal, and none is stored.
#[derive(Debug, Clone, Copy, Default)]
pub struct Note<T>(pub T);

impl<T> PartialEq for Note<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Note<T> {}

impl Held {
    fn new(clock: Instant) -> Self {
        Self {
            tier: 0,
            highest: 0,
            holds: Vec::new(),
            ended: Vec::new(),
            waiting: BTreeMap::new(),
            carry: Carried::default(),
            history: Many::default(),
            checked: clock,
            rises: Vec::new(),
            anew: Vec::new(),
            standing: Vec::new(),
            settled: Note(false),
        }
    }
}

/// Since when a tier was held.
pub type Move = (Instant, u32);

impl Held {
    /// The tier at a moment.
    pub fn tier_at(&self, at: Instant) -> u32 {
        let moves = self.history.partition_point(|(since, _)| *since <= at);
        let last = moves.checked_sub(1).and_then(|last| self.history.get(last));
        last.map_or(0, |(_, tier)| *tier)
    }

    /// When the member last rose, but for rises that were undone.
    pub fn risen(&self) -> Option<Instant> {
        let last = (0..self.history.len()).rev().find(|place| self.is_rise(*place))?;
        self.history.get(last).map(|(at, _)| *at)
    }

    /// Whether a move was one to a higher tier.
    fn is_rise(&self, place: usize) -> bool {
        let tier = |place: usize| self.history.get(place).map_or(0, |(_, tier)| *tier);
        tier(place) > place.checked_sub(1).map_or(0, tier)
    }

    /// Lets moves to tiers above one be as if they had never been; returns how many of them were rises.
    pub fn undo_moves(&mut self, above: u32) -> usize {
        let mut rises = 0;
        while self.history.last().is_some_and(|(_, last)| *last > above) {
            rises += usize::from(self.is_rise(self.history.len() - 1));
            self.history.pop();
        }
        rises
    }

    /// The last move, and the one before it.
    pub fn last_moves(&self) -> Option<[Move; 2]> {
        let mut moves = self.history.iter().rev();
        let (last, before) = (moves.next()?, moves.next()?);
        Some([*before, *last])
    }
}

/// A reason to hold a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The tier.
    pub tier: u32,
    /// When it was qualified for.
    pub since: Instant,
    /// Until when; the end of time for ever and for rolling.
    pub until: Instant,
    /// When a lost ground is acted upon, once a reversal has taken it.
    pub lost_at: Option<Instant>,
    /// Whether it was granted rather than reached.
    pub granted: bool,
}

impl Holding {
    /// Whether a member holds a tier at a moment because of it, so that it need only be kept then.
    pub fn carries(&self, tier: u32, at: Instant) -> bool {
        self.tier == tier && self.since <= at && at < self.until
    }

    /// When it ends that would last until a moment: at the latest when a lost ground is acted upon.
    pub fn end(&self, lasts: Instant) -> Instant {
        self.lost_at.into_iter().fold(lasts, Instant::min)
    }
}

/// A voucher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voucher {
    /// Its number.
    pub number: u32,
    /// The reward.
    pub reward: RewardId,
    /// Its value in minor units.
    pub value: Option<i64>,
    /// When it was issued.
    pub issued: Instant,
    /// From when it is good.
    pub from: Instant,
    /// Until when.
    pub expires: Option<Instant>,
    /// What became of it: `None` while it is open.
    pub closed: Option<super::outcome::VoucherChange>,
    /// The order it was used on.
    pub order: Option<Arc<str>>,
    /// Which parts of it were used, where it is a gift card.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<CardPart>,
    /// What of a unit it was good for at once: that goes with it when it is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Box<Award>>,
    /// From which release of its stock it was taken, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Instant>,
    /// Turns of its limits that issuing it took; what redeeming it took is with the payment.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub uses: Uses,
}

impl Numbered for Voucher {
    fn number(&self) -> u32 {
        self.number
    }
}

impl Voucher {
    /// Whether it can be used at a moment.
    pub fn usable(&self, now: Instant) -> bool {
        self.closed.is_none() && self.from <= now && self.expires.is_none_or(|end| now < end)
    }
}

/// The number that follows that of the last voucher, offer or entry.
pub fn number_after(last: Option<u32>) -> Result<u32, Fault> {
    Ok(last.unwrap_or(0).checked_add(1).ok_or(ArithmeticError::Overflow)?)
}

impl State {
    /// A member of whom nothing is known before a moment.
    pub fn new(program: &Program, version: u32, member: Arc<str>, clock: Instant) -> Self {
        Self {
            version,
            attributes: program.attributes.iter().map(|a| a.default.clone().unwrap_or_default()).collect(),
            units: program.units.iter().map(|_| Purse::default()).collect(),
            ladders: program.ladders.iter().map(|_| Held::new(clock)).collect(),
            last: program.events.iter().map(|_| None).collect(),
            gauges: program.measures.iter().map(|_| Gauge::default()).collect(),
            restarts: program.measures.iter().map(|_| None).collect(),
            challenges: program.challenges.iter().map(|_| Running::default()).collect(),
            firings: program.rules.iter().map(|_| Firings::default()).collect(),
            badges: program.badges.iter().map(|_| None).collect(),
            ..Self::empty(member, clock)
        }
    }

    /// A member of a program without anything.
    pub fn empty(member: Arc<str>, clock: Instant) -> Self {
        Self {
            member,
            version: 0,
            attributes: Arena::default(),
            joined: None,
            left: false,
            clock,
            units: Arena::default(),
            ladders: Arena::default(),
            last: Arena::default(),
            facts: Many::default(),
            named: Note::default(),
            agenda: Note::default(),
            fronts: Note::default(),
            tallies: Many::default(),
            gauges: Arena::default(),
            restarts: Arena::default(),
            uses: Used::default(),
            challenges: Arena::default(),
            activated: BTreeMap::new(),
            firings: Arena::default(),
            gave: BTreeMap::new(),
            activations: BTreeMap::new(),
            vouchers: Wallet::default(),
            badges: Arena::default(),
            next_lot: 1,
            birthday_year: None,
            receipts: 0,
            judged: 0,
            orders: 0,
            halted: false,
            frozen: BTreeMap::new(),
            offers: Many::default(),
            entries: Many::default(),
            automatic: Vec::new(),
        }
    }

    /// Recorded events from a moment on: they are in the order of their time.
    pub fn facts_from(&self, at: Instant) -> impl DoubleEndedIterator<Item = &Fact> {
        self.facts.iter_from(self.facts.partition_point(|fact| fact.event.time < at))
    }

    /// Notes an amount that was posted: with the last one, where that is of the same kind and moment.
    pub fn tally(&mut self, posted: Tallied) {
        let same = |last: &&mut Tallied| (last.unit, last.tally, last.at) == (posted.unit, posted.tally, posted.at);
        if let Some(last) = self.tallies.last_mut().filter(same)
            && let Some(sum) = last.amount.checked_add(posted.amount)
        {
            last.amount = sum;
        } else {
            self.tallies.push(posted);
        }
    }

    /// Lets measures be counted from history from now on: days or names have changed under their running sums.
    pub fn distrust_gauges(&mut self) {
        self.gauges.iter_mut().for_each(|gauge| gauge.newest = Some(Instant::LAST));
    }

    /// Lets a measure be counted from history from now on: it begins elsewhere than its running sums.
    pub fn distrust_gauge(&mut self, measure: MeasureId) {
        self.gauges.at_mut(measure).newest = Some(Instant::LAST);
    }

    /// The language that the member reads, where the program has such an attribute and it was given.
    pub fn language<'a>(&'a self, program: &'a Program) -> &'a str {
        let attribute = program.attributes.find(|attribute| &*attribute.name == "language");
        match attribute.map(|id| (self.attributes.get(id), &program.attributes.at(id).ty)) {
            Some((Some(Value::Text(language)), _)) => language,
            Some((Some(Value::Ordinal(word)), FieldType::OneOf(words))) => {
                program.enums.at(*words).words.get(*word as usize).map_or("", |word| word)
            }
            _ => "",
        }
    }

    /// The local day of joining.
    pub fn joined_day(&self, zone: &crate::value::Zone) -> Option<Day> {
        self.joined.map(|at| zone.day_of(at))
    }
}
