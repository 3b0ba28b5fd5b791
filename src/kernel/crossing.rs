//! Rules that wait until a measure reaches something.

use crate::engine::MOST_AT_ONCE;
use crate::hir::RuleId;

use super::judge::{Judge, Odd};
use super::lane::Lane;
use super::layout::ABSENT;
use super::plan::{CrossingPlan, Once};

impl Judge<'_, '_> {
    /// Fires rules whose measure has crossed what they wait for.
    pub fn crossings(&mut self, waits: &[RuleId], lanes: &[Lane<'_>]) -> Result<(), Odd> {
        for (place, id) in waits.iter().enumerate() {
            let Some(crossing) = &self.plan.rules.at(*id).crossing else { continue };
            let mut prior = self.scratch.prior.get_mut(place).map(std::mem::take).unwrap_or_default();
            let mut before = |lane: &Lane<'_>, now: i64| {
                prior.get_mut(lane.place()).map_or(now, |prior| std::mem::replace(prior, now))
            };
            let done = if crossing.repeats.is_none() && crossing.cells.hanging == ABSENT {
                self.cross_once(lanes, *id, crossing, &mut before)
            } else {
                let mut done = Ok(());
                self.each(&crossing.value, lanes, |judge, lane, now| {
                    let before = before(lane, now);
                    if now > before && done.is_ok() {
                        done = judge.cross(lane, *id, crossing, before, now);
                    }
                });
                done
            };
            if let Some(column) = self.scratch.prior.get_mut(place) {
                *column = prior;
            }
            done?;
        }
        Ok(())
    }

    /// Fires a rule that waits for one threshold for all who have crossed it, side by side.
    fn cross_once<'m>(
        &mut self,
        lanes: &[Lane<'m>],
        id: RuleId,
        crossing: &CrossingPlan,
        mut before: impl FnMut(&Lane<'m>, i64) -> i64,
    ) -> Result<(), Odd> {
        let (cells, step) = (crossing.cells, crossing.step);
        let mut crossed = self.scratch.room.take_lanes();
        self.each(&crossing.value, lanes, |judge, lane, now| {
            if (before(lane, now) < step) & (step <= now) {
                let (key, done) = judge.crossed_before(lane, crossing);
                if done < 1 {
                    lane.set(cells.period, key);
                    lane.set(cells.multiple, 1);
                    crossed.push(*lane);
                }
            }
        });
        if !crossed.is_empty() {
            self.rises()?;
            self.fire(id, &crossed)?;
        }
        self.scratch.room.give_lanes(crossed);
        Ok(())
    }

    /// For how long a crossing counts now, and the highest multiple that was crossed in that time.
    fn crossed_before(&self, lane: &Lane<'_>, crossing: &CrossingPlan) -> (i64, i64) {
        let cells = crossing.cells;
        let key = match crossing.once {
            Once::Ever => 0,
            Once::Period(period) => self.today(lane).period(period).start,
            Once::Moment => lane.now,
        };
        let same = crossing.once == Once::Ever || lane.get(cells.period) == key;
        (key, if same { lane.get(cells.multiple) } else { 0 })
    }

    fn cross(
        &mut self,
        lane: &Lane<'_>,
        id: RuleId,
        crossing: &CrossingPlan,
        before: i64,
        now: i64,
    ) -> Result<(), Odd> {
        let cells = crossing.cells;
        let (key, done) = self.crossed_before(lane, crossing);
        let multiples = |value: i64| match crossing.repeats {
            None => i64::from(value >= crossing.step),
            Some(_) => value.div_euclid(crossing.step).max(0),
        };
        let first = (multiples(before).max(done) + 1).max(crossing.repeats.unwrap_or(1));
        let last = multiples(now);
        if last.saturating_sub(first) >= MOST_AT_ONCE {
            return Err(Odd("more crossings at once than are fired"));
        }
        for multiple in first..=last {
            self.rises()?;
            lane.set(cells.period, key);
            lane.set(cells.multiple, multiple);
            self.fire_crossing(lane, id, crossing, (key, multiple))?;
            if lane.get(cells.multiple) != multiple {
                // The rule has restarted its measure: further multiples are to be reached again.
                break;
            }
        }
        Ok(())
    }
}
