//! `reward` and `redeem`.

use super::{block_statements, earn, expr, label, literal, time};
use crate::syntax::ast::{
    Cases, Expr, ExprKind, Gate, Gift, GiftKind, Ident, Redeem, Reward, Spanned, Step, Stock, Valid,
};
use crate::syntax::errors;
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Reader, Statement};

/// `reward x { … }`.
pub(super) fn reward<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Reward> {
    let mut out = Reward {
        name: head.ident()?,
        was: head.was(),
        label: None,
        cost: None,
        gives: Vec::new(),
        gate: Gate::default(),
        stock: None,
        minimum_basket: None,
        usable: Vec::new(),
        automatic: None,
        partner: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::reward_lines, None, |r, s| {
        let n = &s.node;
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::cost_line => out.cost = Some(expr::the_cases(r, n)?),
            Rule::gives_line => out.gives.push(gift(r, s)?),
            Rule::stock_line => out.stock = Some(stock(r, s)?),
            Rule::basket_line => out.minimum_basket = Some(expr::the_cases(r, n)?),
            Rule::usable_line => out.usable.push(expr::expr(r, &n.get(Rule::when)?.get(Rule::expr)?)?),
            Rule::automatic_line => out.automatic = Some(s.at),
            Rule::at_partner_line => out.partner = n.ident(),
            _ => earn::gate(r, s, &mut out.gate)?,
        }
        Some(())
    });
    Some(out)
}

fn gift<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<Gift> {
    let n = &s.node;
    let kind = n.get(Rule::gift_kind)?;
    let value = kind.pick(&[
        (Rule::kw_product, GiftKind::Product),
        (Rule::kw_discount, GiftKind::Discount),
        (Rule::kw_voucher, GiftKind::Voucher),
        (Rule::kw_gift, GiftKind::GiftCard),
        (Rule::kw_credit, GiftKind::Credit),
        (Rule::kw_experience, GiftKind::Experience),
        (Rule::kw_shipping, GiftKind::Shipping),
        (Rule::kw_entry, GiftKind::Entry),
        (Rule::kw_donation, GiftKind::Donation),
    ])?;
    let what = match n.get(Rule::text) {
        Some(what) => Some(literal::text(r, &what)?),
        None => None,
    };
    let (amount, unit) = match n.get(Rule::gift_amount) {
        Some(amount) => {
            let (amount, unit) = without_unit(expr::the_cases(r, &amount)?);
            (Some(amount), unit)
        }
        None => (None, None),
    };
    let worth = match n.get(Rule::gift_worth) {
        Some(worth) => Some(expr::expr(r, &worth.get(Rule::sum)?)?),
        None => None,
    };
    let valid = match n.get(Rule::valid) {
        Some(written) => Some(expr::cases_of(r, &written, &[Rule::validity], &mut valid)?),
        None => None,
    };
    Some(Gift { kind: Spanned { value, at: kind.at() }, what, amount, unit, worth, valid, at: s.at })
}

/// Takes `as store_credit` off an amount, where each arm says the same.
fn without_unit(mut amount: Cases) -> (Cases, Option<Ident>) {
    let unit_of = |e: &Expr| match &e.kind {
        ExprKind::As { unit, .. } => Some(unit.clone()),
        _ => None,
    };
    let unit = amount.arms.first().and_then(|arm| unit_of(&arm.value));
    if unit.is_none() || !amount.arms.iter().all(|arm| unit_of(&arm.value) == unit) {
        return (amount, None);
    }
    for arm in &mut amount.arms {
        if let ExprKind::As { value, .. } = &arm.value.kind {
            arm.value = (**value).clone();
        }
    }
    (amount, unit)
}

fn valid<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Valid> {
    if let Some(duration) = n.get(Rule::duration) {
        return Some(Valid::For(literal::duration(&duration)?));
    }
    if let Some(end) = n.get(Rule::end_of) {
        return Some(Valid::UntilEnd(time::end_of(&end)?));
    }
    let mut dates = n.all(Rule::date).map(|d| literal::date(r, &d)).collect::<Option<Vec<_>>>()?;
    let to = dates.pop()?;
    Some(Valid::Dates { from: dates.pop(), to })
}

fn stock<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<Stock> {
    let n = &s.node;
    let time = match n.get(Rule::time) {
        Some(time) => Some(literal::time(r, &time)?),
        None => None,
    };
    let days = n.all(Rule::weekday).map(|d| time::weekday(&d)).collect::<Option<_>>()?;
    Some(Stock { count: n.number()?, days, time, at: s.at })
}

/// `redeem x { … }`.
pub(super) fn redeem<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Redeem> {
    let mut out = Redeem {
        name: head.ident()?,
        was: head.was(),
        label: None,
        rate: None,
        ladder: Vec::new(),
        gate: Gate::default(),
        minimum_basket: None,
        minimum: None,
        most_per_order: None,
        most_of_bill: None,
        steps: None,
        clamp: None,
        partner: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::redeem_lines, None, |r, s| {
        let n = &s.node;
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::rate_line => out.rate = Some(expr::cases_of(r, n, &[Rule::rate_step], &mut |r, n| step(r, n))?),
            Rule::ladder_line => {
                out.ladder = n.all(Rule::ladder_step).map(|n| step(r, &n)).collect::<Option<_>>()?;
            }
            Rule::basket_line => out.minimum_basket = Some(expr::the_cases(r, n)?),
            Rule::minimum_line => out.minimum = Some(expr::the_cases(r, n)?),
            Rule::at_most_line => at_most(r, s, &mut out)?,
            Rule::steps_line => out.steps = Some(expr::the_cases(r, n)?),
            Rule::clamp_line => out.clamp = Some(s.at),
            Rule::at_partner_line => out.partner = n.ident(),
            _ => earn::gate(r, s, &mut out.gate)?,
        }
        Some(())
    });
    Some(out)
}

/// So much for so much.
pub(super) fn step<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Step> {
    let mut sides = n.all(Rule::sum).map(|v| expr::expr(r, &v)).collect::<Option<Vec<_>>>()?.into_iter();
    Some(Step { units: sides.next()?, money: sides.next()?, at: n.at() })
}

/// `at most $25 per order`, `at most 50% of bill`.
fn at_most<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>, out: &mut Redeem) -> Option<()> {
    let mut cases = expr::the_cases(r, &s.node)?;
    if s.node.has(Rule::kw_per) {
        if let Some(earlier) = out.most_per_order.replace(cases) {
            r.report(errors::written_twice(s.at.0, earlier.at.0, "at most"));
        }
        return Some(());
    }
    for arm in &mut cases.arms {
        let percent = match &arm.value.kind {
            ExprKind::PercentOf { percent, of } if is_bill(of) => percent.clone(),
            _ => {
                r.report(errors::at_most_of_what(arm.value.at.0));
                return None;
            }
        };
        arm.value.kind = ExprKind::Percent(percent);
    }
    if let Some(earlier) = out.most_of_bill.replace(cases) {
        r.report(errors::written_twice(s.at.0, earlier.at.0, "at most"));
    }
    Some(())
}

fn is_bill(of: &Expr) -> bool {
    matches!(&of.kind, ExprKind::Path(path) if path.single().is_some_and(|name| name.as_str() == "bill"))
}
