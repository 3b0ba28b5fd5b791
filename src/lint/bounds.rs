//! Caps that are smaller than one award, and gifts that nothing bounds.

use crate::diagnostic::Diagnostic;
use crate::hir::{Activation, Earn, Effect, EventKind, Excess, FieldType, LimitId, LimitKind, Program, Type, UnitId};
use crate::value::Exact;

use super::facts::{is_amount, number, said};
use super::warning;

pub(super) fn look(program: &Program, found: &mut Vec<Diagnostic>) {
    for earn in program.earns.iter() {
        if let Some(award) = number(program, &earn.give) {
            caps(program, &format!("earn `{}`", earn.name), &earn.limits, (earn.unit, award), found);
        }
        free(program, earn, found);
    }
    for rule in program.rules.iter() {
        for (_, effect) in &rule.effects {
            if let Effect::Give(unit, amount) | Effect::GiveTo(unit, amount, _) = effect
                && let Some(award) = number(program, amount)
            {
                caps(program, &format!("`{}`", rule.name), &rule.limits, (*unit, award), found);
            }
        }
    }
}

/// Limits in an amount that one award exceeds.
fn caps(
    program: &Program,
    what: &str,
    limits: &[LimitId],
    (unit, award): (UnitId, Exact),
    found: &mut Vec<Diagnostic>,
) {
    for limit in limits.iter().map(|id| program.limits.at(*id)) {
        let LimitKind::Amount(of, most) = &limit.kind else { continue };
        let Some(most) = number(program, most).filter(|most| *of == unit && *most < award) else { continue };
        let amount = |amount| said(program, Type::Quantity(unit), amount);
        let (award, most) = (amount(award), amount(most));
        let message = match limit.excess {
            Excess::Reject => format!("{what} never gives anything: one award is {award}, and no more than {most} fit"),
            Excess::Partial => format!("{what} never gives the whole {award}: no more than {most} fit"),
        };
        found.push(warning("E0593", limit.span, message).help("raise the limit, or give less"));
    }
}

/// A gift of a fixed amount for an event that costs nothing, as often as it comes.
fn free(program: &Program, earn: &Earn, found: &mut Vec<Diagnostic>) {
    let Some(award) = number(program, &earn.give).filter(|award| *award > Exact::ZERO) else { return };
    let event = program.events.at(earn.event);
    let bound = !earn.limits.is_empty()
        || earn.cooldown.is_some()
        || matches!(earn.activation, Some(Activation { each_time: true, .. }))
        || program.units.at(earn.unit).at_most.is_some();
    // What names a thing or its price is not made at will: an order, a topic, a seat.
    let real = |ty: &FieldType| is_amount(ty) || matches!(ty, FieldType::Id | FieldType::List(_));
    if bound || event.kind != EventKind::Declared || event.fields.iter().any(|field| real(&field.ty)) {
        return;
    }
    let (name, award) = (&earn.name, said(program, Type::Quantity(earn.unit), award));
    let message =
        format!("nothing bounds what earn `{name}` gives: each `{}` brings {award}, however many come", event.name);
    found.push(warning("E0594", earn.span, message).help(
        "say how often: `limit 1 time each calendar day`, `cooldown 1 day`, or for all members together `budget … each calendar month`",
    ));
}
