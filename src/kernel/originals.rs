//! Works out what reversals take back, before anything changes.

use crate::engine::abroad::{lessened, part};
use crate::value::{Exact, Instant, Rounding, TimeSpan};

use super::code::{MISSING, cell, set};
use super::judge::{Judge, Odd, TOO_LARGE};
use super::lane::Lane;
use super::plan::{HEAD, KEY, KeyPart, REST, ReversalPlan, TIME};
use super::queues::NOWHERE;
use super::slots::{abroad, abroad_of};

/// What a reversal leaves of one original, or what of it has none.
#[derive(Debug, Clone, Copy)]
pub struct Undoing {
    /// The place of the reversal among those that are judged with it.
    pub lane: u32,
    /// Where the original lies; [`NOWHERE`] where there is none.
    pub at: u32,
    /// What is left of its principal; [`MISSING`] where nothing is left at all.
    pub left: i64,
    /// The same in another currency than the program's, where it was paid in one.
    pub abroad: i64,
}

/// What reversals that are judged together take back.
#[derive(Debug, Default)]
pub struct Undoings {
    /// Those of one reversal follow each other.
    pub all: Vec<Undoing>,
    /// What is left of the other amounts of each: so many for each as its original has.
    pub others: Vec<i64>,
    /// Originals that a reversal may mean.
    found: Vec<u32>,
    /// How much of each other amount a reversal still asks for.
    asked: Vec<i64>,
}

impl Undoings {
    /// Forgets them all.
    pub fn clear(&mut self) {
        self.all.clear();
        self.others.clear();
    }

    /// Nothing is left of all that were found, whose other amounts are so many.
    fn whole(&mut self, lane: &Lane<'_>, others: usize) {
        self.all.extend(self.found.iter().map(|at| Undoing {
            lane: lane.index,
            at: *at,
            left: MISSING,
            abroad: MISSING,
        }));
        self.others.resize(self.others.len() + others * self.found.len(), 0);
    }
}

/// An amount in whole minor units.
fn whole(amount: Exact) -> Result<i64, Odd> {
    amount.to_i64().ok_or(TOO_LARGE)
}

/// Takes as much as is asked for; says what is left of what is there.
fn take(there: i64, asked: &mut i64) -> Result<i64, Odd> {
    let part = there.min(*asked);
    *asked = asked.checked_sub(part).ok_or(TOO_LARGE)?;
    there.checked_sub(part).ok_or(TOO_LARGE)
}

impl Judge<'_, '_> {
    /// A field of an event.
    pub fn slot(&self, lane: &Lane<'_>, at: usize) -> i64 {
        cell(self.slots, lane.slots as usize + at)
    }

    /// A number of an event; nothing where it says none.
    fn amount(&self, lane: &Lane<'_>, at: usize) -> i64 {
        Some(self.slot(lane, at)).filter(|amount| *amount != MISSING).unwrap_or(0)
    }

    /// What some fields of an event say together, as facts keep it.
    pub fn key(&self, lane: &Lane<'_>, parts: &[KeyPart]) -> i64 {
        parts.iter().fold(0, |key: i64, part| {
            key.rotate_left(21)
                ^ match part {
                    KeyPart::Text(at) => self.slot(lane, *at) ^ self.slot(lane, at + 1).rotate_left(32),
                    KeyPart::Plain(at) => self.plan.printer.number(self.slot(lane, *at)),
                }
        })
    }

    /// Works out what a reversal reverses; `false` where it cannot, and then nothing has changed.
    ///
    /// # Errors
    /// [`Odd`] where a number does not fit.
    pub fn originals(&mut self, lane: &Lane<'_>, reversal: &ReversalPlan) -> Result<bool, Odd> {
        let mut undoings = std::mem::take(&mut self.scratch.undoings);
        let (all, others) = (undoings.all.len(), undoings.others.len());
        let done = self.work_out(lane, reversal, &mut undoings);
        if done != Ok(true) {
            undoings.all.truncate(all);
            undoings.others.truncate(others);
        }
        self.scratch.undoings = undoings;
        done
    }

    fn work_out(&mut self, lane: &Lane<'_>, reversal: &ReversalPlan, undoings: &mut Undoings) -> Result<bool, Odd> {
        let principal = reversal.amount.map_or(MISSING, |slot| self.slot(lane, slot));
        undoings.asked.clear();
        undoings.asked.extend(reversal.others.iter().map(|slot| self.amount(lane, *slot)));
        let negative = |amount: i64| amount < 0 && amount != MISSING;
        if negative(principal) || undoings.asked.iter().any(|amount| *amount < 0) {
            return Ok(false);
        }
        self.find(lane, reversal, &mut undoings.found);
        if principal == MISSING && !undoings.found.is_empty() {
            undoings.whole(lane, reversal.others.len());
            return Ok(true);
        }
        let rest = self.share_out(lane, reversal, principal.max(0), undoings)?;
        if undoings.found.is_empty() || rest != 0 {
            let counts = reversal.stand_in.is_some();
            if counts {
                undoings.all.push(Undoing { lane: lane.index, at: NOWHERE, left: rest, abroad: MISSING });
                undoings.others.extend_from_slice(&undoings.asked);
            }
            return Ok(counts);
        }
        Ok(true)
    }

    /// Shares out what is asked for among originals, and says how much of the principal none of them has.
    fn share_out(
        &mut self,
        lane: &Lane<'_>,
        reversal: &ReversalPlan,
        mut rest: i64,
        undoings: &mut Undoings,
    ) -> Result<i64, Odd> {
        let Undoings { all, others, found, asked } = undoings;
        let fact = self.plan.events.at(reversal.of).fact.as_ref();
        let (of, before) = (fact.map_or(0, |fact| fact.others), all.len());
        let paid = fact.and_then(|fact| fact.abroad);
        let mut own = reversal.abroad.map_or(MISSING, |slot| self.slot(lane, slot));
        let (mut taken, wanted) = (0_i64, rest);
        let within_reach = if reversal.spans { found.len() } else { 1 };
        for at in found.iter().take(within_reach) {
            if all.len() > before && rest == 0 {
                break;
            }
            let Some(cells) = self.pools.facts.at(reversal.of).queues.at(*at) else { continue };
            let there = cell(cells, REST);
            let known = paid.map_or(MISSING, |at| cell(cells, at));
            let (left, abroad) = self.take_principal((there, known), &mut rest, &mut own)?;
            taken = taken.checked_add(there.checked_sub(left).ok_or(TOO_LARGE)?).ok_or(TOO_LARGE)?;
            let (first, mut changes) = (others.len(), left != there || abroad != known);
            for (there, asked) in cells.iter().skip(HEAD).take(of).zip(asked.iter_mut()) {
                let left = take(*there, asked)?;
                changes |= left != *there;
                others.push(left);
            }
            // What was worth nothing to begin with has come back whole once nothing else that was asked about is left of it either.
            let gone = left == 0 && (there != 0 || others.iter().skip(first).all(|left| *left == 0));
            if gone || changes {
                all.push(Undoing { lane: lane.index, at: *at, left: if gone { MISSING } else { left }, abroad });
            } else {
                others.truncate(first);
            }
        }
        if reversal.drops_excess && !found.is_empty() && (rest != 0 || asked.iter().any(|rest| *rest != 0)) {
            // Only as much takes effect as there is.
            for (slot, rest) in reversal.others.iter().zip(asked.iter().copied()) {
                let taken = self.amount(lane, *slot).checked_sub(rest).ok_or(TOO_LARGE)?;
                set(self.slots.to_mut(), lane.slots as usize + slot, taken);
            }
            rest = 0;
        }
        if let Some(slot) = reversal.amount.filter(|_| rest == 0 && taken != wanted && !found.is_empty()) {
            set(self.slots.to_mut(), lane.slots as usize + slot, taken);
        }
        Ok(rest)
    }

    /// Takes of a principal as much as is asked for; says what is left of what is there, and of that in the currency in which it was paid.
    fn take_principal(&self, (there, paid): (i64, i64), rest: &mut i64, own: &mut i64) -> Result<(i64, i64), Odd> {
        let theirs = abroad_of(paid);
        if let (Some((currency, known)), Some((ours, asked))) = (theirs, abroad_of(*own))
            && (currency, known.signum(), asked.signum()) == (ours, 1, 1)
        {
            let part = part(there.into(), known, asked, |by, minor| self.worth_of(by, ours, minor))?;
            let back = asked.min(known);
            *own = abroad(ours, asked - back).ok_or(TOO_LARGE)?;
            *rest = whole(self.worth_of(None, ours, asked - back)?)?;
            let left = there.checked_sub(whole(part)?).ok_or(TOO_LARGE)?;
            return Ok((left, abroad(ours, known - back).ok_or(TOO_LARGE)?));
        }
        let left = take(there, rest)?;
        if left == there {
            return Ok((left, paid));
        }
        *own = MISSING;
        let Some((currency, known)) = theirs else { return Ok((left, paid)) };
        let known = lessened(known, there.into(), left.into()).map_err(|_| TOO_LARGE)?;
        Ok((left, abroad(currency, known).ok_or(TOO_LARGE)?))
    }

    /// What minor units of a currency are worth that the program accepts.
    fn worth_of(&self, rounding: Option<Rounding>, accepted: usize, minor: i64) -> Result<Exact, Odd> {
        let program = &self.plan.program;
        let (currency, ..) = program.settings.accepts.get(accepted).ok_or(TOO_LARGE)?;
        // It is worth the same every day: else the fold would judge.
        let any = Instant::from_millis(0).ok_or(TOO_LARGE)?;
        program.convert_by(rounding, minor, *currency, any).map_err(|_| TOO_LARGE)
    }

    /// The originals that a reversal may mean, the first to come back first.
    fn find(&self, lane: &Lane<'_>, reversal: &ReversalPlan, found: &mut Vec<u32>) {
        found.clear();
        let plan = self.plan;
        let Some(fact) = plan.events.at(reversal.of).fact.as_ref() else { return };
        if reversal.key.iter().any(|part| self.slot(lane, part.first()) == MISSING) {
            return;
        }
        let wanted = self.key(lane, &reversal.key);
        let oldest = |within: TimeSpan| within.before(Instant::from_millis(lane.now)?, plan.clock.zone());
        let oldest = reversal.within.and_then(oldest).map_or(i64::MIN, Instant::millis);
        let fits =
            |cells: &[i64]| cell(cells, TIME) > oldest && cell(cells, REST) != MISSING && cell(cells, KEY) == wanted;
        let facts = self.pools.facts.at(reversal.of);
        if facts.of_key(lane.number, lane.get(fact.count), wanted, found) {
            found.retain(|at| facts.queues.at(*at).is_some_and(fits));
        } else {
            let queue = facts.queues.iter(lane.get(fact.queue));
            found.extend(queue.filter(|(_, cells)| fits(cells)).map(|(at, _)| at));
        }
        if reversal.latest_first {
            found.reverse();
        }
    }
}
