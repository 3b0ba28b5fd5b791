//! What a run comes to.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;

use super::reasons::Reasons;
use super::{giving, playing};
use crate::arena::Id as _;
use crate::engine::{Flows, Outcome, VoucherChange, What, World};
use crate::events::Reject;
use crate::hir::{Label, Ladder, LadderId, Program, RewardId, Tier, UnitId};
use crate::journal::{Settled, Statement};
use crate::kernel::{Standing, Told};
use crate::report::{CauseReport, ChallengeReport, ChoiceReport, DrawReport, Giving, Playing};
pub(super) use crate::value::decimal;

/// How many reasons are shown, the commonest first.
const MOST_REASONS: usize = 10;

/// How many rejects are shown.
const SHOWN_REJECTS: usize = 5;

/// Counts of a run, added to as it goes.
#[derive(Debug)]
pub struct Summary<'p> {
    versions: &'p [Arc<Program>],
    program: &'p Program,
    events: u64,
    /// Events beyond the moment up to which the clock is moved.
    later: u64,
    members: u64,
    duplicates: u64,
    skipped: u64,
    postings: u64,
    outcomes: u64,
    refused: u64,
    failed: u64,
    corrections: u64,
    units: BTreeMap<UnitId, UnitSums>,
    tiers: BTreeMap<LadderId, Vec<u64>>,
    moves: u64,
    rewards: BTreeMap<RewardId, RewardSums>,
    /// What partners and causes come to.
    pub(super) giving: Giving<'p>,
    playing: Playing<'p>,
    /// Why records were not judged.
    reasons: Reasons,
    /// Why events failed or were refused, as far as it is known.
    outcome_reasons: Reasons,
    rejects: u64,
    first_rejects: Vec<Reject>,
    elapsed: Duration,
    /// Whether members stood somewhere before: the run goes on from a state.
    pub(super) goes_on: bool,
}

/// Amounts of one unit, in its smallest steps.
#[derive(Debug, Default, Clone, Copy)]
struct UnitSums {
    flows: Flows,
    outstanding: i128,
    pending: i128,
}

#[derive(Debug, Default, Clone, Copy)]
struct RewardSums {
    issued: u64,
    used: u64,
    expired: u64,
}

impl<'p> Summary<'p> {
    /// Nothing but what earlier runs have settled with partners.
    pub fn new(versions: &'p [Arc<Program>], earlier: &[Settled]) -> Option<Self> {
        let program = versions.last()?;
        Some(Self {
            versions,
            program,
            events: 0,
            later: 0,
            members: 0,
            duplicates: 0,
            skipped: 0,
            postings: 0,
            outcomes: 0,
            refused: 0,
            failed: 0,
            corrections: 0,
            units: program.units.ids().map(|unit| (unit, UnitSums::default())).collect(),
            tiers: BTreeMap::new(),
            moves: 0,
            rewards: BTreeMap::new(),
            giving: Giving::new(versions, earlier),
            playing: Playing::new(versions),
            reasons: Reasons::default(),
            outcome_reasons: Reasons::default(),
            rejects: 0,
            first_rejects: Vec::new(),
            elapsed: Duration::ZERO,
            goes_on: false,
        })
    }

    /// An event was read.
    pub fn event(&mut self) {
        self.events += 1;
    }

    /// So many events lie beyond the moment up to which the clock is moved.
    pub fn beyond(&mut self, events: u64) {
        self.later += events;
    }

    /// An event had been there before.
    pub fn duplicate(&mut self) {
        self.duplicates += 1;
    }

    /// Where members stand at the end: of this run and all before it.
    pub fn stand(&mut self, world: &World) {
        let members = world.members();
        self.members = u64::try_from(members.len()).unwrap_or(u64::MAX);
        let newest = self.versions.len().saturating_sub(1);
        for state in members {
            let carried = (state.version as usize != newest).then(|| world.engine().in_newest(state));
            let state = carried.as_ref().unwrap_or(state);
            self.playing.stand(world.engine(), state);
            for (unit, purse) in state.units.pairs() {
                let sums = self.units.entry(unit).or_default();
                sums.pending += i128::from(purse.pending());
                sums.outstanding +=
                    i128::from(purse.available()) + i128::from(purse.pending()) - i128::from(purse.debt);
            }
            for (ladder, held) in state.ladders.pairs() {
                let counts =
                    self.tiers.entry(ladder).or_insert_with(|| vec![0; self.program.ladders.at(ladder).tiers.len()]);
                if let Some(count) = counts.get_mut(held.tier as usize) {
                    *count += 1;
                }
            }
        }
    }

    /// What the kernel came to, and where it left members.
    pub fn tight(&mut self, told: &Told, standing: &Standing) {
        self.outcomes += told.outcomes;
        self.postings += told.postings;
        self.moves += told.moves;
        self.refused += told.refused;
        self.failed += told.failed;
        self.members = standing.members;
        for ((unit, flows), outstanding) in self.program.units.ids().zip(&told.units).zip(&standing.outstanding) {
            let sums = self.units.entry(unit).or_default();
            sums.flows.add(*flows);
            sums.outstanding += outstanding;
        }
        for (ladder, counts) in self.program.ladders.ids().zip(&standing.tiers) {
            self.tiers.insert(ladder, counts.clone());
        }
        for (reward, issued) in self.program.rewards.ids().zip(&told.issued).filter(|(_, issued)| **issued > 0) {
            self.rewards.entry(reward).or_default().issued += issued;
        }
    }

    /// The unit of the newest version that has the name of an older one's.
    fn unit(&self, version: u32, unit: UnitId) -> Option<UnitId> {
        let name = &self.versions.get(version as usize)?.units.get(unit)?.name;
        self.program.units.find(|unit| unit.name == *name || unit.was.as_ref() == Some(name))
    }

    fn reward(&mut self, version: u32, reward: RewardId) -> Option<&mut RewardSums> {
        let name = &self.versions.get(version as usize)?.rewards.get(reward)?.name;
        let reward = self.program.rewards.find(|reward| reward.name == *name || reward.was.as_ref() == Some(name))?;
        Some(self.rewards.entry(reward).or_default())
    }

    /// A record was no event.
    pub fn reject(&mut self, reject: &Reject) {
        if reject.skipped {
            self.skipped += 1;
            self.reasons.add(format!("{} (left out by the map)", reject.reason));
            return;
        }
        self.rejects += 1;
        if self.first_rejects.len() < SHOWN_REJECTS {
            self.first_rejects.push(reject.clone());
        }
        self.reasons.rejected(&reject.reason);
    }

    /// Something happened.
    pub fn outcome(&mut self, outcome: &Outcome) {
        self.outcomes += 1;
        self.giving.outcome(outcome);
        self.playing.outcome(outcome);
        self.corrections += u64::from(outcome.corrects.is_some());
        match &outcome.what {
            What::Posted { unit, from, to, amount, .. } => {
                self.postings += 1;
                if let Some(unit) = self.unit(outcome.version, *unit) {
                    self.units.entry(unit).or_default().flows.post(from, to, i128::from(*amount));
                }
            }
            What::Tier { .. } => self.moves += 1,
            What::Issued { reward, .. } => {
                if let Some(sums) = self.reward(outcome.version, *reward) {
                    sums.issued += 1;
                }
            }
            What::Voucher { reward, change, .. } => {
                let Some(sums) = self.reward(outcome.version, *reward) else { return };
                match change {
                    VoucherChange::Used => sums.used += 1,
                    VoucherChange::Expired => sums.expired += 1,
                    VoucherChange::Returned => sums.used = sums.used.saturating_sub(1),
                    VoucherChange::Cancelled => sums.issued = sums.issued.saturating_sub(1),
                }
            }
            What::Refused(reason) => {
                self.refused += 1;
                self.outcome_reasons.outcome(reason);
            }
            What::Failed(reason) => {
                self.failed += 1;
                self.outcome_reasons.outcome(reason);
            }
            _ => {}
        }
    }

    /// How long it took.
    pub fn elapsed(&mut self, elapsed: Duration) {
        self.elapsed = elapsed;
    }

    /// Whether anything went wrong: a record that was no event, or an event that failed. A refusal is an outcome like others.
    pub fn found(&self) -> bool {
        self.rejects + self.failed > 0
    }

    /// How many events lie beyond the moment up to which the clock is moved.
    pub fn later(&self) -> u64 {
        self.later
    }

    /// The first few rejects.
    pub fn first_rejects(&self) -> impl Iterator<Item = &Reject> {
        self.first_rejects.iter()
    }

    /// Whole events per second; `None` where no time passed.
    fn speed(&self) -> Option<u64> {
        let micros = self.elapsed.as_micros();
        (u128::from(self.events) * 1_000_000).checked_div(micros).and_then(|speed| u64::try_from(speed).ok())
    }

    /// How many members hold each tier.
    fn standings(&self) -> Vec<(&'p Ladder, Vec<(&'p Tier, u64)>)> {
        let standing = |(id, counts): (&LadderId, &Vec<u64>)| {
            let ladder = self.program.ladders.at(*id);
            (ladder, ladder.tiers.iter().zip(counts.iter().copied()).collect())
        };
        self.tiers.iter().map(standing).collect()
    }

    fn shown(&self, unit: UnitId, steps: i128) -> String {
        decimal(steps, self.program.units.get(unit).map_or(0, |unit| unit.decimals), "_")
    }

    /// Tables for people.
    pub fn table(&self) -> String {
        let mut out = String::new();
        let mut totals = table(&["", ""]);
        let mut row = |name: &str, count: u64| {
            totals.add_row(vec![name.to_owned(), grouped(count)]);
        };
        row("members", self.members);
        row("events", self.events);
        row("postings", self.postings);
        for (name, count) in [
            ("tier moves", self.moves),
            ("corrections of late events", self.corrections),
            ("refused", self.refused),
            ("failed", self.failed),
            ("duplicates", self.duplicates),
            ("records left out by the map", self.skipped),
            ("rejected records", self.rejects),
        ] {
            if count > 0 {
                row(name, count);
            }
        }
        if let Some(speed) = self.speed() {
            row("events per second", speed);
        }
        push(&mut out, &mut totals, false);
        if !self.units.is_empty() {
            let mut units = table(&["unit", "issued", "reversed", "spent", "expired", "outstanding", "of it pending"]);
            for (id, sums) in &self.units {
                let name = self
                    .program
                    .units
                    .get(*id)
                    .map_or_else(|| id.index().to_string(), |unit| called(&unit.name, unit.label.as_ref()));
                let Flows { issued, reversed, spent, expired } = sums.flows;
                let amounts = [issued, reversed, spent, expired, sums.outstanding, sums.pending];
                units.add_row(std::iter::once(name).chain(amounts.into_iter().map(|steps| self.shown(*id, steps))));
            }
            push(&mut out, &mut units, true);
            if self.goes_on {
                out.push_str("Issued, reversed, spent and expired are those of this run; outstanding is what members have after all runs.\n");
            }
        }
        for (ladder, tiers) in self.standings() {
            let mut standing = table(&[&*called(&ladder.name, ladder.label.as_ref()), "members"]);
            for (tier, count) in tiers {
                standing.add_row(vec![called(&tier.name, tier.label.as_ref()), grouped(count)]);
            }
            push(&mut out, &mut standing, true);
        }
        if !self.rewards.is_empty() {
            let mut rewards = table(&["reward", "issued", "used", "expired"]);
            for (id, sums) in &self.rewards {
                let name = self
                    .program
                    .rewards
                    .get(*id)
                    .map_or_else(|| id.index().to_string(), |reward| called(&reward.name, reward.label.as_ref()));
                rewards.add_row(vec![name, grouped(sums.issued), grouped(sums.used), grouped(sums.expired)]);
            }
            push(&mut out, &mut rewards, true);
        }
        for mut table in playing::tables(&self.playing, table).into_iter().chain(giving::tables(&self.giving, table)) {
            push(&mut out, &mut table, true);
        }
        if !self.outcome_reasons.is_empty() {
            push(&mut out, &mut why(&self.outcome_reasons, "why events failed or were refused", "events"), true);
        } else if self.refused + self.failed > 0 {
            out.push_str("Why events failed or were refused stands in the journal: run again with `-o FOLDER`.\n");
        }
        if !self.reasons.is_empty() {
            push(&mut out, &mut why(&self.reasons, "why records were not judged", "records"), true);
        }
        out
    }

    /// The same as a document of the schema `meed.run/1`. Amounts are decimal text in whole units.
    pub fn json(&self) -> impl Serialize + use<> {
        let amount =
            |unit: UnitId, steps| decimal(steps, self.program.units.get(unit).map_or(0, |unit| unit.decimals), "");
        let unit = |(id, sums): (&UnitId, &UnitSums)| UnitReport {
            unit: self.program.units.get(*id).map(|unit| unit.name.to_string()).unwrap_or_default(),
            issued: amount(*id, sums.flows.issued),
            reversed: amount(*id, sums.flows.reversed),
            spent: amount(*id, sums.flows.spent),
            expired: amount(*id, sums.flows.expired),
            outstanding: amount(*id, sums.outstanding),
            pending: amount(*id, sums.pending),
        };
        let count = |(tier, members): (&Tier, u64)| TierReport { tier: tier.name.to_string(), members };
        let ladder = |(ladder, tiers): (&Ladder, Vec<(&Tier, u64)>)| LadderReport {
            ladder: ladder.name.to_string(),
            tiers: tiers.into_iter().map(count).collect(),
        };
        let reward = |(id, sums): (&RewardId, &RewardSums)| RewardReport {
            reward: self.program.rewards.get(*id).map(|reward| reward.name.to_string()).unwrap_or_default(),
            issued: sums.issued,
            used: sums.used,
            expired: sums.expired,
        };
        Report {
            schema: "meed.run/1",
            program: self.program.name.to_string(),
            members: self.members,
            events: self.events,
            outcomes: self.outcomes,
            postings: self.postings,
            corrections: self.corrections,
            tier_moves: self.moves,
            refused: self.refused,
            failed: self.failed,
            duplicates: self.duplicates,
            skipped: self.skipped,
            rejects: self.rejects,
            reject_reasons: reasons(&self.reasons, |reason, records| ReasonReport { reason, records }),
            outcome_reasons: reasons(&self.outcome_reasons, |reason, events| OutcomeReasonReport { reason, events }),
            units: self.units.iter().map(unit).collect(),
            tiers: self.standings().into_iter().map(ladder).collect(),
            rewards: self.rewards.iter().map(reward).collect(),
            partners: self.giving.statements().and_then(Result::ok).unwrap_or_default(),
            causes: self.giving.told(),
            challenges: self.playing.challenges(),
            choices: self.playing.choices(),
            draws: self.playing.draws(),
        }
    }
}

fn reasons<R>(reasons: &Reasons, report: impl Fn(String, u64) -> R) -> Vec<R> {
    reasons.ranked().into_iter().map(|(reason, count)| report(reason.to_owned(), count)).collect()
}

/// The most frequent reasons, and how many others there are.
fn why(reasons: &Reasons, heading: &str, counted: &str) -> Table {
    let mut table = table(&[heading, counted]);
    let ranked = reasons.ranked();
    let (shown, rest) = ranked.split_at(ranked.len().min(MOST_REASONS));
    for (reason, count) in shown {
        table.add_row(vec![(*reason).to_owned(), grouped(*count)]);
    }
    if !rest.is_empty() {
        let all = rest.iter().map(|(_, count)| count).sum();
        table.add_row(vec![format!("for {} other reasons", rest.len()), grouped(all)]);
    }
    table
}

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    program: String,
    members: u64,
    events: u64,
    outcomes: u64,
    postings: u64,
    corrections: u64,
    tier_moves: u64,
    refused: u64,
    failed: u64,
    duplicates: u64,
    skipped: u64,
    rejects: u64,
    reject_reasons: Vec<ReasonReport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outcome_reasons: Vec<OutcomeReasonReport>,
    units: Vec<UnitReport>,
    tiers: Vec<LadderReport>,
    rewards: Vec<RewardReport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    partners: Vec<Statement>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<CauseReport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    challenges: Vec<ChallengeReport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<ChoiceReport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    draws: Vec<DrawReport>,
}

#[derive(Serialize)]
struct ReasonReport {
    reason: String,
    records: u64,
}

#[derive(Serialize)]
struct OutcomeReasonReport {
    reason: String,
    events: u64,
}

#[derive(Serialize)]
struct UnitReport {
    unit: String,
    issued: String,
    reversed: String,
    spent: String,
    expired: String,
    outstanding: String,
    pending: String,
}

#[derive(Serialize)]
struct LadderReport {
    ladder: String,
    tiers: Vec<TierReport>,
}

#[derive(Serialize)]
struct TierReport {
    tier: String,
    members: u64,
}

#[derive(Serialize)]
struct RewardReport {
    reward: String,
    issued: u64,
    used: u64,
    expired: u64,
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY);
    if header.iter().any(|name| !name.is_empty()) {
        table.set_header(header.to_vec());
    }
    table
}

/// Appends a table with its numbers to the right.
fn push(out: &mut String, table: &mut Table, apart: bool) {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    if apart {
        out.push('\n');
    }
    for line in table.lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

/// A name, with what people call the thing.
fn called(name: &str, label: Option<&Label>) -> String {
    label.map_or_else(|| name.to_owned(), |label| format!("{name} “{}”", label.text))
}

pub(super) fn grouped(count: u64) -> String {
    decimal(i128::from(count), 0, "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Account, Cause};
    use crate::events::fixture::program;
    use crate::value::Instant;

    #[test]
    fn sums_of_a_run() {
        let versions = [Arc::new(program())];
        let mut summary = Summary::new(&versions, &[]).unwrap();
        let outcome = |what| Outcome {
            member: Arc::from("ann"),
            time: Instant::from_millis(0).unwrap(),
            event: None,
            version: 0,
            cause: Cause::Event,
            what,
            corrects: None,
        };
        let post =
            |from, to, amount| outcome(What::Posted { unit: UnitId(0), from, to, amount, lot: None, line: None });
        for outcome in [
            post(Account::Issuer, Account::Pending, 1_234_567),
            post(Account::Pending, Account::Available, 1_000_000),
            post(Account::Available, Account::Redeemed, 50_000),
            post(Account::Redeemed, Account::Available, 10_000),
            post(Account::Available, Account::Expired, 50),
            post(Account::Available, Account::Issuer, 100),
            outcome(What::Refused("no".into())),
        ] {
            summary.outcome(&outcome);
        }
        let reject = |reason: &str| Reject {
            file: Arc::from("a.csv"),
            line: 3,
            column: 1,
            reason: reason.into(),
            record: "x".into(),
            skipped: false,
        };
        summary.reject(&reject("`subtotal`: `x` is not an amount"));
        summary.reject(&reject("`subtotal`: `y` is not an amount"));
        let text = format!("{}\n{}", summary.table(), serde_json::to_string_pretty(&summary.json()).unwrap());
        insta::assert_snapshot!(text);
    }
}
