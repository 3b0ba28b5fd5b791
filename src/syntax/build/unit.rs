//! `unit`, and the lines that earns share with it.

use super::{block_statements, choice, expr, label, literal, time};
use crate::syntax::ast::{
    At, Cases, Expiry, ExpiryKind, Pending, RefundFloor, ReturnedLot, ReturnedTender, Round, RoundMode, RoundScope,
    Spanned, SpendOrder, TimeUnit, Unit,
};
use crate::syntax::errors;
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Reader, Statement};

/// `unit x { … }`.
pub(super) fn unit<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Unit> {
    let mut out = Unit {
        name: head.ident()?,
        was: head.was(),
        also: head.ident_list(),
        label: None,
        decimals: None,
        money: None,
        round: None,
        pending: None,
        expires: Vec::new(),
        keeps: Vec::new(),
        spends: None,
        balance_at_most: None,
        refunds: None,
        refunds_in_order: None,
        returned_lots: None,
        returned_tender: None,
        worth: None,
        not_transferable: None,
        buckets: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::unit_lines, None, |r, s| line(r, s, &mut out));
    Some(out)
}

fn line<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>, out: &mut Unit) -> Option<()> {
    let (n, at) = (&s.node, s.at);
    match n.rule() {
        Rule::label_line => out.label = Some(label(r, n)?),
        Rule::decimals_line => out.decimals = n.number(),
        Rule::money_line => out.money = Some(n.get(Rule::currency_code)?.as_ident()),
        Rule::round_line => out.round = Some(round(n, at)?),
        Rule::pending_line => out.pending = Some(pending(r, n)?),
        Rule::expires_line => out.expires.push(expiry(r, n, at)?),
        Rule::keeps_line => out.keeps.push(expr::expr(r, &n.get(Rule::expr)?)?),
        Rule::spends_line => {
            let orders = [(Rule::kw_soonest, SpendOrder::SoonestExpiry), (Rule::kw_oldest, SpendOrder::Oldest)];
            out.spends = choice(n, at, &orders);
        }
        Rule::balance_line => out.balance_at_most = Some(expr::the_cases(r, n)?),
        Rule::floor_line => {
            out.refunds = Some(Spanned { value: floor(n), at });
            out.refunds_in_order = n.mark(Rule::spending_order);
        }
        Rule::returns_line => returns(r, n, at, out)?,
        Rule::worth_line => out.worth = Some(expr::the_cases(r, n)?),
        Rule::transferable_line => out.not_transferable = Some(at),
        Rule::buckets_line => {
            let buckets = [
                (Rule::kw_daily, TimeUnit::Day),
                (Rule::kw_weekly, TimeUnit::Week),
                (Rule::kw_monthly, TimeUnit::Month),
                (Rule::kw_quarterly, TimeUnit::Quarter),
                (Rule::kw_yearly, TimeUnit::Year),
            ];
            out.buckets = choice(n, at, &buckets);
        }
        _ => return None,
    }
    Some(())
}

/// `round down per event`.
pub(super) fn round(n: &Node<'_>, at: At) -> Option<Round> {
    let mode = n.pick(&[
        (Rule::kw_down, RoundMode::Down),
        (Rule::kw_up, RoundMode::Up),
        (Rule::kw_nearest, RoundMode::Nearest),
        (Rule::kw_half, RoundMode::HalfEven),
    ])?;
    let scope = n.pick(&[
        (Rule::kw_item, RoundScope::Item),
        (Rule::kw_event, RoundScope::Event),
        (Rule::kw_rule, RoundScope::Rule),
    ]);
    Some(Round { mode, scope, at })
}

/// `pending 15 days`, with cases.
pub(super) fn pending<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Cases<Pending>> {
    expr::cases_of(r, n, &[Rule::pending], &mut |_, n| {
        Some(match n.get(Rule::duration) {
            Some(duration) => Pending::For(literal::duration(&duration)?),
            None => Pending::Until { event: n.ident()?, by: n.path() },
        })
    })
}

/// `expires …`.
pub(super) fn expiry<'t>(r: &mut Reader<'t>, n: &Node<'t>, at: At) -> Option<Expiry> {
    let cases = expr::cases_of(r, n, &[Rule::expiry], &mut expiry_kind)?;
    Some(Expiry { also: n.has(Rule::kw_also), cases, at })
}

fn expiry_kind<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<ExpiryKind> {
    Some(if n.has(Rule::kw_never) {
        ExpiryKind::Never
    } else if let Some(on) = n.get(Rule::expiry_on) {
        expiry_on(r, &on)?
    } else if let Some(end) = n.get(Rule::expiry_end) {
        ExpiryKind::AtEnd(time::end_of(&end.get(Rule::end_of)?)?)
    } else {
        let after = n.get(Rule::expiry_after)?;
        let duration = literal::duration(&after.get(Rule::duration)?)?;
        let at_end = match after.get(Rule::end_of) {
            Some(end) => Some(time::end_of(&end)?),
            None => None,
        };
        match after.get(Rule::expiry_events) {
            Some(events) => ExpiryKind::AfterLast { duration, events: events.idents(), at_end },
            None => ExpiryKind::AfterEarning { duration, at_end, from_earning: after.mark(Rule::kw_from) },
        }
    })
}

fn expiry_on<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<ExpiryKind> {
    let after = n.get(Rule::duration).and_then(|d| literal::duration(&d));
    match n.get(Rule::date) {
        Some(date) if after.is_none() => Some(ExpiryKind::OnDate(literal::literal(r, &date)?)),
        Some(date) => {
            r.report(errors::date_and_after(date.at().0));
            None
        }
        None => Some(ExpiryKind::On { day: time::month_day(r, &n.get(Rule::month_day)?)?, after }),
    }
}

fn floor(n: &Node<'_>) -> RefundFloor {
    match n.get(Rule::below_zero) {
        Some(below) => {
            let floor = below.number().or_else(|| below.get(Rule::money).and_then(|m| m.as_number()));
            RefundFloor::BelowZero { floor }
        }
        None if n.has(Rule::kw_stop) => RefundFloor::StopAtZero,
        None => RefundFloor::OnlyPending,
    }
}

fn returns(r: &mut Reader<'_>, n: &Node<'_>, at: At, out: &mut Unit) -> Option<()> {
    let tender = n.pick(&[
        (Rule::kw_points, ReturnedTender::PointsFirst),
        (Rule::kw_money, ReturnedTender::MoneyFirst),
        (Rule::kw_pro, ReturnedTender::ProRata),
    ]);
    let earlier = if let Some(value) = tender {
        out.returned_tender.replace(Spanned { value, at }).map(|s| s.at)
    } else {
        let value = match n.get(Rule::duration) {
            Some(duration) => ReturnedLot::Grace(literal::duration(&duration)?),
            None if n.has(Rule::kw_fresh) => ReturnedLot::FreshLot,
            None => ReturnedLot::Forfeit,
        };
        out.returned_lots.replace(Spanned { value, at }).map(|s| s.at)
    };
    if let Some(earlier) = earlier {
        r.report(errors::written_twice(at.0, earlier.0, "returns"));
    }
    Some(())
}
