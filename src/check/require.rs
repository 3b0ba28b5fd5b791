//! Nothing that moves value is implicit: declarations that the program at hand needs.

use crate::arena::{Arena, Id as _};
use crate::hir::{
    Aggregate, ChallengeRead, Effect, EventId, Expr, FieldDef, FieldId, FieldType, Function, Kind, Operator, Pending,
    Read, Source, Trigger, Type, Unit, UnitId,
};
use crate::source::Span;
use crate::value::{Exact, Value};

use super::context::Checker;
use super::errors;
use super::outside::{Earns, Rules};

impl Checker<'_> {
    /// Rounding of units that can have fractions, refunds of units that reversible events earn. Looks at what could be lowered, so
    /// that other errors do not hide what is missing.
    pub fn required(&mut self, units: &[Option<Unit>], earns: &Earns, rules: &Rules) {
        for (at, item) in self.items.units.clone().into_iter().enumerate() {
            let unit = UnitId::new(at);
            let place = self.block_start(item.at.0);
            let name = &item.name;
            if item.round.is_none()
                && let Some(fraction) = self.fraction(earns, rules, unit)
            {
                self.report(errors::units::no_rounding(name.span(), &name.text, fraction, place));
            }
            if item.refunds.is_none()
                && let Some((earning, by)) = self.reversible_award(earns, rules, unit)
            {
                self.report(errors::units::no_refunds(name.span(), &name.text, earning, &by, place));
            }
        }
        for earn in earns.iter().flatten().filter(|earn| earn.pending.is_none()) {
            for (_, pending) in units.get(earn.unit.index()).iter().copied().flatten().flat_map(|unit| &unit.pending) {
                if let Pending::Until { event, key } = pending {
                    self.released_by_key(earn.event, *event, key, earn.span);
                }
            }
        }
    }
    /// Where an amount of a unit can have a fraction of its smallest step.
    fn fraction(&self, earns: &Earns, rules: &Rules, unit: UnitId) -> Option<Span> {
        for earn in earns.iter().flatten().filter(|earn| earn.unit == unit && earn.round.is_none()) {
            let lines = Lines { event: Some(earn.event), list: earn.list };
            if !self.is_whole(&earn.give, lines) {
                return Some(earn.give.span);
            }
            for boost in earn.boosts.iter().filter_map(|id| self.boosts.get(*id)) {
                if !self.is_whole(boost.amount.value(), lines) {
                    return Some(boost.amount.value().span);
                }
            }
        }
        rules.iter().flatten().find_map(|rule| {
            let lines = match rule.trigger {
                Trigger::Event(event, list) => Lines { event: Some(event), list },
                _ => Lines::default(),
            };
            rule.effects.iter().find_map(|(_, effect)| match effect {
                Effect::Give(own, amount) | Effect::Take(own, amount)
                    if *own == unit && !self.is_whole(amount, lines) =>
                {
                    Some(amount.span)
                }
                _ => None,
            })
        })
    }
    /// Where a unit is earned by an event that can be taken back, and the event that takes it back.
    fn reversible_award(&self, earns: &Earns, rules: &Rules, unit: UnitId) -> Option<(Span, String)> {
        let by = |event| {
            let mut events = self.events.iter();
            events
                .find(|other| other.reversal.as_ref().is_some_and(|reversal| reversal.of == event))
                .map(|other| other.name.to_string())
        };
        for earn in earns.iter().flatten().filter(|earn| earn.unit == unit) {
            if let Some(by) = by(earn.event) {
                return Some((earn.span, by));
            }
        }
        for rule in rules.iter().flatten() {
            let gives = rule.effects.iter().any(|(_, effect)| matches!(effect, Effect::Give(own, _) if *own == unit));
            let Trigger::Event(event, _) = rule.trigger else {
                let measure = match rule.trigger {
                    Trigger::Reaches(measure, _) | Trigger::Another { measure, .. } => Some(measure),
                    _ => None,
                };
                if gives && measure.is_some_and(|measure| self.measure_is_reversible(measure)) {
                    return Some((rule.span, "a reversal".to_owned()));
                }
                continue;
            };
            if let (true, Some(by)) = (gives, by(event)) {
                return Some((rule.span, by));
            }
        }
        None
    }
    /// Whether an amount is always a whole number of smallest steps.
    fn is_whole(&self, expr: &Expr, at: Lines) -> bool {
        let is_whole = |expr: &Expr| self.is_whole(expr, at);
        match &expr.kind {
            Kind::Const(Value::Exact(number)) => number.is_integer(),
            Kind::Let(id) => self.named(*id).is_some_and(|named| is_whole(&named.value)),
            Kind::Rate { quantity, full, .. } => *full && is_whole(quantity),
            Kind::Cases(cases) => cases.iter().all(|case| is_whole(&case.value)),
            Kind::Arithmetic(Operator::Divide, ..) => false,
            Kind::Arithmetic(_, left, right) => is_whole(left) && is_whole(right),
            Kind::Negate(value) => is_whole(value),
            Kind::Scale(value, factor) => factor.is_integer() && is_whole(value),
            Kind::Call(Function::Min | Function::Max | Function::Abs, all) => all.iter().all(is_whole),
            Kind::Call(Function::Floor | Function::Ceil | Function::Round, all) => {
                all.get(1).is_some_and(|step| self.exact_of(step).is_some_and(Exact::is_integer))
            }
            Kind::Call(..) | Kind::Since(..) => true,
            Kind::Fold { aggregate, .. } => matches!(aggregate, Aggregate::Count | Aggregate::Distinct),
            Kind::Lookup(table, _) => {
                match self.tables.get(table.index()).and_then(super::context::Slot::done).map(|table| &table.rows) {
                    Some(crate::hir::Rows::Exact { rows, otherwise }) => {
                        rows.iter().map(|(_, value)| value).chain(otherwise).all(is_whole)
                    }
                    Some(crate::hir::Rows::Bands { bands, marginal: false }) => {
                        bands.iter().all(|band| is_whole(&band.value))
                    }
                    _ => false,
                }
            }
            Kind::Field(id) => {
                let fields = at.event.and_then(|event| self.events.get(event)).map(|event| &event.fields);
                is_counted(expr) || counts(fields, *id)
            }
            Kind::Line(id) => {
                let fields = at.event.zip(at.list).and_then(|(event, list)| self.line_fields(event, list));
                is_counted(expr) || counts(fields, *id)
            }
            Kind::Read(Read::Measure(id)) => self.measure(*id).is_some_and(|measure| counts_events(&measure.source)),
            Kind::Read(Read::Challenge(_, ChallengeRead::Open | ChallengeRead::Completed)) => true,
            Kind::Read(Read::Offers(_) | Read::Entries(_) | Read::Wins(_) | Read::Place(_)) => true,
            Kind::Read(Read::Attribute(id)) => is_counted(expr) || counts(Some(&self.attributes), *id),
            Kind::Read(_) => is_counted(expr),
            _ => false,
        }
    }
}

/// The event and the list whose fields an amount speaks of.
#[derive(Clone, Copy, Default)]
struct Lines {
    event: Option<EventId>,
    list: Option<FieldId>,
}

/// Amounts that were rounded already.
fn is_counted(expr: &Expr) -> bool {
    matches!(expr.ty, Type::Money | Type::Quantity(_))
}

/// Whether a field is a whole number.
fn counts(fields: Option<&Arena<FieldId, FieldDef>>, id: FieldId) -> bool {
    fields.and_then(|fields| fields.get(id)).is_some_and(|field| matches!(field.ty, FieldType::Count))
}

/// Whether a measure is a number of events, members or periods.
fn counts_events(source: &Source) -> bool {
    match source {
        Source::Events { aggregate, .. } => matches!(aggregate, Aggregate::Count | Aggregate::Distinct),
        Source::Streak { .. } | Source::Run { .. } => true,
        Source::Postings { .. } | Source::Formula(_) => false,
    }
}
