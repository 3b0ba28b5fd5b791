//! Reversals: what is kept of events that can be taken back, and how they are.

use crate::arena::Arena;
use crate::hir::{EventDef, EventId, FieldType, MeasureId, Net, Order, Reversal, Source, UnitId, Unmatched, Window};
use crate::source::Span;

use super::super::layout::ABSENT;
use super::super::plan::{AwardCells, FactPlan, HEAD, MeasurePlan, ReversalPlan};
use super::super::queues::EMPTY;
use super::super::term::Lowering;
use super::super::unfit::{Fit, unfit, without};
use super::measures::at_most;

impl FactPlan {
    /// One more award.
    pub(super) fn award(&mut self, unit: UnitId, numbered: bool) -> usize {
        let granted = self.size;
        self.size += 2;
        let lot = numbered.then_some(self.size);
        self.size += usize::from(numbered);
        self.awards.push(AwardCells { unit, granted, lot });
        self.awards.len() - 1
    }
}

impl Lowering<'_> {
    /// What is kept of each type of event.
    pub(super) fn facts(
        &mut self,
        measures: &Arena<MeasureId, Option<MeasurePlan>>,
    ) -> Fit<Arena<EventId, Option<FactPlan>>> {
        let program = self.program;
        program
            .events
            .pairs()
            .map(|(id, event)| {
                let mut by = program.events.iter().filter_map(|def| def.reversal.as_ref().filter(|of| of.of == id));
                let Some(reversal) = by.next() else { return Ok(None) };
                without(by.next().is_some(), "several types of events that take back one", event.span)?;
                self.fact(id, event, reversal, measures).map(Some)
            })
            .collect()
    }

    fn fact(
        &mut self,
        id: EventId,
        event: &EventDef,
        reversal: &Reversal,
        measures: &Arena<MeasureId, Option<MeasurePlan>>,
    ) -> Fit<FactPlan> {
        let [(_, key)] = reversal.key.as_slice() else {
            return unfit("reversals that find their original by several fields", event.span);
        };
        let Some(key) = self.shapes.print(id, *key) else { return unfit("keys that are read elsewhere", event.span) };
        let principal = match reversal.amounts.as_slice() {
            [] => None,
            [(_, theirs)] => {
                let def = event.fields.at(*theirs);
                match self.shapes.slot(id, *theirs, def) {
                    Some((slot, _)) => Some(slot),
                    None => return unfit("amounts of this type", def.span),
                }
            }
            _ => return unfit("reversals of several amounts", event.span),
        };
        let of = |measure: &MeasureId| self.program.measures.at(*measure);
        let changed: Vec<MeasureId> = measures
            .pairs()
            .filter(|(measure, plan)| {
                let counts = matches!(&of(measure).source, Source::Events { event, .. } if *event == id);
                counts && plan.as_ref().is_some_and(|plan| plan.net != Net::Gross)
            })
            .map(|(measure, _)| measure)
            .collect();
        let read = changed.iter().filter_map(|measure| measures.at(*measure).as_ref()).flat_map(|plan| &plan.slots);
        let mut slots: Vec<usize> = read.copied().filter(|slot| Some(*slot) != principal).collect();
        slots.sort_unstable();
        slots.dedup();
        let windows: Vec<MeasureId> = changed
            .iter()
            .copied()
            .filter(|measure| measures.at(*measure).as_ref().is_some_and(|plan| plan.facts == Some(id)))
            .collect();
        let mut kept = reversal.within.or(event.reversible).map(at_most);
        for id in &windows {
            let window = match of(id).window {
                Window::LastDays(length) | Window::LastExactly(length) => at_most(length),
                _ => 0,
            };
            kept = kept.map(|kept| kept.max(window));
        }
        let restarts = changed.iter().any(|id| self.layout.measures.at(*id).restart != ABSENT);
        let place = restarts.then_some(HEAD + slots.len());
        let renews = self.layout.last_of(id).is_some();
        let before = renews.then_some(HEAD + slots.len() + usize::from(restarts));
        let size = HEAD + slots.len() + usize::from(restarts) + usize::from(renews);
        Ok(FactPlan {
            queue: self.layout.cell(EMPTY),
            count: self.layout.cell(0),
            first: self.layout.cell(i64::MAX),
            key,
            principal,
            slots,
            measures: changed,
            windows,
            awards: Vec::new(),
            place,
            before,
            size,
            kept,
        })
    }

    pub(super) fn reversal(&mut self, reversal: &Reversal, span: Span) -> Fit<ReversalPlan> {
        without(reversal.lines.is_some(), "reversals of single lines", span)?;
        without(reversal.unmatched == Unmatched::Counts, "reversals that count without an original", span)?;
        without(reversal.spans, "reversals of several originals", span)?;
        let [(key, theirs)] = reversal.key.as_slice() else {
            return unfit("reversals that find their original by several fields", span);
        };
        let same = |a: &FieldType, b: &FieldType| std::mem::discriminant(a) == std::mem::discriminant(b);
        let (own, original) = (self.program.events.at(self.event), self.program.events.at(reversal.of));
        let text = |ty: &FieldType| matches!(ty, FieldType::Id | FieldType::Text);
        let texts = text(&own.fields.at(*key).ty) && text(&original.fields.at(*theirs).ty);
        without(!texts, "keys that are no texts", span)?;
        let Some(key) = self.shapes.print(self.event, *key) else { return unfit("keys that are read elsewhere", span) };
        let amount = match reversal.amounts.as_slice() {
            [] => None,
            [(own_amount, theirs)] => {
                let (mine, other) = (own.fields.at(*own_amount), original.fields.at(*theirs));
                without(!same(&mine.ty, &other.ty), "amounts of two types", span)?;
                match self.shapes.slot(self.event, *own_amount, mine) {
                    Some((slot, _)) => Some(slot),
                    None => return unfit("amounts of this type", span),
                }
            }
            _ => return unfit("reversals of several amounts", span),
        };
        Ok(ReversalPlan {
            of: reversal.of,
            key,
            amount,
            within: reversal.within.or(original.reversible),
            drops_excess: reversal.excess_dropped,
            latest_first: reversal.order == Order::LatestFirst,
        })
    }
}
