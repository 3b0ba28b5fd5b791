//! Amounts of which each part is judged at the tier in which it was made (`tier split`).

use crate::hir::LadderId;
use crate::value::Exact;

use super::fault::Fault;
use super::fold::{Fold, View};

/// A part of an amount: the tier in which it was made, and its share of the whole.
pub type Part = (u32, Exact);

/// What is judged in one go: an amount as a whole, or a part of it.
pub struct Portion<'v> {
    /// What it sees.
    pub view: View<'v>,
    /// Which part it is, where it is one.
    pub part: Option<Part>,
}

impl<'v> Portion<'v> {
    /// The portions of an amount; it is one itself where it is not split.
    pub fn all(view: View<'v>, parts: impl Iterator<Item = (Part, View<'v>)>) -> Vec<Self> {
        let mut all: Vec<_> = parts.map(|(part, view)| Self { view, part: Some(part) }).collect();
        if all.is_empty() {
            all.push(Self { view, part: None });
        }
        all
    }
    /// So much of an amount as is this portion of it.
    pub fn of(&self, amount: Exact) -> Result<Exact, Fault> {
        Ok(match self.part {
            Some((_, share)) => amount.mul(share)?,
            None => amount,
        })
    }
    /// The amount of which this portion is so much.
    pub fn out_of(&self, portion: Exact) -> Result<Exact, Fault> {
        Ok(match self.part {
            Some((_, share)) => portion.div(share)?,
            None => portion,
        })
    }
}

impl Fold<'_> {
    /// What the event at hand made in which tier, lowest first: its share below each threshold that it crosses. Empty where it crosses none.
    pub fn split(&self, ladder: LadderId, after: &[u32]) -> Result<Vec<Part>, Fault> {
        let (position, ladder) = (ladder.0 as usize, self.program.ladders.at(ladder));
        let low = self.before.get(position).copied().unwrap_or(0);
        let high = after.get(position).copied().unwrap_or(low);
        let (Some(by), true) = (ladder.by, high > low) else { return Ok(Vec::new()) };
        let start = self.prior.iter().find(|(id, _)| *id == by).map_or(Exact::ZERO, |(_, value)| *value);
        let end = self.measure(by, View::default())?;
        let whole = end.sub(start)?;
        if whole <= Exact::ZERO {
            return Ok(Vec::new());
        }
        let (mut parts, mut from) = (Vec::new(), start);
        for tier in low..=high {
            let next = ladder.tiers.get(tier as usize + 1).filter(|_| tier < high).and_then(|t| t.threshold.as_ref());
            let to = next
                .map_or(Ok(end), |threshold| self.judge.exact(threshold, &self.cx(View::default())))?
                .clamp(from, end);
            if to > from {
                parts.push((tier, to.sub(from)?.div(whole)?));
            }
            from = to;
        }
        Ok(parts)
    }
}
