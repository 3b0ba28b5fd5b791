//! What boosts with limits have brought of what is given, in whole steps, so that limits count what was given and no more (S13).

use std::collections::BTreeSet;

use crate::value::{Exact, Rounding, split};

use super::earn::Share;
use super::fault::Fault;
use super::fold::Fold;

impl Fold<'_> {
    /// Of awards that were rounded to such amounts: how much of each is of which of its boosts with limits, in their order. A boost has brought
    /// what there is more than there would be without it, rounded as well; over the awards of one rounding by what it adds to each.
    pub fn bonus_steps(&self, shares: &[Share], amounts: &[i64]) -> Result<Vec<Vec<i64>>, Fault> {
        let mut brought: Vec<Vec<i64>> = shares.iter().map(|share| vec![0; share.limited.len()]).collect();
        if brought.iter().all(Vec::is_empty) {
            return Ok(brought);
        }
        for ((_, rounding), members) in self.rounded_together(shares.iter().map(|share| (share.earn, share.line))) {
            let members: Vec<(usize, &Share)> =
                members.into_iter().filter_map(|i| shares.get(i).map(|share| (i, share))).collect();
            let limited = members.iter().flat_map(|(_, share)| share.limited.iter().map(|of| (share.earn, of.boost)));
            for (earn, boost) in limited.collect::<BTreeSet<_>>() {
                let place = |share: &Share| {
                    let found = share.limited.iter().position(|limited| limited.boost == boost);
                    found.filter(|_| share.earn == earn)
                };
                let adds: Vec<Exact> = members.iter().map(|(_, share)| given(share, place(share))).collect();
                let steps = brought_together(&members, amounts, &adds, rounding)?;
                for ((i, share), steps) in members.iter().zip(split(steps, &adds)?) {
                    let slot = place(share).and_then(|place| brought.get_mut(*i)?.get_mut(place));
                    slot.into_iter().for_each(|slot| *slot = steps);
                }
            }
        }
        Ok(brought)
    }
}

/// What a boost at some place adds to a share.
fn given(share: &Share, place: Option<usize>) -> Exact {
    place.and_then(|place| share.limited.get(place)).map_or(Exact::ZERO, |limited| limited.given)
}

/// How many steps awards that are rounded together have more than they would without what a boost adds to each. Their own limits may leave
/// nothing of that.
fn brought_together(
    members: &[(usize, &Share)],
    amounts: &[i64],
    adds: &[Exact],
    rounding: Rounding,
) -> Result<i64, Fault> {
    let (mut with, mut without, mut all) = (0, Exact::ZERO, Exact::ZERO);
    for ((i, share), adds) in members.iter().zip(adds) {
        with += amounts.get(*i).copied().unwrap_or(0);
        without = without.add(share.asked.sub(*adds)?.min(share.amount))?;
        all = all.add(*adds)?;
    }
    Ok((with - rounding.round(without)?).clamp(0, Rounding::Up.round(all)?.max(0)))
}
