//! The reference: walks expressions and counts every measure anew from the member's whole history. Slow and obvious; what the compiled
//! plan is compared with.

use std::collections::{BTreeMap, BTreeSet};

use crate::hir::{Aggregate, Expr, Measure, MeasureId, Net, ShareCap, Source, Type, Window};
use crate::value::{Day, Exact, Instant, PeriodKind, Value};

use super::context::Cx;
use super::fact::{Fact, FactChange, Tallied};
use super::fault::Fault;
use super::judge::Judge;
use super::state::State;
use super::streak::{Length, Row};
use super::walk;

/// Walks and counts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reference;

impl Judge for Reference {
    fn value(&self, expr: &Expr, cx: &Cx<'_>) -> Result<Value, Fault> {
        walk::value(expr, cx)
    }

    fn measure(&self, id: MeasureId, cx: &Cx<'_>) -> Result<Value, Fault> {
        let measure = cx.program.measures.at(id);
        match &measure.source {
            Source::Formula(formula) => walk::value(formula, cx),
            Source::Postings { unit, tally } => {
                let start = cx.counted_from(measure.window)?;
                let mut total = Exact::ZERO;
                for posted in &cx.state.tallies {
                    let counts = posted.unit == *unit && posted.tally.is(*tally);
                    let restarted = cx.state.restarts.at(id).as_ref().is_some_and(|restart| posted.at <= restart.at);
                    if counts && !restarted && start.is_none_or(|start| posted.at >= start) && posted.at <= cx.at.now {
                        total = total.add(Exact::from(posted.amount))?;
                    }
                }
                Ok(Value::Exact(total))
            }
            Source::Streak { .. } => Ok(Value::Exact(Exact::from(streak(id, cx)?.periods))),
            Source::Run { .. } => Ok(Value::Exact(Exact::from(run(id, cx)?.0))),
            Source::Events { aggregate, event, .. } => {
                let start = cx.counted_from(measure.window)?;
                // What is taken back counts later than it came.
                let first = start.filter(|_| measure.net != Net::WhenReversed);
                let mut contributions = Vec::new();
                for fact in facts_from(cx, id, first).filter(|fact| fact.event.kind == *event) {
                    contribute(measure, fact, cx, &mut contributions)?;
                }
                contributions.retain(|one| one.at <= cx.at.now && start.is_none_or(|start| one.at >= start));
                total(*aggregate, measure.ty, measure.share.as_ref(), &contributions)
            }
        }
    }

    fn since(&self, id: MeasureId, cx: &Cx<'_>) -> Result<Option<Instant>, Fault> {
        Ok(match cx.program.measures.at(id).source {
            Source::Streak { .. } => streak(id, cx)?.since.map(|day| cx.zone().start_of(day)),
            _ => run(id, cx)?.1,
        })
    }

    fn noted(&self, _state: &mut State, _change: &FactChange<'_>, _cx: &super::judge::Noting<'_>) -> Result<(), Fault> {
        Ok(())
    }

    fn tallied(&self, state: &mut State, tallied: Tallied, _cx: &super::judge::Noting<'_>) -> Result<(), Fault> {
        state.tally(tallied);
        Ok(())
    }
}

/// How long a streak is; nothing for what is none.
fn streak(id: MeasureId, cx: &Cx<'_>) -> Result<Length, Fault> {
    let Source::Streak { event, filter, period, shield } = &cx.program.measures.at(id).source else {
        return Ok(Length::default());
    };
    let mut days = BTreeSet::new();
    if let Some(enough) = &shield.enough {
        days = enough_days(id, enough, *period, cx)?;
    }
    let plain = shield.enough.is_none();
    for fact in facts(cx, id).filter(|fact| plain && fact.event.kind == *event && !fact.gone && !fact.negative) {
        if passes(filter.as_ref(), &cx.on_fact(&fact.left))? && fact.event.time <= cx.at.now {
            days.insert(cx.zone().day_of(fact.event.time));
        }
    }
    let from = cx.state.restarts.at(id).as_ref().map(|restart| cx.zone().day_of(restart.at));
    Row { id, kind: *period, shield, from }.length(&days, cx)
}

/// How many events there are in a row, and when the first of them was; nothing for what is no such row.
fn run(id: MeasureId, cx: &Cx<'_>) -> Result<(i64, Option<Instant>), Fault> {
    let Source::Run { event, filter, within } = &cx.program.measures.at(id).source else { return Ok((0, None)) };
    let (mut row, mut last, mut first) = (0_i64, None, None);
    let standing =
        |fact: &&Fact| fact.event.kind == *event && !fact.gone && !fact.negative && fact.event.time <= cx.at.now;
    for fact in facts(cx, id).filter(standing).collect::<Vec<_>>().into_iter().rev() {
        let end = *last.get_or_insert(fact.event.time);
        let reaches = match within {
            Some(within) => within.after(fact.event.time, cx.zone()).ok_or(Fault::Calendar)? >= end,
            None => true,
        };
        if !reaches || !walk::truth(filter, &cx.on_fact(&fact.left))? {
            break;
        }
        row += 1;
        first = Some(fact.event.time);
    }
    Ok((row, first))
}

/// Facts since the measure was last restarted, for a goal those of its time.
fn facts<'a>(cx: &Cx<'a>, id: MeasureId) -> impl Iterator<Item = &'a Fact> {
    facts_from(cx, id, cx.from)
}

/// Those of them from a moment on, up to now.
fn facts_from<'a>(cx: &Cx<'a>, id: MeasureId, first: Option<Instant>) -> impl Iterator<Item = &'a Fact> {
    let (restart, now) = (cx.state.restarts.at(id).as_ref().map_or(0, |restart| restart.place), cx.at.now);
    let all = cx.state.facts_from(first.unwrap_or(Instant::FIRST)).take_while(move |fact| fact.event.time <= now);
    all.filter(move |fact| fact.place >= restart).filter(move |fact| is_there(fact, cx))
}

/// Whether a recorded event is there at the moment at which something is judged.
pub fn is_there(fact: &Fact, cx: &Cx<'_>) -> bool {
    let seen = cx.at.before.is_none_or(|before| fact.place < before || fact.negative);
    seen && fact.event.time <= cx.at.now
}

/// What one event or line, or its reversal, adds to a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// When it counts.
    pub at: Instant,
    /// 1, or -1 for what takes back.
    pub sign: i64,
    /// The value; missing for counts of events.
    pub value: Value,
    /// Whether it belongs to the part that is capped to a share.
    pub capped: bool,
}

/// Adds what a fact contributes to a measure, reversals included.
pub fn contribute(measure: &Measure, fact: &Fact, cx: &Cx<'_>, into: &mut Vec<Contribution>) -> Result<(), Fault> {
    let Source::Events { aggregate, .. } = &measure.source else { return Ok(()) };
    let sums = matches!(aggregate, Aggregate::Sum | Aggregate::Count);
    let time = fact.event.time;
    if fact.negative {
        if measure.net != Net::Gross && *aggregate == Aggregate::Sum {
            values(measure, &fact.event.fields, time, -1, cx, into)?;
        }
        return Ok(());
    }
    match measure.net {
        Net::Gross => values(measure, &fact.event.fields, time, 1, cx, into),
        Net::WhenReversed if sums => {
            values(measure, &fact.event.fields, time, 1, cx, into)?;
            let mut before = &fact.event.fields;
            let last = fact.reversals.len().saturating_sub(1);
            for (i, (at, left)) in fact.reversals.iter().enumerate() {
                values(measure, before, *at, -1, cx, into)?;
                if !(fact.gone && i == last) {
                    values(measure, left, *at, 1, cx, into)?;
                }
                before = left;
            }
            Ok(())
        }
        _ if fact.gone => Ok(()),
        _ => values(measure, &fact.left, time, 1, cx, into),
    }
}

/// Adds the contributions of an event with these fields.
pub fn values(
    measure: &Measure,
    fields: &[Value],
    at: Instant,
    sign: i64,
    cx: &Cx<'_>,
    into: &mut Vec<Contribution>,
) -> Result<(), Fault> {
    let Source::Events { list, value, filter, .. } = &measure.source else { return Ok(()) };
    let cx = cx.on_fact(fields);
    let mut add = |cx: &Cx<'_>| -> Result<(), Fault> {
        if passes(filter.as_ref(), cx)? {
            let value = value.as_ref().map_or(Ok(Value::Missing), |value| cx.judge.value(value, cx))?;
            let capped = measure.share.as_ref().map_or(Ok(false), |share| cx.judge.truth(&share.filter, cx))?;
            into.push(Contribution { at, sign, value, capped });
        }
        Ok(())
    };
    match list.and_then(|list| fields.get(list.0 as usize)) {
        // A line without fields is one that was reversed.
        Some(Value::List(lines)) => {
            lines.iter().filter(|line| !line.is_empty()).try_for_each(|line| add(&cx.on_line(line)))
        }
        Some(_) => Ok(()),
        None => add(&cx),
    }
}

fn passes(filter: Option<&Expr>, cx: &Cx<'_>) -> Result<bool, Fault> {
    filter.map_or(Ok(true), |filter| cx.judge.truth(filter, cx))
}

/// Contributions as one value.
pub fn total(
    how: Aggregate,
    ty: Type,
    share: Option<&ShareCap>,
    contributions: &[Contribution],
) -> Result<Value, Fault> {
    let signed = |one: &Contribution| match (how, &one.value) {
        (Aggregate::Count, _) => Exact::from(1),
        (_, Value::Exact(n)) => *n,
        _ => Exact::ZERO,
    };
    if matches!(how, Aggregate::Sum | Aggregate::Count) {
        let (mut free, mut capped) = (Exact::ZERO, Exact::ZERO);
        for one in contributions {
            let part = signed(one).mul(Exact::from(one.sign))?;
            let side = if one.capped { &mut capped } else { &mut free };
            *side = side.add(part)?;
        }
        return Ok(Value::Exact(with_share(share, free, capped)?));
    }
    let values: Vec<Value> = contributions.iter().map(|one| one.value.clone()).collect();
    match walk::aggregate(how, &values)? {
        // Nothing is a zero of numbers, and missing otherwise.
        Value::Exact(zero) if zero.is_zero() && values.is_empty() && !numeric(ty) => Ok(Value::Missing),
        value => Ok(value),
    }
}

fn numeric(ty: Type) -> bool {
    matches!(ty, Type::Number | Type::Money | Type::Quantity(_))
}

/// The free part and as much of the capped part as makes up no more than its share of the whole.
pub fn with_share(share: Option<&ShareCap>, free: Exact, capped: Exact) -> Result<Exact, Fault> {
    let Some(cap) = share else { return Ok(free.add(capped)?) };
    let rest = Exact::ONE.sub(cap.share)?;
    if rest.is_zero() {
        return Ok(free.add(capped)?);
    }
    let most = free.max(Exact::ZERO).mul(cap.share)?.div(rest)?;
    Ok(free.add(capped.min(most))?)
}

/// The first days of the periods in which enough was done.
fn enough_days(
    id: MeasureId,
    (measure, least): &(Measure, Exact),
    kind: PeriodKind,
    cx: &Cx<'_>,
) -> Result<BTreeSet<Day>, Fault> {
    let Source::Events { aggregate, event, .. } = &measure.source else { return Ok(BTreeSet::new()) };
    let joined = cx.state.joined_day(cx.zone());
    let mut periods: BTreeMap<Day, Vec<Contribution>> = BTreeMap::new();
    for fact in facts(cx, id).filter(|fact| fact.event.kind == *event && fact.event.time <= cx.at.now) {
        let start = cx.calendar.period_of(kind, cx.zone().day_of(fact.event.time), joined).start;
        contribute(measure, fact, cx, periods.entry(start).or_default())?;
    }
    let mut days = BTreeSet::new();
    for (start, contributions) in periods {
        if walk::number(&total(*aggregate, measure.ty, None, &contributions)?)? >= *least {
            days.insert(start);
        }
    }
    Ok(days)
}

/// Whether a measure looks back over a window that slides without events.
pub fn slides(window: Window) -> bool {
    matches!(window, Window::LastDays(_) | Window::LastExactly(_))
}
