//! A comparison as a document of the schema `meed.diff/1`. Amounts are decimal text in whole units.

use serde::Serialize;

use super::view::Found;
use crate::change::{Case, Change, Effect, Figures, Impact, Judged, Kind, Verdict};
use crate::cli::summary::decimal;

#[derive(Serialize)]
pub(super) struct Report<'f> {
    schema: &'static str,
    program: &'f str,
    breaking: usize,
    changes: Vec<ChangeReport<'f>>,
    cosmetic: &'f [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    impact: Option<ImpactReport>,
    bounds: Vec<BoundReport<'f>>,
}

#[derive(Serialize)]
struct ChangeReport<'f> {
    item: &'f str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'f str,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'f str>,
    effect: Effect,
    breaking: bool,
    reason: &'static str,
    at: &'f str,
}

#[derive(Serialize)]
struct BoundReport<'f> {
    bound: &'f str,
    exceeded: bool,
    found: &'f str,
}

#[derive(Serialize)]
struct ImpactReport {
    events: u64,
    members: u64,
    units: Vec<UnitReport>,
    liability: Pair,
    cost: Pair,
    money_off: Pair,
    better_off: u64,
    worse_off: u64,
    mixed: u64,
    unchanged: u64,
    tiers: Vec<LadderReport>,
    rules: Vec<RuleReport>,
    worst: Vec<CaseReport>,
}

#[derive(Serialize)]
struct Pair {
    before: String,
    after: String,
}

#[derive(Serialize)]
struct UnitReport {
    unit: String,
    before: FigureReport,
    after: FigureReport,
}

#[derive(Serialize)]
struct FigureReport {
    issued: String,
    taken_back: String,
    spent: String,
    expired: String,
    outstanding: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    liability: Option<String>,
}

#[derive(Serialize)]
struct LadderReport {
    ladder: String,
    before: Vec<String>,
    after: Vec<String>,
    moves: Vec<Vec<u64>>,
}

#[derive(Serialize)]
struct RuleReport {
    item: String,
    name: String,
    changed: bool,
    /// `known` or `unknown`.
    judged: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    given: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    money: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct CaseReport {
    member: String,
    units: Vec<(String, String)>,
    tiers: Vec<(String, String)>,
    money_off: String,
    vouchers: i64,
    refused: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    explain: String,
}

pub(super) fn report<'f>(found: &'f Found<'f>) -> Report<'f> {
    let change = |change: &'f Change| ChangeReport {
        item: &change.item,
        name: &change.name,
        kind: change.kind,
        before: change.before.as_deref(),
        after: change.after.as_deref(),
        effect: change.effect,
        breaking: change.breaking,
        reason: change.reason,
        at: &change.at,
    };
    let bound =
        |verdict: &'f Verdict| BoundReport { bound: &verdict.gate, exceeded: verdict.exceeded, found: &verdict.found };
    Report {
        schema: "meed.diff/1",
        program: &found.program.name,
        breaking: found.comparison.breaking(),
        changes: found.comparison.changes.iter().map(change).collect(),
        cosmetic: &found.comparison.cosmetic,
        impact: found.impact.map(|impact| of_impact(found, impact)),
        bounds: found.verdicts.iter().map(bound).collect(),
    }
}

fn of_impact(found: &Found<'_>, impact: &Impact) -> ImpactReport {
    let exponent = found.program.settings.currency.exponent();
    let money = |minor: i128| decimal(minor, exponent, "");
    let pair = |(before, after): (i128, i128)| Pair { before: money(before), after: money(after) };
    let steps = |unit: &str, amount: i128| {
        let decimals = impact.units.iter().find(|(name, ..)| name == unit).map_or(0, |(_, decimals, ..)| *decimals);
        (unit.to_owned(), decimal(amount, decimals, ""))
    };
    let figures = |figures: &Figures, decimals: u8| FigureReport {
        issued: decimal(figures.issued, decimals, ""),
        taken_back: decimal(figures.reversed, decimals, ""),
        spent: decimal(figures.spent, decimals, ""),
        expired: decimal(figures.expired, decimals, ""),
        outstanding: decimal(figures.outstanding, decimals, ""),
        liability: figures.liability.map(money),
    };
    let rule = |rule: &crate::change::Rule| {
        let (judged, given, more, reason) = match &rule.judged {
            Judged::Known(given, more) => ("known", given.as_slice(), Some(money(*more)), None),
            Judged::Unknown(reason) => ("unknown", &[] as &[_], None, Some(reason.clone())),
        };
        RuleReport {
            item: rule.item.clone(),
            name: rule.name.clone(),
            changed: rule.changed,
            judged,
            given: given.iter().map(|(unit, amount)| steps(unit, *amount)).collect(),
            money: more,
            reason,
        }
    };
    let case = |case: &Case| CaseReport {
        member: case.member.clone(),
        units: case.units.iter().map(|(unit, amount)| steps(unit, i128::from(*amount))).collect(),
        tiers: case.tiers.clone(),
        money_off: money(i128::from(case.off)),
        vouchers: case.vouchers,
        refused: case.refused,
        event: case.event.clone(),
        explain: found.command(case),
    };
    ImpactReport {
        events: impact.events,
        members: impact.members(),
        units: impact
            .units
            .iter()
            .map(|(unit, decimals, before, after)| UnitReport {
                unit: unit.clone(),
                before: figures(before, *decimals),
                after: figures(after, *decimals),
            })
            .collect(),
        liability: pair(impact.liability),
        cost: pair(impact.cost),
        money_off: pair(impact.off),
        better_off: impact.moved.better,
        worse_off: impact.moved.worse,
        mixed: impact.moved.mixed,
        unchanged: impact.moved.unchanged,
        tiers: impact
            .ladders
            .iter()
            .map(|ladder| LadderReport {
                ladder: ladder.name.clone(),
                before: ladder.before.clone(),
                after: ladder.after.clone(),
                moves: ladder.moves.clone(),
            })
            .collect(),
        rules: impact.rules.iter().map(rule).collect(),
        worst: impact.worst.iter().map(case).collect(),
    }
}
