//! Units: when lots lapse, and how far the balance may fall.

use crate::hir::{End, EventId, Expiry, RefundFloor, Unit, UnitId};
use crate::value::PeriodKind;

use super::super::clock::Clock;
use super::super::plan::{LotEnd, UnitPlan};
use super::super::term::Lowering;
use super::super::unfit::{Fit, unfit, without};

impl Lowering<'_> {
    pub(super) fn unit(&mut self, id: UnitId, unit: &Unit, clock: &mut Clock) -> Fit<UnitPlan> {
        let span = unit.span;
        without(!unit.pending.is_empty(), "points that are pending", span)?;
        without(unit.keeps_while.is_some(), "points that are kept while something holds", span)?;
        without(unit.at_most.is_some(), "balances with a bound", span)?;
        without(unit.buckets.is_some(), "points in buckets", span)?;
        let floor = match unit.refunds {
            RefundFloor::StopAtZero => None,
            RefundFloor::BelowZero(None) => Some(i64::MAX),
            RefundFloor::BelowZero(Some(floor)) => Some(floor.saturating_abs()),
            RefundFloor::OnlyPending => return unfit("refunds of what is pending only", span),
        };
        let expiry = match unit.expiry.as_slice() {
            [] => LotEnd::Never,
            [rule] => match rule.cases.as_slice() {
                [(guard, case)] if guard.from.is_none() && guard.until.is_none() && guard.when.is_none() => {
                    match &case.expiry {
                        Expiry::Never => LotEnd::Never,
                        Expiry::At(End::After(length, None)) if length.is_exact() => LotEnd::After(length.millis),
                        Expiry::At(end @ End::After(_, end_of)) if *end_of != Some(PeriodKind::MembershipYear) => {
                            LotEnd::OfDay(clock.end(*end))
                        }
                        Expiry::At(end @ End::Period { kind, .. }) if *kind != PeriodKind::MembershipYear => {
                            LotEnd::OfDay(clock.end(*end))
                        }
                        Expiry::Idle { span, end_of, .. }
                            if !span.is_exact() && *end_of != Some(PeriodKind::MembershipYear) =>
                        {
                            LotEnd::Idle(clock.end(End::After(*span, *end_of)))
                        }
                        _ => return unfit("this way to expire", rule.span),
                    }
                }
                _ => return unfit("expiry by cases", rule.span),
            },
            [_, second, ..] => return unfit("several clocks of expiry", second.span),
        };
        let cells = *self.layout.units.at(id);
        let lasts = waited_for(unit).iter().filter_map(|event| self.layout.last_of(*event)).collect();
        Ok(UnitPlan { cells, steps: unit.steps(), rounding: unit.rounding, expiry, floor, lasts })
    }
}

/// The types of events whose absence lets lots of a unit lapse.
pub(super) fn waited_for(unit: &Unit) -> &[EventId] {
    let mut cases = unit.expiry.iter().flat_map(|rule| &rule.cases);
    let events =
        cases.find_map(|(_, case)| if let Expiry::Idle { events, .. } = &case.expiry { Some(events) } else { None });
    events.map_or(&[], Vec::as_slice)
}
