//! `earn`, `boost`, `stack`, `limit`, and the lines that many items share.

use super::{block_statements, choice, expr, literal, play, time, unit};
use crate::syntax::ast::{
    Amount, BoostItem, Cases, Combine, Decided, Earn, ExprKind, Funding, Gate, Let, Limit, LimitItem, Needs,
    RefundMode, Spanned, Stack, StackMode, TierMoment, Window,
};
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Reader, Statement};

/// `earn x on y { … }`.
pub(super) fn earn<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Earn> {
    let mut out = Earn {
        name: head.ident()?,
        was: head.was(),
        on: head.path()?,
        gate: Gate::default(),
        gives: Vec::new(),
        boosts: Vec::new(),
        combine: None,
        tier: None,
        as_of: None,
        unless: Vec::new(),
        round: None,
        pending: None,
        expires: Vec::new(),
        at: head.at(),
    };
    block_statements(r, block, Rule::earn_lines, None, |r, s| {
        let (n, at) = (&s.node, s.at);
        match n.rule() {
            Rule::give_line => out.gives.push(amount(r, s)?),
            Rule::boost_line => out.boosts.push(amount(r, s)?),
            Rule::boosts_line => {
                let modes = [
                    (Rule::kw_add, Combine::Add),
                    (Rule::kw_multiply, Combine::Multiply),
                    (Rule::kw_best, Combine::Best),
                ];
                out.combine = choice(n, at, &modes);
            }
            Rule::tier_line => {
                let moments = [
                    (Rule::kw_before, TierMoment::Before),
                    (Rule::kw_after, TierMoment::After),
                    (Rule::kw_split, TierMoment::Split),
                ];
                out.tier = choice(n, at, &moments);
            }
            Rule::as_of_line => out.as_of = Some(expr::expr(r, &n.get(Rule::sum)?)?),
            Rule::unless_line => out.unless.extend(n.ident_list()),
            Rule::round_line => out.round = Some(unit::round(n, at)?),
            Rule::pending_line => out.pending = Some(unit::pending(r, n)?),
            Rule::expires_line => out.expires.push(unit::expiry(r, n, at)?),
            _ => gate(r, s, &mut out.gate)?,
        }
        Some(())
    });
    Some(out)
}

/// The amount of a `give`, `take`, `boost` or bare line.
pub(super) fn amount<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<Amount> {
    Some(Amount { value: expr::the_cases(r, &s.node)?, at: s.at })
}

/// A line that says when something applies and how often.
pub(super) fn gate<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>, out: &mut Gate) -> Option<()> {
    let (n, at) = (&s.node, s.at);
    match n.rule() {
        Rule::let_line => out.lets.push(Let { name: n.ident()?, value: expr::cases(r, &n.get(Rule::any_cases)?)?, at }),
        Rule::during_line => out.during.push(time::during(r, n)?),
        Rule::where_line => out.filter.push(expr::expr(r, &n.get(Rule::expr)?)?),
        Rule::when_line | Rule::only_line => out.when.push(expr::expr(r, &n.get(Rule::expr)?)?),
        Rule::limit_line => out.limits.push(limit(r, s)?),
        Rule::budget_line => out.budgets.push(limit(r, s)?),
        Rule::cooldown_line => out.cooldown = Some(literal::duration(&n.get(Rule::duration)?)?),
        Rule::needs_line => {
            let within = n.get(Rule::duration).and_then(|d| literal::duration(&d));
            out.needs = Some(Needs { within, each_time: n.has(Rule::kw_each), at });
        }
        Rule::stack_line => out.stack = n.ident(),
        Rule::funded_line => {
            let percent = n.get(Rule::percent)?.as_number()?;
            out.funded.push(Funding { percent, by: n.ident()?, at });
        }
        Rule::reversal_line => {
            let modes = [
                (Rule::kw_proportion, RefundMode::InProportion),
                (Rule::kw_re_judge, RefundMode::ReJudge),
                (Rule::kw_keep, RefundMode::Keep),
            ];
            out.refunds = choice(n, at, &modes);
        }
        Rule::decided_line => {
            let value = if n.has(Rule::kw_end) { Decided::End } else { Decided::When(Box::new(play::drawn(r, n)?)) };
            out.decided = Some(Spanned { value, at });
        }
        _ => return None,
    }
    Some(())
}

/// A `limit`, `budget` or bare limit line.
pub(super) fn limit<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<Limit> {
    let n = s.node.get(Rule::limit).unwrap_or_else(|| s.node.clone());
    let (amount, times) = times(expr::the_cases(r, &n)?);
    let window: Option<Window> = match n.get(Rule::window) {
        Some(window) => Some(time::window(&window)?),
        None => None,
    };
    let per = n.get(Rule::limit_per).map(|p| p.paths()).unwrap_or_default();
    Some(Limit { amount, times, window, per, reject: n.mark(Rule::kw_reject), at: s.at })
}

/// Turns `3 times` into 3.
fn times(mut amount: Cases) -> (Cases, bool) {
    let counts =
        |kind: &ExprKind| matches!(kind, ExprKind::Quantity { unit, .. } if matches!(unit.as_str(), "times" | "time"));
    if !amount.arms.iter().all(|arm| counts(&arm.value.kind)) {
        return (amount, false);
    }
    for arm in &mut amount.arms {
        if let ExprKind::Quantity { number, .. } = &arm.value.kind {
            arm.value.kind = ExprKind::Number(number.clone());
        }
    }
    (amount, true)
}

/// `boost x on y { … }`.
pub(super) fn boost<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<BoostItem> {
    let mut out = BoostItem {
        name: head.ident()?,
        on: head.ident_list(),
        gate: Gate::default(),
        amounts: Vec::new(),
        at: head.at(),
    };
    block_statements(r, block, Rule::boost_lines, None, |r, s| {
        match s.node.rule() {
            Rule::give_line | Rule::amount_line => out.amounts.push(amount(r, s)?),
            _ => gate(r, s, &mut out.gate)?,
        }
        Some(())
    });
    Some(out)
}

/// `stack x best`.
pub(super) fn stack(head: &Node<'_>) -> Option<Stack> {
    let modes = [
        (Rule::kw_best, StackMode::Best),
        (Rule::kw_add, StackMode::Add),
        (Rule::kw_multiply, StackMode::Multiply),
        (Rule::kw_first, StackMode::First),
        (Rule::kw_exclusive, StackMode::Exclusive),
    ];
    let mode = head.get(Rule::stack_mode)?;
    Some(Stack { name: head.ident()?, mode: choice(&mode, mode.at(), &modes)?, at: head.at() })
}

/// `limit x on y { … }`.
pub(super) fn limit_item<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<LimitItem> {
    let mut out = LimitItem {
        name: head.ident()?,
        on: head.ident_list(),
        limits: Vec::new(),
        budgets: Vec::new(),
        at: head.at(),
    };
    block_statements(r, block, Rule::limit_lines, None, |r, s| {
        let to = if s.node.rule() == Rule::budget_line { &mut out.budgets } else { &mut out.limits };
        to.push(limit(r, s)?);
        Some(())
    });
    Some(out)
}
