//! Judges one event of one member: arrives at its moment, records it, and lets everything follow.

use std::cell::Cell;

use crate::engine::MAX_ROUNDS;
use crate::hir::{EventId, EventKind, LadderId, MeasureId, RuleId};

use super::clock::Moment;
use super::code::{Cx, Num, cell};
use super::layout::{DUE, JOINED, LEFT, NEVER, TURN};
use super::measure::place;
use super::plan::{EventPlan, Plan, TIME};
use super::redeem::Answer;
use super::store::entry::AT;
use super::store::lot::EXPIRES;
use super::store::{Pools, Told};

/// Something that only the fold can judge, in plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd(pub &'static str);

/// A number that no cell holds.
pub const TOO_LARGE: Odd = Odd("a number that does not fit");

/// What an earn gives, on its way.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// Which earn of the event.
    pub earn: usize,
    /// How much, in parts of a step.
    pub amount: i64,
}

/// Room for what an event needs while it is judged.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Named values.
    pub lets: Vec<Cell<i64>>,
    /// Shares of earns.
    pub shares: Vec<Share>,
    /// What measures were before, for rules that wait.
    pub prior: Vec<i64>,
    /// Awards for the fact: what was granted, and the number of the lot.
    pub awards: Vec<(i64, i64)>,
    /// A fact on its way.
    pub fact: Vec<i64>,
    /// The slots of an original.
    pub original: Vec<i64>,
    /// The event's fields.
    pub slots: Vec<i64>,
    /// Whether something did not fit.
    pub odd: Cell<bool>,
}

/// One member at one moment.
pub struct Judge<'a> {
    /// The program.
    pub plan: &'a Plan,
    /// The member's number.
    pub number: u32,
    /// The member's cells.
    pub member: &'a mut [i64],
    /// What does not fit in a row.
    pub pools: &'a mut Pools,
    /// What was told.
    pub told: &'a mut Told,
    /// Now.
    pub moment: &'a mut Moment,
    /// The event's fields.
    pub slots: &'a mut [i64],
    /// Lines of all lists of the block.
    pub lines: &'a [i64],
    /// Room.
    pub scratch: &'a mut Scratch,
}

impl Judge<'_> {
    /// What expressions look at.
    #[inline]
    pub fn cx(&self) -> Cx<'_> {
        Cx {
            slots: self.slots,
            lines: self.lines,
            line: &[],
            member: self.member,
            lets: &self.scratch.lets,
            moment: self.moment,
            odd: &self.scratch.odd,
        }
    }

    /// What something comes to. Mostly no more than a cell is looked at.
    #[inline]
    pub fn value(&self, num: &Num) -> i64 {
        match num {
            Num::Const(value) => *value,
            Num::Slot(at) => cell(self.slots, *at),
            Num::Member(at) => self.get(*at),
            Num::Line(_) | Num::Let(_) | Num::Code(_) => num.get(&self.cx()),
        }
    }

    /// A cell of the member.
    #[inline]
    pub fn get(&self, at: usize) -> i64 {
        cell(self.member, at)
    }

    /// Fills a cell of the member.
    #[inline]
    pub fn set(&mut self, at: usize, value: i64) {
        if let Some(cell) = self.member.get_mut(at) {
            *cell = value;
        }
    }

    /// Adds to a cell of the member.
    #[inline]
    pub fn add(&mut self, at: usize, amount: i64) {
        let sum = self.get(at).checked_add(amount).unwrap_or_else(|| {
            self.scratch.odd.set(true);
            0
        });
        self.set(at, sum);
    }

    /// Whether all conditions hold.
    #[inline]
    pub fn all(&self, gates: &[Num]) -> bool {
        gates.is_empty() || {
            let cx = self.cx();
            gates.iter().all(|gate| gate.holds(&cx))
        }
    }

    /// Moves to a moment.
    pub fn go_to(&mut self, now: i64) -> Result<(), Odd> {
        self.plan.clock.go_to(self.moment, now).ok_or(Odd("a moment outside the calendar"))
    }

    /// Something is due then.
    pub fn due(&mut self, at: i64) {
        if at < self.get(DUE) {
            self.set(DUE, at);
        }
    }

    /// Judges an event.
    ///
    /// # Errors
    /// [`Odd`] where only the fold can tell what it comes to; the member is then as good as lost.
    pub fn judge(&mut self, event: EventId, now: i64) -> Result<(), Odd> {
        let plan = self.plan;
        let (id, event) = (event, plan.events.at(event));
        if self.get(DUE) <= now {
            self.advance(now)?;
        }
        self.go_to(now)?;
        for measure in &event.reads {
            self.slide(*measure);
        }
        self.note_prior(event);
        if self.get(LEFT) == 1 && event.kind != EventKind::Join {
            return self.refused();
        }
        let back = match (event.kind, &event.redeem, &event.reversal) {
            (EventKind::Declared | EventKind::Update, _, None) => None,
            (EventKind::Join | EventKind::Leave, _, _) => {
                self.set(LEFT, i64::from(event.kind == EventKind::Leave));
                None
            }
            (EventKind::Declared, _, Some(reversal)) => match self.original(reversal)? {
                Some(undoing) => Some((reversal, undoing)),
                None => return self.failed(),
            },
            (EventKind::Redeem, Some(redeem), _) => match self.redeem(redeem)? {
                Answer::Granted => None,
                Answer::Refused => return self.refused(),
                Answer::Failed => return self.failed(),
            },
            _ => return Err(Odd("an event of this type")),
        };
        if self.get(JOINED) == NEVER {
            self.set(JOINED, now);
        }
        self.add(plan.layout.judged, 1);
        for measure in &event.counts {
            self.count(*measure);
        }
        if let Some((reversal, undoing)) = back {
            self.undo(reversal, undoing)?;
        }
        self.scratch.awards.clear();
        if let Some(fact) = &event.fact {
            self.scratch.awards.resize(fact.awards.len(), (0, 0));
        }
        self.earn(event)?;
        for rule in &event.rules {
            self.fire(*rule)?;
        }
        if let Some(fact) = &event.fact {
            self.keep(fact, id);
        }
        self.settle(event)?;
        self.fits()
    }

    /// It asked for what it cannot have, and nothing changed.
    fn refused(&mut self) -> Result<(), Odd> {
        self.told.refused += 1;
        self.told.outcomes += 1;
        self.fits()
    }

    /// It could not be judged, and nothing changed.
    fn failed(&mut self) -> Result<(), Odd> {
        self.told.failed += 1;
        self.told.outcomes += 1;
        self.fits()
    }

    /// Whether everything fitted.
    fn fits(&self) -> Result<(), Odd> {
        if self.scratch.odd.get() { Err(TOO_LARGE) } else { Ok(()) }
    }

    fn note_prior(&mut self, event: &EventPlan) {
        let mut prior = std::mem::take(&mut self.scratch.prior);
        prior.clear();
        let value = |rule: &RuleId| self.plan.rules.at(*rule).crossing.as_ref().map_or(0, |it| self.value(&it.value));
        prior.extend(event.waits.iter().map(value));
        self.scratch.prior = prior;
    }

    /// Lets crossings and tiers follow from each other until nothing changes.
    fn settle(&mut self, event: &EventPlan) -> Result<(), Odd> {
        if event.waits.is_empty() && event.ladders.is_empty() {
            return Ok(());
        }
        for _ in 0..=MAX_ROUNDS {
            let mut changed = self.crossings(&event.waits)?;
            for ladder in &event.ladders {
                changed |= self.stand(*ladder)?;
            }
            if !changed {
                return Ok(());
            }
        }
        Err(Odd("rules that come to no rest"))
    }

    /// Lets everything happen that is due by a moment, in order.
    ///
    /// # Errors
    /// [`Odd`] as [`Judge::judge`].
    pub fn advance(&mut self, to: i64) -> Result<(), Odd> {
        let plan = self.plan;
        while self.get(DUE) <= to {
            // What lapses moves no tier: until one may fall, nobody asks in which order that was.
            let turn = self.get(TURN);
            self.lapse_all(if turn <= to { turn - 1 } else { to });
            if turn <= to {
                self.go_to(turn)?;
                self.set(TURN, i64::MAX);
                for ladder in &plan.sliding {
                    for measure in &plan.ladders.at(*ladder).measures {
                        self.slide(*measure);
                    }
                    self.stand(*ladder)?;
                }
            }
            self.set(DUE, self.get(TURN));
            for unit in &plan.lapsing {
                let lots = self.get(plan.units.at(*unit).cells.lots);
                if let Some(lot) = self.pools.lots.front(lots) {
                    let expires = cell(lot, EXPIRES);
                    self.due(expires);
                }
            }
        }
        self.fits()
    }

    fn lapse_all(&mut self, to: i64) {
        let plan = self.plan;
        for unit in &plan.lapsing {
            self.lapse(*unit, to);
        }
    }

    /// When a tier may next fall by itself.
    fn turns(&self, id: LadderId) -> Option<i64> {
        let ladder = self.plan.ladders.at(id);
        if self.get(ladder.cells.tier) == 0 || ladder.for_ever {
            return None;
        }
        ladder.measures.iter().filter_map(|measure| self.leaves(*measure)).min().filter(|at| *at < i64::MAX)
    }

    /// When something next leaves the window of a measure.
    fn leaves(&self, id: MeasureId) -> Option<i64> {
        let measure = self.plan.measures.at(id).as_ref()?;
        let queue = self.get(measure.cells.entries);
        let first = match measure.facts {
            Some(event) => self.pools.facts.at(event).queues.at(place(queue)).map(|fact| cell(fact, TIME)),
            None => self.pools.entries.front(queue).map(|entry| cell(entry, AT)),
        };
        let first = first.unwrap_or(self.moment.now);
        Some(self.plan.clock.leaves(measure.back, first, self.moment)).filter(|at| *at > self.moment.now)
    }

    /// Moves to the highest tier whose condition holds; returns whether that is another one.
    fn stand(&mut self, id: LadderId) -> Result<bool, Odd> {
        let plan = self.plan;
        let ladder = plan.ladders.at(id);
        let old = self.get(ladder.cells.tier);
        let cx = self.cx();
        let holds = |reach: &Option<Num>| reach.as_ref().is_some_and(|reach| reach.holds(&cx));
        let reached = ladder.reach.iter().rposition(holds).map_or(0, |place| place + 1);
        let mut tier = i64::try_from(reached).unwrap_or(0);
        if ladder.for_ever {
            tier = tier.max(old);
        }
        if tier != old {
            self.move_to(id, old, tier)?;
        }
        if let Some(at) = self.turns(id) {
            self.set(TURN, at.min(self.get(TURN)));
            self.due(at);
        }
        Ok(tier != old)
    }

    fn move_to(&mut self, id: LadderId, old: i64, tier: i64) -> Result<(), Odd> {
        let plan = self.plan;
        let ladder = plan.ladders.at(id);
        let highest = self.get(ladder.cells.highest);
        self.set(ladder.cells.tier, tier);
        self.set(ladder.cells.highest, highest.max(tier));
        self.told.moves += 1;
        self.told.outcomes += 1;
        for rung in old + 1..=tier {
            let issues = usize::try_from(rung).ok().and_then(|rung| ladder.issues.get(rung));
            issues.into_iter().flatten().for_each(|reward| self.issue(*reward));
        }
        for rule in &ladder.rules {
            if if tier > old { !rule.rises } else { !rule.falls } {
                continue;
            }
            let rungs = if tier > old { old + 1..=tier } else { tier..=tier };
            let new = |rung: &i64| !rule.first || *rung > highest;
            match rule.to.map(i64::from) {
                Some(to) if rungs.contains(&to) && new(&to) => self.fire(rule.rule)?,
                Some(_) => {}
                None if rule.first => {
                    for _ in rungs.filter(new) {
                        self.fire(rule.rule)?;
                    }
                }
                None => self.fire(rule.rule)?,
            }
        }
        Ok(())
    }
}
