//! Reversals that say an amount which nothing of the original answers to.

use crate::diagnostic::Diagnostic;
use crate::hir::{EventDef, FieldDef, Program, Reversal};

use super::facts::is_amount;
use super::warning;

pub(super) fn look(program: &Program, found: &mut Vec<Diagnostic>) {
    for event in program.events.iter() {
        let Some(reversal) = &event.reversal else { continue };
        if reversal.amounts.is_empty() && reversal.lines.is_none() {
            found.extend(unanswered(event, reversal, program.events.at(reversal.of)));
        }
    }
}

/// An amount under a name that the original does not have, where nothing else says how much comes back.
fn unanswered(event: &EventDef, reversal: &Reversal, original: &EventDef) -> Option<Diagnostic> {
    let is_key = |field| reversal.key.iter().any(|(own, _)| *own == field);
    let own = event.fields.pairs().find(|(id, def)| is_amount(&def.ty) && !is_key(*id)).map(|(_, def)| def)?;
    let alike = |other: &&FieldDef| std::mem::discriminant(&other.ty) == std::mem::discriminant(&own.ty);
    let meant = original.fields.iter().find(alike)?;
    let message = format!(
        "`{}` of `{}` is no field of `{}`: whatever it says, all of it comes back",
        own.name, event.name, original.name
    );
    Some(
        warning("E0587", own.span, message)
            .related(meant.span, "amounts find each other by their name")
            .help(format!("call it `{}`, or leave it out where always the whole comes back", meant.name)),
    )
}
