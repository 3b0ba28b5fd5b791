//! `partner`, `exchange`, `cause`, `fund`.

use super::{block_statements, earn, expr, label, literal, reward, rule, time};
use crate::syntax::ast::{Bonus, Cases, CauseItem, Exchange, Fund, Gate, Match, Partner, Spanned, Step};
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Reader, Statement};

/// `partner x { … }`.
pub(super) fn partner<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Partner> {
    let mut out = Partner {
        name: head.ident()?,
        was: head.was(),
        label: None,
        settles: None,
        issued: Vec::new(),
        redeemed: Vec::new(),
        reserve: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::partner_lines, None, |r, s| {
        let n = &s.node;
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::settles_line => out.settles = Some(time::window(&n.get(Rule::window_each)?)?),
            Rule::issued_line => out.issued.push(rate(r, n, Rule::rate_step)?),
            Rule::redeemed_line => out.redeemed.push(rate(r, n, Rule::rate_step)?),
            Rule::reserve_line => out.reserve = Some(n.get(Rule::percent)?.as_number()?),
            _ => return None,
        }
        Some(())
    });
    Some(out)
}

fn rate<'t>(r: &mut Reader<'t>, n: &Node<'t>, step: Rule) -> Option<Cases<Step>> {
    expr::cases_of(r, n, &[step], &mut |r, n| reward::step(r, n))
}

/// `exchange x of y to z with p { … }`.
pub(super) fn exchange<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Exchange> {
    let mut names = head.idents().into_iter();
    let mut out = Exchange {
        name: names.next()?,
        was: head.was(),
        from: names.next()?,
        to: names.next()?,
        with: head.get(Rule::with_partner).and_then(|with| with.ident()),
        label: None,
        rate: None,
        bonuses: Vec::new(),
        gate: Gate::default(),
        minimum: None,
        most: None,
        fee: None,
        clamp: None,
        every: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::exchange_lines, None, |r, s| {
        let n = &s.node;
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::swap_line => out.rate = Some(rate(r, n, Rule::ladder_step)?),
            Rule::bonus_line => out.bonuses.push(bonus(r, s)?),
            Rule::minimum_line => out.minimum = Some(expr::the_cases(r, n)?),
            Rule::most_line => out.most = Some(expr::the_cases(r, n)?),
            Rule::fee_line => out.fee = Some(expr::the_cases(r, n)?),
            Rule::clamp_line => out.clamp = Some(s.at),
            Rule::every_line => out.every = Some(Spanned { value: rule::trigger(r, &n.first()?)?, at: s.at }),
            _ => earn::gate(r, s, &mut out.gate)?,
        }
        Some(())
    });
    Some(out)
}

fn bonus<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<Bonus> {
    // What is given stands first here, and what is exchanged for it behind.
    let step = expr::cases_of(r, &s.node, &[Rule::bonus_step], &mut |r, n| {
        let Step { units: money, money: units, at } = reward::step(r, n)?;
        Some(Step { units, money, at })
    })?;
    let limit = if s.node.has(Rule::limit) { Some(earn::limit(r, s)?) } else { None };
    Some(Bonus { step, limit, at: s.at })
}

/// `cause x { … }`.
pub(super) fn cause<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<CauseItem> {
    let mut out = CauseItem {
        name: head.ident()?,
        was: head.was(),
        label: None,
        rates: Vec::new(),
        vouchers: None,
        minimum: None,
        steps: None,
        matching: None,
        gate: Gate::default(),
        at: head.at(),
    };
    block_statements(r, block, Rule::cause_lines, None, |r, s| {
        let n = &s.node;
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::gift_rate_line => out.rates.push(rate(r, n, Rule::rate_step)?),
            Rule::vouchers_line => out.vouchers = Some(n.get(Rule::percent)?.as_number()?),
            Rule::minimum_line => out.minimum = Some(expr::the_cases(r, n)?),
            Rule::steps_line => out.steps = Some(expr::the_cases(r, n)?),
            Rule::match_line => out.matching = Some(matching(r, s)?),
            _ => earn::gate(r, s, &mut out.gate)?,
        }
        Some(())
    });
    Some(out)
}

fn matching<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<Match> {
    let n = &s.node;
    let window = match n.get(Rule::window_each) {
        Some(window) => Some(time::window(&window)?),
        None => None,
    };
    let most = match n.get(Rule::sum) {
        Some(most) => Some((expr::expr(r, &most)?, window)),
        None => None,
    };
    Some(Match { percent: n.get(Rule::percent)?.as_number()?, most, at: s.at })
}

/// `fund x { … }`.
pub(super) fn fund<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Fund> {
    let mut out = Fund {
        name: head.ident()?,
        was: head.was(),
        label: None,
        pool: None,
        cost: None,
        among: Vec::new(),
        floor: None,
        paid: None,
        gate: Gate::default(),
        at: head.at(),
    };
    block_statements(r, block, Rule::fund_lines, None, |r, s| {
        let n = &s.node;
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::purse_line => {
                let window = time::window(&n.get(Rule::window_each)?)?;
                out.pool = Some((expr::expr(r, &n.get(Rule::sum)?)?, window));
            }
            Rule::votes_line => out.cost = Some(expr::expr(r, &n.get(Rule::sum)?)?),
            Rule::among_line => out.among = n.ident_list(),
            Rule::share_floor_line => out.floor = Some(expr::expr(r, &n.get(Rule::sum)?)?),
            Rule::paid_line => out.paid = Some(literal::duration(&n.get(Rule::duration)?)?),
            _ => earn::gate(r, s, &mut out.gate)?,
        }
        Some(())
    });
    Some(out)
}
