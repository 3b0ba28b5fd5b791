//! Which things of a member an expression reads, through named values and conditions.

use crate::hir::{Compare, Expr, Kind, MeasureId, Program, Read, Rows, Source, Window};

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

/// The measures by which alone a condition holds, as long as they are high enough; `None` where it may cease to hold by anything else.
pub fn rising(program: &Program, condition: &Expr) -> Option<Vec<MeasureId>> {
    let all =
        |parts: &[Expr]| Some(parts.iter().map(|part| rising(program, part)).collect::<Option<Vec<_>>>()?.concat());
    match &named(program, condition).kind {
        Kind::And(parts) | Kind::Or(parts) => all(parts),
        Kind::Compare(Compare::AtLeast | Compare::More, value, bound) if reads(program, bound).is_empty() => {
            match named(program, value).kind {
                Kind::Read(Read::Measure(id)) => Some(vec![id]),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Over which time a measure counts: a formula over the calendar period of all measures that it speaks of, or for ever as they do. `None`
/// where these differ or slide, or it speaks of anything else of the member; and of streaks and runs.
pub fn window(program: &Program, id: MeasureId) -> Option<Window> {
    match &program.measures.at(id).source {
        Source::Streak { .. } | Source::Run { .. } => None,
        Source::Events { .. } | Source::Postings { .. } => Some(program.measures.at(id).window),
        Source::Formula(formula) => {
            let mut windows = reads(program, formula).into_iter().map(|read| match read {
                Read::Measure(id) => window(program, id),
                _ => None,
            });
            let first = windows.next()??;
            let stays = matches!(first, Window::Period(_) | Window::Ever);
            (stays && windows.all(|other| other == Some(first))).then_some(first)
        }
    }
}

/// What a named value or a formula stands for.
pub fn named<'e>(program: &'e Program, expr: &'e Expr) -> &'e Expr {
    match &expr.kind {
        Kind::Let(id) => named(program, &program.lets.at(*id).value),
        Kind::Read(Read::Measure(id)) => match &program.measures.at(*id).source {
            Source::Formula(formula) => named(program, formula),
            _ => expr,
        },
        _ => expr,
    }
}

/// Visits an expression and everything below it, named values and conditions included.
pub fn visit<'e>(program: &'e Program, expr: &'e Expr, to: &mut dyn FnMut(&'e Expr)) {
    to(expr);
    parts(program, expr, &mut |part| visit(program, part, to));
}

/// Visits what stands directly below an expression, or behind the name that it is.
pub fn parts<'e>(program: &'e Program, expr: &'e Expr, to: &mut dyn FnMut(&'e Expr)) {
    match &expr.kind {
        Kind::Const(_) | Kind::Field(_) | Kind::Line(_) | Kind::Opened(_) | Kind::Read(_) | Kind::Builtin(_) => {}
        Kind::Let(id) => to(&program.lets.at(*id).value),
        Kind::Segment(id) => to(&program.segments.at(*id).condition),
        Kind::And(parts) | Kind::Or(parts) | Kind::Call(_, parts) => parts.iter().for_each(to),
        Kind::Lookup(table, keys) => {
            keys.iter().for_each(&mut *to);
            match &program.tables.at(*table).rows {
                Rows::Exact { rows, otherwise } => {
                    rows.iter().for_each(|(_, value)| to(value));
                    otherwise.iter().for_each(&mut *to);
                }
                Rows::Bands { bands, .. } => bands.iter().for_each(|band| to(&band.value)),
            }
        }
        Kind::Not(inner)
        | Kind::Missing(inner)
        | Kind::Negate(inner)
        | Kind::Scale(inner, _)
        | Kind::Since(_, inner) => {
            to(inner);
        }
        Kind::Compare(_, left, right)
        | Kind::Arithmetic(_, left, right)
        | Kind::Shift(left, right, _)
        | Kind::Times(left, right) => {
            to(left);
            to(right);
        }
        Kind::In(item, list) => {
            to(item);
            list.iter().for_each(to);
        }
        Kind::Between(item, low, high) => [item, low, high].into_iter().for_each(|part| to(part)),
        Kind::Rate { quantity, per, value, .. } => [quantity, per, value].into_iter().for_each(|part| to(part)),
        Kind::Fold { value, filter, .. } => [value, filter].into_iter().flatten().for_each(|part| to(part)),
        Kind::Cases(cases) => {
            for case in cases {
                case.guard.when.iter().for_each(|when| to(when));
                to(&case.value);
            }
        }
    }
}
