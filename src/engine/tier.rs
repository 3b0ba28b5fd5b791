//! Tiers: reaching, holding, falling, granting.

use crate::hir::{Fall, Hold, Ladder, LadderId, Measure, MeasureId, Read, Rise, Tier, Window};
use crate::value::{Exact, Instant, Period, PeriodKind, Value};

use super::fact::{Fact, Gifted};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::outcome::{Cause, What};
use super::state::Holding;

impl Fold<'_> {
    /// The tiers held now, by ladder.
    pub fn tiers(&self) -> Vec<u32> {
        self.state.ladders.iter().map(|held| held.tier).collect()
    }

    /// The tiers held at another moment, by ladder.
    pub fn tiers_at(&self, at: Instant) -> Vec<u32> {
        self.state.ladders.iter().map(|held| held.tier_at(at)).collect()
    }

    /// The tiers that the measures of now lead to, before anything is posted: for `tier after` and `tier split`.
    pub fn tiers_after(&self) -> Result<Vec<u32>, Fault> {
        let mut after = self.tiers();
        for (ladder, tier) in self.program.ladders.iter().zip(&mut after) {
            if ladder.rises != Rise::AtOnce {
                continue;
            }
            for (number, candidate) in rungs(ladder).filter(|(number, _)| *number > *tier).collect::<Vec<_>>() {
                if self.reached(candidate, false, View::default())? {
                    *tier = number;
                }
            }
        }
        Ok(after)
    }

    /// Whether a tier's condition held at another moment, by what counts for that moment now.
    pub(super) fn reached_at(&self, tier: &Tier, keep: bool, at: Instant) -> Result<bool, Fault> {
        self.reached(tier, keep, View { at: Some(self.moment(at)), ..View::default() })
    }

    /// Whether a tier's condition holds: that to keep it, or that to reach it.
    pub(super) fn reached(&self, tier: &Tier, keep: bool, view: View<'_>) -> Result<bool, Fault> {
        let condition = if keep { tier.keep.as_ref().or(tier.reach.as_ref()) } else { tier.reach.as_ref() };
        let Some(condition) = condition else { return Ok(false) };
        self.judge.truth(condition, &self.cx(view))
    }

    /// Whether a tier stays that is held as long as its condition holds: who would rise to it again at once does not fall from it.
    pub(super) fn stays(&self, tier: &Tier, view: View<'_>) -> Result<bool, Fault> {
        Ok(self.reached(tier, true, view)? || self.reached(tier, false, view)?)
    }

    /// Brings all ladders up to what measures say; returns whether any tier changed.
    pub fn settle_tiers(&mut self) -> Result<bool, Fault> {
        let mut changed = false;
        for id in self.program.ladders.ids() {
            self.qualify(id)?;
            changed |= self.stand(id, None)?;
        }
        Ok(changed)
    }

    /// Notes what qualifies now, and prolongs what is kept.
    fn qualify(&mut self, id: LadderId) -> Result<(), Fault> {
        let ladder = self.program.ladders.at(id);
        let now = self.at.now;
        let reads = self.standing(id)?;
        let held = self.state.ladders.at_mut(id);
        let moved = !held.standing.iter().eq(reads.iter().map(|(_, value)| value));
        let over = held.holds.iter().any(|hold| hold.until <= now);
        if held.settled.0 && !moved && !over && !self.version.listeners.of_ladder(id).turns.daily {
            return Ok(());
        }
        if moved {
            held.standing = reads.iter().map(|(_, value)| value.clone()).collect();
        }
        held.settled.0 = true;
        let mut again = Vec::new();
        for (number, tier) in rungs(ladder) {
            // What has lost its ground holds the tier for a while, but it is not to be kept on that.
            let firm =
                self.state.ladders.at(id).holds.iter().filter(|hold| hold.tier == number && hold.lost_at.is_none());
            let holding = firm.clone().any(|hold| hold.carries(number, now));
            let has = firm.clone().any(|hold| self.lasts(ladder, hold) >= now);
            let view = View { replay: &reads, ..View::default() };
            let holds = match ladder.holds {
                Hold::Rolling if holding => self.stays(tier, view)?,
                _ => self.reached(tier, holding, view)?,
            };
            let held = self.state.ladders.at_mut(id);
            if !holds {
                let before = (held.waiting.len(), held.holds.len());
                held.waiting.remove(&number);
                if ladder.holds == Hold::Rolling {
                    held.holds.retain(|hold| hold.tier != number || hold.granted);
                }
                held.settled.0 &= before == (held.waiting.len(), held.holds.len());
                continue;
            }
            if !holding {
                match ladder.rises {
                    Rise::AtPeriodEnd(_) => continue,
                    // Who has the tier to this moment does not rise to it.
                    Rise::After(_) if has => drop(self.state.ladders.at_mut(id).waiting.remove(&number)),
                    Rise::After(span) => {
                        held.settled.0 = false;
                        let due = span.after(now, &self.calendar.zone).ok_or(Fault::Calendar)?;
                        if *held.waiting.entry(number).or_insert(due) > now {
                            continue;
                        }
                        held.waiting.remove(&number);
                    }
                    Rise::AtOnce => {}
                }
            } else if !moved && ladder.holds != Hold::Rolling {
                // Only what has to do with the tier prolongs it.
                continue;
            }
            let until = self.hold_end(ladder.holds)?;
            if self.hold(id, Holding { tier: number, since: now, until, lost_at: None, granted: false }) {
                again.push(number);
            }
        }
        self.bring_again(id, &again)
    }

    /// What the conditions of a ladder read of the member.
    fn standing(&self, ladder: LadderId) -> Result<Vec<(Read, Value)>, Fault> {
        let reads = &self.version.listeners.of_ladder(ladder).reads;
        reads.iter().map(|read| Ok((*read, self.cx(View::default()).read(*read)?))).collect()
    }

    /// Adds a reason to hold a tier, or renews the one that lasts as long. Returns whether the member has the tier still, though it had lost all
    /// its ground.
    fn hold(&mut self, id: LadderId, holding: Holding) -> bool {
        let ladder = self.program.ladders.at(id);
        let now = self.at.now;
        let above = self.state.ladders.at(id).holds.iter().filter(|hold| hold.tier >= holding.tier);
        let alive = above.filter(|hold| self.lasts(ladder, hold) > now);
        let again = alive.map(|hold| hold.lost_at.is_some()).reduce(|all, lost| all && lost) == Some(true);
        let held = self.state.ladders.at_mut(id);
        let same = |hold: &&mut Holding| {
            hold.tier == holding.tier && hold.until == holding.until && hold.granted == holding.granted
        };
        match held.holds.iter_mut().find(same) {
            Some(hold) => hold.lost_at = None,
            None => {
                held.holds.push(holding);
                held.settled.0 = false;
            }
        }
        again
    }

    /// Brings once more what rises to tiers had brought, where it went with their ground and they are earned again before they end.
    fn bring_again(&mut self, id: LadderId, rungs: &[u32]) -> Result<(), Fault> {
        let (Some(&first), Some(&last)) = (rungs.first(), rungs.last()) else { return Ok(()) };
        let highest = self.state.ladders.at(id).highest;
        for rung in rungs {
            self.issue_of(id, *rung)?;
        }
        self.tier_rules(id, [last, first - 1], last, highest)
    }

    /// Issues what a rise to a tier brings by itself.
    fn issue_of(&mut self, id: LadderId, rung: u32) -> Result<(), Fault> {
        if self.barely {
            return Ok(());
        }
        let tier = self.program.ladders.at(id).tiers.get(rung as usize);
        for &reward in tier.map_or(&[] as &[_], |tier| &tier.issues) {
            let (number, mut brought) = self.collect(|fold| fold.issue_open(Cause::Ladder(id), reward))?;
            brought.gifts.extend(number.map(Gifted::Voucher));
            self.hang(id, rung, None, brought);
        }
        Ok(())
    }

    /// Grants a tier for a time, whatever the measures say.
    pub fn grant_tier(&mut self, id: LadderId, tier: u32, hold: Hold) -> Result<(), Fault> {
        let until = self.hold_end(hold)?;
        if until <= self.at.now {
            return Ok(());
        }
        if self.hold(id, Holding { tier, since: self.at.now, until, lost_at: None, granted: true }) {
            self.bring_again(id, &[tier])?;
        }
        self.stand(id, None).map(drop)
    }

    /// Until when a tier is held that is qualified for now.
    fn hold_end(&self, hold: Hold) -> Result<Instant, Fault> {
        match hold {
            Hold::ForEver | Hold::Rolling => Ok(Instant::LAST),
            Hold::Until(end) => self.end_from(self.at.now, end),
            Hold::UntilDay(day) => self.cx(View::default()).end_of_day(day),
        }
    }

    pub(super) fn lasts(&self, ladder: &Ladder, hold: &Holding) -> Instant {
        let end = ladder.grace.and_then(|grace| grace.after(hold.until, &self.calendar.zone));
        if hold.until == Instant::LAST { hold.until } else { end.unwrap_or(hold.until) }
    }

    /// Moves to the highest tier that something holds: where time ran out rather than an event spoke, by a fall from a tier.
    fn stand(&mut self, id: LadderId, from: Option<u32>) -> Result<bool, Fault> {
        let (ladder, fell) = (self.program.ladders.at(id), from.is_some());
        let now = self.at.now;
        let holds = std::mem::take(&mut self.state.ladders.at_mut(id).holds);
        // What has run out is acted upon at the ladder's own turn, which has its place at that instant (S4).
        let (alive, over): (Vec<Holding>, Vec<Holding>) =
            holds.into_iter().partition(|hold| !fell || self.lasts(ladder, hold) > now);
        let mut tier = alive.iter().map(|hold| hold.tier).max().unwrap_or(0);
        let old = self.state.ladders.at(id).tier;
        let held = self.state.ladders.at_mut(id);
        held.holds = alive;
        held.settled.0 &= !fell;
        if let Some(below) = from.filter(|from| ladder.falls == Fall::ByOne && tier < *from).map(|from| from - 1)
            && below > 0
        {
            tier = below;
            let until = self.hold_end(ladder.holds)?;
            // It stands on the time that is over, not on what counts from now on.
            let since = Instant::from_millis(now.millis() - 1).ok_or(Fault::Calendar)?;
            self.hold(id, Holding { tier, since, until, lost_at: None, granted: false });
        }
        self.end_reasons(id, over);
        if tier == old {
            return Ok(false);
        }
        let holds = self.state.ladders.at(id).holds.iter().filter(|hold| hold.tier == tier);
        let until = holds.map(|hold| hold.end(self.lasts(ladder, hold))).max();
        let restored = self.fallen_from(id).min(tier);
        let undone = match from {
            Some(from) => from,
            None if tier > old => old,
            None => self.undone_to(id).clamp(tier, old),
        };
        let held = self.state.ladders.at_mut(id);
        let highest = held.highest;
        held.tier = tier;
        held.highest = highest.max(tier);
        if restored > old {
            held.history.pop();
        }
        let undone_rises = if undone < old { held.undo_moves(undone) } else { 0 };
        if held.history.last().is_none_or(|(_, last)| *last != tier) {
            held.history.push((now, tier));
        }
        let until = until.filter(|until| *until < Instant::LAST);
        self.emit(Cause::Ladder(id), What::Tier { ladder: id, from: old, to: tier, until });
        let since_rise = |(_, def): &(MeasureId, &Measure)| def.window == Window::SinceRise(id);
        for (measure, _) in self.program.measures.pairs().filter(since_rise) {
            for _ in 0..undone_rises {
                self.undo_restart(measure)?;
            }
        }
        let old = old.max(restored);
        if tier == old {
            return Ok(true);
        }
        if tier > old {
            for (measure, _) in self.program.measures.pairs().filter(since_rise) {
                self.restart_at_rise(measure)?;
            }
        }
        for rung in (old + 1)..=tier {
            self.issue_of(id, rung)?;
        }
        self.tier_rules(id, [old, undone.min(old)], tier, highest)?;
        Ok(true)
    }

    /// The tier from which the member fell last, where what made it fall has just come back: to be there again is no rise.
    fn fallen_from(&self, id: LadderId) -> u32 {
        let Some([(_, from), (fell, to)]) = self.state.ladders.at(id).last_moves() else { return 0 };
        let now = self.at.now;
        let mut then = self.state.facts_from(fell).take_while(|fact| fact.event.time == fell);
        let comes_back = |fact: &Fact| fact.reversals.last().is_some_and(|(at, _)| *at == now);
        if from > to && then.any(comes_back) { from } else { 0 }
    }

    /// The tier that the member held before what has just come back: to be there again, or higher, is no fall. The highest of all where nothing
    /// came back.
    fn undone_to(&self, id: LadderId) -> u32 {
        let now = self.at.now;
        let comes_back = |fact: &&Fact| fact.reversals.last().is_some_and(|(at, _)| *at == now);
        let first = self.state.facts.iter().find(comes_back).and_then(|fact| fact.event.time.plus_millis(-1));
        first.map_or(u32::MAX, |before| self.tiers_at(before).get(id.0 as usize).copied().unwrap_or(0))
    }

    /// The period in which a ladder qualifies: that of its measure, or the calendar year.
    pub(super) fn ladder_period(&self, ladder: &Ladder) -> PeriodKind {
        match (ladder.rises, ladder.by.map(|by| self.program.measures.at(by).window)) {
            (Rise::AtPeriodEnd(kind), _) | (_, Some(Window::Period(kind))) => kind,
            _ => PeriodKind::Year,
        }
    }

    /// When a ladder next changes by itself, after it was last looked at by the clock.
    pub fn tier_due(&mut self, id: LadderId) -> Result<Option<Instant>, Fault> {
        let ladder = self.program.ladders.at(id);
        let held = self.state.ladders.at(id);
        let rolls = ladder.holds == Hold::Rolling && held.holds.iter().any(|hold| !hold.granted);
        // Not before the clock, where what was due has happened, but for what is due at this very instant.
        let after = held.checked.max(Instant::from_millis(self.state.clock.millis() - 1).unwrap_or(held.checked));
        let version = self.version;
        let turn = if rolls { self.turn(&version.listeners.of_ladder(id).turns, after)? } else { None };
        let held = self.state.ladders.at(id);
        let mut due: Vec<Instant> = held.waiting.values().copied().chain(turn).collect();
        due.extend(held.holds.iter().filter_map(|hold| hold.lost_at));
        let today = self.calendar.zone.day_of(after);
        let rises = matches!(ladder.rises, Rise::AtPeriodEnd(_)).then(|| self.ladder_period(ladder));
        for kind in self.rollover_period(ladder).into_iter().chain(rises) {
            due.push(self.calendar.zone.start_of(self.period(kind, today).end));
        }
        let ends = held.holds.iter().map(|hold| self.lasts(ladder, hold));
        Ok(due.into_iter().filter(|at| *at > after).chain(ends).min().filter(|at| *at < Instant::LAST))
    }

    /// Lets a ladder do what is due now.
    pub fn turn_ladder(&mut self, id: LadderId) -> Result<(), Fault> {
        let ladder = self.program.ladders.at(id);
        let now = self.at.now;
        self.state.ladders.at_mut(id).checked = now;
        let starts = |kind| self.calendar.zone.start_of(self.period(kind, self.at.today).start) == now;
        let (rises, rolls) = (starts(self.ladder_period(ladder)), self.rollover_period(ladder).is_some_and(starts));
        let before = Instant::from_millis(now.millis() - 1).ok_or(Fault::Calendar)?;
        let mut again = Vec::new();
        if rises && matches!(ladder.rises, Rise::AtPeriodEnd(_)) {
            for (number, tier) in rungs(ladder) {
                if self.reached_at(tier, false, before)? {
                    let until = self.hold_end(ladder.holds)?;
                    if self.hold(id, Holding { tier: number, since: before, until, lost_at: None, granted: false }) {
                        again.push(number);
                    }
                }
            }
        }
        self.bring_again(id, &again)?;
        if rolls {
            self.roll_over(id, ladder)?;
        }
        let lost = self.forfeit_lost(id, ladder, before)?;
        self.state.ladders.at_mut(id).settled.0 = false;
        self.qualify(id)?;
        let held = self.state.ladders.at(id);
        // What was held only by what came back was never risen to: there is no fall from it.
        let stood = held.holds.iter().map(|hold| hold.tier).max().unwrap_or(0).min(held.tier);
        self.stand(id, Some(if lost { stood } else { held.tier }))?;
        Ok(())
    }

    /// Lets those reasons go that what came back took the ground from, unless the tier is reached all the same. Returns whether one goes.
    fn forfeit_lost(&mut self, id: LadderId, ladder: &Ladder, before: Instant) -> Result<bool, Fault> {
        let now = self.at.now;
        let mut kept = Vec::new();
        for mut hold in self.state.ladders.at(id).holds.clone() {
            if hold.lost_at.is_some_and(|at| at <= now) {
                let tier = ladder.tiers.get(hold.tier as usize);
                if !tier.map_or(Ok(false), |tier| self.reached_at(tier, false, before))? {
                    continue;
                }
                hold.lost_at = None;
            }
            kept.push(hold);
        }
        let held = self.state.ladders.at_mut(id);
        let lost = kept.len() < held.holds.len();
        held.holds = kept;
        Ok(lost)
    }

    /// The value of a measure, what rolled over included.
    pub fn measure(&self, id: crate::hir::MeasureId, view: View<'_>) -> Result<Exact, Fault> {
        match self.cx(view).read(Read::Measure(id))? {
            Value::Exact(value) => Ok(value),
            _ => Ok(Exact::ZERO),
        }
    }

    /// The period of a kind that holds today.
    pub fn this_period(&self, kind: PeriodKind) -> Period {
        self.period(kind, self.at.today)
    }
}

/// All tiers but everybody's, with their positions.
pub(super) fn rungs(ladder: &Ladder) -> impl Iterator<Item = (u32, &Tier)> {
    (0_u32..).zip(&ladder.tiers).skip(1)
}
