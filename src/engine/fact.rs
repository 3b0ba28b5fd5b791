//! What is remembered of an event: what it brought, what it used up, what reversals have left of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::arena::Id as _;
use crate::hir::{BadgeId, CharityId, LimitId, MeasureId, OnRefund, Program, Read, RuleId, Tally, UnitId};
use crate::value::{Exact, Instant, Value};

use super::event::{Event, Foreign};
use super::few::Few;
use super::footing::Footing;
use super::outcome::Cause;
use super::sorted::Sorted;

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
    /// Which of them were brought by what has turns: as long as one of them stays, its turn is used up.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub tied: Few<Tied>,
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
    /// What reversals have left of amounts in other currencies than the program's, in those.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub abroad: Few<Foreign>,
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
            tied: Few::default(),
            payment: None,
            gave: Few::default(),
            turns: Few::default(),
            used_up: Few::default(),
            sent: Few::default(),
            donations: Few::default(),
            abroad: Few::default(),
            place,
        }
    }

    /// Of how many pieces a redemption is.
    pub fn quantity(&self, program: &Program) -> usize {
        let field =
            program.events.get(self.event.kind).and_then(|def| def.fields.find(|field| &*field.name == "quantity"));
        match field.and_then(|field| self.event.fields.get(field.index())) {
            Some(Value::Exact(quantity)) => {
                quantity.to_i64().and_then(|quantity| usize::try_from(quantity).ok()).unwrap_or(1)
            }
            _ => 1,
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
    /// Whether a member has shared it with the group whose account this is: that member has earned it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub collected: bool,
    /// What its boosts stood on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footing: Option<Box<Footing>>,
}

impl Award {
    /// Whether what is stored of it can be: neither what was awarded nor what was taken back is less than nothing.
    pub fn is_sound(&self) -> bool {
        self.granted >= 0 && self.taken >= 0
    }

    /// Everything that it used of limits, and its boosts did.
    pub fn each_use(&mut self) -> impl Iterator<Item = &mut Uses> {
        let of_boosts = self.footing.iter_mut().flat_map(|footing| &mut footing.bonuses).map(|bonus| &mut bonus.uses);
        std::iter::once(&mut self.uses).chain(of_boosts)
    }
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
    /// The line of the event that they are about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
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

/// A gift, and what brought it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tied {
    /// The gift.
    pub gift: Gifted,
    /// The rule.
    pub cause: Cause,
    /// The line of the event, where it was per line.
    pub line: Option<u32>,
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

impl Payment {
    /// Whether what is stored of it can be: lots that were spent, of which no more came back.
    pub fn is_sound(&self) -> bool {
        let add = |sum: i64, (_, spent): &(u32, i64)| sum.checked_add(*spent).filter(|_| *spent >= 0);
        self.lots.iter().try_fold(0, add).is_some_and(|spent| (0..=spent).contains(&self.returned))
    }

    /// How much was spent, in steps.
    pub fn spent(&self) -> i64 {
        self.lots.iter().map(|(_, amount)| amount).sum()
    }

    /// The money that it is still good for, in minor units: what came back has taken its share along, cumulatively.
    pub fn off(&self) -> i64 {
        let back = (i128::from(self.value) * i128::from(self.returned)).checked_div(i128::from(self.spent()));
        self.value - back.and_then(|back| i64::try_from(back).ok()).unwrap_or(0)
    }
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

/// Which headroom of a limit: by the values of its `per` fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UseKey {
    /// The limit.
    pub limit: LimitId,
    /// Values of `per`.
    pub per: Vec<Value>,
}

/// What was used of limits: of which headroom, in which period or at which moment.
pub type Used = Sorted<UseKey, Sorted<Instant, i64>>;

/// Uses of limits by one award or payment: which, in which period or at which moment, and how much.
pub type Uses = Few<(UseKey, Instant, i64)>;
