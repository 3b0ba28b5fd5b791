//! A program, lowered.

use std::sync::Arc;

use crate::arena::Arena;
use crate::hir::{
    EventId, EventKind, LadderId, LadderRefund, MeasureId, Net, Program, RewardId, RoundScope, RuleId, UnitId,
};
use crate::value::{Rounding, TimeSpan};

use super::clock::{Back, Clock};
use super::code::Num;
use super::lane::Cx;
use super::layout::{CrossingCells, LadderCells, Layout, LimitCells, MeasureCells, PurseCells};
use super::slots::Shapes;
use super::texts::Printer;

/// A program, lowered.
pub struct Plan {
    /// What is lowered.
    pub program: Arc<Program>,
    /// Which fields are read, and where rows keep them.
    pub shapes: Shapes,
    /// Where members keep what.
    pub layout: Layout,
    /// What is asked of every moment.
    pub clock: Clock,
    /// By type of event.
    pub events: Arena<EventId, EventPlan>,
    /// By unit.
    pub units: Arena<UnitId, UnitPlan>,
    /// By measure; formulas have none.
    pub measures: Arena<MeasureId, Option<MeasurePlan>>,
    /// By ladder.
    pub ladders: Arena<LadderId, LadderPlan>,
    /// By rule.
    pub rules: Arena<RuleId, RulePlan>,
    /// Ladders that stand on windows or whose tiers are held for a time, so that these fall by themselves.
    pub sliding: Vec<LadderId>,
    /// Ladders whose tiers lose their ground where something comes back.
    pub grounded: Vec<LadderId>,
    /// Rules whose crossings lose what they brought where something comes back.
    pub hanging: Vec<RuleId>,
    /// How long ago a period may be, in milliseconds, by whose measures a tier is held, or something may go back.
    pub longest_hold: i64,
    /// Units whose lots lapse.
    pub lapsing: Vec<UnitId>,
    /// How old a late event may be, against the newest of its member; `None` accepts every one.
    pub late: Option<TimeSpan>,
    /// How many rewards there are.
    pub rewards: usize,
    /// How many cells a lot has.
    pub size_of_lot: usize,
    /// Where it is noted that a measure on which something stands fell by what was no reversal: 1 if so.
    pub fell: usize,
    /// The cell of the orders that were paid with points, where they can come back.
    pub paid: Option<usize>,
    /// Tells texts apart.
    pub printer: Printer,
}

/// What a type of event brings about.
pub struct EventPlan {
    /// What it is to the engine.
    pub kind: EventKind,
    /// Measures that must be brought to now before anything reads them.
    pub reads: Vec<MeasureId>,
    /// Measures that count it.
    pub counts: Vec<MeasureId>,
    /// Earns.
    pub earns: Vec<EarnPlan>,
    /// Rules that it sets off.
    pub rules: Vec<RuleId>,
    /// Rules that wait for what it may raise.
    pub waits: Vec<RuleId>,
    /// Ladders whose ground it may move.
    pub ladders: Vec<LadderId>,
    /// Whether nothing that follows from it moves what waits or tiers: only formulas look at more than what events count.
    pub settles_at_once: bool,
    /// What it takes back.
    pub reversal: Option<ReversalPlan>,
    /// What is kept of it, where something can take it back.
    pub fact: Option<FactPlan>,
    /// How it pays, where it is a redemption.
    pub redeem: Option<RedeemPlan>,
    /// The cell of the last of its type, where its absence lets lots lapse.
    pub last: Option<usize>,
    /// Units whose lots do.
    pub renews: Vec<UnitId>,
}

/// An earn.
pub struct EarnPlan {
    /// All must hold.
    pub gates: Vec<Num>,
    /// Named values that are computed first.
    pub lets: Vec<Num>,
    /// What it gives, in parts of a step.
    pub give: Num,
    /// The parts.
    pub scale: i64,
    /// The unit.
    pub unit: UnitId,
    /// How it is rounded.
    pub rounding: Rounding,
    /// What is rounded at once.
    pub scope: RoundScope,
    /// Its limits.
    pub limits: Vec<LimitPlan>,
    /// Which award of the fact it is, where it comes back in proportion.
    pub award: Option<usize>,
}

/// A limit.
pub struct LimitPlan {
    /// Its cells; none where it bounds a single event.
    pub cells: Option<LimitCells>,
    /// The period of the moment; none where it is for ever.
    pub period: Option<usize>,
    /// How much, in steps, or how often.
    pub most: Num,
    /// Whether it counts times.
    pub times: bool,
    /// Whether what does not fit whole is not given at all.
    pub rejects: bool,
}

/// A unit.
pub struct UnitPlan {
    /// Its cells.
    pub cells: PurseCells,
    /// Smallest steps in one.
    pub steps: i64,
    /// How fractions of a step are rounded.
    pub rounding: Rounding,
    /// When lots lapse.
    pub expiry: LotEnd,
    /// How far below zero the balance may go; none where it stops at zero.
    pub floor: Option<i64>,
    /// Cells of the last events of those types whose absence lets lots lapse.
    pub lasts: Vec<usize>,
}

/// When a lot lapses that is earned now.
#[derive(Debug, Clone, Copy)]
pub enum LotEnd {
    /// Never.
    Never,
    /// So many milliseconds later.
    After(i64),
    /// At a moment that the day decides: its place in each moment.
    OfDay(usize),
    /// At such a moment after the last event of some types, or after it was earned where none was in time.
    Idle(usize),
}

/// How contributions become a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Their sum, or their number.
    Sum,
    /// How many different ones.
    Distinct,
    /// Periods in a row: the period of the moment.
    Streak(usize),
}

/// A measure.
pub struct MeasurePlan {
    /// Its cells.
    pub cells: MeasureCells,
    /// The list whose lines count: its slot, and the size of a line.
    pub list: Option<(usize, usize)>,
    /// The value of an event or line, in parts of the measure's scale.
    pub value: Num,
    /// Which events or lines.
    pub filter: Option<Num>,
    /// How they become one value.
    pub how: How,
    /// Over which time.
    pub back: Back,
    /// How reversals count.
    pub net: Net,
    /// The slots that value and filter read.
    pub slots: Vec<usize>,
    /// The type of event whose facts are what counts, where they say it all: then nothing else is kept for its window.
    pub facts: Option<EventId>,
    /// Where it is noted that it fell by what was no reversal; none where nothing stands on it, or it cannot fall so.
    pub fell: usize,
}

impl MeasurePlan {
    /// What an event counts for.
    pub fn of_one(&self, cx: &Cx<'_>) -> i64 {
        let counts = self.filter.as_ref().is_none_or(|filter| filter.one(cx) == 1);
        if counts { self.value.one(cx) } else { 0 }
    }

    /// Whether its window keeps what counts in it.
    pub fn keeps_entries(&self) -> bool {
        self.facts.is_none() && matches!(self.back, Back::Days(..) | Back::Exactly(_))
    }
}

/// A ladder. A tier is held as long as its condition holds, for a time, or for ever.
pub struct LadderPlan {
    /// Its cells.
    pub cells: LadderCells,
    /// Conditions of the tiers above the first.
    pub reach: Vec<Option<Num>>,
    /// Where one cell decides all of that: the cell, and the least in it for each of these tiers, in order.
    pub least: Option<(usize, Vec<i64>)>,
    /// The measures that they read.
    pub measures: Vec<MeasureId>,
    /// How these look back, each with the cell of the first that is still in its window.
    pub windows: Vec<(Back, usize)>,
    /// Whether what was reached is held for ever.
    pub for_ever: bool,
    /// How tiers are held that are held for a time.
    pub held: Option<HeldPlan>,
    /// Rules that hear of its changes.
    pub rules: Vec<TierRule>,
    /// Rewards that are issued on reaching each tier.
    pub issues: Vec<Vec<RewardId>>,
}

/// How tiers are held for a time.
pub struct HeldPlan {
    /// The cell of what holds them.
    pub holds: usize,
    /// The cell of what held them once, as long as a later reason would not have been one without that; where tiers are kept otherwise.
    pub ended: usize,
    /// Until when, from a moment on at which a condition holds: its place in each moment.
    pub end: usize,
    /// Conditions to keep the tiers above the first, where they are other ones.
    pub keep: Vec<Option<Num>>,
    /// The period in which members qualify.
    pub period: usize,
    /// Whether a fall leads to the tier below.
    pub by_one: bool,
    /// What reversals do.
    pub refunds: LadderRefund,
    /// What its measures were when they were last looked at.
    pub standing: Vec<StandingCells>,
}

/// Cells that say whether a measure moved since a ladder last looked at it.
#[derive(Debug, Clone, Copy)]
pub struct StandingCells {
    /// Its value.
    pub value: usize,
    /// The period of that; none where it counts for ever.
    pub period: usize,
    /// What it was.
    pub seen: usize,
    /// In which period that was.
    pub seen_in: usize,
}

/// A rule that hears of tiers.
#[derive(Debug, Clone, Copy)]
pub struct TierRule {
    /// The rule.
    pub rule: RuleId,
    /// Whether it hears of rises.
    pub rises: bool,
    /// Whether it hears of falls.
    pub falls: bool,
    /// The tier that it waits for.
    pub to: Option<u32>,
    /// Only above the highest tier ever held.
    pub first: bool,
    /// Whether what it brings for a rise may go back.
    pub hangs: bool,
    /// Where the first rise may go back: the cell that has a bit for each tier to which it is still to come, as all that an earlier one had
    /// brought was taken back; else none.
    pub anew: usize,
}

/// A rule.
pub struct RulePlan {
    /// All must hold.
    pub gates: Vec<Num>,
    /// What it waits for, where it waits for a measure.
    pub crossing: Option<CrossingPlan>,
    /// What it does, each where its own condition holds.
    pub effects: Vec<(Option<Num>, EffectPlan)>,
}

/// What a rule waits for.
pub struct CrossingPlan {
    /// Its cells.
    pub cells: CrossingCells,
    /// The value that must cross.
    pub value: Num,
    /// The measure that a restart would empty.
    pub measure: MeasureId,
    /// The threshold or step, in the scale of the value.
    pub step: i64,
    /// The first multiple that counts; none where there is one threshold.
    pub repeats: Option<i64>,
    /// How often it fires for what is crossed.
    pub once: Once,
}

/// For how long a crossing counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    /// Once and for all, until the measure is restarted.
    Ever,
    /// Once in a period of the moment.
    Period(usize),
    /// Once at a moment: windows slide.
    Moment,
}

/// What a rule does.
pub enum EffectPlan {
    /// Gives an amount in parts of a step; as an award of the fact where it comes back in proportion.
    Give {
        /// The unit.
        unit: UnitId,
        /// How much.
        amount: Num,
        /// The parts.
        scale: i64,
        /// The award.
        award: Option<usize>,
    },
    /// Issues a reward.
    Issue(RewardId),
    /// Gives a badge: its cell.
    Badge(usize),
    /// Empties a measure.
    Restart(MeasureId),
}

/// The cell of a fact's time.
pub const TIME: usize = 0;
/// The cell of the fingerprint of its key.
pub const KEY: usize = 1;
/// The cell of what its principal was.
pub const WAS: usize = 2;
/// The cell of what is left of that; missing where nothing is.
pub const REST: usize = 3;
/// How many cells come before its slots.
pub const HEAD: usize = 4;

/// What is kept of an event that can be taken back: [`HEAD`] cells, the other slots that are read, cells of awards, and its place.
pub struct FactPlan {
    /// The cell of the member's facts of this type.
    pub queue: usize,
    /// The cell of how many they are.
    pub count: usize,
    /// The cell of when the first of them was; far ahead where there is none.
    pub first: usize,
    /// What makes up its key.
    pub key: Vec<KeyPart>,
    /// The slot that says how much of it is left; none where it comes back whole.
    pub principal: Option<usize>,
    /// Slots of which something comes back too, then what is left of the principal in another currency than the program's, then others that
    /// measures read.
    pub slots: Vec<usize>,
    /// The cell of that.
    pub abroad: Option<usize>,
    /// How many come back.
    pub others: usize,
    /// Measures that a reversal changes.
    pub measures: Vec<MeasureId>,
    /// Measures for whose windows it is what counts.
    pub windows: Vec<MeasureId>,
    /// Its awards.
    pub awards: Vec<AwardCells>,
    /// The cell of its place in the member's history, where measures begin again.
    pub place: Option<usize>,
    /// The cell of when the one before it was, where its absence lets lots lapse.
    pub before: Option<usize>,
    /// How many cells it has.
    pub size: usize,
    /// After so many milliseconds at most nothing takes it back any more, and no window has it.
    pub kept: Option<i64>,
}

/// Cells of an award of a fact.
#[derive(Debug, Clone, Copy)]
pub struct AwardCells {
    /// The unit.
    pub unit: UnitId,
    /// What was granted; what was taken back of it is in the next cell.
    pub granted: usize,
    /// The number of its lot, where that is looked for.
    pub lot: Option<usize>,
}

/// A field by which events find each other.
#[derive(Debug, Clone, Copy)]
pub enum KeyPart {
    /// A text: two slots of its fingerprint.
    Text(usize),
    /// Anything else: its slot.
    Plain(usize),
}

impl KeyPart {
    /// Its first slot.
    pub fn first(self) -> usize {
        match self {
            Self::Text(at) | Self::Plain(at) => at,
        }
    }
}

/// How an event takes others back.
pub struct ReversalPlan {
    /// The type that it takes back.
    pub of: EventId,
    /// What makes up the key.
    pub key: Vec<KeyPart>,
    /// The slot that says how much; none where the whole comes back.
    pub amount: Option<usize>,
    /// The slot that says how much that is in another currency than the program's.
    pub abroad: Option<usize>,
    /// Slots that say how much of the other amounts comes back, in the order of [`FactPlan::slots`].
    pub others: Vec<usize>,
    /// How old an original may be.
    pub within: Option<TimeSpan>,
    /// Whether only as much takes effect as is left.
    pub drops_excess: bool,
    /// Whether the newest original comes first, else the oldest.
    pub latest_first: bool,
    /// Whether one reversal may take back several.
    pub spans: bool,
    /// How it counts where it finds none; without this it does not.
    pub stand_in: Option<StandIn>,
}

/// How a reversal counts that finds no original.
pub struct StandIn {
    /// Sums that it lowers.
    pub measures: Vec<MeasureId>,
    /// Slots of an original that these read besides its amounts, and slots of the reversal that say the same.
    pub fields: Vec<(usize, usize)>,
}

/// How a redemption pays.
pub struct RedeemPlan {
    /// The slot of the amount, in parts.
    pub amount: usize,
    /// The slot of the bill.
    pub bill: usize,
    /// The slot of the name of a way or reward.
    pub reward: usize,
    /// Two slots of the order.
    pub order: usize,
    /// The slot of the pool.
    pub pool: Option<usize>,
    /// Ways by the number of their name.
    pub ways: Vec<(i64, WayPlan)>,
    /// Rewards by the number of their name: whether members can have them for points, which only the fold hands out.
    pub rewards: Vec<(i64, bool)>,
    /// The cell of the orders that were paid with points, where orders can come back and points with them.
    pub paid: Option<usize>,
}

/// A way to pay with points.
pub struct WayPlan {
    /// The unit.
    pub unit: UnitId,
    /// All must hold.
    pub gates: Vec<Num>,
    /// So many steps…
    pub points: i64,
    /// …are so much money.
    pub money: i64,
    /// The least amount, in steps.
    pub minimum: i64,
    /// Amounts are multiples of that.
    pub multiple: i64,
    /// An amount beyond the balance is reduced.
    pub clamps: bool,
}
