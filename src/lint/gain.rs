//! Value out of nothing: exchanges that gain in a circle, and points worth more than what they are earned with.

use crate::diagnostic::Diagnostic;
use crate::hir::{Exchange, Kind, Program, RedeemForm, Type, UnitId};
use crate::value::Exact;

use super::facts::{number, said};
use super::warning;

/// How many exchanges are tried as a step of a circle: units that all turn into each other have more ways than anybody can walk.
const MOST_STEPS: usize = 200_000;

pub(super) fn look(program: &Program, found: &mut Vec<Diagnostic>) {
    let mut steps = MOST_STEPS;
    for exchange in program.exchanges.iter() {
        let mut way = vec![exchange];
        circle(program, &mut way, &mut steps, found);
    }
    for earn in program.earns.iter() {
        let Kind::Rate { quantity, per, value, .. } = &earn.give.kind else { continue };
        // What is worked out of an amount may be a small part of it.
        if per.ty != Type::Money || !matches!(value.kind, Kind::Field(_) | Kind::Line(_)) {
            continue;
        }
        let (Some(quantity), Some(per)) = (number(program, quantity), number(program, per)) else { continue };
        for redeem in program.redeems.iter().filter(|redeem| redeem.unit == earn.unit) {
            let RedeemForm::Rate(steps, money) = &redeem.form else { continue };
            let (Some(steps), Some(money)) = (number(program, steps), number(program, money)) else { continue };
            let back = quantity.mul(money).ok().and_then(|back| back.div(steps).ok());
            let Some(back) = back.filter(|back| *back >= per && per > Exact::ZERO) else { continue };
            let (spent, back) = (said(program, Type::Money, per), said(program, Type::Money, back));
            let message = format!(
                "whoever spends {spent} gets {back} back by `{}`: points cost more than they earn",
                redeem.name
            );
            found.push(
                warning("E0597", earn.give.span, message)
                    .related(redeem.span, "what points are worth is said here")
                    .help("give fewer points, or ask for more of them"),
            );
        }
    }
}

/// Ways from unit to unit that come back to the first with more than at the beginning; each is told of its first exchange.
fn circle<'p>(program: &'p Program, way: &mut Vec<&'p Exchange>, steps: &mut usize, found: &mut Vec<Diagnostic>) {
    let (Some(first), Some(last)) = (way.first().copied(), way.last().copied()) else { return };
    if last.to == first.from {
        let whole = |unit: UnitId| Exact::from(program.units.at(unit).steps());
        let gained = way.iter().try_fold(whole(first.from), |amount, exchange| {
            let (takes, gives) = (number(program, &exchange.takes)?, number(program, &exchange.gives)?);
            amount.mul(gives).ok()?.div(takes).ok()
        });
        let earliest = way.iter().all(|exchange| first.span <= exchange.span);
        let whole = whole(first.from);
        let free = way.iter().all(|exchange| exchange.fee.is_none());
        if let Some(gained) = gained.filter(|gained| *gained > whole && earliest && free) {
            let said = |amount| said(program, Type::Quantity(first.from), amount);
            let names: Vec<String> = way.iter().map(|exchange| format!("`{}`", exchange.name)).collect();
            let message = format!("{} become {} in a circle: {}", said(whole), said(gained), names.join(", then "));
            found.push(
                warning("E0598", first.span, message).help("let each way cost something, so that no circle gains"),
            );
        }
        return;
    }
    // No circle visits a unit twice.
    for exchange in program.exchanges.iter() {
        let Some(rest) = steps.checked_sub(1) else { return };
        *steps = rest;
        if exchange.from == last.to && way.len() < 6 && !way.iter().any(|other| other.to == exchange.to) {
            way.push(exchange);
            circle(program, way, steps, found);
            way.pop();
        }
    }
}
