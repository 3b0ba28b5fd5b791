//! What is above the threshold of the tier reached counts in the next period too, as long as what brought it does.

use serde::{Deserialize, Serialize};

use crate::hir::{Ladder, LadderId, Read, Window};
use crate::value::{Exact, Instant, PeriodKind, Value};

use super::fault::Fault;
use super::fold::{Fold, View};
use super::tier::rungs;

/// What rolled over into each period, by the moment with which that begins, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Carried(Vec<(Instant, Exact)>);

impl Carried {
    /// What rolled over into the period that begins at a moment.
    pub fn at(&self, start: Instant) -> Option<Exact> {
        self.0.iter().rev().find(|(since, _)| *since == start).map(|(_, surplus)| *surplus)
    }

    /// Notes what rolls over into a period, which is the newest.
    fn note(&mut self, start: Instant, surplus: Exact) {
        self.0.retain(|(since, _)| *since < start);
        self.0.push((start, surplus));
    }
}

/// The same as it is stored: earlier builds knew of the newest period only.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Newest(Option<(Instant, Exact)>),
    All(Vec<(Instant, Exact)>),
}

impl From<Stored> for Carried {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Newest(newest) => Self(newest.into_iter().collect()),
            Stored::All(all) => Self(all),
        }
    }
}

/// Before a reversal: what rolled over of each ladder by what counts for those periods, oldest first.
pub type Surpluses = Vec<Vec<Exact>>;

impl Fold<'_> {
    /// The period of the measure of which what is above the tier reached rolls over.
    pub(super) fn rollover_period(&self, ladder: &Ladder) -> Option<PeriodKind> {
        match self.program.measures.at(ladder.rollover?).window {
            Window::Period(kind) => Some(kind),
            _ => None,
        }
    }

    /// What is above the threshold of the tier reached counts in the period that begins now.
    pub(super) fn roll_over(&mut self, id: LadderId, ladder: &Ladder) -> Result<(), Fault> {
        let now = self.at.now;
        let (value, surplus) = self.surplus(ladder, now)?;
        // Nothing rolls over of nothing, whatever comes back.
        if value > Exact::ZERO {
            self.state.ladders.at_mut(id).carry.note(now, surplus);
        }
        Ok(())
    }

    /// The value of the measure just before a period began, and what of it is above the threshold of the tier reached, by what counts now.
    fn surplus(&self, ladder: &Ladder, start: Instant) -> Result<(Exact, Exact), Fault> {
        let none = (Exact::ZERO, Exact::ZERO);
        let Some(by) = ladder.rollover else { return Ok(none) };
        let before = start.plus_millis(-1).ok_or(Fault::Calendar)?;
        let view = View { at: Some(self.moment(before)), ..View::default() };
        let Value::Exact(value) = self.cx(view).read(Read::Measure(by))? else { return Ok(none) };
        let mut surplus = Exact::ZERO;
        for (_, tier) in rungs(ladder) {
            if let Some(threshold) = &tier.surplus
                && self.reached_at(tier, false, before)?
            {
                surplus = value.sub(self.judge.exact(threshold, &self.cx(view))?)?.max(Exact::ZERO);
            }
        }
        Ok((value, surplus))
    }

    /// Before a reversal: what rolled over.
    pub(super) fn surpluses(&self) -> Result<Surpluses, Fault> {
        let of = |(id, ladder): (LadderId, &Ladder)| {
            let carried = &self.state.ladders.at(id).carry.0;
            carried.iter().map(|(start, _)| Ok(self.surplus(ladder, *start)?.1)).collect()
        };
        self.program.ladders.pairs().map(of).collect()
    }

    /// After a reversal: what rolled over is as much less, or more, as what brought it is.
    pub(super) fn roll_again(&mut self, before: &Surpluses) -> Result<(), Fault> {
        for ((id, ladder), before) in self.program.ladders.pairs().zip(before) {
            for (place, was) in before.iter().enumerate() {
                let Some((start, _)) = self.state.ladders.at(id).carry.0.get(place).copied() else { continue };
                // What rolled over into an earlier period is right already, and rolls on.
                let (_, is) = self.surplus(ladder, start)?;
                if let Some((_, surplus)) = self.state.ladders.at_mut(id).carry.0.get_mut(place) {
                    *surplus = surplus.add(is.sub(*was)?)?.max(Exact::ZERO);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_build_noted_of_the_newest_period_is_read() {
        let (first, second) = (Instant::from_millis(1).unwrap(), Instant::from_millis(2).unwrap());
        let mut carried = Carried::default();
        carried.note(first, 5.into());
        let newest = serde_json::to_string(&carried.0.first()).unwrap();
        for (stored, at) in [("null".to_owned(), None), (newest, Some(5.into()))] {
            assert_eq!(serde_json::from_str::<Carried>(&stored).unwrap().at(first), at);
        }
        carried.note(second, 7.into());
        let stored = serde_json::to_string(&carried).unwrap();
        assert_eq!(serde_json::from_str::<Carried>(&stored).unwrap(), carried);
    }
}
