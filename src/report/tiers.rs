//! Who holds which tier, now and before, and who moved.

use std::collections::{BTreeMap, BTreeSet};

use crate::hir::{Ladder, LadderId, Program};
use crate::value::ArithmeticError;

use super::customers::Customers;
use super::definition as means;
use super::figure::{Chart, Section, Table, head, text, thing};
use super::moves::Move;
use super::people::Person;
use super::scope::Scope;
use super::value::{Named, Quantity, count, share};
use super::watch::Watch;

/// How many tiers of one ladder have a row and a column each; of a longer one only those have, in which somebody was.
const MOST_SHOWN: usize = 60;

/// What there is to say of ladders.
pub struct Tiers<'t> {
    /// The newest version.
    pub program: &'t Program,
    /// The times.
    pub scope: &'t Scope,
    /// Everybody.
    pub people: &'t [Person],
    /// What happened.
    pub watch: &'t Watch<'t>,
}

impl Tiers<'_> {
    /// One section for each ladder.
    ///
    /// # Errors
    /// Where sums are too large to be counted.
    pub fn sections(&self, customers: &Customers<'_>) -> Result<Vec<Section>, ArithmeticError> {
        let moves = self.watch.moves.within(self.scope.period);
        let mut baskets = customers.baskets()?.into_iter();
        let section = |(id, ladder): (LadderId, &Ladder)| {
            let named = Named::new(&ladder.name, ladder.label.as_ref());
            let place = crate::arena::Id::index(id);
            let shown = self.shown(id, place, ladder);
            let tables = [
                self.now(place, ladder, &shown),
                moved(&moves, id, ladder, &shown),
                self.over_time(id, place, ladder, &shown),
            ];
            let tables = tables.into_iter().map(|table| table.of(&named)).chain(baskets.next()).collect();
            Section { title: format!("Tiers: {}", named.label), figures: Vec::new(), tables }
        };
        Ok(self.program.ladders.pairs().map(section).collect())
    }

    /// The places of the tiers that are shown.
    fn shown(&self, id: LadderId, place: usize, ladder: &Ladder) -> Vec<usize> {
        let all = 0..ladder.tiers.len();
        if all.len() <= MOST_SHOWN {
            return all.collect();
        }
        let moves = self.watch.moves.within(self.scope.history);
        let moved = moves.keys().filter(|moved| moved.0 == id).flat_map(|moved| [moved.1, moved.2]);
        let held = self.people.iter().map(|person| person.tier_before(place, crate::value::Instant::LAST));
        let places: BTreeSet<u32> = moved.chain(held).collect();
        places.into_iter().map(|place| place as usize).collect()
    }

    fn now(&self, place: usize, ladder: &Ladder, shown: &[usize]) -> Table {
        let held = self.held(place, ladder, self.scope.history.to, None);
        let all = held.iter().sum();
        let rows = of(shown, &ladder.tiers).zip(of(shown, &held)).map(|(tier, members)| {
            vec![thing(&tier.name, tier.label.as_ref()), count(*members), share(*members, all, "there are no members")]
        });
        Table::new(means::TIERS_NOW, &["tier", "members", "share"], rows.collect()).drawn(Chart::Bars(1))
    }

    /// How many members held each tier at the end of a day; the moment after it where there is one.
    fn held(
        &self,
        place: usize,
        ladder: &Ladder,
        day: crate::value::Day,
        end: Option<crate::value::Instant>,
    ) -> Vec<usize> {
        let mut held = vec![0_usize; ladder.tiers.len()];
        for person in self.people.iter().filter(|person| person.belongs(day)) {
            let tier = person.tier_before(place, end.unwrap_or(crate::value::Instant::LAST));
            held.get_mut(tier as usize).into_iter().for_each(|members| *members += 1);
        }
        held
    }

    fn over_time(&self, id: LadderId, place: usize, ladder: &Ladder, shown: &[usize]) -> Table {
        let mut rows = Vec::new();
        for part in &self.scope.parts {
            let after = part.days.to.plus_days(1).filter(|_| part.days.to < self.scope.history.to);
            let end = after.map(|day| self.scope.calendar.zone.start_of(day));
            let held = self.held(place, ladder, part.days.to.min(self.scope.history.to), end);
            let moves = self.watch.moves.within(part.days);
            let sum = |test: &dyn Fn(&Move) -> bool| {
                moves.iter().filter(|(m, _)| m.0 == id && test(m)).map(|(_, n)| *n).sum::<i64>()
            };
            let (rose, fell) = (sum(&|moved| moved.1 < moved.2), sum(&|moved| moved.1 > moved.2));
            let row = std::iter::once(text(&part.name)).chain(of(shown, &held).copied().map(count));
            rows.push(row.chain([rose, fell].map(|number| Ok(Quantity::Count(number)))).collect());
        }
        let tiers = of(shown, &ladder.tiers).map(|tier| Named::new(&tier.name, tier.label.as_ref()));
        let heads = std::iter::once(head(self.scope.part_word())).chain(tiers).chain(["rose", "fell"].map(head));
        let parts = (1..=shown.len()).collect();
        Table::headed(means::TIERS_OVER_TIME, heads.collect(), rows).drawn(Chart::Stacked(parts))
    }
}

/// The values at these places.
fn of<'v, T>(places: &[usize], values: &'v [T]) -> impl Iterator<Item = &'v T> {
    places.iter().filter_map(|place| values.get(*place))
}

fn moved(moves: &BTreeMap<Move, i64>, id: LadderId, ladder: &Ladder, shown: &[usize]) -> Table {
    let tiers = || of(shown, &ladder.tiers).map(|tier| Named::new(&tier.name, tier.label.as_ref()));
    let places = || shown.iter().map(|place| u32::try_from(*place).unwrap_or(u32::MAX));
    let row = |(from, tier): (u32, Named)| {
        let to = |to: u32| Ok(Quantity::Count(moves.get(&(id, from, to)).copied().unwrap_or(0)));
        std::iter::once(Ok(Quantity::Named(tier))).chain(places().map(to)).collect()
    };
    let rows = places().zip(tiers()).map(row).collect();
    let to = |tier: Named| Named { label: format!("to {}", tier.label).into(), ..tier };
    let heads = std::iter::once(head("from")).chain(tiers().map(to)).collect();
    Table::headed(means::TIER_MOVES, heads, rows)
}
