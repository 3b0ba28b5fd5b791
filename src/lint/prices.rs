//! Prices of one piece that a return names beside the pieces: both are taken off, and their product falls by more than comes back.

use crate::diagnostic::Diagnostic;
use crate::engine::reads;
use crate::hir::{
    EventDef, EventId, Expr, FieldDef, FieldId, FieldType, Kind, LineKey, Operator, Program, Source, Trigger,
};

use super::warning;

pub(super) fn look(program: &Program, found: &mut Vec<Diagnostic>) {
    for event in program.events.iter() {
        let Some((reversal, key)) =
            event.reversal.as_ref().and_then(|reversal| Some((reversal, reversal.lines.as_ref()?)))
        else {
            continue;
        };
        let taken = |field: FieldId| key.amounts.iter().find(|(_, theirs)| *theirs == field).map(|(own, _)| *own);
        let both = |(price, pieces)| Some((taken(price)?, taken(pieces)?));
        if let Some((price, pieces)) = products(program, reversal.of, key.original).into_iter().find_map(both) {
            found.extend(told(event, key, price, pieces));
        }
    }
}

/// Fields of the lines of a list that are multiplied anywhere: money first.
fn products(program: &Program, event: EventId, list: FieldId) -> Vec<(FieldId, FieldId)> {
    let mut found = Vec::new();
    let FieldType::List(defs) = &program.events.at(event).fields.at(list).ty else { return found };
    let money = |field: FieldId| defs.get(field).is_some_and(|def: &FieldDef| matches!(def.ty, FieldType::Money));
    let mut multiplied = |value: &Expr| {
        reads::visit(program, value, &mut |part| {
            if let Kind::Arithmetic(Operator::Multiply, one, other) = &part.kind
                && let (Some(one), Some(other)) = (line(one), line(other))
            {
                let pair = if money(one) { (one, other) } else { (other, one) };
                found.extend(money(pair.0).then_some(pair));
            }
        });
    };
    for earn in program.earns.iter().filter(|earn| earn.event == event) {
        of_lines(program, &earn.expressions(), earn.list, list, &mut multiplied);
    }
    for rule in program.rules.iter() {
        if let Trigger::Event(of, lines) = rule.trigger
            && of == event
        {
            of_lines(program, &rule.expressions(), lines, list, &mut multiplied);
        }
    }
    for measure in program.measures.iter() {
        if let Source::Events { event: of, list: lines, value: Some(value), .. } = &measure.source
            && *of == event
        {
            of_lines(program, &[value], *lines, list, &mut multiplied);
        }
    }
    found
}

/// Visits what is computed of each line of a list: all of what is for each line, and else what is added up of them.
fn of_lines(program: &Program, exprs: &[&Expr], of: Option<FieldId>, list: FieldId, to: &mut dyn FnMut(&Expr)) {
    for expr in exprs {
        if of == Some(list) {
            to(expr);
        }
        reads::visit(program, expr, &mut |part| match &part.kind {
            Kind::Fold { list: other, value: Some(value), .. } if *other == list => to(value),
            _ => {}
        });
    }
}

/// The field of a line that an expression is.
fn line(expr: &Expr) -> Option<FieldId> {
    match &expr.kind {
        Kind::Line(field) => Some(*field),
        Kind::Scale(inner, _) => line(inner),
        _ => None,
    }
}

fn told(event: &EventDef, key: &LineKey, price: FieldId, pieces: FieldId) -> Option<Diagnostic> {
    let FieldType::List(defs) = &event.fields.get(key.list)?.ty else { return None };
    let (price, pieces) = (defs.get(price)?, defs.get(pieces)?);
    let message = format!(
        "`{}` and `{}` of `{}` both say how much of a line comes back, and their product is what counts",
        pieces.name, price.name, event.name
    );
    let help = format!(
        "leave `{}` out here where it is the price of one piece: `{}` says how many come back. Of 2 pieces at $12, `{} 1, {} $12` would take back both",
        price.name, pieces.name, pieces.name, price.name
    );
    Some(warning("E0583", price.span, message).help(help))
}
