//! Everything that is known of one member.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::arena::Arena;
use crate::hir::{
    BadgeId, ChallengeId, CharityId, EventId, FieldId, FieldType, LadderId, LimitId, MeasureId, OnRefund, Program,
    Read, RewardId, RuleId, Tally, UnitId,
};
use crate::value::{Day, Exact, Instant, Value};

use super::automatic::Taken;
use super::challenge::Running;
use super::choice::Offered;
use super::draw::Entry;
use super::event::Event;
use super::few::Few;
use super::outcome::Cause;
use super::pairs;
use super::purse::Purse;
use super::series::Gauge;

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
    pub facts: Vec<Fact>,
    /// Amounts posted, for measures over postings in the reference.
    pub tallies: Vec<Tallied>,
    /// Running values of measures, for the compiled plan.
    pub gauges: Arena<MeasureId, Gauge>,
    /// When a measure was last restarted.
    pub restarts: Arena<MeasureId, Option<Restart>>,
    /// What limits have used up.
    #[serde(with = "pairs")]
    pub uses: BTreeMap<UseKey, BTreeMap<Instant, i64>>,
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
    pub vouchers: Vec<Voucher>,
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Offered>,
    /// Entries of draws.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
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

/// A recorded event and what it brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The event; for an unmatched reversal that counts, an event of the original's type.
    pub event: Arc<Event>,
    /// The fields as reversals have left them.
    pub left: Arc<[Value]>,
    /// Reversals in order: when, and the fields that each left.
    pub reversals: Few<(Instant, Arc<[Value]>)>,
    /// Whether nothing is left of it.
    pub gone: bool,
    /// Whether it counts negatively: a reversal whose original is unknown.
    pub negative: bool,
    /// Awards.
    pub awards: Vec<Award>,
    /// Vouchers issued and badges given.
    pub gifts: Few<Gifted>,
    /// What was paid with points.
    pub payment: Option<Box<Payment>>,
    /// Earns and rules that gave something.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub gave: Few<Cause>,
    /// Turns that rules took of their limits.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub turns: Uses,
    /// Activations that it used up: what was activated, and when.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub used_up: Few<(Arc<str>, Instant)>,
    /// Letters that are recalled when nothing is left of it.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub sent: Few<Sent>,
    /// Gifts of the program to causes.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub donations: Few<Donation>,
    /// The place in the member's history.
    pub place: u64,
}

impl Fact {
    /// An event that has brought nothing yet, at a place in its member's history.
    pub fn new(event: Arc<Event>, place: u64) -> Self {
        Self {
            left: event.fields.clone(),
            event,
            reversals: Few::default(),
            gone: false,
            negative: false,
            awards: Vec::new(),
            gifts: Few::default(),
            payment: None,
            gave: Few::default(),
            turns: Few::default(),
            used_up: Few::default(),
            sent: Few::default(),
            donations: Few::default(),
            place,
        }
    }
}

/// What a change of facts was.
pub enum FactChange<'a> {
    /// A new fact, the last of the list.
    Recorded(&'a Fact),
    /// A fact that was reversed at a moment; the fields and whether it was gone before.
    Reversed(&'a Fact, Instant, &'a [Value]),
    /// A measure was restarted.
    Restarted(MeasureId),
}

/// An award as it was made, for reversals (S20).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// The earn or rule.
    pub cause: Cause,
    /// The unit.
    pub unit: UnitId,
    /// The line of the event, where it was per line.
    pub line: Option<u32>,
    /// Which effect of a rule it was, from 0.
    pub effect: u32,
    /// What was awarded, in steps.
    pub granted: i64,
    /// What was taken back since.
    pub taken: i64,
    /// The lot it went to.
    pub lot: Option<u32>,
    /// Limits used: key, period or moment, amount.
    pub uses: Uses,
    /// What a partial reversal does.
    pub on_refund: OnRefund,
    /// What was read of the member when it was judged, where it may be judged again.
    pub seen: Few<(Read, Value)>,
    /// Who paid: parts of `granted` by funding declaration; the rest is the issuer's.
    pub funded: Few<(Arc<str>, i64)>,
    /// What one step was worth to each of them, in minor units.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub prices: Few<(Arc<str>, Exact)>,
    /// When.
    pub at: Instant,
    /// The letter that brought it to another member, where it went to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Box<Sent>>,
    /// How much of what was awarded went there.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub shared: i64,
}

fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

/// A letter that goes with the event that sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// To whom.
    pub to: Arc<str>,
    /// Which.
    pub id: Arc<str>,
    /// Whether what it carries counts as earned by the sender too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counted: bool,
    /// The rule whose conditions must go on to hold for what is left of the event.
    pub rule: Option<RuleId>,
    /// What they read of the member when it was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<(Read, Value)>,
}

/// Something given that is not a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gifted {
    /// A voucher, by number.
    Voucher(u32),
    /// A badge.
    Badge(BadgeId),
    /// An offer, by number.
    Offer(u32),
    /// An entry of a draw, by number.
    Entry(u32),
}

/// Points spent at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The unit.
    pub unit: UnitId,
    /// From which lots, in steps.
    pub lots: Vec<(u32, i64)>,
    /// How much came back since, in steps.
    pub returned: i64,
    /// The money it was good for, in minor units; zero for rewards.
    pub value: i64,
    /// The order it paid.
    pub order: Option<Arc<str>>,
    /// The reward or way.
    pub cause: Cause,
    /// Limits used.
    pub uses: Uses,
    /// The partner who took them, and what one step was worth, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<(Arc<str>, Exact)>,
}

/// Money of the program that went to a cause for an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Donation {
    /// The cause.
    pub charity: CharityId,
    /// The rule.
    pub cause: Cause,
    /// Which effect of it, from 0.
    pub effect: u32,
    /// The line of the event, where it was per line.
    pub line: Option<u32>,
    /// How much, in minor units.
    pub amount: i64,
    /// What was taken back since.
    pub taken: i64,
    /// Limits used.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub uses: Uses,
    /// What a partial reversal does.
    pub on_refund: OnRefund,
    /// What was read of the member when it was judged, where it may be judged again.
    pub seen: Few<(Read, Value)>,
}

/// An amount posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tallied {
    /// The unit.
    pub unit: UnitId,
    /// As what.
    pub tally: TallyKind,
    /// How much, in steps; negative where it is undone.
    pub amount: i64,
    /// The moment it counts at: that of the original for what is undone.
    pub at: Instant,
}

/// [`Tally`], storable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of `Tally`")]
pub enum TallyKind {
    Earned,
    Spent,
    Expired,
    Reversed,
    /// From another member.
    Received,
    /// To another member.
    Given,
}

impl TallyKind {
    /// Whether this is what a measure sums.
    pub fn is(self, tally: Tally) -> bool {
        matches!(
            (self, tally),
            (Self::Earned, Tally::Earned)
                | (Self::Spent, Tally::Spent)
                | (Self::Expired, Tally::Expired)
                | (Self::Reversed, Tally::Reversed)
                | (Self::Received, Tally::Received)
                | (Self::Given, Tally::Given)
        )
    }
}

/// A restart: what came before does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    /// When.
    pub at: Instant,
    /// How many events had been judged; events of the same moment before that place do not count.
    pub place: u64,
}

/// Which headroom of a limit: by the values of its `per` fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UseKey {
    /// The limit.
    pub limit: LimitId,
    /// Values of `per`.
    pub per: Vec<Value>,
}

/// Uses of limits by one award or payment: which, in which period or at which moment, and how much.
pub type Uses = Few<(UseKey, Instant, i64)>;

/// What a rule has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firings {
    /// For crossings: the start of the period (or the first instant) and the highest multiple fired in it.
    pub crossed: BTreeMap<Instant, i64>,
    /// Awards of crossings, to be judged again when the measure shrinks: period, multiple, the place of the fact that holds them.
    pub hanging: Vec<Hanging>,
    /// For absences: the anchor for which it fired.
    pub fired_for: Option<Instant>,
}

/// An award that hangs on a threshold (S22).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hanging {
    /// The start of the period.
    pub period: Instant,
    /// The moment at which to look at the measure again: the last of its period, or far in the future.
    pub until: Instant,
    /// The multiple; 1 for plain thresholds.
    pub multiple: i64,
    /// The threshold that was crossed.
    pub threshold: Exact,
    /// What that brought.
    pub brought: Brought,
}

/// What a crossing or a rise brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// Awards.
    pub awards: Vec<Award>,
    /// Other gifts.
    pub gifts: Vec<Gifted>,
    /// Turns that rules took of their limits.
    pub turns: Uses,
    /// Gifts of the program to causes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub donations: Vec<Donation>,
    /// Letters that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<Sent>,
}

/// A rise to a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risen {
    /// The tier.
    pub tier: u32,
    /// When it was qualified for.
    pub since: Instant,
    /// What that brought.
    pub brought: Brought,
}

/// A tier held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The tier.
    pub tier: u32,
    /// The highest ever.
    pub highest: u32,
    /// When the member last rose.
    pub risen: Option<Instant>,
    /// By tier: what holds it.
    pub holds: Vec<Holding>,
    /// Rises that wait: tier and when.
    pub waiting: BTreeMap<u32, Instant>,
    /// What rolled over into the period that starts then.
    pub carry: Option<(Instant, Exact)>,
    /// Tiers over time: since when.
    pub history: Vec<(Instant, u32)>,
    /// Up to when the clock has looked at it.
    pub checked: Instant,
    /// What rises brought, to be taken back with their ground (S22).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rises: Vec<Risen>,
    /// What its conditions read of the member when they were last looked at.
    pub standing: Vec<Value>,
    /// Whether that changed nothing: as long as they read the same, they need not be asked again.
    #[serde(skip)]
    pub settled: Note,
}

/// A note that saves work. It says nothing of the member: any two are equal, and none is stored.
#[derive(Debug, Clone, Copy, Default)]
pub struct Note(pub bool);

impl PartialEq for Note {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Note {}

impl Held {
    fn new(clock: Instant) -> Self {
        Self {
            tier: 0,
            highest: 0,
            risen: None,
            holds: Vec::new(),
            waiting: BTreeMap::new(),
            carry: None,
            history: Vec::new(),
            checked: clock,
            rises: Vec::new(),
            standing: Vec::new(),
            settled: Note(false),
        }
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
}

impl Voucher {
    /// Whether it can be used at a moment.
    pub fn usable(&self, now: Instant) -> bool {
        self.closed.is_none() && self.from <= now && self.expires.is_none_or(|end| now < end)
    }
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
            facts: Vec::new(),
            tallies: Vec::new(),
            gauges: Arena::default(),
            restarts: Arena::default(),
            uses: BTreeMap::new(),
            challenges: Arena::default(),
            activated: BTreeMap::new(),
            firings: Arena::default(),
            gave: BTreeMap::new(),
            activations: BTreeMap::new(),
            vouchers: Vec::new(),
            badges: Arena::default(),
            next_lot: 1,
            birthday_year: None,
            receipts: 0,
            judged: 0,
            orders: 0,
            halted: false,
            frozen: BTreeMap::new(),
            offers: Vec::new(),
            entries: Vec::new(),
            automatic: Vec::new(),
        }
    }

    /// Lets measures be counted from history from now on: days or names have changed under their running sums.
    pub fn distrust_gauges(&mut self) {
        self.gauges.iter_mut().for_each(|gauge| gauge.newest = Some(Instant::LAST));
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
