//! What of a program listens to what, worked out once, so that judging an event costs what hears of it and not what the program has.

use crate::arena::Arena;
use crate::hir::{
    Earn, EarnId, EventId, EventKind, LadderId, MeasureId, Pending, Program, Read, RewardId, RuleId, Source, StackMode,
    TierAt, Trigger, UnitId,
};

use super::reads;
use super::turns::Turns;

/// What hears of one type of event.
#[derive(Debug, Default)]
pub struct Hearers {
    /// Its earns.
    pub earns: Vec<EarnId>,
    /// Its rules.
    pub rules: Vec<RuleId>,
    /// Those of its rules that meet its earns in a stacking group.
    pub met: Vec<RuleId>,
}

/// What the conditions of a ladder look at.
#[derive(Debug, Default)]
pub struct Watched {
    /// What they read of the member, in order.
    pub reads: Vec<Read>,
    /// When they may turn by themselves.
    pub turns: Turns,
}

/// What listens to what.
#[derive(Debug, Default)]
pub struct Listeners {
    hearers: Arena<EventId, Hearers>,
    ladders: Arena<LadderId, Watched>,
    kept: Vec<(UnitId, Turns)>,
    /// What turns by time alone that anything waits for: tiers, rules and challenges.
    pub turns: Turns,
    /// Automatic rewards that time alone may open to a member.
    pub automatic: Vec<(RewardId, Turns)>,
    /// Rules that wait for a measure.
    pub crossings: Vec<RuleId>,
    /// Rules that the clock sets off.
    pub clock: Vec<RuleId>,
    /// Measures whose value before something happens somebody asks for.
    pub waited: Vec<MeasureId>,
    /// Those of them that events of a type may raise, or that somebody asks for in any case.
    moved: Arena<EventId, Vec<MeasureId>>,
    /// Streaks that something can freeze.
    pub frozen: Vec<MeasureId>,
    /// Types of events for which lots wait.
    pub awaited: Vec<EventId>,
}

impl Listeners {
    /// What of a program listens to what.
    pub fn of(program: &Program) -> Self {
        let hearers = program.events.iter().map(|_| Hearers::default()).collect();
        let mut all = Self { hearers, ..Self::default() };
        for (id, earn) in program.earns.pairs() {
            all.hearers.at_mut(earn.event).earns.push(id);
        }
        for (id, rule) in program.rules.pairs() {
            match &rule.trigger {
                Trigger::Event(kind, _) => {
                    let hearers = all.hearers.at_mut(*kind);
                    hearers.rules.push(id);
                    if rule.stack.is_some_and(|stack| decides(program.stacks.at(stack).mode)) {
                        hearers.met.push(id);
                    }
                }
                Trigger::Reaches(measure, value) | Trigger::Another { measure, step: value, .. } => {
                    let repeats = matches!(rule.trigger, Trigger::Another { .. });
                    all.turns.add_crossing(program, *measure, (!repeats).then_some(value));
                    all.crossings.push(id);
                    all.wait_for(*measure);
                }
                Trigger::Every(_) | Trigger::After { .. } => all.clock.push(id),
                _ => {}
            }
        }
        for earn in program.earns.iter() {
            if let Some(measure) = split_by(program, earn) {
                all.wait_for(measure);
            }
        }
        for ladder in program.ladders.iter() {
            let conditions = || ladder.tiers.iter().flat_map(|tier| tier.reach.iter().chain(&tier.keep));
            let mut reads = Vec::new();
            for read in conditions().flat_map(|condition| reads::reads(program, condition)) {
                if !reads.contains(&read) {
                    reads.push(read);
                }
            }
            all.ladders.push(Watched { reads, turns: Turns::of(program, conditions()) });
            conditions().for_each(|condition| all.turns.add(program, condition));
        }
        for (id, unit) in program.units.pairs() {
            if let Some(keeps) = &unit.keeps_while {
                all.kept.push((id, Turns::of(program, [keeps])));
            }
        }
        program.challenges.iter().for_each(|challenge| all.turns.add_challenge(program, challenge));
        for (id, reward) in program.rewards.pairs().filter(|(_, reward)| reward.automatic) {
            let mut turns = Turns::default();
            turns.add_reward(program, reward);
            if !turns.is_empty() {
                all.automatic.push((id, turns));
            }
        }
        let split: Vec<MeasureId> = program.earns.iter().filter_map(|earn| split_by(program, earn)).collect();
        let of_kind = |kind: EventId| {
            let moved = |id: &MeasureId| split.contains(id) || may_raise(program, kind, *id);
            all.waited.iter().copied().filter(moved).collect()
        };
        all.moved = program.events.ids().map(of_kind).collect();
        all.frozen = program.measures.pairs().filter(|(_, measure)| measure.is_frozen()).map(|(id, _)| id).collect();
        let units = program.units.iter().flat_map(|unit| unit.pending.iter());
        let earns = program.earns.iter().flat_map(|earn| earn.pending.iter().flatten());
        all.awaited = units
            .chain(earns)
            .filter_map(|(_, pending)| if let Pending::Until { event, .. } = pending { Some(*event) } else { None })
            .collect();
        all
    }

    fn wait_for(&mut self, measure: MeasureId) {
        if !self.waited.contains(&measure) {
            self.waited.push(measure);
        }
    }

    /// What hears of a type of event.
    pub fn of_event(&self, kind: EventId) -> &Hearers {
        self.hearers.at(kind)
    }

    /// Measures whose value before something happens somebody asks for: before an event of a type, or anything else.
    pub fn waited_before(&self, kind: Option<EventId>) -> &[MeasureId] {
        kind.map_or(&self.waited, |kind| self.moved.at(kind))
    }

    /// What the conditions of a ladder look at.
    pub fn of_ladder(&self, ladder: LadderId) -> &Watched {
        self.ladders.at(ladder)
    }

    /// What makes the condition turn that keeps lots of a unit.
    pub fn of_kept(&self, unit: UnitId) -> Option<&Turns> {
        self.kept.iter().find(|(id, _)| *id == unit).map(|(_, turns)| turns)
    }
}

/// Whether events of a type, and what follows from them, may raise a measure. Where that is not certain, they may.
fn may_raise(program: &Program, kind: EventId, measure: MeasureId) -> bool {
    let def = program.events.at(kind);
    let reversed = def.reversal.as_ref().map(|reversal| reversal.of);
    let counted = match &program.measures.at(measure).source {
        Source::Events { event, .. } | Source::Run { event, .. } => *event,
        Source::Streak { event, shield, .. }
            if shield.enough.is_none() && shield.repairs.is_none() && shield.frozen.is_none() =>
        {
            *event
        }
        Source::Streak { .. } | Source::Postings { .. } | Source::Formula(_) => return true,
    };
    !matches!(def.kind, EventKind::Declared | EventKind::Redeem) || counted == kind || reversed == Some(counted)
}

fn split_by(program: &Program, earn: &Earn) -> Option<MeasureId> {
    match earn.tier {
        TierAt::Split(ladder) => program.ladders.at(ladder).by,
        _ => None,
    }
}

/// Whether only some members of such a group count.
pub fn decides(mode: StackMode) -> bool {
    !matches!(mode, StackMode::Add | StackMode::Multiply)
}
