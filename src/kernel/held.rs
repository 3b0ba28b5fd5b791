//! Tiers that are held for a time: what holds them, and until when.

use crate::hir::{LadderId, MeasureId};

use super::code::{MISSING, Num, cell, set};
use super::judge::{Judge, Odd};
use super::lane::Lane;
use super::layout::ABSENT;
use super::plan::{HeldPlan, LadderPlan};
use super::queues::EMPTY;
use super::store::entry::{AMOUNT, AT};
use super::store::hold::{self, GONE, LOST, NOT_LOST, SINCE, TIER, UNTIL, carries};

impl HeldPlan {
    /// The condition to reach a tier, or to keep it; none where it is only granted.
    fn condition<'l>(&'l self, ladder: &'l LadderPlan, tier: i64, keep: bool) -> Option<&'l Num> {
        let reach = usize::try_from(tier - 1).ok().and_then(|rung| ladder.reach.get(rung)?.as_ref());
        self.keep_of(tier).filter(|_| keep).or(reach)
    }

    /// The condition to keep a tier, where it is another one.
    pub fn keep_of(&self, tier: i64) -> Option<&Num> {
        self.keep.get(usize::try_from(tier - 1).ok()?)?.as_ref()
    }
}

impl Judge<'_, '_> {
    /// Notes which tiers a member qualifies for, and moves to the highest that something holds; `fell` where time ran out rather than an
    /// event spoke. Returns whether the tier changed.
    pub fn stand_held(&mut self, lane: &Lane<'_>, id: LadderId, held: &HeldPlan, fell: bool) -> Result<bool, Odd> {
        let ladder = self.plan.ladders.at(id);
        let lost = fell && self.forfeit(lane, id, held);
        self.qualify(lane, id, held)?;
        let mut holds = lane.get(held.holds);
        let old = lane.get(ladder.cells.tier);
        // What was held only by what came back was never risen to: there is no fall from it.
        let stood = self.pools.holds.iter(holds).map(|(_, hold)| cell(hold, TIER)).max().unwrap_or(0).min(old);
        let from = if lost { stood } else { old };
        let mut over = Vec::new();
        if fell {
            if held.ended != ABSENT {
                over = self.holds_of(holds);
                over.retain(|hold| cell(hold, UNTIL) <= lane.now && held.keep_of(cell(hold, TIER)).is_some());
            }
            self.pools.holds.retain(&mut holds, |hold| cell(hold, UNTIL) > lane.now);
            lane.set(held.holds, holds);
        }
        let mut tier = self.pools.holds.iter(holds).map(|(_, hold)| cell(hold, TIER)).max().unwrap_or(0);
        if fell && held.by_one && tier < from && from > 1 {
            tier = from - 1;
            // It stands on the time that is over, not on what counts from now on.
            self.hold(lane, held, tier, lane.now - 1);
        }
        self.end_reasons(lane, held, over);
        let moved = tier != old;
        if moved {
            self.move_to(lane, id, old, tier)?;
        }
        let holds = self.pools.holds.iter(lane.get(held.holds));
        if let Some(at) = holds.map(|(_, hold)| cell(hold, UNTIL).min(cell(hold, LOST))).min() {
            self.turn_at(lane, at);
        }
        Ok(moved)
    }

    /// Notes what a member qualifies for now, and prolongs what is kept.
    fn qualify(&mut self, lane: &Lane<'_>, id: LadderId, held: &HeldPlan) -> Result<(), Odd> {
        let ladder = self.plan.ladders.at(id);
        let mut moved = false;
        for standing in &held.standing {
            let (now, period) = (lane.get(standing.value), lane.get(standing.period));
            // A new period began with nothing.
            let before = if lane.get(standing.seen_in) == period { lane.get(standing.seen) } else { 0 };
            moved |= now != before;
            lane.set(standing.seen, now);
            lane.set(standing.seen_in, period);
        }
        let mut again = Vec::new();
        for tier in (1..).take(ladder.reach.len()) {
            // What has lost its ground holds the tier for a while, but it is not to be kept on that.
            let keeps = |hold: &[i64]| carries(hold, tier, lane.now) && cell(hold, LOST) == NOT_LOST;
            let holding = self.pools.holds.iter(lane.get(held.holds)).any(|(_, hold)| keeps(hold));
            // Only what has to do with the tier prolongs it.
            if holding && !moved {
                continue;
            }
            if held.condition(ladder, tier, holding).is_some_and(|condition| self.value(condition, lane) == 1)
                && self.hold(lane, held, tier, lane.now)
            {
                again.push(tier);
            }
        }
        self.bring_again(lane, id, &again)
    }

    /// One more reason to hold a tier, or again the one that lasts as long. Returns whether the member has the tier still, though it had lost all
    /// its ground.
    fn hold(&mut self, lane: &Lane<'_>, held: &HeldPlan, tier: i64, since: i64) -> bool {
        let until = self.today(lane).end(held.end);
        let mut holds = lane.get(held.holds);
        let is_above = |hold: &&[i64]| cell(hold, TIER) >= tier && cell(hold, UNTIL) > lane.now;
        let alive = self.pools.holds.iter(holds).map(|(_, hold)| hold).filter(is_above);
        let again = alive.map(|hold| cell(hold, LOST) != NOT_LOST).reduce(|all, lost| all && lost) == Some(true);
        match self.pools.holds.find_mut(holds, |hold| cell(hold, TIER) == tier && cell(hold, UNTIL) == until) {
            Some(hold) => set(hold, LOST, NOT_LOST),
            None => {
                self.pools.holds.push(&mut holds, &[tier, since, until, NOT_LOST], lane.number);
                lane.set(held.holds, holds);
            }
        }
        again
    }

    /// Brings once more what rises to tiers had brought, where it went with their ground and they are earned again before they end.
    fn bring_again(&mut self, lane: &Lane<'_>, id: LadderId, rungs: &[i64]) -> Result<(), Odd> {
        let (Some(first), Some(last)) = (rungs.first(), rungs.last()) else { return Ok(()) };
        self.rises()?;
        let highest = lane.get(self.plan.ladders.at(id).cells.highest);
        self.tier_rules(lane, id, first - 1..*last, highest, |rule| rule.hangs)
    }

    /// Lets those reasons be over, and keeps in mind the ones without which a later reason would not have been one.
    fn end_reasons(&mut self, lane: &Lane<'_>, held: &HeldPlan, over: Vec<[i64; hold::WIDTH]>) {
        let mut ended = lane.get(held.ended);
        if over.is_empty() && matches!(ended, EMPTY | MISSING) {
            return;
        }
        let mut all = self.holds_of(ended);
        all.extend(over);
        let mut later = self.holds_of(lane.get(held.holds));
        let mut led = Vec::new();
        for hold in all.into_iter().rev() {
            if later.iter().any(|later| carries(&hold, cell(later, TIER), cell(later, SINCE))) {
                later.push(hold);
                led.push(hold);
            }
        }
        self.pools.holds.clear(&mut ended);
        for hold in led.into_iter().rev() {
            self.pools.holds.push(&mut ended, &hold, lane.number);
        }
        lane.set(held.ended, ended);
    }

    /// The cells of all reasons in a queue.
    pub fn holds_of(&self, queue: i64) -> Vec<[i64; hold::WIDTH]> {
        self.pools.holds.iter(queue).filter_map(|(_, hold)| hold.first_chunk().copied()).collect()
    }

    /// Lets those reasons go that what came back took the ground from, unless the tier is reached all the same. Returns whether one goes.
    fn forfeit(&mut self, lane: &Lane<'_>, id: LadderId, held: &HeldPlan) -> bool {
        let ladder = self.plan.ladders.at(id);
        let before = Lane { now: lane.now - 1, ..*lane };
        let holds = self.pools.holds.iter(lane.get(held.holds));
        let lost = holds.filter(|(_, hold)| cell(hold, LOST) <= lane.now);
        let lost: Vec<_> = lost.map(|(at, hold)| (at, cell(hold, TIER))).collect();
        let mut goes = false;
        for (at, tier) in lost {
            let kept = self.held_then(&before, ladder, held, tier, false);
            goes |= !kept;
            if let Some(hold) = self.pools.holds.at_mut(at) {
                set(hold, LOST, if kept { NOT_LOST } else { GONE });
            }
        }
        self.let_go(lane, held);
        goes
    }

    /// Lets those reasons go that are gone.
    pub fn let_go(&mut self, lane: &Lane<'_>, held: &HeldPlan) {
        let mut holds = lane.get(held.holds);
        self.pools.holds.retain(&mut holds, |hold| cell(hold, LOST) != GONE);
        lane.set(held.holds, holds);
    }

    /// Whether a condition held at the end of the period of a moment, by what counts for that period now.
    pub fn held_then(&mut self, then: &Lane<'_>, ladder: &LadderPlan, held: &HeldPlan, tier: i64, keep: bool) -> bool {
        let Some(condition) = held.condition(ladder, tier, keep) else { return false };
        let start = self.start_then(then.now, held.period);
        let mut now = Vec::with_capacity(ladder.measures.len());
        for measure in &ladder.measures {
            let Some(plan) = self.plan.measures.at(*measure) else { continue };
            now.push((plan.cells.value, then.get(plan.cells.value)));
            let value = self.value_then(then, *measure, start);
            then.set(plan.cells.value, value);
        }
        let holds = self.value(condition, then) == 1;
        now.into_iter().for_each(|(at, value)| then.set(at, value));
        holds
    }

    /// The first moment of the period of a moment.
    fn start_then(&mut self, then: i64, period: usize) -> i64 {
        let day = self.plan.clock.day(self.days, then);
        day.map_or(MISSING, |day| self.days.at(day).period(period).start)
    }

    /// The value of a measure at the end of a period, or now where that is not over.
    pub fn value_then(&self, lane: &Lane<'_>, id: MeasureId, start: i64) -> i64 {
        let Some(measure) = self.plan.measures.at(id) else { return 0 };
        if lane.get(measure.cells.period) == start {
            return lane.get(measure.cells.value);
        }
        let mut past = self.pools.entries.iter(lane.get(measure.cells.past));
        past.find(|(_, entry)| cell(entry, AT) == start).map_or(0, |(_, entry)| cell(entry, AMOUNT))
    }

    /// Keeps the value of a measure whose period is over, as long as tiers may be held by it.
    pub fn keep_past(&mut self, lane: &Lane<'_>, id: MeasureId) {
        let Some(measure) = self.plan.measures.at(id) else { return };
        let mut past = lane.get(measure.cells.past);
        if past == MISSING {
            return;
        }
        let (start, value) = (lane.get(measure.cells.period), lane.get(measure.cells.value));
        if value == 0 {
            return;
        }
        let oldest = lane.now - self.plan.longest_hold;
        while self.pools.entries.pop_if(&mut past, |entry| cell(entry, AT) < oldest).is_some() {}
        self.pools.entries.push(&mut past, &[start, value], lane.number);
        lane.set(measure.cells.past, past);
    }

    /// Counts what a reversal makes of an original of an earlier period.
    pub fn recount_past(&mut self, lane: &Lane<'_>, past: usize, period: usize, change: i64, original: i64) {
        let mut queue = lane.get(past);
        if queue == MISSING || change == 0 {
            return;
        }
        let start = self.start_then(original, period);
        match self.pools.entries.find_mut(queue, |entry| cell(entry, AT) == start) {
            Some(entry) => super::measure::add(entry, change, &self.scratch.odd),
            None => {
                self.pools.entries.insert(&mut queue, &[start, change], lane.number, |entry| cell(entry, AT) < start);
                lane.set(past, queue);
            }
        }
    }
}
