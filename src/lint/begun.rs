//! Rules and earns of the clock that look at a measure just when it begins anew.

use crate::diagnostic::Diagnostic;
use crate::engine::{next_beat, reads};
use crate::hir::{EventId, EventKind, Expr, Kind, MeasureId, Program, Read, Rhythm, Trigger, Type, Window};
use crate::source::Span;
use crate::value::{Calendar, Day, PeriodKind, TimeOfDay};

use super::warning;

/// So many turns of a rhythm that a coarser period has begun with some of them and not with others.
const BEATS: usize = 13;

/// When the clock lets something look.
#[derive(Clone, Copy)]
enum Moment {
    /// In a rhythm of the calendar.
    Beat(Rhythm),
    /// On the anniversary of joining, as a membership year begins.
    Anniversary,
}

/// Something that looks at measures by the clock.
struct Looker<'p> {
    name: &'p str,
    span: Span,
    moment: Moment,
    expressions: Vec<&'p Expr>,
}

pub(super) fn look(program: &Program, found: &mut Vec<Diagnostic>) {
    for looker in lookers(program) {
        let mut told: Vec<MeasureId> = Vec::new();
        for expr in &looker.expressions {
            let asked = expr.ty == Type::Bool;
            reads::visit(program, expr, &mut |part| {
                if let Kind::Read(Read::Measure(id)) = part.kind
                    && !told.contains(&id)
                    && let Some(Window::Period(period)) = reads::window(program, id)
                    && begins(program, looker.moment, period, asked)
                {
                    told.push(id);
                    found.push(begun(program, &looker, id));
                }
            });
        }
    }
}

fn lookers(program: &Program) -> impl Iterator<Item = Looker<'_>> {
    let yearly = |event: EventId| (Some(event) == EventKind::Anniversary.id()).then_some(Moment::Anniversary);
    let rules = program.rules.iter().filter_map(move |rule| {
        let moment = match rule.trigger {
            Trigger::Every(rhythm) => Moment::Beat(rhythm),
            Trigger::Event(event, _) => yearly(event)?,
            _ => return None,
        };
        Some(Looker { name: &rule.name, span: rule.span, moment, expressions: rule.expressions() })
    });
    let earns = program.earns.iter().filter_map(move |earn| {
        let moment = yearly(earn.event)?;
        Some(Looker { name: &earn.name, span: earn.span, moment, expressions: earn.expressions() })
    });
    rules.chain(earns)
}

/// Whether a period begins whenever the clock lets something look, or earlier on that day: what has come since then may be asked, or be all
/// there is of a day, but is no amount of a longer period.
fn begins(program: &Program, moment: Moment, period: PeriodKind, asked: bool) -> bool {
    let rhythm = match moment {
        Moment::Anniversary => return period == PeriodKind::MembershipYear,
        Moment::Beat(_) if period == PeriodKind::MembershipYear => return false,
        Moment::Beat(rhythm) => rhythm,
    };
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

fn begun(program: &Program, looker: &Looker<'_>, id: MeasureId) -> Diagnostic {
    let measure = program.measures.at(id);
    let late = matches!(looker.moment, Moment::Beat(rhythm) if rhythm.time != TimeOfDay::MIDNIGHT);
    let counted = if late { "only what has come since 00:00" } else { "nothing yet" };
    let message =
        format!("`{}` has just begun anew when `{}` looks at it, and counts {counted}", measure.name, looker.name);
    let (look, window) = match looker.moment {
        Moment::Beat(rhythm) => {
            let last = if rhythm.period == PeriodKind::Day { "at 23:59" } else { "on last day at 23:59" };
            (format!("look before it ends, with `{last}`; or at its very last moment"), "calendar …")
        }
        Moment::Anniversary => ("look at the very last moment of the year before".into(), "membership year"),
    };
    let help = format!(
        "{look}, with a `challenge` that has lines `window each {window}`, `goal {} reaches …` and `decided at end`",
        measure.name
    );
    warning("E0585", looker.span, message).related(measure.span, "it begins anew here").help(help)
}
