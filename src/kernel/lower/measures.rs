//! Measures: what counts, and over which time.

use crate::hir::{Aggregate, Measure, MeasureId, Net, Shield, Source};
use crate::value::TimeSpan;

use super::super::clock::{Back, Clock};
use super::super::code::Num;
use super::super::layout::ABSENT;
use super::super::plan::{How, MeasurePlan};
use super::super::term::Lowering;
use super::super::unfit::{Fit, unfit, without};

impl Lowering<'_> {
    /// A measure; none where it is a formula, which is lowered wherever it is read.
    pub(super) fn measure(&mut self, id: MeasureId, measure: &Measure, clock: &mut Clock) -> Fit<Option<MeasurePlan>> {
        let span = measure.span;
        without(measure.share.is_some(), "measures with a capped share", span)?;
        let cells = *self.layout.measures.at(id);
        self.slots.clear();
        self.beyond = false;
        match &measure.source {
            Source::Formula(_) => Ok(None),
            Source::Run { .. } => unfit("runs of events", span),
            Source::Postings { .. } => unfit("measures of postings", span),
            Source::Streak { event, filter, period, shield } => {
                let Shield { enough, repairs, frozen } = shield;
                let shielded = enough.is_some() || repairs.is_some() || frozen.is_some();
                without(shielded, "streaks with a shield", span)?;
                self.event = *event;
                without(self.is_reversible(*event), "streaks of what can be taken back", span)?;
                let filter = filter.as_ref().map(|filter| Ok(self.term(filter)?.num)).transpose()?;
                let how = How::Streak(clock.period(*period, span)?);
                let value = Num::Const(1);
                let back = Back::Period(clock.period(*period, span)?);
                let slots = std::mem::take(&mut self.slots);
                Ok(Some(MeasurePlan {
                    cells,
                    list: None,
                    value,
                    filter,
                    how,
                    back,
                    net: Net::Gross,
                    slots,
                    facts: None,
                    fell: ABSENT,
                }))
            }
            Source::Events { aggregate, event, list, value, filter } => {
                self.event = *event;
                let defs = list.and_then(|list| match &self.program.events.at(*event).fields.get(list)?.ty {
                    crate::hir::FieldType::List(defs) => Some((list, defs)),
                    _ => None,
                });
                let place = defs.map(|(list, defs)| (self.shapes.list(*event, list, defs), defs.len()));
                self.list = *list;
                let lowered = self.contribution(*aggregate, value.as_ref(), filter.as_ref(), measure);
                self.list = None;
                let (value, scale, filter) = lowered?;
                let how = match aggregate {
                    Aggregate::Sum | Aggregate::Count => How::Sum,
                    Aggregate::Distinct => How::Distinct,
                    _ => return unfit("this aggregate of events", span),
                };
                let net = if self.is_reversible(*event) { measure.net } else { Net::Gross };
                without(how == How::Distinct && net != Net::Gross, "different values of what can be taken back", span)?;
                without(list.is_some() && net != Net::Gross, "lines of what can be taken back", span)?;
                self.layout.measures.at_mut(id).scale = scale;
                let cells = *self.layout.measures.at(id);
                let back = clock.back(measure.window, span)?;
                let slots = std::mem::take(&mut self.slots);
                // What is left of each event says what it counts for.
                let windowed = matches!(back, Back::Days(..) | Back::Exactly(_));
                let by_facts = windowed && how == How::Sum && !matches!(net, Net::Gross | Net::WhenReversed);
                // What found no original counts there too.
                let facts = (by_facts && !self.beyond && !self.counts_without(*event)).then_some(*event);
                Ok(Some(MeasurePlan { cells, list: place, value, filter, how, back, net, slots, facts, fell: ABSENT }))
            }
        }
    }

    fn contribution(
        &mut self,
        how: Aggregate,
        value: Option<&crate::hir::Expr>,
        filter: Option<&crate::hir::Expr>,
        measure: &Measure,
    ) -> Fit<(Num, i64, Option<Num>)> {
        let filter = filter.map(|filter| Ok(self.term(filter)?.num)).transpose()?;
        let (value, scale) = match (how, value) {
            // Also what has no value counts as an event.
            (Aggregate::Count, _) | (_, None) => (Num::Const(1), 1),
            (Aggregate::Sum, Some(value)) => self.number(value)?,
            (_, Some(value)) => {
                let term = self.term(value)?;
                without(term.scale != 1, "different numbers", measure.span)?;
                (term.num, 1)
            }
        };
        Ok((value, scale, filter))
    }
}

/// At most so many milliseconds.
pub(super) fn at_most(span: TimeSpan) -> i64 {
    let days = i64::from(span.months) * 31 + i64::from(span.days) + 1;
    days.saturating_mul(86_400_000).saturating_add(span.millis)
}
