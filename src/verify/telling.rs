//! Scripts as scenarios that can be pasted.

use crate::hir::{FieldType, Program};
use crate::scenario::spelling::{self, quoted, verb, word};
use crate::syntax;
use crate::value::Value;

use super::property::Claim;
use super::script::{Deed, Move, Script, Sent, When};

/// A scenario with a name, laid out as the formatter does it. A text that the formatter cannot read stays as it is.
pub(super) fn scenario(program: &Program, name: &str, script: &Script, claim: &Claim) -> String {
    let mut text = format!("scenario {} {{\n", quoted(name));
    let last = script.moves.len().saturating_sub(1);
    for (place, moved) in script.moves.iter().enumerate() {
        let expected = match claim {
            Claim::OfStep(expected) if place == last => format!(" expect {expected}"),
            _ => String::new(),
        };
        let late = if script.is_late(place) { "late " } else { "" };
        text.push_str(&format!("  {late}{}{expected}\n", step(program, moved)));
    }
    if let Claim::After(expected) = claim {
        text.push_str(&format!("  expect {expected}\n"));
    }
    text.push_str("}\n");
    syntax::format(&text).unwrap_or(text)
}

fn step(program: &Program, moved: &Move) -> String {
    let when = moment(moved.when);
    match &moved.deed {
        Deed::Wait => format!("advance to {when}"),
        Deed::Send(sent) => {
            let def = sent.def(program);
            format!("{} {} {when}{}", sent.member, verb(&def.name, def.kind), record(program, sent))
        }
    }
}

fn moment(when: When) -> String {
    if when.is_noon() { when.day.to_string() } else { format!("{} at {}", when.day, when.time()) }
}

fn record(program: &Program, sent: &Sent) -> String {
    let fields = spelling::record(program, sent.pairs(program), &|member| word(member));
    match (&sent.id, fields.strip_prefix("{ ")) {
        (None, None) => String::new(),
        (None, Some(_)) => format!(" {fields}"),
        (Some(id), None) => format!(" {{ id {} }}", word(id)),
        (Some(id), Some(rest)) => format!(" {{ id {}, {rest}", word(id)),
    }
}

/// Whether a value can be written in a scenario as it is.
pub(super) fn can_be_written(program: &Program, ty: &FieldType, given: &Value) -> bool {
    *given == Value::Missing || spelling::value(program, ty, given, &|member| word(member)).is_some()
}
