//! What tiers that are held for a time stand on: reasons to hold them, and rises, go with the ground that a reversal takes (S22, S24).

use crate::hir::{LadderId, LadderRefund};

use super::code::{cell, set};
use super::judge::Judge;
use super::lane::Lane;
use super::layout::ABSENT;
use super::plan::{HeldPlan, LadderPlan};
use super::store::hanging;
use super::store::hold::{self, GONE, LOST, SINCE, TIER, UNTIL, carries};

/// A reason to hold a tier.
type Hold = [i64; hold::WIDTH];

impl Judge<'_, '_> {
    /// Which rises and which reasons to hold tiers have their ground, by ladder and in order.
    pub fn grounds(&mut self, lane: &Lane<'_>) -> Vec<bool> {
        let mut all = Vec::new();
        for id in &self.plan.grounded {
            let Some(held) = &self.plan.ladders.at(*id).held else { continue };
            let firm = self.firm(lane, *id);
            all.extend(self.founded_rises(lane, *id, &firm).into_iter().map(|(_, since)| since.is_some()));
            all.extend(self.holds_of(lane.get(held.holds)).iter().map(|hold| firm.contains(hold)));
        }
        all
    }

    /// Takes rises back, and lets those reasons go, at once or at the end of the period, that had their ground and no longer have it.
    pub fn lose_ground(&mut self, lane: &Lane<'_>, before: &[bool]) {
        let mut before = before.iter();
        for id in &self.plan.grounded {
            let Some(held) = &self.plan.ladders.at(*id).held else { continue };
            let firm = self.firm(lane, *id);
            self.lose_rises(lane, *id, &firm, &mut before);
            let end = self.today(lane).period(held.period).end;
            let holds = self.pools.holds.iter(lane.get(held.holds));
            let lost = holds.filter(|(_, hold)| {
                let had = before.next() == Some(&true);
                had && !firm.iter().any(|firm| hold.starts_with(firm))
            });
            let lost: Vec<u32> = lost.map(|(at, _)| at).collect();
            for at in lost {
                if let Some(hold) = self.pools.holds.at_mut(at) {
                    set(hold, LOST, if held.refunds == LadderRefund::AtOnce { GONE } else { end });
                }
            }
            self.let_go(lane, held);
        }
    }

    /// The reasons to hold tiers of a ladder that have their ground, the oldest first, and those that are over before what they led to.
    fn firm(&mut self, lane: &Lane<'_>, id: LadderId) -> Vec<Hold> {
        let ladder = self.plan.ladders.at(id);
        let Some(held) = &ladder.held else { return Vec::new() };
        let mut all = if held.ended == ABSENT { Vec::new() } else { self.holds_of(lane.get(held.ended)) };
        all.extend(self.holds_of(lane.get(held.holds)));
        all.sort_by_key(|hold| cell(hold, SINCE));
        let mut firm = Vec::with_capacity(all.len());
        for hold in all {
            if self.is_grounded(lane, (ladder, held), (cell(&hold, TIER), cell(&hold, SINCE)), &firm) {
                firm.push(hold);
            }
        }
        firm
    }

    /// Whether a tier that was qualified for at a moment still is, by what counts for that period now; or is at least kept by that, where the
    /// member had it for one of these reasons.
    fn is_grounded(
        &mut self,
        lane: &Lane<'_>,
        (ladder, held): (&LadderPlan, &HeldPlan),
        (tier, since): (i64, i64),
        firm: &[Hold],
    ) -> bool {
        let then = Lane { now: since, ..*lane };
        let carried = held.keep_of(tier).is_some() && firm.iter().any(|hold| carries(hold, tier, since));
        self.held_then(&then, ladder, held, tier, false) || carried && self.held_then(&then, ladder, held, tier, true)
    }

    /// Where hangs what rises of a ladder brought, in order, and since when that stands by what counts now: since the tier was qualified for, or
    /// since another reason for which it is held.
    fn founded_rises(&mut self, lane: &Lane<'_>, id: LadderId, firm: &[Hold]) -> Vec<(u32, Option<i64>)> {
        let ladder = self.plan.ladders.at(id);
        let Some(held) = ladder.held.as_ref().filter(|_| ladder.cells.rises != ABSENT) else { return Vec::new() };
        let rises = self.pools.hanging.iter(lane.get(ladder.cells.rises));
        let rises: Vec<_> =
            rises.map(|(at, rise)| (at, cell(rise, hanging::TIER), cell(rise, hanging::SINCE))).collect();
        let mut founded = Vec::with_capacity(rises.len());
        for (at, tier, since) in &rises {
            let again = || rises.iter().any(|(_, other, later)| other == tier && later > since);
            let since = match self.is_grounded(lane, (ladder, held), (*tier, *since), firm) {
                true => Some(*since),
                false if again() => None,
                false => held_since(lane, firm, *tier),
            };
            founded.push((*at, since));
        }
        founded
    }

    /// Takes back what rises of a ladder brought that had their ground and no longer have it.
    fn lose_rises<'f>(
        &mut self,
        lane: &Lane<'_>,
        id: LadderId,
        firm: &[Hold],
        before: &mut impl Iterator<Item = &'f bool>,
    ) {
        for (at, founded) in self.founded_rises(lane, id, firm) {
            match (before.next(), founded) {
                (_, Some(since)) => {
                    self.pools.hanging.at_mut(at).into_iter().for_each(|row| set(row, hanging::SINCE, since));
                }
                (Some(true), None) => self.revoke(lane, at),
                _ => {}
            }
        }
        let queue = self.plan.ladders.at(id).cells.rises;
        if queue != ABSENT {
            self.let_revoked_go(lane, queue);
        }
    }
}

/// Since when a tier, or a higher one, is held by now for a reason that has its ground.
fn held_since(lane: &Lane<'_>, firm: &[Hold], tier: i64) -> Option<i64> {
    let above = firm.iter().filter(|hold| cell(*hold, TIER) >= tier && cell(*hold, UNTIL) > lane.now);
    above.map(|hold| cell(hold, SINCE)).min()
}
