//! Reversals: what is kept of events that can be taken back, and how they are.

use crate::arena::Arena;
use crate::hir::{
    Aggregate, EventDef, EventId, FieldDef, FieldId, FieldType, Measure, MeasureId, Net, Order, Reversal, Source,
    UnitId, Unmatched,
};
use crate::source::Span;

use super::super::clock::Back;
use super::super::layout::ABSENT;
use super::super::plan::{AwardCells, FactPlan, HEAD, KeyPart, MeasurePlan, ReversalPlan, StandIn};
use super::super::queues::EMPTY;
use super::super::slots::Form;
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
        let key = self.key(id, reversal.key.iter().map(|(_, theirs)| *theirs))?;
        let (principal, others) = amounts(reversal, &event.fields);
        let abroad = self.abroad(reversal, principal).map(|(_, theirs)| self.shapes.abroad(id, theirs));
        let principal = principal.map(|(_, theirs)| self.amount(id, theirs)).transpose()?;
        let others = others.map(|(_, theirs)| self.amount(id, theirs)).collect::<Fit<Vec<usize>>>()?;
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
        let mut read: Vec<usize> =
            read.copied().filter(|slot| Some(*slot) != principal && !others.contains(slot)).collect();
        read.sort_unstable();
        read.dedup();
        let slots = [others.as_slice(), abroad.as_slice(), &read].concat();
        let abroad = abroad.map(|_| HEAD + others.len());
        let windows: Vec<MeasureId> = changed
            .iter()
            .copied()
            .filter(|measure| measures.at(*measure).as_ref().is_some_and(|plan| plan.facts == Some(id)))
            .collect();
        let mut kept = reversal.within.or(event.reversible).map(at_most);
        for id in &windows {
            let window = match measures.at(*id).as_ref().map(|plan| plan.back) {
                Some(Back::Days(_, length)) => at_most(length),
                Some(Back::Exactly(length)) => length,
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
            abroad,
            others: others.len(),
            measures: changed,
            windows,
            awards: Vec::new(),
            place,
            before,
            size,
            kept,
        })
    }

    pub(super) fn reversal(
        &mut self,
        reversal: &Reversal,
        measures: &Arena<MeasureId, Option<MeasurePlan>>,
        span: Span,
    ) -> Fit<ReversalPlan> {
        without(reversal.lines.is_some(), "reversals of single lines", span)?;
        let (event, program) = (self.event, self.program);
        let (own, original) = (&program.events.at(event).fields, program.events.at(reversal.of));
        let alike =
            |(own_field, theirs): &(FieldId, FieldId)| same(&own.at(*own_field).ty, &original.fields.at(*theirs).ty);
        without(!reversal.key.iter().all(alike), "keys of two types", span)?;
        without(!reversal.amounts.iter().all(alike), "amounts of two types", span)?;
        let key = self.key(event, reversal.key.iter().map(|(own, _)| *own))?;
        let (principal, others) = amounts(reversal, &original.fields);
        let others: Vec<_> = others.collect();
        let money = |(_, theirs): &(FieldId, FieldId)| matches!(original.fields.at(*theirs).ty, FieldType::Money);
        let accepts = !program.settings.accepts.is_empty();
        without(accepts && others.iter().any(money), "several amounts in other currencies that come back", span)?;
        let abroad = self.abroad(reversal, principal).map(|(own, _)| self.shapes.abroad(event, own));
        let mut amount = |(own_field, _)| self.slot(event, own_field, "amounts of this type");
        let amount_of_principal = principal.map(&mut amount).transpose()?;
        let others = others.into_iter().map(&mut amount).collect::<Fit<_>>()?;
        let counts = reversal.unmatched == Unmatched::Counts;
        Ok(ReversalPlan {
            of: reversal.of,
            key,
            amount: amount_of_principal,
            abroad,
            others,
            within: reversal.within.or(original.reversible),
            drops_excess: reversal.excess_dropped,
            latest_first: reversal.order == Order::LatestFirst,
            spans: reversal.spans,
            stand_in: counts.then(|| self.stand_in(reversal, measures, span)).transpose()?,
        })
    }

    /// The pair of amounts that says what share comes back, where it may do so in another currency than the program's.
    fn abroad(&self, reversal: &Reversal, principal: Option<(FieldId, FieldId)>) -> Option<(FieldId, FieldId)> {
        let adds_up = !self.program.settings.accepts.is_empty() && self.program.parts_add_up(reversal.of);
        let fields = &self.program.events.at(reversal.of).fields;
        principal.filter(|(_, theirs)| adds_up && matches!(fields.at(*theirs).ty, FieldType::Money))
    }

    /// How a reversal counts that finds no original.
    fn stand_in(
        &mut self,
        reversal: &Reversal,
        measures: &Arena<MeasureId, Option<MeasurePlan>>,
        span: Span,
    ) -> Fit<StandIn> {
        let (event, program) = (self.event, self.program);
        let (own, theirs) = (&program.events.at(event).fields, &program.events.at(reversal.of).fields);
        let lowers = |(id, measure): (MeasureId, &Measure)| {
            let sums = matches!(&measure.source, Source::Events { aggregate: Aggregate::Sum, event, .. } if *event == reversal.of);
            (sums && measure.net != Net::Gross).then_some(id)
        };
        let lowered: Vec<MeasureId> = program.measures.pairs().filter_map(lowers).collect();
        let mut fields = Vec::new();
        let read = lowered.iter().filter_map(|id| measures.at(*id).as_ref()).flat_map(|measure| &measure.slots);
        for slot in read {
            let of = |(_, place): &(FieldId, &Option<(Form, usize)>)| place.as_ref().is_some_and(|(_, at)| at == slot);
            let places = &self.shapes.events.at(reversal.of).fields;
            let Some((field, _)) = theirs.ids().zip(places).find(of) else { continue };
            if reversal.amounts.iter().any(|(_, amount)| *amount == field) {
                continue;
            }
            let def = theirs.at(field);
            let named = own.pairs().find(|(_, other)| other.name == def.name);
            // What the one may lack and the other not, nothing stands for.
            let Some((field, _)) =
                named.filter(|(_, other)| same(&other.ty, &def.ty) && other.optional == def.optional)
            else {
                return unfit("sums over what a reversal without an original does not say", span);
            };
            fields.push((*slot, self.slot(event, field, "fields of this type")?));
        }
        Ok(StandIn { measures: lowered, fields })
    }

    /// Fields by which events find each other.
    fn key(&mut self, event: EventId, fields: impl Iterator<Item = FieldId>) -> Fit<Vec<KeyPart>> {
        let part = |field| match self.program.events.at(event).fields.at(field).ty {
            FieldType::Id | FieldType::Text => Ok(KeyPart::Text(self.shapes.print(event, field))),
            _ => Ok(KeyPart::Plain(self.slot(event, field, "keys of this type")?)),
        };
        fields.map(part).collect()
    }

    /// The slot of an amount of which something may come back.
    fn amount(&mut self, event: EventId, field: FieldId) -> Fit<usize> {
        let def = self.program.events.at(event).fields.at(field);
        without(def.optional, "amounts that may be missing", def.span)?;
        self.slot(event, field, "amounts of this type")
    }

    fn slot(&mut self, event: EventId, field: FieldId, what: &str) -> Fit<usize> {
        let def = self.program.events.at(event).fields.at(field);
        match self.shapes.slot(event, field, def) {
            Some((slot, _)) => Ok(slot),
            None => unfit(what, def.span),
        }
    }
}

/// The pair of amounts that says what share of an original comes back, and the other ones.
fn amounts<'r>(
    reversal: &'r Reversal,
    fields: &Arena<FieldId, FieldDef>,
) -> (Option<(FieldId, FieldId)>, impl Iterator<Item = (FieldId, FieldId)> + use<'r>) {
    let principal = reversal.principal(fields);
    (principal, reversal.amounts.iter().copied().filter(move |pair| Some(*pair) != principal))
}

/// Whether what two fields hold can be the same.
fn same(a: &FieldType, b: &FieldType) -> bool {
    let text = |ty: &FieldType| matches!(ty, FieldType::Id | FieldType::Text);
    match (a, b) {
        (FieldType::OneOf(a), FieldType::OneOf(b)) => a == b,
        _ => text(a) && text(b) || std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}
