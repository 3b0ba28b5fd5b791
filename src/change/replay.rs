//! What a history comes to under one program, in sums that can be compared with those under another.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arena::Id as _;
use crate::engine::{Account, Cause, Event, Flow, Flows, Giver, Outcome, Pots, Vouchers, What, World, words};
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
    /// Amounts that lapsed, by unit.
    pub lapsed: BTreeMap<Arc<str>, i128>,
    /// Value of vouchers and gifts to causes, in minor units.
    pub money: i128,
    /// Value of vouchers that members have paid for with points, in minor units.
    pub bought: i128,
    /// Money off bills, in minor units, less that of orders that came back.
    pub off: i128,
}

/// What one member got, and has in the end.
#[derive(Debug, Default, Clone)]
pub(super) struct Member {
    /// Awards less what was taken back, by unit.
    pub awarded: BTreeMap<Arc<str>, i64>,
    /// What is there at the end, available or pending, less what is owed, by unit.
    pub left: BTreeMap<Arc<str>, i64>,
    /// What was paid for rewards whose value nobody said, by unit.
    pub paid: BTreeMap<Arc<str>, i64>,
    /// Vouchers less cancelled and lapsed ones.
    pub vouchers: i64,
    /// How many of these have no value.
    pub priceless: i64,
    /// The value of the others, in minor units.
    pub value: i64,
    /// Money off bills, in minor units, less that of orders that came back.
    pub off: i64,
    /// Money that points gave to causes, less fees that were to be paid, in minor units.
    pub passed: i64,
    /// Requests that were refused, less those that turned out not to be.
    pub refused: i64,
    /// Place in each ladder at the end, by the name of the ladder.
    pub tiers: BTreeMap<Arc<str>, u32>,
    /// What each event brought: its name, the unit (none for money in minor units), the amount.
    pub by_event: Vec<(Arc<str>, Option<Arc<str>>, i64)>,
    /// Events that were refused.
    pub refusals: Vec<Arc<str>>,
}

impl Member {
    /// A voucher more, or less.
    fn voucher(&mut self, value: Option<i64>, sign: i64) {
        self.vouchers += sign;
        self.priceless += if value.is_none() { sign } else { 0 };
        self.value = self.value.saturating_add(sign * value.unwrap_or(0));
    }

    /// Money that was got otherwise than in points, in minor units.
    pub fn cash(&self) -> i64 {
        self.value.saturating_add(self.off).saturating_add(self.passed)
    }
}

/// The keyword and the name of what does something.
type RuleName = (&'static str, Arc<str>);

/// A voucher that was issued: by what, whether the member has paid for it, and its value in minor units, where anybody said it.
type Issue = (RuleName, bool, Option<i64>);

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
    /// Money off bills, in minor units, less that of orders that came back.
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
                self.voucher(outcome, Some((by, bought, if money { *value } else { Some(0) })));
            }
            What::Voucher { .. } => {
                self.voucher(outcome, None);
                if let Some((Some((_, _, value)), sign)) = self.vouchers.lapsed(outcome) {
                    self.member(outcome).voucher(value, sign);
                }
            }
            What::Donated { amount, matched, giver, .. } => {
                if *giver == Giver::Member {
                    self.member(outcome).passed += *amount * sign;
                } else {
                    self.done.entry(by).or_default().money +=
                        (i128::from(*amount) + i128::from(*matched)) * i128::from(sign);
                }
            }
            What::Charged(fee) => self.member(outcome).passed -= *fee * sign,
            What::Paid { value, .. } => {
                let value = *value * sign;
                self.off += i128::from(value);
                self.done.entry(by).or_default().off += i128::from(value);
                let member = self.member(outcome);
                member.off += value;
                member.by_event.extend(outcome.event.clone().map(|event| (event, None, value)));
            }
            What::Refused(_) => {
                self.refused = self.refused.saturating_add_signed(sign);
                let member = self.member(outcome);
                member.refused += sign;
                member.refusals.extend(outcome.event.clone().filter(|_| sign > 0));
            }
            What::Failed(_) => self.failed = self.failed.saturating_add_signed(sign),
            _ => {}
        }
    }

    /// A voucher is issued or cancelled.
    fn voucher(&mut self, outcome: &Outcome, note: Option<Issue>) {
        let Some((Some((by, bought, value)), sign)) = self.vouchers.follow(outcome, note) else { return };
        let done = self.done.entry(by).or_default();
        let sum = if bought { &mut done.bought } else { &mut done.money };
        *sum += i128::from(sign * value.unwrap_or(0));
        self.member(outcome).voucher(value, sign);
    }

    fn member(&mut self, outcome: &Outcome) -> &mut Member {
        self.members.entry(outcome.member.clone()).or_default()
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
        let mut paid = 0;
        match outcome.cause {
            Cause::Reward(id) => {
                sums.turned += i128::from(awarded);
                let gives = &program.rewards.at(id).gives;
                paid = if gives.value.is_none() && gives.unit.is_none() { spent } else { 0 };
            }
            Cause::Earn(_) | Cause::Rule(_) | Cause::Ladder(_) | Cause::Exchange(_) | Cause::Event => {
                sums.turned += i128::from(spent);
            }
            _ => {}
        }
        if awarded != 0 {
            *self.done.entry(by.clone()).or_default().given.entry(unit.clone()).or_default() += i128::from(awarded);
        }
        // What lapses is the doing of the unit, whatever it was that lapsed or comes back after it had.
        let lapsed = [(to, amount), (from, -amount)].into_iter().filter(|(account, _)| **account == Account::Expired);
        for (_, lapsed) in lapsed {
            let done = self.done.entry(("unit", unit.clone())).or_default();
            *done.lapsed.entry(unit.clone()).or_default() += i128::from(lapsed);
        }
        if awarded == 0 && paid == 0 {
            return;
        }
        let member = self.members.entry(outcome.member.clone()).or_default();
        let add = |sums: &mut BTreeMap<Arc<str>, i64>, amount: i64| {
            let sum = sums.entry(unit.clone()).or_default();
            *sum = sum.saturating_add(amount);
        };
        add(&mut member.awarded, awarded);
        add(&mut member.paid, paid);
        if let Some(event) = outcome.event.clone().filter(|_| awarded != 0) {
            member.by_event.push((event, Some(unit.clone()), awarded));
        }
    }

    /// Everything has happened: where members stand.
    pub fn stand(&mut self, world: &World) {
        let engine = world.engine();
        let Some(program) = self.versions.last().cloned() else { return };
        for state in world.members() {
            let state = engine.in_newest(state);
            let mut left = BTreeMap::new();
            for (unit, purse) in state.units.pairs() {
                let name = self.unit(&program, unit);
                let own = i128::from(purse.available()) + i128::from(purse.pending()) - i128::from(purse.debt);
                left.insert(name.clone(), i64::try_from(own).unwrap_or(if own < 0 { i64::MIN } else { i64::MAX }));
                let sums = self.units.entry(name).or_default();
                sums.outstanding += own;
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
            let member = self.members.entry(state.member.clone()).or_default();
            (member.tiers, member.left) = (tiers, left);
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
