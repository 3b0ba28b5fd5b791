//! How far a challenge has come: counted from the recorded events within its time, so that refunds and late events are right by
//! construction.

use std::collections::BTreeSet;

use crate::engine::context::Cx;
use crate::engine::fact::Fact;
use crate::engine::fault::Fault;
use crate::engine::reference::{self, total};
use crate::engine::walk;
use crate::hir::{ChallengeId, ChallengeRead, Expr, FieldId, Goal, Progress, Read, Source};
use crate::value::{Exact, Instant, PeriodKind, Value};

use super::Instance;

impl<'a> Cx<'a> {
    /// What an expression asks of a challenge.
    pub fn challenge(&self, id: ChallengeId, read: ChallengeRead) -> Result<Exact, Fault> {
        let Some(running) = self.state.challenges.get(id) else { return Ok(Exact::ZERO) };
        let open = || running.open.iter().filter(|instance| instance.completed.is_none());
        Ok(match read {
            ChallengeRead::Open => Exact::from(i64::try_from(open().count()).unwrap_or(i64::MAX)),
            ChallengeRead::Completed => Exact::from(running.completed),
            ChallengeRead::Progress => {
                let challenge = self.program.challenges.at(id);
                match (open().next_back(), challenge.goals.first()) {
                    (Some(instance), Some(goal)) => self.progress(goal, instance)?,
                    _ => Exact::ZERO,
                }
            }
        })
    }

    /// How many times of a challenge run in which the member has done something for it.
    pub fn begun(&self, id: ChallengeId) -> i64 {
        let running = self.state.challenges.get(id).map_or(&[] as &[_], |running| &running.open);
        let open = running.iter().filter(|instance| instance.completed.is_none());
        let begun = open.filter(|instance| self.has_begun(id, instance));
        i64::try_from(begun.count()).unwrap_or(i64::MAX)
    }

    /// Whether a time of a challenge is worth telling: it was opened by something, or something was done in it.
    pub fn has_begun(&self, id: ChallengeId, instance: &Instance) -> bool {
        let challenge = self.program.challenges.at(id);
        let progress = || challenge.goals.first().and_then(|goal| self.progress(goal, instance).ok());
        instance.by.is_some() || challenge.activation || progress().is_some_and(|progress| progress > Exact::ZERO)
    }

    /// The same member, with the event that opened a challenge in view.
    pub fn on_instance<'b>(self, instance: &'b Instance) -> Cx<'b>
    where
        'a: 'b,
    {
        Cx { opened: &instance.fields, ..self }
    }

    /// How far one goal of a challenge has come.
    pub fn progress(&self, goal: &Goal, instance: &Instance) -> Result<Exact, Fault> {
        let cx = self.on_instance(instance);
        let within = || cx.state.facts_from(instance.opened).filter(move |fact| counts(fact, instance));
        let facts = || within().filter(|fact| reference::is_there(fact, &cx));
        match &goal.of {
            Progress::Measured(id) => match (Cx { from: Some(instance.opened), ..cx }).read(Read::Measure(*id))? {
                Value::Exact(value) => Ok(value),
                _ => Ok(Exact::ZERO),
            },
            Progress::Counted(measure) => {
                let Source::Events { aggregate, event, .. } = &measure.source else { return Ok(Exact::ZERO) };
                let mut contributions = Vec::new();
                for fact in facts().filter(|fact| fact.event.kind == *event) {
                    reference::contribute(measure, fact, &cx, &mut contributions)?;
                }
                match total(*aggregate, measure.ty, None, &contributions)? {
                    Value::Exact(value) => Ok(value),
                    _ => Ok(Exact::ZERO),
                }
            }
            Progress::Collected { event, list, value, wanted } => {
                let mut found = BTreeSet::new();
                for fact in facts().filter(|fact| fact.event.kind == *event && !fact.gone && !fact.negative) {
                    collect(&cx, fact, *list, value, &mut found)?;
                }
                let count = wanted.iter().filter(|value| found.contains(value)).count();
                Ok(Exact::from(i64::try_from(count).unwrap_or(i64::MAX)))
            }
            Progress::Steps(steps) => {
                // By step: the latest moment at which it and all before it were done.
                let mut done: Vec<Option<Instant>> = vec![None; steps.len()];
                for fact in facts().filter(|fact| !fact.gone && !fact.negative) {
                    for (i, step) in steps.iter().enumerate().rev() {
                        let before = i.checked_sub(1).map(|before| done.get(before).copied().flatten());
                        if step.event != fact.event.kind || before == Some(None) {
                            continue;
                        }
                        if let (Some(Some(before)), Some(within)) = (before, step.within)
                            && within.after(before, cx.zone()).ok_or(Fault::Calendar)? < fact.event.time
                        {
                            continue;
                        }
                        if holds(step.filter.as_ref(), &cx.on_fact(&fact.left))?
                            && let Some(slot) = done.get_mut(i)
                        {
                            *slot = Some(fact.event.time);
                            // One event is one step.
                            break;
                        }
                    }
                }
                let count = done.iter().take_while(|step| step.is_some()).count();
                Ok(Exact::from(i64::try_from(count).unwrap_or(i64::MAX)))
            }
            Progress::Streak { event, filter, period } => {
                let mut days = BTreeSet::new();
                for fact in facts().filter(|fact| fact.event.kind == *event && !fact.gone && !fact.negative) {
                    if holds(filter.as_ref(), &cx.on_fact(&fact.left))? {
                        days.insert(cx.zone().day_of(fact.event.time));
                    }
                }
                Ok(Exact::from(longest(&days, *period, &cx)))
            }
        }
    }
}

/// Whether a recorded event lies within the time of a challenge.
fn counts(fact: &Fact, instance: &Instance) -> bool {
    instance.runs(fact.event.time) && instance.by.as_ref().is_none_or(|(_, place)| fact.place > *place)
}

fn holds(filter: Option<&Expr>, cx: &Cx<'_>) -> Result<bool, Fault> {
    filter.map_or(Ok(true), |filter| walk::truth(filter, cx))
}

fn collect(
    cx: &Cx<'_>,
    fact: &Fact,
    list: Option<FieldId>,
    value: &Expr,
    found: &mut BTreeSet<Value>,
) -> Result<(), Fault> {
    let cx = cx.on_fact(&fact.left);
    match list.map(|list| fact.left.get(list.0 as usize)) {
        None => drop(found.insert(walk::value(value, &cx)?)),
        Some(Some(Value::List(lines))) => {
            for line in lines.iter().filter(|line| !line.is_empty()) {
                found.insert(walk::value(value, &cx.on_line(line))?);
            }
        }
        Some(_) => {}
    }
    Ok(())
}

/// The most periods in a row that have one of the days.
fn longest(days: &BTreeSet<crate::value::Day>, kind: PeriodKind, cx: &Cx<'_>) -> i64 {
    let joined = cx.state.joined_day(cx.zone());
    let (mut best, mut length, mut last) = (0, 0, None);
    for day in days {
        let period = cx.calendar.period_of(kind, *day, joined);
        if last == Some(period.start) {
            continue;
        }
        let before = cx.calendar.previous(kind, period, joined).map(|before| before.start);
        length = if before.is_some() && before == last { length + 1 } else { 1 };
        best = best.max(length);
        last = Some(period.start);
    }
    best
}
