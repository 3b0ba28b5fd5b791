//! `choice`, `draw`.

use super::{block_statements, earn, expr, label, literal, rule, time};
use crate::syntax::ast::{Choice, ChoiceOption, Draw, Drawn, Enter, Expr, ExprKind, Gate, Odds, Pity, Prize, Spanned};
use crate::syntax::errors;
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Nested, Reader, Statement};

/// `option cake { … }`.
pub(super) const OPTION: Nested = Nested { head: Rule::option_head, tail: None };

/// `choice x { … }`.
pub(super) fn choice<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Choice> {
    let mut out = Choice {
        name: head.ident()?,
        was: head.was(),
        label: None,
        options: Vec::new(),
        within: None,
        default: None,
        forfeit: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::choice_lines, Some(OPTION), |r, s| {
        let n = &s.node;
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::within_line => out.within = Some(literal::duration(&n.get(Rule::duration)?)?),
            Rule::default_line => out.default = Some(n.ident()?),
            Rule::forfeit_line => out.forfeit = Some(s.at),
            Rule::option_line => {
                let found = option(r, s)?;
                if let Some(earlier) = out.options.iter().find(|known| known.name == found.name) {
                    r.report(errors::written_twice(found.name.span(), earlier.name.span(), &found.name.text));
                    return None;
                }
                out.options.push(found);
            }
            _ => return None,
        }
        Some(())
    });
    Some(out)
}

fn option<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<ChoiceOption> {
    let mut out = ChoiceOption {
        name: s.node.ident()?,
        label: None,
        gate: Gate::default(),
        effects: Vec::new(),
        at: s.node.at(),
    };
    let block = s.block.as_ref().map(|(block, _)| *block);
    block_statements(r, block, Rule::option_lines, None, |r, s| {
        if s.node.rule() == Rule::label_line {
            out.label = Some(label(r, &s.node)?);
            return Some(());
        }
        if let Some(value) = rule::effect(r, s)? {
            out.effects.push(Spanned { value, at: s.at });
            return Some(());
        }
        earn::gate(r, s, &mut out.gate)
    });
    Some(out)
}

/// `draw x { … }`.
pub(super) fn draw<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Draw> {
    let mut out = Draw {
        name: head.ident()?,
        was: head.was(),
        label: None,
        commitment: None,
        prizes: Vec::new(),
        pity: None,
        drawn: None,
        several: None,
        gate: Gate::default(),
        at: head.at(),
    };
    block_statements(r, block, Rule::draw_lines, None, |r, s| {
        let (n, at) = (&s.node, s.at);
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::commitment_line => out.commitment = Some(literal::text(r, &n.get(Rule::text)?)?),
            Rule::prize_line => {
                let odds = n.get(Rule::odds).and_then(|odds| Some(Spanned { value: odds_of(&odds)?, at: odds.at() }));
                out.prizes.push(Prize { reward: n.ident()?, odds, stock: n.number(), at });
            }
            Rule::pity_line => out.pity = Some(Pity { reward: n.ident()?, after: n.number()?, at }),
            Rule::drawn_line => {
                out.drawn = Some(Spanned { value: drawn(r, n)?, at });
            }
            Rule::several_line => out.several = Some(at),
            _ => earn::gate(r, s, &mut out.gate)?,
        }
        Some(())
    });
    Some(out)
}

/// `at 2026-06-30 at 18:00`, `every calendar month on last day`.
pub(super) fn drawn<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Drawn> {
    Some(match n.get(Rule::moment) {
        Some(moment) => Drawn::At(time::moment(r, &moment)?),
        None => Drawn::Every(rule::trigger(r, &n.get(Rule::every_trigger)?)?),
    })
}

fn odds_of(n: &Node<'_>) -> Option<Odds> {
    if let Some(percent) = n.get(Rule::percent) {
        return Some(Odds::Percent(percent.as_number()?));
    }
    let mut numbers = n.all(Rule::number).filter_map(|number| number.as_number());
    Some(Odds::Of(numbers.next()?, numbers.next()?))
}

/// `enter x 3 times`.
pub(super) fn enter<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Enter> {
    let times = match n.get(Rule::sum) {
        Some(times) => Some(counted(expr::expr(r, &times)?)),
        None => None,
    };
    Some(Enter { draw: n.ident()?, times })
}

/// Turns `3 times` into 3.
fn counted(mut amount: Expr) -> Expr {
    if let ExprKind::Quantity { number, unit } = &amount.kind
        && matches!(unit.as_str(), "times" | "time")
    {
        amount.kind = ExprKind::Number(number.clone());
    }
    amount
}
