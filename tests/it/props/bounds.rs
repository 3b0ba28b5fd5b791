//! What limits, caps, budgets and stock allow, counted anew from the journal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use meed::Program;
use meed::engine::{Account, Cause, Giver, Outcome, State, What};
use meed::hir::{Effect, Expr, Kind, Limit, LimitId, LimitKind, RefundFloor, Rule, Window};
use meed::value::{Calendar, Exact, Instant, Value};

use super::run::Run;

fn constant(expr: &Expr) -> Option<Exact> {
    if let Kind::Const(Value::Exact(number)) = &expr.kind { Some(*number) } else { None }
}

/// A member who has more of a unit than its cap.
pub fn beyond_cap(program: &Program, state: &State) -> Option<String> {
    program.units.pairs().find_map(|(id, unit)| {
        let most = unit.at_most.as_ref().and_then(constant)?;
        let purse = state.units.at(id);
        let have = purse.available() + purse.pending() - purse.debt;
        (Exact::from(have) > most)
            .then(|| format!("{} has {have} steps of {}, at most {most}", state.member, unit.name))
    })
}

/// What a limit limits.
fn limited(program: &Program, id: LimitId) -> Vec<Cause> {
    let earns = program.earns.pairs().filter(|(_, earn)| earn.limits.contains(&id)).map(|(earn, _)| Cause::Earn(earn));
    // What a rule converts or issues is no award of its own, and what it gives to others stands with them.
    let plain = |rule: &Rule| {
        !rule
            .effects
            .iter()
            .any(|(_, effect)| matches!(effect, Effect::Convert { .. } | Effect::Issue(_) | Effect::GiveTo(..)))
    };
    let rules = program
        .rules
        .pairs()
        .filter(|(_, rule)| plain(rule) && rule.limits.contains(&id))
        .map(|(rule, _)| Cause::Rule(rule));
    let redeems = program
        .redeems
        .pairs()
        .filter(|(_, redeem)| redeem.limits.contains(&id))
        .map(|(redeem, _)| Cause::Redeem(redeem));
    let rewards = program
        .rewards
        .pairs()
        .filter(|(_, reward)| reward.limits.contains(&id))
        .map(|(reward, _)| Cause::Reward(reward));
    earns.chain(rules).chain(redeems).chain(rewards).collect()
}

/// The first limit or budget for ever that the journal goes beyond, less what came back.
pub fn broken_net(program: &Program, run: &Run) -> Option<String> {
    program.limits.pairs().find_map(|(id, limit)| {
        let LimitKind::Amount(unit, most) = &limit.kind else { return None };
        let most = constant(most)?;
        let ever = limit.window == Some(Window::Ever) || limit.budget.is_some() && limit.window.is_none();
        // Where a balance stops at zero, what is owed is repaid by other awards.
        let below = matches!(program.units.at(*unit).refunds, RefundFloor::BelowZero(_));
        if !limit.per.is_empty() || !ever || !below {
            return None;
        }
        let causes = limited(program, id);
        let mut sums: BTreeMap<Arc<str>, i64> = BTreeMap::new();
        for outcome in run.journal.iter().filter(|outcome| causes.contains(&outcome.cause)) {
            let amount = match &outcome.what {
                What::Posted { unit: of, from: Account::Issuer | Account::Partner(_), amount, .. } if of == unit => {
                    *amount
                }
                What::Posted { unit: of, to: Account::Issuer | Account::Partner(_), amount, .. } if of == unit => {
                    -amount
                }
                _ => continue,
            };
            let whose = if limit.budget.is_some() { "".into() } else { outcome.member.clone() };
            *sums.entry(whose).or_insert(0) += amount;
        }
        let (who, sum) = sums.into_iter().find(|(_, sum)| Exact::from(*sum) > most)?;
        Some(format!("{sum} is beyond the limit of {most} at {} ({who})", program.sources.at(limit.span)))
    })
}

/// The first limit, budget or stock that the journal goes beyond.
pub fn broken(program: &Program, run: &Run) -> Option<String> {
    let found = program.limits.pairs().find_map(|(id, limit)| exceeded(program, run, limit, &limited(program, id)));
    found.or_else(|| sold_out(program, run))
}

/// One thing that a limit counts: whose, when, by which event, how much.
struct Use {
    member: Arc<str>,
    time: Instant,
    event: Option<Arc<str>>,
    amount: i64,
}

fn uses(run: &Run, limit: &Limit, causes: &[Cause]) -> Vec<Use> {
    let mut lots = BTreeSet::new();
    let mut used = |outcome: &Outcome| -> Option<i64> {
        let rewarded = matches!(outcome.cause, Cause::Reward(_));
        match (&outcome.what, &limit.kind) {
            (What::Posted { .. }, _) if rewarded => None,
            (
                What::Posted { unit, from: Account::Issuer | Account::Partner(_), amount, .. },
                LimitKind::Amount(of, _),
            ) => (unit == of).then_some(*amount),
            (What::Posted { from: Account::Issuer | Account::Partner(_), lot, .. }, LimitKind::Times(_)) => {
                lots.insert((outcome.member.clone(), *lot)).then_some(1)
            }
            (What::Paid { amount, .. }, LimitKind::Amount(..)) => Some(*amount),
            (What::Donated { amount, giver: Giver::Program, .. }, LimitKind::Money(_)) => {
                (*amount > 0).then_some(*amount)
            }
            (What::Paid { .. }, LimitKind::Times(_)) => Some(1),
            (What::Issued { .. }, LimitKind::Times(_)) if rewarded => Some(1),
            _ => None,
        }
    };
    let counted = run.journal.iter().filter(|outcome| causes.contains(&outcome.cause));
    counted
        .filter_map(|outcome| {
            Some(Use {
                member: outcome.member.clone(),
                time: outcome.time,
                event: outcome.event.clone(),
                amount: used(outcome)?,
            })
        })
        .collect()
}

fn exceeded(program: &Program, run: &Run, limit: &Limit, causes: &[Cause]) -> Option<String> {
    let (LimitKind::Times(most) | LimitKind::Amount(_, most) | LimitKind::Money(most)) = &limit.kind;
    let most = constant(most)?;
    if !limit.per.is_empty() || limit.budget.is_some() && limit.window.is_none() {
        return None;
    }
    let zone = &program.settings.zone;
    let calendar = Calendar { zone: zone.clone(), starts: program.settings.starts };
    let uses = uses(run, limit, causes);
    let whose = |used: &Use| if limit.budget.is_some() { "".into() } else { used.member.clone() };
    let mut sums: BTreeMap<(Arc<str>, String), i64> = BTreeMap::new();
    for (i, used) in uses.iter().enumerate() {
        let key = match limit.window {
            // What falls due at one moment is not one event.
            None if used.event.is_none() => continue,
            None => format!("{:?}", used.event),
            Some(Window::Ever) => String::new(),
            Some(Window::Period(kind)) => {
                let joined = run.world.member(&used.member).and_then(|state| state.joined_day(zone));
                format!("{:?}", calendar.period_of(kind, zone.day_of(used.time), joined).start)
            }
            Some(Window::LastDays(span)) => {
                let start = zone.start_of(span.before_day(zone.day_of(used.time)).unwrap().plus_days(1).unwrap());
                let sum: i64 = uses[..=i]
                    .iter()
                    .filter(|other| whose(other) == whose(used) && other.time >= start)
                    .map(|other| other.amount)
                    .sum();
                sums.insert((whose(used), format!("up to {i}")), sum);
                continue;
            }
            Some(Window::LastExactly(span)) => {
                let start = span.before(used.time, zone).unwrap();
                let sum: i64 = uses[..=i]
                    .iter()
                    .filter(|other| whose(other) == whose(used) && other.time > start)
                    .map(|other| other.amount)
                    .sum();
                sums.insert((whose(used), format!("up to {i}")), sum);
                continue;
            }
            Some(Window::SinceRise(_)) => continue,
        };
        *sums.entry((whose(used), key)).or_insert(0) += used.amount;
    }
    let ((who, when), sum) = sums.into_iter().find(|(_, sum)| Exact::from(*sum) > most)?;
    Some(format!("{sum} is beyond the limit of {most} at {} ({who} {when})", program.sources.at(limit.span)))
}

fn sold_out(program: &Program, run: &Run) -> Option<String> {
    program.rewards.pairs().find_map(|(id, reward)| {
        let stock = reward.stock.as_ref().filter(|stock| stock.released.is_empty())?;
        let issued = run
            .journal
            .iter()
            .filter(|outcome| outcome.cause == Cause::Reward(id) && matches!(outcome.what, What::Issued { .. }));
        let count = issued.count();
        (count as u64 > stock.count)
            .then(|| format!("{count} of `{}` were handed out, {} were there", reward.name, stock.count))
    })
}
