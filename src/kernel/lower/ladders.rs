//! Ladders whose tiers are held as long as their condition holds, for a time, or for ever.

use crate::arena::Arena;
use crate::hir::{
    Compare, Direction, End, Expr, Fall, Hold, Kind, Ladder, LadderId, LadderRefund, MeasureId, Net, Program, Read,
    Rise, Source, Tier, Trigger, Window,
};
use crate::value::{Exact, PeriodKind, TimeSpan};

use super::super::clock::Clock;
use super::super::code::Num;
use super::super::layout::{ABSENT, MeasureCells, NEVER};
use super::super::plan::{HeldPlan, LadderPlan, MeasurePlan, StandingCells, TierRule};
use super::super::queues::EMPTY;
use super::super::term::{Lowering, constant};
use super::super::unfit::{Fit, unfit, without};
use super::counted;
use super::measures::at_most;
use super::rules::goes_back;

impl Lowering<'_> {
    pub(super) fn ladder(
        &mut self,
        (id, ladder): (LadderId, &Ladder),
        lowered: &Arena<MeasureId, Option<MeasurePlan>>,
        clock: &mut Clock,
    ) -> Fit<LadderPlan> {
        let span = ladder.span;
        without(ladder.rises != Rise::AtOnce, "tiers that are not reached at once", span)?;
        without(ladder.grace.is_some(), "grace before a fall", span)?;
        without(ladder.rollover.is_some(), "surplus that rolls over", span)?;
        let reversals = self.has_reversals();
        let (for_ever, end) = match ladder.holds {
            Hold::Rolling => (false, None),
            Hold::ForEver if !reversals || ladder.refunds == LadderRefund::Never => (true, None),
            Hold::Until(end) => match end {
                End::After(length, of)
                    if of != Some(PeriodKind::MembershipYear) && (of.is_some() || !length.is_exact()) =>
                {
                    (false, Some(clock.end(end)))
                }
                End::Period { kind, .. } if kind != PeriodKind::MembershipYear => (false, Some(clock.end(end))),
                _ => return unfit("tiers that are held until then", span),
            },
            _ => return unfit("tiers that are held until a day, or for ever but for what comes back", span),
        };
        let issues: Vec<_> = ladder.tiers.iter().map(|tier| tier.issues.clone()).collect();
        let issued = issues.iter().any(|issues| !issues.is_empty());
        without(issued && reversals, "rewards of tiers that can be taken back", span)?;
        self.measures.clear();
        self.balances = false;
        let (mut reach, mut keep) = (Vec::new(), Vec::new());
        for tier in ladder.tiers.iter().skip(1) {
            let condition = tier.reach.as_ref();
            let other = tier.keeps_otherwise();
            without(other && !for_ever && end.is_none(), "other conditions to keep a tier", tier.span)?;
            let kept = tier.keep.as_ref().filter(|_| other && end.is_some());
            without(kept.is_some_and(|keep| !rises_only(keep)), "conditions of this kind for tiers", tier.span)?;
            keep.push(kept.map(|keep| Ok(self.term(keep)?.num)).transpose()?);
            without(condition.is_some_and(|reach| !rises_only(reach)), "conditions of this kind for tiers", tier.span)?;
            reach.push(condition.map(|reach| Ok(self.term(reach)?.num)).transpose()?);
        }
        // Points that lapse would move the tier, at moments that only the fold looks at.
        without(self.balances, "tiers on balances", span)?;
        let sinks = |id: &MeasureId| {
            let measure = self.program.measures.at(*id);
            let slides = matches!(measure.window, Window::LastDays(_) | Window::LastExactly(_));
            let alone = counted(self.program, *id).is_some_and(|event| self.counts_without(event));
            slides && measure.net != Net::Gross && (alone || measure.net == Net::WhenReversed)
        };
        // What counts against a window leaves it too, and lifts what it had lowered: at moments that only the fold looks at.
        without(self.measures.iter().any(sinks), "tiers on what reversals lower at their own time", span)?;
        let measures = std::mem::take(&mut self.measures);
        let held = end.map(|end| self.held(ladder, &measures, (end, keep), clock)).transpose()?;
        let mut rules = Vec::new();
        for (rule, def) in self.program.rules.pairs() {
            let Trigger::Tier { ladder: of, direction, to, first } = def.trigger else { continue };
            if of != id {
                continue;
            }
            let hangs = goes_back(self.program, def);
            let anew = if first && hangs { self.layout.cell(0) } else { ABSENT };
            let (rises, falls) = (direction != Direction::Falls, direction != Direction::Rises);
            rules.push(TierRule { rule, rises, falls, to, first, hangs, anew });
        }
        let back = rules.iter().any(|rule| rule.anew != ABSENT);
        without(back && ladder.tiers.len() >= 63, "so many tiers, of which the first rise may be taken back", span)?;
        // What comes back may have made a fall that was none.
        let falls = held.is_some() && reversals && rules.iter().any(|rule| rule.falls);
        without(falls, "rules for falls from what is held for a time", span)?;
        let windows = measures.iter().filter_map(|measure| lowered.at(*measure).as_ref());
        let windows = windows.map(|measure| (measure.back, measure.cells.first)).collect();
        let (cells, least) = (*self.layout.ladders.at(id), least(&reach));
        Ok(LadderPlan { cells, reach, least, measures, windows, for_ever, held, rules, issues })
    }

    /// How tiers are held for a time, with the end of it and the conditions to keep them.
    fn held(
        &mut self,
        ladder: &Ladder,
        measures: &[MeasureId],
        (end, keep): (usize, Vec<Option<Num>>),
        clock: &mut Clock,
    ) -> Fit<HeldPlan> {
        let (program, span) = (self.program, ladder.span);
        let of = |measure: &MeasureId| program.measures.at(*measure);
        let formulas = measures.iter().any(|measure| matches!(of(measure).source, Source::Formula(_)));
        without(formulas, "tiers that are held for a time by a formula", span)?;
        let by = match ladder.by.map(|by| program.measures.at(by).window) {
            Some(Window::Period(kind)) => kind,
            _ => PeriodKind::Year,
        };
        // By what was counted when they were qualified for, tiers are looked at again where something comes back.
        let looked_at = |window: Window| match window {
            Window::Period(kind) => kind == by || !self.has_reversals(),
            Window::Ever => !self.has_reversals(),
            _ => false,
        };
        // Where one begins anew, the others must not hold what they hold any longer: it would be prolonged then.
        let first = measures.first().map(|first| of(first).window);
        let alike = |window: Window| first == Some(window) && looked_at(window);
        let others = measures.iter().any(|measure| !alike(of(measure).window));
        without(others, "tiers that are held for a time by other windows than one period", span)?;
        let standing = measures.iter().map(|measure| {
            let MeasureCells { value, period, .. } = *self.layout.measures.at(*measure);
            StandingCells { value, period, seen: self.layout.cell(0), seen_in: self.layout.cell(NEVER) }
        });
        let standing = standing.collect();
        Ok(HeldPlan {
            holds: self.layout.cell(EMPTY),
            ended: if keep.iter().any(Option::is_some) { self.layout.cell(EMPTY) } else { ABSENT },
            end,
            keep,
            period: clock.period(by, span)?,
            by_one: ladder.falls == Fall::ByOne,
            refunds: ladder.refunds,
            standing,
        })
    }
}

/// The cell that decides all conditions, and the least in it for each, if they are as plain as that and none asks for less than one before it.
fn least(reach: &[Option<Num>]) -> Option<(usize, Vec<i64>)> {
    let one = |reach: &Option<Num>| if let Some(Num::Reaches(at, least)) = reach { Some((*at, *least)) } else { None };
    let all: Vec<(usize, i64)> = reach.iter().map(one).collect::<Option<_>>()?;
    let (cell, _) = *all.first()?;
    let alike = all.iter().all(|(at, _)| *at == cell);
    let alike = alike && all.is_sorted_by_key(|(_, least)| *least);
    alike.then(|| (cell, all.into_iter().map(|(_, least)| least).collect()))
}

/// Whether tiers are held for a time by a measure.
pub(super) fn hold_by(program: &Program, measure: MeasureId) -> bool {
    let held = program.ladders.iter().filter(|ladder| matches!(ladder.holds, Hold::Until(_)));
    let conditions = held.flat_map(|ladder| &ladder.tiers).flat_map(|tier| tier.reach.iter().chain(&tier.keep));
    conditions.into_iter().any(|condition| crate::engine::reads::measures(program, condition).contains(&measure))
}

/// At most how long the period is ago in which a tier was qualified for that is still held, in milliseconds.
pub(super) fn longest_hold(ladder: &Ladder) -> i64 {
    let year = at_most(TimeSpan { months: 12, days: 0, millis: 0 });
    match ladder.holds {
        // Those that are only kept stand on any that were before them.
        Hold::Until(_) if ladder.tiers.iter().any(Tier::keeps_otherwise) => i64::MAX / 4,
        Hold::Until(End::After(length, _)) => at_most(length) + 2 * year,
        Hold::Until(End::Period { ahead, .. }) => (i64::from(ahead) + 2) * year,
        _ => 0,
    }
}

/// Whether a condition can only come to hold by a measure that rises, and only cease to by one that falls.
fn rises_only(condition: &Expr) -> bool {
    match &condition.kind {
        Kind::And(all) | Kind::Or(all) => all.iter().all(rises_only),
        Kind::Compare(Compare::AtLeast | Compare::More, measure, bound) => {
            // What holds from the beginning is reached by whatever comes first.
            matches!(measure.kind, Kind::Read(Read::Measure(_)))
                && constant(bound).is_some_and(|bound| bound > Exact::ZERO)
        }
        _ => false,
    }
}
