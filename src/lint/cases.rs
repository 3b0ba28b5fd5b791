//! Cases that are never reached, as one before them is taken first.

use crate::diagnostic::Diagnostic;
use crate::engine::reads;
use crate::hir::{Case, Expr, Kind, Program};

use super::facts::Facts;
use super::warning;

pub(super) fn look(program: &Program, found: &mut Vec<Diagnostic>) {
    for expr in program.expressions() {
        reads::visit(program, expr, &mut |part| {
            if let Kind::Cases(cases) = &part.kind {
                look_at(program, cases, found);
            }
        });
    }
}

fn look_at(program: &Program, cases: &[Case], found: &mut Vec<Diagnostic>) {
    for (place, case) in cases.iter().enumerate() {
        let Some(own) = condition(case) else { continue };
        // What is dated holds on some days only.
        let always = cases.iter().take(place).filter(|case| case.guard.from.is_none() && case.guard.until.is_none());
        let Some(first) = always.filter_map(condition).find(|first| implies(program, own, first)) else { continue };
        found.push(
            warning("E0588", own.span, "this case is never reached: one before it is taken first".to_owned())
                .related(first.span, "this holds whenever it does")
                .help("put the narrower case first"),
        );
    }
}

/// Whether one condition holds whenever another does, as far as that can be told.
fn implies<'p>(program: &'p Program, given: &'p Expr, then: &'p Expr) -> bool {
    let mut facts = Facts::new(program);
    facts.assume(given).is_ok() && facts.deny(then, then.span).is_err()
}

fn condition(case: &Case) -> Option<&Expr> {
    case.guard.when.as_deref()
}
