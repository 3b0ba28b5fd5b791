//! `transfer`, `referral`, `pool`.

use super::{block_statements, earn, expr, label, literal, rule};
use crate::syntax::ast::{Collected, Gate, Pool, Referral, Side, Spanned, Spenders, Transfer};
use crate::syntax::errors;
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Nested, Reader, Statement};

/// `friend { … }`.
pub(super) const SIDE: Nested = Nested { head: Rule::side_head, tail: None };

/// `transfer x of y { … }`.
pub(super) fn transfer<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Transfer> {
    let mut names = head.idents().into_iter();
    let mut out = Transfer {
        name: names.next()?,
        was: head.was(),
        unit: names.next()?,
        label: None,
        gate: Gate::default(),
        minimum: None,
        most: None,
        steps: None,
        fee: None,
        fresh: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::transfer_lines, None, |r, s| {
        let n = &s.node;
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::minimum_line => out.minimum = Some(expr::the_cases(r, n)?),
            Rule::most_line => out.most = Some(expr::the_cases(r, n)?),
            Rule::steps_line => out.steps = Some(expr::the_cases(r, n)?),
            Rule::fee_line => out.fee = Some(expr::the_cases(r, n)?),
            Rule::fresh_line => out.fresh = Some(s.at),
            _ => earn::gate(r, s, &mut out.gate)?,
        }
        Some(())
    });
    Some(out)
}

/// `referral x by y on z { … }`.
pub(super) fn referral<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Referral> {
    let mut names = head.idents().into_iter();
    let mut out = Referral {
        name: names.next()?,
        was: head.was(),
        by: names.next()?,
        on: head.path()?,
        label: None,
        gate: Gate::default(),
        within: None,
        friend: None,
        referrer: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::referral_lines, Some(SIDE), |r, s| {
        let n = &s.node;
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::within_line => out.within = Some(literal::duration(&n.get(Rule::duration)?)?),
            Rule::side_line => {
                let found = side(r, s);
                let (slot, word) =
                    if n.has(Rule::kw_friend) { (&mut out.friend, "friend") } else { (&mut out.referrer, "referrer") };
                if let Some(earlier) = slot.replace(found) {
                    r.report(errors::written_twice(s.at.0, earlier.at.0, word));
                }
            }
            _ => earn::gate(r, s, &mut out.gate)?,
        }
        Some(())
    });
    Some(out)
}

fn side<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Side {
    let mut out = Side { gate: Gate::default(), effects: Vec::new(), at: s.node.at() };
    let block = s.block.as_ref().map(|(block, _)| *block);
    block_statements(r, block, Rule::rule_lines, None, |r, s| {
        if let Some(value) = rule::effect(r, s)? {
            out.effects.push(Spanned { value, at: s.at });
            return Some(());
        }
        earn::gate(r, s, &mut out.gate)
    });
    out
}

/// `pool x { … }`.
pub(super) fn pool<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Pool> {
    let mut out = Pool {
        name: head.ident()?,
        was: head.was(),
        label: None,
        most: None,
        collects: Vec::new(),
        spends: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::pool_lines, None, |r, s| {
        let (n, at) = (&s.node, s.at);
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::members_line => out.most = Some(n.number()?),
            Rule::collects_line => {
                let percent = n.get(Rule::percent)?.as_number()?;
                out.collects.push(Collected { percent, unit: n.ident()?, at });
            }
            Rule::spenders_line => {
                let value = if n.has(Rule::kw_everyone) { Spenders::Everyone } else { Spenders::Founder };
                out.spends = Some(Spanned { value, at });
            }
            _ => return None,
        }
        Some(())
    });
    Some(out)
}
