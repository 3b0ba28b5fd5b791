//! Rules of the calendar that look at a measure just when it begins anew.

use crate::diagnostic::Diagnostic;
use crate::engine::{next_beat, reads};
use crate::hir::{Kind, MeasureId, Program, Read, Rhythm, Rule, Trigger, Type, Window};
use crate::value::{Calendar, Day, PeriodKind, TimeOfDay};

use super::warning;

/// So many turns of a rhythm that a coarser period has begun with some of them and not with others.
const BEATS: usize = 13;

pub(super) fn look(program: &Program, found: &mut Vec<Diagnostic>) {
    for rule in program.rules.iter() {
        let Trigger::Every(rhythm) = rule.trigger else { continue };
        let mut told: Vec<MeasureId> = Vec::new();
        for expr in rule.expressions() {
            let asked = expr.ty == Type::Bool;
            reads::visit(program, expr, &mut |part| {
                if let Kind::Read(Read::Measure(id)) = part.kind
                    && !told.contains(&id)
                    && let Some(Window::Period(period)) = reads::window(program, id)
                    && begins(program, rhythm, period, asked)
                {
                    told.push(id);
                    found.push(begun(program, rule, rhythm, id));
                }
            });
        }
    }
}

/// Whether a period begins with each beat of a rhythm, or earlier on that day: what has come since then may be asked, or be all there is of a
/// day, but is no amount of a longer period.
fn begins(program: &Program, rhythm: Rhythm, period: PeriodKind, asked: bool) -> bool {
    if period == PeriodKind::MembershipYear {
        return false;
    }
    let calendar = Calendar { zone: program.settings.zone.clone(), starts: program.settings.starts };
    let mut beat = calendar.zone.start_of(Day::FIRST);
    (0..BEATS).all(|_| {
        let Ok(next) = next_beat(&calendar, None, &rhythm, beat) else { return false };
        beat = next;
        let day = calendar.zone.day_of(beat);
        let at_once = beat == calendar.zone.start_of(day);
        calendar.period_of(period, day, None).start == day && (at_once || period != PeriodKind::Day && !asked)
    })
}

fn begun(program: &Program, rule: &Rule, rhythm: Rhythm, id: MeasureId) -> Diagnostic {
    let measure = program.measures.at(id);
    let counted = if rhythm.time == TimeOfDay::MIDNIGHT { "nothing yet" } else { "only what has come since 00:00" };
    let message =
        format!("`{}` has just begun anew when `{}` looks at it, and counts {counted}", measure.name, rule.name);
    let last = if rhythm.period == PeriodKind::Day { "at 23:59" } else { "on last day at 23:59" };
    let help = format!(
        "look before it ends, with `{last}`; or at its very last moment, with a `challenge` that has lines `window each calendar …`, `goal {} reaches …` and `decided at end`",
        measure.name
    );
    warning("E0585", rule.span, message).related(measure.span, "it begins anew here").help(help)
}
