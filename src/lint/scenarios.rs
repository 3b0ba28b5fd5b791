//! Scenarios that expect something of a member to whom nothing happens, whose name is nearly that of another.

use crate::diagnostic::Diagnostic;
use crate::hir::{Expectation, Program, Scenario, Step};
use crate::source::Span;
use crate::value::Value;

use super::warning;

pub(super) fn look(program: &Program, found: &mut Vec<Diagnostic>) {
    for scenario in &program.scenarios {
        let actors: Vec<&str> = scenario.steps.iter().filter_map(actor).collect();
        for (name, span) in asked(scenario) {
            if actors.contains(&name) || is_mentioned(scenario, name) {
                continue;
            }
            let Some(meant) = actors.iter().find(|actor| alike(actor, name)) else { continue };
            let message = format!("nothing happens to `{name}` in this scenario");
            found.push(warning("E0586", span, message).help(format!("did you mean `{meant}`?")));
        }
    }
}

fn actor(step: &Step) -> Option<&str> {
    if let Step::Event(given, _) = step { Some(&given.member) } else { None }
}

/// Of whom something is expected by name, and where.
fn asked(scenario: &Scenario) -> impl Iterator<Item = (&str, Span)> {
    scenario.steps.iter().flat_map(|step| match step {
        Step::Expect { member, span, .. } | Step::Expiring { member, span, .. } => vec![(&**member, *span)],
        Step::Event(_, expected) | Step::Advance(_, _, expected) => expected.iter().filter_map(named).collect(),
    })
}

fn named(expectation: &Expectation) -> Option<(&str, Span)> {
    if let Expectation::Of(member, _) = expectation { Some((member, expectation.span())) } else { None }
}

/// Whether an event speaks of somebody: who is referred, or a group and with it its account.
fn is_mentioned(scenario: &Scenario, name: &str) -> bool {
    let speaks = |value: &Value| matches!(value, Value::Text(text) if name.contains(&**text));
    scenario.steps.iter().any(|step| match step {
        Step::Event(given, _) => given.fields.iter().any(|(_, value)| speaks(value)),
        _ => false,
    })
}

/// Whether one name may be a slip for another.
fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    one == other || one.len().min(other.len()) > 2 && strsim::osa_distance(&one, &other) == 1
}
