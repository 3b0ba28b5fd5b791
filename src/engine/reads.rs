//! Which things of a member an expression reads, through named values and conditions.

use crate::hir::{Expr, Kind, MeasureId, Program, Read, Rows, Source};

/// All reads of an expression, in order of first appearance.
pub fn reads(program: &Program, expr: &Expr) -> Vec<Read> {
    let mut found = Vec::new();
    visit(program, expr, &mut |part| {
        if let Kind::Read(read) = part.kind
            && !found.contains(&read)
        {
            found.push(read);
        }
    });
    found
}

/// All measures of an expression, formulas resolved.
pub fn measures(program: &Program, expr: &Expr) -> Vec<MeasureId> {
    let mut found = Vec::new();
    for read in reads(program, expr) {
        if let Read::Measure(id) = read {
            match &program.measures.at(id).source {
                Source::Formula(formula) => found.extend(measures(program, formula)),
                _ => found.push(id),
            }
        }
    }
    found
}

/// Whether the value of an expression changes with the day, formulas resolved.
pub fn of_the_day(program: &Program, expr: &Expr) -> bool {
    let mut turns = false;
    visit(program, expr, &mut |part| {
        turns |= match &part.kind {
            Kind::Since(..) | Kind::Builtin(_) => true,
            Kind::Cases(cases) => cases.iter().any(|case| case.guard.from.is_some() || case.guard.until.is_some()),
            Kind::Read(Read::Measure(id)) => match &program.measures.at(*id).source {
                Source::Formula(formula) => of_the_day(program, formula),
                _ => false,
            },
            _ => false,
        };
    });
    turns
}

/// Visits an expression and everything below it, named values and conditions included.
pub fn visit<'e>(program: &'e Program, expr: &'e Expr, to: &mut dyn FnMut(&'e Expr)) {
    to(expr);
    match &expr.kind {
        Kind::Const(_) | Kind::Field(_) | Kind::Line(_) | Kind::Opened(_) | Kind::Read(_) | Kind::Builtin(_) => {}
        Kind::Let(id) => visit(program, &program.lets.at(*id).value, to),
        Kind::Segment(id) => visit(program, &program.segments.at(*id).condition, to),
        Kind::And(parts) | Kind::Or(parts) | Kind::Call(_, parts) => {
            parts.iter().for_each(|part| visit(program, part, to))
        }
        Kind::Lookup(table, keys) => {
            keys.iter().for_each(|key| visit(program, key, to));
            match &program.tables.at(*table).rows {
                Rows::Exact { rows, otherwise } => {
                    rows.iter().for_each(|(_, value)| visit(program, value, to));
                    otherwise.iter().for_each(|value| visit(program, value, to));
                }
                Rows::Bands { bands, .. } => bands.iter().for_each(|band| visit(program, &band.value, to)),
            }
        }
        Kind::Not(inner)
        | Kind::Missing(inner)
        | Kind::Negate(inner)
        | Kind::Scale(inner, _)
        | Kind::Since(_, inner) => {
            visit(program, inner, to);
        }
        Kind::Compare(_, left, right)
        | Kind::Arithmetic(_, left, right)
        | Kind::Shift(left, right, _)
        | Kind::Times(left, right) => {
            visit(program, left, to);
            visit(program, right, to);
        }
        Kind::In(item, list) => {
            visit(program, item, to);
            list.iter().for_each(|other| visit(program, other, to));
        }
        Kind::Between(item, low, high) => [item, low, high].into_iter().for_each(|part| visit(program, part, to)),
        Kind::Rate { quantity, per, value, .. } => {
            [quantity, per, value].into_iter().for_each(|part| visit(program, part, to))
        }
        Kind::Fold { value, filter, .. } => {
            [value, filter].into_iter().flatten().for_each(|part| visit(program, part, to))
        }
        Kind::Cases(cases) => {
            for case in cases {
                case.guard.when.iter().for_each(|when| visit(program, when, to));
                visit(program, &case.value, to);
            }
        }
    }
}
