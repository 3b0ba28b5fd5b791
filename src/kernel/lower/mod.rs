//! Lowers a program, or says which construct has no form here.

mod earns;
mod ladders;
mod measures;
mod redeems;
mod reversals;
mod rules;
mod units;

use rustc_hash::FxHashSet;

use crate::arena::{Arena, Id as _};
use crate::engine::Version;
use crate::hir::{
    Effect, EventDef, EventId, EventKind, Expiry, LadderRefund, MeasureId, Net, OnRefund, Program, Rule, RuleId,
    Source, Trigger, UnitId, Unmatched, Window,
};
use crate::source::Span;
use crate::value::Calendar;

use super::clock::{Back, Clock};
use super::code::Num;
use super::layout::{ABSENT, Keeps, Layout};
use super::order::order;
use super::plan::{EventPlan, FactPlan, How, LadderPlan, LotEnd, MeasurePlan, Plan, RulePlan, UnitPlan};
use super::slots::Shapes;
use super::store::lot;
use super::term::Lowering;
use super::texts::Printer;
use super::unfit::{Fit, Unfit, unfit, without};

/// What is lowered before events are.
struct Parts {
    measures: Arena<MeasureId, Option<MeasurePlan>>,
    ladders: Arena<crate::hir::LadderId, LadderPlan>,
    rules: Arena<RuleId, RulePlan>,
    /// The measures that each rule reads.
    reads: Vec<Vec<MeasureId>>,
}

impl Plan {
    /// Lowers a program.
    ///
    /// # Errors
    /// [`Unfit`] with the first construct that has no form here.
    pub fn of(version: &Version) -> Result<Self, Unfit> {
        plain(&version.program)?;
        // What nobody reads has no cells, and who reads what is known when everything is lowered.
        let all = Self::lowered(version, &|_| true, Vec::new())?;
        let read: FxHashSet<MeasureId> = all.events.iter().flat_map(|event| &event.reads).copied().collect();
        let spread = Self::of_read(version, &read, Vec::new())?;
        Self::of_read(version, &read, order(&spread))
    }

    /// Lowers a program with cells for those measures that are read, in an order.
    fn of_read(version: &Version, read: &FxHashSet<MeasureId>, order: Vec<usize>) -> Result<Self, Unfit> {
        let mut plan = Self::lowered(version, &|measure| read.contains(&measure), order)?;
        for event in plan.events.iter_mut() {
            event.counts.retain(|measure| read.contains(measure));
            event.reads.extend(&event.counts);
            event.reads.sort();
            event.reads.dedup();
            if let Some(stand_in) = event.reversal.as_mut().and_then(|reversal| reversal.stand_in.as_mut()) {
                stand_in.measures.retain(|measure| read.contains(measure));
            }
            if let Some(fact) = &mut event.fact {
                fact.measures.retain(|measure| read.contains(measure));
                fact.windows.retain(|measure| read.contains(measure));
            }
        }
        Ok(plan)
    }

    /// Lowers a program with cells for those measures that are read. What counts a measure is not yet among what an event reads.
    fn lowered(version: &Version, is_read: &dyn Fn(MeasureId) -> bool, order: Vec<usize>) -> Result<Self, Unfit> {
        let program = &*version.program;
        let mut clock = Clock::new(Calendar { zone: program.settings.zone.clone(), starts: program.settings.starts });
        let mut to = Lowering {
            program,
            shapes: Shapes::new(program),
            layout: layout(program, is_read, order),
            event: EventId(0),
            list: None,
            lets: None,
            slots: Vec::new(),
            measures: Vec::new(),
            balances: false,
            beyond: false,
        };
        let mut measures: Arena<_, _> =
            program.measures.pairs().map(|(id, measure)| to.measure(id, measure, &mut clock)).collect::<Fit<_>>()?;
        let units: Arena<_, _> =
            program.units.pairs().map(|(id, unit)| to.unit(id, unit, &mut clock)).collect::<Fit<_>>()?;
        let ladders: Arena<_, _> =
            program.ladders.pairs().map(|ladder| to.ladder(ladder, &measures, &mut clock)).collect::<Fit<_>>()?;
        let mut facts = to.facts(&measures)?;
        let (mut rules, mut reads) = (Arena::default(), Vec::new());
        for (id, rule) in program.rules.pairs() {
            to.measures.clear();
            rules.push(to.rule(id, rule, &mut facts, &mut clock)?);
            reads.push(std::mem::take(&mut to.measures));
        }
        let loses = |ladder: &LadderPlan| {
            ladder.held.as_ref().is_some_and(|held| held.refunds != LadderRefund::Never) && has_reversals(program)
        };
        let grounded: Vec<_> = ladders.pairs().filter(|(_, ladder)| loses(ladder)).map(|(id, _)| id).collect();
        let hangs = |rule: &RulePlan| rule.crossing.as_ref().is_some_and(|crossing| crossing.cells.hanging != ABSENT);
        let hanging: Vec<RuleId> = rules.pairs().filter(|(_, rule)| hangs(rule)).map(|(id, _)| id).collect();
        let crossings = hanging.iter().filter_map(|rule| rules.at(*rule).crossing.as_ref());
        let founds = grounded.iter().flat_map(|ladder| ladders.at(*ladder).measures.iter().copied());
        let founds: FxHashSet<MeasureId> = founds.chain(crossings.map(|crossing| crossing.measure)).collect();
        let fell = to.note_falls(&mut measures, &founds);
        let parts = Parts { measures, ladders, rules, reads };
        let mut events = Arena::default();
        for (id, event) in program.events.pairs() {
            let fact = facts.at_mut(id).take();
            events.push(to.event(version, (id, event), fact, &parts, &mut clock)?);
        }
        let back = |id: &MeasureId| parts.measures.at(*id).as_ref().map(|measure| measure.back);
        let slides = |ladder: &LadderPlan| {
            let windowed = ladder.measures.iter().filter_map(back).any(|back| !matches!(back, Back::Ever));
            ladder.held.is_some() || (!ladder.for_ever && windowed)
        };
        let sliding = parts.ladders.pairs().filter(|(_, ladder)| slides(ladder)).map(|(id, _)| id).collect();
        let lapses = |unit: &UnitPlan| unit.cells.lots != ABSENT && !matches!(unit.expiry, LotEnd::Never);
        let longest_hold = program.ladders.iter().map(ladders::longest_hold).max().unwrap_or(0);
        let lapsing = units.pairs().filter(|(_, unit)| lapses(unit)).map(|(id, _)| id).collect();
        let paid = events.iter().filter_map(|event: &EventPlan| event.redeem.as_ref()?.paid).next();
        let numbered = program.units.ids().any(|unit| to.layout.is_numbered(unit));
        let Parts { measures, ladders, rules, .. } = parts;
        let Lowering { shapes, layout, .. } = to;
        Ok(Self {
            program: version.program.clone(),
            shapes,
            layout,
            clock,
            events,
            units,
            measures,
            ladders,
            rules,
            sliding,
            grounded,
            // What a crossing brought may go back as long as anything may.
            longest_hold: if hanging.is_empty() { longest_hold } else { i64::MAX / 4 },
            hanging,
            lapsing,
            late: program.settings.late,
            rewards: program.rewards.len(),
            size_of_lot: if numbered { lot::NUMBER + 1 } else { lot::NUMBER },
            fell,
            paid,
            printer: Printer::default(),
        })
    }
}

impl Lowering<'_> {
    /// Whether anything can be taken back.
    fn has_reversals(&self) -> bool {
        has_reversals(self.program)
    }

    /// A cell in which it is noted that one of those measures on which something stands fell by what was no reversal: what it stood on lies
    /// in the history then, which only the fold has.
    fn note_falls(
        &mut self,
        measures: &mut Arena<MeasureId, Option<MeasurePlan>>,
        founds: &FxHashSet<MeasureId>,
    ) -> usize {
        let ids: Vec<MeasureId> = measures.ids().filter(|id| founds.contains(id)).collect();
        let falls = |measure: &&mut MeasurePlan| measure.how == How::Sum && !matches!(measure.value, Num::Const(_));
        let mut fell = ABSENT;
        for id in ids {
            if let Some(measure) = measures.at_mut(id).as_mut().filter(falls) {
                fell = if fell == ABSENT { self.layout.cell(0) } else { fell };
                measure.fell = fell;
            }
        }
        fell
    }

    /// Whether events of a type can be taken back.
    fn is_reversible(&self, event: EventId) -> bool {
        self.program.reversals_of(event).next().is_some()
    }

    /// Whether what takes events of a type back counts where it finds none.
    fn counts_without(&self, event: EventId) -> bool {
        self.program.reversals_of(event).any(|reversal| reversal.unmatched == Unmatched::Counts)
    }

    fn event(
        &mut self,
        version: &Version,
        (id, event): (EventId, &EventDef),
        mut fact: Option<FactPlan>,
        parts: &Parts,
        clock: &mut Clock,
    ) -> Fit<EventPlan> {
        let program = self.program;
        self.event = id;
        self.measures.clear();
        let hearers = version.listeners.of_event(id);
        without(event.kind.is_made() && !hearers.earns.is_empty(), "earns of what the clock makes", event.span)?;
        without(event.kind.is_made() && !hearers.rules.is_empty(), "rules for what the clock makes", event.span)?;
        let earns = hearers.earns.iter().map(|earn| self.earn(*earn, &mut fact, clock)).collect::<Fit<_>>()?;
        let redeem = (event.kind == EventKind::Redeem).then(|| self.redeem(clock)).transpose()?;
        let reversal = event.reversal.as_ref();
        let reversal = reversal.map(|reversal| self.reversal(reversal, &parts.measures, event.span)).transpose()?;
        let waited = version.listeners.waited_before(Some(id));
        let waits = |rule: &RuleId| match &program.rules.at(*rule).trigger {
            Trigger::Reaches(measure, _) | Trigger::Another { measure, .. } => waited.contains(measure),
            _ => false,
        };
        let waits: Vec<RuleId> = version.listeners.crossings.iter().copied().filter(waits).collect();
        let moved = [Some(id), reversal.as_ref().map(|reversal| reversal.of)];
        let moves = |measure: &MeasureId| counted(program, *measure).is_some_and(|event| moved.contains(&Some(event)));
        let counts: Vec<MeasureId> =
            program.measures.ids().filter(|measure| counted(program, *measure) == Some(id)).collect();
        let ladders = parts.ladders.pairs().filter(|(_, ladder)| ladder.measures.iter().any(moves));
        let ladders: Vec<_> = ladders.map(|(id, _)| id).collect();
        let stands = ladders.iter().map(|ladder| parts.ladders.at(*ladder));
        let heard = hearers.rules.iter().chain(&waits).copied();
        let heard = heard.chain(stands.clone().flat_map(|ladder| ladder.rules.iter().map(|rule| rule.rule)));
        let mut reads = std::mem::take(&mut self.measures);
        reads.extend(heard.filter_map(|rule| parts.reads.get(rule.index())).flatten());
        reads.extend(stands.flat_map(|ladder| &ladder.measures));
        reads.retain(|measure| parts.measures.at(*measure).is_some());
        reads.sort();
        reads.dedup();
        let rules = hearers.rules.clone();
        let crossings = waits.iter().filter_map(|rule| parts.rules.at(*rule).crossing.as_ref());
        let grounds = ladders.iter().flat_map(|ladder| &parts.ladders.at(*ladder).measures);
        let mut waited_for = crossings.map(|crossing| &crossing.measure).chain(grounds);
        let settles_at_once = waited_for.all(|measure| parts.measures.at(*measure).is_some());
        let last = self.layout.last_of(id);
        let renews = program.units.pairs().filter(|(_, unit)| units::waited_for(unit).contains(&id));
        let renews = renews.map(|(unit, _)| unit).collect();
        let kind = event.kind;
        Ok(EventPlan {
            kind,
            reads,
            counts,
            earns,
            rules,
            waits,
            ladders,
            settles_at_once,
            reversal,
            fact,
            redeem,
            last,
            renews,
        })
    }
}

/// The type of event that a measure counts.
fn counted(program: &Program, measure: MeasureId) -> Option<EventId> {
    match &program.measures.at(measure).source {
        Source::Events { event, .. } | Source::Streak { event, .. } => Some(*event),
        _ => None,
    }
}

/// Whether a program has nothing that members share or that needs their whole history.
fn plain(program: &Program) -> Fit<()> {
    let nowhere = |present: bool, what: &str| match present {
        true => Err(Unfit { what: what.to_owned(), span: None }),
        false => Ok(()),
    };
    nowhere(program.settings.zone_of_member.is_some(), "zones of members")?;
    nowhere(program.settings.join_required, "members that must join first")?;
    nowhere(crate::engine::Pots::shared(program), "what members share")?;
    nowhere(!program.challenges.is_empty(), "challenges")?;
    nowhere(!program.choices.is_empty(), "choices")?;
    nowhere(!program.partners.is_empty(), "partners")?;
    nowhere(!program.charities.is_empty(), "charities")?;
    nowhere(!program.exchanges.is_empty(), "exchanges")?;
    nowhere(!program.leaderboards.is_empty(), "leaderboards")?;
    for rule in program.rules.iter() {
        let timed = matches!(rule.trigger, Trigger::Every(_) | Trigger::After { .. });
        without(timed, "rules of the calendar", rule.span)?;
    }
    for reward in program.rewards.iter() {
        without(reward.automatic, "rewards that are redeemed by themselves", reward.span)?;
    }
    Ok(())
}

/// Whether a rule empties a measure.
fn restarted(program: &Program, measure: MeasureId) -> bool {
    let effects = program.rules.iter().flat_map(|rule| &rule.effects);
    effects.into_iter().any(|(_, effect)| matches!(effect, crate::hir::Effect::Restart(id) if *id == measure))
}

/// Whether anything can be taken back.
fn has_reversals(program: &Program) -> bool {
    program.events.iter().any(|event| event.reversal.is_some())
}

/// Whether a unit is spent or lapses.
fn leaves(program: &Program, unit: UnitId) -> bool {
    let rules = program.units.at(unit).expiry.iter();
    rules.flat_map(|rule| &rule.cases).any(|(_, case)| !matches!(case.expiry, Expiry::Never))
        || program.redeems.iter().any(|redeem| redeem.unit == unit)
}

/// Whether awards of a unit can be taken back.
fn comes_back(program: &Program, unit: UnitId) -> bool {
    let gives =
        |rule: &Rule| rule.effects.iter().any(|(_, effect)| matches!(effect, Effect::Give(given, _) if *given == unit));
    let earned = program.earns.iter().any(|earn| earn.unit == unit && earn.on_refund != OnRefund::Keep);
    has_reversals(program)
        && (earned || program.rules.iter().any(|rule| rule.on_refund != OnRefund::Keep && gives(rule)))
}

fn layout(program: &Program, is_read: &dyn Fn(MeasureId) -> bool, order: Vec<usize>) -> Layout {
    let mut layout = Layout::new(order);
    for (id, unit) in program.units.pairs() {
        layout.unit(leaves(program, id), comes_back(program, id), !unit.refunds_in_order);
        match units::waited_for(unit) {
            [] => {}
            events => layout.idle(id, events),
        }
    }
    let hung: Vec<MeasureId> = program.rules.iter().filter_map(|rule| rules::hangs_on(program, rule)).collect();
    for (id, measure) in program.measures.pairs() {
        if !is_read(id) {
            layout.unread();
            continue;
        }
        let distinct = matches!(&measure.source, Source::Events { aggregate, .. } if *aggregate == crate::hir::Aggregate::Distinct);
        let slides = matches!(measure.window, Window::LastDays(_) | Window::LastExactly(_));
        let streak = matches!(measure.source, Source::Streak { .. });
        let periodic = matches!(measure.window, Window::Period(_));
        // Where a measure began again is asked when something is taken back.
        let asked = streak || (measure.net != Net::Gross && has_reversals(program));
        layout.measure(Keeps {
            slides: slides && !streak,
            values: distinct,
            period: periodic,
            restart: asked && restarted(program, id),
            streak,
            past: periodic && has_reversals(program) && (ladders::hold_by(program, id) || hung.contains(&id)),
        });
    }
    for (id, ladder) in program.ladders.pairs() {
        let hangs = |rule: &Rule| rules::goes_back(program, rule) && ladder.refunds != LadderRefund::Never;
        let rises = |rule: &Rule| matches!(rule.trigger, Trigger::Tier { ladder, .. } if ladder == id);
        layout.ladder(program.rules.iter().any(|rule| rises(rule) && hangs(rule)));
    }
    program.limits.iter().for_each(|limit| layout.limit(limit.window.is_some()));
    for rule in program.rules.iter() {
        let waited = match &rule.trigger {
            Trigger::Reaches(measure, _) | Trigger::Another { measure, .. } => Some(*measure),
            _ => None,
        };
        layout.rule(
            waited.is_some(),
            waited.is_some_and(|measure| rules::is_once_for_ever(program, measure)),
            rules::hangs_on(program, rule).is_some(),
        );
    }
    for _ in program.badges.iter() {
        let cell = layout.cell(super::layout::NEVER);
        layout.badges.push(cell);
    }
    layout
}

/// Fails where a limit, boost or the like stands whose span is known.
fn must(holds: bool, what: &str, span: Span) -> Fit<()> {
    if holds { Ok(()) } else { unfit(what, span) }
}
