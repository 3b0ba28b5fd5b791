//! What a history comes to under one program, in sums that can be compared with those under another.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arena::Id as _;
use crate::engine::{Account, Cause, Event, Flow, Flows, Outcome, Pots, Vouchers, What, World, words};
use crate::hir::{Program, UnitId};
use crate::value::{Exact, Value};

/// Amounts of one unit, in its smallest steps.
#[derive(Debug, Default, Clone)]
pub struct Sums {
    /// What became of it.
    pub flows: Flows,
    /// Of what was awarded, what members got for points of another unit, and what was turned into something else.
    pub turned: i128,
    /// What members have at the end, less what they owe.
    pub outstanding: i128,
    /// Money that one step is worth at the end, in minor units.
    pub worth: Option<Exact>,
    /// Decimals of the unit.
    pub decimals: u8,
}

/// What one rule has done.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Done {
    pub outcomes: u64,
    /// Amounts given, net, by unit.
    pub given: BTreeMap<Arc<str>, i128>,
    /// Value of vouchers and gifts to causes, in minor units.
    pub money: i128,
    /// Value of vouchers that members have paid for with points, in minor units.
    pub bought: i128,
    /// Money off bills, in minor units.
    pub off: i128,
}

/// What one member got.
#[derive(Debug, Default, Clone)]
pub(super) struct Member {
    /// Awards less what was taken back, and less what was paid for rewards that have a value, by unit.
    pub awarded: BTreeMap<Arc<str>, i64>,
    /// Vouchers less cancelled ones.
    pub vouchers: i64,
    /// Their value, in minor units.
    pub value: i64,
    /// Place in each ladder at the end, by the name of the ladder.
    pub tiers: BTreeMap<Arc<str>, u32>,
    /// What each event brought: its name, the unit, the amount.
    pub by_event: Vec<(Arc<str>, Arc<str>, i64)>,
}

/// The keyword and the name of what does something.
type RuleName = (&'static str, Arc<str>);

/// A voucher that was issued: by what, whether the member has paid for it, and its value in minor units.
type Issue = (RuleName, bool, i64);

/// A history under one program.
#[derive(Debug)]
pub struct Replay {
    versions: Vec<Arc<Program>>,
    /// New names of what the other program calls otherwise.
    renamed: BTreeMap<String, Arc<str>>,
    pub(super) units: BTreeMap<Arc<str>, Sums>,
    pub(super) done: BTreeMap<RuleName, Done>,
    vouchers: Vouchers<Option<Issue>>,
    pub(super) members: BTreeMap<Arc<str>, Member>,
    pub(super) kinds: BTreeMap<Arc<str>, u64>,
    /// Money off bills, in minor units.
    pub(super) off: i128,
    pub(super) events: u64,
    pub(super) refused: u64,
    pub(super) failed: u64,
}

impl Replay {
    /// Nothing yet. `newer` is the program whose names are used.
    pub fn new(versions: &[Arc<Program>], newer: &Program) -> Self {
        let renamed = super::items(newer).into_iter().filter_map(|item| Some((item.was?, item.name.into())));
        let mut replay = Self {
            versions: versions.to_vec(),
            renamed: renamed.collect(),
            units: BTreeMap::new(),
            done: BTreeMap::new(),
            vouchers: Vouchers::default(),
            members: BTreeMap::new(),
            kinds: BTreeMap::new(),
            off: 0,
            events: 0,
            refused: 0,
            failed: 0,
        };
        if let Some(program) = versions.last() {
            for unit in program.units.iter() {
                let name = replay.called(&unit.name);
                replay.units.insert(name, Sums { decimals: unit.decimals, ..Sums::default() });
            }
        }
        replay
    }

    fn called(&self, name: &Arc<str>) -> Arc<str> {
        self.renamed.get(&**name).cloned().unwrap_or_else(|| name.clone())
    }

    fn unit(&self, program: &Program, unit: UnitId) -> Arc<str> {
        self.called(&program.units.at(unit).name)
    }

    /// An event was read.
    pub fn event(&mut self, event: &Event) {
        self.events += 1;
        if let Some(def) = self.versions.last().and_then(|program| program.events.get(event.kind)) {
            *self.kinds.entry(def.name.clone()).or_default() += 1;
        }
    }

    /// Something happened.
    pub fn outcome(&mut self, outcome: &Outcome) {
        let Some(program) = self.versions.get(outcome.version as usize).cloned() else { return };
        let (kind, name) = words::cause(&program, outcome.cause);
        let by = (kind, name.map_or_else(|| Arc::from(""), |(name, _)| self.called(name)));
        self.done.entry(by.clone()).or_default().outcomes += 1;
        let (what, sign) = match &outcome.what {
            What::Withdrawn(what) => (&**what, -1),
            what => (what, 1),
        };
        match what {
            What::Posted { unit, from, to, amount, .. } => {
                let unit = self.unit(&program, *unit);
                self.posted(outcome, &program, &by, unit, (from, to), *amount);
            }
            What::Issued { value, reward, .. } => {
                let money = program.rewards.at(*reward).gives.unit.is_none();
                let bought = outcome.cause == Cause::Reward(*reward);
                self.voucher(outcome, Some((by, bought, value.filter(|_| money).unwrap_or(0))));
            }
            What::Voucher { .. } => self.voucher(outcome, None),
            What::Donated { amount, matched, giver, .. } if *giver != crate::engine::Giver::Member => {
                self.done.entry(by).or_default().money +=
                    (i128::from(*amount) + i128::from(*matched)) * i128::from(sign);
            }
            What::Paid { value, .. } => {
                self.off += i128::from(*value * sign);
                self.done.entry(by).or_default().off += i128::from(*value * sign);
            }
            What::Refused(_) => self.refused += 1,
            What::Failed(_) => self.failed += 1,
            _ => {}
        }
    }

    /// A voucher is issued or cancelled.
    fn voucher(&mut self, outcome: &Outcome, note: Option<Issue>) {
        let Some((Some((by, bought, value)), sign)) = self.vouchers.follow(outcome, note) else { return };
        let done = self.done.entry(by).or_default();
        let sum = if bought { &mut done.bought } else { &mut done.money };
        *sum += i128::from(sign * value);
        let member = self.members.entry(outcome.member.clone()).or_default();
        member.vouchers += sign;
        member.value = member.value.saturating_add(sign * value);
    }

    fn posted(
        &mut self,
        outcome: &Outcome,
        program: &Program,
        by: &RuleName,
        unit: Arc<str>,
        (from, to): (&Account, &Account),
        amount: i64,
    ) {
        let sums = self.units.entry(unit.clone()).or_default();
        let flow = sums.flows.post(from, to, i128::from(amount));
        let awarded = match flow {
            Some(Flow::Issued) => amount,
            Some(Flow::Reversed) => -amount,
            _ => 0,
        };
        let spent = match flow {
            Some(Flow::Spent) if *to == Account::Redeemed => amount,
            Some(Flow::Spent) if *from == Account::Redeemed => -amount,
            _ => 0,
        };
        let mut gained = awarded;
        match outcome.cause {
            Cause::Reward(id) => {
                sums.turned += i128::from(awarded);
                gained -= if program.rewards.at(id).gives.value.is_some() { spent } else { 0 };
            }
            Cause::Earn(_) | Cause::Rule(_) | Cause::Ladder(_) | Cause::Exchange(_) | Cause::Event => {
                sums.turned += i128::from(spent);
            }
            _ => {}
        }
        if awarded != 0 {
            *self.done.entry(by.clone()).or_default().given.entry(unit.clone()).or_default() += i128::from(awarded);
        }
        if gained != 0 {
            let member = self.members.entry(outcome.member.clone()).or_default();
            let sum = member.awarded.entry(unit.clone()).or_default();
            *sum = sum.saturating_add(gained);
            if let Some(event) = &outcome.event {
                member.by_event.push((event.clone(), unit, gained));
            }
        }
    }

    /// Everything has happened: where members stand.
    pub fn stand(&mut self, world: &World) {
        let engine = world.engine();
        let Some(program) = self.versions.last().cloned() else { return };
        for state in world.members() {
            let state = engine.in_newest(state);
            for (unit, purse) in state.units.pairs() {
                let name = self.unit(&program, unit);
                let sums = self.units.entry(name).or_default();
                sums.outstanding +=
                    i128::from(purse.available()) + i128::from(purse.pending()) - i128::from(purse.debt);
                if sums.worth.is_none()
                    && let Some(worth) = &program.units.at(unit).worth
                    && let Ok(Value::Exact(worth)) = engine.evaluate(&state, &Pots::default(), worth)
                {
                    sums.worth = Some(worth);
                }
                if program.units.at(unit).money {
                    sums.worth = Some(Exact::ONE);
                }
            }
            let mut tiers = BTreeMap::new();
            for (ladder, held) in state.ladders.pairs() {
                tiers.insert(self.called(&program.ladders.at(ladder).name), held.tier);
            }
            self.members.entry(state.member.clone()).or_default().tiers = tiers;
        }
    }

    /// Names of the tiers of a ladder, from the lowest.
    pub(super) fn tiers(&self, ladder: &str) -> Vec<String> {
        let Some(program) = self.versions.last() else { return Vec::new() };
        let found = program.ladders.iter().find(|other| *self.called(&other.name) == *ladder);
        found.map_or_else(Vec::new, |ladder| ladder.tiers.iter().map(|tier| tier.name.to_string()).collect())
    }

    /// Which event an earn or rule waits for, and how many of these there were.
    pub(super) fn waits_for(&self, keyword: &str, name: &str) -> Option<(Arc<str>, u64)> {
        let program = self.versions.last()?;
        let event = match keyword {
            "earn" => program.earns.iter().find(|item| *self.called(&item.name) == *name)?.event,
            "rule" => {
                let rule = program.rules.iter().find(|item| *self.called(&item.name) == *name)?;
                let crate::hir::Trigger::Event(event, _) = rule.trigger else { return None };
                event
            }
            _ => return None,
        };
        let name = &program.events.get(event)?.name;
        let made = event.index() < crate::hir::EventKind::BUILTIN.len() && program.events.at(event).kind.is_made();
        (!made).then(|| (name.clone(), self.kinds.get(name).copied().unwrap_or(0)))
    }

    /// Earns that a boost or a shared limit is about.
    pub(super) fn about(&self, keyword: &str, name: &str) -> Vec<Arc<str>> {
        let Some(program) = self.versions.last() else { return Vec::new() };
        let uses = |earn: &&crate::hir::Earn| match keyword {
            "boost" => earn.boosts.iter().any(|boost| *program.boosts.at(*boost).name == *name),
            "limit" => earn.limits.iter().any(|limit| program.limits.at(*limit).name.as_deref() == Some(name)),
            _ => false,
        };
        program.earns.iter().filter(uses).map(|earn| self.called(&earn.name)).collect()
    }
}
