//! What held once: what is counted may have fallen since by itself, as by a sale below zero, and that takes nothing back (S22, S24).

use crate::hir::{Aggregate, MeasureId, Source};
use crate::value::{Exact, Instant, Value};

use super::context::Moment;
use super::fact::Fact;
use super::fault::Fault;
use super::fold::{Fold, View};
use super::reference;

impl Fold<'_> {
    /// Whether something holds at the last moment of a time, or did once in it, by what counts now: before an event that made one of these
    /// measures fall, or before any event where it may cease to hold by anything.
    pub(super) fn held_once(
        &self,
        falling: Option<&[MeasureId]>,
        first: Instant,
        last: Instant,
        holds: impl Fn(Moment) -> Result<bool, Fault>,
    ) -> Result<bool, Fault> {
        let end = self.moment(last);
        if holds(end)? {
            return Ok(true);
        }
        let counted = self.state.facts_from(first).take_while(|fact| fact.event.time <= last);
        for fact in counted.filter(|fact| !fact.gone && !fact.negative) {
            let fell = match falling {
                Some(measures) => self.lowers_any(measures, fact)?,
                None => true,
            };
            if fell && holds(Moment { before: Some(fact.place), ..end })? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn lowers_any(&self, measures: &[MeasureId], fact: &Fact) -> Result<bool, Fault> {
        for measure in measures {
            if self.may_lower(*measure, fact)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether an event that is there may have lowered a measure by coming.
    fn may_lower(&self, id: MeasureId, fact: &Fact) -> Result<bool, Fault> {
        let measure = self.program.measures.at(id);
        match &measure.source {
            Source::Events { event, .. } | Source::Run { event, .. } if *event != fact.event.kind => Ok(false),
            Source::Events { aggregate, .. } if aggregate.only_rises() => Ok(false),
            Source::Events { aggregate: Aggregate::Sum, .. } => {
                let (cx, mut added) = (self.cx(View::default()), Vec::new());
                reference::values(measure, &fact.event.fields, fact.event.time, 1, &cx, &mut added)?;
                Ok(added.iter().any(|one| matches!(&one.value, Value::Exact(value) if *value < Exact::ZERO)))
            }
            Source::Events { .. } | Source::Run { .. } => Ok(true),
            // They fall as time goes by, or with what is taken from a balance: what was reached of them is looked at in its own way.
            Source::Streak { .. } | Source::Postings { .. } | Source::Formula(_) => Ok(false),
        }
    }
}
