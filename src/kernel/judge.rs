//! Judges events of one type, each of another member, side by side: every step is done for all of them before the next one begins.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;
use std::slice::from_ref;

use crate::engine::MAX_ROUNDS;
use crate::hir::{EventId, EventKind, LadderId};

use super::clock::{Back, Days, Today};
use super::code::{Num, cell};
use super::lane::{Cx, Lane, Room, at_least};
use super::layout::{ABSENT, DUE, JOINED, LEFT, NEVER, TURN};
use super::originals::Undoings;
use super::plan::{EventPlan, LadderPlan, Plan, TierRule};
use super::redeem::Answer;
use super::store::{Pools, Told};

/// Something that only the fold can judge, in plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd(pub &'static str);

/// A number that no cell holds.
pub const TOO_LARGE: Odd = Odd("a number that does not fit");

/// Room for what events need while they are judged. A column has one value for each of them.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Columns of named values.
    pub lets: Vec<Vec<i64>>,
    /// Columns of what earns give, in parts of a step.
    pub amounts: Vec<Vec<i64>>,
    /// Columns of what measures were before, for rules that wait.
    pub prior: Vec<Vec<i64>>,
    /// Awards for facts, so many for each event: what was granted, and the number of the lot.
    pub awards: Vec<(i64, i64)>,
    /// How many.
    pub awards_each: usize,
    /// Whether something changed that others follow from.
    changed: Vec<bool>,
    /// Whether what came back had lowered a measure, which is higher again without it.
    pub lifted: bool,
    /// What reversals take back.
    pub undoings: Undoings,
    /// Whether what is awarded hangs on a crossing or a rise.
    pub collecting: bool,
    /// What that is: units, how much, and lots.
    pub brought: Vec<[i64; 3]>,
    /// More columns.
    pub room: Room,
    /// Whether something did not fit.
    pub odd: Cell<bool>,
}

impl Scratch {
    /// Awards of an event for its fact.
    pub fn awards(&self, lane: &Lane<'_>) -> &[(i64, i64)] {
        let each = self.awards_each;
        self.awards.get(lane.place() * each..(lane.place() + 1) * each).unwrap_or_default()
    }
}

/// What belongs to members beside their cells, and what is told of them.
pub struct Judge<'a, 'b> {
    /// The program.
    pub plan: &'a Plan,
    /// What does not fit in a row.
    pub pools: &'a mut Pools,
    /// What was told.
    pub told: &'a mut Told,
    /// Local days.
    pub days: &'a mut Days,
    /// Fields of events.
    pub slots: &'a mut Cow<'b, [i64]>,
    /// Fields of lines.
    pub lines: &'a [i64],
    /// Room.
    pub scratch: &'a mut Scratch,
}

impl Judge<'_, '_> {
    /// What expressions look at.
    #[inline]
    pub fn cx<'c>(&'c self, lanes: &'c [Lane<'c>]) -> Cx<'c> {
        Cx {
            lanes,
            slots: self.slots,
            lines: self.lines,
            lets: &self.scratch.lets,
            days: self.days,
            room: &self.scratch.room,
            odd: &self.scratch.odd,
        }
    }

    /// What something comes to for each of some events: a column that is to be given back.
    pub fn column(&self, num: &Num, lanes: &[Lane<'_>]) -> Vec<i64> {
        let mut column = self.scratch.room.take(lanes.len());
        num.fill(&self.cx(lanes), &mut column);
        column
    }

    /// What something comes to for one event. Mostly no more than a cell is looked at.
    #[inline]
    pub fn value(&self, num: &Num, lane: &Lane<'_>) -> i64 {
        match num {
            Num::Const(value) => *value,
            Num::Member(at) => lane.get(*at),
            Num::Reaches(at, bound) => i64::from(lane.get(*at) >= *bound),
            num => num.one(&self.cx(from_ref(lane))),
        }
    }

    /// Does something with what something comes to for each of some events. Mostly no more than a cell is looked at.
    #[inline(always)]
    pub fn each<'m>(&mut self, num: &Num, lanes: &[Lane<'m>], mut with: impl FnMut(&mut Self, &Lane<'m>, i64)) {
        match num {
            Num::Const(value) => lanes.iter().for_each(|lane| with(self, lane, *value)),
            Num::Member(at) => lanes.iter().for_each(|lane| with(self, lane, lane.get(*at))),
            Num::Slot(at) => lanes.iter().for_each(|lane| with(self, lane, cell(self.slots, lane.slots as usize + at))),
            Num::Line(at) => lanes.iter().for_each(|lane| with(self, lane, cell(self.lines, lane.line as usize + at))),
            num => {
                let column = self.column(num, lanes);
                lanes.iter().zip(&column).for_each(|(lane, value)| with(self, lane, *value));
                self.scratch.room.give(column);
            }
        }
    }

    /// Goes on with those events for which all conditions hold.
    pub fn open<R>(&mut self, gates: &[Num], lanes: &[Lane<'_>], then: impl FnOnce(&mut Self, &[Lane<'_>]) -> R) -> R {
        let Some((first, others)) = gates.split_first() else { return then(self, lanes) };
        let holds = self.column(first, lanes);
        let mut open = self.scratch.room.take_lanes();
        open.extend(lanes.iter().zip(&holds).filter(|(_, holds)| **holds == 1).map(|(lane, _)| *lane));
        self.scratch.room.give(holds);
        for gate in others {
            let holds = self.column(gate, &open);
            let mut each = holds.iter();
            open.retain(|_| each.next() == Some(&1));
            self.scratch.room.give(holds);
        }
        let result = then(self, &open);
        self.scratch.room.give_lanes(open);
        result
    }

    /// Adds to a cell of a member.
    #[inline]
    pub fn add(&self, lane: &Lane<'_>, at: usize, amount: i64) {
        let Some(cell) = lane.member.get(at) else { return };
        match cell.get().checked_add(amount) {
            Some(sum) => cell.set(sum),
            None => self.scratch.odd.set(true),
        }
    }

    /// The local day of an event.
    #[inline]
    pub fn today(&self, lane: &Lane<'_>) -> &Today {
        self.days.at(lane.day)
    }

    /// Notes that something changed that others follow from.
    pub fn change(&mut self, lane: &Lane<'_>) {
        if let Some(changed) = self.scratch.changed.get_mut(lane.place()) {
            *changed = true;
        }
    }

    /// Judges events of one type, each of another member.
    ///
    /// # Errors
    /// [`Odd`] where only the fold can tell what one comes to; all members are then as good as lost.
    pub fn judge(&mut self, event: EventId, lanes: &mut Vec<Lane<'_>>) -> Result<(), Odd> {
        let plan = self.plan;
        let (id, event, length) = (event, plan.events.at(event), lanes.len());
        let mut left = false;
        for lane in lanes.iter() {
            left |= lane.get(LEFT) == 1;
            if lane.get(DUE) <= lane.now {
                self.advance(lane)?;
            }
        }
        for measure in &event.reads {
            self.slide(*measure, lanes);
        }
        self.note_prior(event, lanes, length);
        if left && event.kind != EventKind::Join {
            self.keep_those(lanes, |judge, lane| Ok(lane.get(LEFT) != 1 || judge.refused()))?;
        }
        self.scratch.undoings.clear();
        self.scratch.lifted = false;
        match (event.kind, &event.redeem, &event.reversal) {
            (EventKind::Declared | EventKind::Update, _, None) => {}
            (EventKind::Join | EventKind::Leave, _, _) => {
                lanes.iter().for_each(|lane| lane.set(LEFT, i64::from(event.kind == EventKind::Leave)));
            }
            (EventKind::Declared, _, Some(reversal)) => {
                self.keep_those(lanes, |judge, lane| Ok(judge.originals(lane, reversal)? || judge.failed()))?
            }
            (EventKind::Redeem, Some(redeem), _) => self.keep_those(lanes, |judge, lane| {
                Ok(match judge.redeem(lane, redeem)? {
                    Answer::Granted => true,
                    Answer::Refused => judge.refused(),
                    Answer::Failed => judge.failed(),
                })
            })?,
            _ => return Err(Odd("an event of this type")),
        }
        for lane in lanes.iter() {
            if lane.get(JOINED) == NEVER {
                lane.set(JOINED, lane.now);
            }
            if let Some(judged) = lane.member.get(plan.layout.judged) {
                judged.set(judged.get() + 1);
            }
        }
        for measure in &event.counts {
            self.count(*measure, lanes);
        }
        if let Some(reversal) = &event.reversal {
            self.undo(lanes, reversal)?;
        }
        self.scratch.awards_each = event.fact.as_ref().map_or(0, |fact| fact.awards.len());
        self.scratch.awards.clear();
        self.scratch.awards.resize(length * self.scratch.awards_each, (0, 0));
        self.earn(event, lanes, length)?;
        for rule in &event.rules {
            self.fire(*rule, lanes)?;
        }
        if let Some(fact) = &event.fact {
            self.keep(lanes, fact, id);
        }
        self.settle(event, lanes, length)?;
        if let Some(last) = event.last {
            for lane in lanes.iter() {
                lane.set(last, lane.now);
                self.renew(lane, &event.renews);
            }
        }
        self.fits()
    }

    /// Keeps only those events for which something holds.
    fn keep_those(
        &mut self,
        lanes: &mut Vec<Lane<'_>>,
        mut holds: impl FnMut(&mut Self, &Lane<'_>) -> Result<bool, Odd>,
    ) -> Result<(), Odd> {
        let mut done = Ok(());
        lanes.retain(|lane| {
            holds(self, lane).unwrap_or_else(|odd| {
                done = Err(odd);
                false
            })
        });
        done
    }

    /// It asked for what it cannot have, and nothing changed: it is not judged any further.
    fn refused(&mut self) -> bool {
        self.told.refused += 1;
        self.told.outcomes += 1;
        false
    }

    /// It could not be judged, and nothing changed: it is not judged any further.
    fn failed(&mut self) -> bool {
        self.told.failed += 1;
        self.told.outcomes += 1;
        false
    }

    /// Whether everything fitted.
    fn fits(&self) -> Result<(), Odd> {
        if self.scratch.odd.get() { Err(TOO_LARGE) } else { Ok(()) }
    }

    fn note_prior(&mut self, event: &EventPlan, lanes: &[Lane<'_>], length: usize) {
        let mut prior = std::mem::take(&mut self.scratch.prior);
        at_least(event.waits.len(), &mut prior);
        for (rule, column) in event.waits.iter().zip(&mut prior) {
            column.resize(length, 0);
            if let Some(crossing) = &self.plan.rules.at(*rule).crossing {
                crossing.value.fill(&self.cx(lanes), column);
            }
        }
        self.scratch.prior = prior;
    }

    /// Lets crossings and tiers follow from each other until nothing changes.
    fn settle(&mut self, event: &EventPlan, lanes: &[Lane<'_>], length: usize) -> Result<(), Odd> {
        if event.waits.is_empty() && event.ladders.is_empty() {
            return Ok(());
        }
        if event.settles_at_once {
            return self.follow(event, lanes);
        }
        let mut open = self.scratch.room.take_lanes();
        open.extend_from_slice(lanes);
        for _ in 0..=MAX_ROUNDS {
            self.scratch.changed.clear();
            self.scratch.changed.resize(length, false);
            self.follow(event, &open)?;
            let changed = &self.scratch.changed;
            open.retain(|lane| changed.get(lane.place()) == Some(&true));
            if open.is_empty() {
                self.scratch.room.give_lanes(open);
                return Ok(());
            }
        }
        Err(Odd("rules that come to no rest"))
    }

    /// Lets crossings follow, and then tiers.
    fn follow(&mut self, event: &EventPlan, lanes: &[Lane<'_>]) -> Result<(), Odd> {
        self.crossings(&event.waits, lanes)?;
        event.ladders.iter().try_for_each(|ladder| self.stand(*ladder, lanes, false))
    }

    /// Lets everything happen to a member that is due by a moment, in order.
    ///
    /// # Errors
    /// [`Odd`] as [`Judge::judge`].
    pub fn advance(&mut self, lane: &Lane<'_>) -> Result<(), Odd> {
        let (plan, to) = (self.plan, lane.now);
        while lane.get(DUE) <= to {
            // What lapses moves no tier: until one may fall, nobody asks in which order that was.
            let turn = lane.get(TURN);
            self.lapse_all(lane, if turn <= to { turn - 1 } else { to });
            if turn <= to {
                let day = plan.clock.day(self.days, turn).ok_or(Odd("a moment outside the calendar"))?;
                let lane = Lane { now: turn, day, ..*lane };
                lane.set(TURN, i64::MAX);
                for ladder in &plan.sliding {
                    for measure in &plan.ladders.at(*ladder).measures {
                        self.slide(*measure, from_ref(&lane));
                    }
                    self.stand(*ladder, from_ref(&lane), true)?;
                }
            }
            lane.set(DUE, lane.get(TURN));
            for unit in &plan.lapsing {
                self.due_of(lane, plan.units.at(*unit));
            }
        }
        self.fits()
    }

    fn lapse_all(&mut self, lane: &Lane<'_>, to: i64) {
        let plan = self.plan;
        for unit in &plan.lapsing {
            self.lapse(lane, *unit, to);
        }
    }

    /// When a tier may next fall by itself that is held now.
    fn turns(&self, lane: &Lane<'_>, ladder: &LadderPlan) -> i64 {
        let mut soonest = i64::MAX;
        for (back, first) in &ladder.windows {
            let first = lane.get(*first);
            let at = match back {
                Back::Exactly(length) => first.saturating_add(*length),
                back => self.plan.clock.leaves(*back, first, self.today(lane)),
            };
            if at > lane.now {
                soonest = soonest.min(at);
            }
        }
        soonest
    }

    /// The highest tier whose condition holds; mostly it is the same as before.
    fn reached(&self, lane: &Lane<'_>, ladder: &LadderPlan, old: i64) -> i64 {
        if let Some((at, least)) = &ladder.least {
            let (value, tier) = (lane.get(*at), usize::try_from(old).unwrap_or(0));
            let lower = tier == 0 || least.get(tier - 1).is_some_and(|least| value >= *least);
            if lower & least.get(tier).is_none_or(|least| value < *least) {
                return old;
            }
            let reached = least.iter().rposition(|least| value >= *least);
            return reached.map_or(0, |place| i64::try_from(place + 1).unwrap_or(0));
        }
        let holds = |reach: &Option<Num>| reach.as_ref().is_some_and(|reach| self.value(reach, lane) == 1);
        ladder.reach.iter().rposition(holds).map_or(0, |place| i64::try_from(place + 1).unwrap_or(0))
    }

    /// Tiers may fall by themselves then.
    pub fn turn_at(&self, lane: &Lane<'_>, at: i64) {
        lane.sooner(TURN, at);
        lane.sooner(DUE, at);
    }

    /// Moves members to the highest tier whose condition holds, or that something holds; `fell` where time ran out rather than an event
    /// spoke.
    fn stand(&mut self, id: LadderId, lanes: &[Lane<'_>], fell: bool) -> Result<(), Odd> {
        let ladder = self.plan.ladders.at(id);
        if let Some(held) = &ladder.held {
            for lane in lanes {
                if self.stand_held(lane, id, held, fell)? {
                    self.change(lane);
                }
            }
            return Ok(());
        }
        for lane in lanes {
            let old = lane.get(ladder.cells.tier);
            let reached = self.reached(lane, ladder, old);
            let tier = if ladder.for_ever { old.max(reached) } else { reached };
            if tier != old {
                self.move_to(lane, id, old, tier)?;
                self.change(lane);
            }
            if tier > 0 && !ladder.for_ever {
                self.turn_at(lane, self.turns(lane, ladder));
            }
        }
        Ok(())
    }

    /// Whether what rises does so for the first time: what is high again because what had lowered it is taken back, only the fold knows.
    pub fn rises(&self) -> Result<(), Odd> {
        if self.scratch.lifted { Err(Odd("a rise where something came back")) } else { Ok(()) }
    }

    /// Moves a member to another tier.
    pub fn move_to(&mut self, lane: &Lane<'_>, id: LadderId, old: i64, tier: i64) -> Result<(), Odd> {
        if tier > old {
            self.rises()?;
        }
        let ladder = self.plan.ladders.at(id);
        let highest = lane.get(ladder.cells.highest);
        lane.set(ladder.cells.tier, tier);
        lane.set(ladder.cells.highest, highest.max(tier));
        self.told.moves += 1;
        self.told.outcomes += 1;
        for rung in old + 1..=tier {
            let issues = usize::try_from(rung).ok().and_then(|rung| ladder.issues.get(rung));
            issues.into_iter().flatten().for_each(|reward| self.issue(*reward, 1));
        }
        self.tier_rules(lane, id, old..tier, highest, |_| true)
    }

    /// Fires rules for a move from one tier to another.
    pub fn tier_rules(
        &mut self,
        lane: &Lane<'_>,
        id: LadderId,
        Range { start: old, end: tier }: Range<i64>,
        highest: i64,
        concerns: impl Fn(&TierRule) -> bool,
    ) -> Result<(), Odd> {
        let ladder = self.plan.ladders.at(id);
        for rule in ladder.rules.iter().filter(|rule| concerns(rule)) {
            if if tier > old { !rule.rises } else { !rule.falls } {
                continue;
            }
            let rungs = if tier > old { old + 1..=tier } else { tier..=tier };
            let anew = if rule.anew == ABSENT { 0 } else { lane.get(rule.anew) };
            let new = |rung: &i64| !rule.first || *rung > highest || anew & 1 << rung != 0;
            let fires = match rule.to.map(i64::from) {
                Some(to) if rungs.contains(&to) => to..=to,
                Some(_) => continue,
                None if rule.first => rungs,
                None => tier..=tier,
            };
            for rung in fires.filter(new) {
                if rule.anew != ABSENT {
                    lane.set(rule.anew, lane.get(rule.anew) & !(1 << rung));
                }
                self.fire_rise(lane, id, rule, rung)?;
            }
        }
        Ok(())
    }
}
